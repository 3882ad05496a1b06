#include "registry/findings.h"

const struct diag_kind FINDING_HIVE_DIRTY = {
	"CM0401", SEVERITY_WARNING,
	"A hive was not written back completely; newer pages may be in its "
	"transaction logs, which were not replayed", true,
};
const struct diag_kind FINDING_BASE_BLOCK = {
	"CM0402", SEVERITY_WARNING,
	"The base block of a hive is damaged or of an unknown version", false,
};
const struct diag_kind FINDING_HIVE_TRUNCATED = {
	"CM0403", SEVERITY_ERROR,
	"A hive is shorter than its base block says", true,
};
const struct diag_kind FINDING_ROOT_KEY = {
	"CM0404", SEVERITY_WARNING,
	"The root key of a hive is not where its base block says", false,
};
const struct diag_kind FINDING_KEY_UNREADABLE = {
	"CM0405", SEVERITY_ERROR, "A registry key cannot be read", true,
};
const struct diag_kind FINDING_VALUE_UNREADABLE = {
	"CM0406", SEVERITY_ERROR, "A registry value cannot be read", true,
};
const struct diag_kind FINDING_LIST_DAMAGED = {
	"CM0407", SEVERITY_ERROR,
	"A list of subkeys or values cannot be read completely", true,
};
const struct diag_kind FINDING_VALUE_DATA = {
	"CM0408", SEVERITY_ERROR,
	"The data of a registry value is incomplete", true,
};
const struct diag_kind FINDING_NAME_TWICE = {
	"CM0409", SEVERITY_WARNING,
	"A registry key holds two entries of one name; the first counts", false,
};
const struct diag_kind FINDING_FREE_CELL = {
	"CM0410", SEVERITY_WARNING,
	"A registry record that is in use lies in a cell marked as free", false,
};
const struct diag_kind FINDING_COUNT_DIFFERS = {
	"CM0411", SEVERITY_WARNING,
	"A key has more or fewer subkeys or values than its record says", false,
};
const struct diag_kind FINDING_CONTROL_SET = {
	"CM0412", SEVERITY_WARNING,
	"The current control set is not what Select\\Current says", false,
};
const struct diag_kind FINDING_SYSTEM_VALUE = {
	"CM0413", SEVERITY_WARNING,
	"A value that describes the installation is not of its usual type",
	false,
};
const struct diag_kind FINDING_PARENT_DIFFERS = {
	"CM0414", SEVERITY_WARNING,
	"A subkey says that it belongs to another key than the one that lists "
	"it",
	false,
};
const struct diag_kind FINDING_HIVE_RECOVERED = {
	"CM0415", SEVERITY_INFO,
	"A hive was recovered from its transaction logs, in memory", false,
};
const struct diag_kind FINDING_LOG_REMNANT = {
	"CM0416", SEVERITY_INFO,
	"Older entries follow the last valid one in a transaction log; they "
	"were not applied",
	false,
};
const struct diag_kind FINDING_LOG_DAMAGED = {
	"CM0417", SEVERITY_WARNING,
	"A transaction log is damaged; what follows in it was not applied",
	true,
};
const struct diag_kind FINDING_LOG_GAP = {
	"CM0418", SEVERITY_WARNING,
	"A transaction log does not continue where the other one ends; it was "
	"not applied",
	true,
};
const struct diag_kind FINDING_LOG_NOT_APPLIED = {
	"CM0419", SEVERITY_INFO,
	"A transaction log does not belong to the state that the hive is in; "
	"it was not applied",
	false,
};
const struct diag_kind FINDING_LOG_BIN = {
	"CM0420", SEVERITY_WARNING,
	"A transaction log leaves a part of a hive without a valid header; "
	"what it has there was not applied",
	true,
};
const struct diag_kind FINDING_LOG_NEWER = {
	"CM0421", SEVERITY_INFO,
	"A transaction log holds entries newer than its hive, which is clean "
	"or was recovered from others; they were not applied",
	false,
};
const struct diag_kind FINDING_KEY_NAME = {
	"CM0422", SEVERITY_WARNING,
	"The name of a key does not match its hash or first characters in the "
	"list of subkeys",
	false,
};
const struct diag_kind FINDING_KEY_BY_HINT = {
	"CM0423", SEVERITY_WARNING,
	"A key whose name is damaged is identified by its hash or first "
	"characters in the list of subkeys",
	false,
};
const struct diag_kind FINDING_HIVE_SHIFTED = {
	"CM0424", SEVERITY_WARNING,
	"A hive does not begin at the first byte of its file", false,
};
const struct diag_kind FINDING_KEYS_BY_PARENT = {
	"CM0425", SEVERITY_WARNING,
	"The subkeys of a key that is lost, or has lost their list, are those "
	"that name it as their parent",
	false,
};
const struct diag_kind FINDING_CELL_SIZE = {
	"CM0426", SEVERITY_WARNING,
	"A key or value was read although the size of its cell is damaged",
	false,
};
const struct diag_kind FINDING_DATA_CELL = {
	"CM0427", SEVERITY_WARNING,
	"The data of a registry value was read although the size of its cell "
	"is damaged",
	false,
};
const struct diag_kind FINDING_RECORD_FIELD = {
	"CM0428", SEVERITY_WARNING,
	"A key or value was read although a field of its record is damaged",
	false,
};
const struct diag_kind FINDING_BIN_HEADER = {
	"CM0429", SEVERITY_WARNING,
	"The header of a bin of a hive is damaged", false,
};
const struct diag_kind FINDING_BINS_RUINED = {
	"CM0430", SEVERITY_WARNING,
	"Parts of a hive are not cells; what a scan found there is recognised "
	"by its form alone",
	false,
};
const struct diag_kind FINDING_SCAN_CUT = {
	"CM0431", SEVERITY_WARNING,
	"A hive or its logs hold more of what looks like deleted values than "
	"is kept",
	true,
};
const struct diag_kind FINDING_KEY_BY_NAME = {
	"CM0432", SEVERITY_WARNING,
	"A key that damage has cut off from the root was found by its name",
	false,
};
const struct diag_kind FINDING_VALUES_ALIKE = {
	"CM0433", SEVERITY_WARNING,
	"Several values of a key may be one that Windows gives it, by a "
	"damaged name; none is taken",
	true,
};
const struct diag_kind FINDING_BINS_DISPLACED = {
	"CM0434", SEVERITY_WARNING,
	"Bins of a hive do not lie where they belong: something of the file is "
	"missing, or was put in",
	true,
};
const struct diag_kind FINDING_REG_LINE = {
	"CM0440", SEVERITY_ERROR,
	"A line of exported registry text cannot be read", true,
};
const struct diag_kind FINDING_REG_DELETION = {
	"CM0441", SEVERITY_WARNING,
	"Registry text asks to delete keys or values, which no export does",
	false,
};
const struct diag_kind FINDING_REG_LIMIT = {
	"CM0442", SEVERITY_ERROR,
	"Registry text holds more keys than are read", true,
};
const struct diag_kind FINDING_REG_ENCODING = {
	"CM0443", SEVERITY_INFO,
	"Registry text does not say which code page it is in", false,
};
const struct diag_kind FINDING_REG_PADDING = {
	"CM0448", SEVERITY_WARNING,
	"Registry text ends with bytes of zero", false,
};
const struct diag_kind FINDING_REG_CUT = {
	"CM0449", SEVERITY_WARNING,
	"Registry text ends with bytes of zero in the middle of a line, which "
	"may be cut off",
	true,
};
const struct diag_kind FINDING_PROFILE_PATH = {
	"CM0444", SEVERITY_WARNING,
	"The path of a profile is not stored as text", false,
};
const struct diag_kind FINDING_PROFILE_TIME = {
	"CM0445", SEVERITY_WARNING,
	"A time of a profile cannot be read", false,
};
const struct diag_kind FINDING_KEY_TIME = {
	"CM0446", SEVERITY_WARNING,
	"The time of a registry key is impossible", false,
};
const struct diag_kind FINDING_REG_TIME = {
	"CM0447", SEVERITY_INFO,
	"Registry text gives times in an unknown time zone and form",
	false,
};
const struct diag_kind FINDING_ACCOUNTS_CUT = {
	"CM0460", SEVERITY_ERROR,
	"A hive lists more profiles or accounts than are kept", true,
};
const struct diag_kind FINDING_SAM_ACCOUNT = {
	"CM0461", SEVERITY_WARNING,
	"An account of a SAM hive cannot be read", true,
};
const struct diag_kind FINDING_SAM_CONTRADICTION = {
	"CM0462", SEVERITY_WARNING,
	"A SAM hive contradicts itself about the name or number of a user",
	false,
};
