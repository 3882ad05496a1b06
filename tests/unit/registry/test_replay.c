/* Hives that Windows left dirty, completed from their logs.  */
#include <criterion/criterion.h>

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/bytes_source.h"
#include "lib/shared_data.h"
#include "registry/findings.h"
#include "registry/hive.h"
#include "registry/replay.h"

#define YARP "msuhanov__yarp/hives_for_tests/"
#define REGIPY "mkorman90__regipy/regipy_tests/data/"

/* A hive, its logs, and what became of them.  */
struct set {
	struct bytes_source hive, logs[REPLAY_LOGS];
	uint8_t *bytes[1 + REPLAY_LOGS];
	struct source *recovered;
	struct replay_report report;
	struct arena *arena;
	struct diag_list diags;
};

static void load(struct bytes_source *s, uint8_t **bytes, const char *path,
		 const char *file, unsigned image)
{
	size_t n;

	*bytes = load_file(path, &n);
	*s = bytes_source(*bytes, n);
	s->source.file = file;
	s->source.image = image;
}

static void set_load(struct set *s, const char *hive)
{
	*s = (struct set){ .arena = arena_new() };
	s->diags.arena = s->arena;
	load(&s->hive, &s->bytes[0], hive, "HIVE", 0);
}

static void set_log(struct set *s, size_t i, const char *path)
{
	static const char *const files[] = { "LOG1", "LOG2", "LOG" };

	load(&s->logs[i], &s->bytes[1 + i], path, files[i], 1 + (unsigned)i);
}

static void set_replay(struct set *s)
{
	struct source *logs[REPLAY_LOGS] = { NULL };

	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (s->logs[i].p != NULL)
			logs[i] = &s->logs[i].source;
	cr_assert_eq(hive_replay(&s->hive.source, logs, REPLAY_LOGS, s->arena,
				 &s->diags, &s->recovered, &s->report, NULL),
		     0);
}

static void set_done(struct set *s)
{
	source_free(s->recovered);
	for (size_t i = 0; i <= REPLAY_LOGS; i++)
		free(s->bytes[i]);
	arena_free(s->arena);
}

/* A tree as text, one line a key or value, so that two can be compared.  */
struct dump {
	struct hive *hive;
	FILE *out;
	unsigned depth;
	size_t items;
};

static int dump_value(void *ctx, const struct hive_value *v)
{
	struct dump *d = ctx;
	struct span data = { 0 };

	hive_read_value(d->hive, v, &data, NULL, NULL);
	fprintf(d->out, "%*s%s: %u %zu ", (int)d->depth, "", v->name.utf8,
		v->type, data.n);
	for (size_t i = 0; i < data.n; i++)
		fprintf(d->out, "%02x", data.p[i]);
	fputc('\n', d->out);
	d->items++;
	return 0;
}

static int dump_key(void *ctx, const struct hive_key *k)
{
	struct dump *d = ctx;

	fprintf(d->out, "%*s[%s] %llu\n", (int)d->depth, "", k->name.utf8,
		(unsigned long long)k->last_written);
	d->items++;
	d->depth++;
	cr_assert_lt(d->depth, 512);
	hive_each_value(d->hive, k, dump_value, d, NULL);
	hive_each_subkey(d->hive, k, dump_key, d, NULL);
	d->depth--;
	return 0;
}

/* The tree in @s as text, to be freed.  */
static char *tree_of(struct source *s, size_t *ret_items)
{
	struct arena *a = arena_new();
	struct diag_list diags = { .arena = a };
	struct dump d = { 0 };
	struct hive_key root;
	char *text = NULL;
	size_t n;

	cr_assert_eq(hive_open(s, a, &diags, &d.hive, NULL), 0);
	cr_assert_eq(hive_root(d.hive, &root, NULL), 0);
	d.out = open_memstream(&text, &n);
	dump_key(&d, &root);
	fclose(d.out);
	hive_close(d.hive);
	arena_free(a);
	*ret_items = d.items - 1;
	return text;
}

static size_t count_hivex(hive_h *h, hive_node_h node)
{
	hive_node_h *children = hivex_node_children(h, node);
	hive_value_h *values = hivex_node_values(h, node);
	size_t n = 1;

	for (size_t i = 0; values != NULL && values[i] != 0; i++)
		n++;
	for (size_t i = 0; children != NULL && children[i] != 0; i++)
		n += count_hivex(h, children[i]);
	free(children);
	free(values);
	return n;
}

