/*
 * api.c - the public interface, over the machine and its reports
 */
#include "report/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libbde.h>
#include <libewf.h>
#include <libfsntfs.h>
#include <openssl/crypto.h>
#include <tsk/libtsk.h>
#include <zlib.h>
#include <zstd.h>

#include "report/cim_report.h"
#include "report/escape.h"

int api_fail(struct cm_error *error, int code, const char *text)
{
	if (error != NULL) {
		error->code = code;
		snprintf(error->text, sizeof(error->text), "%s", text);
	}
	return code;
}

int api_fail_err(struct cm_error *error, const struct err *e)
{
	char text[256];
	int code = e->code == ERR_NOMEM ? CM_ERROR_MEMORY : CM_ERROR_ARGUMENT;

	return api_fail(error, code, err_text(e, text, sizeof(text)));
}

int api_check(const struct cm_machine *m, struct cm_error *error)
{
	if (m == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no machine");
	if (!m->analysed)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"the machine was not analysed");
	return 0;
}

int api_check_writing(const struct cm_machine *m, cm_write_fn *write,
		      struct cm_error *error)
{
	if (write == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no function to write to");
	return api_check(m, error);
}

void api_give(const char **ret, const char *s)
{
	if (ret != NULL)
		*ret = s;
}

struct cm_machine *cm_machine_new(void)
{
	struct cm_machine *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->machine = machine_new();
	if (m->machine == NULL) {
		free(m);
		return NULL;
	}
	return m;
}

void cm_machine_free(struct cm_machine *m)
{
	if (m == NULL)
		return;
	machine_free(m->machine);
	free(m);
}

static int add_image(struct cm_machine *m, const char *name,
		     const struct supplied_bytes *bytes, int number,
		     struct cm_error *error)
{
	struct err e = { 0 };

	if (m == NULL)
		return api_check(m, error);
	if (m->started)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"images are added before the analysis");
	if (name == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"an image has no path");
	if (number < -1)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"a disk number is negative");
	if (machine_add_image(m->machine, name, bytes, number, &e) == 0)
		return 0;
	if (e.code == ERR_VALUE)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"a disk number is given twice");
	return api_fail_err(error, &e);
}

int cm_machine_add_image(struct cm_machine *m, const char *path, int number,
			 struct cm_error *error)
{
	return add_image(m, path, NULL, number, error);
}

int cm_machine_add_evidence(struct cm_machine *m,
			    const struct cm_evidence *evidence, int number,
			    struct cm_error *error)
{
	struct supplied_bytes bytes;

	if (evidence == NULL || evidence->read_at == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no function to read the evidence");
	bytes = (struct supplied_bytes){ evidence->read_at, evidence->ctx,
					 evidence->size };
	return add_image(m, evidence->name, &bytes, number, error);
}

/* Add @path by @fn, machine_add_hive() or the like.  */
static int add_loose(struct cm_machine *m, const char *path,
		     int (*fn)(struct machine *m, const char *path,
			       struct err *reterr),
		     struct cm_error *error)
{
	struct err e = { 0 };

	if (m == NULL)
		return api_check(m, error);
	if (m->started)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"hives are added before the analysis");
	if (path == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, "a hive has no path");
	return fn(m->machine, path, &e) == 0 ? 0 : api_fail_err(error, &e);
}

int cm_machine_add_hive(struct cm_machine *m, const char *path,
			struct cm_error *error)
{
	return add_loose(m, path, machine_add_hive, error);
}

int cm_machine_add_registry_text(struct cm_machine *m, const char *path,
				 struct cm_error *error)
{
	return add_loose(m, path, machine_add_registry_text, error);
}

int cm_machine_add_key_file(struct cm_machine *m, const char *path,
			    struct cm_error *error)
{
	struct err e = { 0 };

	if (m == NULL)
		return api_check(m, error);
	if (m->started)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"keys are added before the analysis");
	if (path == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"a key file has no path");
	if (machine_add_key_file(m->machine, path, &e) == 0)
		return 0;
	if (e.code == ERR_NOMEM)
		return api_fail_err(error, &e);
	return api_fail(error, CM_ERROR_ARGUMENT, e.what);
}

