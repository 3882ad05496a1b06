/* Values that lie in a hive, but in no key of its tree.  */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/filetime.h"
#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "lib/mutate.h"
#include "lib/shared_data.h"
#include "registry/findings.h"
#include "registry/replay.h"
#include "registry/scan.h"

#define YARP "msuhanov__yarp/hives_for_tests/"
#define REGIPY "mkorman90__regipy/regipy_tests/data/"

#define BASE 4096
#define MARKER "#{46686113-4e39-11ea-bd05-784f439fa657}"

static const uint8_t id_c[12] = { 0xae, 0xe1, 0xca, 0x5c, 0, 0, 0x10 };
static const uint8_t id_e[12] = { 0xae, 0xe1, 0xca, 0x5c, 0, 0, 0x20 };
static const uint8_t id_f[12] = { 0xae, 0xe1, 0xca, 0x5c, 0, 0, 0x30 };

static const char *const mounted[] = {
	"\\DosDevices\\", "\\??\\Volume{", "#{", NULL,
};

/* A scan, and what it came to.  */
struct scanned {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source hive, logs[REPLAY_LOGS];
	struct hive *tree;
	struct scan_result found;
};

static void scan(struct scanned *s, const char *key,
		 const char *const *prefixes)
{
	struct source *logs[REPLAY_LOGS] = { NULL };
	struct scan_request q = {
		.hive = &s->hive.source, .logs = logs, .n_logs = REPLAY_LOGS,
		.key = key, .prefixes = prefixes,
	};

	s->arena = arena_new();
	s->diags = (struct diag_list){ .arena = s->arena };
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (s->logs[i].p != NULL)
			logs[i] = &s->logs[i].source;
	if (hive_open(&s->hive.source, s->arena, &s->diags, &s->tree, NULL) < 0)
		s->tree = NULL;
	q.tree = s->tree;
	cr_assert_eq(hive_scan(&q, s->arena, &s->diags, &s->found, NULL), 0);
}

static void scan_bytes(struct scanned *s, const void *p, size_t n)
{
	*s = (struct scanned){ .hive = bytes_source(p, n) };
	scan(s, "MountedDevices", mounted);
}

static void scanned_done(struct scanned *s)
{
	hive_close(s->tree);
	arena_free(s->arena);
}

/* The only value of this name; NULL: there is none.  */
static const struct scan_value *value(const struct scanned *s, const char *name)
{
	const struct scan_value *found = NULL;

	for (size_t i = 0; i < s->found.n; i++) {
		if (strcmp(s->found.list[i].name.utf8, name) != 0)
			continue;
		cr_expect_null(found, "%s is there twice", name);
		found = &s->found.list[i];
	}
	return found;
}

static void expect(const struct scanned *s, const char *name,
		   enum scan_place place, enum scan_data state,
		   const void *data, size_t n)
{
	const struct scan_value *v = value(s, name);

	cr_assert_not_null(v, "%s is not found", name);
	cr_expect_eq(v->place, place, "%s: place %d", name, v->place);
	cr_expect_eq(v->state, state, "%s: data %d", name, v->state);
	cr_expect_eq(v->data.n, n, "%s: %zu bytes", name, v->data.n);
	if (v->data.n == n && n > 0)
		cr_expect_arr_eq(v->data.p, data, n);
	cr_expect_eq(v->in_use, place == SCAN_UNREACHABLE);
}

static void expect_cite(const struct scan_value *v, size_t i,
			const char *structure, uint64_t at, uint64_t n)
{
	cr_assert_lt(i, v->cites.n);
	cr_expect_str_eq(v->cites.list[i].structure, structure);
	cr_expect_eq(v->cites.list[i].offset, at, "%s at %#llx", structure,
		     (unsigned long long)v->cites.list[i].offset);
	cr_expect_eq(v->cites.list[i].length, n);
}

static struct hive_image image;
static uint32_t root, devices, c_value;

/* Root with MountedDevices; values follow.  */
static void start(void)
{
	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	devices = hive_image_only_subkey(&image, root, "MountedDevices");
	c_value = hive_image_value(&image, "\\DosDevices\\C:", 3, id_c, 12);
}

static void finish(void)
{
	hive_image_values(&image, devices, &c_value, 1);
	hive_image_finish(&image);
}

/* The size of a cell, as stored: negative if in use.  */
static int32_t cell_size(uint32_t cell)
{
	const uint8_t *p = image.bytes + BASE + cell;

	return (int32_t)(p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
			 (uint32_t)p[3] << 24);
}

