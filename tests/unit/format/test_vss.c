#include <criterion/criterion.h>

#include <string.h>

#include "base/bytes.h"
#include "format/vss.h"
#include "lib/guard.h"
#include "lib/mutate.h"
#include "lib/store.h"

static const uint8_t vss_guid[16] =
	"\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52";

/* Two volumes and a store, as VSS named them; the last eight bytes are those of
 * all three.  */
static const uint8_t guid_tail[9] = "\x90\xf4\x08\x00\x27\x76\x8d\xf7";

static void put_guid(uint8_t *p, uint32_t first)
{
	store_le32(p, first);
	memcpy(p + 4, "\x04\x82\xeb\x11", 4);
	memcpy(p + 8, guid_tail, 8);
}

static void expect_guid(const struct guid *g, const char *want)
{
	char buf[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, buf), want);
}

/* The header of the volume "1" of dfir_ntfs, whose copies are kept on another,
 * field by field.  */
static void make_header(uint8_t s[VSS_HEADER_BYTES])
{
	memset(s, 0, VSS_HEADER_BYTES);
	memcpy(s, vss_guid, 16);
	store_le32(s + 0x10, 1);
	store_le32(s + 0x14, 1);
	store_le64(s + 0x18, 0x1e00);
	store_le64(s + 0x20, 0x1e00);
	store_le64(s + 0x30, 0x7dc000);
	store_le64(s + 0x38, 532676608);
	put_guid(s + 0x40, 0xbbaa7635);
	put_guid(s + 0x50, 0xbbaa763c);
	s[0x60] = 1;
}

Test(vss, decodes_the_header_of_a_volume)
{
	uint8_t s[VSS_HEADER_BYTES];
	struct vss_header h;
	struct span g;

	make_header(s);
	g = guard_copy(s, sizeof(s), 0x1e00);
	cr_assert_eq(vss_header_parse(g, &h, NULL), 0);
	cr_expect_eq(h.version, 1);
	cr_expect_eq(h.catalog, 8241152);
	cr_expect_eq(h.max_size, 532676608);
	expect_guid(&h.volume, "bbaa7635-8204-11eb-90f4-080027768df7");
	expect_guid(&h.storage, "bbaa763c-8204-11eb-90f4-080027768df7");
	guard_free(g);
}

/* A sector of zeros, or of code, is no header; one that is damaged must not
 * pass for that.  */
Test(vss, tells_a_damaged_header_from_none)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum err_code code;
		uint64_t err_at;
	} rows[] = {
		{ 0x00, 0x6a, ERR_MAGIC, 0x1e00 },
		{ 0x0f, 0, ERR_MAGIC, 0x1e00 },
		{ 0x10, 0, ERR_VALUE, 0x1e10 },
		{ 0x10, 3, ERR_VALUE, 0x1e10 },
		{ 0x14, 2, ERR_VALUE, 0x1e14 },
		{ 0x19, 0x1f, ERR_VALUE, 0x1e18 },
	};
	uint8_t s[VSS_HEADER_BYTES];
	struct vss_header h = { .version = 7 };
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_header(s);
		s[rows[i].at] = rows[i].byte;
		cr_expect_eq(vss_header_parse((struct span){ s, sizeof(s),
							     0x1e00 },
					      &h, &e), rows[i].code,
			     "row %zu", i);
		cr_expect_eq(e.at, rows[i].err_at, "row %zu", i);
		cr_expect_eq(h.version, 7);
	}
	memset(s, 0, sizeof(s));
	cr_expect_eq(vss_header_parse((struct span){ s, sizeof(s), 0x1e00 },
				      &h, &e), ERR_NOT_FOUND);
	memset(s, 0xcc, sizeof(s));
	cr_expect_eq(vss_header_parse((struct span){ s, sizeof(s), 0x1e00 },
				      &h, &e), ERR_NOT_FOUND);
}

static void make_block(uint8_t s[256], uint32_t record)
{
	memset(s, 0, 256);
	memcpy(s, vss_guid, 16);
	store_le32(s + 0x10, 1);
	store_le32(s + 0x14, record);
	store_le64(s + 0x18, 0x4000);
	store_le64(s + 0x20, 0x6e34000);
	store_le64(s + 0x28, 0x6e38000);
	store_le64(s + 0x30, 0x64);
}

