/* Logs with a bitmap, built field by field after the specification.  */
#include <criterion/criterion.h>

#include <string.h>

#include "lib/small_hive.h"
#include "registry/findings.h"

#define TIME 0x01cb000000000000		/* in 2010 */

struct bitmap_log {
	char fill;		/* of page 1; 0: there is no such log */
	int64_t time;		/* after the hive's */
};

static const struct bitmap_case {
	const char *name;
	struct bitmap_log logs[REPLAY_LOGS];
	const char *pages;	/* afterwards; NULL: nothing was applied */
	const struct diag_kind *finding;	/* besides CM0415 */
	void (*change)(struct small_set *s);
	bool rebuilt;
} cases[];

static void break_hive(struct small_set *s)
{
	s->hive_bytes[100] ^= 1;
}

static void lose_base_and_first_bin(struct small_set *s)
{
	memset(s->hive_bytes, 0, 2 * SMALL_PAGE);
	memset(s->hive_bytes + SMALL_PAGE, 'a', SMALL_PAGE);
}

static void break_base(struct small_set *s)
{
	s->log_bytes[0][100] ^= 1;
}

static void break_hive_and_base(struct small_set *s)
{
	break_hive(s);
	break_base(s);
}

static void half_written(struct small_set *s)
{
	small_put(s->log_bytes[0], 8, 6);
}

static void no_bitmap(struct small_set *s)
{
	s->log_bytes[0][512] ^= 1;
}

static void a_page_short(struct small_set *s)
{
	s->logs[0].source.size -= 512;
}

static void nothing_but_a_base(struct small_set *s)
{
	s->logs[0].source.size = 512;
}

static void of_windows_2000(struct small_set *s)
{
	small_put(s->log_bytes[2], 28, 2);
}

static void no_header(struct small_set *s)
{
	memset(s->log_bytes[0] + 1024, 'A', 32);
}

/* The log has the pages 0 to 2, and the middle one of them no header.  */
static void no_header_in_the_middle(struct small_set *s)
{
	s->log_bytes[0][516] = 0;
	s->log_bytes[0][517] = 0;
	s->logs[0].source.size = 1024;
	small_bitmap_page(s, 0, 0, 'X');
	memset(small_bitmap_page(s, 0, 1, 'Y'), 'Y', 32);
	small_bitmap_page(s, 0, 2, 'Z');
}

/* Half a page: the first four units of 512 bytes, and what changes in them.  */
static void one_unit(struct small_set *s)
{
	s->log_bytes[0][517] = 0x80;
	s->logs[0].source.size = 1024 + 512;
	memset(s->log_bytes[0] + 1024, 'b', 512);
	memset(s->log_bytes[0] + 1024 + 511, 'U', 1);
}

static void a_bin_more(struct small_set *s)
{
	small_put(s->log_bytes[0], 40, (SMALL_PAGES + 1) * SMALL_PAGE);
	small_bitmap_page(s, 0, 4, 'E');
}

static const struct bitmap_case cases[] = {
	{ "LOG1 of the hive's time", { { 'A', 0 } }, "aAcd", NULL, NULL,
	  false },
	{ "LOG2 of the hive's time", { { 0, 0 }, { 'B', 0 } }, "aBcd", NULL,
	  NULL, false },
	{ "a single LOG, before Vista", { [REPLAY_LOG] = { 'C', 0 } }, "aCcd",
	  NULL, NULL, false },
	{ "a single LOG, before XP", { [REPLAY_LOG] = { 'C', 0 } }, "aCcd",
	  NULL, of_windows_2000, false },
	{ "both of the hive's time: LOG1", { { 'A', 0 }, { 'B', 0 } }, "aAcd",
	  &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "LOG1 of its time, LOG2 newer: it may be half-written",
	  { { 'A', 0 }, { 'B', 1 } }, "aAcd", &FINDING_LOG_NOT_APPLIED, NULL,
	  false },
	{ "LOG1 older, LOG2 of its time", { { 'A', -1 }, { 'B', 0 } }, "aBcd",
	  &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "LOG1 older, LOG2 newer", { { 'A', -1 }, { 'B', 1 } }, "aBcd",
	  &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "both newer: the newest", { { 'A', 1 }, { 'B', 2 } }, "aBcd",
	  &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "both newer: the newest is LOG1", { { 'A', 2 }, { 'B', 1 } }, "aAcd",
	  &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "older", { { 'A', -1 } }, NULL, &FINDING_LOG_NOT_APPLIED, NULL,
	  false },
	{ "LOG beside LOG1", { { 'A', 0 }, { 0, 0 }, { 'C', -1 } }, "aAcd",
	  &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "LOG1 damaged", { { 'A', 0 }, { 'B', 1 } }, "aBcd",
	  &FINDING_LOG_DAMAGED, break_base, false },
	{ "LOG1 half-written", { { 'A', 0 }, { 'B', 0 } }, "aBcd",
	  &FINDING_LOG_DAMAGED, half_written, false },
	{ "LOG1 without a bitmap", { { 'A', 0 }, { 'B', 0 } }, "aBcd",
	  &FINDING_LOG_DAMAGED, no_bitmap, false },
	{ "LOG1 cut", { { 'A', 0 }, { 'B', 0 } }, "aBcd",
	  &FINDING_LOG_DAMAGED, a_page_short, false },
	{ "a single log, cut", { { 'A', 0 } }, NULL, &FINDING_LOG_DAMAGED,
	  a_page_short, false },
	{ "a single log, nothing but a base block", { { 'A', 0 } }, NULL,
	  &FINDING_LOG_DAMAGED, nothing_but_a_base, false },
	{ "no base block: LOG1 of the first bin's time", { { 'A', 0 } },
	  "aAcd", NULL, break_hive, true },
	{ "no base block: a log that is newer than the first bin",
	  { { 'A', 1 } }, "aAcd", NULL, break_hive, true },
	{ "no base block: an older log", { { 'A', -1 } }, NULL,
	  &FINDING_LOG_NOT_APPLIED, break_hive, false },
	{ "no base block: LOG1 of its time, LOG2 newer",
	  { { 'A', 0 }, { 'B', 1 } }, "aAcd", &FINDING_LOG_NOT_APPLIED,
	  break_hive, true },
	{ "no base block, and LOG1 damaged", { { 'A', 0 }, { 'B', 1 } },
	  "aBcd", &FINDING_LOG_DAMAGED, break_hive_and_base, true },
	{ "neither base block nor first bin: the newest",
	  { { 'A', -1 }, { 'B', -2 } }, "aAcd", &FINDING_LOG_NOT_APPLIED,
	  lose_base_and_first_bin, true },
	{ "LOG1 leaves a bin without a header: LOG2",
	  { { 'A', 0 }, { 'B', 0 } }, "aBcd", &FINDING_LOG_BIN, no_header,
	  false },
	{ "a single log leaves a bin without a header", { { 'A', 0 } }, "abcd",
	  &FINDING_LOG_BIN, no_header, false },
	{ "a single log goes as far as its bins have headers", { { 'A', 0 } },
	  "Xbcd", &FINDING_LOG_BIN, no_header_in_the_middle, false },
	{ "a log that extends the hive", { { 'A', 0 } }, "aAcdE", NULL,
	  a_bin_more, false },
};

