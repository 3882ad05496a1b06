#include "mountmgr/findings.h"

const struct diag_kind FINDING_VALUE_TYPE = {
	"CM0501", SEVERITY_WARNING,
	"A value of MountedDevices is not of type REG_BINARY", false,
};
const struct diag_kind FINDING_UNIQUE_ID = {
	"CM0502", SEVERITY_WARNING,
	"The unique id of a volume does not have the form of its kind", true,
};
const struct diag_kind FINDING_UNIQUE_ID_AMBIGUOUS = {
	"CM0503", SEVERITY_INFO,
	"The unique id of a volume could be of two kinds", false,
};
const struct diag_kind FINDING_VOLUME_NAME_FORM = {
	"CM0504", SEVERITY_WARNING,
	"A drive letter or volume name is not spelled as Windows spells it",
	false,
};
const struct diag_kind FINDING_VOLUME_NAME_TWICE = {
	"CM0505", SEVERITY_WARNING,
	"The mount manager's data gives one name twice", false,
};
const struct diag_kind FINDING_VALUE_TOMBSTONE = {
	"CM0506", SEVERITY_INFO,
	"A layered hive marks a value of MountedDevices as deleted", false,
};
const struct diag_kind FINDING_REMOTE_DATABASE = {
	"CM0507", SEVERITY_ERROR,
	"A MountPointManagerRemoteDatabase cannot be read completely", true,
};
const struct diag_kind FINDING_NAMES_CUT = {
	"CM0508", SEVERITY_ERROR,
	"MountedDevices has more values than are kept", true,
};
const struct diag_kind FINDING_POLICY_VALUE = {
	"CM0509", SEVERITY_WARNING,
	"A setting of the mount manager or the partition manager is not a "
	"number",
	false,
};
const struct diag_kind FINDING_NAMES_UNCOUNTED = {
	"CM0510", SEVERITY_WARNING,
	"MountedDevices counts fewer values than its list holds; the others "
	"are taken for live, too",
	false,
};
const struct diag_kind FINDING_PARTITION_TABLE_CACHE = {
	"CM0530", SEVERITY_WARNING,
	"The registry's copy of a partition table cannot be read completely",
	true,
};
const struct diag_kind FINDING_DISK_RECORDS_CUT = {
	"CM0531", SEVERITY_ERROR,
	"The registry remembers more disks than are read", true,
};
const struct diag_kind FINDING_RECORD_VALUE = {
	"CM0532", SEVERITY_WARNING,
	"What the registry keeps about a disk or a volume does not have the "
	"expected form",
	false,
};
const struct diag_kind FINDING_RECORD_KEY_LOST = {
	"CM0533", SEVERITY_WARNING,
	"The key of a disk or a volume, or a key above it, is lost; the keys "
	"below it are identified by other data that names them",
	false,
};
const struct diag_kind FINDING_TRACES_CUT = {
	"CM0520", SEVERITY_ERROR,
	"A user's hive remembers more volumes than are kept", true,
};
const struct diag_kind FINDING_EVENT_LOG = {
	"CM0540", SEVERITY_ERROR,
	"Not all of an event log could be read", true,
};
const struct diag_kind FINDING_EVENT_LOG_DAMAGED = {
	"CM0541", SEVERITY_WARNING,
	"A header or a checksum of an event log is not right", false,
};
const struct diag_kind FINDING_EVENT_RECORD = {
	"CM0542", SEVERITY_ERROR,
	"A record of an event log could not be read, or only in part", true,
};
const struct diag_kind FINDING_EVENT_TWICE = {
	"CM0543", SEVERITY_WARNING,
	"Records of an event log occur more than once", false,
};
const struct diag_kind FINDING_EVENT_DOUBT = {
	"CM0544", SEVERITY_WARNING,
	"What the events of a log say about a disk is impossible or missing",
	false,
};
