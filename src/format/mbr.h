/*
 * mbr.h - the Master Boot Record, and the sectors of the same shape that chain
 * the logical drives of an extended partition (EBR)
 */
#ifndef FORMAT_MBR_H
#define FORMAT_MBR_H

#include "base/span.h"

#define MBR_BYTES 512
#define MBR_ENTRIES 4
#define MBR_SIGNATURE_OFFSET 440

/* Where entry @i of the table lies in its sector.  */
#define MBR_ENTRY_OFFSET(i) (0x1be + 16u * (i))
#define MBR_ENTRY_BYTES 16

enum mbr_type {
	MBR_TYPE_EMPTY          = 0x00,
	MBR_TYPE_EXTENDED       = 0x05,
	MBR_TYPE_EXTENDED_LBA   = 0x0f,
	MBR_TYPE_LDM            = 0x42,
	MBR_TYPE_ONTRACK        = 0x54,
	MBR_TYPE_EZ_DRIVE       = 0x55,
	MBR_TYPE_STORAGE_SPACES = 0xe7,
	MBR_TYPE_GPT_PROTECTIVE = 0xee,
};

struct mbr_entry {
	uint8_t status;		/* 0x80 if active, else 0 */
	uint8_t type;		/* MBR_TYPE_EMPTY: the slot is unused */
	uint32_t first_lba;	/* in an EBR relative, see mbr_is_container() */
	uint32_t sectors;
};

struct mbr {
	uint32_t disk_signature;
	struct mbr_entry entry[MBR_ENTRIES];
};

int mbr_parse(struct span sector, struct mbr *ret, struct err *reterr);

/*
 * True of the two types that Windows takes for an extended partition; 0x85,
 * which Linux adds, is not one of them.  In an EBR, the first LBA of a
 * container counts from the first EBR, that of any other entry from the EBR
 * itself.
 */
bool mbr_is_container(uint8_t type);

#endif /* FORMAT_MBR_H */
