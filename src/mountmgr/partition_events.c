/*
 * partition_events.c - event 1006 of Microsoft-Windows-Partition/Diagnostic
 *
 * The log is read by going through all chunks that the file has, whatever its
 * header says: on a machine that was running the header is older than they are,
 * and the chunk that was written to last has records that its own header does
 * not count yet.  Behind these lie remnants of what was there before; they are
 * read, too, where their templates still are.
 */
#include "mountmgr/partition_events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/filetime.h"
#include "disk/boot_sector.h"
#include "format/evtx.h"
#include "format/mbr.h"
#include "mountmgr/event_check.h"
#include "mountmgr/findings.h"
#include "mountmgr/layout_check.h"
#include "mountmgr/record_runs.h"

#define EVENT_DISK 1006

/* Of a disk that failed to start.  */
#define NO_NUMBER UINT32_MAX

/* 412bdff2-a8c4-470d-8f33-63fe0d8c20e2 */
static const struct guid provider = { {
	0xf2, 0xdf, 0x2b, 0x41, 0xc4, 0xa8, 0x0d, 0x47,
	0x8f, 0x33, 0x63, 0xfe, 0x0d, 0x8c, 0x20, 0xe2,
} };

/* Windows keeps this log below 1 MiB unless it is told otherwise.  */
#define MAX_LOG_BYTES (64u << 20)

/* An event of Windows 11 has 567.  */
#define MAX_RECORD_TOKENS 16384

/* Its head, and the template and some 20 values of each event.  */
#define MIN_EVENT_RECORD_BYTES 128

/* Of the arena that has the rest of a report, too.  */
#define MAX_ARENA_BYTES (140u << 20)

struct reader {
	struct source *source;
	struct arena *arena;
	struct diag_list *diags;
	struct partition_events events;
	uint8_t *chunk;
	struct partition_events_budget *budget;
	bool full;		/* what is left is not read */
	bool cut;		/* it has more than is read of a log */
	struct record_runs runs;
	struct event_doubts doubts;
	struct event_range range;
	uint64_t counted_end;	/* of the chunks that its header counts */
	uint64_t next_record;	/* by its header; 0: it does not tell */
	bool in_use;		/* unless its header tells that it was not */
	uint64_t empty_at;	/* chunks of zeros, up to the last one read */
	uint64_t empty_bytes;
};

/* A record, and how sure it is.  */
struct record {
	struct evtx_record record;
	uint64_t at;		/* in the log */
	bool remnant;		/* of what was there before */
	bool damaged;
};

static void finding(struct reader *r, const struct diag_kind *kind,
		    uint64_t off, uint64_t n, const char *structure,
		    const char *text)
{
	struct diag *d = diag_add(r->diags, kind, "%s: %s.",
				  r->source->file != NULL ? r->source->file :
				  "the event log", text);

	if (d != NULL)
		source_cite(r->source, off, n, structure, r->arena, &d->cites);
}

static void finding_err(struct reader *r, const struct diag_kind *kind,
			uint64_t off, uint64_t n, const char *structure,
			const struct err *e)
{
	char text[200];

	finding(r, kind, off, n, structure, err_text(e, text, sizeof(text)));
}

static void read_serial(struct partition_event_vbr *v, uint64_t serial)
{
	v->has_serial = v->has_serial64 = true;
	v->serial64 = serial;
	v->serial = (uint32_t)serial;
}

static struct partition_event_vbr read_vbr(struct span s)
{
	struct partition_event_vbr v = { .there = s.n > 0 };
	struct boot_sector b;

	if (!v.there || boot_sector_parse(s, &b, NULL) < 0)
		return v;
	v.kind = b.kind;
	switch (b.kind) {
	case FS_NTFS:
		v.name = "NTFS";
		read_serial(&v, b.ntfs.serial);
		break;
	case FS_REFS:
		v.name = "ReFS";
		read_serial(&v, b.refs.serial);
		break;
	case FS_EXFAT:
		v.name = "exFAT";
		v.has_serial = true;
		v.serial = b.exfat.serial;
		break;
	case FS_FAT12:
	case FS_FAT16:
	case FS_FAT32:
		v.name = b.kind == FS_FAT12 ? "FAT12" :
			 b.kind == FS_FAT16 ? "FAT16" : "FAT32";
		v.has_serial = b.fat.has_serial;
		v.serial = b.fat.serial;
		break;
	case FS_BITLOCKER:
		v.name = "BitLocker";
		break;
	default:
		break;
	}
	return v;
}

