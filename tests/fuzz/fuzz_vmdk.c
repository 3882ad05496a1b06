/* Header, descriptor, tables, grains.  */
#include "fuzz_container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_container(vmdk_open, data, n);
}
