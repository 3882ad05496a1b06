#include "machine/findings.h"

const struct diag_kind FINDING_IMAGE_UNREADABLE = {
	"CM0601", SEVERITY_ERROR,
	"An image could not be opened", true,
};

const struct diag_kind FINDING_DISK_NOT_READ = {
	"CM0602", SEVERITY_ERROR,
	"An image was opened, but no byte of its disk could be read", true,
};

const struct diag_kind FINDING_VOLUME_UNREADABLE = {
	"CM0603", SEVERITY_ERROR,
	"An NTFS volume could not be opened", true,
};

const struct diag_kind FINDING_VOLUME_ENCRYPTED = {
	"CM0604", SEVERITY_WARNING,
	"A volume is encrypted, so nothing in it was read", true,
};

const struct diag_kind FINDING_STORAGE_SPACES = {
	"CM0605", SEVERITY_WARNING,
	"A partition belongs to a storage pool, whose volumes are not "
	"read", true,
};

const struct diag_kind FINDING_VOLUME_UNKNOWN = {
	"CM0606", SEVERITY_INFO,
	"No known file system was recognised in a volume", false,
};

const struct diag_kind FINDING_VOLUME_LOST = {
	"CM0617", SEVERITY_WARNING,
	"A partition of a type that Windows mounts holds data, but no known "
	"file system: it is damaged, encrypted or of another kind",
	true,
};

const struct diag_kind FINDING_VOLUME_LENGTHENED = {
	"CM0618", SEVERITY_WARNING,
	"A volume is longer than its partition, and read as far as it goes",
	false,
};

const struct diag_kind FINDING_RECOVERED = {
	"CM0661", SEVERITY_WARNING,
	"A volume was found that no table leads to", false,
};

const struct diag_kind FINDING_RECOVERED_DOUBT = {
	"CM0662", SEVERITY_WARNING,
	"What looks like a volume that no table leads to is doubtful", false,
};

const struct diag_kind FINDING_RECOVERED_CUT = {
	"CM0663", SEVERITY_ERROR,
	"More sectors look like boot sectors of lost volumes than are followed",
	true,
};

const struct diag_kind FINDING_RECOVERED_NOWHERE = {
	"CM0664", SEVERITY_INFO,
	"Sectors look like boot sectors of lost volumes, but lead to none",
	false,
};

const struct diag_kind FINDING_RECOVERED_UNREAD = {
	"CM0665", SEVERITY_WARNING,
	"Not all of a disk could be searched for lost volumes", true,
};

const struct diag_kind FINDING_RECOVERED_LDM = {
	"CM0666", SEVERITY_WARNING,
	"A database of dynamic disks was found that no table leads to", false,
};

const struct diag_kind FINDING_RECOVERED_SIGNATURE = {
	"CM0667", SEVERITY_WARNING,
	"The signature of a disk is inferred from what registries know of it",
	false,
};

const struct diag_kind FINDING_VOLUME_DIRTY = {
	"CM0607", SEVERITY_INFO,
	"A volume was not cleanly dismounted", false,
};

const struct diag_kind FINDING_REPARSE_UNREADABLE = {
	"CM0608", SEVERITY_ERROR,
	"The reparse points of a volume could not be listed", true,
};

const struct diag_kind FINDING_REFS_NOT_READ = {
	"CM0609", SEVERITY_WARNING,
	"A volume is ReFS, whose mount points are not read", true,
};

const struct diag_kind FINDING_HIVE_UNREADABLE = {
	"CM0610", SEVERITY_ERROR,
	"A registry hive could not be read", true,
};

const struct diag_kind FINDING_NO_MOUNTED_DEVICES = {
	"CM0611", SEVERITY_WARNING,
	"A SYSTEM hive has no MountedDevices key", false,
};

const struct diag_kind FINDING_NO_INSTALLATION = {
	"CM0612", SEVERITY_INFO,
	"No Windows installation was found", false,
};

const struct diag_kind FINDING_ROOT_NOT_SEARCHED = {
	"CM0613", SEVERITY_WARNING,
	"Not every directory of a root was searched for an "
	"installation", true,
};

