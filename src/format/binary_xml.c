/*
 * binary_xml.c - XML in the form of event logs
 *
 * A stream of tokens; bit 0x40 says that more of the kind follow:
 *
 *   TOKEN  MEANING, AND WHAT FOLLOWS
 *      00  end
 *      01  an element opens: in a template, dependency (2); size (4), name (4);
 *          and with bit 0x40 the size (4) of its attributes
 *      02  its attributes end; 03 and so does the element
 *      04  the element closes
 *      05  text: type (1), characters (2), UTF-16LE
 *      06  an attribute: name (4); its value is the token behind
 *      07  CDATA: characters (2), UTF-16LE
 *      08  a character: code (2)
 *      09  an entity: name (4)
 *      0a  a processing instruction: name (4); 0b its text, as CDATA
 *      0c  a template is used: 1 (1), id (4), offset of the template (4); then,
 *          if that offset is just here, the template; then its values
 *      0d  a value of the template: index (2), type (1); 0e the same, optional
 *      0f  head of a fragment: version and flags (3)
 *
 * A name is an offset in the chunk.  If that offset is just behind, the name
 * itself is there: next (4), hash (2), characters (2), UTF-16LE, NUL.
 *
 * A template: next (4), GUID (16), whose first four bytes are its id, size (4),
 * tokens.  Values: number (4), for each its size (2), type (1) and a zero; then
 * their bytes, one behind the other.  A value of type 0x21 is binary XML again.
 *
 * Such a value, and an event as another machine sent it, has elements outside
 * of any template, too.  Only the place tells whether there is a dependency: a
 * name whose `next' is 0 makes both ways to read it look right.
 *
 * Why this is not left to libevtx (20181227), which reads the same: it builds
 * the whole XML first, so that a record of one kilobyte that uses its template
 * inside itself, a hundred times on each of four levels, costs it 22 seconds
 * and then fails at 4 GiB; to tell such a record from others takes a reader of
 * binary XML.  It gives names of fields as XML text only, values as text, and
 * where the bytes of a value lie not at all.  Its archive also has 774
 * functions in common with that of libfsntfs, of another year; linked with each
 * other, one would run the other's.  Tests hold this reader against it.
 *
 * Sources: libyal, libevtx, "Windows XML Event Log (EVTX) format", "Binary
 * XML"; [MS-EVEN6] 2.2.12.
 */
#include "format/binary_xml.h"

#include <assert.h>

#include "base/bytes.h"
#include "base/utf16.h"

/* An event of Windows is two templates, one in the other, and four elements
 * deep.  */
#define MAX_FRAGMENTS 8
#define MAX_DEPTH 32

/* ETW takes no more than 128 items of data with an event.  */
#define MAX_VALUES 512

#define TOKEN_MASK 0x1fu	/* without "more follow" */
#define TOKEN_MORE 0x40u

enum token {
	TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE_START, TOKEN_CLOSE_EMPTY,
	TOKEN_CLOSE, TOKEN_TEXT, TOKEN_ATTRIBUTE, TOKEN_CDATA, TOKEN_CHARACTER,
	TOKEN_ENTITY, TOKEN_PI, TOKEN_PI_TEXT, TOKEN_TEMPLATE, TOKEN_VALUE,
	TOKEN_OPTIONAL_VALUE, TOKEN_FRAGMENT,
};

struct name_disk {
	le32 next;
	le16 hash;
	le16 chars;
};
static_assert(sizeof(struct name_disk) == 8, "binary XML name");

struct template_disk {
	le32 next;
	le32 id;		/* the GUID's first group */
	uint8_t guid_4[12];
	le32 size;
};
static_assert(sizeof(struct template_disk) == 24, "binary XML template");

struct value_disk {
	le16 size;
	uint8_t type;
	uint8_t zero;
};
static_assert(sizeof(struct value_disk) == 4, "binary XML value");

/* The values that a template is used with.  */
struct values {
	uint32_t n;
	struct span heads;	/* of struct value_disk */
	struct span data;
	uint32_t offset[MAX_VALUES];	/* in data */
};

struct element {
	struct span element;	/* its name */
	struct span name;	/* what its attribute Name says */
};

struct walk {
	struct span chunk;
	uint32_t *budget;
	binary_xml_fn fn;
	void *ctx;
	struct element open[MAX_DEPTH];
	unsigned depth;
	struct span attribute;	/* n 0: not in one */
	struct err *reterr;
};

static int fail(struct walk *w, enum err_code code, const struct cur *c,
		const char *what, uint64_t want, uint64_t got)
{
	return err_set(w->reterr, code, c->left.at, what, want, got);
}

/* The name at @off of the chunk; *@ret_bytes: all that it takes there.  */
static bool name_at(struct span chunk, uint64_t off, struct span *ret,
		    size_t *ret_bytes)
{
	const struct name_disk *d = span_view(chunk, off, struct name_disk);
	size_t n = d == NULL ? 0 : 2 * (size_t)get_le16(d->chars);

	if (n == 0 || !span_sub(chunk, off + sizeof(*d), n, ret) ||
	    !span_has(chunk, off + sizeof(*d) + n, "\0", 2))
		return false;
	*ret_bytes = sizeof(*d) + n + 2;
	return true;
}

