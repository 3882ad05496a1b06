/*
 * text_index.c - the keys of registry text
 *
 * Exports list a key behind its parent, so that a path mostly shares all but
 * its last name with the one before.  Where a file does not, or opens a key
 * twice, the same key gets several entries; they are joined at the end, by
 * sorting one level of the tree after the other.
 */
#include <stdlib.h>
#include <string.h>

#include "format/text_units.h"
#include "registry/findings.h"
#include "registry/text_internal.h"

/* All of HKEY_LOCAL_MACHINE of a busy system has some 800 thousand. Both keep a
 * file that is all keys within some 200 MiB.  */
#define KEYS_MAX 1500000
#define NAMES_MAX_UNITS (24u << 20)

/* Windows creates no key deeper than 512; then, the names of the hives.  */
#define DEPTH_MAX 520

/* Of Windows it is 255.  */
#define NAME_MAX_UNITS UINT16_MAX

/* Times are shorter in every language.  */
#define TIME_MAX_BYTES 160

struct indexer {
	struct registry_text *text;
	uint32_t stack[DEPTH_MAX + 1];	/* keys of the last path */
	size_t depth;
	uint8_t *path;		/* the last path, UTF-16LE */
	size_t path_room;
	uint64_t line;		/* number of the record's first line */
	size_t n_deleted;
	uint64_t deleted_at, deleted_n;
	bool time_said;
	bool in_key;		/* values belong to the top of the stack */
	bool outside_said;
	bool full;
};

/* Double the room of @array until it has more than @n elements.  */
static bool grow(void *array, size_t *room, size_t n, size_t size)
{
	void **p = array;
	size_t want = *room != 0 ? *room : 64;
	void *bigger;

	while (want <= n)
		want *= 2;
	if (want == *room)
		return true;
	bigger = realloc(*p, want * size);
	if (bigger == NULL)
		return false;
	*p = bigger;
	*room = want;
	return true;
}

static int no_memory(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, 0, "registry text", 0, 0);
}

/* A record and where it lies.  */
struct place {
	uint64_t at, n;
};

static struct hive_place cited(struct place p, const char *structure)
{
	return (struct hive_place){ p.at, p.n, structure };
}

static int add_key(struct indexer *x, uint32_t parent, struct span name,
		   struct place line, uint32_t *ret, struct err *reterr)
{
	struct registry_text *t = x->text;
	size_t units = name.n / 2;
	struct text_key *k;

	if (t->n_keys == KEYS_MAX || t->n_names + units > NAMES_MAX_UNITS) {
		x->full = true;
		return err_set(reterr, ERR_LIMIT, line.at,
			       "keys of registry text", KEYS_MAX, t->n_keys);
	}
	if (!grow(&t->keys, &t->room_keys, t->n_keys, sizeof(*t->keys)) ||
	    !grow(&t->names, &t->room_names, t->n_names + units,
		  sizeof(*t->names)))
		return no_memory(reterr);
	k = &t->keys[t->n_keys];
	*k = (struct text_key){
		.at = line.at, .values = line.at + line.n,
		.values_end = line.at + line.n,
		.parent = parent, .name = (uint32_t)t->n_names,
		.name_units = (uint16_t)units,
	};
	if (t->n_keys > 0)
		k->depth = (uint16_t)(t->keys[parent].depth + 1);
	for (size_t i = 0; i < units; i++)
		t->names[t->n_names++] = (uint16_t)(name.p[2 * i] |
						    name.p[2 * i + 1] << 8);
	*ret = (uint32_t)t->n_keys++;
	return 0;
}

static uint32_t unit_of(struct span s, size_t i)
{
	return (uint32_t)(s.p[2 * i] | s.p[2 * i + 1] << 8);
}

static bool is_named(const struct registry_text *t, uint32_t key,
		     struct span name)
{
	const struct text_key *k = &t->keys[key];

	if (k->name_units != name.n / 2)
		return false;
	for (size_t i = 0; i < k->name_units; i++)
		if (regf_upcase(t->names[k->name + i]) !=
		    regf_upcase(unit_of(name, i)))
			return false;
	return true;
}

/* Cut the name before the first backslash off *@path, with the backslash.  */
static struct span next_name(struct span *path)
{
	struct span name = *path;
	size_t n = 0;

