/*
 * bitlocker_key.c - the keys that the user has for encrypted volumes
 */
#include "disk/bitlocker_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/file.h"
#include "format/fve.h"

/* Longer files are not of keys.  */
#define MAX_FILE_BYTES (256u << 10)

/* Each is tried on what takes it, which costs half a second.  */
#define MAX_KEYS 256

/* A startup key names files that name nothing further.  */
#define RECOVERY_GROUPS 8
#define RECOVERY_DIGITS 6
#define RECOVERY_CHARS (RECOVERY_GROUPS * (RECOVERY_DIGITS + 1) - 1)

struct reader {
	struct bitlocker_keys *keys;
	const char *path;
	unsigned line;
	struct arena *arena;
};

static const char not_recovery_password[] =
	"that is not a recovery password: eight groups of six digits, each a "
	"multiple of 11 up to 720885";

static const char *const names[] = {
	[BITLOCKER_PASSWORD] = "password",
	[BITLOCKER_RECOVERY_PASSWORD] = "recovery-password",
	[BITLOCKER_STARTUP_KEY] = "startup-key",
};

const char *bitlocker_key_name(enum bitlocker_key_kind kind)
{
	return names[kind];
}

/* Fail, and say where, but never what stands there.  */
static int fail(const struct reader *r, enum err_code code, const char *why,
		struct err *reterr)
{
	const char *what = r->line == 0 ?
		arena_printf(r->arena, "key file %s: %s", file_name(r->path),
			     why) :
		arena_printf(r->arena, "key file %s, line %u: %s",
			     file_name(r->path), r->line, why);

	if (what == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "key file", 0, 0);
	return err_set(reterr, code, 0, what, 0, 0);
}

static int add_key(struct reader *r, const struct bitlocker_key *key,
		   struct err *reterr)
{
	struct bitlocker_keys *keys = r->keys;
	struct bitlocker_key *to;
	uint8_t *bytes;

	if (keys->n == MAX_KEYS)
		return fail(r, ERR_LIMIT, "there are too many keys", reterr);
	to = arena_push(r->arena, &keys->list, keys->n, sizeof(*to));
	bytes = arena_malloc(r->arena, key->bytes.n + 1);
	if (to == NULL || bytes == NULL) {
		free(bytes);
		return err_set(reterr, ERR_NOMEM, 0, "keys", 0, 0);
	}
	memcpy(bytes, key->bytes.p, key->bytes.n);
	bytes[key->bytes.n] = '\0';
	*to = *key;
	to->bytes = (struct span){ bytes, key->bytes.n, 0 };
	to->file = arena_strdup(r->arena, file_name(r->path));
	to->line = r->line;
	keys->n++;
	return 0;
}

/* Eight groups of six digits, each eleven times a number of 16 bits.  */
static bool is_recovery_password(const char *s, size_t n)
{
	if (n != RECOVERY_CHARS)
		return false;
	for (int group = 0; group < RECOVERY_GROUPS; group++) {
		unsigned number = 0;

		for (int i = 0; i < RECOVERY_DIGITS; i++, s++) {
			if (*s < '0' || *s > '9')
				return false;
			number = 10 * number + (unsigned)(*s - '0');
		}
		if (number % 11 != 0 || number / 11 > UINT16_MAX)
			return false;
		if (group + 1 < RECOVERY_GROUPS && *s++ != '-')
			return false;
	}
	return true;
}

/* Read all of a file.  The caller overwrites and frees it.  */
static int read_file(struct reader *r, const char *path, char **ret,
		     size_t *ret_n, struct err *reterr)
{
	struct source *s;
	struct err e;
	char *buf;
	int err = file_open(path, r->arena, &s, &e);

	if (err < 0)
		return fail(r, err, e.what, reterr);
	if (s->size > MAX_FILE_BYTES) {
		source_free(s);
		return fail(r, ERR_LIMIT, "it is too large for keys", reterr);
	}
	*ret_n = (size_t)s->size;
	buf = arena_calloc(r->arena, 1, *ret_n + 1);
	err = buf == NULL ? ERR_NOMEM : source_read(s, 0, buf, *ret_n, &e);
	source_free(s);
	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "key file", 0, 0);
	if (err < 0) {
		free(buf);
		return fail(r, err, "it cannot be read", reterr);
	}
	*ret = buf;
	return 0;
}

static void forget(char *p, size_t n)
{
	explicit_bzero(p, n);
	free(p);
}

static int add_startup_key(struct reader *r, struct span file,
			   struct bitlocker_key *key, struct err *reterr)
{
	struct fve_startup_key k;

