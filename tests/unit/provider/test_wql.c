#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "provider/condition.h"
#include "provider/wql.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(wql, .init = set_up, .fini = tear_down);

static struct wql parsed(const char *query)
{
	struct wql q = { 0 };
	struct query_error e = { 0 };

	cr_assert_eq(wql_parse(arena, query, &q, &e), 0, "%s: %s at %zu",
		     query, e.text, e.at);
	return q;
}

/* A condition with all its parentheses.  */
static const char *shape(const struct wql_node *n)
{
	static const char *const words[] = { "and", "or", "not" };
	const char *s;

	if (n->kind == WQL_COMPARE)
		return n->property;
	s = arena_printf(arena, "(%s", words[n->kind]);
	for (size_t i = 0; i < n->n_terms; i++)
		s = arena_printf(arena, "%s %s", s, shape(n->terms[i]));
	return arena_printf(arena, "%s)", s);
}

Test(wql, select_names_properties_and_a_class)
{
	struct wql q = parsed("select Name , DeviceID\n\tFROM Win32_Volume");

	cr_expect_eq(q.kind, WQL_SELECT);
	cr_assert_eq(q.n_properties, 2);
	cr_expect_str_eq(q.properties[0].text, "Name");
	cr_expect_str_eq(q.properties[1].text, "DeviceID");
	cr_expect_eq(q.properties[1].at, 14);
	cr_expect_str_eq(q.class_name.text, "Win32_Volume");
	cr_expect_null(q.where);
	cr_expect_eq(parsed("SELECT * FROM X").n_properties, 0);
}

