/* Hives that Windows wrote, read by us and by hivex in the same run.  */
#include <criterion/criterion.h>

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/shared_data.h"
#include "registry/findings.h"
#include "registry/hive.h"

#define YARP "msuhanov__yarp/hives_for_tests/"
#define EZ "EricZimmerman__Registry/Registry.Test/Hives/"
#define REGIPY "mkorman90__regipy/regipy_tests/data/"

/* The two ways through one tree.  */
struct both {
	struct hive *ours;
	hive_h *theirs;
	const hive_node_h *nodes;	/* what hivex gives for this level */
	const hive_value_h *values;
	size_t i;
	unsigned depth;
	size_t keys, n_values, differences;
	const char *file;
};

/* hivex ends a name at its first NUL; we write <U+0000> for it.  */
static bool same_name(const char *ours, const char *theirs)
{
	const char *nul = strstr(ours, "<U+0000>");

	if (nul != NULL)
		return strncmp(ours, theirs, (size_t)(nul - ours)) == 0;
	return strcmp(ours, theirs) == 0;
}

static void differ(struct both *b, const char *what, const char *name)
{
	if (b->differences++ < 5)
		cr_log_error("%s: %s of \"%s\" differs", b->file, what, name);
}

static int compare_value(void *ctx, const struct hive_value *v)
{
	struct both *b = ctx;
	hive_value_h theirs = b->values[b->i++];
	hive_type type;
	size_t n;
	char *name, *data;
	struct span ours;

	b->n_values++;
	if (theirs == 0) {
		differ(b, "presence", v->name.utf8);
		b->i--;
		return 0;
	}
	name = hivex_value_key(b->theirs, theirs);
	data = hivex_value_value(b->theirs, theirs, &type, &n);
	if (name != NULL && !same_name(v->name.utf8, name))
		differ(b, "value name", v->name.utf8);
	if (hive_read_value(b->ours, v, &ours, NULL, NULL) < 0)
		ours.n = SIZE_MAX;
	if (data != NULL && ((uint32_t)type != v->type || n != ours.n ||
			     memcmp(data, ours.p, n) != 0))
		differ(b, "value", v->name.utf8);
	free(name);
	free(data);
	return 0;
}

static void compare_values(struct both *b, const struct hive_key *k,
			   hive_node_h node)
{
	hive_value_h *values = hivex_node_values(b->theirs, node);
	struct both level = *b;

	if (values == NULL)
		return;		/* hivex gives up; we may not have to */
	level.values = values;
	level.i = 0;
	hive_each_value(b->ours, k, compare_value, &level, NULL);
	b->n_values = level.n_values;
	b->differences = level.differences;
	if (values[level.i] != 0)
		differ(b, "number of values", k->name.utf8);
	free(values);
}

static void compare_key(struct both *b, const struct hive_key *k,
			hive_node_h node);

static int compare_subkey(void *ctx, const struct hive_key *k)
{
	struct both *b = ctx;
	hive_node_h node = b->nodes[b->i];

	if (node == 0) {
		differ(b, "presence", k->name.utf8);
		return 0;
	}
	b->i++;
	compare_key(b, k, node);
	return 0;
}

static void compare_key(struct both *b, const struct hive_key *k,
			hive_node_h node)
{
	char *name = hivex_node_name(b->theirs, node);
	hive_node_h *children = hivex_node_children(b->theirs, node);
	struct both level;

	b->keys++;
	if (name != NULL && !same_name(k->name.utf8, name))
		differ(b, "key name", k->name.utf8);
	if ((uint64_t)hivex_node_timestamp(b->theirs, node) != k->last_written)
		differ(b, "time", k->name.utf8);
	compare_values(b, k, node);
	free(name);
	if (children == NULL)
		return;
	level = *b;
	level.nodes = children;
	level.i = 0;
	cr_assert_lt(level.depth++, 512);
	hive_each_subkey(b->ours, k, compare_subkey, &level, NULL);
	if (children[level.i] != 0)
		differ(&level, "number of subkeys", k->name.utf8);
	b->keys = level.keys;
	b->n_values = level.n_values;
	b->differences = level.differences;
	free(children);
}

/* False if hivex cannot open it.  */
static bool compare_hive(const char *path, size_t *ret_keys)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct both b = { .file = path };
	struct hive_key root;
	size_t n;
	uint8_t *bytes = load_file(path, &n);
	struct bytes_source s = bytes_source(bytes, n);

	cr_assert_eq(hive_open(&s.source, a, &d, &b.ours, NULL), 0, "%s", path);
	cr_assert_eq(hive_root(b.ours, &root, NULL), 0);
	b.theirs = hivex_open(path, 0);
	if (b.theirs != NULL)
		compare_key(&b, &root, hivex_root(b.theirs));
	cr_expect_eq(b.differences, 0, "%s", path);
	/* What is not damaged earns no finding, beyond being dirty, and the
	 * one key of one sample whose parent was changed.  */
	for (size_t i = 0; i < d.n; i++)
		cr_expect(d.list[i].kind == &FINDING_HIVE_DIRTY ||
			  strstr(path, "InvalidParentHive") != NULL, "%s: %s",
			  path, d.list[i].message);
	*ret_keys = b.keys + b.n_values;
	if (b.theirs != NULL)
		hivex_close(b.theirs);
	hive_close(b.ours);
	free(bytes);
	arena_free(a);
	return b.theirs != NULL;
}

