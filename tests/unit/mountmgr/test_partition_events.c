#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/event_log.h"
#include "lib/store.h"
#include "mountmgr/findings.h"
#include "mountmgr/partition_events.h"

#define TIME 132885713937164219u	/* 2022-02-05 21:49:53 */

/* A table with one of two slots used: NTFS at 1 MiB, 8 MiB long, active.  */
static const uint8_t mbr_layout[48 + 2 * 144] = {
	[0] = 0, 0, 0, 0, 2, 0, 0, 0,
	0x1e, 0xab, 0xa1, 0x5c,			/* signature */
	[48 + 8] = 0, 0, 0x10, 0,		/* offset */
	[48 + 16] = 0, 0, 0x80, 0,		/* length */
	[48 + 24] = 0xff, 0xff, 0xff, 0xff,
	[48 + 32] = 7, 1, 1,			/* type, active, recognized */
};

static const uint8_t ntfs_boot[512] = {
	0xeb, 0x52, 0x90, 'N', 'T', 'F', 'S', ' ', ' ', ' ', ' ',
	[0x0c] = 2, 1,
	[0x15] = 0xf8,
	[0x28] = 0xff, 0x37,
	[0x30] = 0xaa, 0x12,
	[0x38] = 0x10,
	[0x40] = 2,
	[0x44] = 0xf4,
	[0x48] = 0x66, 0xcc, 0xe2, 0xf4, 0x0d, 0xe3, 0xf4, 0x38,
	[0x1fe] = 0x55, 0xaa,
};

static const uint8_t mbr_sector[512] = {
	[440] = 0x0d, 0xf0, 0xad, 0x0b, [510] = 0x55, 0xaa,
};

#define BYTE(v, i) (uint8_t)((unsigned)(v) >> 8 * (i))
#define U32(v) (uint8_t[]){ BYTE(v, 0), BYTE(v, 1), BYTE(v, 2), BYTE(v, 3) }, 4
#define TEXT(s) u##s, sizeof(u##s)	/* with its NUL */

static const uint8_t zeros[16];
static const uint8_t guid_bytes[16] = {
	0x52, 0x17, 0x6f, 0x7b, 0x95, 0xbd, 0x22, 0x6e,
	0xe3, 0xa5, 0x6e, 0xe8, 0x41, 0x9e, 0xca, 0xd7,
};

#define N_FIELDS 30
#define ZERO U32(0)

/* The fields of an event are not in the order of the reader's table, and there
 * are others between them.  */
static const struct event_field no_disk[N_FIELDS] = {
	{ "Version", EVENT_UINT32, U32(1) },
	{ "Vbr0", EVENT_BINARY, "", 0 },
	{ "Vbr0Bytes", EVENT_UINT32, ZERO },
	{ "Vbr1", EVENT_BINARY, "", 0 },
	{ "Vbr1Bytes", EVENT_UINT32, ZERO },
	{ "Vbr2", EVENT_BINARY, "", 0 },
	{ "Vbr2Bytes", EVENT_UINT32, ZERO },
	{ "Vbr3", EVENT_BINARY, "", 0 },
	{ "Vbr3Size", EVENT_UINT32, ZERO },
	{ "Mbr", EVENT_BINARY, "", 0 },
	{ "MbrBytes", EVENT_UINT32, ZERO },
	{ "PartitionTable", EVENT_BINARY, "", 0 },
	{ "PartitionTableBytes", EVENT_UINT32, ZERO },
	{ "PartitionCount", EVENT_UINT32, ZERO },
	{ "PartitionStyle", EVENT_UINT32, ZERO },
	{ "RegistryId", EVENT_GUID, guid_bytes, 16 },
	{ "AdapterId", EVENT_GUID, zeros, 16 },
	{ "DiskId", EVENT_GUID, guid_bytes, 16 },
	{ "Flags", EVENT_UINT32, U32(0x20202010) },
	{ "Location", EVENT_STRING, "", 0 },
	{ "ParentId", EVENT_STRING, TEXT("PCI\\VEN_15AD&DEV_07F0") },
	{ "SerialNumber", EVENT_STRING, TEXT("VMWare NVME_0000") },
	{ "Revision", EVENT_STRING, "", 0 },
	{ "Model", EVENT_STRING, TEXT("Virtual \u00e9") },
	{ "Manufacturer", EVENT_STRING, "", 0 },
	{ "BusType", EVENT_UINT32, U32(17) },
	{ "BytesPerPhysicalSector", EVENT_UINT32, U32(4096) },
	{ "Characteristics", EVENT_UINT32, U32(0x40101) },
	{ "Capacity", EVENT_UINT64, zeros, 8 },
	{ "DiskNumber", EVENT_UINT32, ZERO },
};

/* The fields of no_disk, but those that are called as one of @n others.  */
static size_t add_with(struct event_log *log, unsigned id,
		       const struct event_field *others, size_t n)
{
	struct event_field fields[N_FIELDS];
	const struct event e = { id, TIME, "GoldPaper", fields, N_FIELDS };

	memcpy(fields, no_disk, sizeof(fields));
	for (size_t i = 0; i < n * N_FIELDS; i++)
		if (strcmp(fields[i % N_FIELDS].name,
			   others[i / N_FIELDS].name) == 0)
			fields[i % N_FIELDS] = others[i / N_FIELDS];
	return event_log_add(log, &e);
}

static size_t add(struct event_log *log, unsigned id, unsigned number,
		  const void *capacity, const void *layout, size_t layout_n)
{
	const struct event_field fields[] = {
		{ "Vbr0", EVENT_BINARY, ntfs_boot, sizeof(ntfs_boot) },
		{ "Vbr0Bytes", EVENT_UINT32, U32(512) },
		{ "Vbr1", EVENT_BINARY, mbr_sector, 100 },
		{ "Vbr1Bytes", EVENT_UINT32, U32(100) },
		/* That of a table comes from it.  */
		{ "Mbr", EVENT_BINARY, mbr_sector, layout_n > 0 ? 0 : 512 },
		{ "MbrBytes", EVENT_UINT32, U32(layout_n > 0 ? 0 : 512) },
		{ "PartitionTable", EVENT_BINARY, layout, layout_n },
		{ "PartitionTableBytes", EVENT_UINT32, U32(layout_n) },
		{ "PartitionCount", EVENT_UINT32, U32(layout_n > 0 ? 2 : 0) },
		{ "Capacity", EVENT_UINT64, capacity, 8 },
		{ "DiskNumber", EVENT_UINT32, U32(number) },
	};

	return add_with(log, id, fields, sizeof(fields) / sizeof(fields[0]));
}

static const uint8_t gib60[8] = { 0, 0, 0, 0, 15 };	/* 60 GiB */
static const uint8_t nothing[8];

