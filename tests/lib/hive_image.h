#ifndef TESTS_HIVE_IMAGE_H
#define TESTS_HIVE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define HIVE_IMAGE_TIME UINT64_C(0x01d1234512345678)	/* of each key, 2015 */

/*
 * A small hive, built record by record: one bin behind the base block.  The
 * first key that is made is the root, in cell 0x20.  What is made can be changed
 * in place before or after hive_image_finish(), which fills the rest of the bin
 * with a free cell and sets sizes and checksum.
 */
struct hive_image {
	uint8_t bytes[4096 + 0x20000];
	size_t n;		/* bytes used, with the base block */
};

void hive_image_start(struct hive_image *h);
void hive_image_finish(struct hive_image *h);

/* Compute the base block's checksum again.  */
void hive_image_sum(struct hive_image *h);

/* A finished image in @n bytes, to be freed: its last bin reaches so far.  Room
 * for lists that name the same records more often than a small hive can.  */
uint8_t *hive_image_stretched(const struct hive_image *h, size_t n);

/* The payload of a cell.  */
uint8_t *hive_image_at(struct hive_image *h, uint32_t cell);

void put32(uint8_t *p, uint32_t v);
void put16(uint8_t *p, uint32_t v);

/* Each makes a record and returns its cell.  */
uint32_t hive_image_cell(struct hive_image *h, const void *payload, size_t n);
uint32_t hive_image_key(struct hive_image *h, const char *name);
uint32_t hive_image_value(struct hive_image *h, const char *name, uint32_t type,
			  const void *data, size_t n);

/* A list "lf", "lh", "li" or "ri" of the @n cells; hints are right.  */
uint32_t hive_image_list(struct hive_image *h, const char *kind,
			 const uint32_t *cells, size_t n);

/* Give @key the subkeys of a list, or values.  */
void hive_image_subkeys(struct hive_image *h, uint32_t key, size_t n,
			uint32_t list);
void hive_image_values(struct hive_image *h, uint32_t key,
		       const uint32_t *values, size_t n);

/* All of it for a key with one subkey, through an lh list.  */
uint32_t hive_image_only_subkey(struct hive_image *h, uint32_t parent,
				const char *name);

#endif /* TESTS_HIVE_IMAGE_H */
