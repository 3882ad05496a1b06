/*
 * test_refs.h - volumes of ReFS, built field by field
 */
#ifndef TESTS_TEST_REFS_H
#define TESTS_TEST_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEST_REFS_BYTES (4u << 20)

struct test_refs {
	unsigned major, minor;
	unsigned cluster_bytes;		/* 4096 or 65536 */
	unsigned ref_bytes;		/* 24 in version 1; 48 or 104 */
	bool indirect;			/* list of roots, as of 3.14 */
	bool no_label, twice, odd;	/* of the row with the label */
	const char *label;		/* ASCII */
	const char *copy_label;		/* in object 0x501; NULL: the same */
};

/* Where things are in the volume; bytes.  */
struct test_refs_places {
	size_t block;			/* size */
	size_t superblock, checkpoints[2];
	size_t containers, containers_copy, objects, leaf, objects_copy;
	size_t info, info_copy;
	size_t label, label_n;
};

/* The bytes of such a volume, and in *@ret where they are; the caller frees
 * them.  Checkpoint 1 is in force; 0 leads to the label "Before".  The last
 * sector is a copy of the first.  */
uint8_t *test_refs_volume(const struct test_refs *t,
			  struct test_refs_places *ret);

/* Make the checksum of the boot sector @p right, by its definition.  */
void test_refs_seal(uint8_t *p);

/* CRC-32C and CRC-64/NVME, by their definition.  */
uint32_t test_crc32c(const uint8_t *p, size_t n);
uint64_t test_crc64(const uint8_t *p, size_t n);

#endif /* TESTS_TEST_REFS_H */