/* What is wrong with the options; NULL: nothing.  */
static const char *options_fault(const struct cm_options *o)
{
	if (o->scan != CM_SCAN_AUTO && o->scan != CM_SCAN_INDEX &&
	    o->scan != CM_SCAN_FULL)
		return "there is no such way to scan";
	if (o->sector_size != 0 && o->sector_size != 512 &&
	    o->sector_size != 4096)
		return "a sector has 512 or 4096 bytes";
	for (size_t i = 0; i < o->n_parents; i++)
		if (o->parents == NULL || o->parents[i] == NULL)
			return "a parent has no path";
	return NULL;
}

static enum ntfs_scan ntfs_scan_of(enum cm_scan s)
{
	switch (s) {
	case CM_SCAN_INDEX:
		return NTFS_SCAN_INDEX;
	case CM_SCAN_FULL:
		return NTFS_SCAN_FULL;
	case CM_SCAN_AUTO:
		break;
	}
	return NTFS_SCAN_AUTO;
}

int cm_machine_analyse(struct cm_machine *m, const struct cm_options *o,
		       struct cm_error *error)
{
	struct machine_options mo = { .scan = NTFS_SCAN_AUTO };
	const char *fault = o != NULL ? options_fault(o) : NULL;
	struct err e = { 0 };

	if (m == NULL)
		return api_check(m, error);
	if (m->started)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"a machine is analysed only once");
	if (fault != NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, fault);
	if (o != NULL)
		mo = (struct machine_options){
			ntfs_scan_of(o->scan), o->parents, o->n_parents,
			o->sector_size, o->recover, o->shadows
		};
	m->started = true;
	if (machine_analyse(m->machine, &mo, &e) < 0)
		return api_fail_err(error, &e);
	m->analysed = true;
	return 0;
}

struct cm_outcome cm_machine_outcome(const struct cm_machine *m)
{
	const struct model *model;

	if (m == NULL)
		return (struct cm_outcome){ 0 };
	model = machine_model(m->machine);
	return (struct cm_outcome){
		.complete = m->analysed && model->complete,
		.unreadable = model->unreadable,
		.images = model->n_images,
		.disks = model->n_disks,
		.partitions = model->n_partitions,
		.volumes = model->n_volumes,
		.installations = model->n_installations,
		.names = model->n_names,
		.mount_points = model->n_mounts,
		.findings = model->findings.n,
		.bytes_read = model->stats.bytes,
		.read_calls = model->stats.calls,
	};
}

bool cm_machine_file(const struct cm_machine *m, size_t i,
		     const char **ret_name)
{
	const struct model *model = m != NULL ? machine_model(m->machine) :
						NULL;

	for (size_t k = 0; model != NULL && k < model->n_images; k++) {
		const struct machine_image *image = &model->images[k];

		if (i < image->n_segments) {
			api_give(ret_name, image->segments[i]);
			return true;
		}
		i -= image->n_segments;
	}
	return false;
}

static struct report_options report_options(const struct cm_report_options *o)
{
	if (o == NULL)
		return (struct report_options){ 0 };
	return (struct report_options){
		o->colour, o->verbose, o->width, o->one_installation,
		o->installation
	};
}

/* What is wrong with @o for @m in @f; NULL: nothing.  */
static const char *report_fault(const struct report_format *f,
				const struct report_options *o,
				const struct model *m)
{
	if (!o->one_installation)
		return NULL;
	if (f->familiar == NULL)
		return "this format covers all installations";
	return o->installation < m->n_installations ? NULL :
	       "there is no such installation";
}

static int write_report(const struct report_format *f, struct machine *m,
			const struct report_options *o, struct out *out)
{
	if (f->familiar == NULL)
		return f->write(machine_model(m), o, out);
	return familiar_report(m, f->familiar, o->one_installation ?
			       o->installation : NONE, out);
}

