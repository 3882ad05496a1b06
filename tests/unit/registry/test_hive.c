#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "registry/findings.h"
#include "registry/hive.h"

/* A hive that a test built, opened.  */
struct opened {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	int result;
	struct err err;
};

static struct opened open_bytes(const void *p, size_t n)
{
	struct opened o = { .arena = arena_new() };

	o.diags.arena = o.arena;
	o.source = bytes_source(p, n);
	o.source.source.file = "SYSTEM";
	return o;
}

/* Apart, because the source must not move any more.  */
static void open_now(struct opened *o)
{
	o->result = hive_open(&o->source.source, o->arena, &o->diags, &o->hive,
			      &o->err);
}

static void close_now(struct opened *o)
{
	if (o->result == 0)
		hive_close(o->hive);
	arena_free(o->arena);
}

#define OPEN(o, p, n) \
	struct opened o = open_bytes(p, n); \
	open_now(&o)

static struct hive_image image;

/*
 * Root with the keys Alpha and Beta; Alpha with four values: a string in a cell
 * of its own, a number inline, the default value, and bytes.
 */
static uint32_t alpha, values[4];

static void build(const char *list_kind)
{
	uint32_t root, keys[2];

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	keys[0] = alpha = hive_image_key(&image, "Alpha");
	keys[1] = hive_image_key(&image, "Beta");
	hive_image_subkeys(&image, root, 2,
			   hive_image_list(&image, list_kind, keys, 2));
	values[0] = hive_image_value(&image, "Text", 1, "h\0i\0\0\0x\0", 8);
	values[1] = hive_image_value(&image, "Number", 4, "\x78\x56\x34\x12", 4);
	values[2] = hive_image_value(&image, "", 3, "\1\2", 2);
	values[3] = hive_image_value(&image, "Bytes", 3, "0123456789", 10);
	hive_image_values(&image, alpha, values, 4);
	hive_image_finish(&image);
}

/* Damage the signature of a record, and what else would tell what it is: the
 * parent of a key, the type of a value.  */
static void lose_record(uint32_t cell)
{
	uint8_t *p = hive_image_at(&image, cell);

	p[0] = 'x';
	put32(p + 12, 0x01000003);
	put32(p + 16, 0x7000);
}

/* The place of @p in the image.  */
static uint64_t place(const void *p)
{
	return (uint64_t)((const uint8_t *)p - image.bytes);
}

struct names {
	char text[512];
	unsigned n;
};

static void add_name(struct names *n, const struct text *t)
{
	size_t used = strlen(n->text);

	snprintf(n->text + used, sizeof(n->text) - used, "%s%s",
		 n->n++ > 0 ? " " : "", t->utf8);
}

static int name_key(void *ctx, const struct hive_key *k)
{
	add_name(ctx, &k->name);
	return 0;
}

static int name_value(void *ctx, const struct hive_value *v)
{
	add_name(ctx, &v->name);
	return 0;
}

static const char *subkeys_of(struct opened *o, struct names *n)
{
	struct hive_key root;

	*n = (struct names){ 0 };
	cr_assert_eq(hive_root(o->hive, &root, NULL), 0);
	o->result = hive_each_subkey(o->hive, &root, name_key, n, &o->err);
	return n->text;
}

static size_t found(const struct opened *o, const struct diag_kind *kind)
{
	return diag_count(&o->diags, kind);
}

Test(hive, reads_base_block_keys_and_values)
{
	struct hive_key k;
	struct names n = { 0 };
	struct text t;
	uint32_t number;

	build("lh");
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect_eq(hive_info(o.hive)->primary_sequence, 7);
	cr_expect_eq(hive_info(o.hive)->version_minor, 5);
	cr_expect(hive_info(o.hive)->checksum_ok);
	cr_expect(!hive_info(o.hive)->dirty);
	cr_expect_str_eq(hive_info(o.hive)->file_name.utf8, "TEST");
	cr_assert_eq(hive_find_key(o.hive, NULL, "alPHA", &k, NULL), 0);
	cr_expect_str_eq(k.name.utf8, "Alpha");
	cr_expect_eq(k.last_written, HIVE_IMAGE_TIME);
	cr_assert_eq(hive_each_value(o.hive, &k, name_value, &n, NULL), 0);
	cr_expect_str_eq(n.text, "Text Number  Bytes");
	cr_assert_eq(hive_get_string(o.hive, &k, "text", &t, NULL), 0);
	cr_expect_str_eq(t.utf8, "hi", "up to its NUL, not beyond");
	cr_assert_eq(hive_get_dword(o.hive, &k, "Number", &number, NULL), 0);
	cr_expect_eq(number, 0x12345678);
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

Test(hive, a_fact_is_cited_with_the_bytes_of_its_records)
{
	struct hive_key k;
	struct hive_value v;
	struct span data;
	struct cites c = { 0 };
	const uint8_t *nk, *vk;

	build("lf");
	nk = hive_image_at(&image, alpha);
	vk = hive_image_at(&image, values[3]);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_assert_eq(k.cites.n, 1);
	cr_expect_eq(k.cites.list[0].offset, place(nk), "from its signature");
	cr_expect_eq(k.cites.list[0].length, 76 + 5);
	cr_expect_str_eq(k.cites.list[0].structure, "nk");
	cr_expect_str_eq(k.cites.list[0].file, "SYSTEM");
	cr_assert_eq(hive_find_value(o.hive, &k, "Bytes", &v, NULL), 0);
	cr_assert_eq(hive_read_value(o.hive, &v, &data, &c, NULL), 0);
	cr_expect_eq(v.cites.list[0].offset, place(vk));
	cr_expect_eq(v.cites.list[0].length, 20 + 5);
	cr_assert_eq(c.n, 1);
	cr_expect_str_eq(c.list[0].structure, "value data");
	cr_expect_eq(c.list[0].length, 10);
	cr_expect_arr_eq(image.bytes + c.list[0].offset, "0123456789", 10);
	cr_assert_eq(hive_find_value(o.hive, &k, "Number", &v, NULL), 0);
	c = (struct cites){ 0 };
	cr_assert_eq(hive_read_value(o.hive, &v, &data, &c, NULL), 0);
	cr_expect_eq(c.list[0].offset,
		     place(hive_image_at(&image, values[1])) + 8,
		     "inline data lies in the record");
	cr_expect_eq(c.list[0].length, 4);
	close_now(&o);
}

Test(hive, finds_keys_through_every_kind_of_list)
{
	static const char *const kinds[] = { "li", "lf", "lh" };

	for (size_t i = 0; i < 3; i++) {
		struct hive_key k;
		struct names n;

		build(kinds[i]);
		OPEN(o, image.bytes, image.n);
		cr_expect_eq(hive_find_key(o.hive, NULL, "BETA", &k, NULL), 0);
		cr_expect_eq(hive_find_key(o.hive, NULL, "\\Alpha\\", &k, NULL),
			     0);
		cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
		cr_expect_eq(hive_find_key(o.hive, NULL, "Gamma", &k, &o.err),
			     ERR_NOT_FOUND);
		cr_expect_eq(hive_find_key(o.hive, NULL, "Alpha\\x", &k, NULL),
			     ERR_NOT_FOUND);
		cr_expect_eq(o.diags.n, 0);
		o.result = 0;
		close_now(&o);
	}
}

/* Hints are a help, not a fact: a key whose hint is wrong is found too.  */
Test(hive, finds_a_key_whose_hint_is_wrong)
{
	static const char *const kinds[] = { "lf", "lh" };

	for (size_t i = 0; i < 2; i++) {
		struct hive_key k;
		uint8_t *root;
		uint32_t list;

		build(kinds[i]);
		root = hive_image_at(&image, 0x20);
		list = (uint32_t)(root[28] | root[29] << 8);
		put32(hive_image_at(&image, list) + 4 + 4, 0x12345678);
		OPEN(o, image.bytes, image.n);
		cr_expect_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_expect_eq(hive_find_key(o.hive, NULL, "Beta", &k, NULL), 0);
		close_now(&o);
	}
}

/* Look up Alpha in the image, as damaged; its findings are counted in @n.  */
static int find_alpha(size_t *ret_name, size_t *ret_taken, size_t *ret_all)
{
	struct hive_key k;
	int r;

	OPEN(o, image.bytes, image.n);
	r = hive_find_key(o.hive, NULL, "Alpha", &k, NULL);
	if (r == 0)
		cr_expect_eq(k.cites.list[0].offset,
			     place(hive_image_at(&image, alpha)));
	*ret_name = found(&o, &FINDING_KEY_NAME);
	*ret_taken = found(&o, &FINDING_KEY_BY_HINT);
	*ret_all = o.diags.n;
	close_now(&o);
	return r;
}

/* One byte of the name MountedDevices cost all drive letters, though the list
 * has the hash of the whole name.  */
Test(hive, a_key_whose_name_is_damaged_is_found_by_the_hash_in_its_list)
{
	uint8_t *nk;
	size_t name, taken, all;

	build("lh");
	nk = hive_image_at(&image, alpha);
	for (size_t at = 76; at < 76 + 5; at++)
		for (unsigned x = 1; x < 256; x++) {
			uint8_t was = nk[at];

			nk[at] ^= (uint8_t)x;
			/* The micro sign's capital is not known.  */
			if (x != 0x20 && nk[at] != 0xb5) {
				cr_expect_eq(find_alpha(&name, &taken, &all), 0,
					     "byte %zu ^ %02x", at, x);
				cr_expect(name == 1 && taken == 1 && all == 2,
					  "%zu ^ %02x: %zu", at, x, all);
			}
			nk[at] = was;
		}
}

/* The name of a disk's instance was told as it stood, and no look-up has that
 * name to ask for.  */
Test(hive, a_walk_gives_the_name_of_which_one_bit_is_damaged)
{
	for (size_t at = 0; at < 4; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct names n;

			/* The other case: the same hash.  */
			if (bit == 5)
				continue;
			build("lh");
			hive_image_at(&image, alpha)[76 + at] ^=
				(uint8_t)(1u << bit);
			OPEN(o, image.bytes, image.n);
			cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta",
					 "%zu, bit %u", at, bit);
			cr_expect_eq(o.diags.n, 1);
			cr_expect_eq(found(&o, &FINDING_RECORD_FIELD), 1);
			close_now(&o);
		}
}

