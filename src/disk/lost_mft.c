/*
 * lost_mft.c - an NTFS volume by what the $MFT says of itself
 *
 * Record 0 is the $MFT's own, 1 the $MFTMirr's, 5 the root's, 8 that of
 * $BadClus, whose stream $Bad is as long as the volume.  The $MFTMirr holds the
 * first four of them.
 *
 *   cluster = bytes allocated to the $MFT / clusters in its run list
 *   volume  = place of the record - first cluster of its run list * cluster
 *
 * The latter holds for the record in the $MFT; for its copy, with the first
 * cluster of the $MFTMirr.  Which of both a record is, is seen by the other
 * one, or by the start of the partition.
 *
 * Sources: those of format/ntfs_boot.c and format/attribute.c; that a volume
 * can be told by its first records is how testdisk rebuilds a boot sector.
 */
#include "disk/lost_mft.h"

#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "format/attribute.h"
#include "format/file_name.h"
#include "format/mft_record.h"
#include "format/multi_sector.h"
#include "format/runlist.h"

#define MAX_RECORD_BYTES 4096
#define SIZE_AT 0x1c		/* of a record: the bytes that it takes */
#define NUMBER_AT 0x2c
#define MIRROR_RECORD 1
#define ROOT_RECORD 5
#define BAD_CLUSTERS_RECORD 8
#define INDEX_SIZE_AT 8		/* in $INDEX_ROOT */
#define USUAL_INDEX_BYTES 4096

/* A record, with its fix-ups applied to a copy.  */
struct taken {
	uint8_t bytes[MAX_RECORD_BYTES];
	uint32_t size;
	struct mft_record head;
};

struct geometry {
	uint32_t record, cluster, index, sector;	/* bytes */
	uint64_t mft_lcn, mirror_lcn;
	uint64_t volume_bytes;	/* 0: not said */
};

bool lost_mft_may_begin(const uint8_t *sector)
{
	static const uint8_t zero[4];

	return memcmp(sector, "FILE", 4) == 0 &&
	       memcmp(sector + NUMBER_AT, zero, sizeof(zero)) == 0;
}

static uint32_t le32_at(const uint8_t *p)
{
	le32 x;

	memcpy(&x, p, sizeof(x));
	return get_le32(x);
}

static bool is_power(uint64_t n, uint64_t least, uint64_t most)
{
	return n >= least && n <= most && (n & (n - 1)) == 0;
}

/* The record at @at, of @size bytes; 0: as long as it says.  */
static bool take(struct source *disk, uint64_t at, uint32_t size,
		 struct taken *ret)
{
	unsigned array;

	if (size == 0) {
		if (source_read(disk, at, ret->bytes, MULTI_SECTOR_STRIDE,
				NULL) < 0)
			return false;
		size = le32_at(ret->bytes + SIZE_AT);
	}
	if (!is_power(size, MULTI_SECTOR_STRIDE, MAX_RECORD_BYTES) ||
	    source_read(disk, at, ret->bytes, size, NULL) < 0 ||
	    memcmp(ret->bytes, "FILE", 4) != 0 ||
	    multi_sector_fix(ret->bytes, size, at, &array, NULL) < 0)
		return false;
	ret->size = size;
	return mft_record_parse((struct span){ ret->bytes, size, at },
				&ret->head, NULL) == 0 &&
	       ret->head.base == 0 &&
	       (ret->head.flags & MFT_RECORD_IN_USE) != 0;
}

