#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/capture.h"
#include "lib/sample_model.h"
#include "report/escape.h"
#include "report/report.h"
#include "report/tree.h"

static struct out out;

static char *written(const char *format, const struct model *m,
		     const struct report_options *o)
{
	struct capture c = { 0 };

	out_init(&out, capture_write, &c);
	cr_assert_eq(report_format_find(format)->write(m, o, &out), 0);
	cr_assert_eq(out_end(&out), 0);
	return c.data;
}

static char *tree(const struct model *m, const struct report_options *o)
{
	return written("tree", m, o);
}

static void expect_part(const char *whole, const char *part)
{
	cr_expect_not_null(strstr(whole, part), "%s\nis not in:\n%s", part,
			   whole);
}

Test(tree_report, maps_letters_and_folders_to_partitions_and_images)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s = tree(&m, &o);

	expect_part(s, "PARTIAL");
	expect_part(s, "Windows 0  WORKSTATION  Windows 10 Pro, build 19045\n");
	expect_part(s, "\\Windows on disk 0, partition 3");
	expect_part(s, "    C:\\            → disk 0, partition 3 (system.E01)"
		    "  NTFS \"System\" 61F2-A88F\n");
	expect_part(s, "    C:\\Mount\\Data  → disk 5, partition 1 (data.vhd)"
		    "  NTFS \"Data\" C0FF-EE00\n");
	expect_part(s, "confirmed: the registry, the GPT partition's GUID\n");
	expect_part(s, "  ! E: → MBR signature 8badf00d, offset 32256\n");
	expect_part(s, "        not in this evidence: no disk here has that id\n"
		    "        it was on known0, A B USB Device, serial number "
		    "0123\n");
	expect_part(s, "  known0, A B USB Device, serial number 0123, MBR "
		    "signature 8badf00d: not in this evidence\n");
	expect_part(s, "      @32256            1.0 MiB     0c FAT32 (LBA)\n");
	expect_part(s, "Disk 5  data.vhd  MBR signature df4546ae  2.0 GiB "
		    "(2147483648 bytes)  number given\n");
	expect_part(s, "└─ 1  ");
	expect_part(s, "      \\Mount\\Data → disk 5, partition 1\n");
	expect_part(s, "Unreadable  broken.E01\n");
	expect_part(s, "\\Old on disk 0, partition 3 (MFT record 43, sequence "
		    "7)\n");
	expect_part(s, "    error   CM0101  broken.E01: ");
	/* Where the facts lie is told when asked for.  */
	cr_expect_null(strstr(s, "@130001000"));
	cr_expect_null(strchr(s, '\033'));
	free(s);
}

/* Deleted mount points are not to be missed where nobody looked for them.  */
Test(tree_report, tells_where_mount_points_were_looked_for)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s;

	for (size_t i = 0; i < m.n_volumes; i++)
		m.volumes[i].index_read = m.volumes[i].swept = false;
	s = tree(&m, &o);
	cr_expect_null(strstr(s, "looked for"));
	free(s);
	m.volumes[0].index_read = m.volumes[1].index_read = true;
	s = tree(&m, &o);
	expect_part(s, "Mount points were looked for in $Extend\\$Reparse of 2 "
		    "volumes.\n");
	free(s);
	m.volumes[0].swept = true;
	s = tree(&m, &o);
	expect_part(s, "of 2 volumes, in the whole $MFT of 1 volume.\n");
	free(s);
	m.volumes[0].index_read = m.volumes[1].index_read = false;
	s = tree(&m, &o);
	expect_part(s, "Mount points were looked for in the whole $MFT of 1 "
		    "volume.\n");
	free(s);
}

/* Nobody reaches a volume through a folder that is gone.  */
Test(tree_report, keeps_deleted_mount_points_out_of_the_maps)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s = tree(&m, &o);

	cr_expect_null(strstr(s, "that no installation here can name"));
	free(s);
	m.mounts[3].installation = 0;
	m.mounts[3].directory = (struct text){ .utf8 = "C:\\Old" };
	s = tree(&m, &o);
	cr_expect_null(strstr(s, "C:\\Old"));
	expect_part(s, "Deleted mount points\n    \\Old on ");
	free(s);
}

/* Came, went, came and went again; and another, of which all that is left is
 * that it went.  */
