#include "machine/path_walk.h"

#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"
#include "machine/target.h"
#include "ntfs/file_place.h"

/* As many as Windows follows in one path.  */
#define MAX_HOPS 63

/* Names that are looked up for one path: two times as many as fit into the
 * longest one, so that links which lead around in circles cost little.  */
#define MAX_NAMES (2 * TARGET_MAX_CHARS)

/* Where the walk is.  The names of the directories from the root of its volume
 * on are kept, for links that lead up.  */
struct walker {
	struct machine *m;
	size_t installation;
	size_t choice;		/* NONE: none is made */
	bool as_file;		/* the last name is a file's, with its colon */
	struct arena *arena;
	struct path_walk *walk;
	struct step *steps;	/* from the root of the volume on */
	size_t n_steps, n_names;
};

struct step {
	ntfs_ref above;
	const char *name;
};

const char *walk_end_name(enum walk_end e)
{
	static const char *const names[] = {
		[WALK_FOUND] = "found",
		[WALK_NO_NAME] = "no-name",
		[WALK_NO_STREAM] = "no-stream",
		[WALK_NO_DIRECTORY] = "no-directory",
		[WALK_NO_VOLUME] = "no-volume",
		[WALK_NOT_FOLLOWED] = "not-followed",
		[WALK_LOOP] = "loop",
		[WALK_ENCRYPTED] = "encrypted",
		[WALK_NOT_READ] = "not-read",
		[WALK_DAMAGED] = "damaged",
	};

	return names[e];
}

/* The path on the volume, so far.  */
static const char *path_now(const struct walker *w)
{
	size_t n = 1;
	char *path, *end;

	for (size_t i = 0; i < w->n_steps; i++)
		n += 1 + strlen(w->steps[i].name);
	path = end = arena_alloc(w->arena, n + 1);
	if (path == NULL || w->n_steps == 0)
		return path == NULL ? "" : "\\";
	for (size_t i = 0; i < w->n_steps; i++) {
		size_t k = strlen(w->steps[i].name);

		*end++ = '\\';
		memcpy(end, w->steps[i].name, k);
		end += k;
	}
	return path;
}

/* The walk ends here; returns false.  */
static bool stop(struct walker *w, enum walk_end end, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool stop(struct walker *w, enum walk_end end, const char *fmt, ...)
{
	va_list ap;

	w->walk->end = end;
	va_start(ap, fmt);
	w->walk->why = arena_vprintf(w->arena, fmt, ap);
	va_end(ap);
	return false;
}

static struct ntfs *ntfs_of(const struct walker *w)
{
	return w->m->volumes[w->walk->volume].ntfs;
}

/* Why nothing is read of a volume.  */
static bool stop_unread(struct walker *w, size_t volume)
{
	const struct machine_volume *v = &w->m->model.volumes[volume];
	const char *name = v->identity.name;

	if (v->lock == LOCK_LOCKED)
		return stop(w, WALK_ENCRYPTED, "volume%zu is encrypted by "
			    "BitLocker, and no key for it was given.", volume);
	if (v->identity.kind == FS_NTFS)
		return stop(w, WALK_NOT_READ, "The NTFS volume volume%zu "
			    "cannot be read.", volume);
	if (name == NULL)
		return stop(w, WALK_NOT_READ, "The file system of volume%zu is "
			    "not known.", volume);
	return stop(w, WALK_NOT_READ, "volume%zu has the file system %s, whose "
		    "directories are not read.", volume, name);
}

/* Go to the root of @volume, on which nothing may be read.  */
static void go_to_root(struct walker *w, size_t volume)
{
	w->walk->volume = volume;
	w->walk->ref = NTFS_ROOT;
	w->n_steps = 0;
}

/* --- one name ------------------------------------------------------------- */

static bool is_hex(const char *p, unsigned *ret)
{
	unsigned n = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9' ? c - '0' :
			    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (digit < 0)
			return false;
		n = n << 4 | (unsigned)digit;
	}
	*ret = n;
	return true;
}

