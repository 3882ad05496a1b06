#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/sample_model.h"
#include "report/report.h"

#define PYTHON "/usr/bin/python3"

static struct out out;

static char *report(const struct model *m, const char *format)
{
	struct report_options o = { 0 };
	struct capture c = { 0 };

	out_init(&out, capture_write, &c);
	cr_assert_eq(report_format_find(format)->write(m, &o, &out), 0);
	cr_assert_eq(out_end(&out), 0);
	return c.data;
}

/* Write the report to a file of its own in @path, a template for mkstemp().  */
static void report_to_file(const struct model *m, const char *format,
			   char *path)
{
	char *s = report(m, format);
	FILE *f = fdopen(mkstemp(path), "w");

	cr_assert_not_null(f);
	cr_assert_eq(fputs(s, f) < 0, 0);
	cr_assert_eq(fclose(f), 0);
	free(s);
}

static void validate(const struct model *m, const char *format)
{
	char path[] = "/tmp/coldmount-test-XXXXXX", command[128], said[4096];

	report_to_file(m, format, path);
	snprintf(command, sizeof(command),
		 PYTHON " tests/golden/validate.py %s 2>&1", path);
	cr_expect_eq(capture_command(command, said, sizeof(said)), 0, "%s",
		     said);
	unlink(path);
}

/* Control characters, quotes and markup, a spreadsheet's formula, bidirectional
 * and invisible characters, bytes that are no UTF-8.  */
#define HOSTILE "a|b\n</script>\x1b[2J=cmd\xe2\x80\xae\"'\\ \x7f\xc2\x9b" \
		"\xe2\x80\xa8\xf3\xa0\x81\x81\xff\xed\xa0\x80\xe4"

Test(json_report, satisfies_the_schema_whatever_the_names_hold)
{
	static const char *const formats[] = { "json", "jsonl" };

	for (size_t i = 0; i < 2; i++) {
		struct model sample = sample_model(), empty = empty_model();
		struct model hostile;

		validate(&sample, formats[i]);
		validate(&empty, formats[i]);
		hostile = hostile_model(HOSTILE);
		validate(&hostile, formats[i]);
		hostile = hostile_model("");
		validate(&hostile, formats[i]);
	}
}

static void check_answers(const struct model *m, const char *format,
			  const char *const (*cases)[2], size_t n)
{
	char path[] = "/tmp/coldmount-test-XXXXXX", command[16384];
	char said[16384], want[16384] = "";
	size_t used, wanted = 0;

	report_to_file(m, format, path);
	used = (size_t)snprintf(command, sizeof(command),
				PYTHON " tests/golden/query.py %s", path);
	for (size_t i = 0; i < n; i++) {
		used += (size_t)snprintf(command + used, sizeof(command) - used,
					 " '%s'", cases[i][0]);
		wanted += (size_t)snprintf(want + wanted, sizeof(want) - wanted,
					   "%s\n", cases[i][1]);
		cr_assert_lt(used, sizeof(command));
		cr_assert_lt(wanted, sizeof(want));
	}
	cr_expect_eq(capture_command(command, said, sizeof(said)), 0);
	cr_expect_str_eq(said, want);
	unlink(path);
}

/* What another program reads in the report is what the model holds, under the
 * names that were promised.  */