	if (fve_startup_key_parse(file, &k, NULL) < 0)
		return fail(r, ERR_VALUE, "that is not a startup key", reterr);
	key->kind = BITLOCKER_STARTUP_KEY;
	key->bytes = k.raw;
	key->protector = k.identifier;
	return add_key(r, key, reterr);
}

/* @name is relative to the directory of the key file.  */
static int read_startup_key(struct reader *r, const char *name,
			    struct bitlocker_key *key, struct err *reterr)
{
	size_t dir = (size_t)(file_name(r->path) - r->path);
	const char *path = *name == '/' ? name :
		arena_printf(r->arena, "%.*s%s", (int)dir, r->path, name);
	size_t n;
	char *p;
	int err;

	if (path == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "key file", 0, 0);
	err = read_file(r, path, &p, &n, reterr);
	if (err < 0)
		return err;
	err = add_startup_key(r, (struct span){ (uint8_t *)p, n, 0 }, key,
			      reterr);
	forget(p, n);
	return err;
}

static int take_value(struct reader *r, char *value, struct bitlocker_key *key,
		      struct err *reterr)
{
	size_t n = strlen(value);

	if (key->kind == BITLOCKER_STARTUP_KEY)
		return read_startup_key(r, value, key, reterr);
	if (key->kind == BITLOCKER_RECOVERY_PASSWORD) {
		while (n > 0 && isspace((unsigned char)value[n - 1]))
			value[--n] = '\0';
		value += strspn(value, " \t");
		n = strlen(value);
		if (!is_recovery_password(value, n))
			return fail(r, ERR_VALUE, not_recovery_password,
				    reterr);
	}
	if (n == 0)
		return fail(r, ERR_VALUE, "the key is missing", reterr);
	key->bytes = (struct span){ (uint8_t *)value, n, 0 };
	return add_key(r, key, reterr);
}

/* "{GUID} " in front; what is behind it, or NULL where it is none.  */
static char *take_binding(char *s, struct bitlocker_key *key)
{
	if (*s != '{')
		return s;
	if (strlen(s) < GUID_TEXT_CHARS + 2 || s[GUID_TEXT_CHARS + 1] != '}' ||
	    !guid_parse(s + 1, &key->bound))
		return NULL;
	key->is_bound = true;
	s += GUID_TEXT_CHARS + 2;
	return s + strspn(s, " \t:");
}

/* @s without its line end.  */
static int take_line(struct reader *r, char *s, struct err *reterr)
{
	struct bitlocker_key key = { .kind = BITLOCKER_NO_KEY };
	char *value;

	s += strspn(s, " \t");
	if (*s == '\0' || *s == '#')
		return 0;
	s = take_binding(s, &key);
	if (s == NULL)
		return fail(r, ERR_VALUE, "that is not a GUID in braces",
					  reterr);
	for (int k = BITLOCKER_PASSWORD; k <= BITLOCKER_STARTUP_KEY; k++) {
		size_t n = strlen(names[k]);

		if (strncmp(s, names[k], n) != 0 || s[n] != ':')
			continue;
		key.kind = (enum bitlocker_key_kind)k;
		value = s + n + 1;
		return take_value(r, value + (*value == ' '), &key, reterr);
	}
	return fail(r, ERR_VALUE, "the line begins with none of "
		    "recovery-password:, password: and startup-key:", reterr);
}

static int take_lines(struct reader *r, char *s, struct err *reterr)
{
	int err = 0;

	for (char *next = s; err == 0 && next != NULL; s = next) {
		size_t n;

		r->line++;
		next = strchr(s, '\n');
		if (next != NULL)
			*next++ = '\0';
		n = strlen(s);
		if (n > 0 && s[n - 1] == '\r')
			s[n - 1] = '\0';
		err = take_line(r, s, reterr);
	}
	r->line = 0;
	return err;
}

static bool is_of_group(char c)
{
	return c == '-' || (c >= '0' && c <= '9');
}

/* True also of one with a wrong digit.  */
static bool has_groups(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((s[i] == '-') != (i % (RECOVERY_DIGITS + 1) ==
				      RECOVERY_DIGITS))
			return false;
	return n == RECOVERY_CHARS;
}

/* The recovery passwords in the text that Windows saves or prints of them, in
 * whichever language: they stand between what is neither digit nor hyphen.  */