/* @name as a directory has it.  A unit that has no UTF-8 form is written as a
 * report writes it, <U+D800>, so that each path of a report can be asked
 * for.  */
static bool encode(struct arena *a, const char *name, struct span *ret)
{
	static const uint8_t open[] = { '<', 0, 'U', 0, '+', 0 };
	struct span s;
	uint8_t *out;
	size_t n = 0;

	if (!utf16_from_utf8(a, name, &s))
		return false;
	out = arena_alloc(a, s.n + 1);
	if (out == NULL)
		return false;
	for (size_t i = 0; i < s.n; i += 2) {
		char digits[5] = "";
		unsigned unit;

		for (size_t k = 0; k < 4 && i + 8 + 2 * k < s.n; k++)
			digits[k] = (char)s.p[i + 6 + 2 * k];
		if (span_has(s, i, open, sizeof(open)) &&
		    is_hex(digits, &unit) && s.n - i >= 16 &&
		    s.p[i + 14] == '>' && s.p[i + 15] == 0 &&
		    (unit == 0 || unit == '\\' ||
		     (unit >= 0xd800 && unit < 0xe000))) {
			out[n++] = (uint8_t)unit;
			out[n++] = (uint8_t)(unit >> 8);
			i += 14;
			continue;
		}
		out[n++] = s.p[i];
		out[n++] = s.p[i + 1];
	}
	*ret = (struct span){ out, n, 0 };
	return true;
}

/* Look @name up.  */
static int look_up(struct walker *w, const char *name, struct ntfs_case *ret)
{
	struct ntfs_case cases[NTFS_MAX_CASES];
	struct span utf16;
	size_t n;
	int r;

	if (!encode(w->arena, name, &utf16))
		return ERR_NOMEM;
	r = ntfs_find_cases(ntfs_of(w), w->walk->ref, utf16, cases, &n, NULL);
	if (r < 0)
		return r;
	w->walk->other_case |= n > 1;
	*ret = cases[0];
	return 0;
}

/* Down to @found.  */
static void descend(struct walker *w, const struct ntfs_case *found)
{
	struct path_walk *p = w->walk;
	struct step *s = arena_push(w->arena, &w->steps, w->n_steps,
				    sizeof(*s));

	if (s == NULL)
		return;
	*s = (struct step){ p->ref, found->name.utf8 };
	p->ref = found->ref;
	p->point = NULL;
	w->n_steps++;
}

static void go_up(struct walker *w)
{
	w->walk->ref = w->steps[--w->n_steps].above;
}

/* Why @name was not found, in the words of @r.  */
static bool stop_at(struct walker *w, const char *name, int r)
{
	struct ntfs_record_place here;

	if (r == ERR_NOT_FOUND &&
	    ntfs_record_place(ntfs_of(w), w->walk->ref, w->arena, &here,
			      NULL) == 0 && !here.is_directory)
		return stop(w, WALK_NO_DIRECTORY, "\"%s\" of volume%zu is not "
			    "a directory.", path_now(w), w->walk->volume);
	if (r == ERR_NOT_FOUND)
		return stop(w, WALK_NO_NAME, "The directory \"%s\" of "
			    "volume%zu has no entry \"%s\".", path_now(w),
			    w->walk->volume, name);
	return stop(w, WALK_DAMAGED, "The directory \"%s\" of volume%zu cannot "
		    "be read.", path_now(w), w->walk->volume);
}

/* --- links ---------------------------------------------------------------- */

/* The names in @target from where the link lies on, with ".." gone, and how
 * many of these lead up first.  */
static const char *relative_names(struct walker *w, const char *target,
				  size_t *ret_up)
{
	char *out = arena_alloc(w->arena, strlen(target) + 2);
	size_t n = 0, up = 0;

	if (out == NULL)
		return "";
	while (*(target += strspn(target, "\\")) != '\0') {
		size_t k = strcspn(target, "\\");

		if (k == 2 && memcmp(target, "..", 2) == 0) {
			up += n == 0;
			while (n > 0 && out[--n] != '\\')
				;
		} else if (k != 1 || *target != '.') {
			out[n++] = '\\';
			memcpy(out + n, target, k);
			n += k;
		}
		target += k;
	}
	out[n] = '\0';
	*ret_up = up;
	return out;
}

