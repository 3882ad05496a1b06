/*
 * log_pages.c - where the pages of transaction logs lie
 *
 * To find out which page counts where several have the same bytes, the bins are
 * swept from their first byte on.  A heap holds the pages that have begun, the
 * one added last on top; a page that has ended leaves when it comes there.
 */
#include "registry/log_pages.h"

#include <stdlib.h>

int log_pages_add(struct log_pages *p, const struct log_page *page,
		  struct err *reterr)
{
	struct log_page *last = p->n > 0 ? &p->list[p->n - 1] : NULL;

	if (last != NULL && last->log == page->log &&
	    last->offset + last->size == page->offset &&
	    last->at + last->size == page->at) {
		last->size += page->size;
		return 0;
	}
	if (p->n == p->room) {
		size_t room = p->room == 0 ? 64 : 2 * p->room;
		struct log_page *list = realloc(p->list, room * sizeof(*list));

		if (list == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "log pages", room,
				       0);
		p->list = list;
		p->room = room;
	}
	p->list[p->n++] = *page;
	return 0;
}

void log_pages_done(struct log_pages *p)
{
	free(p->list);
	*p = (struct log_pages){ 0 };
}

struct swept {
	struct log_page page;
	size_t order;
};

struct sweep {
	struct swept *pages;	/* by their offset */
	size_t n, next;		/* the next to begin */
	size_t *heap;		/* indices of pages */
	size_t n_heap;
};

static int compare_swept(const void *a, const void *b)
{
	const struct swept *x = a, *y = b;

	if (x->page.offset != y->page.offset)
		return x->page.offset < y->page.offset ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_above(const struct sweep *s, size_t i, size_t k)
{
	return s->pages[s->heap[i]].order > s->pages[s->heap[k]].order;
}

static void swap(struct sweep *s, size_t i, size_t k)
{
	size_t index = s->heap[i];

	s->heap[i] = s->heap[k];
	s->heap[k] = index;
}

static void push(struct sweep *s, size_t page)
{
	size_t i = s->n_heap++;

	s->heap[i] = page;
	for (; i > 0 && is_above(s, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(s, i, (i - 1) / 2);
}

static void pop(struct sweep *s)
{
	size_t i = 0, child;

	s->heap[0] = s->heap[--s->n_heap];
	while ((child = 2 * i + 1) < s->n_heap) {
		if (child + 1 < s->n_heap && is_above(s, child + 1, child))
			child++;
		if (is_above(s, i, child))
			return;
		swap(s, i, child);
		i = child;
	}
}

static uint64_t end_of(const struct log_page *p)
{
	return (uint64_t)p->offset + p->size;
}

/* Add to @out the bytes from @from up to where another page may count; returns
 * where that is.  */
static int sweep_step(struct sweep *s, uint64_t from, struct log_pages *out,
		      uint64_t *ret_to, struct err *reterr)
{
	struct log_page top = s->pages[s->heap[0]].page;
	uint64_t to = end_of(&top);

	if (s->next < s->n && s->pages[s->next].page.offset < to)
		to = s->pages[s->next].page.offset;
	*ret_to = to;
	top.at += from - top.offset;
	top.offset = (uint32_t)from;
	top.size = (uint32_t)(to - from);
	return log_pages_add(out, &top, reterr);
}

static int sweep(struct sweep *s, struct log_pages *out, struct err *reterr)
{
	uint64_t at = 0;
	int r = 0;

	/* Ends: each turn begins a page, or ends one.  */
	while (r == 0 && (s->n_heap > 0 || s->next < s->n)) {
		if (s->n_heap == 0)
			at = s->pages[s->next].page.offset;
		while (s->next < s->n && s->pages[s->next].page.offset <= at)
			push(s, s->next++);
		if (end_of(&s->pages[s->heap[0]].page) <= at)
			pop(s);
		else
			r = sweep_step(s, at, out, &at, reterr);
	}
	return r;
}

int log_pages_flatten(struct log_pages *p, struct err *reterr)
{
	struct sweep s = {
		.pages = calloc(p->n + 1, sizeof(*s.pages)), .n = p->n,
		.heap = calloc(p->n + 1, sizeof(*s.heap)),
	};
	struct log_pages flat = { 0 };
	int r;

	if (s.pages == NULL || s.heap == NULL) {
		r = err_set(reterr, ERR_NOMEM, 0, "log pages", p->n, 0);
	} else {
		for (size_t i = 0; i < p->n; i++)
			s.pages[i] = (struct swept){ p->list[i], i };
		qsort(s.pages, s.n, sizeof(*s.pages), compare_swept);
		r = sweep(&s, &flat, reterr);
	}
	free(s.pages);
	free(s.heap);
	if (r < 0) {
		log_pages_done(&flat);
		return r;
	}
	log_pages_done(p);
	*p = flat;
	return 0;
}

/* Add the bytes of @page from @from up to @to.  */
static int add_part(struct log_pages *out, const struct log_page *page,
		    uint64_t from, uint64_t to, struct err *reterr)
{
	struct log_page part = *page;

	if (from >= to)
		return 0;
	part.at += from - page->offset;
	part.offset = (uint32_t)from;
	part.size = (uint32_t)(to - from);
	return log_pages_add(out, &part, reterr);
}

int log_pages_leave_out(struct log_pages *p, const struct kept_part *parts,
			size_t n, struct err *reterr)
{
	struct log_pages left = { 0 };
	size_t k = 0;
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		const struct log_page *page = &p->list[i];
		uint64_t at = page->offset, end = end_of(page);

		while (k < n && (uint64_t)parts[k].offset + parts[k].size <= at)
			k++;
		for (size_t j = k; j < n && parts[j].offset < end && r == 0;
		     j++) {
			r = add_part(&left, page, at, parts[j].offset, reterr);
			at = (uint64_t)parts[j].offset + parts[j].size;
		}
		if (r == 0)
			r = add_part(&left, page, at, end, reterr);
	}
	if (r < 0) {
		log_pages_done(&left);
		return r;
	}
	log_pages_done(p);
	*p = left;
	return 0;
}
