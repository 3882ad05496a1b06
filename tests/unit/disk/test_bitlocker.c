#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "disk/bitlocker.h"
#include "disk/findings.h"
#include "lib/bytes_source.h"
#include "lib/fve_writer.h"
#include "lib/test_disk.h"

#define VOLUME_BYTES (512u << 10)

static const uint64_t places[3] = { 128 << 10, 256 << 10, 384 << 10 };

/* A volume in memory and what is read of it.  */
struct reading {
	uint8_t *p;
	struct bytes_source disk;
	struct arena *arena;
	struct diag_list diags;
	struct bitlocker *b;
};

static struct bitlocker_boot boot_at(uint64_t a, uint64_t b, uint64_t c)
{
	return (struct bitlocker_boot){
		.form = BITLOCKER_WINDOWS_7, .bytes_per_sector = 512,
		.metadata = { a, b, c },
	};
}

static void put_copy(struct reading *r, uint64_t at, uint32_t nonce,
		     const char *description)
{
	static struct fve_writer w;
	static const uint8_t id[16] = { 7 };
	struct fve_writer_block b = {
		.version = 2, .state = 4, .next_state = 4,
		.encrypted_bytes = VOLUME_BYTES, .header_sectors = 16,
		.metadata = { places[0], places[1], places[2] },
		.header_offset = 64 << 10, .next_nonce = nonce,
		.method = 0x8004,
	};
	size_t entry, n;

	fve_begin(&w, &b, id, 1);
	entry = fve_open_protector(&w, id, 2, 0x0800);
	fve_close(&w, entry);
	fve_text(&w, FVE_ENTRY_DESCRIPTION, description);
	n = fve_end(&w);
	memcpy(r->p + at, w.bytes, n);
}

static void set_up(struct reading *r)
{
	memset(r, 0, sizeof(*r));
	r->p = calloc(1, VOLUME_BYTES);
	r->arena = arena_new();
	r->diags.arena = r->arena;
	for (int i = 0; i < 3; i++)
		put_copy(r, places[i], 10, "PC01 C: 7/4/2019");
}

static void read_it(struct reading *r, struct bitlocker_boot boot)
{
	r->disk = bytes_source(r->p, VOLUME_BYTES);
	r->b = bitlocker_read(&r->disk.source, &boot, r->arena, &r->diags);
	cr_assert_not_null(r->b);
}

static void tear_down(struct reading *r)
{
	arena_free(r->arena);
	free(r->p);
}

static const struct bitlocker_boot usual = {
	.form = BITLOCKER_WINDOWS_7, .bytes_per_sector = 512,
	.metadata = { 128 << 10, 256 << 10, 384 << 10 },
};

Test(bitlocker_volume, three_equal_copies_are_no_finding)
{
	struct reading r;

	set_up(&r);
	read_it(&r, usual);
	cr_expect_eq(r.diags.n, 0);
	cr_expect(r.b->known);
	cr_expect_eq(r.b->copy, 0);
	cr_expect(r.b->copies[2].usable);
	cr_expect_eq(r.b->n_protectors, 1);
	cr_expect_str_eq(r.b->description.computer, "PC01");
	/* Later versions of Windows 10 say it in the head only.  */
	cr_expect_eq(r.b->header.offset, 64 << 10);
	cr_expect_eq(r.b->header.bytes, 8192);
	cr_assert_eq(r.b->cites.n, 2);
	cr_expect_eq(r.b->cites.list[1].offset, places[0]);
	tear_down(&r);
}

Test(bitlocker_volume, a_damaged_copy_is_told_and_another_used)
{
	struct reading r;
	const struct diag *d;

	set_up(&r);
	r.p[places[0] + 0x70 + 12] ^= 1;
	r.p[places[1]] = 'X';
	read_it(&r, usual);
	cr_expect(r.b->known);
	cr_expect_eq(r.b->copy, 2);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_COPY), 2);
	d = test_finding(&r.diags, &FINDING_BITLOCKER_COPY);
	cr_expect_not_null(strstr(d->message, "the first copy"));
	cr_expect_not_null(strstr(d->message, "checksum is wrong"));
	cr_expect_eq(d->cites.list[0].offset, places[0]);
	tear_down(&r);
}

/* Their size changed alike, the checksum is looked for where none is.  Of one
 * copy it is a difference.  */
Test(bitlocker_volume, copies_without_a_checksum_are_told)
{
	struct reading r;
	const struct diag *d;

	set_up(&r);
	for (int i = 0; i < 3; i++)
		r.p[places[i] + 8] += 4;
	read_it(&r, usual);
	cr_expect(r.b->known);
	cr_assert_eq(r.diags.n, 1);
	d = test_finding(&r.diags, &FINDING_BITLOCKER_UNCHECKED);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "the first, at byte 131072"));
	cr_expect_eq(d->cites.list[0].offset, places[0]);
	tear_down(&r);

	set_up(&r);
	r.p[places[0] + 8] += 4;
	read_it(&r, usual);
	cr_expect_eq(r.b->copy, 1);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_UNCHECKED), 0);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_COPIES_DIFFER),
		     1);
	tear_down(&r);
}

