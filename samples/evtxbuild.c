// SPDX-License-Identifier: MIT
/*
 * evtxbuild.c - makes the partition manager's event log from a script
 *
 *   evtxbuild LOG < SCRIPT
 *
 * One command a line; '#' begins a comment line; a field with blanks stands in
 * "quotes". Fields are collected until `event' writes them as event 1006, with
 * all others that Windows 11 has. See the table `commands' at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_log.h"
#include "script.h"
#include "text.h"

enum { SECTOR = 512, LAYOUT_HEAD = 48, LAYOUT_SLOT = 144, SLOTS_MAX = 16 };

/* The data of event 1006, version 4, in its order, and how many bytes a value
 * has that nobody gives. */
static const struct {
	const char *name;
	unsigned type, n;
} known[] = {
	{ "DiskNumber", EVENT_UINT32, 4 }, { "Flags", EVENT_UINT32, 4 },
	{ "Characteristics", EVENT_UINT32, 4 },
	{ "IsSystemCritical", EVENT_BOOL, 4 },
	{ "PagingCount", EVENT_UINT32, 4 },
	{ "HibernationCount", EVENT_UINT32, 4 },
	{ "DumpCount", EVENT_UINT32, 4 }, { "BytesPerSector", EVENT_UINT32, 4 },
	{ "Capacity", EVENT_UINT64, 8 }, { "BusType", EVENT_UINT32, 4 },
	{ "Manufacturer", EVENT_STRING, 2 }, { "Model", EVENT_STRING, 2 },
	{ "Revision", EVENT_STRING, 2 }, { "SerialNumber", EVENT_STRING, 2 },
	{ "Location", EVENT_STRING, 2 }, { "ParentId", EVENT_STRING, 2 },
	{ "IoctlSupport", EVENT_UINT64, 8 }, { "IdFlags", EVENT_UINT32, 4 },
	{ "DiskId", EVENT_GUID, 16 }, { "AdapterId", EVENT_GUID, 16 },
	{ "RegistryId", EVENT_GUID, 16 }, { "PoolId", EVENT_GUID, 16 },
	{ "FirmwareSupportsUpgrade", EVENT_BOOL, 4 },
	{ "FirmwareSlotCount", EVENT_UINT8, 1 },
	{ "StorageIdCount", EVENT_UINT32, 4 },
	{ "StorageIdBytes", EVENT_UINT32, 4 },
	{ "StorageId", EVENT_BINARY, 0 },
	{ "WriteCacheType", EVENT_UINT32, 4 },
	{ "BytesPerLogicalSector", EVENT_UINT32, 4 },
	{ "BytesPerPhysicalSector", EVENT_UINT32, 4 },
	{ "IncursSeekPenalty", EVENT_BOOL, 4 },
	{ "IsTrimSupported", EVENT_BOOL, 4 },
	{ "AdapterSerialNumber", EVENT_STRING, 2 },
	{ "PortDriver", EVENT_UINT32, 4 },
	{ "UserRemovalPolicy", EVENT_BOOL, 4 },
	{ "PartitionStyle", EVENT_UINT32, 4 },
	{ "PartitionCount", EVENT_UINT32, 4 },
	{ "PartitionTableBytes", EVENT_UINT32, 4 },
	{ "PartitionTable", EVENT_BINARY, 0 },
	{ "MbrBytes", EVENT_UINT32, 4 }, { "Mbr", EVENT_BINARY, 0 },
	{ "Vbr0Bytes", EVENT_UINT32, 4 }, { "Vbr0", EVENT_BINARY, 0 },
	{ "Vbr1Bytes", EVENT_UINT32, 4 }, { "Vbr1", EVENT_BINARY, 0 },
	{ "Vbr2Bytes", EVENT_UINT32, 4 }, { "Vbr2", EVENT_BINARY, 0 },
	{ "Vbr3Size", EVENT_UINT32, 4 }, { "Vbr3", EVENT_BINARY, 0 },
};

enum {
	N_KNOWN = sizeof(known) / sizeof(known[0]),
	VALUE_MAX = LAYOUT_HEAD + SLOTS_MAX * LAYOUT_SLOT,
};

