/*
 * oem_labels.c - labels of FAT and CDFS with letters beyond ASCII
 *
 * These keep them in the OEM code page of whoever wrote them, and do not say
 * which that is.  Windows reads them by its own one, which its registry has.
 */
#include <string.h>

#include "base/code_page.h"
#include "disk/findings.h"
#include "machine/internal.h"

/* Where no Windows says another: that of the United States, and that of Western
 * Europe.  */
#define USUAL_PAGE OEM_USUAL_CODE_PAGE
#define OTHER_PAGE 850

/* The page of all installations that have one; 0: none has, or they do not
 * agree.  *@ret: the first of them.  */
static unsigned page_of_windows(const struct model *o, size_t *ret)
{
	unsigned page = 0;

	for (size_t i = 0; i < o->n_installations; i++) {
		const unsigned p = o->installations[i].oem_code_page;

		if (p == 0)
			continue;
		if (page != 0 && p != page)
			return 0;
		if (page == 0)
			*ret = i;
		page = p;
	}
	return page;
}

static const char *quoted(struct machine *m, unsigned page, struct span label)
{
	struct text t = text_from_code_page(m->arena, page, label);
	const char *s = arena_printf(m->arena, "\"%s\"",
				     t.utf8 != NULL ? t.utf8 : "");

	return s != NULL ? s : "";
}

/* By which page it is read, and what else it may say.  */
static const char *reading(struct machine *m, unsigned page, size_t windows,
			   struct span label)
{
	const char *usual = quoted(m, USUAL_PAGE, label);
	const char *other = quoted(m, OTHER_PAGE, label);

	if (page != 0 && code_page_is_known(page))
		return arena_printf(m->arena, "by %u, the OEM code page of "
				    "windows%zu, it is %s", page, windows,
				    quoted(m, page, label));
	return arena_printf(m->arena, "%sit is read by %u as %s; by %u it is "
			    "%s", page == 0 ?
			    "no Windows here says which, and " :
			    "that of the Windows here is not supported, and ",
			    USUAL_PAGE, usual, OTHER_PAGE,
			    strcmp(usual, other) == 0 ? "the same" : other);
}

static void decode(struct machine *m, size_t volume, unsigned page,
		   size_t windows)
{
	struct volume_identity *v = &m->model.volumes[volume].identity;
	const struct span label = { v->oem_label, v->oem_label_n,
				    v->oem_label_at };
	const char *hex = hex_encode(m->arena, label.p, label.n);
	const char *text = reading(m, page, windows, label);
	struct diag *d;

	if (page != 0 && code_page_is_known(page))
		v->label = text_from_code_page(m->arena, page, label);
	machine_look_at(m, volume);
	d = diag_add(&m->model.findings, &FINDING_VOLUME_LABEL_PAGE,
		     "The label, bytes %s, has letters beyond ASCII, which %s "
		     "keeps in a code page that it does not name: %s.",
		     hex != NULL ? hex : "",
		     v->kind == FS_ISO9660 ? "CDFS" : "FAT",
		     text != NULL ? text : "");
	machine_look_at(m, NONE);
	if (d == NULL)
		return;
	source_cite(m->volumes[volume].window, label.at, label.n, "label",
		    m->arena, &d->cites);
	if (page != 0)
		cites_join(m->arena, &d->cites,
			   &m->model.installations[windows].oem_cites);
}

int machine_decode_labels(struct machine *m, struct err *reterr)
{
	size_t windows = NONE;
	const unsigned page = page_of_windows(&m->model, &windows);

	(void)reterr;
	for (size_t i = 0; i < m->model.n_volumes; i++)
		if (m->model.volumes[i].identity.oem_label_n > 0)
			decode(m, i, page, windows);
	return 0;
}
