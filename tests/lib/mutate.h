#ifndef TESTS_MUTATE_H
#define TESTS_MUTATE_H

#include "base/span.h"

/*
 * Calls @parse with every truncation of the @n bytes at @data, and with every
 * byte changed in turn to several values, always against a guard page.  @parse
 * goes through all that can be read; reading beyond it is a crash.
 */
void mutate(const void *data, size_t n, void (*parse)(struct span s));

#endif /* TESTS_MUTATE_H */
