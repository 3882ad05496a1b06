#include "disk/iso9660_files.h"

#include <string.h>

#include "disk/iso9660_volume.h"

/* This is asked where a boot sector lies in a disc, to tell a boot image from a
 * partition.  Discs have some hundred directories; of one that has more a file
 * is not found, and the doubt stays.  */
#define MAX_DIRECTORIES 512
#define MAX_DIRECTORY_BLOCKS 64

struct tree {
	struct source *volume;
	uint64_t at, n;
	struct iso9660_record directories[MAX_DIRECTORIES];
	size_t used;
};

static bool read_block(struct source *s, uint64_t block,
		       uint8_t buf[ISO9660_DESCRIPTOR_BYTES])
{
	return source_read(s, block * ISO9660_DESCRIPTOR_BYTES, buf,
			   ISO9660_DESCRIPTOR_BYTES, NULL) == 0;
}

static bool is_in_catalog(struct source *volume, uint32_t catalog, uint64_t at)
{
	uint8_t buf[ISO9660_DESCRIPTOR_BYTES];
	struct span s = { buf, sizeof(buf), 0 };
	uint32_t block;
	size_t off = 0;

	if (catalog == 0 || !read_block(volume, catalog, buf))
		return false;
	while (iso9660_boot_next(s, &off, &block))
		if ((uint64_t)block * ISO9660_DESCRIPTOR_BYTES == at)
			return true;
	return false;
}

/* Look through a block of a directory, and keep the directories it names.  */
static bool is_in_block(struct tree *t, struct span s)
{
	struct iso9660_record r;
	size_t off = 0;

	while (iso9660_record_next(s, &off, &r)) {
		if (r.directory && t->used < MAX_DIRECTORIES)
			t->directories[t->used++] = r;
		if (!r.directory && r.bytes >= t->n &&
		    (uint64_t)r.block * ISO9660_DESCRIPTOR_BYTES == t->at)
			return true;
	}
	return false;
}

static bool is_in_directory(struct tree *t, const struct iso9660_record *d)
{
	const uint32_t blocks = d->bytes / ISO9660_DESCRIPTOR_BYTES;
	uint8_t buf[ISO9660_DESCRIPTOR_BYTES];

	for (uint32_t i = 0; i < blocks && i < MAX_DIRECTORY_BLOCKS; i++)
		if (!read_block(t->volume, (uint64_t)d->block + i, buf))
			return false;
		else if (is_in_block(t, (struct span){ buf, sizeof(buf), 0 }))
			return true;
	return false;
}

/* Loops end with the room for directories.  */
static bool is_in_tree(struct tree *t)
{
	for (size_t i = 0; i < t->used; i++) {
		const struct iso9660_record d = t->directories[i];

		if (is_in_directory(t, &d))
			return true;
	}
	return false;
}

bool iso9660_file_begins(struct source *volume, uint64_t at, uint64_t n)
{
	struct tree t = { .volume = volume, .at = at, .n = n };
	uint8_t buf[ISO9660_DESCRIPTOR_BYTES];
	struct iso9660_descriptor d;

	for (unsigned i = 0; iso9660_read_descriptor(volume, i, buf, &d);
	     i++) {
		if (is_in_catalog(volume, d.boot_catalog, at))
			return true;
		if (d.type == ISO9660_PRIMARY && t.used == 0 &&
		    d.block_bytes == ISO9660_DESCRIPTOR_BYTES)
			t.directories[t.used++] = (struct iso9660_record){
				d.root_block, d.root_bytes, true,
			};
	}
	return is_in_tree(&t);
}
