/*
 * hive.h - a registry hive, read cell by cell
 *
 * Nothing is read that a question does not need: a look-up in a hive of 20 MiB
 * touches some KiB of it.  A damaged cell ends what hangs on it, with a
 * finding, not the hive.
 */
#ifndef REGISTRY_HIVE_H
#define REGISTRY_HIVE_H

#include "base/span.h"
#include "base/utf16.h"
#include "evidence/source.h"
#include "format/regf.h"

struct hive;

struct hive_info {
	uint32_t primary_sequence, secondary_sequence;
	bool checksum_ok;
	bool dirty;		/* sequences differ or the checksum is wrong:
				 * the transaction logs hold newer pages */
	uint64_t last_written;	/* FILETIME */
	unsigned version_major, version_minor;
	uint32_t bins_size;	/* bytes */
	struct text file_name;	/* the tail of the path that Windows wrote */
};

/* Open the hive whose bytes are @s (borrowed, with its `file' set for
 * citations).  Findings go to @d, strings into @a.  Fails where no base block
 * and no root key can be made out.  */
int hive_open(struct source *s, struct arena *a, struct diag_list *d,
	      struct hive **ret, struct err *reterr);

/* The same of pages without a root: only hive_find_lost_key() leads to keys.
 * ERR_MAGIC and the like where there is not even a base block.  */
int hive_open_pages(struct source *s, struct arena *a, struct diag_list *d,
		    struct hive **ret, struct err *reterr);
void hive_close(struct hive *h);

/* Where in the file @s its hive begins: at 0, but for a file with something put
 * before it, which is a finding.  Only a sound base block counts.  */
uint64_t hive_start(struct source *s, struct diag_list *d);

/* Put the bins of the file @s where they say that they belong, if something of
 * it is missing, or was put in: a source over @s, and findings.  Otherwise
 * *@ret is NULL.  */
int hive_realign(struct source *s, struct diag_list *d, struct source **ret,
		 struct err *reterr);
const struct hive_info *hive_info(const struct hive *h);

/* Read the bins of @h as far as the file has those that @newer has, a later
 * state of it: a flush that was cut off leaves bins behind those that the base
 * block counts.  */
void hive_extend_bins(struct hive *h, const struct hive *newer);

struct hive_key {
	uint32_t cell;		/* offset of its cell, from the first bin */
	struct text name;
	uint64_t last_written;	/* FILETIME */
	uint32_t n_subkeys, subkey_list;
	uint32_t n_values, value_list;
	struct cites cites;	/* the nk record */
};

struct hive_value {
	uint32_t cell;
	uint32_t index;		/* among those of its key, as they are stored */
	struct text name;	/* "" for the default value */
	struct span name_utf16;	/* the same, UTF-16LE, in the arena */
	uint32_t type;		/* REG_* */
	uint32_t size;		/* bytes of data */
	uint32_t data_offset;	/* cell of the data; unused if inline */
	bool data_inline;	/* at most 4 bytes, in the vk record itself */
	uint8_t inline_data[4];
	uint64_t inline_data_at; /* of those 4 bytes, in the hive file */
	bool tombstone;		/* a layered hive marks the value as deleted */
	bool doubtful;		/* read although a field of its record is
				 * damaged: so a finding says */
	struct cites cites;	/* the vk record */
};

/* Return 0 to go on, another value to stop, which the walk then returns.  */
typedef int hive_key_fn(void *ctx, const struct hive_key *k);
typedef int hive_value_fn(void *ctx, const struct hive_value *v);

int hive_root(struct hive *h, struct hive_key *ret, struct err *reterr);

/* Look up @path below @from (NULL: the root), UTF-8 with backslashes, without
 * regard to case: "Select", "ControlSet001\\Control\\ComputerName".
 * ERR_NOT_FOUND where a key is missing; another error, with a finding, where it
 * is not among the keys that can be read.  Of two, the first is taken.  */
int hive_find_key(struct hive *h, const struct hive_key *from, const char *path,
		  struct hive_key *ret, struct err *reterr);

/* The key @name, which a hive has once, where hive_find_key() finds damage on
 * the way to it: the only one in use that is called so, with a finding.  Reads
 * the heads of all cells.  False: there is none, or several.  */
bool hive_find_lost_key(struct hive *h, const char *name,
			struct hive_key *ret);

/* Each key in use whose name begins with @prefix, in the same letter case,
 * wherever it is.  Returns what @fn returned to stop, or 0.  */
int hive_each_key_like(struct hive *h, const char *prefix, hive_key_fn *fn,
		       void *ctx);

/* Whether keys of @h, or lists of them, were met that cannot be read.  */
bool hive_has_lost_keys(const struct hive *h);

/* The key that @k names as its parent; false where that cannot be read.  */
bool hive_find_parent(struct hive *h, const struct hive_key *k,
		      struct hive_key *ret);

/* Whether the record of the key above @k, which cannot be read, still names
 * @above as its parent.  */
bool hive_lost_parent_names(struct hive *h, const struct hive_key *k,
			    const struct hive_key *above);

/* Each key that cannot be read, whatever its name was and whether or not a list
 * still names it, that keys @subkey and @sibling in use name as their parent.
 * It has the name HIVE_LOST_NAME, and the cites of @subkey.  Where no damage
 * was met so far, this reads nothing; else the heads of all cells.  */
int hive_each_lost_parent(struct hive *h, const char *subkey,
			  const char *sibling, hive_key_fn *fn, void *ctx);

/* Each subkey, each value that can be read, tombstones too; one that cannot is
 * a finding.  Then fails, with the first damage, if not all of them could be
 * read: the finding is already made.  */
