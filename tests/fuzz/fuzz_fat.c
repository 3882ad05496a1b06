#include "format/fat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { data, n, 0 }, label;
	struct fat_boot b;

	if (fat_boot_parse(s, &b, NULL) == 0 &&
	    b.data_offset + (uint64_t)b.clusters * b.cluster_bytes >
		    (uint64_t)b.total_sectors * b.bytes_per_sector)
		__builtin_trap();
	if (fat_scan_label(s, &label) == LABEL_FOUND &&
	    (label.n != FAT_LABEL_CHARS || label.at + label.n > n))
		__builtin_trap();
	if (fat_scan_windows(s, &label) == LABEL_FOUND &&
	    (label.n != FAT_LABEL_CHARS || label.at + label.n > n))
		__builtin_trap();
	(void)fat_may_be_directory(s);
	return 0;
}
