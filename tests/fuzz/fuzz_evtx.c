#include "format/binary_xml.h"
#include "format/evtx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int touch(void *ctx, const struct binary_xml_value *v)
{
	unsigned *sum = ctx;

	for (size_t i = 0; i < v->data.n; i++)
		*sum += v->data.p[i];
	*sum += v->element.n + v->attribute.n + v->name.n + v->section.n;
	return 0;
}

/* A chunk; its records, wherever their signature stands.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { data, n, 4096 };
	uint32_t budget = 100000;
	struct evtx_file file;
	struct evtx_chunk chunk;
	unsigned sum = 0;

	evtx_file_parse(s, &file, NULL);
	if (evtx_chunk_parse(s, &chunk, NULL) == 0 && chunk.free_offset > n)
		__builtin_trap();
	for (size_t at = evtx_find_record(s, 0, n); at < n;
	     at = evtx_find_record(s, at + 1, n)) {
		struct evtx_record r;

		if (evtx_record_parse(s, at, &r, NULL) == 0)
			binary_xml_walk(s, r.event, &budget, touch, &sum, NULL);
	}
	return 0;
}
