/*
 * layout.h - what the readers of partition tables share
 */
#ifndef DISK_LAYOUT_H
#define DISK_LAYOUT_H

#include "disk/disk.h"
#include "format/gpt.h"
#include "format/mbr.h"

/*
 * Tables lie at the two ends of a disk.  Each end is read at once, this much:
 * with 4096-byte sectors a GPT takes 24 KiB, and the descriptor of a CD-ROM
 * file system ends at 34 KiB.
 */
#define LAYOUT_END_BYTES (64u << 10)

struct layout {
	struct source *source;
	struct arena *arena;
	struct diag_list *diags;
	uint64_t size;		/* of the disk, bytes */
	uint32_t sector;	/* bytes */
	struct span head, tail;
	bool has_backup_hint;	/* a GPT header with a good checksum lies */
	uint64_t backup_hint;	/* in this LBA, near the end of the disk */
};

struct partition_list {
	struct partition *list;
	size_t n;
	struct table_slot *slots;
	size_t n_slots;
	/* Bytes in which there are partitions that cannot be told: of an
	 * extended one whose chain cannot be read to its end.  */
	uint64_t untold_offset, untold_length;
};

/* A range of the disk that a finding cites.  */
struct place {
	uint64_t off, n;
	const char *structure;
};

/* Read the ends of the disk.  Fails if no byte can be read.  */
int layout_open(struct layout *l, struct err *reterr);

/* The @n bytes at @off of the disk, from memory or read into the arena.  */
int layout_bytes(struct layout *l, uint64_t off, uint64_t n, struct span *ret,
		 struct err *reterr);

void layout_report(struct layout *l, const struct diag_kind *kind,
		   struct place where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Report @e, which was found in @where; @who is the table, "primary GPT".  */
void layout_report_err(struct layout *l, const struct diag_kind *kind,
		       struct place where, const char *who,
		       const struct err *e);

/* False when out of memory.  */
bool layout_push(struct layout *l, struct partition_list *to,
		 const struct partition *p, struct place entry);

/* The same of a slot of the table.  */
bool layout_push_slot(struct layout *l, struct partition_list *to,
		      const struct table_slot *slot);

/* Report partitions that overlap or reach past the end of the disk.  */
void layout_check_ranges(struct layout *l, const struct partition_list *list);

/*
 * The partitions of an MBR and of its chain of EBRs, in the order in which
 * Windows numbers them.  Windows does not number containers, nor do they count
 * as partitions here.
 */
int mbr_layout_read(struct layout *l, const struct mbr *mbr,
		    struct partition_list *ret, struct err *reterr);

/* True if each entry that is used could be one, on a disk of this size.  */
bool mbr_is_plausible(const struct mbr *mbr, uint64_t disk_sectors);
bool mbr_is_empty(const struct mbr *mbr);

/* True if no entry that is used has a status that means something: text or code
 * stands where the table should be.  */
bool mbr_is_garbage(const struct mbr *mbr);

/* Take the table in @sector, LBA @lba, although it does not end in 55 aa: if
 * its entries could be some, and one leads to a volume.  */
bool mbr_unmarked(struct layout *l, struct span sector, uint64_t lba,
		  struct mbr *ret);

/* The first entry of type @type, or NULL.  */
const struct mbr_entry *mbr_find(const struct mbr *mbr, uint8_t type);

/* One of the two copies of a GPT.  */
struct gpt_copy {
	const char *name;	/* "primary GPT" */
	bool found;		/* a header's signature is there */
	bool header_valid;	/* the header can be used as it stands */
	bool valid;		/* and so can the entries */
	bool headless;		/* there are entries only */
	uint64_t lba;
	struct gpt_header header;
	struct span array;	/* what is there of it */
};

struct gpt_layout {
	struct gpt_copy primary, backup;
	const struct gpt_copy *use;	/* NULL: neither is valid */
	/* Then: entries that were found elsewhere than the header of a copy
	 * says, or without one; and the header that has their checksum.  */
	struct gpt_copy entries;
	const struct gpt_copy *vouches;	/* NULL: none has */
};

/* Find both copies, without a word about what is wrong with them.  @mbr may be
 * NULL.  */
int gpt_layout_find(struct layout *l, const struct mbr *mbr,
		    struct gpt_layout *ret, struct err *reterr);

/* Report what is wrong with the copies and where they differ.  */
void gpt_layout_check(struct layout *l, const struct gpt_layout *g);

/* The partitions that @copy names, in the order of its slots.  */
int gpt_layout_read(struct layout *l, const struct gpt_copy *copy,
		    struct partition_list *ret, struct err *reterr);

/* As much of the entries of @c, as its header tells their place, as there is.
 */
int gpt_read_array(struct layout *l, struct gpt_copy *c, struct err *reterr);

/* Where neither copy is valid, look for the entries.  @expected: the MBR speaks
 * of a GPT.  */
int gpt_entries_find(struct layout *l, struct gpt_layout *g, bool expected,
		     struct err *reterr);
void gpt_entries_report(struct layout *l, const struct gpt_layout *g);

/* The sector size that the place of the entries tells where there is no header;
 * or 0.  */
uint32_t gpt_entries_hint(struct layout *l);

/* True if a header with a good checksum lies in LBA 1 of @sector bytes.  */
bool gpt_is_at(struct layout *l, uint32_t sector);

/* Look for a GPT's backup near the end of the disk; @deep: as far from it as a
 * container may have rounded up the size.  Returns the sector size that its
 * place tells and sets the hint, or 0.  */
uint32_t gpt_find_hint(struct layout *l, bool deep);

#endif /* DISK_LAYOUT_H */
