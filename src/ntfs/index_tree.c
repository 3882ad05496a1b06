#include "ntfs/index_tree.h"

#include <stdlib.h>
#include <string.h>

#include "format/file_name.h"
#include "format/multi_sector.h"
#include "ntfs/findings.h"
#include "ntfs/own_name.h"
#include "ntfs/upcase.h"

/* An index of ten million names takes fewer blocks.  */
#define MAX_BLOCKS (1u << 20)

/* A tree with 20 keys in each node that deep has more names than fit a
 * volume.  */
#define MAX_DEPTH 32

#define MAX_NAME_BYTES (255 * 2)

#define ENTRY_ALIGNMENT 8

/* Entries whose records are read where a name is not found: two in each node on
 * the way, of which real trees have two or three.  */
#define MAX_NEAR 8
#define MAX_GUIDES 8

/* Blocks are read together in parts of this size, if they are in use.  */
#define READ_BYTES (64u << 10)

static void tree_finding(struct tree *t, const struct err *e,
			 struct source *s, uint64_t at, uint64_t n)
{
	/* $Quota has two indexes, and a root in each.  */
	uint64_t key = t->file.rec.number ^ at << 32 ^
		       (uint64_t)(uint8_t)t->name[1] << 56;
	struct diag *d;

	t->damaged = true;
	if (s != t->root_source && ntfs_is_unread(e)) {
		t->ntfs->block_failures++;
		if (ntfs_first_time(t->ntfs, &FINDING_NTFS_INDEX, key))
			ntfs_count_unread(t->ntfs, &t->ntfs->unread_blocks,
					  t->file.rec.number, e, s, at, n,
					  "index block");
		return;
	}
	d = ntfs_finding(t->ntfs, &FINDING_NTFS_INDEX, key, e,
			 "Index %s of MFT record %llu", t->name,
			 (unsigned long long)t->file.rec.number);
	if (d != NULL)
		source_cite(s, at, n, "index block", t->ntfs->arena, &d->cites);
}

static void root_finding(struct tree *t, const struct err *e)
{
	tree_finding(t, e, t->root_source, 0, t->root_source->size);
}