/* Of XP and 7, whose lists have no hash: lost was the key with all below it. */
Test(hive, a_key_whose_name_is_longer_than_its_cell_ends_with_it)
{
	static const char *const kinds[] = { "li", "lf" };

	for (size_t i = 0; i < 2; i++) {
		struct names n;
		struct hive_key k;

		build(kinds[i]);
		hive_image_at(&image, alpha)[72] = 22;
		OPEN(o, image.bytes, image.n);
		cr_expect_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
		cr_expect_eq(o.diags.n, found(&o, &FINDING_RECORD_FIELD));
		close_now(&o);
	}
}

/* All but one field of a record is there, and its list says what it is.  Lost
 * were the key, and with MountPoints2 all that a user had mounted.  */
Test(hive, a_key_of_which_one_field_is_damaged_is_read)
{
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{ 0, 'x' }, { 1, 0 },		/* signature */
		{ 72, 0 }, { 72, 4 }, { 72, 8 }, { 72, 255 }, { 73, 255 },
		{ 2, 0 },			/* flags: the kind of letters */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct names n;
		struct text t;
		struct hive_key k;

		build("lh");
		hive_image_at(&image, alpha)[rows[i].at] = rows[i].value;
		OPEN(o, image.bytes, image.n);
		cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta", "%zu", i);
		cr_expect_eq(o.result, 0, "%zu", i);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_expect_eq(hive_get_string(o.hive, &k, "Text", &t, NULL), 0);
		cr_expect_eq(o.diags.n, 1, "%zu: %zu", i, o.diags.n);
		cr_expect_eq(found(&o, &FINDING_RECORD_FIELD), 1, "%zu", i);
		cr_expect_eq(o.diags.list[0].cites.list[0].offset,
			     place(hive_image_at(&image, alpha)), "%zu", i);
		close_now(&o);
	}
}

/* With a second field damaged, nothing tells what it was.  */
Test(hive, a_key_of_which_two_fields_are_damaged_is_not_read)
{
	static const size_t others[] = { 16, 72, 76, 80 };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct names n;

		build("lh");
		hive_image_at(&image, alpha)[0] = 'x';
		hive_image_at(&image, alpha)[others[i]] ^= 3;
		OPEN(o, image.bytes, image.n);
		cr_expect_str_eq(subkeys_of(&o, &n), "Beta", "%zu", i);
		cr_expect_eq(found(&o, &FINDING_RECORD_FIELD), 0, "%zu", i);
		o.result = 0;
		close_now(&o);
	}
	/* A free cell, or what is another record.  */
	for (int i = 0; i < 3; i++) {
		struct names n;

		build("lh");
		memcpy(hive_image_at(&image, alpha), i == 1 ? "vk" : "xk", 2);
		if (i == 0)
			put32(hive_image_at(&image, alpha) - 4, 88);
		if (i == 2)
			memcpy(hive_image_at(&image, alpha), "lh", 2);
		OPEN(o, image.bytes, image.n);
		cr_expect_str_eq(subkeys_of(&o, &n), "Beta", "%d", i);
		o.result = 0;
		close_now(&o);
	}
}

Test(hive, a_name_that_its_list_contradicts_is_cited_in_both)
{
	struct names n;
	uint8_t *nk, *root, *list;

	build("lh");
	nk = hive_image_at(&image, alpha);
	nk[76] = 'B';
	root = hive_image_at(&image, 0x20);
	list = hive_image_at(&image, (uint32_t)(root[28] | root[29] << 8));
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Blpha Beta");
	cr_expect_eq(o.result, 0, "a walk gives it as it is");
	cr_assert_eq(o.diags.n, 1);
	cr_expect_eq(found(&o, &FINDING_KEY_NAME), 1);
	cr_assert_eq(o.diags.list[0].cites.n, 2);
	cr_expect_eq(o.diags.list[0].cites.list[0].offset, place(list) + 4);
	cr_expect_eq(o.diags.list[0].cites.list[0].length, 8);
	cr_expect_eq(o.diags.list[0].cites.list[1].offset, place(nk));
	cr_expect_eq(o.diags.list[0].cites.list[1].length, 76 + 5);
	close_now(&o);
}

/* An lf list has four characters; of the others the key is the one witness.  */
Test(hive, an_lf_list_tells_the_first_four_characters_of_a_damaged_name)
{
	size_t name, taken, all;
	uint8_t *nk;

	build("lf");
	nk = hive_image_at(&image, alpha);
	nk[76 + 3] = 'x';
	cr_expect_eq(find_alpha(&name, &taken, &all), 0);
	cr_expect(name == 1 && taken == 1 && all == 2);
	nk[76 + 4] = 'x';
	cr_expect_eq(find_alpha(&name, &taken, &all), ERR_NOT_FOUND,
		     "Alpxx could be any name with Alph");
	cr_expect(name == 1 && taken == 0);
	nk[76 + 3] = 'h';
	cr_expect_eq(find_alpha(&name, &taken, &all), ERR_NOT_FOUND);
	cr_expect_eq(all, 0);
}

