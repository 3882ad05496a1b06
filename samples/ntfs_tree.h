// SPDX-License-Identifier: MIT
#ifndef SAMPLES_NTFS_TREE_H
#define SAMPLES_NTFS_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "ntfs3g.h"

/*
 * Paths begin with '/' and are cut at '/'; after that \uXXXX in a name is
 * decoded, so that a name can hold a '/' too. Each function returns NULL or -1
 * with errno on failure.
 */

struct tree_name {
	ntfschar units[255];
	uint8_t n;
};

ntfs_inode *tree_open(ntfs_volume *vol, const char *path);

/* The directory that holds `path`, and the last name of it. */
ntfs_inode *tree_open_parent(ntfs_volume *vol, const char *path,
			     struct tree_name *ret_name);

/* Makes a file (S_IFREG) or a directory (S_IFDIR), and what lacks above it. */
int tree_make(ntfs_volume *vol, const char *path, mode_t type);

/* The same in an open directory; the new inode is left open. */
ntfs_inode *tree_make_in(ntfs_inode *dir, const struct tree_name *name,
			 mode_t type);

int tree_name_set(struct tree_name *name, const char *text, size_t len);

/* Writes at the end of the stream `stream` ("" is the file's own content). */
int tree_append(ntfs_inode *ni, const char *stream, const void *bytes,
		size_t n);

#endif /* SAMPLES_NTFS_TREE_H */
