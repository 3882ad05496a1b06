/*
 * ldm_vblk.h - the records of a dynamic disk's database
 *
 * Records lie in slots; one that is longer than a slot is cut into fragments,
 * which are put together before it is decoded.  Ids join records: a partition
 * names its component and its disk, a component its volume.
 */
#ifndef FORMAT_LDM_VBLK_H
#define FORMAT_LDM_VBLK_H

#include "base/guid.h"
#include "base/span.h"

#define LDM_RECORD_HEAD_BYTES 8

enum ldm_kind {
	LDM_VOLUME = 1, LDM_COMPONENT, LDM_PARTITION, LDM_DISK, LDM_GROUP,
};

/* What a change does to a record: it writes the new ones, commits, and deletes
 * the old ones.  */
enum ldm_status { LDM_ACTIVE = 0, LDM_LEAVING = 1, LDM_COMING = 2 };

struct ldm_record {
	unsigned status;
	uint8_t flags;
	enum ldm_kind kind;
	unsigned revision;
	struct span body;
};

/* The head of the record @s, all of its fragments behind each other.
 * ERR_UNSUPPORTED: of a kind that is not known.  */
int ldm_record_parse(struct span s, struct ldm_record *ret, struct err *reterr);

enum ldm_layout { LDM_STRIPED = 1, LDM_CONCATENATED = 2, LDM_RAID5 = 3 };

/* Texts are the bytes of the record, in no known encoding; all that were seen
 * are ASCII.  Sizes and offsets are in blocks of LDM_BLOCK_BYTES.  */
struct ldm_volume {
	uint64_t id;
	struct span name, type, state;
	uint64_t n_components, size;
	uint8_t partition_type;
	struct guid guid;
	struct span hint;	/* "F:"; empty: none */
};

struct ldm_component {
	uint64_t id, volume;
	struct span name, state;
	enum ldm_layout layout;
	uint64_t n_partitions;
	uint64_t chunk, n_columns;	/* 0: not striped */
};

struct ldm_partition {
	uint64_t id, component, disk;
	struct span name;
	uint64_t start;		/* from the first data sector of the disk */
	uint64_t volume_offset;	/* if striped or RAID-5: in its column */
	uint64_t size;
	uint64_t column;
};

struct ldm_disk {
	uint64_t id;
	struct span name;
	struct guid guid;
};

struct ldm_group {
	uint64_t id;
	struct span name;
	struct guid guid;
};

int ldm_volume_parse(const struct ldm_record *r, struct ldm_volume *ret,
		     struct err *reterr);
int ldm_component_parse(const struct ldm_record *r, struct ldm_component *ret,
			struct err *reterr);
int ldm_partition_parse(const struct ldm_record *r, struct ldm_partition *ret,
			struct err *reterr);
int ldm_disk_parse(const struct ldm_record *r, struct ldm_disk *ret,
		   struct err *reterr);
int ldm_group_parse(const struct ldm_record *r, struct ldm_group *ret,
		    struct err *reterr);

#endif /* FORMAT_LDM_VBLK_H */
