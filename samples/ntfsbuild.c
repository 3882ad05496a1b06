// SPDX-License-Identifier: MIT
/*
 * ntfsbuild.c - fills an NTFS volume from a script
 *
 *   ntfsbuild IMAGE OFFSET LENGTH < SCRIPT
 *
 * The volume lies at OFFSET of IMAGE and was made by mkntfs. One command a
 * line; '#' begins a comment line; a field with blanks stands in "quotes";
 * \uXXXX is a UTF-16 code unit; paths are cut at '/'. What lacks above a new
 * file or directory is made. See the table `commands' at the end.
 *
 * Commands that leave a freed record in the $MFT (delete) come last, as the
 * next new file would take the record; so do those that damage an index.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntfs3g.h"
#include "ntfs_tree.h"
#include "quota_index.h"
#include "reparse_buffer.h"
#include "script.h"
#include "text.h"
#include "window_device.h"

struct build {
	ntfs_volume *vol;
	int64_t length;		/* of the partition */
	char **arg;
	int n_args;
};

#define REMOTE_DATABASE_DIR "/System Volume Information"
#define REMOTE_DATABASE REMOTE_DATABASE_DIR "/MountPointManagerRemoteDatabase"

/* 2021-03-04 05:06:07, until the script says otherwise */
static struct timespec now = { .tv_sec = 1614834367 };

/*
 * libntfs-3g stamps files with the clock. As the main program's symbol this
 * one comes before the C library's, so that the same script gives the same
 * volume on every day. It has to be seen by the library, whatever the build
 * says of visibility.
 */
__attribute__((visibility("default")))
int clock_gettime(clockid_t id, struct timespec *ret)
{
	(void)id;
	*ret = now;
	return 0;
}

/* The n-th argument, or a default when the line has fewer. */
static const char *arg_or(const struct build *b, int n, const char *fallback)
{
	return n < b->n_args ? b->arg[n] : fallback;
}

static int cmd_time(struct build *b)
{
	int64_t seconds = text_to_time(b->arg[0]);

	if (seconds < 0)
		return script_invalid();
	now.tv_sec = (time_t)seconds;
	return 0;
}

static int cmd_label(struct build *b)
{
	uint8_t units[2 * 128];
	int n = text_to_utf16(b->arg[0], strlen(b->arg[0]), units, 128);

	return n < 0 ? script_invalid() :
		ntfs_volume_rename(b->vol, (const ntfschar *)units, n);
}

/* The boot sector lies at both ends of the partition. */
static int cmd_serial(struct build *b)
{
	struct ntfs_device *dev = b->vol->dev;
	int64_t last = b->length - b->vol->sector_size;
	uint8_t serial[8], boot[512];

	if (text_to_bytes(b->arg[0], serial, 8) != 8)
		return script_invalid();
	if (ntfs_pread(dev, 0, sizeof(boot), boot) != sizeof(boot))
		return -1;
	for (int i = 0; i < 8; i++)
		boot[0x48 + i] = serial[7 - i];
	if (ntfs_pwrite(dev, 0, sizeof(boot), boot) != sizeof(boot) ||
	    ntfs_pwrite(dev, last, sizeof(boot), boot) != sizeof(boot))
		return -1;
	return 0;
}

static int cmd_dirty(struct build *b)
{
	return ntfs_volume_write_flags(b->vol, VOLUME_IS_DIRTY);
}

static int cmd_mkdir(struct build *b)
{
	return tree_make(b->vol, b->arg[0], S_IFDIR);
}

static int append(struct build *b, const char *stream, const void *bytes,
		  size_t n)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);

	if (ni == NULL)
		return -1;
	int err = tree_append(ni, stream, bytes, n);

	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int cmd_file(struct build *b)
{
	const char *text = arg_or(b, 1, "");

	if (tree_make(b->vol, b->arg[0], S_IFREG) < 0)
		return -1;
	return *text == '\0' ? 0 : append(b, "", text, strlen(text));
}

static int cmd_stream(struct build *b)
{
	return append(b, b->arg[1], b->arg[2], strlen(b->arg[2]));
}

