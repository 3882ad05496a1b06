/*
 * runlist.c - where the clusters of a non-resident attribute lie
 *
 *   SIZE  FIELD
 *      1  low half: size L of the length, high half: size D of the distance;
 *         0 ends the list
 *      L  length in clusters
 *      D  LCN, as a signed distance from that of the last run that is not a
 *         hole, at first from 0; absent (D = 0): a hole
 *
 * Sources: libfsntfs, "New Technologies File System", 6.1.3; layout.h of
 * ntfs-3g.
 */
#include "format/runlist.h"

#define MAX_NUMBER_BYTES 8

/* @s as a little-endian number with a sign; at most 8 bytes.  */
static int64_t signed_number(struct span s)
{
	uint64_t x = s.n > 0 && s.p[s.n - 1] >= 0x80 ? UINT64_MAX : 0;

	for (size_t i = s.n; i > 0; i--)
		x = x << 8 | s.p[i - 1];
	return (int64_t)x;
}

struct run_walk run_walk_of(struct span runs, uint64_t first_vcn)
{
	return (struct run_walk){ .left = runs, .vcn = first_vcn };
}

int run_next(struct run_walk *w, struct run *ret, struct err *reterr)
{
	uint64_t at = w->left.at;
	struct cur c = cur_of(w->left);
	uint8_t head = cur_u8(&c, "run list");
	struct span length = cur_take(&c, head & 15, "run: length");
	struct span delta = cur_take(&c, head >> 4, "run: distance");
	int64_t clusters = signed_number(length);
	int64_t lcn = w->lcn;

	if (c.err.code != 0)
		return cur_end(&c, reterr);
	if (head == 0)
		return 0;
	if (length.n > MAX_NUMBER_BYTES || delta.n > MAX_NUMBER_BYTES)
		return err_set(reterr, ERR_VALUE, at, "run: sizes",
			       MAX_NUMBER_BYTES, head);
	if (clusters <= 0 || (uint64_t)clusters > INT64_MAX - w->vcn)
		return err_set(reterr, ERR_VALUE, at, "run: length", 1,
			       (uint64_t)clusters);
	if (__builtin_add_overflow(lcn, signed_number(delta), &lcn) || lcn < 0)
		return err_set(reterr, ERR_VALUE, at, "run: LCN", 0,
			       (uint64_t)lcn);
	*ret = (struct run){ w->vcn, delta.n == 0 ? RUN_HOLE : (uint64_t)lcn,
			     (uint64_t)clusters };
	w->left = c.left;
	w->vcn += (uint64_t)clusters;
	w->lcn = lcn;
	return 1;
}
