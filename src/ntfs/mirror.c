/*
 * mirror.c - whether the $MFTMirr still is a copy of the first MFT records
 *
 * Windows writes a record and its copy one soon after the other, with one LSN:
 * on some seventy volumes of Windows 2000 to 11, mkntfs, ntfs-3g and ntfs3,
 * also on those that were not closed, both were equal to the byte.  An image
 * made of a running system reads the two at different times, so that the LSNs
 * may differ; two records of one LSN that differ are damage to one of them.
 *
 * Where clusters are longer than four records, the $MFTMirr is as long as one;
 * what Windows keeps there behind the fourth is not known, and not looked at.
 */
#include "ntfs/mirror.h"

#include <string.h>

#include "format/attribute.h"
#include "format/multi_sector.h"
#include "ntfs/findings.h"
#include "ntfs/mft.h"

#define BOOT_BYTES 512
#define BOOT_MIRROR_OFFSET 0x38
#define VOLUME_RECORD 3

/* Copies that one thing is wrong with.  */
struct wrong {
	unsigned n;
	uint64_t first;		/* number of a record */
	struct err why;		/* of that */
	struct cites cites;
};

static void cite_record(struct ntfs *n, const struct record *r,
			struct cites *c)
{
	source_cite(r->block.below, r->block.at, r->block.n, "mft record",
		    n->arena, c);
}

static void cite_copy(struct ntfs *n, uint64_t number, struct cites *c)
{
	source_cite(n->volume,
		    n->mirror_offset + number * n->info.record_size,
		    n->info.record_size, "mft record", n->arena, c);
}

/* Count the copy of record @number; @r is that record, or NULL.  */
static void count(struct ntfs *n, struct wrong *w, uint64_t number,
		  const struct record *r, const struct err *why)
{
	if (w->n++ == 0) {
		w->first = number;
		w->why = *why;
	}
	if (r != NULL)
		cite_record(n, r, &w->cites);
	cite_copy(n, number, &w->cites);
}

static size_t used_bytes(const struct record *r)
{
	return (size_t)(r->head.attributes.at - r->block.at) +
	       r->head.attributes.n;
}

/* Where @copy differs from @r; the end where nowhere.  The fix-up array is
 * another each time a record is written.  */
static size_t first_difference(const struct record *r,
			       const struct record *copy)
{
	size_t end = used_bytes(r), array = r->block.array;
	size_t after = array + 2 * (1 + r->block.n / MULTI_SECTOR_STRIDE);

	for (size_t i = 0; i < end; i++)
		if ((i < array || i >= after) &&
		    r->block.bytes[i] != copy->block.bytes[i])
			return i;
	return end;
}

/* The label in the record @r alone.  */
static struct span label_in(const struct record *r)
{
	struct span left = r->head.attributes;
	struct attribute a;
	int found;

	while ((found = attribute_next(&left, &a, NULL)) != 0)
		if (found > 0 && a.type == ATTRIBUTE_VOLUME_NAME && a.resident)
			return a.value;
	return (struct span){ NULL, 0, 0 };
}

/* Whether @copy of the record of $Volume gives another label, which is told.
 * Its message names both.  */
static bool told_label(struct ntfs *n, const struct record *r,
		       const struct record *copy)
{
	struct span label = label_in(r), copied = label_in(copy);
	struct text other = { 0 };
	struct diag *d;

	if (label.n == copied.n &&
	    (label.n == 0 || memcmp(label.p, copied.p, label.n) == 0))
		return false;
	if (copied.n > 0)
		other = text_from_utf16(n->arena, utf16_trim_nul(copied));
	d = diag_add(n->diags, &FINDING_NTFS_LABEL,
		     "The label of the volume is \"%s\", that in the "
		     "$MFTMirr \"%s\".",
		     n->info.label.utf8 != NULL ? n->info.label.utf8 : "",
		     other.utf8 != NULL ? other.utf8 : "");
	if (d != NULL) {
		record_block_cite(&r->block, 0, r->block.n, "mft record",
				  n->arena, &d->cites);
		record_block_cite(&copy->block, 0, copy->block.n, "mft record",
				  n->arena, &d->cites);
	}
	return true;
}

