/*
 * diag.h - what the evidence shows that is not as it should be
 *
 * Evidence is damaged by nature.  A bad record is a finding with the place of
 * its bytes, and the analysis goes on.  Each layer declares the kinds that it
 * finds, with a stable code, in its own <layer>/findings.h:
 *
 *   CM01xx evidence  CM02xx disk     CM03xx ntfs  CM04xx registry
 *   CM05xx mountmgr  CM06xx machine
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* A place in the evidence: `xxd -s OFFSET -l LENGTH' of the disk shows it.  */
struct cite {
	unsigned image;		/* index of the image */
	uint64_t offset, length;	/* bytes, in the disk that it holds */
	const char *structure;	/* "gpt entry", "vk": a static string */
	const char *file;	/* path of the file it lies in, or NULL */
	bool encrypted;		/* what is said of it is said of the plain
				 * text of these bytes */
	bool compressed;	/* likewise of what they unpack to */
};

/* Cites of one fact; in an arena.  */
struct cites {
	struct cite *list;
	size_t n;
};

/* A fact rests on few places; hostile evidence can repeat one without end.  */
#define CITES_MAX 256

void cites_add(struct arena *a, struct cites *c, struct cite cite);

/* Add those of @more that @c does not hold, until it holds CITES_MAX.  */
void cites_join(struct arena *a, struct cites *c, const struct cites *more);

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag_kind {
	const char *code;	/* "CM0203"; never given another meaning */
	enum severity severity;
	const char *title;	/* what it is, for the documentation */
	bool partial;		/* some of the evidence could not be used, so
				 * the report is not complete */
};

struct diag {
	const struct diag_kind *kind;
	const char *message;	/* UTF-8; may quote names from evidence */
	struct cites cites;
	bool of_more;		/* it tells how many were only counted */
};

/* A hostile image could earn a finding a record; of each kind this many are
 * kept word for word, the rest are counted.  */
#define DIAG_MAX_PER_KIND 200

struct diag_count {
	const struct diag_kind *kind;
	size_t n;
	size_t told;		/* of those that were only counted: how many
				 * diag_add_more() spoke of; its caller's */
};

struct diag_list {
	struct arena *arena;
	struct diag *list;
	size_t n;
	struct diag_count *counts;	/* of each kind that was found */
	size_t n_counts;
	bool lost;		/* memory ran out, a finding was not kept */
	const char *where;	/* messages begin with it; NULL: with nothing */
};

/* Add a finding, and return it so that cites can be put into it before the next
 * one is added, which may move it; NULL if it was only counted.  */
struct diag *diag_add(struct diag_list *d, const struct diag_kind *kind,
		      const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Say that @n more findings of @kind were only counted.  */
void diag_add_more(struct diag_list *d, const struct diag_kind *kind, size_t n);

/* How many of @kind were found, kept or not.  */
size_t diag_count(const struct diag_list *d, const struct diag_kind *kind);

#endif /* BASE_DIAG_H */
