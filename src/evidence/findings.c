#include "evidence/findings.h"

const struct diag_kind FINDING_CONTAINER_MISNAMED = {
	"CM0101", SEVERITY_WARNING,
	"The name of an image file suggests a format that it does not have",
	true,
};

const struct diag_kind FINDING_CONTAINER_SEGMENT = {
	"CM0102", SEVERITY_WARNING,
	"The segments of an image do not look like one set",
	true,
};

const struct diag_kind FINDING_CONTAINER_COPY = {
	"CM0103", SEVERITY_WARNING,
	"A structure of a container is damaged, and its copy was used",
	false,
};

const struct diag_kind FINDING_CONTAINER_SIZE = {
	"CM0104", SEVERITY_WARNING,
	"A container's file is not as large as the container says",
	true,
};

const struct diag_kind FINDING_CONTAINER_BLOCK = {
	"CM0105", SEVERITY_ERROR,
	"A block of a container cannot lie where its table says",
	true,
};

const struct diag_kind FINDING_LOG_REPLAYED = {
	"CM0107", SEVERITY_INFO,
	"A container's log was replayed in memory",
	false,
};

const struct diag_kind FINDING_LOG_NOT_REPLAYED = {
	"CM0108", SEVERITY_ERROR,
	"A container was not closed and its log could not be replayed",
	true,
};

const struct diag_kind FINDING_CONTAINER_CHECKSUM = {
	"CM0109", SEVERITY_ERROR,
	"A structure of a container was used although its checksum is wrong",
	true,
};

const struct diag_kind FINDING_BACKING_UNVERIFIED = {
	"CM0110", SEVERITY_INFO,
	"A parent was found by its name alone, and nothing proves that it is "
	"the right one",
	false,
};

const struct diag_kind FINDING_BACKING_DIFFERS = {
	"CM0111", SEVERITY_WARNING,
	"The parent of an image is not as the image says, or differs from it "
	"in size",
	false,
};

const struct diag_kind FINDING_CONTAINER_LIMIT = {
	"CM0112", SEVERITY_WARNING,
	"A container holds more than was read from it",
	true,
};

const struct diag_kind FINDING_CONTAINER_PART = {
	"CM0113", SEVERITY_ERROR,
	"A part of a container is missing, damaged or duplicated",
	true,
};

const struct diag_kind FINDING_BAD_SECTORS = {
	"CM0114", SEVERITY_WARNING,
	"An image says that some sectors of its disk could not be read",
	true,
};

const struct diag_kind FINDING_CONTAINER_SNAPSHOTS = {
	"CM0115", SEVERITY_INFO,
	"A container keeps snapshots of its disk, which are not read",
	false,
};