static size_t add_disk(struct event_log *log, unsigned number)
{
	return add(log, 1006, number, gib60, mbr_layout, sizeof(mbr_layout));
}

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct partition_events events;
	struct partition_events_budget budget;
};

static void read_log(struct read *r, const void *p, size_t n)
{
	*r = (struct read){ .arena = arena_new(), .budget = { 100000, 100 } };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
	cr_assert_eq(partition_events_read(&r->source.source, &r->budget,
					   r->arena, &r->diags, &r->events,
					   NULL), 0);
}

static void read_done(struct read *r)
{
	arena_free(r->arena);
}

static size_t found(const struct read *r, const struct diag_kind *kind)
{
	return diag_count(&r->diags, kind);
}

Test(partition_events, finds_fields_by_their_names)
{
	struct event_log *log = event_log_new(7);
	const struct partition_event *e;
	const uint8_t *p;
	struct read r;
	size_t n, at;

	add(log, 1007, 9, gib60, "", 0);
	at = add_disk(log, 3);
	p = event_log_finish(log, false, &n);
	read_log(&r, p, n);
	cr_assert_eq(r.events.n, 1);
	cr_expect_eq(r.diags.n, 0);
	e = &r.events.list[0];
	cr_expect_eq(e->record, 8);
	cr_expect_eq(e->time, TIME);
	cr_expect_str_eq(e->computer.utf8, "GoldPaper");
	cr_expect(e->has_number && e->number == 3);
	cr_expect(e->has_capacity && e->capacity == 60ull << 30);
	cr_expect(e->has_bus && e->bus == 17);
	cr_expect_str_eq(partition_event_bus_name(e->bus), "NVMe");
	cr_expect(e->has_physical_sector && e->physical_sector == 4096);
	cr_expect(e->has_characteristics && e->characteristics == 0x40101);
	cr_expect_null(e->manufacturer.utf8);
	cr_expect_null(e->revision.utf8);
	cr_expect_str_eq(e->model.utf8, "Virtual \u00e9");
	cr_expect_str_eq(e->serial.utf8, "VMWare NVME_0000");
	cr_expect_str_eq(e->parent.utf8, "PCI\\VEN_15AD&DEV_07F0");
	cr_expect_arr_eq(e->disk_id.b, guid_bytes, 16);
	cr_expect(guid_is_zero(&e->adapter_id));
	cr_assert(e->has_layout);
	cr_expect_eq(e->layout.n_partitions, 2);
	cr_expect(e->has_signature && e->signature == 0x5ca1ab1e);
	cr_expect(!e->remnant && !e->damaged);
	cr_assert_eq(e->cites.n, 1);
	cr_expect_eq(e->cites.list[0].offset, at);
	cr_expect_str_eq(e->cites.list[0].structure, "event record");
	cr_expect_eq(memcmp(p + at, "**\0\0", 4), 0);
	read_done(&r);
	event_log_free(log);
}

Test(partition_events, reads_boot_sectors_and_sector_0)
{
	struct event_log *log = event_log_new(1);
	const struct partition_event *e;
	const uint8_t *p;
	struct read r;
	size_t n;

	add(log, 1006, 0, gib60, "", 0);
	p = event_log_finish(log, false, &n);
	read_log(&r, p, n);
	cr_assert_eq(r.events.n, 1);
	e = &r.events.list[0];
	cr_expect(!e->has_layout);
	cr_expect(e->has_signature && e->signature == 0x0badf00d);
	cr_expect(e->vbr[0].there);
	cr_expect_str_eq(e->vbr[0].name, "NTFS");
	cr_expect_eq(e->vbr[0].serial64, 0x38f4e30df4e2cc66);
	cr_expect_eq(e->vbr[0].serial, 0xf4e2cc66);
	cr_expect(e->vbr[1].there && e->vbr[1].name == NULL);
	cr_expect(!e->vbr[2].there);
	cr_expect(!e->vbr[3].there);
	read_done(&r);
	event_log_free(log);
}

struct other {
	size_t n;
	struct event_field field[4];
};

static void expect_doubts(const struct other *others, size_t n,
			  const char *want, bool damaged, int line)
{
	struct event_log *log = event_log_new(1);
	const char *text = "";
	struct read r;
	size_t size, first = 0;
	const uint8_t *p;

	for (size_t i = 0; i < n; i++) {
		size_t at = add_with(log, 1006, others[i].field, others[i].n);

		first = first == 0 ? at : first;
	}
	p = event_log_finish(log, false, &size);
	read_log(&r, p, size);
	if (r.diags.n > 0) {
		const struct diag *d = &r.diags.list[0];

		text = strchr(d->message, ':') + 2;
		cr_expect_eq(d->kind, &FINDING_EVENT_DOUBT, "row %d", line);
		cr_expect_eq(d->cites.n, n, "row %d", line);
		cr_expect_eq(d->cites.list[0].offset, first, "row %d", line);
	}
	cr_expect_leq(r.diags.n, 1, "row %d", line);
	cr_expect_str_eq(text, want, "row %d: %s", line, text);
	cr_assert_eq(r.events.n, n);
	cr_expect_eq(r.events.list[0].damaged, damaged, "row %d", line);
	read_done(&r);
	event_log_free(log);
}

#define TABLE(p) { "PartitionTable", EVENT_BINARY, p, sizeof(p) }, \
	{ "PartitionTableBytes", EVENT_UINT32, U32(sizeof(p)) }
#define COUNT(n) { "PartitionCount", EVENT_UINT32, U32(n) }
#define CAPACITY { "Capacity", EVENT_UINT64, gib60, 8 }

