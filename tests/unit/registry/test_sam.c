#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_tree.h"
#include "lib/mutate.h"
#include "lib/shared_data.h"
#include "registry/findings.h"
#include "registry/sam.h"

#define ACCOUNT "SAM\\Domains\\Account"
#define BUILTIN "SAM\\Domains\\Builtin"

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	struct sam_accounts sam;
	int result;
};

static void read_sam(struct read *r, const void *p, size_t n)
{
	*r = (struct read){ .arena = arena_new() };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
	r->result = hive_open(&r->source.source, r->arena, &r->diags, &r->hive,
			      NULL);
	if (r->result == 0)
		r->result = sam_read(r->hive, r->arena, &r->diags, &r->sam,
				     NULL);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
}

static void expect_account(const struct sam_account *a, const char *sid,
			   const char *name, bool is_alias, bool disabled)
{
	cr_expect_str_eq(a->sid, sid);
	cr_expect_str_eq(a->name.utf8, name);
	cr_expect_eq(a->is_alias, is_alias, "%s", sid);
	cr_expect_eq(a->disabled, disabled, "%s", sid);
	cr_expect_gt(a->cites.n, 0);
}

static const struct sam_account *find(const struct read *r, const char *sid)
{
	for (size_t i = 0; i < r->sam.n; i++)
		if (strcmp(r->sam.list[i].sid, sid) == 0)
			return &r->sam.list[i];
	cr_assert_fail("no %s", sid);
	return NULL;
}

/* As hivexsh shows it.  */
Test(sam, of_a_real_windows_7)
{
	const char *path = shared_data_unpacked(
		"mkorman90__regipy/regipy_tests/data/SAM.xz", "SAM");
	uint8_t *bytes;
	struct read r;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	bytes = load_file(path, &n);
	read_sam(&r, bytes, n);
	cr_assert_eq(r.result, 0);
	cr_expect_str_eq(r.sam.sid, "S-1-5-21-1760460187-1592185332-161725925");
	cr_expect_eq(r.sam.n, 3 + 14);
	expect_account(find(&r, "S-1-5-21-1760460187-1592185332-161725925-500"),
		       "S-1-5-21-1760460187-1592185332-161725925-500",
		       "Administrator", false, true);
	expect_account(find(&r, "S-1-5-21-1760460187-1592185332-161725925-501"),
		       "S-1-5-21-1760460187-1592185332-161725925-501",
		       "Guest", false, true);
	expect_account(
		find(&r, "S-1-5-21-1760460187-1592185332-161725925-1000"),
		"S-1-5-21-1760460187-1592185332-161725925-1000", "Preston",
		false, false);
	expect_account(find(&r, "S-1-5-32-544"), "S-1-5-32-544",
		       "Administrators", true, false);
	cr_expect_str_eq(find(&r, "S-1-5-32-544")->comment.utf8,
			 "Administrators have complete and unrestricted access "
			 "to the computer/domain");
	cr_expect_eq(diag_count(&r.diags, &FINDING_SAM_CONTRADICTION), 0);
	cr_expect_eq(diag_count(&r.diags, &FINDING_SAM_ACCOUNT), 0);
	read_done(&r);
	free(bytes);
}

/* Its domain is S-1-5-21-1-2-3.  */
#define DOMAIN_V \
	"000000000000000000000000" "000000001800000000000000" \
	"000000000000000000000000" "000000000000000000000000" \
	"010400000000000515000000010000000200000003000000"

/* Sixteen parts of nothing, but for the name of N bytes.  */
#define NONE_4 \
	"000000000000000000000000" "000000000000000000000000" \
	"000000000000000000000000" "000000000000000000000000"
#define USER_V(N, NAME) \
	"000000000000000000000000" "00000000" N "00000000000000" \
	NONE_4 NONE_4 NONE_4 "000000000000000000000000" \
	"000000000000000000000000" "000000000000000000000000" NAME

#define NONE_16 "00000000000000000000000000000000"
#define USER_F(RID, FLAGS) \
	NONE_16 NONE_16 NONE_16 RID "0000" "01020000" FLAGS \
	"00000000000000000000000000000000000000000000"

