/*
 * reparse.c - the data of a reparse point
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  tag; bit 31: Microsoft's
 *        4     2  length of the data
 *        6     2  reserved
 *        8    16  GUID of the owner, if bit 31 of the tag is 0
 *                 data
 *
 *   data of a mount point or symbolic link
 *        0     2  offset of the substitute name, in the path buffer
 *        2     2  its length in bytes
 *        4     2  offset of the print name
 *        6     2  its length in bytes
 *        8     4  flags; of a symbolic link only: 1 relative
 *                 path buffer
 *
 * Which writers count a closing NUL in the lengths differs, so closing NULs are
 * left out of the names.  Whether a mount point names a volume is decided as
 * the Mount Manager does: the substitute name is \??\Volume{GUID}\ and nothing
 * else.
 *
 * Sources: [MS-FSCC] 2.1.2, the table of tags in 2.1.2.1; ReactOS mountmgr for
 * what names a volume.
 */
#include "format/reparse.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf16.h"

#define TAG_MICROSOFT 0x80000000u

/* "\??\Volume{", 36 characters, "}".  */
#define REPARSE_VOLUME_UNITS 48

struct reparse_disk {
	le32 tag;
	le16 data_length;
	le16 reserved;
};
static_assert(sizeof(struct reparse_disk) == 8, "reparse point");

struct reparse_names_disk {
	le16 substitute_offset;
	le16 substitute_length;
	le16 print_offset;
	le16 print_length;
};
static_assert(sizeof(struct reparse_names_disk) == 8, "reparse names");

static const struct {
	uint32_t tag;
	const char *name;
} tags[] = {
	{ REPARSE_TAG_MOUNT_POINT, "mount-point" },
	{ REPARSE_TAG_SYMLINK, "symlink" },
	{ 0xc0000004, "hsm" },
	{ 0x80000005, "drive-extender" },
	{ 0x80000006, "hsm2" },
	{ 0x80000007, "sis" },
	{ 0x80000008, "wim" },
	{ 0x80000009, "csv" },
	{ 0x8000000a, "dfs" },
	{ 0x8000000b, "filter-manager" },
	{ 0xa0000010, "iis-cache" },
	{ 0x80000012, "dfsr" },
	{ 0x80000013, "dedup" },
	{ 0xc0000014, "appxstrm" },
	{ 0x80000014, "nfs" },
	{ 0x80000015, "file-placeholder" },
	{ 0x80000016, "dfm" },
	{ REPARSE_TAG_WOF, "wof" },
	{ 0x80000018, "wci" },
	{ 0x90001018, "wci-1" },
	{ 0xa0000019, "global-reparse" },
	{ 0x8000001b, "appexeclink" },
	{ 0x9000001c, "projfs" },
	{ 0xa000001d, "lx-symlink" },
	{ 0x8000001e, "storage-sync" },
	{ 0xa000001f, "wci-tombstone" },
	{ 0x80000020, "unhandled" },
	{ 0x80000021, "onedrive" },
	{ 0xa0000022, "projfs-tombstone" },
	{ 0x80000023, "af-unix" },
	{ 0x80000024, "lx-fifo" },
	{ 0x80000025, "lx-chr" },
	{ 0x80000026, "lx-blk" },
	{ 0xa0000027, "wci-link" },
	{ 0xa0001027, "wci-link-1" },
};

/* 9000001a, 9000101a ... 9000f01a: the digit is the provider's.  */
static bool is_cloud(uint32_t tag)
{
	return (tag & 0xffff0fffu) == 0x9000001a;
}

const char *reparse_tag_name(uint32_t tag)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i].tag == tag)
			return tags[i].name;
	return is_cloud(tag) ? "cloud" : "unknown";
}

/* If @name begins with \??\Volume{GUID}, or \\?\Volume{GUID}, the GUID.  */
static bool volume_prefix(struct span name, struct guid *ret)
{
	char ascii[REPARSE_VOLUME_UNITS + 1];

	if (name.n < 2 * REPARSE_VOLUME_UNITS)
		return false;
	for (size_t i = 0; i < REPARSE_VOLUME_UNITS; i++) {
		if (name.p[2 * i] == 0 || name.p[2 * i + 1] != 0)
			return false;
		ascii[i] = (char)name.p[2 * i];
	}
	ascii[REPARSE_VOLUME_UNITS] = '\0';
	if (memcmp(ascii, "\\??\\Volume{", 11) != 0 &&
	    memcmp(ascii, "\\\\?\\Volume{", 11) != 0)
		return false;
	return ascii[REPARSE_VOLUME_UNITS - 1] == '}' &&
	       guid_parse(ascii + 11, ret);
}

