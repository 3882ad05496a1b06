/*
 * hive_internal.h - what the files of a hive's reader share
 */
#ifndef REGISTRY_HIVE_INTERNAL_H
#define REGISTRY_HIVE_INTERNAL_H

#include "format/regf.h"
#include "registry/cells.h"
#include "registry/hive.h"

/* The largest record is a name of 65535 bytes behind an nk.  */
#define HIVE_RECORD_MAX_BYTES (76 + 65535)

/* Values that we read are ids, names and small tables.  This bounds what a
 * hostile size can make us allocate.  */
#define HIVE_DATA_MAX_BYTES (1u << 20)

/* All data read from a hive together may be this many times its size: honest
 * values do not overlap, and few are read more than once.  */
#define HIVE_DATA_READ_FACTOR 16

/* All entries of subkey lists that are read from a hive together may take this
 * many times its size: a device costs some look-ups, each of them through short
 * lists.  Lists that lead back to a key above them would cost hours.  */
#define HIVE_ENTRIES_READ_FACTOR 512

/* A damaged list is met again by each search through it, so what was said is
 * remembered so as to be said once: in a hash table of at most a megabyte.  */
#define HIVE_SAID_PLACES_MAX (1u << 16)

/* A walk over all cells is made for so many keys, each once.  */
#define HIVE_ORPHAN_WALKS 16
/* More subkeys are in lists of lists, which are not lost at once.  */
#define HIVE_ORPHANS_MAX 1024

/* The keys in use that name the cell @parent as their parent's.  */
struct hive_orphans {
	uint32_t parent;
	size_t n;
	uint32_t cells[HIVE_ORPHANS_MAX];
};

/* How the questions of hive.h are answered; names are UTF-16LE.  */
struct hive_ops {
	int (*each_subkey)(struct hive *h, const struct hive_key *k,
			   const char *prefix, hive_key_fn *fn, void *ctx,
			   struct err *reterr);	/* prefix or NULL */
	int (*find_subkey)(struct hive *h, const struct hive_key *k,
			   struct span name, struct hive_key *ret,
			   struct err *reterr);
	int (*each_value)(struct hive *h, const struct hive_key *k,
			  const struct hive_value_filter *f, hive_value_fn *fn,
			  void *ctx, struct err *reterr);	/* f or NULL */
	int (*find_value)(struct hive *h, const struct hive_key *k,
			  struct span name, struct hive_value *ret,
			  struct err *reterr);
	int (*read_value)(struct hive *h, const struct hive_value *v,
			  struct span *ret, struct cites *c,
			  struct err *reterr);
};

/* Those of a hive file.  */
int cell_each_subkey(struct hive *h, const struct hive_key *k,
		     const char *prefix, hive_key_fn *fn, void *ctx,
		     struct err *reterr);
int cell_each_lost_subkey(struct hive *h, const struct hive_key *k,
			  hive_lost_key_fn *fn, void *ctx);
int cell_find_subkey(struct hive *h, const struct hive_key *k, struct span name,
		     struct hive_key *ret, struct err *reterr);
int cell_each_value(struct hive *h, const struct hive_key *k,
		    const struct hive_value_filter *f, hive_value_fn *fn,
		    void *ctx, struct err *reterr);
int cell_each_uncounted_value(struct hive *h, const struct hive_key *k,
			      const char *const *prefixes, hive_value_fn *fn,
			      void *ctx);
int cell_find_value(struct hive *h, const struct hive_key *k, struct span name,
		    struct hive_value *ret, struct err *reterr);
int cell_read_value(struct hive *h, const struct hive_value *v,
		    struct span *ret, struct cites *c, struct err *reterr);

bool cell_read_bare_data(struct hive *h, const struct hive_value *v,
			 bool (*is_data)(struct span data), struct span *ret,
			 struct cites *c);

struct hive {
	const struct hive_ops *ops;
	struct registry_text *text;	/* NULL: it is made of cells */
	struct cells cells;		/* of text, only its source is used */
	struct arena *arena;
	struct diag_list *diags;
	struct hive_info info;
	struct hive_key root;
	bool may_have_big_data;
	uint64_t data_left;		/* bytes of HIVE_DATA_READ_FACTOR */
	uint64_t entries_left;		/* of HIVE_ENTRIES_READ_FACTOR */
	struct hive_said {
		const struct diag_kind *kind;	/* NULL: a free place */
		uint64_t at;
	} *said;			/* in `arena' */
	size_t n_said, said_places;	/* a power of two, or 0 */
	struct hive_orphans *orphans[HIVE_ORPHAN_WALKS];	/* in `arena' */
	size_t n_orphans;
	uint8_t record[HIVE_RECORD_MAX_BYTES];
};

/* A place in the hive file, for the cite of a finding.  */
struct hive_place {
	uint64_t at, n;
	const char *structure;
};

/* Add a finding about the bytes at @place, unless that was said before: then
 * NULL.  */
