#include "provider/wql.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "provider/path.h"

/* Nobody writes so much by hand, and a program has no reason to.  */
#define MAX_QUERY_BYTES 65536
#define MAX_DEPTH 64		/* of parentheses and NOT: it recurses */

enum token_kind {
	TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_NUMBER, TOKEN_PATH,
	TOKEN_SIGN
};

struct token {
	enum token_kind kind;
	size_t at;
	const char *text;	/* of a STRING without quotes and escapes */
};

struct parser {
	struct arena *a;
	const char *query;
	size_t at;		/* behind `now' */
	struct token now;
	unsigned depth;
	struct query_error *error;
};

int query_error_set(struct query_error *e, size_t at, const char *fmt, ...)
{
	va_list ap;

	e->at = at;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* --- words ---------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       is_digit(c) || c == '_';
}

static int take(struct parser *p, enum token_kind kind, size_t at, size_t n)
{
	char *text = arena_alloc(p->a, n + 1);

	if (text == NULL)
		return query_error_set(p->error, at, "out of memory");
	memcpy(text, p->query + at, n);
	p->now = (struct token){ kind, at, text };
	return 0;
}

/* A string in quotes; p->at is behind the first.  */
static int take_string(struct parser *p, size_t at)
{
	char quote = p->query[at];
	char *text = arena_alloc(p->a, strlen(p->query + at));
	size_t n = 0;

	if (text == NULL)
		return query_error_set(p->error, at, "out of memory");
	while (p->query[p->at] != quote) {
		if (p->query[p->at] == '\\' && p->query[p->at + 1] != '\0')
			p->at++;
		if (p->query[p->at] == '\0')
			return query_error_set(p->error, at,
					       "a string without its end");
		text[n++] = p->query[p->at++];
	}
	p->at++;
	p->now = (struct token){ TOKEN_STRING, at, text };
	return 0;
}

/* An object path in braces, which end it only outside of quotes: the name of a
 * volume has some.  */
static int take_path(struct parser *p, size_t at)
{
	char c;

	while ((c = p->query[p->at]) != '\0' && c != '}') {
		if (c == '"' || c == '\'')
			p->at += path_string_end(p->query + p->at);
		else if (c == '\\' && p->query[p->at + 1] != '\0')
			p->at++;
		p->at += p->query[p->at] != '\0';
	}
	if (c == '\0')
		return query_error_set(p->error, at,
				       "an object path without its end");
	p->at++;
	if (take(p, TOKEN_PATH, at + 1, p->at - at - 2) < 0)
		return -1;
	p->now.at = at;
	return 0;
}

static size_t span_of(const char *s, bool (*belongs)(char))
{
	size_t n = 0;

	while (s[n] != '\0' && belongs(s[n]))
		n++;
	return n;
}

static bool is_number_byte(char c)
{
	return is_word_byte(c) || c == '.';
}

static int next(struct parser *p)
{
	const char *q = p->query;
	size_t at = p->at += strspn(q + p->at, " \t\r\n");
	size_t n = 1;

	if (q[at] == '\0') {
		p->now = (struct token){ TOKEN_END, at, "" };
		return 0;
	}
	p->at++;
	if (q[at] == '\'' || q[at] == '"')
		return take_string(p, at);
	if (q[at] == '{')
		return take_path(p, at);
	if (is_digit(q[at]) || ((q[at] == '-' || q[at] == '+') &&
				      is_digit(q[at + 1]))) {
		n = 1 + span_of(q + at + 1, is_number_byte);
		p->at = at + n;
		return take(p, TOKEN_NUMBER, at, n);
	}
	if (is_word_byte(q[at])) {
		n = span_of(q + at, is_word_byte);
		p->at = at + n;
		return take(p, TOKEN_WORD, at, n);
	}
	if (strchr("<>=!", q[at]) != NULL)
		n = strspn(q + at, "<>=!");
	p->at = at + n;
	return take(p, TOKEN_SIGN, at, n);
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->now.kind == TOKEN_WORD &&
	       ascii_compare(p->now.text, word) == 0;
}

static bool is_sign(const struct parser *p, const char *sign)
{
	return p->now.kind == TOKEN_SIGN && strcmp(p->now.text, sign) == 0;
}

