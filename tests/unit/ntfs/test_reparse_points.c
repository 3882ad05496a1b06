#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"

/* What a volume can have: every kind that is in use and indexed; one that is
 * only in the $MFT, one only in the index; deleted ones, alone and with the
 * directory above it.  */
static const char script[] =
	"mount /Mount/Data d0000000-0000-4000-8000-000000000002\n"
	"junction /Mount/Junction \\??\\C:\\Users\n"
	"junction /Mount/Into "
	"\\??\\Volume{d0000000-0000-4000-8000-000000000002}\\sub\n"
	"symlink /Mount/Link ..\\target\n"
	"bulk /many 20 2 300\n"
	"mount /Mount/Unindexed d0000000-0000-4000-8000-000000000004\n"
	"mount /Mount/Stale d0000000-0000-4000-8000-000000000005\n"
	"mount /Mount/Deleted d0000000-0000-4000-8000-000000000006\n"
	"mount /Gone/Deeper d0000000-0000-4000-8000-000000000007\n"
	"drop-index /Mount/Unindexed\n"
	"drop-attribute /Mount/Stale\n"
	"delete /Gone/Deeper\n"
	"delete /Gone\n"
	"delete /Mount/Deleted\n";

static void make(struct ntfs_sample *s, const char *name)
{
	const char *path = ntfs_sample_make(name, script);

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(s, path));
}

static void scan(struct ntfs_sample *s, enum ntfs_scan how,
		 struct ntfs_reparse_list *l)
{
	cr_assert_eq(ntfs_reparse_points(s->ntfs, how, l, NULL), 0);
}

static const struct ntfs_reparse *by_path(const struct ntfs_reparse_list *l,
					  const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->list[i].path.text.utf8, path) == 0)
			return &l->list[i];
	return NULL;
}

static void check_kinds(struct ntfs_sample *s)
{
	static const struct {
		const char *path;
		bool in_index, in_record, deleted;
		enum reparse_kind kind;
		const char *target;
	} want[] = {
		{ "\\Mount\\Data", true, true, false,
		  REPARSE_VOLUME_MOUNT_POINT,
		  "\\??\\Volume{d0000000-0000-4000-8000-000000000002}\\" },
		{ "\\Mount\\Junction", true, true, false, REPARSE_JUNCTION,
		  "\\??\\C:\\Users" },
		{ "\\Mount\\Into", true, true, false, REPARSE_JUNCTION,
		  "\\??\\Volume{d0000000-0000-4000-8000-000000000002}\\sub" },
		{ "\\Mount\\Link", true, true, false, REPARSE_SYMLINK,
		  "..\\target" },
		{ "\\Mount\\Unindexed", false, true, false,
		  REPARSE_VOLUME_MOUNT_POINT,
		  "\\??\\Volume{d0000000-0000-4000-8000-000000000004}\\" },
		{ "\\Mount\\Stale", true, false, false, 0, "" },
		{ "\\Mount\\Deleted", false, true, true,
		  REPARSE_VOLUME_MOUNT_POINT,
		  "\\??\\Volume{d0000000-0000-4000-8000-000000000006}\\" },
		{ "\\Gone\\Deeper", false, true, true,
		  REPARSE_VOLUME_MOUNT_POINT,
		  "\\??\\Volume{d0000000-0000-4000-8000-000000000007}\\" },
	};
	struct ntfs_reparse_list l;

	scan(s, NTFS_SCAN_FULL, &l);
	cr_expect(l.index_read && l.swept);
	cr_expect_eq(l.n, 308);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct ntfs_reparse *p = by_path(&l, want[i].path);

		cr_assert_not_null(p, "%s", want[i].path);
		cr_expect_eq(p->in_index, want[i].in_index, "%s", want[i].path);
		cr_expect_eq(p->in_record, want[i].in_record, "%s",
			     want[i].path);
		cr_expect_eq(p->deleted, want[i].deleted, "%s", want[i].path);
		cr_expect_eq(p->path.state, PATH_WHOLE);
		cr_expect_str_eq(text_from_utf16(s->arena,
						 p->data.substitute_name).utf8,
				 want[i].target);
		if (p->in_record)
			cr_expect_eq(p->data.kind, want[i].kind, "%s",
				     want[i].path);
	}
	/* By record number; the deleted ones are last.  */
	for (size_t i = 1; i < l.n - 2; i++)
		cr_expect_lt(l.list[i - 1].ref & 0xffffffffffff,
			     l.list[i].ref & 0xffffffffffff);
	cr_expect(l.list[l.n - 2].deleted && l.list[l.n - 1].deleted);
	cr_expect_eq(ntfs_sample_findings(s, "CM0314"), 1, "stale");
	cr_expect_eq(ntfs_sample_findings(s, "CM0315"), 1, "not indexed");
	cr_expect_eq(s->diags.n, 2);
}