static int cmd_copy(struct build *b)
{
	static char bytes[1 << 20];
	FILE *f = fopen(b->arg[1], "rb");
	int err = f == NULL ? -1 : tree_make(b->vol, b->arg[0], S_IFREG);
	size_t n;

	while (err == 0 && (n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		err = append(b, "", bytes, n);
	if (f != NULL && fclose(f) != 0)
		return -1;
	return err;
}

/* Takes the cluster behind `na`, for nobody: it will not grow in one piece. */
static int block_behind(struct build *b, ntfs_attr *na)
{
	int64_t clusters = na->allocated_size / b->vol->cluster_size;
	LCN last = clusters > 0 ? ntfs_attr_vcn_to_lcn(na, clusters - 1) : -1;

	return last < 0 ? 0 :
		ntfs_bitmap_set_run(b->vol->lcnbmp_na, last + 1, 1);
}

static ntfs_attr *open_data(ntfs_inode *ni)
{
	return ni == NULL ? NULL : ntfs_attr_open(ni, AT_DATA, AT_UNNAMED, 0);
}

/* Each cluster of the file lies apart from the one before. */
static int cmd_scatter(struct build *b)
{
	static const char bytes[1 << 16];
	uint64_t n;

	if (script_number(b->arg[1], 0, &n) < 0 ||
	    b->vol->cluster_size > sizeof(bytes) ||
	    tree_make(b->vol, b->arg[0], S_IFREG) < 0)
		return -1;
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);
	int err = ni == NULL ? -1 : 0;

	for (uint64_t i = 0; err == 0 && i < n; i++) {
		err = tree_append(ni, "", bytes, b->vol->cluster_size);

		ntfs_attr *na = err < 0 ? NULL : open_data(ni);

		err = na == NULL ? -1 : block_behind(b, na);
		if (na != NULL)
			ntfs_attr_close(na);
	}
	return ni != NULL && ntfs_inode_close(ni) < 0 ? -1 : err;
}

/* As scatter, of what the names of a directory lie in. */
static int cmd_block_index(struct build *b)
{
	static ntfschar i30[] = { const_cpu_to_le16('$'),
		const_cpu_to_le16('I'), const_cpu_to_le16('3'),
		const_cpu_to_le16('0') };
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);
	ntfs_attr *na = ni == NULL ? NULL :
		ntfs_attr_open(ni, AT_INDEX_ALLOCATION, i30, 4);
	int err = na == NULL ? -1 : block_behind(b, na);

	if (na != NULL)
		ntfs_attr_close(na);
	return ni != NULL && ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int cmd_block_mft(struct build *b)
{
	return block_behind(b, b->vol->mft_na);
}

/* What lies between is a hole. */
static int cmd_sparse(struct build *b)
{
	uint64_t off;
	ntfs_inode *ni = script_number(b->arg[1], 0, &off) < 0 ? NULL :
			 tree_open(b->vol, b->arg[0]);

	if (ni == NULL)
		return -1;
	ntfs_attr *na = open_data(ni);
	int err = na == NULL || ntfs_attr_pwrite(na, (int64_t)off, 1, "s") != 1
		  ? -1 : 0;

	if (na != NULL)
		ntfs_attr_close(na);
	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int set_reparse(struct build *b, const struct reparse_buffer *r)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);

	if (ni == NULL)
		return -1;
	int err = ntfs_set_ntfs_reparse_data(ni, (const char *)r->bytes, r->n,
					     0);

	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int new_reparse(struct build *b, mode_t type,
		       const struct reparse_buffer *r)
{
	return tree_make(b->vol, b->arg[0], type) < 0 ? -1 : set_reparse(b, r);
}

static int cmd_mount(struct build *b)
{
	struct reparse_buffer r = { .n = 0 };
	char target[80];

	snprintf(target, sizeof(target), "\\??\\Volume{%s}\\", b->arg[1]);
	return reparse_mount_point(target, arg_or(b, 2, ""), &r) < 0 ?
		script_invalid() : new_reparse(b, S_IFDIR, &r);
}

static int cmd_junction(struct build *b)
{
	struct reparse_buffer r = { .n = 0 };

	return reparse_mount_point(b->arg[1], arg_or(b, 2, ""), &r) < 0 ?
		script_invalid() : new_reparse(b, S_IFDIR, &r);
}

/* As in CreateSymbolicLink: what is no NT path is relative. */
static int new_symlink(struct build *b, mode_t type)
{
	int absolute = strncmp(b->arg[1], "\\??\\", 4) == 0;
	const char *print = arg_or(b, 2, b->arg[1] + (absolute ? 4 : 0));
	struct reparse_buffer r = { .n = 0 };

	return reparse_symlink(b->arg[1], print, !absolute, &r) < 0 ?
		script_invalid() : new_reparse(b, type, &r);
}

static int cmd_symlink(struct build *b)
{
	return new_symlink(b, S_IFREG);
}

static int cmd_symlinkd(struct build *b)
{
	return new_symlink(b, S_IFDIR);
}

static int cmd_reparse(struct build *b)
{
	struct reparse_buffer r = { .n = 0 };
	uint64_t tag;

	if (script_number(b->arg[1], 0, &tag) < 0)
		return -1;
	return reparse_tagged((uint32_t)tag, b->arg[2], &r) < 0 ? script_invalid() :
		set_reparse(b, &r);
}

/*
 * Overwrites bytes of a reparse point in place: libntfs-3g does not let a
 * malformed one in by the front door.
 */
static int cmd_damage(struct build *b)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);
	uint8_t bytes[64];
	int n = text_to_bytes(b->arg[2], bytes, sizeof(bytes));
	uint64_t at;
	int err = -1;

	if (ni == NULL)
		return -1;
	ntfs_attr *na = ntfs_attr_open(ni, AT_REPARSE_POINT, AT_UNNAMED, 0);

	if (na != NULL && n > 0 && script_number(b->arg[1], 0, &at) == 0)
		err = ntfs_attr_pwrite(na, (s64)at, n, bytes) == n ? 0 : -1;
	if (na != NULL)
		ntfs_attr_close(na);
	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int cmd_drop_index(struct build *b)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);

	if (ni == NULL)
		return -1;
	int err = ntfs_delete_reparse_index(ni);

	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int cmd_drop_attribute(struct build *b)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);

	if (ni == NULL)
		return -1;
	int err = ntfs_attr_remove(ni, AT_REPARSE_POINT, AT_UNNAMED, 0);

	ni->flags = (FILE_ATTR_FLAGS)(ni->flags &
				      ~(uint32_t)FILE_ATTR_REPARSE_POINT);
	NInoFileNameSetDirty(ni);
	NInoSetDirty(ni);
	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

