/*
 * ntfs.c - an NTFS volume as a whole, and the streams of its files
 */
#include "ntfs/ntfs.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/multi_sector.h"
#include "format/ntfs_boot.h"
#include "format/volume_information.h"
#include "ntfs/file_path.h"
#include "ntfs/findings.h"
#include "ntfs/fsntfs.h"
#include "ntfs/mft_file.h"
#include "ntfs/mirror.h"
#include "ntfs/ntfs_volume.h"
#include "ntfs/unlisted.h"

#define BOOT_BYTES 512
#define VOLUME_RECORD 3

/* Where a backup boot sector is looked for: in as much as partitions are
 * aligned to.  So many that look like one are tried.  */
#define TAIL_BYTES (1u << 20)
#define MAX_BACKUPS 8

/* 32 characters by Windows; 128 are accepted.  */
#define MAX_LABEL_BYTES 256
#define MAX_OBJECT_ID_BYTES 64

/* Take the geometry that @b tells.  */
static int apply_boot(struct ntfs *n, const struct ntfs_boot *b,
		      struct err *reterr)
{
	uint64_t bytes = b->total_sectors * b->bytes_per_sector;

	if (b->record_bytes < MULTI_SECTOR_STRIDE)
		return err_set(reterr, ERR_VALUE, 0x40,
			       "NTFS boot sector: record size",
			       MULTI_SECTOR_STRIDE, b->record_bytes);
	n->info.serial = b->serial;
	n->info.sector_size = b->bytes_per_sector;
	n->info.cluster_size = b->cluster_bytes;
	n->info.record_size = b->record_bytes;
	n->info.index_size = b->index_block_bytes;
	n->info.total_sectors = b->total_sectors;
	n->info.capacity = ntfs_boot_capacity(b);
	n->total_clusters = bytes / b->cluster_bytes;
	n->mft_offset = b->mft_lcn * b->cluster_bytes;
	if (!checked_mul(b->mftmirr_lcn, b->cluster_bytes, &n->mirror_offset))
		n->mirror_offset = UINT64_MAX;
	return 0;
}

/* Use the boot sector at @off: with it, the $MFT can be read.  */
static int try_boot(struct ntfs *n, uint64_t off, struct err *reterr)
{
	uint8_t sector[BOOT_BYTES];
	struct ntfs_boot boot;
	int r = source_read(n->volume, off, sector, sizeof(sector), reterr);

	if (r == 0)
		r = ntfs_boot_parse((struct span){ sector, sizeof(sector),
						   off }, &boot, reterr);
	n->boot_offset = off;
	if (r == 0)
		r = apply_boot(n, &boot, reterr);
	if (r == 0)
		r = mft_open(n, reterr);
	if (r < 0)
		mft_close(n);
	return r;
}

static int try_backup(struct ntfs *n, uint64_t off, const struct err *why)
{
	struct diag *d;

	if (try_boot(n, off, NULL) < 0)
		return -1;
	n->info.from_backup = true;
	d = ntfs_finding(n, &FINDING_NTFS_BACKUP_BOOT, off, why,
			 "The volume is read by its backup boot sector at byte "
			 "%llu", (unsigned long long)off);
	if (d != NULL) {
		source_cite(n->volume, 0, BOOT_BYTES, "ntfs boot sector",
			    n->arena, &d->cites);
		source_cite(n->volume, off, BOOT_BYTES, "ntfs boot sector",
			    n->arena, &d->cites);
	}
	return 0;
}

/* Whether @sector says that the volume ends there: so says the
 * backup, and no older one of a volume that was here before.  */
static bool is_backup(struct span sector)
{
	struct ntfs_boot b;

	return ntfs_boot_parse(sector, &b, NULL) == 0 &&
	       b.total_sectors * b.bytes_per_sector == sector.at;
}

/* Try what may be a backup in the @bytes, which are the end of the volume.  */
static int try_tail(struct ntfs *n, struct span bytes, const struct err *why)
{
	size_t end = bytes.n / BOOT_BYTES * BOOT_BYTES;
	struct span sector;

	for (int tries = 0; tries < MAX_BACKUPS; end -= BOOT_BYTES) {
		if (end == 0)
			return -1;
		span_sub(bytes, end - BOOT_BYTES, BOOT_BYTES, &sector);
		if (!is_backup(sector))
			continue;
		if (try_backup(n, sector.at, why) == 0)
			return 0;
		tries++;
	}
	return -1;
}

/* A partition may be longer than its volume, mostly by less than the
 * alignment.  */
static int search_backup(struct ntfs *n, const struct err *why)
{
	uint64_t size = n->volume->size;
	uint64_t at = size > TAIL_BYTES ?
		      (size - TAIL_BYTES) / BOOT_BYTES * BOOT_BYTES : 0;
	uint8_t *buf = arena_malloc(n->arena, (size_t)(size - at) + 1);
	int r = -1;

	if (buf != NULL &&
	    source_read(n->volume, at, buf, (size_t)(size - at), NULL) == 0)
		r = try_tail(n, (struct span){ buf, (size_t)(size - at), at },
			     why);
	free(buf);
	return r;
}

