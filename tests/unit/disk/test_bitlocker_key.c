#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk/bitlocker_key.h"
#include "lib/fve_writer.h"
#include "lib/test_disk.h"

#define RECOVERY "042647-302313-590458-071500-554323-116567-412181-516978"

struct reading {
	char path[TEST_PATH_SIZE];
	struct bitlocker_keys keys;
	struct arena *arena;
	struct err err;
	int r;
};

static void read_keys(struct reading *t, const void *p, size_t n)
{
	FILE *f;

	memset(t, 0, sizeof(*t));
	test_new_file(t->path, 0);
	f = fopen(t->path, "wb");
	cr_assert_not_null(f);
	fwrite(p, 1, n, f);
	fclose(f);
	t->arena = arena_new();
	t->r = bitlocker_keys_read(&t->keys, t->path, t->arena, &t->err);
	unlink(t->path);
}

static void read_text(struct reading *t, const char *text)
{
	read_keys(t, text, strlen(text));
}

static void done(struct reading *t)
{
	bitlocker_keys_done(&t->keys);
	arena_free(t->arena);
}

static const char *text_of(const struct reading *t, size_t i)
{
	return (const char *)t->keys.list[i].bytes.p;
}

Test(bitlocker_key, a_line_is_a_key)
{
	struct reading t;

	read_text(&t, "\xef\xbb\xbf# mine\n"
		  "recovery-password: " RECOVERY " \r\n"
		  "\n"
		  "{01234567-89ab-cdef-0123-456789abcdef} password:  a b \n"
		  "password:x");
	cr_assert_eq(t.r, 0);
	cr_assert_eq(t.keys.n, 3);
	cr_expect_eq(t.keys.list[0].kind, BITLOCKER_RECOVERY_PASSWORD);
	cr_expect_str_eq(text_of(&t, 0), RECOVERY);
	cr_expect_eq(t.keys.list[0].line, 2);
	cr_expect_not(t.keys.list[0].is_bound);
	/* one blank is not of the password, others are */
	cr_expect_str_eq(text_of(&t, 1), " a b ");
	cr_expect_eq(t.keys.list[1].line, 4);
	cr_expect(t.keys.list[1].is_bound);
	cr_expect_eq(t.keys.list[1].bound.b[0], 0x67);
	cr_expect_str_eq(text_of(&t, 2), "x");
	done(&t);
}

Test(bitlocker_key, a_line_that_is_no_key_is_told_without_its_text)
{
	static const char *const bad[] = {
		"recovery-password: " RECOVERY "1",
		"recovery-password: 042648-302313-590458-071500-554323-116567-"
		"412181-516978",
		"recovery-password: 720896-302313-590458-071500-554323-116567-"
		"412181-516978",
		"recovery-password: 042647 302313-590458-071500-554323-116567-"
		"412181-516978",
		"password:", "password: ", "Password: secret", "secret",
		"{secret} password: secret", "{} password: secret",
		"startup-key:", "startup-key: /dev/null",
		"startup-key: test_secret",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[256];
		struct reading t;

		snprintf(text, sizeof(text), "# a\n%s\n", bad[i]);
		read_text(&t, text);
		cr_expect_lt(t.r, 0, "%s", bad[i]);
		cr_expect_not_null(strstr(t.err.what, ", line 2: "), "%s",
				   bad[i]);
		cr_expect_null(strstr(t.err.what, "secret"), "%s", bad[i]);
		cr_expect_null(strstr(t.err.what, "302313"), "%s", bad[i]);
		done(&t);
	}
}

/* As Windows saves it, here in German: UTF-16, whatever else is in it.  */
Test(bitlocker_key, the_text_that_windows_saves_is_a_key)
{
	static const char text[] =
		"Wiederherstellungsschl\xfcssel\r\n\r\n\t"
		"F1DC8A23-D4C6-4B12-AC3C-7B3C5A3F1B1A\r\n"
		"1" RECOVERY "\r\n" RECOVERY;
	uint8_t units[2 * sizeof(text)] = { 0xff, 0xfe };
	struct reading t;

	for (size_t i = 0; i + 1 < sizeof(text); i++)
		units[2 * i + 2] = (uint8_t)text[i];
	read_keys(&t, units, sizeof(units));
	cr_assert_eq(t.r, 0);
	cr_assert_eq(t.keys.n, 1);
	cr_expect_str_eq(text_of(&t, 0), RECOVERY);
	cr_expect_eq(t.keys.list[0].line, 5);
	done(&t);
	for (size_t n = 0; n < sizeof(units); n += 7) {
		read_keys(&t, units, n);
		cr_expect_eq(t.keys.n, 0);
		done(&t);
	}
}

/* As Windows 8.1 saves it: the title ends in a NUL, and the text goes on.  The
 * file was refused.  */