/* Each thing that an event says twice; before, one was believed.  */
Test(partition_events, what_an_event_says_in_two_ways_is_compared)
{
	const struct {
		struct other other;
		const char *want;
	} rows[] = {
		{ { 3, { TABLE(mbr_layout), COUNT(2) } }, "" },
		{ { 2, { TABLE(mbr_layout) } }, "of 1 event, PartitionCount is "
		  "not that of PartitionTable." },
		{ { 2, { { "PartitionTable", EVENT_BINARY, mbr_layout, 336 },
			 COUNT(2) } }, "of 1 event, PartitionTableBytes is not "
		  "how many PartitionTable has." },
		{ { 1, { { "Vbr3", EVENT_BINARY, ntfs_boot, 512 } } },
		  "of 1 event, Vbr3Size is not how many bytes Vbr3 has." },
		{ { 1, { { "MbrBytes", EVENT_UINT32, U32(512) } } },
		  "of 1 event, MbrBytes is not how many Mbr has." },
		{ { 4, { TABLE(mbr_layout), COUNT(2), { "PartitionStyle",
			 EVENT_UINT32, U32(1) } } }, "of 1 event, "
		  "PartitionStyle is not that of PartitionTable." },
		/* Of no table, nothing is to be compared.  */
		{ { 1, { { "PartitionStyle", EVENT_UINT32, U32(1) } } }, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_doubts(&rows[i].other, 1, rows[i].want,
			      rows[i].want[0] != '\0', (int)i);
}

/* What stands in a boot sector where a signature would be, is none.  */
Test(partition_events, a_boot_sector_has_no_signature)
{
	const struct event_field fields[] = {
		{ "Mbr", EVENT_BINARY, ntfs_boot, 512 },
		{ "MbrBytes", EVENT_UINT32, U32(512) },
	};
	struct event_log *log = event_log_new(1);
	const uint8_t *p;
	struct read r;
	size_t n;

	add_with(log, 1006, fields, 2);
	p = event_log_finish(log, false, &n);
	read_log(&r, p, n);
	cr_assert_eq(r.events.n, 1);
	cr_expect(!r.events.list[0].has_signature);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
	event_log_free(log);
}

/* A disk without a table has its boot sector at byte 0, and is called 1.  */
Test(partition_events, sector_0_is_compared_with_the_table)
{
	static uint8_t whole[sizeof(mbr_layout)], gpt[sizeof(mbr_layout)];
	const struct event_field sector[] = {
		{ "Mbr", EVENT_BINARY, mbr_sector, 512 },
		{ "Mbr", EVENT_BINARY, ntfs_boot, 512 },
	};
	const struct {
		struct event_field table;
		unsigned sector;
		uint8_t style;
		bool differs;
	} rows[] = {
		{ { "PartitionTable", EVENT_BINARY, mbr_layout, 336 }, 0, 0,
		  true },
		{ { "PartitionTable", EVENT_BINARY, mbr_layout, 336 }, 1, 0,
		  false },
		{ { "PartitionTable", EVENT_BINARY, whole, 336 }, 0, 0, false },
		{ { "PartitionTable", EVENT_BINARY, gpt, 336 }, 0, 1, false },
	};

	memcpy(whole, mbr_layout, sizeof(whole));
	memcpy(whole + 8, "\1\0\0", 4);
	whole[48 + 10] = 0;
	gpt[0] = 1;
	gpt[4] = 2;
	memcpy(gpt + 8, guid_bytes, 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct event_field fields[] = {
			rows[i].table, sector[rows[i].sector], COUNT(2),
			{ "PartitionTableBytes", EVENT_UINT32, U32(336) },
			{ "MbrBytes", EVENT_UINT32, U32(512) },
			{ "PartitionStyle", EVENT_UINT32, U32(rows[i].style) },
		};
		struct event_log *log = event_log_new(1);
		const uint8_t *p;
		struct read r;
		size_t n;

		add_with(log, 1006, fields, 6);
		p = event_log_finish(log, false, &n);
		read_log(&r, p, n);
		cr_assert_eq(r.diags.n, rows[i].differs, "row %zu", i);
		if (rows[i].differs)
			cr_expect_str_eq(strchr(r.diags.list[0].message, ':'),
					 ": of 1 event, the signature in Mbr "
					 "is not that of PartitionTable.");
		read_done(&r);
		event_log_free(log);
	}
}

/* One template serves all events: the name of a field that is damaged in it is
 * said once.  Before, each event told nothing there, without a word.  */
Test(partition_events, a_field_that_is_missing_is_said)
{
	for (size_t i = 1; i < N_FIELDS; i++) {
		struct event_field lost = no_disk[i];
		struct event_log *log = event_log_new(1);
		struct event_field fields[N_FIELDS];
		const struct event e = { 1006, TIME, "PC", fields, N_FIELDS };
		char want[80] = "";
		const uint8_t *p;
		struct read r;
		size_t n;

		memcpy(fields, no_disk, sizeof(fields));
		lost.name = "Lost";
		fields[i] = lost;
		event_log_add(log, &e);
		event_log_add(log, &e);
		p = event_log_finish(log, false, &n);
		read_log(&r, p, n);
		if (strcmp(no_disk[i].name, "Flags") != 0)
			snprintf(want, sizeof(want), ": of 2 events, there is "
				 "no field %s.", no_disk[i].name);
		cr_assert_eq(r.diags.n, want[0] != '\0', "%s",
			     no_disk[i].name);
		if (r.diags.n > 0) {
			cr_expect_str_eq(strchr(r.diags.list[0].message, ':'),
					 want);
			cr_expect_eq(r.diags.list[0].cites.n, 2);
			cr_expect_eq(r.diags.list[0].kind,
				     &FINDING_EVENT_DOUBT);
		}
		cr_expect_eq(r.events.list[1].damaged, r.diags.n > 0);
		read_done(&r);
		event_log_free(log);
	}
}

/* As a table in the registry is.  The disk is as large as the event says.  */
Test(partition_events, a_table_that_cannot_be_is_said)
{
	static const struct {
		size_t at;
		uint8_t bytes[6];
		const char *want;
	} rows[] = {
		{ 48 + 16, { 0, 0, 0x80 }, "" },
		{ 48 + 16, { 0 }, "of 2 events, a partition has no length." },
		{ 48 + 8, { 1, 0, 0x10 }, "of 2 events, a partition does not "
		  "begin and end with a sector." },
		/* The last byte is that of 60 GiB, and the one behind it.  */
		{ 48 + 16, { 0, 0, 0xf0, 0xff, 14 }, "" },
		{ 48 + 16, { 0, 2, 0xf0, 0xff, 14 }, "of 2 events, a partition "
		  "ends past the end of the disk." },
		{ 192 + 32, { 7 }, "of 2 events, two partitions begin at the "
		  "same place." },
		/* The other is an extended one, which holds it.  */
		{ 192 + 32, { 15 }, "" },
	};
	static uint8_t table[sizeof(rows) / sizeof(rows[0])][336];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct other other = {
			4, { TABLE(table[i]), COUNT(2), CAPACITY }
		};

		memcpy(table[i], mbr_layout, 336);
		memcpy(table[i] + 192 + 8, mbr_layout + 48 + 8, 16);
		memcpy(table[i] + rows[i].at, rows[i].bytes, 6);
		expect_doubts((struct other[]){ other, other }, 2,
			      rows[i].want, false, (int)i);
	}
}

/* Of an MBR only where they begin is: a partition in another one is found on
 * sticks that boot.  */
Test(partition_events, partitions_of_a_gpt_have_no_bytes_in_common)
{
	static const struct {
		uint8_t scheme, offset, length;	/* 1 MiB each */
		const char *want;
	} rows[] = {
		{ 1, 9, 1, "" },
		{ 1, 8, 1, "of 1 event, two partitions overlap." },
		{ 1, 1, 8, "of 1 event, two partitions overlap." },
		{ 0, 8, 1, "" },
		{ 0, 1, 1, "of 1 event, two partitions begin at the same "
			   "place." },
	};
	static uint8_t table[336];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct other other = { 4, {
			TABLE(table), COUNT(2),
			{ "PartitionStyle", EVENT_UINT32,
			  U32(rows[i].scheme) } } };

		memcpy(table, mbr_layout, sizeof(table));
		memcpy(table + 192, table + 48, 144);
		table[0] = table[48] = table[192] = rows[i].scheme;
		memset(table + 32, 0, 8);
		table[192 + 8 + 2] = (uint8_t)(rows[i].offset << 4);
		table[192 + 16 + 2] = (uint8_t)(rows[i].length << 4);
		expect_doubts(&other, 1, rows[i].want, false, (int)i);
	}
}