static bool begins_with(struct span name, const char *ascii)
{
	size_t n = strlen(ascii);

	if (name.n < 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (name.p[2 * i] != (uint8_t)ascii[i] ||
		    name.p[2 * i + 1] != 0)
			return false;
	return true;
}

/* "\??\C:", of any letter.  */
static bool names_letter(struct span name)
{
	char letter;

	if (!begins_with(name, "\\?\?\\") || name.n < 12 || name.p[9] != 0)
		return false;
	letter = (char)(name.p[8] & ~0x20);
	return letter >= 'A' && letter <= 'Z' && name.p[10] == ':' &&
	       name.p[11] == 0;
}

static bool names_path(struct span name, bool names_volume)
{
	size_t end = (size_t)2 * REPARSE_VOLUME_UNITS;

	if (names_volume)
		return name.n > end && memcmp(name.p + end, "\\", 2) == 0;
	return names_letter(name) || begins_with(name, "\\?\?\\UNC\\") ||
	       begins_with(name, "\\?\?\\GLOBALROOT\\") ||
	       begins_with(name, "\\Device\\");
}

static void classify(struct reparse *rp)
{
	struct span name = rp->substitute_name;
	bool names_volume;

	if (rp->tag == REPARSE_TAG_SYMLINK) {
		rp->kind = REPARSE_SYMLINK;
		return;
	}
	names_volume = volume_prefix(name, &rp->volume);
	rp->kind = names_volume && name.n == 2 * REPARSE_VOLUME_UNITS + 2 &&
		   memcmp(name.p + name.n - 2, "\\\0", 2) == 0 ?
		   REPARSE_VOLUME_MOUNT_POINT : REPARSE_JUNCTION;
	rp->odd_target = !names_path(name, names_volume);
}

static int take_name(struct span buffer, le16 offset, le16 length,
		     const char *what, struct span *ret, struct err *reterr)
{
	struct span name;

	if (get_le16(length) == 0) {
		*ret = (struct span){ .at = buffer.at };
		return 0;
	}
	if (get_le16(length) % 2 != 0 ||
	    !span_sub(buffer, get_le16(offset), get_le16(length), &name))
		return err_set(reterr, ERR_VALUE, buffer.at, what, buffer.n,
			       get_le16(offset) + (uint64_t)get_le16(length));
	*ret = utf16_trim_nul(name);
	return 0;
}

static int parse_names(struct span data, struct reparse *rp,
		       struct err *reterr)
{
	const struct reparse_names_disk *d =
		span_view(data, 0, struct reparse_names_disk);
	size_t head = sizeof(*d) + (rp->tag == REPARSE_TAG_SYMLINK ? 4 : 0);
	struct span buffer;
	int r;

	if (!span_sub(data, head, data.n - head, &buffer))
		return err_set(reterr, ERR_TRUNCATED, data.at,
			       "reparse point: names", head, data.n);
	if (head > sizeof(*d))
		rp->symlink_flags = get_le32(*(const le32 *)(d + 1));
	rp->substitute_offset = get_le16(d->substitute_offset);
	rp->substitute_length = get_le16(d->substitute_length);
	rp->print_offset = get_le16(d->print_offset);
	rp->print_length = get_le16(d->print_length);
	r = take_name(buffer, d->substitute_offset, d->substitute_length,
		      "reparse point: substitute name", &rp->substitute_name,
		      reterr);
	if (r < 0)
		return r;
	r = take_name(buffer, d->print_offset, d->print_length,
		      "reparse point: print name", &rp->print_name, reterr);
	if (r < 0)
		return r;
	classify(rp);
	return 0;
}

int reparse_parse(struct span s, struct reparse *ret, struct err *reterr)
{
	const struct reparse_disk *d = span_view(s, 0, struct reparse_disk);
	struct reparse rp = { .kind = REPARSE_OTHER };
	struct span data;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "reparse point",
			       sizeof(*d), s.n);
	rp.tag = get_le32(d->tag);
	rp.data_bytes = get_le16(d->data_length);
	span_sub(s, sizeof(*d), s.n - sizeof(*d), &data);
	rp.data_bytes_there = data.n;
	rp.data = data;
	if (!(rp.tag & TAG_MICROSOFT)) {
		if (data.n < sizeof(rp.owner))
			return err_set(reterr, ERR_TRUNCATED, data.at,
				       "reparse point: owner",
				       sizeof(rp.owner), data.n);
		memcpy(&rp.owner, data.p, sizeof(rp.owner));
		rp.data_bytes_there -= sizeof(rp.owner);
	} else if (rp.tag == REPARSE_TAG_MOUNT_POINT ||
		   rp.tag == REPARSE_TAG_SYMLINK) {
		r = parse_names(data, &rp, reterr);
		if (r < 0)
			return r;
	}
	*ret = rp;
	return 0;
}