Test(hive, of_two_damaged_keys_with_the_hash_of_one_name_none_is_taken)
{
	size_t name, taken, all;
	uint8_t *root, *list;

	build("lh");
	root = hive_image_at(&image, 0x20);
	list = hive_image_at(&image, (uint32_t)(root[28] | root[29] << 8));
	hive_image_at(&image, alpha)[76] = 'B';
	memcpy(list + 4 + 8 + 4, list + 4 + 4, 4);
	cr_expect_eq(find_alpha(&name, &taken, &all), ERR_NOT_FOUND);
	cr_expect(name == 2 && taken == 0);
}

Test(hive, a_damaged_key_of_another_parent_is_not_taken_by_its_hash)
{
	size_t name, taken, all;

	build("lh");
	hive_image_at(&image, alpha)[76] = 'B';
	put32(hive_image_at(&image, alpha) + 16, 0x1000);
	cr_expect_eq(find_alpha(&name, &taken, &all), ERR_NOT_FOUND);
	cr_expect(name == 1 && taken == 0);
}

/* 37 * 'B' + '0' is 37 * 'A' + 'U'.  */
Test(hive, a_sound_name_with_the_hash_of_another_is_not_that_one)
{
	struct hive_key k;
	uint32_t root;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	hive_image_only_subkey(&image, root, "B0");
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	cr_expect_eq(hive_find_key(o.hive, NULL, "AU", &k, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

/* Root with Alpha and Beta; Alpha with Sub.  Returns Sub.  */
static uint32_t build_three(void)
{
	uint32_t root, keys[2], sub, list;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	keys[0] = alpha = hive_image_key(&image, "Alpha");
	keys[1] = hive_image_key(&image, "Beta");
	list = hive_image_list(&image, "lh", keys, 2);
	hive_image_subkeys(&image, root, 2, list);
	sub = hive_image_only_subkey(&image, alpha, "Sub");
	hive_image_finish(&image);
	return sub;
}

static uint8_t *list_of(uint32_t key)
{
	const uint8_t *nk = hive_image_at(&image, key);

	return hive_image_at(&image, (uint32_t)(nk[28] | nk[29] << 8));
}

/* A user's MountPoints2 lost all volumes with one byte of its list.  */
Test(hive, the_subkeys_of_a_lost_list_are_those_that_name_their_parent)
{
	struct hive_key k;
	struct names n;
	uint32_t sub = build_three();

	list_of(0x20)[0] = 'x';
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(o.result, ERR_MAGIC, "there may have been more");
	cr_expect_eq(found(&o, &FINDING_LIST_DAMAGED), 1);
	cr_expect_eq(found(&o, &FINDING_KEYS_BY_PARENT), 1);
	cr_assert_eq(hive_find_key(o.hive, NULL, "alpha\\sub", &k, NULL), 0);
	cr_expect_eq(k.cell, sub);
	cr_expect_eq(k.cites.list[0].offset,
		     place(hive_image_at(&image, sub)));
	cr_expect_eq(hive_find_key(o.hive, NULL, "Gamma", &k, NULL), ERR_MAGIC);
	cr_expect_eq(found(&o, &FINDING_KEYS_BY_PARENT), 1, "said once");
	o.result = 0;
	close_now(&o);
}

/* A cell that has room for no entry, by its size.  */
Test(hive, a_list_without_room_is_lost)
{
	struct names n;

	build_three();
	put32(list_of(0x20) - 4, 0 - 8u);
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(found(&o, &FINDING_LIST_DAMAGED), 1);
	cr_expect_eq(found(&o, &FINDING_KEYS_BY_PARENT), 1);
	o.result = 0;
	close_now(&o);
}

Test(hive, a_deleted_key_is_not_among_those_of_a_lost_list)
{
	struct names n;
	uint8_t *cell;

	build_three();
	list_of(0x20)[0] = 'x';
	cell = hive_image_at(&image, alpha) - 4;
	put32(cell, 0 - (cell[0] | (uint32_t)cell[1] << 8 | 0xffff0000));
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Beta");
	o.result = 0;
	close_now(&o);
}

Test(hive, a_key_that_is_lost_keeps_the_subkeys_that_name_its_cell)
{
	struct hive_key k;
	uint32_t sub = build_three();

	lose_record(alpha);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "alpha", &k, NULL), 0);
	cr_expect_eq(k.cell, alpha);
	cr_assert_eq(k.cites.n, 1);
	cr_expect_eq(k.cites.list[0].offset, place(list_of(0x20)) + 4,
		     "what is left of it is its list's entry");
	cr_expect_eq(k.n_values, 0);
	cr_assert_eq(hive_find_key(o.hive, NULL, "alpha\\sub", &k, NULL), 0);
	cr_expect_eq(k.cell, sub);
	cr_expect_eq(found(&o, &FINDING_KEY_UNREADABLE), 1);
	cr_expect_eq(found(&o, &FINDING_KEYS_BY_PARENT), 1);
	cr_expect_lt(hive_find_key(o.hive, NULL, "Gamma", &k, NULL), 0,
		     "the hash is not this one's");
	close_now(&o);
	/* Nor where two have it.  */
	memcpy(list_of(0x20) + 4 + 8 + 4, list_of(0x20) + 4 + 4, 4);
	put32(list_of(0x20) + 4 + 8, alpha);
	OPEN(twice, image.bytes, image.n);
	cr_expect_lt(hive_find_key(twice.hive, NULL, "Alpha", &k, NULL), 0);
	close_now(&twice);
}

struct lost_names {
	struct opened *o;
	struct names subkeys;
	unsigned n;
	bool is_alpha, is_beta;
};

static int name_lost(void *ctx, const struct hive_lost_key *k)
{
	struct lost_names *l = ctx;

	cr_expect_str_eq(k->key.name.utf8, HIVE_LOST_NAME);
	cr_expect_eq(k->key.cell, alpha);
	cr_expect_eq(k->key.cites.list[0].offset, place(list_of(0x20)) + 4);
	l->is_alpha = hive_lost_key_fits(l->o->hive, k, "ALPHA");
	l->is_beta = hive_lost_key_fits(l->o->hive, k, "Beta");
	hive_each_subkey(l->o->hive, &k->key, name_key, &l->subkeys, NULL);
	return (int)++l->n;
}

/* For who lists keys: without its name, and with what tells of that.  */
Test(hive, a_key_that_is_lost_is_listed_by_what_is_left_of_it)
{
	struct hive_key root;

	build_three();
	OPEN(sound, image.bytes, image.n);
	struct lost_names none = { .o = &sound };

	cr_assert_eq(hive_root(sound.hive, &root, NULL), 0);
	cr_expect_eq(hive_each_lost_subkey(sound.hive, &root, name_lost, &none),
		     0);
	cr_expect_eq(none.n, 0);
	close_now(&sound);
	lose_record(alpha);
	OPEN(o, image.bytes, image.n);
	struct lost_names l = { .o = &o };

	cr_assert_eq(hive_root(o.hive, &root, NULL), 0);
	cr_expect_eq(hive_each_lost_subkey(o.hive, &root, name_lost, &l), 1,
		     "what stops it");
	cr_expect_eq(l.n, 1);
	cr_expect(l.is_alpha && !l.is_beta);
	cr_expect_str_eq(l.subkeys.text, "Sub");
	close_now(&o);
}

Test(hive, a_root_without_record_and_list_has_the_keys_that_name_it)
{
	struct names n;

	build_three();
	list_of(0x20)[0] = 'x';
	hive_image_at(&image, 0x20)[0] = 'x';
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(found(&o, &FINDING_KEY_UNREADABLE), 1);
	cr_expect_eq(found(&o, &FINDING_KEYS_BY_PARENT), 1);
	o.result = 0;
	close_now(&o);
}

/* A walk over all cells for each would make a hostile hive slow.  */
Test(hive, lost_lists_are_made_good_for_sixteen_keys)
{
	uint32_t root, keys[17];
	char path[16];
	struct hive_key k;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	for (int i = 0; i < 17; i++) {
		snprintf(path, sizeof(path), "Key%d", i);
		keys[i] = hive_image_key(&image, path);
	}
	hive_image_subkeys(&image, root, 17,
			   hive_image_list(&image, "lh", keys, 17));
	for (int i = 0; i < 17; i++) {
		hive_image_only_subkey(&image, keys[i], "Sub");
		list_of(keys[i])[0] = 'x';
	}
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	for (int i = 0; i < 17; i++) {
		snprintf(path, sizeof(path), "Key%d\\Sub", i);
		cr_expect_eq(hive_find_key(o.hive, NULL, path, &k, NULL),
			     i < 16 ? 0 : ERR_MAGIC, "%s", path);
	}
	cr_expect_eq(hive_find_key(o.hive, NULL, "Key0\\Sub", &k, NULL), 0,
		     "what is known stays known");
	close_now(&o);
}

/* An ri list of two lists.  */
static uint32_t build_ri(void)
{
	static const char *const names[] = { "A", "B", "C" };
	uint32_t root, keys[3], lists[2], ri;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	for (int i = 0; i < 3; i++)
		keys[i] = hive_image_key(&image, names[i]);
	lists[0] = hive_image_list(&image, "lh", keys, 2);
	lists[1] = hive_image_list(&image, "li", keys + 2, 1);
	ri = hive_image_list(&image, "ri", lists, 2);
	hive_image_subkeys(&image, root, 3, ri);
	hive_image_finish(&image);
	return ri;
}

Test(hive, a_list_of_lists_is_read_through)
{
	struct names n;
	struct hive_key k;

	build_ri();
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "A B C");
	cr_expect_eq(o.result, 0);
	cr_expect_eq(hive_find_key(o.hive, NULL, "c", &k, NULL), 0);
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

/* Two lists of lists that name each other would never end.  */
Test(hive, a_list_of_lists_inside_another_is_refused_and_the_rest_is_read)
{
	struct names n;
	struct hive_key k;
	uint32_t ri = build_ri();

	put32(hive_image_at(&image, ri) + 4, ri);
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "C");
	cr_expect_eq(o.result, ERR_VALUE);
	cr_expect_eq(found(&o, &FINDING_LIST_DAMAGED), 1);
	cr_assert_gt(o.diags.list[0].cites.n, 0);
	cr_expect_eq(o.diags.list[0].cites.list[0].offset,
		     place(hive_image_at(&image, ri)) + 4);
	/* What is not found may have been in the lost list.  */
	cr_expect_eq(hive_find_key(o.hive, NULL, "A", &k, NULL), ERR_VALUE);
	o.result = 0;
	close_now(&o);
}

