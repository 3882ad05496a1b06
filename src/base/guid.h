/*
 * guid.h - GUIDs, in the byte order in which Windows stores them
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  first group, little-endian
 *        4     2  second group, little-endian
 *        6     2  third group, little-endian
 *        8     8  fourth and fifth group, as printed
 *
 * Source: [MS-DTYP] 2.3.4.2.
 */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include <stdbool.h>
#include <stdint.h>

struct guid {
	uint8_t b[16];		/* as stored */
};

#define GUID_TEXT_CHARS 36

/* "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", lower case, no braces; @buf holds
 * GUID_TEXT_CHARS + 1 bytes.  Returns @buf.  */
const char *guid_text(const struct guid *g, char *buf);

/* Read the 36 characters at @s; no braces.  False if they are not a GUID, and
 * *@ret is left alone.  Either case.  */
bool guid_parse(const char *s, struct guid *ret);

bool guid_equal(const struct guid *a, const struct guid *b);
bool guid_is_zero(const struct guid *g);

#endif /* BASE_GUID_H */
