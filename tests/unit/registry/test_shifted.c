#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "registry/findings.h"
#include "registry/hive.h"

static struct hive_image image;
static uint8_t file[sizeof(image.bytes) + 66048];

/* The hive with @n bytes of @fill before it.  */
static struct bytes_source put_before(size_t n, uint8_t fill)
{
	hive_image_start(&image);
	hive_image_key(&image, "ROOT");
	hive_image_finish(&image);
	memset(file, fill, n);
	memcpy(file + n, image.bytes, image.n);
	return bytes_source(file, n + image.n);
}

static uint64_t start(struct bytes_source *s, size_t *ret_findings,
		      uint64_t *ret_cited)
{
	struct diag_list d = { .arena = arena_new() };
	uint64_t at;

	s->source.file = "SYSTEM";
	at = hive_start(&s->source, &d);
	*ret_findings = d.n;
	if (d.n > 0) {
		cr_expect_eq(diag_count(&d, &FINDING_HIVE_SHIFTED), 1);
		cr_assert_eq(d.list[0].cites.n, 1);
		*ret_cited = d.list[0].cites.list[0].offset;
	}
	arena_free(d.arena);
	return at;
}

/* 512 bytes before a hive made deleted names of all that it has.  */
Test(shifted, a_base_block_behind_other_sectors_is_found)
{
	static const size_t shifts[] = { 512, 1024, 4096, 65536 };

	for (size_t i = 0; i < 4; i++) {
		struct bytes_source s = put_before(shifts[i], (uint8_t)i);
		uint64_t cited = 0;
		size_t n;

		cr_expect_eq(start(&s, &n, &cited), shifts[i]);
		cr_expect_eq(n, 1);
		cr_expect_eq(cited, shifts[i]);
	}
}

Test(shifted, a_hive_that_begins_its_file_is_not_sought)
{
	struct bytes_source s = put_before(0, 0);
	uint64_t cited;
	size_t n;

	cr_expect_eq(start(&s, &n, &cited), 0);
	cr_expect_eq(n, 0);
	cr_expect_leq(s.calls, 1, "its first word is enough");
	/* A lost base block is mended, not sought.  */
	memset(file, 0, 4);
	cr_expect_eq(start(&s, &n, &cited), 0);
	cr_expect_eq(n, 0);
}

/* A hive in a value of another, the rest of an older one: not this file's.  */
Test(shifted, only_a_sound_base_block_before_a_bin_is_taken)
{
	static const size_t places[] = {
		0,		/* signature */
		4,		/* what the checksum is of */
		28,		/* the type: a log has no bins */
		4096,		/* signature of the bin */
	};
	uint64_t cited;
	size_t n;

	for (size_t i = 0; i < 4; i++) {
		struct bytes_source s = put_before(512, 0);

		file[512 + places[i]] ^= 1;
		if (places[i] == 28)	/* keep the checksum right */
			file[512 + 508] ^= 1;
		cr_expect_eq(start(&s, &n, &cited), 0, "%zu", places[i]);
		cr_expect_eq(n, 0);
	}
	struct bytes_source s = put_before(66048, 0);
	cr_expect_eq(start(&s, &n, &cited), 0, "too far");
	s = put_before(100, 0);
	cr_expect_eq(start(&s, &n, &cited), 0, "no sector");
}

Test(shifted, every_truncation_is_survived)
{
	struct bytes_source whole = put_before(512, 0);

	for (size_t size = 0; size < 512 + 4096 + 8; size++) {
		uint8_t *copy = malloc(size);	/* its end is guarded by ASan */
		struct bytes_source s = bytes_source(copy, size);
		uint64_t cited;
		size_t n;

		memcpy(copy, file, size);
		cr_expect_eq(start(&s, &n, &cited),
			     size < 512 + 4096 + 4 ? 0 : 512);
		free(copy);
	}
	(void)whole;
}
