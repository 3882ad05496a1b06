// SPDX-License-Identifier: MIT
/*
 * event_log.c - builds a Windows event log, record by record
 *
 * Each record uses a template for <Event> with its <System>, and as value 20 of
 * it a second one for <EventData>, as Windows' own records do. A template and a
 * name lie where they are used first in a chunk; later uses give their offset.
 */
#include "event_log.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "text.h"

enum {
	FILE_HEAD = 4096, CHUNK = 65536, CHUNK_HEAD = 512,
	NAMES_MAX = 256, TEMPLATES_MAX = 16,
	/* A record of Windows with all its names takes less than 9000. */
	ROOM = 24000,
};

enum token {
	OPEN = 0x01, CLOSE_START = 0x02, CLOSE_EMPTY = 0x03, CLOSE = 0x04,
	TEXT = 0x05, ATTRIBUTE = 0x06, TEMPLATE = 0x0c, VALUE = 0x0d,
	OPTIONAL = 0x0e, FRAGMENT = 0x0f, MORE = 0x40,
};

struct event_log {
	uint8_t *p;
	size_t n;		/* bytes, a whole number of chunks */
	size_t chunk;		/* where the last chunk begins */
	size_t at;		/* where the next byte goes, in the chunk */
	uint64_t first, next;	/* ids: first of the chunk, next record's */
	size_t last_record;	/* in the chunk */
	struct {
		char text[40];
		uint32_t offset;
	} name[NAMES_MAX];
	size_t n_names;
	struct {
		uint32_t offset, id;
	} template[TEMPLATES_MAX];
	size_t n_templates;
};

static const char provider_name[] = "Microsoft-Windows-Partition";
static const char channel_name[] = "Microsoft-Windows-Partition/Diagnostic";
static const char provider_guid[] = "412bdff2-a8c4-470d-8f33-63fe0d8c20e2";
static const char name_space[] =
	"http://schemas.microsoft.com/win/2004/08/events/event";

/* S-1-5-18 */
static const uint8_t system_sid[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 18 };

int event_log_new_chunk(struct event_log *log)
{
	uint8_t *p = realloc(log->p, log->n + CHUNK);

	if (p == NULL)
		return -1;
	memset(p + log->n, 0, CHUNK);
	log->p = p;
	log->chunk = log->n;
	log->n += CHUNK;
	log->at = CHUNK_HEAD;
	log->first = log->next;
	log->last_record = 0;
	log->n_names = log->n_templates = 0;
	return 0;
}

struct event_log *event_log_new(uint64_t first)
{
	struct event_log *log = calloc(1, sizeof(*log));

	if (log == NULL)
		return NULL;
	log->p = calloc(1, FILE_HEAD);
	log->n = FILE_HEAD;
	log->next = first;
	if (log->p != NULL && event_log_new_chunk(log) == 0)
		return log;
	event_log_free(log);
	return NULL;
}

void event_log_free(struct event_log *log)
{
	if (log == NULL)
		return;
	free(log->p);
	free(log);
}

static uint8_t *here(struct event_log *log)
{
	return log->p + log->chunk + log->at;
}

static void bytes(struct event_log *log, const void *data, size_t n)
{
	if (n > 0)
		memcpy(here(log), data, n);
	log->at += n;
}

static void u8(struct event_log *log, unsigned v)
{
	*here(log) = (uint8_t)v;
	log->at++;
}

static void u16(struct event_log *log, unsigned v)
{
	put_le16(here(log), v);
	log->at += 2;
}

static void u32(struct event_log *log, size_t v)
{
	put_le32(here(log), (uint32_t)v);
	log->at += 4;
}

/* Writes the size of what was written since, into the four bytes at `at`. */
static void close_size(struct event_log *log, size_t at)
{
	put_le32(log->p + log->chunk + at, (uint32_t)(log->at - at - 4));
}

static void chars(struct event_log *log, const char *s)
{
	for (; *s != '\0'; s++)
		u16(log, (uint8_t)*s);
}

/* What the chunk's table of names is ordered by. */
static unsigned name_hash(const char *s)
{
	uint32_t hash = 0;

	for (; *s != '\0'; s++)
		hash = hash * 65599 + (uint8_t)*s;
	return hash & 0xffff;
}

