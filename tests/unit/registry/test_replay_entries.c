/* Logs of entries, built field by field after the specification.  */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/small_hive.h"
#include "registry/findings.h"

/* One entry of a log; the first with no fill ends it.  */
struct entry {
	uint32_t sequence;
	unsigned page;
	char fill;
};

static const struct small {
	const char *name;
	uint32_t primary, secondary;
	struct {
		uint32_t start;
		struct entry entries[4];
	} logs[REPLAY_LOGS];
	const char *pages;	/* afterwards; NULL: nothing was applied */
	uint32_t sequence;
	const struct diag_kind *finding;	/* besides CM0415 */
	/* What else is done to it.  */
	void (*change)(struct small_set *s);
	bool rebuilt;
} smalls[];

static void break_hive(struct small_set *s)
{
	s->hive_bytes[100] ^= 1;
}

static void lose_hive_base(struct small_set *s)
{
	memset(s->hive_bytes, 0, 512);
}

static void cut_hive(struct small_set *s)
{
	s->hive.source.size = 3 * SMALL_PAGE;
}

static void cut_to_base(struct small_set *s)
{
	s->hive.source.size = SMALL_PAGE;
}

static void break_log1(struct small_set *s)
{
	s->log_bytes[0][100] ^= 1;
}

static void break_both_bases(struct small_set *s)
{
	break_hive(s);
	break_log1(s);
}

static void break_first_head(struct small_set *s)
{
	s->log_bytes[0][512 + 20] ^= 1;
}

static void break_first_magic(struct small_set *s)
{
	s->log_bytes[0][512] ^= 1;
}

static void break_first_page(struct small_set *s)
{
	s->log_bytes[0][512 + 1000] ^= 1;
}

static void break_second_page(struct small_set *s)
{
	s->log_bytes[0][512 + SMALL_ENTRY_BYTES + 1000] ^= 1;
}

static void break_hive_and_log2(struct small_set *s)
{
	break_hive(s);
	s->log_bytes[1][512 + 1000] ^= 1;
}

static void cut_second_entry(struct small_set *s)
{
	s->logs[0].source.size -= 512;
}

static void cut_second_head(struct small_set *s)
{
	s->logs[0].source.size -= SMALL_ENTRY_BYTES - 39;
}

static void cut_log_base(struct small_set *s)
{
	s->logs[0].source.size = 511;
}

static void only_a_base(struct small_set *s)
{
	s->logs[0].source.size = 512;
}

static void only_a_head(struct small_set *s)
{
	s->logs[0].source.size = 512 + 40;
}

static void cut_first_entry(struct small_set *s)
{
	s->logs[0].source.size = 512 + 41;
}

static void break_hive_and_cut_log1(struct small_set *s)
{
	break_hive(s);
	only_a_base(s);
}

static void empty_log2(struct small_set *s)
{
	s->absent[1] = false;
	s->logs[1] = bytes_source(s->log_bytes[1], 0);
}

static void zeroed_log2(struct small_set *s)
{
	s->absent[1] = false;
	s->logs[1] = bytes_source(s->log_bytes[1], SMALL_LOG_BYTES);
}

static void garbage_behind(struct small_set *s)
{
	memset(s->log_bytes[0] + s->logs[0].source.size, 0x5a, 1024);
	s->logs[0].source.size += 1024;
}

static void hole_behind(struct small_set *s)
{
	memset(s->log_bytes[0] + 512 + SMALL_ENTRY_BYTES, 0,
	       SMALL_ENTRY_BYTES);
}

static void half_written_base(struct small_set *s)
{
	small_put(s->log_bytes[0], 8, 6);
}

static void type_of_a_hive(struct small_set *s)
{
	small_put(s->log_bytes[0], 28, 0);
}

static void other_id(struct small_set *s)
{
	small_put(s->hive_bytes, 112, 0x11111111);
	small_put(s->log_bytes[0], 112, 0x22222222);
}

static void other_name(struct small_set *s)
{
	small_put(s->hive_bytes, 48, 'S');
	small_put(s->log_bytes[0], 48, 'N');
}

/* The field of 32 characters has the end of the path.  */
static void put_path(uint8_t *base, const char *path)
{
	for (unsigned i = 0; i < 32; i += 2) {
		uint32_t first = i < strlen(path) ? (uint8_t)path[i] : 0;
		uint32_t second = i + 1 < strlen(path) ? (uint8_t)path[i + 1]
						       : 0;

		small_put(base, 48 + 2 * i, first | second << 16);
	}
}

