/*
 * path_walk.h - a path, followed through directories, links and mounted folders
 *
 * As Windows opens a file: each name is looked up in its directory, without
 * regard to case as the volume has it, by its long name or its short one.
 * Where a directory or file is a mount point, a junction or a symbolic link,
 * the path goes on where that leads, perhaps on another volume; the last name,
 * too.  A letter in a link is that of the installation which is asked.
 */
#ifndef MACHINE_PATH_WALK_H
#define MACHINE_PATH_WALK_H

#include "machine/machine.h"

enum walk_end {
	WALK_FOUND,
	WALK_NO_NAME,		/* a directory does not list the name */
	WALK_NO_STREAM,		/* a file has no such stream */
	WALK_NO_DIRECTORY,	/* a file is where a directory should be */
	WALK_NO_VOLUME,		/* a link leads to none of this evidence, or to
				 * several that cannot be told apart */
	WALK_NOT_FOLLOWED,	/* or to where no disk leads: to a share */
	WALK_LOOP,		/* more links than Windows follows */
	WALK_ENCRYPTED,		/* by BitLocker, without a key */
	WALK_NOT_READ,		/* no directories are read of the volume */
	WALK_DAMAGED,
};

/* A link on the way.  */
struct walk_hop {
	enum reparse_kind kind;
	size_t volume;		/* it lies here, */
	const char *path;	/* of this path */
	ntfs_ref ref;
	struct text target;	/* as it is stored */
	size_t to;		/* the volume to which it leads, or NONE */
	enum tier tier;		/* how that is known */
	enum certainty certainty;
	struct cites cites;	/* the reparse point */
};

struct path_walk {
	enum walk_end end;
	const char *why;	/* a sentence; NULL where it was found */
	/* How far it came: all the way, if it was found.  */
	size_t volume;
	const char *path;	/* there, with names as they are stored */
	ntfs_ref ref;
	const char *rest;	/* what is left: "" or "\dir\file" */
	const char *stream;	/* a stream of the file; NULL: the unnamed */
	bool or_file;		/* there is also a file of the whole name, with
				 * its colon: path_walk_file() */
	bool other_case;	/* a name on the way is also there in another
				 * letter case: the first was taken */
	const struct ntfs_reparse *point;	/* of the file, of a kind that
				 * leads nowhere; NULL */
	struct walk_hop *hops;
	size_t n_hops;
	size_t n_choices;	/* how many volumes the first link that may lead
				 * to several may lead to; 0: there is none */
};

struct path_walks {
	struct path_walk *list;
	size_t n;
};

/* Follow @path, "" or "\dir\file" in UTF-8 as struct target has it, from the
 * root of @volume, in the namespace of @installation (NONE: there is none);
 * into @a.  Gives one walk or, where a link may lead to several volumes, one
 * for each volume that the first such link may lead to.  A path that is not
 * found is no error: the walk says how it ended.  Fails where memory runs out.
 */
int path_walk_all(struct machine *m, size_t installation, size_t volume,
		  const char *path, struct arena *a, struct path_walks *ret,
		  struct err *reterr);

/* The walk number @choice of those (NONE: the only one), but with a colon in
 * the last name taken as part of a file's name.  */
int path_walk_file(struct machine *m, size_t installation, size_t volume,
		   const char *path, size_t choice, struct arena *a,
		   struct path_walk *ret, struct err *reterr);

/* Whether a link on the way leads to several volumes or is contradicted, and
 * which of these; no walk is surer than its links.  */
bool path_walk_doubt(const struct path_walk *w, enum certainty *ret);

/* Whether the walk ended on a volume whose directories are not read, and which
 * has no links: what is left of the path leads nowhere else.  */
bool path_walk_stays(const struct machine *m, const struct path_walk *w);

/* "found", "no-name", ...  */
const char *walk_end_name(enum walk_end e);

#endif /* MACHINE_PATH_WALK_H */
