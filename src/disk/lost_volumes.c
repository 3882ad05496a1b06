#include "disk/lost_volumes.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "disk/lost_bitlocker.h"
#include "disk/lost_mft.h"
#include "format/fve.h"
#include "format/ldm.h"

/* What is read at once; where that fails, a piece of it.  */
#define CHUNK_BYTES (1u << 20)
#define PIECE_BYTES (32u << 10)

/* So many sectors that look like boot sectors are followed: a million that lead
 * nowhere cost less than reading them.  */
#define MAX_TRIES 65536

/* A volume has three blocks of BitLocker's metadata; each takes reading 64 KiB
 * a few times.  */
#define MAX_FVE 1024

/* A volume inside of another takes no more than this part of it; else it is a
 * rival, that came before or after.  */
#define INSIDE_PART 2

struct scan {
	struct source *disk;
	uint64_t begin, end;	/* of the range that is searched */
	struct arena *arena;
	struct lost_search *out;
};

static bool has_bytes(struct scan *s, uint64_t at, const void *want, size_t n)
{
	uint8_t buf[8];

	return source_read(s->disk, at, buf, n, NULL) == 0 &&
	       memcmp(buf, want, n) == 0;
}

/* Byte @base of the disk and @off more, both of which evidence tells.  */
static bool at_offset(uint64_t base, uint64_t off, uint64_t *ret)
{
	return checked_add(base, off, ret);
}

static bool ntfs_leads(struct scan *s, uint64_t start,
		       const struct ntfs_boot *b)
{
	const uint64_t clusters[] = { b->mft_lcn, b->mftmirr_lcn };
	uint64_t at;

	for (int i = 0; i < 2; i++)
		if (checked_mul(clusters[i], b->cluster_bytes, &at) &&
		    at_offset(start, at, &at) && has_bytes(s, at, "FILE", 4))
			return true;
	return false;
}

/* The first two entries of a FAT are no clusters: a byte that the boot sector
 * has as well, and ones.  */
static bool fat_leads(struct scan *s, uint64_t start, const struct fat_boot *b)
{
	uint8_t fat[3];
	uint64_t at;

	return at_offset(start, b->fat_offset, &at) &&
	       source_read(s->disk, at, fat, sizeof(fat), NULL) == 0 &&
	       fat[0] >= 0xf0 && fat[1] == 0xff && fat[2] == 0xff;
}

static bool exfat_leads(struct scan *s, uint64_t start,
			const struct exfat_boot *b)
{
	uint64_t at;

	return at_offset(start, b->fat_offset, &at) &&
	       has_bytes(s, at, "\xf8\xff\xff\xff\xff\xff\xff\xff", 8);
}

/* The superblock is block 30: of 16 KiB in version 1, where it begins with its
 * own number, else a cluster.  */
static bool refs_leads(struct scan *s, uint64_t start,
		       const struct refs_boot *b)
{
	uint64_t v1, v3;

	return (at_offset(start, 30ull * b->cluster_bytes, &v3) &&
		has_bytes(s, v3, "SUPB", 4)) ||
	       (at_offset(start, 30 * 16384, &v1) &&
		has_bytes(s, v1, "\x1e\0\0\0\0\0\0\0", 8));
}

static bool bitlocker_leads(struct scan *s, uint64_t start,
			    const struct bitlocker_boot *b)
{
	uint64_t at;

	for (int i = 0; i < 3; i++)
		if (b->metadata[i] != 0 &&
		    at_offset(start, b->metadata[i], &at) &&
		    has_bytes(s, at, "-FVE-FS-", 8))
			return true;
	return false;
}

/* Whether @b, as the boot sector of a volume at byte @start, leads to what such
 * a volume has.  */
static bool leads(struct scan *s, uint64_t start, const struct boot_sector *b)
{
	switch (b->kind) {
	case FS_NTFS:
		return ntfs_leads(s, start, &b->ntfs);
	case FS_FAT12:
	case FS_FAT16:
	case FS_FAT32:
		return fat_leads(s, start, &b->fat);
	case FS_EXFAT:
		return exfat_leads(s, start, &b->exfat);
	case FS_REFS:
		return refs_leads(s, start, &b->refs);
	case FS_BITLOCKER:
		return bitlocker_leads(s, start, &b->bitlocker);
	default:
		return false;
	}
}

