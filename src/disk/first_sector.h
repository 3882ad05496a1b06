/*
 * first_sector.h - what sector 0 of a disk is, and how large its sectors are
 */
#ifndef DISK_FIRST_SECTOR_H
#define DISK_FIRST_SECTOR_H

#include "disk/boot_sector.h"
#include "disk/layout.h"

#define DEFAULT_SECTOR_BYTES 512

struct first_sector {
	struct span bytes;	/* empty if it cannot be read */
	bool has_mbr;
	struct mbr mbr;
	bool is_volume;
	struct boot_sector boot;	/* of a volume */
	uint64_t boot_offset;	/* where it was found */
	bool doubtful_disc;	/* of UDF or CDFS, whose descriptors may be left
				 * over */
};

/* Where an MBR lies.  */
extern const struct place layout_mbr;

/*
 * A raw image may be that of a fixed VHD, with its footer.  It is no part of
 * the disk: a GPT's backup lies before it.
 */
void layout_cut_vhd_footer(struct layout *l);

void first_sector_read(struct layout *l, struct first_sector *ret);

/* A volume without partition table need not show in sector 0.  */
void first_sector_look_elsewhere(struct layout *l, struct first_sector *f);

/* What makes discs may end sector 0 as an MBR does, and so does what is left of
 * a boot sector: look for a volume behind an MBR that has neither partitions
 * nor a signature, as no system leaves it.  */
void first_sector_look_behind(struct layout *l, struct first_sector *f);

/* Set the size of the sectors of @l.  One that was given holds against all but
 * a GPT header, whose checksum and own LBA say where it belongs, and a table
 * that leads nowhere with it.  */
enum sector_size_basis layout_decide_sector_size(struct layout *l,
						 const struct first_sector *f);

#endif /* DISK_FIRST_SECTOR_H */