static void set_size(uint32_t cell, int32_t size)
{
	put32(image.bytes + BASE + cell, (uint32_t)size);
}

static void free_cell(uint32_t cell)
{
	set_size(cell, -cell_size(cell));
}

/* The data cell of a value of the image: made just before its vk.  */
static uint32_t data_of(uint32_t value_cell)
{
	const uint8_t *p = hive_image_at(&image, value_cell) + 8;

	return (uint32_t)(p[0] | p[1] << 8 | p[2] << 16);
}

static uint32_t deleted(const char *name, const void *data, size_t n)
{
	uint32_t v = hive_image_value(&image, name, 3, data, n);

	free_cell(v);
	free_cell(data_of(v));
	return v;
}

static void scan_image(struct scanned *s)
{
	scan_bytes(s, image.bytes, image.n);
}

Test(scan, a_deleted_value_is_found_in_its_free_cell)
{
	struct scanned s;
	const struct scan_value *v;
	uint32_t e;

	start();
	e = deleted("\\DosDevices\\E:", id_e, 12);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 1);
	cr_expect(s.found.key_whole);
	expect(&s, "\\DosDevices\\E:", SCAN_FREE_CELL, SCAN_INTACT, id_e, 12);
	v = value(&s, "\\DosDevices\\E:");
	cr_expect_eq(v->type, 3);
	cr_expect_eq(v->last_written, 0, "no key lists it");
	cr_expect_eq(v->cites.n, 2);
	expect_cite(v, 0, "vk", BASE + e + 4, 20 + 14);
	expect_cite(v, 1, "value data", BASE + data_of(e) + 4, 12);
	scanned_done(&s);
}

Test(scan, values_in_one_joined_free_cell_are_all_found)
{
	struct scanned s;
	uint32_t first, last;

	start();
	first = data_of(deleted("\\DosDevices\\E:", id_e, 12));
	last = deleted(MARKER, id_f, 12);
	/* One free cell over all four; their sizes stay inside it.  */
	set_size(first, (int32_t)(last - first) + cell_size(last));
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 2);
	expect(&s, "\\DosDevices\\E:", SCAN_FREE_CELL, SCAN_INTACT, id_e, 12);
	expect(&s, MARKER, SCAN_FREE_CELL, SCAN_INTACT, id_f, 12);
	scanned_done(&s);
}

Test(scan, the_key_whose_list_still_names_a_deleted_value_is_cited)
{
	struct scanned s;
	const struct scan_value *v;
	uint32_t both[2];

	start();
	both[0] = c_value;
	both[1] = hive_image_value(&image, "\\DosDevices\\E:", 3, id_e, 12);
	hive_image_values(&image, devices, both, 2);
	put32(hive_image_at(&image, devices) + 36, 1);	/* one value less */
	free_cell(both[1]);
	free_cell(data_of(both[1]));
	hive_image_finish(&image);
	scan_image(&s);
	v = value(&s, "\\DosDevices\\E:");
	cr_assert_not_null(v);
	cr_expect_eq(v->last_written, HIVE_IMAGE_TIME);
	expect_cite(v, 2, "nk", BASE + devices + 4, 76 + 14);
	scanned_done(&s);
}

Test(scan, the_slack_behind_the_data_of_a_value_is_searched)
{
	struct scanned s;
	uint8_t cell[96] = { 0 }, *vk = cell + 16;
	uint32_t d, data, old;

	start();
	old = data_of(deleted("\\DosDevices\\Q:", id_e, 12));
	memset(hive_image_at(&image, old + 16), 0, 34);	/* its own vk */
	memcpy(vk, "vk", 2);
	put16(vk + 2, 14);
	put32(vk + 4, 12);
	put32(vk + 8, old);
	put32(vk + 12, 3);
	put16(vk + 16, 1);
	memcpy(vk + 20, "\\DosDevices\\E:", 14);
	data = hive_image_cell(&image, cell, sizeof(cell));
	d = hive_image_value(&image, "D", 3, "12345678", 8);
	put32(hive_image_at(&image, d) + 8, data);
	hive_image_values(&image, root, &d, 1);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 1);
	expect(&s, "\\DosDevices\\E:", SCAN_CELL_SLACK, SCAN_INTACT, id_e, 12);
	scanned_done(&s);

	/* The same bytes are no slack where they belong to the data.  */
	put32(hive_image_at(&image, d) + 4, sizeof(cell));
	scan_image(&s);
	cr_expect_eq(s.found.n, 0);
	scanned_done(&s);
}

