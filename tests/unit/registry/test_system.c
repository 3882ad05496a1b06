#include <criterion/criterion.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "lib/shared_data.h"
#include "registry/findings.h"
#include "registry/system.h"

#define REGIPY "mkorman90__regipy/regipy_tests/data/"

/* @hive read as a SYSTEM hive.  */
struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	struct system_facts facts;
};

static void read_system(struct read *r, const void *p, size_t n)
{
	*r = (struct read){ .arena = arena_new() };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
	cr_assert_eq(hive_open(&r->source.source, r->arena, &r->diags,
			       &r->hive, NULL), 0);
	cr_assert_eq(system_read(r->hive, r->arena, &r->diags, &r->facts,
				 NULL), 0);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
}

/* Facts as hivexsh shows them.  */
Test(system, reads_the_name_and_time_zone_of_real_systems)
{
	static const struct {
		const char *archive, *file, *computer, *zone;
	} rows[] = {
		{ REGIPY "SYSTEM.xz", "SYSTEM", "WKS-WIN732BITA",
		  "Eastern Standard Time" },
		{ REGIPY "SYSTEM_2.xz", "SYSTEM_2", "SENSEI",
		  "Pacific Standard Time" },
		{ REGIPY "SYSTEM_B.xz", "SYSTEM_B", "DESKTOP-PM6C56D",
		  "Eastern Standard Time" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = shared_data_unpacked(rows[i].archive,
							rows[i].file);
		struct read r;
		uint8_t *bytes;
		size_t n;

		if (path == NULL)
			cr_skip_test("no shared data");
		bytes = load_file(path, &n);
		read_system(&r, bytes, n);
		cr_expect_eq(r.facts.current_control_set, 1);
		cr_expect_str_eq(r.facts.control_set, "ControlSet001");
		cr_expect_str_eq(r.facts.computer_name.text.utf8,
				 rows[i].computer);
		cr_expect_str_eq(r.facts.time_zone.text.utf8, rows[i].zone);
		cr_expect_eq(r.facts.computer_name.cites.n, 2);
		cr_expect_eq(diag_count(&r.diags, &FINDING_CONTROL_SET), 0);
		cr_expect_lt(r.source.bytes, 256 << 10);
		cr_expect_lt(r.source.calls, 100);
		read_done(&r);
		free(bytes);
	}
}

static struct hive_image image;
static uint32_t root, sets[2], selected[3];

/* ControlSet001 and ControlSet002 with a computer name and a time zone each, and
 * Select with Current, Default and LastKnownGood.  */
static uint32_t build_set(const char *name, const char *computer)
{
	uint32_t set = hive_image_key(&image, name);
	uint32_t control = hive_image_only_subkey(&image, set, "Control");
	uint32_t keys[2], outer, v;
	uint8_t wide[32] = { 0 };
	/* After its NUL, Windows leaves what was there before.  */
	static const uint8_t zone[] = "U\0T\0C\0\0\0g\0a\0r\0b";

	for (size_t i = 0; i < strlen(computer); i++)
		wide[2 * i] = (uint8_t)computer[i];
	outer = keys[0] = hive_image_key(&image, "ComputerName");
	keys[1] = hive_image_key(&image, "TimeZoneInformation");
	hive_image_subkeys(&image, control, 2,
			   hive_image_list(&image, "lf", keys, 2));
	v = hive_image_value(&image, "ComputerName", 1, wide,
			     2 * strlen(computer) + 2);
	hive_image_values(&image,
			  hive_image_only_subkey(&image, outer, "ComputerName"),
			  &v, 1);
	v = hive_image_value(&image, "TimeZoneKeyName", 1, zone, sizeof(zone));
	hive_image_values(&image, keys[1], &v, 1);
	return set;
}

static void build(unsigned current, unsigned otherwise, unsigned last)
{
	uint8_t b[3][4] = { { (uint8_t)current }, { (uint8_t)otherwise },
			    { (uint8_t)last } };
	uint32_t keys[3];

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	keys[0] = sets[0] = build_set("ControlSet001", "ONE");
	keys[1] = sets[1] = build_set("ControlSet002", "TWO");
	keys[2] = hive_image_key(&image, "Select");
	selected[0] = hive_image_value(&image, "Current", 4, b[0], 4);
	selected[1] = hive_image_value(&image, "Default", 4, b[1], 4);
	selected[2] = hive_image_value(&image, "LastKnownGood", 4, b[2], 4);
	hive_image_values(&image, keys[2], selected, 3);
	hive_image_subkeys(&image, root, 3,
			   hive_image_list(&image, "lh", keys, 3));
	hive_image_finish(&image);
}

Test(system, the_control_set_is_the_one_that_select_says)
{
	static const struct {
		unsigned current, otherwise, last;
		const char *name;
		size_t findings;
	} rows[] = {
		{ 1, 1, 2, "ONE", 0 },
		{ 2, 1, 1, "TWO", 0 },
		{ 3, 2, 1, "TWO", 1 },
		{ 0, 9, 1, "ONE", 2 },
		{ 7, 8, 9, NULL, 4 },	/* and two that are not selected */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct read r;
		const char *name;

		build(rows[i].current, rows[i].otherwise, rows[i].last);
		read_system(&r, image.bytes, image.n);
		name = r.facts.computer_name.text.utf8;
		if (rows[i].name == NULL) {
			cr_expect_null(name);
			cr_expect_eq(r.facts.current_control_set, 0);
			cr_expect_null(r.facts.control_set);
		} else {
			cr_assert_not_null(name);
			cr_expect_str_eq(name, rows[i].name);
			cr_expect_str_eq(r.facts.time_zone.text.utf8, "UTC");
			cr_expect_eq(r.facts.control_set_cites.n, 1);
		}
		cr_expect_eq(diag_count(&r.diags, &FINDING_CONTROL_SET),
			     rows[i].findings, "row %zu", i);
		read_done(&r);
	}
}

Test(system, the_selection_is_cited_with_the_value_that_made_it)
{
	struct read r;

	build(3, 2, 1);
	read_system(&r, image.bytes, image.n);
	cr_assert_eq(r.facts.control_set_cites.n, 1);
	cr_expect_eq(r.facts.control_set_cites.list[0].offset,
		     4096 + selected[1] + 4, "Default, not Current");
	read_done(&r);
}

Test(system, without_select_the_only_control_set_is_taken)
{
	struct read r;
	uint32_t set;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	set = build_set("ControlSet002", "TWO");
	hive_image_subkeys(&image, root, 1,
			   hive_image_list(&image, "lh", &set, 1));
	hive_image_finish(&image);
	read_system(&r, image.bytes, image.n);
	cr_expect_eq(r.facts.current_control_set, 2);
	cr_expect_str_eq(r.facts.computer_name.text.utf8, "TWO");
	cr_expect_eq(diag_count(&r.diags, &FINDING_CONTROL_SET), 1);
	read_done(&r);
}

Test(system, a_hive_of_another_kind_has_no_facts)
{
	struct read r;

	hive_image_start(&image);
	hive_image_key(&image, "ROOT");
	hive_image_finish(&image);
	read_system(&r, image.bytes, image.n);
	cr_expect_eq(r.facts.current_control_set, 0);
	cr_expect_null(r.facts.computer_name.text.utf8);
	cr_expect_null(r.facts.time_zone.text.utf8);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

/* That of the value, in a sound hive.  */
static uint8_t *computer_name_record(void)
{
	struct hive_key k;
	struct hive_value v;
	struct read r;

	build(1, 1, 1);
	read_system(&r, image.bytes, image.n);
	cr_assert_eq(hive_find_key(r.hive, NULL, "ControlSet001\\Control\\"
				   "ComputerName\\ComputerName", &k, NULL), 0);
	cr_assert_eq(hive_find_value(r.hive, &k, "ComputerName", &v, NULL), 0);
	read_done(&r);
	return hive_image_at(&image, v.cell);
}

Test(system, a_name_of_another_type_is_a_finding)
{
	struct read r;
	uint8_t *vk = computer_name_record();

	put32(vk + 12, 3);
	read_system(&r, image.bytes, image.n);
	cr_expect_null(r.facts.computer_name.text.utf8);
	cr_expect_eq(diag_count(&r.diags, &FINDING_SYSTEM_VALUE), 1);
	read_done(&r);
}

static uint32_t wide_value(const char *name, const char *text)
{
	uint8_t wide[64] = { 0 };

	for (size_t i = 0; i < strlen(text); i++)
		wide[2 * i] = (uint8_t)text[i];
	return hive_image_value(&image, name, 1, wide, 2 * strlen(text) + 2);
}

static void read_software(struct software_facts *ret, struct read *r)
{
	read_system(r, image.bytes, image.n);
	cr_assert_eq(software_read(r->hive, r->arena, &r->diags, ret, NULL), 0);
}

static uint32_t build_software(void)
{
	uint32_t k;

	hive_image_start(&image);
	k = hive_image_key(&image, "ROOT");
	k = hive_image_only_subkey(&image, k, "Microsoft");
	k = hive_image_only_subkey(&image, k, "Windows NT");
	return hive_image_only_subkey(&image, k, "CurrentVersion");
}

Test(system, reads_product_and_version_from_software)
{
	struct software_facts f;
	struct read r;
	uint32_t v[6], key = build_software();

	v[0] = wide_value("ProductName", "Windows 10 Pro");
	v[1] = wide_value("CurrentBuild", "obsolete");
	v[2] = wide_value("CurrentBuildNumber", "19045");
	v[3] = wide_value("ReleaseId", "2009");
	v[4] = wide_value("DisplayVersion", "22H2");
	v[5] = wide_value("SystemRoot", "C:\\Windows");
	hive_image_values(&image, key, v, 6);
	hive_image_finish(&image);
	read_software(&f, &r);
	cr_expect_str_eq(f.product_name.text.utf8, "Windows 10 Pro");
	cr_expect_str_eq(f.build.text.utf8, "19045");
	cr_expect_str_eq(f.display_version.text.utf8, "22H2");
	cr_expect_str_eq(f.system_root.text.utf8, "C:\\Windows");
	cr_expect_null(f.edition.text.utf8);
	cr_expect_null(f.version.text.utf8);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
	key = build_software();
	v[0] = wide_value("CurrentBuild", "7601");
	hive_image_values(&image, key, v, 1);
	hive_image_finish(&image);
	read_software(&f, &r);
	cr_expect_str_eq(f.build.text.utf8, "7601");
	cr_expect_null(f.product_name.text.utf8);
	read_done(&r);
}

/* One letter of a name was enough to lose what the value has without a word.  */
Test(system, a_value_of_software_whose_name_is_damaged_is_read_and_said)
{
	static const struct {
		const char *name;
		size_t fact;	/* in software_facts */
		bool found;
	} rows[] = {
		{ "ProductNaXe", offsetof(struct software_facts, product_name),
		  true },
		{ "ProductNbme", offsetof(struct software_facts, product_name),
		  true },
		{ "CurrentBui~d", offsetof(struct software_facts, build),
		  true },
		{ "!urrentBuildNumber", offsetof(struct software_facts, build),
		  true },
		{ "SystemRooX", offsetof(struct software_facts, system_root),
		  true },
		{ "SystemRoXX", offsetof(struct software_facts, system_root),
		  false },
		/* As real hives have it: another value.  */
		{ "ProductId", offsetof(struct software_facts, product_name),
		  false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct software_facts f;
		const struct system_text *t;
		uint32_t v, key = build_software();
		struct read r;

		v = wide_value(rows[i].name, "what it has");
		hive_image_values(&image, key, &v, 1);
		hive_image_finish(&image);
		read_software(&f, &r);
		t = (const void *)((const char *)&f + rows[i].fact);
		cr_assert_eq(t->text.utf8 != NULL, rows[i].found, "%zu", i);
		cr_assert_eq(r.diags.n, rows[i].found ? 1 : 0, "%zu", i);
		if (rows[i].found) {
			cr_expect_str_eq(t->text.utf8, "what it has");
			cr_expect_eq(r.diags.list[0].kind,
				     &FINDING_RECORD_FIELD);
			cr_assert_eq(r.diags.list[0].cites.n, 1);
			cr_expect_eq(r.diags.list[0].cites.list[0].offset,
				     (uint64_t)(hive_image_at(&image, v) -
						image.bytes));
		}
		read_done(&r);
	}
}

/* Nothing was said of them.  */
Test(system, of_values_that_may_each_have_been_it_none_is_taken_and_all_are_said)
{
	static const char *const names[] = {
		"ProductNaXe", "XroductName", "Prod~ctName",
	};
	static const char *const said[] = {
		NULL, NULL, "but \"ProductNaXe\" and \"XroductName\", each",
		"but \"ProductNaXe\" and \"XroductName\" and 1 more, each",
	};

	for (unsigned n = 2; n <= 3; n++) {
		struct software_facts f;
		uint32_t v[3], key = build_software();
		struct read r;

		for (unsigned i = 0; i < n; i++)
			v[i] = wide_value(names[i], "what it has");
		hive_image_values(&image, key, v, n);
		hive_image_finish(&image);
		read_software(&f, &r);
		cr_expect_null(f.product_name.text.utf8);
		cr_assert_eq(r.diags.n, 1);
		cr_expect_eq(r.diags.list[0].kind, &FINDING_VALUES_ALIKE);
		cr_expect_not_null(strstr(r.diags.list[0].message, said[n]));
		cr_assert_eq(r.diags.list[0].cites.n, n);
		for (unsigned i = 0; i < n; i++)
			cr_expect_eq(r.diags.list[0].cites.list[i].offset,
				     (uint64_t)(hive_image_at(&image, v[i]) -
						image.bytes));
		read_done(&r);
	}
}

Test(system, a_computer_name_whose_value_name_is_damaged_is_read_and_said)
{
	struct read r;
	uint8_t *vk = computer_name_record();

	vk[20] = '!';
	read_system(&r, image.bytes, image.n);
	cr_assert_not_null(r.facts.computer_name.text.utf8);
	cr_expect_str_eq(r.facts.computer_name.text.utf8, "ONE");
	cr_expect_eq(r.diags.n, 1);
	cr_expect_eq(diag_count(&r.diags, &FINDING_RECORD_FIELD), 1);
	read_done(&r);
}

static int count_sets(void *ctx, unsigned n, const struct hive_key *k)
{
	size_t *count = ctx;

	cr_expect_eq(n, 2);
	cr_expect_str_eq(k->name.utf8, "CONTROLSET002");
	++*count;
	return 0;
}

/* Each took two hundred bytes, and a hive can have millions.  */
Test(system, keys_that_are_no_control_set_take_no_memory)
{
	static uint32_t keys[5000];
	size_t before, count = 0;
	uint32_t other;
	uint8_t *bytes;
	struct read r;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	other = hive_image_key(&image, "Control");
	for (size_t i = 1; i < 5000; i++)
		keys[i] = other;
	keys[0] = hive_image_key(&image, "CONTROLSET002");
	hive_image_subkeys(&image, root, 5000,
			   hive_image_list(&image, "lh", keys, 5000));
	hive_image_finish(&image);
	bytes = hive_image_stretched(&image, 1 << 20);
	read_system(&r, bytes, 1 << 20);
	before = arena_bytes(r.arena);
	cr_expect_eq(control_sets_each(r.hive, count_sets, &count), 0);
	cr_expect_eq(count, 1);
	cr_expect_lt(arena_bytes(r.arena) - before, 1024);
	read_done(&r);
	free(bytes);
}