/* 65535 references to a list of 65535 references to one key would be 4 G keys. */
Test(hive, repeated_references_cost_no_more_than_the_hive_is_large)
{
	uint32_t ri, root, key, list, many[8000];
	struct names n;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	key = hive_image_key(&image, "K");
	for (int i = 0; i < 8000; i++)
		many[i] = key;
	list = hive_image_list(&image, "li", many, 8000);
	for (int i = 0; i < 8000; i++)
		many[i] = list;
	ri = hive_image_list(&image, "ri", many, 8000);
	hive_image_subkeys(&image, root, 1, ri);
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	subkeys_of(&o, &n);
	cr_expect_eq(o.result, ERR_LIMIT);
	cr_expect_lt(n.n, image.n / 80, "no hive of this size has more keys");
	cr_expect_gt(found(&o, &FINDING_KEY_UNREADABLE) +
		     found(&o, &FINDING_LIST_DAMAGED), 0);
	o.result = 0;
	close_now(&o);
}

/* Each of many keys may lead to one list, which each look-up goes through.  */
Test(hive, look_ups_together_cost_no_more_than_the_hive_is_large)
{
	uint32_t root, key, many[40];
	struct hive_key k;
	unsigned n = 0;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	key = hive_image_key(&image, "K");
	for (int i = 0; i < 40; i++)
		many[i] = key;
	hive_image_subkeys(&image, root, 40,
			   hive_image_list(&image, "li", many, 40));
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	while (n < 20000 && found(&o, &FINDING_LIST_DAMAGED) == 0) {
		cr_assert_neq(hive_find_key(o.hive, NULL, "A", &k, NULL), 0);
		n++;
	}
	cr_expect_geq(n, 50, "after %u look-ups nothing is found", n);
	cr_expect_lt(n, 20000, "no look-up ends the others");
	close_now(&o);
}

/* The count of plaso #3571: one corrupt key ended the whole list.  */
Test(hive, a_subkey_that_cannot_be_read_does_not_end_its_list)
{
	struct names n;
	struct hive_key k;

	build("lh");
	lose_record(alpha);
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Beta");
	cr_expect_eq(o.result, ERR_MAGIC);
	cr_expect_eq(o.err.at, place(hive_image_at(&image, alpha)));
	cr_expect_eq(found(&o, &FINDING_KEY_UNREADABLE), 1);
	cr_expect(FINDING_KEY_UNREADABLE.partial);
	cr_expect_eq(hive_find_key(o.hive, NULL, "Beta", &k, NULL), 0);
	/* Said once, however often it is met.  */
	cr_expect_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), ERR_MAGIC);
	cr_expect_eq(found(&o, &FINDING_KEY_UNREADABLE), 1);
	o.result = 0;
	close_now(&o);
}

Test(hive, a_list_longer_than_its_cell_gives_what_is_there)
{
	struct names n;
	uint8_t *root, *list;

	build("lh");
	root = hive_image_at(&image, 0x20);
	list = hive_image_at(&image, (uint32_t)(root[28] | root[29] << 8));
	put16(list + 2, 0xffff);
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(o.result, ERR_TRUNCATED);
	cr_expect_eq(o.err.want, 0xffff);
	cr_expect_eq(o.err.got, 2);
	cr_expect_eq(found(&o, &FINDING_LIST_DAMAGED), 1);
	o.result = 0;
	close_now(&o);
}

/* Each subkey of a root names it; a list of other keys is not the root's.  */
Test(hive, a_root_that_is_lost_has_the_keys_that_name_it)
{
	static const char *const kinds[] = { "lh", "lf", "li" };

	for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(*kinds); i++) {
		const bool named = i % 2 == 0;
		struct names n;
		uint8_t *root, *list, *key;

		build(kinds[i / 2]);
		root = hive_image_at(&image, 0x20);
		list = hive_image_at(&image,
				     (uint32_t)(root[28] | root[29] << 8));
		for (size_t k = 0; k < 2; k++) {
			const uint8_t *at = list + 4 +
					    k * (i / 2 == 2 ? 4 : 8);

			key = hive_image_at(&image,
					    (uint32_t)(at[0] | at[1] << 8));
			put32(key + 16, named || k == 0 ? 0x20 : 0x1230);
		}
		memset(root - 4, 0, 80);
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(o.result, 0, "%s", kinds[i / 2]);
		cr_expect_str_eq(subkeys_of(&o, &n),
				 named ? "Alpha Beta" : "Alpha");
		cr_expect_eq(o.result, named ? 0 : ERR_VALUE);
		cr_expect_eq(found(&o, &FINDING_KEY_UNREADABLE), 1);
		cr_expect_eq(found(&o, &FINDING_KEYS_BY_PARENT), !named);
		o.result = 0;
		close_now(&o);
	}
}