static int cmd_attrib(struct build *b)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);
	uint64_t flags;
	uint8_t value[4];

	if (ni == NULL || script_number(b->arg[1], 0, &flags) < 0)
		return -1;
	put_le32(value, (uint32_t)flags);
	int err = ntfs_set_ntfs_attrib(ni, (const char *)value, sizeof(value),
				       0);

	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

/*
 * Opens a file and then its directory. In the other order the directory would
 * be opened a second time on the way to the file, and libntfs-3g would keep
 * that copy in its cache and answer from it after the first has changed.
 */
static int open_pair(struct build *b, struct tree_name *name, ntfs_inode **ni,
		     ntfs_inode **dir)
{
	*ni = tree_open(b->vol, b->arg[0]);
	if (*ni == NULL)
		return -1;
	*dir = tree_open_parent(b->vol, b->arg[0], name);
	if (*dir == NULL)
		ntfs_inode_close(*ni);
	return *dir == NULL ? -1 : 0;
}

/*
 * A name that is its own DOS name becomes one of the namespace Win32+DOS; else
 * it becomes Win32 and gets a DOS twin. libntfs-3g closes both inodes.
 */
static int cmd_dosname(struct build *b)
{
	struct tree_name name;
	ntfs_inode *ni, *dir;

	if (open_pair(b, &name, &ni, &dir) < 0)
		return -1;
	return ntfs_set_ntfs_dos_name(ni, dir, b->arg[1], strlen(b->arg[1]), 0);
}

