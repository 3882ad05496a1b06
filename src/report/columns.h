/*
 * columns.h - the records of a report, as tables of named columns
 *
 * One table a record kind says which columns it has, of which type, and how
 * each is got from the model.  Every output format is driven by these tables,
 * so that the formats cannot drift apart.  Names and meanings of columns are a
 * contract (docs/coldmount.schema.json): add at will, change never.
 */
#ifndef REPORT_COLUMNS_H
#define REPORT_COLUMNS_H

#include "machine/machine.h"

enum value_type {
	VALUE_NULL,		/* of a value only */
	VALUE_BOOL,
	VALUE_INTEGER,
	VALUE_STRING,		/* ours, or a file name of the user's */
	VALUE_TEXT,		/* out of evidence */
	VALUE_BYTES,		/* written as hexadecimal */
	VALUE_OBJECT,
	VALUE_ARRAY,
};

/* A record, and what is needed to understand it.  */
struct row {
	const struct model *model;
	const void *record;	/* of the type that its table is about */
	size_t index;		/* in the model's array */
	struct arena *scratch;	/* for what a column must decode */
};

struct table;
struct value;

/* Element number @i of the array that column made of @r.  */
typedef void element_fn(const struct row *r, size_t i, struct value *ret);

/* What a column holds in one row.  Strings are borrowed from the model, the
 * row's scratch or the value itself, so a value must not be copied.  */
struct value {
	enum value_type type;
	bool boolean;
	uint64_t integer;
	const char *string;
	struct text text;
	struct span bytes;
	const struct table *table;	/* OBJECT */
	size_t n;		/* ARRAY: elements */
	element_fn *element;
	struct row row;		/* OBJECT, ARRAY */
	char buf[80];
};

struct column {
	const char *name;
	enum value_type type;	/* or VALUE_NULL in a row that has none */
	void (*get)(const struct row *r, struct value *ret);
};

struct table {
	const struct column *columns;
	size_t n_columns;
};

/* Get column @c of @r.  */
void column_get(const struct column *c, const struct row *r, struct value *ret);

/* Get element @i of the array @array.  */
void element_get(const struct value *array, size_t i, struct value *ret);

/* A kind of records that stand on their own: an array of the document.  */
struct record_kind {
	const char *array_name;	/* "mountPoints" */
	const char *name;	/* "mountPoint" */
	struct table table;
	size_t (*count)(const struct model *m);
	const void *(*at)(const struct model *m, size_t i);
};

/* All of them, in the order of the document.  */
extern const struct record_kind *const record_kinds[];
extern const size_t n_record_kinds;

/* The words for the model's numbers.  */
const char *disk_scheme_name(enum disk_scheme s);
const char *number_basis_name(enum number_basis b);
const char *volume_kind_name(enum volume_kind k);
const char *name_kind_name(enum name_kind k);
const char *unique_id_kind_name(enum unique_id_kind k);
const char *presence_name(enum presence p);
const char *name_change_name(enum name_change c);
const char *shadow_state_name(enum shadow_state s);
const char *trace_kind_name(enum trace_kind k);
const char *scan_place_name(enum scan_place p);
const char *scan_data_name(enum scan_data d);
const char *reparse_kind_name(const struct ntfs_reparse *p);
const char *recovered_doubt_name(const struct machine_recovered *x);
const char *severity_name(enum severity s);

/* The serial number of @v as `vol' prints it, "61F2-A88F".  */
#define VOLUME_SERIAL_BYTES 10
const char *volume_serial_text(const struct volume_identity *v,
			       char buf[VOLUME_SERIAL_BYTES]);

#endif /* REPORT_COLUMNS_H */
