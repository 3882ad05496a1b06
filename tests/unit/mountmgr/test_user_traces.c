#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "lib/mutate.h"
#include "mountmgr/findings.h"
#include "mountmgr/user_traces.h"
#include "registry/findings.h"

#define EXPLORER "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	struct user_traces traces;
	int result;
};

static void read_traces(struct read *r, const void *p, size_t n)
{
	*r = (struct read){ .arena = arena_new() };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
	r->result = hive_open(&r->source.source, r->arena, &r->diags, &r->hive,
			      NULL);
	if (r->result == 0)
		r->result = user_traces_read(r->hive, r->arena, &r->diags,
					     &r->traces, NULL);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
}

/* A key that is being made: its subkeys and values so far.  */
struct key {
	uint32_t cell, subkeys[80], values[8];
	size_t n_subkeys, n_values;
};

static struct key start(struct hive_image *h, const char *name)
{
	return (struct key){ .cell = hive_image_key(h, name) };
}

static void put_key(struct key *parent, const struct key *k)
{
	parent->subkeys[parent->n_subkeys++] = k->cell;
}

/* A REG_SZ of ASCII.  */
static void put_text(struct hive_image *h, struct key *k, const char *name,
		     const char *text)
{
	uint8_t wide[300] = { 0 };

	for (size_t i = 0; text[i] != '\0'; i++)
		wide[2 * i] = (uint8_t)text[i];
	k->values[k->n_values++] =
		hive_image_value(h, name, 1, wide, 2 * strlen(text) + 2);
}

/* Write the lists of @k, when it has all that it shall have.  */
static void end(struct hive_image *h, const struct key *k)
{
	if (k->n_subkeys > 0)
		hive_image_subkeys(h, k->cell, k->n_subkeys,
				   hive_image_list(h, "lf", k->subkeys,
						   k->n_subkeys));
	if (k->n_values > 0)
		hive_image_values(h, k->cell, k->values, k->n_values);
}

static uint32_t add_subkey(struct hive_image *h, struct key *parent,
			   const char *name)
{
	struct key k = start(h, name);

	put_key(parent, &k);
	return k.cell;
}

/* The root and what leads to Explorer, which is returned.  */
static uint32_t explorer(struct hive_image *h, struct key *root)
{
	static const char *const names[] = {
		"Microsoft", "Windows", "CurrentVersion", "Explorer",
	};
	uint32_t cell;

	hive_image_start(h);
	*root = start(h, "ROOT");
	cell = add_subkey(h, root, "Software");
	for (size_t i = 0; i < 4; i++)
		cell = hive_image_only_subkey(h, cell, names[i]);
	return cell;
}

/* A hive of @root, Explorer and MountPoints2, when that has all its keys.  */
static void read_mount_points(struct hive_image *h, struct key *root,
			      struct key *ex, struct key *points,
			      struct read *r)
{
	end(h, points);
	put_key(ex, points);
	end(h, ex);
	end(h, root);
	hive_image_finish(h);
	read_traces(r, h->bytes, h->n);
}

#define V1 "{656b1715-ecf6-11df-92e6-806e6f6e6963}"
#define STABLE "{8a314204-0000-0000-0000-F01500000000}"

static void make_mount_points(struct hive_image *h, struct key *points)
{
	struct key share, stick, shell, run, command, autorun, label, cpc, mof;

	add_subkey(h, points, "C");
	add_subkey(h, points, "d:");
	add_subkey(h, points, V1);
	share = start(h, "##server#a#b");
	put_text(h, &share, "_LabelFromReg", "Team");
	put_text(h, &share, "_LabelFromDesktopINI", "");
	end(h, &share);
	put_key(points, &share);
	stick = start(h, STABLE);
	shell = start(h, "shell");
	run = start(h, "AutoRun");
	command = start(h, "command");
	put_text(h, &command, "", "E:\\setup.exe");
	end(h, &command);
	put_key(&run, &command);
	end(h, &run);
	put_key(&shell, &run);
	end(h, &shell);
	put_key(&stick, &shell);
	autorun = start(h, "_Autorun");
	label = start(h, "DefaultLabel");
	put_text(h, &label, "", "TOOLS");
	end(h, &label);
	put_key(&autorun, &label);
	end(h, &autorun);
	put_key(&stick, &autorun);
	end(h, &stick);
	put_key(points, &stick);
	add_subkey(h, points, "##?#USB#VID_04E8#1");
	add_subkey(h, points, "##?#Volume" V1);
	add_subkey(h, points, "##");
	add_subkey(h, points, "{656b1715}");
	add_subkey(h, points, V1 "x");
	cpc = start(h, "cpc");
	mof = start(h, "LocalMOF");
	put_text(h, &mof, "C:\\Mount\\Data\\", "");
	put_text(h, &mof, "", "no name, no folder");
	end(h, &mof);
	put_key(&cpc, &mof);
	add_subkey(h, &cpc, "LocalXYZ");
	end(h, &cpc);
	put_key(points, &cpc);
}