Test(reparse_points, tells_the_kinds_apart_and_where_each_was_met)
{
	struct ntfs_sample s;

	make(&s, "kinds");
	check_kinds(&s);
	ntfs_sample_close(&s);
}

/* 2021-03-04 05:06:07 UTC, the builder's clock: (1614834367 + 11644473600)
 * seconds.  */
Test(reparse_points, give_the_time_of_the_record)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;

	make(&s, "times");
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_eq(by_path(&l, "\\Mount\\Data")->times.record_changed,
		     132593079670000000);
	ntfs_sample_close(&s);
}

/* icat prints $R of record 26 as it lies on disk: the root, and the blocks.  */
static size_t keys_by_icat(const char *image, const char *attribute)
{
	char command[512];
	uint8_t buf[65536];
	size_t n, keys = 0;
	FILE *f;

	snprintf(command, sizeof(command), "icat %s 26-%s 2>/dev/null", image,
		 attribute);
	f = popen(command, "r");
	n = fread(buf, 1, sizeof(buf), f);
	pclose(f);
	/* Entry length 0x20 or, with a sub-node, 0x28; key length 0x0c.  */
	for (size_t i = 0; i + 32 <= n; i += 8)
		keys += buf[i] == 0x1c && buf[i + 1] == 0 &&
			(buf[i + 8] == 0x20 || buf[i + 8] == 0x28) &&
			buf[i + 10] == 0x0c && buf[i + 11] == 0;
	return keys;
}

Test(reparse_points, the_index_is_read_to_its_end)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	size_t keys;

	make(&s, "index");
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect(l.index_read);
	cr_expect_not(l.swept);
	/* 4 of each kind, 300 in bulk, and the stale one.  */
	cr_expect_eq(l.n, 305);
	keys = keys_by_icat("build/data/index.ntfs", "144-2") +
	       keys_by_icat("build/data/index.ntfs", "160");
	/* Blocks may hold keys behind their last entry, never fewer.  */
	cr_expect_geq(keys, 305, "%zu", keys);
	ntfs_sample_close(&s);
}

Test(reparse_points, auto_sweeps_only_where_the_index_is_damaged)
{
	static const char sound[] =
		"mount /Mount/Data d0000000-0000-4000-8000-000000000002\n"
		"symlink /Mount/Link ..\\target\n";
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	uint64_t record;

	if (ntfs_sample_make("sound", sound) == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, "build/data/sound.ntfs"));
	scan(&s, NTFS_SCAN_AUTO, &l);
	cr_expect(l.index_read && !l.swept);
	ntfs_sample_close(&s);

	/* One key of it is stale.  */
	make(&s, "auto");
	scan(&s, NTFS_SCAN_AUTO, &l);
	cr_expect(l.index_read && l.swept);
	record = ntfs_sample_record(&s, 26);
	ntfs_sample_close(&s);

	/* The index is no longer called $R.  */
	for (size_t i = 0x38; i < 1000; i += 2) {
		char name[4];
		FILE *f = fopen("build/data/auto.ntfs", "rb");

		fseek(f, (long)(record + i), SEEK_SET);
		cr_assert_eq(fread(name, 1, 4, f), 4);
		fclose(f);
		if (memcmp(name, "$\0R\0", 4) == 0)
			ntfs_sample_patch("build/data/auto.ntfs", record + i,
					  "$\0X\0", 4);
	}
	cr_assert(ntfs_sample_open(&s, "build/data/auto.ntfs"));
	scan(&s, NTFS_SCAN_AUTO, &l);
	cr_expect(!l.index_read && l.swept);
	cr_expect_eq(l.n, 307, "all but the stale one: %zu", l.n);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0313"), 1);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0315"), 0);
	ntfs_sample_close(&s);
}

