#include "disk/layout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/checked.h"
#include "disk/findings.h"

static int read_into_arena(struct layout *l, uint64_t off, size_t n,
			   struct span *ret, struct err *reterr)
{
	uint8_t *p = arena_alloc(l->arena, n);
	int r;

	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, off, "disk", n, 0);
	r = source_read(l->source, off, p, n, reterr);
	if (r < 0)
		return r;
	*ret = (struct span){ p, n, off };
	return 0;
}

/* One end of the disk.  Where a sector of it is unreadable, the tables are read
 * one by one instead, as far as they can be.  */
static int read_end(struct layout *l, uint64_t off, uint64_t n,
		    const char *what, struct span *ret, struct err *reterr)
{
	struct err e;
	int r = read_into_arena(l, off, (size_t)n, ret, &e);

	if (r == 0)
		return 0;
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	layout_report_err(l, &FINDING_DISK_UNREADABLE,
			  (struct place){ off, n, "disk" }, what, &e);
	return 0;
}

int layout_open(struct layout *l, struct err *reterr)
{
	uint64_t n = l->size < LAYOUT_END_BYTES ? l->size : LAYOUT_END_BYTES;
	struct span sector;
	int r = read_end(l, 0, n, "start of the disk", &l->head, reterr);

	if (r < 0)
		return r;
	if (l->head.n == 0)
		r = read_into_arena(l, 0, MBR_BYTES, &sector, reterr);
	if (r < 0)
		return r;
	if (l->size <= LAYOUT_END_BYTES)
		return 0;
	n = l->size - LAYOUT_END_BYTES;
	if (n > LAYOUT_END_BYTES)
		n = LAYOUT_END_BYTES;
	return read_end(l, l->size - n, n, "end of the disk", &l->tail, reterr);
}

static bool part_of(struct span s, uint64_t off, uint64_t n, struct span *ret)
{
	return off >= s.at && span_sub(s, off - s.at, n, ret);
}

int layout_bytes(struct layout *l, uint64_t off, uint64_t n, struct span *ret,
		 struct err *reterr)
{
	if (!range_fits(off, n, l->size))
		return err_set(reterr, ERR_TRUNCATED, off, "disk", n,
			       off < l->size ? l->size - off : 0);
	if (part_of(l->head, off, n, ret) || part_of(l->tail, off, n, ret))
		return 0;
	return read_into_arena(l, off, (size_t)n, ret, reterr);
}

void layout_report(struct layout *l, const struct diag_kind *kind,
		   struct place where, const char *fmt, ...)
{
	struct diag *d;
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(l->arena, fmt, ap);
	va_end(ap);
	d = diag_add(l->diags, kind, "%s", text != NULL ? text : kind->title);
	if (d != NULL)
		source_cite(l->source, where.off, where.n, where.structure,
			    l->arena, &d->cites);
}

void layout_report_err(struct layout *l, const struct diag_kind *kind,
		       struct place where, const char *who,
		       const struct err *e)
{
	char text[200];

	layout_report(l, kind, where, "%s: %s.", who,
		      err_text(e, text, sizeof(text)));
}

bool layout_push(struct layout *l, struct partition_list *to,
		 const struct partition *p, struct place entry)
{
	struct partition *new =
		arena_push(l->arena, &to->list, to->n, sizeof(*new));

	if (new == NULL)
		return false;
	*new = *p;
	source_cite(l->source, entry.off, entry.n, entry.structure, l->arena,
		    &new->cites);
	to->n++;
	return true;
}

bool layout_push_slot(struct layout *l, struct partition_list *to,
		      const struct table_slot *slot)
{
	struct table_slot *new =
		arena_push(l->arena, &to->slots, to->n_slots, sizeof(*new));

	if (new == NULL)
		return false;
	*new = *slot;
	to->n_slots++;
	return true;
}

static int by_offset(const void *a, const void *b)
{
	const struct partition *p = *(const struct partition *const *)a;
	const struct partition *q = *(const struct partition *const *)b;

	if (p->offset != q->offset)
		return p->offset < q->offset ? -1 : 1;
	/* equal offsets: a fixed order, so that reports do not change */
	return p < q ? -1 : p > q;
}

static uint64_t end_of(const struct partition *p)
{
	return p->length > UINT64_MAX - p->offset ? UINT64_MAX :
						    p->offset + p->length;
}

static void report_with(struct layout *l, const struct diag_kind *kind,
			const struct partition *p, const struct partition *q,
			const char *text)
{
	struct diag *d = text == NULL ? NULL :
					diag_add(l->diags, kind, "%s", text);

	if (d == NULL)
		return;
	cites_join(l->arena, &d->cites, &p->cites);
	if (q != NULL)
		cites_join(l->arena, &d->cites, &q->cites);
}

static void check_overlaps(struct layout *l, const struct partition **sorted,
			   size_t n)
{
	const struct partition *far = sorted[0];

	for (size_t i = 1; i < n; i++) {
		const struct partition *p = sorted[i];

		if (p->length != 0 && p->offset < end_of(far))
			report_with(l, &FINDING_PARTITION_OVERLAP, far, p,
				    arena_printf(l->arena,
			"The partition at byte %" PRIu64 " begins before the "
			"one at byte %" PRIu64 " ends, at byte %" PRIu64 ".",
						 p->offset, far->offset,
						 end_of(far)));
		if (end_of(p) > end_of(far))
			far = p;
	}
}

void layout_check_ranges(struct layout *l, const struct partition_list *list)
{
	const struct partition **sorted;

	if (list->n == 0)
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct partition *p = &list->list[i];

		if (!range_fits(p->offset, p->length, l->size))
			report_with(l, &FINDING_PARTITION_BEYOND_END, p, NULL,
				    arena_printf(l->arena,
			"The partition at byte %" PRIu64 " ends at byte %"
			PRIu64 ", but the disk has only %" PRIu64 " bytes.",
						 p->offset, end_of(p),
						 l->size));
	}
	sorted = arena_alloc(l->arena, list->n * sizeof(*sorted));
	if (sorted == NULL)
		return;
	for (size_t i = 0; i < list->n; i++)
		sorted[i] = &list->list[i];
	qsort(sorted, list->n, sizeof(*sorted), by_offset);
	check_overlaps(l, sorted, list->n);
}
