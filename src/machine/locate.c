/*
 * locate.c - a path as an installation writes it, followed to a directory
 *
 * "C:\Users\joe" begins at the volume that is C: in the installation's own map.
 * On the way lie junctions, links and mounted folders, which lead to other
 * volumes: profiles are often moved so.
 */
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "machine/internal.h"

/* Windows itself follows 63 reparse points in one path.  Who moves profiles
 * makes one or two.  */
#define MAX_HOPS 16

struct cursor {
	struct machine *m;
	const struct home *home;
	size_t volume;
	ntfs_ref directory;
	unsigned hops;
};

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int not_found(struct err *reterr)
{
	return err_set(reterr, ERR_NOT_FOUND, 0, "directory", 0, 0);
}

static int go_to(struct cursor *c, size_t volume, ntfs_ref directory,
		 struct err *reterr)
{
	if (volume == NONE || c->m->volumes[volume].ntfs == NULL)
		return not_found(reterr);
	c->volume = volume;
	c->directory = directory;
	return 0;
}

/* The root of the home's own volume, as Windows saw it there.  */
static int go_to_base(struct cursor *c, struct err *reterr)
{
	return go_to(c, c->home->volume, c->home->base, reterr);
}

/* As compare_mounts() has the mount points in order, but for the letter case of
 * their names.  */
static int compare_mount(const struct machine_mount *p, size_t installation,
			 enum mount_kind kind, const char *directory)
{
	int r;

	if (p->installation != installation)
		return p->installation < installation ? -1 : 1;
	if (p->kind != kind)
		return p->kind < kind ? -1 : 1;
	if (p->deleted || p->directory.utf8 == NULL)
		return 1;
	r = (p->directory.utf8[0] == '\\') - (directory[0] == '\\');
	return r != 0 ? r : strcasecmp(p->directory.utf8, directory);
}

const struct machine_mount *machine_mounts_at(const struct machine *m,
					      size_t installation,
					      enum mount_kind kind,
					      const char *directory,
					      size_t *ret_n)
{
	const struct model *o = &m->model;
	size_t low = 0, high = o->n_mounts;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_mount(&o->mounts[mid], installation, kind,
				  directory) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (*ret_n = 0; low + *ret_n < o->n_mounts; ++*ret_n)
		if (compare_mount(&o->mounts[low + *ret_n], installation, kind,
				  directory) != 0)
			break;
	return *ret_n > 0 ? &o->mounts[low] : NULL;
}

/* The volume that the letter is in the map of the installation.  */
static size_t volume_of_letter(const struct cursor *c, char letter)
{
	const char directory[] = { letter, ':', '\\', '\0' };
	size_t installation = c->home->installation, n;
	const struct machine_mount *p;

	if (c->m->installations[installation].letter.letter == letter)
		return c->m->model.installations[installation].volume;
	p = machine_mounts_at(c->m, installation, MOUNT_DRIVE_ROOT, directory,
			      &n);
	return n > 0 ? p->resolution.volume : NONE;
}

/* "X:" or "X:\...".  */
static int go_to_letter(struct cursor *c, const char *s, const char **ret_rest,
			struct err *reterr)
{
	size_t volume;

	if (!is_ascii_letter(s[0]) || s[1] != ':')
		return not_found(reterr);
	volume = volume_of_letter(c, ascii_upper(s[0]));
	*ret_rest = s + 2;
	if (volume == c->home->volume)
		return go_to_base(c, reterr);
	return go_to(c, volume, NTFS_ROOT, reterr);
}

/* "Volume{guid}\...", behind "\??\".  */
static int go_to_guid(struct cursor *c, const struct guid *g,
		      struct err *reterr)
{
	struct resolution r = resolve_guid(c->m, c->home->installation,
					   c->volume, g);

	return go_to(c, r.volume, NTFS_ROOT, reterr);
}

/* Go where @s begins; *@ret_rest is what is behind that.  */
static int start(struct cursor *c, const char *s, const char **ret_rest,
		 struct err *reterr)
{
	const char *rest = ascii_after(s, "\\\?\?\\");
	struct guid g;

