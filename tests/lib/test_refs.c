#include "lib/test_refs.h"

#include <stdlib.h>
#include <string.h>

/* Most significant bit first, of mirrored bytes: as the definitions have it. */
static uint64_t mirrored(uint64_t v, unsigned bits)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < bits; i++)
		if (v >> i & 1)
			r |= UINT64_C(1) << (bits - 1 - i);
	return r;
}

static uint64_t divide(const uint8_t *p, size_t n, uint64_t poly, unsigned bits)
{
	const uint64_t top = UINT64_C(1) << (bits - 1);
	const uint64_t ones = top | (top - 1);
	uint64_t c = ones;

	for (size_t i = 0; i < n; i++) {
		c ^= mirrored(p[i], 8) << (bits - 8);
		for (int b = 0; b < 8; b++)
			c = ((c & top) != 0 ? c << 1 ^ poly : c << 1) & ones;
	}
	return mirrored(c ^ ones, bits);
}

uint32_t test_crc32c(const uint8_t *p, size_t n)
{
	return (uint32_t)divide(p, n, 0x1edc6f41, 32);
}

uint64_t test_crc64(const uint8_t *p, size_t n)
{
	return divide(p, n, 0xad93d23594c93659, 64);
}

static void put(uint8_t *p, size_t at, unsigned n, uint64_t v)
{
	for (unsigned i = 0; i < n; i++)
		p[at + i] = (uint8_t)(v >> 8 * i);
}

void test_refs_seal(uint8_t *p)
{
	unsigned sum = 0;

	for (unsigned i = 3; i < 512; i++)
		if (i != 0x16 && i != 0x17)
			sum = (((sum & 1) != 0 ? 0x8000 : 0) + (sum >> 1) +
			       p[i]) % 0x10000;
	put(p, 0x16, 2, sum);
}

struct volume {
	const struct test_refs *t;
	uint8_t *p;
	unsigned block, blocks;		/* of a node */
	uint64_t numbers[2];		/* of containers 2 and 3: where */
};

static unsigned header(const struct volume *v)
{
	return v->t->major == 1 ? 48 : 80;
}

/* The byte at which block @n of a tree lies.  */
static uint8_t *at_block(const struct volume *v, uint64_t n)
{
	const uint64_t each = v->t->cluster_bytes == 4096 ? 0x4000 : 0x400;

	if (v->t->major == 3 && n >= 4 * each)
		n = v->numbers[n / (2 * each) - 2] + n % each;
	return v->p + n * v->block;
}

/* A row to be written: key and value.  */
struct row {
	uint8_t key[16], value[240];
	unsigned key_n, value_n;
};

/* The page at block @n: node with @rows; returns the size of its last row's
 * offset from the page.  */
static size_t write_node(const struct volume *v, uint64_t n, bool branch,
			 const struct row *rows, unsigned count)
{
	const unsigned h = header(v), node = h + 8, bytes = v->block * v->blocks;
	uint8_t *p = at_block(v, n);
	size_t at = 0x40, value = 0;

	memset(p, 0, bytes);
	if (v->t->major == 3)
		put(p, 0, 4, 0x2b42534d);
	put(p, v->t->major == 3 ? 32 : 0, 8, n);
	put(p, h, 4, 8);
	for (unsigned i = 0; i < count; i++) {
		uint8_t *r = p + node + at;

		put(p, bytes - 4 * (count - i), 4,
		    at | (v->t->major == 3 ? 0xffff0000 : 0));
		value = 16 + (rows[i].key_n + 7) / 8 * 8;
		put(r, 0, 4, value + rows[i].value_n);
		put(r, 4, 2, 16);
		put(r, 6, 2, rows[i].key_n);
		put(r, 10, 2, value);
		put(r, 12, 2, rows[i].value_n);
		memcpy(r + 16, rows[i].key, rows[i].key_n);
		memcpy(r + value, rows[i].value, rows[i].value_n);
		value += node + at;
		at += (value - node - at + rows[i].value_n + 7) / 8 * 8;
	}
	put(p, node, 4, 0x40);
	put(p, node + 4, 4, at);
	put(p, node + 8, 4, bytes - node - at - 4 * count);
	p[node + 12] = branch;
	p[node + 13] = branch ? 1 : 0;
	put(p, node + 16, 4, bytes - node - 4 * count);
	put(p, node + 20, 4, count);
	return value;
}

/* A reference to the node at block @n, as it is now.  */
static void write_ref(const struct volume *v, uint8_t *p, uint64_t n)
{
	const unsigned d = v->t->major == 1 ? 8 : 32;

	memset(p, 0, v->t->ref_bytes);
	for (unsigned i = 0; i < v->blocks; i++)
		put(p, 8 * i, 8, n + i);
	p[d + 2] = 2;
	p[d + 3] = 8;
	p[d + 4] = 8;
	put(p, d + 8, 8, test_crc64(at_block(v, n),
				    (size_t)v->block * v->blocks));
}

