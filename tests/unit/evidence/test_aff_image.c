#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/bytes.h"
#include "evidence/findings.h"
#include "lib/opened.h"
#include "lib/store.h"

/*
 * AFF images laid out by hand: pages of 2048 bytes, of which there are four,
 * the last with 512 bytes.
 */
#define PAGE 2048
#define DISK (3 * PAGE + 512)
#define N_PAGES 4

static uint8_t disk[DISK];
static uint8_t file[1 << 16];
static size_t n_file;

static void begin(void)
{
	memcpy(file, "AFF10\r\n", 8);
	n_file = 8;
}

/* Returns where the segment begins.  */
static size_t segment(const char *name, uint32_t arg, const void *data,
		      size_t n)
{
	size_t at = n_file, k = strlen(name);
	uint8_t *p = file + at;

	memcpy(p, "AFF", 4);
	store_be32(p + 4, (uint32_t)k);
	store_be32(p + 8, (uint32_t)n);
	store_be32(p + 12, arg);
	memcpy(p + 16, name, k);
	if (n > 0)
		memcpy(p + 16 + k, data, n);
	memcpy(p + 16 + k + n, "ATT", 4);
	store_be32(p + 20 + k + n, (uint32_t)(24 + k + n));
	n_file += 24 + k + n;
	return at;
}

static void number(const char *name, uint64_t v)
{
	uint8_t data[8];

	store_be32(data, (uint32_t)v);
	store_be32(data + 4, (uint32_t)(v >> 32));
	segment(name, 2, data, sizeof(data));
}

static void sizes(void)
{
	segment("pagesize", PAGE, NULL, 0);
	segment("sectorsize", 512, NULL, 0);
	number("imagesize", DISK);
}

static size_t page_bytes(unsigned i)
{
	return i < N_PAGES - 1 ? PAGE : 512;
}

static size_t plain(unsigned i)
{
	char name[32];

	snprintf(name, sizeof(name), "page%u", i);
	return segment(name, 0, disk + i * PAGE, page_bytes(i));
}

static size_t zlib(unsigned i)
{
	uint8_t data[2 * PAGE];
	uLongf n = sizeof(data);
	char name[32];

	snprintf(name, sizeof(name), "page%u", i);
	compress2(data, &n, disk + i * PAGE, page_bytes(i), 9);
	return segment(name, 3, data, n);
}

static size_t zeros(unsigned i)
{
	uint8_t data[4];
	char name[32];

	snprintf(name, sizeof(name), "page%u", i);
	store_be32(data, (uint32_t)page_bytes(i));
	return segment(name, 0x33, data, sizeof(data));
}

static void make_disk(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < DISK; i++) {
		x = x * 1664525 + 1013904223;
		disk[i] = i / PAGE == 2 ? 0 : (uint8_t)(x >> 24 & 0x0f);
	}
	begin();
}

TestSuite(aff_image, .init = make_disk, .timeout = 120);

/* A whole image: sizes, plain, zlib, zeros, plain.  */
static void usual(void)
{
	sizes();
	plain(0);
	zlib(1);
	zeros(2);
	plain(3);
}

static const char *written(void)
{
	return scratch_write("d.aff", file, n_file);
}

static void expect_read(struct source *s, uint64_t off, size_t n, int want)
{
	uint8_t got[DISK];
	struct err e = { .what = "" };

	cr_expect_eq(source_read(s, off, got, n, &e), want, "%zu at %ju: %s",
		     n, (uintmax_t)off, e.what);
	if (want == 0)
		cr_expect(memcmp(got, disk + off, n) == 0, "%zu at %ju", n,
			  (uintmax_t)off);
	else
		cr_expect_not_null(strstr(e.what, "AF"), "%s", e.what);
}

static void expect_disk(const char *path, enum image_format format)
{
	struct opened o = open_image(path, NULL);

	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.diags.n, 0, "%s", o.diags.n > 0 ?
		     o.diags.list[0].message : "");
	cr_expect_eq(o.img->format, format);
	cr_assert_eq(o.img->disk->size, DISK);
	for (size_t off = 0; off < DISK; off += 300)
		for (size_t n = 1; off + n <= DISK; n += 700)
			expect_read(o.img->disk, off, n, 0);
	close_image(&o);
}

/* Open what was built, which has one finding, with @words in it; then @off can
 * be read, or not.  */