static int expected(struct parser *p, const char *what)
{
	if (p->now.kind == TOKEN_END)
		return query_error_set(p->error, p->now.at,
				       "%s is expected, and the query ends",
				       what);
	return query_error_set(p->error, p->now.at, "%s is expected", what);
}

static int take_word(struct parser *p, const char *what, struct wql_word *ret)
{
	if (p->now.kind != TOKEN_WORD)
		return expected(p, what);
	*ret = (struct wql_word){ p->now.text, p->now.at };
	return next(p);
}

static int skip_word(struct parser *p, const char *word)
{
	return is_word(p, word) ? next(p) : expected(p, word);
}

/* --- conditions ----------------------------------------------------------- */

static int parse_condition(struct parser *p, const struct wql_node **ret);

/* Decimal, or hexadecimal behind 0x; with a point, real.  */
static int parse_number(struct parser *p, struct wql_literal *ret)
{
	const char *s = p->now.text;
	char *end;

	ret->kind = WQL_INTEGER;
	ret->negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	errno = 0;
	ret->integer = strtoull(s, &end, s[0] == '0' &&
				(s[1] == 'x' || s[1] == 'X') ? 16 : 10);
	ret->real = (double)ret->integer;
	if (*end != '\0') {
		ret->kind = WQL_REAL;
		ret->real = strtod(s, &end);
	}
	if (*end != '\0')
		return query_error_set(p->error, p->now.at,
				       "this is no number");
	if (errno != 0)
		return query_error_set(p->error, p->now.at,
				       "this number takes more than 64 bits");
	if (ret->negative)
		ret->real = -ret->real;
	return 0;
}

static bool is_literal(const struct parser *p)
{
	return p->now.kind == TOKEN_STRING || p->now.kind == TOKEN_NUMBER ||
	       is_word(p, "TRUE") || is_word(p, "FALSE") || is_word(p, "NULL");
}

static int parse_literal(struct parser *p, struct wql_literal *ret)
{
	if (!is_literal(p))
		return expected(p, "a string, a number, TRUE, FALSE or NULL");
	*ret = (struct wql_literal){ .kind = WQL_NULL, .at = p->now.at };
	if (p->now.kind == TOKEN_NUMBER && parse_number(p, ret) < 0)
		return -1;
	if (p->now.kind == TOKEN_STRING) {
		ret->kind = WQL_STRING;
		ret->string = p->now.text;
	} else if (p->now.kind == TOKEN_WORD && !is_word(p, "NULL")) {
		ret->kind = WQL_BOOLEAN;
		ret->boolean = is_word(p, "TRUE");
	}
	return next(p);
}

static const struct {
	const char *text;
	enum wql_operator operator, turned;	/* with the sides changed */
} operators[] = {
	{ "=", WQL_EQUAL, WQL_EQUAL },
	{ "<>", WQL_NOT_EQUAL, WQL_NOT_EQUAL },
	{ "!=", WQL_NOT_EQUAL, WQL_NOT_EQUAL },
	{ "<", WQL_LESS, WQL_GREATER },
	{ "<=", WQL_LESS_EQUAL, WQL_GREATER_EQUAL },
	{ ">", WQL_GREATER, WQL_LESS },
	{ ">=", WQL_GREATER_EQUAL, WQL_LESS_EQUAL },
};
#define N_OPERATORS (sizeof(operators) / sizeof(operators[0]))

/* The sign at hand, of those in the table.  */
static int parse_sign(struct parser *p, bool turned, enum wql_operator *ret)
{
	for (size_t i = 0; i < N_OPERATORS; i++)
		if (is_sign(p, operators[i].text)) {
			*ret = turned ? operators[i].turned
				      : operators[i].operator;
			return next(p);
		}
	return expected(p, "an operator: = <> < <= > >= LIKE IS");
}