static void name_offset(struct event_log *log, const char *s)
{
	for (size_t i = 0; i < log->n_names; i++) {
		if (strcmp(log->name[i].text, s) != 0)
			continue;
		u32(log, log->name[i].offset);
		return;
	}
	if (log->n_names < NAMES_MAX) {
		strncpy(log->name[log->n_names].text, s,
			sizeof(log->name[0].text) - 1);
		log->name[log->n_names++].offset = (uint32_t)log->at + 4;
	}
	u32(log, log->at + 4);
}

/* The name itself, if the offset just written says that it is here. */
static void name_itself(struct event_log *log, const char *s, size_t offset_at)
{
	if (get_le32(log->p + log->chunk + offset_at) != offset_at + 4)
		return;
	u32(log, 0);
	u16(log, name_hash(s));
	u16(log, (unsigned)strlen(s));
	chars(log, s);
	u16(log, 0);
}

static void name(struct event_log *log, const char *s)
{
	size_t at = log->at;

	name_offset(log, s);
	name_itself(log, s, at);
}

/* Returns where the size of the element goes. */
static size_t open_element(struct event_log *log, const char *s, bool more)
{
	size_t at;

	u8(log, more ? OPEN | MORE : OPEN);
	u16(log, 0xffff);
	at = log->at;
	u32(log, 0);
	name(log, s);
	return at;
}

static void attribute(struct event_log *log, const char *s, bool more)
{
	u8(log, more ? ATTRIBUTE | MORE : ATTRIBUTE);
	name(log, s);
}

static void text(struct event_log *log, const char *s)
{
	u8(log, TEXT);
	u8(log, EVENT_STRING);
	u16(log, (unsigned)strlen(s));
	chars(log, s);
}

static void value(struct event_log *log, enum token token, unsigned index,
		  unsigned type)
{
	u8(log, token);
	u16(log, index);
	u8(log, type);
}

static void simple_element(struct event_log *log, const char *s, unsigned index,
			   unsigned type)
{
	size_t size = open_element(log, s, false);

	u8(log, CLOSE_START);
	value(log, OPTIONAL, index, type);
	u8(log, CLOSE);
	close_size(log, size);
}

/* An element that is nothing but attributes, which are values. */
struct attribute_value {
	const char *name;
	unsigned index, type;
};

static void attributes_only(struct event_log *log, const char *s,
			    const struct attribute_value *a, size_t n)
{
	size_t size = open_element(log, s, true), list = log->at;

	u32(log, 0);
	for (size_t i = 0; i < n; i++) {
		attribute(log, a[i].name, i + 1 < n);
		value(log, OPTIONAL, a[i].index, a[i].type);
	}
	close_size(log, list);
	u8(log, CLOSE_EMPTY);
	close_size(log, size);
}

static void event_id(struct event_log *log)
{
	size_t size = open_element(log, "EventID", true), list = log->at;

	u32(log, 0);
	attribute(log, "Qualifiers", false);
	value(log, OPTIONAL, 4, EVENT_UINT16);
	close_size(log, list);
	u8(log, CLOSE_START);
	value(log, OPTIONAL, 3, EVENT_UINT16);
	u8(log, CLOSE);
	close_size(log, size);
}

static void system_element(struct event_log *log, const char *computer)
{
	static const struct attribute_value provider[] = {
		{ "Name", 14, EVENT_STRING }, { "Guid", 15, EVENT_GUID },
	}, created[] = {
		{ "SystemTime", 6, EVENT_FILETIME },
	}, correlation[] = {
		{ "ActivityID", 7, EVENT_GUID },
		{ "RelatedActivityID", 13, EVENT_GUID },
	}, execution[] = {
		{ "ProcessID", 8, EVENT_UINT32 },
		{ "ThreadID", 9, EVENT_UINT32 },
	}, security[] = {
		{ "UserID", 12, EVENT_SID },
	};
	size_t size = open_element(log, "System", false), name_size;

	u8(log, CLOSE_START);
	attributes_only(log, "Provider", provider, 2);
	event_id(log);
	simple_element(log, "Version", 11, EVENT_UINT8);
	simple_element(log, "Level", 0, EVENT_UINT8);
	simple_element(log, "Task", 2, EVENT_UINT16);
	simple_element(log, "Opcode", 1, EVENT_UINT8);
	simple_element(log, "Keywords", 5, EVENT_HEX64);
	attributes_only(log, "TimeCreated", created, 1);
	simple_element(log, "EventRecordID", 10, EVENT_UINT64);
	attributes_only(log, "Correlation", correlation, 2);
	attributes_only(log, "Execution", execution, 2);
	simple_element(log, "Channel", 16, EVENT_STRING);
	name_size = open_element(log, "Computer", false);
	u8(log, CLOSE_START);
	text(log, computer);
	u8(log, CLOSE);
	close_size(log, name_size);
	attributes_only(log, "Security", security, 1);
	u8(log, CLOSE);
	close_size(log, size);
}

