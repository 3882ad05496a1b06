#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/filetime.h"
#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "lib/mutate.h"
#include "registry/findings.h"
#include "registry/profiles.h"

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	struct profile_list list;
	int result;
};

static void read_profiles(struct read *r, const void *p, size_t n)
{
	*r = (struct read){ .arena = arena_new() };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
	r->result = hive_open(&r->source.source, r->arena, &r->diags, &r->hive,
			      NULL);
	if (r->result == 0)
		r->result = profile_list_read(r->hive, r->arena, &r->diags,
					      &r->list, NULL);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
}

static uint32_t text_value(struct hive_image *h, const char *name,
			   uint32_t type, const char *text)
{
	uint8_t wide[300] = { 0 };

	for (size_t i = 0; text[i] != '\0'; i++)
		wide[2 * i] = (uint8_t)text[i];
	return hive_image_value(h, name, type, wide, 2 * strlen(text) + 2);
}

static uint32_t number(struct hive_image *h, const char *name, uint32_t n)
{
	uint8_t b[4];

	put32(b, n);
	return hive_image_value(h, name, 4, b, 4);
}

static uint32_t profile_list(struct hive_image *h)
{
	static const char *const names[] = {
		"Microsoft", "Windows NT", "CurrentVersion", "ProfileList",
	};
	uint32_t cell;

	hive_image_start(h);
	cell = hive_image_key(h, "ROOT");
	for (size_t i = 0; i < 4; i++)
		cell = hive_image_only_subkey(h, cell, names[i]);
	return cell;
}

/* Four accounts: of Windows 10, of Windows 7, put aside, without a path.  The
 * times are 2024-05-06 07:08:09 UTC, 13359452889 s after 1601, and the next
 * second.  */
static void make_accounts(struct hive_image *h)
{
	uint32_t list = profile_list(h), keys[4], values[8];

	keys[0] = hive_image_key(h, "S-1-5-21-1.bak");
	values[0] = text_value(h, "ProfileImagePath", 1, "C:\\Users\\old");
	hive_image_values(h, keys[0], values, 1);
	keys[1] = hive_image_key(h, "S-1-5-21-2");
	values[0] = text_value(h, "ProfileImagePath", 2,
			       "%SystemDrive%\\Users\\joe");
	values[1] = number(h, "LocalProfileLoadTimeHigh", 0x01da9f84);
	values[2] = number(h, "LocalProfileLoadTimeLow", 0x266c9280);
	values[3] = number(h, "LocalProfileUnloadTimeHigh", 0x01da9f84);
	values[4] = number(h, "LocalProfileUnloadTimeLow", 0x27052900);
	values[5] = number(h, "ProfileLoadTimeHigh", 1);
	values[6] = number(h, "ProfileLoadTimeLow", 1);
	hive_image_values(h, keys[1], values, 7);
	keys[2] = hive_image_key(h, "S-1-5-21-1");
	values[0] = text_value(h, "ProfileImagePath", 2, "C:\\Users\\TEMP");
	values[1] = number(h, "ProfileLoadTimeHigh", 0x01da9f84);
	values[2] = number(h, "ProfileLoadTimeLow", 0x266c9280);
	/* One half is no time.  */
	values[3] = number(h, "ProfileUnloadTimeHigh", 0x01da9f84);
	hive_image_values(h, keys[2], values, 4);
	keys[3] = hive_image_key(h, "S-1-5-18");
	values[0] = number(h, "ProfileImagePath", 7);
	hive_image_values(h, keys[3], values, 1);
	values[0] = text_value(h, "ProfilesDirectory", 2,
			       "%SystemDrive%\\Users");
	hive_image_values(h, list, values, 1);
	hive_image_subkeys(h, list, 4, hive_image_list(h, "lh", keys, 4));
	hive_image_finish(h);
}

/* What was no REG_SZ was no path, without a word.  */
Test(profiles, a_path_of_another_type_is_read_and_said)
{
	static const struct {
		uint32_t type;
		const char *path;	/* NULL: not used */
	} rows[] = {
		{ 0, "C:\\Users\\joe" }, { 3, "C:\\Users\\joe" },
		{ 7, "C:\\Users\\joe" }, { 4, NULL }, { 11, NULL },
	};
	static struct hive_image h;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t list = profile_list(&h), key, value;
		struct read r;

		key = hive_image_only_subkey(&h, list, "S-1-5-21-1");
		value = text_value(&h, "ProfileImagePath", rows[i].type,
				   "C:\\Users\\joe");
		hive_image_values(&h, key, &value, 1);
		hive_image_finish(&h);
		read_profiles(&r, h.bytes, h.n);
		cr_assert_eq(r.list.n, 1);
		if (rows[i].path != NULL)
			cr_expect_str_eq(r.list.list[0].path.utf8,
					 rows[i].path);
		else
			cr_expect_null(r.list.list[0].path.utf8);
		cr_assert_eq(r.diags.n, 1);
		cr_expect_eq(r.diags.list[0].kind, &FINDING_PROFILE_PATH);
		cr_expect_eq(r.diags.list[0].cites.list[0].offset, (uint64_t)(
			hive_image_at(&h, value) - h.bytes));
		read_done(&r);
	}
}

