/*
 * ntfs_volume.h - the inside of an NTFS volume, for the files of this folder
 */
#ifndef NTFS_NTFS_VOLUME_H
#define NTFS_NTFS_VOLUME_H

#include "base/diag.h"
#include "ntfs/ntfs.h"

struct mft_cache;
struct name_cache;
struct fsntfs;
struct seen;

struct ntfs {
	struct ntfs_info info;
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	uint64_t total_clusters;
	uint64_t mft_offset, mirror_offset;	/* bytes in the volume */
	struct source *mft;	/* the $MFT as a stream */
	bool may_search;	/* for it: nothing tells where it is */
	bool by_copy;		/* until then: by the record in the $MFTMirr */
	struct mft_cache *records;
	struct name_cache *names;
	uint16_t *upcase;	/* NULL until a name needs it */
	struct seen *seen;	/* findings that were made */
	struct fsntfs *fsntfs;	/* NULL until something needs it */
};

struct seen *ntfs_seen_new(void);

/* True the first time it is called for (@kind, @key): so that a record that is
 * read twice is one finding.  */
bool ntfs_first_time(struct ntfs *n, const struct diag_kind *kind,
		     uint64_t key);

/* A finding about the file or record @ref, once for each: "<what @fmt says>:
 * <what @e says>".  As diag_add(), returns it if cites can be put into it.  */
struct diag *ntfs_finding(struct ntfs *n, const struct diag_kind *kind,
			  uint64_t ref, const struct err *e,
			  const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif /* NTFS_NTFS_VOLUME_H */
