#include "report/familiar.h"

#include <limits.h>
#include <string.h>

#include "provider/system_properties.h"
#include "report/escape.h"

/* --- lines ---------------------------------------------------------------- */

void line_pad(struct line *l, unsigned column)
{
	for (; l->column < column; l->column++)
		out_string(l->out, " ");
}

void line_put(struct line *l, const char *s)
{
	out_string(l->out, s);
	l->column += (unsigned)strlen(s);
}

void line_text(struct line *l, const char *s, unsigned width)
{
	l->column += out_text_cut(l->out, s, width);
}

void line_left(struct line *l, unsigned from, const char *s)
{
	if (s == NULL || *s == '\0')
		return;
	line_pad(l, from);
	line_put(l, s);
}

void line_right(struct line *l, unsigned to, const char *s)
{
	unsigned n = (unsigned)strlen(s);

	if (n > 0)
		line_left(l, to > n ? to - n : 0, s);
}

void line_end(struct line *l)
{
	out_string(l->out, "\n");
	l->column = 0;
}

/* --- objects -------------------------------------------------------------- */

bool familiar_shows(const struct provider *p, size_t volume)
{
	const struct machine_volume *v = &p->model->volumes[volume];

	return v->kind != VOLUME_RECOVERED && v->kind != VOLUME_HYBRID &&
	       v->pool == NULL;
}

struct cim_value familiar_value(const struct provider *p,
				const struct cim_class *c, size_t index,
				const char *name)
{
	struct cim_object o = { p, c, index };
	struct cim_value v;

	cim_get(&o, property_find(c, name), &v);
	return v;
}

/* --- installations -------------------------------------------------------- */

/* "windows1: \Windows, HOST", as no tool prints anything.  */
static void put_title(const struct machine *m, size_t installation,
		      struct out *out)
{
	const struct machine_installation *i =
		&machine_model(m)->installations[installation];

	out_printf(out, "windows%zu:", installation);
	if (i->system_root.utf8 != NULL) {
		out_string(out, " ");
		out_text(out, i->system_root.utf8);
	}
	if (i->computer_name.utf8 != NULL) {
		out_string(out, i->system_root.utf8 != NULL ? ", " : " ");
		out_text(out, i->computer_name.utf8);
	}
	out_string(out, "\n\n");
}

static int write_one(struct machine *m, familiar_fn *write,
		     size_t installation, struct out *out)
{
	struct provider *p;
	int r = provider_new(m, installation, &p, NULL);

	if (r < 0)
		return r;
	write(p, out);
	if (arena_failed(p->arena))
		r = ERR_NOMEM;
	provider_free(p);
	return r;
}

int familiar_report(struct machine *m, familiar_fn *write, size_t only,
		    struct out *out)
{
	size_t n = machine_model(m)->n_installations;

	if (only != NONE || n == 0)
		return write_one(m, write, only, out);
	for (size_t i = 0; i < n; i++) {
		int r;

		out_string(out, i == 0 ? "" : "\n");
		if (n > 1)
			put_title(m, i, out);
		r = write_one(m, write, i, out);
		if (r < 0)
			return r;
	}
	return 0;
}