/* What is said twice is not believed once.  */
Test(partition_events, a_field_with_two_values_is_damage)
{
	struct event_log *log = event_log_new(1);
	const struct event_field fields[] = {
		{ "DiskNumber", EVENT_UINT32, U32(1) },
		{ "DiskNumber", EVENT_UINT32, U32(2) },
	};
	const uint8_t *p;
	struct read r;
	size_t n;

	event_log_add(log, &(struct event){ 1006, TIME, "PC", fields, 2 });
	p = event_log_finish(log, false, &n);
	read_log(&r, p, n);
	cr_expect_eq(found(&r, &FINDING_EVENT_RECORD), 1);
	cr_assert_eq(r.events.n, 1);
	cr_expect(r.events.list[0].damaged);
	read_done(&r);
	event_log_free(log);
}

/* They were not told, without a word.  */
Test(partition_events, a_value_of_another_type_is_said)
{
	const struct {
		struct event_field field;
		bool damaged;
	} cases[] = {
		{ { "DiskNumber", EVENT_UINT32, U32(1) }, false },
		{ { "DiskNumber", EVENT_HEX64, U32(1) }, false },
		{ { "DiskNumber", EVENT_STRING, U32(1) }, true },
		{ { "Capacity", EVENT_GUID, gib60, 8 }, true },
		{ { "Model", EVENT_STRING, TEXT("A") }, false },
		{ { "Model", EVENT_BINARY, TEXT("A") }, true },
		/* It has none.  */
		{ { "Model", 0, "", 0 }, false },
		{ { "DiskId", EVENT_GUID, guid_bytes, 16 }, false },
		{ { "DiskId", EVENT_BINARY, guid_bytes, 16 }, true },
		{ { "Vbr3", EVENT_STRING, ntfs_boot, 512 }, true },
		{ { "Mbr", EVENT_BINARY, mbr_sector, 512 }, false },
		/* Of which nothing is told.  */
		{ { "Flags", EVENT_STRING, U32(1) }, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = cases[i].field.name;
		unsigned mbr = strcmp(name, "Mbr") == 0 ? 512 : 0;
		unsigned vbr = strcmp(name, "Vbr3") == 0 ? 512 : 0;
		struct event_log *log = event_log_new(1);
		const uint8_t *p;
		struct read r;
		size_t n;

		add_with(log, 1006, (struct event_field[]){
				cases[i].field,
				{ "MbrBytes", EVENT_UINT32, U32(mbr) },
				{ "Vbr3Size", EVENT_UINT32, U32(vbr) } }, 3);
		p = event_log_finish(log, false, &n);
		read_log(&r, p, n);
		cr_assert_eq(r.events.n, 1);
		cr_expect_eq(r.events.list[0].damaged, cases[i].damaged,
			     "case %zu", i);
		cr_expect_eq(found(&r, &FINDING_EVENT_RECORD),
			     cases[i].damaged ? 1 : 0, "case %zu", i);
		cr_expect_eq(r.diags.n, cases[i].damaged, "case %zu", i);
		/* The bytes of the value alone.  */
		if (r.diags.n > 0)
			cr_expect_eq(memcmp(p + r.diags.list[0].cites.list[0]
					    .offset, cases[i].field.data,
					    cases[i].field.n), 0);
		read_done(&r);
		event_log_free(log);
	}
}

/* The time in the header of a record was told, whatever the event says.  */
Test(partition_events, two_times_of_an_event_that_differ_are_said)
{
	static const struct {
		uint64_t want;
		bool change_header, change_event, damaged;
		uint8_t high;	/* the last byte of a time */
	} cases[] = {
		{ TIME, false, false, false, 0 },
		{ TIME, true, false, true, 2 },
		{ TIME + (UINT64_C(1) << 56), false, true, true, 2 },
		{ TIME, false, true, true, 0xff },
		{ TIME, true, false, true, 0xff },
		{ 0, true, true, true, 0xff },
	};
	uint8_t time[8];

	for (unsigned k = 0; k < 8; k++)
		time[k] = (uint8_t)(TIME >> 8 * k);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event_log *log = event_log_new(1);
		size_t n, at = add_disk(log, 3);
		const uint8_t *p = event_log_finish(log, false, &n);
		uint8_t *copy = malloc(n), *event;
		struct read r;

		memcpy(copy, p, n);
		/* The header's is its third field.  */
		cr_assert_eq(memcmp(copy + at + 16, time, 8), 0);
		event = memmem(copy + at + 24, n - at - 24, time, 8);
		cr_assert_not_null(event);
		if (cases[i].change_header)
			copy[at + 23] = cases[i].high;
		if (cases[i].change_event)
			event[7] = cases[i].high;
		event_log_seal(copy, n);
		read_log(&r, copy, n);
		cr_assert_eq(r.events.n, 1, "case %zu", i);
		cr_expect_eq(r.events.list[0].time, cases[i].want, "case %zu",
			     i);
		cr_expect_eq(r.events.list[0].damaged, cases[i].damaged);
		cr_expect_eq(found(&r, &FINDING_EVENT_LOG_DAMAGED),
			     cases[i].damaged ? 1 : 0, "case %zu", i);
		cr_expect_eq(r.diags.n, cases[i].damaged ? 1 : 0);
		read_done(&r);
		free(copy);
		event_log_free(log);
	}
}

/* A log of @n disks, one chunk; @at are the places of its records.  */
static size_t make(uint8_t **ret, unsigned n_disks, size_t *at)
{
	struct event_log *log = event_log_new(1);
	const uint8_t *p;
	size_t n;

	for (unsigned i = 0; i < n_disks; i++)
		at[i] = add_disk(log, i);
	p = event_log_finish(log, true, &n);
	cr_assert_eq(n, 4096 + 65536);
	*ret = malloc(n);
	memcpy(*ret, p, n);
	event_log_free(log);
	return n;
}