static bool is_called(struct span utf16, const char *name)
{
	size_t n = strlen(name);

	if (utf16.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (utf16.p[2 * i] != (uint8_t)name[i] ||
		    utf16.p[2 * i + 1] != 0)
			return false;
	return true;
}

/* The attribute @type called @name of @r.  */
static bool find(const struct taken *r, uint32_t type, const char *name,
		 struct attribute *ret)
{
	struct span left = r->head.attributes;
	int found;

	while ((found = attribute_next(&left, ret, NULL)) != 0)
		if (found > 0 && ret->type == type &&
		    is_called(ret->name, name))
			return true;
	return false;
}

static bool is_file(const struct taken *r, const char *name)
{
	struct file_name fn;
	struct attribute a;

	return find(r, ATTRIBUTE_FILE_NAME, "", &a) && a.resident &&
	       file_name_parse(a.value, &fn, NULL) == 0 &&
	       is_called(fn.name, name);
}

/* The unnamed stream of @r, its first cluster and how long clusters are.  */
static bool first_cluster(const struct taken *r, uint64_t *ret_lcn,
			  uint64_t *ret_cluster)
{
	struct run_walk w;
	struct attribute a;
	struct run run;

	if (!find(r, ATTRIBUTE_DATA, "", &a) || a.resident ||
	    a.first_vcn != 0 || a.clusters == 0)
		return false;
	w = run_walk_of(a.runs, 0);
	if (run_next(&w, &run, NULL) != 1 || run.lcn == RUN_HOLE)
		return false;
	*ret_lcn = run.lcn;
	*ret_cluster = a.allocated % a.clusters == 0 ?
			       a.allocated / a.clusters : 0;
	return true;
}

/* What the records at @at tell wherever they lie.  */
static bool read_pair(struct source *disk, uint64_t at, struct geometry *g)
{
	uint64_t cluster, mirror_cluster;
	struct taken r;

	if (!take(disk, at, 0, &r) || !is_file(&r, "$MFT") ||
	    !first_cluster(&r, &g->mft_lcn, &cluster) ||
	    !is_power(cluster, MULTI_SECTOR_STRIDE, NTFS_MAX_CLUSTER_BYTES))
		return false;
	g->record = r.size;
	g->cluster = (uint32_t)cluster;
	return take(disk, at + MIRROR_RECORD * g->record, g->record, &r) &&
	       is_file(&r, "$MFTMirr") &&
	       first_cluster(&r, &g->mirror_lcn, &mirror_cluster) &&
	       mirror_cluster == cluster && g->mirror_lcn != g->mft_lcn;
}

/* Whether the bytes at cluster @lcn of a volume at @start are those of @g.  */
static bool confirms(struct source *disk, uint64_t start, uint64_t lcn,
		     const struct geometry *g)
{
	struct geometry other;
	uint64_t at;

	return checked_mul(lcn, g->cluster, &at) &&
	       checked_add(at, start, &at) && read_pair(disk, at, &other) &&
	       other.record == g->record && other.cluster == g->cluster &&
	       other.mft_lcn == g->mft_lcn &&
	       other.mirror_lcn == g->mirror_lcn;
}

/* Where the volume begins whose cluster @lcn is at @at, if @other_lcn of it, or
 * the start of the range, speaks for that.  */
static bool find_start(struct source *disk, uint64_t at, uint64_t lcn,
		       uint64_t other_lcn, uint64_t begin,
		       const struct geometry *g, uint64_t *ret)
{
	uint64_t before, start;

	if (!checked_mul(lcn, g->cluster, &before) || before > at)
		return false;
	start = at - before;
	if (start < begin ||
	    (start != begin && !confirms(disk, start, other_lcn, g)))
		return false;
	*ret = start;
	return true;
}

/* What only the $MFT has, and not its copy.  */
static void read_others(struct source *disk, uint64_t start, struct geometry *g)
{
	const uint64_t mft = start + g->mft_lcn * g->cluster;
	struct attribute a;
	struct taken r;

	g->index = USUAL_INDEX_BYTES;
	g->volume_bytes = 0;
	if (take(disk, mft + ROOT_RECORD * g->record, g->record, &r) &&
	    find(&r, ATTRIBUTE_INDEX_ROOT, "$I30", &a) && a.resident &&
	    a.value.n >= INDEX_SIZE_AT + 4 &&
	    is_power(le32_at(a.value.p + INDEX_SIZE_AT), MULTI_SECTOR_STRIDE,
		     NTFS_MAX_BLOCK_BYTES))
		g->index = le32_at(a.value.p + INDEX_SIZE_AT);
	if (take(disk, mft + BAD_CLUSTERS_RECORD * g->record, g->record, &r) &&
	    is_file(&r, "$BadClus") && find(&r, ATTRIBUTE_DATA, "$Bad", &a) &&
	    !a.resident && a.real % g->cluster == 0)
		g->volume_bytes = a.real;
}

static void put(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static unsigned log2_of(uint64_t n)
{
	unsigned bits = 0;

	while (n > 1) {
		n >>= 1;
		bits++;
	}
	return bits;
}

/* In clusters, or where it is less than one, the negative logarithm.  */
static uint8_t block_size(uint32_t bytes, uint32_t cluster)
{
	return (uint8_t)(bytes >= cluster ? bytes / cluster :
					    256 - log2_of(bytes));
}

static void make_sector(const struct geometry *g, uint8_t *p)
{
	static const uint8_t start[] = {
		0xeb, 0x52, 0x90, 'N', 'T', 'F', 'S', ' ', ' ', ' ', ' ',
	};
	uint32_t per = g->cluster / g->sector;

	memset(p, 0, BOOT_SECTOR_BYTES);
	memcpy(p, start, sizeof(start));
	put(p + 0x0b, g->sector, 2);
	p[0x0d] = (uint8_t)(per <= 128 ? per : 256 - log2_of(per));
	p[0x15] = 0xf8;
	put(p + 0x24, 0x00800080, 4);
	put(p + 0x28, g->volume_bytes / g->sector, 8);
	put(p + 0x30, g->mft_lcn, 8);
	put(p + 0x38, g->mirror_lcn, 8);
	p[0x40] = block_size(g->record, g->cluster);
	p[0x44] = block_size(g->index, g->cluster);
	put(p + 0x1fe, 0xaa55, 2);
}

bool lost_mft_read(struct source *disk, uint64_t at, uint64_t begin,
		   uint64_t end, struct lost_mft *ret)
{
	struct geometry g = { .sector = disk->sector_size };
	uint64_t start;

	if (!read_pair(disk, at, &g) ||
	    (!find_start(disk, at, g.mft_lcn, g.mirror_lcn, begin, &g,
			 &start) &&
	     !find_start(disk, at, g.mirror_lcn, g.mft_lcn, begin, &g,
			 &start)))
		return false;
	if (!is_power(g.sector, BOOT_SECTOR_BYTES, MAX_RECORD_BYTES) ||
	    g.sector > g.cluster)
		g.sector = BOOT_SECTOR_BYTES;
	read_others(disk, start, &g);
	ret->offset = start;
	ret->has_length = g.volume_bytes > 0;
	if (!ret->has_length)
		g.volume_bytes = (end - start) / g.cluster * g.cluster;
	make_sector(&g, ret->sector);
	return true;
}
