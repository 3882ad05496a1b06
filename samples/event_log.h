// SPDX-License-Identifier: MIT
/* event_log.h - builds a Windows event log, record by record */
#ifndef SAMPLES_EVENT_LOG_H
#define SAMPLES_EVENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of values, as binary XML numbers them. */
enum {
	EVENT_STRING = 0x01, EVENT_UINT8 = 0x04, EVENT_UINT16 = 0x06,
	EVENT_UINT32 = 0x08, EVENT_UINT64 = 0x0a, EVENT_BOOL = 0x0d,
	EVENT_BINARY = 0x0e, EVENT_GUID = 0x0f, EVENT_SID = 0x13,
	EVENT_FILETIME = 0x11, EVENT_HEX64 = 0x15, EVENT_XML = 0x21,
};

/* A <Data Name="..."> of the event. Text is UTF-16LE. */
struct event_field {
	const char *name;
	unsigned type;
	const void *data;
	size_t n;
};

struct event {
	unsigned id;
	uint64_t time;			/* FILETIME */
	const char *computer;
	const struct event_field *fields;
	size_t n_fields;
};

struct event_log;

/* The next record has the id `first`. NULL: out of memory. */
struct event_log *event_log_new(uint64_t first);
void event_log_free(struct event_log *log);

/* Adds a record of Microsoft-Windows-Partition, to a new chunk where the last
 * one has not enough space left. Returns its offset in the file, 0 when out of
 * memory. */
size_t event_log_add(struct event_log *log, const struct event *e);

/* The records that come now go to a chunk of their own. */
int event_log_new_chunk(struct event_log *log);

/* Writes headers and checksums, as of a log that is in use or not. The bytes
 * are the log's. */
const uint8_t *event_log_finish(struct event_log *log, bool dirty,
				size_t *ret_n);

/* Makes the checksums of a log of `n` bytes right again. */
void event_log_seal(uint8_t *p, size_t n);

#endif /* SAMPLES_EVENT_LOG_H */