static void put_paths(struct small_set *s, const char *hive, const char *log)
{
	small_put(s->hive_bytes, 112, 0x11111111);
	small_put(s->log_bytes[0], 112, 0x11111111);
	put_path(s->hive_bytes, hive);
	put_path(s->log_bytes[0], log);
}

static void other_user(struct small_set *s)
{
	put_paths(s, "\\?\?\\C:\\Users\\ada\\ntuser.dat",
		  "\\?\?\\C:\\Users\\joe\\NTUSER.DAT");
}

static void same_user(struct small_set *s)
{
	put_paths(s, "arddiskVolume2\\Users\\ada\\ntuser.dat",
		  "\\?\?\\C:\\users\\Ada\\NTUSER.DAT");
}

/* Of a long name, the ends; letters that have another case are not known.  */
static void cut_paths(struct small_set *s)
{
	put_paths(s, "emens\xe9 Ltd\\ntuser.dat", "ns\xc9 Ltd\\ntuser.dat");
}

/* The times of two hives of Windows 10.  */
static void other_order(struct small_set *s)
{
	small_put(s->hive_bytes, 168, 0x11e1c200);
	small_put(s->hive_bytes, 172, 0x01d81ac6);
	small_put(s->log_bytes[0], 168, 0x11e1c201);
	small_put(s->log_bytes[0], 172, 0x01d81ac6);
}

/* 1 is no time.  */
static void unknown_order(struct small_set *s)
{
	other_order(s);
	small_put(s->hive_bytes, 168, 1);
	small_put(s->hive_bytes, 172, 0);
}

static void other_hive(struct small_set *s)
{
	other_id(s);
	other_name(s);
}

static void other_hive_without_base(struct small_set *s)
{
	other_hive(s);
	break_hive(s);
}

/* The entries' hashes are right all the same.  */
static void second_beyond_bins(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512 + SMALL_ENTRY_BYTES;

	e[16 + 1] -= 0x10;		/* a page less */
	e[40 + 1] = 0x30;		/* the page that is gone */
	small_seal(e);
}

static void second_of_odd_bins(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512 + SMALL_ENTRY_BYTES;

	e[16 + 1] += 2;
	small_seal(e);
}

static void second_without_pages(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512 + SMALL_ENTRY_BYTES;

	e[20] = 0;
	small_seal(e);
}

static void shrink(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512;

	e[16 + 1] -= 0x10;
	small_seal(e);
}

static void first_without_header(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512;

	memset(e + 48, 'A', 32);
	small_seal(e);
}

static void first_of_another_place(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512;

	e[48 + 4 + 1] = 0x40;
	small_seal(e);
}

static void first_of_no_size(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512;

	e[48 + 8 + 1] = 0;
	small_seal(e);
}

/* 'b' and 'c' were made one bin; what looks like a header in it is a rest, and
 * goes with the page that the log changes.  */
static void inside_of_an_old_bin(struct small_set *s)
{
	s->hive_bytes[2 * SMALL_PAGE + 8 + 1] = 0x20;
	first_without_header(s);
}

/* The first entry makes one bin of 'b' and 'c', the second gives its rest.  */
static void inside_of_a_new_bin(struct small_set *s)
{
	uint8_t *e = s->log_bytes[0] + 512;

	e[48 + 8 + 1] = 0x20;
	small_seal(e);
	e += SMALL_ENTRY_BYTES;
	memset(e + 48, 'C', 32);
	small_seal(e);
}

/* Nothing tells what the page was; the log's is no worse.  */
static void without_header_before(struct small_set *s)
{
	memset(s->hive_bytes + 2 * SMALL_PAGE, 'b', 32);
	first_without_header(s);
}