/* A block of $R with a broken signature costs its keys, not the index.  */
Test(reparse_points, a_damaged_block_of_the_index_is_a_finding)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	const struct ntfs_reparse *p;
	uint64_t at;

	make(&s, "block");
	scan(&s, NTFS_SCAN_INDEX, &l);
	p = &l.list[l.n / 2];
	at = p->cites.list[p->cites.n - 1].offset / 4096 * 4096;
	ntfs_sample_close(&s);
	ntfs_sample_patch("build/data/block.ntfs", at, "BAAD", 4);

	cr_assert(ntfs_sample_open(&s, "build/data/block.ntfs"));
	scan(&s, NTFS_SCAN_AUTO, &l);
	cr_expect_not(l.index_read);
	cr_expect(l.swept);
	/* Nothing is lost, only the stale key may have been in that block.  */
	cr_expect_geq(l.n, 307);
	cr_expect_geq(ntfs_sample_findings(&s, "CM0310"), 1);
	ntfs_sample_close(&s);
}

/* A bit of a key's reference flips, and it is that of another record, which has
 * a reparse point and is in the index.  The key begins at byte 16 of the entry
 * with 4 bytes of the tag.  */
Test(reparse_points, a_record_named_twice_makes_the_index_damaged)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	const struct ntfs_reparse *p, *other;
	char ref[8];
	uint64_t at;

	make(&s, "twice");
	scan(&s, NTFS_SCAN_INDEX, &l);
	p = by_path(&l, "\\Mount\\Data");
	other = by_path(&l, "\\Mount\\Junction");
	cr_assert(p != NULL && other != NULL);
	at = p->cites.list[p->cites.n - 1].offset + 20;
	for (unsigned i = 0; i < sizeof(ref); i++)
		ref[i] = (char)(other->ref >> (8 * i));
	ntfs_sample_close(&s);
	ntfs_sample_patch("build/data/twice.ntfs", at, ref, sizeof(ref));

	cr_assert(ntfs_sample_open(&s, "build/data/twice.ntfs"));
	scan(&s, NTFS_SCAN_AUTO, &l);
	cr_expect(!l.index_read && l.swept);
	cr_expect_not_null(by_path(&l, "\\Mount\\Data"));
	cr_expect_eq(ntfs_sample_findings(&s, "CM0310"), 1);
	ntfs_sample_close(&s);
	cr_assert(ntfs_sample_open(&s, "build/data/twice.ntfs"));
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_not(l.index_read || l.swept);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0310"), 1);
	ntfs_sample_close(&s);
}

/* A bit of a key's reference flips, and it is that of the root, which has no
 * reparse point: the mount point was lost, and only the root was spoken of.  */
Test(reparse_points, an_entry_that_leads_astray_makes_auto_look_further)
{
	static const char root[8] = { 5, 0, 0, 0, 0, 0, 5, 0 };
	const struct ntfs_reparse *p;
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	size_t stale;
	uint64_t at;

	make(&s, "astray");
	scan(&s, NTFS_SCAN_INDEX, &l);
	stale = ntfs_sample_findings(&s, "CM0314");
	p = by_path(&l, "\\Mount\\Data");
	cr_assert_not_null(p);
	at = p->cites.list[p->cites.n - 1].offset + 20;
	ntfs_sample_close(&s);
	ntfs_sample_patch("build/data/astray.ntfs", at, root, sizeof(root));

	cr_assert(ntfs_sample_open(&s, "build/data/astray.ntfs"));
	scan(&s, NTFS_SCAN_AUTO, &l);
	cr_expect(l.swept);
	p = by_path(&l, "\\Mount\\Data");
	cr_assert_not_null(p);
	cr_expect(!p->in_index && p->in_record);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0314"), stale + 1);
	cr_expect_geq(ntfs_sample_findings(&s, "CM0315"), 1);
	ntfs_sample_close(&s);
}

/* The message of the first finding of @code; "" where there is none.  */
static const char *message(const struct ntfs_sample *s, const char *code)
{
	for (size_t i = 0; i < s->diags.n; i++)
		if (strcmp(s->diags.list[i].kind->code, code) == 0)
			return s->diags.list[i].message;
	return "";
}

