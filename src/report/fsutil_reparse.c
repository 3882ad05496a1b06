/*
 * fsutil_reparse.c - the reparse point of each mounted folder, as `fsutil
 * reparsepoint query' prints it
 *
 * With the command above each, which tells the folder.  "Substitue" is how
 * Windows spells it.
 */
#include <stdio.h>

#include "base/utf16.h"
#include "report/escape.h"
#include "report/familiar.h"

enum { DUMP_BYTES = 16, DUMP_FROM = 7, DUMP_TEXT = 57 };

static void put_name(struct provider *p, const char *title, struct span name,
		     struct out *out)
{
	struct text t = text_from_utf16(p->arena, name);

	out_string(out, title);
	out_text(out, t.utf8 != NULL ? t.utf8 : "");
	out_string(out, "\n");
}

static void put_names(struct provider *p, const struct reparse *r,
		      struct out *out)
{
	out_printf(out, "Reparse Tag Value : 0x%08x\n", (unsigned)r->tag);
	out_string(out, "Tag value: Mount Point\n");
	out_printf(out, "Substitue Name offset: %u\n", r->substitute_offset);
	out_printf(out, "Substitue Name length: %u\n", r->substitute_length);
	out_printf(out, "Print Name offset:     %u\n", r->print_offset);
	out_printf(out, "Print Name Length:     %u\n", r->print_length);
	put_name(p, "Substitute Name:       ", r->substitute_name, out);
	if (r->print_name.n > 0)
		put_name(p, "Print Name:            ", r->print_name, out);
}

/* At most DUMP_BYTES bytes of @s, from @at on.  */
static void put_row(struct span s, size_t at, struct out *out)
{
	struct line l = { out, 0 };
	char text[DUMP_BYTES + 1] = "", hex[8];
	size_t n = s.n - at < DUMP_BYTES ? s.n - at : DUMP_BYTES;

	snprintf(hex, sizeof(hex), "%04zx:", at & 0xffff);
	line_put(&l, hex);
	for (size_t i = 0; i < n; i++) {
		uint8_t b = s.p[at + i];

		snprintf(hex, sizeof(hex), "%02x", b);
		line_left(&l, (unsigned)(DUMP_FROM + 3 * i + i / 8), hex);
		text[i] = (char)(b >= 0x20 && b < 0x7f ? b : '.');
	}
	line_left(&l, DUMP_TEXT, text);
	line_end(&l);
}

static void put_point(struct provider *p, const struct machine_mount *m,
		      struct out *out)
{
	const struct reparse *r = &m->point->data;
	struct span data = r->data;

	out_string(out, "> fsutil reparsepoint query \"");
	out_text(out, m->directory.utf8);
	out_string(out, "\"\n");
	put_names(p, r, out);
	out_printf(out, "\nReparse Data Length: 0x%zx\nReparse Data:\n",
		   r->data_bytes);
	if (data.n > r->data_bytes)
		data.n = r->data_bytes;
	for (size_t at = 0; at < data.n; at += DUMP_BYTES)
		put_row(data, at, out);
}

void fsutil_reparse_write(struct provider *p, struct out *out)
{
	bool first = true;

	for (size_t i = 0; i < p->model->n_mounts; i++) {
		const struct machine_mount *m = &p->model->mounts[i];

		if (m->installation != p->installation || m->deleted ||
		    m->kind != MOUNT_DIRECTORY || m->directory.utf8 == NULL ||
		    m->point->raw.n == 0)	/* only the index has it */
			continue;
		out_string(out, first ? "" : "\n");
		first = false;
		put_point(p, m, out);
	}
}
