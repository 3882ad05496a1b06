/*
 * supplied.h - the bytes of a file that the caller reads himself
 */
#ifndef EVIDENCE_SUPPLIED_H
#define EVIDENCE_SUPPLIED_H

#include "evidence/source.h"

struct supplied_bytes {
	/* Read exactly @n bytes at @off, which all lie inside the size; 0, and
	 * anything else where they cannot be read.  */
	int (*read_at)(void *ctx, uint64_t off, void *buf, size_t n);
	void *ctx;
	uint64_t size;
};

/* Free with source_free(), which leaves `ctx' alone.  */
int supplied_open(const struct supplied_bytes *bytes, struct arena *a,
		  struct source **ret, struct err *reterr);

#endif /* EVIDENCE_SUPPLIED_H */