	if (rest == NULL)
		rest = ascii_after(s, "\\\\?\\");
	if (rest != NULL)
		s = rest;
	if ((rest = ascii_after(s, "%SystemRoot%")) != NULL ||
	    (rest = ascii_after(s, "%windir%")) != NULL) {
		*ret_rest = rest;
		return go_to(c, c->home->volume, c->home->root, reterr);
	}
	if ((*ret_rest = ascii_after(s, "%SystemDrive%")) != NULL)
		return go_to_base(c, reterr);
	rest = ascii_after(s, "Volume{");
	if (rest != NULL && strlen(rest) > GUID_TEXT_CHARS &&
	    rest[GUID_TEXT_CHARS] == '}' && guid_parse(rest, &g)) {
		*ret_rest = rest + GUID_TEXT_CHARS + 1;
		return go_to_guid(c, &g, reterr);
	}
	return go_to_letter(c, s, ret_rest, reterr);
}

/* The list has those that are there by record number, then deleted ones.  */
const struct ntfs_reparse *machine_reparse_at(const struct machine *m,
					      size_t volume, ntfs_ref ref)
{
	const struct ntfs_reparse_list *l = &m->volumes[volume].reparse;
	uint64_t record = NTFS_RECORD(ref);
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct ntfs_reparse *p = &l->list[mid];

		if (!p->deleted && NTFS_RECORD(p->ref) < record)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == l->n || l->list[low].deleted || l->list[low].raw.n == 0 ||
	    NTFS_RECORD(l->list[low].ref) != record)
		return NULL;
	return &l->list[low];
}

static int walk(struct cursor *c, const char *path, struct err *reterr);

/* Go where the reparse point @p leads.  Links that count from where they lie
 * are not followed: Windows makes none for a profile.  */
static int follow(struct cursor *c, const struct ntfs_reparse *p,
		  struct err *reterr)
{
	struct text target;
	const char *rest;
	int r;

	if (p->data.kind == REPARSE_OTHER)
		return 0;
	if (++c->hops > MAX_HOPS)
		return err_set(reterr, ERR_LOOP, 0, "reparse points in a path",
			       MAX_HOPS, c->hops);
	if (p->data.kind == REPARSE_VOLUME_MOUNT_POINT)
		return go_to_guid(c, &p->data.volume, reterr);
	target = text_from_utf16(c->m->arena, p->data.substitute_name);
	if (target.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	if (target.hex != NULL)
		return not_found(reterr);
	r = start(c, target.utf8, &rest, reterr);
	return r < 0 ? r : walk(c, rest, reterr);
}

/* Into the subdirectory whose name is the first @n bytes of @s.  */
static int descend(struct cursor *c, const char *s, size_t n,
		   struct err *reterr)
{
	struct ntfs *ntfs = c->m->volumes[c->volume].ntfs;
	const struct ntfs_reparse *p;
	const char *name = arena_printf(c->m->arena, "%.*s", (int)n, s);
	struct span utf16;
	int r;

	if (name == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
	if (!utf16_from_utf8(c->m->arena, name, &utf16))
		return not_found(reterr);
	r = ntfs_find(ntfs, c->directory, utf16, &c->directory, reterr);
	if (r < 0)
		return r;
	p = machine_reparse_at(c->m, c->volume, c->directory);
	return p == NULL ? 0 : follow(c, p, reterr);
}

/* Recurses through follow(), whose hops are bounded.  */
static int walk(struct cursor *c, const char *path, struct err *reterr)
{
	while (*(path += strspn(path, "\\/")) != '\0') {
		size_t n = strcspn(path, "\\/");
		int r = descend(c, path, n, reterr);

		if (r < 0)
			return r;
		path += n;
	}
	return 0;
}

int machine_locate(struct machine *m, const struct home *home,
		   const char *path, size_t *ret_volume,
		   ntfs_ref *ret_directory, struct err *reterr)
{
	struct cursor c = { .m = m, .home = home, .volume = NONE };
	const char *rest;
	int r = start(&c, path, &rest, reterr);

	if (r == 0)
		r = walk(&c, rest, reterr);
	if (r < 0)
		return r;
	*ret_volume = c.volume;
	*ret_directory = c.directory;
	return 0;
}
