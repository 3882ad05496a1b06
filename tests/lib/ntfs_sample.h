#ifndef TESTS_NTFS_SAMPLE_H
#define TESTS_NTFS_SAMPLE_H

#include "lib/file_source.h"
#include "ntfs/ntfs.h"

/* A volume that is open, and what was found on the way.  */
struct ntfs_sample {
	struct arena *arena;
	struct diag_list diags;
	struct io_stats stats;
	struct source *source;
	struct ntfs *ntfs;
	struct err err;		/* why it is not open */
};

/* Opens the volume in the file @path; false where it cannot be, as s->err
 * tells.  ntfs_sample_close() frees all in either case.  */
bool ntfs_sample_open(struct ntfs_sample *s, const char *path);
void ntfs_sample_close(struct ntfs_sample *s);

/*
 * Makes an NTFS volume of 12 MiB with mkntfs, and fills it by the commands
 * @script of samples/ntfsbuild.c.  Returns its path, build/data/<name>.ntfs, in
 * a static buffer, or NULL where one of the two tools is absent.
 */
const char *ntfs_sample_make(const char *name, const char *script);

/* The same of @mib MiB, with the @options "-s 4096 -c 65536" for mkntfs.  */
const char *ntfs_sample_make_as(const char *name, const char *options,
				unsigned mib, const char *script);

/* How many findings of @code, "CM0301", there are.  */
size_t ntfs_sample_findings(const struct ntfs_sample *s, const char *code);

/* Where record @number of the $MFT begins in the volume.  */
uint64_t ntfs_sample_record(struct ntfs_sample *s, uint64_t number);

/* Where the first attribute of @type in that record begins; @path is the
 * volume's file.  */
uint64_t ntfs_sample_attribute(struct ntfs_sample *s, const char *path,
			       uint64_t number, unsigned type);

/* Writes @n bytes at @off of the file @path.  */
void ntfs_sample_patch(const char *path, uint64_t off, const void *bytes,
		       size_t n);

#endif /* TESTS_NTFS_SAMPLE_H */
