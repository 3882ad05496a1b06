/*
 * mft_pass.h - the $MFT from end to end, once
 */
#ifndef NTFS_MFT_PASS_H
#define NTFS_MFT_PASS_H

#include "ntfs/mft.h"

/* @bytes of whole records as they lie on disk at @off of the $MFT, in a buffer
 * that may be changed.  False ends the pass: memory is out.  */
typedef bool mft_pass_fn(void *ctx, uint64_t off, uint8_t *records,
			 size_t bytes);

/* Call @fn for all of the $MFT, in its order, in as few reads as there can be.
 * What lies in no cluster is passed over; what cannot be read is a finding, and
 * its bytes are added up in *@ret_lost.  ERR_NOMEM only.  */
int mft_pass(struct ntfs *n, mft_pass_fn *fn, void *ctx, uint64_t *ret_lost,
	     struct err *reterr);

enum mft_pass_state { PASS_WHOLE, PASS_TORN, PASS_UNUSABLE };

/* Apply the fix-ups of @r, whose bytes lie in the buffer of the pass, and
 * decode its head.  Damage is a finding.  */
enum mft_pass_state mft_pass_decode(struct ntfs *n, struct record *r);

/* Whether @r, an attribute of which has one of the @types, is a part of another
 * record.  See mft_file_open().  */
bool mft_pass_is_extension(const struct record *r, uint32_t types);

/* A bit for each type of attribute, up to 0x1f0.  */
static inline uint32_t mft_pass_bit(uint32_t type)
{
	return (uint32_t)1 << (type >> 4 & 31);
}

#endif /* NTFS_MFT_PASS_H */
