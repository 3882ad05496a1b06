/*
 * reg_text.c - the registry as text: what regedit, reg.exe and hivexregedit
 * export
 *
 *   Windows Registry Editor Version 5.00     or REGEDIT4; may be missing
 *
 *   [HKEY_LOCAL_MACHINE\SYSTEM\Select]       opens a key; up to the last ]
 *   @="data"                                 its default value
 *   "name"="C:\\data"                        REG_SZ; a line end inside belongs
 *                                            to the text
 *   "name"=dword:0000000a                    REG_DWORD
 *   "name"=hex:00,01,\                       REG_BINARY, over many lines
 *     02,03
 *   "name"=hex(7):61,00,00,00                type in hexadecimal
 *   "name"=str(2):"data"                     hivexregedit's own
 *   "name"=-  [-HKEY_...]                    to be deleted
 *   ; comment
 *
 * Version 5.00 is UTF-16LE with a byte order mark when Windows writes it, and
 * UTF-8 or ASCII from other tools.  REGEDIT4 is in the code page of its system,
 * which it does not tell, and so is its data of the types REG_SZ, REG_EXPAND_SZ
 * and REG_MULTI_SZ.
 *
 * Sources: Microsoft KB 310516; hivex perl/lib/Win/Hivex/Regedit.pm; ReactOS
 * base/applications/regedit/regproc.c, for names and data with line ends.
 */
#include "format/reg_text.h"

#include <string.h>

#include "format/reg_dump.h"
#include "format/text_units.h"

enum { TYPE_SZ = 1, TYPE_EXPAND_SZ = 2, TYPE_BINARY = 3, TYPE_DWORD = 4,
       TYPE_MULTI_SZ = 7 };

#define BYTE_ORDER_MARK 0xfeff

/* The hexadecimal number of one to eight digits at *@i, which moves behind
 * it.  */
static bool number(const struct units *u, size_t *i, uint32_t *ret)
{
	uint32_t value = 0;
	size_t k = *i;

	while (k < u->n && k - *i < 8 && digit(unit(u, k)) >= 0)
		value = value << 4 | (uint32_t)digit(unit(u, k++));
	if (k == *i)
		return false;
	*i = k;
	*ret = value;
	return true;
}

static bool is_header(const struct units *u, size_t i)
{
	return has_word(u, i, "windows registry editor version") ||
	       has_word(u, i, "regedit");
}

/* What a file begins with: a byte order mark, or without one a character of
 * ASCII.  */
static struct reg_text guess_encoding(struct span s)
{
	bool two = s.n >= 2;

	if (span_has(s, 0, "\xef\xbb\xbf", 3))
		return (struct reg_text){ .utf8 = true, .start = 3 };
	if (span_has(s, 0, "\xff\xfe", 2))
		return (struct reg_text){ .encoding = REG_UTF16LE, .start = 2 };
	if (span_has(s, 0, "\xfe\xff", 2))
		return (struct reg_text){ .encoding = REG_UTF16BE, .start = 2 };
	if (two && s.p[0] != 0 && s.p[1] == 0)
		return (struct reg_text){ .encoding = REG_UTF16LE };
	if (two && s.p[0] == 0 && s.p[1] != 0)
		return (struct reg_text){ .encoding = REG_UTF16BE };
	return (struct reg_text){ .encoding = REG_BYTES };
}

int reg_text_begin(struct span head, struct reg_text *ret, struct err *reterr)
{
	struct reg_text t = guess_encoding(head);
	struct span left = { head.p + t.start, head.n - t.start,
			     head.at + t.start };
	struct units u = units_of(&t, left);
	size_t i = 0;

	/* Ends: each turn takes a line.  */
	for (;;) {
		size_t end;

		i = skip_blanks(&u, i);
		end = line_end(&u, i, true);
		if (i < u.n && i < end && unit(&u, i) != ';')
			break;
		if (end >= u.n)
			return err_set(reterr, ERR_MAGIC, left.at,
				       "registry text", 0, 0);
		i = end + 1;
	}
	t.version4 = has_word(&u, i, "regedit4");
	t.dump = has_word(&u, i, REG_DUMP_KEY);
	if (!is_header(&u, i) && !t.dump && unit(&u, i) != '[')
		return err_set(reterr, ERR_MAGIC, cut(&u, i, i).at,
			       "registry text", '[', unit(&u, i));
	*ret = t;
	return 0;
}