/* One cell over what was data and vk, for a value of eight bytes.  */
Test(scan, old_data_in_the_slack_of_a_cell_is_found_as_well)
{
	struct scanned s;
	uint32_t d, gap, old, list;

	start();
	gap = hive_image_cell(&image, "12345678", 8);
	old = hive_image_value(&image, "\\DosDevices\\E:", 3, id_e, 12);
	set_size(gap, (int32_t)(gap - old) + cell_size(old));
	d = hive_image_value(&image, "D", 3, "12345678", 8);
	put32(hive_image_at(&image, d) + 8, gap);
	list = (uint32_t)(image.n - BASE);
	hive_image_values(&image, root, &d, 1);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 1);
	expect(&s, "\\DosDevices\\E:", SCAN_CELL_SLACK, SCAN_INTACT, id_e, 12);
	scanned_done(&s);

	/* Up to the old data, the cell is in use.  */
	put32(hive_image_at(&image, d) + 4, data_of(old) + 8 - gap);
	scan_image(&s);
	expect(&s, "\\DosDevices\\E:", SCAN_CELL_SLACK, SCAN_OVERWRITTEN,
	       NULL, 0);
	scanned_done(&s);

	/* Nobody refers to the cell: how much of it is used is not known.  */
	memset(hive_image_at(&image, list), 0, 4);
	put32(hive_image_at(&image, d) + 4, 0x80000000);
	scan_image(&s);
	expect(&s, "\\DosDevices\\E:", SCAN_CELL_SLACK, SCAN_OVERWRITTEN,
	       NULL, 0);
	scanned_done(&s);
}

Test(scan, what_lies_behind_the_last_bin_is_searched)
{
	struct scanned s;
	uint32_t e;
	size_t end;

	start();
	finish();
	end = image.n;
	/* A bin that was cut off: its cells are still in use.  */
	memcpy(image.bytes + end, "hbin", 4);
	image.n += 32;
	e = hive_image_value(&image, "\\DosDevices\\E:", 3, id_e, 12);
	image.n = end + 4096;
	scan_image(&s);
	cr_expect_eq(s.found.n, 1);
	expect(&s, "\\DosDevices\\E:", SCAN_BEYOND_BINS, SCAN_INTACT, id_e, 12);
	expect_cite(value(&s, "\\DosDevices\\E:"), 0, "vk", BASE + e + 4, 34);
	scanned_done(&s);
}

Test(scan, a_value_in_use_that_no_key_lists_is_unreachable)
{
	struct scanned s;

	start();
	hive_image_value(&image, "\\DosDevices\\E:", 3, id_e, 12);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 1);
	expect(&s, "\\DosDevices\\E:", SCAN_UNREACHABLE, SCAN_INTACT, id_e, 12);
	scanned_done(&s);
}

/* The tree's C: is the one that counts.  */
/* The names take such a value for live.  */
Test(scan, a_value_in_use_behind_the_count_of_its_list_is_not_lost)
{
	struct scanned s;
	uint32_t values[2];

	start();
	values[0] = c_value;
	values[1] = hive_image_value(&image, "\\DosDevices\\E:", 3, id_e, 12);
	hive_image_values(&image, devices, values, 2);
	put32(hive_image_at(&image, devices) + 36, 1);
	hive_image_finish(&image);
	scan_bytes(&s, image.bytes, image.n);
	cr_expect_eq(s.found.n, 0);
	cr_expect(!hive_scan_near(&(struct scan_request){
		.hive = &s.hive.source, .tree = s.tree,
		.key = "MountedDevices", .prefixes = mounted }));
	scanned_done(&s);
}

Test(scan, a_second_value_of_a_name_that_the_tree_has_is_not_in_use)
{
	struct scanned s;

	start();
	hive_image_value(&image, "\\DosDevices\\C:", 3, id_e, 12);
	finish();
	scan_image(&s);
	cr_assert_eq(s.found.n, 1);
	cr_expect_eq(s.found.list[0].place, SCAN_UNREACHABLE);
	cr_expect_not(s.found.list[0].in_use);
	scanned_done(&s);
}

