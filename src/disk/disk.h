/*
 * disk.h - a disk's partition tables, as Windows numbers their partitions
 */
#ifndef DISK_DISK_H
#define DISK_DISK_H

#include "base/guid.h"
#include "base/utf16.h"
#include "evidence/source.h"

enum disk_scheme { SCHEME_NONE, SCHEME_MBR, SCHEME_GPT };

/* How the size of a logical sector is known.  */
enum sector_size_basis {
	SECTOR_SIZE_GIVEN,	/* by the container or the user */
	SECTOR_SIZE_GPT,	/* a GPT header lies at its LBA */
	SECTOR_SIZE_VOLUME,	/* boot sectors lie where the MBR says */
	SECTOR_SIZE_ASSUMED,	/* 512: nothing says otherwise */
};

struct partition {
	unsigned number;	/* IOCTL_STORAGE_GET_DEVICE_NUMBER's, from 1; 0
				 * for a volume that takes the whole disk */
	int wmi_index;		/* Win32_DiskPartition.Index, or -1: not
				 * listed; of a logical drive that of the
				 * extended partition */
	uint64_t offset, length;	/* bytes; the length as the table says,
					 * even past the end of the disk */
	bool logical;		/* in an extended partition */
	bool active;
	uint8_t mbr_type;	/* MBR only */
	struct guid type_guid;	/* GPT only */
	struct guid guid;	/* GPT only: the unique GUID */
	uint64_t attributes;	/* GPT attribute bits */
	struct text name;	/* GPT only; utf8 NULL if none */
	bool tsk_agrees;	/* disk_witness_tsk() found it in libtsk's */
	struct cites cites;	/* the entry of the table; of partition 0 the
				 * boot sector */
};

/* A slot of the partition table, used or not.  */
struct table_slot {
	uint64_t at;		/* where the entry lies on the disk */
	size_t partition;	/* in `partitions'; SIZE_MAX: it holds none, as
				 * it is unused or leads to more slots */
	/* MBR only; of a container or a link, too */
	uint8_t mbr_type;
	bool active;
	int wmi_index;		/* of a container in sector 0, as a
				 * partition's */
	uint32_t first_lba;	/* as it stands in the entry */
	uint64_t offset, length;	/* bytes */
	struct span name;	/* GPT only: all bytes of the field */
};

struct disk {
	struct source *source;	/* borrowed */
	uint64_t size;		/* bytes; without a VHD footer at the end */
	unsigned sector_size;	/* bytes, a power of two */
	enum sector_size_basis sector_size_basis;
	enum disk_scheme scheme;
	bool ldm;		/* a dynamic disk */
	const uint64_t *ldm_heads;	/* where a search found its private */
	size_t n_ldm_heads;	/* headers, which no table leads to */
	bool has_signature;	/* sector 0 holds an MBR, so `signature' is
				 * one */
	uint32_t signature;
	bool infers_signature;	/* there is none, or it is 0, and who knows the
				 * disk from elsewhere has set the next one */
	uint32_t inferred_signature;
	struct guid guid;	/* GPT disk GUID; zero if none */
	bool from_backup;	/* the GPT's primary copy was not usable */
	struct partition *partitions;	/* in the order of their numbers */
	size_t n_partitions;
	struct table_slot *slots;	/* MBR: four for each table of its
					 * chain.  GPT: those that are used */
	size_t n_slots;
	/* Bytes in which there are more partitions than can be told, as the
	 * chain of logical drives cannot be read to its end; 0, 0: none.  */
	uint64_t untold_offset, untold_length;
	bool doubtful_disc;	/* one volume of UDF or CDFS, by descriptors
				 * that may be left over */
	bool marked;		/* sector 0 ends in 55 aa */
	uint32_t layout_checksum;	/* of sector 0, as in a drive layout */
	uint64_t usable_offset, usable_length;	/* GPT: bytes; 0, 0: unknown */
	uint64_t entries_offset, entries_length;	/* GPT: bytes; of its
							 * array */
	uint32_t max_partitions;	/* GPT: entries of its array */
	/* The MBR's own partitions where a GPT rules (hybrid MBR), and those of
	 * a GPT that an MBR overrules: shown, not numbered.  */
	struct partition *others;
	size_t n_others;
	struct cites cites;	/* the MBR or GPT header */
};

/*
 * Read the partition tables of @s into @ret, whose arrays live in @a.  Never
 * fails for what the evidence holds: a disk without a table that can be used is
 * SCHEME_NONE with findings in @d (or a single partition number 0 where sector
 * 0 is a volume's boot sector).  Fails when out of memory or when no byte can
 * be read.
 */
int disk_read(struct source *s, struct arena *a, struct diag_list *d,
	      struct disk *ret, struct err *reterr);

/* "Basic data", "NTFS / exFAT": the name for people of a partition's type.  */
const char *partition_type_name(const struct disk *disk,
				const struct partition *p);

/* True of a partition that belongs to a storage pool: Windows shows no volume
 * in it.  */
bool partition_is_storage_spaces(const struct disk *disk,
				 const struct partition *p);

/* True of a partition whose type says that Windows, if it knows the file system
 * in it, mounts it.  */
bool partition_is_mountable(const struct disk *disk,
			    const struct partition *p);

#endif /* DISK_DISK_H */