const struct diag_kind FINDING_REMOTE_DATABASE_UNREADABLE = {
	"CM0614", SEVERITY_WARNING,
	"A MountPointManagerRemoteDatabase could not be read", true,
};

const struct diag_kind FINDING_NAMES_BY_CASE = {
	"CM0615", SEVERITY_WARNING,
	"Names of parts of an installation differ in letter case only", false,
};

const struct diag_kind FINDING_PARENT_UNREADABLE = {
	"CM0616", SEVERITY_ERROR,
	"A file that was named as a parent could not be opened", true,
};

const struct diag_kind FINDING_SIGNATURE_CLONED = {
	"CM0620", SEVERITY_WARNING,
	"Several disks have one MBR signature", false,
};

const struct diag_kind FINDING_DISK_GUID_CLONED = {
	"CM0621", SEVERITY_WARNING,
	"Several disks have one GPT disk GUID", false,
};

const struct diag_kind FINDING_PARTITION_GUID_CLONED = {
	"CM0622", SEVERITY_WARNING,
	"Several partitions have one GPT partition GUID", false,
};

const struct diag_kind FINDING_SERIAL_CLONED = {
	"CM0623", SEVERITY_INFO,
	"Several volumes have one serial number", false,
};

const struct diag_kind FINDING_IMAGE_TWICE = {
	"CM0624", SEVERITY_WARNING,
	"One file is read for several images", false,
};

const struct diag_kind FINDING_DISK_COPIED = {
	"CM0625", SEVERITY_WARNING,
	"Two disks are the same wherever they were compared", false,
};

const struct diag_kind FINDING_NAME_CONFLICTING = {
	"CM0630", SEVERITY_WARNING,
	"Sources lead a name to different volumes", false,
};

const struct diag_kind FINDING_NAME_AMBIGUOUS = {
	"CM0631", SEVERITY_WARNING,
	"Several volumes have the id that a name stands for", false,
};

const struct diag_kind FINDING_NAME_POSSIBLE = {
	"CM0668", SEVERITY_WARNING,
	"A name may lead to a volume on a disk that has lost its id", true,
};

const struct diag_kind FINDING_RECOVERED_GEOMETRY = {
	"CM0669", SEVERITY_WARNING,
	"A volume has lost both boot sectors, and is read by means of its $MFT",
	false,
};

const struct diag_kind FINDING_NAME_STALE = {
	"CM0632", SEVERITY_WARNING,
	"A name leads to a partition that its disk no longer has, or that is "
	"not a volume", false,
};

const struct diag_kind FINDING_DISK_MISSING = {
	"CM0633", SEVERITY_WARNING,
	"A name leads to a disk that is not in this evidence", true,
};

const struct diag_kind FINDING_DEVICE_MISSING = {
	"CM0634", SEVERITY_INFO,
	"A name leads to a removable or other device, not to a disk "
	"of this evidence", false,
};

const struct diag_kind FINDING_ID_NOT_UNDERSTOOD = {
	"CM0635", SEVERITY_WARNING,
	"The data of a name has no known form", false,
};

const struct diag_kind FINDING_SEVERAL_LETTERS = {
	"CM0636", SEVERITY_INFO,
	"One volume has several drive letters", false,
};

const struct diag_kind FINDING_LETTER_DESPITE_MARKER = {
	"CM0637", SEVERITY_WARNING,
	"A volume has a drive letter and a no-letter marker", false,
};

const struct diag_kind FINDING_LETTER_INFERRED = {
	"CM0638", SEVERITY_WARNING,
	"The system volume's drive letter was inferred", false,
};

const struct diag_kind FINDING_SYSTEM_LETTER_CONFLICTS = {
	"CM0639", SEVERITY_WARNING,
	"The letter in SystemRoot leads to another volume", false,
};

const struct diag_kind FINDING_TARGET_MISSING = {
	"CM0640", SEVERITY_WARNING,
	"A mount point's volume is not in this evidence, or its name is "
	"unknown",
	true,
};

const struct diag_kind FINDING_TARGET_STALE = {
	"CM0641", SEVERITY_WARNING,
	"A mount point's partition is gone from its disk, or is not a volume",
	false,
};

const struct diag_kind FINDING_TARGET_AMBIGUOUS = {
	"CM0642", SEVERITY_WARNING,
	"A mount point's volume may be any of several in this evidence", false,
};

