#include <criterion/criterion.h>

#include <string.h>

#include "format/fve.h"
#include "lib/fve_writer.h"
#include "lib/guard.h"
#include "lib/mutate.h"
#include "lib/shared_data.h"
#include "lib/store.h"
#include "lib/test_disk.h"

static const uint8_t volume_id[16] = {
	0xa8, 0x0b, 0x33, 0x83, 0xb7, 0x07, 0x48, 0xb6,
	0xa6, 0x41, 0xff, 0x7b, 0xdf, 0x18, 0xf6, 0xb3,
};
static const uint8_t protector_id[16] = { 1, 2, 3 };

/* A clear key, whose name is "Clear", and a description.  */
static size_t write_block(struct fve_writer *w, unsigned version)
{
	struct fve_writer_block b = {
		.version = version, .state = FVE_ENCRYPTED,
		.next_state = FVE_SWITCHING,
		.encrypted_bytes = 0x10000000, .header_sectors = 16,
		.metadata = { 0x2100000, 0x57e4000, 0x8ec8000 },
		.header_offset = 0x2110000, .next_nonce = 10,
		.method = 0x8004,
	};
	size_t entry, key;

	fve_begin(w, &b, volume_id, 0x1d5);
	fve_text(w, FVE_ENTRY_DESCRIPTION, "PC01 C: 7/4/2019");
	entry = fve_open_protector(w, protector_id, 0x1d6, 0);
	fve_text(w, FVE_ENTRY_PROPERTY, "Clear");
	key = fve_open(w, FVE_ENTRY_PROPERTY, FVE_VALUE_KEY);
	fve_put_le32(w, 0x2003);
	fve_put_le64(w, 0);
	fve_close(w, key);
	fve_close(w, entry);
	entry = fve_open(w, FVE_ENTRY_VOLUME_HEADER, FVE_VALUE_VOLUME_HEADER);
	fve_put_le64(w, 0x2110000);
	fve_put_le64(w, 8192);
	fve_close(w, entry);
	return fve_end(w);
}

Test(fve, decodes_a_block_and_its_entries)
{
	static struct fve_writer w;
	size_t n = write_block(&w, 2);
	struct span s = guard_copy(w.bytes, n, 0x2100000);
	struct fve_volume_header h;
	struct fve_protector p;
	struct fve_block b;
	struct fve_entry e;

	cr_assert_eq(fve_block_parse(s, &b, NULL), 0);
	cr_expect_eq(b.version, 2);
	cr_expect_eq(b.state, FVE_ENCRYPTED);
	cr_expect_eq(b.next_state, FVE_SWITCHING);
	cr_expect_eq(b.encrypted_bytes, 0x10000000);
	cr_expect_eq(b.metadata[2], 0x8ec8000);
	cr_expect_eq(b.header_offset, 0x2110000);
	cr_expect_eq(b.next_nonce, 10);
	cr_expect_eq(b.method, 0x8004);
	cr_expect_eq(b.created, 0x1d5);
	cr_expect_arr_eq(b.volume.b, volume_id, 16);
	cr_expect(b.has_checksum && b.checksum_ok);
	cr_assert_eq(fve_entry_take(&b.entries, &e, NULL), 0);
	cr_expect_eq(e.type, FVE_ENTRY_DESCRIPTION);
	cr_expect_eq(e.data.n, 2 * (16 + 1));
	cr_assert_eq(fve_entry_take(&b.entries, &e, NULL), 0);
	cr_assert_eq(fve_protector_parse(&e, &p, NULL), 0);
	cr_expect_arr_eq(p.identifier.b, protector_id, 16);
	cr_expect_eq(p.modified, 0x1d6);
	cr_expect_eq(p.protection, 0);
	cr_expect_eq(p.name.n, 12);
	cr_expect_eq(p.key.n, 8 + 12);
	cr_expect_eq(p.aes_ccm.n, 0);
	cr_assert_eq(fve_entry_take(&b.entries, &e, NULL), 0);
	cr_assert_eq(fve_volume_header_parse(&e, &h, NULL), 0);
	cr_expect_eq(h.offset, 0x2110000);
	cr_expect_eq(h.bytes, 8192);
	cr_expect_eq(fve_entry_take(&b.entries, &e, NULL), ERR_NOT_FOUND);
	guard_free(s);
}

