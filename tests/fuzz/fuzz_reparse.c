/* The data of a reparse point: names lie inside it.  */
#include <stdlib.h>

#include "format/reparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct span name, const uint8_t *data, size_t size)
{
	if (name.n > 0 && (name.p < data || name.p + name.n > data + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reparse rp;

	if (reparse_parse((struct span){ data, size, 0 }, &rp, NULL) < 0)
		return 0;
	check_inside(rp.substitute_name, data, size);
	check_inside(rp.print_name, data, size);
	if (reparse_tag_name(rp.tag) == NULL)
		abort();
	return 0;
}
