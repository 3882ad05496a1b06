#include "ntfs/own_name.h"

#include <string.h>

#include "format/file_name.h"
#include "ntfs/mft_file.h"
#include "ntfs/upcase.h"

struct own_walk {
	struct ntfs *ntfs;
	uint64_t dir;
	struct span wanted;
	struct own_name *ret;
};

static bool is_wanted(const struct own_walk *w, const struct file_name *fn)
{
	if (NTFS_RECORD(fn->parent) != w->dir)
		return false;
	if (w->wanted.n == 0)
		return fn->name_space != FILE_NAME_DOS;
	return upcase_compare(w->ntfs, w->wanted, fn->name) == 0;
}

static int take_name(void *ctx, const struct record *rec,
		     const struct attribute *a, struct err *reterr)
{
	struct own_walk *w = ctx;
	struct file_name fn;

	(void)reterr;
	if (!a->resident || file_name_parse(a->value, &fn, NULL) < 0 ||
	    file_name_check(a->value, &fn, NULL) < 0 || !is_wanted(w, &fn))
		return 0;
	w->ret->file_attributes = fn.attributes;
	w->ret->bytes = fn.name.n;
	memcpy(w->ret->utf16, fn.name.p, fn.name.n);
	w->ret->cites = (struct cites){ 0 };
	record_block_cite(&rec->block, a->value.at - rec->block.at, a->value.n,
			  "file name", w->ntfs->arena, &w->ret->cites);
	return 1;
}

bool own_name_find(struct ntfs *n, ntfs_ref ref, ntfs_ref dir,
		   struct span wanted, struct own_name *ret)
{
	struct own_walk w = { n, NTFS_RECORD(dir), wanted, ret };
	struct mft_file f;
	int r;

	if (mft_file_open(n, ref, &f, NULL) < 0)
		return false;
	r = mft_file_in_use(&f) ?
	    mft_file_each(&f, ATTRIBUTE_FILE_NAME, NULL, take_name, &w,
			  NULL) : 0;
	if (r > 0) {
		ret->ref = f.ref;
		ret->is_directory = (f.rec.head.flags &
				     MFT_RECORD_DIRECTORY) != 0;
	}
	mft_file_done(&f);
	return r > 0;
}

static unsigned unit_at(struct span s, size_t i)
{
	return s.p[2 * i] | (unsigned)s.p[2 * i + 1] << 8;
}

static unsigned fold(unsigned unit)
{
	return unit >= 'a' && unit <= 'z' ? unit - 'a' + 'A' : unit;
}

bool own_name_resembles(struct span wanted, struct span name)
{
	size_t same = 0, units = wanted.n / 2;

	if (name.n != wanted.n)
		return false;
	for (size_t i = 0; i < units; i++)
		same += fold(unit_at(wanted, i)) == fold(unit_at(name, i));
	return 2 * same >= units;
}

bool own_name_in_order(struct span a, struct span b)
{
	size_t units = (a.n < b.n ? a.n : b.n) / 2;

	for (size_t i = 0; i < units; i++) {
		unsigned x = fold(unit_at(a, i)), y = fold(unit_at(b, i));

		if (x == y)
			continue;
		return x >= 0x80 || y >= 0x80 || x < y;
	}
	return a.n <= b.n;
}