static int cmd_link(struct build *b)
{
	struct tree_name name;
	ntfs_inode *ni = tree_open(b->vol, b->arg[1]);
	ntfs_inode *dir = tree_open_parent(b->vol, b->arg[0], &name);
	int err = ni == NULL || dir == NULL ? -1 :
		ntfs_link(ni, dir, name.units, name.n);

	if (dir != NULL && ntfs_inode_close(dir) < 0)
		err = -1;
	return ni != NULL && ntfs_inode_close(ni) < 0 ? -1 : err;
}

/*
 * As Windows does it, libntfs-3g takes the name out of the directory and the
 * key out of $R, frees the clusters and the record and raises its sequence
 * number; the attributes stay in the record. Both inodes are closed by it.
 */
static int cmd_delete(struct build *b)
{
	struct tree_name name;
	ntfs_inode *ni, *dir;

	if (open_pair(b, &name, &ni, &dir) < 0)
		return -1;
	return ntfs_delete(b->vol, NULL, ni, dir, name.units, name.n);
}

/*
 * Takes the names of a file out of its directory and leaves its record as it
 * is: in use, with the same name and parent. The same path may be made again
 * then, by a second record.
 */
static int cmd_unlist(struct build *b)
{
	struct tree_name name;
	ntfs_inode *ni, *dir;

	if (open_pair(b, &name, &ni, &dir) < 0)
		return -1;
	ntfs_attr_search_ctx *c = ntfs_attr_get_search_ctx(ni, NULL);
	int err = c == NULL ? -1 : 0;

	while (err == 0 && ntfs_attr_lookup(AT_FILE_NAME, AT_UNNAMED, 0,
					    CASE_SENSITIVE, 0, NULL, 0,
					    c) == 0) {
		const uint8_t *key = (const uint8_t *)c->attr +
				     le16_to_cpu(c->attr->value_offset);

		err = ntfs_index_remove(dir, ni, key, (int)le32_to_cpu(
						c->attr->value_length));
	}
	if (c != NULL)
		ntfs_attr_put_search_ctx(c);
	if (ntfs_inode_close(ni) < 0)
		err = -1;
	return ntfs_inode_close(dir) < 0 ? -1 : err;
}

/*
 * Overwrites bytes of an index of names in place, on disk as they lie; what
 * would lie behind its end is left out.
 */
static int damage_index(struct build *b, ATTR_TYPES type)
{
	static ntfschar i30[] = { const_cpu_to_le16('$'),
		const_cpu_to_le16('I'), const_cpu_to_le16('3'),
		const_cpu_to_le16('0') };
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);
	uint8_t bytes[4096];
	int n = text_to_bytes(b->arg[2], bytes, sizeof(bytes));
	uint64_t at;
	int err = -1;

	if (ni == NULL)
		return -1;
	ntfs_attr *na = ntfs_attr_open(ni, type, i30, 4);

	if (na != NULL && n > 0 && script_number(b->arg[1], 0, &at) == 0)
		err = (s64)at + n > na->data_size ? 0 : ntfs_attr_pwrite(na, (s64)at, n, bytes) == n ? 0 : -1;
	if (na != NULL)
		ntfs_attr_close(na);
	return ntfs_inode_close(ni) < 0 ? -1 : err;
}

/* Overwrites bytes of the record of a file in place, on disk as they lie. */
static int cmd_damage_record(struct build *b)
{
	ntfs_inode *ni = tree_open(b->vol, b->arg[0]);
	uint8_t bytes[1024];
	int n = text_to_bytes(b->arg[2], bytes, sizeof(bytes));
	uint64_t at, off;

	if (ni == NULL)
		return -1;
	at = ni->mft_no * b->vol->mft_record_size;
	if (ntfs_inode_close(ni) < 0)
		return -1;
	if (n < 0 || script_number(b->arg[1], 0, &off) < 0)
		return script_invalid();
	return ntfs_attr_pwrite(b->vol->mft_na, (s64)(at + off), n,
				bytes) == n ? 0 : -1;
}

static int cmd_damage_root(struct build *b)
{
	return damage_index(b, AT_INDEX_ROOT);
}

static int cmd_damage_block(struct build *b)
{
	return damage_index(b, AT_INDEX_ALLOCATION);
}

