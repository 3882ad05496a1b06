#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "disk/free_space.h"
#include "lib/bytes_source.h"
#include "lib/mutate.h"

#define SECTOR 512u

/* Volumes of sectors and clusters of 512 bytes, as small as they can be.  */
struct volume {
	uint8_t *p;
	size_t n;
};

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

static struct volume new_volume(size_t sectors)
{
	struct volume v = { calloc(sectors, SECTOR), sectors * SECTOR };

	cr_assert_not_null(v.p);
	v.p[510] = 0x55;
	v.p[511] = 0xaa;
	return v;
}

/* A FAT from sector 1 on, a root of 16 entries behind it, or FAT32's in its
 * first cluster.  Where there are at most 4084 clusters it is a FAT12.  */
static struct volume fat(unsigned fat_sectors, unsigned clusters, bool fat32)
{
	struct volume v = new_volume(1 + fat_sectors + !fat32 + clusters);
	static const uint8_t head[] = { 0xeb, 0x3c, 0x90, 'M', 'S', 'D', 'O',
					'S', '5', '.', '0' };

	memcpy(v.p, head, sizeof(head));
	put16(v.p + 0x0b, SECTOR);
	v.p[0x0d] = 1;
	put16(v.p + 0x0e, 1);
	v.p[0x10] = 1;
	put16(v.p + 0x11, fat32 ? 0 : 16);
	v.p[0x15] = 0xf8;
	put16(v.p + 0x16, fat32 ? 0 : fat_sectors);
	put32(v.p + 0x20, (uint32_t)(v.n / SECTOR));
	if (fat32) {
		put32(v.p + 0x24, fat_sectors);
		put32(v.p + 0x2c, 2);
	}
	return v;
}

/* A FAT from sector 24 on, a heap from sector 32 on, the bitmap in cluster 2,
 * the root in cluster 4.  */
static struct volume exfat(unsigned clusters)
{
	struct volume v = new_volume(32 + clusters);
	uint8_t *root = v.p + (32 + 2) * SECTOR, *fat = v.p + 24 * SECTOR;

	memcpy(v.p, "\xeb\x76\x90" "EXFAT   ", 11);
	put32(v.p + 0x48, 32 + clusters);
	put32(v.p + 0x50, 24);
	put32(v.p + 0x54, 8);
	put32(v.p + 0x58, 32);
	put32(v.p + 0x5c, clusters);
	put32(v.p + 0x60, 4);
	put16(v.p + 0x68, 0x0100);
	v.p[0x6c] = 9;
	v.p[0x6e] = 1;
	put32(fat + 2 * 4, 0xffffffff);
	put32(fat + 4 * 4, 0xffffffff);
	root[0] = 0x83;		/* a label, then the bitmap */
	root[32] = 0x81;
	put32(root + 32 + 20, 2);
	put32(root + 32 + 24, (clusters + 7) / 8);
	return v;
}

static int count(const void *p, size_t n, uint64_t *ret, struct err *reterr)
{
	struct bytes_source s = bytes_source(p, n);
	struct arena *a = arena_new();
	int r = volume_free_clusters(&s.source, a, ret, reterr);

	arena_free(a);
	return r;
}

static void expect(const struct volume *v, uint64_t want, const char *what)
{
	struct err e = { 0 };
	uint64_t free_clusters = UINT64_MAX;

	cr_expect_eq(count(v->p, v->n, &free_clusters, &e), 0, "%s: %s", what,
		     e.what != NULL ? e.what : "");
	cr_expect_eq(free_clusters, want, "%s: %llu", what,
		     (unsigned long long)free_clusters);
}

static void expect_error(const struct volume *v, enum err_code want,
			 const char *what)
{
	struct err e = { 0 };
	uint64_t free_clusters = 77;

	cr_expect_eq(count(v->p, v->n, &free_clusters, &e), want, "%s: %d",
		     what, e.code);
	cr_expect_eq(free_clusters, 77, "%s", what);
}

/* Entries 2 and 101, the last; what lies in front of and behind them does not
 * count.  Entry 3 begins in the middle of a byte.  */