static void compare(struct ntfs *n, const struct record *r,
		    const struct record *copy, struct wrong *bad,
		    struct wrong *other)
{
	size_t at = first_difference(r, copy);
	struct err e;

	if (at == used_bytes(r) ||
	    (r->number == VOLUME_RECORD && told_label(n, r, copy)))
		return;
	if (r->head.lsn != copy->head.lsn) {
		err_set(&e, ERR_VALUE, copy->block.at + MFT_RECORD_LSN_OFFSET,
			"copy of an MFT record: LSN", r->head.lsn,
			copy->head.lsn);
		count(n, other, r->number, r, &e);
		return;
	}
	err_set(&e, ERR_VALUE, copy->block.at + at,
		"copy of an MFT record: byte", r->block.bytes[at],
		copy->block.bytes[at]);
	count(n, bad, r->number, r, &e);
}

/* Where the bytes of a copy are not there, the end of an image or a disk that
 * is missing are told.  */
static void check_copy(struct ntfs *n, uint64_t number,
		       const struct record *r, struct wrong *bad,
		       struct wrong *other)
{
	struct record copy;
	struct err e;

	if (mft_mirror_read(n, number, &copy, &e) < 0) {
		if (!ntfs_is_unread(&e) && e.code != ERR_NOMEM)
			count(n, bad, number, r, &e);
		return;
	}
	if (r != NULL)
		compare(n, r, &copy, bad, other);
	mft_record_done(&copy);
}

static void check_record(struct ntfs *n, uint64_t number, struct wrong *bad,
			 struct wrong *other)
{
	struct record r;

	if (mft_record_read(n, number, &r, NULL) < 0) {
		check_copy(n, number, NULL, bad, other);
		return;
	}
	/* Otherwise the copy was taken for the record, which is told.  */
	if (r.block.below != n->volume)
		check_copy(n, number, &r, bad, other);
	mft_record_done(&r);
}

static void tell(struct ntfs *n, const struct diag_kind *kind,
		 const struct wrong *w, const char *how)
{
	const unsigned long long first = w->first;
	struct diag *d = NULL;

	if (w->n == 1)
		d = ntfs_finding(n, kind, w->first, &w->why,
				 "The copy of MFT record %llu in the $MFTMirr "
				 "is %s", first, how);
	else if (w->n > 1)
		d = ntfs_finding(n, kind, w->first, &w->why,
				 "The copies of %u MFT records in the "
				 "$MFTMirr, the first of them of record %llu, "
				 "are %s", w->n, first, how);
	if (d != NULL)
		cites_join(n->arena, &d->cites, &w->cites);
}

/* Whether the place that the boot sector gives can be one of a $MFTMirr.  */
static bool has_place(struct ntfs *n)
{
	uint64_t bytes = n->info.total_sectors * n->info.sector_size;
	uint64_t length = (uint64_t)MFT_MIRRORED * n->info.record_size;
	uint64_t apart = n->mirror_offset > n->mft_offset ?
			 n->mirror_offset - n->mft_offset :
			 n->mft_offset - n->mirror_offset;
	struct diag *d;
	struct err e;

	if (apart >= length && bytes >= length &&
	    n->mirror_offset <= bytes - length)
		return true;
	err_set(&e, ERR_VALUE, n->boot_offset + BOOT_MIRROR_OFFSET,
		"NTFS boot sector: cluster of the $MFTMirr",
		n->total_clusters, n->mirror_offset / n->info.cluster_size);
	d = ntfs_finding(n, &FINDING_NTFS_BAD_MIRROR, 0, &e,
			 "The $MFTMirr cannot be where the boot sector says");
	if (d != NULL)
		source_cite(n->volume, n->boot_offset, BOOT_BYTES,
			    "ntfs boot sector", n->arena, &d->cites);
	return false;
}

void mirror_check(struct ntfs *n)
{
	struct wrong bad = { 0 }, other = { 0 };

	if (!has_place(n))
		return;
	mft_ahead(n, 0, MFT_MIRRORED);
	for (uint64_t i = 0; i < MFT_MIRRORED; i++)
		check_record(n, i, &bad, &other);
	tell(n, &FINDING_NTFS_BAD_MIRROR, &bad,
	     "damaged, or not of what the $MFT holds");
	tell(n, &FINDING_NTFS_OTHER_MIRROR, &other, "of another time");
}
