#include "format/reg_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void decode(const struct reg_text *t, const struct reg_record *r)
{
	uint8_t *name = malloc(REG_UTF16_BYTES(r->name.n) + 1);
	uint8_t few[16];

	if (r->name.n > 0 &&
	    reg_text_decode(t, r->name, true, name).n >
	    REG_UTF16_BYTES(r->name.n))
		__builtin_trap();
	if (r->kind == REG_VALUE)
		reg_data_decode(t, r, few, sizeof(few));
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span left = { data, n, 0 };
	struct reg_text t;

	if (reg_text_begin(left, &t, NULL) < 0)
		return 0;
	span_sub(left, t.start, left.n - t.start, &left);
	while (left.n > 0) {
		struct reg_record r, seen;

		if (reg_record_parse(&t, left, true, &r, NULL) < 0 ||
		    r.size == 0 || r.size > left.n)
			__builtin_trap();
		/* What a window that ends here shows is the same, or not
		 * enough.  */
		if (reg_record_parse(&t, (struct span){ left.p, r.size,
							left.at },
				     false, &seen, NULL) == 0 &&
		    (seen.size != r.size || seen.kind != r.kind))
			__builtin_trap();
		decode(&t, &r);
		span_sub(left, r.size, left.n - r.size, &left);
	}
	return 0;
}
