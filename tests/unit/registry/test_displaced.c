#include <criterion/criterion.h>

#include <string.h>

#include "lib/bytes_source.h"
#include "registry/findings.h"
#include "registry/hive.h"

#define BINS 12
#define PAGE 4096

/* A hive of bins of one page, but for the fifth, of three; each sector says
 * which one of the hive it is.  */
static uint8_t hive[PAGE + BINS * PAGE];
static uint8_t file[sizeof(hive) + 3 * PAGE];

static void put32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static void seal(uint8_t *base)
{
	uint8_t sum[4] = { 0 };

	for (size_t i = 0; i < 508; i++)
		sum[i % 4] ^= base[i];
	memcpy(base + 508, sum, 4);
}

static void make(uint32_t type)
{
	memset(hive, 0, sizeof(hive));
	for (size_t i = 0; i < sizeof(hive); i += 512)
		put32(hive + i + 256, (uint32_t)i);
	put32(hive, 0x66676572);	/* regf */
	put32(hive + 20, 1);
	put32(hive + 24, 5);
	put32(hive + 28, type);
	put32(hive + 32, 1);
	put32(hive + 36, 32);
	put32(hive + 40, BINS * PAGE);
	seal(hive);
	for (uint32_t i = 0; i < BINS; i++) {
		uint8_t *bin = hive + PAGE + (size_t)i * PAGE;

		if (i == 5 || i == 6)
			continue;
		put32(bin, 0x6e696268);	/* hbin */
		put32(bin + 4, i * PAGE);
		put32(bin + 8, i == 4 ? 3 * PAGE : PAGE);
	}
}

/* The sectors of the hive in @ret as they are read, by their numbers: 0 for one
 * of zeros.  Returns how many findings there are, or -1 where it was left.  */
static int realign(size_t n, uint32_t *ret, uint64_t *ret_cited)
{
	struct bytes_source s = bytes_source(file, n);
	struct diag_list d = { .arena = arena_new() };
	struct source *made = NULL;
	int findings = -1;

	s.source.file = "SYSTEM";
	cr_assert_eq(hive_realign(&s.source, &d, &made, NULL), 0);
	cr_assert_eq(diag_count(&d, &FINDING_BINS_DISPLACED), d.n);
	if (made != NULL) {
		findings = (int)d.n;
		cr_assert_str_eq(made->file, "SYSTEM");
		cr_assert_geq(made->size, sizeof(hive));
		for (size_t i = 0; i < sizeof(hive) / 512; i++) {
			uint8_t b[4];

			cr_assert_eq(source_read(made, i * 512 + 256, b, 4,
						 NULL), 0);
			ret[i] = b[0] | (uint32_t)b[1] << 8 |
				 (uint32_t)b[2] << 16;
		}
		if (d.n > 0)
			*ret_cited = d.list[0].cites.list[0].offset;
	} else {
		cr_assert_eq(d.n, 0);
	}
	source_free(made);
	arena_free(d.arena);
	return findings;
}

/* All of the hive is read where it belongs but for the @n bytes at @at.  */
static void expect_all_but(const uint32_t *got, size_t at, size_t n)
{
	for (size_t i = 0; i < sizeof(hive) / 512; i++)
		if (i * 512 < at || i * 512 >= at + n)
			cr_expect_eq(got[i], i * 512, "sector %zu: %u", i,
				     got[i]);
}

Test(displaced, what_is_missing_moves_nothing_behind_it)
{
	static const struct { size_t at, n, lost, lost_n; } rows[] = {
		{ 2 * PAGE, PAGE, 2 * PAGE, PAGE },
		/* of its bin the begin is known */
		{ 3 * PAGE + 1024, 512, 3 * PAGE + 1024, PAGE - 1024 },
		{ 6 * PAGE, PAGE, 6 * PAGE, 2 * PAGE },
		{ 2 * PAGE, 3 * PAGE, 2 * PAGE, 3 * PAGE },
		{ PAGE, PAGE, PAGE, PAGE },
		{ 11 * PAGE, PAGE, 11 * PAGE, PAGE },
	};
	uint32_t got[sizeof(hive) / 512];

	make(0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t end = rows[i].at + rows[i].n;
		uint64_t cited = 0;

		memcpy(file, hive, rows[i].at);
		memcpy(file + rows[i].at, hive + end, sizeof(hive) - end);
		cr_expect_eq(realign(sizeof(hive) - rows[i].n, got, &cited), 1,
			     "row %zu", i);
		expect_all_but(got, rows[i].lost, rows[i].lost_n);
		cr_expect_eq(memcmp(file + cited, "hbin", 4), 0);
	}
}

