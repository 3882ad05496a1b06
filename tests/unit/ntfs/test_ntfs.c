#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/digest.h"
#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"

/* Real volumes: by Windows, by mkntfs and by the Linux driver ntfs3, with
 * clusters of 512 and 4096 bytes.  */
static const struct {
	const char *archive, *member;
	size_t least_paths;	/* that fls lists there */
} volumes[] = {
	{ "fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
	  "ntfs-cloud.bin", 35 },
	{ "fox-it__dissect.ntfs/tests/data/ntfs.bin.gz", "ntfs.bin", 2070 },
	{ "SecurityRonin__ntfs-forensic/tests/data/SampleTinyNtfsVolume.zip",
	  "SampleTinyNtfsVolume/partition.dd", 25 },
	{ "msuhanov__dfir_ntfs/test_data/ntfs3.raw.gz", "ntfs3.raw", 10 },
	{ "msuhanov__dfir_ntfs/test_data/ntfs3_attrlist.raw.gz",
	  "ntfs3_attrlist.raw", 100 },
	{ "ColinFinck__ntfs/testdata/testfs1", NULL, 525 },
};

static bool volume_path(size_t i, char *buf, size_t n)
{
	const char *path = volumes[i].member != NULL ?
		shared_data_unpacked(volumes[i].archive, volumes[i].member) :
		shared_data(volumes[i].archive);

	if (path == NULL)
		return false;
	snprintf(buf, n, "%s", path);
	return true;
}

static void open_first(struct ntfs_sample *s)
{
	char path[512];

	if (!volume_path(0, path, sizeof(path)))
		cr_skip_test("no shared data");
	cr_assert(ntfs_sample_open(s, path));
}

/* A line of `fls -r -p -u': "r/r 64-128-2:\tdir/file:stream".  */
struct fls_line {
	unsigned long record;
	unsigned type;
	char id[64];		/* for icat */
	char path[2048];	/* with backslashes, from the root */
	const char *stream;	/* NULL: unnamed */
};

static bool fls_parse(char *line, bool dashes, struct fls_line *ret)
{
	char *tab = strchr(line, '\t'), *colon;

	/* `-': the name is not in the index any more, only in its slack.  */
	if (tab == NULL || (line[0] == '-' && !dashes) ||
	    strstr(line, "$OrphanFiles") != NULL ||
	    sscanf(line, "%*s %63[0-9-]", ret->id) != 1 ||
	    sscanf(ret->id, "%lu-%u", &ret->record, &ret->type) != 2)
		return false;
	tab[strcspn(tab, "\n")] = '\0';
	snprintf(ret->path, sizeof(ret->path), "\\%s", tab + 1);
	for (char *p = ret->path; *p != '\0'; p++)
		if (*p == '/')
			*p = '\\';
	colon = strchr(ret->path, ':');
	ret->stream = colon != NULL ? colon + 1 : NULL;
	if (colon != NULL)
		*colon = '\0';
	return true;
}

static void check_path(struct ntfs_sample *s, const struct fls_line *l,
		       size_t *n)
{
	ntfs_ref ref = 0;

	if (l->stream != NULL)
		return;
	cr_expect_eq(ntfs_find_path(s->ntfs, l->path, &ref, NULL), 0, "%s",
		     l->path);
	cr_expect_eq(NTFS_RECORD(ref), l->record, "%s", l->path);
	(*n)++;
}

/* The $DATA of @l has the bytes that icat prints.  */
static void check_content(struct ntfs_sample *s, const char *image,
			  const struct fls_line *l)
{
	char command[1024], want[DIGEST_CHARS + 1] = "",
	     got[DIGEST_CHARS + 1];
	struct source *data;
	FILE *f;

	/* $BadClus:$Bad is a hole as long as the volume.  */
	if (l->type != 128 || l->record == 8)
		return;
	snprintf(command, sizeof(command), "icat %s %s | md5sum", image, l->id);
	f = popen(command, "r");
	cr_assert_eq(fscanf(f, "%128[0-9a-f]", want), 1);
	pclose(f);
	cr_assert_eq(ntfs_open_stream(s->ntfs, l->record, l->stream, "x", &data,
				      NULL), 0, "%s", l->path);
	cr_expect_str_eq(digest(data, "md5sum", got, NULL), want, "%s:%s",
			 l->path, l->stream != NULL ? l->stream : "");
	source_free(data);
}

