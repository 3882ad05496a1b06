// SPDX-License-Identifier: MIT
/*
 * hivebuild.c - makes a registry hive from a script
 *
 *   hivebuild HIVE < SCRIPT
 *
 * One command a line; '#' begins a comment line; a field with blanks stands in
 * "quotes"; \uXXXX in a text is a UTF-16 code unit. Values go to the key named
 * last. See the table `commands' at the end.
 *
 * hivex stamps nothing, or the clock; the times given in the script are written
 * afterwards, so that the same script gives the same hive on every day.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hivex.h>

#include "hive_new.h"
#include "script.h"
#include "text.h"

enum { STAMPS_MAX = 256, VALUES_MAX = 256 };

/* A key whose time is not that of the whole hive. */

struct stamp {
	hive_node_h key;	/* hivex's handle is the cell's file offset */
	uint64_t filetime;
};

struct build {
	hive_h *hive;
	hive_node_h key;
	hive_set_value value[VALUES_MAX];	/* of `key', not yet written */
	size_t n_values;
	struct hive_header header;
	char file_name[32];
	uint64_t now;
	struct stamp stamp[STAMPS_MAX];
	int n_stamps;
	char **arg;
	int n_args;
};

static int cmd_time(struct build *b)
{
	int64_t seconds = text_to_time(b->arg[0]);

	if (seconds < 0)
		return script_invalid();
	b->now = ((uint64_t)seconds + 11644473600u) * 10000000u;
	return 0;
}

static int cmd_name(struct build *b)
{
	int n = snprintf(b->file_name, sizeof(b->file_name), "%s", b->arg[0]);

	return n < (int)sizeof(b->file_name) ? 0 : script_invalid();
}

static int cmd_sequence(struct build *b)
{
	uint64_t primary, secondary;

	if (script_number(b->arg[0], 0, &primary) < 0 ||
	    script_number(b->arg[1], 0, &secondary) < 0)
		return -1;
	b->header.primary_sequence = (uint32_t)primary;
	b->header.secondary_sequence = (uint32_t)secondary;
	return 0;
}

static int add_stamp(struct build *b, hive_node_h key)
{
	if (b->n_stamps == STAMPS_MAX)
		return script_invalid();
	b->stamp[b->n_stamps++] = (struct stamp){ key, b->now };
	return 0;
}

/*
 * All values of a key are written at once: hivex writes those that are there
 * again with each new one and leaves the old cells behind, where who looks for
 * deleted values would find them.
 */
static int flush_values(struct build *b)
{
	int err = b->n_values == 0 ? 0 :
		hivex_node_set_values(b->hive, b->key, b->n_values, b->value,
				      0);

	for (size_t i = 0; i < b->n_values; i++) {
		free(b->value[i].key);
		free(b->value[i].value);
	}
	b->n_values = 0;
	return err;
}

static int open_child(struct build *b, const char *name)
{
	hive_node_h child = hivex_node_get_child(b->hive, b->key, name);

	if (child == 0) {
		child = hivex_node_add_child(b->hive, b->key, name);
		if (child == 0 || add_stamp(b, child) < 0)
			return -1;
	}
	b->key = child;
	return 0;
}

/* Opens a key, making what lacks on the way. */
static int cmd_key(struct build *b)
{
	char *path = b->arg[0];
	int err = flush_values(b);

	b->key = hivex_root(b->hive);
	while (err == 0 && *path != '\0') {
		char *end = path + strcspn(path, "\\");
		int more = *end != '\0';

		*end = '\0';
		err = open_child(b, path);
		path = end + more;
	}
	return err;
}

/* hivex takes a name in one byte a character; \uXXXX may stand for a control
 * character. NULL if a character is not ASCII. */
static char *ascii_name(const char *text)
{
	uint8_t units[512];
	int n = text_to_utf16(text, strlen(text), units, 256);
	char *name = n >= 0 ? calloc((size_t)n + 1, 1) : NULL;

	for (int i = 0; name != NULL && i < n; i++) {
		if (units[2 * i] >= 0x80 || units[2 * i + 1] != 0) {
			free(name);
			return NULL;
		}
		name[i] = (char)units[2 * i];
	}
	return name;
}

static int set_value(struct build *b, hive_type type, const uint8_t *bytes,
		     int n)
{
	if (n < 0 || b->n_values == VALUES_MAX)
		return script_invalid();
	hive_set_value v = { ascii_name(b->arg[0]), type, (size_t)n,
			     malloc((size_t)n + 1) };

	b->value[b->n_values++] = v;
	if (v.key == NULL || v.value == NULL)
		return -1;
	memcpy(v.value, bytes, (size_t)n);
	return 0;
}

static int cmd_sz(struct build *b)
{
	uint8_t units[2048];
	int n = text_to_utf16(b->arg[1], strlen(b->arg[1]), units, 1023);

	if (n < 0)
		return script_invalid();
	put_le16(units + 2 * n, 0);
	return set_value(b, hive_t_REG_SZ, units, 2 * n + 2);
}