Test(tree_report, tells_when_a_disk_went_that_only_events_know)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	struct machine_disk_event e[5];
	struct partition_event told[5];
	char *s;

	for (size_t i = 0; i < 5; i++) {
		told[i] = *m.disk_events[i % 2].event;
		told[i].disk_id = m.disk_events[0].event->disk_id;
		told[i].remnant = false;
		told[i].time += i * UINT64_C(10000000);
		e[i] = (struct machine_disk_event){
			.event = &told[i], .disk = NONE, .known_disk = NONE,
		};
	}
	told[4].capacity = 0;
	told[4].has_layout = told[4].has_signature = false;
	told[4].disk_id.b[0] ^= 1;
	m.disk_events = e;
	m.n_disk_events = 5;
	s = tree(&m, &o);
	expect_part(s, "S1, 2.0 GiB; MBR signature 8badf00d; 2 times in all; "
		    "removed 2024-05-06 07:08:11\n");
	expect_part(s, "2024-05-06 07:08:13   removed: NVMe");
	for (size_t i = 0; i < 5; i++)
		e[i].known_disk = 0;
	free(s);
	s = tree(&m, &o);
	cr_expect_null(strstr(s, "removed"), "%s", s);
	free(s);
}

/* Each device as it came last; what went, only on demand.  */
Test(tree_report, tells_which_disks_came)
{
	struct report_options o = { .verbose = true };
	struct model m = sample_model();
	char *s = tree(&m, &o);

	expect_part(s, "    disk 2    2024-05-06 07:08:08   removed: disk "
		    "{52525252-5252-5252-5252-525252525252}; a remnant in the "
		    "log\n");
	free(s);
	o.verbose = false;
	s = tree(&m, &o);
	expect_part(s, "    disk 5    2024-05-06 07:08:09   NVMe Fast Disk, "
		    "serial number S1, 2.0 GiB; this is data.vhd\n");
	cr_expect_null(strstr(s, "removed"));
	m.disk_events[0].disk = NONE;
	free(s);
	s = tree(&m, &o);
	expect_part(s, "MBR signature 8badf00d, not in this evidence\n");
	free(s);
}

/* A letter may have stood for something else; a share is no volume.  */
Test(tree_report, tells_who_knew_which_volume)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s = tree(&m, &o);

	expect_part(s, "\n    ada  S-1-5-21-1-2-3-1001  \\Users\\ada\\NTUSER.DAT "
		    "on disk 0, partition 3\n");
	expect_part(s, "      2024-05-06 07:08:09   {21212121-2121-2121-2121-"
		    "212121212121} \"Photos\"\n");
	expect_part(s, "→ disk 5, partition 1  NTFS \"Data\" C0FF-EE00; one "
		    "source: a remote database\n");
	expect_part(s, "      at no known time      share \\\\server\\share\n");
	expect_part(s, "letter E, a share of the user's\n");
	expect_part(s, "recycle bin of {99999999-9999-9999-9999-999999999999}\n"
		    "                              unknown: no source here knows "
		    "that name\n");
	/* Who knew nothing is there when asked for.  */
	cr_expect_null(strstr(s, "gone"));
	free(s);
	o.verbose = true;
	s = tree(&m, &o);
	expect_part(s, "\n    gone  S-1-5-21-1-2-3-1001  no hive was found\n");
	expect_part(s, "@152000200 +92 nk in system.E01, "
		    "\\Users\\ada\\NTUSER.DAT\n");
	free(s);
}

/* A hive that was named on the command line crashed the report: it lies on no
 * volume.  */
Test(tree_report, tells_of_a_user_whose_hive_lies_on_no_volume)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s;

	m.users[0].volume = NONE;
	s = tree(&m, &o);
	expect_part(s, "  S-1-5-21-1-2-3-1001  \\Users\\ada\\NTUSER.DAT\n");
	free(s);
}

/* Of many, the first are listed, and all when asked for.  */
Test(tree_report, does_not_drown_a_person_in_volumes)
{
	static struct machine_user_volume many[40];
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s;

	for (size_t i = 0; i < 40; i++)
		many[i] = m.user_volumes[1];
	m.user_volumes = many;
	m.n_user_volumes = 40;
	m.n_events = 0;
	s = tree(&m, &o);
	expect_part(s, "; the first 24 of 40, --verbose lists all\n");
	free(s);
	o.verbose = true;
	s = tree(&m, &o);
	cr_expect_null(strstr(s, "--verbose lists all"));
	free(s);
}