Test(scan, the_values_of_another_key_of_the_tree_are_not_lost)
{
	struct scanned s;
	uint32_t other, e;

	start();
	other = hive_image_only_subkey(&image, devices, "Offline");
	e = hive_image_value(&image, "\\DosDevices\\E:", 4, "\1\0\0\0", 4);
	hive_image_values(&image, other, &e, 1);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 0);
	scanned_done(&s);

	/* They are once their key is: the list of MountedDevices names none. */
	put32(hive_image_at(&image, devices) + 20, 0);
	put32(hive_image_at(&image, devices) + 28, 0xffffffff);
	scan_image(&s);
	expect(&s, "\\DosDevices\\E:", SCAN_UNREACHABLE, SCAN_INTACT,
	       "\1\0\0\0", 4);
	scanned_done(&s);
}

Test(scan, a_copy_of_a_value_that_is_there_is_counted_only)
{
	struct scanned s;

	start();
	deleted("\\DosDevices\\C:", id_c, 12);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 0);
	cr_expect_eq(s.found.n_copies, 1);
	scanned_done(&s);
}

Test(scan, an_older_value_of_a_name_that_is_there_is_listed)
{
	struct scanned s;

	start();
	deleted("\\DosDevices\\C:", id_e, 12);
	finish();
	scan_image(&s);
	cr_expect_eq(s.found.n, 1);
	expect(&s, "\\DosDevices\\C:", SCAN_FREE_CELL, SCAN_INTACT, id_e, 12);
	scanned_done(&s);
}

Test(scan, values_that_are_equal_are_one_with_the_places_of_all)
{
	struct scanned s;
	uint32_t one, two;

	start();
	one = deleted("\\DosDevices\\E:", id_e, 12);
	deleted("\\DosDevices\\E:", id_f, 12);
	two = deleted("\\DosDevices\\E:", id_e, 12);
	finish();
	scan_image(&s);
	cr_assert_eq(s.found.n, 2);
	cr_expect_arr_eq(s.found.list[0].data.p, id_e, 12, "by data");
	cr_expect_eq(s.found.list[0].cites.n, 4);
	expect_cite(&s.found.list[0], 0, "vk", BASE + one + 4, 34);
	expect_cite(&s.found.list[0], 2, "vk", BASE + two + 4, 34);
	scanned_done(&s);
}

Test(scan, a_name_in_utf16_is_found_as_well)
{
	static const char name[] = "#\0{\0e\0x\0t\0r\0a\0}";
	struct scanned s;
	uint32_t v;

	start();
	v = deleted("sixteen.bytes..", id_e, 12);
	put16(hive_image_at(&image, v) + 2, 14);
	put16(hive_image_at(&image, v) + 16, 0);
	memcpy(hive_image_at(&image, v) + 20, name, 14);
	finish();
	scan_image(&s);
	expect(&s, "#{extra", SCAN_FREE_CELL, SCAN_INTACT, id_e, 12);
	scanned_done(&s);
}

/* The ways in which the data of a deleted value is lost.  */
static const struct lost {
	const char *what;
	enum scan_data state;
	size_t left;
} losses[] = {
	{ "used by a value of the tree", SCAN_OVERWRITTEN, 0 },
	{ "in use, by nobody known", SCAN_OVERWRITTEN, 0 },
	{ "cut by a cell that is smaller", SCAN_PARTIAL, 4 },
	{ "a list that came later", SCAN_OVERWRITTEN, 0 },
	{ "a list of values that came later", SCAN_OVERWRITTEN, 0 },
	{ "inside of another cell in use", SCAN_OVERWRITTEN, 0 },
	{ "the header of the bin", SCAN_MISSING, 0 },
	{ "no cell's offset", SCAN_MISSING, 0 },
	{ "behind the end of the hive", SCAN_MISSING, 0 },
	{ "nowhere", SCAN_MISSING, 0 },
	{ "more than any value has", SCAN_MISSING, 0 },
	{ "wiped", SCAN_OVERWRITTEN, 0 },
	{ "a smaller cell, and both free again", SCAN_OVERWRITTEN, 0 },
	{ "another deleted value's", SCAN_OVERWRITTEN, 0 },
	{ "cut by the cell that follows", SCAN_PARTIAL, 12 },
};