static int make_remote_database(struct build *b)
{
	static char path[] = REMOTE_DATABASE;
	static char dir[] = REMOTE_DATABASE_DIR;
	static char hidden_and_system[] = "0x6";
	static char *file[] = { path, hidden_and_system };
	static char *above[] = { dir, hidden_and_system };
	ntfs_inode *ni = tree_open(b->vol, path);

	if (ni != NULL)
		return ntfs_inode_close(ni);
	if (tree_make(b->vol, path, S_IFREG) < 0 ||
	    cmd_attrib(&(struct build){ b->vol, b->length, file, 2 }) < 0 ||
	    cmd_attrib(&(struct build){ b->vol, b->length, above, 2 }) < 0)
		return -1;
	return 0;
}

/*
 * One entry of the remote database:
 *   OFFSET  SIZE  FIELD
 *     0x00     4  size of the entry
 *     0x04     4  mount points on this volume that name the GUID
 *     0x08     2  symbolic name: offset
 *     0x0a     2  symbolic name: length in bytes
 *     0x0c     2  unique id: offset
 *     0x0e     2  unique id: length
 *     0x10        \??\Volume{GUID}, no NUL; then the unique id, of the same
 *                 kinds as the data in MountedDevices
 */
static int cmd_remote(struct build *b)
{
	static char path[] = REMOTE_DATABASE;
	uint8_t entry[512];
	char name[80];
	uint64_t references;

	if (make_remote_database(b) < 0)
		return -1;
	if (b->n_args == 0)
		return 0;
	if (b->n_args != 3 || script_number(b->arg[1], 0, &references) < 0)
		return script_invalid();
	snprintf(name, sizeof(name), "\\??\\Volume{%s}", b->arg[0]);
	int name_bytes = 2 * text_to_utf16(name, strlen(name), entry + 16, 80);
	int id_bytes = text_to_bytes(b->arg[2], entry + 16 + name_bytes, 200);

	if (id_bytes < 0)
		return script_invalid();
	put_le32(entry, (uint32_t)(16 + name_bytes + id_bytes));
	put_le32(entry + 4, (uint32_t)references);
	put_le16(entry + 8, 16);
	put_le16(entry + 10, (unsigned)name_bytes);
	put_le16(entry + 12, (unsigned)(16 + name_bytes));
	put_le16(entry + 14, (unsigned)id_bytes);

	struct build file = { b->vol, b->length, (char *[]){ path }, 1 };

	return append(&file, "", entry, (size_t)(16 + name_bytes + id_bytes));
}

/* The i-th of `bulk': two mount points, then a symbolic link, and so on. */
static int bulk_reparse(ntfs_inode *dir, uint64_t i)
{
	struct reparse_buffer r = { .n = 0 };
	struct tree_name name;
	char text[64];
	int link = i % 3 == 2;

	snprintf(text, sizeof(text), "r%06llu", (unsigned long long)i);
	if (tree_name_set(&name, text, strlen(text)) < 0)
		return -1;
	snprintf(text, sizeof(text), "\\??\\Volume{b0000000-0000-4000-8000-"
		 "%012llx}\\", (unsigned long long)i);
	int err = link ? reparse_symlink("..\\target", "..\\target", 1, &r) :
			 reparse_mount_point(text, "", &r);
	ntfs_inode *ni = err < 0 ? NULL : tree_make_in(dir, &name, S_IFDIR);

	if (ni == NULL)
		return -1;
	err = ntfs_set_ntfs_reparse_data(ni, (const char *)r.bytes, r.n, 0);
	return ntfs_inode_close_in_dir(ni, dir) < 0 ? -1 : err;
}

static int bulk_file(ntfs_inode *dir, uint64_t i)
{
	struct tree_name name;
	char text[32];

	snprintf(text, sizeof(text), "f%08llu.dat", (unsigned long long)i);
	if (tree_name_set(&name, text, strlen(text)) < 0)
		return -1;
	ntfs_inode *ni = tree_make_in(dir, &name, S_IFREG);

	return ni == NULL ? -1 : ntfs_inode_close_in_dir(ni, dir);
}

/* The share of directory `d` out of `dirs` in `total` things. */
static uint64_t share(uint64_t total, uint64_t d, uint64_t dirs)
{
	return total * d / dirs;
}

