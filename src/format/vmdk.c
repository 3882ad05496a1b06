/*
 * vmdk.c - VMware's virtual disks; numbers are little-endian
 *
 * A disk is one or more extents, named by a text file, the descriptor:
 *
 *   # Disk DescriptorFile
 *   CID=fffffffe
 *   parentCID=ffffffff
 *   createType="twoGbMaxExtentSparse"
 *   RW 4192256 SPARSE "disk-s001.vmdk"
 *   RW 2048 FLAT "disk-f002.vmdk" 0
 *
 * A sparse extent, which may have the descriptor inside, begins with
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  "KDMV"
 *        4     4  version, 1 to 3
 *        8     4  flags: 0 newline test valid, 1 redundant tables, 2 zeroed
 *                 grains, 16 compressed grains, 17 markers
 *       12     8  capacity
 *       20     8  grain size
 *       28     8  descriptor offset
 *       36     8  descriptor size
 *       44     4  entries of a grain table
 *       48     8  redundant grain directory
 *       56     8  grain directory, -1 if it is named by the footer only: a copy
 *                 of this header, two sectors before the end
 *       64     8  overhead
 *       72     1  unclean shutdown
 *       73     4  0a 20 0d 0a, to find out about transfers as text
 *       77     2  compression, 1 deflate
 *
 * Directory and tables are of 4-byte sector numbers; 0 is a hole.  A compressed
 * grain begins with its first sector in the disk (8) and its length (4), then a
 * zlib stream.
 *
 * Sources: VMware, Virtual Disk Format 5.0; libyal libvmdk documentation; qemu
 * block/vmdk.c.
 */
#include "format/vmdk.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"

struct vmdk_sparse_disk {
	uint8_t magic[4];
	le32 version;
	le32 flags;
	le64 capacity;
	le64 grain;
	le64 descriptor;
	le64 descriptor_sectors;
	le32 table_entries;
	le64 redundant_directory;
	le64 directory;
	le64 overhead;
	uint8_t unclean;
	uint8_t newlines[4];
	le16 compression;
	uint8_t reserved[433];
};
static_assert(offsetof(struct vmdk_sparse_disk, directory) == 56, "VMDK");
static_assert(offsetof(struct vmdk_sparse_disk, compression) == 77, "VMDK");
static_assert(sizeof(struct vmdk_sparse_disk) == VMDK_HEADER_BYTES, "VMDK");

enum {
	NEWLINES = 1u << 0, REDUNDANT = 1u << 1, ZEROED_GRAINS = 1u << 2,
	COMPRESSED = 1u << 16, MARKERS = 1u << 17,
};

/* The format's own bound is 2 TiB for a sparse extent.  */
#define MAX_CAPACITY ((uint64_t)1 << 40)
/* 64 KiB grains and 512 entries are what is written.  */
#define MAX_GRAIN_SECTORS 8192u
#define MAX_TABLE_ENTRIES 65536u

static int check_geometry(struct span s, const struct vmdk_sparse *v,
			  struct err *reterr)
{
	if (v->capacity == 0 || v->capacity > MAX_CAPACITY)
		return err_set(reterr, ERR_VALUE, s.at + 12,
			       "VMDK sparse extent: capacity", MAX_CAPACITY,
			       v->capacity);
	if (v->grain < 8 || v->grain > MAX_GRAIN_SECTORS ||
	    (v->grain & (v->grain - 1)) != 0)
		return err_set(reterr, ERR_VALUE, s.at + 20,
			       "VMDK sparse extent: grain size", 128,
			       v->grain);
	if (v->table_entries == 0 || v->table_entries > MAX_TABLE_ENTRIES)
		return err_set(reterr, ERR_VALUE, s.at + 44,
			       "VMDK sparse extent: entries of a grain table",
			       512, v->table_entries);
	return 0;
}

static int check_disk(struct span s, const struct vmdk_sparse_disk *d,
		      struct err *reterr)
{
	uint32_t version = get_le32(d->version);
	uint32_t flags = get_le32(d->flags);
	bool deflate = get_le16(d->compression) == 1;

	if (memcmp(d->magic, "KDMV", 4) != 0)
		return err_set(reterr, ERR_MAGIC, s.at, "VMDK sparse extent",
			       'K', d->magic[0]);
	if (version < 1 || version > 3)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 4,
			       "VMDK sparse extent: version", 3, version);
	if (flags & NEWLINES && memcmp(d->newlines, "\n \r\n", 4) != 0)
		return err_set(reterr, ERR_VALUE, s.at + 73,
			       "VMDK sparse extent: newlines, which a transfer "
			       "as text has changed", '\n', d->newlines[0]);
	if (!(flags & COMPRESSED) != !deflate ||
	    !(flags & COMPRESSED) != !(flags & MARKERS))
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 77,
			       "VMDK sparse extent: compression", 1,
			       get_le16(d->compression));
	return 0;
}

