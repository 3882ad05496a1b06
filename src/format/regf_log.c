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

static uint32_t rotate_left(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void mix(struct regf_log_hash *h, uint32_t v)
{
	h->low += v;
	h->high ^= h->low;
	h->low = rotate_left(h->low, 20) + h->high;
	h->high = rotate_left(h->high, 9) ^ h->low;
	h->low = rotate_left(h->low, 27) + h->high;
	h->high = rotate_left(h->high, 19);
}

void regf_log_hash_start(struct regf_log_hash *h)
{
	*h = (struct regf_log_hash){ MARVIN_LOW, MARVIN_HIGH };
}

void regf_log_hash_add(struct regf_log_hash *h, struct span part)
{
	for (size_t i = 0; part.n - i >= sizeof(le32); i += sizeof(le32))
		mix(h, get_le32(*(const le32 *)(part.p + i)));
}

uint64_t regf_log_hash_end(struct regf_log_hash *h, struct span last)
{
	size_t whole = last.n - last.n % sizeof(le32);
	uint32_t tail = 0x80;

	regf_log_hash_add(h, last);
	for (size_t i = last.n; i > whole; i--)
		tail = tail << 8 | last.p[i - 1];
	mix(h, tail);
	mix(h, 0);
	return (uint64_t)h->high << 32 | h->low;
}

uint64_t regf_log_hash(struct span s)
{
	struct regf_log_hash h;

	regf_log_hash_start(&h);
	return regf_log_hash_end(&h, s);
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
		.at = s.at,
	};
	s.n = offsetof(struct regf_log_head_disk, head_hash);
	ret->head_hash_computed = regf_log_hash(s);
	ret->head_sound = ret->head_hash_computed == ret->head_hash;
	return 0;
}

static int check_counts(const struct regf_log_entry *e, struct err *reterr)
{
	if (e->bins_size == 0 || e->bins_size % BINS_UNIT_BYTES != 0)
		return err_set(reterr, ERR_VALUE,
			       e->at + offsetof(struct regf_log_head_disk,
						bins_size),
			       "log entry: size of the bins", BINS_UNIT_BYTES,
			       e->bins_size);
	if (e->n_pages == 0)
		return err_set(reterr, ERR_VALUE,
			       e->at + offsetof(struct regf_log_head_disk,
						n_pages),
			       "log entry: pages", 1, 0);
	return 0;
}

int regf_log_list_bytes(const struct regf_log_entry *head, uint32_t *ret,
			struct err *reterr)
{
	uint32_t room = head->size - REGF_LOG_HEAD_BYTES;
	/* The least that a page takes, with its place in the list.  */
	uint32_t each = sizeof(struct regf_log_page_disk) +
			REGF_LOG_UNIT_BYTES;
	int r;

	if (!head->head_sound)
		return err_set(reterr, ERR_CHECKSUM,
			       head->at + offsetof(struct regf_log_head_disk,
						   head_hash),
			       "log entry: hash of its head",
			       head->head_hash_computed, head->head_hash);
	r = check_counts(head, reterr);
	if (r < 0)
		return r;
	if (head->n_pages > room / each)
		return err_set(reterr, ERR_TRUNCATED,
			       head->at + REGF_LOG_HEAD_BYTES,
			       "log entry: list of pages",
			       (uint64_t)head->n_pages * each, room);
	*ret = REGF_LOG_HEAD_BYTES +
	       head->n_pages * (uint32_t)sizeof(struct regf_log_page_disk);
	return 0;
}

static int check_page(const struct regf_log_entry *e, uint32_t i,
		      const struct regf_log_page *p, struct err *reterr)
{
	uint64_t at = e->references.at +
		      (uint64_t)i * sizeof(struct regf_log_page_disk);
	uint64_t end = e->at + e->size;

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
	uint32_t n = 0;
	int r = regf_log_head_parse(s, &e, reterr);

	if (r == 0)
		r = regf_log_list_bytes(&e, &n, reterr);
	if (r < 0)
		return r;
	if (!span_sub(s, REGF_LOG_HEAD_BYTES, n - REGF_LOG_HEAD_BYTES,
		      &e.references))
		return err_set(reterr, ERR_TRUNCATED,
			       s.at + REGF_LOG_HEAD_BYTES,
			       "log entry: list of pages", n, s.n);
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

	ret->at = i == 0 ? e->references.at + e->references.n
			 : ret->at + ret->size;
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
