#include "disk/findings.h"

const struct diag_kind FINDING_DISK_UNREADABLE = {
	"CM0201", SEVERITY_ERROR,
	"Bytes of a partition table cannot be read",
	true,
};

const struct diag_kind FINDING_SECTOR_SIZE = {
	"CM0202", SEVERITY_WARNING,
	"The evidence disagrees about the size of a sector",
	false,
};

const struct diag_kind FINDING_NO_TABLE = {
	"CM0203", SEVERITY_WARNING,
	"A disk that is not blank has no partition table",
	true,
};

const struct diag_kind FINDING_SECTOR_0_AMBIGUOUS = {
	"CM0204", SEVERITY_WARNING,
	"Sector 0 is a partition table, but the disk may be one volume",
	false,
};

const struct diag_kind FINDING_VHD_FOOTER = {
	"CM0205", SEVERITY_INFO,
	"A VHD footer follows the disk",
	false,
};

const struct diag_kind FINDING_MBR_ENTRY = {
	"CM0206", SEVERITY_WARNING,
	"An entry of an MBR is not as Windows writes it",
	false,
};

const struct diag_kind FINDING_MBR_OVERLAY = {
	"CM0207", SEVERITY_WARNING,
	"A disk manager hides the partition table",
	true,
};

const struct diag_kind FINDING_EBR_STOP = {
	"CM0208", SEVERITY_ERROR,
	"The chain of logical drives breaks off",
	true,
};

const struct diag_kind FINDING_EBR_ODD = {
	"CM0209", SEVERITY_WARNING,
	"The chain of logical drives is unusual",
	false,
};

const struct diag_kind FINDING_WMI_INDEX = {
	"CM0210", SEVERITY_INFO,
	"The WMI index of a partition is not certain",
	false,
};

const struct diag_kind FINDING_PARTITION_OVERLAP = {
	"CM0211", SEVERITY_WARNING,
	"Partitions overlap",
	false,
};

const struct diag_kind FINDING_PARTITION_BEYOND_END = {
	"CM0212", SEVERITY_WARNING,
	"A partition reaches past the end of the disk",
	true,
};

const struct diag_kind FINDING_GPT_DAMAGED = {
	"CM0213", SEVERITY_WARNING,
	"A copy of a GPT is damaged",
	false,
};

const struct diag_kind FINDING_GPT_ODD = {
	"CM0214", SEVERITY_WARNING,
	"A header of a GPT is unusual",
	false,
};

const struct diag_kind FINDING_GPT_BACKUP = {
	"CM0215", SEVERITY_WARNING,
	"The backup of a GPT is not at the end of the disk",
	false,
};

const struct diag_kind FINDING_GPT_COPIES_DIFFER = {
	"CM0216", SEVERITY_WARNING,
	"The copies of a GPT differ",
	false,
};

const struct diag_kind FINDING_GPT_UNTRUSTED = {
	"CM0217", SEVERITY_ERROR,
	"Partitions come from a damaged GPT",
	true,
};

const struct diag_kind FINDING_GPT_LOST = {
	"CM0218", SEVERITY_ERROR,
	"Neither copy of a GPT can be used",
	true,
};

const struct diag_kind FINDING_GPT_REPAIRED = {
	"CM0250", SEVERITY_WARNING,
	"A GPT is put together from what is left of its two copies",
	false,
};

const struct diag_kind FINDING_MBR_UNMARKED = {
	"CM0251", SEVERITY_WARNING,
	"A partition table without its end marker is used",
	false,
};

const struct diag_kind FINDING_GPT_ENTRY = {
	"CM0219", SEVERITY_WARNING,
	"An entry of a GPT is impossible",
	false,
};

const struct diag_kind FINDING_GPT_PROTECTIVE_MBR = {
	"CM0220", SEVERITY_WARNING,
	"The protective MBR of a GPT disk is missing or unusual",
	false,
};

const struct diag_kind FINDING_GPT_HYBRID = {
	"CM0221", SEVERITY_WARNING,
	"A disk has partitions in its MBR and in its GPT",
	false,
};

const struct diag_kind FINDING_GPT_LEFTOVER = {
	"CM0222", SEVERITY_INFO,
	"A disk still holds a GPT that is no longer in use",
	false,
};

const struct diag_kind FINDING_DYNAMIC_DISK = {
	"CM0239", SEVERITY_INFO,
	"A disk is dynamic: its volumes are listed apart from its partitions",
	false,
};

const struct diag_kind FINDING_WITNESS_DISAGREES = {
	"CM0224", SEVERITY_WARNING,
	"libtsk reads a partition table differently",
	false,
};

const struct diag_kind FINDING_WITNESS_SILENT = {
	"CM0225", SEVERITY_INFO,
	"libtsk cannot read a partition table",
	false,
};

const struct diag_kind FINDING_VOLUME_BACKUP_USED = {
	"CM0226", SEVERITY_WARNING,
	"A volume is known from its backup boot sector only",
	false,
};

