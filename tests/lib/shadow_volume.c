#include "lib/shadow_volume.h"
#include "lib/store.h"

#include <string.h>

#include "base/bytes.h"

/* 2020-01-01, in FILETIME.  */
#define YEAR_2020 UINT64_C(132223104000000000)

static void put_vss(uint8_t *p, uint32_t record)
{
	memcpy(p, "\x6b\x87\x08\x38\x76\xc1\x48\x4e"
	       "\xb7\xae\x04\x04\x6e\x6c\xc7\x52", 16);
	store_le32(p + 0x10, 1);
	store_le32(p + 0x14, record);
}

static void put_guid(uint8_t *p, uint32_t first, uint32_t number)
{
	store_le32(p, first);
	memcpy(p + 4, "\x00\x00\x00\x40\x80\x00\x00\x00\x00\x00\x00", 11);
	p[15] = (uint8_t)number;
}

void shadow_put_header(uint8_t *volume, uint64_t catalog)
{
	uint8_t *p = volume + 0x1e00;

	put_vss(p, 1);
	store_le64(p + 0x18, 0x1e00);
	store_le64(p + 0x20, 0x1e00);
	store_le64(p + 0x30, catalog);
	put_guid(p + 0x40, 0xaaaaaaaa, 1);
	put_guid(p + 0x50, 0xaaaaaaaa, 1);
}

void shadow_put_block(uint8_t *volume, uint64_t at, uint32_t record,
		      uint64_t relative, uint64_t next)
{
	uint8_t *p = volume + at;

	put_vss(p, record);
	store_le64(p + 0x18, relative);
	store_le64(p + 0x20, at);
	store_le64(p + 0x28, next);
}

void shadow_put_copy(uint8_t *volume, uint64_t at, size_t i, uint32_t number,
		     uint64_t volume_bytes)
{
	uint8_t *p = volume + at + 128 * (i + 1);

	store_le64(p, 2);
	store_le64(p + 0x08, volume_bytes);
	put_guid(p + 0x10, 0xcccccccc, number);
	store_le64(p + 0x20, number);
	store_le64(p + 0x28, 0x40);
	store_le64(p + 0x30, YEAR_2020 + number * UINT64_C(10000000));
}

void shadow_put_store(uint8_t *volume, uint64_t at, size_t i, uint32_t number,
		      uint64_t header)
{
	uint8_t *p = volume + at + 128 * (i + 1);

	store_le64(p, 3);
	store_le64(p + 0x08, header + 0x4000);
	put_guid(p + 0x10, 0xcccccccc, number);
	store_le64(p + 0x20, header);
	store_le64(p + 0x28, header + 0x8000);
	store_le64(p + 0x30, header + 0xc000);
}

void shadow_put_info(uint8_t *volume, uint64_t at, uint32_t number)
{
	uint8_t *p = volume + at;

	shadow_put_block(volume, at, 4, 0, 0);
	store_le64(p + 0x30, 0x64);
	p += 0x80;
	put_guid(p + 0x10, 0xdddddddd, number);
	put_guid(p + 0x20, 0xeeeeeeee, number);
	store_le32(p + 0x30, 0x0d);
	store_le32(p + 0x34, 1);
	store_le32(p + 0x38, 0x42000d);
	memcpy(p + 0x40, "\x08\0P\0C\0-\0a\0", 10);
	memcpy(p + 0x4a, "\x08\0P\0C\0-\0b\0", 10);
}

void shadow_put_descriptor(uint8_t *volume, uint64_t at, size_t i,
			   uint64_t original, uint64_t relative,
			   uint64_t offset, uint32_t flags, uint32_t bitmap)
{
	uint8_t *p = volume + at + 128 + 32 * i;

	store_le64(p, original);
	store_le64(p + 0x08, relative);
	store_le64(p + 0x10, offset);
	store_le32(p + 0x18, flags);
	store_le32(p + 0x1c, bitmap);
}