Test(hive, a_count_that_differs_from_the_list_is_said)
{
	struct names n;

	build("lh");
	put32(hive_image_at(&image, 0x20) + 20, 3);
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(o.result, 0);
	cr_expect_eq(found(&o, &FINDING_COUNT_DIFFERS), 1);
	close_now(&o);
}

Test(hive, a_key_that_counts_no_subkeys_has_those_of_its_list)
{
	struct names n;

	build("lh");
	put32(hive_image_at(&image, 0x20) + 20, 0);
	OPEN(o, image.bytes, image.n);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(found(&o, &FINDING_COUNT_DIFFERS), 1);
	close_now(&o);
}

Test(hive, a_name_not_found_in_a_list_that_is_too_short_is_no_silence)
{
	struct hive_key k;

	build("lh");
	put32(hive_image_at(&image, 0x20) + 20, 3);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_expect_eq(found(&o, &FINDING_COUNT_DIFFERS), 0);
	cr_expect_eq(hive_find_key(o.hive, NULL, "Gamma", &k, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(found(&o, &FINDING_COUNT_DIFFERS), 1);
	close_now(&o);
}

Test(hive, of_two_keys_or_values_of_one_name_the_first_counts)
{
	struct hive_key k;
	uint32_t number;

	build("lf");
	memcpy(hive_image_at(&image, values[3]) + 20, "text", 4);
	put16(hive_image_at(&image, values[3]) + 2, 4);
	memcpy(hive_image_at(&image, values[0]) + 20, "Nu", 2);
	memcpy(hive_image_at(&image, values[0]) + 20, "Text", 4);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	struct hive_value v;
	cr_assert_eq(hive_find_value(o.hive, &k, "TEXT", &v, NULL), 0);
	cr_expect_eq(v.cell, values[0]);
	cr_expect_eq(found(&o, &FINDING_NAME_TWICE), 1);
	cr_expect_eq(hive_get_dword(o.hive, &k, "Text", &number, NULL),
		     ERR_VALUE, "a string is no number");
	close_now(&o);
}

Test(hive, two_subkeys_of_one_name_are_said)
{
	uint32_t root, keys[2];
	struct hive_key k;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	keys[0] = hive_image_key(&image, "Same");
	keys[1] = hive_image_key(&image, "SAME");
	hive_image_subkeys(&image, root, 2,
			   hive_image_list(&image, "lh", keys, 2));
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "same", &k, NULL), 0);
	cr_expect_eq(k.cell, keys[0]);
	cr_expect_eq(found(&o, &FINDING_NAME_TWICE), 1);
	close_now(&o);
}

/* Mark a cell of less than 256 bytes as free.  */
static void set_free(uint32_t cell)
{
	uint8_t *size = hive_image_at(&image, cell) - 4;

	cr_assert_eq(size[3], 0xff);
	put32(size, 256u - size[0]);
}

static uint32_t cell_at(uint32_t cell, size_t field)
{
	const uint8_t *p = hive_image_at(&image, cell) + field;

	return (uint32_t)(p[0] | p[1] << 8 | p[2] << 16);
}

/* Key, value, their lists, data.  */
Test(hive, what_lies_in_a_free_cell_is_read_and_said)
{
	for (int i = 0; i < 5; i++) {
		struct hive_key k;
		struct text t;
		uint32_t cells[5];

		build("lh");
		cells[0] = alpha;
		cells[1] = values[0];
		cells[2] = cell_at(0x20, 28);
		cells[3] = cell_at(alpha, 40);
		cells[4] = cell_at(values[0], 8);
		set_free(cells[i]);
		OPEN(o, image.bytes, image.n);
		cr_expect_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_expect_eq(hive_get_string(o.hive, &k, "Text", &t, NULL), 0);
		cr_expect_eq(found(&o, &FINDING_FREE_CELL), 1, "%d", i);
		cr_expect_eq(o.diags.list[0].cites.list[0].offset,
			     4096 + cells[i] + 4, "%d", i);
		close_now(&o);
	}
}

/* --- values ---------------------------------------------------------------- */

Test(hive, a_value_that_cannot_be_read_does_not_end_its_list)
{
	struct hive_key k;
	struct names n = { 0 };
	struct err e = { 0 };

	build("lh");
	lose_record(values[1]);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, &e),
		     ERR_MAGIC);
	cr_expect_str_eq(n.text, "Text  Bytes");
	cr_expect_eq(e.at, place(hive_image_at(&image, values[1])));
	cr_expect_eq(found(&o, &FINDING_VALUE_UNREADABLE), 1);
	close_now(&o);
}

Test(hive, a_value_is_read_whose_cell_has_lost_its_size)
{
	static const uint32_t sizes[] = {
		0, 5, 0xfffffff8, 0xfffffff0,
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct hive_key k;
		struct names n = { 0 };
		struct err e = { 0 };

		build("lh");
		put32(hive_image_at(&image, values[1]) - 4, sizes[i]);
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, &e),
			     0, "%zu", i);
		cr_expect_str_eq(n.text, "Text Number  Bytes", "%zu", i);
		cr_expect_eq(found(&o, &FINDING_CELL_SIZE), 1, "%zu", i);
		cr_expect_eq(o.diags.list[0].cites.list[0].offset,
			     place(hive_image_at(&image, values[1])), "%zu", i);
		close_now(&o);
	}
}

Test(hive, a_key_is_read_whose_cell_has_lost_its_size)
{
	static const uint32_t sizes[] = { 0, 5, 0xfffffff8, 0xffffffd0 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct hive_key k;
		struct text t;

		build("lh");
		put32(hive_image_at(&image, alpha) - 4, sizes[i]);
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0,
			     "%zu", i);
		cr_expect_eq(hive_get_string(o.hive, &k, "Text", &t, NULL), 0);
		cr_expect_eq(found(&o, &FINDING_CELL_SIZE), 1, "%zu", i);
		cr_expect_eq(o.diags.list[0].cites.list[0].offset,
			     place(hive_image_at(&image, alpha)), "%zu", i);
		close_now(&o);
	}
}

/* Its list names it, and all else in it holds: name, type, data, cell.  */
Test(hive, a_value_without_its_signature_is_read)
{
	for (size_t i = 0; i < 4; i++) {
		struct hive_key k;
		struct names n = { 0 };
		struct err e = { 0 };

		build("lh");
		hive_image_at(&image, values[i])[i % 2] = 'x';
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		/* The default value has no name that speaks for it.  */
		cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, &e),
			     i == 2 ? ERR_MAGIC : 0, "%zu", i);
		cr_expect_str_eq(n.text, i == 2 ? "Text Number Bytes"
						: "Text Number  Bytes",
				 "%zu", i);
		cr_expect_eq(found(&o, &FINDING_RECORD_FIELD), i != 2, "%zu",
			     i);
		cr_expect_eq(o.diags.n, 1, "%zu", i);
		if (i != 2)
			cr_expect_eq(o.diags.list[0].cites.list[0].offset,
				     place(hive_image_at(&image, values[i])),
				     "%zu", i);
		close_now(&o);
	}
}

/* The name of another length, a type that there is not, data that has no room
 * or lies in a free cell, the cell itself free, or another record.  */
Test(hive, a_value_without_its_signature_and_another_field_is_lost)
{
	for (size_t i = 0; i < 7; i++) {
		struct hive_key k;
		struct names n = { 0 };
		uint8_t *vk;

		build("lh");
		vk = hive_image_at(&image, values[3]);
		vk[1] = 'x';
		if (i == 0)
			vk[2] = 16;
		else if (i == 1)
			vk[13] = 1;
		else if (i == 2)
			vk[5] = 1;
		else if (i == 3)
			put32(hive_image_at(&image, cell_at(values[3], 8)) - 4,
			      16);
		else if (i == 4)
			set_free(values[3]);
		else if (i == 5)
			memcpy(vk, "lh", 2);
		else
			vk[20] = 1;
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, NULL),
			     ERR_MAGIC, "%zu", i);
		cr_expect_str_eq(n.text, "Text Number ", "%zu", i);
		cr_expect_eq(found(&o, &FINDING_VALUE_UNREADABLE), 1, "%zu",
			     i);
		cr_expect_eq(found(&o, &FINDING_RECORD_FIELD), 0, "%zu", i);
		close_now(&o);
	}
}

