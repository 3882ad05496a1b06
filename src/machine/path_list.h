/*
 * path_list.h - the paths of a place while they are found
 */
#ifndef MACHINE_PATH_LIST_H
#define MACHINE_PATH_LIST_H

#include "machine/place.h"

struct path_list {
	struct machine *m;
	struct arena *arena;
	struct place *place;
	const char *inside;	/* "\dir\file"; "\" for the root */
};

/* Add @path, whose text is @prefix (NULL: nothing is added), "C:\Mount" with
 * or without a backslash at its end, and what lies inside; @r may be NULL.  */
void path_list_add(struct path_list *l, const char *prefix,
		   const struct resolution *r, struct place_path path);

/* The name as a prefix: "X:\" or "\\?\Volume{G}\"; NULL: it is none.  */
const char *path_list_prefix(const struct path_list *l,
			     const struct mountmgr_name *n);

/* Add what a record says, whatever volume it is of.  The letter of the last is
 * not 0.  */
void path_list_add_name(struct path_list *l, const struct machine_name *n);
void path_list_add_former(struct path_list *l,
			  const struct machine_former_name *n);
void path_list_add_record(struct path_list *l,
			  const struct machine_known_volume *k);

/* Live first, then by time.  */
void path_list_sort(struct path_list *l);

#endif /* MACHINE_PATH_LIST_H */