/* Vista counts bytes, and keeps the place of $MFTMirr.  */
Test(fve, decodes_the_block_of_vista)
{
	static struct fve_writer w;
	size_t n = write_block(&w, 1);
	struct fve_block b;

	cr_assert_eq(fve_block_parse((struct span){ w.bytes, n, 0 }, &b, NULL),
		     0);
	cr_expect_eq(b.version, 1);
	cr_expect_eq(b.mft_mirror_lcn, 0x2110000);
	cr_expect_eq(b.header_offset, 0);
	cr_expect_eq(b.encrypted_bytes, 0);
	cr_expect(b.has_checksum && b.checksum_ok);
}

/* Whatever byte is changed in what the checksum is of, it is seen.  */
Test(fve, every_changed_byte_is_noticed)
{
	static struct fve_writer w;
	size_t n = write_block(&w, 2);

	for (size_t i = 0; i < n - 8; i++) {
		struct fve_block b;

		w.bytes[i] ^= 0x10;
		if (fve_block_parse((struct span){ w.bytes, n, 0 }, &b,
				    NULL) == 0)
			cr_expect_not(b.has_checksum && b.checksum_ok,
				      "byte %zu", i);
		w.bytes[i] ^= 0x10;
	}
}

Test(fve, says_which_size_is_wrong_and_where)
{
	static const struct {
		size_t at;
		uint32_t value;
		int code;
		uint64_t error_at;
	} cases[] = {
		{ 0x00, 0, ERR_MAGIC, 0 },
		{ 0x0a, 3 | FVE_ENCRYPTED << 16, ERR_UNSUPPORTED, 0x0a },
		{ 0x44, 2, ERR_UNSUPPORTED, 0x44 },
		{ 0x48, 47, ERR_VALUE, 0x48 },
		{ 0x4c, 48, ERR_VALUE, 0x4c },
		{ 0x40, 47, ERR_VALUE, 0x4c },
	};
	static struct fve_writer w;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = write_block(&w, 2);
		struct fve_block b;
		struct err e = { 0 };

		store_le32(w.bytes + cases[i].at, cases[i].value);
		cr_expect_eq(fve_block_parse((struct span){ w.bytes, n, 0x1000 },
					     &b, &e), cases[i].code,
			     "case %zu", i);
		cr_expect_eq(e.at, 0x1000 + cases[i].error_at, "case %zu", i);
	}
}

/* Both sizes agree, but are too small, reach behind the checksum's bytes, or
 * behind all there is.  */
Test(fve, a_size_that_cannot_be_is_refused)
{
	static const uint32_t sizes[] = { 0, 47, 1000, 65537, 0xffffffff };
	static struct fve_writer w;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = write_block(&w, 2);
		struct fve_block b;
		struct err e = { 0 };

		store_le32(w.bytes + 0x40, sizes[i]);
		store_le32(w.bytes + 0x4c, sizes[i]);
		cr_expect_lt(fve_block_parse((struct span){ w.bytes, n, 0 },
					     &b, &e), 0, "case %zu", i);
		cr_expect_eq(e.at, 0x40, "case %zu", i);
		cr_expect_lt(fve_block_parse((struct span){ w.bytes, 65536, 0 },
					     &b, &e), 0, "case %zu", i);
	}
}

static void parse_all(struct span s)
{
	struct fve_volume_header h;
	struct fve_startup_key k;
	struct fve_protector p;
	struct fve_block b;
	struct fve_entry e;

	(void)fve_startup_key_parse(s, &k, NULL);
	if (fve_block_parse(s, &b, NULL) < 0)
		return;
	while (fve_entry_take(&b.entries, &e, NULL) == 0) {
		(void)fve_protector_parse(&e, &p, NULL);
		(void)fve_volume_header_parse(&e, &h, NULL);
	}
}

Test(fve, survives_every_truncation_and_changed_byte)
{
	static struct fve_writer w;

	mutate(w.bytes, write_block(&w, 2), parse_all);
	mutate(w.bytes, write_block(&w, 1), parse_all);
}