/* IS, IS NOT, LIKE or a sign, and what it asks for.  */
static int parse_question(struct parser *p, struct wql_node *n)
{
	size_t at = p->now.at;

	if (is_word(p, "IS")) {
		n->operator = WQL_IS;
		if (next(p) < 0)
			return -1;
		if (is_word(p, "NOT")) {
			n->operator = WQL_IS_NOT;
			if (next(p) < 0)
				return -1;
		}
		n->literal = (struct wql_literal){ .kind = WQL_NULL, .at = at };
		return skip_word(p, "NULL");
	}
	if (is_word(p, "LIKE")) {
		n->operator = WQL_LIKE;
		if (next(p) < 0)
			return -1;
		if (p->now.kind != TOKEN_STRING)
			return expected(p, "a string");
		return parse_literal(p, &n->literal);
	}
	if (parse_sign(p, false, &n->operator) < 0)
		return -1;
	return parse_literal(p, &n->literal);
}

static int parse_comparison(struct parser *p, struct wql_node *n)
{
	struct wql_word property = { 0 };

	n->kind = WQL_COMPARE;
	if (is_literal(p)) {
		if (parse_literal(p, &n->literal) < 0 ||
		    parse_sign(p, true, &n->operator) < 0 ||
		    take_word(p, "a property", &property) < 0)
			return -1;
	} else {
		if (take_word(p, "a property", &property) < 0 ||
		    parse_question(p, n) < 0)
			return -1;
	}
	n->property = property.text;
	n->at = property.at;
	return 0;
}

static int parse_parenthesis(struct parser *p, const struct wql_node **ret)
{
	if (next(p) < 0 || parse_condition(p, ret) < 0)
		return -1;
	return is_sign(p, ")") ? next(p) : expected(p, ")");
}

static struct wql_node *new_node(struct parser *p, enum wql_node_kind kind)
{
	struct wql_node *n = arena_alloc(p->a, sizeof(*n));

	if (n == NULL)
		query_error_set(p->error, p->now.at, "out of memory");
	else
		n->kind = kind;
	return n;
}

static int add_term(struct parser *p, struct wql_node *n,
		    const struct wql_node *term)
{
	const struct wql_node **last = arena_push(p->a, &n->terms, n->n_terms,
						  sizeof(*last));

	if (last == NULL)
		return query_error_set(p->error, p->now.at, "out of memory");
	*last = term;
	n->n_terms++;
	return 0;
}

static int parse_term(struct parser *p, const struct wql_node **ret);

static int parse_not(struct parser *p, const struct wql_node **ret)
{
	struct wql_node *n = new_node(p, WQL_NOT);
	const struct wql_node *term = NULL;

	if (n == NULL || next(p) < 0 || parse_term(p, &term) < 0)
		return -1;
	*ret = n;
	return add_term(p, n, term);
}

static int parse_question_node(struct parser *p, const struct wql_node **ret)
{
	struct wql_node *n = new_node(p, WQL_COMPARE);

	*ret = n;
	return n == NULL ? -1 : parse_comparison(p, n);
}

static int parse_term(struct parser *p, const struct wql_node **ret)
{
	int r;

	if (++p->depth > MAX_DEPTH)
		return query_error_set(p->error, p->now.at,
				       "parentheses and NOT are nested more "
				       "than %d deep", MAX_DEPTH);
	if (is_sign(p, "("))
		r = parse_parenthesis(p, ret);
	else if (is_word(p, "NOT"))
		r = parse_not(p, ret);
	else
		r = parse_question_node(p, ret);
	p->depth--;
	return r;
}

/* What @parse takes, once, or several times joined by @word.  */
static int parse_chain(struct parser *p, const char *word,
		       enum wql_node_kind kind,
		       int (*parse)(struct parser *p,
				    const struct wql_node **ret),
		       const struct wql_node **ret)
{
	const struct wql_node *term = NULL;
	struct wql_node *n;

	if (parse(p, &term) < 0)
		return -1;
	*ret = term;
	if (!is_word(p, word))
		return 0;
	n = new_node(p, kind);
	*ret = n;
	if (n == NULL || add_term(p, n, term) < 0)
		return -1;
	while (is_word(p, word))
		if (next(p) < 0 || parse(p, &term) < 0 ||
		    add_term(p, n, term) < 0)
			return -1;
	return 0;
}

static int parse_and(struct parser *p, const struct wql_node **ret)
{
	return parse_chain(p, "AND", WQL_AND, parse_term, ret);
}

static int parse_condition(struct parser *p, const struct wql_node **ret)
{
	return parse_chain(p, "OR", WQL_OR, parse_and, ret);
}

/* --- statements ----------------------------------------------------------- */

