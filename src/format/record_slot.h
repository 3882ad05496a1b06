/*
 * record_slot.h - slots, in which dynamic disks and storage pools keep records
 *
 * A record that is longer than a slot is cut into fragments, a slot each.
 */
#ifndef FORMAT_RECORD_SLOT_H
#define FORMAT_RECORD_SLOT_H

#include "base/span.h"

#define SLOT_HEAD_BYTES 16

struct record_slot {
	uint64_t at;		/* where its source has it */
	uint32_t number;
	uint32_t record;	/* id of the record that the fragment is of */
	uint16_t fragment, n_fragments;	/* n_fragments 0: the slot is free */
	struct span content;
};

/* Decode the slot @s, which begins with @magic, four characters.  */
int record_slot_parse(struct span s, const char *magic, struct record_slot *ret,
		      struct err *reterr);

#endif /* FORMAT_RECORD_SLOT_H */