bool lost_volume_leads(struct source *disk, uint64_t start,
		       const struct boot_sector *b)
{
	return leads(&(struct scan){ .disk = disk }, start, b);
}

/* How far behind the boot sector its copy is; 0: there is none.  */
static uint64_t backup_distance(const struct boot_sector *b)
{
	uint64_t n;

	switch (b->kind) {
	case FS_NTFS:
		return checked_mul(b->total_sectors, b->bytes_per_sector, &n) ?
			       n : 0;
	case FS_REFS:
		return checked_mul(b->total_sectors - 1, b->bytes_per_sector,
				   &n) ? n : 0;
	case FS_FAT32:
		return 6ull * b->bytes_per_sector;
	case FS_EXFAT:
		return 12ull * b->bytes_per_sector;
	default:
		return 0;
	}
}

/* Whether the sector at @at is a copy of @b.  */
static bool is_copy(struct scan *s, uint64_t at, const struct boot_sector *b)
{
	struct boot_sector c;

	return boot_sector_read(s->disk, at, &c, NULL) == 0 &&
	       c.kind == b->kind && c.total_sectors == b->total_sectors &&
	       c.bytes_per_sector == b->bytes_per_sector &&
	       (c.kind != FS_NTFS || c.ntfs.serial == b->ntfs.serial) &&
	       (c.kind != FS_REFS || c.refs.serial == b->refs.serial);
}

/* Its length with the copy; false: it does not say.  */
static bool length_of(const struct boot_sector *b, uint64_t *ret)
{
	uint64_t sectors = b->total_sectors + (b->kind == FS_NTFS);

	return b->total_sectors > 0 &&
	       checked_mul(sectors, b->bytes_per_sector, ret);
}

/* BitLocker's boot sector does not say how long the volume is.  Its metadata
 * say how much is encrypted: all of it, unless that is still under way, when
 * less is than where they lie.  */
static bool bitlocker_length(struct scan *s, const struct lost_volume *v,
			     uint64_t *ret)
{
	const struct bitlocker_boot *b = &v->boot.bitlocker;
	struct lost_bitlocker m;
	uint64_t at;

	for (int i = 0; i < 3; i++) {
		if (!at_offset(v->offset, b->metadata[i], &at) ||
		    !lost_bitlocker_read(s->disk, at, v->offset, s->arena, &m))
			continue;
		*ret = m.length;
		return m.length > 0;
	}
	return false;
}

/* How much speaks for it.  */
static int strength(const struct lost_volume *v)
{
	return 4 * v->has_files + 2 * v->has_boot + v->has_backup;
}

static bool is_same(const struct lost_volume *a, const struct lost_volume *b)
{
	return a->offset == b->offset && a->boot.kind == b->boot.kind &&
	       a->length == b->length;
}

static struct lost_volume *weakest(struct lost_search *o)
{
	struct lost_volume *w = &o->list[0];

	for (size_t i = 1; i < o->n; i++)
		if (strength(&o->list[i]) < strength(w))
			w = &o->list[i];
	return w;
}

static int keep(struct scan *s, const struct lost_volume *v,
		struct err *reterr)
{
	struct lost_search *o = s->out;
	struct lost_volume *new;

