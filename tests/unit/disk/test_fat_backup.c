#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "disk/boot_sector.h"
#include "disk/findings.h"
#include "lib/identified.h"

#define MIB (1u << 20)

enum { SIZE = 40 * MIB };

/* Read the disk: true if it is one volume, known from its backup.  */
static bool is_volume(const uint8_t *p, uint64_t size)
{
	struct test_reading t;
	bool r;

	test_read(&t, p, size, size, 0);
	cr_assert_eq(t.r, 0);
	cr_expect_eq(t.table.scheme, SCHEME_NONE);
	r = t.table.n_partitions == 1;
	cr_expect_neq(r, test_finding(&t.diags, &FINDING_NO_TABLE) != NULL ||
			 test_finding(&t.diags, &FINDING_FOREIGN) != NULL);
	test_read_done(&t);
	return r;
}

static bool may_be_volume(const uint8_t *p, uint64_t size)
{
	struct test_reading t;
	bool r;

	test_read(&t, p, size, size, 0);
	r = t.table.n_partitions > 0;
	test_read_done(&t);
	return r;
}

/* Lay what @mkfs writes to a volume of @n bytes over those at @off.  */
static void lay_over(uint8_t *p, size_t off, const char *mkfs, size_t n)
{
	uint8_t *q = volume_made_by(mkfs, n);

	for (size_t i = 0; i < n; i += 512)
		if (!span_is_zero((struct span){ q + i, 512, i }))
			memcpy(p + off + i, q + i, 512);
	free(q);
}

static const struct sample {
	const char *mkfs;
	uint64_t at;
	unsigned sector;
	enum fs_kind kind;
} samples[] = {
	{ "mkfs.fat -F 32 -n STICK", 6 * 512, 512, FS_FAT32 },
	{ "mkfs.fat -F 32 -n STICK -S 4096 -s 1", 6 * 4096, 4096, FS_FAT32 },
	{ "mkfs.fat -F 32 -n STICK -S 2048 -s 1", 6 * 2048, 2048, FS_FAT32 },
	{ "mkfs.fat -F 32 -n STICK -S 1024 -s 1", 6 * 1024, 1024, FS_FAT32 },
	{ "mkfs.exfat -L STICK", 12 * 512, 512, FS_EXFAT },
};

#define N_SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* Whatever is in sector 0, if it is not a table.  */
Test(fat_backup, a_disk_is_one_volume_by_it)
{
	static const uint8_t fills[] = { 0, 0xf6 };

	for (size_t i = 0; i < 2 * N_SAMPLES; i++) {
		const struct sample *s = &samples[i / 2];
		uint8_t *p = volume_made_by(s->mkfs, SIZE);
		struct test_reading t;
		struct identified u;

		memset(p, fills[i % 2], 512);
		test_read(&t, p, SIZE, SIZE, 0);
		cr_assert_eq(t.table.n_partitions, 1, "%s", s->mkfs);
		cr_expect_eq(t.table.partitions[0].number, 0);
		cr_expect_eq(t.table.partitions[0].length, SIZE);
		cr_expect_eq(t.table.partitions[0].cites.list[0].offset, s->at);
		cr_expect_eq(t.table.sector_size, s->sector);
		cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_VOLUME);
		cr_expect_eq(t.diags.n, 0);
		test_read_done(&t);

		identify_bytes(&u, p, SIZE, SIZE);
		cr_expect_eq(u.v.kind, s->kind);
		cr_expect_eq(u.v.backup_at, s->at);
		cr_expect_str_eq(u.v.label.utf8, "STICK");
		cr_expect_not(u.v.has_dirty);
		cr_expect_eq(u.diags.n, 1);
		identified_done(&u);
		free(p);
	}
}

/* What is left of a boot sector ends as an MBR does; but one with a signature
 * was made since.  */
