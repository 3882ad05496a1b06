/*
 * ioctl_layout.c - a partition table in the bytes that a program on Windows is
 * given of it
 *
 * IOCTL_DISK_GET_DRIVE_LAYOUT_EX answers with what the partition manager read:
 *
 *   MBR: four slots for each table of its chain, used or not.  A container and
 *        a link are slots of their own, which are not recognised and have no
 *        number; a link's place counts from the extended partition, as in the
 *        EBR.  "Hidden sectors" is the first LBA as it stands in the entry, so
 *        of a logical drive the sectors since its EBR.
 *   GPT: a slot for each entry that is used.
 *   raw: no slot.
 *
 * A disk without a table whose first sector ends in 55 aa is a super floppy: an
 * MBR with the signature 1 and a single slot over the whole disk, of type 4
 * whatever the file system is.
 *
 * Sources: ReactOS, ntoskrnl/fstub/disksup.c and fstubex.c and
 * drivers/storage/partmgr; ten tables of disks that a Windows 10 kept, and four
 * that the partition managers of Windows 10 and 11 logged with their numbers.
 * None of these has an extended partition: that its slots have a PartitionId
 * like all others, {signature, 0, offset}, is taken from the unused slots,
 * which have one, too.
 */
#include "machine/ioctl_layout.h"

#include "mountmgr/names.h"

/* The type that ReactOS calls PARTITION_FAT_16, and the signature, of a disk
 * without a table.  */
#define SUPER_FLOPPY_TYPE 0x04
#define SUPER_FLOPPY_SIGNATURE WHOLE_DISK_SIGNATURE

bool ioctl_layout_is_super_floppy(const struct disk *d)
{
	return d->scheme == SCHEME_NONE && d->n_partitions == 1 && d->marked;
}

static struct drive_layout_partition mbr_slot(const struct disk *d,
					      const struct table_slot *s)
{
	struct drive_layout_partition p = {
		.offset = s->offset, .length = s->length,
		.mbr_type = s->mbr_type, .active = s->active,
		.recognized = s->partition != SIZE_MAX,
		.hidden_sectors = s->first_lba,
		.id = mbr_stable_guid(d->signature, s->offset),
	};

	if (s->partition != SIZE_MAX)
		p.number = d->partitions[s->partition].number;
	return p;
}

static struct drive_layout_partition gpt_slot(const struct disk *d,
					      const struct table_slot *s)
{
	const struct partition *p = &d->partitions[s->partition];

	struct drive_layout_partition slot = {
		.number = p->number, .type = p->type_guid, .id = p->guid,
		.attributes = p->attributes, .name = s->name,
	};

	/* Places are signed; one that cannot be is listed with length 0.  */
	if (p->offset <= INT64_MAX && p->length <= INT64_MAX - p->offset) {
		slot.offset = p->offset;
		slot.length = p->length;
	}
	return slot;
}

static struct drive_layout_partition floppy_slot(const struct disk *d)
{
	return (struct drive_layout_partition){
		.length = d->size, .mbr_type = SUPER_FLOPPY_TYPE,
		.recognized = true,
		.number = d->partitions[0].number,
		.id = mbr_stable_guid(SUPER_FLOPPY_SIGNATURE, 0),
	};
}

static struct drive_layout head_of(const struct disk *d)
{
	struct drive_layout l = { .scheme = DRIVE_LAYOUT_RAW };

	if (d->scheme == SCHEME_GPT) {
		l.scheme = DRIVE_LAYOUT_GPT;
		l.guid = d->guid;
		l.usable_offset = d->usable_offset;
		l.usable_length = d->usable_length;
		l.max_partitions = d->max_partitions;
		l.declared = (uint32_t)d->n_slots;
	} else if (d->scheme == SCHEME_MBR) {
		l.scheme = DRIVE_LAYOUT_MBR;
		l.signature = d->signature;
		l.checksum = d->layout_checksum;
		l.declared = (uint32_t)d->n_slots;
	} else if (ioctl_layout_is_super_floppy(d)) {
		l.scheme = DRIVE_LAYOUT_MBR;
		l.signature = SUPER_FLOPPY_SIGNATURE;
		l.checksum = d->layout_checksum;
		l.declared = 1;
	}
	return l;
}

static struct drive_layout_partition slot_of(const struct disk *d, size_t i)
{
	if (d->scheme == SCHEME_GPT)
		return gpt_slot(d, &d->slots[i]);
	return d->scheme == SCHEME_MBR ? mbr_slot(d, &d->slots[i]) :
					 floppy_slot(d);
}

int ioctl_layout_make(const struct disk *d, enum ioctl_layout_numbers numbers,
		      struct arena *a, struct span *ret, struct err *reterr)
{
	struct drive_layout l = head_of(d);
	/* Tables are bounded where they are read.  */
	size_t n = DRIVE_LAYOUT_HEAD_BYTES +
		   (size_t)l.declared * DRIVE_LAYOUT_SLOT_BYTES;
	uint8_t *p = arena_alloc(a, n);

	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "drive layout", n, 0);
	drive_layout_put_head(&l, p);
	for (size_t i = 0; i < l.declared; i++) {
		struct drive_layout_partition slot = slot_of(d, i);

		if (numbers == LAYOUT_AS_KEPT)
			slot.number = UINT32_MAX;
		drive_layout_put_slot(l.scheme, &slot,
				      p + DRIVE_LAYOUT_HEAD_BYTES +
				      i * DRIVE_LAYOUT_SLOT_BYTES);
	}
	*ret = (struct span){ p, n, 0 };
	return 0;
}
