#include <criterion/criterion.h>

#include "format/vmdk.h"
#include "lib/guard.h"

static const uint8_t sparse[512] = {
	'K', 'D', 'M', 'V', 1,
	[8] = 3,				/* newlines, redundant tables */
	[13] = 0x08,				/* 2048 sectors */
	[20] = 0x80,				/* grains of 128 */
	[28] = 1, [36] = 20,			/* descriptor */
	[45] = 2,				/* tables of 512 */
	[48] = 21, [56] = 26,			/* directories */
	[64] = 0x80,
	[73] = 0x0a, 0x20, 0x0d, 0x0a,
};

Test(vmdk, reads_a_sparse_extent)
{
	struct span s = guard_copy(sparse, sizeof(sparse), 0);
	struct vmdk_sparse v;

	cr_assert_eq(vmdk_sparse_parse(s, &v, NULL), 0);
	cr_expect_eq(v.capacity, 2048);
	cr_expect_eq(v.grain, 128);
	cr_expect_eq(v.descriptor, 1);
	cr_expect_eq(v.descriptor_sectors, 20);
	cr_expect_eq(v.table_entries, 512);
	cr_expect_eq(v.redundant_directory, 21);
	cr_expect_eq(v.directory, 26);
	cr_expect_not(v.compressed);
	cr_expect_not(v.unclean);
	guard_free(s);
}

Test(vmdk, refuses_an_extent_that_cannot_be)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code want;
		uint64_t err_at;
	} cases[] = {
		{ 0, 'C', ERR_MAGIC, 0 },
		{ 4, 4, ERR_UNSUPPORTED, 4 },
		{ 13, 0, ERR_VALUE, 12 },		/* capacity */
		{ 19, 1, ERR_VALUE, 12 },
		{ 20, 0, ERR_VALUE, 20 },		/* grain */
		{ 20, 0x81, ERR_VALUE, 20 },
		{ 45, 0, ERR_VALUE, 44 },		/* table */
		{ 75, 0x0a, ERR_VALUE, 73 },		/* sent as text */
		{ 10, 1, ERR_UNSUPPORTED, 77 },		/* compressed, how? */
		{ 77, 1, ERR_UNSUPPORTED, 77 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t bad[512];
		struct vmdk_sparse v;
		struct err e = { 0 };

		memcpy(bad, sparse, sizeof(bad));
		bad[cases[i].at] = cases[i].value;
		cr_expect_eq(vmdk_sparse_parse((struct span){ bad, 512, 0 }, &v,
					       &e), cases[i].want, "%zu", i);
		cr_expect_eq(e.at, cases[i].err_at, "%zu", i);
	}
	for (size_t n = 0; n < 512; n++) {
		struct span s = guard_copy(sparse, n, 0);
		struct vmdk_sparse v;

		cr_expect_eq(vmdk_sparse_parse(s, &v, NULL), ERR_TRUNCATED);
		guard_free(s);
	}
}

static const char text[] =
	"# Disk DescriptorFile\n"
	"version=1\r\n"
	"CID = 12ab34CD\n"
	"parentCID=ffffffff\n"
	"parentFileNameHint=\"base disk.vmdk\"\n"
	"RW 4192256 SPARSE \"disk s001.vmdk\"\n"
	"RDONLY 2048 FLAT \"disk-f002.vmdk\" 63\n"
	"NOACCESS 1 FLAT \"not this\"\n"
	"RW 10 ZERO\n"
	"RW 7 VMFSSPARSE \"x\"\n"
	"ddb.adapterType = \"ide\"";

Test(vmdk, reads_a_descriptor)
{
	struct span s = guard_copy(text, sizeof(text) - 1, 512);
	struct span rest = s, value;
	struct vmdk_extent e;

	cr_expect_eq(vmdk_id(s, "CID", 0), 0x12ab34cd);
	cr_expect_eq(vmdk_id(s, "parentCID", 0), VMDK_NO_PARENT);
	cr_expect_eq(vmdk_id(s, "none", 5), 5);
	cr_assert(vmdk_value(s, "parentFileNameHint", &value));
	cr_expect_arr_eq(value.p, "base disk.vmdk", 14);
	cr_expect_eq(value.n, 14);

	cr_assert(vmdk_next_extent(&rest, &e));
	cr_expect_eq(e.kind, VMDK_SPARSE);
	cr_expect_eq(e.sectors, 4192256);
	cr_expect_eq(e.name.n, 14);
	cr_assert(vmdk_next_extent(&rest, &e));
	cr_expect_eq(e.kind, VMDK_FLAT);
	cr_expect_eq(e.offset, 63);
	cr_assert(vmdk_next_extent(&rest, &e));
	cr_expect_eq(e.kind, VMDK_ZERO);
	cr_assert(vmdk_next_extent(&rest, &e));
	cr_expect_eq(e.kind, VMDK_OTHER);
	cr_expect_eq(e.type.n, 10);
	cr_expect_not(vmdk_next_extent(&rest, &e));
	guard_free(s);
}

Test(vmdk, survives_every_byte_of_a_descriptor)
{
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		for (unsigned x = 0; x < 256; x += 5) {
			char bad[sizeof(text)];
			struct vmdk_extent e;
			struct span s, rest, value;
			int n = 0;

			memcpy(bad, text, sizeof(bad));
			bad[i] = (char)x;
			s = guard_copy(bad, sizeof(bad) - 1, 0);
			vmdk_value(s, "ddb.adapterType", &value);
			rest = s;
			while (vmdk_next_extent(&rest, &e))
				n++;
			cr_expect_leq(n, 5);
			guard_free(s);
			s = guard_copy(bad, i, 0);
			vmdk_value(s, "ddb.adapterType", &value);
			rest = s;
			while (vmdk_next_extent(&rest, &e))
				n++;
			guard_free(s);
		}
}
