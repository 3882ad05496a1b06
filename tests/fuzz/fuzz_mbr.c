#include "format/mbr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mbr m;

	(void)mbr_parse((struct span){ data, n, 0 }, &m, NULL);
	return 0;
}
