/*
 * names.c - the names in MountedDevices and in remote databases
 *
 *   \DosDevices\X:                 drive letter
 *   \??\Volume{guid}               volume name
 *   #{guid}                        the id in the data shall have no letter
 *
 * Source: ReactOS drivers/filters/mountmgr; hives of Windows 7 to 10.
 */
#include "mountmgr/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/count.h"
#include "format/remote_database.h"
#include "mountmgr/findings.h"
#include "mountmgr/names_internal.h"

/* Entries of 160 bytes, one for each volume that is mounted on this one: a
 * machine has tens of volumes.  */
#define REMOTE_DATABASE_MAX_BYTES (1u << 20)

/* Every device that was ever plugged in leaves a value or two: old machines
 * have hundreds.  No more are kept, nor more bytes of them, than can be kept
 * beside the rest of a report within 256 MiB.  */
#define MOUNTED_DEVICES_MAX 16384
#define NAMES_MAX_BYTES (120u << 20)

/* Where that is not enough, as on a host of backups, where each snapshot leaves
 * a volume name, the letters behind are what is asked for: one each, and what
 * damage may add, each with an id as long as a device's may be.  */
#define MORE_LETTERS_MAX 64
#define MORE_LETTERS_ID_BYTES 65536

/* The longest name that we know the form of, with its NUL.  */
#define KNOWN_NAME_CHARS (sizeof(VOLUME_PREFIX "}") + GUID_TEXT_CHARS)

/* Partitions begin with a sector.  */
#define SECTOR_BYTES 512

const char *const name_prefixes[] = {
	LETTER_PREFIX, VOLUME_PREFIX, NO_LETTER_PREFIX, NULL,
};

/* @name as ASCII; false if it is not ASCII or longer than any known form.  */
static bool ascii_name(struct span name, char buf[KNOWN_NAME_CHARS])
{
	size_t n = name.n / 2;

	if (name.n % 2 != 0 || n >= KNOWN_NAME_CHARS)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name.p[2 * i] >= 0x80 || name.p[2 * i + 1] != 0 ||
		    name.p[2 * i] == 0)
			return false;
		buf[i] = (char)name.p[2 * i];
	}
	buf[n] = '\0';
	return true;
}

int mountmgr_compare_names(const char *a, const char *b)
{
	return ascii_compare(a, b);
}

const char *mountmgr_name_title(const struct text *name)
{
	if (name->utf8 == NULL)
		return "?";
	return name->utf8[0] != '\0' ? name->utf8 : NAME_TITLE_DEFAULT;
}

static bool guid_and_brace(const char *s, struct guid *ret)
{
	return s != NULL && strlen(s) == GUID_TEXT_CHARS + 1 &&
	       s[GUID_TEXT_CHARS] == '}' && guid_parse(s, ret);
}

bool mountmgr_volume_guid(const char *name, struct guid *ret)
{
	return guid_and_brace(ascii_after(name, VOLUME_PREFIX), ret);
}

static char letter_and_colon(const char *s)
{
	char letter;

	if (s == NULL || s[0] == '\0' || strcmp(s + 1, ":") != 0)
		return 0;
	letter = ascii_upper(s[0]);
	return letter >= 'A' && letter <= 'Z' ? letter : 0;
}

bool name_parse(struct span name, struct mountmgr_name *ret)
{
	char s[KNOWN_NAME_CHARS] = "";

	ret->kind = NAME_OTHER;
	if (!ascii_name(name, s))
		return true;
	ret->letter = letter_and_colon(ascii_after(s, LETTER_PREFIX));
	if (ret->letter != 0) {
		ret->kind = NAME_DRIVE_LETTER;
		return s[sizeof(LETTER_PREFIX) - 1] == ret->letter &&
		       strncmp(s, LETTER_PREFIX,
			       sizeof(LETTER_PREFIX) - 1) == 0;
	}
	if (guid_and_brace(ascii_after(s, VOLUME_PREFIX), &ret->guid)) {
		ret->kind = NAME_VOLUME;
		return strncmp(s, VOLUME_PREFIX,
			       sizeof(VOLUME_PREFIX) - 1) == 0;
	}
	if (guid_and_brace(ascii_after(s, NO_LETTER_PREFIX), &ret->guid))
		ret->kind = NAME_NO_LETTER;
	return true;
}

