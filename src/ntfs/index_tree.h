/*
 * index_tree.h - an index of a file: of names, or a view
 */
#ifndef NTFS_INDEX_TREE_H
#define NTFS_INDEX_TREE_H

#include "format/index.h"
#include "ntfs/mft_file.h"

struct tree {
	struct ntfs *ntfs;
	struct mft_file file;
	const char *name;	/* "$I30" */
	bool is_view;
	uint8_t *root_bytes;
	struct source *root_source;
	struct index_root root;
	struct source *blocks;	/* NULL: all is in the root */
	uint8_t *bitmap;	/* NULL: all blocks are taken as in use */
	size_t bitmap_bytes;
	unsigned block_bytes, vcn_bytes;
	uint64_t n_blocks;
	bool damaged;		/* an entry or block was not usable */
	/* Whether what is found behind a damaged entry is one of this view;
	 * NULL: of $R.  */
	bool (*is_plausible)(const struct index_entry *e);
};

/* Open the index @name of @ref, which is in use.  ERR_NOT_FOUND: there is no
 * such file, or it has no such index.  */
int index_tree_open(struct ntfs *n, ntfs_ref ref, const char *name,
		    bool is_view, struct tree *ret, struct err *reterr);
void index_tree_done(struct tree *t);

struct tree_entry {
	struct index_entry entry;
	const struct block *block;	/* NULL: in the root */
};

typedef int tree_fn(void *ctx, struct tree *t, const struct tree_entry *e);

/* Call @fn for each key in the root and in the blocks in use, in the order in
 * which they lie on disk.  Damage is a finding, and leaves t->damaged set.
 * Returns what @fn returned, if not 0.  */
int index_tree_each(struct tree *t, tree_fn *fn, void *ctx);

/* Look @name up in an index of names, by the tree or, where it is damaged,
 * among all entries.  */
int index_tree_find(struct tree *t, struct span name, ntfs_ref *ret,
		    struct err *reterr);

/* Which of the names that differ from the wanted one in case only.  */
enum index_pick {
	INDEX_EXACT,		/* the one that does not, if there is one */
	INDEX_FIRST, INDEX_LAST,	/* in the order of the index */
};

/* The same, with a choice, and the name as it is stored.  */
int index_tree_pick(struct tree *t, struct span name, enum index_pick pick,
		    ntfs_ref *ret, struct text *ret_name, struct err *reterr);

void index_tree_cite(const struct tree *t, const struct tree_entry *e,
		     const char *structure, struct cites *c);

/* What is wrong with the key or data of @e.  */
void index_tree_entry_finding(struct tree *t, const struct tree_entry *e,
			      const struct err *err);

#endif /* NTFS_INDEX_TREE_H */
