// SPDX-License-Identifier: MIT
/*
 * fve_writer.c - writes the metadata of a BitLocker volume
 */
#include "fve_writer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "text.h"

enum {
	TEXT_MAX = 1000,
	ENTRY_VMK = 2, VALUE_STRING = 2, VALUE_VMK = 8,
};

void fve_put(struct fve_writer *w, const void *p, size_t n)
{
	if (n > sizeof(w->bytes) - w->n)
		abort();
	memcpy(w->bytes + w->n, p, n);
	w->n += n;
}

void fve_put_le16(struct fve_writer *w, unsigned v)
{
	uint8_t b[2];

	put_le16(b, v);
	fve_put(w, b, sizeof(b));
}

void fve_put_le32(struct fve_writer *w, uint32_t v)
{
	uint8_t b[4];

	put_le32(b, v);
	fve_put(w, b, sizeof(b));
}

void fve_put_le64(struct fve_writer *w, uint64_t v)
{
	uint8_t b[8];

	put_le64(b, v);
	fve_put(w, b, sizeof(b));
}

static void put_block_head(struct fve_writer *w,
			   const struct fve_writer_block *b)
{
	fve_put(w, "-FVE-FS-", 8);
	fve_put_le16(w, 0);		/* size: when all is there */
	fve_put_le16(w, b->version);
	fve_put_le16(w, b->state);
	fve_put_le16(w, b->next_state);
	fve_put_le64(w, b->encrypted_bytes);
	fve_put_le32(w, 0);
	fve_put_le32(w, b->header_sectors);
	for (int i = 0; i < 3; i++)
		fve_put_le64(w, b->metadata[i]);
	fve_put_le64(w, b->header_offset);
}

void fve_begin(struct fve_writer *w, const struct fve_writer_block *b,
	       const uint8_t volume[16], uint64_t created)
{
	memset(w, 0, sizeof(*w));
	if (b != NULL)
		put_block_head(w, b);
	w->head = w->n;
	fve_put_le32(w, 0);		/* size */
	fve_put_le32(w, 1);
	fve_put_le32(w, 48);
	fve_put_le32(w, 0);		/* size */
	fve_put(w, volume, 16);
	fve_put_le32(w, b != NULL ? b->next_nonce : 1);
	fve_put_le16(w, b != NULL ? b->method : 0);
	fve_put_le16(w, b != NULL ? b->method : 0);
	fve_put_le64(w, created);
}

size_t fve_open(struct fve_writer *w, unsigned type, unsigned value_type)
{
	size_t entry = w->n;

	fve_put_le16(w, 0);		/* size */
	fve_put_le16(w, type);
	fve_put_le16(w, value_type);
	fve_put_le16(w, 1);
	return entry;
}

void fve_close(struct fve_writer *w, size_t entry)
{
	put_le16(w->bytes + entry, (unsigned)(w->n - entry));
}

void fve_text(struct fve_writer *w, unsigned type, const char *utf8)
{
	uint8_t units[2 * TEXT_MAX];
	int n = text_to_utf16(utf8, strlen(utf8), units, TEXT_MAX);
	size_t entry = fve_open(w, type, VALUE_STRING);

	if (n < 0)
		abort();
	fve_put(w, units, 2 * (size_t)n);
	fve_put_le16(w, 0);
	fve_close(w, entry);
}

size_t fve_open_protector(struct fve_writer *w, const uint8_t identifier[16],
			  uint64_t modified, unsigned protection)
{
	size_t entry = fve_open(w, ENTRY_VMK, VALUE_VMK);

	fve_put(w, identifier, 16);
	fve_put_le64(w, modified);
	fve_put_le16(w, 0);
	fve_put_le16(w, protection);
	return entry;
}

size_t fve_end(struct fve_writer *w)
{
	unsigned unit = w->bytes[0x0a] == 2 ? 16 : 1;
	size_t n;

	put_le32(w->bytes + w->head, (uint32_t)(w->n - w->head));
	put_le32(w->bytes + w->head + 12, (uint32_t)(w->n - w->head));
	if (w->head == 0)
		return w->n;
	n = (w->n + 15) / 16 * 16;
	put_le16(w->bytes + 8, (unsigned)(n / unit));
	w->n = n;
	fve_put_le16(w, 8);
	fve_put_le16(w, 2);
	fve_put_le32(w, (uint32_t)crc32(0, w->bytes, (uInt)n));
	return w->n;
}
