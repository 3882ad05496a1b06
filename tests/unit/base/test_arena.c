#include <stddef.h>
#include <stdint.h>

#include <criterion/criterion.h>

#include "base/arena.h"

Test(arena, memory_is_zeroed_aligned_and_apart)
{
	struct arena *a = arena_new();
	unsigned char *last = NULL;

	for (size_t n = 0; n < 3000; n++) {
		unsigned char *p = arena_alloc(a, n);

		cr_assert_not_null(p);
		cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			cr_assert_eq(p[i], 0, "byte %zu of %zu", i, n);
		memset(p, 0xff, n);
		if (last != NULL)
			cr_assert_eq(last[n - 2], 0xff);
		last = n > 0 ? p : NULL;
	}
	arena_free(a);
}

Test(arena, sizes_that_cannot_be_are_refused)
{
	struct arena *a = arena_new();
	int *array = NULL;

	cr_expect_null(arena_alloc(a, SIZE_MAX));
	cr_expect_null(arena_alloc(a, SIZE_MAX - 16));
	/* twice as many of these are 2^64 bytes */
	cr_expect_null(arena_push(a, &array, (size_t)1 << 40, (size_t)1 << 23));
	cr_expect_not_null(arena_alloc(a, 1));
	arena_free(a);
	arena_free(NULL);
}

Test(arena, an_array_keeps_its_elements_while_it_grows)
{
	struct arena *a = arena_new();
	size_t *array = NULL;

	for (size_t n = 0; n < 10000; n++) {
		size_t *slot = arena_push(a, &array, n, sizeof(*slot));

		cr_assert_eq(slot, &array[n]);
		cr_assert_eq(*slot, 0);
		*slot = n * n;
		/* a neighbour, which the next element must not reach */
		memset(arena_alloc(a, 1), 0xff, 1);
	}
	for (size_t i = 0; i < 10000; i++)
		cr_assert_eq(array[i], i * i);
	arena_free(a);
}

Test(arena, text_is_copied)
{
	struct arena *a = arena_new();
	char buf[] = "one";
	char *copy = arena_strdup(a, buf);

	buf[0] = 'x';
	cr_expect_str_eq(copy, "one");
	cr_expect_str_eq(arena_printf(a, "%s-%d", copy, 42), "one-42");
	arena_free(a);
}
