/*
 * findings.h - what can be wrong with the mount manager's data
 */
#ifndef MOUNTMGR_FINDINGS_H
#define MOUNTMGR_FINDINGS_H

#include "base/diag.h"

extern const struct diag_kind FINDING_VALUE_TYPE;
extern const struct diag_kind FINDING_UNIQUE_ID;
extern const struct diag_kind FINDING_UNIQUE_ID_AMBIGUOUS;
extern const struct diag_kind FINDING_VOLUME_NAME_FORM;
extern const struct diag_kind FINDING_VOLUME_NAME_TWICE;
extern const struct diag_kind FINDING_VALUE_TOMBSTONE;
extern const struct diag_kind FINDING_REMOTE_DATABASE;
extern const struct diag_kind FINDING_NAMES_CUT;
extern const struct diag_kind FINDING_POLICY_VALUE;
extern const struct diag_kind FINDING_NAMES_UNCOUNTED;
extern const struct diag_kind FINDING_PARTITION_TABLE_CACHE;
extern const struct diag_kind FINDING_DISK_RECORDS_CUT;
extern const struct diag_kind FINDING_RECORD_VALUE;
extern const struct diag_kind FINDING_RECORD_KEY_LOST;
extern const struct diag_kind FINDING_TRACES_CUT;
extern const struct diag_kind FINDING_EVENT_LOG;
extern const struct diag_kind FINDING_EVENT_LOG_DAMAGED;
extern const struct diag_kind FINDING_EVENT_RECORD;
extern const struct diag_kind FINDING_EVENT_TWICE;
extern const struct diag_kind FINDING_EVENT_DOUBT;

#endif /* MOUNTMGR_FINDINGS_H */