const struct diag_kind FINDING_TARGET_CONFLICTING = {
	"CM0643", SEVERITY_WARNING,
	"Sources lead a mount point to different volumes", false,
};

const struct diag_kind FINDING_MOUNT_DELETED = {
	"CM0644", SEVERITY_INFO,
	"A deleted mount point was found", false,
};

const struct diag_kind FINDING_MOUNT_LOOPS = {
	"CM0645", SEVERITY_INFO,
	"A volume is mounted inside itself", false,
};

const struct diag_kind FINDING_PATHS_CUT = {
	"CM0646", SEVERITY_WARNING,
	"A volume has more access paths than are listed", true,
};

const struct diag_kind FINDING_REMOTE_DATABASE_DIFFERS = {
	"CM0647", SEVERITY_WARNING,
	"Registry and remote database give one name different ids", false,
};

const struct diag_kind FINDING_INSTALLATIONS_CUT = {
	"CM0648", SEVERITY_ERROR,
	"There are more installations than are read", true,
};

const struct diag_kind FINDING_MOUNTS_CUT = {
	"CM0649", SEVERITY_ERROR,
	"There are more mount points than are kept", true,
};

const struct diag_kind FINDING_VOLUMES_CUT = {
	"CM0650", SEVERITY_ERROR,
	"There are more NTFS volumes than are read", true,
};

const struct diag_kind FINDING_NAME_OF_NO_FORM = {
	"CM0651", SEVERITY_WARNING,
	"The name of a value of MountedDevices has no known form", false,
};

const struct diag_kind FINDING_MOUNT_ON_FILE = {
	"CM0652", SEVERITY_WARNING,
	"A mount point is on a file, where Windows never makes one", false,
};

const struct diag_kind FINDING_VOLUME_UNREAD = {
	"CM0653", SEVERITY_ERROR,
	"The bytes that would tell the file system of a volume cannot be "
	"read", true,
};

const struct diag_kind FINDING_OFFLINE_LINK = {
	"CM0654", SEVERITY_INFO,
	"A volume is kept offline whose name is not in MountedDevices", false,
};

const struct diag_kind FINDING_TIMELINE_CUT = {
	"CM0655", SEVERITY_WARNING,
	"There are more events than the timeline holds", true,
};

const struct diag_kind FINDING_ROOT_REPLACED = {
	"CM0656", SEVERITY_INFO,
	"A Windows directory that was moved is read as history of the one that "
	"replaced it", false,
};

const struct diag_kind FINDING_OLDER_HIVE_EMPTY = {
	"CM0657", SEVERITY_INFO,
	"An older SYSTEM hive is empty, or has no MountedDevices", false,
};

const struct diag_kind FINDING_OLDER_HIVES_CUT = {
	"CM0658", SEVERITY_ERROR,
	"There are more older SYSTEM hives than are read", true,
};

const struct diag_kind FINDING_NO_SOFTWARE = {
	"CM0659", SEVERITY_INFO,
	"A Windows installation has no SOFTWARE hive", false,
};

const struct diag_kind FINDING_NAMES_UNREACHABLE = {
	"CM0660", SEVERITY_WARNING,
	"The values of MountedDevices that its key does not lead to were found "
	"by a scan of the hive",
	false,
};

const struct diag_kind FINDING_PROFILES_NOT_SEARCHED = {
	"CM0670", SEVERITY_WARNING,
	"A directory could not be searched for users' profiles", true,
};

const struct diag_kind FINDING_PROFILES_CUT = {
	"CM0671", SEVERITY_ERROR,
	"There are more users' profiles than are read", true,
};

const struct diag_kind FINDING_PROFILE_MISSING = {
	"CM0672", SEVERITY_INFO,
	"An account's profile, or the hive in it, is not in this "
	"evidence", false,
};

const struct diag_kind FINDING_PROFILE_SHARED = {
	"CM0673", SEVERITY_INFO,
	"Several accounts have one profile", false,
};

const struct diag_kind FINDING_USER_VOLUMES_ABSENT = {
	"CM0674", SEVERITY_INFO,
	"A user's hive names volumes that are not in this evidence", false,
};