Test(free_space, counts_the_entries_of_fat12)
{
	struct volume v = fat(1, 100, false);
	uint8_t *entries = v.p + SECTOR;

	expect(&v, 100, "none is used");
	memset(entries, 0xff, 3);
	entries[102 * 3 / 2] = 0xff;	/* entry 102 */
	expect(&v, 100, "entries 0, 1 and 102");
	entries[3] = 0x01;		/* entry 2: 001 */
	expect(&v, 99, "entry 2");
	entries[4] = 0x10;		/* entry 3: 001 */
	expect(&v, 98, "entry 3");
	entries[4] = 0x01;		/* entry 2: 101, entry 3: 000 */
	expect(&v, 99, "entry 2 alone");
	entries[101 * 3 / 2 + 1] = 0x80;	/* entry 101: 800 */
	expect(&v, 98, "entry 101");
	free(v.p);
}

Test(free_space, counts_the_entries_of_fat16)
{
	struct volume v = fat(20, 5000, false);
	uint8_t *entries = v.p + SECTOR;

	memset(entries, 0xff, 4);
	put16(entries + 5002 * 2, 1);	/* of no cluster */
	expect(&v, 5000, "none is used");
	put16(entries + 2 * 2, 0x0100);
	put16(entries + 5001 * 2, 0xffff);
	expect(&v, 4998, "the first and the last");
	free(v.p);
}

/* More than is read at once, and bits that are no part of an entry.  */
Test(free_space, counts_the_entries_of_fat32)
{
	struct volume v = fat(700, 70000, true);
	uint8_t *entries = v.p + SECTOR;

	memset(entries, 0xff, 8);
	put32(entries + 3 * 4, 0xf0000000);
	put32(entries + 70002 * 4, 1);	/* of no cluster */
	expect(&v, 70000, "none is used");
	put32(entries + 2 * 4, 0x0fffffff);
	put32(entries + 65537 * 4, 0x0fffffff);
	put32(entries + 65538 * 4, 1);
	put32(entries + 70001 * 4, 0x08000000);
	expect(&v, 69996, "four");
	free(v.p);
}

Test(free_space, a_fat_too_short_for_its_clusters_is_damage)
{
	struct volume v = fat(1, 339, false);

	expect(&v, 339, "341 entries of 12 bits fit");
	free(v.p);
	v = fat(1, 340, false);
	expect_error(&v, ERR_TRUNCATED, "FAT12");
	free(v.p);
	v = fat(19, 5000, false);
	expect_error(&v, ERR_TRUNCATED, "FAT16");
	free(v.p);
	v = fat(39, 5000, true);
	expect_error(&v, ERR_TRUNCATED, "FAT32");
	free(v.p);
}

/* The last byte has bits that are of no cluster: 20 clusters.  */
Test(free_space, counts_the_bits_of_exfat)
{
	struct volume v = exfat(20);
	uint8_t *bitmap = v.p + 32 * SECTOR;

	expect(&v, 20, "none is used");
	bitmap[0] = 0x81;
	bitmap[2] = 0xf8;	/* bit 3 is of cluster 21, the others of none */
	expect(&v, 17, "three");
	memset(bitmap, 0xff, 3);
	expect(&v, 0, "all");
	free(v.p);
}

/* Of 5000 clusters it takes 625 bytes: of clusters 2 and 9, where 3 has
 * something else.  The root goes on in cluster 6, too, where the bitmap is.  */
