#include "lib/mutate.h"

#include <string.h>

#include "lib/guard.h"

void mutate(const void *data, size_t n, void (*parse)(struct span s))
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i <= n; i++) {
		struct span s = guard_copy(data, i, 0);

		parse(s);
		guard_free(s);
	}
	for (size_t i = 0; i < n; i++) {
		struct span s = guard_copy(data, n, 0);
		uint8_t *byte = (uint8_t *)s.p + i, old = *byte;

		for (size_t j = 0; j < sizeof(values); j++) {
			*byte = values[j];
			parse(s);
		}
		for (int b = 0; b < 8; b++) {
			*byte = (uint8_t)(old ^ 1u << b);
			parse(s);
		}
		guard_free(s);
	}
}