/* A record in the making.  */
struct parser {
	struct units u;
	bool last;		/* nothing follows the units */
	struct reg_record r;
	size_t end;		/* of the record's last line: the line feed */
	bool open;		/* it is not seen to end */
};

/* End the record with the line that @i is in.  False if that is not seen.  */
static bool end_line(struct parser *p, size_t i)
{
	p->end = line_end(&p->u, i, p->last);
	p->open = p->end == NOWHERE;
	return !p->open;
}

/* The record is the line at @start, which has an error at @i.  */
static void bad_line(struct parser *p, size_t start, size_t i, const char *what)
{
	uint64_t got = i < p->u.n ? unit(&p->u, i) : 0;

	p->r.kind = REG_BAD;
	err_set(&p->r.bad, i < p->u.n ? ERR_VALUE : ERR_TRUNCATED,
		cut(&p->u, i, i).at, what, 0, got);
	end_line(p, start);
}

/* Only blanks or a comment between @i and the end of its line?  */
static bool rest_is_blank(struct parser *p, size_t i)
{
	i = skip_blanks(&p->u, i);
	return i >= p->u.n || unit(&p->u, i) == '\n' || unit(&p->u, i) == ';';
}

/* The quote that closes the text at @i; NOWHERE if it is not seen.  */
static size_t closing_quote(const struct units *u, size_t i)
{
	while (i < u->n && unit(u, i) != '"')
		i += unit(u, i) == '\\' ? 2 : 1;
	return i < u->n ? i : NOWHERE;
}

/* hivexregedit escapes quotes in str(1):"C:\", but not backslashes, so that the
 * last one of its line is the one that counts.  */
static size_t last_quote(struct parser *p, size_t i)
{
	size_t end = line_end(&p->u, i, true);

	while (end > i && is_blank(unit(&p->u, end - 1)))
		end--;
	return end > i && unit(&p->u, end - 1) == '"' ? end - 1 : NOWHERE;
}

static void string_data(struct parser *p, size_t start, size_t i,
			bool of_hivex)
{
	size_t quote = closing_quote(&p->u, i);

	if (quote == NOWHERE && !p->last) {
		p->open = true;
		return;
	}
	if (quote != NOWHERE && !rest_is_blank(p, quote + 1))
		quote = NOWHERE;
	if (quote == NOWHERE && of_hivex)
		quote = last_quote(p, i);
	if (quote == NOWHERE) {
		bad_line(p, start, i, "no quote closes the text");
		return;
	}
	p->r.form = REG_STRING;
	p->r.data = cut(&p->u, i, quote);
	end_line(p, quote);
}

/* The end of the digits in the line from @line up to @end, without a comment
 * and blanks.  */
static size_t digits_end(const struct units *u, size_t line, size_t end)
{
	struct units seen = *u;
	size_t comment;

	seen.n = end;
	comment = find(&seen, line, ';');
	if (comment != NOWHERE)
		end = comment;
	while (end > line && is_blank(unit(u, end - 1)))
		end--;
	return end;
}

/* The last line of data that begins at @i: each but it ends in a backslash.  */
static void hex_data(struct parser *p, size_t i)
{
	size_t line = i, end;

	/* Ends: each turn takes a line.  */
	for (;;) {
		if (!end_line(p, line))
			return;
		end = digits_end(&p->u, line, p->end);
		if (p->end >= p->u.n || end == line ||
		    unit(&p->u, end - 1) != '\\')
			break;
		line = p->end + 1;
		if (line >= p->u.n && !p->last) {
			p->open = true;
			return;
		}
		if (line >= p->u.n)
			break;
	}
	p->r.form = REG_HEX;
	p->r.data = cut(&p->u, i, end);
}

static void dword_data(struct parser *p, size_t start, size_t i)
{
	size_t end = i;
	uint32_t value;

	if (!number(&p->u, &end, &value) || !rest_is_blank(p, end)) {
		bad_line(p, start, i, "no hexadecimal number follows");
		return;
	}
	p->r.form = REG_DWORD;
	p->r.data = cut(&p->u, i, end);
	end_line(p, end);
}

