#ifndef TESTS_FILE_SOURCE_H
#define TESTS_FILE_SOURCE_H

#include "evidence/source.h"

/*
 * The file @path as a disk of bytes, image 0; NULL where it cannot be opened.
 * What is read is added to @stats, which may be NULL.  source_free() closes it.
 */
struct source *file_source(const char *path, struct io_stats *stats);

#endif /* TESTS_FILE_SOURCE_H */