struct build {
	struct event_log *log;
	struct event_field field[N_KNOWN];
	uint8_t value[N_KNOWN][VALUE_MAX];
	unsigned slots;
	uint64_t now;
	char *computer;
	bool dirty;
	char **arg;
	int n_args;
};

static void clear_fields(struct build *b)
{
	memset(b->value, 0, sizeof(b->value));
	for (size_t i = 0; i < N_KNOWN; i++)
		b->field[i] = (struct event_field){
			known[i].name, known[i].type, b->value[i], known[i].n,
		};
	b->slots = 0;
}

static int find(const char *name)
{
	for (int i = 0; i < N_KNOWN; i++)
		if (strcmp(known[i].name, name) == 0)
			return i;
	return -1;
}

static void set_number(struct build *b, const char *name, uint64_t v)
{
	put_le64(b->value[find(name)], v);
}

static int cmd_time(struct build *b)
{
	int64_t seconds = text_to_time(b->arg[0]);

	if (seconds < 0)
		return script_invalid();
	b->now = ((uint64_t)seconds + 11644473600u) * 10000000u;
	return 0;
}

static int cmd_computer(struct build *b)
{
	free(b->computer);
	b->computer = strdup(b->arg[0]);
	return b->computer == NULL ? -1 : 0;
}

static int cmd_set(struct build *b)
{
	int i = find(b->arg[0]), n;
	uint64_t v;

	if (i < 0)
		return script_invalid();
	switch (known[i].type) {
	case EVENT_STRING:
		n = text_to_utf16(b->arg[1], strlen(b->arg[1]), b->value[i],
				  VALUE_MAX / 2 - 1);
		b->field[i].n = (size_t)(2 * n + 2);
		return n < 0 ? script_invalid() : 0;
	case EVENT_GUID:
		return text_to_guid(b->arg[1], b->value[i]) < 0 ?
		       script_invalid() : 0;
	case EVENT_BINARY:
		n = text_to_bytes(b->arg[1], b->value[i], VALUE_MAX);
		b->field[i].n = (size_t)n;
		return n < 0 ? script_invalid() : 0;
	}
	if (script_number(b->arg[1], 0, &v) < 0)
		return -1;
	put_le64(b->value[i], v);
	return 0;
}

/* The partition table: its head. */
static uint8_t *layout(struct build *b, unsigned style)
{
	uint8_t *p = b->value[find("PartitionTable")];

	b->slots = 0;
	b->field[find("PartitionTable")].n = LAYOUT_HEAD;
	memset(p, 0, VALUE_MAX);
	put_le32(p, style);
	set_number(b, "PartitionStyle", style);
	set_number(b, "PartitionTableBytes", LAYOUT_HEAD);
	return p;
}

static int cmd_mbr(struct build *b)
{
	uint8_t *p = layout(b, 0);
	uint64_t signature;

	if (script_number(b->arg[0], 16, &signature) < 0)
		return -1;
	put_le32(p + 8, (uint32_t)signature);
	return 0;
}

static int cmd_gpt(struct build *b)
{
	return text_to_guid(b->arg[0], layout(b, 1) + 8) < 0 ?
	       script_invalid() : 0;
}

/* One more slot: a GPT's with type and GUID, an MBR's with its type. */
static int cmd_slot(struct build *b)
{
	uint8_t *head = b->value[find("PartitionTable")];
	uint8_t *p = head + LAYOUT_HEAD + b->slots * LAYOUT_SLOT;
	uint64_t offset, length, type;

	if (b->slots == SLOTS_MAX || script_number(b->arg[0], 0, &offset) < 0 ||
	    script_number(b->arg[1], 0, &length) < 0)
		return script_invalid();
	memcpy(p, head, 4);
	put_le64(p + 8, offset);
	put_le64(p + 16, length);
	put_le32(p + 24, 0xffffffff);
	if (head[0] == 1) {
		if (b->n_args < 4 || text_to_guid(b->arg[2], p + 32) < 0 ||
		    text_to_guid(b->arg[3], p + 48) < 0)
			return script_invalid();
	} else {
		if (script_number(b->arg[2], 16, &type) < 0)
			return -1;
		p[32] = (uint8_t)type;
		p[34] = type != 0;
	}
	put_le32(head + 4, ++b->slots);
	b->field[find("PartitionTable")].n += LAYOUT_SLOT;
	set_number(b, "PartitionCount", b->slots);
	set_number(b, "PartitionTableBytes",
		   b->field[find("PartitionTable")].n);
	return 0;
}