static int bulk_directory(struct build *b, uint64_t d, const uint64_t *n)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/d%05llu", b->arg[0],
		 (unsigned long long)d);
	if (tree_make(b->vol, path, S_IFDIR) < 0)
		return -1;
	ntfs_inode *dir = tree_open(b->vol, path);
	int err = dir == NULL ? -1 : 0;

	for (uint64_t i = share(n[0], d, n[1]);
	     err == 0 && i < share(n[0], d + 1, n[1]); i++)
		err = bulk_file(dir, i);
	for (uint64_t i = share(n[2], d, n[1]);
	     err == 0 && i < share(n[2], d + 1, n[1]); i++)
		err = bulk_reparse(dir, i);
	if (dir != NULL && ntfs_inode_close(dir) < 0)
		return -1;
	return err;
}

static int cmd_bulk(struct build *b)
{
	uint64_t n[3];	/* files, directories, reparse points */

	for (int i = 0; i < 3; i++)
		if (script_number(b->arg[1 + i], 0, &n[i]) < 0)
			return -1;
	for (uint64_t d = 0; d < n[1]; d++)
		if (bulk_directory(b, d, n) < 0)
			return -1;
	return 0;
}

/* FLAGS, USED, THRESHOLD and LIMIT from argument `at` on; -1 is no limit. */
static int quota_figures(struct build *b, int at, struct quota_entry *ret)
{
	uint64_t flags, used;
	char *end;

	if (script_number(b->arg[at], 0, &flags) < 0 ||
	    script_number(b->arg[at + 1], 0, &used) < 0)
		return script_invalid();
	ret->flags = (uint32_t)flags;
	ret->used = used;
	ret->threshold = strtoll(b->arg[at + 2], &end, 0);
	if (*end == '\0')
		ret->limit = strtoll(b->arg[at + 3], &end, 0);
	return *end == '\0' ? 0 : script_invalid();
}

/* As the library stamps files, so are entries: now, in Windows' time. */
static uint64_t filetime(void)
{
	return ((uint64_t)now.tv_sec + UINT64_C(11644473600)) * 10000000;
}

static int cmd_quota_defaults(struct build *b)
{
	struct quota_entry q = { .owner = 1, .changed = filetime() };

	if (quota_figures(b, 0, &q) < 0)
		return -1;
	return quota_add(b->vol, &q, NULL, 0);
}

static int cmd_quota_entry(struct build *b)
{
	struct quota_entry q = { .changed = filetime() };
	uint8_t sid[QUOTA_SID_BYTES];
	int n = quota_sid(b->arg[1], sid);
	uint64_t owner;

	if (n < 0 || script_number(b->arg[0], 0, &owner) < 0 ||
	    quota_figures(b, 2, &q) < 0)
		return script_invalid();
	q.owner = (uint32_t)owner;
	return quota_add(b->vol, &q, sid, n);
}

static int cmd_quota_owner(struct build *b)
{
	uint8_t sid[QUOTA_SID_BYTES];
	int n = quota_sid(b->arg[0], sid);
	uint64_t owner;

	if (n < 0 || script_number(b->arg[1], 0, &owner) < 0)
		return script_invalid();
	return quota_add_owner(b->vol, sid, n, (uint32_t)owner);
}

static int cmd_quota(struct build *b)
{
	char *owner = b->arg[0], *sid = b->arg[1];

	if (cmd_quota_entry(b) < 0)
		return -1;
	b->arg[0] = sid;
	b->arg[1] = owner;
	return cmd_quota_owner(b);
}

