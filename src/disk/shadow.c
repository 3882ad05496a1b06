/*
 * shadow.c - which shadow copies a volume has, and which it keeps
 */
#include "disk/shadow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"

/* Windows makes a catalogue of four.  For the 512 copies that a volume may have
 * nine would do.  */
#define MAX_CATALOG_BLOCKS 64

/* Copies of a volume, and stores on it: Windows' own limit.  */
#define MAX_COPIES 512

/* Of the names behind a store's header: each may be twice as long as any that
 * a machine can have in a domain.  */
#define MAX_INFO_BYTES 2048

struct reader {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	struct shadow_catalog *c;
	bool cut;		/* that there are too many has been said */
	struct err *err;
};

static void complain(struct reader *r, const struct diag_kind *kind,
		     uint64_t at, uint64_t n, const char *what,
		     const struct err *e)
{
	char text[256];
	struct diag *d = diag_add(r->diags, kind, "%s: %s.", what,
				  err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(r->volume, at, n, "shadow copy metadata", r->arena,
			    &d->cites);
}

static int no_memory(struct reader *r)
{
	return err_set(r->err, ERR_NOMEM, 0, "shadow copies", 0, 0);
}

static void too_many(struct reader *r, uint64_t at)
{
	struct err e = { ERR_LIMIT, at, "entries", MAX_COPIES, MAX_COPIES + 1 };

	if (!r->cut)
		complain(r, &FINDING_SHADOW_CATALOG, at, VSS_ENTRY_BYTES,
			 "not all shadow copies are listed", &e);
	r->cut = true;
}

static void twice(struct reader *r, uint64_t at)
{
	struct err e = { ERR_VALUE, at, "GUID of a store, given twice", 0, 0 };

	complain(r, &FINDING_SHADOW_CATALOG, at, VSS_ENTRY_BYTES,
		 "an entry for a shadow copy is left out", &e);
}

static bool has_copy(const struct shadow_catalog *c, const struct guid *store)
{
	for (size_t i = 0; i < c->n_copies; i++)
		if (guid_equal(&c->copies[i].entry.store, store))
			return true;
	return false;
}

const struct shadow_store *shadow_find_store(const struct shadow_catalog *c,
					     const struct guid *id)
{
	for (size_t i = 0; i < c->n_stores; i++)
		if (guid_equal(&c->stores[i].entry.store, id))
			return &c->stores[i];
	return NULL;
}

static int add_copy(struct reader *r, const struct vss_entry *e, uint64_t at)
{
	struct shadow_catalog *c = r->c;
	struct shadow_copy *copy;

	if (c->n_copies == MAX_COPIES) {
		too_many(r, at);
		return 0;
	}
	if (has_copy(c, &e->store)) {
		twice(r, at);
		return 0;
	}
	copy = arena_push(r->arena, &c->copies, c->n_copies, sizeof(*copy));
	if (copy == NULL)
		return no_memory(r);
	copy->entry = *e;
	source_cite(r->volume, at, VSS_ENTRY_BYTES, "shadow copy entry",
		    r->arena, &copy->cites);
	c->n_copies++;
	return 0;
}

static int parse_info(struct reader *r, struct span s, struct shadow_store *ret,
		      struct err *reterr)
{
	struct vss_block b;
	struct vss_store_info info;
	struct span text;
	int code = vss_block_parse(s, VSS_STORE_HEADER, &b, reterr);

	if (code < 0)
		return code;
	if (!span_sub(b.content, 0, b.info_bytes, &text))
		return err_set(reterr, ERR_VALUE, s.at + 0x30,
			       "VSS store: bytes of information",
			       b.content.n, b.info_bytes);
	code = vss_store_info_parse(text, &info, reterr);
	if (code < 0)
		return code;
	ret->has_info = true;
	ret->copy = info.copy;
	ret->set = info.set;
	ret->context = info.context;
	ret->attributes = info.attributes;
	ret->machine = text_from_utf16(r->arena, info.machine);
	ret->service_machine = text_from_utf16(r->arena, info.service_machine);
	source_cite(r->volume, s.at, VSS_BLOCK_HEADER_BYTES + b.info_bytes,
		    "shadow copy store", r->arena, &ret->cites);
	return 0;
}

static void read_info(struct reader *r, struct shadow_store *s)
{
	uint8_t buf[VSS_BLOCK_HEADER_BYTES + MAX_INFO_BYTES];
	const uint64_t at = s->entry.header;
	struct err e = { 0 };
	int code = source_read(r->volume, at, buf, sizeof(buf), &e);

	if (code == 0)
		code = parse_info(r, (struct span){ buf, sizeof(buf), at }, s,
				  &e);
	if (code < 0)
		complain(r, &FINDING_SHADOW_STORE, at, VSS_BLOCK_HEADER_BYTES,
			 "the header of a shadow copy's store cannot be used",
			 &e);
}

static int add_store(struct reader *r, const struct vss_entry *e, uint64_t at)
{
	struct shadow_catalog *c = r->c;
	struct shadow_store *s;

	if (c->n_stores == MAX_COPIES) {
		too_many(r, at);
		return 0;
	}
	if (shadow_find_store(c, &e->store) != NULL) {
		twice(r, at);
		return 0;
	}
	s = arena_push(r->arena, &c->stores, c->n_stores, sizeof(*s));
	if (s == NULL)
		return no_memory(r);
	s->entry = *e;
	source_cite(r->volume, at, VSS_ENTRY_BYTES, "shadow copy entry",
		    r->arena, &s->cites);
	read_info(r, s);
	c->n_stores++;
	return 0;
}

static int read_entries(struct reader *r, struct span entries)
{
	struct span s;

	for (size_t off = 0; span_sub(entries, off, VSS_ENTRY_BYTES, &s);
	     off += VSS_ENTRY_BYTES) {
		struct vss_entry entry;
		struct err e;
		int code = vss_entry_parse(s, &entry, &e);

		if (code < 0)
			complain(r, &FINDING_SHADOW_CATALOG, s.at, s.n,
				 "an entry for a shadow copy cannot be used",
				 &e);
		else if (entry.kind == VSS_ENTRY_COPY)
			code = add_copy(r, &entry, s.at);
		else if (entry.kind == VSS_ENTRY_STORE)
			code = add_store(r, &entry, s.at);
		if (code == ERR_NOMEM)
			return code;
	}
	return 0;
}

/* Where the block behind one that cannot be read as such is: the blocks of a
 * catalogue adjoin.  0: none is there.  */
static uint64_t block_behind(struct reader *r, uint64_t at)
{
	uint8_t buf[VSS_BLOCK_HEADER_BYTES];
	struct span s = { buf, sizeof(buf), at + VSS_BLOCK_BYTES };
	struct vss_block b;

	if (source_read(r->volume, s.at, buf, sizeof(buf), NULL) < 0 ||
	    vss_block_parse(s, VSS_CATALOG, &b, NULL) < 0)
		return 0;
	return s.at;
}

/* Read the block at @at; *@ret_next is where the next one is.  Of one whose
 * header is damaged the entries are read all the same, if that looks like one
 * at all.  */
static int read_block(struct reader *r, uint64_t at, uint8_t *buf,
		      uint64_t *ret_next)
{
	struct span s = { buf, VSS_BLOCK_BYTES, at }, content;
	struct vss_block b;
	struct err e;
	int code = source_read(r->volume, at, buf, VSS_BLOCK_BYTES, &e);

	*ret_next = 0;
	if (code == 0)
		code = vss_block_parse(s, VSS_CATALOG, &b, &e);
	if (code == 0) {
		*ret_next = b.next;
		return read_entries(r, b.content);
	}
	complain(r, &FINDING_SHADOW_CATALOG, at, VSS_BLOCK_HEADER_BYTES,
		 "a block of the catalogue of shadow copies cannot be used",
		 &e);
	if (e.code == ERR_MAGIC || e.code == ERR_VALUE)
		*ret_next = block_behind(r, at);
	if (e.code != ERR_VALUE && *ret_next == 0)
		return 0;
	span_sub(s, VSS_BLOCK_HEADER_BYTES,
		 VSS_BLOCK_BYTES - VSS_BLOCK_HEADER_BYTES, &content);
	return read_entries(r, content);
}

static bool was_read(const uint64_t *list, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == at)
			return true;
	return false;
}

