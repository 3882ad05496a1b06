#include "cli/answer.h"

#include <string.h>

#include "cli/output.h"

static bool is_shape(const struct answer *a, const char *shape)
{
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
	const char *shape = r->format != NULL ? r->format : a->shapes[0];
	struct cm_error e;

	if (r->help)
		return help(a);
	if (r->query == NULL)
		return usage_error("there is no %s", a->operand);
	if (!is_shape(a, shape))
		return usage_error("--format: there is no '%s'; 'coldmount "
				   "help %s' tells which there are", shape,
				   a->name);
	if (is_binary(shape) && output_is_terminal(r->output))
		return usage_error("bytes are not written to a terminal; "
				   "--output takes a file");
	if (cm_layout_check(r->query, &e) < 0)
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

	if (a->call(m, r->query, r->format, &o, output_write, out, NULL,
		    &e) < 0 && e.code != CM_ERROR_WRITE) {
		output_end(out, false);
		return failure_status(&e);
	}
	return output_end(out, true);
}
