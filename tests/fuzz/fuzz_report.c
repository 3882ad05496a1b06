/* A name wherever text comes from evidence: each report stays UTF-8, and holds
 * nothing that a terminal would obey.  */
#include <stdlib.h>
#include <string.h>

#include "lib/sample_model.h"
#include "report/escape.h"
#include "report/report.h"

/* No report on the sample model with a short name is longer.  */
#define ROOM (1u << 20)
#define MAX_NAME 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char text[ROOM + 1];
static size_t used;
static struct out out;

static int take(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	if (n > ROOM - used)
		abort();
	memcpy(text + used, data, n);
	used += n;
	return 0;
}

static void check(const struct report_format *f, const struct model *m)
{
	struct report_options o = { .verbose = true };
	struct glyph g;

	used = 0;
	out_init(&out, take, NULL);
	if (f->write(m, &o, &out) < 0 || out_end(&out) < 0)
		abort();
	text[used] = '\0';
	if (strlen(text) != used)
		abort();
	for (const char *p = text; (g = glyph_at(p)).n > 0; p += g.n)
		if (g.unsafe && g.c != '\n')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[MAX_NAME + 1] = "";
	struct model m;

	memcpy(name, data, size < MAX_NAME ? size : MAX_NAME);
	m = hostile_model(name);
	/* The familiar ones are made of a machine, as fuzz_machine does.  */
	for (size_t i = 0; i < n_report_formats; i++)
		if (report_formats[i].write != NULL)
			check(&report_formats[i], &m);
	return 0;
}
