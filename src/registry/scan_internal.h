/*
 * scan_internal.h - a scan while it is under way
 *
 * scan.c says what is scanned and sums up, scan_search.c walks cells and finds
 * records in blocks of bytes, scan_log.c makes hives out of log pages, and
 * scan_data.c judges each record: is it a live one, and is its data there?
 */
#ifndef REGISTRY_SCAN_INTERNAL_H
#define REGISTRY_SCAN_INTERNAL_H

#include "format/regf.h"
#include "registry/cells.h"
#include "registry/hive_internal.h"
#include "registry/scan.h"

/* A name of the mount manager has at most 48 characters, or a path.  */
#define SCAN_NAME_MAX_BYTES 1024

/* Records that are kept.  Real hives have some hundreds, most of them in pages
 * of logs.  */
#define SCAN_RECORDS_MAX 65536

/* Values that are listed.  */
#define SCAN_VALUES_MAX 16384

/* Keys of the name that is sought.  */
#define SCAN_OWNERS_MAX 1024

/* Values of the tree that records are compared with: as many as are listed.  */
#define SCAN_LIVE_MAX 16384

/* Subkeys that are looked at to find out if the tree leads to a key.  Few keys
 * are asked for, and a key has thousands of subkeys at most.  */
#define SCAN_SUBKEYS_MAX (1u << 18)

/* Data of one value, and of all with their names.  */
#define SCAN_DATA_MAX_BYTES REGF_SEGMENT_BYTES
#define SCAN_BYTES_MAX (64u << 20)

#define SCAN_NOWHERE UINT64_MAX

enum area {
	AREA_HEAD,		/* the header of a bin */
	AREA_FREE, AREA_USED,	/* a cell */
	AREA_RUIN,		/* bytes of a bin that are no cells */
	AREA_BEYOND,		/* behind the bins */
};

/* A walk over the cells of a hive, from its first bin on.  */
struct tile {
	struct regf_layout layout;
	uint64_t end;		/* of the bins, in the file */
	uint64_t bin_end;
	bool bin_lost;		/* its header is */
	enum area area;
	uint64_t start, stop;	/* of the area, in the file */
	/* Bytes that are no cells, and after the last that is not zero, zeros:
	 * they may lie behind the end of the hive.  */
	uint64_t ruin_at, ruin_bytes, zero_bytes;
};

enum origin {
	ORIGIN_HIVE,		/* as the logs complete it */
	ORIGIN_FILE,		/* what they hide of it */
	ORIGIN_LOG,		/* a page of a log */
	ORIGIN_LOG_REST,	/* bytes of a log that are of no known page */
};

struct scan;

/* Where records are sought at the moment.  */
struct seek {
	enum origin origin;
	struct source *source;
	uint64_t order;		/* of ORIGIN_LOG */
	struct tile *tile;	/* of a hive; else NULL */
	size_t log;		/* of ORIGIN_LOG_REST */
	/* What to do with a vk record of any name, instead of all else.  */
	void (*any_value)(struct scan *s, const struct seek *seek,
			  const struct regf_value *v, uint64_t at);
};

struct record {
	enum origin origin;
	uint64_t order;
	struct source *source;
	size_t log;
	uint64_t at;		/* of the vk, in its source */
	enum area area;
	uint64_t cell;		/* in which it lies, with its size */
	struct span name;	/* UTF-16LE */
	size_t record_size;
	uint32_t type, size, data_offset;
	bool data_inline;
	uint8_t inline_data[REGF_INLINE_BYTES];
	bool cell_used;		/* it has a cell of its own, in use */
	bool dropped;

	/* Where its data would lie in the hive.  */
	enum area data_area;
	uint64_t data_cell, data_cell_end;
	uint64_t data_cell_used;	/* bytes of its payload, by whoever has
					 * it now; SCAN_NOWHERE: unknown */

	enum scan_place place;
	enum scan_data state;
	struct span data;
	struct source *data_source;	/* NULL: in the record */
	uint64_t data_at, data_order;
	uint64_t last_written;
	uint64_t owner_at;	/* of its nk, in its source; SCAN_NOWHERE */
};