Test(tree_report, tells_where_each_fact_lies_when_verbose)
{
	struct report_options o = { .verbose = true };
	struct model m = sample_model();
	char *s = tree(&m, &o);

	expect_part(s, "@130001000 +40 vk in system.E01, "
		    "\\Windows\\System32\\config\\SYSTEM\n");
	expect_part(s, "@1280 +128 gpt entry in system.E01\n");
	expect_part(s, "@446 +16 mbr entry in data.vhd\n");
	free(s);
}

/* Whatever a terminal would obey, the report's own colours apart.  */
static void expect_harmless(const char *s)
{
	struct glyph g;

	for (; (g = glyph_at(s)).n > 0; s += g.n)
		cr_expect(!g.unsafe || g.c == '\n', "%02x", (unsigned)g.c);
}

/* A hostile name reads as its escaped form would: it forges no line, and moves
 * nothing.  */
static void expect_no_name_obeyed(const char *format)
{
	struct report_options o = { .verbose = true };
	struct model m = hostile_model("<U+001B>]0;x<U+0007><U+000D><U+000A>"
				       "<U+202E><U+009B>2J<FF><U+2066>");
	char *harmless = written(format, &m, &o), *hostile;

	m = hostile_model("\x1b]0;x\x07\r\n\xe2\x80\xae\xc2\x9b" "2J\xff"
			  "\xe2\x81\xa6");
	hostile = written(format, &m, &o);
	expect_harmless(hostile);
	cr_expect_str_eq(hostile, harmless);
	free(hostile);
	free(harmless);
}

Test(tree_report, lets_no_name_reach_the_terminal)
{
	expect_no_name_obeyed("tree");
	expect_no_name_obeyed("timeline");
}

Test(tree_report, is_the_same_text_in_colour)
{
	struct report_options plain = { 0 }, coloured = { .colour = true };
	struct model m = sample_model();
	char *a = tree(&m, &plain), *b = tree(&m, &coloured), *to = b;

	cr_expect_not_null(strstr(b, "\033[1mDisk 0\033[0m"));
	for (const char *p = b; *p != '\0';) {
		if (*p == '\033')
			p += strcspn(p, "m") + 1;
		else
			*to++ = *p++;
	}
	*to = '\0';
	cr_expect_str_eq(a, b);
	free(a);
	free(b);
}

Test(tree_report, says_so_where_nothing_was_found)
{
	struct report_options o = { 0 };
	struct model m = empty_model();
	char *s = tree(&m, &o);

	expect_part(s, "No Windows installation was found");
	expect_part(s, "Complete:");
	free(s);
}

Test(tree_report, breaks_the_lines_of_findings_between_words)
{
	struct report_options o = { .width = 60 };
	struct model m = sample_model();
	char *s;

	m.findings.list[1].message = "one two three four five six seven eight "
		"nine ten eleven twelve";
	s = tree(&m, &o);
	expect_part(s, "CM0607  one two three four five six seven eight\n"
		    "                    nine ten eleven twelve\n");
	free(s);
}

Test(tree_report, breaks_the_lines_of_missing_disks_between_words)
{
	struct report_options o = { .width = 62 };
	struct model m = sample_model();
	char *s;

	m.known_disks[0].model.utf8 = "A Disk With a Long  Name";
	s = tree(&m, &o);
	expect_part(s, "        it was on known0, A Disk With a Long  Name, "
		    "serial\n          number 0123\n");
	expect_part(s, "  known0, A Disk With a Long  Name, serial number "
		    "0123, MBR signature 8badf00d: not in this evidence\n");
	free(s);
}

Test(tree_report, says_where_only_the_signature_tells_of_a_disk)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s;

	m.names[2].resolution.disk_only = true;
	s = tree(&m, &o);
	expect_part(s, "        a disk with its signature was known0, A B USB "
		    "Device, serial number 0123\n"
		    "        but no partition at that offset is remembered\n");
	free(s);
}

Test(tree_report, says_that_findings_are_missing)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *s;

	m.findings.lost = true;
	s = tree(&m, &o);
	expect_part(s, "Memory ran out: some findings are missing.\n");
	free(s);
}

/* 1024-fold units as Windows shows them, cut after a decimal.  */
Test(tree_report, shows_sizes_for_people)
{
	static const struct { uint64_t n; const char *text; } cases[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" },
		{ 1536, "1.5 KiB" }, { 1048575, "1023.9 KiB" },
		{ 1048576, "1.0 MiB" }, { 10737418240, "10.0 GiB" },
		{ UINT64_MAX, "15.9 EiB" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[SIZE_TEXT_BYTES];

		cr_expect_str_eq(size_text(cases[i].n, buf), cases[i].text);
	}
}