int hive_each_subkey(struct hive *h, const struct hive_key *k, hive_key_fn *fn,
		     void *ctx, struct err *reterr);
/* Those whose name begins with @prefix, ASCII, without regard to case; the
 * others take no memory.  */
int hive_each_subkey_like(struct hive *h, const struct hive_key *k,
			  const char *prefix, hive_key_fn *fn, void *ctx,
			  struct err *reterr);
int hive_each_value(struct hive *h, const struct hive_key *k, hive_value_fn *fn,
		    void *ctx, struct err *reterr);

/* A key that a list names, and that cannot be read; but keys in use name its
 * cell as their parent's.  */
struct hive_lost_key {
	struct hive_key key;	/* named HIVE_LOST_NAME, without values; the
				 * cites are of its entry in the list */
	enum regf_list_kind kind;
	uint8_t hint[4];	/* of lf and lh */
};
#define HIVE_LOST_NAME "?"

typedef int hive_lost_key_fn(void *ctx, const struct hive_lost_key *k);

/* Each such subkey of @k; for where hive_each_subkey() has met damage.  Reads
 * the heads of all cells for each, of so many as there is time for.  */
int hive_each_lost_subkey(struct hive *h, const struct hive_key *k,
			  hive_lost_key_fn *fn, void *ctx);

/* Whether the list of @k has the hash, or the first letters, of @name; where it
 * has neither, any name fits.  */
bool hive_lost_key_fits(struct hive *h, const struct hive_lost_key *k,
			const char *name);

/* How many of @bytes, which begin where a name does and go on to the end of its
 * cell, or are just a name, are one of a form that is known; 0: none are.  */
typedef size_t hive_name_form(struct span bytes, bool is_8bit);

/* The values to be given, of all that a key has.  */
struct hive_value_filter {
	uint32_t first;		/* index of the first that is looked at */
	/* Whether a value of this name, UTF-16LE, is given.  Longer names than
	 * HIVE_SHORT_NAME_CHARS are not asked for: no.  NULL: all are.  */
	bool (*wants)(struct span name);
	/* What the names are by which Windows calls values of this key: it
	 * tells where the length of a name, or its kind of letters, is damaged;
	 * or NULL.  A name of no form may be longer than one, and begin like
	 * it; one that is of a form as it stands is not touched.  */
	hive_name_form *form;
	/* Only values whose name is this, or is it but for one bit of its
	 * letters or of its length, or for one letter; or NULL.  */
	const char *nearly;
};
#define HIVE_SHORT_NAME_CHARS 64

/* As hive_each_value(), but only those that @f lets pass; the others take no
 * memory.  */
int hive_each_value_of(struct hive *h, const struct hive_key *k,
		       const struct hive_value_filter *f, hive_value_fn *fn,
		       void *ctx, struct err *reterr);

/* Each value that the list of @k has behind those that the key counts, whose
 * name begins with one of @prefixes (ASCII, then NULL), and whose cell is in
 * use; a value that is counted, too, may be among them.  None of a dirty hive,
 * whose list may be older than its cells.  What cannot be read is passed over.
 *
 * Values that Windows deletes are in free cells, but where it takes a cell for
 * a list, what was there before stays behind the list: of 57,000 lists of real
 * hives that leave room in their cell, 2,700 have a live value of another key
 * there, so only a name that no other key has tells whose a value is.  Two, in
 * a corrupted hive, have a value that no key counts.  */
int hive_each_uncounted_value(struct hive *h, const struct hive_key *k,
			      const char *const *prefixes, hive_value_fn *fn,
			      void *ctx);

/* The value @name of @k, "" for the default one.  One is found, too, whose
 * record has that name but for its length or its kind of letters, with a
 * finding.  */
int hive_find_value(struct hive *h, const struct hive_key *k, const char *name,
		    struct hive_value *ret, struct err *reterr);

/* The same; where there is none, the only one that has this name but for one
 * bit of its letters or of its length, or for one letter, with a finding; of
 * several none, with another finding.  A default value is found so where the
 * key has no other.  */
int hive_find_value_nearly(struct hive *h, const struct hive_key *k,
			   const char *name, struct hive_value *ret,
			   struct err *reterr);

/* The data of @v, copied into the arena; its place is added to @c (which may be
 * NULL).  Where only the first part is there, or it is over 1 MiB, that is a
 * finding, and ret->n is less than v->size; fails where none is there.  */
int hive_read_value(struct hive *h, const struct hive_value *v,
		    struct span *ret, struct cites *c, struct err *reterr);

/* Where the data of @v lies in a cell that cannot have the size that it says,
 * and @is_data knows the bytes that stand there: those, with a finding.  False
 * otherwise: then it is for hive_read_value() to say what is wrong.  */
bool hive_read_bare_data(struct hive *h, const struct hive_value *v,
			 bool (*is_data)(struct span data), struct span *ret,
			 struct cites *c);

/* The REG_SZ or REG_EXPAND_SZ value @name of @k, up to its NUL.  ERR_NOT_FOUND
 * where there is none, ERR_VALUE where it has another type.  */
int hive_get_string(struct hive *h, const struct hive_key *k, const char *name,
		    struct text *ret, struct err *reterr);

/* The same of the value @v; its vk record and data are added to @c (which may
 * be NULL).  */
int hive_read_string(struct hive *h, const struct hive_value *v,
		     struct text *ret, struct cites *c, struct err *reterr);

/* The REG_DWORD value @name of @k; fails as hive_get_string() does.  */
int hive_get_dword(struct hive *h, const struct hive_key *k, const char *name,
		   uint32_t *ret, struct err *reterr);

#endif /* REGISTRY_HIVE_H */
