#include "format/drive_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct drive_layout_partition p;
	struct drive_layout l;
	struct span s = { data, n, 0 };

	if (drive_layout_parse(s, &l, NULL) < 0)
		return 0;
	if (l.n_partitions > l.declared || l.n_partitions * 144 + 48 > n)
		__builtin_trap();
	for (size_t i = 0; i < l.n_partitions; i++)
		if (drive_layout_partition(&l, i, &p, NULL) == 0 &&
		    p.name.n > 0 && p.name.p + p.name.n > data + n)
			__builtin_trap();
	return 0;
}
