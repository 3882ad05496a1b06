#include <stdlib.h>
#include <string.h>

#include "format/regf_log.h"
#include "registry/hive.h"
#include "registry/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first bytes of the input: what is made right before it is read, how large
 * the hive is, and how large its first log.  */
enum { HIVE_SUM = 1, LOG_SUMS = 2, ENTRY_HASHES = 4, THIRD_LOG = 8 };
#define HEAD_BYTES 3
#define PAGE 4096
#define UNIT 512
#define MAX_ENTRIES 64
#define MAX_DEPTH 64

struct part {
	uint8_t *p;
	size_t n;
};

static struct part take(struct part *all, size_t n)
{
	struct part p = { all->p, n < all->n ? n : all->n };

	all->p += p.n;
	all->n -= p.n;
	return p;
}

static void put(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void make_sum(struct part base)
{
	if (base.n < 512)
		return;
	memset(base.p + 508, 0, 4);
	for (int i = 0; i < 508; i++)
		base.p[508 + i % 4] ^= base.p[i];
}

/* No fuzzer finds a hash.  */
static void make_hashes(struct part log)
{
	struct regf_log_entry e;
	size_t at = UNIT;

	for (int i = 0; i < MAX_ENTRIES && at < log.n; i++, at += e.size) {
		struct span s = { log.p + at, log.n - at, at };

		if (regf_log_head_parse(s, &e, NULL) < 0 || e.size > s.n)
			return;
		s.n = e.size;
		span_sub(s, 40, s.n - 40, &s);
		put(log.p + at + 24, regf_log_hash(s), 8);
		s = (struct span){ log.p + at, 32, at };
		put(log.p + at + 32, regf_log_hash(s), 8);
	}
}

struct walk {
	struct hive *hive;
	unsigned depth;
};

static int see_value(void *ctx, const struct hive_value *v)
{
	struct walk *w = ctx;
	struct span data;

	hive_read_value(w->hive, v, &data, NULL, NULL);
	return 0;
}

static int see_key(void *ctx, const struct hive_key *k)
{
	struct walk *w = ctx;

	if (w->depth == MAX_DEPTH)
		return 1;
	w->depth++;
	hive_each_value(w->hive, k, see_value, w, NULL);
	hive_each_subkey(w->hive, k, see_key, w, NULL);
	w->depth--;
	return 0;
}

static void see_all(struct source *s, struct arena *a, struct diag_list *d)
{
	struct walk w = { NULL, 0 };
	struct hive_key root;
	struct cites cites = { 0 };
	uint8_t byte;

	if (source_read(s, s->size - 1, &byte, 1, NULL) < 0)
		__builtin_trap();
	source_cite(s, 0, s->size, "hive", a, &cites);
	if (hive_open(s, a, d, &w.hive, NULL) < 0)
		return;
	if (hive_root(w.hive, &root, NULL) == 0)
		see_key(&w, &root);
	hive_close(w.hive);
}

static void replay(struct part hive, struct part one, struct part two,
		   bool third)
{
	struct source *s = source_memory(hive.p, hive.n);
	struct source *logs[REPLAY_LOGS] = { source_memory(one.p, one.n) };
	struct source *recovered = NULL, *other = source_memory(two.p, two.n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct replay_report report;

	logs[third ? REPLAY_LOG : REPLAY_LOG2] = other;
	if (hive_replay(s, logs, REPLAY_LOGS, a, &d, &recovered, &report,
			NULL) == 0 && recovered != NULL)
		see_all(recovered, a, &d);
	source_free(recovered);
	source_free(other);
	source_free(logs[REPLAY_LOG1]);
	source_free(s);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct part all = { malloc(n + 1), n }, hive, one, two;
	uint8_t *copy = all.p;
	struct part head;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, n);
	head = take(&all, HEAD_BYTES);
	if (head.n == HEAD_BYTES) {
		hive = take(&all, (size_t)(1 + head.p[1] % 8) * PAGE);
		one = take(&all, (size_t)head.p[2] * UNIT);
		two = all;
		if (head.p[0] & HIVE_SUM)
			make_sum(hive);
		if (head.p[0] & LOG_SUMS) {
			make_sum(one);
			make_sum(two);
		}
		if (head.p[0] & ENTRY_HASHES) {
			make_hashes(one);
			make_hashes(two);
		}
		replay(hive, one, two, (head.p[0] & THIRD_LOG) != 0);
	}
	free(copy);
	return 0;
}
