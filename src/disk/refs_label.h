/*
 * refs_label.h - the label of a ReFS volume
 */
#ifndef DISK_REFS_LABEL_H
#define DISK_REFS_LABEL_H

#include "base/utf16.h"
#include "evidence/source.h"
#include "format/refs.h"

/*
 * Read the label of @volume, whose boot sector is @b: from the superblock down
 * each page is checked against what refers to it.  utf8 is NULL if there is
 * none, or it could not be read; then a finding in @d tells why.  *@ret_at is
 * the byte of @volume at which it stands, *@ret_n how many lie together there.
 */
struct text refs_label_read(struct source *volume, const struct refs_boot *b,
			    struct arena *a, struct diag_list *d,
			    uint64_t *ret_at, uint64_t *ret_n);

#endif /* DISK_REFS_LABEL_H */
