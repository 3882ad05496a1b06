#include <criterion/criterion.h>

#include "format/vdi.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* As VirtualBox writes it for a differencing image of 2.5 MiB.  */
static const uint8_t header[512] = {
	'<', '<', '<', ' ', 'O', 'r', 'a', 'c', 'l', 'e',
	[0x40] = 0x7f, 0x10, 0xda, 0xbe,
	[0x44] = 1, 0, 1, 0,			/* version 1.1 */
	[0x48] = 0x90, 1, 0, 0,			/* bytes of the header */
	[0x4c] = 4,				/* differencing */
	[0x155] = 0x10,				/* map at 4096 */
	[0x15a] = 0x20,				/* blocks at 2 MiB */
	[0x169] = 2,				/* sectors of 512 */
	[0x172] = 0x28,				/* disk of 2.5 MiB */
	[0x17a] = 0x10,				/* blocks of 1 MiB */
	[0x17d] = 2,				/* after 512 bytes each */
	[0x180] = 3,				/* blocks of the disk */
	[0x184] = 1,				/* in the file */
	[0x188] = 0xa1, [0x197] = 0xaf,
	[0x198] = 0xb1, [0x1a7] = 0xbf,
	[0x1a8] = 0xc1, [0x1b7] = 0xcf,
	[0x1b8] = 0xd1, [0x1c7] = 0xdf,
};

Test(vdi, reads_a_header)
{
	struct span s = guard_copy(header, 0x1c8, 0);
	struct vdi_header h;

	cr_assert_eq(vdi_header_parse(s, &h, NULL), 0);
	cr_expect_eq(h.type, VDI_DIFFERENCING);
	cr_expect_eq(h.map_offset, 4096);
	cr_expect_eq(h.data_offset, 2 << 20);
	cr_expect_eq(h.disk_bytes, 5 << 19);
	cr_expect_eq(h.block_bytes, 1 << 20);
	cr_expect_eq(h.extra_bytes, 512);
	cr_expect_eq(h.n_blocks, 3);
	cr_expect_eq(h.n_allocated, 1);
	cr_expect(h.uuid.b[0] == 0xa1 && h.uuid.b[15] == 0xaf);
	cr_expect(h.modified.b[0] == 0xb1 && h.modified.b[15] == 0xbf);
	cr_expect(h.parent.b[0] == 0xc1 && h.parent.b[15] == 0xcf);
	cr_expect(h.parent_modified.b[0] == 0xd1 &&
		  h.parent_modified.b[15] == 0xdf);
	guard_free(s);
}

Test(vdi, says_what_is_wrong_with_a_header_and_where)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code code;
		uint64_t err_at;
	} rows[] = {
		{ 0x43, 0xbf, ERR_MAGIC, 0x40 },
		{ 0x46, 0, ERR_UNSUPPORTED, 0x44 },
		{ 0x46, 2, ERR_UNSUPPORTED, 0x44 },
		{ 0x49, 0, ERR_VALUE, 0x48 },
		{ 0x4c, 3, ERR_UNSUPPORTED, 0x4c },
		{ 0x4c, 0, ERR_UNSUPPORTED, 0x4c },
		{ 0x172, 0x31, ERR_VALUE, 0x170 },	/* 3 MiB and more */
		{ 0x172, 0, ERR_VALUE, 0x170 },
		{ 0x177, 1, ERR_VALUE, 0x170 },
		{ 0x17a, 0x11, ERR_VALUE, 0x178 },
		{ 0x17a, 0, ERR_VALUE, 0x178 },
		{ 0x180, 2, ERR_VALUE, 0x170 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t bad[512];
		struct vdi_header h;
		struct err e = { 0 };

		memcpy(bad, header, sizeof(bad));
		bad[rows[i].at] = rows[i].value;
		cr_expect_eq(vdi_header_parse((struct span){ bad, 512, 0x1000 },
					      &h, &e), rows[i].code, "%zu", i);
		cr_expect_eq(e.at, 0x1000 + rows[i].err_at, "%zu", i);
	}
}

Test(vdi, survives_every_truncation)
{
	for (size_t n = 0; n < 0x1c8; n++) {
		struct span s = guard_copy(header, n, 0x1000);
		struct vdi_header h;
		struct err e = { 0 };

		cr_assert_eq(vdi_header_parse(s, &h, &e), ERR_TRUNCATED);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

static void parse_any(struct span s)
{
	struct vdi_header h;

	if (vdi_header_parse(s, &h, NULL) < 0)
		return;
	cr_expect((uint64_t)h.n_blocks * h.block_bytes >= h.disk_bytes);
	cr_expect_gt(h.disk_bytes, 0);
}

Test(vdi, survives_every_changed_byte)
{
	mutate(header, sizeof(header), parse_any);
}