Test(reparse_points, a_stale_entry_is_told_with_its_path)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;

	make(&s, "stale-path");
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_not_null(strstr(message(&s, "CM0314"),
				  "its path is \\Mount\\Stale"), "%s",
			   message(&s, "CM0314"));
	ntfs_sample_close(&s);
}

/* A mount point that $R does not name, in a record that says that it is a part
 * of another's: it was lost, in the full sweep too.  */
Test(reparse_points, a_record_that_is_no_extension_is_read_all_the_same)
{
	const char *path = "build/data/no-extension.ntfs";
	const struct ntfs_reparse *p, *other;
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	uint64_t at, number, si;
	char base[8];

	make(&s, "no-extension");
	scan(&s, NTFS_SCAN_FULL, &l);
	p = by_path(&l, "\\Mount\\Unindexed");
	other = by_path(&l, "\\Mount\\Data");
	cr_assert(p != NULL && other != NULL);
	number = NTFS_RECORD(p->ref);
	for (unsigned i = 0; i < sizeof(base); i++)
		base[i] = (char)(other->ref >> (8 * i));
	at = ntfs_sample_record(&s, number) + 0x20;
	si = ntfs_sample_attribute(&s, path, number, 0x10);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at, base, sizeof(base));

	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_FULL, &l);
	p = by_path(&l, "\\Mount\\Unindexed");
	cr_assert_not_null(p);
	cr_expect_eq(p->data.kind, REPARSE_VOLUME_MOUNT_POINT);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0303"), 1);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0307"), 0);
	ntfs_sample_close(&s);

	/* Without $STANDARD_INFORMATION it is an extension, of a file that has
	 * no attribute list.  */
	ntfs_sample_patch(path, si, "\x30", 1);
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_FULL, &l);
	cr_expect_null(by_path(&l, "\\Mount\\Unindexed"));
	cr_expect_not_null(by_path(&l, "\\Mount\\Data"));
	cr_expect_eq(ntfs_sample_findings(&s, "CM0307"), 1);
	ntfs_sample_close(&s);
}

/* The lengths of one key's entry: its own at 8, that of the key at 10.  */
Test(reparse_points, a_broken_key_costs_no_other)
{
	static const struct { unsigned off; size_t lost; } bad[] = {
		{ 8, 0 }, { 10, 1 },
	};

	for (size_t i = 0; i < 2; i++) {
		struct ntfs_reparse_list l;
		struct ntfs_sample s;
		const struct ntfs_reparse *p;
		uint64_t at;

		make(&s, "broken_key");
		scan(&s, NTFS_SCAN_INDEX, &l);
		cr_assert_eq(l.n, 305);
		p = by_path(&l, "\\Mount\\Junction");
		at = p->cites.list[p->cites.n - 1].offset + bad[i].off;
		ntfs_sample_close(&s);
		ntfs_sample_patch("build/data/broken_key.ntfs", at, "\xef\xef",
				  2);
		cr_assert(ntfs_sample_open(&s, "build/data/broken_key.ntfs"));
		scan(&s, NTFS_SCAN_INDEX, &l);
		cr_expect_not(l.index_read, "damaged");
		cr_expect_eq(l.n, 305 - bad[i].lost, "case %zu: %zu", i, l.n);
		cr_expect_eq(by_path(&l, "\\Mount\\Junction") == NULL,
			     bad[i].lost == 1);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0310"), 1);
		ntfs_sample_close(&s);
	}
}

/* The bytes that the citations of @p name, put together, but for those of the
 * index entry.  */
static size_t cited_bytes(struct ntfs_sample *s, const struct ntfs_reparse *p,
			  const char *structure, uint8_t *buf, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->cites.n; i++) {
		const struct cite *c = &p->cites.list[i];

		if (strcmp(c->structure, structure) != 0)
			continue;
		cr_assert_leq(n + c->length, max);
		cr_assert_eq(source_read(s->source, c->offset, buf + n,
					 c->length, NULL), 0);
		n += c->length;
	}
	return n;
}

