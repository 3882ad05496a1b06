/*
 * own_name.h - the name that a file's own record gives it
 *
 * It stands in the directory as well, where one changed bit hides the file from
 * a look-up.
 */
#ifndef NTFS_OWN_NAME_H
#define NTFS_OWN_NAME_H

#include "ntfs/ntfs_volume.h"

struct own_name {
	ntfs_ref ref;		/* of the file, with its sequence number */
	uint32_t file_attributes;	/* as $FILE_NAME has them */
	bool is_directory;
	size_t bytes;
	uint8_t utf16[255 * 2];
	struct cites cites;	/* the $FILE_NAME */
};

/* Look for a name of @ref in the directory @dir: one that differs from @wanted
 * in case at most; any but a DOS name if @wanted is empty.  False: there is
 * none, or the file is not in use or not readable.  */
bool own_name_find(struct ntfs *n, ntfs_ref ref, ntfs_ref dir,
		   struct span wanted, struct own_name *ret);

/* Whether @name may be @wanted with some of its units changed.  */
bool own_name_resembles(struct span wanted, struct span name);

/* Whether @a can stand before @b in an index of names.  Where that depends on
 * units that are not ASCII it can: their order is known from $UpCase only.  */
bool own_name_in_order(struct span a, struct span b);

#endif /* NTFS_OWN_NAME_H */
