/*
 * aff.c - Advanced Forensic Format, versions 1 to 3; numbers are big-endian
 *
 * A file is its signature, "AFF10\r\n" and a zero byte, and then segments:
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  "AFF" 00
 *        4     4  bytes of the name
 *        8     4  bytes of the data
 *       12     4  arg
 *       16        name, without a zero byte
 *                 data
 *              4  "ATT" 00
 *              4  bytes of the segment, from head to tail
 *
 *   NAME                     ARG         DATA
 *   (empty)                              none of it is used
 *   pagesize, segsize        bytes of a page
 *   sectorsize               bytes of a sector
 *   imagesize                            bytes of the disk, 64 bits
 *   badsectors                           number of bad sectors, 64 bits
 *   badflag                              what a bad sector was filled with
 *   aff_file_type                        "AFF", "AFD" or "AFM"
 *   raw_image_file_extension             "000": where an AFM has its pages
 *   page7, seg7              coding      page 7 of the disk
 *   page7_md5, page7_sha1                of the page before it was coded
 *   page7/aes256                         page 7, encrypted
 *   page7/sha256                         signature of page 7
 *
 * Of a number of 64 bits, the lower half is first. The last page may be short.
 *
 * Of a page's arg, bit 0 says that it is coded, bits 4 to 7 how: 0 zlib, 2 LZMA
 * with the header of .lzma files, 3 zeros, whose number the data is.
 *
 * Sources: AFFLIBv3 include/afflib/afflib.h and afflib_i.h,
 * lib/afflib_pages.cpp, lib/vnode_afd.cpp, lib/vnode_afm.cpp.
 */
#include "format/aff.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct aff_head_disk {
	uint8_t magic[4];
	be32 name_bytes;
	be32 data_bytes;
	be32 arg;
};
static_assert(sizeof(struct aff_head_disk) == AFF_HEAD_BYTES, "AFF head");

struct aff_tail_disk {
	uint8_t magic[4];
	be32 segment_bytes;
};
static_assert(sizeof(struct aff_tail_disk) == AFF_TAIL_BYTES, "AFF tail");

struct aff_number_disk {
	be32 low, high;
};

#define HEAD_MAGIC 0x41464600u
#define TAIL_MAGIC 0x41545400u

#define ARG_CODED 1u
#define ARG_CODING 0xf0u

static const char file_magic[AFF_HEADER_BYTES] = "AFF10\r\n";

int aff_header_parse(struct span s, struct err *reterr)
{
	if (s.n < sizeof(file_magic))
		return err_set(reterr, ERR_TRUNCATED, s.at, "AFF",
			       sizeof(file_magic), s.n);
	if (!span_has(s, 0, file_magic, sizeof(file_magic)))
		return err_set(reterr, ERR_MAGIC, s.at, "AFF", HEAD_MAGIC >> 8,
			       0);
	return 0;
}

static uint32_t magic_of(const uint8_t magic[4])
{
	return (uint32_t)magic[0] << 24 | (uint32_t)magic[1] << 16 |
	       (uint32_t)magic[2] << 8 | magic[3];
}

int aff_segment_parse(struct span s, struct aff_segment *ret,
		      struct err *reterr)
{
	const struct aff_head_disk *d = span_view(s, 0, struct aff_head_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "AFF segment",
			       sizeof(*d), s.n);
	if (magic_of(d->magic) != HEAD_MAGIC)
		return err_set(reterr, ERR_MAGIC, s.at, "AFF segment",
			       HEAD_MAGIC, magic_of(d->magic));
	*ret = (struct aff_segment){
		.name_bytes = get_be32(d->name_bytes),
		.data_bytes = get_be32(d->data_bytes),
		.arg = get_be32(d->arg),
	};
	return 0;
}

uint64_t aff_segment_bytes(const struct aff_segment *s)
{
	return (uint64_t)AFF_HEAD_BYTES + s->name_bytes + s->data_bytes +
	       AFF_TAIL_BYTES;
}

