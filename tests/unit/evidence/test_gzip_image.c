#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/findings.h"
#include "lib/opened.h"

/*
 * A disk of 9 MiB of text, of zeros, and of what does not compress, in turns of
 * 300 KB, compressed by gzip and others.
 */
#define DISK (9u << 20)

static uint8_t *disk;

static void make_disk(void)
{
	uint32_t x = 1;

	disk = calloc(1, DISK);
	for (size_t i = 0; i < DISK; i++) {
		x = x * 1664525 + 1013904223;
		if (i / 300000 % 3 == 0)
			disk[i] = (uint8_t)(x >> 24);
		else if (i / 300000 % 3 == 1)
			disk[i] = (uint8_t)("volume"[x >> 29 & 3]);
	}
	scratch_write("disk.raw", disk, DISK);
}

static void free_disk(void)
{
	free(disk);
}

TestSuite(gzip_image, .init = make_disk, .fini = free_disk, .timeout = 120);

#define IN_SCRATCH(command) \
	cr_assert(run("cd '%s' && " command, scratch_dir()))

/* All of it forwards, then here and there, backwards too.  */
static void expect_disk(const char *path, uint64_t n)
{
	struct opened o = open_image(path, NULL);
	uint8_t *got = malloc(DISK);
	uint32_t x = 7;

	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.img->format, IMAGE_GZIP);
	cr_assert_eq(o.img->disk->size, n, "%s", path);
	cr_assert_eq(source_read(o.img->disk, 0, got, n, NULL), 0);
	cr_expect(memcmp(got, disk, n) == 0, "%s", path);
	for (int i = 0; i < 300; i++) {
		size_t off, k;

		x = x * 1664525 + 1013904223;
		off = (x >> 4) % (n - 1);
		k = 1 + (x >> 24) * 997 % (n - off);
		cr_assert_eq(source_read(o.img->disk, off, got, k, NULL), 0);
		cr_assert(memcmp(got, disk + off, k) == 0, "%s: %zu bytes at "
			  "%zu", path, k, off);
	}
	free(got);
	close_image(&o);
}

static void expect_finding(const char *path, const struct diag_kind *kind,
			   const char *words)
{
	struct opened o = open_image(path, NULL);

	cr_assert_not_null(o.img, "%s", o.text);
	cr_assert_eq(o.diags.n, 1, "%s", path);
	cr_expect_eq(o.diags.list[0].kind, kind);
	cr_expect_not_null(strstr(o.diags.list[0].message, words), "%s",
			   o.diags.list[0].message);
	close_image(&o);
}

static void expect_clean(const char *path)
{
	struct opened o = open_image(path, NULL);

	cr_expect_eq(o.diags.n, 0, "%s: %s", path,
		     o.diags.n > 0 ? o.diags.list[0].message : "");
	close_image(&o);
	expect_disk(path, DISK);
}

Test(gzip_image, holds_the_disk_whatever_made_it)
{
	IN_SCRATCH("gzip -kc disk.raw > a.raw.gz && gzip -1c disk.raw > 1.gz &&"
		   " gzip -nc9 disk.raw > 9.dd.gz");
	expect_clean(scratch("a.raw.gz"));
	expect_clean(scratch("1.gz"));
	expect_clean(scratch("9.dd.gz"));
	IN_SCRATCH("python3 -c 'import gzip; d=open(\"disk.raw\",\"rb\").read();"
		   "open(\"stored.gz\",\"wb\").write(gzip.compress(d,0))'");
	expect_clean(scratch("stored.gz"));
}

Test(gzip_image, may_have_many_members)
{
	IN_SCRATCH("split -b 700001 disk.raw part. && "
		   "for i in part.*; do gzip -c $i; done > many.gz && "
		   "head -c 99000 /dev/zero | cat many.gz - > padded.gz");
	expect_clean(scratch("many.gz"));
	expect_clean(scratch("padded.gz"));
	/* As bgzip writes: an extra field, 64 KiB, an empty member last.  */
	if (!run("command -v bgzip pigz > /dev/null"))
		cr_skip_test("no bgzip, no pigz");
	IN_SCRATCH("bgzip -c disk.raw > b.gz && pigz -ci disk.raw > p.gz");
	expect_clean(scratch("b.gz"));
	expect_clean(scratch("p.gz"));
}

