#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf16.h"
#include "format/reparse.h"
#include "lib/guard.h"
#include "lib/mutate.h"
#include "lib/shared_data.h"

static const char *utf8(struct arena *a, struct span s)
{
	return text_from_utf16(a, s).utf8;
}

/* Reads a line "0000:  14 00 ..." of fsutil's dump behind @buf.  */
static size_t dump_line(const char *line, uint8_t *buf, size_t n)
{
	unsigned off, byte;
	int used;

	if (sscanf(line, "%4x:%n", &off, &used) != 1 || off != n)
		return n;
	for (const char *p = line + used; n < off + 16; p += 3) {
		while (*p == ' ' && p[1] == ' ')
			p++;
		if (sscanf(p, " %2x", &byte) != 1 || p - line > 54)
			break;
		buf[n++] = (uint8_t)byte;
	}
	return n;
}

/* The dump of file @name in the text that fsutil of Windows 11 wrote; behind
 * the eight bytes of the header, which fsutil prints in words.  */
static size_t dump_of(const char *path, const char *name, uint8_t *buf)
{
	FILE *f = fopen(path, "r");
	char line[256], head[128];
	unsigned tag = 0, length = 0;
	size_t n = 0;
	bool here = false;

	snprintf(head, sizeof(head), "## fsutil reparsepoint query %s", name);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "##", 2) == 0)
			here = strncmp(line, head, strlen(head)) == 0;
		if (!here)
			continue;
		sscanf(line, "Reparse Tag Value : %x", &tag);
		sscanf(line, "Reparse Data Length: %x", &length);
		n = dump_line(line, buf + 8, n);
	}
	if (f != NULL)
		fclose(f);
	cr_assert_eq(n, length, "%s: %zu of %u bytes", name, n, length);
	*(le32 *)buf = put_le32(tag);
	*(le16 *)(buf + 4) = put_le16((uint16_t)length);
	memset(buf + 6, 0, 2);
	return n + 8;
}

/* Five reparse points that Windows 11 made; targets as its own `dir' lists
 * them in the same file.  */
Test(reparse, reads_what_windows_11_wrote)
{
	static const struct {
		const char *file, *substitute, *print;
		enum reparse_kind kind;
		uint32_t flags;
	} want[] = {
		{ "rel_link.txt", "target.txt", "target.txt", REPARSE_SYMLINK,
		  1 },
		{ "abs_link.txt", "\\??\\W:\\target.txt", "W:\\target.txt",
		  REPARSE_SYMLINK, 0 },
		{ "rel_dirlink", "realdir", "realdir", REPARSE_SYMLINK, 1 },
		{ "abs_dirlink", "\\??\\W:\\realdir", "W:\\realdir",
		  REPARSE_SYMLINK, 0 },
		{ "junction", "\\??\\W:\\realdir", "W:\\realdir",
		  REPARSE_JUNCTION, 0 },
	};
	const char *path = shared_data("SecurityRonin__ntfs-forensic/tests/"
				       "data/win_reparse_truth.txt");
	struct arena *a = arena_new();

	if (path == NULL)
		cr_skip_test("no shared data");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint8_t buf[512];
		size_t n = dump_of(path, want[i].file, buf);
		struct span s = guard_copy(buf, n, 0);
		struct reparse rp;

		cr_assert_eq(reparse_parse(s, &rp, NULL), 0);
		cr_expect_str_eq(utf8(a, rp.substitute_name),
				 want[i].substitute);
		cr_expect_str_eq(utf8(a, rp.print_name), want[i].print);
		cr_expect_eq(rp.kind, want[i].kind, "%s", want[i].file);
		cr_expect_eq(rp.symlink_flags, want[i].flags);
		cr_expect(guid_is_zero(&rp.volume));
		guard_free(s);
	}
	arena_free(a);
}

/* A mount point buffer with @target as its substitute name, and no print
 * name.  */