/* The printable ASCII that @bytes begin with, as much as a known form has.  */
static size_t leading_ascii(struct span bytes, bool is_8bit,
			    char buf[KNOWN_NAME_CHARS])
{
	size_t n = 0, step = is_8bit ? 1 : 2;

	while (n + 1 < KNOWN_NAME_CHARS && (n + 1) * step <= bytes.n) {
		const uint8_t *p = bytes.p + n * step;

		if (p[0] < ' ' || p[0] > '~' || (!is_8bit && p[1] != 0))
			break;
		buf[n++] = (char)p[0];
	}
	buf[n] = '\0';
	return n;
}

size_t name_form(struct span bytes, bool is_8bit)
{
	static const size_t lengths[] = {
		sizeof(LETTER_PREFIX "X:") - 1,
		sizeof(NO_LETTER_PREFIX "}") - 1 + GUID_TEXT_CHARS,
		sizeof(VOLUME_PREFIX "}") - 1 + GUID_TEXT_CHARS,
	};
	char s[KNOWN_NAME_CHARS];
	size_t n = leading_ascii(bytes, is_8bit, s);
	struct guid g;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char after_it = s[lengths[i] <= n ? lengths[i] : n];

		if (lengths[i] > n)
			break;
		s[lengths[i]] = '\0';
		if (letter_and_colon(ascii_after(s, LETTER_PREFIX)) != 0 ||
		    guid_and_brace(ascii_after(s, NO_LETTER_PREFIX), &g) ||
		    guid_and_brace(ascii_after(s, VOLUME_PREFIX), &g))
			return lengths[i] * (is_8bit ? 1 : 2);
		s[lengths[i]] = after_it;
	}
	return 0;
}

struct text name_id_text(struct arena *a, const struct unique_id *id)
{
	struct span s = id->raw;

	if (id->kind != UNIQUE_ID_DEVICE)
		return (struct text){ 0 };
	if (id->text_is_utf16)
		return text_from_utf16(a, utf16_trim_nul(s));
	while (s.n > 0 && s.p[s.n - 1] == 0)
		s.n--;
	return text_from_latin1(a, s);
}

struct reader {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	const struct hive_key *key;
	struct mountmgr_names names;
	size_t n_uncounted;	/* of the names: in the list, but beyond its
				 * count */
	struct cites uncounted;
	bool full;		/* more names are there, and are not kept */
	uint32_t first_left;	/* then: the index of the first of those */
	size_t n_letters;	/* of those that were looked at all the same */
	bool letters_left;	/* not all of them were kept */
};

static bool is_full(const struct reader *r)
{
	return r->names.n == MOUNTED_DEVICES_MAX ||
	       arena_bytes(r->arena) > NAMES_MAX_BYTES;
}

/* Put the cites of @n into a finding about it.  */
static void cite_name(struct diag_list *d, struct diag *diag,
		      const struct mountmgr_name *n)
{
	if (diag != NULL)
		cites_join(d->arena, &diag->cites, &n->cites);
}