/* One letter of the name was enough to lose the path without a word.  */
Test(profiles, a_path_whose_value_name_is_damaged_is_read_and_said)
{
	static struct hive_image h;
	uint32_t list = profile_list(&h), key, value;
	struct read r;

	key = hive_image_only_subkey(&h, list, "S-1-5-21-1");
	value = text_value(&h, "ProfileImageP~th", 2, "C:\\Users\\joe");
	hive_image_values(&h, key, &value, 1);
	hive_image_finish(&h);
	read_profiles(&r, h.bytes, h.n);
	cr_assert_eq(r.list.n, 1);
	cr_assert_not_null(r.list.list[0].path.utf8);
	cr_expect_str_eq(r.list.list[0].path.utf8, "C:\\Users\\joe");
	cr_assert_eq(r.diags.n, 1);
	cr_expect_eq(r.diags.list[0].kind, &FINDING_RECORD_FIELD);
	cr_expect_eq(r.diags.list[0].cites.list[0].offset,
		     (uint64_t)(hive_image_at(&h, value) - h.bytes));
	read_done(&r);
}

Test(profiles, says_what_the_list_says)
{
	static const struct {
		const char *sid, *path, *loaded, *unloaded;
	} want[] = {
		{ "S-1-5-18", NULL, NULL, NULL },
		{ "S-1-5-21-1", "C:\\Users\\TEMP",
		  "2024-05-06T07:08:09.0000000Z", NULL },
		{ "S-1-5-21-2", "%SystemDrive%\\Users\\joe",
		  "2024-05-06T07:08:09.0000000Z",
		  "2024-05-06T07:08:10.0000000Z" },
		{ "S-1-5-21-1.bak", "C:\\Users\\old", NULL, NULL },
	};
	static struct hive_image h;
	char time[FILETIME_TEXT_BYTES];
	struct read r;

	make_accounts(&h);
	read_profiles(&r, h.bytes, h.n);
	cr_assert_eq(r.result, 0);
	cr_assert_eq(r.list.n, 4);
	cr_expect_str_eq(r.list.directory.utf8, "%SystemDrive%\\Users");
	for (size_t i = 0; i < 4; i++) {
		const struct profile_account *a = &r.list.list[i];

		cr_expect_str_eq(a->sid.utf8, want[i].sid);
		if (want[i].path != NULL)
			cr_expect_str_eq(a->path.utf8, want[i].path);
		else
			cr_expect_null(a->path.utf8);
		if (want[i].loaded != NULL)
			cr_expect_str_eq(filetime_text(a->loaded, time),
					 want[i].loaded);
		else
			cr_expect_eq(a->loaded, 0);
		if (want[i].unloaded != NULL)
			cr_expect_str_eq(filetime_text(a->unloaded, time),
					 want[i].unloaded);
		else
			cr_expect_eq(a->unloaded, 0);
		cr_expect_eq(memcmp(h.bytes + a->cites.list[0].offset + 76,
				    want[i].sid, strlen(want[i].sid)), 0);
		cr_expect_eq(a->loaded_cites.n, want[i].loaded != NULL ? 4 : 0);
		cr_expect_eq(a->unloaded_cites.n,
			     want[i].unloaded != NULL ? 4 : 0);
	}
	read_done(&r);
}

/* Where "S-1-5-21-2" has its times: each half's value, then its data.  */
Test(profiles, cites_the_halves_of_a_time)
{
	static struct hive_image h;
	const struct profile_account *a;
	const struct cite *c;
	struct read r;

	make_accounts(&h);
	read_profiles(&r, h.bytes, h.n);
	cr_assert_eq(r.list.n, 4);
	a = &r.list.list[2];
	cr_assert_eq(a->unloaded_cites.n, 4);
	c = a->unloaded_cites.list;
	cr_expect_eq(memcmp(h.bytes + c[0].offset + 20,
			    "LocalProfileUnloadTimeHigh", 26), 0);
	cr_expect_eq(memcmp(h.bytes + c[1].offset, "\x84\x9f\xda\x01", 4), 0);
	cr_expect_eq(memcmp(h.bytes + c[2].offset + 20,
			    "LocalProfileUnloadTimeLow", 25), 0);
	cr_expect_eq(memcmp(h.bytes + c[3].offset, "\x00\x29\x05\x27", 4), 0);
	/* And those of Windows 7, where there are no others.  */
	c = r.list.list[1].loaded_cites.list;
	cr_assert_eq(r.list.list[1].loaded_cites.n, 4);
	cr_expect_eq(memcmp(h.bytes + c[0].offset + 20, "ProfileLoadTimeHigh",
			    19), 0);
	read_done(&r);
}

