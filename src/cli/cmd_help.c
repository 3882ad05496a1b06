#include "cli/cli.h"

void print_usage(FILE *f)
{
	fputs("usage: coldmount [report] [OPTION]... [IMAGE]...\n"
	      "       coldmount COMMAND [ARGUMENT]...\n\n"
	      "Shows, from images of a captured Windows machine's disks, which "
	      "volume was\nmounted on which directory or drive letter, and on "
	      "which disk and partition it\nlies.\n\nCommands:\n", f);
	for (size_t i = 0; i < n_commands; i++)
		fprintf(f, "  %-15s%s\n", commands[i].name,
			commands[i].purpose);
	fputs("\n'coldmount --help' lists the options of report; "
	      "coldmount(1) has examples.\n", f);
}

static int help_for(const char *name)
{
	const struct command *c = command_find(name);

	if (c == NULL)
		return usage_error("there is no command '%s'", name);
	printf("usage: coldmount %s %s\n\n%s\n", c->name, c->synopsis,
	       c->purpose);
	if (c->help != NULL)
		c->help();
	return end_stdout();
}

int help_run(int argc, char **argv)
{
	if (argc > 2)
		return usage_error("help takes one command");
	if (argc == 2)
		return help_for(argv[1]);
	print_usage(stdout);
	return end_stdout();
}
