/*
 * utf16.h - text as Windows stores it, and as we print it
 *
 * Names in evidence are sequences of 16-bit units that need not be valid
 * UTF-16.  In UTF-8, a unit that has no UTF-8 form (a lone surrogate, and NUL,
 * which would end a C string) is written <U+D800>: `<' and `>' cannot stand in
 * a Win32 file name, so the escape is not mistaken for a name.  Text that holds
 * such an escape is inexact, and comes with its raw bytes.
 *
 * Control and bidirectional characters pass through unchanged: whether they
 * are dangerous depends on the output format, whose writer escapes them.
 */
#ifndef BASE_UTF16_H
#define BASE_UTF16_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* Text out of evidence.  utf8 NULL: there is none.  */
struct text {
	const char *utf8;
	const char *hex;	/* the UTF-16LE bytes in hexadecimal where utf8
				 * cannot say them exactly, else NULL */
};

/* Decode @s, UTF-16LE; an odd last byte makes the text inexact.  The result
 * lives in @a; it is empty when out of memory, and arena_failed() tells.  */
struct text text_from_utf16(struct arena *a, struct span s);

/* The same of UTF-16BE; what is not exact is told as UTF-16LE.  */
struct text text_from_utf16be(struct arena *a, struct span s);

/* The path that @names make, each behind a backslash.  One inside a name, which
 * POSIX programs can put there, is written <U+005C>, so that it does not look
 * like the end of the name; the text is inexact then.  */
struct text text_from_names(struct arena *a, const struct span *names,
			    size_t n);

/* Decode @s, one byte a character (ISO 8859-1), as in registry names.  */
struct text text_from_latin1(struct arena *a, struct span s);

/* @s without trailing NUL units.  */
struct span utf16_trim_nul(struct span s);

/* Encode @utf8 (valid, ours or the user's) as UTF-16LE into the arena.  False
 * when @utf8 is not valid UTF-8 or memory is out.  */
bool utf16_from_utf8(struct arena *a, const char *utf8, struct span *ret);

/* True if the UTF-16LE text @s equals @ascii, letters compared without case.
 * For names that Windows itself gives, which are ASCII.  */
bool utf16_equals_ascii(struct span s, const char *ascii);

/* @n bytes as 2 * @n lower-case hexadecimal digits.  */
char *hex_encode(struct arena *a, const void *p, size_t n);

#endif /* BASE_UTF16_H */
