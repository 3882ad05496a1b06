/*
 * bfio.h - a source as libbfio's handle, for the libraries that read by one
 *
 * libfsntfs, libbde and libvshadow see the bytes that we see, and what they
 * read is counted like what we read.
 */
#ifndef EVIDENCE_BFIO_H
#define EVIDENCE_BFIO_H

#include <libbfio.h>

#include "evidence/source.h"

struct bfio {
	struct source *source;
	uint64_t at;
	uint64_t left;	/* bytes that may still be read; more is an error */
	libbfio_handle_t *handle;
};

/* A handle over @s, which must outlive it, at @b, which must not move while it
 * is used.  0, or -1 where memory was refused.  */
int bfio_init(struct bfio *b, struct source *s);

/* What was opened through the handle is closed before.  */
void bfio_done(struct bfio *b);

#endif /* EVIDENCE_BFIO_H */
