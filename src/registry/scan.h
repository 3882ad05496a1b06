/*
 * scan.h - values that lie in a hive, but in no key of its tree
 *
 * A value that was deleted stays in its freed cell until the cell is used
 * again; transaction logs hold states of the hive that later ones replaced; and
 * where the tree is broken, values are there that no walk reaches.  A scan
 * looks at all bytes of a hive and its logs, so it costs a read of them all:
 * who only looks up does not scan.
 */
#ifndef REGISTRY_SCAN_H
#define REGISTRY_SCAN_H

#include "registry/hive.h"

enum scan_place {
	SCAN_UNREACHABLE,	/* in a cell that is in use, but in no key */
	SCAN_FREE_CELL,
	SCAN_CELL_SLACK,	/* behind the record that uses the cell */
	SCAN_BEYOND_BINS,	/* behind the last bin */
	SCAN_LOG_PAGE,		/* in a transaction log, in a state of the page
				 * that is not the hive's */
};

enum scan_data {
	SCAN_INTACT,		/* as far as the cells can tell */
	SCAN_PARTIAL,		/* the first part is there */
	SCAN_OVERWRITTEN,	/* something else lies there now */
	SCAN_MISSING,		/* it lies nowhere in the hive */
};

struct scan_request {
	struct source *hive;	/* as its logs complete it */
	struct hive *tree;	/* the same; NULL where it cannot be opened */
	/* Where logs were laid over it: the file without them, whose own pages
	 * are no longer seen; or NULL.  */
	struct source *file;
	struct hive *file_tree;	/* or NULL */
	struct source *const *logs;	/* NULL for one that is not there */
	size_t n_logs;
	const char *key;	/* in the root, whose values are sought */
	const char *const *prefixes;	/* of their names: ASCII, then NULL */
	hive_name_form *form;	/* of those names; or NULL */
};

struct scan_value {
	struct text name;
	struct span name_utf16;	/* the same, UTF-16LE */
	uint32_t type;		/* REG_* */
	uint32_t size;		/* of the data, as its record says */
	struct span data;	/* as much of it as is there */
	enum scan_place place;
	enum scan_data state;
	bool in_use;		/* its own cell is, and the tree has no value of
				 * this name: nobody deleted it */
	bool in_log;		/* its record lies in a log */
	uint64_t last_written;	/* of the key that lists, or listed it; 0:
				 * unknown */
	struct cites cites;	/* vk records, data, and the key */
};

struct scan_result {
	struct scan_value *list;	/* sorted by name, then by data */
	size_t n;
	size_t n_copies;	/* records that equal a value of the tree */
	bool scanned;		/* false: registry text has no bytes to scan */
	bool key_whole;		/* the tree has the key, with all its values */
};

/* Scan.  Values of the tree are not listed, nor are their copies; of others
 * that equal each other in name and data one is listed, with the places of all.
 * ERR_NOMEM is the only failure; what cannot be read is a finding.  */
int hive_scan(const struct scan_request *q, struct arena *a,
	      struct diag_list *d, struct scan_result *ret,
	      struct err *reterr);

/* Whether a value that the tree does not have lies near those of the key: in
 * the pages of its cells, and beside them.  Reads only these, of which there
 * are few, and no log.  */
bool hive_scan_near(const struct scan_request *q);

#endif /* REGISTRY_SCAN_H */
