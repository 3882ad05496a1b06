/*
 * qcow.h - header and tables of QCOW images, versions 1 to 3
 */
#ifndef FORMAT_QCOW_H
#define FORMAT_QCOW_H

#include <stdbool.h>

#include "base/span.h"

/* As much of the file's start as a parser may need.  */
#define QCOW_HEADER_BYTES 4096

struct qcow {
	unsigned version;	/* 1; 2 and 3 are QCOW2 */
	uint64_t size;		/* of the disk, bytes */
	unsigned cluster_bits;
	unsigned l2_bits;	/* entries of a level 2 table */
	uint64_t l1_offset;
	uint64_t l1_entries;	/* that the disk needs */
	uint64_t backing_offset;	/* of the name; 0: no backing file */
	uint32_t backing_bytes;
	bool dirty, corrupt;	/* as the writer left it */
	bool external_data;
	bool zstd;		/* compressed clusters; else deflate */
	uint32_t n_snapshots;	/* former states of the disk; version 1
				 * counts none */
	uint32_t header_bytes;	/* extensions follow */
};

enum qcow_extension {
	QCOW_EXTENSION_DATA_FILE = 0x44415441,
	QCOW_EXTENSION_BACKING_FORMAT = 0xe2792aca,
};

enum qcow_kind {
	QCOW_HOLE,		/* as in the backing file, or zeros */
	QCOW_ZERO, QCOW_DATA, QCOW_COMPRESSED,
};

struct qcow_cluster {
	enum qcow_kind kind;
	uint64_t offset;
	uint32_t bytes;		/* at most, if compressed */
};

int qcow_header_parse(struct span s, struct qcow *ret, struct err *reterr);

/* The content of the header extension @type; false if there is none.  @s is the
 * same as of the header.  */
bool qcow_extension_find(struct span s, const struct qcow *q, uint32_t type,
			 struct span *ret);

/* Offset of the level 2 table that an entry of the level 1 table names; 0:
 * none, the whole range is a hole.  */
uint64_t qcow_l2_offset(const struct qcow *q, uint64_t l1_entry);

struct qcow_cluster qcow_cluster_of(const struct qcow *q, uint64_t l2_entry);

#endif /* FORMAT_QCOW_H */