static int take_saved(struct reader *r, const char *s, struct err *reterr)
{
	unsigned misread = 0;
	int err = 0;

	r->line = 1;
	for (size_t n; *s != '\0' && err == 0; s += n) {
		struct bitlocker_key key = {
			.kind = BITLOCKER_RECOVERY_PASSWORD,
		};

		for (n = 0; is_of_group(s[n]); n++)
			;
		key.bytes = (struct span){ (const uint8_t *)s, n, 0 };
		if (is_recovery_password(s, n))
			err = add_key(r, &key, reterr);
		else if (has_groups(s, n))
			misread = r->line;
		r->line += *s == '\n';
		n += n == 0;
	}
	r->line = misread;
	if (err == 0 && misread > 0)
		err = fail(r, ERR_VALUE, not_recovery_password, reterr);
	r->line = 0;
	return err;
}

static bool has_named_key(const char *s)
{
	while (s != NULL) {
		s += strspn(s, " \t\r\n");
		if (*s == '{')
			return true;
		for (int k = BITLOCKER_PASSWORD; k <= BITLOCKER_STARTUP_KEY;
		     k++) {
			size_t n = strlen(names[k]);

			if (strncmp(s, names[k], n) == 0 && s[n] == ':')
				return true;
		}
		s = strchr(s, '\n');
	}
	return false;
}

static int take_text(struct reader *r, char *s, struct err *reterr)
{
	const size_t before = r->keys->n;
	int err;

	if (!has_named_key(s)) {
		err = take_saved(r, s, reterr);
		if (err < 0 || r->keys->n > before)
			return err;
	}
	return take_lines(r, s, reterr);
}

/* @c in UTF-8, at @to.  The number of bytes.  */
static size_t put_utf8(char *to, uint32_t c)
{
	static const uint8_t lead[] = { 0x00, 0xc0, 0xe0, 0xf0 };
	const size_t more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : c >= 0x80;

	for (size_t i = more; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(lead[more] | c);
	return more + 1;
}

static uint32_t unit_at(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

/* @s in UTF-16 behind its mark; Windows 8 ends the title of what it saves with
 * a NUL, and goes on behind it.  Not by way of struct text, whose memory is not
 * overwritten.  */
static int take_utf16(struct reader *r, struct span s, bool big,
		      struct err *reterr)
{
	const size_t room = s.n / 2 * 3 + 1;
	char *text = arena_calloc(r->arena, 1, room);
	size_t n = 0;
	int err;

	if (text == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "key file", 0, 0);
	for (size_t i = 0; i + 2 <= s.n; i += 2) {
		uint32_t c = unit_at(s.p + i, big), low;

		if (c == 0)
			continue;
		if (c >> 10 == 0xd800 >> 10 && i + 4 <= s.n) {
			low = unit_at(s.p + i + 2, big);
			if (low >> 10 == 0xdc00 >> 10) {
				c = 0x10000 + ((c & 0x3ff) << 10) +
					(low & 0x3ff);
				i += 2;
			}
		}
		n += put_utf8(text + n, c);
	}
	err = take_text(r, text, reterr);
	forget(text, room);
	return err;
}

/* What Windows saves has its NUL also where it was converted; other files with
 * NULs are no text.  */
static int take_converted(struct reader *r, char *p, size_t n,
			  struct err *reterr)
{
	const size_t before = r->keys->n;
	size_t kept = 0;
	int err;

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\0')
			p[kept++] = p[i];
	p[kept] = '\0';
	err = take_saved(r, p, reterr);
	if (err < 0 || r->keys->n > before)
		return err;
	return fail(r, ERR_VALUE, "that is neither text nor a startup key",
		    reterr);
}

static int take_file(struct reader *r, char *p, size_t n, struct err *reterr)
{
	struct span s = { (uint8_t *)p, n, 0 };
	struct bitlocker_key key = { .kind = BITLOCKER_STARTUP_KEY };
	struct fve_startup_key k;

	if (fve_startup_key_parse(s, &k, NULL) == 0)
		return add_startup_key(r, s, &key, reterr);
	if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 ||
		       memcmp(p, "\xfe\xff", 2) == 0))
		return take_utf16(r, (struct span){ s.p + 2, n - 2, 0 },
				  s.p[0] == 0xfe, reterr);
	if (memchr(p, '\0', n) != NULL)
		return take_converted(r, p, n, reterr);
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	return take_text(r, p, reterr);
}

int bitlocker_keys_read(struct bitlocker_keys *keys, const char *path,
			struct arena *a, struct err *reterr)
{
	struct reader r = { .keys = keys, .path = path, .arena = a };
	size_t n;
	char *p;
	int err = read_file(&r, path, &p, &n, reterr);

	if (err < 0)
		return err;
	err = take_file(&r, p, n, reterr);
	forget(p, n);
	return err;
}

void bitlocker_keys_done(struct bitlocker_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		char *p = (char *)keys->list[i].bytes.p;

		forget(p, keys->list[i].bytes.n);
	}
	keys->n = 0;
}
