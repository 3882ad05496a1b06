/*
 * findings.h - what can be odd about an image file
 *
 * A message begins with the name of the file; offsets in it are offsets in that
 * file, which no citation can give: those count in the disk inside.
 */
#ifndef EVIDENCE_FINDINGS_H
#define EVIDENCE_FINDINGS_H

#include "base/diag.h"

extern const struct diag_kind FINDING_CONTAINER_MISNAMED;
extern const struct diag_kind FINDING_CONTAINER_SEGMENT;
extern const struct diag_kind FINDING_CONTAINER_COPY;
extern const struct diag_kind FINDING_CONTAINER_SIZE;
extern const struct diag_kind FINDING_CONTAINER_BLOCK;
extern const struct diag_kind FINDING_CONTAINER_CHECKSUM;
extern const struct diag_kind FINDING_LOG_REPLAYED;
extern const struct diag_kind FINDING_LOG_NOT_REPLAYED;
extern const struct diag_kind FINDING_BACKING_UNVERIFIED;
extern const struct diag_kind FINDING_BACKING_DIFFERS;
extern const struct diag_kind FINDING_CONTAINER_LIMIT;
extern const struct diag_kind FINDING_CONTAINER_PART;
extern const struct diag_kind FINDING_BAD_SECTORS;
extern const struct diag_kind FINDING_CONTAINER_SNAPSHOTS;

#endif /* EVIDENCE_FINDINGS_H */
