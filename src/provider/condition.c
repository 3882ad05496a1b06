#include "provider/condition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "provider/datetime.h"
#include "provider/path.h"
#include "provider/provider.h"
#include "provider/system_properties.h"

/* --- LIKE ----------------------------------------------------------------- */

static unsigned char lower(char c)
{
	return (unsigned char)ascii_lower(c);
}

/* The bytes of the UTF-8 character at @s, which is not at its end.  */
static size_t character(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Whether the character at @s lies between those at @first and @last.  UTF-8
 * sorts as the characters do.  */
static bool between(const char *s, const char *first, const char *last)
{
	size_t n = character(s), nf = character(first), nl = character(last);

	if (n == 1 && nf == 1 && nl == 1)
		return lower(*first) <= lower(*s) && lower(*s) <= lower(*last);
	return (nf < n || (nf == n && memcmp(first, s, n) <= 0)) &&
	       (n < nl || (n == nl && memcmp(s, last, n) <= 0));
}

/* Whether the character at @s is in the set at *@set, "[a-f]", behind which
 * *@set is left; one without its end ends with the pattern.  */
static bool in_set(const char *s, const char **set)
{
	const char *p = *set + 1;
	bool outside = *p == '^', found = false;

	p += outside;
	while (*p != '\0' && *p != ']') {
		const char *first = p, *last = p;

		p += character(p);
		if ((*p == '-' || *p == '=') && p[1] != ']' && p[1] != '\0') {
			last = p + 1;
			p = last + character(last);
		}
		found = found || between(s, first, last);
	}
	*set = *p == ']' ? p + 1 : p;
	return found != outside;
}

/* Whether the character at *@text, which is not at its end, is like what stands
 * at *@pattern; both move on.  */
static bool step(const char **text, const char **pattern)
{
	const char *t = *text, *p = *pattern;
	size_t n = character(t);

	*text += n;
	if (*p == '[')
		return in_set(t, pattern);
	if (*p == '\0')
		return false;
	*pattern += character(p);
	return *p == '_' || (n == 1 ? lower(*t) == lower(*p)
				    : strncmp(t, p, n) == 0);
}

/* Of several % only the last need be tried at other places: what stands before
 * it has been found as early as can be.  */
bool like(const char *text, const char *pattern)
{
	const char *again = NULL, *from = NULL;

	while (*text != '\0') {
		if (*pattern == '%') {
			again = ++pattern;
			from = text;
			continue;
		}
		if (step(&text, &pattern))
			continue;
		if (again == NULL)
			return false;
		from += character(from);
		text = from;
		pattern = again;
	}
	pattern += strspn(pattern, "%");
	return *pattern == '\0';
}

/* --- comparisons ---------------------------------------------------------- */

static bool ordered(enum wql_operator op, int sign)
{
	switch (op) {
	case WQL_EQUAL: return sign == 0;
	case WQL_NOT_EQUAL: return sign != 0;
	case WQL_LESS: return sign < 0;
	case WQL_LESS_EQUAL: return sign <= 0;
	case WQL_GREATER: return sign > 0;
	case WQL_GREATER_EQUAL: return sign >= 0;
	case WQL_LIKE:
	case WQL_IS:
	case WQL_IS_NOT:
		break;
	}
	return false;
}

static int sign_of_reals(double a, double b)
{
	return (a > b) - (a < b);
}

/* Of @n and a number, which may be negative.  */
static int sign_of_integers(uint64_t n, const struct wql_literal *l)
{
	if (l->kind == WQL_REAL)
		return sign_of_reals((double)n, l->real);
	if (l->negative && l->integer != 0)
		return 1;
	return (n > l->integer) - (n < l->integer);
}

static int sign_of_signed(int64_t n, const struct wql_literal *l)
{
	if (n >= 0)
		return sign_of_integers((uint64_t)n, l);
	if (l->kind == WQL_REAL)
		return sign_of_reals((double)n, l->real);
	if (!l->negative || l->integer == 0)
		return -1;
	/* -@n, which has no form as int64_t where it is the least.  */
	return (l->integer > 0 - (uint64_t)n) - (l->integer < 0 - (uint64_t)n);
}

/* Not one of more than 64 bits.  */
static bool parse_number(const char *text, struct wql_literal *ret)
{
	const char *digits;
	char *end;

	ret->negative = *text == '-';
	digits = text + ret->negative;
	if (*digits < '0' || *digits > '9')
		return false;
	ret->kind = WQL_INTEGER;
	errno = 0;
	ret->integer = strtoull(digits, &end, 10);
	if (errno != 0)
		return false;
	ret->real = (double)ret->integer;
	if (*end != '\0') {
		ret->kind = WQL_REAL;
		ret->real = strtod(digits, &end);
	}
	if (ret->negative)
		ret->real = -ret->real;
	return *end == '\0';
}

/* Scripts write numbers as strings, too.  */
static bool number_of(const struct wql_literal *l, struct wql_literal *ret)
{
	*ret = *l;
	if (l->kind == WQL_BOOLEAN) {
		ret->kind = WQL_INTEGER;
		ret->integer = l->boolean;
	}
	if (l->kind != WQL_STRING)
		return l->kind != WQL_NULL;
	return parse_number(l->string, ret);
}

static bool boolean_of(const struct wql_literal *l, bool *ret)
{
	*ret = l->kind == WQL_BOOLEAN ? l->boolean : l->integer == 1;
	if (l->kind == WQL_BOOLEAN)
		return true;
	if (l->kind == WQL_INTEGER)
		return !l->negative && l->integer <= 1;
	if (l->kind != WQL_STRING)
		return false;
	*ret = ascii_compare(l->string, "true") == 0;
	return *ret || ascii_compare(l->string, "false") == 0;
}

/* However the path is written.  */
static bool reference_holds(const struct wql_node *n,
			    const struct cim_object *o,
			    const struct cim_value *v)
{
	bool same = path_equal(o->provider->arena, v->string,
			       n->literal.string);

	return same == (n->operator == WQL_EQUAL);
}

static bool string_holds(const struct wql_node *n, const struct cim_value *v)
{
	if (n->operator == WQL_LIKE)
		return like(v->string, n->literal.string);
	return ordered(n->operator,
		       ascii_compare(v->string, n->literal.string));
}

static bool datetime_holds(const struct wql_node *n, const struct cim_value *v)
{
	char time[CIM_DATETIME_BYTES];

	return cim_datetime_is(v->string) &&
	       cim_datetime_read(n->literal.string, time) &&
	       ordered(n->operator, cim_datetime_compare(v->string, time));
}

/* Scripts write DriveLetter = 'C'; a number is the character's.  */
static bool char_of(const struct wql_literal *l, struct wql_literal *ret)
{
	if (l->kind != WQL_STRING || l->string[0] == '\0' ||
	    l->string[1] != '\0')
		return number_of(l, ret);
	*ret = *l;
	ret->kind = WQL_INTEGER;
	ret->negative = false;
	ret->integer = lower(l->string[0]);
	return true;
}

static bool char_holds(const struct wql_node *n, const struct cim_value *v)
{
	struct wql_literal c;
	bool known = char_of(&n->literal, &c);

	if (n->literal.kind != WQL_STRING)
		return known && ordered(n->operator,
					sign_of_integers(v->integer, &c));
	return known && ordered(n->operator, sign_of_integers(
		lower((char)v->integer), &c));
}

static bool value_holds(const struct wql_node *n, const struct cim_object *o,
			enum cim_type type, const struct cim_value *v)
{
	struct wql_literal number;
	bool boolean;

	switch (type) {
	case CIM_BOOLEAN:
		return boolean_of(&n->literal, &boolean) &&
		       ordered(n->operator, v->boolean - boolean);
	case CIM_STRING:
		return string_holds(n, v);
	case CIM_DATETIME:
		return datetime_holds(n, v);
	case CIM_REFERENCE:
		return reference_holds(n, o, v);
	case CIM_SINT64:
		return number_of(&n->literal, &number) &&
		       ordered(n->operator,
			       sign_of_signed(v->sinteger, &number));
	case CIM_REAL64:
		return number_of(&n->literal, &number) &&
		       ordered(n->operator,
			       sign_of_reals(v->real, number.real));
	case CIM_CHAR16:
		return char_holds(n, v);
	case CIM_UINT8:
	case CIM_UINT16:
	case CIM_UINT32:
	case CIM_UINT64:
		break;
	}
	return number_of(&n->literal, &number) &&
	       ordered(n->operator, sign_of_integers(v->integer, &number));
}

/* --- conditions ----------------------------------------------------------- */

static bool comparison_holds(const struct wql_node *n,
			     const struct cim_object *o)
{
	const struct cim_property *p = property_find(o->class, n->property);
	struct cim_value v;

	cim_get(o, p, &v);
	if (n->literal.kind == WQL_NULL)
		return v.is_set == (n->operator == WQL_IS_NOT ||
				    n->operator == WQL_NOT_EQUAL);
	return v.is_set && value_holds(n, o, p->type, &v);
}

/* Recurses as deep as the parser did.  */
bool condition_holds(const struct wql_node *where, const struct cim_object *o)
{
	if (where == NULL)
		return true;
	switch (where->kind) {
	case WQL_COMPARE:
		return comparison_holds(where, o);
	case WQL_NOT:
		return !condition_holds(where->terms[0], o);
	case WQL_AND:
	case WQL_OR:
		break;
	}
	for (size_t i = 0; i < where->n_terms; i++)
		if (condition_holds(where->terms[i], o) ==
		    (where->kind == WQL_OR))
			return where->kind == WQL_OR;
	return where->kind == WQL_AND;
}

/* Whether values of @type can be compared with @l.  */
static bool comparable(enum cim_type type, const struct wql_literal *l)
{
	struct wql_literal number;
	bool boolean;
	char time[CIM_DATETIME_BYTES];

	switch (type) {
	case CIM_STRING:
	case CIM_REFERENCE:
		return l->kind == WQL_STRING;
	case CIM_DATETIME:
		return l->kind == WQL_STRING &&
		       cim_datetime_read(l->string, time);
	case CIM_BOOLEAN:
		return boolean_of(l, &boolean);
	case CIM_CHAR16:
		return char_of(l, &number);
	default:
		return number_of(l, &number);
	}
}

static int check_operator(const struct wql_node *n,
			  const struct cim_property *p,
			  struct query_error *error)
{
	bool equality = n->operator == WQL_EQUAL ||
			n->operator == WQL_NOT_EQUAL;

	if (n->literal.kind == WQL_NULL)
		return equality || n->operator == WQL_IS ||
		       n->operator == WQL_IS_NOT ? 0 :
		       query_error_set(error, n->literal.at,
				       "NULL is neither more nor less than "
				       "anything");
	if (n->operator == WQL_LIKE && p->type != CIM_STRING)
		return query_error_set(error, n->at, "LIKE is for strings, "
				       "and %s is of type %s", p->name,
				       cim_type_name(p->type));
	if (!equality && (p->type == CIM_REFERENCE || p->type == CIM_BOOLEAN))
		return query_error_set(error, n->at, "%s is of type %s, which "
				       "has no order", p->name,
				       cim_type_name(p->type));
	return 0;
}

static int check_comparison(const struct wql_node *n,
			    const struct cim_class *c,
			    struct query_error *error)
{
	const struct cim_property *p = property_find(c, n->property);

	if (p == NULL)
		return query_error_set(error, n->at, "%s has no property %s",
				       c->name, n->property);
	if (check_operator(n, p, error) < 0)
		return -1;
	if (n->literal.kind == WQL_NULL)
		return 0;
	if (p->is_array)
		return query_error_set(error, n->at, "%s is an array, which "
				       "WQL cannot compare", p->name);
	if (!comparable(p->type, &n->literal))
		return query_error_set(error, n->literal.at, "%s is of type %s,"
				       " which this is not", p->name,
				       cim_type_name(p->type));
	return 0;
}

int condition_check(const struct wql_node *where, const struct cim_class *c,
		    struct query_error *error)
{
	if (where == NULL)
		return 0;
	if (where->kind == WQL_COMPARE)
		return check_comparison(where, c, error);
	for (size_t i = 0; i < where->n_terms; i++)
		if (condition_check(where->terms[i], c, error) < 0)
			return -1;
	return 0;
}
