/*
 * json_record.h - records as JSON, by their tables of columns
 */
#ifndef REPORT_JSON_RECORD_H
#define REPORT_JSON_RECORD_H

#include "report/columns.h"
#include "report/json.h"
#include "report/report.h"

/* The members that @t makes of @r, in an object that is open.  */
void json_table(struct json *j, const struct table *t, const struct row *r);

/* What a question is answered with: @n records of @size bytes each.  */
struct json_answer {
	const char *name;	/* of the array that holds them */
	const struct table *table;
	const void *records;
	size_t size, n;
};

/* A document of one array, with the schema's name.  0 or ERR_NOMEM.  */
int json_answer(const struct model *m, const struct json_answer *a,
		struct out *out);

#endif /* REPORT_JSON_RECORD_H */