Test(wql, not_binds_closest_then_and_then_or)
{
	static const struct { const char *condition, *shape; } rows[] = {
		{ "a=1", "a" },
		{ "a=1 OR b=1 AND c=1", "(or a (and b c))" },
		{ "a=1 AND b=1 OR c=1", "(or (and a b) c)" },
		{ "NOT a=1 AND b=1", "(and (not a) b)" },
		{ "NOT (a=1 AND b=1)", "(not (and a b))" },
		{ "(a=1 OR b=1) and c=1", "(and (or a b) c)" },
		{ "a=1 OR b=1 OR c=1", "(or a b c)" },
		{ "not not a is not null", "(not (not a))" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wql q = parsed(arena_printf(arena,
			"SELECT * FROM X WHERE %s", rows[i].condition));

		cr_expect_str_eq(shape(q.where), rows[i].shape);
	}
}

static struct wql_node comparison(const char *text)
{
	struct wql q = parsed(arena_printf(arena, "SELECT * FROM X WHERE %s",
					   text));

	cr_assert_eq(q.where->kind, WQL_COMPARE);
	return *q.where;
}

Test(wql, constants_are_of_several_kinds)
{
	struct wql_node n = comparison("a = 0x1F");

	cr_expect_eq(n.literal.kind, WQL_INTEGER);
	cr_expect_eq(n.literal.integer, 31);
	n = comparison("a <> -18446744073709551615");
	cr_expect_eq(n.operator, WQL_NOT_EQUAL);
	cr_expect(n.literal.negative);
	cr_expect_eq(n.literal.integer, UINT64_MAX);
	n = comparison("a >= 1.5");
	cr_expect_eq(n.literal.kind, WQL_REAL);
	cr_expect_eq(n.literal.real, 1.5);
	cr_expect(comparison("a = true").literal.boolean);
	cr_expect_eq(comparison("a = NULL").literal.kind, WQL_NULL);
	cr_expect_eq(comparison("a IS NULL").operator, WQL_IS);
	cr_expect_eq(comparison("a IS NOT NULL").operator, WQL_IS_NOT);
}

Test(wql, a_backslash_in_a_string_takes_what_follows)
{
	struct wql_node n = comparison("DeviceID = \"\\\\\\\\?\\\\V{a}\\\\\"");

	cr_expect_str_eq(n.literal.string, "\\\\?\\V{a}\\");
	cr_expect_str_eq(comparison("a = 'it\\'s \"x\"'").literal.string,
			 "it's \"x\"");
	cr_expect_str_eq(comparison("a LIKE \"%'%\"").literal.string, "%'%");
}

Test(wql, a_constant_on_the_left_turns_the_operator)
{
	struct wql_node n = comparison("5 < a");

	cr_expect_eq(n.operator, WQL_GREATER);
	cr_expect_str_eq(n.property, "a");
	cr_expect_eq(comparison("5 >= a").operator, WQL_LESS_EQUAL);
	cr_expect_eq(comparison("'x' = a").operator, WQL_EQUAL);
}

Test(wql, associators_have_a_path_and_filters)
{
	struct wql q = parsed("ASSOCIATORS OF {Win32_Volume.DeviceID="
			      "\"\\\\\\\\?\\\\Volume{a}\\\\\"} WHERE "
			      "AssocClass = Win32_MountPoint ResultClass=X "
			      "role=Volume ResultRole = Directory "
			      "RequiredQualifier=Dynamic "
			      "requiredassocqualifier = Association "
			      "ClassDefsOnly");

	cr_expect_eq(q.kind, WQL_ASSOCIATORS);
	cr_expect_str_eq(q.path.text, "Win32_Volume.DeviceID="
			 "\"\\\\\\\\?\\\\Volume{a}\\\\\"");
	cr_expect_eq(q.path.at, 16);
	cr_expect_str_eq(q.assoc_class.text, "Win32_MountPoint");
	cr_expect_str_eq(q.result_class.text, "X");
	cr_expect_str_eq(q.role.text, "Volume");
	cr_expect_str_eq(q.result_role.text, "Directory");
	cr_expect_str_eq(q.qualifier.text, "Dynamic");
	cr_expect_str_eq(q.assoc_qualifier.text, "Association");
	cr_expect(q.class_defs_only);
	q = parsed("associators of {X.A='}\"'}");
	cr_expect_str_eq(q.path.text, "X.A='}\"'");
	q = parsed("references of {X=\"1\"}");
	cr_expect_eq(q.kind, WQL_REFERENCES);
	cr_expect_null(q.role.text);
}

/* Each with the byte that the error should point at.  */
static const struct { const char *query; size_t at; } wrong[] = {
	{ "", 0 },
	{ "DELETE FROM X", 0 },
	{ "SELECT", 6 },
	{ "SELECT a b FROM X", 9 },
	{ "SELECT a, FROM X", 15 },
	{ "SELECT * FROM", 13 },
	{ "SELECT * FROM 'X'", 14 },
	{ "SELECT * FROM X ORDER BY a", 16 },
	{ "SELECT * FROM X WHERE", 21 },
	{ "SELECT * FROM X WHERE a", 23 },
	{ "SELECT * FROM X WHERE a ! 1", 24 },
	{ "SELECT * FROM X WHERE a == 1", 24 },
	{ "SELECT * FROM X WHERE a = b", 26 },
	{ "SELECT * FROM X WHERE a = 'b", 26 },
	{ "SELECT * FROM X WHERE a = 'b\\", 26 },
	{ "SELECT * FROM X WHERE a = 12ab", 26 },
	{ "SELECT * FROM X WHERE a = 18446744073709551616", 26 },
	{ "SELECT * FROM X WHERE a LIKE 5", 29 },
	{ "SELECT * FROM X WHERE a IS 5", 27 },
	{ "SELECT * FROM X WHERE (a = 1", 28 },
	{ "SELECT * FROM X WHERE a = 1)", 27 },
	{ "SELECT * FROM X WHERE a = 1 b = 2", 28 },
	{ "SELECT * FROM X WHERE 1 = 2", 26 },
	{ "SELECT * FROM X;", 15 },
	{ "SELECT * FROM \xc3\xa4", 14 },
	{ "ASSOCIATORS {X=1}", 12 },
	{ "ASSOCIATORS OF X", 15 },
	{ "ASSOCIATORS OF {X=\"1\"", 15 },
	{ "ASSOCIATORS OF {X=1} WHERE", 26 },
	{ "ASSOCIATORS OF {X=1} WHERE Role", 31 },
	{ "ASSOCIATORS OF {X=1} WHERE Role=", 32 },
	{ "ASSOCIATORS OF {X=1} WHERE a=1", 27 },
	{ "REFERENCES OF {X=1} WHERE AssocClass=Y", 26 },
	{ "REFERENCES OF {X=1} WHERE RequiredAssocQualifier=Y", 26 },
	/* Microsoft's examples of what is not valid.  */
	{ "Associators of {X=\"C:\"} where resultClass = Y requiredQualifier "
	  "<> Dynamic", 64 },
	{ "Associators of {X=\"C:\"} where resultClass = Y AND "
	  "requiredQualifier = Dynamic", 46 },
};

Test(wql, an_error_says_where)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct wql q;
		struct query_error e = { .at = 999 };

		cr_expect_eq(wql_parse(arena, wrong[i].query, &q, &e), -1,
			     "%s", wrong[i].query);
		cr_expect_eq(e.at, wrong[i].at, "%s: %zu: %s", wrong[i].query,
			     e.at, e.text);
		cr_expect_neq(e.text[0], '\0');
	}
}

