#include <string.h>

#include <criterion/criterion.h>

#include "provider/cim.h"
#include "provider/path.h"
#include "provider/provider.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(path, .init = set_up, .fini = tear_down);

static struct object_path parsed(const char *text)
{
	struct object_path p = { 0 };
	struct query_error e = { 0 };

	cr_assert_eq(path_parse(arena, text, &p, &e), 0, "%s: %s", text,
		     e.text);
	return p;
}

/* What a live host printed, and its owner published.  */
#define VOLUME "\\\\?\\Volume{e88d2f2b-332b-4eeb-a420-20ba76effc48}\\"
#define REFERENCE "Win32_Volume.DeviceID=\"\\\\\\\\?\\\\Volume{e88d2f2b-332b-4eeb-a420-20ba76effc48}\\\\\""
#define WHOLE "\\\\LAPTOP-R89KG6V1\\root\\cimv2:Win32_MountPoint.Directory=\"Win32_Directory.Name=\\\"C:\\\\\\\\\\\"\",Volume=\"Win32_Volume.DeviceID=\\\"\\\\\\\\\\\\\\\\?\\\\\\\\Volume{e88d2f2b-332b-4eeb-a420-20ba76effc48}\\\\\\\\\\\"\""

static size_t one(const struct provider *p)
{
	(void)p;
	return 1;
}

static void get_root(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_string(v, "C:\\");
}

static void get_volume(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_string(v, VOLUME);
}

static const struct cim_property root_key = {
	.name = "Name", .type = CIM_STRING, .get = get_root, .is_key = true,
};
static const struct cim_property volume_key = {
	.name = "DeviceID", .type = CIM_STRING, .get = get_volume,
	.is_key = true,
};
static const struct cim_class roots = {
	"Win32_Directory", "", "root\\cimv2", false, false,
	&root_key, 1, NULL, 0, one, NULL
};
static const struct cim_class volumes = {
	"Win32_Volume", "", "root\\cimv2", false, false,
	&volume_key, 1, NULL, 0, one, NULL
};

static struct cim_object to_root(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &roots, 0 };
}

static struct cim_object to_volume(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &volumes, 0 };
}

/* Against the order of their names.  */
static const struct cim_property ends[] = {
	{ .name = "Volume", .type = CIM_REFERENCE, .is_key = true,
	  .leads_to = to_volume },
	{ .name = "Directory", .type = CIM_REFERENCE, .is_key = true,
	  .leads_to = to_root },
};
static const struct cim_class mount_points = {
	"Win32_MountPoint", "", "root\\cimv2", true, false,
	ends, 2, NULL, 0, one, NULL
};

Test(path, is_written_as_a_live_host_writes_it)
{
	struct provider p = { .arena = arena, .host = "LAPTOP-R89KG6V1" };
	struct cim_object o = { &p, &mount_points, 0 };
	struct cim_value v;

	cim_get(&o, &ends[0], &v);
	cr_expect_str_eq(v.string, REFERENCE);
	cim_get(&o, &ends[1], &v);
	cr_expect_str_eq(v.string, "Win32_Directory.Name=\"C:\\\\\"");
	cr_expect_str_eq(path_absolute(&o), WHOLE);
}

/* Of another host: the provider CIMWin32 names the computer in each
 * reference.  */
#define PARTITION "Disk #2, Partition #1"
#define TO_PARTITION "\\\\PC201306031019\\root\\cimv2:Win32_DiskPartition.DeviceID=\"" PARTITION "\""
#define TO_DISK "\\\\PC201306031019\\root\\cimv2:Win32_LogicalDisk.DeviceID=\"H:\""
#define PAIR "\\\\PC201306031019\\root\\cimv2:Win32_LogicalDiskToPartition.Antecedent=\"\\\\\\\\PC201306031019\\\\root\\\\cimv2:Win32_DiskPartition.DeviceID=\\\"" PARTITION "\\\"\",Dependent=\"\\\\\\\\PC201306031019\\\\root\\\\cimv2:Win32_LogicalDisk.DeviceID=\\\"H:\\\"\""

static void get_partition(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_string(v, PARTITION);
}

static void get_letter(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_string(v, "H:");
}

static const struct cim_property partition_key = {
	.name = "DeviceID", .type = CIM_STRING, .get = get_partition,
	.is_key = true,
}, letter_key = {
	.name = "DeviceID", .type = CIM_STRING, .get = get_letter,
	.is_key = true,
};
static const struct cim_class partitions = {
	"Win32_DiskPartition", "", "root\\cimv2", false, false,
	&partition_key, 1, NULL, 0, one, NULL
}, letters = {
	"Win32_LogicalDisk", "", "root\\cimv2", false, false,
	&letter_key, 1, NULL, 0, one, NULL
};

