#include <criterion/criterion.h>

#include "lib/file_source.h"
#include "lib/shared_data.h"
#include "ntfs/ntfs.h"

/* A volume that is open, and what was found on the way.  */
struct opened {
	struct arena *arena;
	struct diag_list diags;
	struct io_stats stats;
	struct source *source;
	struct ntfs *ntfs;
};

static void open_volume(struct opened *o, const char *archive,
			const char *member)
{
	const char *path = member != NULL ?
		shared_data_unpacked(archive, member) : shared_data(archive);

	if (path == NULL)
		cr_skip_test("no shared data");
	*o = (struct opened){ .arena = arena_new() };
	o->diags.arena = o->arena;
	o->source = file_source(path, &o->stats);
	cr_assert_not_null(o->source);
	cr_assert_eq(ntfs_open(o->source, o->arena, &o->diags, &o->ntfs,
			       NULL), 0);
}

static void close_volume(struct opened *o)
{
	ntfs_close(o->ntfs);
	source_free(o->source);
	arena_free(o->arena);
}

/* Tags, records and serial number as data/README gives them, established with
 * dissect.ntfs.  */
Test(ntfs, lists_the_reparse_points_of_a_cloud_folder)
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
	struct ntfs_reparse_list l;
	struct opened o;

	open_volume(&o, "fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
		    "ntfs-cloud.bin");
	cr_expect_eq(ntfs_info(o.ntfs)->serial, 0xfeae3ea8ae3e58fb);
	cr_assert_eq(ntfs_reparse_points(o.ntfs, NTFS_SCAN_FULL, &l, NULL), 0);
	cr_expect(l.index_read);
	cr_expect(l.swept);
	cr_assert_eq(l.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < l.n; i++) {
		const struct ntfs_reparse *p = &l.list[i];

		cr_expect_eq(NTFS_RECORD(p->ref), want[i].record);
		cr_expect_eq(p->tag, want[i].tag);
		cr_expect_str_eq(p->path.text.utf8, want[i].path);
		cr_expect(p->in_index && p->in_record && !p->deleted);
	}
	cr_expect_eq(o.diags.n, 0);
	close_volume(&o);
}
