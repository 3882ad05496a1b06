/*
 * regf.h - the records of a registry hive
 *
 * Every span given to these is the payload of a cell, behind its size field,
 * with its `at' in the hive file; what they return points into it.
 */
#ifndef FORMAT_REGF_H
#define FORMAT_REGF_H

#include "base/span.h"

#define REGF_BASE_BYTES 4096	/* every offset in a hive counts from here */
/* Offsets have 32 bits: what a file has past these bytes is of no hive.  */
#define REGF_MAX_BYTES (REGF_BASE_BYTES + (UINT64_C(1) << 32))
#define REGF_BASE_RECORD_BYTES 512	/* of them, what has a meaning */
#define REGF_BIN_HEADER_BYTES 32
#define REGF_NONE 0xffffffffu	/* an offset that points nowhere */

enum regf_file_type {
	REGF_PRIMARY = 0,	/* others are transaction logs */
	REGF_LOG_XP = 1,	/* from Windows XP to Windows 8 */
	REGF_LOG_NT = 2,	/* up to Windows 2000 */
	REGF_LOG_ENTRIES = 6,	/* since Windows 8.1 */
};

struct regf_base {
	uint32_t primary_sequence, secondary_sequence;
	uint64_t last_written;		/* FILETIME */
	uint32_t major, minor;
	uint32_t file_type;
	uint32_t root_cell, bins_size;
	uint32_t flags;
	uint64_t last_reorganized;	/* FILETIME; 0: unknown, and a small
					 * number is a wish for the next time */
	uint32_t checksum, checksum_computed;
	struct span file_name;		/* UTF-16LE, up to its NUL */
	struct span resource_manager;	/* its GUID: the hive's own; or zeros */
};

/* Only the signature is demanded; what else is wrong is for the caller to
 * judge, because a hive outlives a damaged base block.  512 bytes suffice.  */
int regf_base_parse(struct span s, struct regf_base *ret, struct err *reterr);

/* Make the base block @block that of a hive at rest: both sequences are the
 * primary one of @as, whose size of the bins and flags it takes, too.  */
void regf_base_settle(uint8_t block[REGF_BASE_RECORD_BYTES],
		      const struct regf_base *as);

struct regf_bin {
	uint32_t offset, size;
	uint64_t last_written;		/* FILETIME, in the first bin */
};

int regf_bin_parse(struct span s, struct regf_bin *ret, struct err *reterr);

/* The size field of a cell: negative if in use.  Returns the bytes that the
 * whole cell takes, 0 if they cannot be right.  */
uint32_t regf_cell_size(struct span s, bool *ret_in_use);

/* How the records of other versions differ.  In 1.0 and 1.1 (NT 3.1) names are
 * always UTF-16, and four bytes stand between the size of a cell and its
 * payload.  From 1.6 on, a hive can lie as a layer over another, and then marks
 * values of that one as deleted.  */
struct regf_layout {
	bool nt31;
	bool layered;
};

enum {
	REGF_KEY_ROOT = 0x0004,
	REGF_KEY_8BIT_NAME = 0x0020,
	REGF_KEY_PREDEFINED = 0x0040,	/* `n_values' is a handle */
};

struct regf_key {
	uint16_t flags;
	uint64_t last_written;		/* FILETIME */
	uint32_t parent;
	uint32_t n_subkeys, subkey_list;
	uint32_t n_values, value_list;
	struct span name;
	bool name_is_8bit;		/* ISO 8859-1, else UTF-16LE */
	size_t size;			/* of the record, with its name */
};

#define REGF_KEY_HEAD_BYTES 76		/* the name follows */
#define REGF_VALUE_HEAD_BYTES 20

int regf_key_parse(struct span s, struct regf_layout layout,
		   struct regf_key *ret, struct err *reterr);

#define REGF_INLINE_BYTES 4

struct regf_value {
	struct span name;
	bool name_is_8bit;
	uint32_t type;
	uint32_t size;			/* of the data, bytes */
	bool data_inline;
	uint32_t data_offset;
	struct span inline_data;	/* the four bytes of the offset field */
	bool tombstone;			/* in a layered hive: deleted here */
	size_t record_size;		/* with the name */
};

int regf_value_parse(struct span s, struct regf_layout layout,
		     struct regf_value *ret, struct err *reterr);

/* What lies at @s as a record of the kind, whatever its signature, with as much
 * of its name as is there.  False where its head is not.  */
bool regf_key_decode(struct span s, struct regf_layout layout,
		     struct regf_key *ret);
bool regf_value_decode(struct span s, struct regf_layout layout,
		       struct regf_value *ret);

enum regf_list_kind {
	REGF_LIST_LI,		/* offsets of keys */
	REGF_LIST_LF,		/* with the first four characters of each */
	REGF_LIST_LH,		/* with a hash of each name */
	REGF_LIST_RI,		/* offsets of lists of the other kinds */
};

#define REGF_LIST_HEAD_BYTES 4

struct regf_list {
	enum regf_list_kind kind;
	uint32_t count;		/* as declared */
	unsigned stride;	/* bytes of an entry */
};

/* Reads only the head; the entries follow it in the cell.  */
int regf_list_parse(struct span s, struct regf_list *ret, struct err *reterr);

/* "li", "lf", "lh", "ri": a static string.  */
const char *regf_list_name(enum regf_list_kind kind);

/* Data larger than one segment is cut into segments, from version 1.4 on.  */
#define REGF_SEGMENT_BYTES 16344

struct regf_big_data {
	uint32_t n_segments;
	uint32_t segment_list;
};

int regf_big_data_parse(struct span s, struct regf_big_data *ret,
			struct err *reterr);

/* How many bytes the record at the head of @s takes, however many of them are
 * there; 0 where there is none: data, and lists of values, bear no sign.  */
uint64_t regf_record_bytes(struct span s);

/* @unit in upper case: ASCII and Latin-1, by rule.  The registry itself knows
 * all of Unicode's simple mappings; the names that we look up are ASCII, and a
 * hash made with another mapping only costs the search its hint.  */
uint32_t regf_upcase(uint32_t unit);

/* The hash of @name in an `lh' list.  */
uint32_t regf_name_hash(struct span name, bool is_8bit);

/* Whether @hint, of an `lf' list, begins @name: its first four characters as
 * written, one byte each; the first byte is 0 if they have no such form.  */
bool regf_name_begins(struct span name, bool is_8bit, const uint8_t hint[4]);

/* Whether @hint, of a list of @kind, surely was not made of @name.  False for a
 * name whose hint depends on what a version of Windows takes for the capital
 * of a letter, or on its code page.  */
bool regf_hint_differs(enum regf_list_kind kind, const uint8_t hint[4],
		       struct span name, bool name_is_8bit);

/* True if the name in a record equals the UTF-16LE @want without case.  */
bool regf_name_equal(struct span name, bool name_is_8bit, struct span want);

/* True if @name begins with one of @prefixes (ASCII, then NULL), whatever the
 * case.  */
bool regf_name_has_prefix(struct span name, bool name_is_8bit,
			  const char *const *prefixes);

#endif /* FORMAT_REGF_H */