	for (size_t i = 0; i < o->n; i++) {
		struct lost_volume *x = &o->list[i];

		/* A boot sector knows more.  */
		if (x->offset == v->offset && x->boot.kind == v->boot.kind &&
		    (x->made != NULL || v->made != NULL)) {
			if (v->made == NULL)
				*x = *v;
			return 0;
		}
		if (!is_same(x, v))
			continue;
		x->has_backup |= v->has_backup;
		x->has_files |= v->has_files;
		if (v->has_boot && !x->has_boot) {
			x->has_boot = true;
			x->found_at = v->found_at;
		}
		return 0;
	}
	if (o->n == LOST_MAX) {
		o->n_left_out++;
		new = weakest(o);
		if (strength(new) < strength(v))
			*new = *v;
		return 0;
	}
	new = arena_push(s->arena, &o->list, o->n, sizeof(*new));
	if (new == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	*new = *v;
	o->n++;
	return 0;
}

/* Take the boot sector @b at @at for that of a volume at @start.  True if
 * something is there to confirm it.  */
static bool confirm(struct scan *s, uint64_t at, uint64_t start,
		    const struct boot_sector *b, struct lost_volume *ret)
{
	uint64_t distance = backup_distance(b), copy;
	struct lost_volume v = { .offset = start, .boot = *b, .found_at = at };

	v.has_boot = at == start;
	v.has_files = leads(s, start, b);
	if (!v.has_boot)
		v.has_backup = true;
	else if (distance > 0 && at_offset(start, distance, &copy))
		v.has_backup = is_copy(s, copy, b);
	v.has_length = b->kind == FS_BITLOCKER ?
			       bitlocker_length(s, &v, &v.length) :
			       length_of(b, &v.length) && v.length > 0;
	if (!v.has_length)
		v.length = s->end - start;
	*ret = v;
	return v.has_files || (v.has_boot && v.has_backup);
}

static int follow(struct scan *s, uint64_t at, const struct boot_sector *b,
		  struct err *reterr)
{
	uint64_t distance = backup_distance(b);
	struct lost_volume v;