/* Does "hex(2):" stand at *@i, @word and perhaps a type, or else @usual?  Moves
 * *@i behind the colon.  */
static bool typed(struct parser *p, const char *word, uint32_t usual, size_t *i)
{
	size_t k = *i + strlen(word);

	if (!has_word(&p->u, *i, word))
		return false;
	p->r.type = usual;
	if (k < p->u.n && unit(&p->u, k) == '(') {
		k++;
		if (!number(&p->u, &k, &p->r.type) ||
		    !has_word(&p->u, k++, ")"))
			return false;
	}
	if (!has_word(&p->u, k, ":"))
		return false;
	*i = skip_spaces(&p->u, k + 1);
	return true;
}

static void value_data(struct parser *p, size_t start, size_t i)
{
	const struct units *u = &p->u;

	p->r.type = TYPE_SZ;
	if (has_word(u, i, "\"")) {
		string_data(p, start, i + 1, false);
	} else if (has_word(u, i, "-") && rest_is_blank(p, i + 1)) {
		p->r.kind = REG_VALUE_DELETED;
		end_line(p, i);
	} else if (has_word(u, i, "dword:")) {
		p->r.type = TYPE_DWORD;
		dword_data(p, start, skip_spaces(u, i + 6));
	} else if (typed(p, "hex", TYPE_BINARY, &i)) {
		hex_data(p, i);
	} else if (typed(p, "str", TYPE_SZ, &i) && has_word(u, i, "\"")) {
		string_data(p, start, i + 1, true);
	} else {
		bad_line(p, start, i, "no data of a known form follow");
	}
}

/* @start: its quote or @.  */
static void value_line(struct parser *p, size_t start)
{
	const struct units *u = &p->u;
	size_t i = start;

	p->r.kind = REG_VALUE;
	if (unit(u, start) == '"') {
		i = closing_quote(u, start + 1);
		if (i == NOWHERE && !p->last) {
			p->open = true;
			return;
		}
		if (i == NOWHERE) {
			bad_line(p, start, start + 1,
				 "no quote closes the name");
			return;
		}
		p->r.name = cut(u, start + 1, i);
	}
	i = skip_spaces(u, i + 1);
	if (!has_word(u, i, "=")) {
		bad_line(p, start, i, "no = follows the name");
		return;
	}
	value_data(p, start, skip_spaces(u, i + 1));
}

static void key_line(struct parser *p, size_t start)
{
	const struct units *u = &p->u;
	size_t i = start + 1, close;

	if (!end_line(p, start))
		return;
	for (close = p->end; close > i && unit(u, close - 1) != ']'; close--)
		;
	if (close == i || !rest_is_blank(p, close)) {
		bad_line(p, start, close == i ? p->end : close,
			 "no ] ends the key");
		return;
	}
	p->r.kind = REG_KEY;
	if (unit(u, i) == '-') {
		p->r.kind = REG_KEY_DELETED;
		i++;
	}
	p->r.name = cut(u, i, close - 1);
}

static size_t skip_mark(const struct units *u)
{
	if (u->encoding != REG_BYTES)
		return u->n > 0 && unit(u, 0) == BYTE_ORDER_MARK;
	return span_has(u->s, 0, "\xef\xbb\xbf", 3) ? 3 : 0;
}

static size_t count_lines(const struct units *u, size_t end)
{
	struct units seen = *u;
	size_t n = 1;

	seen.n = end;
	for (size_t i = 0; (i = find(&seen, i, '\n')) != NOWHERE; i++)
		n++;
	return n;
}

int reg_record_parse(const struct reg_text *t, struct span text, bool last,
		     struct reg_record *ret, struct err *reterr)
{
	struct parser p = { .u = units_of(t, text), .last = last };
	const struct units *u = &p.u;

	if (t->dump)
		return reg_dump_record_parse(t, text, last, ret, reterr);
	/* Files that were put one behind the other have marks inside.  */
	size_t i = skip_blanks(u, skip_mark(u));

