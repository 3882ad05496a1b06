/*
 * image.h - an image file, opened as the disk that it holds
 *
 * The container type is decided here, by its signatures and never by the name,
 * and is told to the reader.  A file that carries a container's
 * signature but cannot be read as one is an error, never "raw".
 */
#ifndef EVIDENCE_IMAGE_H
#define EVIDENCE_IMAGE_H

#include "evidence/source.h"
#include "evidence/supplied.h"

enum image_format {
	IMAGE_RAW, IMAGE_SPLIT_RAW,
	IMAGE_VHD_FIXED, IMAGE_VHD_DYNAMIC, IMAGE_VHD_DIFFERENCING,
	IMAGE_VHDX_FIXED, IMAGE_VHDX_DYNAMIC, IMAGE_VHDX_DIFFERENCING,
	IMAGE_EWF, IMAGE_VMDK, IMAGE_QCOW, IMAGE_QCOW2,
	IMAGE_VDI_FIXED, IMAGE_VDI_DYNAMIC, IMAGE_VDI_DIFFERENCING,
	IMAGE_GZIP, IMAGE_AFF, IMAGE_AFD, IMAGE_AFM,
};

/* "raw", "split-raw", "vhd-fixed", ... "ewf", "vmdk", "qcow", "qcow2". */
const char *image_format_name(enum image_format f);

/* A file, whatever path leads to it.  */
struct file_id {
	uint64_t device, inode;
};

struct image_options {
	const char *const *parents;	/* candidates for a missing parent */
	size_t n_parents;
	unsigned sector_size;	/* 512 or 4096; 0: as the container says, else
				 * left 0 in the source, to be probed */
	const struct supplied_bytes *supplied;	/* what the file holds; NULL:
						 * it is opened */
};

struct image {
	struct source *disk;	/* the disk's bytes; counts what is read */
	enum image_format format;
	const char *file;	/* the file's name without its directory */
	const char *const *segments;	/* names of all files read, in order,
					 * parents included */
	const struct file_id *ids;	/* of the segments; zeros: unknown */
	size_t n_segments;
	unsigned sector_size;	/* as the container says; 0 if it does not */
};

/*
 * Open the image file @path, read-only, as image number @index.  Segments and
 * parents are found beside it, by the names that the format prescribes, or in
 * @o->parents.  Reads through image->disk are added to @stats.  What is odd but
 * usable goes to @d.  Errors are those of the file or the container; `at' then
 * is an offset in the file.  An empty file, a directory or a device that cannot
 * be read is an error.  Where @o->supplied is what the file holds, @path is but
 * its name, and nothing lies beside it.  Strings live in @a, that of the error
 * too, which begins with the name of the file; free with image_close().
 */
int image_open(const char *path, unsigned index, const struct image_options *o,
	       struct io_stats *stats, struct arena *a, struct diag_list *d,
	       struct image **ret, struct err *reterr);
void image_close(struct image *img);

#endif /* EVIDENCE_IMAGE_H */