static const struct hive_tree_row rows[] = {
	{ ACCOUNT, "V", TREE_BINARY, DOMAIN_V },
	{ ACCOUNT "\\Users\\000003E9", "V", TREE_BINARY,
	  USER_V("06", "6a006f006500") },
	{ ACCOUNT "\\Users\\000003E9", "F", TREE_BINARY,
	  USER_F("e903", "1000") },
	/* With the number of 500.  */
	{ ACCOUNT "\\Users\\000003EA", "V", TREE_BINARY,
	  USER_V("06", "650076006100") },
	{ ACCOUNT "\\Users\\000003EA", "F", TREE_BINARY,
	  USER_F("f401", "1102") },
	/* Not as the list of names has it.  */
	{ ACCOUNT "\\Users\\000003EB", "V", TREE_BINARY,
	  USER_V("06", "690064006100") },
	{ ACCOUNT "\\Users\\000003EB", "F", TREE_BINARY,
	  USER_F("eb03", "1000") },
	/* Damaged; its name is known all the same.  */
	{ ACCOUNT "\\Users\\000003EC", "V", TREE_BINARY, "00" },
	{ ACCOUNT "\\Users\\000003EC", "F", TREE_BINARY,
	  USER_F("ec03", "1000") },
	{ ACCOUNT "\\Users\\Names\\joe", "", 0x3e9, "" },
	{ ACCOUNT "\\Users\\Names\\eva", "", 0x3ea, "" },
	{ ACCOUNT "\\Users\\Names\\otto", "", 0x3eb, "" },
	{ ACCOUNT "\\Users\\Names\\max", "", 0x3ec, "" },
	{ BUILTIN "\\Aliases\\00000220", "C", TREE_BINARY,
	  "20020000" "000000000000000000000000" "000000000400000000000000"
	  "000000000000000000000000" "000000000000000000000000" "47003100" },
};

static void build(struct hive_image *h)
{
	hive_tree_build(h, rows, sizeof(rows) / sizeof(rows[0]));
}

Test(sam, users_and_groups_are_named_and_what_contradicts_is_told)
{
	static struct hive_image h;
	struct read r;

	build(&h);
	read_sam(&r, h.bytes, h.n);
	cr_assert_eq(r.result, 0);
	cr_expect_str_eq(r.sam.sid, "S-1-5-21-1-2-3");
	cr_assert_eq(r.sam.n, 5);
	expect_account(&r.sam.list[0], "S-1-5-21-1-2-3-1001", "joe", false,
		       false);
	expect_account(&r.sam.list[1], "S-1-5-21-1-2-3-1002", "eva", false,
		       true);
	expect_account(&r.sam.list[2], "S-1-5-21-1-2-3-1003", "ida", false,
		       false);
	expect_account(&r.sam.list[3], "S-1-5-21-1-2-3-1004", "max", false,
		       false);
	expect_account(&r.sam.list[4], "S-1-5-32-544", "G1", true, false);
	cr_expect_null(r.sam.list[0].full_name.utf8);
	cr_assert_eq(diag_count(&r.diags, &FINDING_SAM_CONTRADICTION), 2);
	cr_expect_str_eq(r.diags.list[0].message,
			 "User eva (S-1-5-21-1-2-3-1002) of the SAM: its value "
			 "F has the RID 500: it logs on with the rights of that "
			 "account.");
	cr_expect_str_eq(r.diags.list[1].message,
			 "User ida (S-1-5-21-1-2-3-1003) of the SAM: the list "
			 "of names calls it otto.");
	cr_expect_eq(diag_count(&r.diags, &FINDING_SAM_ACCOUNT), 1);
	read_done(&r);
}

Test(sam, a_hive_without_accounts_is_none)
{
	static const struct hive_tree_row row[] = {
		{ "Select", "Current", TREE_DWORD, "01000000" },
	};
	static struct hive_image h;
	struct read r;

	hive_tree_build(&h, row, 1);
	read_sam(&r, h.bytes, h.n);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.sam.n, 0);
	cr_expect_null(r.sam.sid);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

static void read_all(struct span s)
{
	struct read r;

	read_sam(&r, s.p, s.n);
	for (size_t i = 0; i < r.sam.n; i++)
		cr_assert_not_null(r.sam.list[i].sid);
	read_done(&r);
}

Test(sam, survives_every_change_of_a_byte)
{
	static struct hive_image h;

	build(&h);
	mutate(h.bytes, h.n, read_all);
}
