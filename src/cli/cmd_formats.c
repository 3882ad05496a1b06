#include "cli/cli.h"

int print_formats(void)
{
	const char *name, *purpose;

	for (size_t i = 0; cm_report_format(i, &name, &purpose); i++)
		printf("%-16s%s\n", name, purpose);
	return end_stdout();
}

int formats_run(int argc, char **argv)
{
	if (argc > 1)
		return usage_error("formats takes no argument: %s", argv[1]);
	return print_formats();
}