static int cmd_sector(struct build *b)
{
	int i = find(b->arg[0]);
	uint64_t offset;
	FILE *f;
	size_t n;

	if (i <= 0 || known[i].type != EVENT_BINARY ||
	    script_number(b->arg[2], 0, &offset) < 0)
		return script_invalid();
	f = fopen(b->arg[1], "rb");
	if (f == NULL)
		return -1;
	n = fseek(f, (long)offset, SEEK_SET) == 0 ?
		fread(b->value[i], 1, SECTOR, f) : 0;
	fclose(f);
	b->field[i].n = n;
	put_le32(b->value[i - 1], SECTOR);
	return n == SECTOR ? 0 : script_invalid();
}

static int cmd_poke(struct build *b)
{
	int i = find(b->arg[0]);
	uint64_t offset;

	if (i < 0 || script_number(b->arg[1], 0, &offset) < 0 ||
	    offset > VALUE_MAX - 16 ||
	    text_to_bytes(b->arg[2], b->value[i] + offset, 16) < 0)
		return script_invalid();
	return 0;
}

static int write_event(struct build *b, unsigned id)
{
	const struct event e = { id, b->now, b->computer, b->field, N_KNOWN };
	size_t at = event_log_add(b->log, &e);

	clear_fields(b);
	return at == 0 ? -1 : 0;
}

static int cmd_event(struct build *b)
{
	return write_event(b, 1006);
}

static int cmd_other(struct build *b)
{
	uint64_t id;

	return script_number(b->arg[0], 0, &id) < 0 ? -1 :
		write_event(b, (unsigned)id);
}

static int cmd_chunk(struct build *b)
{
	return event_log_new_chunk(b->log);
}

static int cmd_dirty(struct build *b)
{
	b->dirty = true;
	return 0;
}

static const struct script_command commands[] = {
	{ "time", 1, 1, cmd_time, "YYYY-MM-DDThh:mm:ssZ, of events after" },
	{ "computer", 1, 1, cmd_computer, "NAME, of events after" },
	{ "set", 2, 2, cmd_set, "FIELD VALUE" },
	{ "mbr", 1, 1, cmd_mbr, "SIGNATURE" },
	{ "gpt", 1, 1, cmd_gpt, "GUID" },
	{ "slot", 3, 4, cmd_slot, "OFFSET LENGTH TYPE [GUID]" },
	{ "sector", 3, 3, cmd_sector, "FIELD IMAGE OFFSET" },
	{ "poke", 3, 3, cmd_poke, "FIELD OFFSET HEX: bytes of its value" },
	{ "event", 0, 0, cmd_event, "" },
	{ "other", 1, 1, cmd_other, "EVENT-ID" },
	{ "chunk", 0, 0, cmd_chunk, "" },
	{ "dirty", 0, 0, cmd_dirty, "" },
};

static int write_log(struct build *b, const char *path)
{
	size_t n, written;
	const uint8_t *p = event_log_finish(b->log, b->dirty, &n);
	FILE *f = fopen(path, "wb");

	if (f == NULL)
		return -1;
	written = fwrite(p, 1, n, f);
	return fclose(f) == 0 && written == n ? 0 : -1;
}

static int build(struct build *b, const char *path)
{
	int err = script_run("evtxbuild", commands,
			     sizeof(commands) / sizeof(commands[0]), b,
			     &b->arg, &b->n_args, stdin);

	return err < 0 ? -1 : write_log(b, path);
}

int main(int argc, char **argv)
{
	static struct build b;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: evtxbuild LOG < SCRIPT\n");
		for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]);
		     i++)
			fprintf(stderr, "  %-9s %s\n", commands[i].name,
				commands[i].usage);
		return 2;
	}
	clear_fields(&b);
	b.log = event_log_new(1);
	b.computer = strdup("PC");
	err = b.log == NULL || b.computer == NULL ? -1 : build(&b, argv[1]);
	if (err < 0)
		perror(argv[1]);
	event_log_free(b.log);
	free(b.computer);
	return err < 0 ? 1 : 0;
}