/* What is odd about a name or its id.  */
static void check_name(struct diag_list *d, const struct mountmgr_name *n,
		       bool well_spelled)
{
	if (!well_spelled)
		cite_name(d, diag_add(d, &FINDING_VOLUME_NAME_FORM,
				      "The name \"%s\" is not spelled as "
				      "Windows spells it; it is taken as if it "
				      "were.", n->name.utf8), n);
	if (n->id.kind == UNIQUE_ID_RAW &&
	    n->id.raw.n == UNIQUE_ID_DMIO_BYTES &&
	    unique_id_has_dmio_prefix(n->id.raw))
		cite_name(d, diag_add(d, &FINDING_UNIQUE_ID,
				      "The id of \"%s\" begins with DMIO:ID:, "
				      "but its data is incomplete; it is shown "
				      "raw.",
				      mountmgr_name_title(&n->name)), n);
	else if (n->id.kind == UNIQUE_ID_RAW &&
		 unique_id_has_dmio_prefix(n->id.raw))
		cite_name(d, diag_add(d, &FINDING_UNIQUE_ID,
				      "The id of \"%s\" begins with DMIO:ID: "
				      "but has %zu bytes, not 24; it is shown "
				      "raw.", mountmgr_name_title(&n->name),
				      n->id.raw.n), n);
	if (n->id.kind == UNIQUE_ID_MBR &&
	    n->id.offset < UNIQUE_ID_MBR_OFFSET_END &&
	    n->id.offset % SECTOR_BYTES != 0)
		cite_name(d, diag_add(d, &FINDING_UNIQUE_ID,
				      "The id of \"%s\" gives the byte offset "
				      "%llu, at which no sector begins.",
				      mountmgr_name_title(&n->name),
				      (unsigned long long)n->id.offset), n);
	if (n->id.kind == UNIQUE_ID_MBR &&
	    n->id.offset >= UNIQUE_ID_MBR_OFFSET_END)
		cite_name(d, diag_add(d, &FINDING_UNIQUE_ID,
				      "The id of \"%s\" gives the byte offset "
				      "%llu, which no MBR can hold.",
				      mountmgr_name_title(&n->name),
				      (unsigned long long)n->id.offset), n);
	if (unique_id_is_ambiguous(&n->id))
		cite_name(d, diag_add(d, &FINDING_UNIQUE_ID_AMBIGUOUS,
				      "The id of \"%s\" is taken for that of "
				      "an NT4 fault-tolerant set; its eight "
				      "bytes are also text: \"%.8s\".",
				      mountmgr_name_title(&n->name),
				      (const char *)n->id.raw.p), n);
}

struct sorted {
	const struct mountmgr_name *name;
};

static int by_name(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int r = mountmgr_compare_names(x->name->name.utf8,
				       y->name->name.utf8);

	/* Those of one name in the order in which they are stored.  */
	return r != 0 ? r : (x->name > y->name) - (x->name < y->name);
}

static void check_twice(struct arena *a, struct diag_list *d,
			const struct mountmgr_names *names, const char *where)
{
	struct sorted *sorted = arena_alloc(a, names->n * sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; sorted != NULL && i < names->n; i++)
		if (names->list[i].name.utf8 != NULL)
			sorted[n++].name = &names->list[i];
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 1; i < n; i++) {
		const struct mountmgr_name *before = sorted[i - 1].name;
		const struct mountmgr_name *again = sorted[i].name;
		struct diag *diag;

		if (mountmgr_compare_names(before->name.utf8,
					   again->name.utf8) != 0)
			continue;
		diag = diag_add(d, &FINDING_VOLUME_NAME_TWICE,
				"%s gives the name \"%s\" twice.", where,
				mountmgr_name_title(&again->name));
		cite_name(d, diag, before);
		cite_name(d, diag, again);
	}
}

/* Whether bytes that nothing else speaks for are surely an id.  */
static bool is_surely_id(struct span data)
{
	static const struct guid none;
	struct unique_id id = unique_id_parse(data);

	if (id.kind == UNIQUE_ID_MBR)
		return id.signature != 0 && id.offset != 0 &&
		       id.offset % SECTOR_BYTES == 0 &&
		       id.offset < UNIQUE_ID_MBR_OFFSET_END;
	if (id.kind == UNIQUE_ID_DMIO)
		return !guid_equal(&id.guid, &none);
	return id.kind == UNIQUE_ID_DEVICE && id.text_is_utf16;
}

/* The id in the data of @v; raw if the data is not there whole, since what a
 * part looks like says nothing.  */
