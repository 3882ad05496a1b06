/*
 * vhdx_log.c - what Windows would do first when it opens a VHDX
 *
 * The log is a ring of sectors.  Entries that follow each other, with sequence
 * numbers that rise by one, form a sequence; it is complete if the last entry's
 * tail points at an entry of it, from where on it is to be replayed.  Of
 * several sequences the one with the highest number counts.
 *
 * Source: [MS-VHDX] 2.3.3.
 */
#include "evidence/vhdx_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* Windows makes a log of 1 MiB.  */
#define MAX_LOG_BYTES (32u << 20)

/* Entries may claim each other's sectors; so much is summed before the log is
 * taken for hostile.  An honest one is summed once, and again for each entry
 * that was being written when the power failed.  */
#define MAX_SUMMED_BYTES ((uint64_t)8 * MAX_LOG_BYTES)

/* Pages that 1 MiB of log can hold, many times over; each read looks at all of
 * them.  */
#define MAX_WRITES 8192

/* The ring, twice in a row, so that no entry wraps; and what each sector
 * begins.  */
struct ring {
	uint8_t *bytes;
	uint32_t n;		/* sectors */
	struct vhdx_log_entry *entries;	/* length 0: not an entry */
};

struct write {
	uint64_t offset, length;
	uint8_t *page;		/* NULL: zeros */
};

struct replayed {
	struct source source;
	struct source *file;
	struct write *writes;	/* in the order of writing */
	size_t n;
	uint64_t low, high;	/* all of them lie in between */
};

static void apply(const struct write *w, uint64_t off, uint8_t *buf, size_t n)
{
	uint64_t first = off > w->offset ? off : w->offset;
	uint64_t end = w->offset + w->length;

	if (end > off + n)
		end = off + n;
	if (first >= end)
		return;
	if (w->page == NULL)
		memset(buf + (first - off), 0, (size_t)(end - first));
	else
		memcpy(buf + (first - off), w->page + (first - w->offset),
		       (size_t)(end - first));
}

static int replayed_read(struct source *s, uint64_t off, void *buf, size_t n,
			 struct err *reterr)
{
	struct replayed *p = (struct replayed *)s;
	uint64_t size = p->file->size;
	size_t there = n;
	int r;

	/* The log may make the file longer; the new part is zeros.  */
	if (off >= size)
		there = 0;
	else if (n > size - off)
		there = (size_t)(size - off);
	memset((uint8_t *)buf + there, 0, n - there);
	r = source_read(p->file, off < size ? off : 0, buf, there, reterr);
	if (r < 0)
		return r;
	if (off >= p->high || off + n <= p->low)
		return 0;
	for (size_t i = 0; i < p->n; i++)
		apply(&p->writes[i], off, buf, n);
	return 0;
}

static void replayed_free(struct source *s)
{
	struct replayed *p = (struct replayed *)s;

	for (size_t i = 0; i < p->n; i++)
		free(p->writes[i].page);
	free(p->writes);
	free(p);
}

static const struct source_ops replayed_ops = {
	replayed_read, NULL, replayed_free,
};

static int load_ring(struct source *file, const struct vhdx_header *h,
		     struct ring *ring, struct err *reterr)
{
	uint32_t bytes = h->log_length;
	int r;

	if (h->log_version != 0)
		return err_set(reterr, ERR_UNSUPPORTED, h->log_offset,
			       "VHDX log: version", 0, h->log_version);
	if (bytes == 0 || bytes % VHDX_LOG_SECTOR != 0)
		return err_set(reterr, ERR_VALUE, h->log_offset,
			       "VHDX log: length", VHDX_MIB, bytes);
	if (bytes > MAX_LOG_BYTES)
		return err_set(reterr, ERR_LIMIT, h->log_offset,
			       "VHDX log: length", MAX_LOG_BYTES, bytes);
	if (!range_fits(h->log_offset, bytes, file->size))
		return err_set(reterr, ERR_TRUNCATED, h->log_offset,
			       "VHDX log", bytes, 0);
	ring->n = bytes / VHDX_LOG_SECTOR;
	ring->bytes = malloc((size_t)bytes * 2);
	ring->entries = calloc(ring->n, sizeof(*ring->entries));
	if (ring->bytes == NULL || ring->entries == NULL)
		return err_set(reterr, ERR_NOMEM, h->log_offset, "VHDX log", 0,
			       0);
	r = source_read(file, h->log_offset, ring->bytes, bytes, reterr);
	if (r < 0)
		return r;
	memcpy(ring->bytes + bytes, ring->bytes, bytes);
	return 0;
}

static struct span entry_span(const struct ring *ring, uint32_t sector)
{
	size_t off = (size_t)sector * VHDX_LOG_SECTOR;

	return (struct span){ ring->bytes + off,
			      (size_t)ring->n * VHDX_LOG_SECTOR, off };
}

/* Parse the entry that begins at each sector.  */
static int find_entries(struct ring *ring, const struct vhdx_header *h,
			struct err *reterr)
{
	uint64_t summed = 0;

	for (uint32_t i = 0; i < ring->n; i++) {
		struct vhdx_log_entry e = { 0 };
		struct err why = { 0 };

		if (summed > MAX_SUMMED_BYTES)
			return err_set(reterr, ERR_LIMIT, h->log_offset,
				       "VHDX log: entries in each other",
				       MAX_SUMMED_BYTES, summed);
		if (vhdx_log_entry_parse(entry_span(ring, i), &h->log_guid, &e,
					 &why) == 0)
			ring->entries[i] = e;
		summed += e.length;
		if (why.code == ERR_CHECKSUM)
			summed += (uint64_t)ring->n * VHDX_LOG_SECTOR;
	}
	return 0;
}