/* The partition table of the event; its bytes are kept.  */
static int read_layout(struct reader *r, struct span s,
		       struct partition_event *e, struct err *reterr)
{
	struct err damage = { 0 };

	if (s.n == 0)
		return 0;
	s.p = arena_copy(r->arena, s.p, s.n);
	if (s.p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "event", 0, 0);
	e->has_layout = drive_layout_parse(s, &e->layout, &damage) == 0;
	if (e->has_layout)
		return 0;
	e->damaged = true;
	finding_err(r, &FINDING_EVENT_RECORD, s.at, s.n, "drive layout",
		    &damage);
	return 0;
}

/* What of an event is being checked.  */
struct checked {
	struct reader *reader;
	struct partition_event *event;
};

static void say_layout(void *ctx, bool unread, const char *text)
{
	const struct checked *c = ctx;
	const struct span s = c->event->layout.bytes;

	if (!unread) {
		if (!c->event->remnant)
			event_doubts_add(&c->reader->doubts, c->reader->arena,
					 text, &c->event->cites);
		return;
	}
	c->event->damaged = true;
	if (!c->event->remnant)
		finding(c->reader, &FINDING_EVENT_RECORD, s.at, s.n,
			"drive layout", text);
}

static void say_event(void *ctx, const char *text)
{
	const struct checked *c = ctx;

	c->event->damaged = true;
	if (!c->event->remnant)
		event_doubts_add(&c->reader->doubts, c->reader->arena, text,
				 &c->event->cites);
}

/* What a damaged record has not, is not to be looked for.  */
static void check_event(struct reader *r, const struct event_fields *found,
			const struct record *rec, struct partition_event *e)
{
	struct checked c = { r, e };

	if (e->has_layout)
		layout_check(&e->layout, e->has_capacity ? e->capacity : 0,
			     say_layout, &c);
	if (!rec->damaged)
		event_check(found, e, say_event, &c);
}

static void read_signature(const struct event_fields *found,
			   struct partition_event *e)
{
	struct span sector = event_fields_bytes(found, FIELD_MBR);
	struct boot_sector boot;
	struct mbr mbr;

	if (e->has_layout) {
		e->has_signature = e->layout.scheme == DRIVE_LAYOUT_MBR &&
				   !e->layout.nameless;
		e->signature = e->layout.signature;
	} else if (mbr_parse(sector, &mbr, NULL) == 0 &&
		   boot_sector_parse(sector, &boot, NULL) == ERR_MAGIC) {
		e->has_signature = true;
		e->signature = mbr.disk_signature;
	}
}

/* A value that cannot be read is not told; then it has to be said.  Of a
 * remnant no more is said than that it is damaged.  */
static void check_forms(struct reader *r, const struct event_fields *found,
			struct partition_event *e)
{
	char text[120];

	for (unsigned i = FIRST_DATA_FIELD; i < N_EVENT_FIELDS; i++) {
		const struct span s = found->field[i].data;

		if (event_fields_fit(found, (enum event_field)i))
			continue;
		e->damaged = true;
		if (e->remnant)
			continue;
		snprintf(text, sizeof(text), "%s of an event has type %u and "
			 "%zu bytes, which is impossible",
			 event_field_name((enum event_field)i),
			 found->field[i].type, s.n);
		finding(r, &FINDING_EVENT_RECORD, s.at, s.n, "event record",
			text);
	}
}

/* The header of a record has the time of its event, too: in the logs that were
 * looked at, the same.  */