static struct unique_id read_id(struct reader *r, const struct hive_value *v,
				bool *ret_doubtful, struct cites *cites)
{
	struct unique_id id = { .kind = UNIQUE_ID_RAW };
	struct span data;

	if (hive_read_bare_data(r->hive, v, is_surely_id, &data, cites)) {
		*ret_doubtful = true;
		return unique_id_parse(data);
	}
	if (hive_read_value(r->hive, v, &data, cites, NULL) < 0)
		return id;
	if (data.n == v->size)
		return unique_id_parse(data);
	id.raw = data;
	return id;
}

static int keep_value(struct reader *r, const struct hive_value *v)
{
	struct mountmgr_name *n;
	bool well_spelled;

	if (v->tombstone) {
		struct diag *d = diag_add(r->diags, &FINDING_VALUE_TOMBSTONE,
					  "MountedDevices of this layered hive "
					  "marks \"%s\" as deleted.",
					  mountmgr_name_title(&v->name));
		if (d != NULL)
			cites_join(r->diags->arena, &d->cites, &v->cites);
		return 0;
	}
	n = arena_push(r->arena, &r->names.list, r->names.n, sizeof(*n));
	if (n == NULL)
		return ERR_NOMEM;
	r->names.n++;
	n->name = v->name;
	n->last_written = r->key->last_written;
	cites_join(r->arena, &n->cites, &v->cites);
	n->doubtful = v->doubtful;
	n->id = read_id(r, v, &n->doubtful, &n->cites);
	cites_join(r->arena, &n->cites, &r->key->cites);
	n->id_text = name_id_text(r->arena, &n->id);
	well_spelled = name_parse(v->name_utf16, n);
	if (v->type != REG_BINARY)
		cite_name(r->diags,
			  diag_add(r->diags, &FINDING_VALUE_TYPE,
				   "The value \"%s\" of MountedDevices is of "
				   "type %u, not REG_BINARY (3); it is read as "
				   "if it were.", mountmgr_name_title(&v->name),
				   v->type), n);
	check_name(r->diags, n, well_spelled);
	return 0;
}

static int add_value(void *ctx, const struct hive_value *v)
{
	struct reader *r = ctx;

	if (!is_full(r))
		return keep_value(r, v);
	r->full = true;
	r->first_left = v->index;
	return 1;
}

static bool is_letter(struct span name)
{
	struct mountmgr_name n = { .kind = NAME_OTHER };

	(void)name_parse(name, &n);
	return n.kind == NAME_DRIVE_LETTER;
}

static int add_letter(void *ctx, const struct hive_value *v)
{
	struct reader *r = ctx;

	if (r->n_letters == MORE_LETTERS_MAX) {
		r->letters_left = true;
		return 1;
	}
	if (v->size > MORE_LETTERS_ID_BYTES) {
		r->letters_left = true;
		return 0;
	}
	r->n_letters++;
	return keep_value(r, v);
}

static bool has_name(const struct reader *r, const char *name)
{
	for (size_t i = 0; i < r->names.n; i++)
		if (r->names.list[i].name.utf8 != NULL &&
		    mountmgr_compare_names(r->names.list[i].name.utf8,
					   name) == 0)
			return true;
	return false;
}

/* A value that the list has, but the key does not count.  No other key has such
 * values: Offline below has numbers.  */
static int add_uncounted(void *ctx, const struct hive_value *v)
{
	struct reader *r = ctx;

	if (v->type == REG_DWORD || v->name.utf8 == NULL ||
	    has_name(r, v->name.utf8))
		return 0;
	cites_join(r->arena, &r->uncounted, &v->cites);
	r->n_uncounted++;
	return add_value(r, v);
}

static void report_uncounted(struct reader *r)
{
	struct diag *d;

	if (r->n_uncounted == 0)
		return;
	d = diag_add(r->diags, &FINDING_NAMES_UNCOUNTED,
		     "MountedDevices counts %u %s; after them its list has %zu "
		     "more in cells in use, with names that no other key has; "
		     "they are taken for live.", r->key->n_values,
		     count_word(r->key->n_values, "value", "values"),
		     r->n_uncounted);
	if (d != NULL) {
		cites_join(r->diags->arena, &d->cites, &r->key->cites);
		cites_join(r->diags->arena, &d->cites, &r->uncounted);
	}
}