Test(wql, deep_and_long_queries_end)
{
	char deep[1000], *chain = malloc(70000);
	struct wql q;
	struct query_error e;
	size_t n;

	n = (size_t)snprintf(deep, sizeof(deep), "SELECT * FROM X WHERE ");
	memset(deep + n, '(', 900);
	deep[n + 900] = '\0';
	cr_expect_eq(wql_parse(arena, deep, &q, &e), -1);
	n = (size_t)snprintf(chain, 70000, "SELECT * FROM X WHERE a=1");
	while (n < 65000)
		n += (size_t)snprintf(chain + n, 70000 - n, " OR a=1");
	cr_expect_eq(wql_parse(arena, chain, &q, &e), 0);
	cr_expect_gt(q.where->n_terms, 9000);
	memset(chain, ' ', 69999);
	chain[69999] = '\0';
	cr_expect_eq(wql_parse(arena, chain, &q, &e), -1);
	free(chain);
}

Test(wql, every_truncation_and_changed_byte_is_survived)
{
	static const char query[] = "SELECT a, b FROM X WHERE NOT (a LIKE "
				    "'%\\\\x' AND 5 >= b) OR c IS NOT NULL";
	char copy[sizeof(query)];
	struct wql q;
	struct query_error e;

	for (size_t n = 0; n < sizeof(query); n++) {
		char *cut = strndup(query, n);

		wql_parse(arena, cut, &q, &e);
		free(cut);
	}
	for (size_t i = 0; i + 1 < sizeof(query); i++)
		for (int c = 1; c < 256; c++) {
			memcpy(copy, query, sizeof(query));
			copy[i] = (char)c;
			wql_parse(arena, copy, &q, &e);
		}
}

/* --- LIKE: Microsoft's documentation of the operator ---------------------- */

Test(wql, like_knows_wildcards_and_sets)
{
	static const struct {
		const char *text, *pattern;
		bool alike;
	} rows[] = {
		{ "C:\\Mount", "C:\\M%", true },
		{ "C:\\Mount", "c:\\mOUNT", true },
		{ "C:\\Mount", "%ount", true },
		{ "C:\\Mount", "%o%t", true },
		{ "C:\\Mount", "%o%x", false },
		{ "C:\\Mount", "C:\\Moun_", true },
		{ "C:\\Mount", "C:\\Mount_", false },
		{ "", "%", true }, { "", "", true }, { "", "_", false },
		{ "a", "", false },
		{ "cat", "[bc]at", true }, { "rat", "[bc]at", false },
		{ "cat", "[^bc]at", false }, { "rat", "[^bc]at", true },
		{ "e", "[a-f]", true }, { "E", "[a-f]", true },
		{ "g", "[a-f]", false }, { "e", "[a=f]", true },
		{ "50%", "50[%]", true }, { "50x", "50[%]", false },
		{ "a_b", "a[_]b", true }, { "axb", "a[_]b", false },
		{ "-", "[a-]", true },
		{ "\xc3\xbc" "b", "_b", true },	/* one character */
		{ "\xc3\xbc", "[\xc3\xa0-\xc3\xbf]", true },
		{ "a", "[\xc3\xa0-\xc3\xbf]", false },
		{ "x", "[x", true }, { "y", "[x", false },
		{ "aaab", "%aab", true }, { "abab", "%ab%ab%", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(like(rows[i].text, rows[i].pattern),
			     rows[i].alike, "%s like %s", rows[i].text,
			     rows[i].pattern);
}

Test(wql, like_is_quick_where_much_could_be_tried)
{
	char text[20001], pattern[2001];

	memset(text, 'a', 20000);
	text[20000] = '\0';
	for (size_t i = 0; i < 2000; i++)
		pattern[i] = i % 2 == 0 ? '%' : 'a';
	pattern[1999] = 'b';
	pattern[2000] = '\0';
	cr_expect_not(like(text, pattern));
}
