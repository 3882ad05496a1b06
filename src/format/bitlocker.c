/*
 * bitlocker.c - the boot sector of a volume that BitLocker encrypts
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     3  jump: eb 52 90 by Vista, eb 58 90 since Windows 7
 *    0x003     8  "-FVE-FS-"; "MSWIN4.1" on a BitLocker To Go volume
 *    0x00b     2  bytes per sector
 *    0x00d     1  sectors per cluster
 *    0x038     8  Vista: first cluster of the metadata
 *    0x0a0    16  Windows 7: GUID of the form
 *    0x0b0    24  Windows 7: offsets of three metadata blocks
 *    0x0c8    16  offsets of two lists of maps, where the GUID says so
 *    0x1a8    16  To Go: GUID of the form
 *    0x1b8    24  To Go: offsets of three metadata blocks
 *    0x1d0    16  To Go: offsets of two lists of maps
 *
 * Sources: libbde, "BitLocker Drive Encryption (BDE) format", Volume header;
 * dissect.fve, dissect/fve/bde/c_bde.py (the lists of maps).
 */
#include "format/bitlocker.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

struct bitlocker_form_disk {
	uint8_t guid[16];
	le64 metadata[3];
	le64 maps[2];
};

struct bitlocker_boot_disk {
	uint8_t jump[3];
	uint8_t name[8];
	le16 bytes_per_sector;
	uint8_t sectors_per_cluster;
	uint8_t unused_0x0e[42];
	le64 vista_metadata_cluster;
	uint8_t unused_0x40[96];
	struct bitlocker_form_disk windows_7;
	uint8_t unused_0xd8[208];
	struct bitlocker_form_disk to_go;
	uint8_t unused_0x1e0[32];
};
static_assert(offsetof(struct bitlocker_boot_disk, windows_7) == 0xa0, "FVE");
static_assert(offsetof(struct bitlocker_boot_disk, to_go) == 0x1a8, "FVE");
static_assert(sizeof(struct bitlocker_boot_disk) == 512, "FVE");

/* 4967d63b-2e29-4ad8-8399-f6a339e3d001 */
static const uint8_t guid_whole[16] = {
	0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
	0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
};

/* 92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8 */
static const uint8_t guid_on_write[16] = {
	0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d,
	0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8,
};

static bool has_form(const struct bitlocker_form_disk *f,
		     enum bitlocker_form form, struct bitlocker_boot *b)
{
	b->on_write = memcmp(f->guid, guid_on_write, 16) == 0;
	if (!b->on_write && memcmp(f->guid, guid_whole, 16) != 0)
		return false;
	b->form = form;
	for (int i = 0; i < 3; i++)
		b->metadata[i] = get_le64(f->metadata[i]);
	for (int i = 0; i < 2 && b->on_write; i++)
		b->maps[i] = get_le64(f->maps[i]);
	return true;
}

int bitlocker_boot_parse(struct span s, struct bitlocker_boot *ret,
			 struct err *reterr)
{
	const struct bitlocker_boot_disk *d =
		span_view(s, 0, struct bitlocker_boot_disk);
	struct bitlocker_boot b = { 0 };
	bool named, known;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "BitLocker boot sector", sizeof(*d), s.n);
	named = memcmp(d->name, "-FVE-FS-", sizeof(d->name)) == 0;
	b.bytes_per_sector = get_le16(d->bytes_per_sector);
	known = named ? has_form(&d->windows_7, BITLOCKER_WINDOWS_7, &b) :
			has_form(&d->to_go, BITLOCKER_TO_GO, &b);
	if (!known && !named)
		return err_set(reterr, ERR_MAGIC,
			       s.at + offsetof(struct bitlocker_boot_disk,
					       name),
			       "BitLocker boot sector", '-', d->name[0]);
	if (!known) {
		b.form = BITLOCKER_VISTA;
		b.metadata[0] = get_le64(d->vista_metadata_cluster) *
				d->sectors_per_cluster * b.bytes_per_sector;
	}
	*ret = b;
	return 0;
}