	if (i >= u->n || unit(u, i) == '\n' || unit(u, i) == ';')
		end_line(&p, i);
	else if (unit(u, i) == '[')
		key_line(&p, i);
	else if (unit(u, i) == '"' || unit(u, i) == '@')
		value_line(&p, i);
	else if (end_line(&p, i) && !is_header(u, i))
		bad_line(&p, i, i, "it is no key and no value");
	/* What is seen of the record may be all there is wrong with it.  */
	if (p.open || (p.end >= u->n && !last))
		return err_set(reterr, ERR_TRUNCATED, text.at,
			       "record of registry text", text.n + 1, text.n);
	p.r.lines = count_lines(u, p.end);
	p.r.size = p.end < u->n ? cut(u, 0, p.end + 1).n : text.n;
	*ret = p.r;
	return 0;
}

/* Where decoded bytes go: those that have room are kept, all are counted.  */
struct sink {
	uint8_t *out;
	size_t room, n;
};

static void put_byte(struct sink *k, uint32_t b)
{
	if (k->n < k->room)
		k->out[k->n] = (uint8_t)b;
	k->n++;
}

static void put_unit(struct sink *k, uint32_t c)
{
	put_byte(k, c & 0xff);
	put_byte(k, c >> 8);
}

static void put_char(struct sink *k, uint32_t c)
{
	if (c >= 0x10000) {
		c -= 0x10000;
		put_unit(k, 0xd800 + (c >> 10));
		c = 0xdc00 + (c & 0x3ff);
	}
	put_unit(k, c);
}

/* The character of the UTF-8 at @p, of at most @n bytes; 0 if it is none.
 * *@ret_n: its bytes.  */
static uint32_t utf8_char(const uint8_t *p, size_t n, size_t *ret_n)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	size_t more = p[0] < 0x80 ? 0 : p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : 1;
	uint32_t c = more == 0 ? p[0] : p[0] & (0x3fu >> more);

	if ((p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4 || more >= n)
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret_n = more + 1;
	return c;
}

static bool is_utf8(struct span s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.n; i += n)
		if (s.p[i] >= 0x80 && utf8_char(s.p + i, s.n - i, &n) == 0)
			return false;
		else if (s.p[i] < 0x80)
			n = 1;
	return true;
}

/* One character of @u at *@i, which moves behind it.  */
static uint32_t next_char(const struct units *u, bool utf8, size_t *i)
{
	size_t n = 1;
	uint32_t c = unit(u, *i);

	if (utf8 && c >= 0x80)
		c = utf8_char(u->s.p + *i, u->n - *i, &n);
	*i += n;
	return c;
}

/* Is the character at @i a backslash that only escapes the next?  */
static bool escapes(const struct units *u, size_t i)
{
	return unit(u, i) == '\\' && i + 1 < u->n &&
	       (unit(u, i + 1) == '\\' || unit(u, i + 1) == '"');
}

/* Write @s to @k as UTF-16LE.  Returns whether its encoding was guessed.  */
static bool decode(const struct reg_text *t, struct span s, bool quoted,
		   struct sink *k)
{
	struct units u = units_of(t, s);
	bool utf8 = t->encoding == REG_BYTES && is_utf8(s);
	bool guessed = false;

	for (size_t i = 0; i < u.n;) {
		uint32_t c;

		if (quoted && !t->dump && escapes(&u, i))
			i++;
		c = next_char(&u, utf8, &i);
		if (t->encoding == REG_BYTES && !utf8 && c >= 0x80)
			guessed = true;
		put_char(k, c);
	}
	return guessed;
}

struct reg_utf16 reg_text_decode(const struct reg_text *t, struct span s,
				 bool quoted, uint8_t *out)
{
	struct sink k = { .out = out, .room = REG_UTF16_BYTES(s.n) };
	bool guessed = decode(t, s, quoted, &k);

	return (struct reg_utf16){ k.n, guessed };
}

/* Blanks, comments, and what continues a line on the next one.  */
static size_t skip_between(const struct units *u, size_t i)
{
	bool comment = false;

	for (; i < u->n; i++) {
		uint32_t c = unit(u, i);

		comment = c == ';' || (comment && c != '\n');
		if (!comment && !is_blank(c) && c != '\n' && c != '\\')
			break;
	}
	return i;
}

