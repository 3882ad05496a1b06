/* Segments, an index, pages of every coding.  */
#include "fuzz_container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_container(aff_open, data, n);
}
