/*
 * findings.h - what can be wrong with a registry hive
 */
#ifndef REGISTRY_FINDINGS_H
#define REGISTRY_FINDINGS_H

#include "base/diag.h"

extern const struct diag_kind FINDING_HIVE_DIRTY;
extern const struct diag_kind FINDING_BASE_BLOCK;
extern const struct diag_kind FINDING_HIVE_TRUNCATED;
extern const struct diag_kind FINDING_ROOT_KEY;
extern const struct diag_kind FINDING_KEY_UNREADABLE;
extern const struct diag_kind FINDING_VALUE_UNREADABLE;
extern const struct diag_kind FINDING_LIST_DAMAGED;
extern const struct diag_kind FINDING_VALUE_DATA;
extern const struct diag_kind FINDING_NAME_TWICE;
extern const struct diag_kind FINDING_FREE_CELL;
extern const struct diag_kind FINDING_COUNT_DIFFERS;
extern const struct diag_kind FINDING_CONTROL_SET;
extern const struct diag_kind FINDING_SYSTEM_VALUE;
extern const struct diag_kind FINDING_PARENT_DIFFERS;
extern const struct diag_kind FINDING_HIVE_RECOVERED;
extern const struct diag_kind FINDING_LOG_REMNANT;
extern const struct diag_kind FINDING_LOG_DAMAGED;
extern const struct diag_kind FINDING_LOG_GAP;
extern const struct diag_kind FINDING_LOG_NOT_APPLIED;
extern const struct diag_kind FINDING_LOG_BIN;
extern const struct diag_kind FINDING_LOG_NEWER;
extern const struct diag_kind FINDING_KEY_NAME;
extern const struct diag_kind FINDING_KEY_BY_HINT;
extern const struct diag_kind FINDING_HIVE_SHIFTED;
extern const struct diag_kind FINDING_BINS_DISPLACED;
extern const struct diag_kind FINDING_KEYS_BY_PARENT;
extern const struct diag_kind FINDING_CELL_SIZE;
extern const struct diag_kind FINDING_DATA_CELL;
extern const struct diag_kind FINDING_RECORD_FIELD;
extern const struct diag_kind FINDING_BIN_HEADER;
extern const struct diag_kind FINDING_BINS_RUINED;
extern const struct diag_kind FINDING_SCAN_CUT;
extern const struct diag_kind FINDING_KEY_BY_NAME;
extern const struct diag_kind FINDING_VALUES_ALIKE;
extern const struct diag_kind FINDING_REG_LINE;
extern const struct diag_kind FINDING_REG_DELETION;
extern const struct diag_kind FINDING_REG_LIMIT;
extern const struct diag_kind FINDING_REG_ENCODING;
extern const struct diag_kind FINDING_PROFILE_PATH;
extern const struct diag_kind FINDING_REG_TIME;
extern const struct diag_kind FINDING_REG_PADDING;
extern const struct diag_kind FINDING_REG_CUT;
extern const struct diag_kind FINDING_KEY_TIME;
extern const struct diag_kind FINDING_PROFILE_TIME;
extern const struct diag_kind FINDING_ACCOUNTS_CUT;
extern const struct diag_kind FINDING_SAM_ACCOUNT;
extern const struct diag_kind FINDING_SAM_CONTRADICTION;

#endif /* REGISTRY_FINDINGS_H */
