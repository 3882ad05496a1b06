// SPDX-License-Identifier: MIT
/*
 * ntfs_tree.c - paths, files and directories on top of libntfs-3g
 */
#include "ntfs_tree.h"

#include <errno.h>
#include <string.h>

#include "text.h"

/*
 * The security id that mkntfs gives to its own files. With one, libntfs-3g
 * writes the long $STANDARD_INFORMATION of Windows 2000 and later.
 */
enum { SECURITY_ID = 0x100 };

int tree_name_set(struct tree_name *name, const char *text, size_t len)
{
	int n = text_to_utf16(text, len, (uint8_t *)name->units, 255);

	if (n < 1) {
		errno = EINVAL;
		return -1;
	}
	name->n = (uint8_t)n;
	return 0;
}

/* Takes the first name off a path; 0 when there is none left. */
static int next_name(const char **path, struct tree_name *ret)
{
	const char *start = *path + strspn(*path, "/");
	size_t len = strcspn(start, "/");

	*path = start + len;
	return len == 0 ? 0 : tree_name_set(ret, start, len) < 0 ? -1 : 1;
}

static ntfs_inode *open_in(ntfs_inode *dir, const struct tree_name *name)
{
	u64 ref = ntfs_inode_lookup_by_name(dir, name->units, name->n);

	return ref == (u64)-1 ? NULL : ntfs_inode_open(dir->vol, MREF(ref));
}

ntfs_inode *tree_make_in(ntfs_inode *dir, const struct tree_name *name,
			 mode_t type)
{
	return ntfs_create(dir, const_cpu_to_le32(SECURITY_ID), name->units,
			   name->n, type);
}

/*
 * The new inode is closed while its directory is open and never beside it:
 * libntfs-3g would open the directory a second time to write the size and the
 * times into the index entry, and one of the two copies would be lost.
 */
static int make_closed(ntfs_inode *dir, const struct tree_name *name,
		       mode_t type)
{
	ntfs_inode *ni = tree_make_in(dir, name, type);

	return ni == NULL ? -1 : ntfs_inode_close_in_dir(ni, dir);
}

/* Closes `dir` and answers the entry of it, made first if `make` says so. */
static ntfs_inode *descend(ntfs_inode *dir, const struct tree_name *name,
			   int make)
{
	ntfs_inode *ni = open_in(dir, name);

	if (ni == NULL && make && make_closed(dir, name, S_IFDIR) == 0)
		ni = open_in(dir, name);
	int err = errno;

	ntfs_inode_close(dir);
	errno = err;
	return ni;
}

static ntfs_inode *walk_to_parent(ntfs_volume *vol, const char *path, int make,
				  struct tree_name *ret_name)
{
	ntfs_inode *dir = ntfs_inode_open(vol, FILE_root);
	struct tree_name next;

	if (next_name(&path, ret_name) <= 0) {
		if (dir != NULL)
			ntfs_inode_close(dir);
		errno = EINVAL;
		return NULL;
	}
	while (dir != NULL && next_name(&path, &next) > 0) {
		dir = descend(dir, ret_name, make);
		*ret_name = next;
	}
	return dir;
}

ntfs_inode *tree_open_parent(ntfs_volume *vol, const char *path,
			     struct tree_name *ret_name)
{
	return walk_to_parent(vol, path, 0, ret_name);
}

ntfs_inode *tree_open(ntfs_volume *vol, const char *path)
{
	struct tree_name name;

	if (strcmp(path, "/") == 0)
		return ntfs_inode_open(vol, FILE_root);
	ntfs_inode *dir = walk_to_parent(vol, path, 0, &name);

	return dir == NULL ? NULL : descend(dir, &name, 0);
}

int tree_make(ntfs_volume *vol, const char *path, mode_t type)
{
	struct tree_name name;
	ntfs_inode *dir = walk_to_parent(vol, path, 1, &name);

	if (dir == NULL)
		return -1;
	int err = make_closed(dir, &name, type);

	return ntfs_inode_close(dir) < 0 ? -1 : err;
}

int tree_append(ntfs_inode *ni, const char *stream, const void *bytes, size_t n)
{
	struct tree_name name = { .n = 0 };

	if (*stream != '\0' && tree_name_set(&name, stream, strlen(stream)) < 0)
		return -1;
	ntfs_attr *na = ntfs_attr_open(ni, AT_DATA, name.units, name.n);

	if (na == NULL && ntfs_attr_add(ni, AT_DATA, name.units, name.n,
					NULL, 0) == 0)
		na = ntfs_attr_open(ni, AT_DATA, name.units, name.n);
	if (na == NULL)
		return -1;
	s64 written = ntfs_attr_pwrite(na, na->data_size, (s64)n, bytes);
	/* a compressed stream is finished by that, no other is touched */
	int err = ntfs_attr_pclose(na);

	ntfs_attr_close(na);
	return written == (s64)n ? err : -1;
}
