#include "cli/answer.h"

#include <string.h>

#include "cli/output.h"

static bool is_shape(const struct answer *a, const char *shape)
{
	const char *name, *purpose;

	for (size_t i = 0; a->shape_at != NULL &&
	     a->shape_at(i, &name, &purpose); i++)
		if (strcmp(name, shape) == 0)
			return true;
	for (size_t i = 0; i < a->n_shapes; i++)
		if (strcmp(a->shapes[i], shape) == 0)
			return true;
	return false;
}

static bool is_binary(const char *shape)
{
	return strcmp(shape, "binary") == 0 || strcmp(shape, "cached") == 0;
}

static int help(const struct answer *a)
{
	const struct command *c = command_find(a->name);

	printf("usage: coldmount %s %s\n", a->name, c->synopsis);
	c->help();
	return end_stdout();
}

int answer_at_once(const struct answer *a, const struct request *r)
{
	const char *shape = r->format;
	struct cm_error e;

	if (r->help)
		return help(a);
	if (r->query == NULL)
		return usage_error("there is no %s", a->operand);
	if (shape != NULL && !is_shape(a, shape))
		return usage_error("--format: there is no '%s'; 'coldmount "
				   "help %s' shows which there are", shape,
				   a->name);
	if (shape != NULL && is_binary(shape) && output_is_terminal(r->output))
		return usage_error("bytes are not written to a terminal; use "
				   "--output FILE");
	if (a->check(r->query, &e) < 0)
		return failure_status(&e);
	return -1;
}

int answer_write(const struct answer *a, const struct request *r,
		 const struct cm_machine *m, struct output *out)
{
	struct cm_report_options o = {
		.verbose = r->verbose,
		.one_installation = r->installation >= 0,
		.installation = r->installation < 0 ? 0 :
				(unsigned)r->installation,
	};
	struct cm_error e;

	return answer_end(out, a->call(m, r->query, r->format, &o, output_write,
				       out, NULL, &e), &e);
}

int answer_end(struct output *out, int result, const struct cm_error *e)
{
	if (result == 0 || e->code == CM_ERROR_WRITE)
		return output_end(out, true);
	output_end(out, false);
	return failure_status(e);
}

void answer_print_shapes(const struct answer *a)
{
	const char *name, *purpose;

	fputs("\nShapes:\n", stdout);
	for (size_t i = 0; a->shape_at(i, &name, &purpose); i++)
		printf("  %-10s%s\n", name, purpose);
}

void answer_print_statuses(const char *none)
{
	printf("\nExit status: 0 complete; 1 %s;\n"
	       "2 wrong usage; 3 an image or a hive could not be read; 4 the "
	       "evidence is\npartial; 5 the answer could not be written; 6 out "
	       "of memory.\nOf several, 5 is given before 3, 3 before 4 and 4 "
	       "before 1: use\n--partial-ok to tell 0 from 1 where the "
	       "evidence is "
	       "partial.\n", none);
}