/* Whether the letters behind those that are kept are all there is.  */
static bool are_all_kept(const struct reader *r)
{
	return !r->letters_left && r->first_left < r->key->n_values &&
	       r->key->n_values - r->first_left == r->n_letters;
}

static void report_full(struct reader *r)
{
	struct diag *d;

	if (are_all_kept(r))
		return;
	d = diag_add(
		r->diags, &FINDING_NAMES_CUT,
		"MountedDevices has %u values; the first %u are read, and of "
		"the rest %s drive letter: %zu. The others are left out.",
		r->key->n_values, r->first_left,
		r->letters_left ? "not every" : "every", r->n_letters);

	if (d != NULL)
		cites_join(r->diags->arena, &d->cites, &r->key->cites);
}

/* Behind the values that are kept.  */
static int read_more_letters(struct reader *r)
{
	const struct hive_value_filter f = { r->first_left, is_letter,
					     name_form, NULL };
	int status = hive_each_value_of(r->hive, r->key, &f, add_letter, r,
					NULL);

	report_full(r);
	return status;
}

static bool is_windows_name(struct span name)
{
	struct mountmgr_name n = { .kind = NAME_OTHER };

	(void)name_parse(name, &n);
	return n.kind != NAME_OTHER;
}

static int stop(void *ctx, const struct hive_value *v)
{
	(void)ctx;
	(void)v;
	return 1;
}

/* A hive into which the key MountedDevices alone was saved has that for its
 * root, of whatever name.  */
static bool is_root_of_names(struct hive *h, struct hive_key *ret)
{
	const struct hive_value_filter f = { 0, is_windows_name, name_form,
					     NULL };

	return hive_root(h, ret, NULL) == 0 &&
	       hive_each_value_of(h, ret, &f, stop, NULL, NULL) == 1;
}

bool mounted_devices_alone(struct hive *h)
{
	struct hive_key k;

	return hive_find_key(h, NULL, "MountedDevices", &k, NULL) ==
	       ERR_NOT_FOUND && is_root_of_names(h, &k);
}

int mounted_devices_read(struct hive *h, struct arena *a, struct diag_list *d,
			 struct mountmgr_names *ret, struct err *reterr)
{
	const struct hive_value_filter f = { .form = name_form };
	struct hive_key key;
	struct reader r = {
		.hive = h, .arena = a, .diags = d, .key = &key,
	};
	int status = hive_find_key(h, NULL, "MountedDevices", &key, reterr);

	if (status == ERR_NOT_FOUND && is_root_of_names(h, &key))
		status = 0;
	if (status < 0)
		return status;
	/* Values that cannot be read have their findings already.  */
	status = hive_each_value_of(h, &key, &f, add_value, &r, NULL);
	if (status == 0)
		status = hive_each_uncounted_value(h, &key, name_prefixes,
						   add_uncounted, &r);
	if (status == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "MountedDevices", 0, 0);
	r.names.whole = status == 0;
	if (r.full && read_more_letters(&r) == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "MountedDevices", 0, 0);
	report_uncounted(&r);
	check_twice(a, d, &r.names, "MountedDevices");
	*ret = r.names;
	return 0;
}

static int add_entry(struct reader *r, struct source *s,
		     const struct remote_database_entry *e, struct span entry)
{
	struct mountmgr_name *n = arena_push(r->arena, &r->names.list,
					     r->names.n, sizeof(*n));
	bool well_spelled;

	if (n == NULL)
		return ERR_NOMEM;
	r->names.n++;
	n->name = text_from_utf16(r->arena, e->name);
	n->references = e->references;
	n->id = unique_id_parse(e->unique_id);
	n->id_text = name_id_text(r->arena, &n->id);
	source_cite(s, entry.at, e->size, "remote database entry", r->arena,
		    &n->cites);
	well_spelled = name_parse(e->name, n);
	if (n->kind != NAME_VOLUME) {
		n->kind = NAME_OTHER;
		n->letter = 0;
		cite_name(r->diags,
			  diag_add(r->diags, &FINDING_VOLUME_NAME_FORM,
				   "The name \"%s\" in a remote database is "
				   "not that of a volume.", n->name.utf8), n);
	}
	check_name(r->diags, n, well_spelled);
	return 0;
}