struct diag *hive_report(struct hive *h, const struct diag_kind *kind,
			 struct hive_place place, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Cite @place, too, in @d, which may be NULL.  */
void hive_report_also(struct hive *h, struct diag *d, struct hive_place place);

/* A record as read: its bytes last until the next one is read.  */
struct hive_record {
	struct span bytes;
	bool in_use;
	bool doubtful;		/* a field of it is damaged, so a finding
				 * says */
};

int hive_read_record(struct hive *h, uint32_t cell, struct hive_record *ret,
		     struct err *reterr);

/* Of a record whose cell does not say where it ends: none that is looked for is
 * longer.  */
#define BARE_RECORD_BYTES 600

/* Whether @name, UTF-16LE, is one that @f wants.  */
bool hive_filter_wants(const struct hive_value_filter *f, struct span name);

/* What lies where @cell should: its size may be damaged where the record in it
 * is not.  False: nothing can be read there.  */
bool hive_read_bare(struct hive *h, uint32_t cell, struct hive_record *ret);

/* Not empty, and without control characters.  */
bool hive_name_is_text(struct span name, bool is_8bit);
int hive_read_key(struct hive *h, uint32_t cell, struct regf_key *ret,
		  struct hive_record *ret_record, struct err *reterr);
/* Of a key that a list names, the size of its cell may be damaged: what lies
 * there is one if it has its signature and a name.  */
bool hive_read_bare_key(struct hive *h, uint32_t cell, struct regf_key *ret,
			struct hive_record *ret_record);

/*
 * Records with one damaged field, which what else speaks of them makes up for;
 * with a finding.  See damaged.c.
 */

/* What is known of the names of values that are read: their form, or the one
 * that is looked for; or neither.  */
struct hive_names {
	hive_name_form *form;	/* or NULL */
	struct span wanted;	/* UTF-16LE; n 0: none */
};

/* Whether the name that the record of @v has is one of @names, but for its
 * length or its kind of letters: then @v gets that name.  */
bool hive_mend_value_name(struct hive *h, const struct hive_names *names,
			  struct hive_record *record, struct regf_value *v);

/* Say that the name of @v may be of letters of one byte each, of which no form
 * tells what they are, where it looks so.  */
void hive_say_lost_flag(struct hive *h, struct hive_record *record,
			const struct regf_value *v);

/* The value in @cell, which its list names, without a signature or with a name
 * that is longer than its cell.  */
bool hive_read_damaged_value(struct hive *h, uint32_t cell,
			     const struct hive_names *names,
			     struct regf_value *ret,
			     struct hive_record *ret_record);

/* What a list of @kind has of the key @cell: @parent is whose list it is.  */
struct hive_listed {
	uint32_t cell, parent;
	enum regf_list_kind kind;
	uint8_t hint[4];	/* of lf and lh */
};

/* Whether the hint in the list is that of the name that the record of @k has,
 * but for its length or its kind of letters: then @k gets that name.  @cut: its
 * cell has no room for the name that it says, and @k has what there is.  */
bool hive_mend_key_name(struct hive *h, const struct hive_listed *l,
			const struct hive_record *record, bool cut,
			struct regf_key *k);

/* The same of a name of which one bit is damaged.  */
bool hive_mend_key_letter(struct hive *h, const struct hive_listed *l,
			  const struct hive_record *record,
			  struct regf_key *k);

/* The key that a list names, without a signature or with a name that is longer
 * than its cell.  */
bool hive_read_damaged_key(struct hive *h, const struct hive_listed *l,
			   struct regf_key *ret,
			   struct hive_record *ret_record);

/* The key that @k and @record are, with its strings and cites in the arena.  */
struct hive_key hive_make_key(struct hive *h, uint32_t cell,
			      const struct regf_key *k,
			      const struct hive_record *record);

/* The name in a record as text.  */
struct text hive_name_text(struct hive *h, struct span name, bool is_8bit);

/* Say that what lies at @place and is used by the key or value @name lies in a
 * free cell, unless it is @in_use.  */
void hive_check_in_use(struct hive *h, bool in_use, struct hive_place place,
		       struct text name);

/*
 * Records of one list do not overlap in an honest hive, so together they are
 * not larger than it.  Counting each with its bytes bounds the time and the
 * memory that a list of references to the same bytes can cost.  False when used
 * up.
 */
bool hive_spend(uint64_t *left, uint64_t n);

/* Call @fn for each cell, until it returns other than 0: that.  Where cells do
 * not follow each other, one may begin anywhere.  */
typedef int cell_fn(void *ctx, uint32_t cell, const struct cell *c);
int hive_each_cell(struct hive *h, cell_fn *fn, void *ctx);

/* Those of @parent; reads the heads of all cells.  NULL: it was done for too
 * many keys, or out of memory.  */
const struct hive_orphans *hive_orphans_of(struct hive *h, uint32_t parent);

/* Take the keys that name @root as their parent for the subkeys of a root that
 * cannot be read.  Reads the heads of all cells.  False where none is there.
 */
bool hive_find_lost_root(struct hive *h, uint32_t root);

#endif /* REGISTRY_HIVE_INTERNAL_H */