/* @dashes: names that fls takes to be in the slack are there, too.  */
static size_t compare_with_fls(const char *image, bool content, bool dashes)
{
	struct ntfs_sample s;
	struct fls_line l;
	char command[1024], line[4096];
	size_t n = 0;
	FILE *f;

	cr_assert(ntfs_sample_open(&s, image));
	snprintf(command, sizeof(command), "fls -r -p -u %s", image);
	f = popen(command, "r");
	while (fgets(line, sizeof(line), f) != NULL) {
		if (!fls_parse(line, dashes, &l))
			continue;
		check_path(&s, &l, &n);
		if (content)
			check_content(&s, image, &l);
	}
	pclose(f);
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
	return n;
}

Test(ntfs, finds_every_path_that_the_sleuth_kit_lists)
{
	char path[512];

	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
		if (!volume_path(i, path, sizeof(path)))
			cr_skip_test("no shared data");
		cr_expect_geq(compare_with_fls(path, false, false),
			      volumes[i].least_paths, "%s", path);
	}
}

/* Resident, non-resident, sparse, partly initialised and named streams.  */
Test(ntfs, reads_every_stream_as_the_sleuth_kit_does)
{
	static const size_t some[] = { 0, 2, 3 };
	char path[512];

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		if (!volume_path(some[i], path, sizeof(path)))
			cr_skip_test("no shared data");
		cr_expect_gt(compare_with_fls(path, true, false), 0);
	}
}

static const char geometry_script[] =
	"file /dir/a.txt text\n"
	"copy /dir/b.txt LICENSE\n"
	"bulk /many 400 2 20\n";

/* The Sleuth Kit reads clusters of 64 KiB at most.  Where they are larger than
 * index blocks, it takes most names to be in the slack.  */
Test(ntfs, reads_large_clusters_and_records_as_the_sleuth_kit_does)
{
	static const char *const options[] = {
		"-s 512 -c 65536", "-s 4096 -c 4096", "-s 4096 -c 65536",
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *path = ntfs_sample_make_as(
			"large", options[i], 96, geometry_script);

		if (path == NULL)
			cr_skip_test("no sample builder");
		cr_expect_geq(compare_with_fls(path, false, true), 425);
	}
}

/* ntfsinfo of ntfs-3g says which record a path has.  */
static unsigned long record_by_ntfsinfo(const char *image, const char *path)
{
	char command[512];
	unsigned long number = 0;
	FILE *f;

	snprintf(command, sizeof(command), "ntfsinfo -f -F '%s' %s 2>&1 | "
		 "sed -n 's/^Dumping Inode \\([0-9]*\\).*/\\1/p'",
		 path, image);
	f = popen(command, "r");
	cr_assert_eq(fscanf(f, "%lu", &number), 1, "%s", path);
	pclose(f);
	return number;
}

Test(ntfs, reads_clusters_of_2_mib_as_ntfs_3g_does)
{
	static const char *const options[] = {
		"-s 512 -c 2097152", "-s 4096 -c 2097152",
	};
	char want[DIGEST_CHARS + 1], got[DIGEST_CHARS + 1];

	digest_file("LICENSE", "md5sum", want);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *path = ntfs_sample_make_as(
			"huge", options[i], 96, geometry_script);
		struct ntfs_sample s;
		struct source *data;
		ntfs_ref ref;

		if (path == NULL)
			cr_skip_test("no sample builder");
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_find_path(
				s.ntfs, "\\many\\d00001\\f00000333.dat",
				&ref, NULL), 0);
		cr_expect_eq(NTFS_RECORD(ref), record_by_ntfsinfo(
				     path, "/many/d00001/f00000333.dat"));
		cr_assert_eq(ntfs_find_path(s.ntfs, "\\dir\\b.txt", &ref,
					    NULL), 0);
		cr_expect_eq(NTFS_RECORD(ref),
			     record_by_ntfsinfo(path, "/dir/b.txt"));
		cr_assert_eq(ntfs_open_stream(s.ntfs, ref, NULL, NULL, &data,
					      NULL), 0);
		cr_expect_str_eq(digest(data, "md5sum", got, NULL), want);
		source_free(data);
		cr_expect_eq(s.diags.n, 0);
		ntfs_sample_close(&s);
	}
}