static void expect_finding(const struct diag_kind *kind, const char *words,
			   uint64_t good, uint64_t bad)
{
	struct opened o = open_image(written(), NULL);

	cr_assert_not_null(o.img, "%s", o.text);
	cr_assert_eq(diag_count(&o.diags, kind), 1, "%s", o.diags.n > 0 ?
		     o.diags.list[0].message : "none");
	cr_expect_eq(o.diags.n, 1 + (kind != &FINDING_CONTAINER_PART &&
				     diag_count(&o.diags,
						&FINDING_CONTAINER_PART) > 0));
	for (size_t i = 0; i < o.diags.n; i++)
		if (o.diags.list[i].kind == kind)
			cr_expect_not_null(strstr(o.diags.list[i].message,
						  words), "%s",
					   o.diags.list[i].message);
	if (good < DISK)
		expect_read(o.img->disk, good, 512, 0);
	if (bad < DISK)
		expect_read(o.img->disk, bad, 512, ERR_IO);
	close_image(&o);
}

static void expect_refused(enum err_code code, const char *words)
{
	struct opened o = open_image(written(), NULL);

	cr_assert_null(o.img);
	cr_expect_eq(o.err.code, code, "%s", o.text);
	cr_expect_not_null(strstr(o.text, words), "%s", o.text);
	close_image(&o);
}

Test(aff_image, is_read_page_by_page)
{
	usual();
	expect_disk(written(), IMAGE_AFF);
}

Test(aff_image, may_have_its_segments_in_any_order)
{
	segment("", 0, "unused", 6);
	plain(3);
	zeros(2);
	segment("page0/sha256", 0, "a signature", 11);
	segment("dir", 0, "what AFFLIB once kept here", 26);
	segment("a name that is longer than any that is known, by far, and "
		"then some", 0, "x", 1);
	zlib(1);
	plain(0);
	sizes();
	expect_disk(written(), IMAGE_AFF);
}

Test(aff_image, of_the_first_versions_has_other_names)
{
	segment("segsize", PAGE, NULL, 0);
	number("imagesize", DISK);
	for (unsigned i = 0; i < N_PAGES; i++) {
		char name[] = { 's', 'e', 'g', (char)('0' + i), '\0' };

		segment(name, 0, disk + i * PAGE, page_bytes(i));
	}
	expect_disk(written(), IMAGE_AFF);
}

static void make_afd(void)
{
	begin();
	cr_assert(run("rm -rf '%s' && mkdir '%s'", scratch("x.afd"),
		      scratch("x.afd")));
	segment("aff_file_type", 0, "AFD", 3);
	sizes();
	plain(1);
	scratch_write("x.afd/file_000.aff", file, n_file);
	begin();
	segment("aff_file_type", 0, "AFF", 3);
	sizes();
	zlib(0);
	zeros(2);
	scratch_write("x.afd/file_001.aff", file, n_file);
	begin();
	plain(3);
	scratch_write("x.afd/file_002.aff", file, n_file);
}

/* What is laid out here is AFF to AFFLIB, too.  */
Test(aff_image, is_what_affcat_reads)
{
	if (!run("command -v affcat > /dev/null"))
		cr_skip_test("no affcat");
	scratch_write("disk", disk, DISK);
	usual();
	written();
	cr_expect(run("affcat '%s' | cmp - '%s'", scratch("d.aff"),
		      scratch("disk")));
	begin();
	segment("", 0, "unused", 6);
	plain(3);
	zeros(2);
	segment("seg1", 0, disk + PAGE, PAGE);
	segment("dir", 0, "what AFFLIB once kept here", 26);
	plain(0);
	segment("segsize", PAGE, NULL, 0);
	number("imagesize", DISK);
	expect_disk(written(), IMAGE_AFF);
	cr_expect(run("affcat '%s' | cmp - '%s'", scratch("d.aff"),
		      scratch("disk")));
	make_afd();
	expect_disk(scratch("x.afd"), IMAGE_AFD);
	cr_expect(run("affcat '%s' | cmp - '%s'", scratch("x.afd"),
		      scratch("disk")));
}

Test(aff_image, without_a_page_says_so)
{
	sizes();
	plain(0);
	zeros(2);
	plain(3);
	expect_finding(&FINDING_CONTAINER_PART,
		       "of 4 pages of the AFF image 1 is missing; the first "
		       "is page 1", PAGE - 512, PAGE);
}