Test(hive_real, hivex_sees_the_same_keys_values_and_data)
{
	static const char *const plain[] = {
		YARP "BigDataHive", YARP "BogusKeyNamesHive", YARP "CompHive",
		YARP "DeletedDataHive", YARP "DuplicateSubkeysHive",
		YARP "EmptyHive", YARP "ExtendedASCIIHive", YARP "HealedHive",
		YARP "InvalidParentHive", YARP "ManySubkeysHive",
		YARP "MultiSzHive", YARP "NewFlagsHive", YARP "OffHive",
		YARP "PairHive", YARP "ReallocValueDataHive",
		YARP "ReallocValueHive", YARP "RemnantData", YARP "RemnantsHive",
		YARP "SlackHive", YARP "SqliteHive", YARP "StringValuesHive",
		YARP "TwoOwnersHive", YARP "UnicodeHive", YARP "UpcaseHive",
		YARP "ValuesOrderHive",
		EZ "BCD", EZ "NTUSER1.DAT", EZ "SAM", EZ "SAM_DUPENAME",
		EZ "SAM_hasBigEndianDWord", EZ "SECURITY",
		"ColinFinck__nt-hive/testdata/testhive",
		"libguestfs__hivex/images/rlenvalue_test_hive",
		"libguestfs__hivex/images/special",
		YARP "NewDirtyHive1/NewDirtyHive",
		YARP "NewDirtyHive1/RecoveredHive_Windows10",
		YARP "OldDirtyHive/OldDirtyHive",
		YARP "OldDirtyHive/RecoveredHive_Windows7",
		"strozfriedberg__notatin/test_data/NTUSER.DAT",
		"libyal__winreg-kb/test_data/NTUSER.DAT",
		"log2timeline__plaso/test_data/NTUSER.DAT",
		"log2timeline__plaso/test_data/NTUSER-WIN7.DAT",
		"forensicmatt__r-winreg/.testdata/NTUSER.DAT",
	};
	size_t total = 0, opened = 0;

	if (shared_data(plain[0]) == NULL)
		cr_skip_test("no shared data");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		const char *path = shared_data(plain[i]);
		size_t n;

		if (path == NULL)
			continue;
		opened += compare_hive(path, &n);
		total += n;
	}
	cr_expect_geq(opened, 30, "%zu", opened);
	cr_expect_gt(total, 30000, "%zu", total);
}

Test(hive_real, hivex_sees_the_same_in_whole_system_hives)
{
	static const char *const packed[][2] = {
		{ REGIPY "SYSTEM.xz", "SYSTEM" },
		{ REGIPY "NTUSER.DAT.xz", "NTUSER.DAT" },
		{ REGIPY "BCD.xz", "BCD" },
		{ REGIPY "SAM.xz", "SAM" },
		{ REGIPY "SECURITY.xz", "SECURITY" },
		{ REGIPY "amcache.hve.xz", "amcache.hve" },
	};
	size_t total = 0;

	if (shared_data(packed[0][0]) == NULL)
		cr_skip_test("no shared data");
	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		const char *path = shared_data_unpacked(packed[i][0],
							packed[i][1]);
		size_t n;

		cr_expect(compare_hive(path, &n), "%s", path);
		total += n;
	}
	cr_expect_gt(total, 100000, "%zu", total);
}

struct tree {
	struct hive *hive;
	size_t keys, values, bytes;
	unsigned depth;
};

static int tree_value(void *ctx, const struct hive_value *v)
{
	struct tree *t = ctx;
	struct span s;

	t->values++;
	if (hive_read_value(t->hive, v, &s, NULL, NULL) == 0)
		t->bytes += s.n;
	return 0;
}

static int tree_key(void *ctx, const struct hive_key *k)
{
	struct tree *t = ctx;

	t->keys++;
	hive_each_value(t->hive, k, tree_value, t, NULL);
	if (t->depth++ < 512)
		hive_each_subkey(t->hive, k, tree_key, t, NULL);
	t->depth--;
	return 0;
}

/* The whole tree of @bytes, or what is left of it.  */
static int read_tree(const uint8_t *bytes, size_t n, struct tree *ret,
		     struct diag_list *d)
{
	struct bytes_source s = bytes_source(bytes, n);
	struct hive_key root;
	int r = hive_open(&s.source, d->arena, d, &ret->hive, NULL);

	if (r < 0)
		return r;
	hive_root(ret->hive, &root, NULL);
	tree_key(ret, &root);
	hive_close(ret->hive);
	return 0;
}

