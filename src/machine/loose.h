/*
 * loose.h - hives and registry text that lie in no image
 */
#ifndef MACHINE_LOOSE_H
#define MACHINE_LOOSE_H

#include "machine/hives.h"
#include "registry/registry_text.h"

struct loose_hive {
	struct open_hive hive;
	struct lost_names lost;	/* of a SYSTEM hive whose tree cannot be read,
				 * hive.hive being NULL */
	enum hive_role role;
	const char *name;	/* of the file; of a user: of the profile's
				 * directory, in text the SID */
	const char *where;	/* "image3" */
	size_t installation;	/* NONE: of none */
};

struct loose {
	struct loose_request {
		const char *path;
		bool is_text;
	} *requests;		/* in the order of the command line */
	size_t n_requests;
	struct loose_hive **hives;	/* in that order; of one text: SYSTEM,
					 * SOFTWARE, users */
	size_t n_hives;
	struct registry_text **texts;
	size_t n_texts;
	struct source **files;	/* below all of them */
	size_t n_files;
};

/* Open the file @path, which becomes a row of the model's images, of @format.
 * *@ret is a source over it, to be freed before machine_close_loose().  */
int machine_open_local(struct machine *m, const char *path, const char *format,
		       struct source **ret, struct err *reterr);

/* Open what was named, after all images; fails only when out of memory.  */
int machine_open_loose(struct machine *m, struct err *reterr);

/* Make installations of it: each SYSTEM hive is one.  Those of other roles
 * belong to the last SYSTEM hive before them, or where there is none to the
 * first one; and where there is none at all, to an installation without
 * one.  */
int machine_take_loose(struct machine *m, struct err *reterr);

void machine_close_loose(struct machine *m);

#endif /* MACHINE_LOOSE_H */