/* What may be any bytes is no value: it has no name that is text.  */
Test(hive, what_has_lost_its_size_and_no_name_is_no_value)
{
	struct hive_key k;
	struct names n = { 0 };
	struct err e = { 0 };

	build("lh");
	put32(hive_image_at(&image, values[1]) - 4, 0);
	hive_image_at(&image, values[1])[20] = 1;
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, &e),
		     ERR_VALUE);
	cr_expect_eq(found(&o, &FINDING_VALUE_UNREADABLE), 1);
	close_now(&o);
}

/* Each of several searches counted again what came behind the first 256.  */
Test(hive, damage_that_is_met_again_is_counted_once)
{
	enum { LOST = 2000 };
	static const uint8_t list[4 * LOST];
	struct names n = { 0 };
	struct hive_key k;

	hive_image_start(&image);
	alpha = hive_image_only_subkey(&image, hive_image_key(&image, "ROOT"),
				       "Alpha");
	put32(hive_image_at(&image, alpha) + 36, LOST);
	put32(hive_image_at(&image, alpha) + 40,
	      hive_image_cell(&image, list, sizeof(list)));
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	for (unsigned i = 0; i < 3; i++) {
		cr_expect_lt(hive_each_value(o.hive, &k, name_value, &n, NULL),
			     0);
		cr_expect_eq(found(&o, &FINDING_VALUE_UNREADABLE), LOST);
	}
	close_now(&o);
}

Test(hive, a_value_count_larger_than_its_list_gives_what_is_there)
{
	struct hive_key k;
	struct names n = { 0 };
	struct err e = { 0 };

	build("lh");
	put32(hive_image_at(&image, alpha) + 36, 0x40000000);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, &e),
		     ERR_TRUNCATED);
	cr_expect_eq(strncmp(n.text, "Text Number  Bytes", 18), 0);
	cr_expect_eq(found(&o, &FINDING_LIST_DAMAGED), 1);
	close_now(&o);
}

Test(hive, a_predefined_handle_is_no_count_of_values)
{
	struct names n = { 0 };
	struct hive_key k;
	uint8_t *nk;

	build("lh");
	nk = hive_image_at(&image, alpha);
	put16(nk + 2, 0x60);
	put32(nk + 36, 0x80000002);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_expect_eq(k.n_values, 0);
	cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, NULL), 0);
	cr_expect_str_eq(n.text, "");
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

Test(hive, a_key_that_counts_no_values_has_those_of_its_list)
{
	struct hive_key k;
	struct names n = { 0 };

	build("lh");
	put32(hive_image_at(&image, alpha) + 36, 0);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	hive_each_value(o.hive, &k, name_value, &n, NULL);
	cr_expect_eq(strncmp(n.text, "Text Number  Bytes", 18), 0);
	cr_expect_eq(found(&o, &FINDING_COUNT_DIFFERS), 1);
	close_now(&o);
}

/* Read the value "Bytes" of Alpha after a change of its vk record.  */
static int read_bytes(size_t at, uint32_t v, struct span *ret,
		      struct opened *ret_o)
{
	struct hive_key k;
	struct hive_value value;
	int r;

	build("lh");
	put32(hive_image_at(&image, values[3]) + at, v);
	*ret_o = open_bytes(image.bytes, image.n);
	open_now(ret_o);
	cr_assert_eq(hive_find_key(ret_o->hive, NULL, "Alpha", &k, NULL), 0);
	cr_assert_eq(hive_find_value(ret_o->hive, &k, "Bytes", &value, NULL),
		     0);
	r = hive_read_value(ret_o->hive, &value, ret, NULL, &ret_o->err);
	return r;
}

