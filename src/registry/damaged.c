/*
 * damaged.c - records of which one field is damaged
 *
 * A list names the cell of each key and value, so that a record without its
 * signature is still known for what it is, if all else in it holds: the cell
 * ends where its name does, its type is one that there is, its data lie in a
 * cell in use that has room for them; or, of a key, it names the parent that
 * lists it.  The name is told twice as well: by its length and its flag in the
 * record, and by the hash of its letters in the list of subkeys; of a value, by
 * the form that Windows gives to those of its key, or by who looks for it.
 *
 * With two fields damaged, a record is not read.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/guid.h"
#include "registry/findings.h"
#include "registry/hive_internal.h"

/* Cells are made in steps of eight bytes.  */
#define CELL_STEP 8

/* The registry's own limits, in characters.  */
#define KEY_NAME_MAX_CHARS 255
#define VALUE_NAME_MAX_CHARS 16383

/* Types below are those of winnt.h; device properties have types of their own
 * with this in the upper half.  */
#define VALUE_TYPES 12
#define PROPERTY_TYPE 0xffffu

/* So many characters of UTF-16 are not all made of two letters of ASCII by
 * chance.  */
#define LOST_FLAG_MIN_BYTES 8

static void say(struct hive *h, const struct hive_record *record, size_t n,
		const char *structure, struct text name, const char *what)
{
	hive_report(h, &FINDING_RECORD_FIELD,
		    (struct hive_place){ record->bytes.at, n, structure },
		    "the %s record at byte %llu is read as \"%s\", although "
		    "%s.", structure, (unsigned long long)record->bytes.at,
		    name.utf8, what);
}

static void say_value(struct hive *h, struct hive_record *record,
		      const struct regf_value *v, const char *what)
{
	record->doubtful = true;
	say(h, record, v->record_size, "vk",
	    hive_name_text(h, v->name, v->name_is_8bit), what);
}

static void say_key(struct hive *h, const struct hive_record *record,
		    const struct regf_key *k, const char *what)
{
	say(h, record, k->size, "nk",
	    hive_name_text(h, k->name, k->name_is_8bit), what);
}

static struct span behind(const struct hive_record *record, size_t head)
{
	struct span s = { 0 };

	span_sub(record->bytes, head, record->bytes.n - head, &s);
	return s;
}

static void set_value_name(struct regf_value *v, struct span bytes, size_t n,
			   bool is_8bit)
{
	span_sub(bytes, 0, n, &v->name);
	v->name_is_8bit = is_8bit;
	v->record_size = REGF_VALUE_HEAD_BYTES + n;
}

static bool is_letter(uint8_t c)
{
	return c >= ' ' && c <= '~';
}

static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.p[i]))
			return false;
	return true;
}

void hive_say_lost_flag(struct hive *h, struct hive_record *record,
			const struct regf_value *v)
{
	if (v->name_is_8bit || h->cells.layout.nt31 ||
	    v->name.n < LOST_FLAG_MIN_BYTES || !is_printable(v->name))
		return;
	say_value(h, record, v,
		  arena_printf(h->arena, "read with one byte for each letter, "
			       "it is \"%s\": the flag that says so may be "
			       "damaged",
			       text_from_latin1(h->arena, v->name).utf8));
}

/* A name of no known form may well be longer than one, and begin like it.  */
static bool length_is_wrong(const struct regf_value *v, size_t n)
{
	return n > v->name.n ||
	       (n < v->name.n &&
		!hive_name_is_text(v->name, v->name_is_8bit));
}

/* How many of @bytes, which begin where a name does and end with its cell, are
 * one of @names.  */
static size_t find_name(const struct hive_names *names, struct span bytes,
			bool is_8bit)
{
	const size_t n = is_8bit ? names->wanted.n / 2 : names->wanted.n;
	struct span name;

	if (names->form != NULL)
		return names->form(bytes, is_8bit);
	return n > 0 && bytes.n < n + CELL_STEP &&
	       span_sub(bytes, 0, n, &name) &&
	       regf_name_equal(name, is_8bit, names->wanted) ? n : 0;
}

/* Whether @name, as a record has it, is one of @names.  */
static bool is_name(const struct hive_names *names, struct span name,
		    bool is_8bit)
{
	return name.n > 0 && find_name(names, name, is_8bit) == name.n;
}