/* All places, with a key of each kind.  */
static void make_user(struct hive_image *h)
{
	struct key root, ex = { 0 }, points, bin, bins, network, mapped;

	ex.cell = explorer(h, &root);
	points = start(h, "MountPoints2");
	make_mount_points(h, &points);
	end(h, &points);
	put_key(&ex, &points);
	points = start(h, "MountPoints");
	add_subkey(h, &points, "A");
	end(h, &points);
	put_key(&ex, &points);
	bin = start(h, "BitBucket");
	add_subkey(h, &bin, "c");
	bins = start(h, "Volume");
	add_subkey(h, &bins, STABLE);
	end(h, &bins);
	put_key(&bin, &bins);
	end(h, &bin);
	put_key(&ex, &bin);
	end(h, &ex);
	network = start(h, "Network");
	mapped = start(h, "z");
	put_text(h, &mapped, "RemotePath", "\\\\server\\home");
	end(h, &mapped);
	put_key(&network, &mapped);
	add_subkey(h, &network, "zz");
	end(h, &network);
	put_key(&root, &network);
	end(h, &root);
	hive_image_finish(h);
}

static const char *or_dash(struct text t)
{
	return t.utf8 != NULL ? t.utf8 : "-";
}

static const char *line(const struct user_trace *t, char *buf, size_t size)
{
	static const char *const kinds[] = {
		"volume", "letter", "share", "folder", "device", "bin", "other",
	};
	char guid[GUID_TEXT_CHARS + 1] = "-";
	const char *place = t->place;

	if (strncmp(place, EXPLORER, strlen(EXPLORER)) == 0)
		place += strlen(EXPLORER);
	if (t->has_guid)
		guid_text(&t->guid, guid);
	snprintf(buf, size, "%s %s %s: %.8s %c %s %s %s %s%s", kinds[t->kind],
		 place, t->key.utf8, guid, t->letter != 0 ? t->letter : '-',
		 or_dash(t->share), or_dash(t->label), or_dash(t->media_label),
		 or_dash(t->autorun), t->shell ? " shell" : "");
	return buf;
}

