#include "format/exfat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { data, n, 0 }, label;
	struct exfat_boot b;

	if (exfat_boot_parse(s, &b, NULL) == 0) {
		if (b.heap_offset + (uint64_t)b.clusters * b.cluster_bytes >
		    b.total_sectors * b.bytes_per_sector)
			__builtin_trap();
		(void)exfat_boot_check(s, b.bytes_per_sector, NULL);
	}
	if (exfat_scan_label(s, &label) == LABEL_FOUND &&
	    (label.n > 2 * EXFAT_LABEL_CHARS || label.at + label.n > n))
		__builtin_trap();
	return 0;
}