/* The backup is the last sector of the volume, which ends with the partition or
 * not long before it; or it stands where the damaged sector itself says that
 * the volume ends.  */
static int try_backups(struct ntfs *n, const struct err *why)
{
	static const unsigned sizes[] = { 512, 1024, 2048, 4096 };
	uint8_t sector[BOOT_BYTES];
	uint64_t total = 0, off;

	if (search_backup(n, why) == 0)
		return 0;
	if (source_read(n->volume, 0, sector, sizeof(sector), NULL) == 0)
		total = ntfs_boot_total_sectors(
			(struct span){ sector, sizeof(sector), 0 });
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (total > 0 && checked_mul(total, sizes[i], &off) &&
		    try_backup(n, off, why) == 0)
			return 0;
	return -1;
}

/* Nothing tells where the $MFT is, so that all of the volume is read for it,
 * once.  */
static int try_search(struct ntfs *n)
{
	n->may_search = true;
	return try_boot(n, 0, NULL);
}

static void check_size(struct ntfs *n)
{
	uint64_t bytes = n->info.total_sectors * n->info.sector_size;
	struct diag *d;
	struct err e;

	if (bytes <= n->volume->size)
		return;
	err_set(&e, ERR_TRUNCATED, 0, "NTFS boot sector: size of the volume",
		bytes, n->volume->size);
	d = ntfs_finding(n, &FINDING_NTFS_TRUNCATED, 0, &e,
			 "The volume is longer than the partition or image "
			 "that holds it");
	if (d != NULL)
		source_cite(n->volume, 0, BOOT_BYTES, "ntfs boot sector",
			    n->arena, &d->cites);
}

/* Read attribute @type of $Volume, if it is there.  */
static bool read_small(struct mft_file *f, uint32_t type, size_t max,
		       uint8_t *buf, size_t *ret_n)
{
	uint8_t *bytes;
	struct err e;
	int r = mft_file_read(f, type, NULL, max, &bytes, ret_n, NULL, &e);

	if (r == 0) {
		memcpy(buf, bytes, *ret_n);
		free(bytes);
		return true;
	}
	if (r != ERR_NOT_FOUND)
		mft_record_finding(f->ntfs, &FINDING_NTFS_VOLUME, &f->rec, &e);
	return false;
}

static void read_volume_file(struct ntfs *n, struct mft_file *f)
{
	uint8_t buf[MAX_LABEL_BYTES];
	struct volume_information vi;
	struct err e;
	struct span label = { buf, 0, 0 };
	size_t size;

	mft_file_times(f, &n->info.times);
	if (read_small(f, ATTRIBUTE_VOLUME_NAME, sizeof(buf), buf, &label.n) &&
	    label.n > 0)
		n->info.label = text_from_utf16(n->arena,
						utf16_trim_nul(label));
	if (read_small(f, ATTRIBUTE_OBJECT_ID, MAX_OBJECT_ID_BYTES, buf,
		       &size) && size >= sizeof(n->info.object_id))
		memcpy(&n->info.object_id, buf, sizeof(n->info.object_id));
	if (!read_small(f, ATTRIBUTE_VOLUME_INFORMATION, sizeof(buf), buf,
			&size))
		return;
	if (volume_information_parse((struct span){ buf, size, 0 }, &vi,
				     &e) < 0) {
		mft_record_finding(n, &FINDING_NTFS_VOLUME, &f->rec, &e);
		return;
	}
	n->info.version_major = vi.version_major;
	n->info.version_minor = vi.version_minor;
	n->info.dirty = (vi.flags & VOLUME_IS_DIRTY) != 0;
}

static void read_volume(struct ntfs *n)
{
	struct mft_file f;
	struct err e;

	if (mft_file_open(n, VOLUME_RECORD, &f, &e) < 0) {
		ntfs_finding(n, &FINDING_NTFS_VOLUME, VOLUME_RECORD, &e,
			     "Label, version and state of the volume are "
			     "unknown");
		return;
	}
	read_volume_file(n, &f);
	mft_file_done(&f);
}

int ntfs_open(struct source *volume, struct arena *a, struct diag_list *d,
	      struct ntfs **ret, struct err *reterr)
{
	struct ntfs *n = arena_calloc(a, 1, sizeof(*n));
	struct err e;

	if (n == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "NTFS volume", 0, 0);
	n->volume = volume;
	n->arena = a;
	n->diags = d;
	n->names = name_cache_new();
	n->seen = ntfs_seen_new();
	if (n->names == NULL || n->seen == NULL) {
		ntfs_close(n);
		return err_set(reterr, ERR_NOMEM, 0, "NTFS volume", 0, 0);
	}
	if (try_boot(n, 0, &e) < 0 && try_backups(n, &e) < 0 &&
	    try_search(n) < 0) {
		ntfs_close(n);
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	}
	check_size(n);
	read_volume(n);
	mirror_check(n);
	*ret = n;
	return 0;
}

