/*
 * short_name.c - the names of eight and three characters that a volume keeps
 * beside long ones, for programs of MS-DOS
 */
#include "format/file_name.h"
#include "ntfs/mft_file.h"
#include "ntfs/ntfs_volume.h"

struct short_walk {
	struct ntfs *ntfs;
	uint64_t dir;
	struct text *ret;
};

static int take_name(void *ctx, const struct record *rec,
		     const struct attribute *a, struct err *reterr)
{
	struct short_walk *w = ctx;
	struct file_name fn;

	(void)rec;
	(void)reterr;
	if (!a->resident || file_name_parse(a->value, &fn, NULL) < 0 ||
	    file_name_check(a->value, &fn, NULL) < 0 ||
	    fn.name_space != FILE_NAME_DOS ||
	    NTFS_RECORD(fn.parent) != w->dir)
		return 0;
	*w->ret = text_from_utf16(w->ntfs->arena, fn.name);
	return 1;
}

int ntfs_short_name(struct ntfs *n, ntfs_ref ref, ntfs_ref dir,
		    struct text *ret, struct err *reterr)
{
	struct text name = { 0 };
	struct short_walk w = { n, NTFS_RECORD(dir), &name };
	struct mft_file f;
	int r = mft_file_open(n, ref, &f, reterr);

	if (r < 0)
		return r;
	r = mft_file_each(&f, ATTRIBUTE_FILE_NAME, NULL, take_name, &w, reterr);
	mft_file_done(&f);
	if (r > 0 && name.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "short name", 0, 0);
	if (r == 0)
		return err_set(reterr, ERR_NOT_FOUND, 0, "short name", 0, 0);
	if (r > 0)
		*ret = name;
	return r < 0 ? r : 0;
}
