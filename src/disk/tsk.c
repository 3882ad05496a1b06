#include "disk/tsk.h"

#include <stdlib.h>
#include <string.h>

/* Superblocks, and descriptors of groups.  */
#define DETECTION_BUDGET (64u << 20)

/* libtsk wants its own struct first.  */
struct tsk_image {
	TSK_IMG_INFO img;
	struct source *source;
	uint64_t left;		/* bytes that may still be read */
};

static ssize_t image_read(TSK_IMG_INFO *img, TSK_OFF_T off, char *buf,
			  size_t n)
{
	struct tsk_image *t = (struct tsk_image *)img;

	if (off < 0 || off >= img->size)
		return -1;
	/* its cache asks for whole blocks, past the end as well */
	if (n > (size_t)(img->size - off))
		n = (size_t)(img->size - off);
	if (n > t->left)
		return -1;
	t->left -= n;
	if (source_read(t->source, (uint64_t)off, buf, n, NULL) < 0)
		return -1;
	return (ssize_t)n;
}

/* tsk_img_open_external() made the lock; libtsk exports what unmakes it, but
 * does not declare it.  */
extern void tsk_deinit_lock(tsk_lock_t *lock);

static void image_close(TSK_IMG_INFO *img)
{
	tsk_deinit_lock(&img->cache_lock);
	free(img);
}

static void image_stat(TSK_IMG_INFO *img, FILE *f)
{
	(void)img;
	(void)f;
}

TSK_IMG_INFO *tsk_image_of(struct source *s, uint64_t size, uint64_t budget,
			   unsigned sector_size)
{
	struct tsk_image *t;

	if (size > INT64_MAX)
		size = INT64_MAX;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->source = s;
	t->left = budget;
	if (tsk_img_open_external(&t->img, (TSK_OFF_T)size, sector_size,
				  image_read, image_close,
				  image_stat) == NULL) {
		free(t);
		return NULL;
	}
	return &t->img;
}

static const struct {
	TSK_FS_TYPE_ENUM type;
	const char *name;
} names[] = {
	{ TSK_FS_TYPE_EXT2, "Ext2" },
	{ TSK_FS_TYPE_EXT3, "Ext3" },
	{ TSK_FS_TYPE_EXT4, "Ext4" },
	{ TSK_FS_TYPE_FFS1, "UFS1" },
	{ TSK_FS_TYPE_FFS1B, "UFS1" },
	{ TSK_FS_TYPE_FFS2, "UFS2" },
	{ TSK_FS_TYPE_HFS, TSK_HFS_NAME },
};

static const char *name_of(TSK_FS_TYPE_ENUM type)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return names[i].name;
	return "Other";
}

const char *tsk_file_system_name(struct source *volume, struct arena *a)
{
	/* Named one by one: libtsk's own detection tries YAFFS2 as well, which
	 * has no signature and is looked for all over the image.  */
	static const TSK_FS_TYPE_ENUM types[] = {
		TSK_FS_TYPE_EXT_DETECT, TSK_FS_TYPE_FFS_DETECT,
		TSK_FS_TYPE_HFS_DETECT,
	};
	TSK_IMG_INFO *img = tsk_image_of(volume, volume->size,
					 DETECTION_BUDGET, 512);
	const char *name = NULL;

	if (img == NULL) {
		arena_set_failed(a);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		TSK_FS_INFO *fs = tsk_fs_open_img(img, 0, types[i]);

		if (fs == NULL && tsk_error_get_errno() == TSK_ERR_AUX_MALLOC)
			arena_set_failed(a);
		tsk_error_reset();
		if (fs == NULL)
			continue;
		name = name_of(fs->ftype);
		tsk_fs_close(fs);
		break;
	}
	tsk_img_close(img);
	return name;
}