static const struct script_command commands[] = {
	{ "time", 1, 1, cmd_time, "YYYY-MM-DDThh:mm:ssZ, of what follows" },
	{ "label", 1, 1, cmd_label, "TEXT" },
	{ "serial", 1, 1, cmd_serial, "16 hex digits, most significant first" },
	{ "dirty", 0, 0, cmd_dirty, "" },
	{ "mkdir", 1, 1, cmd_mkdir, "PATH" },
	{ "file", 1, 2, cmd_file, "PATH [TEXT]" },
	{ "copy", 2, 2, cmd_copy, "PATH HOST-FILE" },
	{ "scatter", 2, 2, cmd_scatter, "PATH CLUSTERS, each apart" },
	{ "sparse", 2, 2, cmd_sparse, "EXISTING-PATH OFFSET, a byte there" },
	{ "block-index", 1, 1, cmd_block_index, "PATH, that it grows apart" },
	{ "block-mft", 0, 0, cmd_block_mft, "" },
	{ "stream", 3, 3, cmd_stream, "PATH NAME TEXT" },
	{ "attrib", 2, 2, cmd_attrib, "PATH DOS-ATTRIBUTES" },
	{ "link", 2, 2, cmd_link, "PATH EXISTING-PATH, a hard link" },
	{ "dosname", 2, 2, cmd_dosname, "PATH NAME" },
	{ "mount", 2, 3, cmd_mount, "PATH VOLUME-GUID [PRINT-NAME]" },
	{ "junction", 2, 3, cmd_junction, "PATH NT-PATH [PRINT-NAME]" },
	{ "symlink", 2, 3, cmd_symlink, "PATH TARGET [PRINT-NAME]" },
	{ "symlinkd", 2, 3, cmd_symlinkd, "PATH TARGET [PRINT-NAME]" },
	{ "reparse", 3, 3, cmd_reparse, "EXISTING-PATH TAG HEX-DATA" },
	{ "damage", 3, 3, cmd_damage, "PATH OFFSET HEX, in the reparse point" },
	{ "remote", 0, 3, cmd_remote, "[VOLUME-GUID REFERENCES HEX-ID]" },
	{ "drop-index", 1, 1, cmd_drop_index, "PATH, its key in $R" },
	{ "drop-attribute", 1, 1, cmd_drop_attribute, "PATH, and not its key" },
	{ "quota-defaults", 4, 4, cmd_quota_defaults,
	  "FLAGS USED THRESHOLD LIMIT" },
	{ "quota", 6, 6, cmd_quota,
	  "OWNER-ID SID FLAGS USED THRESHOLD LIMIT, in $Q and in $O" },
	{ "quota-entry", 6, 6, cmd_quota_entry, "the same, in $Q only" },
	{ "quota-owner", 2, 2, cmd_quota_owner, "SID OWNER-ID, in $O only" },
	{ "bulk", 4, 4, cmd_bulk, "PATH FILES DIRECTORIES REPARSE-POINTS" },
	{ "unlist", 1, 1, cmd_unlist, "PATH, its directory loses it" },
	{ "damage-record", 3, 3, cmd_damage_record,
	  "PATH OFFSET HEX, in its record" },
	{ "damage-root", 3, 3, cmd_damage_root,
	  "PATH OFFSET HEX, in the root of its index" },
	{ "damage-block", 3, 3, cmd_damage_block,
	  "PATH OFFSET HEX, in the blocks of its index" },
	{ "delete", 1, 1, cmd_delete, "PATH" },
};

static int usage(void)
{
	fprintf(stderr, "usage: ntfsbuild IMAGE OFFSET LENGTH < SCRIPT\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, "  %-14s %s\n", commands[i].name,
			commands[i].usage);
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t offset, length;

	if (argc != 4 || script_number(argv[2], 0, &offset) < 0 ||
	    script_number(argv[3], 0, &length) < 0)
		return usage();
	ntfs_log_set_handler(ntfs_log_handler_stderr);
	struct ntfs_device *dev = window_device_new(argv[1], (int64_t)offset,
						    (int64_t)length);
	ntfs_volume *vol = dev == NULL ? NULL :
		ntfs_device_mount(dev, NTFS_MNT_NONE);

	if (vol == NULL) {
		perror(argv[1]);
		return 1;
	}
	/* look-up by name and reparse points need the caches */
	ntfs_create_lru_caches(vol);
	NVolSetCompression(vol);
	struct build b = { .vol = vol, .length = (int64_t)length };
	int err = script_run("ntfsbuild", commands,
			     sizeof(commands) / sizeof(commands[0]), &b,
			     &b.arg, &b.n_args, stdin);

	if (ntfs_umount(vol, FALSE) < 0) {
		perror(argv[1]);
		return 1;
	}
	return err < 0 ? 1 : 0;
}
