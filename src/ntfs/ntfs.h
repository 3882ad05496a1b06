/*
 * ntfs.h - one NTFS volume: its files, its paths and its reparse points
 *
 * Reads go straight to the $MFT records and index blocks that a question needs.
 * What is damaged is a finding in the list given to ntfs_open(), with the place
 * of its bytes, and the next best way is taken: the $MFTMirr for the first
 * records, a scan of the index blocks where a tree is broken.
 */
#ifndef NTFS_NTFS_H
#define NTFS_NTFS_H

#include "base/guid.h"
#include "base/span.h"
#include "base/utf16.h"
#include "evidence/source.h"
#include "format/file_name.h"
#include "format/reparse.h"

struct ntfs;

/* A file reference: record number in bits 0-47, sequence number in 48-63.  A
 * sequence number of 0 is not compared.  */
typedef uint64_t ntfs_ref;
#define NTFS_RECORD(ref) ((ref) & 0xffffffffffffu)
#define NTFS_SEQUENCE(ref) ((unsigned)((ref) >> 48))
#define NTFS_ROOT ((ntfs_ref)5)

/* Of a file, by its $STANDARD_INFORMATION, which programs can set.  */
struct ntfs_times {
	/* FILETIME; 0: unknown.  */
	uint64_t created, modified, record_changed;
	struct cites cites;
};

struct ntfs_info {
	uint64_t serial;
	unsigned sector_size, cluster_size, record_size, index_size; /* bytes */
	uint64_t total_sectors;	/* without the backup boot sector */
	uint64_t capacity;	/* bytes in whole clusters */
	unsigned version_major, version_minor;	/* 0.0 if unknown */
	bool dirty;
	struct text label;	/* utf8 NULL: none */
	bool from_backup;	/* opened by the backup boot sector */
	struct guid object_id;	/* of the volume; zero if none */
	struct ntfs_times times;	/* of $Volume: made with the volume */
};

/* Open the NTFS volume whose bytes are @volume (borrowed).  Findings go to @d,
 * strings into @a; both must outlive the volume.  Fails where neither boot
 * sector nor the $MFT can be made out.  */
int ntfs_open(struct source *volume, struct arena *a, struct diag_list *d,
	      struct ntfs **ret, struct err *reterr);
void ntfs_close(struct ntfs *n);

/* Say how many records of the $MFT were asked for in vain, when no more will
 * be.  */
void ntfs_tell_unread(struct ntfs *n);

const struct ntfs_info *ntfs_info(const struct ntfs *n);

struct ntfs_dir_entry {
	ntfs_ref ref;
	struct span name;	/* UTF-16LE; valid during the call */
	uint32_t file_attributes;	/* as $FILE_NAME has them */
	bool is_directory;
};

/* Return 0 to go on, another value to stop, which the walk then returns.  */
typedef int ntfs_dir_fn(void *ctx, const struct ntfs_dir_entry *e);

/* Each name in the directory @dir, once; DOS names are left out.  */
int ntfs_list(struct ntfs *n, ntfs_ref dir, ntfs_dir_fn *fn, void *ctx,
	      struct err *reterr);

/* Look @name (UTF-16LE) up in directory @dir, without regard to case as the
 * volume's own $UpCase has it; an exact match wins over one in another case.
 * ERR_NOT_FOUND where it is not there.  */
int ntfs_find(struct ntfs *n, ntfs_ref dir, struct span name, ntfs_ref *ret,
	      struct err *reterr);

/* Names in one directory that differ in letter case only, which a POSIX program
 * or a directory with case sensitivity can hold.  More than these are not
 * told.  */
#define NTFS_MAX_CASES 3

struct ntfs_case {
	ntfs_ref ref;
	struct text name;	/* as it is stored */
};

/* All that @name can mean in @dir, the one that ntfs_find() gives first;
 * ERR_NOT_FOUND where there is none.  */
int ntfs_find_cases(struct ntfs *n, ntfs_ref dir, struct span name,
		    struct ntfs_case ret[NTFS_MAX_CASES], size_t *ret_n,
		    struct err *reterr);

/* A directory that is damaged can hide files that are whole.  Where a look-up
 * in one fails, or its list is wanted, the records of the volume are asked once
 * which files in use say that they are there; what they tell is a finding.  A
 * sound directory is believed, until this is called by who knows of a file that
 * must be there: from then on each look-up that fails asks the records.  It
 * reads the whole $MFT.  1: the first time; 0: again.  ERR_NOMEM only.  */
int ntfs_ask_records(struct ntfs *n, struct err *reterr);

/* Whether @ref was found in @dir by its own record alone.  */
bool ntfs_is_unlisted(struct ntfs *n, ntfs_ref dir, ntfs_ref ref);

/* All files that say so of themselves, the one that ntfs_find() gives first;
 * ERR_NOT_FOUND where there is none.  */
int ntfs_find_rivals(struct ntfs *n, ntfs_ref dir, struct span name,
		     struct ntfs_case ret[NTFS_MAX_CASES], size_t *ret_n,
		     struct err *reterr);

/* Look up a path below the root, UTF-8: "\\Windows\\System32\\config".
 * Reparse points on the way are not followed.  */
