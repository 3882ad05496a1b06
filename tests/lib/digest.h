#ifndef TESTS_DIGEST_H
#define TESTS_DIGEST_H

#include "evidence/source.h"

#define DIGEST_CHARS 128

/*
 * Digest of all bytes of @s, computed by coreutils' @tool ("md5sum"), in
 * hexadecimal.  Returns @buf, or NULL where a byte cannot be read; the error is
 * then in *@reterr.
 */
const char *digest(struct source *s, const char *tool, char buf[DIGEST_CHARS + 1],
		   struct err *reterr);

/* The same of the file @path.  */
const char *digest_file(const char *path, const char *tool,
			char buf[DIGEST_CHARS + 1]);

#endif /* TESTS_DIGEST_H */