/* What hivex finds in the bytes of @s, in a file of its own.  */
static size_t items_of_hivex(struct source *s)
{
	char path[] = "/tmp/coldmount-replay-XXXXXX";
	int fd = mkstemp(path);
	uint8_t *bytes = malloc(s->size);
	hive_h *h;
	size_t n;

	cr_assert_eq(source_read(s, 0, bytes, s->size, NULL), 0);
	cr_assert_eq(write(fd, bytes, s->size), (ssize_t)s->size);
	close(fd);
	free(bytes);
	h = hivex_open(path, 0);
	unlink(path);
	cr_assert(h != NULL);
	n = count_hivex(h, hivex_root(h)) - 1;
	hivex_close(h);
	return n;
}

/* Windows 10 and Windows 7 recovered these two themselves.  */
static const struct oracle {
	const char *hive, *log1, *log2, *recovered;
	size_t before, after;	/* keys but the root, and values */
	unsigned n_applied;
} oracles[] = {
	{ YARP "NewDirtyHive1/NewDirtyHive",
	  YARP "NewDirtyHive1/NewDirtyHive.LOG1",
	  YARP "NewDirtyHive1/NewDirtyHive.LOG2",
	  YARP "NewDirtyHive1/RecoveredHive_Windows10", 6, 5, 2 },
	{ YARP "OldDirtyHive/OldDirtyHive",
	  YARP "OldDirtyHive/OldDirtyHive.LOG1",
	  YARP "OldDirtyHive/OldDirtyHive.LOG2",
	  YARP "OldDirtyHive/RecoveredHive_Windows7", 5002, 5003, 1 },
	{ YARP "OldDirtyHive/OldDirtyHive", YARP "OldLogWithRemnantData",
	  YARP "OldDirtyHive/OldDirtyHive.LOG2",
	  YARP "OldDirtyHive/RecoveredHive_Windows7", 5002, 5003, 1 },
};

Test(replay, recovers_the_tree_that_windows_itself_recovered)
{
	for (size_t i = 0; i < sizeof(oracles) / sizeof(oracles[0]); i++) {
		const struct oracle *o = &oracles[i];
		struct bytes_source windows;
		uint8_t *bytes;
		size_t before, after, theirs;
		char *a, *b, *c;
		struct set s;

		if (shared_data(o->hive) == NULL)
			cr_skip_test("no shared data");
		set_load(&s, shared_data(o->hive));
		set_log(&s, REPLAY_LOG1, shared_data(o->log1));
		set_log(&s, REPLAY_LOG2, shared_data(o->log2));
		set_replay(&s);
		cr_expect(s.report.needed);
		cr_expect_eq(s.report.n_applied, o->n_applied, "%zu", i);
		cr_assert(s.recovered != NULL);
		load(&windows, &bytes, shared_data(o->recovered), NULL, 0);
		a = tree_of(&s.hive.source, &before);
		b = tree_of(s.recovered, &after);
		c = tree_of(&windows.source, &theirs);
		cr_expect_eq(before, o->before, "%zu: %zu", i, before);
		cr_expect_eq(after, o->after, "%zu: %zu", i, after);
		cr_expect_str_eq(b, c, "%zu", i);
		cr_expect_str_neq(a, b);
		cr_expect_eq(items_of_hivex(s.recovered), o->after);
		free(a);
		free(b);
		free(c);
		free(bytes);
		set_done(&s);
	}
}

static int count_value(void *ctx, const struct hive_value *v)
{
	(void)v;
	++*(size_t *)ctx;
	return 0;
}

/* MountedDevices of @s: its values, its time, and where F: lies.  */
static size_t mounted_devices(struct source *s, struct arena *a,
			      uint64_t *ret_time, struct cites *ret_f)
{
	struct diag_list diags = { .arena = a };
	struct hive_value f = { 0 };
	struct hive_key k;
	struct hive *h;
	size_t n = 0;

	cr_assert_eq(hive_open(s, a, &diags, &h, NULL), 0);
	cr_assert_eq(hive_find_key(h, NULL, "MountedDevices", &k, NULL), 0);
	cr_assert_eq(hive_each_value(h, &k, count_value, &n, NULL), 0);
	if (hive_find_value(h, &k, "\\DosDevices\\F:", &f, NULL) == 0)
		*ret_f = f.cites;
	*ret_time = k.last_written;
	hive_close(h);
	return n;
}

/* yarp rounds a FILETIME to microseconds.  */
static bool near_to(uint64_t time, uint64_t want)
{
	return time - want + 10 < 20;
}