Test(json_report, says_what_the_model_holds)
{
	static const char *const cases[][2] = {
		/* The arrays of the contract; others may stand between.  */
		{ "[k for k in d if k in (\"schema\", \"complete\", "
		  "\"images\", \"disks\", \"partitions\", \"volumes\", "
		  "\"installations\", \"names\", \"mountPoints\", "
		  "\"reparsePoints\", \"timeline\", \"findings\")]",
		  "[\"schema\", \"complete\", \"images\", \"disks\", "
		  "\"partitions\", \"volumes\", \"installations\", \"names\", "
		  "\"mountPoints\", \"reparsePoints\", \"timeline\", "
		  "\"findings\"]" },
		{ "d[\"schema\"]", "coldmount/1" },
		{ "d[\"complete\"]", "false" },
		{ "[i[\"id\"] for i in d[\"images\"]]",
		  "[\"image0\", \"image1\", \"image2\"]" },
		{ "d[\"images\"][0][\"size\"]", "10737418240" },
		{ "d[\"images\"][2][\"format\"]", "null" },
		{ "d[\"disks\"][0][\"scheme\"]", "gpt" },
		{ "d[\"disks\"][0][\"guid\"]",
		  "10101010-1010-1010-1010-101010101010" },
		{ "d[\"disks\"][1][\"number\"]", "5" },
		{ "d[\"disks\"][1][\"numberBasis\"]", "given" },
		{ "d[\"disks\"][1][\"signature\"]", "df4546ae" },
		{ "d[\"disks\"][1][\"guid\"]", "null" },
		{ "[p[\"id\"] for p in d[\"partitions\"]]",
		  "[\"disk0/p1\", \"disk0/p2\", \"disk0/p3\", \"disk1/p1\"]" },
		{ "[p[\"wmiIndex\"] for p in d[\"partitions\"]]",
		  "[0, null, 1, 0]" },
		{ "d[\"partitions\"][0][\"type\"]",
		  "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" },
		{ "d[\"partitions\"][3][\"type\"]", "07" },
		{ "d[\"partitions\"][3][\"attributes\"]", "[\"active\"]" },
		{ "d[\"partitions\"][2][\"attributes\"]", "[\"bit 56\", "
		  "\"hidden\", \"no-default-drive-letter\"]" },
		{ "[p[\"volume\"] for p in d[\"partitions\"]]",
		  "[\"volume0\", null, \"volume1\", \"volume2\"]" },
		{ "d[\"volumes\"][0][\"serial\"]", "0000-A1B2" },
		{ "d[\"volumes\"][1][\"serial\"]", "61F2-A88F" },
		{ "d[\"volumes\"][1][\"serial64\"]", "0a1b2c3d61f2a88f" },
		{ "d[\"volumes\"][1][\"extents\"]", "[{\"disk\": \"disk0\", "
		  "\"offset\": 122683392, \"length\": 10485760000, "
		  "\"dynamicDisk\": null}]" },
		{ "[v[\"scan\"] for v in d[\"volumes\"]]",
		  "[null, \"index+full\", \"index\"]" },
		{ "[v[\"dirty\"] for v in d[\"volumes\"]]",
		  "[null, false, true]" },
		{ "d[\"volumes\"][2][\"volumeNames\"][0]", "\\\\?\\Volume{"
		  "21212121-2121-2121-2121-212121212121}\\" },
		{ "[(u[\"id\"], u[\"name\"], u[\"sid\"], u[\"volume\"], "
		  "u[\"hive\"] and u[\"hive\"][\"path\"]) for u in d[\"users\"]]",
		  "[[\"user0\", \"ada\", \"S-1-5-21-1-2-3-1001\", \"volume1\", "
		  "\"\\\\Users\\\\ada\\\\NTUSER.DAT\"], [\"user1\", \"gone\", "
		  "\"S-1-5-21-1-2-3-1001\", null, null]]" },
		{ "[(v[\"user\"], v[\"kind\"], v[\"volume\"], v[\"certainty\"]) "
		  "for v in d[\"userVolumes\"]]",
		  "[[\"user0\", \"volume\", \"volume2\", \"single\"], "
		  "[\"user0\", \"share\", null, null], "
		  "[\"user0\", \"letter\", null, null], "
		  "[\"user0\", \"recycle-bin\", null, \"not-in-evidence\"]]" },
		{ "d[\"users\"][0][\"accounts\"][0][\"loaded\"]",
		  "2024-05-06T07:08:09.0000000Z" },
		{ "d[\"volumes\"][2][\"accessPaths\"][1][\"path\"]",
		  "C:\\Mount\\Data\\" },
		{ "d[\"installations\"][0][\"id\"]", "windows0" },
		{ "d[\"installations\"][0][\"systemRoot\"]", "\\Windows" },
		{ "d[\"installations\"][0][\"currentControlSet\"]",
		  "ControlSet001" },
		{ "d[\"installations\"][0][\"hive\"][\"lastWritten\"]",
		  "2011-07-05T19:33:28.3281240Z" },
		{ "d[\"installations\"][0][\"hive\"][\"dirty\"]", "true" },
		{ "d[\"installations\"][0][\"automount\"]", "false" },
		{ "d[\"installations\"][0][\"sanPolicy\"]", "2" },
		{ "d[\"installations\"][0][\"sanPolicyName\"]",
		  "offline-shared" },
		{ "[n[\"offline\"] for n in d[\"names\"]]",
		  "[false, false, true]" },
		{ "[n[\"uniqueId\"][\"kind\"] for n in d[\"names\"]]",
		  "[\"dmio\", \"mbr\", \"mbr\"]" },
		{ "d[\"names\"][0][\"uniqueId\"][\"guid\"]",
		  "13131313-1313-1313-1313-131313131313" },
		{ "d[\"names\"][0][\"uniqueId\"][\"hex\"]",
		  "444d494f3a49443a13131313131313131313131313131313" },
		{ "d[\"names\"][1][\"uniqueId\"][\"signature\"]", "df4546ae" },
		{ "d[\"names\"][1][\"uniqueId\"][\"offset\"]", "1048576" },
		{ "d[\"names\"][1][\"uniqueId\"][\"guid\"]", "null" },
		{ "[n[\"present\"] for n in d[\"names\"]]",
		  "[\"both\", \"after-replay\", \"both\"]" },
		{ "[n[\"volume\"] for n in d[\"names\"]]",
		  "[\"volume1\", \"volume2\", null]" },
		{ "[n[\"certainty\"] for n in d[\"names\"]]",
		  "[\"confirmed\", \"single\", \"not-in-evidence\"]" },
		{ "d[\"names\"][0][\"tiers\"]",
		  "[\"registry\", \"gpt-guid\"]" },
		/* The value, its data, and the entry it leads to; a fact that
		 * is both the name's and the answer's is cited once.  */
		{ "[c[\"structure\"] for c in d[\"names\"][0][\"citations\"]]",
		  "[\"vk\", \"value data\", \"gpt entry\"]" },
		{ "[c[\"offset\"] for c in d[\"names\"][1][\"citations\"]]",
		  "[130002000, 130002100]" },
		{ "d[\"remoteNames\"][0][\"hostVolume\"]", "volume1" },
		{ "[m[\"kind\"] for m in d[\"mountPoints\"]]",
		  "[\"drive-root\", \"drive-root\", \"directory\", "
		  "\"directory\"]" },
		{ "[m[\"state\"] for m in d[\"mountPoints\"]]",
		  "[\"present\", \"present\", \"present\", \"deleted\"]" },
		{ "d[\"mountPoints\"][0][\"directory\"]", "C:\\" },
		{ "d[\"mountPoints\"][0][\"mftRecord\"]", "null" },
		{ "d[\"mountPoints\"][2][\"directory\"]", "C:\\Mount\\Data" },
		{ "d[\"mountPoints\"][2][\"path\"]", "\\Mount\\Data" },
		{ "d[\"mountPoints\"][2][\"hostVolume\"]", "volume1" },
		{ "d[\"mountPoints\"][2][\"target\"]", "\\?\?\\Volume{21212121-"
		  "2121-2121-2121-212121212121}\\" },
		{ "d[\"mountPoints\"][2][\"mftRecord\"]", "42" },
		{ "d[\"mountPoints\"][2][\"mftSequence\"]", "3" },
		{ "[w[\"source\"] for w in d[\"mountPoints\"][2]"
		  "[\"witnesses\"] if w[\"agrees\"]]",
		  "[\"reparse-index\", \"mft-record\", \"libfsntfs\"]" },
		/* No index can name a deleted one: it is no witness.  */
		{ "[w[\"source\"] for w in d[\"mountPoints\"][3]"
		  "[\"witnesses\"]]", "[\"mft-record\"]" },
		{ "[r[\"kind\"] for r in d[\"reparsePoints\"]]",
		  "[\"volume-mount-point\", \"volume-mount-point\", "
		  "\"symlink\"]" },
		{ "[r[\"relative\"] for r in d[\"reparsePoints\"]]",
		  "[null, null, true]" },
		{ "d[\"reparsePoints\"][2][\"tag\"]", "0xa000000c" },
		{ "d[\"reparsePoints\"][2][\"printName\"]", "Data" },
		{ "d[\"names\"][2][\"knownDisk\"]", "known0" },
		{ "d[\"names\"][1][\"knownDisk\"]", "null" },
		{ "[d[\"knownDisks\"][0][k] for k in (\"id\", \"serial\", "
		  "\"signature\", \"disk\", \"certainty\")]",
		  "[\"known0\", \"0123\", \"8badf00d\", null, "
		  "\"not-in-evidence\"]" },
		{ "[d[\"knownDisks\"][0][\"partitions\"][0][k] for k in "
		  "(\"offset\", \"length\", \"type\", \"active\", "
		  "\"volumeName\")]",
		  "[32256, 1048576, \"0c\", true, \"\\\\\\\\?\\\\Volume{"
		  "8badf00d-0000-0000-007e-000000000000}\\\\\"]" },
		{ "d[\"knownDisks\"][0][\"volumes\"][0][\"label\"]", "STICK" },
		{ "d[\"volumeTraces\"][0][\"source\"]", "portable-device" },
		{ "[d[\"diskEvents\"][0][k] for k in (\"recordId\", \"time\", "
		  "\"change\", \"diskNumber\", \"disk\", \"busType\", "
		  "\"manufacturer\", \"signature\", \"scheme\")]",
		  "[6, \"2024-05-06T07:08:09.0000000Z\", \"arrival\", 5, "
		  "\"disk1\", \"NVMe\", \"NULL\", \"8badf00d\", \"mbr\"]" },
		{ "[d[\"shadowCopies\"][0][k] for k in (\"id\", \"volume\", "
		  "\"size\", \"state\", \"context\", \"attributes\")]",
		  "[\"shadow0\", \"volume0\", 67108864, \"available\", "
		  "\"client-accessible\", [\"persistent\", \"bit 8\", "
		  "\"bit 31\"]]" },
		{ "list(d[\"shadowCopies\"][0][\"store\"].values())",
		  "[\"volume1\", 4194304, 5242880, 0, 0, null, 41, 2]" },
		{ "[d[\"shadowCopies\"][1][k] for k in (\"volume\", "
		  "\"identifier\", \"created\", \"size\", \"state\", "
		  "\"attributes\", \"machine\")]",
		  "[null, null, null, null, \"volume-missing\", null, "
		  "null]" },
		{ "[d[\"mountHistory\"][0][k] for k in (\"shadowCopy\", "
		  "\"time\", \"kind\", \"directory\", \"change\", "
		  "\"names\")]",
		  "[\"shadow0\", \"2024-05-06T07:08:07.0000000Z\", "
		  "\"drive-root\", \"C:\\\\\", \"differs\", "
		  "\"live\"]" },
		{ "[d[\"userVolumeHistory\"][0][k] for k in (\"shadowCopy\", "
		  "\"installation\", \"user\", \"name\", \"kind\", "
		  "\"change\", \"guid\")] == [\"shadow0\", \"windows0\", "
		  "\"user0\"] + [d[\"users\"][0][\"name\"], "
		  "d[\"userVolumes\"][0][\"kind\"], \"absent\", "
		  "d[\"userVolumes\"][0][\"guid\"]]", "true" },
		{ "d[\"diskEvents\"][0][\"bootSectors\"]", "[{\"index\": 1, "
		  "\"fileSystem\": \"NTFS\", \"serial\": \"C0FF-EE00\", "
		  "\"serial64\": \"12345678c0ffee00\"}]" },
		{ "d[\"diskEvents\"][0][\"partitions\"][0][\"offset\"]",
		  "32256" },
		{ "[d[\"diskEvents\"][1][k] for k in (\"change\", "
		  "\"knownDisk\", \"capacity\", \"serial\", \"scheme\", "
		  "\"busType\", \"remnant\", \"damaged\", \"partitions\")]",
		  "[\"removal\", \"known0\", 0, null, null, null, true, true, "
		  "[]]" },
		{ "d[\"findings\"][0][\"code\"]", "CM0101" },
		{ "d[\"findings\"][0][\"severity\"]", "error" },
		{ "d[\"findings\"][1][\"citations\"][0]", "{\"image\": "
		  "\"image0\", \"offset\": 140002048, \"length\": 120, "
		  "\"structure\": \"reparse point\", \"file\": null, "
		  "\"encrypted\": false, \"compressed\": false}" },
	};
	struct model m = sample_model();

	check_answers(&m, "json", cases, sizeof(cases) / sizeof(cases[0]));
}