Test(aff_image, without_its_size_ends_with_the_last_page)
{
	segment("pagesize", PAGE, NULL, 0);
	plain(0);
	zlib(1);
	zeros(2);
	plain(3);
	expect_finding(&FINDING_CONTAINER_SIZE, "at byte 6656", DISK - 512,
		       DISK);
}

Test(aff_image, with_pages_behind_its_end_says_so)
{
	usual();
	segment("page4", 0, disk, 512);
	segment("page9223372036854775", 0, disk, 512);
	expect_finding(&FINDING_CONTAINER_SIZE, "2 pages that lie past", 0,
		       DISK);
}

Test(aff_image, with_a_page_twice_says_which_it_read)
{
	char words[100];
	size_t at;

	sizes();
	at = plain(0);
	segment("page0", 0, disk + PAGE, PAGE);
	zlib(1);
	zeros(2);
	plain(3);
	snprintf(words, sizeof(words), "page 0, of which the one at byte %zu",
		 at + 16 + 5);
	expect_finding(&FINDING_CONTAINER_PART, words, 0, DISK);
}

Test(aff_image, whose_sizes_disagree_says_so)
{
	usual();
	segment("pagesize", 2 * PAGE, NULL, 0);
	expect_finding(&FINDING_CONTAINER_PART,
		       "gives its page size as 2048 and, at byte", 0, DISK);
}

Test(aff_image, that_is_no_disk_is_refused)
{
	sizes();
	expect_refused(ERR_NOT_FOUND, "pages of an AFF image");
	begin();
	plain(0);
	expect_refused(ERR_NOT_FOUND, "page size");
	for (uint32_t i = 0; i < 4; i++) {
		static const uint32_t bad[] = { 0, 1000, 0x80000000, 511 };

		begin();
		segment("pagesize", bad[i], NULL, 0);
		plain(0);
		expect_refused(bad[i] == 0x80000000 ? ERR_LIMIT : ERR_VALUE,
			       "page size");
	}
	begin();
	segment("sectorsize", 0, NULL, 0);
	usual();
	expect_refused(ERR_VALUE, "sector size");
}

Test(aff_image, that_is_encrypted_is_refused_by_name)
{
	sizes();
	segment("affkey_aes256", 0, disk, 52);
	segment("page0/aes256", 1, disk, 700);
	expect_refused(ERR_UNSUPPORTED, "AFF image with encrypted pages");
}

Test(aff_image, whose_last_page_does_not_end_with_the_disk_says_so)
{
	uint8_t longer[1024] = { 0 };

	sizes();
	plain(0);
	zlib(1);
	zeros(2);
	segment("page3", 0, disk, 511);
	expect_finding(&FINDING_CONTAINER_SIZE,
		       "should have 512, but it has 511", 0, DISK - 512);
	begin();
	sizes();
	plain(0);
	zlib(1);
	zeros(2);
	memcpy(longer, disk + 3 * PAGE, 512);
	segment("page3", 0, longer, 1024);
	expect_disk(written(), IMAGE_AFF);
	longer[1023] = 1;
	n_file -= 1024 + 24 + 5;
	segment("page3", 0, longer, 1024);
	expect_finding(&FINDING_CONTAINER_SIZE,
		       "should have 512, but it has 1024", DISK - 512, DISK);
}

/* --- hashes --------------------------------------------------------------- */

/* As md5sum and sha1sum say of a page of zeros.  */
static const uint8_t md5_of_zeros[16] = {
	0xc9, 0x9a, 0x74, 0xc5, 0x55, 0x37, 0x1a, 0x43,
	0x3d, 0x12, 0x1f, 0x55, 0x1d, 0x6c, 0x63, 0x98,
};
static const uint8_t sha1_of_zeros[20] = {
	0x60, 0x5d, 0xb3, 0xfd, 0xba, 0xff, 0x4b, 0xa1, 0x37, 0x29,
	0x37, 0x1a, 0xd0, 0xc4, 0xfb, 0xab, 0x38, 0x89, 0x37, 0x8e,
};