Test(replay, a_letter_comes_that_only_the_logs_of_a_windows_10_know)
{
	struct cites f = { 0 };
	uint64_t time;
	struct set s;

	if (shared_data(REGIPY "SYSTEM_B.xz") == NULL)
		cr_skip_test("no shared data");
	set_load(&s, shared_data_unpacked(REGIPY "SYSTEM_B.xz", "SYSTEM_B"));
	set_log(&s, REPLAY_LOG1, shared_data_unpacked(
		REGIPY "SYSTEM_B.LOG1.xz", "SYSTEM_B.LOG1"));
	set_log(&s, REPLAY_LOG2, shared_data_unpacked(
		REGIPY "SYSTEM_B.LOG2.xz", "SYSTEM_B.LOG2"));
	cr_expect_eq(mounted_devices(&s.hive.source, s.arena, &time, &f), 6);
	cr_expect_eq(f.n, 0);
	cr_expect(near_to(time, 131666161419808500),
		  "2018-03-27 09:22:21.980850");
	set_replay(&s);
	cr_assert(s.recovered != NULL);
	cr_expect_eq(s.report.logs[REPLAY_LOG1].order, 0);
	cr_expect_eq(s.report.logs[REPLAY_LOG1].first_sequence, 2107);
	cr_expect_eq(s.report.logs[REPLAY_LOG1].last_sequence, 2110);
	cr_expect_eq(s.report.logs[REPLAY_LOG2].order, 1);
	cr_expect_eq(s.report.logs[REPLAY_LOG2].first_sequence, 2111);
	cr_expect_eq(s.report.logs[REPLAY_LOG2].last_sequence, 2130);
	/* 10 pages of 4 KiB.  */
	cr_expect_eq(s.report.logs[REPLAY_LOG1].pages, 80);
	cr_expect_eq(mounted_devices(s.recovered, s.arena, &time, &f), 7);
	cr_expect(near_to(time, 131674917086857900),
		  "2018-04-06 12:35:08.685790");
	/* The new value is cited in the log where it lies.  */
	cr_assert_eq(f.n, 1);
	cr_expect_str_eq(f.list[0].file, "LOG2");
	cr_expect_eq(f.list[0].image, 2);
	cr_expect_arr_eq(s.bytes[2] + f.list[0].offset, "vk\x0e\0", 4);
	cr_expect_arr_eq(s.bytes[2] + f.list[0].offset + 20, "\\DosDevices\\F:",
			 14);
	cr_expect_eq(diag_count(&s.diags, &FINDING_HIVE_RECOVERED), 1);
	cr_expect_eq(diag_count(&s.diags, &FINDING_LOG_DAMAGED), 0);
	set_done(&s);
}

/*
 * Of the logs all entries that are applied are read, once, because their hashes
 * are over all of their bytes.  Of the hive: the header of each bin that is
 * changed, and what the question needs.
 */
Test(replay, a_question_to_a_large_hive_reads_its_logs_and_little_else)
{
	struct cites f = { 0 };
	uint64_t time, logs;
	struct set s;

	if (shared_data(REGIPY "SYSTEM_B.xz") == NULL)
		cr_skip_test("no shared data");
	set_load(&s, shared_data_unpacked(REGIPY "SYSTEM_B.xz", "SYSTEM_B"));
	set_log(&s, REPLAY_LOG1, shared_data_unpacked(
		REGIPY "SYSTEM_B.LOG1.xz", "SYSTEM_B.LOG1"));
	set_log(&s, REPLAY_LOG2, shared_data_unpacked(
		REGIPY "SYSTEM_B.LOG2.xz", "SYSTEM_B.LOG2"));
	set_replay(&s);
	cr_assert(s.recovered != NULL);
	cr_expect_lt(s.hive.bytes, 64 << 10, "%llu",
		     (unsigned long long)s.hive.bytes);
	/* What the entries hold, with their heads, lists of pages and padding;
	 * heads, lists and the headers of bins once more.  */
	logs = 512 * (s.report.logs[REPLAY_LOG1].pages +
		      s.report.logs[REPLAY_LOG2].pages);
	cr_expect_lt(s.logs[0].bytes + s.logs[1].bytes, logs + (128 << 10),
		     "%llu of %llu", (unsigned long long)
		     (s.logs[0].bytes + s.logs[1].bytes),
		     (unsigned long long)logs);
	cr_expect_lt(logs, s.logs[0].source.size, "remnants are not read");
	s.hive.bytes = s.logs[0].bytes = s.logs[1].bytes = 0;
	cr_expect_eq(mounted_devices(s.recovered, s.arena, &time, &f), 7);
	cr_expect_lt(s.hive.bytes + s.logs[0].bytes + s.logs[1].bytes,
		     128 << 10, "%llu", (unsigned long long)
		     (s.hive.bytes + s.logs[0].bytes + s.logs[1].bytes));
	set_done(&s);
}

/* Change a bit of a base block, and its checksum with it.  */
static void flip(uint8_t *base, size_t at)
{
	base[at] ^= 1;
	base[508 + at % 4] ^= 1;
}

/*
 * A hive of Windows NT 3.1 and its log, of the last write.  What that wrote is
 * made unreadable in the hive; the log has it.
 */
