/* A hive with a tree and its log, with each byte changed and each cut.  */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/hive_image.h"
#include "lib/small_hive.h"
#include "registry/hive.h"

#define PAGE SMALL_PAGE
#define LOG_BYTES (512 + SMALL_ENTRY_BYTES)

struct pair {
	uint8_t hive[2 * PAGE], log[LOG_BYTES];
	size_t hive_n, log_n;
};

/* Key and value as after the log, whose only page is the hive's only bin; in
 * the hive the value has other data.  */
static void make_pair(struct pair *p)
{
	struct hive_image *h = calloc(1, sizeof(*h));
	struct small_set *s = small_new(9, 7);
	uint32_t root, key, value;
	uint8_t *entry;

	hive_image_start(h);
	root = hive_image_key(h, "ROOT");
	key = hive_image_only_subkey(h, root, "MountedDevices");
	value = hive_image_value(h, "\\DosDevices\\F:", 3, "after it", 8);
	hive_image_values(h, key, &value, 1);
	hive_image_finish(h);
	cr_assert_eq(h->n, sizeof(p->hive));
	memcpy(p->hive, h->bytes, h->n);
	small_put(p->hive, 4, 8);
	memcpy(memmem(p->hive, h->n, "after it", 8), "before", 6);
	small_log(s, 0, 8);
	entry = small_entry(s, 0, 8, 0, 0);
	memcpy(entry + 48, h->bytes + PAGE, PAGE);
	entry[16 + 1] = PAGE >> 8;
	small_seal(entry);
	memcpy(p->log, s->log_bytes[0], LOG_BYTES);
	p->hive_n = sizeof(p->hive);
	p->log_n = LOG_BYTES;
	small_done(s);
	free(h);
}

struct walk {
	struct hive *hive;
	unsigned depth;
	bool found;		/* the value as it is after the replay */
};

static int see_value(void *ctx, const struct hive_value *v)
{
	struct walk *w = ctx;
	struct span data = { 0 };

	if (hive_read_value(w->hive, v, &data, NULL, NULL) == 0 &&
	    data.n == 8 && memcmp(data.p, "after it", 8) == 0)
		w->found = true;
	return 0;
}

static int see_key(void *ctx, const struct hive_key *k)
{
	struct walk *w = ctx;

	if (++w->depth < 8) {
		hive_each_value(w->hive, k, see_value, w, NULL);
		hive_each_subkey(w->hive, k, see_key, w, NULL);
	}
	w->depth--;
	return 0;
}

static bool walk(struct source *s, struct arena *a, struct diag_list *d)
{
	struct walk w = { NULL, 0, false };
	struct hive_key root;
	uint8_t *all = malloc(s->size);

	cr_expect_eq(source_read(s, 0, all, s->size, NULL), 0);
	free(all);
	if (hive_open(s, a, d, &w.hive, NULL) < 0)
		return false;
	hive_root(w.hive, &root, NULL);
	see_key(&w, &root);
	hive_close(w.hive);
	return w.found;
}

/* Replay and read everything; whether the value came with the log.  *@ret_said:
 * there are findings.  */
static bool replay(const struct pair *p, bool *ret_said)
{
	uint8_t *hive = calloc(1, p->hive_n + 1), *log = calloc(1, p->log_n + 1);
	struct bytes_source h = bytes_source(hive, p->hive_n);
	struct bytes_source l = bytes_source(log, p->log_n);
	struct source *logs[] = { &l.source }, *recovered = NULL;
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct replay_report report;
	bool found;

	memcpy(hive, p->hive, p->hive_n);
	memcpy(log, p->log, p->log_n);
	cr_assert_eq(hive_replay(&h.source, logs, 1, a, &d, &recovered, &report,
				 NULL), 0);
	found = walk(recovered != NULL ? recovered : &h.source, a, &d);
	*ret_said = d.n > 0;
	source_free(recovered);
	arena_free(a);
	free(hive);
	free(log);
	return found;
}

Test(replay_damage, the_value_comes_with_the_log)
{
	struct pair p;
	bool said;

	make_pair(&p);
	cr_expect(replay(&p, &said));
	p.log_n = 0;
	cr_expect(!replay(&p, &said));
}

/* Hives and logs that were cut give what is there, and a finding.  */
Test(replay_damage, survives_every_truncation)
{
	struct pair whole, p;
	bool said;

	make_pair(&whole);
	for (size_t i = 0; i < LOG_BYTES; i += i < 700 ? 1 : 61) {
		p = whole;
		p.log_n = i;
		cr_expect(!replay(&p, &said), "%zu", i);
		cr_expect(said, "%zu", i);
	}
	for (size_t i = 1; i < sizeof(p.hive); i += i < 700 ? 1 : 61) {
		p = whole;
		p.hive_n = i;
		cr_expect(replay(&p, &said), "the log has it all: %zu", i);
		cr_expect(said, "%zu", i);
	}
}

/* Bytes where something is: the rest is padding.  */
static bool is_padding(size_t i)
{
	return i >= 512 && i < PAGE;
}

Test(replay_damage, survives_every_changed_byte_of_the_hive)
{
	struct pair whole, p;
	bool said;

	make_pair(&whole);
	for (size_t i = 0; i < PAGE + 1024; i++) {
		if (is_padding(i))
			continue;
		for (int sum = 0; sum < (i < 512 ? 2 : 1); sum++) {
			p = whole;
			p.hive[i] ^= 0x81;
			if (sum)
				small_put(p.hive, 24, 5);
			replay(&p, &said);
			cr_expect(said, "%zu", i);
		}
	}
}

/* With hashes and sums that are right, so that what is changed is read.  */
Test(replay_damage, survives_every_changed_byte_of_the_log)
{
	struct pair whole, p;
	bool said;

	make_pair(&whole);
	for (size_t i = 0; i < 512 + 48 + 1024; i++) {
		p = whole;
		p.log[i] ^= 0x81;
		cr_expect(!replay(&p, &said) || i >= 512 + 48, "%zu", i);
		p = whole;
		p.log[i] ^= 0x81;
		if (i < 512)
			small_put(p.log, 24, 5);
		else if (i < 512 + 4 || i >= 512 + 8)
			small_seal(p.log + 512);
		replay(&p, &said);
		cr_expect(said, "%zu", i);
	}
}