static void event_element(struct event_log *log, const char *computer)
{
	size_t size = open_element(log, "Event", true), list = log->at;

	u32(log, 0);
	attribute(log, "xmlns", false);
	text(log, name_space);
	close_size(log, list);
	u8(log, CLOSE_START);
	system_element(log, computer);
	value(log, OPTIONAL, 17, EVENT_XML);
	u8(log, CLOSE);
	close_size(log, size);
}

static void data_element(struct event_log *log, const struct event *e)
{
	size_t size = open_element(log, "EventData", false);

	u8(log, CLOSE_START);
	for (size_t i = 0; i < e->n_fields; i++) {
		size_t data = open_element(log, "Data", true), list = log->at;

		u32(log, 0);
		attribute(log, "Name", false);
		text(log, e->fields[i].name);
		close_size(log, list);
		u8(log, CLOSE_START);
		value(log, VALUE, (unsigned)i, e->fields[i].type);
		u8(log, CLOSE);
		close_size(log, data);
	}
	u8(log, CLOSE);
	close_size(log, size);
}

static void fragment_head(struct event_log *log)
{
	static const uint8_t head[4] = { FRAGMENT, 1, 1, 0 };

	bytes(log, head, sizeof(head));
}

/* Uses the template whose fields lie between `first` and `last`, and defines
 * it where this chunk has not seen it yet. */
static void use_template(struct event_log *log, const struct event *e,
			 const char *first, const char *last, size_t n_fields)
{
	uint32_t id = 0x10000000u + (uint32_t)n_fields * 257 +
		      name_hash(first) + name_hash(last);
	uint8_t guid_rest[12] = "sample event";
	size_t offset_at, size;

	u8(log, TEMPLATE);
	u8(log, 1);
	u32(log, id);
	for (size_t i = 0; i < log->n_templates; i++) {
		if (log->template[i].id != id)
			continue;
		u32(log, log->template[i].offset);
		return;
	}
	offset_at = log->at;
	u32(log, offset_at + 4);
	if (log->n_templates < TEMPLATES_MAX) {
		log->template[log->n_templates].id = id;
		log->template[log->n_templates++].offset =
			(uint32_t)offset_at + 4;
	}
	u32(log, 0);
	u32(log, id);
	bytes(log, guid_rest, sizeof(guid_rest));
	size = log->at;
	u32(log, 0);
	fragment_head(log);
	if (n_fields == SIZE_MAX)
		event_element(log, e->computer);
	else
		data_element(log, e);
	u8(log, 0);
	close_size(log, size);
}

static void value_head(struct event_log *log, size_t n, unsigned type)
{
	u16(log, (unsigned)n);
	u8(log, n == 0 && type != EVENT_BINARY ? 0 : type);
	u8(log, 0);
}

static void data_part(struct event_log *log, const struct event *e)
{
	fragment_head(log);
	use_template(log, e, e->n_fields > 0 ? e->fields[0].name : "",
		     e->n_fields > 0 ? e->fields[e->n_fields - 1].name : "",
		     e->n_fields);
	u32(log, e->n_fields);
	for (size_t i = 0; i < e->n_fields; i++)
		value_head(log, e->fields[i].n, e->fields[i].type);
	for (size_t i = 0; i < e->n_fields; i++)
		bytes(log, e->fields[i].data, e->fields[i].n);
	u8(log, 0);
}

static void number(struct event_log *log, uint64_t v, size_t n)
{
	uint8_t b[8];

	put_le64(b, v);
	bytes(log, b, n);
}

