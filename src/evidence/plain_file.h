/*
 * plain_file.h - a file that is evidence as it is, and holds no disk
 */
#ifndef EVIDENCE_PLAIN_FILE_H
#define EVIDENCE_PLAIN_FILE_H

#include "evidence/source.h"

/*
 * Open the file @path, read-only, as what citations call image number @index;
 * its name is the `file' of the source.  What is read is added to @stats.
 * Strings live in @a, that of the error too, which begins with the name of the
 * file; free with source_free().
 */
int plain_file_open(const char *path, unsigned index, struct io_stats *stats,
		    struct arena *a, struct source **ret, struct err *reterr);

/* The path of the file @name beside the file @path, in any letter case;
 * ERR_NOT_FOUND if there is none.  */
int plain_file_beside(const char *path, const char *name, struct arena *a,
		      const char **ret, struct err *reterr);

/* Whether a file @path is there, and has no bytes.  */
bool plain_file_is_empty(const char *path);

/* Whether two paths lead to one file.  */
bool plain_file_is_same(const char *path, const char *other);

#endif /* EVIDENCE_PLAIN_FILE_H */