static void read_time(struct reader *r, const struct event_fields *found,
		      const struct record *rec, struct partition_event *e)
{
	const uint64_t made = event_fields_time(found);
	const uint64_t written = rec->record.written;
	const bool differ = found->field[FIELD_TIME].there && made != written;

	if (made != 0 && made <= FILETIME_MAX)
		e->time = made;
	else if (written <= FILETIME_MAX)
		e->time = written;
	if (!differ && written <= FILETIME_MAX)
		return;
	e->damaged = true;
	if (!e->remnant)
		finding(r, &FINDING_EVENT_LOG_DAMAGED, rec->at,
			rec->record.size, "event record", differ ?
			"the time in the header of a record is not that of "
			"its event" :
			"the time of a record is impossible");
}

static void read_numbers(const struct event_fields *f,
			 struct partition_event *e)
{
	e->has_number = event_fields_number(f, FIELD_NUMBER, &e->number) &&
			e->number != NO_NUMBER;
	e->has_capacity = event_fields_integer(f, FIELD_CAPACITY,
					       &e->capacity);
	e->has_bus = event_fields_number(f, FIELD_BUS, &e->bus);
	/* A device has some.  */
	e->has_characteristics =
		event_fields_number(f, FIELD_CHARACTERISTICS,
				    &e->characteristics) &&
		e->characteristics != 0;
	e->has_physical_sector =
		event_fields_number(f, FIELD_PHYSICAL, &e->physical_sector) &&
		e->physical_sector > 0;
}

static int fill_event(struct reader *r, const struct event_fields *f,
		      struct partition_event *e, struct err *reterr)
{
	struct arena *a = r->arena;

	read_numbers(f, e);
	e->computer = event_fields_text(f, FIELD_COMPUTER, a);
	e->manufacturer = event_fields_text(f, FIELD_MANUFACTURER, a);
	e->model = event_fields_text(f, FIELD_MODEL, a);
	e->revision = event_fields_text(f, FIELD_REVISION, a);
	e->serial = event_fields_text(f, FIELD_SERIAL, a);
	e->location = event_fields_text(f, FIELD_LOCATION, a);
	e->parent = event_fields_text(f, FIELD_PARENT, a);
	e->disk_id = event_fields_guid(f, FIELD_DISK_ID);
	e->adapter_id = event_fields_guid(f, FIELD_ADAPTER_ID);
	e->registry_id = event_fields_guid(f, FIELD_REGISTRY_ID);
	for (unsigned i = 0; i < PARTITION_EVENT_VBRS; i++)
		e->vbr[i] = read_vbr(event_fields_bytes(f, FIELD_VBR + i));
	if (read_layout(r, event_fields_bytes(f, FIELD_LAYOUT), e, reterr) < 0)
		return ERR_NOMEM;
	read_signature(f, e);
	return 0;
}

static int add_event(struct reader *r, const struct event_fields *found,
		     const struct record *rec, struct err *reterr)
{
	struct partition_event *e;

	if (r->budget->events == 0 ||
	    arena_bytes(r->arena) > MAX_ARENA_BYTES) {
		r->full = true;
		return 0;
	}
	e = arena_push(r->arena, &r->events.list, r->events.n, sizeof(*e));
	if (e == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "event", 0, 0);
	e->record = rec->record.id;
	e->remnant = rec->remnant;
	e->damaged = rec->damaged;
	source_cite(r->source, rec->at, rec->record.size, "event record",
		    r->arena, &e->cites);
	r->events.n++;
	r->budget->events--;
	check_forms(r, found, e);
	read_time(r, found, rec, e);
	if (fill_event(r, found, e, reterr) < 0)
		return ERR_NOMEM;
	check_event(r, found, rec, e);
	return 0;
}

static bool is_wanted(const struct event_fields *found)
{
	struct guid g = event_fields_guid(found, FIELD_PROVIDER);
	uint64_t id;

	return event_fields_integer(found, FIELD_EVENT_ID, &id) &&
	       id == EVENT_DISK &&
	       (guid_is_zero(&g) || guid_equal(&g, &provider));
}