bool hive_mend_value_name(struct hive *h, const struct hive_names *names,
			  struct hive_record *record, struct regf_value *v)
{
	struct span bytes = behind(record, REGF_VALUE_HEAD_BYTES);
	size_t n;

	if (is_name(names, v->name, v->name_is_8bit))
		return false;
	n = find_name(names, bytes, v->name_is_8bit);
	if (n > 0) {
		if (!length_is_wrong(v, n))
			return false;
		set_value_name(v, bytes, n, v->name_is_8bit);
		say_value(h, record, v, "the length of its name is damaged");
		return true;
	}
	if (!h->cells.layout.nt31 &&
	    is_name(names, v->name, !v->name_is_8bit)) {
		set_value_name(v, bytes, v->name.n, !v->name_is_8bit);
		say_value(h, record, v, "the flag for its character encoding "
			  "is damaged");
		return true;
	}
	return false;
}

static bool type_is_known(uint32_t type)
{
	return type < VALUE_TYPES || type >> 16 == PROPERTY_TYPE;
}

/* Whether data lies where the record says, with room for it.  */
static bool data_is_there(struct hive *h, const struct regf_value *v)
{
	struct cell c;

	if (v->data_inline || v->size == 0)
		return v->size <= REGF_INLINE_BYTES;
	return cells_get(&h->cells, v->data_offset, &c, NULL) == 0 &&
	       c.in_use && c.size >= v->size;
}

static bool ends_with_its_cell(const struct hive_record *record, size_t n)
{
	return record->bytes.n - n < CELL_STEP;
}

/* How many of @bytes are the text with which their cell ends, but for what
 * fills it up; 0 where there is none.  */
static size_t text_to_the_end(struct span bytes, bool is_8bit, size_t max_chars)
{
	const size_t step = is_8bit ? 1 : 2;
	struct span c;
	size_t n = 0;

	while (n < step * max_chars && span_sub(bytes, n, step, &c) &&
	       hive_name_is_text(c, is_8bit))
		n += step;
	return bytes.n - n < CELL_STEP ? n : 0;
}

/* Of a value whose cell has no room for its name, where no form tells it.  */
static bool mend_cut_text(struct hive *h, struct hive_record *record,
			  struct span bytes, struct regf_value *v)
{
	const size_t n = text_to_the_end(bytes, v->name_is_8bit,
					 VALUE_NAME_MAX_CHARS);

	if (n == 0 || !type_is_known(v->type) || !data_is_there(h, v))
		return false;
	set_value_name(v, bytes, n, v->name_is_8bit);
	say_value(h, record, v, "the length of its name is damaged: the name "
		  "ends with its cell, or some letters earlier");
	return true;
}

/* Of a record that is signed, and whose cell has no room for its name: what was
 * decoded of that ends with the cell, as the name itself may.  */
static bool mend_cut_name(struct hive *h, const struct hive_names *names,
			  struct hive_record *record, struct regf_value *v)
{
	struct span bytes = behind(record, REGF_VALUE_HEAD_BYTES);
	size_t n;

	if (record->bytes.p[0] != 'v' || record->bytes.p[1] != 'k')
		return false;
	n = find_name(names, bytes, v->name_is_8bit);
	if (n == 0)
		return mend_cut_text(h, record, bytes, v);
	set_value_name(v, bytes, n, v->name_is_8bit);
	say_value(h, record, v, "the length of its name is damaged");
	return true;
}

static bool is_unsigned_value(struct hive *h, const struct hive_record *record,
			      const struct hive_names *names,
			      const struct regf_value *v)
{
	/* Another record has its own signature.  */
	return regf_record_bytes(record->bytes) == 0 &&
	       (is_name(names, v->name, v->name_is_8bit) ||
		ends_with_its_cell(record, v->record_size)) &&
	       hive_name_is_text(v->name, v->name_is_8bit) &&
	       type_is_known(v->type) && data_is_there(h, v);
}

bool hive_read_damaged_value(struct hive *h, uint32_t cell,
			     const struct hive_names *names,
			     struct regf_value *ret,
			     struct hive_record *ret_record)
{
	struct hive_record record;
	struct regf_value v;

