#include <criterion/criterion.h>

#include <string.h>

#include "format/ldm_vblk.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* A record as it lies behind the heads of its slots, built field by field.  */
struct builder {
	uint8_t bytes[256];
	size_t n;
};

static void add(struct builder *b, const void *p, size_t n)
{
	memcpy(b->bytes + b->n, p, n);
	b->n += n;
}

static void add_zeros(struct builder *b, size_t n)
{
	memset(b->bytes + b->n, 0, n);
	b->n += n;
}

static void add_text(struct builder *b, const char *s)
{
	uint8_t n = (uint8_t)strlen(s);

	add(b, &n, 1);
	add(b, s, n);
}

/* A number of @n bytes, big-endian, behind its length.  */
static void add_number(struct builder *b, uint64_t v, uint8_t n)
{
	add(b, &n, 1);
	for (int i = n - 1; i >= 0; i--)
		add(b, &(uint8_t){ (uint8_t)(v >> 8 * i) }, 1);
}

static void add_u64(struct builder *b, uint64_t v)
{
	add_number(b, v, 8);
	memmove(b->bytes + b->n - 9, b->bytes + b->n - 8, 8);
	b->n--;
}

static struct builder head(uint8_t flags, uint8_t type)
{
	struct builder b = { .n = 8 };

	b.bytes[2] = flags;
	b.bytes[3] = type;
	return b;
}

static struct span finish(struct builder *b)
{
	b->bytes[7] = (uint8_t)(b->n - 8);
	return (struct span){ b->bytes, b->n, 1000 };
}

static const uint8_t guid[16] = {
	0x06, 0x49, 0x5a, 0xab, 0xfb, 0xfd, 0x11, 0xe1,
	0x8c, 0xf9, 0x52, 0x54, 0x00, 0x61, 0xf5, 0xdb,
};
#define GUID "06495aab-fbfd-11e1-8cf9-52540061f5db"

/* Volume3 of libldm's Windows 2008 R2 set, a mirror, with all that flags can
 * add.  */
static struct builder volume(uint8_t flags)
{
	struct builder b = head(flags, 0x51);

	add_number(&b, 0x0a, 1);
	add_text(&b, "Volume3");
	add_text(&b, "gen");
	add_text(&b, "");
	add(&b, "ACTIVE\0\0\0\0\0\0\0\0", 14);
	add(&b, "\3\1\5\0\0\0\x11", 7);
	add_number(&b, 2, 1);
	add_u64(&b, 0x407);
	add_u64(&b, 0x0a);
	add_number(&b, 32768, 3);
	add_zeros(&b, 4);
	add(&b, "\7", 1);
	add(&b, guid, 16);
	if (flags & 0x08)
		add_text(&b, "first");
	if (flags & 0x20)
		add_text(&b, "second");
	if (flags & 0x80)
		add_number(&b, 32768, 3);
	if (flags & 0x02)
		add_text(&b, "G:");
	return b;
}

static struct builder component(void)
{
	struct builder b = head(0x10, 0x32);

	add_number(&b, 0x0105, 2);
	add_text(&b, "Stripe1-01");
	add_text(&b, "ACTIVE");
	add(&b, "\1", 1);
	add_zeros(&b, 4);
	add_number(&b, 2, 1);
	add_zeros(&b, 16);
	add_number(&b, 0x0a, 1);
	add_zeros(&b, 1);
	add_number(&b, 128, 1);
	add_number(&b, 2, 1);
	return b;
}

static struct builder partition(uint8_t flags)
{
	struct builder b = head(flags, 0x33);

	add_number(&b, 0x0107, 2);
	add_text(&b, "Disk4-01");
	add_zeros(&b, 12);
	add_u64(&b, 61440);
	add_u64(&b, 34816);
	add_number(&b, 0x010000000000, 6);
	add_number(&b, 0x0105, 2);
	add_number(&b, 0x0401, 2);
	if (flags & 0x08)
		add_number(&b, 1, 1);
	return b;
}

