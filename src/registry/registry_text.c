#include "registry/registry_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/text_units.h"
#include "registry/findings.h"
#include "registry/text_internal.h"

/* Most records are a line or two, and look-ups go to and fro.  */
#define WINDOW_BYTES (32u << 10)

/* What is looked at as a hive: users and hives of a live registry are some
 * tens.  */
#define CANDIDATES_MAX 256

/* Keys that are handed out, each as often as it is asked for: they stay in the
 * arena, with 200 bytes or so.  Who reads a hive asks for some thousands.  */
#define KEYS_GIVEN_MAX (1u << 19)

/* Make the window hold what lies at @at, twice as much of it as the @seen bytes
 * that were not enough.  */
static int move_window(struct registry_text *t, uint64_t at, size_t seen,
		       struct err *reterr)
{
	struct text_window *w = &t->window;
	uint64_t left = t->end - at;
	size_t want = 2 * seen > WINDOW_BYTES ? 2 * seen : WINDOW_BYTES;
	int r;

	if (want > TEXT_RECORD_MAX_BYTES)
		want = TEXT_RECORD_MAX_BYTES;
	if (want > w->room) {
		uint8_t *bigger = realloc(w->bytes, want);

		if (bigger == NULL)
			return err_set(reterr, ERR_NOMEM, at, "registry text",
				       want, 0);
		w->bytes = bigger;
		w->room = want;
	}
	w->n = 0;
	if (want > left)
		want = (size_t)left;
	r = source_read(t->source, at, w->bytes, want, reterr);
	if (r < 0)
		return r;
	w->at = at;
	w->n = want;
	return 0;
}

/* What the window holds of the text from @at on.  */
static struct span in_window(const struct registry_text *t, uint64_t at)
{
	const struct text_window *w = &t->window;
	struct span all = { w->bytes, w->n, w->at };
	struct span s = { .at = at };

	if (at >= w->at && at - w->at < w->n)
		span_sub(all, at - w->at, w->n - (at - w->at), &s);
	return s;
}

static bool reaches_end(const struct registry_text *t, struct span s)
{
	return s.at + s.n == t->end;
}

int text_record(struct registry_text *t, uint64_t at, struct reg_record *ret,
		struct err *reterr)
{
	struct span s = in_window(t, at);

	/* Ends: the window doubles.  */
	for (;;) {
		int r = s.n == 0 ? ERR_TRUNCATED :
			reg_record_parse(&t->format, s, reaches_end(t, s), ret,
					 reterr);

		if (r != ERR_TRUNCATED)
			return r;
		if (s.n >= TEXT_RECORD_MAX_BYTES)
			return err_set(reterr, ERR_LIMIT, at,
				       "record of registry text",
				       TEXT_RECORD_MAX_BYTES, s.n);
		r = move_window(t, at, s.n, reterr);
		if (r < 0)
			return r;
		s = in_window(t, at);
	}
}

/* Look through one window of a long record for the end of the line.  */
static bool line_ends_in(const struct registry_text *t, struct span s,
			 bool *goes_on, size_t *ret_n)
{
	size_t w = t->format.encoding == REG_BYTES ? 1 : 2;
	size_t low = t->format.encoding == REG_UTF16BE ? 1 : 0;

	for (size_t i = 0; i + w <= s.n; i += w) {
		uint8_t c = s.p[i + low];

		if (w == 2 && s.p[i + 1 - low] != 0)
			c = 'x';
		if (c == '\n') {
			*ret_n = i + w;
			return true;
		}
		if (c != ' ' && c != '\t' && c != '\r')
			*goes_on = c == '\\';
	}
	*ret_n = s.n;
	return false;
}

int text_skip(struct registry_text *t, uint64_t at, struct reg_record *ret,
	      struct err *reterr)
{
	struct reg_record skipped = { .lines = 1 };
	bool goes_on = false;

	while (at + skipped.size < t->end) {
		struct span s;
		size_t n;
		int r = move_window(t, at + skipped.size, 0, reterr);

		if (r < 0)
			return r;
		s = in_window(t, at + skipped.size);
		if (line_ends_in(t, s, &goes_on, &n)) {
			if (!goes_on) {
				skipped.size += n;
				break;
			}
			skipped.lines++;
			goes_on = false;
		}
		skipped.size += n;
	}
	*ret = skipped;
	return 0;
}

static const char *label(const struct registry_text *t)
{
	return t->source->file != NULL ? t->source->file : "registry text";
}

void text_report(struct registry_text *t, const struct diag_kind *kind,
		 struct hive_place place, const char *fmt, ...)
{
	const char *message;
	struct diag *d;
	va_list ap;

