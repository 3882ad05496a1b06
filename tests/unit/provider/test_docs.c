#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/cim.h"

/* The manual of the classes, whole.  */
static char *read_manual(void)
{
	FILE *f = fopen("docs/wmi.md", "r");
	char *text = calloc(1, 1 << 20);

	cr_assert_not_null(f, "docs/wmi.md is read from the project's top");
	cr_assert_not_null(text);
	cr_assert_lt(fread(text, 1, (1 << 20) - 1, f), (1u << 20) - 1);
	fclose(f);
	return text;
}

/* The row of @p; a `|' would end a column.  */
static void row_of(const struct cim_property *p, char *buf, size_t n)
{
	snprintf(buf, n, "| %s | %s%s%s | %s%s |\n", p->name,
		 cim_type_name(p->type), p->reference != NULL ? " " : "",
		 p->reference != NULL ? p->reference :
		 p->is_array ? "[]" : "",
		 p->get == NULL && p->leads_to == NULL ? "NULL: " : "",
		 p->source);
	cr_assert_null(strchr(p->source, '|'));
}

/* Each class has a chapter, whose rows are its properties in their order.  To
 * write it anew: the rows that are missing are told.  */
Test(docs, the_manual_tells_the_source_of_every_property)
{
	char *manual = read_manual();

	for (size_t i = 0; i < n_cim_classes; i++) {
		const struct cim_class *c = cim_classes[i];
		char line[512];
		const char *at;

		snprintf(line, sizeof(line), "\n## %s\n", c->name);
		at = strstr(manual, line);
		cr_expect_not_null(at, "%s has no chapter", c->name);
		for (size_t k = 0;
		     k < c->n_properties + c->n_unused && at != NULL; k++) {
			const char *next;

			row_of(k < c->n_properties ? &c->properties[k] :
			       &c->unused[k - c->n_properties], line,
			       sizeof(line));
			next = strstr(at, line);
			cr_expect_not_null(next, "%s: %s", c->name, line);
			if (next == NULL)
				continue;
			cr_expect(k == 0 || next == at, "%s: %s is not next",
				  c->name, line);
			at = next + strlen(line);
		}
		cr_expect(at == NULL || *at != '|', "%s: a row too many",
			  c->name);
	}
	free(manual);
}
