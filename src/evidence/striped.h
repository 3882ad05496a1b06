/*
 * striped.h - sources whose bytes lie over several columns in turn
 *
 * A striped volume: a row is a chunk of each column, from the first to the
 * last.  RAID-5: one chunk of each row is parity, in the last column for row 0,
 * in the one before it for row 1 and so on; the data begins in the column
 * behind the parity and goes round.  So do dynamic disks lay them out.
 */
#ifndef EVIDENCE_STRIPED_H
#define EVIDENCE_STRIPED_H

#include "evidence/source.h"

/* More than Windows allows (32).  */
#define STRIPED_MAX_COLUMNS 64

/* @size bytes over @n columns, which are borrowed, in chunks of @chunk bytes.
 * Of RAID-5 one column may be NULL: its bytes are made of the others', and lie
 * nowhere.  Columns that are too short fail where they are read.  NULL: out of
 * memory, or a number that cannot be.  */
struct source *source_striped(struct source *const *columns, size_t n,
			      uint64_t chunk, uint64_t size);
struct source *source_raid5(struct source *const *columns, size_t n,
			    uint64_t chunk, uint64_t size);

/* Which byte of RAID-5 lies at @off of @column: *@ret.  False: it is parity,
 * and *@ret is the first one of those that it is made of, a chunk apart.
 * UINT64_MAX: there is no such byte.  */
bool source_raid5_byte(size_t n, uint64_t chunk, size_t column, uint64_t off,
		       uint64_t *ret);

/* How many bytes of each column of RAID-5 hold the bytes of @s; 0: a column is
 * missing, so that there is no parity to compare, or @s is no RAID-5.  */
uint64_t source_raid5_column_bytes(const struct source *s);

/* Whether the parity fits the data in the @n bytes at @off of each column, or
 * some of that cannot be read; otherwise *@ret_byte is one that is made of the
 * first bytes there that do not fit.  */
bool source_raid5_fits(struct source *s, uint64_t off, size_t n,
		       uint64_t *ret_byte);

#endif /* EVIDENCE_STRIPED_H */