Test(profiles, a_time_that_is_none_is_said)
{
	static const struct {
		const char *high, *low;
		size_t high_bytes, low_bytes;
		uint32_t value;
		bool damaged;
	} cases[] = {
		{ "ProfileLoadTimeHigh", "ProfileLoadTimeLow", 4, 4,
		  0x7fffffff, false },
		/* Later than Windows can say.  */
		{ "ProfileLoadTimeHigh", "ProfileLoadTimeLow", 4, 4,
		  0x80000000, true },
		{ "ProfileLoadTimeHigh", "ProfileLoadTimeLow", 2, 4, 1, true },
		{ "ProfileLoadTimeHigh", "ProfileLoadTimeLow", 4, 3, 1, true },
		/* A half alone, and none.  */
		{ "ProfileLoadTimeHigh", "ProfileLoadTimeLox", 4, 4, 1, true },
		{ "ProfileLoadTimeHigi", "ProfileLoadTimeLow", 4, 4, 1, true },
		{ "ProfileLoadTimeHigi", "ProfileLoadTimeLox", 4, 4, 1, false },
	};
	static struct hive_image h;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t list = profile_list(&h), key, values[2];
		uint8_t b[4];
		struct read r;

		put32(b, cases[i].value);
		key = hive_image_only_subkey(&h, list, "S-1-5-21-1");
		values[0] = hive_image_value(&h, cases[i].high, 4, b,
					     cases[i].high_bytes);
		values[1] = hive_image_value(&h, cases[i].low, 4, b,
					     cases[i].low_bytes);
		hive_image_values(&h, key, values, 2);
		hive_image_finish(&h);
		read_profiles(&r, h.bytes, h.n);
		cr_assert_eq(r.list.n, 1);
		cr_expect_eq(r.list.list[0].loaded != 0, i == 0, "case %zu", i);
		cr_expect_geq(diag_count(&r.diags, &FINDING_PROFILE_TIME),
			      cases[i].damaged ? 1 : 0, "case %zu", i);
		cr_expect_eq(r.diags.n > 0, cases[i].damaged, "case %zu", i);
		if (r.diags.n > 0)
			cr_expect_eq(memcmp(h.bytes + r.diags.list[0].cites
					    .list[0].offset, "vk", 2), 0);
		read_done(&r);
	}
}

Test(profiles, no_list_is_an_empty_one)
{
	static struct hive_image h;
	struct read r;

	hive_image_start(&h);
	hive_image_key(&h, "ROOT");
	hive_image_finish(&h);
	read_profiles(&r, h.bytes, h.n);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.list.n, 0);
	cr_expect_null(r.list.directory.utf8);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

static void read_all(struct span s)
{
	struct read r;

	read_profiles(&r, s.p, s.n);
	for (size_t i = 0; i < r.list.n; i++)
		cr_assert_not_null(r.list.list[i].sid.utf8);
	read_done(&r);
}

Test(profiles, survives_every_change_of_a_byte)
{
	static struct hive_image h;

	make_accounts(&h);
	mutate(h.bytes, h.n, read_all);
}

/* One account, 4097 times.  */
Test(profiles, no_more_accounts_are_kept_than_a_machine_can_have)
{
	static struct hive_image h;
	static uint32_t many[4097];
	const size_t n = 1 << 20;
	uint32_t list = profile_list(&h);
	uint32_t account = hive_image_key(&h, "S-1-5-18");
	uint8_t *bytes;
	struct read r;

	for (size_t i = 0; i < 4097; i++)
		many[i] = account;
	hive_image_subkeys(&h, list, 4097,
			   hive_image_list(&h, "li", many, 4097));
	hive_image_finish(&h);
	bytes = hive_image_stretched(&h, n);
	read_profiles(&r, bytes, n);
	cr_expect_eq(r.list.n, 4096);
	cr_assert_eq(r.diags.n, 1);
	cr_expect_eq(diag_count(&r.diags, &FINDING_ACCOUNTS_CUT), 1);
	read_done(&r);
	free(bytes);
}