static int cmd_dword(struct build *b)
{
	uint8_t bytes[4];
	uint64_t v;

	if (script_number(b->arg[1], 0, &v) < 0)
		return -1;
	put_le32(bytes, (uint32_t)v);
	return set_value(b, hive_t_REG_DWORD, bytes, 4);
}

static int cmd_hex(struct build *b)
{
	uint8_t bytes[4096];
	const char *hex = b->n_args > 1 ? b->arg[1] : "";

	return set_value(b, hive_t_REG_BINARY, bytes,
			 text_to_bytes(hex, bytes, sizeof(bytes)));
}

/* Text as the Mount Manager stores a device name: binary, without a NUL. */
static int cmd_device(struct build *b)
{
	uint8_t units[2048];
	int n = text_to_utf16(b->arg[1], strlen(b->arg[1]), units, 1024);

	return set_value(b, hive_t_REG_BINARY, units, 2 * n);
}

/* Unique id of a volume on an MBR disk: disk signature, byte offset. */
static int cmd_mbr(struct build *b)
{
	uint8_t id[12];
	uint64_t signature, offset;

	if (script_number(b->arg[1], 16, &signature) < 0 ||
	    script_number(b->arg[2], 0, &offset) < 0)
		return -1;
	put_le32(id, (uint32_t)signature);
	put_le64(id + 4, offset);
	return set_value(b, hive_t_REG_BINARY, id, sizeof(id));
}

/* Unique id of a volume on a GPT disk: the partition's GUID. */
static int cmd_dmio(struct build *b)
{
	uint8_t id[24] = "DMIO:ID:";

	return text_to_guid(b->arg[1], id + 8) < 0 ? script_invalid() :
		set_value(b, hive_t_REG_BINARY, id, sizeof(id));
}

static const struct script_command commands[] = {
	{ "time", 1, 1, cmd_time, "YYYY-MM-DDThh:mm:ssZ, of keys made after" },
	{ "name", 1, 1, cmd_name, "TAIL-OF-PATH" },
	{ "sequence", 2, 2, cmd_sequence, "PRIMARY SECONDARY" },
	{ "key", 1, 1, cmd_key, "PATH\\FROM\\ROOT" },
	{ "sz", 2, 2, cmd_sz, "NAME TEXT" },
	{ "dword", 2, 2, cmd_dword, "NAME NUMBER" },
	{ "hex", 1, 2, cmd_hex, "NAME [HEX]" },
	{ "device", 2, 2, cmd_device, "NAME TEXT" },
	{ "mbr", 3, 3, cmd_mbr, "NAME SIGNATURE OFFSET" },
	{ "dmio", 2, 2, cmd_dmio, "NAME GUID" },
};

static int write_new(const char *path)
{
	uint8_t hive[HIVE_NEW_BYTES];
	FILE *f = fopen(path, "wb");

	hive_new(hive);
	if (f == NULL)
		return -1;
	size_t n = fwrite(hive, 1, sizeof(hive), f);

	return fclose(f) == 0 && n == sizeof(hive) ? 0 : -1;
}

static void patch(struct build *b, uint8_t *hive, size_t n)
{
	b->header.last_written = b->now;
	b->header.file_name = b->file_name;
	hive_set_all_times(hive, n, b->now);
	for (int i = 0; i < b->n_stamps; i++)
		hive_set_time(hive, b->stamp[i].key, b->stamp[i].filetime);
	hive_set_header(hive, &b->header);
}

/* Reads the finished hive, sets the times and the header, writes it back. */
static int finish(struct build *b, const char *path)
{
	static uint8_t hive[16 << 20];
	FILE *f = fopen(path, "r+b");

	if (f == NULL)
		return -1;
	size_t n = fread(hive, 1, sizeof(hive), f);

	patch(b, hive, n);
	rewind(f);
	size_t written = fwrite(hive, 1, n, f);

	return fclose(f) == 0 && written == n ? 0 : -1;
}

static int build(struct build *b, const char *path)
{
	if (write_new(path) < 0)
		return -1;
	b->hive = hivex_open(path, HIVEX_OPEN_WRITE);
	if (b->hive == NULL)
		return -1;
	b->key = hivex_root(b->hive);
	int err = script_run("hivebuild", commands,
			     sizeof(commands) / sizeof(commands[0]), b,
			     &b->arg, &b->n_args, stdin);

	if (err == 0)
		err = flush_values(b);
	if (err == 0)
		err = hivex_commit(b->hive, NULL, 0);
	hivex_close(b->hive);
	return err < 0 ? -1 : finish(b, path);
}

int main(int argc, char **argv)
{
	static struct build b = {
		.header = { .primary_sequence = 1, .secondary_sequence = 1 },
		/* 2021-03-04 05:06:07 */
		.now = (1614834367u + 11644473600u) * 10000000u,
	};

	if (argc != 2) {
		fprintf(stderr, "usage: hivebuild HIVE < SCRIPT\n");
		for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]);
		     i++)
			fprintf(stderr, "  %-9s %s\n", commands[i].name,
				commands[i].usage);
		return 2;
	}
	if (build(&b, argv[1]) < 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