Test(vss, decodes_the_header_of_a_block)
{
	uint8_t s[256];
	struct vss_block b;
	struct span g;

	make_block(s, 2);
	g = guard_copy(s, sizeof(s), 0x6e34000);
	cr_assert_eq(vss_block_parse(g, VSS_CATALOG, &b, NULL), 0);
	cr_expect_eq(b.relative, 0x4000);
	cr_expect_eq(b.next, 0x6e38000);
	cr_expect_eq(b.info_bytes, 100);
	cr_expect_eq(b.content.n, 128);
	cr_expect_eq(b.content.at, 0x6e34080);
	guard_free(g);
}

Test(vss, refuses_a_block_that_is_another)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum err_code code;
	} rows[] = {
		{ 0x00, 0, ERR_MAGIC }, { 0x10, 9, ERR_VALUE },
		{ 0x14, 3, ERR_VALUE }, { 0x20, 1, ERR_VALUE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t s[256];
		struct vss_block b = { .next = 7 };
		struct err e;

		make_block(s, 2);
		s[rows[i].at] = rows[i].byte;
		cr_expect_eq(vss_block_parse((struct span){ s, sizeof(s),
							    0x6e34000 },
					     VSS_CATALOG, &b, &e),
			     rows[i].code);
		cr_expect_eq(e.at, 0x6e34000 + rows[i].at);
		cr_expect_eq(b.next, 7);
	}
}

/* The entries of the second copy of dfvfs' vsstest.  */
static void make_copy(uint8_t s[VSS_ENTRY_BYTES])
{
	memset(s, 0, VSS_ENTRY_BYTES);
	store_le64(s, 2);
	store_le64(s + 0x08, 1073741824);
	put_guid(s + 0x10, 0x600f0b6d);
	store_le64(s + 0x20, 2);
	store_le64(s + 0x28, 0x40);
	store_le64(s + 0x30, UINT64_C(0x1ceeff22ef402b7));
}

static void make_store(uint8_t s[VSS_ENTRY_BYTES])
{
	memset(s, 0, VSS_ENTRY_BYTES);
	store_le64(s, 3);
	store_le64(s + 0x08, 115621888);
	put_guid(s + 0x10, 0x600f0b6d);
	store_le64(s + 0x20, 0x6e40000);
	store_le64(s + 0x28, 0x6e48000);
	store_le64(s + 0x30, 0x6e50000);
	store_le64(s + 0x38, UINT64_C(0x1000000000028));
	store_le64(s + 0x40, 0x28000000);
	store_le64(s + 0x48, 0x6e54000);
	store_le64(s + 0x50, 1);
}

Test(vss, decodes_entries_of_a_catalogue)
{
	uint8_t s[VSS_ENTRY_BYTES];
	struct span all = { s, sizeof(s), 512 };
	struct vss_entry e;
	struct err err;

	make_copy(s);
	cr_assert_eq(vss_entry_parse(all, &e, NULL), 0);
	cr_expect_eq(e.kind, VSS_ENTRY_COPY);
	cr_expect_eq(e.volume_bytes, 1073741824);
	expect_guid(&e.store, "600f0b6d-8204-11eb-90f4-080027768df7");
	cr_expect_eq(e.sequence, 2);
	cr_expect_eq(e.flags, 0x40);
	cr_expect_eq(e.created, UINT64_C(130305262689190583));
	make_store(s);
	cr_assert_eq(vss_entry_parse(all, &e, NULL), 0);
	cr_expect_eq(e.kind, VSS_ENTRY_STORE);
	cr_expect_eq(e.block_list, 0x6e44000);
	expect_guid(&e.store, "600f0b6d-8204-11eb-90f4-080027768df7");
	cr_expect_eq(e.header, 0x6e40000);
	cr_expect_eq(e.ranges, 0x6e48000);
	cr_expect_eq(e.bitmap, 0x6e50000);
	cr_expect_eq(e.file, UINT64_C(0x1000000000028));
	cr_expect_eq(e.allocated, 0x28000000);
	cr_expect_eq(e.previous_bitmap, 0x6e54000);
	for (uint8_t type = 0; type < 2; type++) {
		s[0] = type;
		cr_assert_eq(vss_entry_parse(all, &e, NULL), 0);
		cr_expect_eq(e.kind, VSS_ENTRY_UNUSED);
	}
	s[0] = 4;
	cr_expect_eq(vss_entry_parse(all, &e, &err), ERR_VALUE);
	cr_expect_eq(err.at, 512);
}

