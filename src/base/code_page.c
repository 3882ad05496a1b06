/*
 * code_page.c - text in the OEM code pages of Windows
 *
 * iconv(3) decodes it.  The C library has all these pages but 708 and 720, of
 * Arabic, and may have been installed without those of East Asia.
 */
#include "base/code_page.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define UNKNOWN_LETTER 0xfffd

/* Room for a pair for each byte, and for a letter that is held back until the
 * end, as pages with letters that combine do.  */
static size_t most_units(size_t n)
{
	return 2 * n + 2;
}

static iconv_t decoder(unsigned number)
{
	char name[sizeof("CP") + 10];

	/* What Windows calls 65001 has a name of its own elsewhere.  */
	if (number == 65001)
		return iconv_open("UTF-16LE", "UTF-8");
	snprintf(name, sizeof(name), "CP%u", number);
	return iconv_open("UTF-16LE", name);
}

/* Up to most_units() units of UTF-16 at @to, and how many.  */
static size_t decode(iconv_t cd, struct span s, le16 *to)
{
	char *in = (char *)(uintptr_t)s.p, *out = (char *)to;
	size_t n = s.n, room = most_units(s.n) * sizeof(*to);

	while (n > 0 && iconv(cd, &in, &n, &out, &room) == (size_t)-1 &&
	       n > 0 && room >= sizeof(*to)) {
		const le16 unknown = put_le16(UNKNOWN_LETTER);

		memcpy(out, &unknown, sizeof(unknown));
		out += sizeof(unknown);
		room -= sizeof(unknown);
		in++;
		n--;
	}
	iconv(cd, NULL, NULL, &out, &room);
	return most_units(s.n) - room / sizeof(*to);
}

bool code_page_is_known(unsigned number)
{
	const iconv_t cd = decoder(number);

	if (cd == (iconv_t)-1)
		return errno == ENOMEM;	/* which who decodes will see */
	iconv_close(cd);
	return true;
}

struct text text_from_code_page(struct arena *a, unsigned number,
				struct span s)
{
	const iconv_t cd = decoder(number);
	le16 *units;
	size_t n;

	if (cd == (iconv_t)-1 && errno == ENOMEM) {
		arena_set_failed(a);
		return (struct text){ 0 };
	}
	if (cd == (iconv_t)-1)
		return text_from_latin1(a, s);
	units = arena_alloc(a, most_units(s.n) * sizeof(*units));
	n = units == NULL ? 0 : decode(cd, s, units);
	iconv_close(cd);
	if (units == NULL)
		return (struct text){ 0 };
	return text_from_utf16(a, (struct span){ (const uint8_t *)units,
						 n * sizeof(*units), s.at });
}