void ntfs_close(struct ntfs *n)
{
	if (n == NULL)
		return;
	fsntfs_free(n->fsntfs);
	mft_close(n);
	name_cache_free(n->names);
	unlisted_free(n->unlisted);
	free(n->upcase);
	free(n->seen);
	free(n);
}

const struct ntfs_info *ntfs_info(const struct ntfs *n)
{
	return &n->info;
}

static bool has_wof_stream(struct mft_file *f)
{
	struct source *s;

	if (mft_file_stream(f, ATTRIBUTE_DATA, "WofCompressedData", &s,
			    NULL) < 0)
		return false;
	source_free(s);
	return true;
}

/* Whether the content is in another stream or file, and $DATA is a hole as long
 * as it.  The reparse point says so; where it is lost, that stream does.  */
static bool is_wof(struct mft_file *f)
{
	uint8_t *bytes;
	struct source *s;
	struct reparse rp = { 0 };
	size_t n;

	if (mft_file_read(f, ATTRIBUTE_REPARSE_POINT, NULL, REPARSE_MAX_BYTES,
			  &bytes, &n, &s, NULL) < 0)
		return has_wof_stream(f);
	reparse_parse((struct span){ bytes, n, 0 }, &rp, NULL);
	source_free(s);
	free(bytes);
	return rp.tag == REPARSE_TAG_WOF;
}

static void stream_finding(struct mft_file *f, const char *file,
			   const struct err *e)
{
	struct diag *d = ntfs_finding(
		f->ntfs, &FINDING_NTFS_STREAM, f->ref, e,
		"The content of %s, MFT record %llu, is not read",
		file != NULL ? file : "a file",
		(unsigned long long)f->rec.number);

	if (d != NULL)
		source_cite(f->rec.block.below, f->rec.block.at,
			    f->rec.block.n, "mft record", f->ntfs->arena,
			    &d->cites);
}

static int open_compressed(struct mft_file *f, const char *stream,
			   struct source **ret, struct err *reterr)
{
	struct source *stored;
	uint64_t unit;
	int r = mft_file_clusters(f, ATTRIBUTE_DATA, stream, &stored, &unit,
				  reterr);

	if (r < 0)
		return r;
	return fsntfs_stream(f->ntfs, f->rec.number, stream, stored, unit, ret,
			     reterr);
}

static int open_stream(struct mft_file *f, const char *stream, const char *file,
		       struct source **ret, struct err *reterr)
{
	struct err e;
	int r;

	if (!mft_file_in_use(f))
		return err_set(reterr, ERR_NOT_FOUND, f->rec.block.at + 0x16,
			       "file: its record is not in use",
			       MFT_RECORD_IN_USE, f->rec.head.flags);
	if (stream == NULL && is_wof(f))
		r = err_set(&e, ERR_UNSUPPORTED, f->rec.block.at,
			    "content compressed by WOF", 0, REPARSE_TAG_WOF);
	else
		r = mft_file_stream(f, ATTRIBUTE_DATA, stream, ret, &e);
	if (r == ERR_UNSUPPORTED && e.got != REPARSE_TAG_WOF &&
	    (e.got & ATTRIBUTE_ENCRYPTED) == 0)
		r = open_compressed(f, stream, ret, &e);
	if (r == ERR_UNSUPPORTED || r == ERR_IO)
		stream_finding(f, file, &e);
	if (r < 0)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	(*ret)->file = file;
	return 0;
}

int ntfs_open_stream(struct ntfs *n, ntfs_ref ref, const char *stream,
		     const char *file, struct source **ret, struct err *reterr)
{
	struct mft_file f;
	int r = mft_file_open(n, ref, &f, reterr);

	if (r < 0)
		return r;
	r = open_stream(&f, stream, file, ret, reterr);
	mft_file_done(&f);
	return r;
}

struct information_walk {
	struct standard_information *information;
	bool found;
};

static int take_information(void *ctx, const struct record *rec,
			    const struct attribute *a, struct err *reterr)
{
	struct information_walk *w = ctx;

	(void)rec;
	(void)reterr;
	w->found = a->resident &&
		   standard_information_parse(a->value, w->information,
					      NULL) == 0;
	return w->found;
}

int ntfs_standard_information(struct ntfs *n, ntfs_ref ref,
			      struct standard_information *ret,
			      struct err *reterr)
{
	struct standard_information si;
	struct information_walk w = { &si, false };
	struct mft_file f;
	int r = mft_file_open(n, ref, &f, reterr);

	if (r < 0)
		return r;
	r = mft_file_each(&f, ATTRIBUTE_STANDARD_INFORMATION, NULL,
			  take_information, &w, reterr);
	mft_file_done(&f);
	if (!w.found)
		return r < 0 ? r : err_set(reterr, ERR_NOT_FOUND, 0,
					   "$STANDARD_INFORMATION", 0, 0);
	*ret = si;
	return 0;
}