static void lose(size_t i, uint32_t v)
{
	uint8_t *vk = hive_image_at(&image, v);
	uint32_t data = data_of(v);
	uint8_t *at = hive_image_at(&image, data);

	switch (i) {
	case 0: put32(vk + 8, data_of(c_value)); break;
	case 1: free_cell(data); break;
	case 2:
		set_size(data, 8);
		set_size(data + 8, 8);
		break;
	case 3: memcpy(at, "lh\1\0", 4); break;
	case 4: put32(at, c_value); break;
	case 5: put32(vk + 8, devices + 8); break;
	case 6: put32(vk + 8, 0x18); break;
	case 7: put32(vk + 8, data + 4); break;
	case 8: put32(vk + 8, 0x7ffffff8); break;
	case 9: put32(vk + 8, 0xffffffff); break;
	case 10: put32(vk + 4, 1 << 20); break;
	case 11: memset(at, 0, 12); break;
	case 12:
		put32(vk + 8, data_of(v) + 8);
		put32(vk + 4, 4 + 1);
		set_size(data + 8, 8);
		break;
	case 13:
		put32(hive_image_at(&image,
				    deleted("other", "123456789", 9)) + 8,
		      data);
		break;
	default: put32(vk + 4, 40); break;
	}
}

Test(scan, what_became_of_the_data_of_a_deleted_value)
{
	for (size_t i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		const struct lost *l = &losses[i];
		const struct scan_value *v;
		struct scanned s;

		start();
		lose(i, deleted("\\DosDevices\\E:", id_e, 12));
		finish();
		/* The cell behind the data stays as it is.  */
		scan_image(&s);
		v = value(&s, "\\DosDevices\\E:");
		cr_assert_not_null(v, "%s", l->what);
		cr_expect_eq(v->state, l->state, "%s: %d", l->what, v->state);
		cr_expect_eq(v->data.n, l->left, "%s: %zu", l->what, v->data.n);
		if (l->left > 0)
			cr_expect_arr_eq(v->data.p, id_e, l->left);
		scanned_done(&s);
	}
}

/* Ways to break a hive so that its tree leads to no value.  */
static const struct broken {
	const char *what;
	bool opens;		/* as a hive */
} breaks[] = {
	{ "the base block is zeros", true },
	{ "the base block is another file's", true },
	{ "the root and its list are gone", true },
	{ "the root lists no keys", true },
	{ "the key has no value list", true },
	{ "the value list is zeros", true },
	{ "the header of the bin is zeros", true },
	{ "base block and bin header are zeros", false },
};

static void break_it(size_t i)
{
	uint8_t *nk = hive_image_at(&image, devices);
	uint32_t list = (uint32_t)(nk[40] | nk[41] << 8 | nk[42] << 16);

	switch (i) {
	case 0: memset(image.bytes, 0, BASE); break;
	case 1: memset(image.bytes, 'x', BASE); break;
	case 2:
		nk = hive_image_at(&image, root);
		list = (uint32_t)(nk[28] | nk[29] << 8 | nk[30] << 16);
		memset(nk, 0, 80);
		memset(hive_image_at(&image, list), 0, 4);
		break;
	case 3: put32(hive_image_at(&image, root) + 20, 0); break;
	case 4: put32(nk + 40, 0x7fff0000); break;
	case 5: memset(hive_image_at(&image, list), 0, 4); break;
	case 6: memset(image.bytes + BASE, 0, 32); break;
	default:
		memset(image.bytes, 0, BASE);
		memset(image.bytes + BASE, 0, 32);
	}
}

Test(scan, a_broken_hive_still_yields_its_values)
{
	for (size_t i = 0; i < sizeof(breaks) / sizeof(*breaks); i++) {
		const struct broken *b = &breaks[i];
		struct scanned s;

		start();
		deleted("\\DosDevices\\E:", id_e, 12);
		finish();
		break_it(i);
		scan_image(&s);
		cr_expect_eq(s.tree != NULL, b->opens, "%s", b->what);
		if (value(&s, "\\DosDevices\\C:") == NULL)
			cr_expect(s.found.key_whole, "%s", b->what);
		else
			expect(&s, "\\DosDevices\\C:", SCAN_UNREACHABLE,
			       SCAN_INTACT, id_c, 12);
		expect(&s, "\\DosDevices\\E:", SCAN_FREE_CELL, SCAN_INTACT,
		       id_e, 12);
		scanned_done(&s);
	}
}

Test(scan, bytes_that_are_no_cells_are_said)
{
	struct scanned s;

	start();
	set_size(c_value, -0x100000);
	finish();
	scan_image(&s);
	cr_expect_eq(diag_count(&s.diags, &FINDING_BINS_RUINED), 1);
	scanned_done(&s);
}

