#include <criterion/criterion.h>
#include <string.h>

#include "evidence/bfio.h"
#include "lib/bytes_source.h"

static const char text[] = "0123456789";

/* What libbfio gives of @n bytes at @off: "" at the end, NULL for an error. */
static const char *read_at(struct bfio *b, off64_t off, size_t n)
{
	static char buf[32];
	ssize_t got;

	if (libbfio_handle_seek_offset(b->handle, off, SEEK_SET, NULL) != off)
		return NULL;
	got = libbfio_handle_read_buffer(b->handle, (uint8_t *)buf, n, NULL);
	if (got < 0)
		return NULL;
	buf[got] = '\0';
	return buf;
}

Test(bfio, libbfio_reads_the_bytes_of_the_source)
{
	struct bytes_source s = bytes_source(text, 10);
	struct bfio b;
	size64_t size = 0;

	cr_assert_eq(bfio_init(&b, &s.source), 0);
	cr_assert_eq(libbfio_handle_open(b.handle, LIBBFIO_OPEN_READ, NULL), 1);
	cr_assert_eq(libbfio_handle_get_size(b.handle, &size, NULL), 1);
	cr_expect_eq(size, 10);
	cr_expect_str_eq(read_at(&b, 0, 4), "0123");
	cr_expect_str_eq(read_at(&b, 8, 4), "89");
	cr_expect_str_eq(read_at(&b, 10, 4), "");
	cr_expect_str_eq(read_at(&b, 5000, 4), "");
	cr_expect_eq(libbfio_handle_seek_offset(b.handle, -3, SEEK_END, NULL), 7);
	cr_expect_eq(libbfio_handle_seek_offset(b.handle, -11, SEEK_END, NULL),
		     -1);
	cr_expect_eq(s.bytes, 6);
	libbfio_handle_close(b.handle, NULL);
	bfio_done(&b);
}

Test(bfio, a_source_that_cannot_be_read_is_an_error_there)
{
	struct bytes_source s = bytes_source(text, 10);
	struct bfio b;

	s.bad_at = 5;
	cr_assert_eq(bfio_init(&b, &s.source), 0);
	cr_assert_eq(libbfio_handle_open(b.handle, LIBBFIO_OPEN_READ, NULL), 1);
	cr_expect_null(read_at(&b, 4, 4));
	cr_expect_str_eq(read_at(&b, 0, 4), "0123");
	libbfio_handle_close(b.handle, NULL);
	bfio_done(&b);
}

Test(bfio, no_more_is_read_than_is_allowed)
{
	struct bytes_source s = bytes_source(text, 10);
	struct bfio b;

	cr_assert_eq(bfio_init(&b, &s.source), 0);
	cr_assert_eq(libbfio_handle_open(b.handle, LIBBFIO_OPEN_READ, NULL), 1);
	b.left = 6;
	cr_expect_str_eq(read_at(&b, 0, 4), "0123");
	cr_expect_null(read_at(&b, 0, 4));
	cr_expect_str_eq(read_at(&b, 4, 2), "45");
	cr_expect_eq(s.bytes, 6);
	libbfio_handle_close(b.handle, NULL);
	bfio_done(&b);
}