/* The name whose offset @off was read from the cursor; it is passed if it lies
 * just here.  */
static int take_name(struct walk *w, struct cur *c, uint32_t off,
		     struct span *ret)
{
	uint64_t here = c->left.at - w->chunk.at;
	size_t bytes;

	if (!name_at(w->chunk, off, ret, &bytes))
		return fail(w, ERR_VALUE, c, "binary XML: offset of a name",
			    w->chunk.n, off);
	/* Padding may stand before it.  */
	if (off >= here && off - here < c->left.n)
		cur_take(c, (size_t)(off - here) + bytes, "binary XML: name");
	return 0;
}

static int open_element(struct walk *w, struct cur *c, bool attributes,
			bool in_template)
{
	struct element *e = &w->open[w->depth];
	uint32_t name;
	int r;

	if (w->depth == MAX_DEPTH)
		return fail(w, ERR_LIMIT, c, "binary XML: nested elements",
			    MAX_DEPTH, MAX_DEPTH + 1);
	if (in_template)
		cur_le16(c, "binary XML: dependency");
	cur_le32(c, "binary XML: size of an element");
	name = cur_le32(c, "binary XML: element");
	*e = (struct element){ 0 };
	r = take_name(w, c, name, &e->element);
	if (r < 0)
		return r;
	if (attributes)
		cur_le32(c, "binary XML: size of attributes");
	w->attribute.n = 0;
	w->depth++;
	return 0;
}

static int close_element(struct walk *w, const struct cur *c, unsigned floor)
{
	if (w->depth == floor)
		return fail(w, ERR_VALUE, c,
			    "binary XML: end of an element that is not open",
			    0, 0);
	w->attribute.n = 0;
	w->depth--;
	return 0;
}

/* Give out a value; one outside of the root element means nothing.  */
static int give(struct walk *w, unsigned type, struct span data)
{
	struct binary_xml_value v = {
		.attribute = w->attribute, .type = type, .data = data,
	};
	struct element *e;

	if (w->depth == 0)
		return 0;
	e = &w->open[w->depth - 1];
	if (v.attribute.n > 0 && utf16_equals_ascii(v.attribute, "Name") &&
	    type == BINARY_XML_STRING)
		e->name = data;
	v.element = e->element;
	v.name = e->name;
	if (w->depth > 1)
		v.section = w->open[1].element;
	return w->fn(w->ctx, &v);
}

static struct span take_chars(struct cur *c)
{
	size_t n = cur_le16(c, "binary XML: length of a text");

	return cur_take(c, 2 * n, "binary XML: text");
}

static int take_text(struct walk *w, struct cur *c)
{
	unsigned type = cur_u8(c, "binary XML: type of a text");
	struct span s = take_chars(c);

	if (c->err.code != 0)
		return cur_end(c, w->reterr);
	return give(w, type, s);
}

static int take_values(struct walk *w, struct cur *c, struct values *v)
{
	uint64_t sum = 0;

	v->n = cur_le32(c, "binary XML: number of values");
	if (v->n > MAX_VALUES)
		return fail(w, ERR_LIMIT, c, "binary XML: values of a template",
			    MAX_VALUES, v->n);
	v->heads = cur_take(c, v->n * sizeof(struct value_disk),
			    "binary XML: values");
	if (c->err.code != 0)
		return cur_end(c, w->reterr);
	for (uint32_t i = 0; i < v->n; i++) {
		v->offset[i] = (uint32_t)sum;
		sum += get_le16(span_view(v->heads,
					  i * sizeof(struct value_disk),
					  struct value_disk)->size);
	}
	v->data = cur_take(c, (size_t)sum, "binary XML: values");
	return cur_end(c, w->reterr);
}

/* Find the template at @off; one that lies just here is passed.  */
static int take_template(struct walk *w, struct cur *c, struct span *ret)
{
	uint32_t id, off;
	const struct template_disk *d;

	cur_u8(c, "binary XML: template");
	id = cur_le32(c, "binary XML: id of a template");
	off = cur_le32(c, "binary XML: offset of a template");
	if (c->err.code != 0)
		return cur_end(c, w->reterr);
	d = span_view(w->chunk, off, struct template_disk);
	if (d == NULL || !span_sub(w->chunk, off + (uint64_t)sizeof(*d),
				   get_le32(d->size), ret))
		return fail(w, ERR_VALUE, c,
			    "binary XML: offset of a template", w->chunk.n,
			    off);
	/* In space that is used again, another may have come to lie there.  */
	if (get_le32(d->id) != id)
		return fail(w, ERR_VALUE, c, "binary XML: id of a template",
			    id, get_le32(d->id));
	if (off == c->left.at - w->chunk.at)
		cur_take(c, sizeof(*d) + ret->n, "binary XML: template");
	return cur_end(c, w->reterr);
}