	/* Counted only: no text is made for it.  */
	if (diag_count(t->diags, kind) >= DIAG_MAX_PER_KIND) {
		diag_add(t->diags, kind, "%s", kind->title);
		return;
	}
	va_start(ap, fmt);
	message = arena_vprintf(t->diags->arena, fmt, ap);
	va_end(ap);
	d = diag_add(t->diags, kind, "%s: %s", label(t),
		     message != NULL ? message : kind->title);
	if (d != NULL)
		source_cite(t->source, place.at, place.n, place.structure,
			    t->diags->arena, &d->cites);
}

void text_report_guess(struct registry_text *t, struct hive_place place)
{
	if (t->guessed)
		return;
	t->guessed = true;
	text_report(t, &FINDING_REG_ENCODING, place,
		    "the text does not say which code page it is in: bytes "
		    "above 0x7f that are not UTF-8 are read as ISO 8859-1.");
}

/* The character at which text is wrong.  */
static const char *character(uint64_t c, char *buf, size_t n)
{
	if (c == 0)
		return "a byte of zero";
	if (c == '\n' || c == '\r')
		return "the end of the line";
	snprintf(buf, n, c > ' ' && c <= '~' ? "\"%c\"" : "U+%04X",
		 (unsigned)c);
	return buf;
}

const char *text_error(const struct err *e, char *buf, size_t n)
{
	char c[16];

	if (e->code == ERR_VALUE)
		snprintf(buf, n, "%s, at byte %llu, where there is %s", e->what,
			 (unsigned long long)e->at,
			 character(e->got, c, sizeof(c)));
	else if (e->code == ERR_TRUNCATED)
		snprintf(buf, n, "%s, at byte %llu, where the text ends",
			 e->what, (unsigned long long)e->at);
	else
		err_text(e, buf, n);
	return buf;
}

#define ZEROS_BLOCK_BYTES 4096

/* Where the zeros begin with which the file ends: with a character.  */
static uint64_t find_end(const struct registry_text *t)
{
	const size_t step = width(t->format.encoding);
	const uint64_t start = t->format.start;
	uint8_t b[ZEROS_BLOCK_BYTES];
	uint64_t end = t->source->size;

	while (end > start) {
		size_t n = end - start < sizeof(b) ? (size_t)(end - start)
						   : sizeof(b);

		/* Who reads on says that it cannot be read.  */
		if (source_read(t->source, end - n, b, n, NULL) < 0)
			return t->source->size;
		while (n > 0 && b[n - 1] == 0)
			n--, end--;
		if (n > 0)
			break;
	}
	end = start + (end - start + step - 1) / step * step;
	return end < t->source->size ? end : t->source->size;
}

static int begin(struct registry_text *t, struct err *reterr)
{
	uint8_t head[REG_TEXT_HEAD_BYTES];
	size_t n = t->source->size < sizeof(head) ? (size_t)t->source->size
						  : sizeof(head);
	int r = source_read(t->source, 0, head, n, reterr);

	if (r < 0)
		return r;
	r = reg_text_begin((struct span){ head, n, 0 }, &t->format, reterr);
	if (r == 0)
		t->end = find_end(t);
	return r;
}

static struct text key_name(struct registry_text *t, uint32_t key)
{
	const struct text_key *k = &t->keys[key];
	uint8_t *bytes = arena_alloc(t->arena, 2 * (size_t)k->name_units);

	if (bytes == NULL)
		return (struct text){ 0 };
	for (size_t i = 0; i < k->name_units; i++) {
		bytes[2 * i] = (uint8_t)t->names[k->name + i];
		bytes[2 * i + 1] = (uint8_t)(t->names[k->name + i] >> 8);
	}
	return text_from_utf16(t->arena, (struct span){
		bytes, 2 * (size_t)k->name_units, k->at });
}

/* What a key is called on the live system, which tells even of an export that
 * holds only a part.  */
static const struct {
	const char *parent, *name;
	enum hive_role role;
} usual_roots[] = {
	{ "HKEY_LOCAL_MACHINE", "SYSTEM", HIVE_SYSTEM },
	{ "HKLM", "SYSTEM", HIVE_SYSTEM },
	{ "HKEY_LOCAL_MACHINE", "SOFTWARE", HIVE_SOFTWARE },
	{ "HKLM", "SOFTWARE", HIVE_SOFTWARE },
};

static bool is_called(const struct registry_text *t, uint32_t key,
		      const char *name)
{
	const struct text_key *k = &t->keys[key];

	if (strlen(name) != k->name_units)
		return false;
	for (size_t i = 0; i < k->name_units; i++)
		if (regf_upcase(t->names[k->name + i]) !=
		    regf_upcase((uint8_t)name[i]))
			return false;
	return true;
}

static enum hive_role usual_role(const struct registry_text *t, uint32_t key)
{
	size_t n = sizeof(usual_roots) / sizeof(usual_roots[0]);

