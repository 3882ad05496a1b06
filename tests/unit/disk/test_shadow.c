#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "disk/shadow.h"
#include "lib/bytes_source.h"
#include "lib/shadow_volume.h"

#define VOLUME_BYTES (2u << 20)
#define BLOCK 0x4000u

/* Block 4 has the catalogue, in two blocks; from block 8 on are stores.  */
enum { CATALOG = 4 * BLOCK, MORE = 5 * BLOCK, STORE = 8 * BLOCK };

struct reading {
	uint8_t *volume;
	struct bytes_source source;
	struct arena *arena;
	struct diag_list diags;
	struct shadow_catalog c;
};

static void make(struct reading *r)
{
	memset(r, 0, sizeof(*r));
	r->volume = calloc(1, VOLUME_BYTES);
	shadow_put_header(r->volume, CATALOG);
	shadow_put_block(r->volume, CATALOG, 2, 0, MORE);
	shadow_put_block(r->volume, MORE, 2, BLOCK, 0);
	/* The younger copy first, and a store far from its copy.  */
	shadow_put_copy(r->volume, CATALOG, 0, 2, VOLUME_BYTES);
	shadow_put_store(r->volume, CATALOG, 2, 2, STORE + 4 * BLOCK);
	shadow_put_copy(r->volume, CATALOG, 3, 1, VOLUME_BYTES);
	shadow_put_store(r->volume, MORE, 126, 1, STORE);
	shadow_put_info(r->volume, STORE, 1);
	shadow_put_info(r->volume, STORE + 4 * BLOCK, 2);
}

static void read_it(struct reading *r)
{
	r->source = bytes_source(r->volume, VOLUME_BYTES);
	r->arena = arena_new();
	r->diags = (struct diag_list){ .arena = r->arena };
	cr_assert_eq(shadow_catalog_read(&r->source.source, r->arena,
					 &r->diags, &r->c, NULL), 0);
}

static void done(struct reading *r)
{
	arena_free(r->arena);
	free(r->volume);
}

static void expect_guid(const struct guid *g, const char *want)
{
	char buf[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, buf), want);
}

Test(shadow, reads_a_catalogue)
{
	struct reading r;
	const struct shadow_store *s;

	make(&r);
	read_it(&r);
	cr_expect_eq(r.diags.n, 0);
	cr_assert_eq(r.c.n_copies, 2);
	cr_assert_eq(r.c.n_stores, 2);
	cr_expect_eq(r.c.copies[0].entry.sequence, 1);
	cr_expect_eq(r.c.copies[1].entry.sequence, 2);
	cr_expect_eq(r.c.copies[0].cites.list[0].offset, CATALOG + 4 * 128);
	s = shadow_find_store(&r.c, &r.c.copies[0].entry.store);
	cr_assert_not_null(s);
	cr_expect_eq(s->entry.header, STORE);
	cr_assert(s->has_info);
	expect_guid(&s->copy, "dddddddd-0000-4000-8000-000000000001");
	expect_guid(&s->set, "eeeeeeee-0000-4000-8000-000000000001");
	cr_expect_eq(s->attributes, 0x42000d);
	cr_expect_str_eq(s->machine.utf8, "PC-a");
	cr_expect_str_eq(s->service_machine.utf8, "PC-b");
	cr_expect_eq(s->cites.list[0].offset, MORE + 127 * 128);
	cr_expect_eq(s->cites.list[1].offset, STORE);
	done(&r);
}

/* A volume without copies costs one sector.  */
Test(shadow, reads_a_sector_where_there_is_no_catalogue)
{
	struct reading r;

	make(&r);
	memset(r.volume + 0x1e00, 0, 512);
	read_it(&r);
	cr_expect_not(r.c.found);
	cr_expect_eq(r.source.calls, 1);
	cr_expect_eq(r.source.bytes, 512);
	done(&r);
	make(&r);
	shadow_put_header(r.volume, 0);
	read_it(&r);
	cr_expect(r.c.found);
	cr_expect_eq(r.source.calls, 1);
	cr_expect_eq(r.c.n_copies, 0);
	cr_expect_eq(r.diags.n, 0);
	done(&r);
}