static int read_record(struct reader *r, struct span chunk, struct record *rec,
		       struct err *reterr)
{
	uint32_t budget = r->budget->tokens < MAX_RECORD_TOKENS ?
			  r->budget->tokens : MAX_RECORD_TOKENS;
	uint32_t left = budget;
	struct event_fields found = { 0 };
	struct err e = { 0 };
	int err = binary_xml_walk(chunk, rec->record.event, &left,
				  event_fields_collect, &found, &e);

	r->budget->tokens -= budget - left;
	if (err == 0 && found.twice)
		err = err_set(&e, ERR_VALUE, rec->at,
			      "event record: a field, given twice", 1, 2);
	/* The template of a remnant may be gone.  */
	if (err < 0 && !rec->remnant)
		finding_err(r, &FINDING_EVENT_RECORD, rec->at,
			    rec->record.size, "event record", &e);
	if (r->budget->tokens == 0)
		r->full = true;
	rec->damaged = rec->damaged || err < 0;
	return is_wanted(&found) ? add_event(r, &found, rec, reterr) : 0;
}

static bool parse_sound(struct span s, size_t off, struct evtx_record *ret)
{
	return evtx_record_parse(s, off, ret, NULL) == 0 && ret->sound;
}

/*
 * Where the damaged record at @off ends, by the one of its two sizes that leads
 * to the next record or to @end; false, and where the next sound one begins, if
 * none does.  Ends: each turn looks behind the one before.
 */
static bool find_end(struct span s, size_t off, size_t end, size_t *ret)
{
	const le32 *d = span_view(s, off + 4, le32);
	uint32_t declared = d != NULL ? get_le32(*d) : 0;
	size_t next = off + 3;

	for (;;) {
		struct evtx_record r;

		next = evtx_find_record(s, next + 1, end);
		*ret = next;
		if (declared == next - off ||
		    evtx_size_before(s, next) == next - off)
			return true;
		if (next >= end || parse_sound(s, next, &r))
			return false;
	}
}

static void say_damaged(struct reader *r, struct span s, size_t off,
			size_t end, bool readable)
{
	finding(r, &FINDING_EVENT_RECORD, s.at + off, end - off,
		"event record", readable ?
		"the two sizes of a record differ; one of them leads to the "
		"next record" :
		"no record can be made out between two others");
}

/* Some logs count the empty space behind the last record; in a chunk that was
 * not written whole, records are missing there.  */
static void check_empty(struct reader *r, struct span rest,
			const struct evtx_chunk *k, uint64_t id)
{
	if (id < k->last_record)
		finding(r, &FINDING_EVENT_RECORD, rest.at, rest.n,
			"event log chunk", "there are zeros where the last "
			"records of a chunk are counted");
}

/* Whether a chunk's sound header tells of a record behind @id, its last one.
 * That of a chunk without records has all bits set there.  */
static bool counts_more(const struct evtx_chunk *k, uint64_t id)
{
	return k->head_checksum == k->head_checksum_computed && id > 0 &&
	       id < k->last_record && k->last_record != UINT64_MAX;
}

/* Of a chunk @k without a header that can be read, none is counted.  */
static int note_record(struct reader *r, uint64_t chunk,
		       const struct evtx_chunk *k, uint64_t id,
		       struct err *reterr)
{
	bool counted = k->head_checksum == k->head_checksum_computed &&
		       id >= k->first_record && id <= k->last_record;

	return record_runs_add(&r->runs, chunk, id, counted, reterr);
}

/* What of the damaged record at @off can be read; size 0: nothing.  Returns
 * where it ends.  */
static size_t read_damaged(struct reader *r, struct span s, size_t off,
			   size_t end, struct record *rec)
{
	size_t next;

	rec->damaged = true;
	rec->record.size = 0;
	if (find_end(s, off, end, &next))
		evtx_record_parse_sized(s, off, (uint32_t)(next - off),
					&rec->record, NULL);
	say_damaged(r, s, off, next, rec->record.size > 0);
	return next;
}

/* The records that the chunk @k counts.  *@ret_off: where they do end;
 * *@ret_id: the id of the last one.  Ends: each turn goes ahead.  */
