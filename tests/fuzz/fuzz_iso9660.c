#include "format/iso9660.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { data, n, 0 };
	struct iso9660_descriptor d;

	if (iso9660_descriptor_parse(s, &d, NULL) == 0 &&
	    (d.label.n > ISO9660_LABEL_BYTES || d.label.at != 40 ||
	     (d.joliet && d.label.n % 2 != 0)))
		__builtin_trap();
	return 0;
}
