#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "disk/findings.h"
#include "lib/identified.h"

#define SIZE (2u << 20)

/* Bytes that are no string.  */
static void set(uint8_t *p, const char *bytes, size_t n)
{
	memcpy(p, bytes, n);
}

static void identify(struct identified *t, const uint8_t *p, size_t n)
{
	identify_bytes(t, p, n, n);
}

static uint8_t *made(const char *options)
{
	char mkfs[256];

	snprintf(mkfs, sizeof(mkfs), "mkudffs %s", options);
	return volume_made_by(mkfs, SIZE);
}

static bool found(const struct identified *t, const struct diag_kind *kind)
{
	return test_finding(&t->diags, kind) != NULL;
}

static void expect_label(const struct identified *t, const char *label)
{
	cr_expect_eq(t->v.kind, FS_UDF);
	cr_expect_str_eq(t->v.name, "UDF");
	cr_assert_not_null(t->v.label.utf8);
	cr_expect_str_eq(t->v.label.utf8, label);
}

Test(udf_volume, blocks_of_all_sizes_are_found)
{
	for (unsigned size = 512; size <= 4096; size *= 2) {
		struct identified t;
		char options[128];
		uint8_t *p;

		snprintf(options, sizeof(options), "-b %u -l Том%u -r 0x0150",
			 size, size);
		p = made(options);
		identify(&t, p, SIZE);
		snprintf(options, sizeof(options), "Том%u", size);
		expect_label(&t, options);
		cr_expect_eq(t.v.cluster_size, size);
		cr_expect_eq(t.v.udf_revision, 0x150);
		cr_expect(t.v.has_serial);
		cr_expect_not(t.v.has_serial64);
		cr_expect_eq(t.diags.n, 0);
		cr_expect_eq(t.v.cites.n, 4);
		cr_expect_eq(t.v.cites.list[1].offset, 256 * size);
		identified_done(&t);
		free(p);
	}
}

/* What mkudffs leaves of a volume is used, whichever part is overwritten; where
 * the descriptors are, udfinfo tells: main sequence 96, reserve at the end.  */
Test(udf_volume, copies_are_used_and_told)
{
	uint8_t *p = made("-b 512 -l Copies");
	struct identified t;
	uint32_t serial;

	identify(&t, p, SIZE);
	expect_label(&t, "Copies");
	serial = t.v.serial;
	identified_done(&t);

	p[256 * 512 + 20] ^= 1;
	identify(&t, p, SIZE);
	expect_label(&t, "Copies");
	cr_expect(found(&t, &FINDING_UDF_COPY));
	cr_expect_eq(t.v.serial, serial);
	identified_done(&t);

	/* A disc that was not closed has no first anchor.  */
	memset(p + 256 * 512, 0, 512);
	identify(&t, p, SIZE);
	expect_label(&t, "Copies");
	cr_expect_eq(t.diags.n, 0);
	identified_done(&t);

	memset(p + 96 * 512, 0xa5, 16 * 512);
	identify(&t, p, SIZE);
	expect_label(&t, "Copies");
	cr_expect(found(&t, &FINDING_UDF_COPY));
	cr_expect_eq(t.v.serial, serial);
	identified_done(&t);
	free(p);
}

/* One of the descriptors of the main sequence is enough to ask the reserve.  */
Test(udf_volume, a_lost_descriptor_is_taken_from_the_reserve)
{
	uint8_t *p = made("-b 512 -l Main");

	for (unsigned i = 0; i < 16; i++) {
		uint8_t *block = p + (96 + i) * 512, keep = block[300];
		struct identified t;

		if (block[0] != 5 && block[0] != 6)
			continue;
		block[300] ^= 0x10;
		identify(&t, p, SIZE);
		expect_label(&t, "Main");
		cr_expect(t.v.has_serial);
		cr_assert(found(&t, &FINDING_UDF_COPY));
		cr_expect_eq(test_finding(&t.diags, &FINDING_UDF_COPY)
				     ->cites.list[0].offset,
			     (96 + i) * 512 + 8);
		identified_done(&t);
		block[300] = keep;
		memset(block, 0, 512);
		identify(&t, p, SIZE);
		expect_label(&t, "Main");
		cr_expect(found(&t, &FINDING_UDF_COPY));
		identified_done(&t);
		free(p);
		p = made("-b 512 -l Main");
	}
	free(p);
}