struct sequence {
	uint32_t tail, count;	/* first sector, and entries, to replay */
	uint64_t number;	/* of the last entry */
};

/* The sector behind the entry at @sector.  */
static uint32_t next_sector(const struct ring *ring, uint32_t sector)
{
	uint32_t length = ring->entries[sector].length / VHDX_LOG_SECTOR;

	return (sector + length) % ring->n;
}

/* The sequence that begins at sector @first; count 0 if it is not complete.  */
static struct sequence sequence_at(const struct ring *ring, uint32_t first)
{
	const struct vhdx_log_entry *e = &ring->entries[first];
	struct sequence s = { 0 };
	uint32_t sector = first, sectors = 0, from_tail = 0, last = first;

	/* Ends: each entry has sectors, together no more than the ring.  */
	while (e->length != 0 && sectors < ring->n &&
	       (sector == first ||
		e->sequence == ring->entries[last].sequence + 1)) {
		last = sector;
		sectors += e->length / VHDX_LOG_SECTOR;
		sector = next_sector(ring, sector);
		e = &ring->entries[sector];
	}
	if (sectors == 0 || sectors > ring->n)
		return s;
	s.tail = ring->entries[last].tail / VHDX_LOG_SECTOR;
	s.number = ring->entries[last].sequence;
	/* Is the tail one of them?  Count from there.  */
	for (sector = first;; sector = next_sector(ring, sector)) {
		if (sector == s.tail)
			from_tail = 1;
		else if (from_tail > 0)
			from_tail++;
		if (sector == last)
			break;
	}
	s.count = from_tail;
	return s;
}

static struct sequence best_sequence(const struct ring *ring)
{
	struct sequence best = { 0 };

	for (uint32_t i = 0; i < ring->n; i++) {
		struct sequence s;

		if (ring->entries[i].length == 0)
			continue;
		s = sequence_at(ring, i);
		if (s.count > 0 && s.number >= best.number &&
		    (s.number > best.number || s.count > best.count))
			best = s;
	}
	return best;
}

static int add_write(struct replayed *p, const struct vhdx_log_write *w,
		     struct err *reterr)
{
	struct write *slot = &p->writes[p->n];
	uint64_t end;

	if (!checked_add(w->offset, w->length, &end))
		return err_set(reterr, ERR_VALUE, w->offset,
			       "VHDX log: length", 0, w->length);
	if (p->n >= MAX_WRITES)
		return err_set(reterr, ERR_LIMIT, w->offset,
			       "VHDX log: pages", MAX_WRITES, p->n);
	*slot = (struct write){ w->offset, w->length, NULL };
	if (!w->zero) {
		slot->page = malloc(sizeof(w->page));
		if (slot->page == NULL)
			return err_set(reterr, ERR_NOMEM, w->offset,
				       "VHDX log", 0, 0);
		memcpy(slot->page, w->page, sizeof(w->page));
	}
	p->n++;
	if (w->offset < p->low)
		p->low = w->offset;
	if (end > p->high)
		p->high = end;
	return 0;
}

static int replay_entry(struct replayed *p, struct span s,
			const struct vhdx_log_entry *e, struct err *reterr)
{
	uint32_t data = 0;

	if (e->flushed_size > p->file->size)
		return err_set(reterr, ERR_TRUNCATED, e->flushed_size,
			       "VHDX file, by its log", e->flushed_size,
			       p->file->size);
	for (uint32_t i = 0; i < e->n_descriptors; i++) {
		struct vhdx_log_write w;
		int r = vhdx_log_write_parse(s, e, i, &data, &w, reterr);

		if (r == 0)
			r = add_write(p, &w, reterr);
		if (r < 0)
			return r;
	}
	if (e->last_size > p->source.size)
		p->source.size = e->last_size;
	return 0;
}

static int replay_sequence(struct replayed *p, const struct ring *ring,
			   struct sequence s, struct err *reterr)
{
	uint32_t sector = s.tail;

	for (uint32_t i = 0; i < s.count; i++) {
		int r = replay_entry(p, entry_span(ring, sector),
				     &ring->entries[sector], reterr);

		if (r < 0)
			return r;
		sector = next_sector(ring, sector);
	}
	return (int)s.count;
}

static struct replayed *replayed_new(struct source *file)
{
	struct replayed *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->source = (struct source){ .ops = &replayed_ops, .size = file->size };
	p->file = file;
	p->low = UINT64_MAX;
	p->writes = calloc(MAX_WRITES, sizeof(*p->writes));
	if (p->writes == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

int vhdx_log_replay(struct source *file, const struct vhdx_header *h,
		    struct source **ret, struct err *reterr)
{
	struct ring ring = { 0 };
	struct replayed *p = NULL;
	struct sequence s;
	int r = load_ring(file, h, &ring, reterr);

	if (r < 0)
		goto out;
	r = find_entries(&ring, h, reterr);
	if (r < 0)
		goto out;
	s = best_sequence(&ring);
	if (s.count == 0) {
		r = err_set(reterr, ERR_NOT_FOUND, h->log_offset,
			    "complete sequence in the VHDX log", 0, 0);
		goto out;
	}
	p = replayed_new(file);
	if (p == NULL)
		r = err_set(reterr, ERR_NOMEM, 0, "VHDX log", 0, 0);
	else
		r = replay_sequence(p, &ring, s, reterr);
	if (r < 0)
		goto out;
	*ret = &p->source;
	p = NULL;
out:
	if (p != NULL)
		replayed_free(&p->source);
	free(ring.entries);
	free(ring.bytes);
	return r;
}
