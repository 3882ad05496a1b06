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
struct unlisted;

/* What was needed, and whose bytes are not there: a disk that is missing or cut
 * takes many things with it.  They are counted, and told at once.  */
struct unread {
	uint64_t n;
	uint64_t first;		/* that was asked for: its record */
	struct err why;
	struct cites cites;
};

struct ntfs {
	struct ntfs_info info;
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	uint64_t total_clusters;
	uint64_t boot_offset, mft_offset, mirror_offset;	/* bytes in the
								 * volume */
	struct source *mft;	/* the $MFT as a stream */
	bool mft_cut;		/* its clusters end before it does */
	bool may_search;	/* for it: nothing tells where it is */
	bool by_copy;		/* until then: by the record in the $MFTMirr */
	struct mft_cache *records;
	struct name_cache *names;
	uint16_t *upcase;	/* NULL until a name needs it */
	struct seen *seen;	/* findings that were made */
	struct unread unread;	/* records of the $MFT */
	struct unread unread_blocks;	/* of indexes */
	uint64_t unread_entries;	/* of $R, but for mount points */
	uint64_t block_failures;	/* all, where one fails again, too */
	bool is_swept;		/* and then these were told of */
	struct unlisted *unlisted;	/* NULL until a look-up needs it */
	bool has_unlisted;	/* a directory was seen to lack a file */
	struct fsntfs *fsntfs;	/* NULL until something needs it */
};

/* In the place of a record's number: it is about those that cannot be read.  */
#define UNREAD_KEY ((uint64_t)1 << 63)

struct seen *ntfs_seen_new(void);

/* True the first time it is called for (@kind, @key): so that a record that is
 * read twice is one finding.  */
bool ntfs_first_time(struct ntfs *n, const struct diag_kind *kind,
		     uint64_t key);

/* One more of @u, of the record @number: the @size bytes at @at of @s, called
 * @structure.  */
void ntfs_count_unread(struct ntfs *n, struct unread *u, uint64_t number,
		       const struct err *e, struct source *s, uint64_t at,
		       uint64_t size, const char *structure);

/* Whether @e says that bytes are not there, and nothing of what they hold.  */
bool ntfs_is_unread(const struct err *e);

/* A finding about the file or record @ref, once for each: "<what @fmt says>:
 * <what @e says>".  As diag_add(), returns it if cites can be put into it.  */
struct diag *ntfs_finding(struct ntfs *n, const struct diag_kind *kind,
			  uint64_t ref, const struct err *e,
			  const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif /* NTFS_NTFS_VOLUME_H */
