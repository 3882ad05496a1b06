/* findings.h - what the machine layer finds in the evidence as a whole */
#ifndef MACHINE_FINDINGS_H
#define MACHINE_FINDINGS_H

#include "base/diag.h"

extern const struct diag_kind FINDING_IMAGE_UNREADABLE;
extern const struct diag_kind FINDING_DISK_NOT_READ;
extern const struct diag_kind FINDING_VOLUME_UNREADABLE;
extern const struct diag_kind FINDING_VOLUME_ENCRYPTED;
extern const struct diag_kind FINDING_STORAGE_SPACES;
extern const struct diag_kind FINDING_VOLUME_UNKNOWN;
extern const struct diag_kind FINDING_REFS_NOT_READ;
extern const struct diag_kind FINDING_VOLUME_LOST;
extern const struct diag_kind FINDING_VOLUME_LENGTHENED;
extern const struct diag_kind FINDING_RECOVERED;
extern const struct diag_kind FINDING_RECOVERED_DOUBT;
extern const struct diag_kind FINDING_RECOVERED_CUT;
extern const struct diag_kind FINDING_RECOVERED_NOWHERE;
extern const struct diag_kind FINDING_RECOVERED_UNREAD;
extern const struct diag_kind FINDING_RECOVERED_LDM;
extern const struct diag_kind FINDING_VOLUME_DIRTY;
extern const struct diag_kind FINDING_REPARSE_UNREADABLE;
extern const struct diag_kind FINDING_HIVE_UNREADABLE;
extern const struct diag_kind FINDING_NO_MOUNTED_DEVICES;
extern const struct diag_kind FINDING_NO_INSTALLATION;
extern const struct diag_kind FINDING_NO_SOFTWARE;
extern const struct diag_kind FINDING_ROOT_NOT_SEARCHED;
extern const struct diag_kind FINDING_INSTALLATIONS_CUT;
extern const struct diag_kind FINDING_MOUNTS_CUT;
extern const struct diag_kind FINDING_VOLUMES_CUT;
extern const struct diag_kind FINDING_REMOTE_DATABASE_UNREADABLE;
extern const struct diag_kind FINDING_SIGNATURE_CLONED;
extern const struct diag_kind FINDING_DISK_GUID_CLONED;
extern const struct diag_kind FINDING_PARTITION_GUID_CLONED;
extern const struct diag_kind FINDING_SERIAL_CLONED;
extern const struct diag_kind FINDING_IMAGE_TWICE;
extern const struct diag_kind FINDING_DISK_COPIED;
extern const struct diag_kind FINDING_NAME_CONFLICTING;
extern const struct diag_kind FINDING_NAME_AMBIGUOUS;
extern const struct diag_kind FINDING_NAME_STALE;
extern const struct diag_kind FINDING_DISK_MISSING;
extern const struct diag_kind FINDING_DEVICE_MISSING;
extern const struct diag_kind FINDING_ID_NOT_UNDERSTOOD;
extern const struct diag_kind FINDING_SEVERAL_LETTERS;
extern const struct diag_kind FINDING_LETTER_DESPITE_MARKER;
extern const struct diag_kind FINDING_LETTER_INFERRED;
extern const struct diag_kind FINDING_SYSTEM_LETTER_CONFLICTS;
extern const struct diag_kind FINDING_TARGET_MISSING;
extern const struct diag_kind FINDING_TARGET_STALE;
extern const struct diag_kind FINDING_TARGET_AMBIGUOUS;
extern const struct diag_kind FINDING_TARGET_CONFLICTING;
extern const struct diag_kind FINDING_MOUNT_DELETED;
extern const struct diag_kind FINDING_MOUNT_LOOPS;
extern const struct diag_kind FINDING_MOUNT_ON_FILE;
extern const struct diag_kind FINDING_VOLUME_UNREAD;
extern const struct diag_kind FINDING_NAMES_BY_CASE;
extern const struct diag_kind FINDING_PARENT_UNREADABLE;
extern const struct diag_kind FINDING_PATHS_CUT;
extern const struct diag_kind FINDING_REMOTE_DATABASE_DIFFERS;
extern const struct diag_kind FINDING_NAME_OF_NO_FORM;
extern const struct diag_kind FINDING_OFFLINE_LINK;
extern const struct diag_kind FINDING_TIMELINE_CUT;
extern const struct diag_kind FINDING_ROOT_REPLACED;
extern const struct diag_kind FINDING_OLDER_HIVE_EMPTY;
extern const struct diag_kind FINDING_OLDER_HIVES_CUT;
extern const struct diag_kind FINDING_PROFILES_NOT_SEARCHED;
extern const struct diag_kind FINDING_PROFILES_CUT;
extern const struct diag_kind FINDING_PROFILE_MISSING;
extern const struct diag_kind FINDING_PROFILE_SHARED;
extern const struct diag_kind FINDING_USER_VOLUMES_ABSENT;
extern const struct diag_kind FINDING_NAMES_UNREACHABLE;
extern const struct diag_kind FINDING_PROFILE_NAMED;
extern const struct diag_kind FINDING_KNOWN_DISKS_ALIKE;
extern const struct diag_kind FINDING_LOOSE_UNUSED;
extern const struct diag_kind FINDING_DISK_NOT_GIVEN;
extern const struct diag_kind FINDING_EVENT_LOG_UNREADABLE;
extern const struct diag_kind FINDING_EVENT_AMBIGUOUS;
extern const struct diag_kind FINDING_NUMBER_GIVEN;
extern const struct diag_kind FINDING_NUMBER_TAKEN;
extern const struct diag_kind FINDING_NUMBERS_DISAGREE;
extern const struct diag_kind FINDING_SHADOW_ELSEWHERE;
extern const struct diag_kind FINDING_SHADOW_NO_STORE;
extern const struct diag_kind FINDING_LETTER_HINT;
extern const struct diag_kind FINDING_SHADOW_NOT_READ;
extern const struct diag_kind FINDING_SHADOWS_CUT;

#endif /* MACHINE_FINDINGS_H */
