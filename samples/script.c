#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define MAX_FIELDS 7

/* The commands of a builder, and whom they are for. */
struct script {
	const char *program;
	const struct script_command *commands;
	size_t n;
	struct build *build;
	char ***arg;		/* where they find the fields of a command */
	int *n_args;
};

static const struct script_command *find_command(const struct script *s,
						 const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(name, s->commands[i].name) == 0)
			return &s->commands[i];
	return NULL;
}

static int run_line(const struct script *s, char *line, int number_of_line)
{
	char *field[MAX_FIELDS];
	int n = text_fields(line, field, MAX_FIELDS);

	if (n == 0 || (n > 0 && field[0][0] == '#'))
		return 0;
	const struct script_command *c =
		n < 0 ? NULL : find_command(s, field[0]);

	if (c == NULL || n - 1 < c->min || n - 1 > c->max) {
		fprintf(stderr, "%s: line %d: %s %s\n", s->program,
			number_of_line, c == NULL ? "no such command" : c->name,
			c == NULL ? "" : c->usage);
		return -1;
	}
	*s->arg = field + 1;
	*s->n_args = n - 1;
	if (c->run(s->build) == 0)
		return 0;
	fprintf(stderr, "%s: line %d: %s %s: %s\n", s->program, number_of_line,
		c->name, n > 1 ? field[1] : "", strerror(errno));
	return -1;
}

int script_run(const char *program, const struct script_command *commands,
	       size_t n, struct build *b, char ***arg, int *n_args,
	       FILE *script)
{
	const struct script s = { program, commands, n, b, arg, n_args };
	static char line[65536];
	int err = 0;

	for (int i = 1; err == 0 && fgets(line, sizeof(line), script); i++)
		err = run_line(&s, line, i);
	return ferror(script) ? -1 : err;
}

int script_invalid(void)
{
	errno = EINVAL;
	return -1;
}

int script_number(const char *text, int base, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, base);
	return errno == 0 && end != text && *end == '\0' ? 0 :
							    script_invalid();
}
