#include "evidence/findings.h"

const struct diag_kind FINDING_CONTAINER_MISNAMED = {
	"CM0101", SEVERITY_WARNING,
	"the name of an image file promises a format that it does not have",
	true,
};

const struct diag_kind FINDING_CONTAINER_SEGMENT = {
	"CM0102", SEVERITY_WARNING,
	"the segments of an image do not look like one set",
	true,
};

const struct diag_kind FINDING_CONTAINER_COPY = {
	"CM0103", SEVERITY_WARNING,
	"a structure of a container is damaged, and another served in its "
	"place",
	false,
};

const struct diag_kind FINDING_CONTAINER_SIZE = {
	"CM0104", SEVERITY_WARNING,
	"a container's file is not as large as the container says",
	true,
};

const struct diag_kind FINDING_CONTAINER_BLOCK = {
	"CM0105", SEVERITY_ERROR,
	"a block of a container cannot lie where its table says",
	true,
};

const struct diag_kind FINDING_LOG_REPLAYED = {
	"CM0107", SEVERITY_INFO,
	"a container's log was replayed in memory",
	false,
};

const struct diag_kind FINDING_LOG_NOT_REPLAYED = {
	"CM0108", SEVERITY_ERROR,
	"a container was not closed and its log could not be replayed",
	true,
};

const struct diag_kind FINDING_CONTAINER_CHECKSUM = {
	"CM0109", SEVERITY_ERROR,
	"a structure of a container was used although its checksum is wrong",
	true,
};

const struct diag_kind FINDING_BACKING_UNVERIFIED = {
	"CM0110", SEVERITY_INFO,
	"a parent was found by its name, and nothing proves that it is the one",
	false,
};

const struct diag_kind FINDING_BACKING_DIFFERS = {
	"CM0111", SEVERITY_WARNING,
	"the parent of an image is not as the image says, or not of its size",
	false,
};

const struct diag_kind FINDING_CONTAINER_LIMIT = {
	"CM0112", SEVERITY_WARNING,
	"a container holds more than is read of it",
	true,
};

const struct diag_kind FINDING_CONTAINER_PART = {
	"CM0113", SEVERITY_ERROR,
	"a part of a container is missing, damaged, or there twice",
	true,
};

const struct diag_kind FINDING_BAD_SECTORS = {
	"CM0114", SEVERITY_WARNING,
	"an image says that sectors of its disk could not be read",
	true,
};

const struct diag_kind FINDING_CONTAINER_SNAPSHOTS = {
	"CM0115", SEVERITY_INFO,
	"a container keeps former states of its disk, which are not read",
	false,
};
