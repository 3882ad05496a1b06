/*
 * layout_check.h - whether a partition table can be one, as Windows kept it
 */
#ifndef MOUNTMGR_LAYOUT_CHECK_H
#define MOUNTMGR_LAYOUT_CHECK_H

#include "format/drive_layout.h"

/* Called for each thing that cannot be.  @unread: so some of the table could
 * not be read; else what it says is told all the same.  @text is static unless
 * @unread.  */
typedef void (*layout_check_fn)(void *ctx, bool unread, const char *text);

/* @disk_size: bytes; 0: not known.  */
void layout_check(const struct drive_layout *l, uint64_t disk_size,
		  layout_check_fn say, void *ctx);

#endif /* MOUNTMGR_LAYOUT_CHECK_H */
