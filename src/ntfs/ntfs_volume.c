#include "ntfs/ntfs_volume.h"

#include <stdlib.h>

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
