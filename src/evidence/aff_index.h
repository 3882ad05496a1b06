/*
 * aff_index.h - what the segments of an AFF image are, and where its pages lie
 */
#ifndef EVIDENCE_AFF_INDEX_H
#define EVIDENCE_AFF_INDEX_H

#include "evidence/opening.h"
#include "format/aff.h"

/* More than any imager writes for a sector that it cannot read.  */
#define AFF_MAX_FLAG_BYTES 65536

struct aff_page {
	uint64_t number;
	uint64_t at;		/* of its data in the file */
	uint32_t bytes;		/* of its data, as far as the file has it */
	uint32_t arg;
	uint32_t file;		/* in files[] */
	bool cut;		/* the file ends in it */
	bool old;		/* named as in the first versions */
};

struct aff_hash {
	uint64_t number;	/* of the page */
	uint64_t at;		/* in the file */
	uint32_t file;
	bool is_sha1;		/* or MD5 */
};

/* A number that a segment gives.  */
struct aff_value {
	uint64_t value;
	bool known;
	bool odd;		/* another segment gave another, or none */
};

struct aff_index {
	struct source **files;	/* the opening's; all else is the arena's */
	const char **names;
	uint32_t n_files;
	struct aff_page *pages;	/* sorted, each number once */
	size_t n_pages;
	struct aff_hash *hashes;	/* sorted */
	size_t n_hashes;
	struct aff_value page_bytes, sector_bytes, disk_bytes;
	uint64_t bad_sectors;	/* UINT64_MAX: as many as cannot be */
	uint8_t *bad_flag;	/* NULL: none */
	size_t bad_flag_bytes;
	char type[8];		/* "AFF", "AFD", "AFM"; empty: unsaid */
	char raw_extension[8];
	uint64_t n_encrypted, encrypted_at;
};

/* Read the segments of @file, which is named @name.  What is damaged is a
 * finding.  */
int aff_index_add(struct opening *o, struct aff_index *x, const char *name,
		  struct source *file, struct err *reterr);

/* After all files: sort the pages and the hashes.  */
void aff_index_sort(struct opening *o, struct aff_index *x, const char *name);

/* The page @number, or NULL.  */
const struct aff_page *aff_index_find(const struct aff_index *x,
				      uint64_t number);

/* The hashes of the page @number: the first of *@ret_n.  */
const struct aff_hash *aff_index_hashes(const struct aff_index *x,
					uint64_t number, size_t *ret_n);

#endif /* EVIDENCE_AFF_INDEX_H */
