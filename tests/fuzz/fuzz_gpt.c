#include "format/gpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A header, and the array behind it.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct gpt_place place = { 1, 1 << 20, 512 };
	struct span all = { data, n, 512 }, sector, bytes;
	struct gpt_header h;
	struct gpt_entry e;

	if (!span_sub(all, 0, n < 512 ? n : 512, &sector) ||
	    gpt_header_parse(sector, &h, NULL) < 0)
		return 0;
	for (enum gpt_check i = 0; i < GPT_CHECKS; i++)
		(void)gpt_header_check(&h, i, place, NULL);
	if (gpt_header_check(&h, GPT_CHECK_ENTRY_COUNT, place, NULL) == 0 &&
	    gpt_array_bytes(&h) > GPT_MAX_ARRAY_BYTES)
		__builtin_trap();
	for (size_t off = 0; span_sub(all, off, 128, &bytes); off += 128)
		if (gpt_entry_parse(bytes, &e, NULL) == 0 &&
		    e.name.n > GPT_NAME_BYTES)
			__builtin_trap();
	return 0;
}
