/*
 * ewf.c - Expert Witness Compression Format, version 1; little-endian
 *
 * A segment file begins with
 *
 *   OFFSET  SIZE  FIELD
 *        0     8  "EVF" 09 0d 0a ff 00
 *        8     1  1
 *        9     2  segment number
 *       11     2  0
 *
 * and goes on with a chain of sections, each of which begins with
 *
 *        0    16  type: "volume", "table", "next", "done", ...
 *       16     8  offset of the next section
 *       24     8  size of this one
 *       32    40  zero
 *       72     4  Adler-32 of the above
 *
 * "next" ends a segment that others follow, "done" the last one.  Content of
 * the sections that are needed to count the chunks, and to know the segments of
 * one acquisition:
 *
 *   volume   4     4  number of chunks
 *           64    16  set identifier, GUID; also in "data", which repeats it
 *   table    0     4  number of chunks in this table
 *
 * Source: libyal/libewf documentation, "Expert Witness Compression Format".
 */
#include "format/ewf.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"

struct ewf_file_disk {
	uint8_t signature[8];
	uint8_t one;
	le16 segment;
	le16 zero;
};
static_assert(sizeof(struct ewf_file_disk) == EWF_FILE_HEADER_BYTES, "EWF");

struct ewf_section_disk {
	uint8_t type[16];
	le64 next;
	le64 size;
	uint8_t padding[40];
	le32 checksum;
};
static_assert(sizeof(struct ewf_section_disk) == EWF_SECTION_BYTES, "EWF");

int ewf_segment_parse(struct span s, unsigned *ret, struct err *reterr)
{
	const struct ewf_file_disk *d = span_view(s, 0, struct ewf_file_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "EWF segment",
			       sizeof(*d), s.n);
	if (memcmp(d->signature, "EVF\x09\x0d\x0a\xff\x00", 8) != 0)
		return err_set(reterr, ERR_MAGIC, s.at, "EWF segment", 'E',
			       d->signature[0]);
	*ret = get_le16(d->segment);
	return 0;
}

int ewf_section_parse(struct span s, struct ewf_section *ret,
		      struct err *reterr)
{
	const struct ewf_section_disk *d =
		span_view(s, 0, struct ewf_section_disk);
	uint32_t sum;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "EWF section",
			       sizeof(*d), s.n);
	sum = (uint32_t)adler32(1, s.p, 72);
	if (sum != get_le32(d->checksum))
		return err_set(reterr, ERR_CHECKSUM, s.at + 72, "EWF section",
			       sum, get_le32(d->checksum));
	*ret = (struct ewf_section){
		.next = get_le64(d->next), .size = get_le64(d->size),
	};
	memcpy(ret->type, d->type, sizeof(d->type));
	return 0;
}

static int count_at(struct span s, uint64_t at, const char *what, uint32_t *ret,
		    struct err *reterr)
{
	const le32 *n = span_view(s, at, le32);

	if (n == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, what,
			       at + sizeof(*n), s.n);
	*ret = get_le32(*n);
	return 0;
}

int ewf_volume_parse(struct span s, uint32_t *ret_chunks, struct err *reterr)
{
	return count_at(s, 4, "EWF volume section", ret_chunks, reterr);
}

int ewf_table_parse(struct span s, uint32_t *ret_chunks, struct err *reterr)
{
	return count_at(s, 0, "EWF table section", ret_chunks, reterr);
}

bool ewf_set_parse(struct span s, struct guid *ret)
{
	const struct guid *set = span_view(s, 64, struct guid);

	if (set == NULL)
		return false;
	*ret = *set;
	return true;
}
