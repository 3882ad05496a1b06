/*
 * unique_id.h - the unique ids of mounted devices
 */
#ifndef FORMAT_UNIQUE_ID_H
#define FORMAT_UNIQUE_ID_H

#include "base/guid.h"
#include "base/span.h"

enum unique_id_kind {
	UNIQUE_ID_MBR,		/* 12 bytes: disk signature, byte offset */
	UNIQUE_ID_DMIO,		/* "DMIO:ID:" and a GUID: GPT partition, or LDM
				 * volume */
	UNIQUE_ID_FT,		/* 8 bytes: NT4 fault-tolerant set */
	UNIQUE_ID_DEVICE,	/* device interface path, or a driver's text */
	UNIQUE_ID_EMPTY,
	UNIQUE_ID_RAW,		/* anything else */
};

struct unique_id {
	enum unique_id_kind kind;
	struct span raw;	/* the whole data */
	uint32_t signature;	/* MBR */
	uint64_t offset;	/* MBR: bytes */
	struct guid guid;	/* DMIO, as a GUID is stored */
	bool text_is_utf16;	/* DEVICE: raw is UTF-16LE, else ASCII; NULs at
				 * its end are no part of the text */
};

/* An MBR cannot name a place from here on: a logical partition begins at the
 * sum of two 32-bit sector numbers, of at most 4096 bytes each.  */
#define UNIQUE_ID_MBR_OFFSET_END (1ull << 45)

/* Classify @data.  Every data has a kind, so it cannot fail.  The spans point
 * into @data.  */
struct unique_id unique_id_parse(struct span data);

/* True if both are the same bytes of the same kind.  */
bool unique_id_equal(const struct unique_id *a, const struct unique_id *b);

#define UNIQUE_ID_DMIO_BYTES 24

/* True if @data begins as a DMIO id does, whatever its length.  */
bool unique_id_has_dmio_prefix(struct span data);

/* True if the bytes could as well be of another kind: the eight of an NT4 set
 * that are all printable ASCII.  */
bool unique_id_is_ambiguous(const struct unique_id *id);

#endif /* FORMAT_UNIQUE_ID_H */