static struct builder disk(bool binary)
{
	struct builder b = head(0, binary ? 0x44 : 0x34);

	add_number(&b, 0x0401, 2);
	add_text(&b, "Disk4");
	if (binary)
		add(&b, guid, 16);
	else
		add_text(&b, GUID);
	return b;
}

static struct ldm_record record_of(struct builder *b)
{
	struct ldm_record r;

	cr_assert_eq(ldm_record_parse(finish(b), &r, NULL), 0);
	return r;
}

static void expect_text(struct span s, const char *want)
{
	cr_expect_eq(s.n, strlen(want), "%s", want);
	cr_expect(s.n == 0 || memcmp(s.p, want, s.n) == 0, "%s", want);
}

static void expect_guid(const struct guid *g)
{
	char buf[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, buf), GUID);
}

/* Each combination of the fields that flags announce; without its flag the hint
 * is not there, whatever follows.  */
Test(ldm_vblk, decodes_a_volume)
{
	static const uint8_t flags[] = {
		0, 0x02, 0x08, 0x0a, 0x20, 0x22, 0x80, 0x82, 0xaa,
	};

	for (size_t i = 0; i < sizeof(flags); i++) {
		struct builder b = volume(flags[i]);
		struct ldm_record r = record_of(&b);
		struct ldm_volume v;

		cr_assert_eq(ldm_volume_parse(&r, &v, NULL), 0);
		cr_expect_eq(v.id, 0x0a);
		expect_text(v.name, "Volume3");
		expect_text(v.type, "gen");
		expect_text(v.state, "ACTIVE");
		cr_expect_eq(v.n_components, 2);
		cr_expect_eq(v.size, 32768);
		cr_expect_eq(v.partition_type, 7);
		expect_guid(&v.guid);
		expect_text(v.hint, flags[i] & 2 ? "G:" : "");
	}
}

/* A volume has no number yet, but all ones, or one that takes two bytes.  */
Test(ldm_vblk, decodes_a_volume_whose_number_is_longer)
{
	for (uint8_t n = 2; n <= 4; n += 2) {
		struct builder b = volume(2);
		const size_t at = 8 + 2 + 8 + 4 + 1 + 14 + 1;
		struct ldm_record r;
		struct ldm_volume v;

		cr_assert_eq(b.bytes[at], 1);
		memmove(b.bytes + at + n, b.bytes + at + 1, b.n - at - 1);
		b.bytes[at] = n;
		memset(b.bytes + at + 1, 0xff, n);
		b.n += n - 1u;
		r = record_of(&b);
		cr_assert_eq(ldm_volume_parse(&r, &v, NULL), 0);
		cr_expect_eq(v.n_components, 2);
		cr_expect_eq(v.size, 32768);
		expect_guid(&v.guid);
		expect_text(v.hint, "G:");
	}
}

Test(ldm_vblk, tells_the_state_of_a_record)
{
	struct builder b = component();

	b.bytes[1] = 2;
	cr_expect_eq(record_of(&b).status, LDM_COMING);
}

Test(ldm_vblk, decodes_a_component)
{
	struct builder b = component();
	struct ldm_record r = record_of(&b);
	struct ldm_component c;
	struct err e;

	cr_assert_eq(ldm_component_parse(&r, &c, NULL), 0);
	cr_expect_eq(c.id, 0x0105);
	cr_expect_eq(c.layout, LDM_STRIPED);
	expect_text(c.state, "ACTIVE");
	cr_expect_eq(c.n_partitions, 2);
	cr_expect_eq(c.volume, 0x0a);
	cr_expect_eq(c.chunk, 128);
	cr_expect_eq(c.n_columns, 2);
	b.bytes[8 + 3 + 11 + 7] = 4;
	cr_expect_eq(ldm_component_parse(&r, &c, &e), ERR_UNSUPPORTED);
	cr_expect_eq(e.got, 4);
}