static int read_counted(struct reader *r, struct span s,
			const struct evtx_chunk *k, size_t *ret_off,
			uint64_t *ret_id, struct err *reterr)
{
	const size_t end = k->free_offset;
	size_t off = EVTX_CHUNK_HEAD_BYTES;
	bool whole = true;
	int err = 0;

	while (off < end && !r->full && err == 0) {
		struct record rec = { .at = s.at + off };
		struct span rest;

		if (span_sub(s, off, end - off, &rest) && span_is_zero(rest)) {
			check_empty(r, rest, k, *ret_id);
			whole = false;
			break;
		}
		if (parse_sound(s, off, &rec.record))
			off += rec.record.size;
		else
			off = read_damaged(r, s, off, end, &rec);
		whole = whole && !rec.damaged;
		if (rec.record.size == 0)
			continue;
		*ret_id = rec.record.id;
		err = note_record(r, s.at, k, rec.record.id, reterr);
		if (err == 0)
			err = read_record(r, s, &rec, reterr);
	}
	if (whole && !r->full && counts_more(k, *ret_id))
		finding(r, &FINDING_EVENT_RECORD, s.at, EVTX_CHUNK_HEAD_BYTES,
			"event log chunk", "a chunk ends before the last "
			"record that its header counts");
	*ret_off = off;
	return err;
}

/* Whether the record that begins at @off and has a number that does not follow
 * is the record @id: then the one behind it is the next.  */
static bool is_misnumbered(struct span s, size_t off, size_t size, uint64_t id)
{
	struct evtx_record next;

	return parse_sound(s, off + size, &next) && next.id == id + 1;
}

/* Whether records up to the number @last may have lain in @n bytes, behind
 * @id.  Only a log in use has some that its chunk does not count; those that
 * are left over in an exported one have higher numbers, too.  */
static bool may_have_held(const struct reader *r, uint64_t id, uint64_t last,
			  size_t n)
{
	return r->in_use && last > id &&
	       last - id <= n / MIN_EVENT_RECORD_BYTES;
}

/*
 * Whether the record at @at is newer than that of the number @id, which ends at
 * @end: it follows, or what is between them is damaged.  @id 0: there is none
 * before.  Where only its number is damaged, *@rec gets the right one.
 */
static bool is_newer(struct reader *r, struct span s, uint64_t id, size_t end,
		     size_t at, struct record *rec)
{
	const struct evtx_record *e = &rec->record;

	if (at == end && (id == 0 || e->id == id + 1))
		return true;
	if (id == 0)
		return false;
	if (at == end && is_misnumbered(s, at, e->size, id + 1)) {
		rec->damaged = true;
		rec->record.id = id + 1;
		finding(r, &FINDING_EVENT_RECORD, rec->at, e->size,
			"event record", "the number of a record is not the "
			"one between those of the records beside it");
		return true;
	}
	if (at == end || !may_have_held(r, id, e->id - 1, at - end))
		return false;
	say_damaged(r, s, end, at, false);
	return true;
}

/* What lies behind them: records that are newer than the chunk's header, then
 * remnants.  Ends: each turn goes ahead.  */
static int read_uncounted(struct reader *r, struct span s,
			  const struct evtx_chunk *k, size_t off, uint64_t id,
			  struct err *reterr)
{
	size_t end = off;	/* of the newest one, @id */
	int err = 0;

	while (!r->full && err == 0) {
		bool damaged = off == end && id > 0 &&
			       evtx_is_damaged_record(s, off, id + 1);
		size_t at = damaged ? off : evtx_find_record(s, off, s.n);
		struct record rec = { .at = s.at + at };

		if (at >= s.n)
			break;
		off = at + 1;
		if (damaged)
			off = read_damaged(r, s, at, s.n, &rec);
		else if (!parse_sound(s, at, &rec.record))
			continue;
		else
			off = at + rec.record.size;
		rec.remnant = !damaged && !is_newer(r, s, id, end, at, &rec);
		if (!rec.remnant) {
			id = damaged ? id + 1 : rec.record.id;
			end = off;
			err = note_record(r, s.at, k, id, reterr);
		}
		if (err == 0 && rec.record.size > 0)
			err = read_record(r, s, &rec, reterr);
	}
	return err;
}

