/*
 * wql.h - the query language of WMI, as text and as a tree
 *
 *	SELECT * | name {, name} FROM class [WHERE condition]
 *	ASSOCIATORS OF {object path} [WHERE word {word}]
 *	REFERENCES OF {object path} [WHERE word {word}]
 *
 * A condition compares a property with a constant by = <> != < <= > >= LIKE, or
 * asks IS [NOT] NULL, and joins such questions with AND, OR, NOT and
 * parentheses; NOT binds closest, then AND.  Words are compared without regard
 * to case.  In a string, in either kind of quotes, a backslash takes the next
 * character as it is.
 *
 * Sources: Microsoft's documentation of WQL (SQL for WMI), of its operators,
 * and of the statements ASSOCIATORS OF and REFERENCES OF; [MS-WMI] 2.2.1.
 */
#ifndef PROVIDER_WQL_H
#define PROVIDER_WQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* What is wrong with a query.  */
struct query_error {
	size_t at;		/* byte of the query */
	char text[200];
};

/* Returns -1.  */
int query_error_set(struct query_error *e, size_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

enum wql_literal_kind {
	WQL_NULL, WQL_BOOLEAN, WQL_INTEGER, WQL_REAL, WQL_STRING
};

struct wql_literal {
	enum wql_literal_kind kind;
	bool boolean;
	bool negative;		/* INTEGER: the value is -integer */
	uint64_t integer;
	double real;		/* of INTEGER as well */
	const char *string;	/* UTF-8, without quotes and escapes */
	size_t at;
};

enum wql_operator {
	WQL_EQUAL, WQL_NOT_EQUAL, WQL_LESS, WQL_LESS_EQUAL, WQL_GREATER,
	WQL_GREATER_EQUAL, WQL_LIKE, WQL_IS, WQL_IS_NOT
};

enum wql_node_kind { WQL_AND, WQL_OR, WQL_NOT, WQL_COMPARE };

struct wql_node {
	enum wql_node_kind kind;
	const struct wql_node **terms;	/* AND, OR; NOT has one */
	size_t n_terms;
	enum wql_operator operator;	/* COMPARE: property, literal */
	const char *property;
	size_t at;			/* of the property */
	struct wql_literal literal;
};

/* A word of the query, and where it stands.  */
struct wql_word {
	const char *text;	/* NULL: it is not there */
	size_t at;
};

enum wql_kind { WQL_SELECT, WQL_ASSOCIATORS, WQL_REFERENCES };

struct wql {
	enum wql_kind kind;
	const struct wql_word *properties;	/* SELECT */
	size_t n_properties;			/* 0: all */
	struct wql_word class_name;
	const struct wql_node *where;		/* NULL: no condition */
	struct wql_word path;			/* ASSOCIATORS, REFERENCES */
	struct wql_word assoc_class, result_class, role, result_role;
	struct wql_word qualifier, assoc_qualifier;	/* that are required */
	bool class_defs_only;
};

/* Parse @query, UTF-8.  The tree lives in @a.  0, or -1 with *@error filled;
 * where memory was refused, arena_failed(@a) tells.  */
int wql_parse(struct arena *a, const char *query, struct wql *ret,
	      struct query_error *error);

#endif /* PROVIDER_WQL_H */
