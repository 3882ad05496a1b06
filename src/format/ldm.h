/*
 * ldm.h - the private regions of a dynamic disk (Logical Disk Manager)
 *
 * Where things lie is said in sectors; "relative to the configuration" is to
 * the first sector of its 1 MiB region at the end of an MBR disk or in the LDM
 * metadata partition of a GPT disk.
 */
#ifndef FORMAT_LDM_H
#define FORMAT_LDM_H

#include "base/guid.h"
#include "base/span.h"

#define LDM_SECTOR_BYTES 512	/* of each structure, whatever the disk's */

/* Where copies of the private header are: of an MBR disk, on the disk; and
 * relative to the configuration.  */
#define LDM_PRIVHEAD_LBA 6
#define LDM_PRIVHEAD_COPY_1 1856
#define LDM_PRIVHEAD_COPY_2 2047
#define LDM_CONFIG_SECTORS 2048

struct ldm_privhead {
	unsigned major, minor;		/* 2.11 up to 2003, 2.12 since Vista */
	uint64_t timestamp;		/* FILETIME */
	uint64_t sequence;
	struct guid disk_guid, group_guid;
	struct span group_name;		/* ASCII, up to its NUL */
	uint32_t sector_bytes;
	uint64_t data_start, data_size;	/* sectors, on the disk */
	uint64_t config_start, config_size;
	uint64_t toc, toc_mirror;	/* relative to the configuration */
	uint32_t checksum, checksum_computed;
};

/* Decode the 512 bytes of @s.  Fails on another signature, a version that is
 * not 2, a GUID that is none; the checksum is for the caller to compare.  */
int ldm_privhead_parse(struct span s, struct ldm_privhead *ret,
		       struct err *reterr);

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

struct ldm_vmdb {
	uint32_t n_slots;		/* with those of this header */
	uint32_t slot_bytes;
	uint32_t first_slot;		/* byte, from this header */
	uint16_t status;		/* 1: consistent */
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
