/*
 * cli.h - the tool's commands, and what they share
 *
 * Data goes to standard output, everything else to standard error; nothing
 * prompts.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <coldmount/coldmount.h>

/* Exit statuses; docs/coldmount.1 tells what they mean.  */
enum status {
	STATUS_COMPLETE = 0,
	STATUS_NO = 1,		/* a query without an answer */
	STATUS_USAGE = 2,
	STATUS_UNREADABLE = 3,
	STATUS_PARTIAL = 4,
	STATUS_OUTPUT = 5,
	STATUS_LIMIT = 6,
	STATUS_INTERNAL = 70,
};

/* One line to standard error, with "coldmount: " before it.  */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, and where to read more.  Returns STATUS_USAGE.  */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct command {
	const char *name;
	const char *synopsis;	/* what follows the name */
	const char *purpose;
	int (*run)(int argc, char **argv);	/* argv[0]: the command */
	void (*help)(void);	/* more, to standard output; may be NULL */
};

extern const struct command commands[];
extern const size_t n_commands;
const struct command *command_find(const char *name);

/* The usage of the whole tool.  */
void print_usage(FILE *f);

/* Flush standard output: STATUS_COMPLETE, or STATUS_OUTPUT with a complaint.  A
 * closed pipe is no failure: its reader has seen what it wanted.  */
int end_stdout(void);

int report_run(int argc, char **argv);
void report_help(void);
int query_run(int argc, char **argv);
void query_help(void);
int layout_run(int argc, char **argv);
void layout_help(void);
int resolve_run(int argc, char **argv);
void resolve_help(void);
int device_number_run(int argc, char **argv);
void device_number_help(void);
int extents_run(int argc, char **argv);
void extents_help(void);
int formats_run(int argc, char **argv);
int help_run(int argc, char **argv);
int version_run(int argc, char **argv);
int print_version(bool json);
int print_formats(void);

#endif /* CLI_CLI_H */
