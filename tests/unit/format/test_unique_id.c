#include <criterion/criterion.h>

#include <string.h>

#include "format/unique_id.h"
#include "lib/guard.h"

#define MBR_OF(a, b, c, d) a, b, c, d, 0, 0, 0x10, 0, 0, 0, 0, 0

/* What each data is.  `why' names the mistake that another tool made of it, or
 * the choice.  */
static const struct row {
	const char *why;
	uint8_t data[40];
	size_t n;
	enum unique_id_kind kind;
	bool utf16;
} rows[] = {
	{ "disk signature and offset",
	  { MBR_OF(0x3e, 0xa0, 0xbe, 0x5c) }, 12, UNIQUE_ID_MBR, false },
	{ "a signature that begins as a path does",
	  { MBR_OF('\\', 0, '?', 0) }, 12, UNIQUE_ID_MBR, false },
	{ "a signature that begins as _??_ does",
	  { MBR_OF('_', 0, '?', 0) }, 12, UNIQUE_ID_MBR, false },
	{ "a signature that begins as {guid} does",
	  { MBR_OF('{', '1', '2', '3') }, 12, UNIQUE_ID_MBR, false },
	{ "an offset that only 64 bits hold is still an offset",
	  { 1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 12,
	  UNIQUE_ID_MBR, false },
	{ "twelve characters are no offset that an MBR can hold",
	  "ImDiskVolume", 12, UNIQUE_ID_DEVICE, false },
	{ "nor are six of UTF-16",
	  "R\0a\0m\0D\0s\0k\0", 12, UNIQUE_ID_DEVICE, true },
	{ "GPT partition or LDM volume",
	  "DMIO:ID:\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20", 24,
	  UNIQUE_ID_DMIO, false },
	{ "a GUID with zero bytes",
	  "DMIO:ID:\0\2\0\4\0\0\7\10\0\0\0\0\0\0\0\20", 24, UNIQUE_ID_DMIO,
	  false },
	{ "a GUID of zeros", "DMIO:ID:", 24, UNIQUE_ID_DMIO, false },
	{ "24 bytes without the prefix are no GUID",
	  "DMIO:IE:\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20", 24,
	  UNIQUE_ID_RAW, false },
	{ "nor are they twelve characters",
	  "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0", 24, UNIQUE_ID_RAW, false },
	{ "unless a path's prefix says so",
	  "\\\0?\0?\0\\\0e\0f\0g\0h\0i\0j\0k\0l\0", 24, UNIQUE_ID_DEVICE, true },
	{ "a DMIO id that lost a byte", "DMIO:ID:123456789012345", 23,
	  UNIQUE_ID_RAW, false },
	{ "a DMIO id that has one more", "DMIO:ID:12345678901234567", 25,
	  UNIQUE_ID_RAW, false },
	{ "the prefix alone", "DMIO:ID:", 8, UNIQUE_ID_RAW, false },
	{ "the length of an MBR id", { 'D', 'M', 'I', 'O', ':', 'I', 'D', ':' },
	  12, UNIQUE_ID_RAW, false },
	{ "an NT4 fault-tolerant set", { 0, 0xc0, 7, 0, 1, 0, 0, 0 }, 8,
	  UNIQUE_ID_FT, false },
	{ "eight characters: length goes before look", "PGPdisk1", 8,
	  UNIQUE_ID_FT, false },
	{ "a device interface path",
	  "\\\0?\0?\0\\\0F\0D\0C\0#\0G\0E\0N\0E\0R\0I\0C\0#\0", 32,
	  UNIQUE_ID_DEVICE, true },
	{ "a removable disk's, since Vista",
	  "_\0?\0?\0_\0U\0S\0B\0S\0T\0O\0R\0#\0A\0", 26, UNIQUE_ID_DEVICE,
	  true },
	{ "its prefix alone", "_\0?\0?\0_\0", 8, UNIQUE_ID_FT, false },
	{ "a path of an odd length", "\\\0?\0?\0\\\0\1\2\3", 11, UNIQUE_ID_RAW,
	  false },
	{ "a path in another script",
	  "\\\0?\0?\0\\\0\x1f\4\x40\4\x38\4\x32\4\x35\4\x42\4", 20,
	  UNIQUE_ID_DEVICE, true },
	{ "ASCII of a driver", "VeraCryptVolumeX", 16, UNIQUE_ID_DEVICE,
	  false },
	{ "of an older one", "TrueCryptX", 10, UNIQUE_ID_DEVICE, false },
	{ "with its NUL", "TrueCryptX", 11, UNIQUE_ID_DEVICE, false },
	{ "UTF-16 of a driver", "P\0G\0P\0d\0i\0s\0k\0", 14, UNIQUE_ID_DEVICE,
	  true },
	{ "nine units of ten printable", "P\0G\0P\0d\0i\0s\0k\0\1\4A\0B\0", 20,
	  UNIQUE_ID_DEVICE, true },
	{ "eight of ten", "P\0G\0P\0d\0i\0s\0k\0\1\4\2\4B\0", 20,
	  UNIQUE_ID_RAW, false },
	{ "four characters are as likely a number", "abcd", 4, UNIQUE_ID_RAW,
	  false },
	{ "three bytes", { 1, 2, 3 }, 3, UNIQUE_ID_RAW, false },
	{ "one byte", { '\\' }, 1, UNIQUE_ID_RAW, false },
	{ "zeros", { 0 }, 32, UNIQUE_ID_RAW, false },
	{ "random bytes are not Chinese",
	  { 0x51, 0x4e, 0x22, 0x6b, 0x10, 0x5f, 0x77, 0x81, 0x33, 0x4f, 0x9a,
	    0x66, 0x12, 0x70, 0x5d, 0x72 }, 16, UNIQUE_ID_RAW, false },
	{ "an empty value", { 0 }, 0, UNIQUE_ID_EMPTY, false },
};

Test(unique_id, each_kind_of_data_is_told)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(rows[i].data, rows[i].n, 0x100);
		struct unique_id id = unique_id_parse(s);

		cr_expect_eq(id.kind, rows[i].kind, "%s: %d", rows[i].why,
			     id.kind);
		cr_expect_eq(id.text_is_utf16, rows[i].utf16, "%s",
			     rows[i].why);
		cr_expect_eq(id.raw.n, rows[i].n);
		cr_expect_eq(id.raw.at, 0x100);
		guard_free(s);
	}
}