static void check_citations(struct ntfs_sample *s)
{
	struct ntfs_reparse_list l;
	uint8_t buf[REPARSE_MAX_BYTES];

	scan(s, NTFS_SCAN_FULL, &l);
	cr_assert_gt(l.n, 0);
	for (size_t i = 0; i < l.n; i++) {
		const struct ntfs_reparse *p = &l.list[i];
		size_t n = cited_bytes(s, p, "reparse point", buf,
				       sizeof(buf));

		cr_expect_eq(n, p->raw.n);
		if (n > 0)
			cr_expect_arr_eq(buf, p->raw.p, n);
		n = cited_bytes(s, p, "reparse index entry", buf, sizeof(buf));
		if (!p->in_index) {
			cr_expect_eq(n, 0);
			continue;
		}
		cr_expect(n == 32 || n == 40);
		cr_expect_eq(get_le32(*(le32 *)(buf + 16)), p->tag);
		cr_expect_eq(get_le64(*(le64 *)(buf + 20)), p->ref);
	}
}

/* The data of some of these lies across the end of a block of 512 bytes, where
 * two bytes are kept in the fix-up array.  */
Test(reparse_points, every_citation_gives_the_bytes_of_the_fact)
{
	const char *path = shared_data_unpacked(
		"fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
		"ntfs-cloud.bin");
	struct ntfs_sample s;

	if (path != NULL) {
		cr_assert(ntfs_sample_open(&s, path));
		check_citations(&s);
		ntfs_sample_close(&s);
	}
	make(&s, "cites");
	check_citations(&s);
	ntfs_sample_close(&s);
}

static void check_witness(struct ntfs_sample *s)
{
	struct ntfs_reparse_list l;
	enum ntfs_witness w;

	scan(s, NTFS_SCAN_FULL, &l);
	for (size_t i = 0; i < l.n; i++) {
		if (!l.list[i].in_record)
			continue;
		cr_assert_eq(ntfs_witness_fsntfs(s->ntfs, &l.list[i], &w, NULL),
			     0);
		cr_expect_eq(w, NTFS_WITNESS_AGREES, "%s",
			     l.list[i].path.text.utf8);
	}
}

Test(reparse_points, libfsntfs_agrees)
{
	struct ntfs_sample s;

	make(&s, "witness");
	check_witness(&s);
	ntfs_sample_close(&s);
}

/* Clusters larger than index blocks, up to the largest there are, and records
 * of 4096 bytes, which sectors of that size make.  */
Test(reparse_points, are_the_same_in_every_geometry)
{
	static const struct {
		const char *options;
		unsigned cluster, record;
	} geometries[] = {
		{ "-s 512 -c 512", 512, 1024 },
		{ "-s 512 -c 65536", 65536, 1024 },
		{ "-s 4096 -c 4096", 4096, 4096 },
		{ "-s 4096 -c 65536", 65536, 4096 },
		{ "-s 512 -c 2097152", 2097152, 1024 },
		{ "-s 4096 -c 2097152", 2097152, 4096 },
	};

	for (size_t i = 0; i < sizeof(geometries) / sizeof(geometries[0]);
	     i++) {
		const char *path = ntfs_sample_make_as(
			"geometry", geometries[i].options, 96, script);
		struct ntfs_sample s;

		if (path == NULL)
			cr_skip_test("no sample builder");
		cr_assert(ntfs_sample_open(&s, path));
		cr_expect_eq(ntfs_info(s.ntfs)->cluster_size,
			     geometries[i].cluster);
		cr_expect_eq(ntfs_info(s.ntfs)->record_size,
			     geometries[i].record);
		check_kinds(&s);
		check_citations(&s);
		check_witness(&s);
		ntfs_sample_close(&s);
	}
}

/* That the witness can disagree: the tag and the name that it is asked to
 * confirm are made wrong.  */
