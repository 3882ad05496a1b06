#include "base/diag.h"

#include "base/count.h"

void cites_add(struct arena *a, struct cites *c, struct cite cite)
{
	struct cite *slot = arena_push(a, &c->list, c->n, sizeof(cite));

	if (slot == NULL)
		return;
	*slot = cite;
	c->n++;
}

static bool cites_hold(const struct cites *c, const struct cite *cite)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].image == cite->image &&
		    c->list[i].offset == cite->offset &&
		    c->list[i].length == cite->length)
			return true;
	return false;
}

void cites_join(struct arena *a, struct cites *c, const struct cites *more)
{
	for (size_t i = 0; i < more->n && c->n < CITES_MAX; i++)
		if (!cites_hold(c, &more->list[i]))
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

/* Append a finding whose message is @message; NULL, for want of memory, makes
 * it the title of its kind.  */
static struct diag *append(struct diag_list *d, const struct diag_kind *kind,
			   const char *message)
{
	struct diag *diag = arena_push(d->arena, &d->list, d->n, sizeof(*diag));

	if (diag == NULL || message == NULL)
		d->lost = true;
	if (diag == NULL)
		return NULL;
	diag->kind = kind;
	diag->message = message != NULL ? message : kind->title;
	d->n++;
	return diag;
}

struct diag *diag_add(struct diag_list *d, const struct diag_kind *kind,
		      const char *fmt, ...)
{
	struct diag_count *count = count_of(d, kind);
	const char *message;
	va_list ap;

	if (count == NULL) {
		d->lost = true;
		return NULL;
	}
	if (count->n++ >= DIAG_MAX_PER_KIND)
		return NULL;
	va_start(ap, fmt);
	message = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
	if (d->where != NULL && message != NULL)
		message = arena_printf(d->arena, "%s: %s", d->where, message);
	return append(d, kind, message);
}

void diag_add_more(struct diag_list *d, const struct diag_kind *kind, size_t n)
{
	const char *message =
		arena_printf(d->arena, "%zu more of this kind %s not listed.",
			     n, count_word(n, "is", "are"));
	struct diag *diag = append(d, kind, message);

	if (diag != NULL)
		diag->of_more = true;
}

size_t diag_count(const struct diag_list *d, const struct diag_kind *kind)
{
	for (size_t i = 0; i < d->n_counts; i++)
		if (d->counts[i].kind == kind)
			return d->counts[i].n;
	return 0;
}
