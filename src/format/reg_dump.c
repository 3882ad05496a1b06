/*
 * reg_dump.c - the registry as text for people, which regedit exports, too
 *
 *   Key Name:          HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices
 *   Class Name:        <NO CLASS>
 *   Last Write Time:   11/30/2021 - 8:59 PM
 *   Value 0
 *     Name:            \\DosDevices\\C:        <NO NAME>: the default value
 *     Type:            REG_BINARY
 *     Data:
 *   00000000   3e a0 be 5c 00 00 10 00 - 00 00 00 00              >..\\....
 *
 * REG_SZ and REG_EXPAND_SZ have their text behind "Data:", REG_DWORD "0x1",
 * REG_MULTI_SZ a line for each string, all others such a dump.  A value ends
 * where the next one or a key begins; blank lines may lie between.  Nothing is
 * escaped, so that a text of several lines can be told only from what regedit
 * itself writes.  The time is that of the clock of the machine which exported,
 * in the form that it was set to: neither zone nor order of the numbers is
 * told.  Windows in other languages writes other words, which are not read.
 *
 * Sources: exports by regedit of Windows NT 4, 10 and 11, quoted in public
 * (Microsoft KB on PR_NETWORK_ADDRS, repositories on the LSA key and others).
 */
#include "format/reg_dump.h"

#define LINE_BYTES 16		/* of data */
#define HALF_LINE 8		/* then a dash */

/* Behind "  Data:", before the data, so that a text may begin with blanks.  */
#define DATA_BLANKS 12

/* What tells where a value ends, at most.  */
#define SEEN_UNITS sizeof(REG_DUMP_KEY)

static const struct {
	const char *word;
	uint32_t type;
	enum reg_form form;
} types[] = {
	{ "reg_none", 0, REG_DUMP },
	{ "reg_sz", 1, REG_PLAIN },
	{ "reg_expand_sz", 2, REG_PLAIN },
	{ "reg_binary", 3, REG_DUMP },
	{ "reg_dword_big_endian", 5, REG_DUMP },
	{ "reg_dword", 4, REG_DWORD },
	{ "reg_link", 6, REG_DUMP },
	{ "reg_multi_sz", 7, REG_LINES },
	{ "reg_resource_list", 8, REG_DUMP },
	{ "reg_full_resource_descriptor", 9, REG_DUMP },
	{ "reg_resource_requirements_list", 10, REG_DUMP },
	{ "reg_qword", 11, REG_DUMP },
};

/* A type that regedit has no word for.  */
#define TYPE_UNKNOWN 0xffffffffu

static size_t trim_end(const struct units *u, size_t from, size_t to)
{
	while (to > from && (unit(u, to - 1) == '\n' ||
			     unit(u, to - 1) == '\r'))
		to--;
	return to;
}

/* What stands behind the @word in the line at *@i; *@i moves behind the line.
 * False where the line has another word.  */
static bool field(const struct units *u, size_t *i, size_t end,
		  const char *word, struct span *ret)
{
	size_t k = *i, stop;

	if (!has_word(u, k, word))
		return false;
	k = skip_spaces(u, k + strlen(word));
	stop = line_end(u, *i, true);
	if (stop > end)
		stop = end;
	*ret = cut(u, k < stop ? k : stop,
		   k < stop ? trim_end(u, k, stop) : stop);
	*i = stop < end ? stop + 1 : end;
	return true;
}

static bool begins_value(const struct units *u, size_t i)
{
	return has_word(u, i, "value ") && i + 6 < u->n &&
	       unit(u, i + 6) >= '0' && unit(u, i + 6) <= '9';
}

/* Where the value at @i ends: before the next value or key.  NOWHERE if that
 * is not seen.  */
static size_t value_end(const struct units *u, size_t i, bool last)
{
	/* Ends: each turn takes a line.  */
	for (;;) {
		i = line_end(u, i, last);
		if (i == NOWHERE)
			return NOWHERE;
		if (i++ >= u->n)
			return u->n;
		if (!last && u->n - i < SEEN_UNITS)
			return NOWHERE;
		if (i >= u->n || begins_value(u, i) ||
		    has_word(u, i, REG_DUMP_KEY))
			return i;
	}
}

static void set_type(const struct reg_text *t, struct span word,
		     struct reg_record *r)
{
	struct units u = units_of(t, word);

	r->type = TYPE_UNKNOWN;
	r->form = REG_DUMP;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (u.n == strlen(types[i].word) &&
		    has_word(&u, 0, types[i].word)) {
			r->type = types[i].type;
			r->form = types[i].form;
			return;
		}
}

/* The data behind "  Data:" at @i, up to @end.  */
static bool value_data(const struct units *u, size_t i, size_t end,
		       struct reg_record *r)
{
	size_t blanks = 0, to = trim_end(u, i, end);

	for (; i < to && blanks < DATA_BLANKS && unit(u, i) == ' '; blanks++)
		i++;
	if (r->form == REG_DUMP)
		while (i < to && (is_blank(unit(u, i)) || unit(u, i) == '\n'))
			i++;
	if (r->form == REG_DWORD) {
		if (!has_word(u, i, "0x") || i + 2 >= to)
			return false;
		i += 2;
		for (size_t k = i; k < to; k++)
			if (digit(unit(u, k)) < 0 || k - i == 8)
				return false;
	}
	r->data = cut(u, i, to);
	return true;
}

