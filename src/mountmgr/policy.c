/*
 * policy.c - switches of the mount manager and of the partition manager, and
 * where page files are
 *
 *   Services\MountMgr              NoAutoMount  REG_DWORD
 *   Services\partmgr\Parameters    SanPolicy    REG_DWORD
 *   MountedDevices\Offline         <link>       REG_DWORD, a value a link
 *   Control\Session Manager\Memory Management
 *                                  ExistingPageFiles  REG_MULTI_SZ
 *
 * Sources: Microsoft, VDS_SAN_POLICY enumeration (vds.h), for the first two;
 * ReactOS drivers/filters/mountmgr/mountmgr.c, IsOffline(), for the third;
 * hives that were published for the last.
 */
#include "mountmgr/policy.h"

#include "base/bytes.h"
#include "mountmgr/findings.h"
#include "mountmgr/record_values.h"

#define REG_DWORD 4
#define REG_MULTI_SZ 7

/* A link a volume that `mountvol /P' was used on.  */
#define OFFLINE_LINKS_MAX 4096

static void say_unusable(struct diag_list *d, const char *key,
			 const struct hive_value *v)
{
	struct diag *diag = diag_add(d, &FINDING_POLICY_VALUE,
				     "The value \"%s\" of %s is of type %u and "
				     "has %u bytes; a REG_DWORD (4) of 4 bytes "
				     "is expected.", v->name.utf8, key,
				     v->type, v->size);

	if (diag != NULL)
		cites_join(d->arena, &diag->cites, &v->cites);
}

/* The number in @v of the key @key; false with a finding where it is none.  */
static bool read_number(struct hive *h, const struct hive_value *v,
			const char *key, struct arena *a, struct diag_list *d,
			uint32_t *ret, struct cites *ret_cites)
{
	const le32 *number;
	struct cites cites = { 0 };
	struct span s;

	if (v->type != REG_DWORD || v->size != sizeof(*number)) {
		say_unusable(d, key, v);
		return false;
	}
	cites_join(a, &cites, &v->cites);
	/* Where this fails the hive has said so.  */
	if (hive_read_value(h, v, &s, &cites, NULL) < 0)
		return false;
	number = span_view(s, 0, le32);
	if (number == NULL)
		return false;
	*ret = get_le32(*number);
	*ret_cites = cites;
	return true;
}

static struct policy_value read_policy(struct hive *h, const char *set,
				       const char *key, const char *name,
				       struct arena *a, struct diag_list *d)
{
	struct record_reader r = { h, a, d, key };
	struct policy_value p = { 0 };
	const char *path = arena_printf(a, "%s\\%s", set, key);
	struct hive_key k;
	struct hive_value v;

	if (path == NULL || hive_find_key(h, NULL, path, &k, NULL) < 0 ||
	    !record_find_value(&r, &k, name, &v) || v.tombstone)
		return p;
	p.is_set = read_number(h, &v, key, a, d, &p.value, &p.cites);
	return p;
}

/* The strings of @s, a NUL behind each, and an empty one at the end.  */
static size_t split(struct span s, struct arena *a, struct text *ret,
		    size_t max)
{
	size_t n = 0, start = 0;
	struct span text;

	for (size_t at = 0; at + 2 <= s.n && n < max; at += 2) {
		if (s.p[at] != 0 || s.p[at + 1] != 0)
			continue;
		if (at == start || !span_sub(s, start, at - start, &text))
			break;
		ret[n++] = text_from_utf16(a, text);
		start = at + 2;
	}
	return n;
}

static void read_page_files(struct hive *h, const char *set, struct arena *a,
			    struct diag_list *d, struct mount_policy *p)
{
	struct record_reader r = { h, a, d, "Memory Management" };
	const char *path = arena_printf(a, "%s\\Control\\Session Manager\\"
					"Memory Management", set);
	struct hive_key k;
	struct hive_value v;
	struct span s;

	if (path == NULL || hive_find_key(h, NULL, path, &k, NULL) < 0 ||
	    !record_find_value(&r, &k, "ExistingPageFiles", &v) ||
	    v.tombstone || v.type != REG_MULTI_SZ ||
	    hive_read_value(h, &v, &s, NULL, NULL) < 0 || s.n < v.size)
		return;
	p->has_page_files = true;
	p->n_page_files = split(s, a, p->page_files, PAGE_FILES_MAX);
}

struct mount_policy mount_policy_read(struct hive *h, const char *control_set,
				      struct arena *a, struct diag_list *d)
{
	struct mount_policy p = { 0 };

	if (control_set == NULL)
		return p;
	p.no_automount = read_policy(h, control_set, "Services\\MountMgr",
				     "NoAutoMount", a, d);
	p.san_policy = read_policy(h, control_set,
				   "Services\\partmgr\\Parameters",
				   "SanPolicy", a, d);
	read_page_files(h, control_set, a, d, &p);
	return p;
}

const char *san_policy_name(uint32_t value)
{
	static const char *const names[] = {
		[1] = "online", [2] = "offline-shared", [3] = "offline",
		[4] = "offline-internal",
	};

	return value < sizeof(names) / sizeof(names[0]) ? names[value] : NULL;
}

struct offline_reader {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	struct offline_links links;
	bool full;
};

static int add_link(void *ctx, const struct hive_value *v)
{
	struct offline_reader *r = ctx;
	struct offline_link *link;
	struct cites cites = { 0 };
	uint32_t number;

	if (v->tombstone ||
	    !read_number(r->hive, v, "MountedDevices\\Offline", r->arena,
			 r->diags, &number, &cites))
		return 0;
	if (r->links.n == OFFLINE_LINKS_MAX) {
		r->full = true;
		return 1;
	}
	link = arena_push(r->arena, &r->links.list, r->links.n, sizeof(*link));
	if (link == NULL)
		return ERR_NOMEM;
	*link = (struct offline_link){ v->name, number != 0, cites };
	r->links.n++;
	return 0;
}

int offline_links_read(struct hive *h, struct arena *a, struct diag_list *d,
		       struct offline_links *ret, struct err *reterr)
{
	struct offline_reader r = { .hive = h, .arena = a, .diags = d };
	struct hive_key key;
	struct diag *diag;

	if (hive_find_key(h, NULL, "MountedDevices\\Offline", &key, NULL) < 0) {
		*ret = r.links;
		return 0;
	}
	if (hive_each_value(h, &key, add_link, &r, NULL) == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "Offline", 0, 0);
	if (r.full) {
		diag = diag_add(d, &FINDING_NAMES_CUT,
				"MountedDevices\\Offline has %u values; only "
				"the first %d were read.", key.n_values,
				OFFLINE_LINKS_MAX);
		if (diag != NULL)
			cites_join(d->arena, &diag->cites, &key.cites);
	}
	*ret = r.links;
	return 0;
}
