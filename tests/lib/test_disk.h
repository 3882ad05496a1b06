/*
 * test_disk.h - disks in memory, for tests of what reads them
 */
#ifndef TESTS_TEST_DISK_H
#define TESTS_TEST_DISK_H

#include "disk/disk.h"

/* A disk of image 0: @n bytes at @p, zeros behind them.  It counts reads, and
 * can have a range that cannot be read.  */
struct test_disk {
	struct source source;
	const uint8_t *p;
	size_t n;
	struct io_stats stats;
	uint64_t bad_off, bad_n;
};

void test_disk_init(struct test_disk *t, const void *p, size_t n,
		    uint64_t size);

/* What disk_read() makes of a disk; test_read_done() frees it.  */
struct test_reading {
	struct test_disk disk;
	struct arena *arena;
	struct diag_list diags;
	struct disk table;
	int r;
	struct err err;
};

void test_read(struct test_reading *t, const void *p, size_t n, uint64_t size,
	       unsigned sector_size);
void test_read_done(struct test_reading *t);

/* The first finding of @kind, or NULL.  */
const struct diag *test_finding(const struct diag_list *d,
				const struct diag_kind *kind);

/* The whole file at @path; the caller frees it.  NULL if it is not there.  */
uint8_t *test_file(const char *path, size_t *ret_n);

/* A file of @size zeros below build/, whose path is written to @path, of
 * TEST_PATH_SIZE bytes.  The caller unlinks it.  */
#define TEST_PATH_SIZE 64
void test_new_file(char *path, uint64_t size);

/* The bytes of a disk that fdisk has partitioned as @script, one of sfdisk(8),
 * says; the caller frees them.  */
uint8_t *test_fdisk(size_t size, unsigned sector_size, const char *script);

/* Write entry @i of the MBR or EBR in the sector at @sector.  */
void test_mbr_entry(uint8_t *sector, unsigned i, uint8_t status, uint8_t type,
		    uint32_t first_lba, uint32_t sectors);

#endif /* TESTS_TEST_DISK_H */