int vmdk_sparse_parse(struct span s, struct vmdk_sparse *ret,
		      struct err *reterr)
{
	const struct vmdk_sparse_disk *d =
		span_view(s, 0, struct vmdk_sparse_disk);
	struct vmdk_sparse v;
	uint32_t flags;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "VMDK sparse extent", sizeof(*d), s.n);
	r = check_disk(s, d, reterr);
	if (r < 0)
		return r;
	flags = get_le32(d->flags);
	v = (struct vmdk_sparse){
		.capacity = get_le64(d->capacity),
		.grain = get_le64(d->grain),
		.descriptor = get_le64(d->descriptor),
		.descriptor_sectors = get_le64(d->descriptor_sectors),
		.table_entries = get_le32(d->table_entries),
		.directory = get_le64(d->directory),
		.zeroed_grains = flags & ZEROED_GRAINS,
		.compressed = flags & COMPRESSED,
		.unclean = d->unclean != 0,
	};
	if (flags & REDUNDANT)
		v.redundant_directory = get_le64(d->redundant_directory);
	r = check_geometry(s, &v, reterr);
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}

/* Cut the first line off *@text.  */
static bool next_line(struct span *text, struct span *ret)
{
	size_t n = 0;

	if (text->n == 0 || text->p[0] == '\0')
		return false;
	while (n < text->n && text->p[n] != '\n' && text->p[n] != '\0')
		n++;
	*ret = (struct span){ text->p, n, text->at };
	if (n < text->n && text->p[n] == '\n')
		n++;
	*text = (struct span){ text->p + n, text->n - n, text->at + n };
	return true;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_spaces(struct span *s)
{
	while (s->n > 0 && is_space(s->p[0]))
		*s = (struct span){ s->p + 1, s->n - 1, s->at + 1 };
}

/* Cut a word off *@line, or what stands in quotes.  */
static struct span next_word(struct span *line)
{
	struct span word;
	bool quoted;
	size_t n = 0;

	skip_spaces(line);
	quoted = line->n > 0 && line->p[0] == '"';
	if (quoted)
		*line = (struct span){ line->p + 1, line->n - 1, line->at + 1 };
	while (n < line->n && (quoted ? line->p[n] != '"' :
			       !is_space(line->p[n]) && line->p[n] != '='))
		n++;
	word = (struct span){ line->p, n, line->at };
	if (quoted && n < line->n)
		n++;
	*line = (struct span){ line->p + n, line->n - n, line->at + n };
	return word;
}

static bool word_is(struct span word, const char *s)
{
	return word.n == strlen(s) &&
	       strncasecmp((const char *)word.p, s, word.n) == 0;
}

bool vmdk_value(struct span text, const char *key, struct span *ret)
{
	struct span line;

	while (next_line(&text, &line)) {
		if (!word_is(next_word(&line), key))
			continue;
		skip_spaces(&line);
		if (line.n == 0 || line.p[0] != '=')
			continue;
		line = (struct span){ line.p + 1, line.n - 1, line.at + 1 };
		*ret = next_word(&line);
		return true;
	}
	return false;
}

static bool parse_number(struct span word, unsigned base, uint64_t *ret)
{
	uint64_t x = 0;

	if (word.n == 0 || word.n > 18)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		unsigned c = word.p[i];
		unsigned digit = c >= '0' && c <= '9' ? c - '0' :
				 c >= 'a' && c <= 'f' ? c - 'a' + 10 :
				 c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;

		if (digit >= base)
			return false;
		x = x * base + digit;
	}
	*ret = x;
	return true;
}

uint32_t vmdk_id(struct span text, const char *key, uint32_t otherwise)
{
	struct span word;
	uint64_t x;

	if (!vmdk_value(text, key, &word) || !parse_number(word, 16, &x) ||
	    x > UINT32_MAX)
		return otherwise;
	return (uint32_t)x;
}

static enum vmdk_extent_kind kind_of(struct span type)
{
	if (word_is(type, "SPARSE"))
		return VMDK_SPARSE;
	if (word_is(type, "FLAT") || word_is(type, "VMFS"))
		return VMDK_FLAT;
	if (word_is(type, "ZERO"))
		return VMDK_ZERO;
	return VMDK_OTHER;
}

bool vmdk_next_extent(struct span *text, struct vmdk_extent *ret)
{
	struct span line;

	while (next_line(text, &line)) {
		struct vmdk_extent e = { 0 };
		struct span access = next_word(&line);

		if (!word_is(access, "RW") && !word_is(access, "RDONLY"))
			continue;
		if (!parse_number(next_word(&line), 10, &e.sectors))
			continue;
		e.type = next_word(&line);
		e.kind = kind_of(e.type);
		e.name = next_word(&line);
		parse_number(next_word(&line), 10, &e.offset);
		*ret = e;
		return true;
	}
	return false;
}