static void expect_numbers(const struct read *r, const char *want, int line)
{
	char got[32] = "";

	for (size_t i = 0; i < r->events.n && i < sizeof(got) - 1; i++)
		got[i] = (char)('0' + r->events.list[i].number);
	cr_expect_str_eq(got, want, "line %d: %s", line, got);
}

/* The header of a chunk that was written to goes to the disk later.  */
Test(partition_events, records_that_a_chunk_does_not_count_yet_are_read)
{
	uint8_t *p;
	size_t at[3], n = make(&p, 3, at);
	struct read r;

	p[4096 + 32] = 1;
	store_le32(p + 4096 + 44, (uint32_t)at[0] - 4096);
	store_le32(p + 4096 + 48, (uint32_t)at[1] - 4096);
	event_log_seal(p, n);
	read_log(&r, p, n);
	cr_expect_eq(r.diags.n, 0);
	cr_assert_eq(r.events.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		cr_expect_eq(r.events.list[i].number, i);
		cr_expect(!r.events.list[i].remnant, "%u", i);
	}
	read_done(&r);
	free(p);
}

/* One without any is as good.  */
Test(partition_events, a_chunk_that_counts_nothing_yet_is_read)
{
	uint8_t *p;
	size_t at[2], n = make(&p, 2, at);
	struct read r;

	store_le32(p + 4096 + 48, 512);
	event_log_seal(p, n);
	read_log(&r, p, n);
	cr_expect_eq(r.diags.n, 0);
	cr_assert_eq(r.events.n, 2);
	cr_expect(!r.events.list[1].remnant);
	read_done(&r);
	free(p);
}

/* Archived logs count all of the chunk.  In one that was not written whole, the
 * last records are zeros, and the header tells of them.  */
Test(partition_events, zeros_behind_the_last_record_are_no_record)
{
	uint8_t *p;
	size_t at[3], n = make(&p, 3, at);
	struct read r;

	store_le32(p + 4096 + 48, 65536);
	event_log_seal(p, n);
	read_log(&r, p, n);
	expect_numbers(&r, "012", __LINE__);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
	memset(p + at[2], 0, n - at[2]);
	read_log(&r, p, n);
	expect_numbers(&r, "01", __LINE__);
	cr_expect_eq(found(&r, &FINDING_EVENT_RECORD), 1);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG_DAMAGED), 1);
	read_done(&r);
	free(p);
}

/* A chunk that is used again: the first record is new, and what was behind it
 * before is still there.  Its ids are not the next ones.  */
Test(partition_events, remnants_are_told_from_what_is_newer)
{
	uint8_t *p;
	size_t at[3], n = make(&p, 3, at);
	struct read r;

	store_le32(p + 4096 + 48, (uint32_t)at[1] - 4096);
	p[at[0] + 8] = 90;
	event_log_seal(p, n);
	read_log(&r, p, n);
	cr_expect_eq(r.diags.n, 0);
	cr_assert_eq(r.events.n, 3);
	cr_expect_eq(r.events.list[0].record, 2);
	cr_expect(r.events.list[0].remnant);
	cr_expect(r.events.list[1].remnant);
	cr_expect_eq(r.events.list[2].record, 90);
	cr_expect(!r.events.list[2].remnant);
	read_done(&r);
	/* Where their templates are gone they are nothing, and no finding. */
	memset(p + 4096 + 512 + 30, 0, 40);
	read_log(&r, p, n);
	cr_expect_eq(r.events.n, 0);
	cr_expect_eq(found(&r, &FINDING_EVENT_RECORD), 1, "the first one");
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG_DAMAGED), 1);
	read_done(&r);
	free(p);
}

/* Newer are only those that follow without a gap, in ids and in bytes.  */
Test(partition_events, what_does_not_follow_is_a_remnant)
{
	uint8_t *p;
	size_t at[3], n = make(&p, 3, at);
	struct read r;

	store_le32(p + 4096 + 48, (uint32_t)at[1] - 4096);
	p[at[2] + 8] = 9;
	event_log_seal(p, n);
	read_log(&r, p, n);
	cr_assert_eq(r.events.n, 3);
	cr_expect(!r.events.list[1].remnant);
	cr_expect(r.events.list[2].remnant, "there is a gap before 9");
	read_done(&r);
	memset(p + at[1], 0, at[2] - at[1]);
	p[at[2] + 8] = 2;
	read_log(&r, p, n);
	cr_assert_eq(r.events.n, 2);
	cr_expect(r.events.list[1].remnant, "there are zeros before it");
	read_done(&r);
	free(p);
}

/* Among records that their chunk does not count yet, damage costs one, too, and
 * is said; before, all behind it were remnants.  In a log that was closed there
 * are none.  */
Test(partition_events, damage_costs_one_record_that_is_not_counted_yet)
{
	uint8_t *good, p[4096 + 65536];
	size_t at[4], n = make(&good, 4, at);
	const struct {
		int line;
		uint8_t in_use;
		size_t at, n;		/* bytes that are overwritten */
		const char *left;
		size_t remnants, findings, damaged;
	} rows[] = {
		{ __LINE__, 1, 0, 0, "0123", 0, 0, 0 },
		{ __LINE__, 1, at[1], 1, "023", 0, 1, 0 },
		{ __LINE__, 1, at[1] + 4, 1, "0123", 0, 1, 1 },
		{ __LINE__, 1, at[2] - 4, 1, "0123", 0, 1, 1 },
		{ __LINE__, 1, at[1] + 8, 1, "0123", 0, 1, 1 },
		{ __LINE__, 1, at[1], 300, "023", 0, 1, 0 },
		{ __LINE__, 0, at[1], 300, "023", 2, 0, 0 },
		{ __LINE__, 1, at[3], 1, "012", 0, 1, 0 },
		{ __LINE__, 1, at[3] + 4, 1, "012", 0, 1, 0 },
		/* Whatever it was before.  */
		{ __LINE__, 1, at[3] + 8, 1, "0123", 1, 0, 0 },
		{ __LINE__, 1, at[3], 300, "012", 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t remnants = 0, damaged = 0;
		struct read r;

		memcpy(p, good, n);
		p[24] = 2;
		p[120] = rows[i].in_use;
		p[4096 + 32] = 1;
		store_le32(p + 4096 + 44, (uint32_t)at[0] - 4096);
		store_le32(p + 4096 + 48, (uint32_t)at[1] - 4096);
		event_log_seal(p, n);
		memset(p + rows[i].at, 0xee, rows[i].n);
		read_log(&r, p, n);
		expect_numbers(&r, rows[i].left, rows[i].line);
		for (size_t k = 0; k < r.events.n; k++) {
			remnants += r.events.list[k].remnant;
			damaged += r.events.list[k].damaged;
		}
		cr_expect_eq(remnants, rows[i].remnants, "line %d: %zu",
			     rows[i].line, remnants);
		cr_expect_eq(damaged, rows[i].damaged, "line %d: %zu",
			     rows[i].line, damaged);
		cr_expect_eq(found(&r, &FINDING_EVENT_RECORD),
			     rows[i].findings, "line %d", rows[i].line);
		read_done(&r);
	}
	free(good);
}

/* The header of the file can be older than that of the chunk.  */
Test(partition_events, a_chunk_that_counts_a_record_too_many_is_said)
{
	static const uint64_t last[] = { 1, 2, 3, UINT64_MAX };
	uint8_t *p;
	size_t at[2], n = make(&p, 2, at);

	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++) {
		struct read r;

		store_le64(p + 4096 + 32, last[i]);
		event_log_seal(p, n);
		read_log(&r, p, n);
		expect_numbers(&r, "01", (int)i);
		cr_expect_eq(found(&r, &FINDING_EVENT_RECORD), last[i] == 3,
			     "%zu", i);
		cr_expect_eq(r.diags.n, last[i] == 3, "%zu", i);
		read_done(&r);
	}
	free(p);
}