/* A key of the name that is sought.  */
struct owner {
	enum origin origin;
	uint64_t at;
	bool in_use;
	uint64_t last_written;
	uint32_t value_list;
};

/* A record by where its cell is, or its data.  */
struct by_place {
	uint64_t at;
	struct record *record;
};

struct places {
	struct by_place *list;
	size_t n, next;
};

/* A value of the tree.  */
struct live {
	enum origin origin;	/* ORIGIN_HIVE or ORIGIN_FILE */
	uint32_t cell;
	struct span name;
	uint32_t type, size, data_offset;
	bool data_inline;
	uint8_t inline_data[REGF_INLINE_BYTES];
};

/* The hive, or the file without its logs.  */
struct state {
	struct source *source;	/* NULL: there is none */
	struct hive *tree;
	struct cells *cells;
	struct places cells_used;	/* records in cells in use */
	struct places data;	/* records by where their data is */
	struct places data_inside;	/* those whose data is inside of a cell
					 * in use, by that cell */
	uint64_t list_left;	/* see hive_spend(): of value lists */
	uint32_t subkeys_left;	/* to look at, for SCAN_SUBKEYS_MAX */
};

/* A unit of the bins as a log holds it.  */
struct log_unit {
	uint32_t unit;
	uint32_t log;
	uint64_t at;		/* in the log */
	uint64_t order;		/* a later state has a higher one */
};

/* The hive as it was behind the log entry @order.  */
struct log_view {
	struct source source;
	struct scan *scan;
	uint64_t order;
};

struct scan {
	const struct scan_request *q;
	struct arena *arena;	/* of the result */
	struct arena *work;
	struct diag_list *diags;
	struct state states[2];	/* by ORIGIN_HIVE and ORIGIN_FILE */
	struct span *prefixes;	/* UTF-16LE */
	size_t n_prefixes;
	struct span key;	/* UTF-16LE */
	struct record *records;
	size_t n_records;
	struct owner *owners;
	size_t n_owners;
	struct live *lives;	/* by cell */
	size_t n_lives;
	const struct live **by_name;
	struct log_unit *units;	/* by unit, then by order */
	size_t n_units;
	struct log_view view;
	struct cells *view_cells;
	uint64_t bytes_left;	/* of SCAN_BYTES_MAX */
	bool cut, out_of_memory;
};

/* Find the records in the bytes from @from to @to.  */
void scan_search(struct scan *s, const struct seek *seek, uint64_t from,
		 uint64_t to);

/* Walk over the cells of a state.  @payload is cut where the block ends.  */
typedef void scan_area_fn(struct scan *s, enum origin o, const struct tile *t,
			  struct span payload);
void scan_walk(struct scan *s, enum origin o, scan_area_fn *fn);

/* The first area of a state, its head.  */
struct tile scan_tile(const struct state *st);

/* All pages of the logs: sorts them, and searches each.  */
void scan_logs(struct scan *s);
/* The hive behind @order, as cells.  */
struct cells *scan_view(struct scan *s, uint64_t order);
/* Whether a log holds the byte @at of the hive, up to @order.  */
bool scan_view_has(struct scan *s, uint64_t order, uint64_t at);

/* Those of @p that lie at @at or behind it: the first.  */
size_t scan_first_from(const struct places *p, uint64_t at);

/* The offset of the cell whose payload begins with the record; others have one
 * that no list names.  */
uint32_t scan_cell_of(const struct scan *s, const struct record *r);

/* Drop the records that the tree has, and what lies in the data of others; say
 * where the others are.  */
void scan_place_records(struct scan *s);

/* Find the data of each record that is left.  */
void scan_find_data(struct scan *s);

/* Find the key that lists each, or listed it once.  */
void scan_find_owners(struct scan *s);

/* The values of the tree by their own cell; NULL: it is none.  */
const struct live *scan_live_at(const struct scan *s, enum origin o,
				uint32_t cell);

/* Those of the name @name: the first in s->by_name, and how many.  */
size_t scan_live_named(const struct scan *s, struct span name, size_t *ret_n);

/* Whether the vk record @r says what that of @l says.  */
bool scan_same_record(const struct record *r, const struct live *l);

int scan_compare_spans(struct span a, struct span b);

#endif /* REGISTRY_SCAN_INTERNAL_H */