int ntfs_find_path(struct ntfs *n, const char *path, ntfs_ref *ret,
		   struct err *reterr);

/* The name of eight and three characters that @ref has in @dir.
 * ERR_NOT_FOUND: it has none, or its only name is one.  */
int ntfs_short_name(struct ntfs *n, ntfs_ref ref, ntfs_ref dir,
		    struct text *ret, struct err *reterr);

/* Open the $DATA stream @stream (NULL: the unnamed one) of @ref as a source of
 * its initialised and real size.  @file is what citations call it; it must
 * outlive the source.  Compressed streams are read through libfsntfs; what is
 * cited of them are compressed units, marked as such.  ERR_UNSUPPORTED, and a
 * finding: encrypted, or compressed by WOF, which puts the content elsewhere
 * and leaves zeros here.  */
int ntfs_open_stream(struct ntfs *n, ntfs_ref ref, const char *stream,
		     const char *file, struct source **ret, struct err *reterr);

/* The $STANDARD_INFORMATION of @ref: its times and its attributes.  */
int ntfs_standard_information(struct ntfs *n, ntfs_ref ref,
			      struct standard_information *ret,
			      struct err *reterr);

enum ntfs_path_state {
	PATH_WHOLE,		/* up to the root */
	PATH_ORPHAN,		/* a parent is gone or was used again */
	PATH_UNREADABLE,	/* a parent cannot be read as a directory */
	PATH_LOOP,		/* a parent is its own descendant */
	PATH_TOO_DEEP,		/* more directories than are followed */
	PATH_TOO_LONG,		/* longer than Windows' longest */
	PATH_UNNAMED,		/* no $FILE_NAME */
	PATH_LEFT_OUT,		/* too much was read for paths already */
};

struct ntfs_path {
	struct span utf16;	/* "\Mount\Data"; "\" for the root */
	struct text text;
	enum ntfs_path_state state;	/* not whole: the path begins with
					 * "\$OrphanFiles" */
	struct cites cites;	/* the $FILE_NAME attributes used */
};

/* The path of @ref, built from its parents.  A file with several names: the
 * first that is not a DOS name.  */
int ntfs_path_of(struct ntfs *n, ntfs_ref ref, struct ntfs_path *ret,
		 struct err *reterr);

/* The same by name number @i, from 0, of a file with several: each hard link,
 * and no DOS name.  ERR_NOT_FOUND: it has no more.  */
int ntfs_link_path(struct ntfs *n, ntfs_ref ref, size_t i,
		   struct ntfs_path *ret, struct err *reterr);

enum ntfs_scan { NTFS_SCAN_AUTO, NTFS_SCAN_INDEX, NTFS_SCAN_FULL };

struct ntfs_reparse {
	ntfs_ref ref;		/* with the record's own sequence number */
	bool in_index;		/* $R names it */
	bool in_record;		/* the record has attribute 0xc0 */
	bool deleted;		/* the record is not in use */
	bool is_directory;
	uint32_t tag;		/* of the data; of the index without data */
	struct span raw;	/* the reparse data; empty if unreadable */
	struct reparse data;	/* decoded; strings point into raw */
	struct ntfs_path path;
	struct ntfs_times times;
	struct cites cites;	/* the attribute's data, then the index entry */
};

struct ntfs_reparse_list {
	struct ntfs_reparse *list;	/* by record number, deleted last */
	size_t n;
	bool index_read;	/* $R was there and whole */
	bool astray;		/* and names a record without reparse point */
	bool swept;		/* the $MFT was read from end to end */
};

/*
 * All reparse points of the volume.  SCAN_INDEX reads $Extend\$Reparse only,
 * SCAN_FULL also sweeps the $MFT, which finds deleted ones, SCAN_AUTO sweeps
 * where the index is missing or damaged, or names what is not there.  Where
 * both were done, a record that only one of them names is a finding.
 */
int ntfs_reparse_points(struct ntfs *n, enum ntfs_scan scan,
			struct ntfs_reparse_list *ret, struct err *reterr);

enum ntfs_witness {
	NTFS_WITNESS_AGREES,
	NTFS_WITNESS_DISAGREES,		/* a finding, too */
	NTFS_WITNESS_UNAVAILABLE,	/* libfsntfs cannot read it */
};

/* A file's name stands in its record and in the directory above: a finding
 * where these differ, since one is damaged.  Of the first 256 of a volume.  */
void ntfs_check_name(struct ntfs *n, const struct ntfs_reparse *p);

/* The same of @ref, which the directory @dir lists as @name.  False: the file
 * does not call itself so, or is not there.  */
bool ntfs_check_entry(struct ntfs *n, ntfs_ref dir, ntfs_ref ref,
		      struct span name);

/* Read the reparse point @p again, with libfsntfs, and compare tag and, for
 * mount points and symbolic links, the substitute name.  Fails only where
 * memory is out.  */
int ntfs_witness_fsntfs(struct ntfs *n, const struct ntfs_reparse *p,
			enum ntfs_witness *ret, struct err *reterr);

#endif /* NTFS_NTFS_H */
