// SPDX-License-Identifier: MIT
#ifndef SAMPLES_QUOTA_INDEX_H
#define SAMPLES_QUOTA_INDEX_H

#include <stdint.h>

#include "ntfs3g.h"

/* An entry of $Extend\$Quota:$Q. */
struct quota_entry {
	uint32_t owner, flags;
	uint64_t used;
	int64_t threshold, limit;	/* -1: none */
	uint64_t changed, exceeded;	/* FILETIME */
};

#define QUOTA_SID_BYTES (8 + 255 * 4)

/* "S-1-5-21-..." to its bytes; how many, or -1. Each of as many parts as a byte
 * can count, so that more than Windows allows can be had, too. */
int quota_sid(const char *text, uint8_t ret[QUOTA_SID_BYTES]);

/* Adds an entry to $Q, with the `n` bytes of `sid`; one that is there of this
 * owner is replaced. -1 with errno on failure. */
int quota_add(ntfs_volume *vol, const struct quota_entry *q,
	      const uint8_t *sid, int n);

/* Adds an entry to $O. */
int quota_add_owner(ntfs_volume *vol, const uint8_t *sid, int n,
		    uint32_t owner);

#endif /* SAMPLES_QUOTA_INDEX_H */
