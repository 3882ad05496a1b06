/*
 * cells.h - the one gate through which the bytes of a hive are read
 *
 * Small pages are kept, because a call into a compressed image costs more than
 * the bytes it brings, and the records that one question touches lie together.
 */
#ifndef REGISTRY_CELLS_H
#define REGISTRY_CELLS_H

#include "base/span.h"
#include "evidence/source.h"
#include "format/regf.h"

#define CELLS_PAGE_BYTES 4096
/* 128 KiB: more than a look-up touches, little enough for many hives.  */
#define CELLS_PAGES 32

struct cells {
	struct source *source;
	uint64_t end;			/* of the bins, in the file */
	/* Called with the place of each page that is read in no bin, or NULL */
	void (*no_bin)(void *ctx, uint64_t at);
	void *ctx;
	uint64_t bin_at, bin_end;	/* the last bin that was met */
	struct regf_layout layout;
	uint64_t clock;
	struct cells_page {
		uint64_t at;
		uint64_t used;		/* clock of its last use; 0: empty */
		uint8_t bytes[CELLS_PAGE_BYTES];
	} pages[CELLS_PAGES];
};

struct cell {
	uint64_t at;		/* of the payload, in the file */
	uint32_t size;		/* of the payload, as far as it is there */
	bool in_use;
};

/* Read the @n bytes at @at of the file.  */
int cells_read_at(struct cells *c, uint64_t at, void *buf, size_t n,
		  struct err *reterr);

/* Find the cell that @offset names.  Its size is taken from evidence: it is at
 * least 4 and ends inside the bins, but may overlap other cells.  */
int cells_get(struct cells *c, uint32_t offset, struct cell *ret,
	      struct err *reterr);

/* Whether @offset names the middle of another cell: the cells of its bin follow
 * one another up to the bin's end, and none begins there.  *@ret is then the
 * place of the cell that it lies in.  Of a bin of several pages, or one that is
 * damaged, nothing is said.  */
bool cells_is_inside(struct cells *c, uint32_t offset, uint64_t *ret);

/* Read the @n bytes at @off of its payload.  */
int cells_read(struct cells *c, const struct cell *cell, uint64_t off,
	       void *buf, size_t n, struct err *reterr);

#endif /* REGISTRY_CELLS_H */