Test(udf_volume, a_volume_without_descriptors_is_damaged)
{
	uint8_t *p = made("-b 512 -l Gone");
	struct identified t;

	memset(p + 64 * 1024, 0, SIZE - 64 * 1024);
	identify(&t, p, SIZE);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	cr_expect(t.v.damaged);
	cr_expect(found(&t, &FINDING_UDF_DAMAGED));
	identified_done(&t);
	/* An anchor that leads nowhere.  */
	free(p);
	p = made("-b 512 -l Gone");
	memset(p + 96 * 512, 0, 16 * 512);
	memset(p + SIZE / 2, 0, SIZE / 2);
	identify(&t, p, SIZE);
	cr_expect(t.v.damaged);
	cr_expect(found(&t, &FINDING_UDF_DAMAGED));
	identified_done(&t);
	memset(p + 32768, 0, 8192);
	identify(&t, p, SIZE);
	cr_expect_not(t.v.damaged);
	cr_expect_not(found(&t, &FINDING_UDF_DAMAGED));
	identified_done(&t);
	free(p);
}

/* Let the tag of @p be right, with a checksum of no bytes.  */
static void seal(uint8_t *p)
{
	unsigned sum = 0;

	memset(p + 8, 0, 4);
	p[4] = 0;
	for (size_t i = 0; i < 16; i++)
		sum += p[i];
	p[4] = (uint8_t)sum;
}

/* What is left of an older volume does not hide the one that there is.  */
Test(udf_volume, leftovers_do_not_keep_a_backup_from_being_used)
{
	uint8_t *p = volume_made_by("mkntfs -F -q -s 512 -p 0 -L Newer",
				    SIZE);
	struct identified t;

	memset(p, 0, 512);
	set(p + 32768, "\0BEA01\1", 7);
	set(p + 32768 + 2048, "\0NSR03\1", 7);
	identify(&t, p, SIZE);
	cr_expect_eq(t.v.kind, FS_NTFS);
	cr_expect(t.v.from_backup);
	cr_expect_not(t.v.damaged);
	cr_expect(found(&t, &FINDING_UDF_DAMAGED));
	identified_done(&t);
	free(p);
}

Test(udf_volume, labels_that_differ_are_told)
{
	uint8_t *p = made("-b 512 -l Volume");
	struct identified t;

	for (uint32_t at = 0; at < SIZE; at += 512)
		if (p[at] == 0 && p[at + 1] == 1 &&
		    memcmp(p + at + 113, "Volume", 6) == 0) {
			set(p + at + 113, "VOLUME", 6);
			seal(p + at);
		}
	identify(&t, p, SIZE);
	expect_label(&t, "Volume");
	cr_assert(found(&t, &FINDING_UDF_LABELS_DIFFER));
	cr_expect_str_eq(test_finding(&t.diags, &FINDING_UDF_LABELS_DIFFER)
				 ->message,
			 "The volume has the label \"Volume\", and its file "
			 "set \"VOLUME\".");
	identified_done(&t);
	free(p);
}

/* A volume of UDF 2.50, of the fewest blocks, whose descriptors have no
 * checksums but those of their tags.  */
static uint8_t metadata[300 * 512];

static uint8_t *descriptor(uint16_t tag, uint32_t at, uint32_t says)
{
	uint8_t *p = metadata + at * 512;

	memset(p, 0, 512);
	p[0] = (uint8_t)tag;
	p[1] = (uint8_t)(tag >> 8);
	p[12] = (uint8_t)says;
	p[13] = (uint8_t)(says >> 8);
	seal(p);
	return p;
}

static void put(uint8_t *p, uint32_t v)
{
	memcpy(p, put_le32(v).b, 4);
}

/* An extended file entry whose third block is block 33 of the partition.  */
static void put_file(uint32_t at, uint32_t says)
{
	uint8_t *p = descriptor(266, at, says);

	put(p + 212, 16);
	put(p + 216, 1024);
	put(p + 220, 20);
	put(p + 224, 512);
	put(p + 228, 33);
}