/* The checksum that block @n has of itself: its reference begins at @at.  */
static void sum_self(const struct volume *v, uint64_t n, unsigned at)
{
	uint8_t *p = v->p + n * v->block;
	const unsigned d = v->t->major == 1 ? 8 : 32;
	const bool small = v->block == 4096;
	uint64_t sum = small ? test_crc32c(p, v->block) :
			       test_crc64(p, v->block);

	put(p, at, 8, n);
	p[at + d + 2] = small ? 1 : 2;
	p[at + d + 3] = 8;
	p[at + d + 4] = small ? 4 : 8;
	put(p, at + d + 8, small ? 4 : 8, sum);
}

static void write_superblock(const struct volume *v, uint64_t n, uint64_t c0)
{
	uint8_t *p = v->p + n * v->block;
	const unsigned h = header(v);

	if (v->t->major == 3)
		put(p, 0, 4, 0x42505553);
	put(p, v->t->major == 3 ? 32 : 0, 8, n);
	put(p, h + 24, 8, 1);
	put(p, h + 32, 4, 0xc0);
	put(p, h + 36, 4, 2);
	put(p, h + 40, 4, 0xd0);
	put(p, h + 44, 4, v->t->ref_bytes);
	put(p, 0xc0, 8, c0);
	put(p, 0xc8, 8, c0 + 1);
	sum_self(v, n, 0xd0);
}

/* With @roots, blocks of nodes; 0: of no concern here, but no damage.  */
static void write_checkpoint(const struct volume *v, uint64_t n, uint64_t clock,
			     const uint64_t *roots, unsigned count)
{
	uint8_t *p = v->p + n * v->block;
	const unsigned h = header(v), refs = 0x200;
	unsigned list = v->t->major == 1 ? h + 44 : h + 68;

	if (v->t->major == 3)
		put(p, 0, 4, 0x504b4843);
	put(p, v->t->major == 3 ? 32 : 0, 8, n);
	put(p, h + 4, 2, v->t->major);
	put(p, h + 6, 2, v->t->minor);
	put(p, h + 8, 4, 0x100);
	put(p, h + 12, 4, v->t->ref_bytes);
	put(p, h + 16, 8, clock);
	if (v->t->major == 3)
		put(p, h + 40, 4, v->t->indirect ? 0x682 : 2);
	put(p, list - 4, 4, count);
	if (v->t->indirect) {
		put(p, list, 4, 0x1a0);
		list = 0x1a0;
	}
	for (unsigned i = 0; i < count; i++) {
		put(p, list + 4 * i, 4, refs + i * v->t->ref_bytes);
		write_ref(v, p + refs + i * v->t->ref_bytes,
			  roots[i] != 0 ? roots[i] : roots[0]);
	}
	sum_self(v, n, 0x100);
}

static size_t write_info(const struct volume *v, uint64_t n, const char *label)
{
	struct row rows[4] = {
		{ { 0x10, 5 }, { 0 }, 8, 0 },
		{ { 0x20, 5 }, { 0 }, 8, 192 },
		{ { 0x40, 5 }, { 35 }, 8, 16 },
	};
	unsigned chars = (unsigned)strlen(label), first = v->t->no_label;
	size_t value = write_node(v, n, false, rows, 1);

	for (unsigned i = 0; i < chars; i++)
		rows[0].value[2 * i] = (uint8_t)label[i];
	rows[0].value_n = 2 * chars + (v->t->odd ? 1 : 0);
	rows[3] = rows[0];
	write_node(v, n, false, rows + first, (v->t->twice ? 4 : 3) - first);
	return (size_t)(at_block(v, n) - v->p) + value;
}

static struct row object(const struct volume *v, unsigned id, uint64_t root)
{
	struct row r = { { [8] = (uint8_t)id, (uint8_t)(id >> 8) }, { 0 },
			 16, 0 };
	const unsigned at = v->t->major == 1 ? 0 : 32;

	put(r.value, 0, 8, 2);
	write_ref(v, r.value + at, root);
	r.value_n = v->t->major == 1 ? 48 : at + v->t->ref_bytes;
	return r;
}

/* A tree of objects with leaf and branch, or, on one level, with its leaf at
 * @root.  */
static void write_objects(const struct volume *v, uint64_t root, uint64_t leaf,
			  uint64_t info, uint64_t copy)
{
	struct row rows[3] = {
		object(v, 7, info), object(v, 0x500, info),
		object(v, 0x501, copy),
	};
	struct row below[2] = {
		{ .key = { [8] = 1, 5 }, .key_n = 16 },
		{ .key_n = 0 },
	};
	const unsigned n = v->t->major == 1 ? 2 : 3;

	write_node(v, leaf != 0 ? leaf : root, false, rows, n);
	if (leaf == 0)
		return;
	rows[0] = object(v, 0x520, info);
	rows[1] = object(v, 0x600, info);
	write_node(v, leaf + v->blocks, false, rows, 2);
	for (unsigned i = 0; i < 2; i++) {
		write_ref(v, below[i].value, leaf + i * v->blocks);
		below[i].value_n = v->t->ref_bytes;
	}
	write_node(v, root, true, below, 2);
}