Test(ldm_vblk, decodes_a_partition)
{
	for (uint8_t flags = 0; flags <= 8; flags += 8) {
		struct builder b = partition(flags);
		struct ldm_record r = record_of(&b);
		struct ldm_partition p;

		cr_assert_eq(ldm_partition_parse(&r, &p, NULL), 0);
		cr_expect_eq(p.id, 0x0107);
		cr_expect_eq(p.start, 61440);
		cr_expect_eq(p.volume_offset, 34816);
		cr_expect_eq(p.size, UINT64_C(0x010000000000));
		cr_expect_eq(p.component, 0x0105);
		cr_expect_eq(p.disk, 0x0401);
		cr_expect_eq(p.column, flags == 8);
	}
}

/* Up to Windows 2003 as text, since then as bytes in the order of the text.  */
Test(ldm_vblk, decodes_a_disk_in_both_forms)
{
	for (int binary = 0; binary < 2; binary++) {
		struct builder b = disk(binary);
		struct ldm_record r = record_of(&b);
		struct ldm_disk d;
		struct ldm_group g;

		cr_assert_eq(ldm_disk_parse(&r, &d, NULL), 0);
		cr_expect_eq(d.id, 0x0401);
		expect_text(d.name, "Disk4");
		expect_guid(&d.guid);
		cr_assert_eq(ldm_group_parse(&r, &g, NULL), 0);
		expect_guid(&g.guid);
	}
}

Test(ldm_vblk, refuses_records_of_another_revision_or_kind)
{
	struct builder b = volume(0);
	struct ldm_record r = record_of(&b);
	struct ldm_volume v;
	struct ldm_component c;
	struct ldm_partition p;
	struct ldm_disk d;

	r.revision = 6;
	cr_expect_eq(ldm_volume_parse(&r, &v, NULL), ERR_UNSUPPORTED);
	cr_expect_eq(ldm_component_parse(&r, &c, NULL), ERR_UNSUPPORTED);
	cr_expect_eq(ldm_partition_parse(&r, &p, NULL), ERR_UNSUPPORTED);
	cr_expect_eq(ldm_disk_parse(&r, &d, NULL), ERR_UNSUPPORTED);
	b.bytes[3] = 0x56;
	cr_expect_eq(ldm_record_parse(finish(&b), &r, NULL), ERR_UNSUPPORTED);
	b.bytes[3] = 0x50;
	cr_expect_eq(ldm_record_parse(finish(&b), &r, NULL), ERR_UNSUPPORTED);
}

/* A number of nine bytes would not fit; it is refused, not cut.  */
Test(ldm_vblk, refuses_a_number_that_is_too_long)
{
	struct builder b = head(0, 0x51);
	struct ldm_volume v;
	struct ldm_record r;
	struct err e;

	add(&b, "\x09" "123456789", 10);
	r = record_of(&b);
	cr_expect_eq(ldm_volume_parse(&r, &v, &e), ERR_VALUE);
	cr_expect_eq(e.got, 9);
}

static void parse_all(struct span s)
{
	struct ldm_record r;
	union {
		struct ldm_volume volume;
		struct ldm_component component;
		struct ldm_partition partition;
		struct ldm_disk disk;
		struct ldm_group group;
	} u;

	if (ldm_record_parse(s, &r, NULL) < 0)
		return;
	(void)ldm_volume_parse(&r, &u.volume, NULL);
	(void)ldm_component_parse(&r, &u.component, NULL);
	(void)ldm_partition_parse(&r, &u.partition, NULL);
	(void)ldm_disk_parse(&r, &u.disk, NULL);
	(void)ldm_group_parse(&r, &u.group, NULL);
}

Test(ldm_vblk, survives_every_truncation_and_changed_byte)
{
	struct builder all[] = {
		volume(0xaa), component(), partition(8), disk(true),
		disk(false),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		mutate(finish(&all[i]).p, all[i].n, parse_all);
}