/* An event of another provider that has the same number.  */
Test(partition_events, are_those_of_the_partition_manager)
{
	static const uint8_t guid[] = { 0xf2, 0xdf, 0x2b, 0x41 };
	uint8_t *p, *place;
	size_t at[2], n = make(&p, 2, at);
	struct read r;

	place = memmem(p + at[1], n - at[1], guid, sizeof(guid));
	cr_assert_not_null(place);
	place[0]++;
	read_log(&r, p, n);
	expect_numbers(&r, "0", __LINE__);
	read_done(&r);
	free(p);
}

/* The same record in two chunks: once where it is counted, once not.  */
Test(partition_events, a_remnant_of_what_is_there_is_left_out)
{
	uint8_t *p, *two;
	size_t at[2], n = make(&p, 2, at);
	struct read r;

	two = malloc(n + 65536);
	memcpy(two, p, n);
	memcpy(two + n, p + 4096, 65536);
	store_le32(two + n + 48, (uint32_t)at[1] - 4096);
	two[n - 4096 + at[1] + 8] = 2;
	two[n - 4096 + at[0] + 8] = 77;
	event_log_seal(two, n + 65536);
	read_log(&r, two, n + 65536);
	cr_assert_eq(r.events.n, 3);
	cr_expect_eq(r.events.list[1].record, 2);
	cr_expect(!r.events.list[1].remnant);
	cr_expect_eq(r.events.list[2].record, 77);
	read_done(&r);
	free(two);
	free(p);
}

/* One change to a log of four, and what is left.  */
Test(partition_events, damage_costs_one_record)
{
	enum { HEAD = 4096 };
	uint8_t *good, p[4096 + 65536];
	size_t at[4], n = make(&good, 4, at);
	const struct row {
		int line;
		size_t at;
		uint32_t value;
		const char *left;
		size_t records, headers;	/* findings */
	} rows[] = {
		{ __LINE__, at[1] + 4, 8, "0123", 1, 1 },
		{ __LINE__, at[1] + 4, 0xffffffff, "0123", 1, 1 },
		{ __LINE__, at[1], 0, "023", 1, 1 },
		{ __LINE__, at[2] - 4, 0, "0123", 1, 1 },
		{ __LINE__, at[1] + 24, 0xffffffff, "023", 1, 1 },
		/* another template than the record wants */
		{ __LINE__, at[1] + 30, 0x11111111, "023", 1, 1 },
		{ __LINE__, HEAD, 0, "0123", 0, 1 },
		{ __LINE__, HEAD + 48, 0, "0123", 0, 1 },
		{ __LINE__, HEAD + 48, 0xffffffff, "0123", 0, 1 },
		{ __LINE__, HEAD + 52, 0, "0123", 0, 2 },
		{ __LINE__, HEAD + 124, 0, "0123", 0, 1 },
		{ __LINE__, 0, 0, "0123", 0, 1 },
		{ __LINE__, 24, 0, "0123", 0, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct read r;

		memcpy(p, good, n);
		store_le32(p + rows[i].at, rows[i].value);
		read_log(&r, p, n);
		expect_numbers(&r, rows[i].left, rows[i].line);
		cr_expect_eq(found(&r, &FINDING_EVENT_RECORD),
			     rows[i].records, "line %d", rows[i].line);
		cr_expect_eq(found(&r, &FINDING_EVENT_LOG_DAMAGED),
			     rows[i].headers, "line %d: %zu", rows[i].line,
			     found(&r, &FINDING_EVENT_LOG_DAMAGED));
		read_done(&r);
	}
	free(good);
}

Test(partition_events, what_comes_before_the_damage_of_a_record_is_kept)
{
	uint8_t *p;
	size_t at[2], n = make(&p, 2, at);
	struct read r;
	size_t name;

	/* The first record's template, behind the field DiskId.  */
	for (name = at[0]; memcmp(p + name, "F\0l\0a\0g\0s\0", 10) != 0;)
		name++;
	p[name - 4] = 0x1b;	/* no token */
	read_log(&r, p, n);
	cr_expect_eq(found(&r, &FINDING_EVENT_RECORD), 2, "both use it");
	cr_assert_eq(r.events.n, 2);
	cr_expect(r.events.list[1].damaged);
	cr_expect(!guid_is_zero(&r.events.list[1].disk_id));
	cr_expect_null(r.events.list[1].serial.utf8);
	cr_expect(!r.events.list[1].has_number);
	read_done(&r);
	free(p);
}

Test(partition_events, chunks_are_read_whatever_the_header_says)
{
	struct event_log *log = event_log_new(1);
	uint8_t *p;
	struct read r;
	size_t n;

	for (unsigned i = 0; i < 3; i++) {
		event_log_new_chunk(log);
		add_disk(log, i);
	}
	p = (uint8_t *)(uintptr_t)event_log_finish(log, true, &n);
	cr_assert_eq(n, 4096 + 4 * 65536, "the first one is empty");
	p[42] = 1;
	event_log_seal(p, n);
	read_log(&r, p, n);
	expect_numbers(&r, "012", __LINE__);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
	memset(p + 4096 + 65536, 0xa5, 2 * 65536);
	read_log(&r, p, n);
	expect_numbers(&r, "2", __LINE__);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG_DAMAGED), 2);
	read_done(&r);
	/* One that cannot be read, and one that is cut.  */
	read_log(&r, p, n - 65536 + 1000);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG), 1);
	expect_numbers(&r, "", __LINE__);
	read_done(&r);
	r = (struct read){ .arena = arena_new(), .budget = { 100000, 100 } };
	r.diags.arena = r.arena;
	r.source = bytes_source(p, n);
	r.source.bad_at = 4096 + 65536;
	cr_assert_eq(partition_events_read(&r.source.source, &r.budget, r.arena,
					   &r.diags, &r.events, NULL), 0);
	expect_numbers(&r, "2", __LINE__);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG), 1);
	read_done(&r);
	event_log_free(log);
}

