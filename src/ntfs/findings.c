#include "ntfs/findings.h"

const struct diag_kind FINDING_NTFS_BACKUP_BOOT = {
	"CM0301", SEVERITY_WARNING,
	"The NTFS boot sector is damaged; the backup is used", false,
};

const struct diag_kind FINDING_NTFS_TRUNCATED = {
	"CM0302", SEVERITY_WARNING,
	"The NTFS volume reaches past the end of its partition or image", true,
};

const struct diag_kind FINDING_NTFS_RECORD = {
	"CM0303", SEVERITY_ERROR,
	"A record of the $MFT is damaged", true,
};

const struct diag_kind FINDING_NTFS_TORN = {
	"CM0304", SEVERITY_WARNING,
	"A record was written only in part", true,
};

const struct diag_kind FINDING_NTFS_MIRROR = {
	"CM0305", SEVERITY_WARNING,
	"A record of the $MFT is damaged; the $MFTMirr is used", false,
};

const struct diag_kind FINDING_NTFS_ATTRIBUTE = {
	"CM0306", SEVERITY_ERROR,
	"An attribute is damaged", true,
};

const struct diag_kind FINDING_NTFS_ATTRIBUTE_LIST = {
	"CM0307", SEVERITY_ERROR,
	"An attribute list does not agree with the records it names", true,
};

const struct diag_kind FINDING_NTFS_RUNS = {
	"CM0308", SEVERITY_ERROR,
	"A run list is damaged", true,
};

const struct diag_kind FINDING_NTFS_OUTSIDE = {
	"CM0309", SEVERITY_ERROR,
	"A run list names clusters outside the volume", true,
};

const struct diag_kind FINDING_NTFS_INDEX = {
	"CM0310", SEVERITY_ERROR,
	"An index is damaged", true,
};

const struct diag_kind FINDING_NTFS_INDEX_SCAN = {
	"CM0311", SEVERITY_WARNING,
	"The tree of an index is damaged; its blocks are scanned", false,
};

const struct diag_kind FINDING_NTFS_UPCASE = {
	"CM0312", SEVERITY_WARNING,
	"The $UpCase of the volume cannot be used", false,
};

const struct diag_kind FINDING_NTFS_NO_REPARSE_INDEX = {
	"CM0313", SEVERITY_INFO,
	"The volume has no index of reparse points", false,
};

const struct diag_kind FINDING_NTFS_STALE_ENTRY = {
	"CM0314", SEVERITY_WARNING,
	"The index names a reparse point that is not there", false,
};

const struct diag_kind FINDING_NTFS_NOT_INDEXED = {
	"CM0315", SEVERITY_WARNING,
	"A reparse point is missing from the index", false,
};

const struct diag_kind FINDING_NTFS_TAG_DIFFERS = {
	"CM0316", SEVERITY_WARNING,
	"The index and the data of a reparse point give different tags", false,
};

const struct diag_kind FINDING_NTFS_REPARSE_DATA = {
	"CM0317", SEVERITY_ERROR,
	"The data of a reparse point is damaged", true,
};

const struct diag_kind FINDING_NTFS_PATH = {
	"CM0318", SEVERITY_WARNING,
	"The path of a file cannot be followed to the root", false,
};

const struct diag_kind FINDING_NTFS_LIMIT = {
	"CM0319", SEVERITY_ERROR,
	"A limit was reached; what lies beyond it is not read", true,
};

const struct diag_kind FINDING_NTFS_STREAM = {
	"CM0320", SEVERITY_WARNING,
	"The content of a file is stored in a way that is not read", true,
};

const struct diag_kind FINDING_NTFS_WITNESS_DISAGREES = {
	"CM0321", SEVERITY_WARNING,
	"libfsntfs reads a reparse point differently", false,
};

const struct diag_kind FINDING_NTFS_WITNESS_UNAVAILABLE = {
	"CM0322", SEVERITY_INFO,
	"libfsntfs cannot read the volume or the record", false,
};

const struct diag_kind FINDING_NTFS_VOLUME = {
	"CM0323", SEVERITY_WARNING,
	"The file $Volume is damaged", true,
};

const struct diag_kind FINDING_NTFS_LOST = {
	"CM0324", SEVERITY_ERROR,
	"A directory is not in the MFT record that is said to hold it", true,
};

const struct diag_kind FINDING_NTFS_TARGET = {
	"CM0325", SEVERITY_WARNING,
	"The target of a junction is not a path as Windows writes it", false,
};

const struct diag_kind FINDING_NTFS_NAME = {
	"CM0326", SEVERITY_WARNING,
	"A directory does not list a file under its own name", false,
};

const struct diag_kind FINDING_NTFS_MFT_SEARCHED = {
	"CM0330", SEVERITY_ERROR,
	"The $MFT is put together from records that were found by a search",
	true,
};

const struct diag_kind FINDING_NTFS_LABEL = {
	"CM0327", SEVERITY_WARNING,
	"The $MFTMirr gives the volume another label", false,
};

const struct diag_kind FINDING_NTFS_UNLISTED = {
	"CM0328", SEVERITY_WARNING,
	"A directory does not list a file that claims to be in it", false,
};

const struct diag_kind FINDING_NTFS_RIVALS = {
	"CM0329", SEVERITY_WARNING,
	"Several files claim to be the one that no directory lists",
	false,
};

const struct diag_kind FINDING_NTFS_QUOTA = {
	"CM0331", SEVERITY_WARNING,
	"The two indexes of a volume's quotas contradict each other", false,
};

const struct diag_kind FINDING_NTFS_QUOTA_FIGURES = {
	"CM0333", SEVERITY_WARNING,
	"A quota has impossible values", false,
};

const struct diag_kind FINDING_NTFS_BITMAP = {
	"CM0332", SEVERITY_ERROR,
	"The $Bitmap of the volume cannot be read", true,
};

const struct diag_kind FINDING_NTFS_BAD_MIRROR = {
	"CM0334", SEVERITY_WARNING,
	"The $MFTMirr is damaged, or does not agree with the $MFT", false,
};

const struct diag_kind FINDING_NTFS_OTHER_MIRROR = {
	"CM0335", SEVERITY_INFO,
	"The $MFTMirr is of another time than the $MFT", false,
};