static void value(const struct reg_text *t, const struct units *u, size_t i,
		  size_t end, struct reg_record *r)
{
	struct span word = { 0 };
	struct units name;

	r->kind = REG_BAD;
	err_set(&r->bad, ERR_VALUE, cut(u, i, i).at,
		"it has no name, no type or no data", 0, unit(u, i));
	i = line_end(u, i, true);
	i = i < end ? i + 1 : end;
	if (!field(u, &i, end, "  name:", &r->name) ||
	    !field(u, &i, end, "  type:", &word) ||
	    i >= end || !has_word(u, i, "  data:"))
		return;
	set_type(t, word, r);
	if (!value_data(u, i + strlen("  data:"), end, r))
		return;
	r->kind = REG_VALUE;
	r->bad = (struct err){ 0 };
	name = units_of(t, r->name);
	if (name.n == strlen("<no name>") && has_word(&name, 0, "<no name>"))
		r->name.n = 0;
}

/* A line outside of values.  */
static void line(const struct units *u, size_t i, size_t end,
		 struct reg_record *r)
{
	struct span class_name;

	if (i >= end || unit(u, i) == '\n' ||
	    field(u, &i, end, "class name:", &class_name))
		return;
	if (field(u, &i, end, REG_DUMP_KEY, &r->name)) {
		r->kind = REG_KEY;
	} else if (field(u, &i, end, "last write time:", &r->data)) {
		r->kind = REG_TIME;
	} else {
		r->kind = REG_BAD;
		err_set(&r->bad, ERR_VALUE, cut(u, i, i).at,
			"it is no key and no value", 0, unit(u, i));
	}
}

static size_t count_lines(const struct units *u, size_t end)
{
	struct units seen = *u;
	size_t n = 0;

	seen.n = end;
	for (size_t i = 0; (i = find(&seen, i, '\n')) != NOWHERE; i++)
		n++;
	return n > 0 ? n : 1;
}

int reg_dump_record_parse(const struct reg_text *t, struct span text,
			  bool last, struct reg_record *ret,
			  struct err *reterr)
{
	struct units u = units_of(t, text);
	struct reg_record r = { .kind = REG_NOTHING };
	bool is_value = begins_value(&u, 0);
	size_t end;

	if (is_value) {
		end = value_end(&u, 0, last);
	} else {
		end = line_end(&u, 0, last);
		if (end != NOWHERE && end < u.n)
			end++;
	}
	if (end == NOWHERE || (!last && end >= u.n && !is_value &&
			       (u.n == 0 || unit(&u, u.n - 1) != '\n')))
		return err_set(reterr, ERR_TRUNCATED, text.at,
			       "record of a registry dump", text.n + 1,
			       text.n);
	if (is_value)
		value(t, &u, 0, end, &r);
	else
		line(&u, skip_blanks(&u, 0), end, &r);
	r.lines = count_lines(&u, end);
	r.size = end < u.n ? cut(&u, 0, end).n : text.n;
	*ret = r;
	return 0;
}

static bool hex_pair(const struct units *u, size_t i, uint32_t *ret)
{
	int high = i + 1 < u->n ? digit(unit(u, i)) : -1;
	int low = high >= 0 ? digit(unit(u, i + 1)) : -1;

	if (low < 0)
		return false;
	*ret = (uint32_t)(high << 4 | low);
	return true;
}

/* The offset that a line begins with, eight digits and three blanks.  */
static bool begin_line(const struct units *u, struct reg_dump_place *at)
{
	uint32_t offset = 0;

	if (u->n - at->unit < 11 || at->n % LINE_BYTES != 0)
		return false;
	for (size_t i = 0; i < 8; i++) {
		int d = digit(unit(u, at->unit + i));

		if (d < 0)
			return false;
		offset = offset << 4 | (uint32_t)d;
	}
	if (offset != at->n || !has_word(u, at->unit + 8, "   "))
		return false;
	at->unit += 11;
	at->in_line = 0;
	return true;
}

/* Behind the letters that the line shows beside its bytes.  */
static void end_line(const struct units *u, struct reg_dump_place *at)
{
	size_t end = line_end(u, at->unit, true);

	at->unit = end < u->n ? end + 1 : u->n;
	at->in_line = 0;
}

bool reg_dump_byte(const struct units *u, struct reg_dump_place *at,
		   uint32_t *ret)
{
	/* Behind a blank, or in the middle of a line a dash.  */
	if (at->in_line > 0) {
		size_t i = at->unit + (at->in_line == HALF_LINE &&
				       has_word(u, at->unit, " - ") ? 3 : 1);

		if (at->in_line < LINE_BYTES && has_word(u, at->unit, " ") &&
		    hex_pair(u, i, ret)) {
			at->unit = i + 2;
			at->in_line++;
			at->n++;
			return true;
		}
		end_line(u, at);
	}
	if (at->unit >= u->n || !begin_line(u, at) ||
	    !hex_pair(u, at->unit, ret))
		return false;
	at->unit += 2;
	at->in_line = 1;
	at->n++;
	return true;
}