/* Chunks of zeros are missing where others lie behind them, or the header
 * counts them; behind all that, the file is only larger.  Before, they were
 * passed over without a word.  */
Test(partition_events, a_chunk_that_is_lost_is_a_finding)
{
	static const struct {
		size_t zero_from, zero_to, size;	/* in chunks */
		uint8_t last, next;	/* chunk and record, by the header */
		const char *numbers;
		size_t findings;
	} rows[] = {
		{ 0, 0, 3, 2, 4, "012", 0 },
		{ 0, 1, 3, 0, 2, "12", 1 },
		{ 1, 2, 3, 0, 2, "02", 2 },
		{ 0, 2, 3, 0, 2, "2", 1 },
		{ 2, 3, 3, 2, 4, "01", 2 },
		{ 2, 3, 3, 1, 3, "01", 0 },
		{ 0, 3, 3, 0, 2, "", 1 },
		{ 0, 0, 2, 2, 4, "01", 2 },
		{ 0, 0, 2, 2, 2, "01", 1 },
		{ 0, 0, 2, 1, 4, "01", 1 },
		{ 0, 0, 2, 1, 3, "01", 0 },
		{ 0, 0, 0, 0, 2, "", 1 },
		{ 0, 0, 2, 9, 3, "01", 0 },	/* of three: nonsense */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event_log *log = event_log_new(1);
		struct read r;
		uint8_t *p;
		size_t n;

		for (unsigned k = 0; k < 3; k++) {
			if (k > 0)
				event_log_new_chunk(log);
			add_disk(log, k);
		}
		p = (uint8_t *)(uintptr_t)event_log_finish(log, false, &n);
		cr_assert_eq(n, 4096 + 3 * 65536);
		p[16] = rows[i].last;
		p[24] = rows[i].next;
		p[42] = 3;
		event_log_seal(p, n);
		memset(p + 4096 + rows[i].zero_from * 65536, 0,
		       (rows[i].zero_to - rows[i].zero_from) * 65536);
		read_log(&r, p, 4096 + rows[i].size * 65536);
		expect_numbers(&r, rows[i].numbers, (int)i);
		cr_expect_eq(found(&r, &FINDING_EVENT_LOG), rows[i].findings,
			     "row %zu", i);
		cr_expect_eq(r.diags.n, rows[i].findings, "row %zu", i);
		read_done(&r);
		event_log_free(log);
	}
}

#define CHUNK_AT(i) (4096 + (i) * 65536)

/* A log that went round: its five chunks have the records 11 to 14, then 5 to
 * 10, two each.  Disk numbers are theirs less 5.  */
static uint8_t *make_ring(size_t *ret_n)
{
	struct event_log *log = event_log_new(1);
	const uint8_t *p;
	uint8_t *ring;
	size_t n;

	for (unsigned i = 0; i < 14; i++) {
		if (i > 0 && i % 2 == 0)
			event_log_new_chunk(log);
		add_disk(log, i < 4 ? 9 : i - 4);
	}
	p = event_log_finish(log, true, &n);
	cr_assert_eq(n, CHUNK_AT(7));
	*ret_n = CHUNK_AT(5);
	ring = malloc(*ret_n);
	memcpy(ring, p, 4096);
	memcpy(ring + CHUNK_AT(0), p + CHUNK_AT(5), 2 * 65536);
	memcpy(ring + CHUNK_AT(2), p + CHUNK_AT(2), 3 * 65536);
	ring[8] = 2;
	ring[16] = 1;
	ring[24] = 15;
	ring[42] = 5;
	event_log_seal(ring, *ret_n);
	event_log_free(log);
	return ring;
}

static void expect_said(const struct read *r, const char *want, int line)
{
	char got[400] = "";

	for (size_t i = 0; i < r->diags.n; i++) {
		const struct diag *d = &r->diags.list[i];

		snprintf(got + strlen(got), sizeof(got) - strlen(got),
			 "%s%s", d->kind->code,
			 strchr(d->message, ':') + 1);
		cr_expect_gt(d->cites.n, 0);
	}
	cr_expect_str_eq(got, want, "row %d: %s", line, got);
}

#define ZEROS "CM0540 there are zeros where chunks with records were."
#define SHORT "CM0540 the log ends before the last chunk that its header " \
	"counts."

/* Before, what was lost behind the newest chunk of such a log, and under a
 * chunk that is a copy of another one, was lost without a word.  */
Test(partition_events, records_missing_from_a_ring_are_named)
{
	static const struct {
		size_t zero_from, zero_to, size;	/* in chunks */
		size_t copy_from, copy_to;
		const char *numbers, *said;
	} rows[] = {
		{ 0, 0, 5, 0, 0, "0123456789", "" },
		{ 2, 3, 5, 0, 0, "23456789", ZEROS },
		{ 3, 4, 5, 0, 0, "01456789", ZEROS
		  "CM0540 the records 7 to 8 are not there." },
		{ 3, 5, 5, 0, 0, "016789", ZEROS
		  "CM0540 the records 7 to 10 are not there." },
		{ 2, 5, 5, 0, 0, "6789", ZEROS },
		{ 0, 1, 5, 0, 0, "01234589", ZEROS
		  "CM0540 the records 11 to 12 are not there." },
		{ 1, 2, 5, 0, 0, "01234567", ZEROS
		  "CM0540 the records 13 to 14 are not there." },
		{ 0, 0, 4, 0, 0, "01236789", SHORT
		  "CM0540 the records 9 to 10 are not there." },
		{ 0, 0, 2, 0, 0, "6789", SHORT },
		{ 0, 0, 1, 0, 0, "67", SHORT
		  "CM0540 the records 13 to 14 are not there." },
		{ 0, 0, 5, 3, 4, "01236789",
		  "CM0543 the records 7 to 8 are there more than once."
		  "CM0540 the records 9 to 10 are not there." },
		{ 0, 0, 5, 4, 1, "01234567",
		  "CM0543 the records 9 to 10 are there more than once."
		  "CM0540 the records 13 to 14 are not there." },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct read r;
		size_t n;
		uint8_t *p = make_ring(&n);

		memset(p + CHUNK_AT(rows[i].zero_from), 0,
		       (rows[i].zero_to - rows[i].zero_from) * 65536);
		if (rows[i].copy_from != rows[i].copy_to)
			memcpy(p + CHUNK_AT(rows[i].copy_to),
			       p + CHUNK_AT(rows[i].copy_from), 65536);
		read_log(&r, p, CHUNK_AT(rows[i].size));
		expect_numbers(&r, rows[i].numbers, (int)i);
		expect_said(&r, rows[i].said, (int)i);
		read_done(&r);
		free(p);
	}
}

