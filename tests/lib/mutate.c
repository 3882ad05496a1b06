#include "lib/mutate.h"

#include <stdbool.h>
#include <string.h>

#include "lib/guard.h"

/* What a byte is changed to: extremes, and each of its bits turned.  */
static bool is_tried(uint8_t old, uint8_t new)
{
	uint8_t bits = old ^ new;
	bool extreme = new <= 0x01 || new == 0x7f || new == 0x80 || new == 0xff;

	return bits != 0 && (extreme || (bits & (bits - 1)) == 0);
}

void mutate(const void *data, size_t n, void (*parse)(struct span s))
{
	for (size_t i = 0; i <= n; i++) {
		struct span s = guard_copy(data, i, 0);

		parse(s);
		guard_free(s);
	}
	for (size_t i = 0; i < n; i++) {
		struct span s = guard_copy(data, n, 0);
		uint8_t *byte = (uint8_t *)s.p + i, old = *byte;

		for (int new = 0; new <= 0xff; new++) {
			if (!is_tried(old, (uint8_t)new))
				continue;
			*byte = (uint8_t)new;
			parse(s);
		}
		guard_free(s);
	}
}