/* Files are longer than their hives, and the rest is zeros.  */
Test(scan, zeros_behind_a_hive_whose_end_is_not_known_are_no_ruin)
{
	struct scanned s;

	start();
	finish();
	memset(image.bytes, 0, BASE);
	memset(image.bytes + image.n, 0, 8192);
	scan_bytes(&s, image.bytes, image.n + 8192);
	cr_expect_eq(diag_count(&s.diags, &FINDING_BINS_RUINED), 0);
	scanned_done(&s);
	image.bytes[image.n + 8191] = 1;
	scan_bytes(&s, image.bytes, image.n + 8192);
	cr_expect_eq(diag_count(&s.diags, &FINDING_BINS_RUINED), 1);
	scanned_done(&s);
}

/* The state of E: before it was deleted, in a log of each format.  */
Test(scan, a_page_of_a_bitmap_log_is_an_older_state_of_the_hive)
{
	static uint8_t log[0x30000];
	struct scanned s = { 0 };
	uint32_t e, units, sum = 0;

	start();
	e = hive_image_value(&image, "\\DosDevices\\E:", 3, id_e, 12);
	finish();
	units = (uint32_t)(image.n - BASE) / 512;
	memset(log, 0, sizeof(log));
	memcpy(log, image.bytes, 512);
	put32(log + 28, 1);			/* type: log */
	for (size_t i = 0; i < 508; i += 4)
		sum ^= log[i] | (uint32_t)log[i + 1] << 8 |
		       (uint32_t)log[i + 2] << 16 | (uint32_t)log[i + 3] << 24;
	put32(log + 508, sum);
	memcpy(log + 512, "DIRT", 4);
	memset(log + 516, 0xff, units / 8);	/* all of it is there */
	memcpy(log + 1024, image.bytes + BASE, image.n - BASE);
	/* In the hive itself nothing is left.  */
	memset(hive_image_at(&image, e), 0, 34);
	memset(hive_image_at(&image, e) - 16, 0, 12);
	s.hive = bytes_source(image.bytes, image.n);
	s.logs[0] = bytes_source(log, 1024 + image.n - BASE);
	s.logs[0].source.image = 1;
	scan(&s, "MountedDevices", mounted);
	cr_expect_eq(s.found.n, 1);
	cr_expect_eq(s.found.n_copies, 1, "C:, in the log");
	expect(&s, "\\DosDevices\\E:", SCAN_LOG_PAGE, SCAN_INTACT, id_e, 12);
	cr_expect(value(&s, "\\DosDevices\\E:")->in_log);
	expect_cite(value(&s, "\\DosDevices\\E:"), 0, "vk", 1024 + e + 4, 34);
	cr_expect_eq(value(&s, "\\DosDevices\\E:")->cites.list[0].image, 1);
	scanned_done(&s);
}

/* A log lies over the page that holds the deleted value: the file still has it,
 * and what is of no log is not found twice.  */
Test(scan, what_the_logs_hide_of_the_hive_file_is_searched)
{
	static uint8_t pages[0x2000];
	struct bytes_source file, log;
	struct source_piece pieces[2];
	struct scan_request q = { .key = "MountedDevices", .prefixes = mounted };
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct scan_result found;
	uint32_t e, cut;

	start();
	deleted(MARKER, id_f, 12);		/* in a page of its own */
	put32(image.bytes + image.n, 0x800);
	image.n += 0x800;
	e = deleted("\\DosDevices\\E:", id_e, 12);
	finish();
	cut = (data_of(e) + BASE) & ~511u;
	cr_assert_gt(cut, BASE + 0x400);
	memcpy(pages, image.bytes + cut, image.n - cut);
	memset(pages + (data_of(e) + BASE + 4 - cut), 0, 12);
	memset(pages + (e + BASE + 4 - cut), 0, 34);
	file = bytes_source(image.bytes, image.n);
	log = bytes_source(pages, image.n - cut);
	log.source.image = 1;
	pieces[0] = (struct source_piece){ &file.source, 0, cut };
	pieces[1] = (struct source_piece){ &log.source, 0, image.n - cut };
	q.hive = source_concat(pieces, 2);
	q.file = &file.source;
	cr_assert_eq(hive_open(q.hive, a, &d, &q.tree, NULL), 0);
	cr_assert_eq(hive_open(q.file, a, &d, &q.file_tree, NULL), 0);
	cr_assert_eq(hive_scan(&q, a, &d, &found, NULL), 0);
	cr_assert_eq(found.n, 2);
	cr_expect_str_eq(found.list[0].name.utf8, MARKER);
	cr_expect_eq(found.list[0].cites.n, 2);
	cr_expect_str_eq(found.list[1].name.utf8, "\\DosDevices\\E:");
	cr_expect_eq(found.list[1].place, SCAN_FREE_CELL);
	cr_expect_eq(found.list[1].state, SCAN_INTACT);
	cr_expect_eq(found.list[1].cites.n, 2);
	cr_expect_eq(found.list[1].cites.list[0].image, 0);
	cr_expect_eq(found.list[1].cites.list[0].offset, BASE + e + 4);
	cr_expect_not(found.list[1].in_log);
	hive_close(q.tree);
	hive_close(q.file_tree);
	source_free(q.hive);
	arena_free(a);
}

