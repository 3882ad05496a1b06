#include "machine/findings.h"

#define KIND(name, code, severity, title, partial) \
	const struct diag_kind name = { code, SEVERITY_##severity, title, partial }

KIND(FINDING_IMAGE_UNREADABLE, "CM0601", ERROR,
     "an image could not be opened", true);
KIND(FINDING_DISK_NOT_READ, "CM0602", ERROR,
     "an image was opened, but no byte of its disk could be read", true);
KIND(FINDING_VOLUME_UNREADABLE, "CM0603", ERROR,
     "an NTFS volume could not be opened", true);
KIND(FINDING_VOLUME_ENCRYPTED, "CM0604", WARNING,
     "a volume is encrypted, so nothing in it was read", true);
KIND(FINDING_STORAGE_SPACES, "CM0605", WARNING,
     "a partition belongs to a storage pool, whose volumes are not read", true);
KIND(FINDING_VOLUME_UNKNOWN, "CM0606", INFO,
     "no known file system was recognised in a volume", false);
KIND(FINDING_VOLUME_DIRTY, "CM0607", INFO,
     "an NTFS volume was not cleanly dismounted", false);
KIND(FINDING_REPARSE_UNREADABLE, "CM0608", ERROR,
     "the reparse points of a volume could not be listed", true);
KIND(FINDING_HIVE_UNREADABLE, "CM0610", ERROR,
     "a registry hive could not be read", true);
KIND(FINDING_HIVE_NOT_REPLAYED, "CM0611", WARNING,
     "a hive is dirty and its transaction logs were not applied", true);
KIND(FINDING_NO_MOUNTED_DEVICES, "CM0612", WARNING,
     "a SYSTEM hive has no MountedDevices key", false);
KIND(FINDING_NO_INSTALLATION, "CM0613", INFO,
     "no Windows installation was found", false);
KIND(FINDING_ROOT_NOT_SEARCHED, "CM0614", WARNING,
     "not every directory of a root was searched for an installation", true);
KIND(FINDING_REMOTE_DATABASE_UNREADABLE, "CM0615", WARNING,
     "a MountPointManagerRemoteDatabase could not be read", true);
KIND(FINDING_SIGNATURE_CLONED, "CM0620", WARNING,
     "several disks have one MBR signature", false);
KIND(FINDING_DISK_GUID_CLONED, "CM0621", WARNING,
     "several disks have one GPT disk GUID", false);
KIND(FINDING_PARTITION_GUID_CLONED, "CM0622", WARNING,
     "several partitions have one GPT partition GUID", false);
KIND(FINDING_SERIAL_CLONED, "CM0623", INFO,
     "several volumes have one serial number", false);
KIND(FINDING_NAME_CONFLICTING, "CM0630", WARNING,
     "sources lead a name to different volumes", false);
KIND(FINDING_NAME_AMBIGUOUS, "CM0631", WARNING,
     "several volumes have the id that a name was given to", false);
KIND(FINDING_NAME_STALE, "CM0632", WARNING,
     "a name leads to a partition that its disk no longer has", false);
KIND(FINDING_DISK_MISSING, "CM0633", WARNING,
     "a name leads to a disk that is not in this evidence", true);
KIND(FINDING_DEVICE_MISSING, "CM0634", INFO,
     "a name leads to a removable or other device, not to a disk of this "
     "evidence", false);
KIND(FINDING_ID_NOT_UNDERSTOOD, "CM0635", WARNING,
     "the data of a name is of no known form", false);
KIND(FINDING_SEVERAL_LETTERS, "CM0636", INFO,
     "one volume has several drive letters", false);
KIND(FINDING_LETTER_DESPITE_MARKER, "CM0637", WARNING,
     "a volume has a drive letter and a no-letter marker", false);
KIND(FINDING_LETTER_INFERRED, "CM0638", WARNING,
     "the system volume's drive letter was inferred", false);
KIND(FINDING_SYSTEM_LETTER_CONFLICTS, "CM0639", WARNING,
     "the letter in SystemRoot leads to another volume", false);
KIND(FINDING_TARGET_MISSING, "CM0640", WARNING,
     "a mount point's volume is not in this evidence", true);
KIND(FINDING_TARGET_STALE, "CM0641", WARNING,
     "a mount point's partition is gone from its disk", false);
KIND(FINDING_TARGET_AMBIGUOUS, "CM0642", WARNING,
     "a mount point's volume is several volumes of this evidence", false);
KIND(FINDING_TARGET_CONFLICTING, "CM0643", WARNING,
     "sources lead a mount point to different volumes", false);
KIND(FINDING_MOUNT_DELETED, "CM0644", INFO,
     "a deleted mount point was found", false);
KIND(FINDING_MOUNT_LOOPS, "CM0645", INFO,
     "a volume is mounted inside itself", false);
KIND(FINDING_PATHS_CUT, "CM0646", WARNING,
     "a volume has more access paths than are listed", true);
KIND(FINDING_REMOTE_DATABASE_DIFFERS, "CM0647", WARNING,
     "registry and remote database give one name different ids", false);
