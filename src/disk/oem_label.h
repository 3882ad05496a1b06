/*
 * oem_label.h - labels in a code page that the volume does not name
 */
#ifndef DISK_OEM_LABEL_H
#define DISK_OEM_LABEL_H

#include "disk/volume.h"

/* Take @label for that of @v, by the usual code page; its bytes are kept where
 * they may mean another, at most sizeof(v->oem_label) of them.  */
void oem_label_set(struct arena *a, struct span label,
		   struct volume_identity *v);

#endif /* DISK_OEM_LABEL_H */