static void make_metadata(void)
{
	uint8_t *p;

	memset(metadata, 0, sizeof(metadata));
	set(metadata + 32768, "\0BEA01\1", 7);
	set(metadata + 32768 + 2048, "\0NSR03\1", 7);
	p = descriptor(2, 256, 256);
	put(p + 16, 2048);
	put(p + 20, 96);
	p = descriptor(5, 96, 96);
	put(p + 188, 150);
	put(p + 192, 100);
	p = descriptor(6, 97, 97);
	set(p + 84, "\x08Meta", 5);
	p[211] = 5;
	put(p + 212, 512);
	set(p + 217, "*OSTA UDF Compliant", 19);
	p[240] = 0x50;
	p[241] = 2;
	put(p + 248, 512);
	put(p + 252, 2);
	p[256] = 1;
	put(p + 264, 70);
	put(p + 268, 2);
	set(p + 440, "\1\6\1", 3);
	set(p + 446, "\2\100\0\0\0*UDF Metadata Partition", 28);
	put(p + 446 + 40, 5);
	put(p + 446 + 44, 6);
	descriptor(8, 98, 98);
	put_file(155, 5);
	put_file(156, 6);
	p = descriptor(256, 183, 2);
	set(p + 112, "\x08Meta", 5);
	p[239] = 5;
}

/* The serial number is summed by hand, from the lowest byte: 03 02 08 'a';
 * 01 'M'; 'e'; 't' 05.  */
Test(udf_volume, the_file_set_is_found_in_a_metadata_partition)
{
	struct identified t;

	make_metadata();
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_expect_eq(t.v.udf_revision, 0x250);
	cr_expect_eq(t.diags.n, 0);
	cr_expect(t.v.has_serial);
	cr_expect_eq(t.v.serial, 0x79654e6e, "%08x", t.v.serial);
	cr_expect_eq(t.v.cites.list[3].offset, 183 * 512);
	identified_done(&t);

	metadata[155 * 512] ^= 1;
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_expect_eq(t.v.serial, 0x79654e6e);
	cr_expect(found(&t, &FINDING_UDF_COPY));
	identified_done(&t);

	metadata[156 * 512] ^= 1;
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_expect_not(t.v.has_serial);
	cr_expect(found(&t, &FINDING_UDF_FILE_SET));
	identified_done(&t);
}

Test(udf_volume, of_other_partition_maps_the_serial_number_is_not_known)
{
	struct identified t;

	make_metadata();
	metadata[97 * 512 + 446 + 6] = 'X';
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_expect_not(t.v.has_serial);
	cr_expect(found(&t, &FINDING_UDF_FILE_SET));
	identified_done(&t);
}

/* Of two descriptors the one with the higher number prevails, wherever the
 * sequence goes on.  */
Test(udf_volume, the_latest_descriptor_prevails)
{
	struct identified t;
	uint8_t *p;

	make_metadata();
	p = descriptor(3, 98, 98);
	put(p + 20, 1024);
	put(p + 24, 120);
	p = descriptor(6, 120, 120);
	memcpy(p + 16, metadata + 97 * 512 + 16, 496);
	p[16] = 1;
	p[85] = 'B';
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Beta");
	cr_expect(found(&t, &FINDING_UDF_LABELS_DIFFER));
	identified_done(&t);
	p[16] = 0;
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	identified_done(&t);
	/* A sequence that comes back to itself ends.  */
	put(metadata + 98 * 512 + 24, 98);
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_expect_leq(t.disk.stats.calls, 100);
	cr_assert(found(&t, &FINDING_UDF_COPY));
	cr_expect(strstr(test_finding(&t.diags, &FINDING_UDF_COPY)->message,
			 "pointers") != NULL);
	identified_done(&t);
	/* So does one that is longer than any: all are pointers to the end.  */
	put(metadata + 256 * 512 + 16, 100 * 512);
	for (uint32_t i = 98; i < 200; i++)
		descriptor(3, i, i);
	identify(&t, metadata, sizeof(metadata));
	cr_expect_str_eq(t.v.label.utf8, "Meta");
	cr_assert(found(&t, &FINDING_UDF_COPY));
	cr_expect(strstr(test_finding(&t.diags, &FINDING_UDF_COPY)->message,
			 "64") != NULL);
	identified_done(&t);
}

Test(udf_volume, steps_of_4096_bytes_mean_blocks_of_4096)
{
	static uint8_t p[300 * 4096];
	uint8_t *large;
	struct identified t;

	/* Both an anchor of blocks of 512 and one of 4096.  */
	make_metadata();
	memcpy(p + 40960, metadata + 40960, sizeof(metadata) - 40960);
	set(p + 32768, "\0BEA01\1", 7);
	set(p + 32768 + 4096, "\0NSR03\1", 7);
	large = p + 256 * 4096;
	memcpy(large, metadata + 256 * 512, 512);
	put(large + 20, 270);
	put(large + 16, 2 * 4096);
	large = p + 270 * 4096;
	memcpy(large, metadata + 97 * 512, 512);
	large[12] = 270 & 0xff;
	large[13] = 270 >> 8;
	seal(large);
	large[85] = 'L';
	put(large + 212, 4096);
	identify(&t, p, sizeof(p));
	expect_label(&t, "Leta");
	cr_expect_eq(t.v.cluster_size, 4096);
	identified_done(&t);
}

