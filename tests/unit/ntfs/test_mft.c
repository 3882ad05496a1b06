#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ntfs_sample.h"

/*
 * A $MFT in more pieces than its own record can list has a $ATTRIBUTE_LIST, and
 * the pieces are in extension records, which lie in the $MFT.  No tool makes
 * one small enough for a test, so that of a sample volume is taken apart here:
 *
 *	record 0	clusters 0 to 15 of the $MFT: records 0 to 63
 *	record 30	clusters 16 to 23: records 64 to 95
 *	a free record	the rest; it is one of those that record 30 makes
 *	of these	readable
 */
#define RECORD 1024u
#define CLUSTER 4096u
#define EXTENSION 30u

static const char script[] =
	"file /free x\n"
	"mount /Mount/Data d0000000-0000-4000-8000-000000000002\n"
	"copy /spare LICENSE\n"
	"bulk /many 400 3 60\n"
	"file /last end\n"
	"delete /free\n";

struct volume {
	uint8_t *image;
	size_t n;
	size_t mft;		/* offset */
	uint64_t spare;		/* a cluster that is not needed */
	unsigned last;		/* record of the last piece */
};

struct bytes {
	uint8_t p[RECORD];
	size_t n;
};

static uint64_t get(const uint8_t *p, int n)
{
	uint64_t x = 0;

	for (int i = n; i-- > 0; )
		x = x << 8 | p[i];
	return x;
}

static void put(uint8_t *p, int n, uint64_t x)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(x >> 8 * i);
}

