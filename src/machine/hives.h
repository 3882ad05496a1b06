/*
 * hives.h - hive files in the evidence, opened as their logs complete them
 */
#ifndef MACHINE_HIVES_H
#define MACHINE_HIVES_H

#include "machine/machine.h"
#include "registry/replay.h"

/* Where a hive lies: the file @file, in any letter case, in a directory.  */
struct hive_place {
	size_t volume;
	ntfs_ref directory;
	const char *path;	/* of the directory: "\\Windows\\System32" */
	const char *file;	/* "SYSTEM" */
	const char *local;	/* path of the file on the examiner's system,
				 * where it is in no image; else NULL */
};

struct open_hive {
	struct source *source;		/* the file, from its base block on */
	struct source *file;		/* NULL: begins with it */
	struct source *logs[REPLAY_LOGS];
	struct source *recovered;	/* NULL: no log was applied */
	struct replay_report replay;
	struct hive *hive;		/* recovered, where it was */
	struct hive *before;		/* the file alone; NULL: the same, or it
					 * cannot be read without its logs */
	struct diag_list before_findings;
	struct text path;		/* as the directories spell it */
	struct hive_place place;
	bool unlisted;			/* by its directory: see ntfs.h */
	bool is_text;			/* exported: no base block, no logs */
	bool is_log;			/* `logs' by themselves: the hive has
					 * no bytes */
};

/* Open the hive at @p with its logs.  ERR_NOT_FOUND where there is no such
 * file; no failure is a finding yet.  On success @ret must stay where it is,
 * until machine_hive_close().  */
int machine_hive_open(struct machine *m, const struct hive_place *p,
		      struct open_hive *ret, struct err *reterr);
void machine_hive_close(struct open_hive *h);

/* Open the logs of the hive at @p, which itself is lost.  ERR_NOT_FOUND where
 * there are none.  */
int machine_hive_open_logs(struct machine *m, const struct hive_place *p,
			   struct open_hive *ret, struct err *reterr);

/* Open the pages that the logs of @h have, whose tree cannot be read, for
 * hive_find_lost_key(); what is damaged in them goes to @findings.
 * ERR_NOT_FOUND where they have none.  */
int machine_hive_open_pages(struct machine *m, struct open_hive *h,
			    struct diag_list *findings, struct err *reterr);

/* Whether @path is that of a log of the hive @hive, which lies beside it.  */
bool machine_hive_is_log(const char *path, const char *hive);

/* The two steps of it: the bytes, as the logs complete them, and their tree.
 * Where that cannot be read, the bytes stay open.  */
int machine_hive_open_bytes(struct machine *m, const struct hive_place *p,
			    struct open_hive *ret, struct err *reterr);
int machine_hive_open_tree(struct machine *m, struct open_hive *h,
			   struct err *reterr);

/* Whether the hive by itself has the bytes of @c, all in its own file, and only
 * damage to what leads there hid them from who read it without its logs: of a
 * flush that was cut off, the base block may be older than the bins.  */
bool machine_hive_hid(const struct open_hive *h, const struct cites *c);

/* The hive as it was found: its own base block, if there is one, and the logs
 * that were applied.  */
int machine_hive_describe(struct machine *m, const struct open_hive *h,
			  struct machine_hive *ret, struct err *reterr);

/* Cite what tells that there is such a hive.  */
void machine_hive_cite(struct machine *m, const struct open_hive *h,
		       struct cites *c);

/* The finding that the hive at @p could not be read because of @e.  */
void machine_hive_unreadable(struct machine *m, const struct hive_place *p,
			     const struct err *e);

/* Follow @names, ASCII and closed by NULL, down from the directory @dir.  */
int machine_find_below(struct machine *m, struct ntfs *n, ntfs_ref dir,
		       const char *const *names, ntfs_ref *ret,
		       struct err *reterr);

/* Whether @file must be in the directory of @p, which does not list it, by what
 * else is there: each Windows has certain hives, and a hive its logs.  Then the
 * records of the volume are asked; true if that was not done before, so that a
 * second look-up is worth while.  */
bool machine_must_be_there(struct machine *m, const struct hive_place *p,
			   const char *file);

/* The path of the file @ref as its directories spell it; @path, where a damaged
 * record does not lead back to the root.  */
struct text machine_stored_path(struct ntfs *n, ntfs_ref ref, const char *path);

#endif /* MACHINE_HIVES_H */