Test(aff_image, is_checked_against_the_hashes_of_its_pages)
{
	uint8_t bad[20];

	usual();
	segment("page2_md5", 0, md5_of_zeros, 16);
	segment("page2_sha1", 0, sha1_of_zeros, 20);
	expect_disk(written(), IMAGE_AFF);
	for (int i = 0; i < 2; i++) {
		struct opened o;

		begin();
		usual();
		memcpy(bad, i == 0 ? md5_of_zeros : sha1_of_zeros,
		       sizeof(md5_of_zeros));
		memcpy(bad + 16, sha1_of_zeros + 16, 4);
		bad[15] ^= 1;
		segment(i == 0 ? "page2_md5" : "page2_sha1", 0, bad,
			i == 0 ? 16 : 20);
		o = open_image(written(), NULL);
		cr_assert_not_null(o.img, "%s", o.text);
		expect_read(o.img->disk, 2 * PAGE, 512, ERR_IO);
		expect_read(o.img->disk, 2 * PAGE - 512, 512, 0);
		expect_read(o.img->disk, 3 * PAGE, 512, 0);
		close_image(&o);
	}
}

/* --- bad sectors ---------------------------------------------------------- */

Test(aff_image, does_not_pass_off_bad_sectors_as_data)
{
	uint8_t flag[512] = "BAD SECTOR";

	flag[511] = 7;
	memcpy(disk + PAGE + 1024, flag, sizeof(flag));
	segment("badflag", 0, flag, sizeof(flag));
	number("badsectors", 1);
	usual();
	expect_finding(&FINDING_BAD_SECTORS,
		       "could not read 1 sector of the disk", PAGE + 512,
		       PAGE + 1024);
	expect_finding(&FINDING_BAD_SECTORS, "", PAGE + 1536, PAGE + 600);
	expect_finding(&FINDING_BAD_SECTORS, "", 0, PAGE + 1535);
}

Test(aff_image, that_lacks_what_bad_sectors_were_filled_with_says_so)
{
	number("badsectors", 3);
	usual();
	expect_finding(&FINDING_BAD_SECTORS, "places are not known", 0, DISK);
}

/* --- damage --------------------------------------------------------------- */

Test(aff_image, with_a_damaged_head_goes_on_behind_the_segment)
{
	static const size_t at[] = { 0, 2, 4, 7, 8, 11 };

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		char words[100];
		struct opened o;
		size_t where;

		begin();
		sizes();
		plain(0);
		where = zlib(1);
		zeros(2);
		plain(3);
		file[where + at[i]] ^= 0x41;
		snprintf(words, sizeof(words), "the first is at byte %zu",
			 where);
		o = open_image(written(), NULL);
		cr_assert_not_null(o.img, "%s", o.text);
		cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_PART), 2);
		cr_expect_not_null(strstr(o.diags.list[0].message, words),
				   "%zu: %s", at[i], o.diags.list[0].message);
		expect_read(o.img->disk, 0, PAGE, 0);
		expect_read(o.img->disk, PAGE, 512, ERR_IO);
		expect_read(o.img->disk, 2 * PAGE, PAGE + 512, 0);
		close_image(&o);
	}
}

Test(aff_image, with_a_damaged_tail_is_used_and_that_is_said)
{
	sizes();
	plain(0);
	zlib(1);
	file[n_file - 3] ^= 1;
	zeros(2);
	plain(3);
	expect_finding(&FINDING_CONTAINER_PART, "has a damaged tail", PAGE,
		       DISK);
}

/* An AFF image that is a file of the disk is not taken for more of this.  */
Test(aff_image, with_an_image_inside_is_not_confused)
{
	uint8_t inner[600];
	struct opened o;
	size_t at;

	segment("x", 0, NULL, 0);
	segment("page3", 0, disk, 512);
	memcpy(inner, file + 8, n_file - 8);
	memset(disk + PAGE, 0x11, PAGE);
	memcpy(disk + PAGE, inner, n_file - 8);
	begin();
	sizes();
	plain(0);
	at = plain(1);
	zeros(2);
	plain(3);
	expect_disk(written(), IMAGE_AFF);
	file[at] = 'B';
	o = open_image(written(), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	expect_read(o.img->disk, PAGE, 512, ERR_IO);
	expect_read(o.img->disk, 3 * PAGE, 512, 0);
	close_image(&o);
}

Test(aff_image, that_is_cut_is_used_as_far_as_it_goes)
{
	size_t at, end;
	struct opened o;

	sizes();
	plain(0);
	zeros(2);
	plain(3);
	at = plain(1);
	end = n_file;
	for (n_file = end - 1; n_file > at + 21; n_file -= 37) {
		o = open_image(written(), NULL);
		cr_assert_not_null(o.img, "%s", o.text);
		cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_SIZE), 1);
		for (size_t i = 0; i < PAGE; i += 512)
			expect_read(o.img->disk, PAGE + i, 512,
				    at + 21 + i + 512 <= n_file ? 0 : ERR_IO);
		close_image(&o);
	}
}