static const struct damage {
	uint64_t at;
	uint8_t value;
	const struct diag_kind *kind;
	size_t copies, stores;
	uint64_t cited;
} damages[] = {
	/* The header's GUID, and its own offset.  */
	{ 0x1e00, 0, &FINDING_SHADOW_HEADER, 0, 0, 0x1e00 },
	{ 0x1e19, 0, &FINDING_SHADOW_HEADER, 0, 0, 0x1e00 },
	/* Blocks of the catalogue: what they hold is still told.  */
	{ CATALOG, 0, &FINDING_SHADOW_CATALOG, 2, 2, CATALOG },
	{ CATALOG + 0x14, 3, &FINDING_SHADOW_CATALOG, 2, 2, CATALOG },
	{ CATALOG + 0x20, 1, &FINDING_SHADOW_CATALOG, 2, 2, CATALOG },
	{ MORE + 0x20, 1, &FINDING_SHADOW_CATALOG, 2, 2, MORE },
	{ MORE + 0x01, 1, &FINDING_SHADOW_CATALOG, 2, 1, MORE },
	/* The chain: beyond the volume, and in a circle.  */
	{ CATALOG + 0x2d, 1, &FINDING_SHADOW_CATALOG, 2, 1,
	  MORE + (UINT64_C(1) << 40) },
	{ MORE + 0x2a, CATALOG >> 16, &FINDING_SHADOW_CATALOG, 2, 2,
	  CATALOG },
	/* The type of an entry, and the id of a store.  */
	{ CATALOG + 128, 7, &FINDING_SHADOW_CATALOG, 1, 2, CATALOG + 128 },
	{ MORE + 127 * 128 + 0x1f, 2, &FINDING_SHADOW_CATALOG, 2, 1,
	  MORE + 127 * 128 },
	/* The header of a store, and what it says of its own size.  */
	{ STORE + 0x14, 5, &FINDING_SHADOW_STORE, 2, 2, STORE },
	{ STORE + 0x31, 0xff, &FINDING_SHADOW_STORE, 2, 2, STORE },
	{ STORE + 0x30, 0x40, &FINDING_SHADOW_STORE, 2, 2, STORE },
};

Test(shadow, tells_what_is_damaged)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const struct damage *d = &damages[i];
		struct reading r;

		make(&r);
		r.volume[d->at] = d->value;
		read_it(&r);
		cr_expect_eq(r.c.n_copies, d->copies, "row %zu: %zu", i,
			     r.c.n_copies);
		cr_expect_eq(r.c.n_stores, d->stores, "row %zu: %zu", i,
			     r.c.n_stores);
		cr_assert_eq(r.diags.n, 1, "row %zu: %zu", i, r.diags.n);
		cr_expect_eq(r.diags.list[0].kind, d->kind, "row %zu", i);
		if (r.diags.list[0].cites.n > 0)
			cr_expect_eq(r.diags.list[0].cites.list[0].offset,
				     d->cited, "row %zu", i);
		else
			cr_expect_gt(d->cited, VOLUME_BYTES);
		done(&r);
	}
}

/* 63 more blocks, full of copies: neither the number of blocks nor that of
 * copies is believed.  */
Test(shadow, takes_no_more_copies_than_windows_makes)
{
	const uint64_t first = 32 * BLOCK;
	struct reading r;

	make(&r);
	shadow_put_block(r.volume, MORE, 2, BLOCK, first);
	for (uint64_t at = first; at < VOLUME_BYTES; at += BLOCK) {
		shadow_put_block(r.volume, at, 2, at - CATALOG, at + BLOCK);
		for (size_t i = 0; i < 127; i++) {
			uint8_t *p = r.volume + at + 128 * (i + 1);

			shadow_put_copy(r.volume, at, i, 3, VOLUME_BYTES);
			p[0x11] = (uint8_t)i;
			p[0x12] = (uint8_t)(at / BLOCK);
		}
	}
	read_it(&r);
	cr_expect_eq(r.c.n_copies, 512);
	cr_expect_eq(diag_count(&r.diags, &FINDING_SHADOW_CATALOG), 2);
	done(&r);
}
