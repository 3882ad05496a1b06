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

#include "base/span.h"

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

/*
 * What a version-1 GUID says of its making.  The clock is that of the machine,
 * which early in a boot may still be off by the time zone; GUIDs made at once
 * count on from one tick; and clones of a virtual machine share the node.
 */
struct guid_time {
	uint64_t filetime;
	uint16_t clock_sequence;	/* 14 bits */
	uint8_t node[6];		/* MAC address, if @node_is_mac */
	bool node_is_mac;	/* else a random number, or Windows' "nonic" */
};

/* False where @g is of another version or variant, or older than FILETIME.
 * Source: RFC 9562 5.1.  */
bool guid_time(const struct guid *g, struct guid_time *ret);

/* The GUID whose 16 bytes at @p are in the order in which it is printed.  */
struct guid guid_from_printed(const uint8_t *p);

/* Such a one at the cursor.  */
struct guid cur_printed_guid(struct cur *c, const char *what);

bool guid_equal(const struct guid *a, const struct guid *b);
bool guid_is_zero(const struct guid *g);

#endif /* BASE_GUID_H */
