#include "base/span.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

bool span_sub(struct span s, uint64_t off, uint64_t n, struct span *ret)
{
	if (off > s.n || n > s.n - off)
		return false;
	*ret = (struct span){ s.p + off, (size_t)n, s.at + off };
	return true;
}

const void *span_bytes(struct span s, uint64_t off, size_t n, size_t align)
{
	struct span sub;

	assert(align == 1);
	return span_sub(s, off, n, &sub) ? sub.p : NULL;
}

bool span_has(struct span s, uint64_t off, const void *want, size_t n)
{
	const void *p = span_bytes(s, off, n, 1);

	return p != NULL && memcmp(p, want, n) == 0;
}

/* Each byte is the one before it, as memcmp() sees several at a time.  */
bool span_is_zero(struct span s)
{
	return s.n == 0 ||
	       (s.p[0] == 0 && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

struct cur cur_of(struct span s)
{
	return (struct cur){ .left = s };
}

struct span cur_take(struct cur *c, size_t n, const char *what)
{
	struct span head = { .at = c->left.at };

	if (c->err.code == 0 && !span_sub(c->left, 0, n, &head))
		err_set(&c->err, ERR_TRUNCATED, c->left.at, what, n, c->left.n);
	if (c->err.code != 0)
		return (struct span){ .at = c->left.at };
	c->left = (struct span){ c->left.p + n, c->left.n - n, c->left.at + n };
	return head;
}

/* Each integer reader: the value, or 0 once the cursor is in error.  */
uint8_t cur_u8(struct cur *c, const char *what)
{
	struct span s = cur_take(c, 1, what);

	return s.n == 1 ? s.p[0] : 0;
}

uint16_t cur_le16(struct cur *c, const char *what)
{
	struct span s = cur_take(c, sizeof(le16), what);

	return s.n == sizeof(le16) ? get_le16(*(const le16 *)s.p) : 0;
}

uint32_t cur_le32(struct cur *c, const char *what)
{
	struct span s = cur_take(c, sizeof(le32), what);

	return s.n == sizeof(le32) ? get_le32(*(const le32 *)s.p) : 0;
}

uint64_t cur_be64(struct cur *c, const char *what)
{
	struct span s = cur_take(c, sizeof(be64), what);

	return s.n == sizeof(be64) ? get_be64(*(const be64 *)s.p) : 0;
}

struct span cur_counted(struct cur *c, const char *what)
{
	return cur_take(c, cur_u8(c, what), what);
}

uint64_t cur_counted_be(struct cur *c, const char *what)
{
	struct span s = cur_counted(c, what);
	uint64_t x = 0;

	if (s.n > sizeof(x) && c->err.code == 0)
		err_set(&c->err, ERR_VALUE, s.at, what, sizeof(x), s.n);
	for (size_t i = 0; i < s.n && i < sizeof(x); i++)
		x = x << 8 | s.p[i];
	return x;
}

int cur_end(const struct cur *c, struct err *reterr)
{
	if (c->err.code != 0 && reterr != NULL)
		*reterr = c->err;
	return c->err.code;
}