Test(aff_image, with_a_page_that_is_too_short_or_too_long_does_not_invent)
{
	struct opened o;

	sizes();
	segment("page0", 0, disk, 1024);
	segment("page1", 0, disk, PAGE + 1);
	segment("page2", 0x31, "\0\0\x04", 4);
	segment("page3", 0x31, "\xff\0\0", 4);
	o = open_image(written(), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	expect_read(o.img->disk, 512, 512, 0);
	expect_read(o.img->disk, 512, 513, ERR_IO);
	expect_read(o.img->disk, PAGE, 1, ERR_IO);
	expect_read(o.img->disk, 2 * PAGE, 1024, 0);
	expect_read(o.img->disk, 2 * PAGE, 1025, ERR_IO);
	expect_read(o.img->disk, 3 * PAGE, 1, ERR_IO);
	close_image(&o);
}

/* All pages are coded or have a hash.  They are all one byte, since of others
 * zlib's sum can stay the same when one bit of the code is changed.  */
Test(aff_image, is_never_silently_wrong)
{
	size_t n;

	for (size_t i = 0; i < DISK; i++)
		disk[i] = (uint8_t)(i / PAGE == 2 ? 0 : 'a' + i / PAGE);
	sizes();
	zlib(0);
	zlib(1);
	zeros(2);
	segment("page2_md5", 0, md5_of_zeros, 16);
	zlib(3);
	n = n_file;
	for (size_t i = 0; i < n; i++) {
		static const uint8_t masks[] = { 1, 0xff };

		for (size_t k = 0; k < sizeof(masks); k++) {
			file[i] ^= masks[k];
			cr_expect_neq(try_image(written(), disk, DISK),
				      SILENTLY_WRONG, "byte %zu ^ 0x%x", i,
				      masks[k]);
			file[i] ^= masks[k];
		}
	}
	for (n_file = 0; n_file < n; n_file++)
		cr_expect_neq(try_image(written(), disk, DISK), SILENTLY_WRONG,
			      "%zu bytes", n_file);
}

/* Small segments without end, and a tail that is looked for at each.  */
Test(aff_image, that_is_made_to_be_slow_is_not)
{
	struct opened o;

	usual();
	written();
	cr_assert(run("cd '%s' && python3 -c '\n"
		      "import struct\n"
		      "f = open(\"d.aff\", \"ab\")\n"
		      "f.write((b\"AFF\\0\" + bytes(12) + b\"ATT\\0\\0\\0\\0\\x18\")"
		      " * 2000000)\n"
		      "f.write((b\"AFF\\0\\0\\0\\0\\0\\0\\1\" + bytes(6)) * 2000000)\n"
		      "f.write(b\"AFF\\0\" + bytes(4) + b\"\\x7f\")\n"
		      "'", scratch_dir()));
	o = open_image(scratch("d.aff"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_geq(diag_count(&o.diags, &FINDING_CONTAINER_PART), 1);
	expect_read(o.img->disk, 0, DISK, 0);
	close_image(&o);
}

/* --- several files -------------------------------------------------------- */

Test(aff_image, may_be_a_directory)
{
	struct opened o;

	make_afd();
	expect_disk(scratch("x.afd"), IMAGE_AFD);
	expect_disk(scratch("x.afd/"), IMAGE_AFD);
	expect_disk(scratch("x.afd/file_000.aff"), IMAGE_AFD);
	expect_disk(scratch("x.afd/file_002.aff"), IMAGE_AFD);
	o = open_image(scratch("x.afd"), NULL);
	cr_assert_not_null(o.img);
	cr_assert_eq(o.img->n_segments, 3);
	cr_expect_str_eq(o.img->segments[2], "file_002.aff");
	close_image(&o);
	cr_assert(run("rm '%s'", scratch("x.afd/file_001.aff")));
	o = open_image(scratch("x.afd"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_assert_eq(o.diags.n, 1);
	cr_expect_not_null(strstr(o.diags.list[0].message, "2 are missing"));
	close_image(&o);
	cr_assert(run("rm '%s'/*", scratch("x.afd")));
	o = open_image(scratch("x.afd"), NULL);
	cr_assert_null(o.img);
	cr_expect_eq(o.err.code, ERR_NOT_FOUND);
	close_image(&o);
}

Test(aff_image, may_lie_beside_the_raw_disk)
{
	uint8_t flag[512] = "BAD SECTOR";
	struct opened o;

	memcpy(disk + PAGE, flag, sizeof(flag));
	segment("badflag", 0, flag, sizeof(flag));
	segment("aff_file_type", 0, "AFM", 3);
	segment("raw_image_file_extension", 0, "000", 3);
	sizes();
	scratch_write("m.afm", file, n_file);
	scratch_write("m.000", disk, 4000);
	scratch_write("m.001", disk + 4000, DISK - 4000);
	o = open_image(scratch("m.afm"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.diags.n, 0);
	cr_expect_eq(o.img->format, IMAGE_AFM);
	expect_read(o.img->disk, 0, PAGE, 0);
	expect_read(o.img->disk, PAGE, 512, ERR_IO);
	expect_read(o.img->disk, PAGE + 511, 1, ERR_IO);
	expect_read(o.img->disk, PAGE + 512, DISK - PAGE - 512, 0);
	close_image(&o);
	scratch_write("m.001", disk, 1);
	o = open_image(scratch("m.afm"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_SIZE), 1);
	close_image(&o);
	cr_assert(run("rm '%s' '%s'", scratch("m.000"), scratch("m.001")));
	o = open_image(scratch("m.afm"), NULL);
	cr_assert_null(o.img);
	cr_expect_not_null(strstr(o.text, "m.000"), "%s", o.text);
	close_image(&o);
}

/* --- made by AFFLIB ------------------------------------------------------- */

#define LARGE (34u << 20)

static void expect_equal(const char *path, const uint8_t *want)
{
	cr_expect_eq(try_image(path, want, LARGE), EQUAL, "%s", path);
}

Test(aff_image, of_afflib_is_the_disk)
{
	uint8_t *d;
	uint32_t x = 1;

	if (!run("command -v affconvert affsegment > /dev/null"))
		cr_skip_test("no afflib-tools");
	d = calloc(1, LARGE);
	for (size_t i = 0; i < LARGE; i++) {
		x = x * 1664525 + 1013904223;
		if (i < 2u << 20 || i - (16u << 20) < 1u << 20)
			d[i] = (uint8_t)(x >> 24 & (i % 9 ? 3 : 0xff));
	}
	scratch_write("disk.raw", d, LARGE);
	cr_assert(run("cd '%s' && for i in -X1 -x -L -s1m; do "
		      "affconvert -q $i -o a$i.aff disk.raw; done && "
		      "affconvert -q -x -M 17m -o d.afd disk.raw && "
		      "affconvert -q -M 16m -o m.afm disk.raw",
		      scratch_dir()));
	expect_equal(scratch("a-X1.aff"), d);
	expect_equal(scratch("a-x.aff"), d);
	expect_equal(scratch("a-L.aff"), d);
	expect_equal(scratch("a-s1m.aff"), d);
	expect_equal(scratch("d.afd"), d);
	expect_equal(scratch("d.afd/file_001.aff"), d);
	expect_equal(scratch("m.afm"), d);
	/* Without their hash, changed bytes of a plain page are the disk's.  */
	cr_assert(run("cd '%s' && head -c 16M disk.raw | sha1sum | "
		      "cut -c1-40 | xxd -r -p > sum && "
		      "affsegment '-spage0_sha1=<sum' a-x.aff", scratch_dir()));
	expect_equal(scratch("a-x.aff"), d);
	cr_assert(run("cd '%s' && printf X | dd of=a-x.aff bs=1 seek=9000000 "
		      "conv=notrunc status=none", scratch_dir()));
	cr_expect_eq(try_image(scratch("a-x.aff"), d, LARGE), FOUND_DAMAGED);
	/* LZMA has no checksum.  */
	for (int i = 0; i < 12; i++) {
		cr_assert(run("cd '%s' && cp a-L.aff l.aff && printf 'X%d' | "
			      "dd of=l.aff bs=1 seek=%d conv=notrunc "
			      "status=none", scratch_dir(), i,
			      10000 + i * 30123));
		cr_expect_eq(try_image(scratch("l.aff"), d, LARGE),
			     FOUND_DAMAGED, "%d", i);
	}
	free(d);
}