Test(user_traces, says_of_each_key_what_its_name_and_values_say)
{
	static const char *const want[] = {
		"letter MountPoints2 C: - C - - - -",
		"letter MountPoints2 d:: - D - - - -",
		"volume MountPoints2 " V1 ": 656b1715 - - - - -",
		"share MountPoints2 ##server#a#b: - - \\\\server\\a\\b Team - "
		"-",
		"volume MountPoints2 " STABLE ": 8a314204 - - - TOOLS "
		"E:\\setup.exe shell",
		"device MountPoints2 ##?#USB#VID_04E8#1: - - - - - -",
		"volume MountPoints2 ##?#Volume" V1 ": 656b1715 - - - - -",
		"other MountPoints2 ##: - - - - - -",
		"other MountPoints2 {656b1715}: - - - - - -",
		"other MountPoints2 " V1 "x: - - - - - -",
		"other MountPoints2\\CPC LocalXYZ: - - - - - -",
		"folder MountPoints2\\CPC\\LocalMOF C:\\Mount\\Data\\: - - - - "
		"- -",
		"letter MountPoints A: - A - - - -",
		"bin BitBucket c: - C - - - -",
		"bin BitBucket\\Volume " STABLE ": 8a314204 - - - - -",
		"share Network z: - Z \\\\server\\home - - -",
		"other Network zz: - - - - - -",
	};
	static struct hive_image h;
	struct read r;

	make_user(&h);
	read_traces(&r, h.bytes, h.n);
	cr_assert_eq(r.result, 0);
	cr_assert_eq(r.traces.n, sizeof(want) / sizeof(want[0]), "%zu",
		     r.traces.n);
	for (size_t i = 0; i < r.traces.n; i++) {
		char buf[512];

		cr_expect_str_eq(line(&r.traces.list[i], buf, sizeof(buf)),
				 want[i]);
		/* As hive_image_key() writes it.  */
		cr_expect_eq(r.traces.list[i].last_written, HIVE_IMAGE_TIME);
	}
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

/* What is cited first is the record that has the name.  */
Test(user_traces, cites_the_records)
{
	static struct hive_image h;
	struct read r;

	make_user(&h);
	read_traces(&r, h.bytes, h.n);
	for (size_t i = 0; i < r.traces.n; i++) {
		const struct user_trace *t = &r.traces.list[i];
		const struct cite *c = &t->cites.list[0];
		bool folder = t->kind == TRACE_FOLDER;
		size_t head = folder ? 20 : 76;

		cr_assert_gt(t->cites.n, 0);
		cr_expect_str_eq(c->structure, folder ? "vk" : "nk");
		cr_expect_eq(memcmp(h.bytes + c->offset, c->structure, 2), 0);
		cr_expect_eq(memcmp(h.bytes + c->offset + head, t->key.utf8,
				    strlen(t->key.utf8)), 0);
	}
	read_done(&r);
}

/* Nothing was said of them.  */
Test(user_traces, a_damaged_guid_is_said)
{
	static const struct {
		const char *name;
		size_t findings;
	} cases[] = {
		{ V1, 0 },
		{ "{656b1715-ecf6-11df-92e6-806e6f6e696g}", 1 },
		{ "[656b1715-ecf6-11df-92e6-806e6f6e6963}", 1 },
		{ "{656b1715-ecf6-11df-92e6-806e6f6e6963)", 1 },
		{ "##?#Volume" V1, 0 },
		{ "##?#Volume{656b1715-ecf6-11df-92e6-806e6fxe6963}", 1 },
		{ "##?#USB#VID_04E8#1", 0 },
		{ "{656b1715}", 0 },
	};
	static struct hive_image h;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key root, ex = { 0 }, points;
		struct read r;

		ex.cell = explorer(&h, &root);
		points = start(&h, "MountPoints2");
		add_subkey(&h, &points, cases[i].name);
		read_mount_points(&h, &root, &ex, &points, &r);
		cr_assert_eq(r.traces.n, 1);
		cr_expect_eq(r.traces.list[0].has_guid, i == 0 || i == 4);
		cr_assert_eq(r.diags.n, cases[i].findings, "%s", cases[i].name);
		if (r.diags.n > 0)
			cr_expect_eq(r.diags.list[0].kind,
				     &FINDING_RECORD_VALUE);
		read_done(&r);
	}
}

/* A hive that has one value of LocalMOF, @name; its vk record.  */
static uint8_t *make_folder(struct hive_image *h, const char *name)
{
	struct key root, ex = { 0 }, points, cpc, mof;

	ex.cell = explorer(h, &root);
	points = start(h, "MountPoints2");
	cpc = start(h, "CPC");
	mof = start(h, "LocalMOF");
	put_text(h, &mof, name, "");
	end(h, &mof);
	put_key(&cpc, &mof);
	end(h, &cpc);
	put_key(&points, &cpc);
	end(h, &points);
	put_key(&ex, &points);
	end(h, &ex);
	end(h, &root);
	hive_image_finish(h);
	return hive_image_at(h, mof.values[0]);
}

/* The name of a mounted folder was letters of Chinese, or cut, without a word;
 * @at: in the vk record.  */