Test(reparse_points, libfsntfs_disagrees_with_what_is_wrong)
{
	struct ntfs_reparse_list l;
	struct ntfs_reparse wrong;
	struct ntfs_sample s;
	enum ntfs_witness w;

	make(&s, "disagree");
	scan(&s, NTFS_SCAN_INDEX, &l);
	wrong = *by_path(&l, "\\Mount\\Data");
	wrong.data.substitute_name.n -= 2;
	cr_assert_eq(ntfs_witness_fsntfs(s.ntfs, &wrong, &w, NULL), 0);
	cr_expect_eq(w, NTFS_WITNESS_DISAGREES);
	wrong = *by_path(&l, "\\Mount\\Junction");
	wrong.tag = REPARSE_TAG_SYMLINK;
	cr_assert_eq(ntfs_witness_fsntfs(s.ntfs, &wrong, &w, NULL), 0);
	cr_expect_eq(w, NTFS_WITNESS_DISAGREES);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0321"), 2);
	/* The stale one has nothing to read.  */
	cr_assert_eq(ntfs_witness_fsntfs(s.ntfs, by_path(&l, "\\Mount\\Stale"),
					 &w, NULL), 0);
	cr_expect_eq(w, NTFS_WITNESS_UNAVAILABLE);
	ntfs_sample_close(&s);
}

/* The index names 1000 reparse points or so; what is read are they and the
 * directories above them, not the volume.  */
Test(reparse_points, reading_the_index_reads_little)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;

	make(&s, "little");
	s.stats = (struct io_stats){ 0 };
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_leq(s.stats.calls, 40, "%llu",
		      (unsigned long long)s.stats.calls);
	cr_expect_leq(s.stats.bytes, 500000, "%llu",
		      (unsigned long long)s.stats.bytes);
	ntfs_sample_close(&s);
}

/* Tags, records and paths as data/README and fls give them.  */
Test(reparse_points, of_a_cloud_folder)
{
	static const struct {
		unsigned record;
		uint32_t tag;
		const char *path;
	} want[] = {
		{ 38, 0x9000701a, "\\OneDrive" },
		{ 45, 0x9000601a, "\\OneDrive\\example.txt" },
		{ 46, 0x9000401a, "\\OneDrive\\created-online.txt" },
		{ 47, 0x9000601a,
		  "\\OneDrive\\created-from-desktop-while-online.txt" },
		{ 49, 0x9000601a, "\\OneDrive\\Documents" },
		{ 50, 0x9000601a, "\\OneDrive\\Personal Vault.lnk" },
		{ 55, 0x9000601a, "\\OneDrive\\always-keep-on-device.txt" },
	};
	const char *path = shared_data_unpacked(
		"fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
		"ntfs-cloud.bin");
	struct ntfs_reparse_list l;
	struct ntfs_sample s;

	if (path == NULL)
		cr_skip_test("no shared data");
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_FULL, &l);
	cr_expect(l.index_read && l.swept);
	cr_assert_eq(l.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < l.n; i++) {
		const struct ntfs_reparse *p = &l.list[i];

		cr_expect_eq(NTFS_RECORD(p->ref), want[i].record);
		cr_expect_eq(p->tag, want[i].tag);
		cr_expect_str_eq(p->path.text.utf8, want[i].path);
		cr_expect(p->in_index && p->in_record && !p->deleted);
	}
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
}

/* libfsntfs reads the data through a null pointer, which ended the program.  */
Test(reparse_points, of_no_length_are_not_shown_to_libfsntfs)
{
	const char *path = ntfs_sample_make("reparse-length",
		"mount /Mount/Data d0000000-0000-4000-8000-000000000002\n"
		"damage /Mount/Data 4 0000\n");
	enum ntfs_witness w = NTFS_WITNESS_AGREES;
	struct ntfs_reparse_list l;
	const struct ntfs_reparse *p;
	struct ntfs_sample s;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_AUTO, &l);
	p = by_path(&l, "\\Mount\\Data");
	cr_assert_not_null(p);
	cr_expect_eq(p->data.kind, REPARSE_VOLUME_MOUNT_POINT);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0317"), 1);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0322"), 0);
	cr_assert_eq(ntfs_witness_fsntfs(s.ntfs, p, &w, NULL), 0);
	cr_expect_eq(w, NTFS_WITNESS_UNAVAILABLE);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0322"), 1);
	ntfs_sample_close(&s);
}

