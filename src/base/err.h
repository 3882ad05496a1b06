/*
 * err.h - what went wrong, and at which byte of the evidence
 *
 * A function that can fail returns 0 or a negative enum err_code, and on
 * failure fills its last parameter `reterr', which may be NULL.  It leaves its
 * other out-parameters (`ret_*') untouched.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>
#include <stdint.h>

enum err_code {
	ERR_TRUNCATED   = -1,	/* `what' needs `want' bytes, `got' are left */
	ERR_MAGIC       = -2,	/* signature of `what' is not there */
	ERR_VALUE       = -3,	/* `what' is `got', which cannot be true */
	ERR_UNSUPPORTED = -4,	/* `what' is valid, but not of a kind we read */
	ERR_CHECKSUM    = -5,	/* `what' says `got', its bytes sum to `want' */
	ERR_LOOP        = -6,	/* `what' comes back to where it was */
	ERR_LIMIT       = -7,	/* `what' is `got', our bound is `want' */
	ERR_NOT_FOUND   = -8,	/* `what' is not there; nothing is damaged */
	ERR_IO          = -9,	/* the system or a library could not read */
	ERR_NOMEM       = -10,
	ERR_FILE        = -11,	/* a file cannot be opened; `what' says all */
};

struct err {
	enum err_code code;
	uint64_t at;		/* byte offset in the source that was read */
	const char *what;	/* static string: "MBR entry 2: size" */
	uint64_t want, got;
};

int err_set(struct err *reterr, enum err_code code, uint64_t at,
	    const char *what, uint64_t want, uint64_t got);

/* Write @e as one line of text, without newline, into @buf of @n bytes:
 * "VHD footer: checksum: expected 0x12, found 0x34, at offset 512".  Returns
 * @buf.  */
const char *err_text(const struct err *e, char *buf, size_t n);

#endif /* BASE_ERR_H */
