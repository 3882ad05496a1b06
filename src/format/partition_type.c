/*
 * partition_type.c - names of the types of partitions
 *
 * Sources: Microsoft, PARTITION_INFORMATION_MBR and PARTITION_INFORMATION_GPT;
 * UEFI specification 2.10, 5.3.3; for other systems util-linux,
 * pt-mbr-partnames.h and pt-gpt-partnames.h.
 */
#include "format/partition_type.h"

#include <stddef.h>

/* Bytes of a GUID out of the numbers as it is printed.  */
#define GUID(a, b, c, d, e) { { \
	(uint8_t)(a), (uint8_t)((a) >> 8), (uint8_t)((a) >> 16), \
	(uint8_t)((a) >> 24), (uint8_t)(b), (uint8_t)((b) >> 8), \
	(uint8_t)(c), (uint8_t)((c) >> 8), \
	(uint8_t)((d) >> 8), (uint8_t)(d), \
	(uint8_t)((e) >> 40), (uint8_t)((e) >> 32), (uint8_t)((e) >> 24), \
	(uint8_t)((e) >> 16), (uint8_t)((e) >> 8), (uint8_t)(e) } }

#define EFI_SYSTEM \
	GUID(0xc12a7328u, 0xf81f, 0x11d2, 0xba4b, 0x00a0c93ec93bu)
#define BASIC_DATA \
	GUID(0xebd0a0a2u, 0xb9e5, 0x4433, 0x87c0, 0x68b6b72699c7u)
#define MICROSOFT_RESERVED \
	GUID(0xe3c9e316u, 0x0b5c, 0x4db8, 0x817d, 0xf92df00215aeu)
#define LDM_METADATA \
	GUID(0x5808c8aau, 0x7e8f, 0x42e0, 0x85d2, 0xe1e90434cfb3u)
#define LDM_DATA GUID(0xaf9b60a0u, 0x1431, 0x4f62, 0xbc68, 0x3311714a69adu)
#define RECOVERY \
	GUID(0xde94bba4u, 0x06d1, 0x4d40, 0xa16a, 0xbfd50179d6acu)
#define STORAGE_SPACES \
	GUID(0xe75caf8fu, 0xf680, 0x4cee, 0xafa3, 0xb001e56efc2du)

const struct guid GPT_TYPE_EFI_SYSTEM = EFI_SYSTEM;
const struct guid GPT_TYPE_BASIC_DATA = BASIC_DATA;
const struct guid GPT_TYPE_MICROSOFT_RESERVED = MICROSOFT_RESERVED;
const struct guid GPT_TYPE_LDM_METADATA = LDM_METADATA;
const struct guid GPT_TYPE_LDM_DATA = LDM_DATA;
const struct guid GPT_TYPE_RECOVERY = RECOVERY;
const struct guid GPT_TYPE_STORAGE_SPACES = STORAGE_SPACES;

static const struct {
	uint8_t type;
	const char *name;
} mbr_types[] = {
	{ 0x01, "FAT12" },
	{ 0x04, "FAT16 below 32 MiB" },
	{ 0x05, "Extended" },
	{ 0x06, "FAT16" },
	{ 0x07, "NTFS / exFAT" },
	{ 0x0b, "FAT32" },
	{ 0x0c, "FAT32 (LBA)" },
	{ 0x0e, "FAT16 (LBA)" },
	{ 0x0f, "Extended (LBA)" },
	{ 0x11, "Hidden FAT12" },
	{ 0x12, "OEM diagnostics" },
	{ 0x14, "Hidden FAT16 below 32 MiB" },
	{ 0x16, "Hidden FAT16" },
	{ 0x17, "Hidden NTFS / exFAT" },
	{ 0x1b, "Hidden FAT32" },
	{ 0x1c, "Hidden FAT32 (LBA)" },
	{ 0x1e, "Hidden FAT16 (LBA)" },
	{ 0x27, "Windows recovery" },
	{ 0x42, "Dynamic disk" },
	{ 0x54, "OnTrack Disk Manager" },
	{ 0x55, "EZ-Drive" },
	{ 0x82, "Linux swap" },
	{ 0x83, "Linux" },
	{ 0x84, "Hibernation" },
	{ 0x85, "Linux extended" },
	{ 0x8e, "Linux LVM" },
	{ 0xa0, "Hibernation" },
	{ 0xa5, "FreeBSD" },
	{ 0xa8, "Darwin UFS" },
	{ 0xaf, "HFS / HFS+" },
	{ 0xde, "Dell utility" },
	{ 0xe7, "Storage Spaces" },
	{ 0xee, "GPT protective" },
	{ 0xef, "EFI system" },
	{ 0xfd, "Linux RAID" },
	{ 0xfe, "OEM service" },
};

static const struct {
	struct guid type;
	const char *name;
} gpt_types[] = {
	{ BASIC_DATA, "Basic data" },
	{ EFI_SYSTEM, "EFI system" },
	{ MICROSOFT_RESERVED, "Microsoft reserved" },
	{ LDM_METADATA, "Dynamic disk metadata" },
	{ LDM_DATA, "Dynamic disk data" },
	{ RECOVERY, "Windows recovery" },
	{ STORAGE_SPACES, "Storage Spaces" },
	{ GUID(0xdb97dba9u, 0x0840, 0x4bae, 0x97f0, 0xffb9a327c7e1u),
	  "Cluster metadata" },
	{ GUID(0x558d43c5u, 0xa1ac, 0x43c0, 0xaac8, 0xd1472b2923d1u),
	  "Storage Replica" },
	{ GUID(0x21686148u, 0x6449, 0x6e6f, 0x744e, 0x656564454649u),
	  "BIOS boot" },
	{ GUID(0x024dee41u, 0x33e7, 0x11d3, 0x9d69, 0x0008c781f39fu),
	  "MBR partition scheme" },
	{ GUID(0x0fc63dafu, 0x8483, 0x4772, 0x8e79, 0x3d69d8477de4u),
	  "Linux" },
	{ GUID(0x0657fd6du, 0xa4ab, 0x43c4, 0x84e5, 0x0933c84b4f4fu),
	  "Linux swap" },
	{ GUID(0xe6d6d379u, 0xf507, 0x44c2, 0xa23c, 0x238f2a3df928u),
	  "Linux LVM" },
	{ GUID(0xa19d880fu, 0x05fc, 0x4d3b, 0xa006, 0x743f0f84911eu),
	  "Linux RAID" },
	{ GUID(0x48465300u, 0x0000, 0x11aa, 0xaa11, 0x00306543ecacu),
	  "HFS+" },
	{ GUID(0x7c3457efu, 0x0000, 0x11aa, 0xaa11, 0x00306543ecacu),
	  "APFS" },
};

const char *mbr_type_name(uint8_t type)
{
	for (size_t i = 0; i < sizeof(mbr_types) / sizeof(mbr_types[0]); i++)
		if (mbr_types[i].type == type)
			return mbr_types[i].name;
	return "unknown";
}

static const char *find_gpt_type(const struct guid *type)
{
	for (size_t i = 0; i < sizeof(gpt_types) / sizeof(gpt_types[0]); i++)
		if (guid_equal(&gpt_types[i].type, type))
			return gpt_types[i].name;
	return NULL;
}

const char *gpt_type_name(const struct guid *type)
{
	const char *name = find_gpt_type(type);

	return name != NULL ? name : "unknown";
}

bool gpt_type_is_known(const struct guid *type)
{
	return find_gpt_type(type) != NULL;
}
