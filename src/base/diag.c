#include "base/diag.h"

void cites_add(struct arena *a, struct cites *c, struct cite cite)
{
	struct cite *slot = arena_push(a, &c->list, c->n, sizeof(cite));

	if (slot == NULL)
		return;
	*slot = cite;
	c->n++;
}

void cites_join(struct arena *a, struct cites *c, const struct cites *more)
{
	for (size_t i = 0; i < more->n; i++)
		cites_add(a, c, more->list[i]);
}

static struct diag_count *count_of(struct diag_list *d,
				   const struct diag_kind *kind)
{
	struct diag_count *c;

	for (size_t i = 0; i < d->n_counts; i++)
		if (d->counts[i].kind == kind)
			return &d->counts[i];
	c = arena_push(d->arena, &d->counts, d->n_counts, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->kind = kind;
	d->n_counts++;
	return c;
}

struct diag *diag_add(struct diag_list *d, const struct diag_kind *kind,
		      const char *fmt, ...)
{
	struct diag_count *count = count_of(d, kind);
	struct diag *diag;
	va_list ap;

	if (count != NULL && count->n++ >= DIAG_MAX_PER_KIND)
		return NULL;
	diag = arena_push(d->arena, &d->list, d->n, sizeof(*diag));
	if (count == NULL || diag == NULL) {
		d->lost = true;
		return NULL;
	}
	diag->kind = kind;
	va_start(ap, fmt);
	diag->message = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
	if (diag->message == NULL) {
		diag->message = kind->title;
		d->lost = true;
	}
	d->n++;
	return diag;
}

size_t diag_count(const struct diag_list *d, const struct diag_kind *kind)
{
	for (size_t i = 0; i < d->n_counts; i++)
		if (d->counts[i].kind == kind)
			return d->counts[i].n;
	return 0;
}
