/*
 * regf_log.c - the transaction log of a registry hive
 *
 * An entry, since Windows 8.1; each starts at a multiple of 512, the first at
 * 512:
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  "HvLE"
 *        4     4  size, a multiple of 512
 *        8     4  flags: bit 0 is the base block's
 *       12     4  sequence: one more than the entry before
 *       16     4  size of the bins, a multiple of 4096
 *       20     4  number of pages
 *       24     8  Marvin32 of all from 40 on
 *       32     8  Marvin32 of the 32 bytes above
 *       40   8*n  pages: offset in the bins, size
 *      ...        their bytes, one behind the other, and padding
 *
 * Before Windows 8.1, at 512:
 *
 *        0     4  "DIRT"
 *        4     n  a bit for each 512 bytes of the bins, lowest first
 *      ...        at the next multiple of 512 the units whose bits are set
 *
 * Source: Maxim Suhanov, "Windows registry file format specification", github
 * msuhanov/regf, section "Format of transaction log files".
 */
#include "format/regf_log.h"

#include <assert.h>

#include "base/bytes.h"

struct regf_log_head_disk {
	le32 signature;
	le32 size;
	le32 flags;
	le32 sequence;
	le32 bins_size;
	le32 n_pages;
	le64 body_hash;
	le64 head_hash;
};
static_assert(offsetof(struct regf_log_head_disk, head_hash) == 32, "HvLE");
static_assert(sizeof(struct regf_log_head_disk) == REGF_LOG_HEAD_BYTES, "HvLE");

struct regf_log_page_disk {
	le32 offset;
	le32 size;
};
static_assert(sizeof(struct regf_log_page_disk) == 8, "HvLE page");

#define SIGNATURE_HVLE 0x454c7648u	/* "HvLE" */
#define SIGNATURE_DIRT 0x54524944u	/* "DIRT" */
#define BINS_UNIT_BYTES 4096

#define MARVIN_LOW 0x7a4e55c5u
#define MARVIN_HIGH 0x82ef4d88u

struct marvin {
	uint32_t low, high;
};

static uint32_t rotate_left(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void marvin_mix(struct marvin *m, uint32_t v)
{
	m->low += v;
	m->high ^= m->low;
	m->low = rotate_left(m->low, 20) + m->high;
	m->high = rotate_left(m->high, 9) ^ m->low;
	m->low = rotate_left(m->low, 27) + m->high;
	m->high = rotate_left(m->high, 19);
}

uint64_t regf_log_hash(struct span s)
{
	struct marvin m = { MARVIN_LOW, MARVIN_HIGH };
	uint32_t last = 0x80;
	size_t i;

	for (i = 0; s.n - i >= sizeof(le32); i += sizeof(le32))
		marvin_mix(&m, get_le32(*(const le32 *)(s.p + i)));
	for (size_t k = s.n; k > i; k--)
		last = last << 8 | s.p[k - 1];
	marvin_mix(&m, last);
	marvin_mix(&m, 0);
	return (uint64_t)m.high << 32 | m.low;
}

int regf_log_head_parse(struct span s, struct regf_log_entry *ret,
			struct err *reterr)
{
	const struct regf_log_head_disk *d =
		span_view(s, 0, struct regf_log_head_disk);
	uint32_t size;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "log entry",
			       sizeof(*d), s.n);
	if (get_le32(d->signature) != SIGNATURE_HVLE)
		return err_set(reterr, ERR_MAGIC, s.at, "log entry",
			       SIGNATURE_HVLE, get_le32(d->signature));
	size = get_le32(d->size);
	if (size == 0 || size % REGF_LOG_UNIT_BYTES != 0)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct regf_log_head_disk, size),
			       "log entry: size", REGF_LOG_UNIT_BYTES, size);
	*ret = (struct regf_log_entry){
		.size = size,
		.flags = get_le32(d->flags),
		.sequence = get_le32(d->sequence),
		.bins_size = get_le32(d->bins_size),
		.n_pages = get_le32(d->n_pages),
		.body_hash = get_le64(d->body_hash),
		.head_hash = get_le64(d->head_hash),
	};
	s.n = offsetof(struct regf_log_head_disk, head_hash);
	ret->head_sound = regf_log_hash(s) == ret->head_hash;
	return 0;
}

static int check_hashes(struct span s, const struct regf_log_entry *e,
			struct err *reterr)
{
	struct span head = s, body = s;
	uint64_t sum;

	head.n = offsetof(struct regf_log_head_disk, head_hash);
	if (!e->head_sound)
		return err_set(reterr, ERR_CHECKSUM, s.at + head.n,
			       "log entry: hash of its head",
			       regf_log_hash(head), e->head_hash);
	span_sub(s, REGF_LOG_HEAD_BYTES, e->size - REGF_LOG_HEAD_BYTES, &body);
	sum = regf_log_hash(body);
	if (sum != e->body_hash)
		return err_set(reterr, ERR_CHECKSUM,
			       s.at + offsetof(struct regf_log_head_disk,
					       body_hash),
			       "log entry: hash of its pages", sum,
			       e->body_hash);
	return 0;
}