/* @values: those that the template @s is used with; NULL: @s is none.  */
static int walk_fragment(struct walk *w, struct span s,
			 const struct values *values, unsigned fragments);

/* Ends: each level is one of MAX_FRAGMENTS.  */
static int use_template(struct walk *w, struct cur *c, unsigned fragments)
{
	struct values values;
	struct span tokens;
	int r = take_template(w, c, &tokens);

	if (r == 0)
		r = take_values(w, c, &values);
	if (r < 0)
		return r;
	return walk_fragment(w, tokens, &values, fragments + 1);
}

static int use_value(struct walk *w, struct cur *c, const struct values *values,
		     unsigned fragments)
{
	uint16_t i = cur_le16(c, "binary XML: index of a value");
	const struct value_disk *d;
	struct span data;

	cur_u8(c, "binary XML: type of a value");
	if (c->err.code != 0)
		return cur_end(c, w->reterr);
	if (values == NULL || i >= values->n)
		return fail(w, ERR_VALUE, c, "binary XML: index of a value",
			    values == NULL ? 0 : values->n, i);
	d = span_view(values->heads, i * sizeof(*d), struct value_disk);
	span_sub(values->data, values->offset[i], get_le16(d->size), &data);
	/* Where there is no value, what its bytes are is left over.  */
	if (d->type == BINARY_XML_NULL)
		data.n = 0;
	if (d->type == BINARY_XML_XML)
		return walk_fragment(w, data, NULL, fragments + 1);
	return give(w, d->type, data);
}

static int take_attribute(struct walk *w, struct cur *c)
{
	uint32_t off = cur_le32(c, "binary XML: attribute");

	if (c->err.code != 0)
		return cur_end(c, w->reterr);
	return take_name(w, c, off, &w->attribute);
}

/* Entities and instructions: passed, since no value that we look for holds
 * one.  */
static int pass_name(struct walk *w, struct cur *c)
{
	uint32_t off = cur_le32(c, "binary XML: entity");
	struct span name;

	if (c->err.code != 0)
		return cur_end(c, w->reterr);
	return take_name(w, c, off, &name);
}

static int walk_token(struct walk *w, struct cur *c, unsigned token,
		      const struct values *values, unsigned fragments,
		      unsigned floor)
{
	switch (token & TOKEN_MASK) {
	case TOKEN_FRAGMENT:
		cur_take(c, 3, "binary XML: head of a fragment");
		return 0;
	case TOKEN_OPEN:
		return open_element(w, c, (token & TOKEN_MORE) != 0,
				    values != NULL);
	case TOKEN_CLOSE_START:
		w->attribute.n = 0;
		return 0;
	case TOKEN_CLOSE_EMPTY:
	case TOKEN_CLOSE:
		return close_element(w, c, floor);
	case TOKEN_TEXT:
		return take_text(w, c);
	case TOKEN_ATTRIBUTE:
		return take_attribute(w, c);
	case TOKEN_CDATA:
	case TOKEN_PI_TEXT:
		take_chars(c);
		return 0;
	case TOKEN_CHARACTER:
		cur_le16(c, "binary XML: character");
		return 0;
	case TOKEN_ENTITY:
	case TOKEN_PI:
		return pass_name(w, c);
	case TOKEN_TEMPLATE:
		return use_template(w, c, fragments);
	case TOKEN_VALUE:
	case TOKEN_OPTIONAL_VALUE:
		return use_value(w, c, values, fragments);
	}
	return fail(w, ERR_VALUE, c, "binary XML: token", TOKEN_FRAGMENT,
		    token);
}

/* Ends: each token takes one byte at least, and one of the budget.  */
static int walk_fragment(struct walk *w, struct span s,
			 const struct values *values, unsigned fragments)
{
	unsigned floor = w->depth;
	struct cur c = cur_of(s);

	if (fragments > MAX_FRAGMENTS)
		return fail(w, ERR_LIMIT, &c, "binary XML: nested fragments",
			    MAX_FRAGMENTS, fragments);
	while (c.left.n > 0) {
		unsigned token = cur_u8(&c, "binary XML: token");
		int r;

		if (token == TOKEN_END)
			break;
		if (*w->budget == 0)
			return fail(w, ERR_LIMIT, &c, "binary XML: tokens", 0,
				    1);
		--*w->budget;
		r = walk_token(w, &c, token, values, fragments, floor);
		if (r != 0)
			return r;
		if (c.err.code != 0)
			return cur_end(&c, w->reterr);
	}
	if (w->depth != floor)
		return fail(w, ERR_TRUNCATED, &c,
			    "binary XML: elements that are not closed", 0,
			    w->depth - floor);
	return 0;
}

int binary_xml_walk(struct span chunk, struct span event, uint32_t *budget,
		    binary_xml_fn fn, void *ctx, struct err *reterr)
{
	struct walk w = {
		.chunk = chunk, .budget = budget, .fn = fn, .ctx = ctx,
		.reterr = reterr,
	};

	return walk_fragment(&w, event, NULL, 0);
}
