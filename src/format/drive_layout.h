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
	uint32_t told;		/* the scheme that the head gives: where it is
				 * not `scheme', the head is damaged, */
	bool nameless;		/* and may have neither signature nor GUID: both
				 * are zero then, and not known */
	size_t excess;		/* bytes behind the last declared slot */
	struct span bytes;	/* all of it */
};

struct drive_layout_partition {
	bool used;		/* false: the slot holds no partition, and no
				 * other field means anything */
	uint64_t offset;	/* bytes */
	uint64_t length;	/* bytes */
	uint32_t number;	/* 0: no partition.  UINT32_MAX in what the
				 * registry keeps, not a number */
	bool rewrite;		/* the table is to be written anew */
	bool service;
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
 * off are not an error: n_partitions is less than `declared' then.  Where the
 * head cannot be of the scheme that it gives, and all used slots give another,
 * that is the scheme.  */
int drive_layout_parse(struct span s, struct drive_layout *ret,
		       struct err *reterr);

/* The slot @i, less than n_partitions.  Fails where it is of another scheme
 * than the disk, or begins or ends where no disk can; the others can still be
 * read.  */
int drive_layout_partition(const struct drive_layout *l, size_t i,
			   struct drive_layout_partition *ret,
			   struct err *reterr);

/* Whether the one volume of the disk begins where a partition table would be:
 * Windows gives each such disk the signature 1.  */
bool drive_layout_has_no_table(const struct drive_layout *l);

/* Whether @l has what tells the disk from others: a signature or a GUID.  */
bool drive_layout_has_id(const struct drive_layout *l);

/*
 * The bytes of a layout, as a 64-bit process is given them: a head, and behind
 * it a slot for each of l->declared.  Of @l the scheme and what a disk of it
 * has counts, of @p what a partition of it has, and of the name as much as
 * there is room for.  What no field holds is zero.
 */
void drive_layout_put_head(const struct drive_layout *l,
			   uint8_t ret[DRIVE_LAYOUT_HEAD_BYTES]);
void drive_layout_put_slot(enum drive_layout_scheme scheme,
			   const struct drive_layout_partition *p,
			   uint8_t ret[DRIVE_LAYOUT_SLOT_BYTES]);

/* A field of the head or of a slot, as winioctl.h calls it.  */
struct drive_layout_field {
	const char *name;
	size_t offset, size;
};

/* The fields of the head, or of a slot, in a layout of @scheme, in their
 * order.  */
const struct drive_layout_field *
drive_layout_fields(enum drive_layout_scheme scheme, bool of_slot,
		    size_t *ret_n);

/* The checksum that a layout has of a disk whose sector 0 is @mbr: of all the
 * sector, so it changes with the boot code, too.  False unless @mbr has 512
 * bytes.  */
bool drive_layout_checksum(struct span mbr, uint32_t *ret);

/* "mbr", "gpt", "raw": a static string.  */
const char *drive_layout_scheme_name(enum drive_layout_scheme scheme);

#endif /* FORMAT_DRIVE_LAYOUT_H */
