/*
 * mft.h - the records of the $MFT
 */
#ifndef NTFS_MFT_H
#define NTFS_MFT_H

#include "format/mft_record.h"
#include "ntfs/record_block.h"
#include "ntfs/ntfs_volume.h"

/* The first four records have a copy in the $MFTMirr.  */
#define MFT_MIRRORED 4

struct record {
	uint64_t number;
	struct block block;	/* owns its bytes */
	struct mft_record head;
};

/* Make the $MFT of @n readable, by its own first record or by the copy.  */
int mft_open(struct ntfs *n, struct err *reterr);
void mft_close(struct ntfs *n);

uint64_t mft_count(const struct ntfs *n);

/* Whether all of the $MFT has a place; where it has not, that is a finding.  */
bool mft_is_whole(const struct ntfs *n);

/* Read record @number; mft_record_done() frees it.  Damage is a finding once, a
 * torn record is used all the same.  ERR_NOT_FOUND: never used.  */
int mft_record_read(struct ntfs *n, uint64_t number, struct record *ret,
		    struct err *reterr);
void mft_record_done(struct record *r);

/* Read the copy of record @number < MFT_MIRRORED in the $MFTMirr; fails,
 * without a finding, where it is damaged or torn.  */
int mft_mirror_read(struct ntfs *n, uint64_t number, struct record *ret,
		    struct err *reterr);

/* Say that records @first to @first + @count - 1 are wanted next, so that they
 * are read together.  At most MFT_AHEAD of them are.  */
#define MFT_AHEAD 64
void mft_ahead(struct ntfs *n, uint64_t first, uint64_t count);

/* A finding about @r, in the words of @e.  There is none about a record that is
 * not in use: nobody keeps what is deleted whole.  */
void mft_record_finding(struct ntfs *n, const struct diag_kind *kind,
			const struct record *r, const struct err *e);

#endif /* NTFS_MFT_H */