static const struct small smalls[] = {
	{ "two logs, LOG1 first", 9, 5,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } }, { 9, { { 9, 0, 'C' } } } },
	  "CBcd", 9, NULL, NULL, false },
	{ "two logs, LOG2 first", 9, 5,
	  { { 9, { { 9, 0, 'C' } } }, { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "CBcd", 9, NULL, NULL, false },
	{ "sequences wrap", 1, 0xfffffffe,
	  { { 0, { { 0, 0, 'C' } } }, { 0xffffffff, { { 0xffffffff, 0, 'A' } } } },
	  "Cbcd", 0, NULL, NULL, false },
	{ "sequences wrap in a log", 1, 0xfffffffe,
	  { { 0xffffffff, { { 0xffffffff, 0, 'A' }, { 0, 1, 'B' } } } },
	  "ABcd", 0, NULL, NULL, false },
	{ "the log starts where the hive ends", 8, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, NULL, false },
	{ "the hive has lagged far behind", 0x655, 0x654,
	  { { 0x83b, { { 0x83b, 0, 'A' } } } }, "Abcd", 0x83b, NULL, NULL,
	  false },
	{ "a page that was changed again and again", 9, 5,
	  { { 7, { { 7, 0, 'A' }, { 8, 0, 'B' }, { 9, 0, 'C' } } } },
	  "Cbcd", 9, NULL, NULL, false },
	{ "a gap between the logs", 9, 5,
	  { { 7, { { 7, 0, 'A' } } }, { 9, { { 9, 1, 'C' } } } },
	  "Abcd", 7, &FINDING_LOG_GAP, NULL, false },
	{ "a gap in a log: the rest is old", 9, 5,
	  { { 7, { { 7, 0, 'A' }, { 9, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_REMNANT, NULL, false },
	{ "what is left from the log's last use", 9, 5,
	  { { 7, { { 7, 0, 'A' }, { 4, 1, 'X' }, { 5, 2, 'Y' } } } },
	  "Abcd", 7, &FINDING_LOG_REMNANT, NULL, false },
	{ "both logs start alike: the second is none's successor", 9, 5,
	  { { 7, { { 7, 0, 'A' } } }, { 7, { { 7, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_GAP, NULL, false },
	{ "a log that the hive has had", 9, 8,
	  { { 7, { { 7, 0, 'A' } } }, { 9, { { 9, 1, 'C' } } } },
	  "aCcd", 9, &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "only a log that the hive has had", 9, 8,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' }, { 9, 2, 'C' } } } },
	  NULL, 0, &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "a base block whose entries are gone", 9, 7,
	  { { 8, { { 7, 0, 'A' } } } }, NULL, 0, &FINDING_LOG_REMNANT, NULL,
	  false },
	{ "a byte changed in the second entry", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' }, { 9, 2, 'C' } } } },
	  "Abcd", 7, &FINDING_LOG_DAMAGED, break_second_page, false },
	{ "a byte changed in the head of the first", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  NULL, 0, &FINDING_LOG_DAMAGED, break_first_head, false },
	{ "no signature where the first entry is", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_DAMAGED, break_first_magic, false },
	{ "cut in the second entry", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_DAMAGED, cut_second_entry, false },
	{ "cut in the head of the second entry", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "Abcd", 7, NULL, cut_second_head, false },
	{ "cut in its base block", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_DAMAGED, cut_log_base, false },
	{ "nothing but a base block", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, NULL, 0, &FINDING_LOG_DAMAGED,
	  only_a_base, false },
	{ "a first log without room for an entry is as good as none", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_DAMAGED, only_a_base, false },
	{ "nor one with the head of an entry alone", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_DAMAGED, only_a_head, false },
	{ "one that is cut in its first entry holds up the other", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  NULL, 0, &FINDING_LOG_GAP, cut_first_entry, false },
	{ "a cut log that the hive has had", 9, 8,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_NOT_APPLIED, only_a_base, false },
	{ "no base block, and a later log without an entry", 9, 7,
	  { { 8, { { 8, 0, 'A' } } }, { 7, { { 7, 1, 'B' } } } },
	  "aBcd", 7, &FINDING_LOG_DAMAGED, break_hive_and_cut_log1, true },
	{ "an empty second log", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, empty_log2, false },
	{ "a second log of zeros", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, zeroed_log2, false },
	{ "a log that is longer than its entries", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, garbage_behind,
	  false },
	{ "a hole where the second entry would be", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' }, { 9, 2, 'C' } } } },
	  "Abcd", 7, NULL, hole_behind, false },
	{ "a page beyond the bins", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' }, { 9, 2, 'C' } } } },
	  "Abcd", 7, &FINDING_LOG_DAMAGED, second_beyond_bins, false },
	{ "bins that are no multiple of a page", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_DAMAGED, second_of_odd_bins, false },
	{ "an entry without pages", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_DAMAGED, second_without_pages, false },
	{ "what the first log loses, the second does not go on", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  NULL, 0, &FINDING_LOG_GAP, break_first_page, false },
	{ "the base block of a log is damaged", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 9, { { 9, 1, 'C' } } } },
	  "aCcd", 9, &FINDING_LOG_DAMAGED, break_log1, false },
	{ "the base block of a log is half-written", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_DAMAGED, half_written_base, false },
	{ "a hive in place of a log", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_DAMAGED, type_of_a_hive, false },
	{ "the log of another hive", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_NOT_APPLIED, other_hive, false },
	{ "the log of another hive of the same name", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_NOT_APPLIED, other_id, false },
	{ "a hive that was moved: it has another name", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, other_name, false },
	{ "the log of another user", 9, 7, { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_NOT_APPLIED, other_user, false },
	{ "the same user in other words", 9, 7, { { 7, { { 7, 0, 'A' } } } },
	  "Abcd", 7, NULL, same_user, false },
	{ "paths that are cut", 9, 7, { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7,
	  NULL, cut_paths, false },
	{ "reorganized in between", 9, 7, { { 7, { { 7, 0, 'A' } } } },
	  NULL, 0, &FINDING_LOG_NOT_APPLIED, other_order, false },
	{ "nobody knows when it was reorganized", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, unknown_order, false },
	{ "the base block of the hive is damaged: the later log", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_NOT_APPLIED, break_hive, true },
	{ "no base block, and both logs start alike", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 7, { { 7, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_NOT_APPLIED, break_hive, true },
	{ "no base block at all", 9, 7,
	  { { 8, { { 8, 1, 'B' } } }, { 7, { { 7, 0, 'A' } } } },
	  "aBcd", 8, &FINDING_LOG_NOT_APPLIED, lose_hive_base, true },
	{ "a damaged base block tells of no other hive", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL,
	  other_hive_without_base, true },
	{ "no base block, and no entry in the later log", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } } },
	  "Abcd", 7, &FINDING_LOG_DAMAGED, break_hive_and_log2, true },
	{ "the base blocks of hive and log are damaged", 9, 7,
	  { { 8, { { 8, 0, 'A' } } }, { 7, { { 7, 1, 'B' } } } },
	  "aBcd", 7, &FINDING_LOG_DAMAGED, break_both_bases, true },
	{ "a log that extends the hive", 9, 7,
	  { { 7, { { 7, 4, 'E' } } } }, "abcdE", 7, NULL, NULL, false },
	{ "a log that extends the hive behind a gap", 9, 7,
	  { { 7, { { 7, 5, 'F' }, { 8, 4, 'E' } } } }, "abcdE", 8, NULL, NULL,
	  false },
	{ "a log that shortens the hive", 9, 7,
	  { { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, shrink, false },
	{ "a log that extends the hive, but not all of what is new", 9, 7,
	  { { 7, { { 7, 5, 'F' } } } }, "abcd.F", 7, &FINDING_HIVE_TRUNCATED,
	  NULL, false },
	{ "a size far beyond what the log holds", 9, 7,
	  { { 7, { { 7, 0x7ffff, 'E' } } } }, "abcd", 7,
	  &FINDING_HIVE_TRUNCATED, NULL, false },
	{ "a hive that was cut, and a log that does not have it all", 9, 7,
	  { { 7, { { 7, 3, 'D' } } } }, "ab.D", 7, &FINDING_HIVE_TRUNCATED,
	  cut_hive, false },
	{ "a hive that was cut short, and a log of its last bin", 9, 7,
	  { { 7, { { 7, 3, 'D' } } } }, "...D", 7, &FINDING_HIVE_TRUNCATED,
	  cut_to_base, false },
	{ "a hive that was cut, and a log that has it all", 9, 7,
	  { { 7, { { 7, 2, 'C' }, { 8, 3, 'D' } } } }, "abCD", 8, NULL,
	  cut_hive, false },
	{ "only a log of the oldest name", 9, 7,
	  { [REPLAY_LOG] = { 7, { { 7, 0, 'A' } } } }, "Abcd", 7, NULL, NULL,
	  false },
	{ "a log of the oldest name beside the others", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } },
	    { 9, { { 9, 2, 'C' } } } }, "ABcd", 8, &FINDING_LOG_NEWER, NULL,
	  false },
	{ "a log of the oldest name that holds no more than the others", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } },
	    { 7, { { 7, 2, 'C' }, { 8, 2, 'C' } } } }, "ABcd", 8, NULL, NULL,
	  false },
	{ "a log of the oldest name that begins before the others", 9, 7,
	  { { 7, { { 7, 0, 'A' } } }, { 8, { { 8, 1, 'B' } } },
	    { 8, { { 8, 2, 'C' }, { 9, 2, 'C' } } } }, "ABcd", 8,
	  &FINDING_LOG_NEWER, NULL, false },
	{ "the others are old: a log of the oldest name", 9, 7,
	  { { 5, { { 5, 0, 'X' } } }, { 0 }, { 7, { { 7, 2, 'C' } } } },
	  "abCd", 7, &FINDING_LOG_NOT_APPLIED, NULL, false },
	{ "a page without the header of its bin", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_BIN, first_without_header, false },
	{ "a page with the header of another bin", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_BIN, first_of_another_place, false },
	{ "a page with a header of no size", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_BIN, first_of_no_size, false },
	{ "a later entry gives the header again", 9, 7,
	  { { 7, { { 7, 0, 'A' }, { 8, 0, 'B' } } } },
	  "Bbcd", 8, NULL, first_without_header, false },
	{ "what extends the hive has no header", 9, 7,
	  { { 7, { { 7, 4, 'E' }, { 8, 1, 'B' } } } },
	  "aBcd", 8, &FINDING_LOG_BIN, first_without_header, false },
	{ "a page inside of a bin has no header", 9, 7,
	  { { 7, { { 7, 2, 'C' } } } },
	  "abCd", 7, NULL, inside_of_an_old_bin, false },
	{ "a page inside of what is a larger bin now", 9, 7,
	  { { 7, { { 7, 1, 'B' }, { 8, 2, 'C' } } } },
	  "aBCd", 8, NULL, inside_of_a_new_bin, false },
	{ "a page whose bin had no header before either", 9, 7,
	  { { 7, { { 7, 1, 'B' } } } },
	  "aBcd", 7, NULL, without_header_before, false },
};

static struct small_set *make_small(const struct small *t)
{
	struct small_set *s = small_new(t->primary, t->secondary);

	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		const struct entry *e = t->logs[i].entries;

		if (e->fill == 0)
			continue;
		small_log(s, i, t->logs[i].start);
		for (; e->fill != 0; e++)
			small_entry(s, i, e->sequence, e->page, e->fill);
	}
	if (t->change != NULL)
		t->change(s);
	return s;
}

Test(replay_entries, logs_are_applied_as_far_as_they_follow_each_other)
{
	for (size_t i = 0; i < sizeof(smalls) / sizeof(smalls[0]); i++) {
		const struct small *t = &smalls[i];
		struct small_set *s = make_small(t);
		size_t recovered;

		small_replay(s);
		if (t->pages != NULL)
			cr_expect(small_has(s, t->name, t->pages, t->sequence),
				  "%s", t->name);
		else
			cr_expect(s->recovered == NULL, "%s", t->name);
		if (s->recovered != NULL)
			cr_expect_leq(s->recovered->size,
				      SMALL_HIVE_BYTES + 3 * SMALL_PAGE, "%s",
				      t->name);
		cr_expect_eq(s->report.base_rebuilt, t->rebuilt, "%s", t->name);
		cr_expect(s->report.needed, "%s", t->name);
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

Test(replay_entries, a_base_block_comes_from_the_hive_or_the_log_in_its_place)
{
	for (size_t i = 0; i < sizeof(smalls) / sizeof(smalls[0]); i++) {
		const struct small *t = &smalls[i];
		struct small_set *s = make_small(t);
		struct cites c = { 0 };

		small_replay(s);
		if (s->recovered != NULL) {
			source_cite(s->recovered, 0, 512, "base", s->arena, &c);
			cr_assert_eq(c.n, 1, "%s", t->name);
			cr_expect_eq(c.list[0].image == 0, !t->rebuilt, "%s",
				     t->name);
			cr_expect_eq(c.list[0].offset, 0, "%s", t->name);
		}
		small_done(s);
	}
}

/* What an entry says of transactions goes to the base block, and nothing else
 * of its flags does.  */
Test(replay_entries, the_last_entry_says_if_transactions_are_pending)
{
	for (uint32_t flags = 0; flags < 4; flags++) {
		struct small_set *s = small_new(9, 7);
		uint8_t *e, b[4];

		small_put(s->hive_bytes, 144, 3);
		small_log(s, REPLAY_LOG1, 7);
		e = small_entry(s, REPLAY_LOG1, 7, 0, 'A');
		e[8] = (uint8_t)flags;
		small_seal(e);
		small_replay(s);
		cr_assert_eq(source_read(s->recovered, 144, b, 4, NULL), 0);
		cr_expect_eq(b[0], 2 | (flags & 1), "%u", flags);
		small_done(s);
	}
}

static const struct clean {
	const char *name;
	uint32_t start;
	struct entry entries[4];
	bool newer;
} clean_hives[] = {
	{ "what the hive has had", 7, { { 7, 0, 'A' }, { 8, 1, 'B' } }, false },
	{ "one entry more", 9, { { 9, 0, 'A' } }, true },
	{ "one entry more, behind old ones", 7,
	  { { 7, 0, 'A' }, { 8, 1, 'B' }, { 9, 1, 'B' } }, true },
	{ "an entry that does not follow", 7, { { 7, 0, 'A' }, { 9, 1, 'B' } },
	  false },
};

Test(replay_entries, newer_entries_beside_a_clean_hive_are_said_not_applied)
{
	for (size_t i = 0; i < sizeof(clean_hives) / sizeof(clean_hives[0]);
	     i++) {
		const struct clean *t = &clean_hives[i];
		struct small_set *s = small_new(9, 9);

		small_log(s, REPLAY_LOG2, t->start);
		for (const struct entry *e = t->entries; e->fill != 0; e++)
			small_entry(s, REPLAY_LOG2, e->sequence, e->page,
				    e->fill);
		small_replay(s);
		cr_expect(s->recovered == NULL, "%s", t->name);
		cr_expect(!s->report.needed, "%s", t->name);
		cr_expect_eq(diag_count(&s->diags, &FINDING_LOG_NEWER),
			     t->newer, "%s", t->name);
		cr_expect_eq(s->diags.n, t->newer, "%s", t->name);
		cr_expect(!s->report.logs[REPLAY_LOG2].foreign, "%s", t->name);
		/* A base block and the heads of entries.  */
		cr_expect_leq(s->logs[REPLAY_LOG2].bytes, 512 + 3 * 40, "%s",
			      t->name);
		small_done(s);
	}
}

/* A damaged log beside a clean hive is nobody's loss.  */
Test(replay_entries, nothing_is_said_of_a_damaged_log_beside_a_clean_hive)
{
	struct small_set *s = small_new(9, 9);

	small_log(s, REPLAY_LOG1, 9);
	small_entry(s, REPLAY_LOG1, 9, 0, 'A');
	break_first_head(s);
	small_log(s, REPLAY_LOG2, 9);
	small_entry(s, REPLAY_LOG2, 9, 0, 'A');
	s->log_bytes[1][100] ^= 1;
	small_replay(s);
	cr_expect_eq(s->diags.n, 0);
	small_done(s);
}

/*
 * A hive of 100 MiB in bins of 64 KiB, which is in nobody's memory, and a log
 * that changes the last page of 1000 of them.
 */
#define BIG_BINS (100u << 20)
#define BIG_BIN (64u << 10)
#define BIG_PAGES 1000
#define BIG_LIST (40 + 8 * BIG_PAGES)
#define BIG_LOG (512 + (BIG_LIST + BIG_PAGES * SMALL_PAGE + 511) / 512 * 512)

struct big_hive {
	struct source source;
	uint8_t base[512];
	uint64_t bytes;
};

static uint8_t big_byte(const struct big_hive *h, uint64_t off)
{
	uint64_t at = off - SMALL_PAGE;
	uint8_t bin[32] = { 'h', 'b', 'i', 'n' };

	if (off < sizeof(h->base))
		return h->base[off];
	if (off < SMALL_PAGE || at % BIG_BIN >= sizeof(bin))
		return 0;
	for (int i = 0; i < 4; i++) {
		bin[4 + i] = (uint8_t)((at - at % BIG_BIN) >> 8 * i);
		bin[8 + i] = (uint8_t)(BIG_BIN >> 8 * i);
	}
	return bin[at % BIG_BIN];
}

static int big_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	struct big_hive *h = (struct big_hive *)s;

	(void)reterr;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = big_byte(h, off + i);
	h->bytes += n;
	return 0;
}

static const struct source_ops big_ops = { big_read, NULL, NULL };

static void put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static uint8_t *big_log(const struct small_set *base)
{
	uint8_t *log = calloc(1, BIG_LOG), *e = log + 512;

	memcpy(log, base->log_bytes[0], 512);
	memcpy(e, "HvLE", 4);
	put(e + 4, BIG_LOG - 512);
	put(e + 12, 7);
	put(e + 16, BIG_BINS);
	put(e + 20, BIG_PAGES);
	for (uint32_t i = 0; i < BIG_PAGES; i++) {
		put(e + 40 + 8 * i, (i + 1) * BIG_BIN - SMALL_PAGE);
		put(e + 44 + 8 * i, SMALL_PAGE);
		memset(e + BIG_LIST + i * SMALL_PAGE, 'X', SMALL_PAGE);
	}
	small_seal(e);
	return log;
}

Test(replay_entries, of_a_large_hive_only_headers_of_changed_bins_are_read)
{
	struct small_set *s = small_new(9, 7);
	struct big_hive hive = {
		.source = { .ops = &big_ops, .size = SMALL_PAGE + BIG_BINS,
			    .sector_size = 512 },
	};
	struct bytes_source log;
	struct source *logs[] = { &log.source }, *recovered = NULL;
	struct replay_report report;
	uint8_t *bytes, page[SMALL_PAGE];

	small_put(s->hive_bytes, 40, BIG_BINS);
	memcpy(hive.base, s->hive_bytes, 512);
	small_log(s, 0, 7);
	bytes = big_log(s);
	log = bytes_source(bytes, BIG_LOG);
	cr_assert_eq(hive_replay(&hive.source, logs, 1, s->arena, &s->diags,
				 &recovered, &report, NULL), 0);
	cr_assert(recovered != NULL);
	cr_expect_eq(report.logs[0].pages, 8 * BIG_PAGES);
	cr_expect_eq(diag_count(&s->diags, &FINDING_LOG_BIN), 0);
	/* Of each such bin 15 headers, until its own comes.  */
	cr_expect_leq(hive.bytes, 512 + 15 * 32 * BIG_PAGES, "%llu",
		      (unsigned long long)hive.bytes);
	cr_expect_leq(log.bytes, BIG_LOG + (64 << 10), "%llu",
		      (unsigned long long)log.bytes);
	for (uint64_t i = 0; i < 2; i++) {
		cr_assert_eq(source_read(recovered, SMALL_PAGE +
					 (BIG_PAGES + i) * BIG_BIN - SMALL_PAGE,
					 page, sizeof(page), NULL), 0);
		cr_expect_eq(page[0], i == 0 ? 'X' : 0, "%u", (unsigned)i);
	}
	source_free(recovered);
	free(bytes);
	small_done(s);
}

/* Each of these calls reads what is there, or fails; nothing of it crashes.  */
Test(replay_entries, survives_every_truncation_and_changed_byte_of_a_log)
{
	size_t n = 512 + 2 * SMALL_ENTRY_BYTES;

	for (size_t i = 0; i < n; i += i < 1200 ? 1 : 61) {
		for (int how = 0; how < 2; how++) {
			struct small_set *s = make_small(&smalls[0]);

			if (how == 0)
				s->log_bytes[0][i] ^= 0x81;
			else
				s->logs[0].source.size = i;
			small_replay(s);
			cr_expect_lt(s->report.n_applied, 2, "%zu", i);
			cr_expect(how == 1 || s->diags.n >= 1, "%zu", i);
			small_done(s);
		}
	}
}

/* Nor is what it holds searched for what this hive has lost.  */
Test(replay_entries, the_log_of_another_hive_is_told_dirty_or_clean)
{
	for (uint32_t primary = 7; primary < 10; primary += 2) {
		struct small_set *s = small_new(primary, 7);

		small_log(s, REPLAY_LOG1, 7);
		small_entry(s, REPLAY_LOG1, 7, 0, 'A');
		other_id(s);
		small_replay(s);
		cr_expect(s->recovered == NULL, "%u", primary);
		cr_expect(s->report.logs[REPLAY_LOG1].foreign, "%u", primary);
		cr_expect_eq(diag_count(&s->diags, &FINDING_LOG_NOT_APPLIED), 1,
			     "%u", primary);
		small_done(s);
	}
}