const struct diag_kind FINDING_PROFILE_NAMED = {
	"CM0675", SEVERITY_WARNING,
	"The directory of a profile is damaged; its path is known from "
	"elsewhere", false,
};

const struct diag_kind FINDING_KNOWN_DISKS_ALIKE = {
	"CM0680", SEVERITY_INFO,
	"The registry remembers several disks with one signature or GUID",
	false,
};

const struct diag_kind FINDING_LOOSE_UNUSED = {
	"CM0690", SEVERITY_ERROR,
	"A hive or registry text that was given holds nothing that is read",
	true,
};

const struct diag_kind FINDING_KNOWN_BY_SERIAL = {
	"CM0692", SEVERITY_INFO,
	"A disk that a registry remembers is identified by a volume's serial "
	"number alone",
	false,
};

const struct diag_kind FINDING_DISK_NOT_GIVEN = {
	"CM0691", SEVERITY_INFO,
	"A name in a hive that was given without its disks leads to none in "
	"this evidence", false,
};

const struct diag_kind FINDING_EVENT_LOG_MISSING = {
	"CM0694", SEVERITY_WARNING,
	"Records are missing between the partition manager's logs", false,
};

const struct diag_kind FINDING_EVENT_LOG_UNREADABLE = {
	"CM0695", SEVERITY_ERROR,
	"The partition manager's event log could not be read", true,
};

const struct diag_kind FINDING_EVENT_AMBIGUOUS = {
	"CM0696", SEVERITY_WARNING,
	"An event is about a disk whose id several supplied disks have", false,
};

const struct diag_kind FINDING_EVENT_OF_TWO = {
	"CM0693", SEVERITY_INFO,
	"An event combines the partition table of one disk with the device of "
	"another", false,
};

const struct diag_kind FINDING_NUMBER_GIVEN = {
	"CM0697", SEVERITY_WARNING,
	"The number given for a disk is not the one in a log", false,
};

const struct diag_kind FINDING_NUMBER_TAKEN = {
	"CM0698", SEVERITY_WARNING,
	"The number that a log gives a disk is that of another disk", false,
};

const struct diag_kind FINDING_NUMBERS_DISAGREE = {
	"CM0699", SEVERITY_INFO,
	"Logs or registries give a disk different numbers", false,
};

const struct diag_kind FINDING_SHADOW_ELSEWHERE = {
	"CM0681", SEVERITY_INFO,
	"A shadow copy is stored on another volume than the one it is a copy "
	"of", false,
};

const struct diag_kind FINDING_SHADOW_NO_STORE = {
	"CM0682", SEVERITY_WARNING,
	"A shadow copy has no store on the volume that should hold it", true,
};

const struct diag_kind FINDING_LETTER_HINT = {
	"CM0619", SEVERITY_INFO,
	"A dynamic volume had another letter than the registry gives it", false,
};

const struct diag_kind FINDING_SHADOW_NOT_READ = {
	"CM0683", SEVERITY_WARNING,
	"A shadow copy that was to be read cannot be", true,
};

const struct diag_kind FINDING_SHADOWS_CUT = {
	"CM0684", SEVERITY_WARNING,
	"Not all shadow copies were read", true,
};

const struct diag_kind FINDING_NO_SYSTEM = {
	"CM0685", SEVERITY_WARNING,
	"A Windows directory has no SYSTEM hive", true,
};

const struct diag_kind FINDING_HIVE_RIVALS = {
	"CM0688", SEVERITY_WARNING,
	"Several files may be a hive or log that no directory lists", true,
};

const struct diag_kind FINDING_NT4_LETTERS = {
	"CM0686", SEVERITY_WARNING,
	"The drive letters of Windows NT 4 are not read", true,
};

const struct diag_kind FINDING_NT4_DISKS = {
	"CM0687", SEVERITY_INFO,
	"What Windows NT 4 kept about its disks is not read", false,
};

const struct diag_kind FINDING_LOG_DISKS = {
	"CM0689", SEVERITY_WARNING,
	"Disks are known only from the log of a hive that is lost", true,
};

const struct diag_kind FINDING_HIDDEN_VOLUME = {
	"CM0676", SEVERITY_INFO,
	"A volume is hidden from the mount manager", false,
};
