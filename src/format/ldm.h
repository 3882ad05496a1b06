/*
 * ldm.h - the private regions of a dynamic disk (Logical Disk Manager)
 *
 * Where regions lie is said in sectors of the disk; "relative to the
 * configuration" is to the first sector of its 1 MiB region at the end of an
 * MBR disk or in the LDM metadata partition of a GPT disk.  The records of the
 * database count in blocks of 512 bytes, whatever the disk's sectors are.
 */
#ifndef FORMAT_LDM_H
#define FORMAT_LDM_H

#include "base/guid.h"
#include "base/span.h"

#define LDM_BLOCK_BYTES 512	/* of each structure; unit of the records */

/* Where copies of the private header are: of an MBR disk, on the disk; in the
 * last sector of the configuration; and, where sectors have 512 bytes, so many
 * sectors before the end of the configuration.  */
#define LDM_PRIVHEAD_LBA 6
#define LDM_PRIVHEAD_COPY_FROM_END 192
#define LDM_PRIVHEAD_COPIES 2		/* in the configuration */

struct ldm_privhead {
	unsigned major, minor;		/* 2.11 up to 2003, 2.12 since Vista */
	uint64_t timestamp;		/* FILETIME */
	uint64_t sequence;
	uint64_t copies[LDM_PRIVHEAD_COPIES];	/* where they are, relative */
	struct guid disk_guid, group_guid;
	struct span group_name;		/* ASCII, up to its NUL */
	uint32_t sector_bytes;
	uint64_t data_start, data_size;	/* sectors, on the disk */
	uint64_t config_start, config_size;
	uint64_t toc, toc_mirror;	/* relative to the configuration */
	uint32_t checksum, checksum_computed;
	uint64_t at;			/* where it was decoded from */
};

/* Decode the 512 bytes of @s.  Fails on another signature, a version that is
 * not 2, a GUID that is none; the checksum is for the caller to compare.  */
int ldm_privhead_parse(struct span s, struct ldm_privhead *ret,
		       struct err *reterr);

/* Whether it lies where a private header lies on its disk.  One that does not
 * may be that of a disk within this one, as of a virtual machine.  */
bool ldm_privhead_is_at_home(const struct ldm_privhead *h);

struct ldm_region {
	uint64_t start, size;		/* sectors, relative */
};

struct ldm_toc {
	uint64_t sequence;
	struct ldm_region config, log;	/* size 0: not named */
	uint32_t checksum, checksum_computed;
};

/* As ldm_privhead_parse().  At least a region called "config" is demanded.  */
int ldm_toc_parse(struct span s, struct ldm_toc *ret, struct err *reterr);

struct ldm_counts {
	uint32_t volumes, components, partitions, disks;
};

/* States of the database: in LDM_CHANGE the old records are in force, in
 * LDM_COMMIT the new ones.  */
enum { LDM_CLEAN = 1, LDM_CHANGE = 2, LDM_COMMIT = 3 };

struct ldm_vmdb {
	uint32_t n_slots;		/* with those of this header */
	uint32_t slot_bytes;
	uint32_t first_slot;		/* byte, from this header */
	uint16_t status;		/* LDM_CLEAN... */
	unsigned major, minor;		/* 4.10 */
	struct span group_name;
	struct guid group_guid;
	uint64_t committed, pending;	/* sequence numbers: they differ while
					 * a change is under way */
	struct ldm_counts counts;	/* committed */
	uint64_t last_accessed;		/* FILETIME */
};

/* Decode the 512 bytes of @s; sizes that cannot be are refused.  */
int ldm_vmdb_parse(struct span s, struct ldm_vmdb *ret, struct err *reterr);

#endif /* FORMAT_LDM_H */