/* The data of \\Mount\\Data gets the tag of a symbolic link.  */
Test(reparse_points, another_tag_in_the_index_is_told)
{
	const char *path = "build/data/tag.ntfs";
	const struct ntfs_reparse *p;
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	uint64_t at;

	make(&s, "tag");
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0316"), 0);
	p = by_path(&l, "\\Mount\\Data");
	cr_assert_not_null(p);
	at = p->cites.list[0].offset;
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at, "\x0c", 1);

	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_INDEX, &l);
	p = by_path(&l, "\\Mount\\Data");
	cr_assert_not_null(p);
	cr_expect_eq(p->tag, REPARSE_TAG_SYMLINK);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0316"), 1);
	cr_expect_not_null(strstr(message(&s, "CM0316"), "0xa0000003"));
	ntfs_sample_close(&s);
}

Test(reparse_points, a_junction_to_no_path_is_told)
{
	const char *path = ntfs_sample_make("odd-target",
		"junction /Good \\??\\C:\\Users\n"
		"junction /Odd C:\\Users\n");
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	const struct ntfs_reparse *p;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_eq(l.n, 2);
	cr_expect_eq(s.diags.n, 1);
	cr_assert_eq(ntfs_sample_findings(&s, "CM0325"), 1);
	p = by_path(&l, "\\Odd");
	cr_assert_not_null(p);
	cr_expect_eq(s.diags.list[0].cites.list[0].offset,
		     p->cites.list[0].offset);
	ntfs_sample_close(&s);
}

/* Of all volumes' reparse points so much is kept as fits the memory.  */
Test(reparse_points, that_find_no_room_are_told)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;

	make(&s, "no-room");
	cr_assert_not_null(arena_alloc(s.arena, 97u << 20));
	scan(&s, NTFS_SCAN_INDEX, &l);
	cr_expect_eq(l.n, 0);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0319"), 1);
	cr_expect_str_eq(message(&s, "CM0319"), "0 reparse points of the "
			 "volume are listed, mount points first, and up to 305 "
			 "more are not: they would take more memory than is "
			 "allowed.");
	ntfs_sample_close(&s);
}

/* A deleted one in a record between two that are there.  */
Test(reparse_points, deleted_ones_come_last)
{
	const char *path = ntfs_sample_make("order",
		"mount /First d0000000-0000-4000-8000-000000000002\n"
		"mount /Gone d0000000-0000-4000-8000-000000000003\n"
		"mount /Last d0000000-0000-4000-8000-000000000004\n"
		"delete /Gone\n");
	static const char *const want[] = { "\\First", "\\Last", "\\Gone" };
	struct ntfs_reparse_list l;
	struct ntfs_sample s;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_FULL, &l);
	cr_assert_eq(l.n, 3);
	for (size_t i = 0; i < 3; i++)
		cr_expect_str_eq(l.list[i].path.text.utf8, want[i]);
	cr_expect_lt(NTFS_RECORD(l.list[2].ref), NTFS_RECORD(l.list[1].ref));
	ntfs_sample_close(&s);
}

/* One changed letter in the record gave a mount point another path, and nobody
 * was told.  */
Test(reparse_points, the_name_is_held_against_the_directory)
{
	const char *path = ntfs_sample_make("reparse-name",
		"mount /Mount/Data d0000000-0000-4000-8000-000000000002\n");
	static const uint8_t name[] = { 'D', 0, 'a', 0, 't', 0, 'a', 0 };
	const struct ntfs_reparse *p;
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	uint8_t record[1024];
	size_t at = 0;
	uint64_t off;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_AUTO, &l);
	p = by_path(&l, "\\Mount\\Data");
	cr_assert_not_null(p);
	ntfs_check_name(s.ntfs, p);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0326"), 0);
	off = ntfs_sample_record(&s, NTFS_RECORD(p->ref));
	cr_assert_eq(source_read(s.source, off, record, sizeof(record), NULL),
		     0);
	while (memcmp(record + at, name, sizeof(name)) != 0)
		cr_assert_lt(++at, sizeof(record) - sizeof(name));
	ntfs_sample_close(&s);

	ntfs_sample_patch(path, off + at, "F", 1);
	cr_assert(ntfs_sample_open(&s, path));
	scan(&s, NTFS_SCAN_AUTO, &l);
	p = by_path(&l, "\\Mount\\Fata");
	cr_assert_not_null(p);
	ntfs_check_name(s.ntfs, p);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0326"), 1);
	ntfs_sample_close(&s);
}