static bool join_rest(struct walker *w, const char *front)
{
	struct path_walk *p = w->walk;

	if (strlen(front) + strlen(p->rest) > (size_t)4 * TARGET_MAX_CHARS)
		return stop(w, WALK_LOOP, "The path is longer than Windows "
			    "allows where a link is followed.");
	p->rest = arena_printf(w->arena, "%s%s", front, p->rest);
	return p->rest != NULL;
}

/* A link that counts from where it lies.  The walk is at the link.  */
static bool follow_relative(struct walker *w, const char *target,
			    struct walk_hop *hop)
{
	size_t up = 0, above = *target == '\\' ? 0 : w->n_steps - 1;
	const char *names = relative_names(w, target, &up);

	hop->to = w->walk->volume;
	hop->certainty = CERTAINTY_CONFIRMED;
	if (up > above)
		return stop(w, WALK_NOT_FOLLOWED, "The link leads above the "
			    "root of volume%zu.", w->walk->volume);
	if (*target == '\\')
		go_to_root(w, w->walk->volume);
	else
		go_up(w);
	while (up-- > 0)
		go_up(w);
	return join_rest(w, names);
}

/* To which of those that are found a link leads; not for sure, unless it was
 * chosen.  */
static const struct target_match *choose(struct walker *w,
					 const struct target_matches *found,
					 bool *ret_chosen)
{
	size_t i = 0;

	*ret_chosen = false;
	if (found->n > 1 && w->walk->n_choices == 0) {
		w->walk->n_choices = found->n;
		*ret_chosen = w->choice < found->n;
		i = *ret_chosen ? w->choice : 0;
	}
	return &found->list[i];
}

/* A link to another place in the namespace: "\??\C:\dir".  */
static bool follow_absolute(struct walker *w, const char *target,
			    struct walk_hop *hop, struct err *reterr)
{
	const struct target_match *to;
	struct target_error e;
	struct target_matches found;
	struct target t;
	bool chosen;

	if (target_parse(w->arena, target, &t, &e) < 0)
		return stop(w, WALK_NOT_FOLLOWED, "The link leads to \"%s\", "
			    "where no volume of a disk is.", target);
	t.host = w->walk->volume;
	if (target_find(w->m, w->installation, &t, w->arena, &found,
			reterr) < 0)
		return stop(w, WALK_DAMAGED, "out of memory");
	if (found.n == 0)
		return stop(w, WALK_NO_VOLUME, "%s", found.why_none);
	to = choose(w, &found, &chosen);
	hop->tier = to->tier;
	hop->certainty = to->certainty;
	if (to->volume == NONE ||
	    (hop->certainty == CERTAINTY_AMBIGUOUS && !chosen))
		return stop(w, WALK_NO_VOLUME, "The link leads to \"%s\", "
			    "which several volumes of this evidence may be.",
			    target);
	hop->to = to->volume;
	go_to_root(w, hop->to);
	return join_rest(w, t.path);
}

/* The walk has come to @p.  */
static bool follow(struct walker *w, const struct ntfs_reparse *p,
		   struct err *reterr)
{
	struct path_walk *walk = w->walk;
	struct walk_hop *hop;