/* \Random.bin is NTFS-compressed (istat says so), which libfsntfs reads.  */
Test(ntfs, reads_a_compressed_stream)
{
	struct fls_line l = { .record = 33, .type = 128, .id = "33-128-3",
			      .path = "\\Random.bin" };
	struct ntfs_sample s;
	struct source *data;
	struct cites c = { 0 };
	uint8_t content[16], cited[16];
	char path[512];

	if (!volume_path(1, path, sizeof(path)))
		cr_skip_test("no shared data");
	cr_assert(ntfs_sample_open(&s, path));
	check_content(&s, path, &l);
	cr_assert_eq(ntfs_open_stream(s.ntfs, 33, NULL, "\\Random.bin", &data,
				      NULL), 0);
	cr_expect_eq(data->size, 524288);
	/* What is random is not compressed: it lies there as it is.  */
	source_cite(data, 0, 16, "x", s.arena, &c);
	cr_assert_eq(c.n, 1);
	cr_expect_eq(c.list[0].length, 16);
	cr_expect_not(c.list[0].compressed);
	cr_assert_eq(source_read(data, 0, content, 16, NULL), 0);
	cr_assert_eq(source_read(s.source, c.list[0].offset, cited,
				 sizeof(cited), NULL), 0);
	cr_expect_arr_eq(cited, content, 16);
	source_free(data);
	ntfs_sample_close(&s);
}

/* Facts from data/README; label, version and dirty bit by ntfsinfo -m.  */
Test(ntfs, knows_the_volume)
{
	struct ntfs_sample s;
	const struct ntfs_info *i;
	char guid[GUID_TEXT_CHARS + 1];

	open_first(&s);
	i = ntfs_info(s.ntfs);
	cr_expect_eq(i->serial, 0xfeae3ea8ae3e58fb);
	cr_expect_eq(i->sector_size, 512);
	cr_expect_eq(i->cluster_size, 4096);
	cr_expect_eq(i->record_size, 1024);
	cr_expect_eq(i->index_size, 4096);
	cr_expect_eq(i->version_major, 3);
	cr_expect_eq(i->version_minor, 1);
	cr_expect_not(i->dirty);
	cr_expect_not(i->from_backup);
	cr_expect_str_eq(i->label.utf8, "Example Volume");
	cr_expect_str_eq(guid_text(&i->object_id, guid),
			 "e933c96a-28e2-4081-bfb5-97c43fb2313f");
	ntfs_sample_close(&s);
}

struct listed {
	unsigned names, directories, mftmirr;
};

static int count_entry(void *ctx, const struct ntfs_dir_entry *e)
{
	struct listed *l = ctx;

	l->names++;
	l->directories += e->is_directory;
	l->mftmirr += utf16_equals_ascii(e->name, "$MFTMirr") &&
		      NTFS_RECORD(e->ref) == 1;
	return 0;
}

static int stop_at_third(void *ctx, const struct ntfs_dir_entry *e)
{
	(void)e;
	return ++*(unsigned *)ctx == 3 ? 42 : 0;
}

/* fls: the root has 15 names, of which 5 are directories, and itself.  */
Test(ntfs, lists_a_directory_once)
{
	struct ntfs_sample s;
	struct listed l = { 0 };
	unsigned seen = 0;

	open_first(&s);
	cr_assert_eq(ntfs_list(s.ntfs, NTFS_ROOT, count_entry, &l, NULL), 0);
	cr_expect_eq(l.names, 16, "%u", l.names);
	cr_expect_eq(l.directories, 6, "%u", l.directories);
	cr_expect_eq(l.mftmirr, 1);
	cr_expect_eq(ntfs_list(s.ntfs, NTFS_ROOT, stop_at_third, &seen, NULL),
		     42);
	cr_expect_eq(seen, 3);
	ntfs_sample_close(&s);
}

