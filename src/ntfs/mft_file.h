/*
 * mft_file.h - a file: its base record, and the attributes wherever they are
 */
#ifndef NTFS_MFT_FILE_H
#define NTFS_MFT_FILE_H

#include "format/attribute.h"
#include "ntfs/mft.h"

struct mft_file {
	struct ntfs *ntfs;
	ntfs_ref ref;		/* with the record's own sequence number */
	struct record rec;
	uint8_t *list;		/* the attribute list, or NULL */
	size_t list_bytes;
};

/* Read the base record of @ref, in use or not.  ERR_NOT_FOUND: the record has
 * never been used, or has been used again since.  */
int mft_file_open(struct ntfs *n, ntfs_ref ref, struct mft_file *ret,
		  struct err *reterr);
void mft_file_done(struct mft_file *f);

static inline bool mft_file_in_use(const struct mft_file *f)
{
	return (f->rec.head.flags & MFT_RECORD_IN_USE) != 0;
}

/* @a lies in @rec, during the call.  Another value than 0 ends the walk.  */
typedef int attribute_fn(void *ctx, const struct record *rec,
			 const struct attribute *a, struct err *reterr);

/* Call @fn for each attribute, or piece of one, of @type and @name (ASCII;
 * NULL: unnamed), in the order of the attribute list if there is one.  */
int mft_file_each(struct mft_file *f, uint32_t type, const char *name,
		  attribute_fn *fn, void *ctx, struct err *reterr);

/* The same, whatever their names.  */
int mft_file_each_of_type(struct mft_file *f, uint32_t type, attribute_fn *fn,
			  void *ctx, struct err *reterr);

/* The times of the file; those that cannot be read are 0.  */
void mft_file_times(struct mft_file *f, struct ntfs_times *ret);

/* The content of the attribute as a source.  ERR_NOT_FOUND: has none.
 * ERR_UNSUPPORTED: compressed or encrypted.  */
int mft_file_stream(struct mft_file *f, uint32_t type, const char *name,
		    struct source **ret, struct err *reterr);

/* The clusters of a compressed one as they lie in the volume, of which *@unit
 * bytes at a time are compressed as one.  */
int mft_file_clusters(struct mft_file *f, uint32_t type, const char *name,
		      struct source **ret, uint64_t *unit, struct err *reterr);

/* The whole content, if no longer than @max; into memory of malloc().
 * *@ret_source, if not NULL, is the source, for citations.  */
int mft_file_read(struct mft_file *f, uint32_t type, const char *name,
		  size_t max, uint8_t **ret, size_t *ret_n,
		  struct source **ret_source, struct err *reterr);

#endif /* NTFS_MFT_FILE_H */