Test(bitlocker_volume, of_copies_that_differ_the_last_change_counts)
{
	struct reading r;
	const struct diag *d;

	set_up(&r);
	put_copy(&r, places[1], 11, "PC02 D: 8/4/2019");
	read_it(&r, usual);
	cr_expect_eq(r.b->copy, 1);
	cr_expect_str_eq(r.b->description.drive, "D:");
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_COPIES_DIFFER), 2);
	d = test_finding(&r.diags, &FINDING_BITLOCKER_COPIES_DIFFER);
	cr_expect_not_null(strstr(d->message, "the first copy"));
	cr_expect_not_null(strstr(d->message, "differs from the second"));
	cr_expect_eq(d->cites.n, 2);
	tear_down(&r);
}

/* The boot sector has a wrong place: the other copies know the right one.  */
Test(bitlocker_volume, a_copy_is_looked_for_where_the_others_have_it)
{
	struct reading r;

	set_up(&r);
	read_it(&r, boot_at(places[0], 4096, places[2]));
	cr_expect_eq(r.b->copies[1].offset, places[1]);
	cr_expect(r.b->copies[1].usable);
	tear_down(&r);
	/* Vista's knows the first only.  */
	set_up(&r);
	read_it(&r, (struct bitlocker_boot){
		.form = BITLOCKER_VISTA, .bytes_per_sector = 512,
		.metadata = { places[0] } });
	cr_expect(r.b->copies[1].usable && r.b->copies[2].usable);
	cr_expect_eq(r.diags.n, 0);
	tear_down(&r);
}

Test(bitlocker_volume, without_a_copy_that_is_said)
{
	struct reading r;

	set_up(&r);
	read_it(&r, boot_at(4096, UINT64_MAX - 100, VOLUME_BYTES - 300));
	cr_expect(r.b->known, "they are where they mostly lie");
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_FOUND), 1);
	cr_expect_eq(r.diags.n, 1);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(r.b->copies[i].offset, places[i]);
	tear_down(&r);
	set_up(&r);
	for (int i = 0; i < 3; i++)
		r.p[places[i]] ^= 1;
	read_it(&r, boot_at(4096, UINT64_MAX - 100, VOLUME_BYTES - 300));
	cr_expect_not(r.b->known);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_COPY), 3);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_METADATA), 1);
	cr_expect_eq(r.b->cites.n, 1);
	tear_down(&r);
}

/* Only part of a copy can be read: what it takes is there, the rest is not.  */
Test(bitlocker_volume, a_copy_at_the_end_of_what_there_is)
{
	struct reading r;

	set_up(&r);
	r.disk = bytes_source(r.p, places[2] + 256);
	r.b = bitlocker_read(&r.disk.source, &usual, r.arena, &r.diags);
	cr_expect(r.b->copies[2].usable);
	cr_expect_eq(r.diags.n, 0);
	tear_down(&r);
	set_up(&r);
	r.disk = bytes_source(r.p, VOLUME_BYTES);
	r.disk.bad_at = places[1] + 512;
	r.b = bitlocker_read(&r.disk.source, &usual, r.arena, &r.diags);
	cr_expect(r.b->copies[1].usable);
	tear_down(&r);
}

Test(bitlocker_volume, a_broken_entry_is_a_finding_and_those_before_it_count)
{
	struct reading r;

	set_up(&r);
	for (int i = 0; i < 3; i++) {
		uint8_t *p = r.p + places[i];

		/* the description's size; its checksum is not there either */
		p[0x70 + 36] = 4;
		memset(p + (size_t)p[8] * 16, 0, 8);
	}
	read_it(&r, usual);
	cr_expect(r.b->known);
	cr_expect_eq(r.b->n_protectors, 1);
	cr_expect_null(r.b->description.text.utf8);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_ENTRY), 1);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_UNCHECKED), 1);
	cr_expect_eq(test_finding(&r.diags, &FINDING_BITLOCKER_ENTRY)->
		     cites.list[0].offset, places[0] + 0x70 + 36);
	tear_down(&r);
}

Test(bitlocker_volume, splits_what_windows_writes_of_the_volume)
{
	static const struct {
		const char *text, *computer, *drive, *label, *date;
	} cases[] = {
		{ "PC01 C: 7/4/2019", "PC01", "C:", NULL, "7/4/2019" },
		{ "PC01 c: 4. 7. 2019", "PC01", "c:", NULL, "4. 7. 2019" },
		{ "PC01 Win 10 25/07/2024", "PC01", NULL, "Win 10",
		  "25/07/2024" },
		{ "PC01 Data 2024-07-25", "PC01", NULL, "Data", "2024-07-25" },
		{ "PC01 25/07/2024", NULL, NULL, NULL, NULL },
		{ "a text of a program", NULL, NULL, NULL, NULL },
		{ " C: 1", NULL, NULL, NULL, NULL },
		{ "PC01", NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bitlocker_description *d;
		struct reading r;

		set_up(&r);
		for (int j = 0; j < 3; j++)
			put_copy(&r, places[j], 10, cases[i].text);
		read_it(&r, usual);
		d = &r.b->description;
		cr_expect_str_eq(d->text.utf8, cases[i].text);
#define SAME(field) \
	cr_expect((d->field == NULL) == (cases[i].field == NULL) && \
		  (d->field == NULL || \
		   strcmp(d->field, cases[i].field) == 0), \
		  #field " of \"%s\"", cases[i].text)
		SAME(computer);
		SAME(drive);
		SAME(label);
		SAME(date);
#undef SAME
		tear_down(&r);
	}
}
