#include "report/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void out_init(struct out *o, out_fn *write, void *ctx)
{
	o->write = write;
	o->ctx = ctx;
	o->failed = false;
	o->n = 0;
}

static void flush(struct out *o)
{
	if (o->n > 0 && !o->failed && o->write(o->ctx, o->buf, o->n) != 0)
		o->failed = true;
	o->n = 0;
}

void out_bytes(struct out *o, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0 && !o->failed) {
		size_t room = sizeof(o->buf) - o->n;
		size_t take = n < room ? n : room;

		memcpy(o->buf + o->n, p, take);
		o->n += take;
		p += take;
		n -= take;
		if (o->n == sizeof(o->buf))
			flush(o);
	}
}

void out_string(struct out *o, const char *s)
{
	out_bytes(o, s, strlen(s));
}

void out_printf(struct out *o, const char *fmt, ...)
{
	char text[OUT_PRINTF_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_string(o, text);
}

void out_hex(struct out *o, const void *data, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *b = data;

	for (size_t i = 0; i < n; i++) {
		char two[2] = { digits[b[i] >> 4], digits[b[i] & 15] };

		out_bytes(o, two, 2);
	}
}

int out_end(struct out *o)
{
	flush(o);
	return o->failed ? -1 : 0;
}