static size_t write_startup_key(struct fve_writer *w)
{
	size_t entry, key;

	fve_begin(w, NULL, volume_id, 0x1d5);
	entry = fve_open(w, FVE_ENTRY_STARTUP_KEY, FVE_VALUE_EXTERNAL_KEY);
	fve_put(w, protector_id, 16);
	fve_put_le64(w, 0x1d6);
	fve_text(w, FVE_ENTRY_PROPERTY, "ExternalKey");
	key = fve_open(w, FVE_ENTRY_PROPERTY, FVE_VALUE_KEY);
	fve_put_le32(w, 0x2002);
	for (int i = 0; i < 4; i++)
		fve_put_le64(w, 0x0123456789abcdef);
	fve_close(w, key);
	fve_close(w, entry);
	return fve_end(w);
}

/* As Windows 7 writes them, 156 bytes; later versions put more behind.  */
Test(fve, a_startup_key_names_its_protector)
{
	static struct fve_writer w;
	size_t n = write_startup_key(&w);
	struct span s = guard_copy(w.bytes, n, 0);
	struct fve_startup_key k;

	cr_expect_eq(n, 156);
	cr_assert_eq(fve_startup_key_parse(s, &k, NULL), 0);
	cr_expect_arr_eq(k.identifier.b, protector_id, 16);
	cr_expect_eq(k.raw.n, 156);
	cr_expect_eq(k.key.n, 44);
	cr_expect_eq(k.key.p[12], 0xef);
	guard_free(s);
	mutate(w.bytes, n, parse_all);
	cr_expect_eq(fve_startup_key_parse((struct span){ w.bytes, 155, 0 }, &k,
					   NULL), ERR_TRUNCATED);
}

Test(fve, entries_of_another_kind_are_no_protectors)
{
	static const uint8_t text[] = { 10, 0, 7, 0, 2, 0, 1, 0, 'P', 0 };
	struct span left = { text, sizeof(text), 0 };
	struct fve_volume_header h;
	struct fve_protector p;
	struct fve_entry e;

	cr_assert_eq(fve_entry_take(&left, &e, NULL), 0);
	cr_expect_eq(left.n, 0);
	cr_expect_eq(fve_protector_parse(&e, &p, NULL), ERR_VALUE);
	cr_expect_eq(fve_volume_header_parse(&e, &h, NULL), ERR_VALUE);
}

Test(fve, knows_the_words_for_its_numbers)
{
	cr_expect_str_eq(fve_method_name(0x8000),
			 "AES-CBC 128-bit with Elephant Diffuser");
	cr_expect_str_eq(fve_method_name(0x8005), "AES-XTS 256-bit");
	cr_expect_null(fve_method_name(0x8006));
	cr_expect_str_eq(fve_protection_name(0), "clear-key");
	cr_expect_str_eq(fve_protection_name(0x0500), "tpm+pin");
	cr_expect_null(fve_protection_name(0x4000));
	cr_expect_str_eq(fve_state_name(FVE_PAUSED), "paused");
	cr_expect_null(fve_state_name(6));
}

/* A volume of Windows 10, cut behind the bytes that the checksum is of.  What
 * cryptsetup says of it.  */
Test(fve, reads_the_metadata_of_a_real_volume)
{
	size_t n;
	uint8_t *p = test_file(shared_data_unpacked(
		"util-linux__util-linux/tests/ts/blkid/images-fs/"
		"bitlocker-win7.img.xz", "bitlocker-win7.img"), &n);
	char text[GUID_TEXT_CHARS + 1];
	struct fve_block b;
	struct fve_entry e;
	unsigned protectors = 0;

	if (p == NULL)
		cr_skip_test("no shared data");
	cr_assert_eq(fve_block_parse((struct span){ p + 0x2100000,
						    n - 0x2100000, 0 }, &b,
				     NULL), 0);
	cr_expect_str_eq(guid_text(&b.volume, text),
			 "83330ba8-07b7-4ea8-b641-ff7bdf18f6b3");
	cr_expect_eq(b.encrypted_bytes, 517996544);
	cr_expect_eq(b.method, 0x8004);
	cr_expect_not(b.has_checksum);
	while (fve_entry_take(&b.entries, &e, NULL) == 0)
		protectors += e.type == FVE_ENTRY_VMK;
	cr_expect_eq(protectors, 2);
	free(p);
}
