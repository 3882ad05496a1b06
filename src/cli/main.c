#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

const struct command commands[] = {
	{ "report", "[OPTION]... [IMAGE]...",
	  "analyse the disks of one machine (the default)", report_run,
	  report_help },
	{ "query", "[OPTION]... QUERY IMAGE...",
	  "answer a query in WQL as WMI would have", query_run, query_help },
	{ "device-number", "[OPTION]... TARGET IMAGE...",
	  "the disk and partition number of a volume, and the reverse",
	  device_number_run, device_number_help },
	{ "extents", "[OPTION]... TARGET IMAGE...",
	  "where a volume lies on the disks", extents_run, extents_help },
	{ "layout", "[OPTION]... DISK IMAGE...",
	  "a disk's partition table as Windows reports it to programs",
	  layout_run, layout_help },
	{ "resolve", "[OPTION]... TARGET IMAGE...",
	  "where a path or a byte of a disk lies, and what leads there",
	  resolve_run, resolve_help },
	{ "formats", "", "list the report formats", formats_run, NULL },
	{ "help", "[COMMAND]", "explain how a command is used", help_run,
	  NULL },
	{ "version", "[--json]",
	  "show the versions of coldmount and its libraries", version_run,
	  NULL },
};
const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void vcomplain(const char *fmt, va_list ap)
{
	fputs("coldmount: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vcomplain(fmt, ap);
	va_end(ap);
}

int usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vcomplain(fmt, ap);
	va_end(ap);
	fputs("Try 'coldmount --help'.\n", stderr);
	return STATUS_USAGE;
}

int end_stdout(void)
{
	bool failed = fflush(stdout) != 0 || ferror(stdout);

	if (!failed || errno == EPIPE)
		return STATUS_COMPLETE;
	complain("standard output: %s", strerror(errno));
	return STATUS_OUTPUT;
}

int main(int argc, char **argv)
{
	const struct command *c = NULL;

	/* A closed pipe is an error of write(), not the end of the process.  */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_usage(stderr);
		return STATUS_USAGE;
	}
	c = command_find(argv[1]);
	if (c != NULL)
		return c->run(argc - 1, argv + 1);
	return report_run(argc, argv);
}
