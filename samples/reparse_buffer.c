// SPDX-License-Identifier: MIT
/*
 * reparse_buffer.c - the value of the attribute $REPARSE_POINT (0xc0)
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     4  tag
 *     0x04     2  length of what follows the header
 *     0x06     2  reserved
 *     0x08     2  substitute name: offset from the first name, in bytes
 *     0x0a     2  substitute name: length in bytes, without the closing NUL
 *     0x0c     2  print name: offset
 *     0x0e     2  print name: length
 *    [0x10     4  flags: 1 = relative; only in a symbolic link]
 *     ....        both names, UTF-16, each closed by a NUL
 *
 * Sources: [MS-FSCC] 2.1.2.2, 2.1.2.4, 2.1.2.5; a junction of a real volume
 * has the lengths as given here.
 */
#include "reparse_buffer.h"

#include <string.h>

#include "text.h"

enum { TAG_MOUNT_POINT = 0xa0000003, TAG_SYMLINK = 0xa000000c };
enum { HEADER_BYTES = 8, NAMES_BYTES = 8 };

static void put_header(struct reparse_buffer *b, uint32_t tag, size_t n)
{
	put_le32(b->bytes, tag);
	put_le16(b->bytes + 4, (unsigned)(n - HEADER_BYTES));
	put_le16(b->bytes + 6, 0);
	b->n = n;
}

/* Appends a name and its NUL, and writes its {offset, length} pair. */
static int put_name(struct reparse_buffer *b, const char *name, size_t names_at,
		    size_t pair_at, size_t *end)
{
	int room = (int)(REPARSE_BYTES_MAX - *end) / 2 - 1;
	int units = text_to_utf16(name, strlen(name), b->bytes + *end, room);

	if (units < 0)
		return -1;
	put_le16(b->bytes + pair_at, (unsigned)(*end - names_at));
	put_le16(b->bytes + pair_at + 2, (unsigned)units * 2);
	*end += (size_t)units * 2;
	put_le16(b->bytes + *end, 0);
	*end += 2;
	return 0;
}

static int put_names(struct reparse_buffer *b, uint32_t tag, size_t names_at,
		     const char *substitute, const char *print)
{
	size_t end = names_at;

	if (put_name(b, substitute, names_at, HEADER_BYTES, &end) < 0 ||
	    put_name(b, print, names_at, HEADER_BYTES + 4, &end) < 0)
		return -1;
	put_header(b, tag, end);
	return 0;
}

int reparse_mount_point(const char *substitute, const char *print,
			struct reparse_buffer *ret)
{
	return put_names(ret, TAG_MOUNT_POINT, HEADER_BYTES + NAMES_BYTES,
			 substitute, print);
}

int reparse_symlink(const char *substitute, const char *print, int relative,
		    struct reparse_buffer *ret)
{
	put_le32(ret->bytes + HEADER_BYTES + NAMES_BYTES, relative ? 1 : 0);
	return put_names(ret, TAG_SYMLINK, HEADER_BYTES + NAMES_BYTES + 4,
			 substitute, print);
}

/*
 * The length that a tag without the Microsoft bit carries leaves out the GUID
 * that follows its header.
 */
int reparse_tagged(uint32_t tag, const char *hex, struct reparse_buffer *ret)
{
	int n = text_to_bytes(hex, ret->bytes + HEADER_BYTES,
			      REPARSE_BYTES_MAX - HEADER_BYTES);
	int microsoft = (tag & 0x80000000) != 0;

	if (n < (microsoft ? 0 : 16))
		return -1;
	put_header(ret, tag, HEADER_BYTES + (size_t)n);
	if (!microsoft)
		put_le16(ret->bytes + 4, (unsigned)n - 16);
	return 0;
}