const struct diag_kind FINDING_VOLUME_DAMAGED = {
	"CM0227", SEVERITY_ERROR,
	"The boot sector of a volume cannot be used",
	true,
};

const struct diag_kind FINDING_VOLUME_ODD = {
	"CM0228", SEVERITY_WARNING,
	"The boot sector of a volume is unusual",
	false,
};

const struct diag_kind FINDING_VOLUME_LABEL = {
	"CM0229", SEVERITY_WARNING,
	"The label of a volume cannot be read",
	true,
};

const struct diag_kind FINDING_BLANK = {
	"CM0230", SEVERITY_INFO,
	"A disk has no partition table and seems to be blank",
	false,
};

const struct diag_kind FINDING_LDM_HEADER = {
	"CM0231", SEVERITY_ERROR,
	"A private region of a dynamic disk is damaged",
	true,
};

const struct diag_kind FINDING_LDM_RECORD = {
	"CM0232", SEVERITY_ERROR,
	"A record of a dynamic disk's database is damaged",
	true,
};

const struct diag_kind FINDING_LDM_PENDING = {
	"CM0233", SEVERITY_WARNING,
	"A change of dynamic disks was under way",
	false,
};

const struct diag_kind FINDING_LDM_STALE = {
	"CM0234", SEVERITY_WARNING,
	"A dynamic disk holds an older state of its group",
	false,
};

const struct diag_kind FINDING_LDM_MEMBER_MISSING = {
	"CM0235", SEVERITY_WARNING,
	"A dynamic volume is read without one of its disks",
	false,
};

const struct diag_kind FINDING_LDM_INCOMPLETE = {
	"CM0236", SEVERITY_ERROR,
	"A dynamic volume cannot be put together, or only in part",
	true,
};

const struct diag_kind FINDING_LDM_VOLUME = {
	"CM0237", SEVERITY_ERROR,
	"The records of a dynamic volume contradict each other",
	true,
};

const struct diag_kind FINDING_LDM_SIDES_DIFFER = {
	"CM0238", SEVERITY_WARNING,
	"The sides of a mirrored volume differ",
	false,
};

const struct diag_kind FINDING_SHADOW_HEADER = {
	"CM0240", SEVERITY_WARNING,
	"The header of a volume's shadow copies is damaged",
	true,
};

const struct diag_kind FINDING_SHADOW_CATALOG = {
	"CM0241", SEVERITY_WARNING,
	"The catalogue of shadow copies is damaged",
	true,
};

const struct diag_kind FINDING_SHADOW_STORE = {
	"CM0242", SEVERITY_WARNING,
	"The store of a shadow copy is damaged",
	true,
};

const struct diag_kind FINDING_SHADOW_BITMAP = {
	"CM0243", SEVERITY_WARNING,
	"It is not known which blocks of a shadow copy were unused",
	true,
};

const struct diag_kind FINDING_BITLOCKER_COPY = {
	"CM0260", SEVERITY_WARNING,
	"A copy of a volume's BitLocker metadata cannot be used",
	false,
};

const struct diag_kind FINDING_BITLOCKER_COPIES_DIFFER = {
	"CM0261", SEVERITY_WARNING,
	"The copies of a volume's BitLocker metadata differ",
	false,
};

const struct diag_kind FINDING_BITLOCKER_METADATA = {
	"CM0262", SEVERITY_ERROR,
	"No copy of a volume's BitLocker metadata can be used",
	true,
};

const struct diag_kind FINDING_BITLOCKER_ENTRY = {
	"CM0263", SEVERITY_WARNING,
	"An entry of BitLocker metadata is damaged",
	false,
};

const struct diag_kind FINDING_BITLOCKER_HINDRANCE = {
	"CM0264", SEVERITY_WARNING,
	"A volume is encrypted in a way that coldmount cannot unlock with any "
	"key",
	true,
};

const struct diag_kind FINDING_BITLOCKER_WRONG_KEYS = {
	"CM0265", SEVERITY_WARNING,
	"None of the keys unlocks a volume",
	false,
};

const struct diag_kind FINDING_BITLOCKER_KEY_UNUSED = {
	"CM0266", SEVERITY_INFO,
	"A key unlocks no volume in this evidence",
	false,
};

const struct diag_kind FINDING_BITLOCKER_CONVERSION = {
	"CM0267", SEVERITY_WARNING,
	"A volume was being encrypted or decrypted",
	false,
};

const struct diag_kind FINDING_BITLOCKER_TRIES = {
	"CM0268", SEVERITY_WARNING,
	"Not all keys were tried on all protectors",
	true,
};

const struct diag_kind FINDING_BITLOCKER_MAP = {
	"CM0269", SEVERITY_WARNING,
	"It is not known which parts of a volume BitLocker has encrypted",
	true,
};

const struct diag_kind FINDING_BITLOCKER_FOUND = {
	"CM0277", SEVERITY_WARNING,
	"A volume's BitLocker metadata does not lie where its first sector "
	"says",
	false,
};

const struct diag_kind FINDING_POOL_DAMAGED = {
	"CM0270", SEVERITY_WARNING,
	"A disk's metadata of its storage pool cannot be used",
	true,
};