int aff_tail_parse(struct span s, uint64_t bytes, struct err *reterr)
{
	const struct aff_tail_disk *d = span_view(s, 0, struct aff_tail_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "tail of an AFF segment", sizeof(*d), s.n);
	if (magic_of(d->magic) != TAIL_MAGIC)
		return err_set(reterr, ERR_MAGIC, s.at,
			       "tail of an AFF segment", TAIL_MAGIC,
			       magic_of(d->magic));
	if (get_be32(d->segment_bytes) != bytes)
		return err_set(reterr, ERR_VALUE, s.at + 4,
			       "tail of an AFF segment: size", bytes,
			       get_be32(d->segment_bytes));
	return 0;
}

static const struct {
	const char *name;
	enum aff_kind kind;
} names[] = {
	{ "", AFF_UNUSED },
	{ "pagesize", AFF_PAGE_SIZE },
	{ "segsize", AFF_PAGE_SIZE },
	{ "sectorsize", AFF_SECTOR_SIZE },
	{ "imagesize", AFF_DISK_SIZE },
	{ "badsectors", AFF_BAD_SECTORS },
	{ "badflag", AFF_BAD_FLAG },
	{ "aff_file_type", AFF_FILE_TYPE },
	{ "raw_image_file_extension", AFF_RAW_EXTENSION },
};

/* What may follow the number of a page.  */
static const struct {
	const char *prefix, *suffix;
	enum aff_kind kind;
} page_names[] = {
	{ "page", "", AFF_PAGE },
	{ "page", "_md5", AFF_PAGE_MD5 },
	{ "page", "_sha1", AFF_PAGE_SHA1 },
	{ "page", "/aes256", AFF_ENCRYPTED_PAGE },
	{ "seg", "", AFF_OLD_PAGE },
};

static bool take(struct span *s, const char *text)
{
	size_t n = strlen(text);

	if (!span_has(*s, 0, text, n))
		return false;
	return span_sub(*s, n, s->n - n, s);
}

/* A number as it is written with %d: page07 is not page 7.  */
static bool take_number(struct span *s, uint64_t *ret)
{
	uint64_t x = 0;
	size_t n = 0;

	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
		if (x > (INT64_MAX - 9) / 10)
			return false;
		x = x * 10 + (uint64_t)(s->p[n] - '0');
	}
	if (n == 0 || (n > 1 && s->p[0] == '0'))
		return false;
	*ret = x;
	return span_sub(*s, n, s->n - n, s);
}

struct aff_name aff_name_parse(struct span name)
{
	struct aff_name r = { .kind = AFF_OTHER };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (name.n == strlen(names[i].name) &&
		    span_has(name, 0, names[i].name, name.n))
			return (struct aff_name){ .kind = names[i].kind };
	for (size_t i = 0; i < sizeof(page_names) / sizeof(*page_names); i++) {
		struct span s = name;

		if (!take(&s, page_names[i].prefix) ||
		    !take_number(&s, &r.page) ||
		    !take(&s, page_names[i].suffix) || s.n > 0)
			continue;
		r.kind = page_names[i].kind;
		return r;
	}
	return (struct aff_name){ .kind = AFF_OTHER };
}

enum aff_coding aff_coding(uint32_t arg)
{
	static const enum aff_coding codings[] = {
		AFF_ZLIB, AFF_UNKNOWN_CODING, AFF_LZMA, AFF_ZEROS,
	};
	uint32_t i = (arg & ARG_CODING) >> 4;

	if ((arg & ARG_CODED) == 0)
		return AFF_PLAIN;
	return i < 4 ? codings[i] : AFF_UNKNOWN_CODING;
}

int aff_zeros_parse(struct span data, uint32_t *ret, struct err *reterr)
{
	const be32 *d = span_view(data, 0, be32);

	if (d == NULL || data.n != sizeof(*d))
		return err_set(reterr, ERR_VALUE, data.at,
			       "AFF page of zeros: size", sizeof(*d), data.n);
	*ret = get_be32(*d);
	return 0;
}

int aff_number_parse(struct span data, uint64_t *ret, struct err *reterr)
{
	const struct aff_number_disk *d =
		span_view(data, 0, struct aff_number_disk);

	if (d == NULL || data.n != sizeof(*d))
		return err_set(reterr, ERR_VALUE, data.at,
			       "number in an AFF segment: size", sizeof(*d),
			       data.n);
	*ret = (uint64_t)get_be32(d->high) << 32 | get_be32(d->low);
	return 0;
}