	if (s->out->tries++ >= MAX_TRIES) {
		s->out->n_left_out++;
		return 0;
	}
	if (confirm(s, at, at, b, &v))
		return keep(s, &v, reterr);
	if (distance > 0 && distance <= at &&
	    confirm(s, at, at - distance, b, &v))
		return keep(s, &v, reterr);
	s->out->n_nowhere++;
	return 0;
}

/* Take the record at @at for the $MFT's own.  */
static int follow_mft(struct scan *s, uint64_t at, struct err *reterr)
{
	struct lost_volume v = { .found_at = at, .has_files = true };
	struct lost_mft m;
	struct span sector = { m.sector, sizeof(m.sector), 0 };

	if (s->out->tries++ >= MAX_TRIES) {
		s->out->n_left_out++;
		return 0;
	}
	if (!lost_mft_read(s->disk, at, s->begin, s->end, &m) ||
	    boot_sector_parse(sector, &v.boot, NULL) < 0)
		return 0;
	v.offset = m.offset;
	v.has_length = m.has_length && length_of(&v.boot, &v.length);
	if (!v.has_length)
		v.length = s->end - m.offset;
	v.made = arena_copy(s->arena, m.sector, sizeof(m.sector));
	if (v.made == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	return keep(s, &v, reterr);
}

/* Take what is at @at for a block of BitLocker's metadata.  */
static int follow_bitlocker(struct scan *s, uint64_t at, struct err *reterr)
{
	struct lost_volume v = { .found_at = at, .has_files = true };
	struct lost_bitlocker m;
	struct span sector = { m.sector, sizeof(m.sector), 0 };

	if (s->out->n_fve++ >= MAX_FVE) {
		s->out->n_left_out++;
		return 0;
	}
	if (!lost_bitlocker_read(s->disk, at, s->begin, s->arena, &m) ||
	    boot_sector_parse(sector, &v.boot, NULL) < 0)
		return 0;
	v.offset = m.offset;
	v.has_length = m.length > 0;
	v.length = v.has_length ? m.length : s->end - m.offset;
	v.made = arena_copy(s->arena, m.sector, sizeof(m.sector));
	if (v.made == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	return keep(s, &v, reterr);
}

static void take_ldm(struct scan *s, struct span sector)
{
	struct ldm_privhead h;

	if (ldm_privhead_parse(sector, &h, NULL) < 0 ||
	    h.checksum != h.checksum_computed)
		return;
	if (!ldm_privhead_is_at_home(&h)) {
		if (s->out->n_strange_ldm++ == 0)
			s->out->strange_ldm = sector.at;
	} else if (s->out->n_ldm < LOST_MAX_LDM) {
		s->out->ldm[s->out->n_ldm++] = sector.at;
	}
}

/* What a sector must show before it is worth a second look: the name of a file
 * system, or the jump and the end of one that has no name.  */
static bool may_be_boot_sector(const uint8_t *p)
{
	switch (p[3]) {
	case 'N':
		if (memcmp(p + 3, "NTFS    ", 8) == 0)
			return true;
		break;
	case 'E':
		if (memcmp(p + 3, "EXFAT   ", 8) == 0)
			return true;
		break;
	case 'R':
		if (memcmp(p + 3, "ReFS", 4) == 0)
			return true;
		break;
	case '-':
		if (memcmp(p + 3, "-FVE-FS-", 8) == 0)
			return true;
		break;
	}
	return (p[0] == 0xeb || p[0] == 0xe9) && p[510] == 0x55 &&
	       p[511] == 0xaa;
}

static int scan_bytes(struct scan *s, struct span bytes, struct err *reterr)
{
	struct boot_sector b;
	struct span sector;
	int r = 0;

	for (uint64_t off = 0; r == 0 &&
	     span_sub(bytes, off, BOOT_SECTOR_BYTES, &sector);
	     off += BOOT_SECTOR_BYTES) {
		if (sector.p[0] == 'P' && span_has(sector, 0, "PRIVHEAD", 8))
			take_ldm(s, sector);
		else if (sector.p[0] == 'F' && lost_mft_may_begin(sector.p))
			r = follow_mft(s, sector.at, reterr);
		else if (sector.p[0] == '-' &&
			 lost_bitlocker_may_begin(sector.p))
			r = follow_bitlocker(s, sector.at, reterr);
		else if (may_be_boot_sector(sector.p) &&
			 boot_sector_parse(sector, &b, NULL) == 0)
			r = follow(s, sector.at, &b, reterr);
	}
	return r;
}

/* Where a sector is bad, the others around it are read all the same.  */
static int scan_around(struct scan *s, uint64_t off, size_t n, uint8_t *buf,
		       struct err *reterr)
{
	for (size_t done = 0; done < n; done += PIECE_BYTES) {
		size_t take = n - done < PIECE_BYTES ? n - done : PIECE_BYTES;
		int r;

		if (source_read(s->disk, off + done, buf, take, NULL) < 0) {
			s->out->unread += take;
			continue;
		}
		r = scan_bytes(s, (struct span){ buf, take, off + done },
			       reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

int lost_volumes_search(struct source *disk, uint64_t off, uint64_t n,
			struct arena *a, struct lost_search *ret,
			struct err *reterr)
{
	struct scan s = { disk, off, off + n, a, ret };
	uint8_t *buf = arena_malloc(a, CHUNK_BYTES);
	int r = 0;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	if (s.end > disk->size)
		s.end = disk->size;
	/* Ends: each turn goes on by what was read.  */
	while (r == 0 && off < s.end) {
		uint64_t next = source_next_data(disk, off);
		size_t take;

		off = next / BOOT_SECTOR_BYTES * BOOT_SECTOR_BYTES < off ? off :
		      next / BOOT_SECTOR_BYTES * BOOT_SECTOR_BYTES;
		if (off >= s.end)
			break;
		take = s.end - off < CHUNK_BYTES ? (size_t)(s.end - off) :
						   CHUNK_BYTES;
		r = source_read(disk, off, buf, take, NULL) == 0 ?
			scan_bytes(&s, (struct span){ buf, take, off },
				   reterr) :
			scan_around(&s, off, take, buf, reterr);
		off += take;
	}
	free(buf);
	return r;
}

static int by_offset(const void *a, const void *b)
{
	const struct lost_volume *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (strength(x) != strength(y))
		return strength(x) > strength(y) ? -1 : 1;
	if (x->length != y->length)
		return x->length > y->length ? -1 : 1;
	return x->boot.kind < y->boot.kind ? -1 : x->boot.kind > y->boot.kind;
}

static uint64_t end_of(const struct lost_volume *v)
{
	return v->length > UINT64_MAX - v->offset ? UINT64_MAX :
						    v->offset + v->length;
}

static bool covers(const struct lost_volume *a, const struct lost_volume *b)
{
	return a->offset <= b->offset && end_of(b) <= end_of(a);
}

static void doubt(struct lost_search *s, size_t i, enum lost_doubt d,
		  size_t other)
{
	if (s->list[i].doubt != LOST_CLEAR)
		return;
	s->list[i].doubt = d;
	s->list[i].other = other;
}

/* Another volume's boot sector lies where this one begins.  */
static void find_replaced(struct lost_search *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->n && !s->list[i].has_boot; k++)
			if (k != i && s->list[k].has_boot &&
			    s->list[k].offset == s->list[i].offset)
				doubt(s, i, LOST_REPLACED, k);
}

static bool is_whole(const struct lost_volume *v)
{
	return v->has_boot && v->has_backup && v->has_files && v->has_length;
}

static bool begins_inside_whole(const struct lost_search *s, size_t i)
{
	for (size_t k = 0; k < s->n; k++)
		if (is_whole(&s->list[k]) &&
		    s->list[k].offset < s->list[i].offset &&
		    s->list[i].offset < end_of(&s->list[k]))
			return true;
	return false;
}

/* Of NTFS the first sectors hold the $MFTMirr, too, where Windows puts it: a
 * copy of them leads to what is there.  Its backup boot sector is that of the
 * volume, and lies at another distance.  */
static void find_copies(struct lost_search *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct lost_volume *a = &s->list[i];

		if (!a->has_boot || a->has_backup || a->boot.kind != FS_NTFS ||
		    !begins_inside_whole(s, i))
			continue;
		for (size_t k = 0; k < s->n; k++) {
			const struct lost_volume *b = &s->list[k];

			if (k != i && is_whole(b) && b->boot.kind == FS_NTFS &&
			    b->length == a->length &&
			    b->boot.ntfs.serial == a->boot.ntfs.serial)
				doubt(s, i, LOST_COPY, k);
		}
	}
}

/* What has a doubt of its own is around nothing.  */
static bool is_inside(const struct lost_volume *a, const struct lost_volume *b)
{
	return b->has_files && b->doubt != LOST_REPLACED &&
	       b->doubt != LOST_COPY && b->has_length &&
	       covers(b, a) && a->length <= b->length / INSIDE_PART;
}

/* The largest one around it, since that is inside of none.  */
static void find_inside(struct lost_search *s)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t best = i;

		for (size_t k = 0; k < s->n; k++)
			if (k != i && is_inside(&s->list[i], &s->list[k]) &&
			    (best == i ||
			     s->list[k].length > s->list[best].length))
				best = k;
		if (best != i)
			doubt(s, i, LOST_INSIDE, best);
	}
}

static void find_overlaps(struct lost_search *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->n; k++) {
			const struct lost_volume *a = &s->list[i];
			const struct lost_volume *b = &s->list[k];

			if (k != i && a->doubt == LOST_CLEAR &&
			    (b->doubt == LOST_CLEAR ||
			     b->doubt == LOST_OVERLAPS) &&
			    a->offset < end_of(b) && b->offset < end_of(a))
				doubt(s, i, LOST_OVERLAPS, k);
		}
}

void lost_volumes_judge(struct lost_search *s)
{
	if (s->n == 0)
		return;
	qsort(s->list, s->n, sizeof(s->list[0]), by_offset);
	for (size_t i = 0; i < s->n; i++)
		s->list[i].doubt = LOST_CLEAR;
	find_replaced(s);
	find_copies(s);
	find_inside(s);
	find_overlaps(s);
}

const char *lost_provenance(const struct lost_volume *v)
{
	return v->made != NULL && v->boot.kind == FS_BITLOCKER ?
		       "bitlocker-metadata" :
	       v->made != NULL ? "mft-record" :
	       v->has_boot ? "boot-sector" : "backup-boot-sector";
}