	while (n < path->n && unit_of(*path, n / 2) != '\\')
		n += 2;
	name.n = n;
	if (n < path->n)
		n += 2;
	path->p += n;
	path->n -= n;
	return name;
}

/* Go down by @name to level @depth, where @is_last, to a key of its own.  */
static int step(struct indexer *x, struct span name, size_t depth, bool is_last,
		struct place line, struct err *reterr)
{
	struct registry_text *t = x->text;

	if (depth > DEPTH_MAX)
		return err_set(reterr, ERR_LIMIT, line.at,
			       "depth of a registry key", DEPTH_MAX, depth);
	if (name.n / 2 > NAME_MAX_UNITS)
		return err_set(reterr, ERR_LIMIT, line.at,
			       "name of a registry key", NAME_MAX_UNITS,
			       name.n / 2);
	if (!is_last && depth <= x->depth &&
	    is_named(t, x->stack[depth], name))
		return 0;
	x->depth = depth;
	return add_key(x, x->stack[depth - 1], name, line, &x->stack[depth],
		       reterr);
}

/* The root has no name, so that it is no child of the root.  */
static int enter_root(struct indexer *x, struct place line, struct err *reterr)
{
	int r = add_key(x, 0, (struct span){ 0 }, line, &x->stack[0], reterr);

	if (r == 0)
		x->text->keys[x->stack[0]].depth = 0;
	return r;
}

/* Enter the key @path.  Names that are empty are left out: \SYSTEM\ is SYSTEM,
 * and a backslash alone is the root.  */
static int enter(struct indexer *x, struct span path, struct place line,
		 struct err *reterr)
{
	size_t depth = 0;