/* What Maxim Suhanov's samples were made to be.  */
static const struct quirk {
	const char *file;
	int result;
	const struct diag_kind *finding;	/* one that must be there */
	size_t least_keys;
} quirks[] = {
	{ YARP "BadListHive", 0, &FINDING_PARENT_DIFFERS, 7 },
	{ YARP "BadSubkeyHive", 0, &FINDING_PARENT_DIFFERS, 7 },
	{ YARP "DeletedDataHiveTruncated", 0, &FINDING_LIST_DAMAGED, 2 },
	{ YARP "EffectiveSizeHive", 0, &FINDING_BASE_BLOCK, 5002 },
	{ YARP "InvalidParentHive", 0, &FINDING_PARENT_DIFFERS, 5003 },
	{ EZ "SAMBadHBinHeader", 0, NULL, 68 },	/* hivex refuses it */
	{ EZ "SECURITYNoRoot", 0, NULL, 8 },
	{ YARP "InvalidParentFragment", ERR_MAGIC, NULL, 0 },
	{ YARP "SqliteFragment", ERR_MAGIC, NULL, 0 },
	{ YARP "SqliteFragment.sqlite", ERR_MAGIC, NULL, 0 },
	{ YARP "OldLogWithRemnantData", ERR_UNSUPPORTED, NULL, 0 },
	{ YARP "System_Delta", 0, NULL, 3 },
	{ YARP "NewDirtyHive1/NewDirtyHive", 0, &FINDING_HIVE_DIRTY, 1 },
	{ YARP "NewDirtyHive1/NewDirtyHive.LOG1", ERR_UNSUPPORTED, NULL, 0 },
	{ YARP "OldDirtyHive/OldDirtyHive", 0, &FINDING_HIVE_DIRTY, 1 },
};

Test(hive_real, each_damaged_sample_is_read_with_findings_or_refused)
{
	for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
		const char *path = shared_data(quirks[i].file);
		struct diag_list d = { 0 };
		struct tree t = { 0 };
		uint8_t *bytes;
		size_t n;
		int r;

		if (path == NULL)
			cr_skip_test("no shared data");
		bytes = load_file(path, &n);
		d.arena = arena_new();
		r = read_tree(bytes, n, &t, &d);
		cr_expect_eq(r, quirks[i].result, "%s: %d", path, r);
		cr_expect_geq(t.keys, quirks[i].least_keys, "%s: %zu", path,
			      t.keys);
		if (quirks[i].finding != NULL)
			cr_expect_gt(diag_count(&d, quirks[i].finding), 0, "%s",
				     path);
		for (size_t j = 0; j < d.n; j++)
			cr_log_info("%s: %s", d.list[j].kind->code,
				    d.list[j].message);
		arena_free(d.arena);
		free(bytes);
	}
}

Test(hive_real, a_hive_of_nt_3_1_is_read)
{
	const char *path =
		shared_data("msuhanov__regf-samples/3.1/SOFTWARE");
	struct diag_list d = { 0 };
	struct bytes_source s;
	struct hive *h;
	struct hive_key k;
	struct text t;
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	bytes = load_file(path, &n);
	d.arena = arena_new();
	s = bytes_source(bytes, n);
	cr_assert_eq(hive_open(&s.source, d.arena, &d, &h, NULL), 0);
	cr_expect_eq(hive_info(h)->version_minor, 1);
	cr_expect_str_eq(hive_info(h)->file_name.utf8,
			 "temRoot\\System32\\Config\\SOFTWARE");
	cr_assert_eq(hive_find_key(h, NULL,
				   "Microsoft\\Windows NT\\CurrentVersion", &k,
				   NULL), 0);
	cr_assert_eq(hive_get_string(h, &k, "CurrentVersion", &t, NULL), 0);
	cr_expect_str_eq(t.utf8, "3.1");
	hive_close(h);
	struct tree tree = { 0 };
	cr_assert_eq(read_tree(bytes, n, &tree, &d), 0);
	/* As many as there are records in live cells.  */
	cr_expect_eq(tree.keys, 203);
	cr_expect_eq(tree.values, 482);
	cr_expect_eq(d.n, 0);
	arena_free(d.arena);
	free(bytes);
}

Test(hive_real, a_truncated_hive_gives_less_and_says_so)
{
	const char *path = shared_data(YARP "ManySubkeysHive");
	struct tree whole = { 0 };
	struct diag_list d = { 0 };
	uint8_t *bytes;
	size_t n, last = 0;

	if (path == NULL)
		cr_skip_test("no shared data");
	bytes = load_file(path, &n);
	d.arena = arena_new();
	cr_assert_eq(read_tree(bytes, n, &whole, &d), 0);
	arena_free(d.arena);
	/* Behind the bins the file is padded.  */
	n = 4096 + (size_t)(bytes[40] | bytes[41] << 8 | bytes[42] << 16);
	for (size_t left = 0; left < n; left += 7919) {
		struct tree t = { 0 };
		int r;

		d = (struct diag_list){ .arena = arena_new() };
		r = read_tree(bytes, left, &t, &d);
		cr_expect(r < 0 || d.n > 0, "%zu", left);
		cr_expect(t.keys >= last && t.keys <= whole.keys, "%zu", left);
		last = t.keys;
		arena_free(d.arena);
	}
	cr_expect_gt(last, whole.keys / 2);
	free(bytes);
}
