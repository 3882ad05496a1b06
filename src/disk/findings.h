/*
 * findings.h - what can be odd about partition tables and volumes
 */
#ifndef DISK_FINDINGS_H
#define DISK_FINDINGS_H

#include "base/diag.h"

extern const struct diag_kind FINDING_DISK_UNREADABLE;
extern const struct diag_kind FINDING_SECTOR_SIZE;
extern const struct diag_kind FINDING_NO_TABLE;
extern const struct diag_kind FINDING_BLANK;
extern const struct diag_kind FINDING_SECTOR_0_AMBIGUOUS;
extern const struct diag_kind FINDING_VHD_FOOTER;
extern const struct diag_kind FINDING_MBR_ENTRY;
extern const struct diag_kind FINDING_MBR_OVERLAY;
extern const struct diag_kind FINDING_EBR_STOP;
extern const struct diag_kind FINDING_EBR_ODD;
extern const struct diag_kind FINDING_WMI_INDEX;
extern const struct diag_kind FINDING_PARTITION_OVERLAP;
extern const struct diag_kind FINDING_PARTITION_BEYOND_END;
extern const struct diag_kind FINDING_GPT_DAMAGED;
extern const struct diag_kind FINDING_GPT_ODD;
extern const struct diag_kind FINDING_GPT_BACKUP;
extern const struct diag_kind FINDING_GPT_COPIES_DIFFER;
extern const struct diag_kind FINDING_GPT_UNTRUSTED;
extern const struct diag_kind FINDING_GPT_LOST;
extern const struct diag_kind FINDING_GPT_REPAIRED;
extern const struct diag_kind FINDING_MBR_UNMARKED;
extern const struct diag_kind FINDING_GPT_ENTRY;
extern const struct diag_kind FINDING_GPT_PROTECTIVE_MBR;
extern const struct diag_kind FINDING_GPT_HYBRID;
extern const struct diag_kind FINDING_LDM_SAME_BYTES;
extern const struct diag_kind FINDING_LDM_OLDER;
extern const struct diag_kind FINDING_LDM_APART;
extern const struct diag_kind FINDING_HYBRID_VOLUME;
extern const struct diag_kind FINDING_GPT_LEFTOVER;
extern const struct diag_kind FINDING_DYNAMIC_DISK;
extern const struct diag_kind FINDING_LDM_HEADER;
extern const struct diag_kind FINDING_LDM_RECORD;
extern const struct diag_kind FINDING_LDM_PENDING;
extern const struct diag_kind FINDING_LDM_STALE;
extern const struct diag_kind FINDING_LDM_MEMBER_MISSING;
extern const struct diag_kind FINDING_LDM_INCOMPLETE;
extern const struct diag_kind FINDING_LDM_VOLUME;
extern const struct diag_kind FINDING_LDM_SIDES_DIFFER;
extern const struct diag_kind FINDING_POOL_DAMAGED;
extern const struct diag_kind FINDING_LDM_STATE;
extern const struct diag_kind FINDING_LDM_VOLUME_STALE;
extern const struct diag_kind FINDING_LDM_STRAY;
extern const struct diag_kind FINDING_LDM_COPIES_DIFFER;
extern const struct diag_kind FINDING_VOLUME_LABELS_DIFFER;
extern const struct diag_kind FINDING_FAT_WINDOWS;
extern const struct diag_kind FINDING_WITNESS_DISAGREES;
extern const struct diag_kind FINDING_WITNESS_SILENT;
extern const struct diag_kind FINDING_VOLUME_BACKUP_USED;
extern const struct diag_kind FINDING_VOLUME_DAMAGED;
extern const struct diag_kind FINDING_VOLUME_ODD;
extern const struct diag_kind FINDING_VOLUME_LABEL;
extern const struct diag_kind FINDING_SHADOW_HEADER;
extern const struct diag_kind FINDING_SHADOW_CATALOG;
extern const struct diag_kind FINDING_SHADOW_STORE;
extern const struct diag_kind FINDING_SHADOW_BITMAP;
extern const struct diag_kind FINDING_BITLOCKER_COPY;
extern const struct diag_kind FINDING_BITLOCKER_COPIES_DIFFER;
extern const struct diag_kind FINDING_BITLOCKER_METADATA;
extern const struct diag_kind FINDING_BITLOCKER_ENTRY;
extern const struct diag_kind FINDING_BITLOCKER_HINDRANCE;
extern const struct diag_kind FINDING_BITLOCKER_WRONG_KEYS;
extern const struct diag_kind FINDING_BITLOCKER_KEY_UNUSED;
extern const struct diag_kind FINDING_BITLOCKER_CONVERSION;
extern const struct diag_kind FINDING_BITLOCKER_TRIES;
extern const struct diag_kind FINDING_FREE_SPACE;
extern const struct diag_kind FINDING_BITLOCKER_FOUND;
extern const struct diag_kind FINDING_BITLOCKER_MAP;
extern const struct diag_kind FINDING_VOLUME_SERIALS_DIFFER;
extern const struct diag_kind FINDING_VOLUME_LABEL_PAGE;
extern const struct diag_kind FINDING_VOLUME_FAT_STATE;
extern const struct diag_kind FINDING_REFS_COPY;
extern const struct diag_kind FINDING_UDF_COPY;
extern const struct diag_kind FINDING_UDF_DAMAGED;
extern const struct diag_kind FINDING_UDF_FILE_SET;
extern const struct diag_kind FINDING_UDF_LABELS_DIFFER;
extern const struct diag_kind FINDING_DISC_OR_OTHER;
extern const struct diag_kind FINDING_FOREIGN;
extern const struct diag_kind FINDING_DISC_LEFT_OVER;
extern const struct diag_kind FINDING_LDM_COPY;
extern const struct diag_kind FINDING_GPT_FRONT;
extern const struct diag_kind FINDING_LDM_PARITY;
extern const struct diag_kind FINDING_BITLOCKER_UNCHECKED;

#endif /* DISK_FINDINGS_H */