	if (p->data.kind == REPARSE_OTHER &&
	    (p->tag == REPARSE_TAG_MOUNT_POINT ||
	     p->tag == REPARSE_TAG_SYMLINK))
		return stop(w, WALK_DAMAGED, "The reparse point \"%s\" of "
			    "volume%zu is damaged.", path_now(w),
			    walk->volume);
	if (p->data.kind == REPARSE_OTHER) {
		walk->point = p;
		return true;
	}
	if (walk->n_hops == MAX_HOPS)
		return stop(w, WALK_LOOP, "The path leads through more than %d "
			    "links, more than Windows follows.", MAX_HOPS);
	hop = arena_push(w->arena, &walk->hops, walk->n_hops, sizeof(*hop));
	if (hop == NULL)
		return stop(w, WALK_DAMAGED, "out of memory");
	*hop = (struct walk_hop){
		.kind = p->data.kind, .volume = walk->volume,
		.path = path_now(w), .ref = p->ref, .to = NONE,
		.target = text_from_utf16(w->arena, p->data.substitute_name),
		.certainty = CERTAINTY_NOT_IN_EVIDENCE, .cites = p->cites,
	};
	walk->n_hops++;
	if (p->data.kind == REPARSE_SYMLINK &&
	    (p->data.symlink_flags & 1) != 0)
		return follow_relative(w, hop->target.utf8, hop);
	return follow_absolute(w, hop->target.utf8, hop, reterr);
}

/* --- the walk ------------------------------------------------------------- */

/* The next name of the path, cut off it.  NULL: out of memory.  */
static char *next_name(struct walker *w, const char **ret_rest)
{
	const char *p = w->walk->rest + strspn(w->walk->rest, "\\");
	size_t n = strcspn(p, "\\");

	*ret_rest = p + n;
	return arena_printf(w->arena, "%.*s", (int)n, p);
}

/* Part @name, "file:stream:$DATA"; false where it is not so.  */
static bool part_stream(char *name, const char **ret_stream)
{
	char *colon = strchr(name, ':'), *type;

	if (colon == NULL)
		return false;
	type = strchr(colon + 1, ':');
	if (type != NULL && ascii_compare(type, ":$DATA") != 0)
		return false;
	if (type != NULL)
		*type = '\0';
	*colon = '\0';
	*ret_stream = colon[1] != '\0' ? colon + 1 : NULL;
	return true;
}

/* Look the last name of a path up.  To Windows a colon begins the name of a
 * stream; programs for POSIX make files with a colon in their names, which are
 * meant where there is no such stream, and may be where there is.  */
static int look_up_last(struct walker *w, const char *name,
			struct ntfs_case *ret)
{
	char *file = arena_strdup(w->arena, name);
	struct ntfs_case found = { .ref = w->walk->ref }, other;
	struct ntfs_stream_place place;
	const char *stream;
	int r, whole;

	if (file == NULL)
		return ERR_NOMEM;
	if (w->as_file || !part_stream(file, &stream))
		return look_up(w, name, ret);
	r = *file == '\0' ? 0 : look_up(w, file, &found);
	whole = look_up(w, name, &other);
	if (r < 0 || (whole == 0 &&
		      ntfs_stream_place(ntfs_of(w), found.ref, stream,
					w->arena, &place, NULL) < 0)) {
		*ret = other;
		return whole;
	}
	*ret = found;
	w->walk->stream = stream;
	w->walk->or_file = whole == 0;
	return 0;
}

static bool take_name(struct walker *w, struct err *reterr)
{
	struct path_walk *walk = w->walk;
	const struct ntfs_reparse *p;
	struct ntfs_case found;
	const char *rest;
	char *name = next_name(w, &rest);
	int r;

	if (name == NULL)
		return stop(w, WALK_DAMAGED, "out of memory");
	if (++w->n_names > MAX_NAMES)
		return stop(w, WALK_LOOP, "The path has more names than "
			    "Windows allows.");
	if (ntfs_of(w) == NULL)
		return stop_unread(w, walk->volume);
	r = *rest == '\0' ? look_up_last(w, name, &found) :
	    look_up(w, name, &found);
	if (r < 0)
		return stop_at(w, name, r);
	if (found.ref == walk->ref && walk->stream != NULL) {
		walk->rest = rest;	/* a stream of the directory itself */
		return true;
	}
	descend(w, &found);
	walk->rest = rest;
	p = machine_reparse_at(w->m, walk->volume, walk->ref);
	return p == NULL || follow(w, p, reterr);
}