/* The values of <System>, and as the last one the event's data. */
static void system_values(struct event_log *log, const struct event *e)
{
	static const struct {
		uint8_t size, type;
	} heads[] = {
		{ 1, EVENT_UINT8 }, { 1, EVENT_UINT8 }, { 2, EVENT_UINT16 },
		{ 2, EVENT_UINT16 }, { 0, 0 }, { 8, EVENT_HEX64 },
		{ 8, EVENT_FILETIME }, { 0, 0 }, { 4, EVENT_UINT32 },
		{ 4, EVENT_UINT32 }, { 8, EVENT_UINT64 }, { 1, EVENT_UINT8 },
		{ 12, EVENT_SID }, { 0, 0 },
		{ 2 * (sizeof(provider_name) - 1), EVENT_STRING },
		{ 16, EVENT_GUID },
		{ 2 * (sizeof(channel_name) - 1), EVENT_STRING },
	};
	uint8_t guid[16];
	size_t xml_head, xml;

	u32(log, sizeof(heads) / sizeof(heads[0]) + 1);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		value_head(log, heads[i].size, heads[i].type);
	xml_head = log->at;
	value_head(log, 1, EVENT_XML);
	number(log, 4, 1);			/* level */
	number(log, 0, 1);			/* opcode */
	number(log, 0, 2);			/* task */
	number(log, e->id, 2);
	number(log, 0x8000000000000000, 8);	/* keywords */
	number(log, e->time, 8);
	number(log, 4, 4);			/* process */
	number(log, 200, 4);			/* thread */
	number(log, log->next, 8);
	number(log, 4, 1);			/* version */
	bytes(log, system_sid, sizeof(system_sid));
	chars(log, provider_name);
	text_to_guid(provider_guid, guid);
	bytes(log, guid, sizeof(guid));
	chars(log, channel_name);
	xml = log->at;
	data_part(log, e);
	put_le16(log->p + log->chunk + xml_head, (unsigned)(log->at - xml));
}

static size_t record_bytes(const struct event *e)
{
	size_t n = ROOM;

	for (size_t i = 0; i < e->n_fields; i++)
		n += e->fields[i].n;
	return n;
}

size_t event_log_add(struct event_log *log, const struct event *e)
{
	size_t record;

	if (log->at + record_bytes(e) > CHUNK && event_log_new_chunk(log) < 0)
		return 0;
	record = log->at;
	bytes(log, "**\0\0", 4);
	u32(log, 0);
	number(log, log->next, 8);
	number(log, e->time, 8);
	fragment_head(log);
	use_template(log, e, e->computer, "", SIZE_MAX);
	system_values(log, e);
	u8(log, 0);
	while ((log->at + 4 - record) % 8 != 0)
		u8(log, 0);
	u32(log, log->at + 4 - record);
	put_le32(log->p + log->chunk + record + 4,
		 (uint32_t)(log->at - record));
	log->last_record = record;
	log->next++;
	put_le64(log->p + log->chunk + 8, log->first);
	put_le64(log->p + log->chunk + 16, log->next - 1);
	put_le64(log->p + log->chunk + 24, log->first);
	put_le64(log->p + log->chunk + 32, log->next - 1);
	put_le32(log->p + log->chunk + 44, (uint32_t)record);
	put_le32(log->p + log->chunk + 48, (uint32_t)log->at);
	return log->chunk + record;
}

static void seal_chunk(uint8_t *p)
{
	uint32_t end = get_le32(p + 48);
	uLong crc;

	if (end >= CHUNK_HEAD && end <= CHUNK)
		put_le32(p + 52, (uint32_t)crc32(0, p + CHUNK_HEAD,
						 end - CHUNK_HEAD));
	crc = crc32(0, p, 120);
	put_le32(p + 124, (uint32_t)crc32(crc, p + 128, CHUNK_HEAD - 128));
}

void event_log_seal(uint8_t *p, size_t n)
{
	if (n < FILE_HEAD)
		return;
	put_le32(p + 124, (uint32_t)crc32(0, p, 120));
	for (size_t at = FILE_HEAD; n - at >= CHUNK; at += CHUNK)
		seal_chunk(p + at);
}

const uint8_t *event_log_finish(struct event_log *log, bool dirty,
				size_t *ret_n)
{
	size_t chunks = (log->n - FILE_HEAD) / CHUNK;

	for (size_t at = FILE_HEAD; at < log->n; at += CHUNK) {
		memcpy(log->p + at, "ElfChnk", 8);
		put_le32(log->p + at + 40, 128);
		if (get_le32(log->p + at + 48) == 0)
			put_le32(log->p + at + 48, CHUNK_HEAD);
		put_le32(log->p + at + 120, 1);
	}
	memcpy(log->p, "ElfFile", 8);
	put_le64(log->p + 16, chunks - 1);
	put_le64(log->p + 24, log->next);
	put_le32(log->p + 32, 128);
	put_le16(log->p + 36, 1);
	put_le16(log->p + 38, 3);
	put_le16(log->p + 40, FILE_HEAD);
	put_le16(log->p + 42, (unsigned)chunks);
	put_le32(log->p + 120, dirty);
	event_log_seal(log->p, log->n);
	*ret_n = log->n;
	return log->p;
}