static void check_chunk(struct reader *r, struct span s,
			const struct evtx_chunk *k)
{
	if (k->head_checksum != k->head_checksum_computed)
		finding(r, &FINDING_EVENT_LOG_DAMAGED, s.at,
			EVTX_CHUNK_HEAD_BYTES, "event log chunk",
			"the checksum in the header of a chunk is not that of "
			"the header");
	if (k->checksum != k->checksum_computed)
		finding(r, &FINDING_EVENT_LOG_DAMAGED,
			s.at + EVTX_CHUNK_HEAD_BYTES,
			k->free_offset - EVTX_CHUNK_HEAD_BYTES,
			"event log chunk",
			"the checksum of a chunk is not that of its records, "
			"which are read all the same");
}

/* Chunks are written one behind the other, and none becomes empty again.  */
static void say_empty(struct reader *r)
{
	uint64_t left = r->source->size - r->empty_at;

	if (r->empty_bytes > 0)
		finding(r, &FINDING_EVENT_LOG, r->empty_at,
			r->empty_bytes < left ? r->empty_bytes : left,
			"event log chunk", "there are zeros where chunks with "
			"records were");
	r->empty_bytes = 0;
}

static void note_empty(struct reader *r, struct span s)
{
	if (r->empty_bytes == 0)
		r->empty_at = s.at;
	r->empty_bytes += s.n;
}

/* Say what is missing of the chunks that the header counts.  */
static void check_end(struct reader *r)
{
	uint64_t size = r->source->size;

	if (r->empty_at < r->counted_end)
		say_empty(r);
	if (!r->cut && r->counted_end > size &&
	    r->counted_end - size >= EVTX_CHUNK_BYTES)
		finding(r, &FINDING_EVENT_LOG, 0, EVTX_FILE_HEAD_BYTES < size ?
			EVTX_FILE_HEAD_BYTES : size, "event log",
			"the log ends before the last chunk that its header "
			"counts");
}

static int read_chunk(struct reader *r, struct span s, struct err *reterr)
{
	struct evtx_chunk k = { .free_offset = EVTX_CHUNK_BYTES };
	size_t off = EVTX_CHUNK_HEAD_BYTES;
	struct err e = { 0 };
	uint64_t id = 0;
	int err;

	if (span_is_zero(s)) {
		note_empty(r, s);
		return 0;
	}
	say_empty(r);
	if (evtx_chunk_parse(s, &k, &e) < 0)
		finding_err(r, &FINDING_EVENT_LOG_DAMAGED, s.at,
			    EVTX_CHUNK_HEAD_BYTES, "event log chunk", &e);
	else
		check_chunk(r, s, &k);
	err = read_counted(r, s, &k, &off, &id, reterr);
	return err < 0 ? err : read_uncounted(r, s, &k, off, id, reterr);
}

/* Read the chunk at @at; of one that is cut, what there is.  */
static int load_chunk(struct reader *r, uint64_t at, struct err *reterr)
{
	uint64_t left = r->source->size - at;
	size_t n = left < EVTX_CHUNK_BYTES ? (size_t)left : EVTX_CHUNK_BYTES;
	struct span s = { r->chunk, EVTX_CHUNK_BYTES, at };
	struct err e = { 0 };

	if (n < EVTX_CHUNK_BYTES)
		finding(r, &FINDING_EVENT_LOG, at, n, "event log chunk",
			"the log ends inside a chunk");
	memset(r->chunk + n, 0, EVTX_CHUNK_BYTES - n);
	if (source_read(r->source, at, r->chunk, n, &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, 0, "event log", 0, 0);
		finding_err(r, &FINDING_EVENT_LOG, at, n, "event log chunk",
			    &e);
		return 0;
	}
	return read_chunk(r, s, reterr);
}

/* Where the last chunk ends that had records when the header was written; 0
 * where it tells of none.  */
