#include <stdlib.h>
#include <string.h>

#include "provider/condition.h"
#include "provider/path.h"
#include "provider/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A query; its condition's strings are also patterns, and paths.  */
static void walk(struct arena *a, const struct wql_node *w, const char *text)
{
	struct object_path p;
	struct query_error e;

	for (size_t i = 0; i < w->n_terms; i++)
		walk(a, w->terms[i], text);
	if (w->kind != WQL_COMPARE || w->literal.kind != WQL_STRING)
		return;
	like(text, w->literal.string);
	if (path_parse(a, w->literal.string, &p, &e) == 0 &&
	    !path_equal(a, w->literal.string, w->literal.string))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	char *text = malloc(n + 1);
	struct query_error e = { 0 };
	struct wql q;

	if (a == NULL || text == NULL)
		abort();
	memcpy(text, data, n);
	text[n] = '\0';
	if (wql_parse(a, text, &q, &e) < 0) {
		if (e.at > strlen(text) || e.text[0] == '\0')
			__builtin_trap();
	} else if (q.where != NULL) {
		walk(a, q.where, text);
	}
	provider_query_check(a, text, &e);
	free(text);
	arena_free(a);
	return 0;
}