/* Of a path that ends in a backslash the last name is a directory's.  */
static void check_directory(struct walker *w, bool closes)
{
	struct ntfs_record_place here;

	if (!closes || w->n_steps == 0 || ntfs_of(w) == NULL ||
	    ntfs_record_place(ntfs_of(w), w->walk->ref, w->arena, &here,
			      NULL) < 0 || here.is_directory)
		return;
	stop(w, WALK_NO_DIRECTORY, "\"%s\" of volume%zu is not a directory.",
	     path_now(w), w->walk->volume);
}

/* @path with each run of backslashes, as where a link's target was joined to
 * what follows, as one.  NULL: out of memory.  */
static const char *joined_once(struct arena *a, const char *path)
{
	char *out = arena_strdup(a, path);
	size_t n = 0;

	for (const char *p = path; out != NULL && *p != '\0'; p++)
		if (*p != '\\' || n == 0 || out[n - 1] != '\\')
			out[n++] = *p;
	if (out != NULL)
		out[n] = '\0';
	return out;
}

/* Walk from the root of @volume, into @w->walk.  */
static int walk_path(struct walker *w, size_t volume, const char *path,
		     struct err *reterr)
{
	struct path_walk *walk = w->walk;
	size_t n = strlen(path);
	bool more = true;

	go_to_root(w, volume);
	while (more && walk->rest[strspn(walk->rest, "\\")] != '\0')
		more = take_name(w, reterr);
	if (more) {
		walk->rest = "";
		check_directory(w, n > 0 && path[n - 1] == '\\');
	}
	walk->path = path_now(w);
	walk->rest = joined_once(w->arena, walk->rest);
	if (arena_failed(w->arena) || arena_failed(w->m->arena))
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	return 0;
}

/* Walk as @how says.  */
static int walk_as(struct walker how, size_t volume, const char *path,
		   struct path_walk *ret, struct err *reterr)
{
	struct path_walk walk = { .rest = path };
	int r;

	how.walk = &walk;
	r = walk_path(&how, volume, path, reterr);
	if (r == 0)
		*ret = walk;
	return r;
}

int path_walk_file(struct machine *m, size_t installation, size_t volume,
		   const char *path, size_t choice, struct arena *a,
		   struct path_walk *ret, struct err *reterr)
{
	return walk_as((struct walker){ .m = m, .installation = installation,
					.choice = choice, .as_file = true,
					.arena = a },
		       volume, path, ret, reterr);
}

int path_walk_all(struct machine *m, size_t installation, size_t volume,
		  const char *path, struct arena *a, struct path_walks *ret,
		  struct err *reterr)
{
	struct walker how = { .m = m, .installation = installation,
			      .choice = NONE, .arena = a };
	struct path_walks all = { .n = 1 };
	struct path_walk first;
	int r = walk_as(how, volume, path, &first, reterr);

	if (r < 0)
		return r;
	if (first.n_choices > 0)
		all.n = first.n_choices;
	all.list = arena_alloc(a, all.n * sizeof(*all.list));
	if (all.list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	all.list[0] = first;
	for (size_t i = 0; i < first.n_choices && r == 0; i++) {
		how.choice = i;
		r = walk_as(how, volume, path, &all.list[i], reterr);
	}
	if (r == 0)
		*ret = all;
	return r;
}

bool path_walk_doubt(const struct path_walk *w, enum certainty *ret)
{
	bool doubt = false;

	for (size_t i = 0; i < w->n_hops; i++)
		if (w->hops[i].certainty == CERTAINTY_AMBIGUOUS ||
		    w->hops[i].certainty == CERTAINTY_CONFLICTING) {
			*ret = w->hops[i].certainty;
			doubt = true;
		}
	return doubt;
}

/* These have no reparse points.  */
bool path_walk_stays(const struct machine *m, const struct path_walk *w)
{
	if (w->end != WALK_NOT_READ)
		return false;
	switch (m->model.volumes[w->volume].identity.kind) {
	case FS_FAT12:
	case FS_FAT16:
	case FS_FAT32:
	case FS_EXFAT:
	case FS_ISO9660:
	case FS_UDF:
		return true;
	default:
		return false;
	}
}
