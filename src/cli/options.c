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

/* The option that @word, "--out" or "--out=x", stands for; *@ret_n counts those
 * that it may stand for.  */
static const struct option_row *meant(const struct option_row *rows, size_t n,
				      const char *word, size_t *ret_n)
{
	size_t chars = strcspn(word + 2, "=");
	const struct option_row *found = NULL;

	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (strncmp(rows[i].name, word + 2, chars) != 0)
			continue;
		found = &rows[i];
		(*ret_n)++;
		if (rows[i].name[chars] != '\0')
			continue;
		*ret_n = 1;
		return found;
	}
	return found;
}

/* A long option is the word just read.  A short one is in optopt; it may stand
 * among others, so that its word is not yet done with, and the word before is
 * one that was right: which has no argument that it does not take.  */
static int wrong_option(const struct option_row *rows, size_t n, char **argv,
			int result)
{
	const char *word = argv[optind - 1];
	bool is_long = strncmp(word, "--", 2) == 0;
	size_t n_meant = 0;
	const struct option_row *row = is_long ? meant(rows, n, word, &n_meant)
					       : NULL;

	if (result == ':' && is_long)
		usage_error("option %s needs an argument", word);
	else if (result == ':')
		usage_error("option -%c needs an argument", optopt);
	else if (row != NULL && n_meant == 1 && row->argument == NULL &&
		 strchr(word, '=') != NULL)
		usage_error("option %.*s takes no argument",
			    (int)strcspn(word, "="), word);
	else if (optopt != 0)
		usage_error("option -%c is unknown", optopt);
	else if (n_meant > 1)
		usage_error("option %s is ambiguous", word);
	else
		usage_error("option %s is unknown", word);
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
		return wrong_option(rows, n, argv, result);
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
