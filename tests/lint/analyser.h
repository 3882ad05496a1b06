/*
 * analyser.h - included before every file that an analyser reads
 *
 * An analyser sees one file at a time.  It does not know that err_set() returns
 * the code that it is given, which is not 0, and so believes that after each
 * failure the caller goes on.
 */
#include "base/err.h"

#define err_set(reterr, code, ...) \
	((err_set)(reterr, code, __VA_ARGS__), (int)(code))