static void append(struct bytes *b, const void *p, size_t n)
{
	cr_assert_leq(b->n + n, RECORD);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static uint8_t *record_at(const struct volume *v, unsigned number)
{
	return v->image + v->mft + (size_t)number * RECORD;
}

/* The fix-up array has the check number, then the last two bytes of each 512.
 * Taking them back and putting them in are the same exchange.  */
static void unfix(uint8_t *r)
{
	const uint8_t *array = r + get(r + 4, 2);

	for (int i = 1; i <= 2; i++)
		memcpy(r + 512 * i - 2, array + 2 * i, 2);
}

static void fix(uint8_t *r)
{
	uint8_t *array = r + get(r + 4, 2);

	for (int i = 1; i <= 2; i++) {
		memcpy(array + 2 * i, r + 512 * i - 2, 2);
		memcpy(r + 512 * i - 2, array, 2);
	}
}

/* A run: 4 bytes of length, 4 of distance.  */
static void append_run(struct bytes *runs, uint64_t clusters, int64_t distance)
{
	uint8_t run[9] = { 0x44 };

	put(run + 1, 4, clusters);
	put(run + 5, 4, (uint64_t)distance);
	append(runs, run, sizeof(run));
}

/* The part of the run list @from that has clusters @first to @end - 1.  */
static struct bytes cut_runs(const uint8_t *from, uint64_t first, uint64_t end)
{
	struct bytes runs = { .n = 0 };
	uint64_t vcn = 0, before = 0, lcn = 0;

	while (*from != 0 && vcn < end) {
		int a = *from & 15, b = *from >> 4;
		uint64_t n = get(from + 1, a), distance = get(from + 1 + a, b);
		uint64_t low = vcn > first ? vcn : first;
		uint64_t high = vcn + n < end ? vcn + n : end;

		if (from[a + b] & 0x80 && b < 8)
			distance -= (uint64_t)1 << 8 * b;
		lcn += distance;
		if (low < high) {
			uint64_t at = lcn + (low - vcn);

			append_run(&runs, high - low, (int64_t)(at - before));
			before = at;
		}
		vcn += n;
		from += 1 + a + b;
	}
	append(&runs, "", 1);
	return runs;
}

/* A piece of a non-resident attribute; @sizes, three of 8 bytes, in the first
 * one only.  */
static struct bytes piece_of(unsigned type, unsigned id, uint64_t first,
			     uint64_t end, const uint8_t *sizes,
			     const struct bytes *runs)
{
	struct bytes a = { .n = (0x40 + runs->n + 7) / 8 * 8 };

	put(a.p, 4, type);
	put(a.p + 4, 4, a.n);
	a.p[8] = 1;
	put(a.p + 0x0e, 2, id);
	put(a.p + 0x10, 8, first);
	put(a.p + 0x18, 8, end - 1);
	put(a.p + 0x20, 2, 0x40);
	if (sizes != NULL)
		memcpy(a.p + 0x28, sizes, 24);
	memcpy(a.p + 0x40, runs->p, runs->n);
	return a;
}

static void append_entry(struct bytes *list, unsigned type, unsigned id,
			 uint64_t first, uint64_t record)
{
	uint8_t e[32] = { 0 };

	put(e, 4, type);
	put(e + 4, 2, sizeof(e));
	e[7] = 0x1a;
	put(e + 8, 8, first);
	put(e + 0x10, 8, (uint64_t)1 << 48 | record);
	put(e + 0x18, 2, id);
	append(list, e, sizeof(e));
}

/* The list as an attribute: in the record, or in the spare cluster.  */
static struct bytes list_attribute(struct volume *v, const struct bytes *list,
				   bool resident)
{
	struct bytes a = { .n = 0x18 }, runs = { .n = 0 };
	uint8_t sizes[24];

	if (resident) {
		put(a.p, 4, 0x20);
		put(a.p + 4, 4, 0x18 + list->n);
		put(a.p + 0x0e, 2, 40);
		put(a.p + 0x10, 4, list->n);
		put(a.p + 0x14, 2, 0x18);
		append(&a, list->p, list->n);
		return a;
	}
	memcpy(v->image + v->spare * CLUSTER, list->p, list->n);
	append_run(&runs, 1, (int64_t)v->spare);
	append(&runs, "", 1);
	put(sizes, 8, CLUSTER);
	put(sizes + 8, 8, list->n);
	put(sizes + 16, 8, list->n);
	return piece_of(0x20, 40, 0, 1, sizes, &runs);
}

/* Make @number an extension record of the $MFT that has @attribute.  */
static void put_extension(struct volume *v, unsigned number,
			  const struct bytes *attribute)
{
	uint8_t *r = record_at(v, number);

	memset(r, 0, RECORD);
	memcpy(r, "FILE", 4);
	put(r + 4, 2, 0x30);		/* fix-up array: offset, count */
	put(r + 6, 2, 3);
	put(r + 0x10, 2, 1);		/* sequence number */
	put(r + 0x14, 2, 0x38);		/* attributes */
	put(r + 0x16, 2, 1);		/* in use */
	put(r + 0x18, 4, 0x38 + attribute->n + 8);
	put(r + 0x1c, 4, RECORD);
	put(r + 0x20, 8, (uint64_t)1 << 48);	/* base: record 0 */
	put(r + 0x28, 2, 1);
	put(r + 0x2c, 4, number);
	put(r + 0x30, 2, 1);
	memcpy(r + 0x38, attribute->p, attribute->n);
	put(r + 0x38 + attribute->n, 4, 0xffffffff);
	fix(r);
}

static void split(struct volume *v, bool resident)
{
	struct bytes all = { .n = 0 }, list = { .n = 0 }, pieces[3], runs, la;
	uint8_t *r = record_at(v, 0);
	const uint64_t cut[] = { 0, 16, 24 };
	size_t first = get(r + 0x14, 2), before_list = 0;

	unfix(r);
	for (const uint8_t *a = r + first; get(a, 4) != 0xffffffff;
	     a += get(a + 4, 4)) {
		unsigned type = (unsigned)get(a, 4);
		uint64_t end = get(a + 0x18, 8) + 1;

		if (type == 0x10)
			before_list = get(a + 4, 4);
		if (type != 0x80) {
			append_entry(&list, type, (unsigned)get(a + 14, 2), 0,
				     0);
			append(&all, a, get(a + 4, 4));
			continue;
		}
		cr_assert_gt(end, cut[2] + 8);
		for (int i = 0; i < 3; i++) {
			unsigned id = i == 0 ? (unsigned)get(a + 14, 2) : 0;
			uint64_t to = i < 2 ? cut[i + 1] : end;

			runs = cut_runs(a + get(a + 0x20, 2), cut[i], to);
			pieces[i] = piece_of(0x80, id, cut[i], to,
					     i == 0 ? a + 0x28 : NULL, &runs);
			append_entry(&list, 0x80, id, cut[i],
				     i == 0 ? 0 : i == 1 ? EXTENSION : v->last);
		}
		append(&all, pieces[0].p, pieces[0].n);
	}
	la = list_attribute(v, &list, resident);
	memmove(all.p + before_list + la.n, all.p + before_list,
		all.n - before_list);
	memcpy(all.p + before_list, la.p, la.n);
	all.n += la.n;
	append(&all, "\xff\xff\xff\xff\0\0\0", 8);
	cr_assert_leq(first + all.n, RECORD);
	memcpy(r + first, all.p, all.n);
	put(r + 0x18, 4, first + all.n);
	fix(r);
	memcpy(v->image + get(v->image + 0x38, 8) * CLUSTER, r, RECORD);
	put_extension(v, EXTENSION, &pieces[1]);
	put_extension(v, v->last, &pieces[2]);
}

static void load(struct volume *v, const char *path)
{
	FILE *f = fopen(path, "rb");

	v->n = 12 << 20;
	v->image = malloc(v->n);
	cr_assert_eq(fread(v->image, 1, v->n, f), v->n);
	fclose(f);
	v->mft = get(v->image + 0x30, 8) * CLUSTER;
	for (v->last = 64; (get(record_at(v, v->last) + 0x16, 2) & 1) != 0;
	     v->last++)
		cr_assert_lt(v->last, 95u, "no free record");
}

static void save(struct volume *v, const char *path)
{
	ntfs_sample_patch(path, 0, v->image, v->n);
	free(v->image);
}

/* A sample volume; fls of it, before it is split, is in build/data/<name>.fls.
 */
static const char *make(const char *name, struct volume *v)
{
	const char *path = ntfs_sample_make(name, script);
	struct ntfs_sample s;
	struct cites c = { 0 };
	struct source *data;
	char command[512];
	ntfs_ref ref;

	if (path == NULL)
		cr_skip_test("no sample builder");
	snprintf(command, sizeof(command),
		 "fls -r -p -u %s > build/data/%s.fls", path, name);
	cr_assert_eq(system(command), 0);
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\spare", &ref, NULL), 0);
	cr_assert_eq(ntfs_open_stream(s.ntfs, ref, NULL, NULL, &data, NULL), 0);
	source_cite(data, 0, 1, "x", s.arena, &c);
	cr_assert_eq(c.n, 1);
	cr_assert_eq(c.list[0].offset % CLUSTER, 0);
	v->spare = c.list[0].offset / CLUSTER;
	source_free(data);
	ntfs_sample_close(&s);
	load(v, path);
	return path;
}

/* Every path in the list @fls is found, in the record that stands there.  */
static size_t check_paths(struct ntfs_sample *s, const char *fls)
{
	char line[512], path[512];
	unsigned long record;
	FILE *f = fopen(fls, "r");
	size_t n = 0;
	ntfs_ref ref;

	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		path[0] = '\\';
		if (sscanf(line, "%*1[rd]/%*s %lu-%*[0-9-]: %500[^:\n]",
			   &record, path + 1) != 2)
			continue;
		for (char *p = path; *p != '\0'; p++)
			if (*p == '/')
				*p = '\\';
		ref = 0;
		cr_expect_eq(ntfs_find_path(s->ntfs, path, &ref, NULL), 0, "%s",
			     path);
		cr_expect_eq(NTFS_RECORD(ref), record, "%s", path);
		n++;
	}
	fclose(f);
	return n;
}

