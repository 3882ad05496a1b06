/*
 * nearly.c - values of which the name is damaged
 *
 * No hash tells the name of a value, and a form only those of few keys: of the
 * others a letter that is damaged would lose the value, and what it has,
 * without a word.  Who looks for it knows what it is called, and its key has no
 * other that is called nearly so.
 */
#include <stdio.h>
#include <string.h>

#include "registry/findings.h"
#include "registry/hive_internal.h"

/* A key that describes a device has up to twenty, CurrentVersion of Windows 11
 * fifty, CodePage two hundred.  Of more, none is looked at once more.  */
#define NEARLY_MAX_VALUES 512

/* Names shorter than this can differ from others in one letter.  */
#define SURE_NAME_CHARS 6

/* Whether @name, UTF-16LE, is @want but for one bit of its letters or of its
 * length, or for one letter.  */
static bool is_nearly(struct span name, const char *want)
{
	const size_t n = strlen(want), has = name.n / 2;
	const size_t lengths = n ^ has;
	unsigned n_bits = 0, n_letters = 0;

	/* A name without letters is of neither kind: its length is in bytes. */
	if (n == 0)
		return name.n > 0 && (name.n & (name.n - 1)) == 0;
	if (name.n == 0 || name.n % 2 != 0 ||
	    (lengths & (lengths - 1)) != 0)
		return false;
	for (size_t i = 0; i < (has < n ? has : n); i++) {
		unsigned x = (name.p[2 * i] | (unsigned)name.p[2 * i + 1] << 8)
			     ^ (unsigned char)want[i];

		n_letters += x != 0;
		for (; x != 0; x &= x - 1)
			n_bits++;
	}
	return n_bits + (lengths != 0) == 1 ||
	       (n_letters == 1 && lengths == 0 && n >= SURE_NAME_CHARS);
}

bool hive_filter_wants(const struct hive_value_filter *f, struct span name)
{
	return (f->wants == NULL || f->wants(name)) &&
	       (f->nearly == NULL || is_nearly(name, f->nearly));
}

struct near_values {
	struct arena *arena;
	struct hive_value first, second;
	unsigned n;
	struct cites cites;	/* of all */
};

static int visit_near(void *ctx, const struct hive_value *v)
{
	struct near_values *near = ctx;

	if (v->tombstone)
		return 0;
	near->n++;
	if (near->n == 1)
		near->first = *v;
	else if (near->n == 2)
		near->second = *v;
	cites_join(near->arena, &near->cites, &v->cites);
	return 0;
}

/* Each may be what is looked for, and none is likelier than another.  */
static void say_several(struct hive *h, const struct hive_key *k,
			const struct near_values *near, const char *name)
{
	/* What the values cite is all there is to cite.  */
	const struct hive_place nothing = { near->first.inline_data_at, 0,
					    "vk" };
	char more[40] = "";
	struct diag *d;

	if (near->n > 2)
		snprintf(more, sizeof(more), " and %u more", near->n - 2);
	d = hive_report(h, &FINDING_VALUES_ALIKE, nothing,
			"\"%s\" has no value \"%s\", but \"%s\" and \"%s\""
			"%s, each of which may be it with its name damaged; "
			"none is taken.", k->name.utf8, name,
			near->first.name.utf8, near->second.name.utf8, more);
	if (d != NULL)
		cites_join(h->diags->arena, &d->cites, &near->cites);
}

static void say_nearly(struct hive *h, const struct hive_key *k,
		       const struct hive_value *v, const char *name)
{
	/* What the value cites is all there is to cite.  */
	const struct hive_place nothing = { v->inline_data_at, 0, "vk" };
	struct diag *d = hive_report(
		h, &FINDING_RECORD_FIELD, nothing,
		"the value \"%s\" of \"%s\" is taken for %s%s%s: its name is "
		"damaged.", v->name.utf8, k->name.utf8,
		name[0] != '\0' ? "\"" : "the default value", name,
		name[0] != '\0' ? "\"" : "");

	if (d != NULL)
		cites_join(h->diags->arena, &d->cites, &v->cites);
}

int hive_find_value_nearly(struct hive *h, const struct hive_key *k,
			   const char *name, struct hive_value *ret,
			   struct err *reterr)
{
	const struct hive_value_filter filter = { .nearly = name };
	struct near_values near = { .arena = h->arena };
	int r = hive_find_value(h, k, name, ret, reterr);

	/* A default value has no name to be known by: where it is alone.  */
	if (r == 0 || k->n_values > NEARLY_MAX_VALUES ||
	    (name[0] == '\0' && k->n_values != 1))
		return r;
	hive_each_value_of(h, k, &filter, visit_near, &near, NULL);
	if (near.n > 1)
		say_several(h, k, &near, name);
	if (near.n != 1)
		return r;
	say_nearly(h, k, &near.first, name);
	near.first.doubtful = true;
	*ret = near.first;
	return 0;
}
