/*
 * file.h - a file of the examiner's system as a source
 */
#ifndef EVIDENCE_FILE_H
#define EVIDENCE_FILE_H

#include "evidence/source.h"

/* The part of @path behind its last slash.  */
const char *file_name(const char *path);

/*
 * Open the regular file or block device @path for reading; nothing else is an
 * image.  The error's `what' lives in @a, and names neither the file nor its
 * directory.  Free with source_free().
 */
int file_open(const char *path, struct arena *a, struct source **ret,
	      struct err *reterr);

#endif /* EVIDENCE_FILE_H */