Test(ntfs, tells_what_is_not_there_from_what_is_damaged)
{
	struct ntfs_sample s;
	struct source *data;
	ntfs_ref ref = 77;

	open_first(&s);
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\No\\Such\\File", &ref, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\OneDrive\\No", &ref, NULL),
		     ERR_NOT_FOUND);
	/* A file is no directory.  */
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\$MFT\\x", &ref, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(ref, 77, "untouched on failure");
	cr_expect_eq(ntfs_open_stream(s.ntfs, NTFS_ROOT, NULL, "x", &data,
				      NULL), ERR_NOT_FOUND);
	cr_expect_eq(ntfs_open_stream(s.ntfs, 0, "nosuch", "x", &data, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(s.diags.n, 0, "and none of this is damage");
	/* But a directory that is not in its record is: record 5 has sequence
	 * number 5.  */
	cr_expect_eq(ntfs_find(s.ntfs, (ntfs_ref)4 << 48 | 5,
			       (struct span){ (const uint8_t *)"x\0", 2, 0 },
			       &ref, NULL), ERR_IO);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0324"), 1);
	ntfs_sample_close(&s);
}

/* [MS-FSCC] 2.1.2: WOF_EXTERNAL_INFO of version 1 for the file provider, 2,
 * whose algorithm is 0, XPRESS4K.  The file lies in the other stream.  */
static const char elsewhere_script[] =
	"file /hive text\n"
	"stream /hive WofCompressedData xpress\n"
	"reparse /hive 0x80000017 01000000020000000100000000000000\n"
	"file /other text\n"
	"reparse /other 0x80000021 00\n"
	"copy /secret LICENSE\n";

static void expect_unread(struct ntfs_sample *s, const char *path,
			  unsigned why)
{
	struct source *data = NULL;
	struct err e = { 0 };
	ntfs_ref ref;

	cr_assert_eq(ntfs_find_path(s->ntfs, path, &ref, NULL), 0);
	cr_expect_eq(ntfs_open_stream(s->ntfs, ref, NULL, path, &data, &e),
		     ERR_UNSUPPORTED, "%s", path);
	cr_expect_eq(e.got, why, "%s", path);
	cr_expect_null(data);
	cr_assert_eq(s->diags.n, 1, "%s", path);
	cr_expect_str_eq(s->diags.list[0].kind->code, "CM0320");
	cr_expect_not_null(strstr(s->diags.list[0].message, path));
	cr_expect_eq(s->diags.list[0].cites.n, 1);
}

static void expect_content(struct ntfs_sample *s, const char *path,
			   const char *stream, const char *want)
{
	struct source *data;
	char buf[64] = "";
	ntfs_ref ref;

	cr_assert_eq(ntfs_find_path(s->ntfs, path, &ref, NULL), 0);
	cr_assert_eq(ntfs_open_stream(s->ntfs, ref, stream, path, &data, NULL),
		     0, "%s", path);
	cr_assert_eq(data->size, strlen(want));
	cr_assert_eq(source_read(data, 0, buf, strlen(want), NULL), 0);
	cr_expect_str_eq(buf, want);
	source_free(data);
}

Test(ntfs, content_that_wof_compressed_is_not_taken_from_the_data)
{
	const char *path = ntfs_sample_make("wof", elsewhere_script);
	struct source *data;
	struct ntfs_sample s;
	ntfs_ref ref;
	uint64_t at;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	expect_unread(&s, "\\hive", 0x80000017);
	expect_content(&s, "\\hive", "WofCompressedData", "xpress");
	/* A reparse point alone takes no content away.  */
	expect_content(&s, "\\other", NULL, "text");
	cr_expect_eq(s.diags.n, 1);
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\hive", &ref, NULL), 0);
	at = ntfs_sample_attribute(&s, path, NTFS_RECORD(ref), 0xc0);
	ntfs_sample_close(&s);

	/* The value of the reparse point is longer than its attribute.  */
	ntfs_sample_patch(path, at + 0x10, "\xff\xff", 2);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_open_stream(s.ntfs, ref, NULL, "\\hive", &data,
				      NULL), ERR_UNSUPPORTED);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0320"), 1);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0306"), 1, "the attribute");
	ntfs_sample_close(&s);
}

/* Attribute flag 0x4000, of which libntfs-3g makes none without a key.  */
Test(ntfs, encrypted_content_is_not_read)
{
	const char *path = ntfs_sample_make("efs", elsewhere_script);
	struct ntfs_sample s;
	ntfs_ref ref;
	uint64_t at;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\secret", &ref, NULL), 0);
	at = ntfs_sample_attribute(&s, path, NTFS_RECORD(ref), 0x80);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at + 12, "\x00\x40", 2);
	cr_assert(ntfs_sample_open(&s, path));
	expect_unread(&s, "\\secret", 0x4000);
	ntfs_sample_close(&s);
}

static const char *const names_script =
	"file /case/Foo 1\n"
	"file /case/foo 2\n"
	"file /case/FOO 3\n"
	"file /case/fop 4\n"
	"file /\\u00c4rger/\\u0393\\u03b1\\u03bc\\u03bc\\u03b1.txt umlaut\n"
	"bulk /many 3000 1 0\n";

/* Letters that differ in case only outside ASCII need the volume's $UpCase;
 * where names in several cases stand side by side, the exact one is meant.  */
