#include "format/ntfs_boot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ntfs_boot b;

	if (ntfs_boot_parse((struct span){ data, n, 0 }, &b, NULL) == 0 &&
	    ntfs_boot_capacity(&b) > b.total_sectors * b.bytes_per_sector)
		__builtin_trap();
	return 0;
}
