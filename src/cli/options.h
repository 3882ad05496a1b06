/*
 * options.h - options as a table: getopt_long(3) and the help text read it
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

struct option_row {
	int id;			/* the short option, or a number above 255 */
	const char *name;	/* the long one */
	const char *argument;	/* its name in the help; NULL: takes none */
	const char *help;
};

#define OPTIONS_END (-1)
#define OPTIONS_WRONG '?'

/* The next option of @argv as its id, its argument in optarg; OPTIONS_END, with
 * optind at the first operand; OPTIONS_WRONG after it was complained about.
 * @rows has at most OPTIONS_MAX rows.  */
#define OPTIONS_MAX 40
int options_next(const struct option_row *rows, size_t n, int argc,
		 char **argv);

void options_help(const struct option_row *rows, size_t n, FILE *f);

#endif /* CLI_OPTIONS_H */
