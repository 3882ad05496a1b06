/*
 * recovered.h - a hive with the pages of its logs over it, as a source
 */
#ifndef REGISTRY_RECOVERED_H
#define REGISTRY_RECOVERED_H

#include "format/regf.h"
#include "registry/log_pages.h"

struct recovered_base {
	uint8_t block[REGF_BASE_RECORD_BYTES];	/* as it is to be read */
	struct source *from;	/* where it is cited */
	uint32_t bins_size;	/* how far the bins reach */
};

/* NULL: out of memory.  Borrows the hive and the logs; @pages is flat.
 * *@ret_missing: bytes that none of them has, which are zeros.  */
struct source *recovered_new(struct source *hive, const struct log_pages *pages,
			     const struct recovered_base *base,
			     uint64_t *ret_missing);

#endif /* REGISTRY_RECOVERED_H */
