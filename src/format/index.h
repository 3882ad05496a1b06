/*
 * index.h - the nodes and entries of an NTFS index
 *
 * A directory is an index of $FILE_NAME values ($I30).  A view index ($R of
 * $Reparse, $O of $ObjId) has other keys, and data instead of a file reference.
 */
#ifndef FORMAT_INDEX_H
#define FORMAT_INDEX_H

#include "base/span.h"

enum {
	INDEX_COLLATION_FILE_NAME = 1,
	INDEX_COLLATION_ULONGS    = 0x13,
};

struct index_root {
	uint32_t type, collation;
	uint32_t block_bytes;
	bool has_children;
	struct span entries;
};

int index_root_parse(struct span value, struct index_root *ret,
		     struct err *reterr);

struct index_block {
	uint64_t vcn;		/* its own, as it says */
	bool has_children;
	struct span entries;
};

/* Decode @block, with its fix-ups applied.  */
int index_block_parse(struct span block, struct index_block *ret,
		      struct err *reterr);

struct index_entry {
	uint64_t ref;		/* of a directory */
	struct span raw;
	struct span key;
	struct span data;	/* of a view index */
	bool has_child;
	uint64_t child;		/* VCN of the node before this entry */
	bool last;		/* closes the node; has no key */
};

/* The next entry in *@left, which moves behind it: 1; an error where there is
 * none, since the last entry says that it is the last.  An entry that is longer
 * than what is in it is an error too: it would hide those behind it.  */
int index_entry_next(struct span *left, bool is_view, struct index_entry *ret,
		     struct err *reterr);

/* The same of an entry whose own length is not to be trusted: it ends where
 * what is in it ends.  */
int index_entry_by_key(struct span *left, bool is_view, struct index_entry *ret,
		       struct err *reterr);

/* The key of $R.  */
struct reparse_key {
	uint32_t tag;
	uint64_t ref;
};

int reparse_key_parse(struct span key, struct reparse_key *ret,
		      struct err *reterr);

#endif /* FORMAT_INDEX_H */
