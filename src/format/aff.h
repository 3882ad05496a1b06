/*
 * aff.h - the file header and the segments of an AFF image
 */
#ifndef FORMAT_AFF_H
#define FORMAT_AFF_H

#include "base/span.h"

#define AFF_HEADER_BYTES 8

/* Around the name and the data of a segment.  */
#define AFF_HEAD_BYTES 16
#define AFF_TAIL_BYTES 8

/* A longer name is of no segment that anybody knows.  */
#define AFF_MAX_NAME_BYTES 64

struct aff_segment {
	uint32_t name_bytes, data_bytes;
	uint32_t arg;
};

/* What a segment is, by its name.  */
enum aff_kind {
	AFF_OTHER,
	AFF_UNUSED,		/* room in the file */
	AFF_PAGE,		/* "page7" */
	AFF_OLD_PAGE,		/* "seg7", as the first versions named it */
	AFF_ENCRYPTED_PAGE,	/* "page7/aes256" */
	AFF_PAGE_MD5, AFF_PAGE_SHA1,
	AFF_PAGE_SIZE, AFF_DISK_SIZE, AFF_SECTOR_SIZE,
	AFF_BAD_FLAG,		/* what stands for a sector that is bad */
	AFF_BAD_SECTORS,	/* how many are */
	AFF_FILE_TYPE,		/* "AFF", "AFD", "AFM" */
	AFF_RAW_EXTENSION,	/* of the file that has an AFM's pages */
};

struct aff_name {
	enum aff_kind kind;
	uint64_t page;
};

/* How the data of a page is coded, by its arg.  */
enum aff_coding {
	AFF_PLAIN, AFF_ZLIB, AFF_LZMA,
	AFF_ZEROS,		/* the data is their number */
	AFF_UNKNOWN_CODING,
};

int aff_header_parse(struct span s, struct err *reterr);

/* The head of the segment at the start of @s.  */
int aff_segment_parse(struct span s, struct aff_segment *ret,
		      struct err *reterr);

/* The bytes of a segment, with head and tail.  */
uint64_t aff_segment_bytes(const struct aff_segment *s);

/* Check the tail at the start of @s, of a segment of @bytes.  */
int aff_tail_parse(struct span s, uint64_t bytes, struct err *reterr);

struct aff_name aff_name_parse(struct span name);

enum aff_coding aff_coding(uint32_t arg);

/* The number of zeros that the data of a page stands for.  */
int aff_zeros_parse(struct span data, uint32_t *ret, struct err *reterr);

/* The data of a segment that holds a number of 64 bits.  */
int aff_number_parse(struct span data, uint64_t *ret, struct err *reterr);

#endif /* FORMAT_AFF_H */