Test(displaced, what_is_there_twice_moves_nothing_behind_it)
{
	static const struct { size_t at, n, lost, lost_n; } rows[] = {
		{ 2 * PAGE, PAGE, 0, 0 },
		{ 3 * PAGE, 512, 0, 0 },
		{ 2 * PAGE, 3 * PAGE, 0, 0 },
		{ 5 * PAGE, 3 * PAGE, 0, 0 },
		/* inside a bin nothing tells which of its pages */
		{ 6 * PAGE, PAGE, 7 * PAGE, PAGE },
		{ 11 * PAGE, PAGE, 0, 0 },
	};
	uint32_t got[sizeof(hive) / 512];

	make(0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t end = rows[i].at + rows[i].n;
		uint64_t cited = 0;

		memcpy(file, hive, end);
		memcpy(file + end, hive + rows[i].at,
		       sizeof(hive) - rows[i].at);
		cr_expect_eq(realign(sizeof(hive) + rows[i].n, got, &cited), 1,
			     "row %zu", i);
		expect_all_but(got, rows[i].lost, rows[i].lost_n);
		cr_expect_eq(memcmp(file + cited, "hbin", 4), 0);
	}
}

Test(displaced, what_was_put_in_moves_nothing_behind_it)
{
	static const struct { size_t at, n, lost, lost_n; } rows[] = {
		{ 2 * PAGE, PAGE, 0, 0 },
		{ 3 * PAGE + 1024, 512, 3 * PAGE + 1024, PAGE - 1024 },
		{ 11 * PAGE, 512, 0, 0 },
	};
	uint32_t got[sizeof(hive) / 512];

	make(0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t at = rows[i].at;
		uint64_t cited;

		memcpy(file, hive, at);
		memset(file + at, 0xee, rows[i].n);
		memcpy(file + at + rows[i].n, hive + at, sizeof(hive) - at);
		cr_expect_eq(realign(sizeof(hive) + rows[i].n, got, &cited), 1,
			     "row %zu", i);
		expect_all_but(got, rows[i].lost, rows[i].lost_n);
	}
}

/* The bins of a file without its base block say where they belong.  */
Test(displaced, bins_without_a_base_block_are_put_behind_one)
{
	uint32_t got[sizeof(hive) / 512];
	uint64_t cited;

	make(0);
	memcpy(file, hive + PAGE, sizeof(hive) - PAGE);
	cr_expect_eq(realign(sizeof(hive) - PAGE, got, &cited), 1);
	expect_all_but(got, 0, PAGE);
}

/* One bin in the place of another, or what remains of older ones behind the
 * last, moves nothing; a log has its pages in an order of its own.  */
Test(displaced, a_hive_in_its_order_is_left)
{
	uint32_t got[sizeof(hive) / 512];
	uint64_t cited;

	make(0);
	memcpy(file, hive, sizeof(hive));
	cr_expect_eq(realign(sizeof(hive), got, &cited), -1);
	memcpy(file + 3 * PAGE, hive + 10 * PAGE, PAGE);
	memcpy(file + 10 * PAGE, hive + 3 * PAGE, PAGE);
	cr_expect_eq(realign(sizeof(hive), got, &cited), -1);
	memcpy(file, hive, sizeof(hive));
	memcpy(file + sizeof(hive), hive + 2 * PAGE, PAGE);
	cr_expect_eq(realign(sizeof(hive) + PAGE, got, &cited), -1);
	make(1);
	memcpy(file, hive, 2 * PAGE);
	memcpy(file + 2 * PAGE, hive + 3 * PAGE, 9 * PAGE);
	cr_expect_eq(realign(11 * PAGE, got, &cited), -1);
	cr_expect_eq(realign(0, got, &cited), -1);
}
