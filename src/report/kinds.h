/*
 * kinds.h - the record kinds, one by one
 */
#ifndef REPORT_KINDS_H
#define REPORT_KINDS_H

#include "report/columns.h"

extern const struct record_kind image_kind, disk_kind, partition_kind,
	volume_kind, installation_kind, name_kind, name_history_kind,
	remote_name_kind, mount_point_kind, reparse_point_kind, event_kind;
extern const struct record_kind known_disk_kind, volume_trace_kind;
extern const struct record_kind user_kind, user_volume_kind,
	user_volume_history_kind;
extern const struct record_kind disk_event_kind;
extern const struct record_kind shadow_copy_kind, mount_history_kind;
extern const struct record_kind recovered_kind;

#endif /* REPORT_KINDS_H */
