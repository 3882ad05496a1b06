/* Members, an index, reads through it.  */
#include "fuzz_container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_container(gzip_open, data, n);
}