Test(free_space, follows_the_chains_of_exfat)
{
	struct volume v = exfat(5000);
	uint8_t *fat_entries = v.p + 24 * SECTOR, *heap = v.p + 32 * SECTOR;
	uint8_t *root = heap + 2 * SECTOR;

	put32(v.p + 0x54, 40);
	put32(fat_entries + 2 * 4, 9);
	put32(fat_entries + 4 * 4, 6);
	memcpy(heap + 4 * SECTOR, root + 32, 32);
	for (size_t i = 0; i < SECTOR; i += 32)
		root[i] = 0x83;
	memset(heap + SECTOR, 0xff, SECTOR);	/* cluster 3 */
	memset(heap + 7 * SECTOR, 0xff, 2);	/* cluster 9 */
	expect(&v, 5000 - 16, "two bytes in the second cluster");

	put32(fat_entries + 2 * 4, 0xffffffff);
	expect_error(&v, ERR_VALUE, "the bitmap ends too early");
	put32(fat_entries + 2 * 4, 1);
	expect_error(&v, ERR_VALUE, "it leads to no cluster");
	put32(fat_entries + 2 * 4, 5002);
	expect_error(&v, ERR_VALUE, "it leads behind the heap");
	put32(fat_entries + 2 * 4, 9);
	v.p[0x54] = 0;
	expect_error(&v, ERR_TRUNCATED, "the FAT has no such entry");
	v.p[0x54] = 40;
	/* Ends, though the chain does not.  */
	put32(fat_entries + 2 * 4, 2);
	expect(&v, 5000, "the bitmap comes back to where it was");
	put32(fat_entries + 6 * 4, 4);
	heap[4 * SECTOR] = 0x83;
	for (size_t i = 32; i < SECTOR; i += 32)
		heap[4 * SECTOR + i] = 0x83;
	expect_error(&v, ERR_NOT_FOUND, "so does the root, without a bitmap");
	free(v.p);
}

Test(free_space, a_bitmap_that_is_not_whole_is_damage)
{
	struct volume v = exfat(20);
	uint8_t *entry = v.p + 34 * SECTOR + 32;

	put32(entry + 24, 2);
	expect_error(&v, ERR_TRUNCATED, "it is too short");
	put32(entry + 24, 3);
	entry[1] = 1;
	expect_error(&v, ERR_NOT_FOUND, "it is the second one, of TexFAT");
	free(v.p);
}

Test(free_space, of_another_file_system_nothing_is_counted)
{
	struct volume v = new_volume(8);
	uint64_t n;

	cr_expect_lt(count(v.p, v.n, &n, NULL), 0);
	memcpy(v.p, "\xeb\x52\x90NTFS    ", 11);
	cr_expect_lt(count(v.p, v.n, &n, NULL), 0);
	free(v.p);
}

/* Whatever a volume of at most that many clusters holds.  */
static uint64_t most;

static void count_mutant(struct span s)
{
	uint64_t n = 0;

	if (count(s.p, s.n, &n, NULL) == 0)
		cr_expect_leq(n, most, "%llu", (unsigned long long)n);
}

/* Every truncation, every changed byte: the volumes are all that they need, so
 * that what lies outside of them is a guard page.  A boot sector may say of
 * more clusters than there are, but not of more than 2^32.  */
Test(free_space, survives_every_changed_byte)
{
	struct volume v = fat(1, 3, false);

	most = UINT32_MAX;
	v.p[SECTOR + 3] = 0x34;
	mutate(v.p, v.n, count_mutant);
	free(v.p);
	v = fat(1, 3, true);
	v.p[SECTOR + 8] = 0xff;
	mutate(v.p, v.n, count_mutant);
	free(v.p);
}

/* Of what lies in front of the FAT only the boot sector is read.  */
static void count_exfat_mutant(struct span s)
{
	uint8_t *p = calloc(40, SECTOR);
	size_t head = s.n < SECTOR ? s.n : SECTOR;
	uint64_t n = 0;

	cr_assert_not_null(p);
	memcpy(p, s.p, head);
	memcpy(p + 24 * SECTOR, s.p + head, s.n - head);
	if (count(p, 24 * SECTOR + s.n - head, &n, NULL) == 0)
		cr_expect_leq(n, most, "%llu", (unsigned long long)n);
	free(p);
}

Test(free_space, survives_every_changed_byte_of_exfat)
{
	struct volume v = exfat(4);
	size_t n = v.n - 23 * SECTOR;
	uint8_t *p = calloc(1, n);

	cr_assert_not_null(p);
	memcpy(p, v.p, SECTOR);
	memcpy(p + SECTOR, v.p + 24 * SECTOR, n - SECTOR);
	most = UINT32_MAX;
	mutate(p, n, count_exfat_mutant);
	free(p);
	free(v.p);
}