static struct cim_object to_partition(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &partitions, 0 };
}

static struct cim_object to_letter(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &letters, 0 };
}

Test(path, of_another_provider_has_whole_references)
{
	static const struct cim_property pair[] = {
		{ .name = "Antecedent", .type = CIM_REFERENCE, .is_key = true,
		  .leads_to = to_partition },
		{ .name = "Dependent", .type = CIM_REFERENCE, .is_key = true,
		  .leads_to = to_letter },
	};
	static const struct cim_class pairs = {
		"Win32_LogicalDiskToPartition", "", "root\\cimv2", true, true,
		pair, 2, NULL, 0, one, NULL
	};
	struct provider p = { .arena = arena, .host = "PC201306031019" };
	struct cim_object o = { &p, &pairs, 0 };
	struct cim_value v;

	cim_get(&o, &pair[0], &v);
	cr_expect_str_eq(v.string, TO_PARTITION);
	cim_get(&o, &pair[1], &v);
	cr_expect_str_eq(v.string, TO_DISK);
	cr_expect_str_eq(path_absolute(&o), PAIR);
	p.host = NULL;
	cim_get(&o, &pair[1], &v);
	cr_expect_str_eq(v.string, "Win32_LogicalDisk.DeviceID=\"H:\"");
}

Test(path, is_none_without_a_host_or_a_key)
{
	static const struct cim_property nothing = {
		.name = "Id", .type = CIM_STRING, .is_key = true,
	};
	static const struct cim_property no_key = {
		.name = "Name", .type = CIM_STRING, .get = get_root,
	};
	static const struct cim_class unknown_key = {
		"X", "", "root\\cimv2", false, false,
	&nothing, 1, NULL, 0, one, NULL
	}, keyless = {
		"Y", "", "root\\cimv2", false, false,
	&no_key, 1, NULL, 0, one, NULL
	};
	struct provider p = { .arena = arena };
	struct cim_object o = { &p, &mount_points, 0 };
	struct cim_object x = { &p, &unknown_key, 0 }, y = { &p, &keyless, 0 };

	cr_expect_null(path_absolute(&o));
	cr_expect_not_null(path_of(&o));
	cr_expect_null(path_of(&x));
	cr_expect_null(path_of(&y));
}

Test(path, is_taken_apart)
{
	struct object_path p = parsed(WHOLE);

	cr_expect_str_eq(p.host, "LAPTOP-R89KG6V1");
	cr_expect_str_eq(p.space, "root\\cimv2");
	cr_expect_str_eq(p.class_name, "Win32_MountPoint");
	cr_assert_eq(p.n_keys, 2);
	cr_expect_str_eq(p.keys[0].name, "Directory");
	cr_expect_str_eq(p.keys[0].value, "Win32_Directory.Name=\"C:\\\\\"");
	cr_expect_str_eq(p.keys[1].name, "Volume");
	cr_expect_str_eq(p.keys[1].value, REFERENCE);
	p = parsed(REFERENCE);
	cr_expect_null(p.host);
	cr_expect_null(p.space);
	cr_expect_str_eq(p.keys[0].value, VOLUME);
}

Test(path, may_have_a_number_or_one_key_without_its_name)
{
	struct object_path p = parsed("root\\cimv2:X.A=12,B=\"b,c\"");

	cr_expect_null(p.host);
	cr_expect_str_eq(p.space, "root\\cimv2");
	cr_expect_str_eq(p.keys[0].value, "12");
	cr_expect_str_eq(p.keys[1].value, "b,c");
	p = parsed(" Win32_LogicalDisk=\"C:\" ");
	cr_expect_null(p.keys[0].name);
	cr_expect_str_eq(p.keys[0].value, "C:");
	p = parsed("Win32_Directory.Name='C:\\\\a \"b\"'");
	cr_expect_str_eq(p.keys[0].value, "C:\\a \"b\"");
	p = parsed("//./root/cimv2:Win32_LogicalDisk");
	cr_expect_str_eq(p.host, ".");
	cr_expect_str_eq(p.space, "root\\cimv2");
	cr_expect_eq(p.n_keys, 0);
}

/* A Perl lesson and many scripts that were published have Name='c:\' and
 * DeviceID='\\.\PHYSICALDRIVE0', with nothing doubled.  */