/* Take away the signature of each entry: what is left are pages, of which some
 * tell where they were.  */
static void lose_entries(uint8_t *log, size_t n)
{
	for (size_t i = 0; i + 4 <= n; i += 4)
		if (memcmp(log + i, "HvLE", 4) == 0)
			memset(log + i, 0, 4);
}

/* regipy's SYSTEM_B has no F: before its logs are replayed; LOG2 holds it, and
 * its key as it was written on the sixth of April.  */
static void expect_f(const uint8_t *log, size_t log_n)
{
	const char *path = shared_data_unpacked(REGIPY "SYSTEM_B.xz",
						"SYSTEM_B");
	char time[FILETIME_TEXT_BYTES];
	const struct scan_value *v;
	struct scanned s = { 0 };
	uint8_t *hive;
	size_t n;

	hive = load_file(path, &n);
	s.hive = bytes_source(hive, n);
	s.logs[1] = bytes_source(log, log_n);
	s.logs[1].source.image = 1;
	scan(&s, "MountedDevices", mounted);
	cr_expect_eq(s.found.n, 1);
	cr_expect_eq(s.found.n_copies, 6, "the other letters: %zu",
		     s.found.n_copies);
	v = value(&s, "\\DosDevices\\F:");
	cr_assert_not_null(v);
	cr_expect_eq(v->place, SCAN_LOG_PAGE);
	cr_expect_eq(v->state, SCAN_INTACT);
	cr_expect_eq(v->data.n, 12);
	filetime_text(v->last_written, time);
	cr_expect(strncmp(time, "2018-04-06T", 11) == 0, "%s", time);
	for (size_t i = 0; i < v->cites.n; i++)
		cr_expect_eq(v->cites.list[i].image, 1);
	cr_expect_arr_eq(log + v->cites.list[0].offset, "vk", 2);
	cr_expect_arr_eq(log + v->cites.list[1].offset, v->data.p, 12);
	scanned_done(&s);
	free(hive);
}

Test(scan, logs_of_a_windows_10_that_were_not_applied_hold_a_letter)
{
	const char *path = shared_data_unpacked(REGIPY "SYSTEM_B.LOG2.xz",
						"SYSTEM_B.LOG2");
	uint8_t *log;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	log = load_file(path, &n);
	expect_f(log, n);
	lose_entries(log, n);
	expect_f(log, n);
	free(log);
}

/* Real hives, of which hivex lists so many values, without base block, root,
 * which is the first record behind the first bin's header, its list, and what
 * its subkeys call their parent.  */
static const struct wrecked {
	const char *rel, *member;
	size_t n;
} wrecks[] = {
	{ REGIPY "SYSTEM.xz", "SYSTEM", 11 },
	{ REGIPY "SYSTEM_2.xz", "SYSTEM_2", 5 },
	{ REGIPY "SYSTEM_B.xz", "SYSTEM_B", 6 },
};

/* The subkeys of the root forget their parent, whose cell is 0x20.  */
static void orphan(uint8_t *bytes, size_t n)
{
	for (size_t at = BASE + 4; at + 20 <= n; at += 8)
		if (memcmp(bytes + at, "nk", 2) == 0 &&
		    memcmp(bytes + at + 16, "\x20\0\0", 4) == 0)
			bytes[at + 16] = 0x28;
}