Test(gzip_image, that_is_large_is_read_at_both_ends)
{
	struct opened o;
	uint8_t got[512], want[512];

	/* One member; deflate gives the same for each 64 MiB of zeros.  */
	IN_SCRATCH("python3 -c 'import zlib, struct\n"
		   "disk = open(\"disk.raw\", \"rb\").read()\n"
		   "zeros, times = bytes(1 << 26), 48\n"
		   "crc = zlib.crc32(disk)\n"
		   "for _ in range(times):\n"
		   "    crc = zlib.crc32(zeros, crc)\n"
		   "crc = zlib.crc32(disk, crc)\n"
		   "size = 2 * len(disk) + times * len(zeros)\n"
		   "def deflate(d, flush):\n"
		   "    c = zlib.compressobj(1, zlib.DEFLATED, -15)\n"
		   "    return c.compress(d) + c.flush(flush)\n"
		   "open(\"large.gz\", \"wb\").write("
		   "b\"\\x1f\\x8b\\x08\" + bytes(7) +"
		   " deflate(disk, zlib.Z_FULL_FLUSH) +"
		   " deflate(zeros, zlib.Z_FULL_FLUSH) * times +"
		   " deflate(disk, zlib.Z_FINISH) +"
		   " struct.pack(\"<II\", crc, size & 0xffffffff))'");
	o = open_image(scratch("large.gz"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_assert_eq(o.img->disk->size, ((uint64_t)3 << 30) + 2 * DISK);
	cr_expect_eq(o.diags.n, 0);
	for (uint64_t off = 0; off < o.img->disk->size; off += 100000512) {
		uint64_t in = off < DISK ? off : off - ((uint64_t)3 << 30) -
			      DISK;

		memset(want, 0, sizeof(want));
		if (off < DISK || (in < DISK && in + 512 <= DISK))
			memcpy(want, disk + in, 512);
		cr_assert_eq(source_read(o.img->disk, off, got, 512, NULL), 0);
		cr_expect(memcmp(got, want, 512) == 0, "%ju", (uintmax_t)off);
	}
	cr_assert_eq(source_read(o.img->disk, o.img->disk->size - 512, got, 512,
				 NULL), 0);
	cr_expect(memcmp(got, disk + DISK - 512, 512) == 0);
	close_image(&o);
}

Test(gzip_image, that_is_cut_is_used_as_far_as_it_goes)
{
	struct opened o;
	uint8_t *got = malloc(DISK);
	uint64_t n;

	IN_SCRATCH("gzip -c disk.raw | head -c 2000000 > cut.gz");
	expect_finding(scratch("cut.gz"), &FINDING_CONTAINER_SIZE, "cut short");
	o = open_image(scratch("cut.gz"), NULL);
	n = o.img->disk->size;
	cr_assert(n > 2000000 && n < DISK);
	cr_assert_eq(source_read(o.img->disk, 0, got, n, NULL), 0);
	cr_expect(memcmp(got, disk, n) == 0);
	free(got);
	close_image(&o);
	/* Its trailer alone.  */
	IN_SCRATCH("gzip -c disk.raw | head -c -3 > cut.gz");
	expect_finding(scratch("cut.gz"), &FINDING_CONTAINER_SIZE, "cut short");
	expect_disk(scratch("cut.gz"), DISK);
}

Test(gzip_image, with_a_wrong_checksum_or_size_is_used_and_that_is_said)
{
	IN_SCRATCH("gzip -c disk.raw > good.gz");
	for (int back = 1; back <= 8; back++) {
		cr_assert(run("cd '%s' && cp good.gz bad.gz && "
			      "n=$(stat -c %%s bad.gz) && printf '\\252' | dd "
			      "of=bad.gz bs=1 seek=$((n - %d)) conv=notrunc "
			      "status=none", scratch_dir(), back));
		expect_finding(scratch("bad.gz"), &FINDING_CONTAINER_CHECKSUM,
			       "1 member ");
	}
	expect_disk(scratch("bad.gz"), DISK);
}

static void expect_words(const char *path, const struct diag_kind *kind,
			 const char *words)
{
	struct opened o = open_image(path, NULL);
	bool said = false;

	cr_assert_not_null(o.img, "%s", o.text);
	for (size_t i = 0; i < o.diags.n; i++)
		said |= o.diags.list[i].kind == kind &&
			strstr(o.diags.list[i].message, words) != NULL;
	cr_expect(said, "%s: %s", path, words);
	close_image(&o);
}

/* A member is cut out in its middle: deflate goes on somewhere else, what it
 * gives has another size, and no member begins where that one seems to end.  */
Test(gzip_image, that_is_damaged_in_its_middle_says_what_it_means)
{
	IN_SCRATCH("python3 -c 'import zlib, struct\n"
		   "d = open(\"disk.raw\", \"rb\").read()[:5000]\n"
		   "def member(d, size):\n"
		   "    c = zlib.compressobj(9, zlib.DEFLATED, -15)\n"
		   "    return (b\"\\x1f\\x8b\\x08\" + bytes(7) + c.compress(d)"
		   " + c.flush() + struct.pack(\"<II\", zlib.crc32(d), size))\n"
		   "open(\"moved.gz\", \"wb\").write(member(d, 5001))\n"
		   "open(\"early.gz\", \"wb\").write(member(d, 5001) + b\"x\""
		   " + member(d, 5000))'");
	expect_words(scratch("moved.gz"), &FINDING_CONTAINER_CHECKSUM,
		     "may not be where it was");
	expect_words(scratch("early.gz"), &FINDING_CONTAINER_BLOCK,
		     "ends too early");
}

Test(gzip_image, that_is_followed_by_other_bytes_says_so)
{
	IN_SCRATCH("{ gzip -c disk.raw; echo and more; } > more.gz");
	expect_finding(scratch("more.gz"), &FINDING_CONTAINER_SIZE,
		       "other bytes follow");
	expect_disk(scratch("more.gz"), DISK);
}

Test(gzip_image, is_never_silently_wrong)
{
	struct stat st;
	const char *path = scratch("bad.gz");

	IN_SCRATCH("gzip -c disk.raw > good.gz");
	cr_assert_eq(stat(scratch("good.gz"), &st), 0);
	for (long i = 0; i < 40; i++) {
		long at = i < 12 ? i : (long)(st.st_size / 40) * i;
		enum outcome want;

		cr_assert(run("cd '%s' && cp good.gz bad.gz && "
			      "printf '\\0%lo' | dd of=bad.gz bs=1 seek=%ld "
			      "conv=notrunc status=none", scratch_dir(),
			      0125 + i, at));
		want = try_image(path, disk, DISK);
		cr_expect_neq(want, SILENTLY_WRONG, "byte %ld", at);
		if (at < 3)
			cr_expect_eq(want, REFUSED, "byte %ld", at);
	}
}

static void expect_refused(const char *path, const char *words)
{
	struct opened o = open_image(path, NULL);

	cr_expect_null(o.img, "%s", path);
	cr_expect_eq(o.err.code, ERR_UNSUPPORTED, "%s", o.text);
	cr_expect_not_null(strstr(o.text, words), "%s", o.text);
	close_image(&o);
}

Test(gzip_image, of_a_container_is_refused_by_its_name)
{
	IN_SCRATCH("qemu-img convert -f raw -O vpc disk.raw d.vhd && "
		   "qemu-img convert -f raw -O qcow2 disk.raw d.qcow2 && "
		   "tar cf d.tar disk.raw && gzip d.vhd d.qcow2 d.tar && "
		   "gzip -k disk.raw && gzip disk.raw.gz -c > twice.gz");
	expect_refused(scratch("d.vhd.gz"), "gzip file that holds a VHD");
	expect_refused(scratch("d.qcow2.gz"), "gzip file that holds a QCOW");
	expect_refused(scratch("d.tar.gz"), "gzip file that holds a tar");
	expect_refused(scratch("twice.gz"), "gzip file that holds a gzip");
}

/* 18 GiB in 18 MB: read as far as it is plausible.  */
Test(gzip_image, that_is_a_bomb_is_not_read_to_its_end)
{
	struct opened o;

	IN_SCRATCH("head -c 128M /dev/zero | gzip -9c > one.gz && "
		   "for i in 1 2 3 4 5 6 7 8; do cat one.gz one.gz one.gz "
		   "one.gz one.gz one.gz one.gz one.gz one.gz one.gz one.gz "
		   "one.gz one.gz one.gz one.gz one.gz one.gz one.gz; "
		   "done > bomb.gz");
	o = open_image(scratch("bomb.gz"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_geq(o.img->disk->size, (uint64_t)16 << 30);
	cr_expect_lt(o.img->disk->size, (uint64_t)18 << 30);
	cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_LIMIT), 1);
	close_image(&o);
}