int cm_report_write(const struct cm_machine *m, const char *format,
		    const struct cm_report_options *o, cm_write_fn *write,
		    void *ctx, struct cm_error *error)
{
	const struct report_format *f = format != NULL ?
					report_format_find(format) : NULL;
	struct report_options ro = report_options(o);
	const char *fault;
	struct out out;
	int r;

	if (f == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"unknown report format");
	r = api_check_writing(m, write, error);
	if (r < 0)
		return r;
	fault = report_fault(f, &ro, machine_model(m->machine));
	if (fault != NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, fault);
	out_init(&out, write, ctx);
	if (write_report(f, m->machine, &ro, &out) < 0)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	if (out_end(&out) < 0)
		return api_fail(error, CM_ERROR_WRITE,
				"the report could not be written");
	return 0;
}

bool cm_report_format(size_t i, const char **ret_name, const char **ret_purpose)
{
	if (i >= n_report_formats)
		return false;
	api_give(ret_name, report_formats[i].name);
	api_give(ret_purpose, report_formats[i].purpose);
	return true;
}

int api_installation(const struct cm_machine *m,
		     const struct cm_report_options *o, size_t *ret,
		     struct cm_error *error)
{
	bool asks = o != NULL && o->one_installation;
	int r = api_check(m, error);
	size_t n;

	if (r < 0)
		return r;
	n = machine_model(m->machine)->n_installations;
	if (asks && o->installation >= n)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no such installation");
	*ret = asks ? o->installation : n > 0 ? 0 : NONE;
	return 0;
}

/* --- queries -------------------------------------------------------------- */

/* An error of a query has its place in it: characters are counted as an editor
 * counts them.  */
static int fail_query(struct cm_error *error, const char *query,
		      const struct query_error *e)
{
	size_t column = 1;
	char text[256];

	for (size_t i = 0; i < e->at; i++)
		column += ((unsigned char)query[i] & 0xc0) != 0x80;
	snprintf(text, sizeof(text), "query, character %zu: %s", column,
		 e->text);
	return api_fail(error, CM_ERROR_ARGUMENT, text);
}

static int no_query(struct cm_error *error)
{
	return api_fail(error, CM_ERROR_ARGUMENT, "there is no query");
}

