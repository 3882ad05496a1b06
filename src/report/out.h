/*
 * out.h - where the bytes of a report go
 *
 * Sticky: after the first failure nothing more is written, and out_end() says
 * so.  Writers therefore write straight on and check once.
 */
#ifndef REPORT_OUT_H
#define REPORT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Take @n bytes; negative to stop.  */
typedef int out_fn(void *ctx, const void *data, size_t n);

struct out {
	out_fn *write;
	void *ctx;
	bool failed;
	size_t n;		/* bytes waiting in the buffer */
	char buf[16384];
};

void out_init(struct out *o, out_fn *write, void *ctx);
void out_bytes(struct out *o, const void *data, size_t n);
void out_string(struct out *o, const char *s);
/* At most OUT_PRINTF_BYTES of text that is ours: numbers and fixed words.  */
#define OUT_PRINTF_BYTES 256
void out_printf(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* @n bytes as lower-case hexadecimal digits.  */
void out_hex(struct out *o, const void *data, size_t n);

/* Hand over what waits.  0, or -1 if anything could not be written.  */
int out_end(struct out *o);

#endif /* REPORT_OUT_H */