Test(ntfs, compares_names_as_the_volume_does)
{
	static const struct { const char *path; char content; } files[] = {
		{ "\\case\\Foo", '1' }, { "\\case\\foo", '2' },
		{ "\\case\\FOO", '3' }, { "\\CASE\\FOP", '4' },
		{ "\\\u00e4RGER\\\u03b3\u0391\u039c\u039c\u0391.TXT", 'u' },
	};
	const char *path = ntfs_sample_make("names", names_script);
	struct ntfs_sample s;
	struct source *data;
	ntfs_ref ref;
	char byte;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		cr_assert_eq(ntfs_find_path(s.ntfs, files[i].path, &ref, NULL),
			     0, "%s", files[i].path);
		cr_assert_eq(ntfs_open_stream(s.ntfs, ref, NULL, "x", &data,
					      NULL), 0);
		cr_assert_eq(source_read(data, 0, &byte, 1, NULL), 0);
		cr_expect_eq(byte, files[i].content, "%s", files[i].path);
		source_free(data);
	}
	/* None is exact: any of the three will do.  */
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\case\\fOO", &ref, NULL), 0);
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
}

/* Without its last byte, the table of $UpCase is none: letters are compared by
 * ASCII's rules.  */
Test(ntfs, tells_that_its_upcase_cannot_be_used)
{
	const char *path = ntfs_sample_make("upcase", names_script);
	struct ntfs_sample s;
	ntfs_ref ref;
	uint64_t at;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	at = ntfs_sample_attribute(&s, path, 10, 0x80);
	ntfs_sample_close(&s);
	/* 128 KiB are 00 00 02: the attribute's real size.  */
	ntfs_sample_patch(path, at + 0x30, "\xff\xff\x01", 3);

	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\CASE\\Foo", &ref, NULL), 0);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0312"), 0);
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\\u00e4RGER", &ref, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0312"), 1);
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\\u00c4RGER", &ref, NULL), 0);
	ntfs_sample_close(&s);
}

/* A $VOLUME_INFORMATION of 4 bytes has no version.  */
Test(ntfs, tells_that_its_volume_file_is_damaged)
{
	const char *path = ntfs_sample_make("volume-file",
					    "label Sample\n");
	struct ntfs_sample s;
	uint64_t at;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_info(s.ntfs)->version_major, 3);
	at = ntfs_sample_attribute(&s, path, 3, 0x70);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at + 0x10, "\x04", 1);

	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_str_eq(ntfs_info(s.ntfs)->label.utf8, "Sample");
	cr_expect_eq(ntfs_info(s.ntfs)->version_major, 0);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0323"), 1);
	ntfs_sample_close(&s);
}

/* The label in the record differs from that in its copy; then it is cut off.  */
Test(ntfs, a_changed_label_is_told)
{
	const char *path = ntfs_sample_make("changed-label",
					    "label Sample\n");
	struct ntfs_sample s;
	uint64_t at;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(s.diags.n, 0);
	at = ntfs_sample_attribute(&s, path, 3, 0x60);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at + 0x18, "T", 1);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_str_eq(ntfs_info(s.ntfs)->label.utf8, "Tample");
	cr_expect_eq(ntfs_sample_findings(&s, "CM0327"), 1);
	cr_assert_eq(s.diags.n, 1);
	cr_expect_not_null(strstr(s.diags.list[0].message, "\"Sample\""));
	ntfs_sample_close(&s);

	ntfs_sample_patch(path, at + 0x10, "\0", 1);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_null(ntfs_info(s.ntfs)->label.utf8);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0327"), 1);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0306"), 1);
	ntfs_sample_close(&s);
}

/* In a directory of 3000 names, which fill some 80 blocks, a name is found by
 * reading a few.  */
Test(ntfs, finds_a_name_by_the_tree)
{
	const char *path = ntfs_sample_make("tree", names_script);
	struct ntfs_sample s;
	ntfs_ref ref;

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	s.stats = (struct io_stats){ 0 };
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\many\\d00000\\f00002222.dat",
				    &ref, NULL), 0);
	cr_expect_leq(s.stats.calls, 10, "%llu",
		      (unsigned long long)s.stats.calls);
	cr_expect_leq(s.stats.bytes, 32768, "%llu",
		      (unsigned long long)s.stats.bytes);
	ntfs_sample_close(&s);
}

Test(ntfs, refuses_what_is_no_volume)
{
	static const uint8_t zeros[4096];
	struct source *s = source_memory(zeros, sizeof(zeros));
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct ntfs *n = NULL;
	struct err e = { 0 };

	cr_expect_eq(ntfs_open(s, a, &d, &n, &e), ERR_MAGIC);
	cr_expect_eq(e.at, 3);
	cr_expect_null(n);
	source_free(s);
	s = source_memory(zeros, 100);
	cr_expect_eq(ntfs_open(s, a, &d, &n, &e), ERR_TRUNCATED);
	source_free(s);
	arena_free(a);
}
