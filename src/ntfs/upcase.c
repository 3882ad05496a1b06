#include "ntfs/upcase.h"

#include <stdlib.h>

#include "ntfs/mft_file.h"
#include "ntfs/findings.h"

#define UPCASE_RECORD 10
#define UPCASE_UNITS 65536

static uint16_t ascii_upper(uint16_t u)
{
	return u >= 'a' && u <= 'z' ? (uint16_t)(u - 'a' + 'A') : u;
}

/* Read $UpCase; a file that maps ASCII otherwise than all others is none.  */
static int read_table(struct ntfs *n, uint16_t *table, struct err *reterr)
{
	struct mft_file f;
	uint8_t *bytes;
	size_t size;
	int r = mft_file_open(n, UPCASE_RECORD, &f, reterr);

	if (r < 0)
		return r;
	r = mft_file_read(&f, ATTRIBUTE_DATA, NULL, 2 * UPCASE_UNITS, &bytes,
			  &size, NULL, reterr);
	mft_file_done(&f);
	if (r < 0)
		return r;
	if (size != 2 * UPCASE_UNITS)
		r = err_set(reterr, ERR_VALUE, 0, "$UpCase: size",
			    2 * UPCASE_UNITS, size);
	for (size_t i = 0; i < UPCASE_UNITS && r == 0; i++) {
		table[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
		if (i < 128 && table[i] != ascii_upper((uint16_t)i))
			r = err_set(reterr, ERR_VALUE, 2 * i, "$UpCase",
				    ascii_upper((uint16_t)i), table[i]);
	}
	free(bytes);
	return r;
}

static void load_table(struct ntfs *n)
{
	struct err e;

	n->upcase = arena_malloc(n->arena, UPCASE_UNITS * sizeof(*n->upcase));
	if (n->upcase == NULL || read_table(n, n->upcase, &e) == 0)
		return;
	ntfs_finding(n, &FINDING_NTFS_UPCASE, 0, &e,
		     "Names are compared without regard to the case of ASCII "
		     "letters only, since $UpCase cannot be used");
	for (size_t i = 0; i < UPCASE_UNITS; i++)
		n->upcase[i] = ascii_upper((uint16_t)i);
}

static uint16_t unit_at(struct span s, size_t i)
{
	return (uint16_t)(s.p[2 * i] | s.p[2 * i + 1] << 8);
}

static uint16_t upper(struct ntfs *n, uint16_t u)
{
	if (u < 128)
		return ascii_upper(u);
	if (n->upcase == NULL)
		load_table(n);
	return n->upcase != NULL ? n->upcase[u] : u;
}

int upcase_compare(struct ntfs *n, struct span a, struct span b)
{
	size_t units = (a.n < b.n ? a.n : b.n) / 2;

	for (size_t i = 0; i < units; i++) {
		uint16_t ua = unit_at(a, i), ub = unit_at(b, i);

		if (ua == ub)
			continue;
		ua = upper(n, ua);
		ub = upper(n, ub);
		if (ua != ub)
			return ua < ub ? -1 : 1;
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

int utf16_compare(struct span a, struct span b)
{
	size_t units = (a.n < b.n ? a.n : b.n) / 2;

	for (size_t i = 0; i < units; i++)
		if (unit_at(a, i) != unit_at(b, i))
			return unit_at(a, i) < unit_at(b, i) ? -1 : 1;
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}