static struct small_set *make(const struct bitmap_case *t)
{
	struct small_set *s = small_new(8, 7);

	small_put_time(s->hive_bytes, TIME);
	for (int i = 0; i < 8; i++)	/* of the first bin */
		s->hive_bytes[SMALL_PAGE + 20 + i] = (uint8_t)(TIME >> 8 * i);
	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		if (t->logs[i].fill == 0)
			continue;
		small_bitmap_log(s, i, 1, (uint64_t)(TIME + t->logs[i].time));
		small_bitmap_page(s, i, 1, t->logs[i].fill);
	}
	if (t->change != NULL)
		t->change(s);
	return s;
}

Test(replay_bitmap, the_log_that_fits_best_is_applied)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bitmap_case *t = &cases[i];
		struct small_set *s = make(t);
		size_t recovered;

		small_replay(s);
		if (t->pages != NULL)
			cr_expect(small_has(s, t->name, t->pages,
					    t->rebuilt ? 7 : 8), "%s", t->name);
		else
			cr_expect(s->recovered == NULL, "%s", t->name);
		cr_expect_eq(s->report.base_rebuilt, t->rebuilt, "%s", t->name);
		cr_expect_eq(s->report.n_applied, t->pages != NULL, "%s",
			     t->name);
		recovered = diag_count(&s->diags, &FINDING_HIVE_RECOVERED);
		cr_expect_eq(recovered, t->pages != NULL, "%s", t->name);
		if (t->finding != NULL)
			cr_expect_eq(diag_count(&s->diags, t->finding), 1, "%s",
				     t->name);
		else
			cr_expect_eq(s->diags.n, recovered, "%s", t->name);
		small_done(s);
	}
}

/* A bit is for 512 bytes, the lowest for the first of them.  */
Test(replay_bitmap, a_bit_is_for_a_sector)
{
	struct small_set *s = make(&cases[0]);
	uint8_t b[SMALL_PAGE];

	one_unit(s);
	small_replay(s);
	cr_assert(s->recovered != NULL);
	cr_expect_eq(s->report.logs[REPLAY_LOG1].pages, 1);
	cr_assert_eq(source_read(s->recovered, 2 * SMALL_PAGE, b, sizeof(b),
				 NULL), 0);
	cr_expect_arr_eq(b, "hbin", 4);
	cr_expect_eq(b[SMALL_PAGE - 513], 'b');
	cr_expect_eq(b[SMALL_PAGE - 1], 'U');
	small_done(s);
}

/* Entries count more than a bitmap, of whatever name.  */
Test(replay_bitmap, a_log_of_entries_goes_before_it)
{
	struct small_set *s = make(&cases[0]);

	small_log(s, REPLAY_LOG2, 9);
	small_entry(s, REPLAY_LOG2, 9, 0, 'E');
	small_replay(s);
	cr_expect(small_has(s, "entries", "Ebcd", 9));
	small_done(s);
}

Test(replay_bitmap, a_newer_log_beside_a_clean_hive_is_said_not_applied)
{
	for (int64_t time = -1; time <= 1; time++) {
		const struct bitmap_case t = { .logs = { { 'A', time } } };
		struct small_set *s = make(&t);

		small_put(s->hive_bytes, 8, 8);
		small_replay(s);
		cr_expect(s->recovered == NULL);
		cr_expect_eq(diag_count(&s->diags, &FINDING_LOG_NEWER),
			     time > 0, "%lld", (long long)time);
		cr_expect_eq(s->diags.n, time > 0);
		small_done(s);
	}
}

Test(replay_bitmap, survives_every_truncation_and_changed_byte)
{
	size_t n = 1024 + SMALL_PAGE;

	for (size_t i = 0; i < n; i += i < 1200 ? 1 : 61) {
		for (int how = 0; how < 2; how++) {
			struct small_set *s = make(&cases[0]);
			uint8_t b;

			if (how == 0)
				s->log_bytes[0][i] ^= 0x81;
			else
				s->logs[0].source.size = i;
			small_replay(s);
			if (s->recovered != NULL)
				cr_expect_eq(source_read(s->recovered,
							 s->recovered->size - 1,
							 &b, 1, NULL), 0);
			small_done(s);
		}
	}
}