Test(bitlocker_key, a_nul_does_not_end_what_windows_saves)
{
	static const char text[] =
		"BitLocker Drive Encryption recovery key \0\r\n\r\nIdentifier:"
		"\r\n\r\n\tF1DC8A23-D4C6-4B12-AC3C-7B3C5A3F1B1A\r\n\r\n"
		"Recovery Key:\r\n\r\n\t" RECOVERY "\r\n\r\n";
	uint8_t units[2 * sizeof(text)] = { 0xff, 0xfe };
	struct reading t;

	for (size_t i = 0; i + 1 < sizeof(text); i++)
		units[2 * i + 2] = (uint8_t)text[i];
	for (int converted = 0; converted < 2; converted++) {
		if (converted)
			read_keys(&t, text, sizeof(text) - 1);
		else
			read_keys(&t, units, sizeof(units));
		cr_assert_eq(t.r, 0);
		cr_assert_eq(t.keys.n, 1);
		cr_expect_str_eq(text_of(&t, 0), RECOVERY);
		cr_expect_eq(t.keys.list[0].line, 9);
		done(&t);
	}
	/* Others are no text.  */
	read_keys(&t, "-FVE\0-FVE", 9);
	cr_expect_lt(t.r, 0);
	cr_expect_not_null(strstr(t.err.what, "neither text"));
	done(&t);
}

/* A tool's output, a mail, the number alone: whoever has the key has no other
 * form of it.  */
Test(bitlocker_key, a_recovery_password_needs_no_name)
{
	static const char line[] =
		"-------------------------------------------------------\n";
	static const char *const texts[] = {
		RECOVERY, "\r\n" RECOVERY "\r\n", "\xef\xbb\xbf" RECOVERY,
		"Schl\xfcssel:\n\t" RECOVERY " \n", "Key=" RECOVERY ".\n",
		"Schl\xc3\xbcssel (\xf0\x9f\x94\x91): " RECOVERY "\n",
		"ID: {F1DC8A23-D4C6-4B12-AC3C-7B3C5A3F1B1A}\nPassword:\n"
		RECOVERY,
	};
	struct reading t;
	char text[256];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		read_text(&t, texts[i]);
		cr_assert_eq(t.r, 0, "%zu", i);
		cr_assert_eq(t.keys.n, 1, "%zu", i);
		cr_expect_str_eq(text_of(&t, 0), RECOVERY);
		done(&t);
	}
	snprintf(text, sizeof(text), "%s" RECOVERY "\n" RECOVERY, line);
	read_text(&t, text);
	cr_assert_eq(t.keys.n, 2);
	cr_expect_eq(t.keys.list[0].line, 2);
	cr_expect_eq(t.keys.list[1].line, 3);
	done(&t);
	/* a digit is wrong */
	snprintf(text, sizeof(text), "%s" RECOVERY "\n", line);
	text[sizeof(line) + 3]++;
	read_text(&t, text);
	cr_expect_lt(t.r, 0);
	cr_expect_not_null(strstr(t.err.what, ", line 2: "));
	cr_expect_not_null(strstr(t.err.what, "not a recovery password"));
	done(&t);
}

/* A file of keys as Windows' editor saves it as "Unicode", in both orders.  */
Test(bitlocker_key, lines_may_be_utf16)
{
	static const uint16_t text[] = {
		0xfeff, '#', ' ', 0x20ac, '\r', '\n', 'p', 'a', 's', 's', 'w',
		'o', 'r', 'd', ':', ' ', 0x00fc, 0xd83d, 0xdd11, '\r', '\n',
	};
	const size_t n = sizeof(text) / sizeof(text[0]);

	for (int big = 0; big < 2; big++) {
		uint8_t bytes[sizeof(text)];
		struct reading t;

		for (size_t i = 0; i < n; i++) {
			bytes[2 * i + (size_t)!big] = (uint8_t)(text[i] >> 8);
			bytes[2 * i + (size_t)big] = (uint8_t)text[i];
		}
		read_keys(&t, bytes, sizeof(bytes));
		cr_assert_eq(t.r, 0);
		cr_assert_eq(t.keys.n, 1);
		cr_expect_eq(t.keys.list[0].kind, BITLOCKER_PASSWORD);
		cr_expect_eq(t.keys.list[0].line, 2);
		cr_expect_str_eq(text_of(&t, 0), "\xc3\xbc\xf0\x9f\x94\x91");
		done(&t);
	}
}

Test(bitlocker_key, a_startup_key_is_a_key_as_it_is)
{
	static const uint8_t id[16] = { 9, 8, 7 };
	static struct fve_writer w;
	struct reading t;
	size_t entry, key, n;

	fve_begin(&w, NULL, id, 1);
	entry = fve_open(&w, 6, 9);
	fve_put(&w, id, 16);
	fve_put_le64(&w, 1);
	key = fve_open(&w, 0, 1);
	fve_put_le32(&w, 0x2002);
	for (int i = 0; i < 4; i++)
		fve_put_le64(&w, 5);
	fve_close(&w, key);
	fve_close(&w, entry);
	n = fve_end(&w);
	read_keys(&t, w.bytes, n);
	cr_assert_eq(t.r, 0);
	cr_assert_eq(t.keys.n, 1);
	cr_expect_eq(t.keys.list[0].kind, BITLOCKER_STARTUP_KEY);
	cr_expect_arr_eq(t.keys.list[0].protector.b, id, 16);
	cr_expect_eq(t.keys.list[0].bytes.n, n);
	done(&t);
	/* cut or changed it is none, and no text either */
	for (size_t cut = 1; cut < n; cut++) {
		read_keys(&t, w.bytes, cut);
		cr_expect_lt(t.r, 0);
		done(&t);
	}
}

Test(bitlocker_key, there_is_an_end_to_keys)
{
	static char text[300 * 12 + 1];
	struct reading t;

	for (size_t i = 0; i < 300; i++)
		memcpy(text + 12 * i, "password: x\n", 12);
	read_text(&t, text);
	cr_expect_eq(t.r, ERR_LIMIT);
	done(&t);
}