static void write_containers(const struct volume *v, uint64_t n)
{
	const unsigned bytes = v->t->cluster_bytes == 4096 ? 160 : 224;
	struct row rows[2] = { { .key_n = 16 }, { .key_n = 16 } };

	for (unsigned i = 0; i < 2; i++) {
		put(rows[i].key, 0, 8, i + 2);
		put(rows[i].key, 12, 4, 1);
		memcpy(rows[i].value, rows[i].key, 16);
		put(rows[i].value, 0x18, 4,
		    (64u << 20) / v->t->cluster_bytes);
		put(rows[i].value, bytes - 16, 8, v->numbers[i]);
		rows[i].value_n = bytes;
	}
	write_node(v, n, false, rows, 2);
}

static void write_boot(const struct volume *v)
{
	memcpy(v->p + 3, "ReFS", 4);
	memcpy(v->p + 16, "FSRS", 4);
	put(v->p, 0x14, 2, 512);
	put(v->p, 0x18, 8, TEST_REFS_BYTES / 512);
	put(v->p, 0x20, 4, 512);
	put(v->p, 0x24, 4, v->t->cluster_bytes / 512);
	v->p[0x28] = (uint8_t)v->t->major;
	v->p[0x29] = (uint8_t)v->t->minor;
	put(v->p, 0x38, 8, 0x1122334455667788);
	if (v->t->major == 3 && v->t->minor >= 4)
		put(v->p, 0x40, 8, 64u << 20);
	test_refs_seal(v->p);
	memcpy(v->p + TEST_REFS_BYTES - 512, v->p, 512);
}

static void write_infos(const struct volume *v, uint64_t n,
			struct test_refs_places *ret)
{
	const struct test_refs *t = v->t;

	memset(ret, 0, sizeof(*ret));
	ret->block = v->block;
	ret->label = write_info(v, n, t->label);
	ret->label_n = 2 * strlen(t->label);
	write_info(v, n + v->blocks,
		   t->copy_label != NULL ? t->copy_label : t->label);
	write_info(v, n + 2 * v->blocks, "Before");
}

uint8_t *test_refs_volume(const struct test_refs *t,
			  struct test_refs_places *ret)
{
	const bool large = t->cluster_bytes == 65536;
	struct volume v = { t, calloc(1, TEST_REFS_BYTES),
			    t->major == 1 ? 16384 : t->cluster_bytes,
			    t->major == 3 && !large ? 4 : 1,
			    { large ? 0x38 : 0x200, large ? 0x30 : 0x100 } };
	const uint64_t each = large ? 0x400 : 0x4000, c = 0x20;
	uint64_t base = t->major == 1 ? 0x40 : 4 * each;
	uint64_t infos = t->major == 1 ? 0x60 : 6 * each;
	const unsigned step = v.blocks;
	uint64_t roots[13] = { base };

	if (v.p == NULL)
		abort();
	write_boot(&v);
	write_infos(&v, infos, ret);
	if (t->major == 3) {
		roots[7] = 0x24;
		roots[8] = 0x24 + step;
		write_containers(&v, roots[7]);
		write_containers(&v, roots[8]);
	}
	write_objects(&v, base, base + step, infos, infos + step);
	write_objects(&v, base + 3 * step, 0, infos, infos + step);
	write_objects(&v, base + 4 * step, 0, infos + 2 * step,
		      infos + 2 * step);
	roots[5] = base + 3 * step;
	write_checkpoint(&v, c + 1, 8, roots, t->major == 1 ? 6 : 13);
	roots[0] = roots[5] = base + 4 * step;
	write_checkpoint(&v, c, 7, roots, t->major == 1 ? 6 : 13);
	write_superblock(&v, 0x1e, c);
	if (t->major == 3) {
		write_superblock(&v, TEST_REFS_BYTES / v.block - 2, c);
		write_superblock(&v, TEST_REFS_BYTES / v.block - 3, c);
	}
	ret->superblock = 0x1e * v.block;
	ret->checkpoints[0] = c * v.block;
	ret->checkpoints[1] = (c + 1) * v.block;
	ret->containers = roots[7] * v.block;
	ret->containers_copy = roots[8] * v.block;
	ret->objects = (size_t)(at_block(&v, base) - v.p);
	ret->leaf = (size_t)(at_block(&v, base + step) - v.p);
	ret->objects_copy = (size_t)(at_block(&v, base + 3 * step) - v.p);
	ret->info = (size_t)(at_block(&v, infos) - v.p);
	ret->info_copy = (size_t)(at_block(&v, infos + step) - v.p);
	return v.p;
}
