#include "disk/refs_label.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/checked.h"
#include "disk/findings.h"
#include "format/refs_tree.h"

/* Pages that are read for one label.  A search takes two nodes of a level at
 * most, trees of ReFS have up to four levels, and each page may lead to a
 * search for its container.  */
#define MAX_PAGES 256

/* Nodes that wait in one search: two of each level.  */
#define MAX_WAITING 16

/* How many bytes a finding cites.  */
#define CITE_BYTES 512

/* A node in memory; byte i of it is number i of its spans.  */
struct page {
	uint8_t *buf;
	uint64_t at[REFS_PAGE_BLOCKS];	/* where in the volume its blocks lie */
};

struct reader {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	struct refs_layout l;
	struct refs_checkpoint c;
	struct page node, map;	/* `map' of the tree of containers */
	unsigned pages;
	bool has_container;	/* the last one that was looked up */
	uint64_t container, container_block;
};

static void tell(struct reader *r, const struct diag_kind *kind,
		 const char *what, const struct err *e)
{
	char text[200];
	struct diag *d = diag_add(r->diags, kind, "%s%s.", what,
				  err_text(e, text, sizeof(text)));
	uint64_t at = e->at - e->at % CITE_BYTES;

	if (r->volume->size < CITE_BYTES ||
	    at > r->volume->size - CITE_BYTES)
		at = 0;
	if (d != NULL)
		source_cite(r->volume, at, CITE_BYTES,
			    at == 0 ? "boot sector" : "ReFS metadata",
			    r->arena, &d->cites);
}

/* @e tells a byte of @p: make it one of the volume.  */
static int in_volume(const struct reader *r, const struct page *p, int code,
		     struct err *e)
{
	uint64_t block = e->at / r->l.block_bytes;

	if (code < 0)
		e->at = block < r->l.page_blocks ?
			p->at[block] + e->at % r->l.block_bytes : p->at[0];
	return code;
}

static int place_of(const struct reader *r, uint64_t block, uint64_t *ret,
		    struct err *e)
{
	if (!checked_mul(block, r->l.block_bytes, ret))
		return err_set(e, ERR_VALUE, 0, "ReFS block number",
			       r->volume->size / r->l.block_bytes, block);
	return 0;
}

/* The value of the row with @want in its key, in the tree below @root; it lies
 * in @p.  */
static int find(struct reader *r, struct page *p, const struct refs_ref *root,
		enum refs_key k, uint64_t want, struct span *ret,
		struct err *e);

/* The same in the tree with the number @tree.  */
static int find_in(struct reader *r, struct page *p, enum refs_tree tree,
		   enum refs_key k, uint64_t want, struct span *ret,
		   struct err *e)
{
	if ((unsigned)tree >= r->c.n)
		return err_set(e, ERR_NOT_FOUND, 0, "ReFS root", tree, r->c.n);
	return find(r, p, &r->c.roots[tree], k, want, ret, e);
}

/* Where container @id begins, by the tree with the number @tree.  */
static int find_container(struct reader *r, enum refs_tree tree, uint64_t id,
			  struct err *e)
{
	struct span value;
	int code = find_in(r, &r->map, tree, REFS_KEY_CONTAINER, id, &value, e);

	if (code < 0)
		return code;
	code = in_volume(r, &r->map,
			 refs_container_parse(value, id, &r->l,
					      &r->container_block, e), e);
	if (code < 0)
		return code;
	r->container = id;
	r->has_container = true;
	return 0;
}

/* Where in the volume block @block of a tree lies.  */
static int locate(struct reader *r, uint64_t block, uint64_t *ret,
		  struct err *e)
{
	const uint64_t size = UINT64_C(1) << r->l.container_shift;
	const uint64_t id = block >> (r->l.container_shift + 1);
	struct err first;

	if (r->l.major == 1 || id < 2)
		return place_of(r, block, ret, e);
	if ((block & size) != 0)
		return err_set(e, ERR_VALUE, 0, "ReFS block in a container",
			       size - 1, block & (2 * size - 1));
	if (!r->has_container || r->container != id) {
		int code = find_container(r, REFS_CONTAINERS, id, &first);

		if (code < 0 && find_container(r, REFS_CONTAINERS_COPY, id,
					       e) < 0) {
			*e = first;
			return code;
		}
		if (code < 0)
			tell(r, &FINDING_REFS_COPY,
			     "A copy of the container table is read: ",
			     &first);
	}
	if (!checked_add(r->container_block, block & (size - 1), &block))
		return err_set(e, ERR_VALUE, 0, "ReFS container",
			       UINT64_MAX, r->container_block);
	return place_of(r, block, ret, e);
}

