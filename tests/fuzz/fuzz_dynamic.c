#include <string.h>

#include "disk/dynamic.h"
#include "format/ldm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define SECTORS 64
#define CONFIG 16	/* sectors before the configuration, and of it */
#define DATABASE 17	/* in it */
#define GUID_TEXT "1d3e0000-9d1e-11eb-8a01-525400c01d01"

static uint8_t image[SECTORS * 4096];

static void put_u64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* The checksum of the block is the sum of its other bytes.  */
static void finish(uint8_t *block)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < LDM_BLOCK_BYTES; i++)
		sum += block[i];
	for (int i = 0; i < 4; i++)
		block[8 + i] = (uint8_t)(sum >> (24 - 8 * i));
}

static void put_headers(unsigned sector)
{
	uint8_t *head = image + LDM_PRIVHEAD_LBA * sector;
	uint8_t *toc = image + (size_t)(CONFIG + 1) * sector;

	memset(image, 0, sizeof(image));
	memcpy(head, "PRIVHEAD\0\0\0\0\0\2\0\13", 16);
	memcpy(head + 0x30, GUID_TEXT, 36);
	memcpy(head + 0xb0, GUID_TEXT, 36);
	head[0x111] = (uint8_t)(sector >> 8);
	put_u64(head + 0x11b, 8);
	put_u64(head + 0x123, CONFIG - 8);
	put_u64(head + 0x12b, CONFIG);
	put_u64(head + 0x133, SECTORS - CONFIG);
	finish(head);
	memcpy(toc, "TOCBLOCK", 8);
	memcpy(toc + 0x24, "config", 6);
	put_u64(toc + 0x2e, DATABASE);
	put_u64(toc + 0x36, 20);
	finish(toc);
}

static void read_ends(const struct dynamic_volumes *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct source *s = v->list[i].source;
		uint8_t byte;

		if (s != NULL && s->size > 0)
			(void)source_read(s, s->size - 1, &byte, 1, NULL);
	}
}

/* The first byte chooses the size of sectors, the others are the database of a
 * dynamic disk.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const unsigned sector = n > 0 && (data[0] & 1) ? 4096 : 512;
	const size_t at = (size_t)(CONFIG + DATABASE) * sector;
	struct disk disk = {
		.size = (uint64_t)SECTORS * sector, .sector_size = sector,
		.scheme = SCHEME_MBR, .ldm = true,
	};
	const struct disk *disks[] = { &disk };
	struct dynamic_volumes v;
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };

	put_headers(sector);
	if (n > 1)
		memcpy(image + at, data + 1,
		       n - 1 < disk.size - at ? n - 1 : disk.size - at);
	disk.source = source_memory(image, (size_t)disk.size);
	if (dynamic_volumes_read(disks, 1, a, &d, &v, NULL) == 0) {
		read_ends(&v);
		dynamic_volumes_done(&v);
	}
	source_free(disk.source);
	arena_free(a);
	return 0;
}