	for (size_t i = 0; i < n; i++)
		if (t->keys[key].depth == 2 &&
		    is_called(t, t->keys[key].parent, usual_roots[i].parent) &&
		    is_called(t, key, usual_roots[i].name))
			return usual_roots[i].role;
	return HIVE_OTHER;
}

static bool is_predefined(const struct registry_text *t, uint32_t key)
{
	static const char *const names[] = {
		"HKEY_LOCAL_MACHINE", "HKLM", "HKEY_USERS", "HKU",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_called(t, key, names[i]))
			return true;
	return false;
}

/* "HKEY_LOCAL_MACHINE\SYSTEM".  */
static struct text path_of(struct registry_text *t, uint32_t key)
{
	struct text name, path = { .utf8 = "" };

	if (key == 0)
		return path;
	name = key_name(t, key);
	if (t->keys[key].depth == 1 || name.utf8 == NULL)
		return name;
	path = key_name(t, t->keys[key].parent);
	return (struct text){
		.utf8 = arena_printf(t->arena, "%s\\%s", path.utf8, name.utf8),
	};
}

/* Take @key for a hive if it holds what one does.  */
static int try_hive(struct registry_text *t, uint32_t key, bool *ret_is,
		    struct err *reterr)
{
	struct registry_text_hive which = { .key = key }, *slot;
	struct hive *h;
	int r = registry_text_hive(t, &which, &h, reterr);

	if (r < 0)
		return r;
	which.role = usual_role(t, key);
	if (which.role == HIVE_OTHER)
		which.role = hive_role(h);
	hive_close(h);
	*ret_is = which.role != HIVE_OTHER;
	if (!*ret_is)
		return 0;
	which.path = path_of(t, key);
	slot = arena_push(t->arena, &t->hives, t->n_hives, sizeof(*slot));
	if (slot == NULL || which.path.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "registry text", 0, 0);
	*slot = which;
	t->n_hives++;
	return 0;
}

/* Try the children of @key, and where these are HKEY_LOCAL_MACHINE and the
 * like, theirs.  */
static int try_children(struct registry_text *t, uint32_t key,
			struct err *reterr)
{
	const struct text_key *k = &t->keys[key];
	uint32_t n = k->n_children;
	bool is_hive;

	if (n > CANDIDATES_MAX) {
		text_report(t, &FINDING_REG_LIMIT,
			    (struct hive_place){ k->at, k->values - k->at,
						 "reg key" },
			    "%u keys could be hives; the first %d are looked "
			    "at.", n, CANDIDATES_MAX);
		n = CANDIDATES_MAX;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t child = t->sorted[k->first_child + i];
		int r = k->depth == 0 && is_predefined(t, child)
			? try_children(t, child, reterr)
			: try_hive(t, child, &is_hive, reterr);

		if (r < 0)
			return r;
	}
	return 0;
}

static int find_hives(struct registry_text *t, struct err *reterr)
{
	bool is_hive = false;
	int r = try_hive(t, 0, &is_hive, reterr);

	if (r < 0 || is_hive)
		return r;
	return try_children(t, 0, reterr);
}

int registry_text_open(struct source *s, struct arena *a, struct diag_list *d,
		       struct registry_text **ret, struct err *reterr)
{
	struct registry_text *t = calloc(1, sizeof(*t));
	int r;

	if (t == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "registry text", 0, 0);
	t->source = s;
	t->arena = a;
	t->diags = d;
	t->keys_left = KEYS_GIVEN_MAX;
	r = begin(t, reterr);
	if (r == 0)
		r = text_index(t, reterr);
	if (r == 0)
		r = find_hives(t, reterr);
	if (r < 0) {
		registry_text_close(t);
		return r;
	}
	*ret = t;
	return 0;
}

void registry_text_close(struct registry_text *t)
{
	if (t == NULL)
		return;
	free(t->window.bytes);
	free(t->keys);
	free(t->names);
	free(t->sorted);
	free(t);
}

const struct registry_text_hive *
registry_text_hives(struct registry_text *t, size_t *ret_n)
{
	*ret_n = t->n_hives;
	return t->hives;
}

int registry_text_hive(struct registry_text *t,
		       const struct registry_text_hive *which,
		       struct hive **ret, struct err *reterr)
{
	struct hive *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "hive", sizeof(*h), 0);
	h->ops = &text_hive_ops;
	h->text = t;
	h->cells.source = t->source;
	h->arena = t->arena;
	h->diags = t->diags;
	h->data_left = t->source->size;
	if (!checked_mul(t->source->size, HIVE_DATA_READ_FACTOR,
			 &h->data_left))
		h->data_left = UINT64_MAX;
	h->root = text_make_key(h, which->key);
	*ret = h;
	return 0;
}
