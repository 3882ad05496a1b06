#ifndef TESTS_HIVE_TREE_H
#define TESTS_HIVE_TREE_H

#include "lib/hive_image.h"

#define TREE_SZ 1
#define TREE_BINARY 3
#define TREE_DWORD 4
#define TREE_MULTI_SZ 7

/* A value of a small hive, or a key without one: `name' NULL.  Of a string the
 * text is given, of other types the bytes in hexadecimal.  */
struct hive_tree_row {
	const char *key;	/* "ControlSet001\\Enum\\SCSI", below the root */
	const char *name;
	unsigned type;
	const char *data;
};

/* Build the hive of @rows, in the order of which its keys and values lie.
 * Keys are written when hive_image_key() says.  */
void hive_tree_build(struct hive_image *h, const struct hive_tree_row *rows,
		     size_t n);

#endif