/* One record lost in a chunk, one at the end, and one whose number is damaged:
 * the last is no reason to miss all up to that number.  */
Test(partition_events, a_number_that_is_damaged_is_no_gap)
{
	size_t at[4], n;
	struct read r;
	uint8_t *p;

	n = make(&p, 4, at);
	p[at[1] + 14] = 1;
	read_log(&r, p, n);
	cr_assert_eq(r.diags.n, 2);
	cr_expect_str_eq(strchr(r.diags.list[1].message, ':'),
			 ": the record 2 is not there.");
	cr_expect_str_eq(r.diags.list[0].kind->code, "CM0541", "checksum");
	read_done(&r);
	free(p);
	n = make(&p, 4, at);
	p[at[3] + 15] = 0xff;
	read_log(&r, p, n);
	cr_assert_eq(r.diags.n, 2);
	cr_expect_str_eq(strchr(r.diags.list[1].message, ':'),
			 ": the record 4 is not there.");
	read_done(&r);
	free(p);
}

/* A log of @n disks, whose first record has the id @first, and that numbers
 * them from @number on.  */
static void read_part(struct read *r, uint64_t first, unsigned n,
		      unsigned number)
{
	struct event_log *log = event_log_new(first);
	const uint8_t *p;
	size_t size;

	for (unsigned i = 0; i < n; i++)
		add_disk(log, number + i);
	p = event_log_finish(log, false, &size);
	read_log(r, p, size);
	event_log_free(log);
}

/* 3 to 4 are archived, 5 to 6 in use; of what both have, the log in use has it
 * from; a remnant of what the archive has whole is nothing new.  */
Test(partition_events, of_several_logs_are_one_row)
{
	struct partition_events all = { 0 };
	struct read now, archive, copy;

	read_part(&now, 5, 2, 5);
	read_part(&archive, 3, 2, 3);
	read_part(&copy, 4, 2, 14);
	now.events.list[0].remnant = true;
	cr_assert_eq(partition_events_join(&all, &now.events, 0, now.arena,
					   NULL), 0);
	cr_assert_eq(partition_events_join(&all, &archive.events, 1, now.arena,
					   NULL), 0);
	cr_assert_eq(all.n, 4);
	cr_assert_eq(partition_events_join(&all, &copy.events, 2, now.arena,
					   NULL), 0);
	cr_assert_eq(all.n, 4);
	for (unsigned i = 0; i < 4; i++) {
		static const unsigned numbers[] = { 3, 4, 15, 6 };

		cr_expect_eq(all.list[i].record, 3 + i);
		cr_expect_eq(all.list[i].number, numbers[i]);
	}
	/* Another time: the log was cleared, and counts anew.  */
	archive.events.list[0].time++;
	cr_assert_eq(partition_events_join(&all, &archive.events, 3, now.arena,
					   NULL), 0);
	cr_assert_eq(all.n, 5);
	cr_expect_lt(all.list[0].time, all.list[1].time);
	read_done(&copy);
	read_done(&archive);
	read_done(&now);
}

Test(partition_events, a_disk_that_went_has_no_capacity)
{
	struct event_log *log = event_log_new(1);
	const uint8_t *p;
	struct read r;
	size_t n;

	add(log, 1006, 2, nothing, "", 0);
	p = event_log_finish(log, false, &n);
	read_log(&r, p, n);
	cr_assert_eq(r.events.n, 1);
	cr_expect(r.events.list[0].has_capacity);
	cr_expect_eq(r.events.list[0].capacity, 0);
	read_done(&r);
	event_log_free(log);
}

Test(partition_events, a_table_that_is_cut_is_damage)
{
	struct event_log *log = event_log_new(1);
	const uint8_t *p;
	struct read r;
	size_t n;

	add(log, 1006, 0, gib60, mbr_layout, 48 + 144 + 143);
	add(log, 1006, 1, gib60, mbr_layout, 47);
	p = event_log_finish(log, false, &n);
	read_log(&r, p, n);
	cr_expect_eq(found(&r, &FINDING_EVENT_RECORD), 2);
	cr_assert_eq(r.events.n, 2);
	cr_expect(r.events.list[0].has_layout && r.events.list[0].damaged);
	cr_expect_eq(r.events.list[0].layout.n_partitions, 1);
	cr_expect(!r.events.list[1].has_layout && r.events.list[1].damaged);
	cr_expect_eq(r.events.list[1].number, 1);
	read_done(&r);
	event_log_free(log);
}

Test(partition_events, ends_with_its_budget)
{
	uint8_t *p;
	size_t at[3], n = make(&p, 3, at);
	struct read r = { .arena = arena_new(), .budget = { 300, 100 } };

	r.diags.arena = r.arena;
	r.source = bytes_source(p, n);
	cr_assert_eq(partition_events_read(&r.source.source, &r.budget, r.arena,
					   &r.diags, &r.events, NULL), 0);
	cr_expect_eq(r.budget.tokens, 0);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG), 1);
	cr_expect_geq(r.events.n, 1);
	cr_expect_leq(r.events.n, 2);
	read_done(&r);
	r = (struct read){ .arena = arena_new(), .budget = { 10000, 2 } };
	r.diags.arena = r.arena;
	r.source = bytes_source(p, n);
	cr_assert_eq(partition_events_read(&r.source.source, &r.budget, r.arena,
					   &r.diags, &r.events, NULL), 0);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG), 1);
	cr_expect_eq(r.events.n, 2);
	read_done(&r);
	free(p);
}

Test(partition_events, no_log_at_all_is_a_finding)
{
	struct read r;

	read_log(&r, "", 0);
	cr_expect_eq(found(&r, &FINDING_EVENT_LOG_DAMAGED), 1);
	cr_expect_eq(r.events.n, 0);
	read_done(&r);
}

/* Wherever a log ends, and whatever byte is changed.  */
Test(partition_events, survives_truncation_and_changed_bytes)
{
	uint8_t *p;
	size_t at[2], n = make(&p, 2, at), end;
	struct read r;

	end = at[1] + 2000;
	for (size_t i = 0; i < end; i += 61) {
		read_log(&r, p, i);
		read_done(&r);
	}
	for (size_t i = 4096; i < end; i += 13) {
		uint8_t old = p[i];

		p[i] = (uint8_t)(i % 3 == 0 ? 0xff : p[i] ^ 1u << i % 8);
		read_log(&r, p, n);
		cr_expect_leq(r.events.n, 3);
		read_done(&r);
		p[i] = old;
	}
	free(p);
}