Test(hive, data_shorter_than_its_size_is_what_is_there_and_a_finding)
{
	static const struct {
		uint32_t size, there;
	} rows[] = {
		{ 10, 10 }, { 12, 12 },	/* up to the end of the cell */
		{ 13, 12 }, { 0x100000, 12 }, { 0x7fffffff, 12 },
		{ 0x80000004, 4 }, { 0x80000005, 4 }, { 0xffffffff, 4 },
		{ 0x80000000, 0 }, { 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opened *o = calloc(1, sizeof(*o));
		struct span s = { 0 };
		bool whole = (rows[i].size & 0x7fffffff) == rows[i].there;

		cr_expect_eq(read_bytes(4, rows[i].size, &s, o), 0, "%zu", i);
		cr_expect_eq(s.n, rows[i].there, "size %x: %zu", rows[i].size,
			     s.n);
		cr_expect_eq(found(o, &FINDING_VALUE_DATA), !whole, "%zu", i);
		close_now(o);
		free(o);
	}
}

Test(hive, data_at_an_impossible_place_is_an_error_and_a_finding)
{
	static const uint32_t rows[] = {
		0xffffffff, 0, 0x10, 0x24, 0x1000, 0xfffffff8, 0x80000000,
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opened *o = calloc(1, sizeof(*o));
		struct span s = { .n = 77 };

		cr_expect_lt(read_bytes(8, rows[i], &s, o), 0, "%x", rows[i]);
		cr_expect_eq(s.n, 77, "left alone");
		cr_expect_eq(found(o, &FINDING_VALUE_DATA), 1);
		close_now(o);
		free(o);
	}
}

/* Data of two whole segments and a rest.  */
#define BIG_BYTES (2 * 16344 + 1000)

static uint8_t big[BIG_BYTES];

/* Returns the cell of its list of segments.  */
static uint32_t build_big(unsigned segments)
{
	uint8_t list[12], db[8] = { 'd', 'b' };
	uint32_t root, v, cell = 0;

	for (size_t i = 0; i < BIG_BYTES; i++)
		big[i] = (uint8_t)(i * 7 + i / 256);
	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	for (unsigned i = 0; i < 3; i++)
		put32(list + 4 * i,
		      hive_image_cell(&image, big + i * 16344,
				      i < 2 ? 16344 : 1000));
	cell = hive_image_cell(&image, list, sizeof(list));
	put16(db + 2, segments);
	put32(db + 4, cell);
	v = hive_image_value(&image, "Big", 3, "12345", 5);
	put32(hive_image_at(&image, v) + 4, BIG_BYTES);
	put32(hive_image_at(&image, v) + 8,
	      hive_image_cell(&image, db, sizeof(db)));
	hive_image_values(&image, root, &v, 1);
	hive_image_finish(&image);
	return cell;
}

static size_t read_big(struct opened *o, struct cites *c)
{
	struct hive_key root;
	struct hive_value v;
	struct span s = { 0 };

	cr_assert_eq(hive_root(o->hive, &root, NULL), 0);
	cr_assert_eq(hive_find_value(o->hive, &root, "Big", &v, NULL), 0);
	if (hive_read_value(o->hive, &v, &s, c, NULL) < 0)
		return 0;
	cr_expect_eq(memcmp(s.p, big, s.n), 0);
	return s.n;
}

Test(hive, big_data_is_put_together_and_each_segment_cited)
{
	struct cites c = { 0 };

	build_big(3);
	OPEN(o, image.bytes, image.n);
	cr_expect_eq(read_big(&o, &c), BIG_BYTES);
	cr_expect_eq(c.n, 3);
	cr_expect_eq(c.list[2].length, 1000);
	cr_expect_arr_eq(image.bytes + c.list[2].offset, big + 2 * 16344, 1000);
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

Test(hive, big_data_that_lost_a_segment_ends_before_it)
{
	build_big(2);
	OPEN(o, image.bytes, image.n);
	cr_expect_eq(read_big(&o, NULL), 2 * 16344);
	cr_expect_eq(found(&o, &FINDING_VALUE_DATA), 1);
	close_now(&o);
	uint32_t list = build_big(3);
	put32(hive_image_at(&image, list) + 4, 0xffffffff);
	OPEN(p, image.bytes, image.n);
	cr_expect_eq(read_big(&p, NULL), 16344);
	cr_expect_eq(found(&p, &FINDING_VALUE_DATA), 1);
	close_now(&p);
	/* The first one again in place of the second.  */
	list = build_big(3);
	memcpy(hive_image_at(&image, list) + 4, hive_image_at(&image, list), 4);
	OPEN(q, image.bytes, image.n);
	cr_expect_eq(read_big(&q, NULL), 16344);
	cr_expect_eq(found(&q, &FINDING_VALUE_DATA), 1);
	close_now(&q);
}

/* Data of 16345 bytes and more in one cell is as old versions write it.  */
Test(hive, before_version_1_4_large_data_lies_in_one_cell)
{
	uint32_t root, v;
	struct hive_value value;
	struct hive_key k;
	struct span s;

	memset(big, 'x', sizeof(big));
	memcpy(big, "db\1\0\x20\0\0\0", 8);
	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	v = hive_image_value(&image, "Big", 3, big, sizeof(big));
	hive_image_values(&image, root, &v, 1);
	put32(image.bytes + 24, 3);
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_root(o.hive, &k, NULL), 0);
	cr_assert_eq(hive_find_value(o.hive, &k, "Big", &value, NULL), 0);
	cr_assert_eq(hive_read_value(o.hive, &value, &s, NULL, NULL), 0);
	cr_assert_eq(s.n, sizeof(big));
	cr_expect_arr_eq(s.p, big, sizeof(big));
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

Test(hive, a_cell_larger_than_the_hive_ends_with_it)
{
	uint32_t data;
	uint64_t left;
	struct hive_key k;
	struct hive_value v;
	struct span s = { 0 };

	build("lh");
	data = cell_at(values[3], 8);
	put32(hive_image_at(&image, data) - 4, 0x80000008);
	put32(hive_image_at(&image, values[3]) + 4, 0x10000);
	left = image.n - place(hive_image_at(&image, data));
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_assert_eq(hive_find_value(o.hive, &k, "Bytes", &v, NULL), 0);
	cr_assert_eq(hive_read_value(o.hive, &v, &s, NULL, NULL), 0);
	cr_expect_eq(s.n, left);
	cr_expect_eq(found(&o, &FINDING_VALUE_DATA), 1);
	close_now(&o);
}

/* It was told as a time in the year 60056.  */
Test(hive, a_time_that_windows_does_not_have_is_none)
{
	static const struct {
		uint8_t high;
		uint64_t want;
		size_t findings;
	} cases[] = {
		{ HIVE_IMAGE_TIME >> 56, HIVE_IMAGE_TIME, 0 },
		{ 0x00, 0, 1 },		/* 1787 */
		{ 0x03, 0, 1 },		/* 2472 */
		{ 0x7f, 0, 1 },
		{ 0x80, 0, 1 },
		{ 0xff, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hive_key k, again;
		uint8_t *nk;

		build("lh");
		nk = hive_image_at(&image, alpha);
		nk[4 + 7] = cases[i].high;
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
		cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &again, NULL),
			     0);
		cr_expect_eq(k.last_written, cases[i].want);
		cr_assert_eq(o.diags.n, cases[i].findings);
		if (o.diags.n > 0) {
			cr_expect_eq(o.diags.list[0].kind, &FINDING_KEY_TIME);
			cr_expect_eq(o.diags.list[0].cites.list[0].offset,
				     (uint64_t)(nk - image.bytes));
		}
		close_now(&o);
	}
}

Test(hive, a_tombstone_is_listed_but_not_found)
{
	struct hive_key k;
	struct hive_value v;
	struct names n = { 0 };

	build("lh");
	put16(hive_image_at(&image, values[3]) + 16, 3);
	put32(image.bytes + 24, 6);
	hive_image_sum(&image);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k, NULL), 0);
	cr_expect_eq(hive_each_value(o.hive, &k, name_value, &n, NULL), 0);
	cr_expect_str_eq(n.text, "Text Number  Bytes");
	cr_expect_eq(hive_find_value(o.hive, &k, "Bytes", &v, NULL),
		     ERR_NOT_FOUND);
	close_now(&o);
}

/* --- base block and root ---------------------------------------------------- */

Test(hive, different_sequences_make_a_hive_dirty)
{
	build("lh");
	put32(image.bytes + 8, 6);
	hive_image_sum(&image);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect(hive_info(o.hive)->dirty);
	cr_expect(hive_info(o.hive)->checksum_ok);
	cr_expect_eq(found(&o, &FINDING_HIVE_DIRTY), 1);
	cr_expect_eq(found(&o, &FINDING_BASE_BLOCK), 0);
	close_now(&o);
}

/* hivex and libregf give the hive up.  */
Test(hive, a_wrong_checksum_is_dirty_and_said_and_not_the_end)
{
	struct names n;

	build("lh");
	image.bytes[508] ^= 1;
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect(!hive_info(o.hive)->checksum_ok);
	cr_expect(hive_info(o.hive)->dirty);
	cr_expect_eq(found(&o, &FINDING_BASE_BLOCK), 1);
	cr_expect_eq(found(&o, &FINDING_HIVE_DIRTY), 1);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	close_now(&o);
}

/* 1 instead of 5 would be the version of NT 3.1, whose cells differ.  */
Test(hive, a_damaged_version_does_not_choose_the_layout)
{
	struct names n;

	build("lh");
	put32(image.bytes + 24, 1);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect_gt(found(&o, &FINDING_BASE_BLOCK), 0);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	close_now(&o);
}

Test(hive, a_lost_base_block_is_said_and_the_bins_are_read)
{
	struct names n;

	build("lh");
	memset(image.bytes, 0, 4096);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect_gt(found(&o, &FINDING_BASE_BLOCK), 0);
	cr_expect(hive_info(o.hive)->dirty);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	close_now(&o);
}

Test(hive, a_base_block_in_a_bad_sector_is_said_and_the_bins_are_read)
{
	struct names n;

	build("lh");
	struct opened o = open_bytes(image.bytes, image.n);
	o.source.bad_at = 0;
	open_now(&o);
	cr_assert_eq(o.result, 0);
	cr_expect_gt(found(&o, &FINDING_BASE_BLOCK), 0);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	close_now(&o);
}

Test(hive, what_is_no_hive_is_refused)
{
	static const uint8_t zeros[8192];

	OPEN(o, zeros, sizeof(zeros));
	cr_expect_eq(o.result, ERR_MAGIC);
	cr_expect_eq(o.err.at, 0);
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
	OPEN(empty, zeros, 0);
	cr_expect_eq(empty.result, ERR_TRUNCATED);
	close_now(&empty);
	build("lh");
	put32(image.bytes + 28, 6);
	hive_image_sum(&image);
	OPEN(log, image.bytes, image.n);
	cr_expect_eq(log.result, ERR_UNSUPPORTED, "a transaction log");
	cr_expect_eq(log.err.got, 6);
	close_now(&log);
}