Test(scan, a_wrecked_hive_of_windows_gives_all_its_names)
{
	for (size_t i = 0; i < sizeof(wrecks) / sizeof(*wrecks); i++) {
		const struct wrecked *w = &wrecks[i];
		const char *path = shared_data_unpacked(w->rel, w->member);
		struct scanned s = { 0 };
		uint32_t list;
		uint8_t *bytes;
		size_t n;

		if (path == NULL)
			cr_skip_test("no shared data");
		bytes = load_file(path, &n);
		memset(bytes, 0, BASE);
		cr_assert_arr_eq(bytes + BASE + 0x24, "nk", 2);
		memcpy(&list, bytes + BASE + 0x24 + 28, 4);
		cr_assert_lt(list, n - BASE - 8);
		memset(bytes + BASE + 4 + list, 0, 4);
		memset(bytes + BASE + 0x24, 0, 76);
		orphan(bytes, n);
		s.hive = bytes_source(bytes, n);
		scan(&s, "MountedDevices", mounted);
		cr_expect_null(s.tree);
		cr_expect_eq(s.found.n, w->n, "%s: %zu", w->rel, s.found.n);
		for (size_t k = 0; k < s.found.n; k++) {
			const struct scan_value *v = &s.found.list[k];

			cr_expect(v->in_use);
			cr_expect_eq(v->state, SCAN_INTACT);
			cr_expect_eq(v->data.n, v->size);
			cr_expect_neq(v->last_written, 0);
		}
		scanned_done(&s);
		free(bytes);
	}
}

/* What yarp's own tests say of its DeletedDataHive: exactly these two values,
 * of which v belonged to the deleted key 456.  */
Test(scan, values_that_windows_deleted_are_found_as_yarp_finds_them)
{
	static const char *const v_names[] = { "v", NULL };
	static const char *const keys[] = { "123", "456" };
	const char *path = shared_data(YARP "DeletedDataHive");
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	bytes = load_file(path, &n);
	for (int i = 0; i < 2; i++) {
		struct scanned s = { .hive = bytes_source(bytes, n) };

		scan(&s, keys[i], v_names);
		expect(&s, "v2", SCAN_FREE_CELL, SCAN_INTACT,
		       "4\0005\0006\0\0", 8);
		expect(&s, "v", SCAN_FREE_CELL, SCAN_INTACT,
		       "1\0002\0003\0004\0005\0006\0\0", 14);
		/* Each is listed by its own key, as it once was.  */
		cr_expect_eq(value(&s, "v2")->last_written != 0, i == 0);
		cr_expect_eq(value(&s, "v")->last_written != 0, i == 1);
		scanned_done(&s);
	}
	free(bytes);
}

/* A hive of nothing but look-alikes ends, and says that not all is kept.  */
Test(scan, millions_of_look_alikes_are_not_kept)
{
	enum { CELL = 48, BYTES = 16 << 20 };
	uint8_t *bytes = calloc(1, BASE + BYTES);
	struct scanned s;
	uint32_t n = 0;

	start();
	deleted("\\DosDevices\\E:", id_e, 12);
	finish();
	memcpy(bytes, image.bytes, image.n);
	for (size_t at = image.n; at + CELL <= BASE + BYTES; at += CELL) {
		uint8_t *p = bytes + at;

		put32(p, CELL);
		memcpy(p + 4, "vk", 2);
		put16(p + 6, 18);
		put32(p + 8, 12);
		put32(p + 12, (uint32_t)(at - BASE) & ~7u);
		put16(p + 20, 1);
		memcpy(p + 24, "\\DosDevices\\", 12);
		for (int i = 0; i < 6; i++)
			p[36 + i] = (uint8_t)('a' + (n >> 4 * i) % 16);
		n++;
	}
	scan_bytes(&s, bytes, BASE + BYTES);
	cr_expect_gt(n, 300000);
	cr_expect_leq(s.found.n, 16384);
	cr_expect_eq(diag_count(&s.diags, &FINDING_SCAN_CUT), 1);
	cr_expect_lt(arena_bytes(s.arena), 64 << 20);
	scanned_done(&s);
	free(bytes);
}

static void scan_span(struct span bytes)
{
	struct scanned s;

	scan_bytes(&s, bytes.p, bytes.n);
	for (size_t i = 0; i < s.found.n; i++)
		cr_assert_leq(s.found.list[i].data.n, s.found.list[i].size);
	scanned_done(&s);
}

Test(scan, every_damage_is_survived)
{
	start();
	deleted("\\DosDevices\\E:", id_e, 12);
	hive_image_value(&image, MARKER, 3, id_f, 12);
	hive_image_values(&image, devices, &c_value, 1);
	/* No free rest of the bin: what matters is changed everywhere.  */
	put32(image.bytes + 40, 0x1000);
	put32(image.bytes + BASE + 8, 0x1000);
	hive_image_sum(&image);
	mutate(image.bytes, image.n, scan_span);
}