/* Behind the header of that store; 100 bytes, as it says.  */
static void make_info(uint8_t s[100])
{
	static const char name[] = "\x10\0i\0n\0f\0i\0n\0i\0t\0y\0";

	memset(s, 0, 100);
	memcpy(s, "\x37\x93\x9a\xae\x48\x00\xd6\x4e"
	       "\x98\x74\x71\x50\x06\x54\xb7\xb3", 16);
	put_guid(s + 0x10, 0x18f1ac6e);
	put_guid(s + 0x20, 0x8438a0ee);
	store_le32(s + 0x30, 9);
	store_le32(s + 0x34, 1);
	store_le32(s + 0x38, 0x420009);
	memcpy(s + 0x40, name, 18);
	memcpy(s + 0x52, name, 18);
	s[0x54] = 'I';
}

Test(vss, decodes_what_a_store_says_of_its_copy)
{
	uint8_t s[100];
	struct vss_store_info i;
	struct span g;

	make_info(s);
	g = guard_copy(s, sizeof(s), 0);
	cr_assert_eq(vss_store_info_parse(g, &i, NULL), 0);
	expect_guid(&i.copy, "18f1ac6e-8204-11eb-90f4-080027768df7");
	expect_guid(&i.set, "8438a0ee-8204-11eb-90f4-080027768df7");
	cr_expect_eq(i.context, 9);
	cr_expect_eq(i.attributes, 0x420009);
	cr_expect_eq(i.machine.n, 16);
	cr_expect_eq(i.machine.p[0], 'i');
	cr_expect_eq(i.service_machine.n, 16);
	cr_expect_eq(i.service_machine.p[0], 'I');
	guard_free(g);
}

Test(vss, decodes_a_block_descriptor)
{
	uint8_t s[VSS_DESCRIPTOR_BYTES];
	struct vss_descriptor d;

	store_le64(s, 0x1470c000);
	store_le64(s + 0x08, 0x14000);
	store_le64(s + 0x10, 0x31574000);
	store_le32(s + 0x18, 2);
	store_le32(s + 0x1c, 0xff);
	cr_assert_eq(vss_descriptor_parse((struct span){ s, sizeof(s), 0 }, &d,
					  NULL), 0);
	cr_expect_eq(d.original, 0x1470c000);
	cr_expect_eq(d.relative, 0x14000);
	cr_expect_eq(d.offset, 0x31574000);
	cr_expect_eq(d.flags, VSS_OVERLAY);
	cr_expect_eq(d.bitmap, 0xff);
}

Test(vss, has_words_for_attributes_and_contexts)
{
	cr_expect_str_eq(vss_attribute_name(0), "persistent");
	cr_expect_str_eq(vss_attribute_name(25), "txf-recovery");
	cr_expect_null(vss_attribute_name(8));
	cr_expect_null(vss_attribute_name(31));
	cr_expect_str_eq(vss_context_name(0x0d), "client-accessible-writers");
	cr_expect_null(vss_context_name(0x0e));
}

static void parse_all(struct span s)
{
	struct vss_header h;
	struct vss_block b;
	struct vss_entry e;
	struct vss_store_info i;
	struct vss_descriptor d;

	(void)vss_header_parse(s, &h, NULL);
	if (vss_block_parse(s, VSS_CATALOG, &b, NULL) == 0)
		cr_expect_leq(b.content.n, s.n);
	(void)vss_entry_parse(s, &e, NULL);
	if (vss_store_info_parse(s, &i, NULL) == 0)
		cr_expect_leq(i.machine.n + i.service_machine.n, s.n);
	(void)vss_descriptor_parse(s, &d, NULL);
}

Test(vss, survives_every_truncation_and_changed_byte)
{
	uint8_t s[VSS_HEADER_BYTES];

	make_header(s);
	mutate(s, VSS_HEADER_BYTES, parse_all);
	make_block(s, 2);
	mutate(s, 256, parse_all);
	make_copy(s);
	mutate(s, VSS_ENTRY_BYTES, parse_all);
	make_store(s);
	mutate(s, VSS_ENTRY_BYTES, parse_all);
	make_info(s);
	mutate(s, 100, parse_all);
}
