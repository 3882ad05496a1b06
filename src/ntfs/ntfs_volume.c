#include "ntfs/ntfs_volume.h"

#include <stdlib.h>

#include "base/count.h"
#include "ntfs/findings.h"
#include "ntfs/ntfs.h"

/* A volume with more kinds of damage than this may earn a finding twice.  */
#define SEEN_SLOTS 4096

struct seen {
	size_t n;
	struct seen_key {
		const struct diag_kind *kind;
		uint64_t key;
	} slots[SEEN_SLOTS];
};

struct seen *ntfs_seen_new(void)
{
	return calloc(1, sizeof(struct seen));
}

bool ntfs_first_time(struct ntfs *n, const struct diag_kind *kind,
		     uint64_t key)
{
	struct seen *s = n->seen;
	uint64_t hash = key * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(hash >> 32) % SEEN_SLOTS;

	/* Ends: a quarter of the slots stays empty.  */
	while (s->slots[i].kind != NULL) {
		if (s->slots[i].kind == kind && s->slots[i].key == key)
			return false;
		i = (i + 1) % SEEN_SLOTS;
	}
	if (s->n < SEEN_SLOTS / 4 * 3) {
		s->slots[i] = (struct seen_key){ kind, key };
		s->n++;
	}
	return true;
}

struct diag *ntfs_finding(struct ntfs *n, const struct diag_kind *kind,
			  uint64_t ref, const struct err *e,
			  const char *fmt, ...)
{
	char text[256];
	const char *what;
	va_list ap;

	if (!ntfs_first_time(n, kind, ref))
		return NULL;
	va_start(ap, fmt);
	what = arena_vprintf(n->arena, fmt, ap);
	va_end(ap);
	return diag_add(n->diags, kind, "%s: %s",
			what != NULL ? what : kind->title,
			err_text(e, text, sizeof(text)));
}

bool ntfs_is_unread(const struct err *e)
{
	return e->code == ERR_TRUNCATED || e->code == ERR_IO;
}

void ntfs_count_unread(struct ntfs *n, struct unread *u, uint64_t number,
		       const struct err *e, struct source *s, uint64_t at,
		       uint64_t size, const char *structure)
{
	if (u->n++ > 0)
		return;
	u->first = number;
	u->why = *e;
	source_cite(s, at, size, structure, n->arena, &u->cites);
}

static void tell_records(struct ntfs *n)
{
	const struct unread *u = &n->unread;
	const unsigned long long first = u->first;
	struct diag *d;

	/* The sweep has told of all.  */
	if (u->n == 0 || n->is_swept)
		return;
	d = u->n == 1 ?
		ntfs_finding(n, &FINDING_NTFS_RECORD, UNREAD_KEY, &u->why,
			     "MFT record %llu", first) :
		ntfs_finding(n, &FINDING_NTFS_RECORD, UNREAD_KEY, &u->why,
			     "%llu records of the $MFT that are needed, the "
			     "first of them %llu, cannot be read",
			     (unsigned long long)u->n, first);
	if (d != NULL)
		cites_join(n->arena, &d->cites, &u->cites);
}

static void tell_blocks(struct ntfs *n)
{
	const struct unread *u = &n->unread_blocks;
	struct diag *d;

	if (u->n == 0)
		return;
	d = ntfs_finding(n, &FINDING_NTFS_INDEX, UNREAD_KEY, &u->why,
			 "%llu block%s of indexes, the first of MFT record "
			 "%llu, cannot be read", (unsigned long long)u->n,
			 count_word(u->n, "", "s"),
			 (unsigned long long)u->first);
	if (d != NULL)
		cites_join(n->arena, &d->cites, &u->cites);
}

void ntfs_tell_unread(struct ntfs *n)
{
	tell_records(n);
	tell_blocks(n);
	if (n->unread_entries == 0)
		return;
	diag_add(n->diags, &FINDING_NTFS_STALE_ENTRY,
		 "$R names %llu record%s with tags of other things than mount "
		 "points, but these records cannot be read",
		 (unsigned long long)n->unread_entries,
		 count_word(n->unread_entries, "", "s"));
	n->unread_entries = 0;
}
