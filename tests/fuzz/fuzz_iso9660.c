#include "format/iso9660.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { data, n, 0 };
	struct iso9660_descriptor d;
	struct iso9660_record r;
	uint32_t block;
	size_t off = 0, before = 0;

	if (iso9660_descriptor_parse(s, &d, NULL) == 0 &&
	    (d.label.n > ISO9660_LABEL_BYTES || d.label.at != 40 ||
	     (d.joliet && d.label.n % 2 != 0)))
		__builtin_trap();
	for (; iso9660_record_next(s, &off, &r); before = off)
		if (off <= before)
			__builtin_trap();
	off = before = 0;
	for (; iso9660_boot_next(s, &off, &block); before = off)
		if (off <= before || off > n)
			__builtin_trap();
	return 0;
}
