/*
 * json_report.c - the model as JSON, and as JSON a line
 */
#include "report/report.h"

#include "report/json_record.h"

/* Write record @i of @k as an object, begun with its kind if @label is set.  */
static int write_record(struct json *j, const struct model *m,
			const struct record_kind *k, size_t i, bool label)
{
	struct row r = { m, k->at(m, i), i, arena_new() };
	bool failed;

	if (r.scratch == NULL)
		return ERR_NOMEM;
	json_object_open(j, NULL);
	if (label)
		json_string(j, "record", k->name);
	json_table(j, &k->table, &r);
	json_object_close(j);
	failed = arena_failed(r.scratch);
	arena_free(r.scratch);
	return failed ? ERR_NOMEM : 0;
}

int json_report(const struct model *m, const struct report_options *o,
		struct out *out)
{
	struct json j;

	(void)o;
	json_init(&j, out, false);
	json_object_open(&j, NULL);
	json_string(&j, "schema", REPORT_SCHEMA);
	json_bool(&j, "complete", m->complete);
	for (size_t k = 0; k < n_record_kinds; k++) {
		size_t n = record_kinds[k]->count(m);

		json_array_open(&j, record_kinds[k]->array_name);
		for (size_t i = 0; i < n; i++)
			if (write_record(&j, m, record_kinds[k], i, false) < 0)
				return ERR_NOMEM;
		json_array_close(&j);
	}
	json_object_close(&j);
	out_string(out, "\n");
	return 0;
}

static void write_start(struct out *out)
{
	struct json j;

	json_init(&j, out, true);
	json_object_open(&j, NULL);
	json_string(&j, "record", "start");
	json_string(&j, "schema", REPORT_SCHEMA);
	json_object_close(&j);
	out_string(out, "\n");
}

static void write_end(const struct model *m, struct out *out)
{
	struct json j;

	json_init(&j, out, true);
	json_object_open(&j, NULL);
	json_string(&j, "record", "end");
	json_bool(&j, "complete", m->complete);
	json_object_open(&j, "counts");
	for (size_t k = 0; k < n_record_kinds; k++)
		json_integer(&j, record_kinds[k]->array_name,
			     record_kinds[k]->count(m));
	json_object_close(&j);
	json_object_close(&j);
	out_string(out, "\n");
}

int jsonl_report(const struct model *m, const struct report_options *o,
		 struct out *out)
{
	(void)o;
	write_start(out);
	for (size_t k = 0; k < n_record_kinds; k++) {
		size_t n = record_kinds[k]->count(m);

		for (size_t i = 0; i < n; i++) {
			struct json j;

			json_init(&j, out, true);
			if (write_record(&j, m, record_kinds[k], i, true) < 0)
				return ERR_NOMEM;
			out_string(out, "\n");
		}
	}
	write_end(m, out);
	return 0;
}