static int parse_properties(struct parser *p, struct wql *q)
{
	struct wql_word *words = NULL;

	if (is_sign(p, "*"))
		return next(p);
	for (;;) {
		struct wql_word *w = arena_push(p->a, &words, q->n_properties,
						sizeof(*w));

		if (w == NULL)
			return query_error_set(p->error, p->now.at,
					       "out of memory");
		if (take_word(p, "* or a property", w) < 0)
			return -1;
		q->n_properties++;
		q->properties = words;
		if (!is_sign(p, ","))
			return 0;
		if (next(p) < 0)
			return -1;
	}
}

static int parse_select(struct parser *p, struct wql *q)
{
	q->kind = WQL_SELECT;
	if (parse_properties(p, q) < 0 || skip_word(p, "FROM") < 0 ||
	    take_word(p, "a class", &q->class_name) < 0)
		return -1;
	if (!is_word(p, "WHERE"))
		return 0;
	return next(p) < 0 ? -1 : parse_condition(p, &q->where);
}

/* One of the words that narrow what is associated.  */
static int parse_filter(struct parser *p, struct wql *q)
{
	const struct {
		const char *name;
		struct wql_word *word;
		bool of_references;
	} filters[] = {
		{ "AssocClass", &q->assoc_class, false },
		{ "ResultClass", &q->result_class, true },
		{ "ResultRole", &q->result_role, false },
		{ "Role", &q->role, true },
		{ "RequiredQualifier", &q->qualifier, true },
		{ "RequiredAssocQualifier", &q->assoc_qualifier, false },
	};

	if (is_word(p, "ClassDefsOnly")) {
		q->class_defs_only = true;
		return next(p);
	}
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (!is_word(p, filters[i].name) ||
		    (q->kind == WQL_REFERENCES && !filters[i].of_references))
			continue;
		if (next(p) < 0)
			return -1;
		if (!is_sign(p, "="))
			return expected(p, "=");
		if (next(p) < 0)
			return -1;
		return take_word(p, "a name", filters[i].word);
	}
	return expected(p, q->kind == WQL_REFERENCES ?
			"ResultClass, Role, RequiredQualifier or "
			"ClassDefsOnly" :
			"AssocClass, ResultClass, Role, ResultRole, "
			"RequiredQualifier, RequiredAssocQualifier or "
			"ClassDefsOnly");
}

static int parse_of(struct parser *p, enum wql_kind kind, struct wql *q)
{
	q->kind = kind;
	if (skip_word(p, "OF") < 0)
		return -1;
	if (p->now.kind != TOKEN_PATH)
		return expected(p, "an object path in braces");
	q->path = (struct wql_word){ p->now.text, p->now.at + 1 };
	if (next(p) < 0)
		return -1;
	if (!is_word(p, "WHERE"))
		return 0;
	if (next(p) < 0)
		return -1;
	do {
		if (parse_filter(p, q) < 0)
			return -1;
	} while (p->now.kind != TOKEN_END);
	return 0;
}

static int parse_statement(struct parser *p, struct wql *q)
{
	if (is_word(p, "SELECT"))
		return next(p) < 0 ? -1 : parse_select(p, q);
	if (is_word(p, "ASSOCIATORS"))
		return next(p) < 0 ? -1 : parse_of(p, WQL_ASSOCIATORS, q);
	if (is_word(p, "REFERENCES"))
		return next(p) < 0 ? -1 : parse_of(p, WQL_REFERENCES, q);
	return expected(p, "SELECT, ASSOCIATORS OF or REFERENCES OF");
}

int wql_parse(struct arena *a, const char *query, struct wql *ret,
	      struct query_error *error)
{
	struct parser p = { .a = a, .query = query, .error = error };
	struct wql q = { 0 };

	if (strlen(query) > MAX_QUERY_BYTES)
		return query_error_set(error, MAX_QUERY_BYTES,
				       "a query has no more than %d bytes",
				       MAX_QUERY_BYTES);
	if (next(&p) < 0 || parse_statement(&p, &q) < 0)
		return -1;
	if (p.now.kind != TOKEN_END)
		return expected(&p, q.where != NULL ?
				"AND, OR or the end of the query" :
				"WHERE or the end of the query");
	*ret = q;
	return 0;
}
