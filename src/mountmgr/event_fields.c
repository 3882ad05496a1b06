/*
 * event_fields.c - the fields of event 1006 of the partition manager's log
 *
 * Names and types are those of the provider's manifest (OTRF/OSSEM, event-1006,
 * version 0) and of logs of Windows 10 and 11 (version 4).
 */
#include "mountmgr/event_fields.h"

#include <string.h>

#include "base/bytes.h"

/* What the value of a field is.  */
enum form { FORM_INTEGER, FORM_TEXT, FORM_GUID, FORM_BYTES, FORM_TIME };

#define DATA(name, form) \
	{ "EventData", "Data", NULL, name, form, "there is no field " name }

static const struct {
	const char *section, *element, *attribute, *name;
	enum form form;
	const char *missing;	/* NULL: of a field of <System> */
} fields[N_EVENT_FIELDS] = {
	[FIELD_EVENT_ID] = { "System", "EventID", NULL, NULL,
		FORM_INTEGER, NULL },
	[FIELD_PROVIDER] = { "System", "Provider", "Guid", NULL,
		FORM_GUID, NULL },
	[FIELD_TIME] = { "System", "TimeCreated", "SystemTime", NULL,
		FORM_TIME, NULL },
	[FIELD_COMPUTER] = { "System", "Computer", NULL, NULL,
		FORM_TEXT, NULL },
	[FIELD_NUMBER] = DATA("DiskNumber", FORM_INTEGER),
	[FIELD_CAPACITY] = DATA("Capacity", FORM_INTEGER),
	[FIELD_BUS] = DATA("BusType", FORM_INTEGER),
	[FIELD_MANUFACTURER] = DATA("Manufacturer", FORM_TEXT),
	[FIELD_MODEL] = DATA("Model", FORM_TEXT),
	[FIELD_REVISION] = DATA("Revision", FORM_TEXT),
	[FIELD_SERIAL] = DATA("SerialNumber", FORM_TEXT),
	[FIELD_LOCATION] = DATA("Location", FORM_TEXT),
	[FIELD_PARENT] = DATA("ParentId", FORM_TEXT),
	[FIELD_DISK_ID] = DATA("DiskId", FORM_GUID),
	[FIELD_ADAPTER_ID] = DATA("AdapterId", FORM_GUID),
	[FIELD_REGISTRY_ID] = DATA("RegistryId", FORM_GUID),
	[FIELD_STYLE] = DATA("PartitionStyle", FORM_INTEGER),
	[FIELD_COUNT] = DATA("PartitionCount", FORM_INTEGER),
	[FIELD_LAYOUT_BYTES] = DATA("PartitionTableBytes", FORM_INTEGER),
	[FIELD_LAYOUT] = DATA("PartitionTable", FORM_BYTES),
	[FIELD_MBR_BYTES] = DATA("MbrBytes", FORM_INTEGER),
	[FIELD_MBR] = DATA("Mbr", FORM_BYTES),
	[FIELD_CHARACTERISTICS] = DATA("Characteristics", FORM_INTEGER),
	[FIELD_PHYSICAL] = DATA("BytesPerPhysicalSector", FORM_INTEGER),
	[FIELD_VBR_BYTES] = DATA("Vbr0Bytes", FORM_INTEGER),
	[FIELD_VBR_BYTES + 1] = DATA("Vbr1Bytes", FORM_INTEGER),
	[FIELD_VBR_BYTES + 2] = DATA("Vbr2Bytes", FORM_INTEGER),
	[FIELD_VBR_BYTES + 3] = DATA("Vbr3Size", FORM_INTEGER),
	[FIELD_VBR] = DATA("Vbr0", FORM_BYTES),
	[FIELD_VBR + 1] = DATA("Vbr1", FORM_BYTES),
	[FIELD_VBR + 2] = DATA("Vbr2", FORM_BYTES),
	[FIELD_VBR + 3] = DATA("Vbr3", FORM_BYTES),
};

static bool name_is(struct span s, const char *want)
{
	return want == NULL ? s.n == 0 : utf16_equals_ascii(s, want);
}