	if (hive_read_record(h, cell, &record, NULL) < 0 || !record.in_use ||
	    !regf_value_decode(record.bytes, h->cells.layout, &v))
		return false;
	if (is_unsigned_value(h, &record, names, &v))
		say_value(h, &record, &v, "its signature is damaged");
	else if (!mend_cut_name(h, names, &record, &v))
		return false;
	*ret = v;
	*ret_record = record;
	return true;
}

static void set_key_name(struct regf_key *k, struct span bytes, size_t n,
			 bool is_8bit)
{
	span_sub(bytes, 0, n, &k->name);
	k->name_is_8bit = is_8bit;
	k->size = REGF_KEY_HEAD_BYTES + n;
}

/* Whether the list has just this name.  Of the first characters of one, an lf
 * list says too little to choose among lengths.  */
static bool has_hint(const struct hive_listed *l, struct span name,
		     bool is_8bit)
{
	return l->kind == REGF_LIST_LH && hive_name_is_text(name, is_8bit) &&
	       get_le32(*(const le32 *)l->hint) ==
	       regf_name_hash(name, is_8bit);
}

/* The same of a name of the other kind of letters than the record says, of
 * which four in an lf list say enough.  */
static bool has_other_hint(const struct hive_listed *l, struct span name,
			   bool is_8bit)
{
	if (l->kind == REGF_LIST_LF)
		return is_8bit && l->hint[0] != 0 && is_printable(name) &&
		       regf_name_begins(name, true, l->hint);
	return has_hint(l, name, is_8bit);
}

/* "{3f8c2a10-9d1e-11eb-8a01-525400c01d01}", of one byte each.  */
#define BRACED_GUID_CHARS (GUID_TEXT_CHARS + 2)

static bool begins_as_guid(struct span s)
{
	char text[BRACED_GUID_CHARS + 1] = "";
	struct guid g;

	if (s.n < BRACED_GUID_CHARS)
		return false;
	memcpy(text, s.p, BRACED_GUID_CHARS);
	return text[0] == '{' && text[BRACED_GUID_CHARS - 1] == '}' &&
	       guid_parse(text + 1, &g);
}

/* Where no hash tells the length, the form of a GUID does, if the cell ends
 * with it: of a name that ends within it, or that goes on behind it with what
 * is no text.  */
static bool mend_guid_length(struct hive *h, const struct hive_record *record,
			     struct span bytes, bool cut, struct regf_key *k)
{
	if (!k->name_is_8bit || k->name.n == BRACED_GUID_CHARS ||
	    !begins_as_guid(bytes) ||
	    !ends_with_its_cell(record, REGF_KEY_HEAD_BYTES +
				BRACED_GUID_CHARS) ||
	    (k->name.n > BRACED_GUID_CHARS && !cut &&
	     hive_name_is_text(k->name, true)))
		return false;
	set_key_name(k, bytes, BRACED_GUID_CHARS, true);
	say_key(h, record, k, "the length of its name is damaged");
	return true;
}

/* Of a name that its cell has no room for, where no hash tells the length: the
 * text with which the cell ends, but for what fills it up.  */
static bool mend_cut_key_name(struct hive *h, const struct hive_listed *l,
			      const struct hive_record *record,
			      struct span bytes, struct regf_key *k)
{
	const size_t n = text_to_the_end(bytes, k->name_is_8bit,
					 KEY_NAME_MAX_CHARS);
	struct span name;

	if (n == 0 || !span_sub(bytes, 0, n, &name) ||
	    regf_hint_differs(l->kind, l->hint, name, k->name_is_8bit))
		return false;
	set_key_name(k, bytes, n, k->name_is_8bit);
	say_key(h, record, k, "the length of its name is damaged: the name "
		"ends with its cell, or some letters earlier");
	return true;
}

bool hive_mend_key_name(struct hive *h, const struct hive_listed *l,
			const struct hive_record *record, bool cut,
			struct regf_key *k)
{
	struct span bytes = behind(record, REGF_KEY_HEAD_BYTES);
	const size_t step = k->name_is_8bit ? 1 : 2;

