#include <criterion/criterion.h>

#include <stdlib.h>

#include "lib/capture.h"
#include "report/json.h"

static struct out out;

static void write_nested(struct json *j)
{
	json_object_open(j, NULL);
	json_string(j, "name", "C:\\");
	json_integer(j, "size", UINT64_MAX);
	json_array_open(j, "empty");
	json_array_close(j);
	json_array_open(j, "list");
	json_object_open(j, NULL);
	json_array_open(j, "inner");
	json_object_open(j, NULL);
	json_bool(j, "a", true);
	json_null(j, "b");
	json_object_close(j);
	json_object_open(j, NULL);
	json_object_close(j);
	json_array_close(j);
	json_object_close(j);
	json_array_close(j);
	json_object_close(j);
}

static char *nested(bool compact)
{
	struct capture c = { 0 };
	struct json j;

	out_init(&out, capture_write, &c);
	json_init(&j, &out, compact);
	write_nested(&j);
	cr_assert_eq(out_end(&out), 0);
	return c.data;
}

Test(json, lays_out_the_outer_levels_and_keeps_the_inner_on_one_line)
{
	char *s = nested(false);

	cr_expect_str_eq(s, "{\n"
			 "  \"name\": \"C:\\\\\",\n"
			 "  \"size\": 18446744073709551615,\n"
			 "  \"empty\": [],\n"
			 "  \"list\": [\n"
			 "    {\n"
			 "      \"inner\": [\n"
			 "        {\"a\": true, \"b\": null},\n"
			 "        {}\n"
			 "      ]\n"
			 "    }\n"
			 "  ]\n"
			 "}");
	free(s);
}

Test(json, is_one_line_when_compact)
{
	char *s = nested(true);

	cr_expect_str_eq(s, "{\"name\":\"C:\\\\\",\"size\":18446744073709551615,"
			 "\"empty\":[],\"list\":[{\"inner\":[{\"a\":true,"
			 "\"b\":null},{}]}]}");
	free(s);
}
