#include "lib/hive_image.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BASE 4096

void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

void hive_image_start(struct hive_image *h)
{
	uint8_t *b = h->bytes;

	memset(h, 0, sizeof(*h));
	memcpy(b, "regf", 4);
	put32(b + 4, 7);		/* primary sequence */
	put32(b + 8, 7);		/* secondary sequence */
	put32(b + 20, 1);		/* version 1.5 */
	put32(b + 24, 5);
	put32(b + 32, 1);		/* format */
	put32(b + 36, 0x20);		/* root cell */
	put32(b + 44, 1);		/* clustering factor */
	for (int i = 0; i < 4; i++)	/* path */
		b[48 + 2 * i] = (uint8_t)"TEST"[i];
	memcpy(b + BASE, "hbin", 4);
	h->n = BASE + 0x20;
}

void hive_image_sum(struct hive_image *h)
{
	uint8_t sum[4] = { 0 };

	for (int i = 0; i < 508; i++)
		sum[i % 4] ^= h->bytes[i];
	memcpy(h->bytes + 508, sum, 4);
}

void hive_image_finish(struct hive_image *h)
{
	size_t end = (h->n + 4095) / 4096 * 4096;

	if (end > h->n)
		put32(h->bytes + h->n, (uint32_t)(end - h->n));
	h->n = end;
	put32(h->bytes + 40, (uint32_t)(end - BASE));		/* all bins */
	put32(h->bytes + BASE + 8, (uint32_t)(end - BASE));	/* this bin */
	hive_image_sum(h);
}

uint8_t *hive_image_stretched(const struct hive_image *h, size_t n)
{
	uint8_t *b = calloc(1, n);
	uint8_t sum[4] = { 0 };

	memcpy(b, h->bytes, h->n);
	put32(b + 40, (uint32_t)(n - BASE));
	put32(b + BASE + 8, (uint32_t)(n - BASE));
	put32(b + h->n, (uint32_t)(n - h->n));
	for (int i = 0; i < 508; i++)
		sum[i % 4] ^= b[i];
	memcpy(b + 508, sum, 4);
	return b;
}

uint8_t *hive_image_at(struct hive_image *h, uint32_t cell)
{
	return h->bytes + BASE + cell + 4;
}

uint32_t hive_image_cell(struct hive_image *h, const void *payload, size_t n)
{
	size_t size = (n + 4 + 7) / 8 * 8;
	uint32_t cell = (uint32_t)(h->n - BASE);

	if (size > sizeof(h->bytes) - h->n)
		abort();
	put32(h->bytes + h->n, 0 - (uint32_t)size);
	memcpy(h->bytes + h->n + 4, payload, n);
	h->n += size;
	return cell;
}

uint32_t hive_image_key(struct hive_image *h, const char *name)
{
	uint8_t b[76 + 300] = { 'n', 'k' };
	uint32_t cell = (uint32_t)(h->n - BASE);

	put16(b + 2, cell == 0x20 ? 0x2c : 0x20);	/* root, 8-bit name */
	put32(b + 4, (uint32_t)HIVE_IMAGE_TIME);	/* last written */
	put32(b + 8, HIVE_IMAGE_TIME >> 32);
	put32(b + 28, 0xffffffff);			/* no subkeys */
	put32(b + 40, 0xffffffff);			/* no values */
	put16(b + 72, (uint32_t)strlen(name));
	memcpy(b + 76, name, strlen(name));
	return hive_image_cell(h, b, 76 + strlen(name));
}

uint32_t hive_image_value(struct hive_image *h, const char *name, uint32_t type,
			  const void *data, size_t n)
{
	uint8_t b[20 + 300] = { 'v', 'k' };

	put16(b + 2, (uint32_t)strlen(name));
	put32(b + 4, (uint32_t)n);
	put32(b + 12, type);
	put16(b + 16, 1);				/* 8-bit name */
	memcpy(b + 20, name, strlen(name));
	if (n <= 4) {
		put32(b + 4, (uint32_t)n | 0x80000000);
		memcpy(b + 8, data, n);
	} else {
		put32(b + 8, hive_image_cell(h, data, n));
	}
	return hive_image_cell(h, b, 20 + strlen(name));
}

static void put_hint(const uint8_t *key, const char *kind, uint8_t *hint)
{
	size_t n = (size_t)(key[72] | key[73] << 8);
	uint32_t hash = 0;

	for (size_t i = 0; i < n; i++)
		hash = 37 * hash + (uint32_t)toupper(key[76 + i]);
	if (strcmp(kind, "lh") == 0)
		put32(hint, hash);
	else
		memcpy(hint, key + 76, n < 4 ? n : 4);
}

uint32_t hive_image_list(struct hive_image *h, const char *kind,
			 const uint32_t *cells, size_t n)
{
	size_t stride = strcmp(kind, "lf") == 0 || strcmp(kind, "lh") == 0
				? 8 : 4;
	uint8_t *b = calloc(1, 4 + n * stride);
	uint32_t cell;

	memcpy(b, kind, 2);
	put16(b + 2, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		put32(b + 4 + i * stride, cells[i]);
		if (stride == 8)
			put_hint(hive_image_at(h, cells[i]), kind,
				 b + 4 + i * stride + 4);
	}
	cell = hive_image_cell(h, b, 4 + n * stride);
	free(b);
	return cell;
}

static void set_parents(struct hive_image *h, uint32_t parent,
			const uint8_t *list)
{
	size_t n = (size_t)(list[2] | list[3] << 8);
	size_t stride = list[1] == 'f' || list[1] == 'h' ? 8 : 4;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *e = list + 4 + i * stride;
		uint8_t *sub = hive_image_at(h, (uint32_t)(e[0] | e[1] << 8 |
							   e[2] << 16));

		if (list[0] == 'r')
			set_parents(h, parent, sub);
		else
			put32(sub + 16, parent);
	}
}

void hive_image_subkeys(struct hive_image *h, uint32_t key, size_t n,
			uint32_t list)
{
	put32(hive_image_at(h, key) + 20, (uint32_t)n);
	put32(hive_image_at(h, key) + 28, list);
	set_parents(h, key, hive_image_at(h, list));
}

void hive_image_values(struct hive_image *h, uint32_t key,
		       const uint32_t *values, size_t n)
{
	uint8_t b[4 * 64] = { 0 };

	for (size_t i = 0; i < n; i++)
		put32(b + 4 * i, values[i]);
	put32(hive_image_at(h, key) + 36, (uint32_t)n);
	put32(hive_image_at(h, key) + 40, hive_image_cell(h, b, 4 * n));
}

uint32_t hive_image_only_subkey(struct hive_image *h, uint32_t parent,
				const char *name)
{
	uint32_t key = hive_image_key(h, name);

	hive_image_subkeys(h, parent, 1, hive_image_list(h, "lh", &key, 1));
	return key;
}