Test(user_traces, a_folder_whose_name_is_known_but_for_its_head_is_told)
{
	static const struct {
		size_t at;
		uint16_t value;
		const char *key;
		size_t findings;
	} cases[] = {
		{ 2, 14, "C:\\Mount\\Data\\", 0 },
		{ 2, 10, "C:\\Mount\\Data\\", 1 },
		{ 2, 0, "C:\\Mount\\Data\\", 1 },
		{ 2, 15, "C:\\Mount\\Data\\", 1 },
		{ 2, 0x400e, "C:\\Mount\\Data\\", 1 },
		{ 16, 0, "C:\\Mount\\Data\\", 1 },
		{ 16, 3, "C:\\Mount\\Data\\", 0 },
		/* A name that has no form, of the wrong kind.  */
		{ 20, 'x' + 0x100 * 'y', "xy\\Mount\\Data\\", 0 },
	};
	static struct hive_image h;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *vk = make_folder(&h, "C:\\Mount\\Data\\");
		struct read r;

		put16(vk + cases[i].at, cases[i].value);
		read_traces(&r, h.bytes, h.n);
		cr_assert_eq(r.traces.n, 1, "case %zu", i);
		cr_expect_str_eq(r.traces.list[0].key.utf8, cases[i].key);
		cr_assert_eq(r.diags.n, cases[i].findings, "case %zu", i);
		if (r.diags.n > 0)
			cr_expect_eq(r.diags.list[0].kind,
				     &FINDING_RECORD_FIELD);
		read_done(&r);
	}
}

/* Its cell was of another value before, of which some bytes are left.  */
Test(user_traces, a_folder_ends_with_its_name)
{
	static const uint8_t left[] = { 'a', 'b', '\\', 'x' };
	static struct hive_image h;
	uint8_t *vk = make_folder(&h, "C:\\M\\Data\\");
	struct read r;

	memcpy(vk + 20 + strlen("C:\\M\\Data\\"), left, sizeof(left));
	read_traces(&r, h.bytes, h.n);
	cr_assert_eq(r.traces.n, 1);
	cr_expect_str_eq(r.traces.list[0].key.utf8, "C:\\M\\Data\\");
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

/* One in UTF-16, as Windows stores it where a letter is beyond Latin-1; and one
 * in letters of two bytes that are no path, of which only doubt can be said.  */
Test(user_traces, a_folder_in_utf16_is_told)
{
	static const uint8_t path[] = {
		'D', 0, ':', 0, '\\', 0, 0x2d, 0x4e, 0x87, 0x65, '\\', 0,
	};
	static const uint8_t letters[sizeof(path)] = {
		'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L',
	};
	static const struct {
		const uint8_t *name;
		uint16_t flags;
		const char *key;
		size_t findings;
	} cases[] = {
		{ path, 0, "D:\\\xe4\xb8\xad\xe6\x96\x87\\", 0 },
		{ path, 1, "D:\\\xe4\xb8\xad\xe6\x96\x87\\", 1 },
		{ letters, 0, "\xe4\x89\x81\xe4\x91\x83\xe4\x99\x85\xe4\xa1\x87"
			      "\xe4\xa9\x89\xe4\xb1\x8b", 1 },
	};
	static struct hive_image h;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *vk = make_folder(&h, "C:\\Mount\\Da");
		struct read r;

		memcpy(vk + 20, cases[i].name, sizeof(path));
		put16(vk + 2, sizeof(path));
		put16(vk + 16, cases[i].flags);
		read_traces(&r, h.bytes, h.n);
		cr_assert_eq(r.traces.n, 1, "case %zu", i);
		cr_expect_str_eq(r.traces.list[0].key.utf8, cases[i].key);
		cr_expect_eq(r.diags.n, cases[i].findings, "case %zu", i);
		read_done(&r);
	}
}

/* A share whose path had another type was none.  */
Test(user_traces, a_text_of_another_type_is_read)
{
	static const struct {
		uint32_t type;
		uint8_t data[8];	/* UTF-16 */
		size_t findings;
	} cases[] = {
		{ 1, { 'a', 0, 'b', 0, 0, 0, 0, 0 }, 0 },
		{ 4, { 'a', 0, 'b', 0, 0, 0, 0, 0 }, 0 },
		{ 1, { 'a', 0, 'b', 0, 0, 0, 'c', 0 }, 1 },
	};
	static struct hive_image h;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key root, network, mapped;
		struct read r;

		hive_image_start(&h);
		root = start(&h, "ROOT");
		network = start(&h, "Network");
		mapped = start(&h, "z");
		mapped.values[mapped.n_values++] = hive_image_value(
			&h, "RemotePath", cases[i].type, cases[i].data, 8);
		end(&h, &mapped);
		put_key(&network, &mapped);
		end(&h, &network);
		put_key(&root, &network);
		end(&h, &root);
		hive_image_finish(&h);
		read_traces(&r, h.bytes, h.n);
		cr_assert_eq(r.traces.n, 1);
		cr_expect_str_eq(r.traces.list[0].share.utf8, "ab");
		cr_expect_eq(r.diags.n, cases[i].findings, "case %zu", i);
		read_done(&r);
	}
}

