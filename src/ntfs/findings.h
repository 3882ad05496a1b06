/* findings.h - what a damaged NTFS volume shows.  */
#ifndef NTFS_FINDINGS_H
#define NTFS_FINDINGS_H

#include "base/diag.h"

extern const struct diag_kind FINDING_NTFS_BACKUP_BOOT;
extern const struct diag_kind FINDING_NTFS_TRUNCATED;
extern const struct diag_kind FINDING_NTFS_RECORD;
extern const struct diag_kind FINDING_NTFS_TORN;
extern const struct diag_kind FINDING_NTFS_MIRROR;
extern const struct diag_kind FINDING_NTFS_ATTRIBUTE;
extern const struct diag_kind FINDING_NTFS_ATTRIBUTE_LIST;
extern const struct diag_kind FINDING_NTFS_RUNS;
extern const struct diag_kind FINDING_NTFS_OUTSIDE;
extern const struct diag_kind FINDING_NTFS_INDEX;
extern const struct diag_kind FINDING_NTFS_INDEX_SCAN;
extern const struct diag_kind FINDING_NTFS_UPCASE;
extern const struct diag_kind FINDING_NTFS_NO_REPARSE_INDEX;
extern const struct diag_kind FINDING_NTFS_STALE_ENTRY;
extern const struct diag_kind FINDING_NTFS_NOT_INDEXED;
extern const struct diag_kind FINDING_NTFS_TAG_DIFFERS;
extern const struct diag_kind FINDING_NTFS_REPARSE_DATA;
extern const struct diag_kind FINDING_NTFS_PATH;
extern const struct diag_kind FINDING_NTFS_LIMIT;
extern const struct diag_kind FINDING_NTFS_TARGET;
extern const struct diag_kind FINDING_NTFS_NAME;
extern const struct diag_kind FINDING_NTFS_UNLISTED;
extern const struct diag_kind FINDING_NTFS_RIVALS;
extern const struct diag_kind FINDING_NTFS_MFT_SEARCHED;
extern const struct diag_kind FINDING_NTFS_LABEL;
extern const struct diag_kind FINDING_NTFS_STREAM;
extern const struct diag_kind FINDING_NTFS_WITNESS_DISAGREES;
extern const struct diag_kind FINDING_NTFS_WITNESS_UNAVAILABLE;
extern const struct diag_kind FINDING_NTFS_VOLUME;
extern const struct diag_kind FINDING_NTFS_LOST;
extern const struct diag_kind FINDING_NTFS_QUOTA;
extern const struct diag_kind FINDING_NTFS_QUOTA_FIGURES;
extern const struct diag_kind FINDING_NTFS_BITMAP;
extern const struct diag_kind FINDING_NTFS_BAD_MIRROR;
extern const struct diag_kind FINDING_NTFS_OTHER_MIRROR;

#endif /* NTFS_FINDINGS_H */
