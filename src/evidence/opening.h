/*
 * opening.h - what the readers of the container formats share
 *
 * A container can be made of many files: segments, extents, a chain of parents.
 * The opening owns all of them, so that a reader that gives up has nothing to
 * free, and all are freed together when the image is closed.
 */
#ifndef EVIDENCE_OPENING_H
#define EVIDENCE_OPENING_H

#include <stdarg.h>

#include "base/span.h"
#include "evidence/image.h"

/* Windows refuses a chain of more than some hundred checkpoints; a longer one
 * is made to exhaust us.  */
#define MAX_CHAIN 128

struct opening {
	struct image_options options;
	struct arena *arena;
	struct diag_list *diags;
	struct source **owned;	/* freed last to first */
	size_t n_owned;
	const char **files;	/* names, without directory */
	struct file_id *ids;	/* of these */
	size_t n_files;
	uint64_t table_bytes;	/* of tables that are kept */
	uint64_t checked_bytes;	/* of tables that were looked through */
	const struct chain *chain;	/* of the files that are being opened */
	unsigned depth;
};

/* A file and the child that needs it.  */
struct chain {
	uint64_t device, inode;
	const struct chain *child;
};

/* A disk, as its container has it.  */
struct container {
	struct source *disk;	/* owned by the opening */
	enum image_format format;
	unsigned sector_size;	/* 0: it does not say */
};

/* Make the opening own @s, whose memory ran out if it is NULL.  */
int opening_own(struct opening *o, struct source *s, struct err *reterr);

/* Open one more file, which is listed as a segment.  */
int opening_file(struct opening *o, const char *path, struct source **ret,
		 struct err *reterr);

/* The same for the file @path, whose bytes the options supply.  */
int opening_supplied(struct opening *o, const char *path, struct source **ret,
		     struct err *reterr);

/* Fail as @e says, but with a `what' that is put together, in the arena.  */
int opening_fail(struct opening *o, const struct err *e, struct err *reterr,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Take room for a table of @bytes, which lives as long as the image;
 * ERR_LIMIT where all the files of the image have too much of them.  */
int opening_table(struct opening *o, uint64_t bytes, uint64_t at,
		  struct err *reterr);

/* Whether @bytes more of tables may be looked through for what is wrong with
 * them before it is read.  An image can be made to name one table, or one file,
 * a million times.  */
bool opening_may_check(struct opening *o, uint64_t bytes);

/* Free all that is owned.  */
void opening_done(struct opening *o);

/* The name @name in the directory of @path; letters are compared without case
 * where it does not exist to the letter.  ERR_NOT_FOUND if there is none.  */
int opening_sibling(struct opening *o, const char *path, const char *name,
		    const char **ret, struct err *reterr);

/* The last part of a path of Windows or of another system.  */
const char *base_name(const char *path);

/* What a child says of its parent.  */
struct parent_hint {
	const char *what;	/* "parent", for messages */
	const char *paths[16];	/* where it was on its own system */
	size_t n_paths;
	const char *mismatch;	/* what a file that is not it has: "another
				 * id, or it is damaged" */
	/* Is the file @path, which can be opened, the parent?  */
	bool (*is_parent)(struct opening *o, const char *path,
			  const void *arg);
	const void *arg;
};

/* Add the path @s, UTF-16LE, while there is room.  */
void parent_add_path(struct opening *o, struct parent_hint *h, struct span s);

/* Find the parent: beside the child @path, by the last part of each path, then
 * among the candidates that the user gave.  */
int parent_find(struct opening *o, const char *path,
		const struct parent_hint *h, const char **ret,
		struct err *reterr);

/* Open the image @path, of whatever format.  Errors and findings begin with its
 * name.  */
int container_open(struct opening *o, const char *path, struct container *ret,
		   struct err *reterr);

/* The readers.  @file is the file @path, which has been opened.  */
int raw_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr);
int vhd_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr);
int vhdx_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr);
int ewf_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr);
int vmdk_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr);
int qcow_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr);
int vdi_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr);
int gzip_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr);
int aff_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr);

/* Is @path a directory of AFF images that are one disk?  Then open it.  */
bool afd_is_directory(const char *path);
int afd_open(struct opening *o, const char *path, struct container *ret,
	     struct err *reterr);

#endif /* EVIDENCE_OPENING_H */