	while (path.n > 0 && unit_of(path, path.n / 2 - 1) == '\\')
		path.n -= 2;
	if (path.n == 0) {
		x->depth = 0;
		return enter_root(x, line, reterr);
	}
	while (path.n > 0) {
		struct span name = next_name(&path);
		int r;

		if (name.n == 0)
			continue;
		r = step(x, name, ++depth, path.n == 0, line, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static int open_key(struct indexer *x, const struct reg_record *r,
		    struct place line, struct err *reterr)
{
	struct registry_text *t = x->text;
	struct reg_utf16 wide;
	struct err e;
	char text[160];
	int status;

	x->in_key = false;
	if (!grow(&x->path, &x->path_room, REG_UTF16_BYTES(r->name.n), 1))
		return no_memory(reterr);
	wide = reg_text_decode(&t->format, r->name, false, x->path);
	if (wide.guessed)
		text_report_guess(t, cited(line, "reg key"));
	status = enter(x, (struct span){ x->path, wide.n, line.at }, line, &e);
	if (status == ERR_NOMEM)
		return no_memory(reterr);
	x->in_key = status == 0;
	if (x->full)
		text_report(t, &FINDING_REG_LIMIT, cited(line, "reg key"),
			    "the keys from line %llu on are not read: there "
			    "are more than %d, or their names are too long.",
			    (unsigned long long)x->line, KEYS_MAX);
	else if (status < 0)
		text_report(t, &FINDING_REG_LIMIT, cited(line, "reg key"),
			    "line %llu: the key is not read: %s.",
			    (unsigned long long)x->line,
			    err_text(&e, text, sizeof(text)));
	return 0;
}

static void bad_record(struct indexer *x, const struct err *e,
		       struct place line)
{
	char text[160];

	text_report(x->text, &FINDING_REG_LINE, cited(line, "reg line"),
		    "line %llu cannot be read: %s.",
		    (unsigned long long)x->line,
		    text_error(e, text, sizeof(text)));
}

static void deleted_record(struct indexer *x, struct place line)
{
	if (x->n_deleted++ == 0) {
		x->deleted_at = line.at;
		x->deleted_n = line.n;
	}
}

static void add_value(struct indexer *x, struct place line)
{
	struct registry_text *t = x->text;

	if (x->in_key) {
		t->keys[x->stack[x->depth]].n_values++;
		t->keys[x->stack[x->depth]].values_end = line.at + line.n;
	} else if (!x->outside_said) {
		x->outside_said = true;
		text_report(t, &FINDING_REG_LINE, cited(line, "reg value"),
			    "line %llu: the value belongs to no key that is "
			    "read.", (unsigned long long)x->line);
	}
}

/* Of the keys that tell their times, those that are looked for.  */
static bool is_of_interest(const struct indexer *x)
{
	static const uint8_t name[] = {
		'M', 0, 'o', 0, 'u', 0, 'n', 0, 't', 0, 'e', 0, 'd', 0, 'D', 0,
		'e', 0, 'v', 0, 'i', 0, 'c', 0, 'e', 0, 's', 0,
	};

	return x->in_key && is_named(x->text, x->stack[x->depth],
				     (struct span){ name, sizeof(name), 0 });
}

/* A time by an unknown clock, in an unknown form, is no fact.  */
static void tell_time(struct indexer *x, const struct reg_record *r,
		      struct place line)
{
	struct registry_text *t = x->text;
	uint8_t wide[REG_UTF16_BYTES(TIME_MAX_BYTES)];
	struct reg_utf16 n;

	if (r->data.n > TIME_MAX_BYTES ||
	    (x->time_said && !is_of_interest(x)))
		return;
	x->time_said = true;
	n = reg_text_decode(&t->format, r->data, false, wide);
	text_report(t, &FINDING_REG_TIME, cited(line, "reg line"),
		    "line %llu: a key was last written at \"%s\", in the local "
		    "time and date format of the machine that exported it; it "
		    "is not converted to UTC.",
		    (unsigned long long)x->line,
		    text_from_utf16(t->arena, (struct span){
				    wide, n.n, r->data.at }).utf8);
}

static int take(struct indexer *x, const struct reg_record *r,
		struct place line, struct err *reterr)
{
	switch (r->kind) {
	case REG_KEY:
		return open_key(x, r, line, reterr);
	case REG_KEY_DELETED:
		x->in_key = false;
		deleted_record(x, line);
		break;
	case REG_VALUE_DELETED:
		deleted_record(x, line);
		break;
	case REG_VALUE:
		add_value(x, line);
		break;
	case REG_BAD:
		bad_record(x, &r->bad, line);
		break;
	case REG_TIME:
		tell_time(x, r, line);
		break;
	case REG_NOTHING:
		break;
	}
	return 0;
}

/* Pass over the record at @at, which is too long.  */
static int skip_record(struct indexer *x, uint64_t at, struct reg_record *ret,
		       struct err *reterr)
{
	struct reg_record skipped = { 0 };
	struct err e = { 0 };
	int r = text_skip(x->text, at, &skipped, reterr);

	if (r < 0)
		return r;
	err_set(&e, ERR_LIMIT, at, "record of registry text",
		TEXT_RECORD_MAX_BYTES, skipped.size);
	bad_record(x, &e, (struct place){ at, skipped.size });
	*ret = skipped;
	return 0;
}

static bool line_ends_at(const struct registry_text *t, uint64_t at)
{
	uint8_t b[2] = { 0 };
	const size_t n = width(t->format.encoding);
	const struct units u = units_of(&t->format, (struct span){ b, n, at });

	return at >= n && source_read(t->source, at - n, b, n, NULL) == 0 &&
	       unit(&u, 0) == '\n';
}

/* The rest of a cluster, of a file that was carved.  */
static void say_padding(struct registry_text *t)
{
	const uint64_t n = t->source->size - t->end;
	const bool cut = !line_ends_at(t, t->end);

	text_report(t, cut ? &FINDING_REG_CUT : &FINDING_REG_PADDING,
		    (struct hive_place){ t->end, n, "reg line" },
		    "the last %llu byte%s zero, and no text; text that stood "
		    "there is lost, if there was any%s.", (unsigned long long)n,
		    n == 1 ? " is" : "s are", cut ?
		    ": the line before has no end, and may be cut off" : "");
}

static int read_records(struct indexer *x, struct err *reterr)
{
	struct registry_text *t = x->text;
	uint64_t at = t->format.start;

	x->line = 1;
	/* Ends: each turn takes a line.  */
	while (at < t->end && !x->full) {
		struct reg_record record;
		struct err e;
		int r = text_record(t, at, &record, &e);

		if (r == ERR_LIMIT) {
			r = skip_record(x, at, &record, &e);
		} else if (r == 0) {
			r = take(x, &record,
				 (struct place){ at, record.size }, &e);
		}
		if (r < 0)
			return err_set(reterr, e.code, e.at, e.what, e.want,
				       e.got);
		at += record.size;
		x->line += record.lines;
	}
	if (t->end < t->source->size)
		say_padding(t);
	return 0;
}

/* Names of keys without case, as they are sorted.  */
static int compare_names(const uint16_t *a, size_t n_a, const uint16_t *b,
			 size_t n_b)
{
	for (size_t i = 0; i < n_a && i < n_b; i++) {
		uint32_t x = regf_upcase(a[i]), y = regf_upcase(b[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (n_a > n_b) - (n_a < n_b);
}

/* A key as it is sorted among those of its level.  */
struct item {
	const uint16_t *name;
	uint32_t units, parent, key;
};

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int r = (x->parent > y->parent) - (x->parent < y->parent);

	if (r == 0)
		r = compare_names(x->name, x->units, y->name, y->units);
	return r != 0 ? r : (x->key > y->key) - (x->key < y->key);
}

static bool same_key(const struct item *x, const struct item *y)
{
	return x->parent == y->parent &&
	       compare_names(x->name, x->units, y->name, y->units) == 0;
}

/* Sort the @n keys @level, which have one depth, and join those that are the
 * same; the others go to t->sorted from *@n_sorted on.  @first: for each key of
 * the level above, the one that it was joined to.  */
static void join_level(struct registry_text *t, struct item *level, size_t n,
		       uint32_t *first, uint32_t *n_sorted)
{
	for (size_t i = 0; i < n; i++)
		level[i].parent = first[level[i].parent];
	qsort(level, n, sizeof(*level), compare_items);
	for (size_t i = 0; i < n; i++) {
		struct text_key *parent = &t->keys[level[i].parent];
		uint32_t key = level[i].key;

		if (i > 0 && same_key(&level[i - 1], &level[i])) {
			t->keys[level[i - 1].key].again = key;
			first[key] = first[level[i - 1].key];
			continue;
		}
		first[key] = key;
		t->keys[key].parent = level[i].parent;
		if (parent->n_children++ == 0)
			parent->first_child = *n_sorted;
		t->sorted[(*n_sorted)++] = key;
	}
}

static struct item item_of(const struct registry_text *t, uint32_t key)
{
	const struct text_key *k = &t->keys[key];

	return (struct item){ t->names + k->name, k->name_units, k->parent,
			      key };
}

/* Give each key its children.  */
static int join_keys(struct registry_text *t, struct err *reterr)
{
	struct item *items = calloc(t->n_keys, sizeof(*items));
	uint32_t *first = calloc(t->n_keys, sizeof(*first));
	size_t starts[DEPTH_MAX + 3] = { 0 };
	uint32_t n_sorted = 0;

	t->sorted = calloc(t->n_keys, sizeof(*t->sorted));
	if (items == NULL || first == NULL || t->sorted == NULL) {
		free(items);
		free(first);
		return no_memory(reterr);
	}
	/* By depth, in the order of the file.  */
	for (size_t i = 0; i < t->n_keys; i++)
		starts[t->keys[i].depth + 2]++;
	for (size_t d = 1; d < DEPTH_MAX + 3; d++)
		starts[d] += starts[d - 1];
	for (size_t i = 0; i < t->n_keys; i++)
		items[starts[t->keys[i].depth + 1]++] =
			item_of(t, (uint32_t)i);
	for (size_t i = 1; i < starts[1]; i++)
		t->keys[items[i - 1].key].again = items[i].key;
	for (size_t d = 1; d <= DEPTH_MAX; d++)
		join_level(t, items + starts[d], starts[d + 1] - starts[d],
			   first, &n_sorted);
	free(items);
	free(first);
	return 0;
}

int text_index(struct registry_text *t, struct err *reterr)
{
	struct indexer x = { .text = t };
	struct place none = { 0 };
	int r = add_key(&x, 0, (struct span){ 0 }, none, &x.stack[0], reterr);

	if (r == 0)
		r = read_records(&x, reterr);
	if (r == 0)
		r = join_keys(t, reterr);
	if (r == 0 && x.n_deleted > 0)
		text_report(t, &FINDING_REG_DELETION,
			    (struct hive_place){ x.deleted_at, x.deleted_n,
						 "reg line" },
			    "%zu line%s to delete keys or values on import; "
			    "an export has none.", x.n_deleted,
			    x.n_deleted == 1 ? " asks" : "s ask");
	free(x.path);
	return r;
}
