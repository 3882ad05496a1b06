#include "cli/cli.h"

#include <string.h>

/* Versions are digits, letters and dots: nothing that JSON would escape.  */
static void print_json(void)
{
	const char *name, *version;

	printf("{\n  \"coldmount\": \"%s\",\n  \"schema\": \"%s\",\n"
	       "  \"libraries\": {", cm_version(), cm_schema());
	for (size_t i = 0; cm_library_version(i, &name, &version); i++)
		printf("%s\n    \"%s\": \"%s\"", i > 0 ? "," : "", name,
		       version);
	printf("\n  }\n}\n");
}

static void print_lines(void)
{
	const char *name, *version;

	printf("coldmount %s\nschema %s\n", cm_version(), cm_schema());
	for (size_t i = 0; cm_library_version(i, &name, &version); i++)
		printf("%s %s\n", name, version);
}

int print_version(bool json)
{
	if (json)
		print_json();
	else
		print_lines();
	return end_stdout();
}

int version_run(int argc, char **argv)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;

	if (argc > 1 && !json)
		return usage_error("version takes only --json");
	return print_version(json);
}