static int read_page(struct reader *r, struct page *p,
		     const struct refs_ref *ref, struct refs_node *ret,
		     struct err *e)
{
	struct span s = { p->buf,
			  (size_t)r->l.block_bytes * r->l.page_blocks, 0 };

	if (r->pages++ == MAX_PAGES)
		return err_set(e, ERR_LIMIT, 0, "ReFS pages", MAX_PAGES,
			       MAX_PAGES);
	for (unsigned i = 0; i < r->l.page_blocks; i++) {
		int code = p == &r->map ?
			place_of(r, ref->blocks[i], &p->at[i], e) :
			locate(r, ref->blocks[i], &p->at[i], e);

		if (code == 0)
			code = source_read(r->volume, p->at[i], p->buf +
					   (size_t)i * r->l.block_bytes,
					   r->l.block_bytes, e);
		if (code < 0)
			return code;
	}
	if (refs_page_check(s, ref, e) < 0 ||
	    refs_node_parse(s, &r->l, ret, e) < 0)
		return in_volume(r, p, e->code, e);
	return 0;
}

/* Ends: MAX_PAGES.  */
static int find(struct reader *r, struct page *p, const struct refs_ref *root,
		enum refs_key k, uint64_t want, struct span *ret, struct err *e)
{
	struct refs_ref waiting[MAX_WAITING] = { *root }, below[2];
	struct refs_node node;
	unsigned n = 1;

	while (n > 0) {
		int found, code = read_page(r, p, &waiting[--n], &node, e);

		if (code < 0)
			return code;
		if (!node.branch) {
			code = refs_leaf_find(&node, k, want, ret, e);
			if (code != ERR_NOT_FOUND)
				return in_volume(r, p, code, e);
			continue;
		}
		found = refs_branch_find(&node, k, want, &r->l, below, e);
		if (found < 0)
			return in_volume(r, p, found, e);
		if (n + 2 > MAX_WAITING)
			return err_set(e, ERR_LIMIT, p->at[0],
				       "ReFS nodes in a search", MAX_WAITING,
				       n + 2);
		while (found > 0)
			waiting[n++] = below[--found];
	}
	return err_set(e, ERR_NOT_FOUND, 0, "ReFS row", want, 0);
}

/* The bytes of the label in object @id, by the tree of objects @tree; of none,
 * *@ret has no bytes.  */
static int find_label(struct reader *r, enum refs_tree tree, uint64_t id,
		      struct span *ret, struct err *e)
{
	struct refs_ref root;
	struct span value;
	int code = find_in(r, &r->node, tree, REFS_KEY_OBJECT, id, &value, e);

	if (code < 0)
		return code;
	code = in_volume(r, &r->node,
			 refs_object_parse(value, &r->l, &root, e), e);
	if (code < 0)
		return code;
	code = find(r, &r->node, &root, REFS_KEY_RECORD, REFS_RECORD_LABEL,
		    &value, e);
	if (code == ERR_NOT_FOUND) {
		*ret = (struct span){ 0 };
		return 0;
	}
	if (code < 0)
		return code;
	return in_volume(r, &r->node, refs_label_parse(value, ret, e), e);
}

/* Of what the volume has twice, the copy is read where the first cannot be. */
static int find_any_label(struct reader *r, struct span *ret, struct err *e)
{
	static const struct {
		enum refs_tree tree;
		uint64_t id;
	} places[] = {
		{ REFS_OBJECTS, REFS_VOLUME_INFO },
		{ REFS_OBJECTS_COPY, REFS_VOLUME_INFO },
		{ REFS_OBJECTS, REFS_VOLUME_INFO_COPY },
		{ REFS_OBJECTS_COPY, REFS_VOLUME_INFO_COPY },
	};
	struct err first = { 0 };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct err other;
		int code = find_label(r, places[i].tree, places[i].id, ret,
				      i == 0 ? &first : &other);

		if (code == 0 && i > 0)
			tell(r, &FINDING_REFS_COPY, "The label is read from "
			     "a copy of the volume's information: ", &first);
		if (code == 0)
			return 0;
	}
	*e = first;
	return first.code;
}

