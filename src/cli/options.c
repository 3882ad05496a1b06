#include "cli/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "cli/cli.h"

static bool has_short(const struct option_row *row)
{
	return row->id <= 255;
}

/* ":" first: getopt tells a missing argument apart, and prints nothing.  */
static void short_options(const struct option_row *rows, size_t n, char *buf)
{
	*buf++ = ':';
	for (size_t i = 0; i < n; i++) {
		if (!has_short(&rows[i]))
			continue;
		*buf++ = (char)rows[i].id;
		if (rows[i].argument != NULL)
			*buf++ = ':';
	}
	*buf = '\0';
}

static int wrong_option(char **argv, int result)
{
	const char *what = result == ':' ? "needs an argument" :
		"is unknown, ambiguous or takes no argument";

	/* A short option is in optopt, a long one is the word just read.  */
	if (optopt > 0 && optopt <= 255)
		usage_error("option -%c %s", optopt, what);
	else
		usage_error("option %s %s", argv[optind - 1], what);
	return OPTIONS_WRONG;
}

int options_next(const struct option_row *rows, size_t n, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX + 1] = { 0 };
	char shorts[2 * OPTIONS_MAX + 2];
	int result;

	assert(n <= OPTIONS_MAX);
	for (size_t i = 0; i < n; i++)
		longs[i] = (struct option){
			rows[i].name,
			rows[i].argument != NULL ? required_argument :
						   no_argument,
			NULL, rows[i].id
		};
	short_options(rows, n, shorts);
	opterr = 0;
	result = getopt_long(argc, argv, shorts, longs, NULL);
	if (result == '?' || result == ':')
		return wrong_option(argv, result);
	return result == -1 ? OPTIONS_END : result;
}

/* Where the help texts begin, and where their lines end.  */
enum { HELP_COLUMN = 30, HELP_WIDTH = 79 };

/* @s from @column on, broken between words.  */
static void wrap(const char *s, int column, FILE *f)
{
	for (bool first = true; *s != '\0'; first = false) {
		size_t n = strcspn(s, " ");

		if (!first && column + 1 + (int)n > HELP_WIDTH) {
			fprintf(f, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (!first) {
			fputc(' ', f);
			column++;
		}
		fwrite(s, 1, n, f);
		column += (int)n;
		s += n;
		s += strspn(s, " ");
	}
	fputc('\n', f);
}

static void help_row(const struct option_row *r, FILE *f)
{
	int column = has_short(r) ? fprintf(f, "  -%c, ", r->id) :
				    fprintf(f, "      ");

	column += r->argument != NULL ?
		  fprintf(f, "--%s %s", r->name, r->argument) :
		  fprintf(f, "--%s", r->name);
	fprintf(f, "%*s", column < HELP_COLUMN ? HELP_COLUMN - column : 1, "");
	wrap(r->help, HELP_COLUMN, f);
}

void options_help(const struct option_row *rows, size_t n, FILE *f)
{
	for (size_t i = 0; i < n; i++)
		help_row(&rows[i], f);
}