static void bad_data(struct reg_data *d, const struct units *u, size_t i)
{
	if (i < u->n)
		err_set(&d->bad, ERR_VALUE, cut(u, i, i).at,
			"what follows is not hexadecimal", 0, unit(u, i));
	else
		err_set(&d->bad, ERR_TRUNCATED, cut(u, i, i).at,
			"what follows is not hexadecimal", d->n + 1, d->n);
}

/* A byte of one or two digits at *@i, which moves behind it.  */
static bool hex_byte(const struct units *u, size_t *i, uint32_t *ret)
{
	int high = *i < u->n ? digit(unit(u, *i)) : -1;
	int low = *i + 1 < u->n ? digit(unit(u, *i + 1)) : -1;

	if (high < 0)
		return false;
	*i += low < 0 ? 1 : 2;
	*ret = (uint32_t)(low < 0 ? high : high << 4 | low);
	return true;
}

/* "00,01,02".  A comma or a backslash at the end says that more was there.  */
static void decode_hex(const struct units *u, bool wide, struct sink *k,
		       struct reg_data *d)
{
	size_t i = skip_between(u, 0);
	bool more = u->n > 0 && i == u->n;

	/* Ends: each turn takes a byte's digits.  */
	while (i < u->n || more) {
		uint32_t b = 0;

		if (!hex_byte(u, &i, &b)) {
			bad_data(d, u, i);
			return;
		}
		d->guessed |= wide && b >= 0x80;
		if (wide)
			put_unit(k, b);
		else
			put_byte(k, b);
		d->n = k->n;
		i = skip_between(u, i);
		more = i < u->n && unit(u, i) == ',';
		if (i < u->n && !more) {
			bad_data(d, u, i);
			return;
		}
		i = skip_between(u, i + more);
	}
}

/* The bytes of a dump, and whether all its lines are there.  */
static void decode_dump(const struct units *u, struct sink *k,
			struct reg_data *d)
{
	struct reg_dump_place at = { 0 };
	uint32_t b;

	while (reg_dump_byte(u, &at, &b)) {
		put_byte(k, b);
		d->n = k->n;
	}
	if (at.unit < u->n)
		bad_data(d, u, at.unit);
}

/* The strings of a list, a line each.  */
static bool decode_lines(const struct reg_text *t, const struct units *u,
			 struct sink *k)
{
	bool guessed = false;

	for (size_t i = 0; i < u->n;) {
		size_t end = line_end(u, i, true), stop = end;

		while (i < end && unit(u, i) == ' ')
			i++;
		while (stop > i && unit(u, stop - 1) == '\r')
			stop--;
		if (stop > i) {
			guessed |= decode(t, cut(u, i, stop), false, k);
			put_unit(k, 0);
		}
		i = end + 1;
	}
	put_unit(k, 0);
	return guessed;
}

static bool is_text_type(uint32_t type)
{
	return type == TYPE_SZ || type == TYPE_EXPAND_SZ ||
	       type == TYPE_MULTI_SZ;
}

struct reg_data reg_data_decode(const struct reg_text *t,
				const struct reg_record *r, uint8_t *out,
				size_t room)
{
	struct units u = units_of(t, r->data);
	struct sink k = { .out = out, .room = room };
	struct reg_data d = { 0 };
	uint32_t value = 0;
	size_t i = 0;

	switch (r->form) {
	case REG_STRING:
		d.guessed = decode(t, r->data, true, &k);
		/* The registry keeps the NUL, the text does not show it.  */
		put_unit(&k, 0);
		break;
	case REG_DWORD:
		number(&u, &i, &value);
		put_unit(&k, value & 0xffff);
		put_unit(&k, value >> 16);
		break;
	case REG_PLAIN:
		d.guessed = decode(t, r->data, false, &k);
		put_unit(&k, 0);
		break;
	case REG_LINES:
		d.guessed = decode_lines(t, &u, &k);
		break;
	case REG_DUMP:
		decode_dump(&u, &k, &d);
		break;
	case REG_HEX:
		decode_hex(&u, t->version4 && is_text_type(r->type), &k, &d);
		break;
	}
	d.n = k.n;
	return d;
}