static int read_block(struct reader *r, uint64_t block, struct span *ret,
		      struct err *e)
{
	uint64_t at = 0;
	int code = place_of(r, block, &at, e);

	if (code == 0)
		code = source_read(r->volume, at, r->node.buf,
				   r->l.block_bytes, e);
	if (code == 0)
		*ret = (struct span){ r->node.buf, r->l.block_bytes, at };
	return code;
}

/* The superblock with the highest generation: two copies lie near the end of a
 * volume of version 3.  */
static int read_superblock(struct reader *r, const struct refs_boot *b,
			   struct refs_superblock *ret, struct err *e)
{
	const uint64_t n = b->total_sectors * b->bytes_per_sector /
			   r->l.block_bytes;
	const uint64_t places[] = { REFS_SUPERBLOCK, n - 2, n - 3 };
	struct err first = { 0 }, other;
	bool has = false;

	for (unsigned i = 0; i < (b->major == 1 || n < 3 ? 1 : 3); i++) {
		struct refs_superblock found;
		struct err *at = i == 0 ? &first : &other;
		struct span s;

		if (read_block(r, places[i], &s, at) < 0 ||
		    refs_superblock_parse(s, &r->l, places[i], &found, at) < 0)
			continue;
		if (!has || found.generation > ret->generation)
			*ret = found;
		has = true;
	}
	if (has && first.code != 0)
		tell(r, &FINDING_REFS_COPY,
		     "A copy of the superblock is read: ", &first);
	*e = first;
	return has ? 0 : first.code;
}

static int read_checkpoint(struct reader *r, const struct refs_superblock *b,
			   struct err *e)
{
	struct err bad = { 0 };
	unsigned n = 0;

	for (unsigned i = 0; i < REFS_CHECKPOINTS; i++) {
		struct refs_checkpoint found;
		struct span s;

		if (read_block(r, b->checkpoints[i], &s, &bad) < 0 ||
		    refs_checkpoint_parse(s, &r->l, b->checkpoints[i], &found,
					  &bad) < 0)
			continue;
		if (n > 0 && found.clock == r->c.clock)
			return err_set(e, ERR_VALUE, s.at,
				       "ReFS checkpoints: both clocks",
				       found.clock + 1, found.clock);
		if (n == 0 || found.clock > r->c.clock)
			r->c = found;
		n++;
	}
	if (n == 1)
		tell(r, &FINDING_REFS_COPY,
		     "Only one of two checkpoints can be used: ", &bad);
	*e = bad;
	return n > 0 ? 0 : bad.code;
}

static int read_label(struct reader *r, const struct refs_boot *b,
		      struct span *ret, struct err *e)
{
	struct refs_superblock s = { 0 };
	int code = read_superblock(r, b, &s, e);

	if (code == 0)
		code = read_checkpoint(r, &s, e);
	if (code == 0)
		code = find_any_label(r, ret, e);
	return code;
}

struct text refs_label_read(struct source *volume, const struct refs_boot *b,
			    struct arena *a, struct diag_list *d,
			    uint64_t *ret_at, uint64_t *ret_n)
{
	struct reader r = { .volume = volume, .arena = a, .diags = d };
	struct text text = { 0 };
	struct span label = { 0 };
	struct err e = { .code = ERR_UNSUPPORTED, .what = "ReFS version",
			 .want = 3, .got = b->major };
	int code = ERR_UNSUPPORTED;

	if (refs_layout_of(b, &r.l)) {
		size_t n = (size_t)r.l.block_bytes * r.l.page_blocks;

		e = (struct err){ .code = ERR_NOMEM, .what = "ReFS pages" };
		r.node.buf = arena_malloc(a, n);
		r.map.buf = arena_malloc(a, n);
		if (r.node.buf != NULL && r.map.buf != NULL)
			code = read_label(&r, b, &label, &e);
	}
	if (code < 0)
		tell(&r, &FINDING_VOLUME_LABEL, "The metadata with the label "
		     "is damaged, or its layout is not known: ",
		     &e);
	else if (label.n > 0) {
		uint64_t in = label.at % r.l.block_bytes;

		text = text_from_utf16(a, label);
		*ret_at = r.node.at[label.at / r.l.block_bytes] + in;
		*ret_n = label.n < r.l.block_bytes - in ? label.n :
			 r.l.block_bytes - in;
	}
	free(r.node.buf);
	free(r.map.buf);
	return text;
}