static uint64_t counted_end(const struct evtx_file *f)
{
	uint64_t n = f->last_chunk + 1;

	if (f->next_record <= 1 || f->last_chunk >= f->n_chunks)
		return 0;
	/* The oldest one lies behind the newest: all are in use.  */
	if (f->first_chunk > f->last_chunk && f->first_chunk < f->n_chunks)
		n = f->n_chunks;
	return EVTX_FILE_HEAD_BYTES + n * EVTX_CHUNK_BYTES;
}

static void check_file(struct reader *r)
{
	uint8_t head[128];
	struct evtx_file f;
	struct err e = { 0 };

	if (source_read(r->source, 0, head, sizeof(head), &e) < 0 ||
	    evtx_file_parse((struct span){ head, sizeof(head), 0 }, &f,
			    &e) < 0)
		finding_err(r, &FINDING_EVENT_LOG_DAMAGED, 0, sizeof(head),
			    "event log", &e);
	else if (f.checksum != f.checksum_computed)
		finding(r, &FINDING_EVENT_LOG_DAMAGED, 0, sizeof(head),
			"event log", "the checksum in the header of the log is "
			"not that of the header");
	else {
		r->counted_end = counted_end(&f);
		r->next_record = f.next_record;
		r->in_use = f.dirty;
	}
}

static void cite_head(struct reader *r, uint64_t at, struct cites *ret)
{
	source_cite(r->source, at, at < EVTX_FILE_HEAD_BYTES ?
		    EVTX_FILE_HEAD_BYTES : EVTX_CHUNK_HEAD_BYTES,
		    at < EVTX_FILE_HEAD_BYTES ? "event log" :
		    "event log chunk", r->arena, ret);
}

/* Of the records from @first to @last, as the heads at @a and @b tell.  */
static void say_records(struct reader *r, const struct diag_kind *kind,
			uint64_t first, uint64_t last, const char *what,
			uint64_t a, uint64_t b)
{
	const char *file = r->source->file != NULL ? r->source->file :
			   "the event log";
	struct diag *d = first == last ?
		diag_add(r->diags, kind, "%s: the record %" PRIu64 " is %s.",
			 file, first, what) :
		diag_add(r->diags, kind, "%s: the records %" PRIu64 " to %"
			 PRIu64 " are %s.", file, first, last, what);

	if (d == NULL)
		return;
	cite_head(r, a, &d->cites);
	if (a != b)
		cite_head(r, b, &d->cites);
}

/* From the first run to @end, the last one.  What the header counts beyond is
 * known to be missing here.  */
static void keep_range(struct reader *r, const struct record_run *end)
{
	const struct record_run *first = &r->runs.list[0];

	r->range.first = first->first;
	r->range.last = r->next_record > end->last ? r->next_record - 1 :
			end->last;
	cite_head(r, first->chunk, &r->range.cites);
	if (end->chunk != first->chunk)
		cite_head(r, end->chunk, &r->range.cites);
}

/* Say which numbers no record has, and which ones two.  */
static void check_runs(struct reader *r)
{
	const struct record_run *end;

	record_runs_sort(&r->runs);
	if (r->runs.n == 0)
		return;
	end = &r->runs.list[0];
	for (size_t i = 1; i < r->runs.n; i++) {
		const struct record_run *run = &r->runs.list[i];

		if (run->first <= end->last)
			say_records(r, &FINDING_EVENT_TWICE, run->first,
				    run->last < end->last ? run->last :
				    end->last, "there more than once",
				    end->chunk, run->chunk);
		else if (run->first - end->last > 1)
			say_records(r, &FINDING_EVENT_LOG, end->last + 1,
				    run->first - 1, "not there", end->chunk,
				    run->chunk);
		if (run->last > end->last)
			end = run;
	}
	if (r->next_record > end->last && r->next_record - end->last > 1)
		say_records(r, &FINDING_EVENT_LOG, end->last + 1,
			    r->next_record - 1, "not there", end->chunk, 0);
	keep_range(r, end);
}