Test(json_report, has_a_record_a_line_between_start_and_end)
{
	static const char *const cases[][2] = {
		{ "d[0]", "{\"record\": \"start\", \"schema\": "
		  "\"coldmount/1\"}" },
		{ "sorted({\"image\", \"disk\", \"partition\", \"volume\", "
		  "\"installation\", \"name\", \"remoteName\", "
		  "\"mountPoint\", \"reparsePoint\", \"event\", \"finding\", "
		  "\"findingCount\"} - {r[\"record\"] for r in d[1:-1]})",
		  "[]" },
		{ "[next(iter(r)) for r in d].count(\"record\") == len(d)",
		  "true" },
		{ "d[-1][\"record\"], d[-1][\"complete\"]",
		  "[\"end\", false]" },
		{ "d[-1][\"counts\"][\"partitions\"]", "4" },
	};
	struct model m = sample_model();

	check_answers(&m, "jsonl", cases, sizeof(cases) / sizeof(cases[0]));
}

/* JSON loses nothing of a name that a terminal would obey.  */
Test(json_report, gives_hostile_names_back_exactly)
{
	static const char *const cases[][2] = {
		{ "[hex(ord(c)) for c in d[\"mountPoints\"][2][\"path\"]]",
		  "[\"0x1b\", \"0x5b\", \"0x202e\", \"0xa\", \"0xe0041\"]" },
		{ "\"fileHex\" in d[\"images\"][0]", "false" },
	};
	static const char *const invalid[][2] = {
		{ "d[\"images\"][0][\"file\"]", "a<FF>.E01" },
		{ "d[\"images\"][0][\"fileHex\"]", "61ff2e453031" },
		{ "list(d[\"images\"][0])[1:3]", "[\"file\", \"fileHex\"]" },
	};
	struct model m = hostile_model("\x1b[\xe2\x80\xae\n\xf3\xa0\x81\x81");

	check_answers(&m, "json", cases, 2);
	m = hostile_model("a\xff.E01");
	check_answers(&m, "json", invalid, 3);
}