Test(fat_backup, an_empty_table_may_be_a_boot_sector)
{
	for (size_t i = 0; i < N_SAMPLES; i++) {
		uint8_t *p = volume_made_by(samples[i].mkfs, SIZE);

		memset(p, 0, 510);
		cr_expect(is_volume(p, SIZE), "%s", samples[i].mkfs);
		p[0x1b8] = 1;
		cr_expect_not(may_be_volume(p, SIZE), "%s", samples[i].mkfs);
		free(p);
	}
}

/* It tells of a volume that is no more where the disk has another length, or
 * what the volume has for a start is not there.  */
Test(fat_backup, the_rest_of_the_volume_must_be_there)
{
	for (size_t i = 0; i < N_SAMPLES; i++) {
		uint8_t *p = volume_made_by(samples[i].mkfs, SIZE);
		uint8_t *longer = realloc(p, SIZE + MIB);
		struct boot_sector b;
		uint64_t fat, root;
		uint8_t kept[8];

		cr_assert_not_null(longer);
		p = longer;
		memset(p + SIZE, 0, MIB);
		boot_sector_parse((struct span){ p, 512, 0 }, &b, NULL);
		fat = b.kind == FS_FAT32 ? b.fat.fat_offset :
					   b.exfat.fat_offset;
		root = b.kind == FS_FAT32 ?
			b.fat.data_offset + (b.fat.root_cluster - 2) *
					    (uint64_t)b.fat.cluster_bytes :
			b.exfat.heap_offset + (b.exfat.root_cluster - 2) *
					      (uint64_t)b.exfat.cluster_bytes;
		memset(p, 0, 512);
		cr_expect(is_volume(p, SIZE), "%zu", i);
		cr_expect(is_volume(p, SIZE + MIB / 2), "%zu: longer", i);
		cr_expect_not(is_volume(p, SIZE + MIB), "%zu: longer", i);
		cr_expect_not(is_volume(p, SIZE - MIB), "%zu: shorter", i);

		memcpy(kept, p + fat, sizeof(kept));
		memset(p + fat, 0, sizeof(kept));
		cr_expect_not(is_volume(p, SIZE), "%zu: FAT", i);
		memcpy(p + fat, kept, sizeof(kept));
		memset(p + root, 0x11, 512);
		cr_expect_not(is_volume(p, SIZE), "%zu: root directory", i);
		free(p);
	}
}

/* That of an empty volume without a label has no entry; but it is in use.  */
Test(fat_backup, a_root_directory_may_be_empty)
{
	uint8_t *p = volume_made_by("mkfs.fat -F 32", SIZE);
	struct boot_sector b;

	boot_sector_parse((struct span){ p, 512, 0 }, &b, NULL);
	memset(p, 0, 512);
	cr_expect(is_volume(p, SIZE));
	memset(p + b.fat.fat_offset + 4 * b.fat.root_cluster, 0, 4);
	cr_expect_not(is_volume(p, SIZE));
	free(p);
}

/* A disk that was one volume, and was partitioned or formatted since.  */
Test(fat_backup, what_was_made_over_the_volume_is_seen)
{
	static const struct {
		const char *mkfs;
		size_t off, n;
	} over[] = {
		{ "mkntfs -F -q -s 512 -p 63", 63 * 512, 4 * MIB },
		{ "mkntfs -F -q -s 512 -p 2048", MIB, SIZE - MIB },
		{ "mkfs.fat -F 16", 4 * MIB, 16 * MIB },
		{ "mkfs.exfat", 16 * MIB, 16 * MIB },
		{ "mke2fs -F -q", MIB, 8 * MIB },
		{ "mkswap", MIB, 8 * MIB },
		{ "mke2fs -F -q -b 4096", 0, SIZE },
		{ "mkswap", 0, SIZE },
	};

	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		uint8_t *p = volume_made_by(samples[0].mkfs, SIZE);

		lay_over(p, over[i].off, over[i].mkfs, over[i].n);
		memset(p, 0, 512);
		cr_expect_not(is_volume(p, SIZE), "%s", over[i].mkfs);
		free(p);
	}
}