static int by_record(const void *a, const void *b)
{
	const struct partition_event *x = a, *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	if (x->remnant != y->remnant)
		return x->remnant ? 1 : -1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->damaged != y->damaged)
		return x->damaged ? 1 : -1;
	if (x->log != y->log)
		return x->log < y->log ? -1 : 1;
	/* In the order of their places in it.  */
	if (x->cites.n == 0 || y->cites.n == 0)
		return (x->cites.n > 0) - (y->cites.n > 0);
	return x->cites.list[0].offset < y->cites.list[0].offset ? -1 :
	       x->cites.list[0].offset > y->cites.list[0].offset;
}

/* Whether @e says nothing new beside the @n events before it: the same record
 * in another log, which was made from that one, or once more in this log, in a
 * remnant or a copy of a chunk.  */
static bool is_told(const struct partition_event *e,
		    const struct partition_event *list, size_t n)
{
	for (; n > 0 && list[n - 1].record == e->record; n--)
		if (list[n - 1].time == e->time)
			return true;
	return false;
}

static void sort_events(struct partition_events *events)
{
	size_t n = 0;

	if (events->n > 0)
		qsort(events->list, events->n, sizeof(*events->list),
		      by_record);
	for (size_t i = 0; i < events->n; i++)
		if (!is_told(&events->list[i], events->list, n))
			events->list[n++] = events->list[i];
	events->n = n;
}

int partition_events_join(struct partition_events *all,
			  const struct partition_events *more, unsigned number,
			  struct arena *a, struct err *reterr)
{
	for (size_t i = 0; i < more->n; i++) {
		struct partition_event *e = arena_push(a, &all->list, all->n,
						       sizeof(*e));

		if (e == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "events", 0, 0);
		*e = more->list[i];
		e->log = number;
		all->n++;
	}
	sort_events(all);
	return 0;
}

static int read_chunks(struct reader *r, struct err *reterr)
{
	uint64_t end = r->source->size;
	int err = 0;

	if (end > MAX_LOG_BYTES) {
		end = MAX_LOG_BYTES;
		r->cut = true;
	}
	for (uint64_t at = EVTX_FILE_HEAD_BYTES; at < end && err == 0;
	     at += EVTX_CHUNK_BYTES)
		err = load_chunk(r, at, reterr);
	return err;
}

int partition_events_read(struct source *s,
			  struct partition_events_budget *budget,
			  struct arena *a, struct diag_list *d,
			  struct partition_events *ret, struct err *reterr)
{
	struct reader r = {
		.source = s, .arena = a, .diags = d, .budget = budget,
		.in_use = true, .chunk = malloc(EVTX_CHUNK_BYTES),
	};
	int err;

	if (r.chunk == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "event log", 0, 0);
	check_file(&r);
	err = read_chunks(&r, reterr);
	check_end(&r);
	if (err == 0 && !r.full && !r.cut)
		check_runs(&r);
	if (r.runs.full)
		finding(&r, &FINDING_EVENT_LOG, 0, 0, "event log",
			"there are more gaps between its records than are "
			"followed; not all that are missing are named");
	r.range.unsure = r.full || r.cut || r.runs.full;
	record_runs_done(&r.runs);
	free(r.chunk);
	if (err < 0)
		return err;
	if (r.full || r.cut)
		finding(&r, &FINDING_EVENT_LOG, 0, 0, "event log",
			"it is larger, or has more events, than is read of "
			"one; the rest is left out");
	event_doubts_say(&r.doubts, r.source->file, d);
	sort_events(&r.events);
	r.events.range = r.range;
	*ret = r.events;
	return 0;
}

const char *partition_event_bus_name(uint32_t bus)
{
	static const char *const names[] = {
		"Unknown", "SCSI", "ATAPI", "ATA", "1394", "SSA",
		"Fibre Channel", "USB", "RAID", "iSCSI", "SAS", "SATA", "SD",
		"MMC", "Virtual", "File Backed Virtual", "Spaces", "NVMe",
		"SCM", "UFS", "NVMe-oF",
	};

	return bus < sizeof(names) / sizeof(names[0]) ? names[bus] : NULL;
}
