/*
 * vhdx_log.h - the log of a VHDX file, replayed in memory
 */
#ifndef EVIDENCE_VHDX_LOG_H
#define EVIDENCE_VHDX_LOG_H

#include "evidence/source.h"
#include "format/vhdx.h"

/*
 * Lay over the file @file what its log, by header @h, has still to write into
 * it.  Returns how many entries were replayed, and in *@ret a source that must
 * be freed before @file.  ERR_NOT_FOUND if the log holds no complete sequence
 * of entries; other errors if it cannot be replayed.
 */
int vhdx_log_replay(struct source *file, const struct vhdx_header *h,
		    struct source **ret, struct err *reterr);

#endif /* EVIDENCE_VHDX_LOG_H */
