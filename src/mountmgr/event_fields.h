/*
 * event_fields.h - the fields of event 1006 of the partition manager's log
 *
 * They are found by their names: versions of Windows have had them in other
 * places, and more of them.
 */
#ifndef MOUNTMGR_EVENT_FIELDS_H
#define MOUNTMGR_EVENT_FIELDS_H

#include "base/guid.h"
#include "base/span.h"
#include "format/binary_xml.h"
#include "mountmgr/partition_events.h"

enum event_field {
	FIELD_EVENT_ID, FIELD_PROVIDER, FIELD_TIME, FIELD_COMPUTER,
	FIELD_NUMBER, FIELD_CAPACITY, FIELD_BUS, FIELD_MANUFACTURER,
	FIELD_MODEL, FIELD_REVISION, FIELD_SERIAL, FIELD_LOCATION,
	FIELD_PARENT, FIELD_DISK_ID, FIELD_ADAPTER_ID, FIELD_REGISTRY_ID,
	FIELD_STYLE, FIELD_COUNT, FIELD_LAYOUT_BYTES, FIELD_LAYOUT,
	FIELD_MBR_BYTES, FIELD_MBR, FIELD_CHARACTERISTICS, FIELD_PHYSICAL,
	FIELD_VBR_BYTES, FIELD_VBR = FIELD_VBR_BYTES + PARTITION_EVENT_VBRS,
	N_EVENT_FIELDS = FIELD_VBR + PARTITION_EVENT_VBRS
};

/* The fields of one record, in the bytes of its chunk.  */
struct event_fields {
	struct {
		bool there;
		unsigned type;
		struct span data;
	} field[N_EVENT_FIELDS];
	bool twice;		/* one of them is given with two values */
};

/* From this one on they are of the event itself, and all events have them.  */
#define FIRST_DATA_FIELD FIELD_NUMBER

/* Take the value @v, if it is of a field; @ctx: struct event_fields.  A
 * binary_xml_fn, which never ends the walk.  */
int event_fields_collect(void *ctx, const struct binary_xml_value *v);

/* "DiskNumber"  */
const char *event_field_name(enum event_field f);

/* "there is no field DiskNumber", of one that all events have.  */
const char *event_field_missing(enum event_field f);

/* Whether the value is none, or of a type and size that the field can have.  */
bool event_fields_fit(const struct event_fields *e, enum event_field f);

/* False where there is no such number.  */
bool event_fields_integer(const struct event_fields *e, enum event_field f,
			  uint64_t *ret);
bool event_fields_number(const struct event_fields *e, enum event_field f,
			 uint32_t *ret);

/* When the event was made; 0 where it does not tell.  */
uint64_t event_fields_time(const struct event_fields *e);

/* Zero, utf8 NULL, n 0: it has none.  Bytes lie in the chunk.  */
struct guid event_fields_guid(const struct event_fields *e,
			      enum event_field f);
struct text event_fields_text(const struct event_fields *e,
			      enum event_field f, struct arena *a);
struct span event_fields_bytes(const struct event_fields *e,
			       enum event_field f);

#endif /* MOUNTMGR_EVENT_FIELDS_H */
