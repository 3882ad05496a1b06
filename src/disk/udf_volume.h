/*
 * udf_volume.h - UDF volumes by their descriptors
 */
#ifndef DISK_UDF_VOLUME_H
#define DISK_UDF_VOLUME_H

#include "disk/volume.h"

/* Whether the volume recognition sequence of @volume speaks of UDF; *@ret_at is
 * where it does.  */
bool udf_volume_is_there(struct source *volume, uint64_t *ret_at);

/*
 * Recognise the UDF volume whose bytes are @volume, by copies of its
 * descriptors where these are damaged, with a finding in @d.  False where there
 * is none, or it cannot be used: then v->damaged is set.
 */
bool udf_volume_identify(struct source *volume, struct arena *a,
			 struct diag_list *d, struct volume_identity *v);

#endif /* DISK_UDF_VOLUME_H */