/* A lone surrogate has no UTF-8: base/utf16.h writes it out, and keeps the
 * bytes.  */
Test(json_report, puts_the_bytes_beside_a_text_that_is_not_utf16)
{
	static const char *const cases[][2] = {
		{ "d[\"volumes\"][1][\"label\"]", "a<U+D800>b" },
		{ "d[\"volumes\"][1][\"labelHex\"]", "610000d86200" },
	};
	struct model m = sample_model();

	m.volumes[1].identity.label =
		(struct text){ "a<U+D800>b", "610000d86200" };
	check_answers(&m, "json", cases, 2);
	validate(&m, "json");
}

Test(json_report, is_the_same_bytes_every_time)
{
	struct model m = sample_model();
	char *first = report(&m, "json"), *second = report(&m, "json");

	cr_expect_str_eq(first, second);
	free(first);
	free(second);
}

Test(json_report, says_so_when_the_output_is_full)
{
	struct report_options o = { 0 };
	struct model m = sample_model();
	char *whole = report(&m, "json");
	size_t n = strlen(whole);

	for (size_t room = 1; room < n; room += 1000) {
		struct capture c = { .room = room };

		out_init(&out, capture_write, &c);
		cr_expect_eq(json_report(&m, &o, &out), 0);
		cr_expect_eq(out_end(&out), -1);
		free(c.data);
	}
	free(whole);
}