Test(udf_volume, a_label_that_cannot_be_read_is_told)
{
	struct identified t;

	make_metadata();
	metadata[97 * 512 + 84] = 9;
	identify(&t, metadata, sizeof(metadata));
	cr_expect_eq(t.v.kind, FS_UDF);
	cr_expect_null(t.v.label.utf8);
	cr_expect(found(&t, &FINDING_VOLUME_LABEL));
	identified_done(&t);
}

Test(udf_volume, udf_comes_before_a_cd_rom_file_system)
{
	struct identified t;

	make_metadata();
	memmove(metadata + 32768 + 4096, metadata + 32768, 4096);
	set(metadata + 32768, "\1CD001\1", 7);
	memset(metadata + 32768 + 40, 'I', 32);
	memset(metadata + 32768 + 2048, 0, 2048);
	set(metadata + 32768 + 2048, "\377CD001\1", 7);
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	identified_done(&t);
	/* Where UDF cannot be used, the other one is.  */
	memset(metadata + 256 * 512, 0, 512);
	identify(&t, metadata, sizeof(metadata));
	cr_expect_eq(t.v.kind, FS_ISO9660);
	cr_expect_not(t.v.damaged);
	cr_expect(found(&t, &FINDING_UDF_DAMAGED));
	identified_done(&t);
}

static void expect_inside(const struct cites *c)
{
	for (size_t i = 0; i < c->n; i++)
		cr_expect(c->list[i].length > 0 &&
			  c->list[i].offset + c->list[i].length <=
				  sizeof(metadata));
}

static void expect_citations(const struct identified *t)
{
	expect_inside(&t->v.cites);
	for (size_t i = 0; i < t->diags.n; i++) {
		cr_expect_gt(t->diags.list[i].cites.n, 0);
		expect_inside(&t->diags.list[i].cites);
	}
}

Test(udf_volume, an_anchor_can_lead_beyond_the_volume)
{
	struct identified t;

	make_metadata();
	put(metadata + 256 * 512 + 20, 300);
	identify(&t, metadata, sizeof(metadata));
	cr_expect(t.v.damaged);
	cr_assert(found(&t, &FINDING_UDF_DAMAGED));
	cr_expect_eq(test_finding(&t.diags, &FINDING_UDF_DAMAGED)
			     ->cites.list[0].offset, 256 * 512);
	identified_done(&t);
	put(metadata + 256 * 512 + 24, 2048);
	put(metadata + 256 * 512 + 28, 96);
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_expect(found(&t, &FINDING_UDF_COPY));
	expect_citations(&t);
	identified_done(&t);
}

Test(udf_volume, a_damaged_file_set_can_be_the_last_block)
{
	struct identified t;

	make_metadata();
	put(metadata + 96 * 512 + 192, 150);
	put(metadata + 155 * 512 + 228, 149);
	memcpy(metadata + 299 * 512, metadata + 183 * 512, 512);
	metadata[299 * 512 + 4]++;
	identify(&t, metadata, sizeof(metadata));
	expect_label(&t, "Meta");
	cr_assert(found(&t, &FINDING_UDF_FILE_SET));
	cr_expect_eq(test_finding(&t.diags, &FINDING_UDF_FILE_SET)
			     ->cites.list[0].offset, 299 * 512 + 4);
	expect_citations(&t);
	identified_done(&t);
}

/* Each byte of each descriptor changed: an answer, within bounds.  */
Test(udf_volume, hostile_descriptors_are_survived)
{
	static const uint32_t blocks[] = { 64, 96, 97, 155, 183, 256 };

	make_metadata();
	for (size_t b = 0; b < sizeof(blocks) / sizeof(blocks[0]); b++)
		for (uint32_t i = 0; i < 512; i++) {
			uint8_t *byte = metadata + blocks[b] * 512 + i;
			uint8_t old = *byte;

			for (int x = 0; x < 3; x++) {
				struct identified t;

				*byte = x == 0 ? 0xff : (uint8_t)(old ^ x);
				identify(&t, metadata, sizeof(metadata));
				cr_expect_leq(t.disk.stats.bytes, SIZE);
				expect_citations(&t);
				identified_done(&t);
			}
			*byte = old;
		}
}