Test(unique_id, the_numbers_of_an_mbr_id_are_little_endian)
{
	static const uint8_t data[12] = {
		0x3e, 0xa0, 0xbe, 0x5c, 0, 0, 0xf0, 0x15, 1, 0, 0, 0,
	};
	struct unique_id id = unique_id_parse((struct span){ data, 12, 0 });

	cr_expect_eq(id.signature, 0x5cbea03e);
	cr_expect_eq(id.offset, 0x115f00000);
}

Test(unique_id, the_guid_of_a_dmio_id_is_kept_as_stored)
{
	static const uint8_t data[24] =
		"DMIO:ID:\x21\x1f\x93\x09\xaf\x7f\xd9\x44\x81\xa8\x1e\x73\xc1"
		"\x4b\x9e\xaf";
	struct unique_id id = unique_id_parse((struct span){ data, 24, 0 });
	char text[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(&id.guid, text),
			 "09931f21-7faf-44d9-81a8-1e73c14b9eaf");
}

Test(unique_id, only_the_same_bytes_are_equal)
{
	static const uint8_t a[12] = { MBR_OF(1, 2, 3, 4) };
	static const uint8_t b[12] = { MBR_OF(1, 2, 3, 5) };
	struct unique_id x = unique_id_parse((struct span){ a, 12, 0 });
	struct unique_id y = unique_id_parse((struct span){ a, 12, 99 });
	struct unique_id z = unique_id_parse((struct span){ b, 12, 0 });
	struct unique_id shorter = unique_id_parse((struct span){ a, 11, 0 });
	struct unique_id none = unique_id_parse((struct span){ 0 });

	cr_expect(unique_id_equal(&x, &y));
	cr_expect(!unique_id_equal(&x, &z));
	cr_expect(!unique_id_equal(&x, &shorter));
	cr_expect(unique_id_equal(&none, &none));
	cr_expect(!unique_id_equal(&x, &none));
}

Test(unique_id, eight_characters_are_said_to_be_ambiguous)
{
	struct unique_id text = unique_id_parse(
		(struct span){ (const uint8_t *)"PGPdisk1", 8, 0 });
	struct unique_id set = unique_id_parse(
		(struct span){ (const uint8_t *)"\0\xc0\7\0\1\0\0\0", 8, 0 });

	cr_expect(unique_id_is_ambiguous(&text));
	cr_expect(!unique_id_is_ambiguous(&set));
}

Test(unique_id, survives_every_truncation_and_every_byte_changed)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t n = 1; n <= rows[i].n; n++)
			for (unsigned x = 1; x < 256; x += 9) {
				struct span s = guard_copy(rows[i].data, n, 0);
				struct unique_id id;

				((uint8_t *)s.p)[n - 1] ^= (uint8_t)x;
				id = unique_id_parse(s);
				cr_expect_neq(id.kind, UNIQUE_ID_EMPTY);
				cr_expect(id.kind != UNIQUE_ID_MBR || n == 12);
				cr_expect(id.kind != UNIQUE_ID_DMIO || n == 24);
				cr_expect(id.kind != UNIQUE_ID_FT || n == 8);
				guard_free(s);
			}
}