Test(path, has_backslashes_as_they_are_between_apostrophes)
{
	static const struct { const char *text, *as; } rows[] = {
		{ "Win32_Directory.Name='c:\\\\'",
		  "Win32_Directory.Name=\"c:\\\\\"" },
		{ "Win32_Directory.Name='c:\\'",
		  "Win32_Directory.Name=\"c:\\\\\"" },
		{ "Win32_DiskDrive='\\\\.\\PHYSICALDRIVE0'",
		  "Win32_DiskDrive=\"\\\\\\\\.\\\\PHYSICALDRIVE0\"" },
		{ "X.A='\\\\?\\Volume{1}\\',B='C:\\a\\'",
		  "X.A=\"\\\\\\\\?\\\\Volume{1}\\\\\",B=\"C:\\\\a\\\\\"" },
		{ "X.A='it\\'s'", "X.A=\"it's\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect(path_equal(arena, rows[i].text, rows[i].as), "%s",
			  rows[i].text);
		cr_expect(path_equal(arena, rows[i].as, rows[i].text), "%s",
			  rows[i].text);
	}
	cr_expect_eq(path_string_end("'a\\'}"), 3);
	cr_expect_eq(path_string_end("'a\\"), 3);
	cr_expect_eq(path_string_end("\"a\\\"b\"}"), 5);
	cr_expect_eq(path_string_end("'"), 1);
}

Test(path, that_is_none_says_where)
{
	static const struct { const char *text; size_t at; } wrong[] = {
		{ "", 0 }, { "X.", 2 }, { "X.A", 3 }, { "X.A=", 4 },
		{ "X.A=\"b", 4 }, { "X.A=\"b\"c", 7 }, { "X.A=1,", 6 },
		{ "\\\\host:X", 6 }, { "X.A=\"b\\", 4 },
		{ "X.A=1,B=1,C=1,D=1,E=1,F=1,G=1,H=1,I=1", 34 },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct object_path p;
		struct query_error e = { .at = 99 };

		cr_expect_eq(path_parse(arena, wrong[i].text, &p, &e), -1,
			     "%s", wrong[i].text);
		cr_expect_eq(e.at, wrong[i].at, "%s: %zu", wrong[i].text,
			     e.at);
		cr_expect_neq(e.text[0], '\0');
	}
}

Test(path, is_equal_however_it_is_written)
{
	cr_expect(path_equal(arena, REFERENCE, REFERENCE));
	cr_expect(path_equal(arena, "win32_volume.deviceid=\"A\"",
			     "Win32_Volume.DeviceID=\"a\""));
	cr_expect(path_equal(arena, "\\\\H\\root\\cimv2:X.A=\"1\"", "X.A=\"1\""));
	cr_expect(path_equal(arena, "X.A=\"1\",B=\"2\"", "X.B=\"2\",A=\"1\""));
	cr_expect(path_equal(arena, "X=\"1\"", "X.A=\"1\""));
	cr_expect(path_equal(arena, "X.R=\"Y.A=\\\"1\\\"\"",
			     "X.R=\"\\\\\\\\H\\\\n:y.a=\\\"1\\\"\""));
	cr_expect_not(path_equal(arena, "X.A=\"1\"", "X.A=\"2\""));
	cr_expect_not(path_equal(arena, "X.A=\"1\"", "Y.A=\"1\""));
	cr_expect_not(path_equal(arena, "X.A=\"1\"", "X.A=\"1\",B=\"2\""));
	cr_expect_not(path_equal(arena, "\\\\H\\n:X.A=1", "\\\\I\\n:X.A=1"));
	cr_expect(path_equal(arena, "\\\\.\\n\\m:X.A=1", "//I/N/m:X.A=1"));
	cr_expect_not(path_equal(arena, "\\\\.\\n:X.A=1", "\\\\I\\m:X.A=1"));
}

/* As Win32_Volume.Name has it.  */
Test(path, of_a_directory_may_end_with_a_backslash)
{
	cr_expect(path_equal(arena, "Win32_Directory.Name=\"C:\\\\a\\\\\"",
			     "win32_directory=\"c:\\\\A\""));
	cr_expect(path_equal(arena, "Win32_Directory.Name=\"C:\\\\a\"",
			     "Win32_Directory.Name='C:\\\\a\\\\'"));
	cr_expect_not(path_equal(arena, "Win32_Directory.Name=\"C:\\\\\"",
				 "Win32_Directory.Name=\"C:\""));
	cr_expect_not(path_equal(arena,
				 "Win32_Directory.Name=\"C:\\\\a\\\\\\\\\"",
				 "Win32_Directory.Name=\"C:\\\\a\""));
	cr_expect_not(path_equal(arena, "Win32_Volume.DeviceID=\"abcd\\\\\"",
				 "Win32_Volume.DeviceID=\"abcd\""));
}
