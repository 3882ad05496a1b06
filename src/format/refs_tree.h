/*
 * refs_tree.h - pages of ReFS: superblock, checkpoint and nodes of its trees
 *
 * Whoever refers to a page has a checksum of it, but for superblock and
 * checkpoint, which have one of themselves.
 */
#ifndef FORMAT_REFS_TREE_H
#define FORMAT_REFS_TREE_H

#include "format/refs.h"

/* A page is of this many blocks at most, each of which may lie elsewhere. */
#define REFS_PAGE_BLOCKS 4

/* Where the superblock lies, in blocks.  */
#define REFS_SUPERBLOCK 0x1e

/* How the volume counts.  */
struct refs_layout {
	unsigned major;			/* 1 or 3 */
	uint32_t block_bytes;		/* what is counted: clusters in version
					 * 3 */
	unsigned page_blocks;		/* of a node */
	unsigned container_shift;	/* version 3: a container has 1 << this
					 * blocks */
};

/* False if volumes of this version, or with such clusters, are not read.  */
bool refs_layout_of(const struct refs_boot *b, struct refs_layout *ret);

struct refs_ref {
	uint64_t blocks[REFS_PAGE_BLOCKS];
	unsigned sum_type;
	uint64_t sum;
};

int refs_ref_parse(struct span s, const struct refs_layout *l,
		   struct refs_ref *ret, struct err *reterr);

/* Whether @page, all its blocks, is what @ref was made of.  */
int refs_page_check(struct span page, const struct refs_ref *ref,
		    struct err *reterr);

#define REFS_CHECKPOINTS 2

struct refs_superblock {
	uint64_t generation;
	uint64_t checkpoints[REFS_CHECKPOINTS];	/* blocks */
};

/* @s is block @block, and checked against its own checksum.  */
int refs_superblock_parse(struct span s, const struct refs_layout *l,
			  uint64_t block, struct refs_superblock *ret,
			  struct err *reterr);

/* Trees that have a copy: index of the tree, and of its copy.  */
enum refs_tree {
	REFS_OBJECTS = 0, REFS_OBJECTS_COPY = 5,
	REFS_CONTAINERS = 7, REFS_CONTAINERS_COPY = 8,
};
#define REFS_ROOTS 9

struct refs_checkpoint {
	uint64_t clock;			/* the higher one is in force */
	unsigned n;			/* roots that there are */
	struct refs_ref roots[REFS_ROOTS];
};

int refs_checkpoint_parse(struct span s, const struct refs_layout *l,
			  uint64_t block, struct refs_checkpoint *ret,
			  struct err *reterr);

/* What rows are found by: the number in their key.  */
enum refs_key {
	REFS_KEY_CONTAINER,	/* 64 bits, at 0 */
	REFS_KEY_OBJECT,	/* 64 bits, at 8 */
	REFS_KEY_RECORD,	/* 16 bits, at 0 */
};

struct refs_node {
	struct span body;	/* from the node's header on */
	bool branch;
	uint32_t first, n;	/* offset and number of row offsets */
	unsigned major;
};

int refs_node_parse(struct span page, const struct refs_layout *l,
		    struct refs_node *ret, struct err *reterr);

/* The value of the only row of leaf @node that has @want in its key.
 * ERR_NOT_FOUND: there is none.  */
int refs_leaf_find(const struct refs_node *node, enum refs_key k, uint64_t want,
		   struct span *ret, struct err *reterr);

/* The nodes below branch @node under which that row can be, likelier first:
 * whether a key is the last one of its node, or the first, is not relied on.
 * Returns their number, 0 if the node has no rows.  */
int refs_branch_find(const struct refs_node *node, enum refs_key k,
		     uint64_t want, const struct refs_layout *l,
		     struct refs_ref ret[2], struct err *reterr);

#define REFS_VOLUME_INFO 0x500		/* objects */
#define REFS_VOLUME_INFO_COPY 0x501	/* of version 3 only */
#define REFS_RECORD_LABEL 0x510

/* The root of the tree that the row with @value of the tree of objects has. */
int refs_object_parse(struct span value, const struct refs_layout *l,
		      struct refs_ref *ret, struct err *reterr);

/* The block at which container @id begins.  */
int refs_container_parse(struct span value, uint64_t id,
			 const struct refs_layout *l, uint64_t *ret,
			 struct err *reterr);

/* UTF-16LE, up to a NUL if there is one.  */
int refs_label_parse(struct span value, struct span *ret, struct err *reterr);

#endif /* FORMAT_REFS_TREE_H */