static int check_counts(struct span s, const struct regf_log_entry *e,
			struct err *reterr)
{
	if (e->bins_size == 0 || e->bins_size % BINS_UNIT_BYTES != 0)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct regf_log_head_disk,
					       bins_size),
			       "log entry: size of the bins", BINS_UNIT_BYTES,
			       e->bins_size);
	if (e->n_pages == 0)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct regf_log_head_disk,
					       n_pages),
			       "log entry: pages", 1, 0);
	return 0;
}

static int check_page(const struct regf_log_entry *e, uint32_t i,
		      const struct regf_log_page *p, struct err *reterr)
{
	uint64_t at = e->references.at +
		      (uint64_t)i * sizeof(struct regf_log_page_disk);
	uint64_t end = e->pages.at + e->pages.n;

	if (p->size == 0 || p->size % REGF_LOG_UNIT_BYTES != 0)
		return err_set(reterr, ERR_VALUE, at + 4,
			       "log entry: size of a page",
			       REGF_LOG_UNIT_BYTES, p->size);
	if (p->offset % REGF_LOG_UNIT_BYTES != 0 || p->offset > e->bins_size ||
	    p->size > e->bins_size - p->offset)
		return err_set(reterr, ERR_VALUE, at,
			       "log entry: page outside of the bins",
			       e->bins_size, p->offset);
	if (p->size > end - p->at)
		return err_set(reterr, ERR_TRUNCATED, at,
			       "log entry: page", p->size, end - p->at);
	return 0;
}

int regf_log_entry_parse(struct span s, struct regf_log_entry *ret,
			 struct err *reterr)
{
	struct regf_log_entry e = { 0 };
	struct regf_log_page p = { 0 };
	uint64_t n;
	int r = regf_log_head_parse(s, &e, reterr);

	if (r < 0)
		return r;
	if (e.size > s.n)
		return err_set(reterr, ERR_TRUNCATED, s.at, "log entry",
			       e.size, s.n);
	s.n = e.size;
	r = check_hashes(s, &e, reterr);
	if (r == 0)
		r = check_counts(s, &e, reterr);
	if (r < 0)
		return r;
	n = (uint64_t)e.n_pages * sizeof(struct regf_log_page_disk);
	if (!span_sub(s, REGF_LOG_HEAD_BYTES, n, &e.references))
		return err_set(reterr, ERR_TRUNCATED,
			       s.at + REGF_LOG_HEAD_BYTES,
			       "log entry: list of pages", n,
			       s.n - REGF_LOG_HEAD_BYTES);
	n += REGF_LOG_HEAD_BYTES;
	span_sub(s, n, s.n - n, &e.pages);
	for (uint32_t i = 0; i < e.n_pages && r == 0; i++) {
		regf_log_page(&e, i, &p);
		r = check_page(&e, i, &p, reterr);
	}
	if (r == 0)
		*ret = e;
	return r;
}

void regf_log_page(const struct regf_log_entry *e, uint32_t i,
		   struct regf_log_page *ret)
{
	const struct regf_log_page_disk *d =
		span_view(e->references, (uint64_t)i * sizeof(*d),
			  struct regf_log_page_disk);

	ret->at = i == 0 ? e->pages.at : ret->at + ret->size;
	ret->offset = get_le32(d->offset);
	ret->size = get_le32(d->size);
}

uint32_t regf_dirt_bytes(uint32_t bins_size)
{
	return (uint32_t)sizeof(le32) + bins_size / REGF_LOG_UNIT_BYTES / 8;
}

int regf_dirt_parse(struct span s, uint32_t bins_size, struct regf_dirt *ret,
		    struct err *reterr)
{
	const le32 *d = span_view(s, 0, le32);
	uint32_t n = regf_dirt_bytes(bins_size);
	uint32_t tail = n % REGF_LOG_UNIT_BYTES;
	struct span bitmap;

	if (d == NULL || !span_sub(s, sizeof(le32), n - sizeof(le32), &bitmap))
		return err_set(reterr, ERR_TRUNCATED, s.at, "log bitmap", n,
			       s.n);
	if (get_le32(*d) != SIGNATURE_DIRT)
		return err_set(reterr, ERR_MAGIC, s.at, "log bitmap",
			       SIGNATURE_DIRT, get_le32(*d));
	if (bins_size == 0 || bins_size % BINS_UNIT_BYTES != 0)
		return err_set(reterr, ERR_VALUE, s.at,
			       "log bitmap: size of the bins", BINS_UNIT_BYTES,
			       bins_size);
	ret->bitmap = bitmap;
	ret->units_at = s.at + n;
	if (tail != 0)
		ret->units_at += REGF_LOG_UNIT_BYTES - tail;
	return 0;
}

bool regf_dirt_has(const struct regf_dirt *d, uint32_t i)
{
	return i / 8 < d->bitmap.n && (d->bitmap.p[i / 8] >> i % 8 & 1) != 0;
}
