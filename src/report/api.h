/*
 * api.h - what the files share that make up the public interface
 */
#ifndef REPORT_API_H
#define REPORT_API_H

#include "coldmount/coldmount.h"

#include "machine/machine.h"
#include "report/report.h"

struct cm_machine {
	struct machine *machine;
	bool started;		/* the analysis, of which there is one */
	bool analysed;		/* it did not fail */
};

/* Fill @error, which may be NULL; returns @code.  */
int api_fail(struct cm_error *error, int code, const char *text);

/* The same with @text that names of evidence are in: what a terminal would obey
 * is made visible, and it is cut between characters.  */
int api_fail_text(struct cm_error *error, int code, const char *text);

/* An error of the layers below, which fail for what the caller did or when out
 * of memory, never for what the evidence holds.  */
int api_fail_err(struct cm_error *error, const struct err *e);

/* Fails where @m is NULL or was not analysed.  */
int api_check(const struct cm_machine *m, struct cm_error *error);

/* The same, and where there is no function to write to.  */
int api_check_writing(const struct cm_machine *m, cm_write_fn *write,
		      struct cm_error *error);

/* A caller that wants no @s gives NULL.  */
void api_give(const char **ret, const char *s);

/* The installation that @o, which may be NULL, asks for: the first where it
 * does not; NONE where there is none.  Fails where @m was not analysed, too. */
int api_installation(const struct cm_machine *m,
		     const struct cm_report_options *o, size_t *ret,
		     struct cm_error *error);

/* The cites @own, then those of @more (may be NULL) that are not among them, in
 * @a.  */
struct cm_citations api_citations(struct arena *a, const struct cites *own,
				  const struct cites *more);

#endif /* REPORT_API_H */