	if (k->parent != l->parent)
		return false;
	if (has_hint(l, k->name, k->name_is_8bit)) {
		if (!cut)
			return false;
		say_key(h, record, k, "the length of its name is damaged");
		return true;
	}
	if (!h->cells.layout.nt31 &&
	    has_other_hint(l, k->name, !k->name_is_8bit)) {
		k->name_is_8bit = !k->name_is_8bit;
		say_key(h, record, k, "the flag for its character encoding is "
			"damaged");
		return true;
	}
	if (l->kind != REGF_LIST_LH)
		return mend_guid_length(h, record, bytes, cut, k) ||
		       (cut && mend_cut_key_name(h, l, record, bytes, k));
	for (size_t n = step;
	     n <= bytes.n && n <= step * KEY_NAME_MAX_CHARS; n += step) {
		struct span name = { bytes.p, n, bytes.at };

		if (!ends_with_its_cell(record, REGF_KEY_HEAD_BYTES + n) ||
		    !has_hint(l, name, k->name_is_8bit))
			continue;
		set_key_name(k, bytes, n, k->name_is_8bit);
		say_key(h, record, k, "the length of its name is damaged");
		return true;
	}
	return false;
}

/* What a letter in place of another adds to the hash, @power being 37 to the
 * number of letters behind it.  */
static uint32_t hash_step(uint8_t from, uint8_t to, uint32_t power)
{
	return (regf_upcase(to) - regf_upcase(from)) * power;
}

/* The one bit of the name @s without which its hash were more by @step; false:
 * there is none, or several.  */
static bool find_bit(struct span s, uint32_t step, size_t *ret_at,
		     uint8_t *ret_letter)
{
	uint32_t power = 1;
	size_t n = 0;

	for (size_t i = s.n; i-- > 0; power *= 37)
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t c = s.p[i] ^ (uint8_t)(1u << bit);

			if (!is_letter(c) ||
			    hash_step(s.p[i], c, power) != step)
				continue;
			n++;
			*ret_at = i;
			*ret_letter = c;
		}
	return n == 1;
}

bool hive_mend_key_letter(struct hive *h, const struct hive_listed *l,
			  const struct hive_record *record, struct regf_key *k)
{
	uint32_t want = get_le32(*(const le32 *)l->hint), have, changed;
	uint8_t *name, letter = 0;
	size_t at = 0;

	if (l->kind != REGF_LIST_LH || k->parent != l->parent ||
	    !k->name_is_8bit || k->name.n > KEY_NAME_MAX_CHARS)
		return false;
	have = regf_name_hash(k->name, true);
	changed = have ^ want;
	/* None; or one bit of the hash, which may be the damaged one.  */
	if ((changed & (changed - 1)) == 0 ||
	    !find_bit(k->name, want - have, &at, &letter))
		return false;
	name = arena_copy(h->arena, k->name.p, k->name.n);
	if (name == NULL)
		return false;
	name[at] = letter;
	if (!is_printable((struct span){ name, k->name.n, 0 }))
		return false;
	k->name.p = name;
	say_key(h, record, k, "a letter of its name is damaged: the hash in "
		"the list of subkeys shows which");
	return true;
}

static bool is_unsigned_key(const struct hive_listed *l,
			    const struct hive_record *record,
			    const struct regf_key *k)
{
	return regf_record_bytes(record->bytes) == 0 &&
	       k->parent == l->parent &&
	       ends_with_its_cell(record, k->size) &&
	       hive_name_is_text(k->name, k->name_is_8bit) &&
	       !regf_hint_differs(l->kind, l->hint, k->name, k->name_is_8bit);
}

bool hive_read_damaged_key(struct hive *h, const struct hive_listed *l,
			   struct regf_key *ret,
			   struct hive_record *ret_record)
{
	struct hive_record record;
	struct regf_key k;

	if (hive_read_record(h, l->cell, &record, NULL) < 0 ||
	    !record.in_use ||
	    !regf_key_decode(record.bytes, h->cells.layout, &k))
		return false;
	if (is_unsigned_key(l, &record, &k))
		say_key(h, &record, &k, "its signature is damaged");
	else if (record.bytes.p[0] != 'n' || record.bytes.p[1] != 'k' ||
		 !hive_mend_key_name(h, l, &record, true, &k))
		return false;
	*ret = k;
	*ret_record = record;
	return true;
}
