#include <stdlib.h>
#include <string.h>

#include "machine/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Of a path that Windows has been through: no name of dots, none empty but the
 * last.  */
static void check_path(const char *path)
{
	if (strstr(path, "\\\\") != NULL || strstr(path, "\\..\\") != NULL ||
	    strstr(path, "\\.\\") != NULL)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	char *text = malloc(n + 1);
	struct target_error e = { 0 };
	struct target t;

	if (a == NULL || text == NULL)
		abort();
	memcpy(text, data, n);
	text[n] = '\0';
	if (target_parse(a, text, &t, &e) < 0) {
		if (e.at > strlen(text) || e.text[0] == '\0')
			__builtin_trap();
	} else {
		if (target_form_name(t.form) == NULL ||
		    (t.path[0] != '\0' && t.path[0] != '\\') ||
		    strlen(t.path) > strlen(text) + 1)
			__builtin_trap();
		if (!t.verbatim)
			check_path(t.path);
	}
	free(text);
	arena_free(a);
	return 0;
}