static void check_split(const char *name, bool resident)
{
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	struct volume v;
	struct source *data;
	char fls[64], command[512], text[4] = "";
	const char *path = make(name, &v);
	ntfs_ref ref;

	split(&v, resident);
	save(&v, path);
	snprintf(fls, sizeof(fls), "build/data/%s.fls", name);
	/* The Sleuth Kit reads the split $MFT as it did the whole one.  */
	snprintf(command, sizeof(command), "fls -r -p -u %s | cmp -s - %s",
		 path, fls);
	cr_expect_eq(system(command), 0);

	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_gt(check_paths(&s, fls), 470);
	cr_assert_eq(ntfs_reparse_points(s.ntfs, NTFS_SCAN_FULL, &l, NULL), 0);
	cr_expect(l.index_read && l.swept);
	cr_expect_eq(l.n, 61);
	for (size_t i = 0; i < l.n; i++)
		cr_expect(l.list[i].in_index && l.list[i].in_record);
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\last", &ref, NULL), 0);
	cr_assert_eq(ntfs_open_stream(s.ntfs, ref, NULL, NULL, &data, NULL), 0);
	cr_assert_eq(source_read(data, 0, text, 3, NULL), 0);
	cr_expect_str_eq(text, "end");
	source_free(data);
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
}

Test(mft, may_lie_in_pieces_that_its_own_records_list)
{
	check_split("mft_resident", true);
	check_split("mft_in_clusters", false);
}

/* Without the piece in record 30 there is no record 64, hence no last piece
 * either.  The first 64 records are there.  */
Test(mft, keeps_the_pieces_before_a_damaged_one)
{
	struct ntfs_sample s;
	struct volume v;
	const char *path = make("mft_damaged", &v);
	ntfs_ref ref;

	split(&v, true);
	memcpy(record_at(&v, EXTENSION), "BAAD", 4);
	save(&v, path);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_info(s.ntfs)->version_major, 3);
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\$Extend\\$Reparse", &ref, NULL),
		     0);
	cr_expect_eq(NTFS_RECORD(ref), 26);
	cr_expect_lt(ntfs_find_path(s.ntfs, "\\many\\d00000", &ref, NULL), 0);
	cr_expect_geq(ntfs_sample_findings(&s, "CM0303"), 1, "the record");
	cr_expect_geq(ntfs_sample_findings(&s, "CM0307"), 1, "the list");
	cr_expect_geq(ntfs_sample_findings(&s, "CM0308"), 1, "its size");
	ntfs_sample_close(&s);
}