static bool value_is(const struct binary_xml_value *v, enum event_field f)
{
	/* Elements of <System> may have an attribute that is called Name.  */
	if (fields[f].name != NULL && !name_is(v->name, fields[f].name))
		return false;
	return name_is(v->attribute, fields[f].attribute) &&
	       name_is(v->element, fields[f].element) &&
	       name_is(v->section, fields[f].section);
}

static bool same_data(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int event_fields_collect(void *ctx, const struct binary_xml_value *v)
{
	struct event_fields *e = ctx;

	for (size_t i = 0; i < N_EVENT_FIELDS; i++) {
		if (!value_is(v, (enum event_field)i))
			continue;
		if (e->field[i].there &&
		    !same_data(e->field[i].data, v->data))
			e->twice = true;
		if (e->field[i].there)
			return 0;
		e->field[i].there = true;
		e->field[i].type = v->type;
		e->field[i].data = v->data;
		return 0;
	}
	return 0;
}

static bool is_integer(unsigned type)
{
	return (type >= BINARY_XML_INT8 && type <= BINARY_XML_UINT64) ||
	       type == BINARY_XML_BOOL || type == BINARY_XML_HEX32 ||
	       type == BINARY_XML_HEX64;
}

/* Whether a value of @type, of @n bytes, can be what the field is.  */
static bool has_form(enum form form, unsigned type, size_t n)
{
	switch (form) {
	case FORM_INTEGER:
		return is_integer(type) && n <= 8;
	case FORM_TEXT:
		return type == BINARY_XML_STRING && n % 2 == 0;
	case FORM_GUID:
		return type == BINARY_XML_GUID && n == 16;
	case FORM_BYTES:
		return type == BINARY_XML_BINARY;
	case FORM_TIME:
		return type == BINARY_XML_FILETIME && n == 8;
	}
	return false;
}

const char *event_field_name(enum event_field f)
{
	return fields[f].name;
}

const char *event_field_missing(enum event_field f)
{
	return fields[f].missing;
}

bool event_fields_fit(const struct event_fields *e, enum event_field f)
{
	return e->field[f].data.n == 0 ||
	       has_form(fields[f].form, e->field[f].type, e->field[f].data.n);
}

bool event_fields_integer(const struct event_fields *e, enum event_field f,
			  uint64_t *ret)
{
	struct span s = e->field[f].data;
	uint64_t v = 0;

	if (!is_integer(e->field[f].type) || s.n == 0 || s.n > 8)
		return false;
	for (size_t i = s.n; i > 0; i--)
		v = v << 8 | s.p[i - 1];
	*ret = v;
	return true;
}

bool event_fields_number(const struct event_fields *e, enum event_field f,
			 uint32_t *ret)
{
	uint64_t v;

	if (!event_fields_integer(e, f, &v) || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

uint64_t event_fields_time(const struct event_fields *e)
{
	const le64 *t = span_view(e->field[FIELD_TIME].data, 0, le64);

	return t != NULL && has_form(FORM_TIME, e->field[FIELD_TIME].type,
				     e->field[FIELD_TIME].data.n)
		? get_le64(*t) : 0;
}

struct guid event_fields_guid(const struct event_fields *e, enum event_field f)
{
	struct span s = e->field[f].data;
	struct guid g = { { 0 } };

	if (e->field[f].type == BINARY_XML_GUID && s.n == sizeof(g.b))
		memcpy(g.b, s.p, sizeof(g.b));
	return g;
}

struct text event_fields_text(const struct event_fields *e,
			      enum event_field f, struct arena *a)
{
	struct span s = e->field[f].data;

	if (e->field[f].type != BINARY_XML_STRING)
		return (struct text){ 0 };
	s = utf16_trim_nul(s);
	return s.n > 0 ? text_from_utf16(a, s) : (struct text){ 0 };
}

struct span event_fields_bytes(const struct event_fields *e, enum event_field f)
{
	return e->field[f].type == BINARY_XML_BINARY ?
	       e->field[f].data : (struct span){ 0 };
}
