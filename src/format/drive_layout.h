/*
 * drive_layout.h - a partition table as Windows' partition manager keeps it
 */
#ifndef FORMAT_DRIVE_LAYOUT_H
#define FORMAT_DRIVE_LAYOUT_H

#include "base/guid.h"
#include "base/span.h"

enum drive_layout_scheme {
	DRIVE_LAYOUT_MBR,
	DRIVE_LAYOUT_GPT,
	DRIVE_LAYOUT_RAW,	/* no partition table */
};

struct drive_layout {
	enum drive_layout_scheme scheme;
	uint32_t signature;	/* MBR: of the disk */
	uint32_t checksum;	/* MBR: see drive_layout_checksum() */
	struct guid guid;	/* GPT: of the disk */
	uint64_t usable_offset;	/* GPT: first byte for partitions, */
	uint64_t usable_length;	/* and how many there are */
	uint32_t max_partitions;	/* GPT: entries of its array */
	uint32_t declared;	/* number of slots, as it says */
	size_t n_partitions;	/* slots that are there whole, used or not */
	struct span slots;
	size_t excess;		/* bytes behind the last declared slot */
};

struct drive_layout_partition {
	bool used;		/* false: the slot holds no partition, and no
				 * other field means anything */
	uint64_t offset;	/* bytes */
	uint64_t length;	/* bytes */
	uint32_t number;	/* UINT32_MAX in what is kept, not a number */
	uint8_t mbr_type;	/* MBR */
	bool container;		/* MBR: an extended partition, no volume */
	bool active;		/* MBR */
	bool recognized;	/* MBR: a type that Windows mounts */
	uint32_t hidden_sectors;	/* MBR */
	struct guid type;	/* GPT */
	uint64_t attributes;	/* GPT */
	struct guid id;		/* GPT: unique GUID.  MBR: {signature, 0,
				 * offset}, since Windows 10; zero before */
	struct span name;	/* GPT: UTF-16LE, borrowed, without NULs */
	uint64_t at;		/* of the slot, in its source */
};

#define DRIVE_LAYOUT_HEAD_BYTES 48
#define DRIVE_LAYOUT_SLOT_BYTES 144

/* Read a DRIVE_LAYOUT_INFORMATION_EX.  Slots that it declares and that are cut
 * off are not an error: n_partitions is less than `declared' then.  */
int drive_layout_parse(struct span s, struct drive_layout *ret,
		       struct err *reterr);

/* The slot @i, less than n_partitions.  Fails where it is of another scheme
 * than the disk, or begins or ends where no disk can; the others can still be
 * read.  */
int drive_layout_partition(const struct drive_layout *l, size_t i,
			   struct drive_layout_partition *ret,
			   struct err *reterr);

/* The checksum that a layout has of a disk whose sector 0 is @mbr: of all the
 * sector, so it changes with the boot code, too.  False unless @mbr has 512
 * bytes.  */
bool drive_layout_checksum(struct span mbr, uint32_t *ret);

/* "mbr", "gpt", "raw": a static string.  */
const char *drive_layout_scheme_name(enum drive_layout_scheme scheme);

#endif /* FORMAT_DRIVE_LAYOUT_H */