static size_t mount_point(const char *target, size_t closing_nuls,
			  uint8_t *buf)
{
	size_t n = strlen(target), bytes = 2 * (n + closing_nuls);

	memset(buf, 0, 16 + 2 * n + 4);
	*(le32 *)buf = put_le32(0xa0000003);	/* tag */
	*(le16 *)(buf + 4) = put_le16((uint16_t)(12 + 2 * n)); /* data */
	*(le16 *)(buf + 8) = put_le16(0);	/* substitute offset */
	*(le16 *)(buf + 10) = put_le16((uint16_t)bytes);
	/* print offset */
	*(le16 *)(buf + 12) = put_le16((uint16_t)(2 * n + 2));
	*(le16 *)(buf + 14) = put_le16(0);	/* print length */
	for (size_t i = 0; i < n; i++)
		buf[16 + 2 * i] = (uint8_t)target[i];
	return 16 + 2 * n + 4;
}

#define GUID_IN_TEXT "D0000000-00AB-4000-8000-0123456789ab"

/* One changed character made a volume mount point a junction, and nobody was
 * told.  */
Test(reparse, a_junction_to_no_path_is_marked)
{
	static const struct {
		const char *target;
		bool odd;
	} rows[] = {
		{ "\\?\?\\C:\\Users", false },
		{ "\\?\?\\z:", false },
		{ "\\?\?\\UNC\\server\\share", false },
		{ "\\?\?\\Volume{" GUID_IN_TEXT "}\\", false },
		{ "\\?\?\\Volume{" GUID_IN_TEXT "}\\sub", false },
		{ "\\?\?\\Volume{" GUID_IN_TEXT "}", true },
		{ "\\?\?\\Volume{" GUID_IN_TEXT "}]", true },
		{ "\\?\?\\Volume{" GUID_IN_TEXT "|\\", true },
		{ "\\?\?\\Vomume{" GUID_IN_TEXT "}\\", true },
		{ "\\?\?_C:\\Users", true },
		{ "\\?\?\\4:\\Users", true },
		{ "C:\\Users", true },
		{ "", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[512];
		size_t n = mount_point(rows[i].target, 0, buf);
		struct span s = guard_copy(buf, n, 0);
		struct reparse rp;

		cr_assert_eq(reparse_parse(s, &rp, NULL), 0);
		cr_expect_eq(rp.odd_target, rows[i].odd, "%s", rows[i].target);
		guard_free(s);
	}
}

/* The rule of formats.md 3.6, as the Mount Manager has it: the whole name, and
 * nothing else, names the volume.  */
Test(reparse, tells_a_volume_mount_point_from_a_junction)
{
	static const struct {
		const char *target;
		size_t nuls;
		enum reparse_kind kind;
		bool names_volume;
	} cases[] = {
		{ "\\??\\Volume{" GUID_IN_TEXT "}\\", 0,
		  REPARSE_VOLUME_MOUNT_POINT, true },
		{ "\\??\\Volume{" GUID_IN_TEXT "}\\", 1,
		  REPARSE_VOLUME_MOUNT_POINT, true },
		{ "\\\\?\\Volume{" GUID_IN_TEXT "}\\", 0,
		  REPARSE_VOLUME_MOUNT_POINT, true },
		{ "\\??\\Volume{" GUID_IN_TEXT "}", 0, REPARSE_JUNCTION, true },
		{ "\\??\\Volume{" GUID_IN_TEXT "}\\sub", 0, REPARSE_JUNCTION,
		  true },
		{ "\\??\\Volume{" GUID_IN_TEXT "}\\sub\\", 0,
		  REPARSE_JUNCTION, true },
		{ "\\??\\Volume{" GUID_IN_TEXT "}x", 0, REPARSE_JUNCTION,
		  true },
		{ "\\??\\Volume{g0000000-00AB-4000-8000-0123456789ab}\\", 0,
		  REPARSE_JUNCTION, false },
		{ "\\??\\Volume(" GUID_IN_TEXT ")\\", 0, REPARSE_JUNCTION,
		  false },
		{ "\\??\\Volume{" GUID_IN_TEXT ")\\", 0, REPARSE_JUNCTION,
		  false },
		{ "\\??\\C:\\Users", 0, REPARSE_JUNCTION, false },
		{ "", 0, REPARSE_JUNCTION, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t buf[512];
		size_t n = mount_point(cases[i].target, cases[i].nuls, buf);
		struct reparse rp;
		char text[GUID_TEXT_CHARS + 1];

		cr_assert_eq(reparse_parse((struct span){ buf, n, 0 }, &rp,
					   NULL), 0);
		cr_expect_eq(rp.kind, cases[i].kind, "%s", cases[i].target);
		cr_expect_eq(rp.substitute_name.n, 2 * strlen(cases[i].target));
		guid_text(&rp.volume, text);
		cr_expect_str_eq(text, cases[i].names_volume ?
				 "d0000000-00ab-4000-8000-0123456789ab" :
				 "00000000-0000-0000-0000-000000000000");
	}
}

Test(reparse, reports_a_name_outside_the_data_with_its_place)
{
	uint8_t buf[512];
	size_t n = mount_point("\\??\\C:\\", 0, buf);
	struct reparse rp = { .tag = 7 };
	struct err e;

	*(le16 *)(buf + 10) = put_le16((uint16_t)(n - 16 + 2));
	cr_expect_eq(reparse_parse((struct span){ buf, n, 1000 }, &rp, &e),
		     ERR_VALUE);
	cr_expect_eq(e.at, 1016);	/* the path buffer */
	cr_expect_eq(e.want, n - 16);
	cr_expect_eq(e.got, n - 16 + 2);
	cr_expect_eq(rp.tag, 7, "untouched on failure");
	/* An odd length is no UTF-16.  */
	*(le16 *)(buf + 10) = put_le16(3);
	cr_expect_eq(reparse_parse((struct span){ buf, n, 1000 }, &rp, &e),
		     ERR_VALUE);
}

/* [MS-FSCC] 2.1.2.3: a tag without bit 31 has the GUID of its owner.  */
Test(reparse, a_foreign_tag_has_an_owner)
{
	uint8_t buf[24] = {
		0x34, 0x12, 0x00, 0x00, 0, 0, 0, 0,
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
		0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10,
	};
	struct reparse rp;
	char text[GUID_TEXT_CHARS + 1];
	struct err e;

	cr_assert_eq(reparse_parse((struct span){ buf, 24, 0 }, &rp, NULL), 0);
	cr_expect_eq(rp.kind, REPARSE_OTHER);
	cr_expect_str_eq(guid_text(&rp.owner, text),
			 "04030201-0605-0807-090a-0b0c0d0e0f10");
	cr_expect_eq(reparse_parse((struct span){ buf, 23, 50 }, &rp, &e),
		     ERR_TRUNCATED);
	cr_expect_eq(e.at, 58);
}

Test(reparse, names_tags_as_ms_fscc_lists_them)
{
	cr_expect_str_eq(reparse_tag_name(0xa0000003), "mount-point");
	cr_expect_str_eq(reparse_tag_name(0xa000000c), "symlink");
	cr_expect_str_eq(reparse_tag_name(0x80000017), "wof");
	cr_expect_str_eq(reparse_tag_name(0x9000001a), "cloud");
	cr_expect_str_eq(reparse_tag_name(0x9000f01a), "cloud");
	cr_expect_str_eq(reparse_tag_name(0x8001001a), "unknown");
	cr_expect_str_eq(reparse_tag_name(0), "unknown");
}

static void parse(struct span s)
{
	struct reparse rp;

	if (reparse_parse(s, &rp, NULL) < 0)
		return;
	cr_assert_leq(rp.substitute_name.n, s.n);
	cr_assert_leq(rp.print_name.n, s.n);
	/* Touch every byte that was handed out.  */
	span_is_zero(rp.substitute_name);
	span_is_zero(rp.print_name);
}

Test(reparse, survives_every_truncation_and_change)
{
	uint8_t buf[512];
	size_t n = mount_point("\\??\\Volume{" GUID_IN_TEXT "}\\", 1, buf);

	mutate(buf, n, parse);
	*(le32 *)buf = put_le32(0xa000000c);
	mutate(buf, n, parse);
}