const struct diag_kind FINDING_LDM_STATE = {
	"CM0271", SEVERITY_WARNING,
	"A dynamic volume, or a side of it, is not active",
	false,
};

const struct diag_kind FINDING_VOLUME_LABELS_DIFFER = {
	"CM0272", SEVERITY_INFO,
	"A FAT volume was formatted with another label than it has",
	false,
};

const struct diag_kind FINDING_FREE_SPACE = {
	"CM0273", SEVERITY_ERROR,
	"The free clusters of a FAT or exFAT volume cannot be counted", true,
};

const struct diag_kind FINDING_LDM_VOLUME_STALE = {
	"CM0274", SEVERITY_WARNING,
	"A dynamic volume is read from disks that hold an older state", false,
};

const struct diag_kind FINDING_VOLUME_SERIALS_DIFFER = {
	"CM0278", SEVERITY_WARNING,
	"A boot sector and its backup have different serial numbers",
	false,
};

const struct diag_kind FINDING_VOLUME_LABEL_PAGE = {
	"CM0279", SEVERITY_INFO,
	"A FAT or CDFS label has letters that depend on a code page", false,
};

const struct diag_kind FINDING_VOLUME_FAT_STATE = {
	"CM0276", SEVERITY_INFO,
	"The FAT and the boot sector of a volume disagree about its state",
	false,
};

const struct diag_kind FINDING_LDM_STRAY = {
	"CM0275", SEVERITY_WARNING,
	"A disk that its partition table does not call dynamic is read as a "
	"member of a group",
	false,
};

const struct diag_kind FINDING_LDM_COPIES_DIFFER = {
	"CM0280", SEVERITY_WARNING,
	"Copies of one dynamic disk differ in a volume", false,
};

const struct diag_kind FINDING_HYBRID_VOLUME = {
	"CM0281", SEVERITY_WARNING,
	"The MBR of a GPT disk has a volume that its GPT does not have", false,
};

const struct diag_kind FINDING_REFS_COPY = {
	"CM0282", SEVERITY_WARNING,
	"Metadata of a ReFS volume is damaged, and a copy is read", false,
};

const struct diag_kind FINDING_LDM_SAME_BYTES = {
	"CM0284", SEVERITY_INFO,
	"A partition and a dynamic volume are the same bytes", false,
};

const struct diag_kind FINDING_LDM_OLDER = {
	"CM0283", SEVERITY_WARNING,
	"A dynamic volume is known from records of an older state", false,
};

const struct diag_kind FINDING_LDM_APART = {
	"CM0285", SEVERITY_WARNING,
	"Disks of a dynamic disk group hold different databases with the same "
	"state number", false,
};

const struct diag_kind FINDING_UDF_COPY = {
	"CM0286", SEVERITY_WARNING,
	"Descriptors of a UDF volume are damaged, and a copy is read", false,
};

const struct diag_kind FINDING_UDF_DAMAGED = {
	"CM0287", SEVERITY_ERROR,
	"The descriptors of a UDF volume cannot be used", true,
};

const struct diag_kind FINDING_UDF_FILE_SET = {
	"CM0288", SEVERITY_WARNING,
	"The serial number of a UDF volume cannot be computed", true,
};

const struct diag_kind FINDING_UDF_LABELS_DIFFER = {
	"CM0289", SEVERITY_INFO,
	"A UDF volume and its file set have different labels", false,
};

const struct diag_kind FINDING_DISC_OR_OTHER = {
	"CM0290", SEVERITY_WARNING,
	"A volume has descriptors of UDF or CDFS and signs of another file "
	"system", false,
};

const struct diag_kind FINDING_FOREIGN = {
	"CM0291", SEVERITY_INFO,
	"A disk has no partition table, but data that Windows does not "
	"recognise", false,
};

const struct diag_kind FINDING_DISC_LEFT_OVER = {
	"CM0292", SEVERITY_WARNING,
	"A disk with descriptors of UDF or CDFS may have lost its partition "
	"table", true,
};

const struct diag_kind FINDING_LDM_COPY = {
	"CM0293", SEVERITY_WARNING,
	"A copy of a private header or table of contents of a dynamic disk is "
	"missing, or is not as the one that is used", false,
};

const struct diag_kind FINDING_GPT_FRONT = {
	"CM0294", SEVERITY_ERROR,
	"An image begins after the start of its disk, as the backup of a GPT "
	"tells", true,
};

const struct diag_kind FINDING_FAT_WINDOWS = {
	"CM0295", SEVERITY_WARNING,
	"A FAT volume may have a Windows, which is not read", true,
};

const struct diag_kind FINDING_LDM_PARITY = {
	"CM0296", SEVERITY_WARNING,
	"The columns of a RAID-5 volume do not agree", false,
};

const struct diag_kind FINDING_BITLOCKER_UNCHECKED = {
	"CM0297", SEVERITY_WARNING,
	"No copy of a volume's BitLocker metadata has a checksum", false,
};
