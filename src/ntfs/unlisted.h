/*
 * unlisted.h - files by the names in their own records, where the directory
 * does not list them
 *
 * A directory whose index is damaged hides files that are whole: their records
 * are in use, and tell name and parent.  To find them takes a pass through the
 * $MFT, a gigabyte for a million files.  It is made once for a volume: when a
 * look-up fails in a directory that is seen to be damaged, or after another one
 * was seen to have lost a reparse point, or when the caller knows of a file
 * that must be there; never for a name that a sound directory does not have.
 * After it, all look-ups that fail ask what it found.
 */
#ifndef NTFS_UNLISTED_H
#define NTFS_UNLISTED_H

#include "ntfs/index_tree.h"

void unlisted_free(struct unlisted *u);

/* Make the pass, if it was not made yet.  ERR_NOMEM only.  */
int unlisted_read(struct ntfs *n, struct err *reterr);

/* Whether a look-up has found @ref, in @dir, so.  */
bool unlisted_has(const struct ntfs *n, ntfs_ref dir, ntfs_ref ref);

/* The files in use that call themselves @name, in any letter case, in @dir:
 * those that are spelt as it is first, then by record number.  Each is a
 * finding.  ERR_NOT_FOUND: there is none, but others that are in @dir; ERR_IO:
 * nothing is known of it.  */
int unlisted_find(struct ntfs *n, ntfs_ref dir, struct span name,
		  struct ntfs_case ret[NTFS_MAX_CASES], size_t *ret_n,
		  struct err *reterr);

/* Call @fn for each file in use that says it is in @dir, and is not in the
 * index @t (NULL: there is none that can be read).  *@ret_any: there is one.
 * Returns what @fn returned, if not 0.  */
int unlisted_list(struct ntfs *n, ntfs_ref dir, struct tree *t,
		  ntfs_dir_fn *fn, void *ctx, bool *ret_any,
		  struct err *reterr);

/* As ntfs_find(), by the index alone.  */
int ntfs_find_in_index(struct ntfs *n, ntfs_ref dir, struct span name,
		       ntfs_ref *ret, struct err *reterr);

#endif /* NTFS_UNLISTED_H */