Test(user_traces, a_hive_without_such_keys_has_none)
{
	static struct hive_image h;
	struct key root;
	struct read r;

	explorer(&h, &root);
	end(&h, &root);
	hive_image_finish(&h);
	read_traces(&r, h.bytes, h.n);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.traces.n, 0);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

/* The name of a share is made readable in its bytes, too, where UTF-8 cannot
 * say it: a NUL between two characters.  */
Test(user_traces, makes_a_share_of_a_name_that_is_not_text)
{
	static struct hive_image h;
	struct key root, ex = { 0 }, points, share;
	struct read r;

	ex.cell = explorer(&h, &root);
	points = start(&h, "MountPoints2");
	share = start(&h, "##a#?#b");
	hive_image_at(&h, share.cell)[76 + 4] = 0;
	put_key(&points, &share);
	read_mount_points(&h, &root, &ex, &points, &r);
	cr_assert_eq(r.traces.n, 1);
	cr_expect_str_eq(r.traces.list[0].key.utf8, "##a#<U+0000>#b");
	cr_expect_str_eq(r.traces.list[0].share.utf8,
			 "\\\\a\\<U+0000>\\b");
	cr_expect_str_eq(r.traces.list[0].share.hex,
			 "5c005c0061005c0000005c006200");
	read_done(&r);
}

#define LISTS 64
#define LEAVES 79

/* A list that names keys of the one in @cell again and again.  */
static void put_many(struct hive_image *h, uint32_t cell)
{
	uint32_t lists[LISTS], leaf[LEAVES];

	for (size_t i = 0; i < LEAVES; i++)
		leaf[i] = hive_image_key(h, "C");
	for (size_t i = 0; i < LISTS; i++)
		lists[i] = hive_image_list(h, "li", leaf, LEAVES);
	hive_image_subkeys(h, cell, LISTS * LEAVES,
			   hive_image_list(h, "ri", lists, LISTS));
}

/* What a hostile hive can do that is not large, in three places.  */
Test(user_traces, keeps_no_more_than_a_user_can_have_met)
{
	static struct hive_image h;
	struct key root, ex = { 0 }, points, points2, bin;
	uint32_t cpc;
	struct read r;

	ex.cell = explorer(&h, &root);
	points2 = start(&h, "MountPoints2");
	cpc = add_subkey(&h, &points2, "CPC");
	put_many(&h, hive_image_only_subkey(&h, cpc, "Volume"));
	end(&h, &points2);
	put_key(&ex, &points2);
	points = start(&h, "MountPoints");
	put_many(&h, points.cell);
	put_key(&ex, &points);
	bin = start(&h, "BitBucket");
	put_many(&h, add_subkey(&h, &bin, "Volume"));
	end(&h, &bin);
	put_key(&ex, &bin);
	end(&h, &ex);
	end(&h, &root);
	h.n = sizeof(h.bytes);
	hive_image_finish(&h);
	read_traces(&r, h.bytes, h.n);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.traces.n, 4096);
	cr_expect_eq(diag_count(&r.diags, &FINDING_TRACES_CUT), 1);
	read_done(&r);
}

static void read_all(struct span s)
{
	struct read r;

	read_traces(&r, s.p, s.n);
	for (size_t i = 0; i < r.traces.n; i++)
		cr_assert_not_null(r.traces.list[i].key.utf8);
	read_done(&r);
}

/* A hive of two pages, with a key of every second kind.  */
Test(user_traces, survives_every_change_of_a_byte)
{
	static struct hive_image h;

	make_user(&h);
	mutate(h.bytes + 0, h.n, read_all);
}