int cm_query_check(const char *query, struct cm_error *error)
{
	struct arena *a;
	struct query_error e;
	int r = 0;

	if (query == NULL)
		return no_query(error);
	a = arena_new();
	if (a == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	if (provider_query_check(a, query, &e) < 0)
		r = arena_failed(a) ?
		    api_fail(error, CM_ERROR_MEMORY, "out of memory") :
		    fail_query(error, query, &e);
	arena_free(a);
	return r;
}

static int answer(struct provider *p, const char *query,
		  const struct cim_shape *shape, struct out *out,
		  size_t *ret_count, struct cm_error *error)
{
	struct query_result result;
	struct query_error e;
	int r = provider_query(p, query, &result, &e);

	if (r == 0)
		shape->write(&result, out);
	if (arena_failed(p->arena))
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	if (r < 0)
		return fail_query(error, query, &e);
	if (out_end(out) < 0)
		return api_fail(error, CM_ERROR_WRITE,
				"the answer could not be written");
	if (ret_count != NULL)
		*ret_count = result.n_objects;
	return 0;
}

int cm_query(const struct cm_machine *m, const char *query, const char *shape,
	     int installation, cm_write_fn *write, void *ctx, size_t *ret_count,
	     struct cm_error *error)
{
	const struct cim_shape *s = shape != NULL ? cim_shape_find(shape)
						  : &cim_list;
	size_t n, index = NONE;
	struct provider *p;
	struct err e = { 0 };
	struct out out;
	int r;

	if (s == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, "unknown shape");
	if (query == NULL)
		return no_query(error);
	r = api_check_writing(m, write, error);
	if (r < 0)
		return r;
	n = machine_model(m->machine)->n_installations;
	if (installation < -1 || (installation >= 0 &&
				  (size_t)installation >= n))
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no such installation");
	if (n > 0)
		index = installation < 0 ? 0 : (size_t)installation;
	if (provider_new(m->machine, index, &p, &e) < 0)
		return api_fail_err(error, &e);
	out_init(&out, write, ctx);
	r = answer(p, query, s, &out, ret_count, error);
	provider_free(p);
	if (machine_end_query(m->machine, &e) < 0 && r == 0)
		r = api_fail_err(error, &e);
	return r;
}

bool cm_query_shape(size_t i, const char **ret_name, const char **ret_purpose)
{
	if (i >= n_cim_shapes)
		return false;
	api_give(ret_name, cim_shapes[i]->name);
	api_give(ret_purpose, cim_shapes[i]->purpose);
	return true;
}

/* --- findings ------------------------------------------------------------- */

/* A text that is cut where its room ends.  */
struct cut_line {
	char *buf;
	size_t n, size;
};

static bool continues_character(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

static int append_to_line(void *ctx, const void *data, size_t n)
{
	struct cut_line *l = ctx;
	const char *p = data;
	size_t room = l->size - l->n - 1;
	size_t take = n < room ? n : room;

	/* No character is cut in two.  */
	while (take > 0 && take < n && continues_character(p[take]))
		take--;
	memcpy(l->buf + l->n, p, take);
	l->n += take;
	l->buf[l->n] = '\0';
	return take < n ? -1 : 0;
}

/* A character at a time: a blank in a sentence, before a path, is one.  */
static void out_sentence(struct out *out, const char *s)
{
	char piece[5] = "";
	struct glyph g;

	for (; *s != '\0'; s += g.n) {
		g = glyph_at(s);
		memcpy(piece, s, g.n);
		piece[g.n] = '\0';
		if (g.c == ' ')
			out_string(out, piece);
		else
			out_text(out, piece);
	}
}

int api_fail_text(struct cm_error *error, int code, const char *text)
{
	struct cut_line line = { 0 };
	struct out out;

	if (error == NULL)
		return code;
	line.buf = error->text;
	line.size = sizeof(error->text);
	error->text[0] = '\0';
	out_init(&out, append_to_line, &line);
	out_sentence(&out, text);
	out_end(&out);
	error->code = code;
	return code;
}

static enum cm_severity severity_of(enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR:
		return CM_ERROR;
	case SEVERITY_WARNING:
		return CM_WARNING;
	case SEVERITY_INFO:
		break;
	}
	return CM_INFO;
}

bool cm_finding(const struct cm_machine *m, size_t i,
		enum cm_severity *ret_severity, char *buf, size_t n)
{
	const struct model *model = m != NULL ? machine_model(m->machine) :
						NULL;
	struct cut_line line = { buf, 0, n };
	const struct diag *d;
	struct out out;

	if (model == NULL || i >= model->findings.n || buf == NULL || n == 0)
		return false;
	d = &model->findings.list[i];
	buf[0] = '\0';
	out_init(&out, append_to_line, &line);
	out_string(&out, d->kind->code);
	out_string(&out, ": ");
	out_prose(&out, d->message);
	out_end(&out);
	if (ret_severity != NULL)
		*ret_severity = severity_of(d->kind->severity);
	return true;
}

const char *cm_schema(void)
{
	return REPORT_SCHEMA;
}

const char *cm_version(void)
{
	return CM_VERSION;
}

static const char *version_of_zlib(void)
{
	return zlibVersion();
}

static const char *version_of_zstd(void)
{
	return ZSTD_versionString();
}

static const char *version_of_libcrypto(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static const struct {
	const char *name;
	const char *(*version)(void);
} libraries[] = {
	{ "libtsk", tsk_version_get_str },
	{ "libfsntfs", libfsntfs_get_version },
	{ "libbde", libbde_get_version },
	{ "libewf", libewf_get_version },
	{ "libcrypto", version_of_libcrypto },
	{ "zlib", version_of_zlib },
	{ "zstd", version_of_zstd },
};

bool cm_library_version(size_t i, const char **ret_name,
			const char **ret_version)
{
	if (i >= sizeof(libraries) / sizeof(libraries[0]))
		return false;
	api_give(ret_name, libraries[i].name);
	api_give(ret_version, libraries[i].version());
	return true;
}