Test(hive, a_root_cell_that_leads_nowhere_is_looked_for)
{
	static const uint32_t wrong[] = {
		0, 0x28, 0xffffffff, 0x10000000, 0x21, 0x7ffffff8,
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct names n;

		build("lh");
		put32(image.bytes + 36, wrong[i]);
		hive_image_sum(&image);
		OPEN(o, image.bytes, image.n);
		cr_assert_eq(o.result, 0, "%x", wrong[i]);
		cr_expect_eq(found(&o, &FINDING_ROOT_KEY), 1);
		cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
		close_now(&o);
	}
}

/* A saved hive has such a root.  */
Test(hive, a_root_without_its_flag_is_taken_from_a_sound_base_block)
{
	struct names n;

	build("lh");
	put16(hive_image_at(&image, 0x20) + 2, 0x20);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(o.result, 0);
	cr_expect_str_eq(subkeys_of(&o, &n), "Alpha Beta");
	cr_expect_eq(o.diags.n, 0);
	close_now(&o);
}

/* The root cell of a base block with a wrong checksum may be any number.  */
Test(hive, another_key_is_not_taken_for_the_root_unless_there_is_no_other)
{
	struct hive_key root;

	build("lh");
	put32(image.bytes + 36, alpha);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_root(o.hive, &root, NULL), 0);
	cr_expect_str_eq(root.name.utf8, "ROOT");
	cr_expect_eq(found(&o, &FINDING_ROOT_KEY), 1);
	close_now(&o);
	put16(hive_image_at(&image, 0x20) + 2, 0x20);
	OPEN(p, image.bytes, image.n);
	cr_assert_eq(hive_root(p.hive, &root, NULL), 0);
	cr_expect_str_eq(root.name.utf8, "Alpha");
	cr_expect_eq(found(&p, &FINDING_ROOT_KEY), 1);
	close_now(&p);
}

Test(hive, without_any_key_there_is_no_hive)
{
	build("lh");
	memset(image.bytes + 4096 + 0x20, 0, image.n - 4096 - 0x20);
	OPEN(o, image.bytes, image.n);
	cr_expect_eq(o.result, ERR_VALUE);
	cr_expect_eq(o.err.at, 4096 + 0x20);
	close_now(&o);
}

Test(hive, a_page_that_cannot_be_read_ends_only_what_lies_in_it)
{
	uint32_t root, keys[2];
	uint8_t filler[8000] = { 0 };
	struct names n;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	keys[0] = hive_image_key(&image, "Near");
	hive_image_cell(&image, filler, sizeof(filler));
	keys[1] = hive_image_key(&image, "Far");
	hive_image_subkeys(&image, root, 2,
			   hive_image_list(&image, "lh", keys, 2));
	hive_image_finish(&image);
	struct opened o = open_bytes(image.bytes, image.n);
	o.source.bad_at = place(hive_image_at(&image, keys[1])) + 10;
	open_now(&o);
	cr_assert_eq(o.result, 0);
	cr_expect_str_eq(subkeys_of(&o, &n), "Near");
	cr_expect_eq(o.result, ERR_IO);
	cr_expect_eq(found(&o, &FINDING_KEY_UNREADABLE), 1);
	o.result = 0;
	close_now(&o);
}

/* --- all of it ------------------------------------------------------------- */

struct whole {
	struct hive *hive;
	unsigned depth, n;
	uint64_t bytes;
};

static int whole_value(void *ctx, const struct hive_value *v)
{
	struct whole *w = ctx;
	struct span s;

	w->n++;
	if (hive_read_value(w->hive, v, &s, NULL, NULL) == 0) {
		cr_assert_leq(s.n, v->size);
		w->bytes += s.n;
	}
	return 0;
}

static int whole_key(void *ctx, const struct hive_key *k)
{
	struct whole *w = ctx;

	w->n++;
	hive_each_value(w->hive, k, whole_value, w, NULL);
	if (w->depth++ < 4)
		hive_each_subkey(w->hive, k, whole_key, w, NULL);
	w->depth--;
	return 0;
}

/* Open and read all; returns the number of keys and values, or the error.  */
static int read_whole(const void *p, size_t n, size_t *ret_findings)
{
	struct whole w = { 0 };
	struct hive_key root;

	OPEN(o, p, n);
	if (o.result == 0) {
		w.hive = o.hive;
		cr_assert_eq(hive_root(o.hive, &root, NULL), 0);
		whole_key(&w, &root);
	}
	*ret_findings = o.diags.n;
	close_now(&o);
	return o.result < 0 ? o.result : (int)w.n;
}

Test(hive, every_truncation_is_an_error_or_a_finding)
{
	size_t findings;

	build("lh");
	cr_assert_eq(read_whole(image.bytes, image.n, &findings), 3 + 4);
	cr_assert_eq(findings, 0);
	for (size_t n = 0; n < image.n; n++) {
		uint8_t *copy = malloc(n);	/* its end is guarded by ASan */
		int r;

		memcpy(copy, image.bytes, n);
		r = read_whole(copy, n, &findings);
		cr_expect(r < 0 || findings > 0, "%zu bytes: %d", n, r);
		free(copy);
	}
}

/* Where the used part of the base block and of the bin end.  */
Test(hive, every_changed_byte_is_survived)
{
	static const uint8_t changes[] = { 0xff, 0x01, 0x80, 0x08 };
	size_t used;

	build("lh");
	for (used = image.n; image.bytes[used - 1] == 0; used--)
		;
	for (size_t at = 0; at < used; at = at == 511 ? 4096 : at + 1)
		for (size_t i = 0; i < sizeof(changes); i++) {
			size_t findings;
			int r;

			image.bytes[at] ^= changes[i];
			r = read_whole(image.bytes, image.n, &findings);
			cr_expect(at >= 508 || r < 0 || findings > 0,
				  "base block, byte %zu", at);
			image.bytes[at] ^= changes[i];
		}
}

/* A change in one value leaves the other three as they are.  */
Test(hive, a_changed_byte_in_a_value_leaves_the_others_alone)
{
	build("lh");
	uint8_t *vk = hive_image_at(&image, values[1]);

	for (size_t at = 0; at < 26; at++)
		for (unsigned x = 1; x < 256; x++) {
			struct hive_key k;
			struct hive_value v;
			struct span s;

			vk[at] ^= (uint8_t)x;
			OPEN(o, image.bytes, image.n);
			cr_assert_eq(hive_find_key(o.hive, NULL, "Alpha", &k,
						   NULL), 0);
			cr_assert_eq(hive_find_value(o.hive, &k, "Bytes", &v,
						     NULL), 0);
			cr_assert_eq(hive_read_value(o.hive, &v, &s, NULL,
						     NULL), 0);
			cr_assert_eq(s.n, 10);
			cr_assert_arr_eq(s.p, "0123456789", 10);
			close_now(&o);
			vk[at] ^= (uint8_t)x;
		}
}

/* Keys in every page of the file; one look-up reads a few of them.  */
Test(hive, a_search_reads_what_it_needs_once)
{
	uint32_t root, keys[40];
	uint8_t filler[3000] = { 0 };
	struct hive_key k;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	for (int i = 0; i < 40; i++) {
		char name[8];

		snprintf(name, sizeof(name), "Key%d", i);
		keys[i] = hive_image_key(&image, name);
		hive_image_cell(&image, filler, sizeof(filler));
	}
	hive_image_subkeys(&image, root, 40,
			   hive_image_list(&image, "lh", keys, 40));
	hive_image_finish(&image);
	OPEN(o, image.bytes, image.n);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Key39", &k, NULL), 0);
	cr_expect_leq(o.source.calls, 4, "%llu calls",
		      (unsigned long long)o.source.calls);
	uint64_t before = o.source.calls;
	cr_assert_eq(hive_find_key(o.hive, NULL, "Key39", &k, NULL), 0);
	cr_expect_eq(o.source.calls, before, "pages are kept");
	close_now(&o);
}