Test(replay, a_log_of_windows_nt_3_1_gives_back_what_it_has)
{
	static const char path[] = "msuhanov__regf-samples/3.1/SOFTWARE";

	for (int lose_base = 0; lose_base < 2; lose_base++) {
		size_t bins = 0x4a000, units = 0, before, after;
		uint8_t *was, *now;
		struct bytes_source original;
		char *a, *b;
		struct set s;

		if (shared_data(path) == NULL)
			cr_skip_test("no shared data");
		set_load(&s, shared_data(path));
		load(&original, &was, shared_data(path), NULL, 0);
		set_log(&s, REPLAY_LOG, shared_data(
			"msuhanov__regf-samples/3.1/SOFTWARE.LOG"));
		for (size_t i = 0; i < bins / 512; i++) {
			if ((s.bytes[3][516 + i / 8] >> i % 8 & 1) == 0)
				continue;
			memset(s.bytes[0] + 4096 + 512 * i, 0xcc, 512);
			units++;
		}
		cr_assert_gt(units, 0);
		flip(s.bytes[0], 8);
		if (lose_base)
			memset(s.bytes[0], 0, 512);
		set_replay(&s);
		cr_assert(s.recovered != NULL);
		cr_expect_eq(s.report.base_rebuilt, lose_base);
		cr_expect_eq(s.report.logs[REPLAY_LOG].pages, units);
		now = malloc(s.recovered->size);
		cr_assert_eq(source_read(s.recovered, 0, now,
					 s.recovered->size, NULL), 0);
		/* The first bin gets its time between log and hive.  */
		memcpy(now + 4096 + 20, was + 4096 + 20, 8);
		cr_expect_eq(memcmp(now + 4096, was + 4096, bins), 0);
		a = tree_of(&original.source, &before);
		b = tree_of(s.recovered, &after);
		cr_expect_eq(before, 684, "%zu", before);
		cr_expect_str_eq(a, b);
		free(a);
		free(b);
		free(now);
		free(was);
		set_done(&s);
	}
}

static const struct bitmap_case {
	const char *name;
	size_t log_bit;		/* a byte of the log's base block; 0: none */
	size_t cut;		/* bytes off the log's end */
	bool base_damaged, applied;
	const struct diag_kind *finding;
	bool empty;		/* no bit of the bitmap is set */
} bitmap_cases[] = {
	{ "as it is", 0, 0, false, true, NULL, false },
	{ "no unit is dirty", 0, 0, false, true, NULL, true },
	{ "a hive without a base block", 0, 0, true, true, NULL, false },
	/* Its time is in 1788.  */
	{ "older than the hive", 19, 0, false, false,
	  &FINDING_LOG_NOT_APPLIED, false },
	/* The first bin was not written so early.  */
	{ "older than the hive, which has no base block", 19, 0, true, false,
	  &FINDING_LOG_NOT_APPLIED, false },
	{ "not written to its end", 8, 0, false, false, &FINDING_LOG_DAMAGED,
	  false },
	{ "a page short", 0, 1024, false, false, &FINDING_LOG_DAMAGED, false },
	{ "nothing but a base block", 0, 33792 - 512, false, false,
	  &FINDING_LOG_DAMAGED, false },
};

Test(replay, a_bitmap_log_is_applied_if_it_is_whole_and_of_the_same_time)
{
	for (size_t i = 0; i < sizeof(bitmap_cases) / sizeof(bitmap_cases[0]);
	     i++) {
		const struct bitmap_case *t = &bitmap_cases[i];
		struct set s;

		if (shared_data(oracles[1].hive) == NULL)
			cr_skip_test("no shared data");
		set_load(&s, shared_data(oracles[1].hive));
		set_log(&s, REPLAY_LOG1, shared_data(oracles[1].log1));
		if (t->log_bit != 0)
			flip(s.bytes[1], t->log_bit);
		if (t->base_damaged)
			s.bytes[0][100] ^= 1;
		s.logs[0].source.size -= t->cut;
		/* A bit for each of the 0x77000 bytes' units.  */
		if (t->empty)
			memset(s.bytes[1] + 512 + 4, 0, 0x77000 / 512 / 8);
		set_replay(&s);
		cr_expect_eq(s.recovered != NULL, t->applied, "%s", t->name);
		cr_expect_eq(s.report.base_rebuilt,
			     t->applied && t->base_damaged, "%s", t->name);
		if (s.recovered != NULL) {
			size_t items;

			free(tree_of(s.recovered, &items));
			cr_expect_eq(items, t->empty ? 5002 : 5003, "%s: %zu",
				     t->name, items);
		}
		if (t->finding != NULL)
			cr_expect_eq(diag_count(&s.diags, t->finding), 1, "%s",
				     t->name);
		set_done(&s);
	}
}