static void report_rest(struct reader *r, struct source *s, struct span left,
			const struct err *e)
{
	char text[160];
	struct diag *d = diag_add(r->diags, &FINDING_REMOTE_DATABASE,
				  "%s: the last %llu bytes cannot be read: %s.",
				  s->file != NULL ? s->file
						  : "remote database",
				  (unsigned long long)(s->size - left.at),
				  err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(s, left.at, s->size - left.at,
			    "remote database entry", r->diags->arena,
			    &d->cites);
}

static int read_entries(struct reader *r, struct source *s, struct span left)
{
	/* Ends: an entry takes at least its head.  */
	while (left.n > 0) {
		struct remote_database_entry entry;
		struct err e;

		if (is_full(r)) {
			err_set(&e, ERR_LIMIT, left.at,
				"entries of remote databases",
				MOUNTED_DEVICES_MAX, r->names.n);
			report_rest(r, s, left, &e);
			return 0;
		}
		if (remote_database_parse(left, &entry, &e) < 0) {
			report_rest(r, s, left, &e);
			return 0;
		}
		if (add_entry(r, s, &entry, left) < 0)
			return ERR_NOMEM;
		span_sub(left, entry.size, left.n - entry.size, &left);
	}
	if (left.at < s->size)
		report_rest(r, s, left,
			    &(struct err){ ERR_LIMIT, left.at,
					   "remote database", left.at,
					   s->size });
	return 0;
}

int remote_database_read(struct source *s, struct arena *a, struct diag_list *d,
			 struct mountmgr_names *ret, struct err *reterr)
{
	struct reader r = { .arena = a, .diags = d };
	size_t n = s->size < REMOTE_DATABASE_MAX_BYTES
			? (size_t)s->size : REMOTE_DATABASE_MAX_BYTES;
	uint8_t *buf = arena_alloc(a, n);
	int status;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "remote database", n, 0);
	status = source_read(s, 0, buf, n, reterr);
	if (status < 0)
		return status;
	if (read_entries(&r, s, (struct span){ buf, n, 0 }) < 0)
		return err_set(reterr, ERR_NOMEM, 0, "remote database", n, 0);
	check_twice(a, d, &r.names,
		    s->file != NULL ? s->file : "A remote database");
	*ret = r.names;
	return 0;
}

struct stable_guid_disk {
	le32 signature;
	le32 zero;
	le64 offset;
};
_Static_assert(sizeof(struct stable_guid_disk) == sizeof(struct guid), "GUID");

struct guid mbr_stable_guid(uint32_t signature, uint64_t offset)
{
	struct stable_guid_disk d = {
		put_le32(signature), put_le32(0), put_le64(offset),
	};
	struct guid g;

	memcpy(g.b, &d, sizeof(g.b));
	return g;
}

bool mbr_stable_guid_parse(const struct guid *g, uint32_t *ret_signature,
			   uint64_t *ret_offset)
{
	struct stable_guid_disk d;
	uint32_t signature;
	uint64_t offset;

	memcpy(&d, g->b, sizeof(d));
	signature = get_le32(d.signature);
	offset = get_le64(d.offset);
	/* Nothing lies at the MBR itself, where there is one, nor where none
	 * can point: a GUID like d0000000-0000-0000-0000-000000000002 is
	 * somebody's own.  */
	if (get_le32(d.zero) != 0 || offset >= UNIQUE_ID_MBR_OFFSET_END ||
	    (offset == 0 && signature != WHOLE_DISK_SIGNATURE))
		return false;
	*ret_signature = signature;
	*ret_offset = offset;
	return true;
}