static bool is_power_of_two(unsigned x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

static int open_root(struct tree *t, struct err *reterr)
{
	struct ntfs *n = t->ntfs;
	struct err e;
	size_t size;
	int r = mft_file_read(&t->file, ATTRIBUTE_INDEX_ROOT, t->name,
			      n->info.record_size, &t->root_bytes, &size,
			      &t->root_source, reterr);

	if (r < 0)
		return r;
	t->block_bytes = n->info.index_size;
	if (index_root_parse((struct span){ t->root_bytes, size, 0 }, &t->root,
			     &e) < 0) {
		/* The blocks may be good all the same.  */
		root_finding(t, &e);
		t->root = (struct index_root){ .has_children = true };
		return 0;
	}
	if (is_power_of_two(t->root.block_bytes) &&
	    t->root.block_bytes >= MULTI_SECTOR_STRIDE &&
	    t->root.block_bytes <= READ_BYTES) {
		t->block_bytes = t->root.block_bytes;
		return 0;
	}
	err_set(&e, ERR_VALUE, 8, "index root: bytes in a block",
		t->block_bytes, t->root.block_bytes);
	root_finding(t, &e);
	return 0;
}

/* The blocks, and which of them are in use.  */
static void open_blocks(struct tree *t)
{
	struct err e;
	int r = mft_file_stream(&t->file, ATTRIBUTE_INDEX_ALLOCATION, t->name,
				&t->blocks, &e);

	if (r < 0) {
		if (t->root.has_children || r != ERR_NOT_FOUND)
			root_finding(t, &e);
		return;
	}
	t->n_blocks = t->blocks->size / t->block_bytes;
	if (t->n_blocks > MAX_BLOCKS) {
		err_set(&e, ERR_LIMIT, 0, "index: blocks", MAX_BLOCKS,
			t->n_blocks);
		root_finding(t, &e);
		t->n_blocks = MAX_BLOCKS;
	}
	if (mft_file_read(&t->file, ATTRIBUTE_BITMAP, t->name, MAX_BLOCKS / 8,
			  &t->bitmap, &t->bitmap_bytes, NULL, &e) < 0)
		root_finding(t, &e);
}

int index_tree_open(struct ntfs *n, ntfs_ref ref, const char *name,
		    bool is_view, struct tree *ret, struct err *reterr)
{
	struct tree t = { .ntfs = n, .name = name, .is_view = is_view };
	int r = mft_file_open(n, ref, &t.file, reterr);

	if (r < 0)
		return r;
	if (!mft_file_in_use(&t.file))
		r = err_set(reterr, ERR_NOT_FOUND, t.file.rec.block.at + 0x16,
			    "file: its record is not in use",
			    MFT_RECORD_IN_USE, t.file.rec.head.flags);
	if (r == 0)
		r = open_root(&t, reterr);
	if (r < 0) {
		index_tree_done(&t);
		return r;
	}
	t.vcn_bytes = n->info.cluster_size <= t.block_bytes ?
		      n->info.cluster_size : MULTI_SECTOR_STRIDE;
	open_blocks(&t);
	*ret = t;
	return 0;
}

void index_tree_done(struct tree *t)
{
	source_free(t->blocks);
	source_free(t->root_source);
	free(t->root_bytes);
	free(t->bitmap);
	mft_file_done(&t->file);
}

static bool in_use(const struct tree *t, uint64_t block)
{
	if (t->bitmap == NULL)
		return true;
	return block / 8 < t->bitmap_bytes &&
	       (t->bitmap[block / 8] >> (block % 8) & 1) != 0;
}

/* The block that VCN @vcn names, or n_blocks if none.  */
static uint64_t block_of_vcn(const struct tree *t, uint64_t vcn)
{
	unsigned per_block = t->block_bytes / t->vcn_bytes;

	if (vcn % per_block != 0 || vcn / per_block >= t->n_blocks)
		return t->n_blocks;
	return vcn / per_block;
}

/* Decode @b, block number @number, after its bytes were read.  */
static int decode_block(struct tree *t, struct block *b, uint64_t number,
			struct index_block *ret, struct err *reterr)
{
	struct err e;
	int r = 0;

	b->array = 0;
	if (memcmp(b->bytes, "INDX", 4) == 0)
		r = multi_sector_fix(b->bytes, b->n, b->at, &b->array, &e);
	if (r == ERR_CHECKSUM)
		tree_finding(t, &e, b->below, b->at, b->n);
	if (r < 0 && r != ERR_CHECKSUM) {
		if (reterr != NULL)
			*reterr = e;
		return r;
	}
	r = index_block_parse(record_block_span(b), ret, reterr);
	if (r == 0 && block_of_vcn(t, ret->vcn) != number)
		return err_set(reterr, ERR_VALUE, b->at + 16,
			       "index block: VCN",
			       number * t->block_bytes / t->vcn_bytes,
			       ret->vcn);
	return r;
}

void index_tree_cite(const struct tree *t, const struct tree_entry *e,
		     const char *structure, struct cites *c)
{
	struct span raw = e->entry.raw;

	if (e->block == NULL)
		source_cite(t->root_source, raw.at, raw.n, structure,
			    t->ntfs->arena, c);
	else
		record_block_cite(e->block, raw.at - e->block->at, raw.n,
				  structure, t->ntfs->arena, c);
}

void index_tree_entry_finding(struct tree *t, const struct tree_entry *e,
			      const struct err *err)
{
	if (e->block == NULL)
		root_finding(t, err);
	else
		tree_finding(t, err, e->block->below, e->block->at,
			     e->block->n);
}

/* A walk over all entries, which also notes the blocks that they lead to.  */
struct walk {
	struct tree *tree;
	tree_fn *fn;
	void *ctx;
	uint8_t *reached;	/* one bit a block; NULL: not noted */
};

static void note_child(struct walk *w, const struct tree_entry *e)
{
	struct tree *t = w->tree;
	uint64_t block = block_of_vcn(t, e->entry.child);
	uint8_t bit = (uint8_t)(1u << block % 8);
	struct err err;

	if (block < t->n_blocks && in_use(t, block) &&
	    (w->reached == NULL || !(w->reached[block / 8] & bit))) {
		if (w->reached != NULL)
			w->reached[block / 8] |= bit;
		return;
	}
	err_set(&err, ERR_VALUE, e->entry.raw.at, "index entry: sub-node",
		t->n_blocks, e->entry.child);
	index_tree_entry_finding(t, e, &err);
}

/* Whether @e, found behind a damaged entry, is one of this index: a name in
 * this directory, a key of $R, or of what the caller knows.  */
static bool is_plausible(const struct tree *t, const struct index_entry *e)
{
	uint64_t records = mft_count(t->ntfs);
	struct reparse_key reparse;
	struct file_name name;

	if (t->is_plausible != NULL)
		return t->is_plausible(e);
	if (t->is_view)
		return reparse_key_parse(e->key, &reparse, NULL) == 0 &&
		       reparse.tag != 0 && NTFS_RECORD(reparse.ref) != 0 &&
		       NTFS_RECORD(reparse.ref) < records;
	return file_name_parse(e->key, &name, NULL) == 0 && name.name.n > 0 &&
	       name.name.p + name.name.n == e->key.p + e->key.n &&
	       NTFS_RECORD(name.parent) == t->file.rec.number &&
	       NTFS_RECORD(e->ref) < records;
}

/* Go on behind damage: entries begin at multiples of 8.  The damaged entry
 * itself is taken too, if only its length is wrong.  False: no more.  */
static bool resynchronise(const struct tree *t, struct span *left,
			  struct index_entry *ret)
{
	while (left->n >= ENTRY_ALIGNMENT) {
		struct span rest = *left;

		if (index_entry_by_key(&rest, t->is_view, ret, NULL) > 0 &&
		    (ret->last ? rest.n == 0 : is_plausible(t, ret))) {
			*left = rest;
			return true;
		}
		span_sub(*left, ENTRY_ALIGNMENT, left->n - ENTRY_ALIGNMENT,
			 left);
	}
	return false;
}

static bool next_entry(struct tree *t, struct span *left, struct tree_entry *e)
{
	struct err err;

	if (index_entry_next(left, t->is_view, &e->entry, &err) > 0)
		return true;
	if (e->block == NULL)
		root_finding(t, &err);
	else
		tree_finding(t, &err, e->block->below, e->block->at,
			     e->block->n);
	return resynchronise(t, left, &e->entry);
}

static int order_error(const struct index_entry *e, struct err *reterr)
{
	return err_set(reterr, ERR_LOOP, e->key.at,
		       "index entry: the order of its name", 0, 0);
}

/* Whether @a can stand before @b: by their ASCII letters, and by all of them
 * where the $UpCase was read, as it was if one had to be compared.  */
static bool in_order(const struct tree *t, struct span a, struct span b)
{
	if (!own_name_in_order(a, b))
		return false;
	return t->ntfs->upcase == NULL || upcase_compare(t->ntfs, a, b) <= 0;
}

/* A name that was changed most often breaks the order of names.  *@before is
 * the one before @e in its node.  */
static void check_order(struct tree *t, const struct tree_entry *e,
			struct span *before)
{
	struct file_name key;
	struct err err;

	if (t->is_view || file_name_parse(e->entry.key, &key, NULL) < 0)
		return;
	if (before->p != NULL && !in_order(t, *before, key.name)) {
		order_error(&e->entry, &err);
		index_tree_entry_finding(t, e, &err);
	}
	*before = key.name;
}

static int walk_node(struct walk *w, const struct block *b,
		     struct span entries)
{
	struct tree *t = w->tree;
	struct tree_entry e = { .block = b };
	struct span before = { NULL, 0, 0 };

	while (next_entry(t, &entries, &e)) {
		int r;

		if (e.entry.has_child)
			note_child(w, &e);
		if (e.entry.last)
			return 0;
		check_order(t, &e, &before);
		r = w->fn(w->ctx, t, &e);
		if (r != 0)
			return r;
	}
	return 0;
}

static int walk_block(struct walk *w, uint8_t *bytes, uint64_t number)
{
	struct tree *t = w->tree;
	struct block b = { bytes, t->block_bytes, t->blocks,
			   number * t->block_bytes, 0 };
	struct index_block node;
	struct err e;

	if (decode_block(t, &b, number, &node, &e) < 0) {
		tree_finding(t, &e, b.below, b.at, b.n);
		return 0;
	}
	return walk_node(w, &b, node.entries);
}

/* Read @n blocks from @first on into @buf and walk them; those that cannot be
 * read together are read one by one.  */
static int walk_blocks(struct walk *w, uint8_t *buf, uint64_t first, uint64_t n)
{
	struct tree *t = w->tree;
	uint64_t at = first * t->block_bytes;
	bool together = source_read(t->blocks, at, buf, n * t->block_bytes,
				    NULL) == 0;

	for (uint64_t i = 0; i < n; i++) {
		uint8_t *bytes = buf + i * t->block_bytes;
		struct err e;
		int r;

		if (!together &&
		    source_read(t->blocks, at + i * t->block_bytes, bytes,
				t->block_bytes, &e) < 0) {
			tree_finding(t, &e, t->blocks,
				     at + i * t->block_bytes, t->block_bytes);
			continue;
		}
		r = walk_block(w, bytes, first + i);
		if (r != 0)
			return r;
	}
	return 0;
}

/* A block in use that no entry leads to, and the other way round, is damage
 * that the entries themselves do not show.  */
static void check_reached(struct walk *w)
{
	struct tree *t = w->tree;

	for (uint64_t i = 0; i < t->n_blocks && w->reached != NULL; i++) {
		struct err e = { 0 };

		if (!in_use(t, i) || w->reached[i / 8] >> (i % 8) & 1)
			continue;
		err_set(&e, ERR_VALUE, i * t->block_bytes,
			"index block: in use, but not in the tree", 1, 0);
		tree_finding(t, &e, t->blocks, i * t->block_bytes,
			     t->block_bytes);
	}
}

static int walk_all_blocks(struct walk *w)
{
	struct tree *t = w->tree;
	uint64_t most = READ_BYTES / t->block_bytes;
	uint8_t *buf = arena_malloc(t->ntfs->arena, READ_BYTES);
	int r = 0;

	if (buf == NULL)
		return ERR_NOMEM;
	for (uint64_t i = 0, n; i < t->n_blocks && r == 0; i += n) {
		for (n = 0; n < most && i + n < t->n_blocks; n++)
			if (!in_use(t, i + n))
				break;
		r = n > 0 ? walk_blocks(w, buf, i, n) : 0;
		if (n == 0)
			n = 1;
	}
	free(buf);
	return r;
}

int index_tree_each(struct tree *t, tree_fn *fn, void *ctx)
{
	struct walk w = { t, fn, ctx, NULL };
	int r = 0;

	w.reached = arena_calloc(t->ntfs->arena, 1,
				 (size_t)(t->n_blocks / 8 + 1));
	if (t->root.entries.p != NULL)
		r = walk_node(&w, NULL, t->root.entries);
	if (r == 0 && t->blocks != NULL)
		r = walk_all_blocks(&w);
	if (r == 0)
		check_reached(&w);
	free(w.reached);
	return r;
}

/* A copy of a name, since the node that it is in gives way to the next.  */
struct name_copy {
	bool is_set;
	size_t bytes;
	uint8_t utf16[MAX_NAME_BYTES];
};

/* An entry whose name is nearly the one that is looked for.  */
struct near {
	ntfs_ref ref;
	struct source *source;	/* where it lies */
	uint64_t at, n;
};

/* What a look-up has found so far.  */
struct search {
	struct span name;
	enum index_pick pick;
	bool exact, folded;	/* found in this case; in another */
	ntfs_ref ref;
	struct name_copy found;
	/* Between these lie the names of the node that is looked through.  */
	struct name_copy low, high;
	struct near near[MAX_NEAR];
	size_t n_near;
	/* The names that the way through the tree was chosen by.  */
	struct guide {
		ntfs_ref ref;
		struct name_copy name;
	} guides[MAX_GUIDES];
	size_t n_guides;
};

static void copy_name(struct name_copy *c, struct span name)
{
	c->is_set = name.p != NULL;
	c->bytes = name.n < sizeof(c->utf16) ? name.n : sizeof(c->utf16);
	if (c->is_set)
		memmove(c->utf16, name.p, c->bytes);
}

static struct span copied_name(const struct name_copy *c)
{
	return (struct span){ c->is_set ? c->utf16 : NULL, c->bytes, 0 };
}

static void take(struct search *s, ntfs_ref ref, struct span name)
{
	s->ref = ref;
	copy_name(&s->found, name);
}

static void note_guide(struct search *s, ntfs_ref ref, struct span name)
{
	struct guide *g = &s->guides[s->n_guides];

	if (name.p == NULL || s->n_guides == MAX_GUIDES)
		return;
	g->ref = ref;
	copy_name(&g->name, name);
	s->n_guides++;
}

static void note_near(struct tree *t, struct search *s,
		      const struct index_entry *e, bool in_root)
{
	if (s->n_near == MAX_NEAR)
		return;
	for (size_t i = 0; i < s->n_near; i++)
		if (s->near[i].ref == e->ref)
			return;
	s->near[s->n_near++] = (struct near){
		e->ref, in_root ? t->root_source : t->blocks, e->raw.at,
		e->raw.n,
	};
}

/* Decode the name of @e, which must be one.  */
static int entry_name(const struct index_entry *e, struct file_name *ret,
		      struct err *reterr)
{
	int r = file_name_parse(e->key, ret, reterr);

	return r < 0 ? r : file_name_check(e->key, ret, reterr);
}

/* Compare the name that is looked for with that of an entry of @ref; note it if
 * it is the one.  */
static int search_compare(struct tree *t, struct search *s, ntfs_ref ref,
			  struct span name)
{
	int order = upcase_compare(t->ntfs, s->name, name);

	if (order != 0)
		return order;
	order = utf16_compare(s->name, name);
	if (s->pick != INDEX_EXACT)	/* as if it stood before or behind */
		order = s->pick == INDEX_FIRST ? -1 : 1;
	if (order == 0 || !s->folded || s->pick != INDEX_EXACT)
		take(s, ref, name);
	s->folded = true;
	if (order == 0)
		s->exact = true;
	return order;
}

enum step { STEP_DONE, STEP_DOWN };

/* A node while it is looked through.  */
struct node_search {
	struct tree *tree;
	struct search *search;
	bool in_root;
	struct span before;	/* the name before */
	ntfs_ref before_ref;
	struct index_entry last;	/* its entry, if it is nearly the one */
};

/* The place of the wanted name is before @e: what is next to it may be it, with
 * a bit changed.  */
static void note_neighbours(struct node_search *ns, const struct index_entry *e,
			    struct span name)
{
	struct search *s = ns->search;

	if (ns->last.key.p != NULL)
		note_near(ns->tree, s, &ns->last, ns->in_root);
	if (!e->last && own_name_resembles(s->name, name))
		note_near(ns->tree, s, e, ns->in_root);
}

/* The name of @e, which must lie behind the one before it, and before that of
 * the entry that led here.  */
static int next_name(struct node_search *ns, const struct index_entry *e,
		     struct span *ret, struct err *reterr)
{
	struct file_name key = { 0 };
	int r = 0;

	if (e->last)
		key.name = copied_name(&ns->search->high);
	else
		r = entry_name(e, &key, reterr);
	if (r < 0)
		return r;
	if (ns->before.p != NULL && key.name.p != NULL &&
	    !in_order(ns->tree, ns->before, key.name))
		return order_error(e, reterr);
	*ret = key.name;
	return 0;
}

/* The name of @e, or the one before it, is none, or not in order.  */
static void note_broken(struct node_search *ns, const struct index_entry *e)
{
	if (!e->last)
		note_near(ns->tree, ns->search, e, ns->in_root);
	if (ns->last.key.p != NULL)
		note_near(ns->tree, ns->search, &ns->last, ns->in_root);
}

/* Go on in the child of @e, whose @name bounds those in there.  */
static void step_down(struct node_search *ns, const struct index_entry *e,
		      struct span name)
{
	struct search *s = ns->search;

	if (ns->before_ref != 0)
		note_guide(s, ns->before_ref, ns->before);
	if (!e->last)
		note_guide(s, e->ref, name);
	copy_name(&s->low, ns->before);
	copy_name(&s->high, name);
}

/* A name that became greater stands before lesser ones, and hides them.  */
static int check_rest(struct node_search ns, struct span entries,
		      struct span name, struct err *reterr)
{
	struct index_entry e;
	int r;

	while ((r = index_entry_next(&entries, false, &e, reterr)) > 0) {
		ns.before = name;
		r = next_name(&ns, &e, &name, reterr);
		if (r < 0) {
			note_broken(&ns, &e);
			return r;
		}
		if (e.last)
			return 0;
	}
	return r;
}

/* Look through one node.  STEP_DOWN: go on in *@ret_child.  All names that
 * differ from the wanted one in case only stand side by side, so the last one
 * before and the first one behind its place are met on the way.  */
static int search_node(struct tree *t, struct search *s, struct span entries,
		       bool in_root, uint64_t *ret_child, struct err *reterr)
{
	struct node_search ns = {
		t, s, in_root, copied_name(&s->low), 0, { 0 },
	};
	struct index_entry e;
	int r;

	while ((r = index_entry_next(&entries, false, &e, reterr)) > 0) {
		struct span name;

		r = next_name(&ns, &e, &name, reterr);
		if (r < 0) {
			note_broken(&ns, &e);
			return r;
		}
		if (!e.last && search_compare(t, s, e.ref, name) > 0) {
			ns.last = own_name_resembles(s->name, name) ?
				  e : (struct index_entry){ 0 };
			ns.before = name;
			ns.before_ref = e.ref;
			continue;
		}
		if (s->exact)
			return STEP_DONE;
		note_neighbours(&ns, &e, name);
		r = e.last ? 0 : check_rest(ns, entries, name, reterr);
		if (r < 0)
			return r;
		if (!e.has_child)
			return STEP_DONE;
		step_down(&ns, &e, name);
		*ret_child = e.child;
		return STEP_DOWN;
	}
	return r;
}

static int read_block(struct tree *t, uint64_t vcn, struct block *b,
		      struct index_block *ret, struct err *reterr)
{
	uint64_t number = block_of_vcn(t, vcn);
	int r;

	if (t->blocks == NULL || number >= t->n_blocks)
		return err_set(reterr, ERR_VALUE, 0, "index entry: sub-node",
			       t->n_blocks, vcn);
	b->n = t->block_bytes;
	b->below = t->blocks;
	b->at = number * t->block_bytes;
	r = source_read(b->below, b->at, b->bytes, b->n, reterr);
	return r < 0 ? r : decode_block(t, b, number, ret, reterr);
}

/* Follow the tree from the root down; negative if it is damaged.  */
static int descend(struct tree *t, struct search *s, struct err *reterr)
{
	struct block b = {
		.bytes = arena_malloc(t->ntfs->arena, t->block_bytes),
	};
	struct index_block node;
	uint64_t vcn = 0;
	int r;

	if (b.bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "index block", 0, 0);
	r = search_node(t, s, t->root.entries, true, &vcn, reterr);
	for (int depth = 0; r == STEP_DOWN; depth++) {
		r = depth < MAX_DEPTH ?
		    read_block(t, vcn, &b, &node, reterr) :
		    err_set(reterr, ERR_LIMIT, b.at, "index: depth", MAX_DEPTH,
			    MAX_DEPTH);
		if (r == 0)
			r = search_node(t, s, node.entries, false, &vcn,
					reterr);
	}
	free(b.bytes);
	return r;
}

static int search_entry(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct search *s = ctx;
	struct file_name key;
	struct err err;

	if (entry_name(&e->entry, &key, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		note_near(t, s, &e->entry, e->block == NULL);
		return 0;
	}
	if (search_compare(t, s, e->entry.ref, key.name) != 0 &&
	    own_name_resembles(s->name, key.name))
		note_near(t, s, &e->entry, e->block == NULL);
	return s->exact || (s->pick == INDEX_FIRST && s->folded) ? 1 : 0;
}

static void misnamed_finding(struct tree *t, const struct near *near,
			     const struct own_name *own)
{
	struct span name = { own->utf16, own->bytes, 0 };
	struct text text = text_from_utf16(t->ntfs->arena, name);
	struct diag *d;

	if (!ntfs_first_time(t->ntfs, &FINDING_NTFS_NAME, near->ref))
		return;
	d = diag_add(t->ntfs->diags, &FINDING_NTFS_NAME,
		     "MFT record %llu calls itself %s, but the directory in "
		     "MFT record %llu lists it under another name; it is taken "
		     "for %s.", (unsigned long long)NTFS_RECORD(near->ref),
		     text.utf8, (unsigned long long)t->file.rec.number,
		     text.utf8);
	if (d == NULL)
		return;
	cites_join(t->ntfs->arena, &d->cites, &own->cites);
	source_cite(near->source, near->at, near->n, "index entry",
		    t->ntfs->arena, &d->cites);
}

/* The name is not there: it may be one of those beside its place, whose files'
 * own records tell.  */
static void search_near(struct tree *t, struct search *s)
{
	struct own_name own;

	for (size_t i = 0; i < s->n_near && !s->folded; i++) {
		const struct near *near = &s->near[i];

		if (!own_name_find(t->ntfs, near->ref, t->file.ref, s->name,
				   &own))
			continue;
		misnamed_finding(t, near, &own);
		take(s, near->ref, (struct span){ own.utf16, own.bytes, 0 });
		s->folded = true;
	}
}

/* Whether all names on the way are those of their files: else it may have led
 * past the place of the one that was not found.  */
static int check_guides(struct tree *t, struct search *s, struct err *reterr)
{
	const struct span any = { 0 };
	struct own_name own;

	for (size_t i = 0; i < s->n_guides; i++) {
		const struct guide *g = &s->guides[i];

		if (own_name_find(t->ntfs, g->ref, t->file.ref,
				  copied_name(&g->name), &own) ||
		    !own_name_find(t->ntfs, g->ref, t->file.ref, any, &own))
			continue;
		return err_set(reterr, ERR_VALUE, NTFS_RECORD(g->ref),
			       "record of an index entry: its name, in units",
			       g->name.bytes / 2, own.bytes / 2);
	}
	return 0;
}

static int search(struct tree *t, struct search *s, struct err *reterr)
{
	struct err e;
	int r = descend(t, s, &e);

	if (r >= 0 && !s->folded)
		r = check_guides(t, s, &e);

	if (r < 0 && r != ERR_NOMEM) {
		t->damaged = true;
		ntfs_finding(t->ntfs, &FINDING_NTFS_INDEX_SCAN, t->file.ref,
			     &e, "The tree of index %s of MFT record %llu is "
			     "damaged, all its entries are searched", t->name,
			     (unsigned long long)t->file.rec.number);
		r = index_tree_each(t, search_entry, s);
	}
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "index block", 0, 0);
	search_near(t, s);
	if (!s->folded)
		return err_set(reterr, ERR_NOT_FOUND, t->file.rec.block.at,
			       "file name", 0, 0);
	return 0;
}

int index_tree_find(struct tree *t, struct span name, ntfs_ref *ret,
		    struct err *reterr)
{
	struct search s = { .name = name };
	int r = search(t, &s, reterr);

	if (r == 0)
		*ret = s.ref;
	return r;
}

int index_tree_pick(struct tree *t, struct span name, enum index_pick pick,
		    ntfs_ref *ret, struct text *ret_name, struct err *reterr)
{
	struct search s = { .name = name, .pick = pick };
	int r = search(t, &s, reterr);

	if (r < 0)
		return r;
	*ret = s.ref;
	*ret_name = text_from_utf16(t->ntfs->arena, copied_name(&s.found));
	return 0;
}
