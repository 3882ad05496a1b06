#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/capture.h"
#include "report/out.h"

static struct out out;

Test(out, hands_over_everything_in_order)
{
	struct capture c = { 0 };

	out_init(&out, capture_write, &c);
	for (unsigned i = 0; i < 10000; i++)
		out_printf(&out, "%04u", i);
	cr_assert_eq(out_end(&out), 0);
	cr_assert_eq(c.n, 40000);
	cr_expect_eq(memcmp(c.data, "000000010002", 12), 0);
	cr_expect_str_eq(c.data + 39992, "99989999");
	free(c.data);
}

Test(out, says_that_writing_failed_even_if_later_writes_would_not)
{
	struct capture c = { .room = 20000 };

	out_init(&out, capture_write, &c);
	for (unsigned i = 0; i < 10000; i++)
		out_string(&out, "1234");
	cr_expect_eq(out_end(&out), -1);
	cr_expect_eq(c.n, sizeof(out.buf));
	free(c.data);
}

Test(out, writes_bytes_as_hexadecimal_digits)
{
	static const unsigned char bytes[] = { 0x00, 0x0f, 0xf0, 0xff };
	struct capture c = { 0 };

	out_init(&out, capture_write, &c);
	out_hex(&out, bytes, sizeof(bytes));
	cr_assert_eq(out_end(&out), 0);
	cr_expect_str_eq(c.data, "000ff0ff");
	free(c.data);
}
