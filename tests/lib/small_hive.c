#include "lib/small_hive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/regf.h"
#include "format/regf_log.h"

static void put(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void sum(uint8_t *base)
{
	memset(base + 508, 0, 4);
	for (int i = 0; i < 508; i++)
		base[508 + i % 4] ^= base[i];
}

void small_put(uint8_t *base, unsigned at, uint32_t v)
{
	put(base + at, v, 4);
	sum(base);
}

void small_put_time(uint8_t *base, uint64_t time)
{
	put(base + 12, time, 8);
	sum(base);
}

static void put_base(uint8_t *b, uint32_t primary, uint32_t secondary,
		     uint32_t type)
{
	memcpy(b, "regf", 4);
	put(b + 4, primary, 4);
	put(b + 8, secondary, 4);
	put(b + 20, 1, 4);		/* version 1.5 */
	put(b + 24, 5, 4);
	put(b + 28, type, 4);
	put(b + 32, 1, 4);		/* format */
	put(b + 36, 0x20, 4);		/* root cell */
	put(b + 40, SMALL_PAGES * SMALL_PAGE, 4);
	put(b + 44, 1, 4);		/* clustering factor */
	sum(b);
}

void small_bin(uint8_t *page, uint32_t offset, uint32_t size, char fill)
{
	memset(page, fill, SMALL_PAGE);
	memset(page, 0, 32);
	memcpy(page, "hbin", 4);
	put(page + 4, offset, 4);
	put(page + 8, size, 4);
}

struct small_set *small_new(uint32_t primary, uint32_t secondary)
{
	struct small_set *s = calloc(1, sizeof(*s));

	s->arena = arena_new();
	s->diags.arena = s->arena;
	put_base(s->hive_bytes, primary, secondary, REGF_PRIMARY);
	for (uint32_t i = 0; i < SMALL_PAGES; i++)
		small_bin(s->hive_bytes + (1 + i) * SMALL_PAGE, i * SMALL_PAGE,
			  SMALL_PAGE, (char)('a' + i));
	s->hive = bytes_source(s->hive_bytes, sizeof(s->hive_bytes));
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		s->absent[i] = true;
	return s;
}

void small_replay(struct small_set *s)
{
	struct source *logs[REPLAY_LOGS] = { NULL };

	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (!s->absent[i])
			logs[i] = &s->logs[i].source;
	if (hive_replay(&s->hive.source, logs, REPLAY_LOGS, s->arena,
			&s->diags, &s->recovered, &s->report, NULL) != 0)
		abort();
}

void small_done(struct small_set *s)
{
	source_free(s->recovered);
	arena_free(s->arena);
	free(s);
}

static void log_start(struct small_set *s, size_t i, size_t n)
{
	s->absent[i] = false;
	s->logs[i] = bytes_source(s->log_bytes[i], n);
	s->logs[i].source.image = 1 + (unsigned)i;
}

void small_log(struct small_set *s, size_t i, uint32_t start)
{
	put_base(s->log_bytes[i], start, start, REGF_LOG_ENTRIES);
	log_start(s, i, 512);
}

void small_seal(uint8_t *entry)
{
	uint32_t n = (uint32_t)(entry[4] | entry[5] << 8 | entry[6] << 16 |
				entry[7] << 24);

	put(entry + 24, regf_log_hash((struct span){ entry + 40, n - 40, 0 }),
	    8);
	put(entry + 32, regf_log_hash((struct span){ entry, 32, 0 }), 8);
}

uint8_t *small_entry(struct small_set *s, size_t i, uint32_t sequence,
		     unsigned page, char fill)
{
	uint8_t *p = s->log_bytes[i] + s->logs[i].source.size;

	memcpy(p, "HvLE", 4);
	put(p + 4, SMALL_ENTRY_BYTES, 4);
	put(p + 8, 1, 4);			/* transactions pending */
	put(p + 12, sequence, 4);
	put(p + 16, SMALL_PAGE * (page < SMALL_PAGES ? SMALL_PAGES : page + 1),
	    4);
	put(p + 20, 1, 4);
	put(p + 40, page * SMALL_PAGE, 4);
	put(p + 44, SMALL_PAGE, 4);
	small_bin(p + 48, page * SMALL_PAGE, SMALL_PAGE, fill);
	small_seal(p);
	s->logs[i].source.size += SMALL_ENTRY_BYTES;
	return p;
}

void small_bitmap_log(struct small_set *s, size_t i, uint32_t type,
		      uint64_t time)
{
	put_base(s->log_bytes[i], 7, 7, type);
	small_put_time(s->log_bytes[i], time);
	memcpy(s->log_bytes[i] + 512, "DIRT", 4);
	log_start(s, i, 1024);
}

uint8_t *small_bitmap_page(struct small_set *s, size_t i, unsigned page,
			   char fill)
{
	uint8_t *p = s->log_bytes[i] + s->logs[i].source.size;

	/* Eight units of 512 bytes: a byte of the bitmap.  */
	s->log_bytes[i][516 + page] = 0xff;
	small_bin(p, page * SMALL_PAGE, SMALL_PAGE, fill);
	s->logs[i].source.size += SMALL_PAGE;
	return p;
}

static bool wrong(const char *name, const char *what, uint64_t at)
{
	fprintf(stderr, "%s: %s, %llu\n", name, what, (unsigned long long)at);
	return false;
}

static bool base_is(struct small_set *s, const char *name, uint32_t sequence)
{
	struct regf_base base;
	uint8_t b[512];

	if (source_read(s->recovered, 0, b, sizeof(b), NULL) != 0 ||
	    regf_base_parse((struct span){ b, sizeof(b), 0 }, &base, NULL) != 0)
		return wrong(name, "no base block", 0);
	if (base.checksum != base.checksum_computed)
		return wrong(name, "checksum", base.checksum);
	if (base.primary_sequence != sequence ||
	    base.secondary_sequence != sequence)
		return wrong(name, "sequence", base.primary_sequence);
	if (base.file_type != REGF_PRIMARY)
		return wrong(name, "file type", base.file_type);
	return true;
}

bool small_has(struct small_set *s, const char *name, const char *pages,
	       uint32_t sequence)
{
	if (s->recovered == NULL)
		return wrong(name, "nothing was applied", 0);
	if (!base_is(s, name, sequence))
		return false;
	for (size_t i = 0; pages[i] != '\0'; i++) {
		struct cites c = { 0 };
		uint8_t b[SMALL_PAGE];

		if (source_read(s->recovered, (1 + i) * SMALL_PAGE, b,
				sizeof(b), NULL) != 0)
			return wrong(name, "no such page", i);
		if (pages[i] == '.' &&
		    span_is_zero((struct span){ b, sizeof(b), 0 }))
			continue;
		if (b[32] != pages[i] || b[SMALL_PAGE - 1] != pages[i])
			return wrong(name, "another page", i);
		source_cite(s->recovered, (1 + i) * SMALL_PAGE, SMALL_PAGE,
			    "page", s->arena, &c);
		if (c.n != 1 || (c.list[0].image == 0) != (b[32] >= 'a'))
			return wrong(name, "cited elsewhere", i);
	}
	return true;
}