static int read_blocks(struct reader *r, uint8_t *buf)
{
	uint64_t seen[MAX_CATALOG_BLOCKS], at = r->c->header.catalog;
	size_t n = 0;
	int code = 0;

	while (at != 0 && code == 0) {
		struct err e = { ERR_LIMIT, at, "blocks of the catalogue",
				 MAX_CATALOG_BLOCKS, MAX_CATALOG_BLOCKS + 1 };

		if (was_read(seen, n, at))
			e = (struct err){ ERR_LOOP, at,
					  "chain of the catalogue", 0, 0 };
		if (e.code == ERR_LOOP || n == MAX_CATALOG_BLOCKS) {
			complain(r, &FINDING_SHADOW_CATALOG, at,
				 VSS_BLOCK_HEADER_BYTES,
				 "the catalogue of shadow copies is damaged",
				 &e);
			return 0;
		}
		seen[n++] = at;
		code = read_block(r, at, buf, &at);
	}
	return code;
}

static int compare_copies(const void *a, const void *b)
{
	const struct vss_entry *x = &((const struct shadow_copy *)a)->entry;
	const struct vss_entry *y = &((const struct shadow_copy *)b)->entry;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return memcmp(&x->store, &y->store, sizeof(x->store));
}

/* A damaged header may have all that counts still.  */
static bool read_header(struct reader *r)
{
	uint8_t buf[VSS_HEADER_BYTES];
	struct span s = { buf, sizeof(buf), VSS_HEADER_OFFSET };
	struct err e;
	int code = source_read(r->volume, s.at, buf, sizeof(buf), &e);

	/* Who cannot read it has said more of this volume.  */
	if (code == 0)
		code = vss_header_parse(s, &r->c->header, &e);
	if (code == 0)
		return true;
	if (e.code == ERR_MAGIC || e.code == ERR_VALUE)
		complain(r, &FINDING_SHADOW_HEADER, s.at, sizeof(buf),
			 "it is not known whether the volume has shadow copies",
			 &e);
	return false;
}

int shadow_catalog_read(struct source *volume, struct arena *a,
			struct diag_list *d, struct shadow_catalog *ret,
			struct err *reterr)
{
	struct shadow_catalog c = { 0 };
	struct reader r = { volume, a, d, &c, false, reterr };
	uint8_t *buf;
	int code;

	c.found = read_header(&r);
	if (c.found && c.header.catalog != 0) {
		buf = arena_malloc(a, VSS_BLOCK_BYTES);
		if (buf == NULL)
			return no_memory(&r);
		code = read_blocks(&r, buf);
		free(buf);
		if (code < 0)
			return code;
	}
	if (c.n_copies > 0)
		qsort(c.copies, c.n_copies, sizeof(c.copies[0]),
		      compare_copies);
	*ret = c;
	return 0;
}
