/*
 * tsk.h - our sources as images of libtsk
 */
#ifndef DISK_TSK_H
#define DISK_TSK_H

#include <tsk/libtsk.h>

#include "evidence/source.h"

/* An image that reads from @s, which it does not own; of @size bytes, of which
 * no more than @budget are read before reading fails: libtsk follows a table or
 * chain of any length.  NULL: out of memory.  Close it with
 * tsk_img_close().  */
TSK_IMG_INFO *tsk_image_of(struct source *s, uint64_t size, uint64_t budget,
			   unsigned sector_size);

#define TSK_HFS_NAME "HFS+"

/* What libtsk calls the file system in @volume, "Ext4", if it is one that
 * Windows does not know; NULL if it does not recognise one.  */
const char *tsk_file_system_name(struct source *volume, struct arena *a);

#endif /* DISK_TSK_H */
