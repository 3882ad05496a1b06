#include "registry/hive.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/filetime.h"
#include "registry/findings.h"
#include "registry/hive_internal.h"

/* Where a lost root key is looked for: it is the first key of a new hive, and
 * stays in one of the first bins.  */
#define ROOT_SEARCH_BYTES (256u << 10)

/* Of the base block, what has a meaning.  */
#define BASE_BYTES 512

/* What is assumed of a hive whose base block is lost.  */
#define USUAL_MINOR_VERSION 5
#define USUAL_ROOT_CELL REGF_BIN_HEADER_BYTES

static const char *label(const struct hive *h)
{
	struct source *s = h->cells.source;

	/* A recovered hive lies in several files; its base block is in that of
	 * the hive.  */
	if (s->file == NULL && s->ops->place != NULL && s->size > 0)
		s = s->ops->place(s, 0).below;
	return s != NULL && s->file != NULL ? s->file : "hive";
}

/* The place of that in @said, of @n places, or the free one for it.  Ends: a
 * quarter of them is free.  */
static struct hive_said *said_place(struct hive_said *said, size_t n,
				    const struct diag_kind *kind, uint64_t at)
{
	/* 2 to the 64, by the golden ratio.  */
	uint64_t hash = (at ^ (uint64_t)(uintptr_t)kind << 20) *
			UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 40) & (n - 1);

	while (said[i].kind != NULL &&
	       (said[i].kind != kind || said[i].at != at))
		i = (i + 1) & (n - 1);
	return &said[i];
}

/* Room for one more in the table; false: it has all that it may have.  */
static bool make_room(struct hive *h)
{
	size_t n = h->said_places == 0 ? 256 : 2 * h->said_places;
	struct hive_said *larger;

	if (h->n_said < h->said_places / 4 * 3)
		return true;
	if (n > HIVE_SAID_PLACES_MAX)
		return false;
	larger = arena_alloc(h->arena, n * sizeof(*larger));
	if (larger == NULL)
		return false;
	for (size_t i = 0; i < h->said_places; i++)
		if (h->said[i].kind != NULL)
			*said_place(larger, n, h->said[i].kind,
				    h->said[i].at) = h->said[i];
	h->said = larger;
	h->said_places = n;
	return true;
}

/* Where the table is full, it is not known; then what is only counted counts as
 * said.  */
static bool said_before(struct hive *h, const struct diag_kind *kind,
			uint64_t at)
{
	bool room = make_room(h);
	struct hive_said *place;

	if (h->said_places == 0)
		return false;
	place = said_place(h->said, h->said_places, kind, at);
	if (place->kind != NULL)
		return true;
	if (!room)
		return diag_count(h->diags, kind) >= DIAG_MAX_PER_KIND;
	*place = (struct hive_said){ kind, at };
	h->n_said++;
	return false;
}

void hive_report_also(struct hive *h, struct diag *d, struct hive_place place)
{
	if (d != NULL)
		source_cite(h->cells.source, place.at, place.n, place.structure,
			    h->diags->arena, &d->cites);
}

struct diag *hive_report(struct hive *h, const struct diag_kind *kind,
			 struct hive_place place, const char *fmt, ...)
{
	const char *message;
	struct diag *d;
	va_list ap;

	if (said_before(h, kind, place.at))
		return NULL;
	/* Counted only: no text is made for it.  */
	if (diag_count(h->diags, kind) >= DIAG_MAX_PER_KIND) {
		diag_add(h->diags, kind, "%s", kind->title);
		return NULL;
	}
	va_start(ap, fmt);
	message = arena_vprintf(h->diags->arena, fmt, ap);
	va_end(ap);
	d = diag_add(h->diags, kind, "%s: %s", label(h),
		     message != NULL ? message : kind->title);
	hive_report_also(h, d, place);
	return d;
}

bool hive_spend(uint64_t *left, uint64_t n)
{
	/* The smallest cell; what cannot be read costs as much.  */
	if (n < 8)
		n = 8;
	if (*left < n)
		return false;
	*left -= n;
	return true;
}

int hive_read_record(struct hive *h, uint32_t cell, struct hive_record *ret,
		     struct err *reterr)
{
	struct cell c = { 0 };
	size_t n;
	int r = cells_get(&h->cells, cell, &c, reterr);

	if (r < 0)
		return r;
	n = c.size < sizeof(h->record) ? c.size : sizeof(h->record);
	r = cells_read(&h->cells, &c, 0, h->record, n, reterr);
	if (r < 0)
		return r;
	*ret = (struct hive_record){ { h->record, n, c.at }, c.in_use, false };
	return 0;
}

bool hive_read_bare(struct hive *h, uint32_t cell, struct hive_record *ret)
{
	uint64_t at = REGF_BASE_BYTES + (uint64_t)cell +
		      (h->cells.layout.nt31 ? 8 : 4);
	size_t n = BARE_RECORD_BYTES;

	if (cell % 8 != 0 || cell < REGF_BIN_HEADER_BYTES || at >= h->cells.end)
		return false;
	if (n > h->cells.end - at)
		n = (size_t)(h->cells.end - at);
	*ret = (struct hive_record){ { h->record, n, at }, true, false };
	return cells_read_at(&h->cells, at, h->record, n, NULL) == 0;
}

bool hive_name_is_text(struct span name, bool is_8bit)
{
	for (size_t i = 0; i < name.n; i += is_8bit ? 1 : 2)
		if (name.p[i] < ' ' &&
		    (is_8bit || i + 1 == name.n || name.p[i + 1] == 0))
			return false;
	return name.n > 0;
}

bool hive_read_bare_key(struct hive *h, uint32_t cell, struct regf_key *ret,
			struct hive_record *ret_record)
{
	if (!hive_read_bare(h, cell, ret_record) ||
	    regf_key_parse(ret_record->bytes, h->cells.layout, ret, NULL) < 0 ||
	    !hive_name_is_text(ret->name, ret->name_is_8bit))
		return false;
	hive_report(h, &FINDING_CELL_SIZE,
		    (struct hive_place){ ret_record->bytes.at,
					 ret->size, "nk" },
		    "a key is taken as it stands at byte %llu: the size of its "
		    "cell is damaged.",
		    (unsigned long long)ret_record->bytes.at);
	return true;
}

int hive_read_key(struct hive *h, uint32_t cell, struct regf_key *ret,
		  struct hive_record *ret_record, struct err *reterr)
{
	struct hive_record record = { 0 };
	int r = hive_read_record(h, cell, &record, reterr);

	if (r == 0)
		r = regf_key_parse(record.bytes, h->cells.layout, ret, reterr);
	if (r == 0)
		*ret_record = record;
	return r;
}

struct text hive_name_text(struct hive *h, struct span name, bool is_8bit)
{
	return is_8bit ? text_from_latin1(h->arena, name)
		       : text_from_utf16(h->arena, name);
}

void hive_check_in_use(struct hive *h, bool in_use, struct hive_place place,
		       struct text name)
{
	if (!in_use)
		hive_report(h, &FINDING_FREE_CELL, place,
			    "the %s of \"%s\" at byte %llu is referred to, "
			    "but its cell is marked as free.", place.structure,
			    name.utf8, (unsigned long long)place.at);
}

/* One damaged bit moves a time by years.  */
static void check_time(struct hive *h, struct hive_place place,
		       struct hive_key *k)
{
	const uint64_t t = k->last_written;
	char text[FILETIME_TEXT_BYTES];

	if (t == 0 || (t >= FILETIME_FIRST_CLOCK && t < FILETIME_END_OF_CLOCKS))
		return;
	k->last_written = 0;
	hive_report(h, &FINDING_KEY_TIME, place,
		    "\"%s\" at byte %llu was last written at %s, which is "
		    "impossible.", k->name.utf8, (unsigned long long)place.at,
		    filetime_text(t, text));
}

struct hive_key hive_make_key(struct hive *h, uint32_t cell,
			      const struct regf_key *k,
			      const struct hive_record *record)
{
	const struct hive_place place = { record->bytes.at, k->size, "nk" };
	bool predefined = (k->flags & REGF_KEY_PREDEFINED) != 0;
	struct hive_key key = {
		.cell = cell,
		.name = hive_name_text(h, k->name, k->name_is_8bit),
		.last_written = k->last_written,
		.n_subkeys = k->n_subkeys,
		.subkey_list = k->subkey_list,
		.n_values = predefined ? 0 : k->n_values,
		.value_list = predefined ? REGF_NONE : k->value_list,
	};

	source_cite(h->cells.source, record->bytes.at, k->size, "nk", h->arena,
		    &key.cites);
	hive_check_in_use(h, record->in_use, place, key.name);
	check_time(h, place, &key);
	return key;
}

/* Take the key in @cell for the root, if it is one; @flagged: only if its flags
 * say so.  */
static int try_root(struct hive *h, uint32_t cell, bool flagged,
		    struct err *reterr)
{
	struct hive_record record = { 0 };
	struct regf_key k = { 0 };
	int r = hive_read_key(h, cell, &k, &record, reterr);

	if (r < 0)
		return r;
	if (flagged && (k.flags & REGF_KEY_ROOT) == 0)
		return err_set(reterr, ERR_VALUE, record.bytes.at,
			       "root key: flags", REGF_KEY_ROOT, k.flags);
	h->root = hive_make_key(h, cell, &k, &record);
	return 0;
}

/* Try the live cells from @at up to @end, one behind the other.  */
static bool root_in_bin(struct hive *h, uint64_t at, uint64_t end)
{
	struct cell c;

	at += REGF_BIN_HEADER_BYTES;
	/* Ends: a cell has at least 8 bytes.  */
	while (at < end) {
		uint32_t cell = (uint32_t)(at - REGF_BASE_BYTES);

		if (cells_get(&h->cells, cell, &c, NULL) < 0)
			return false;
		if (c.in_use && try_root(h, cell, true, NULL) == 0)
			return true;
		at = c.at + c.size;
	}
	return false;
}

static bool search_root(struct hive *h)
{
	uint64_t limit = REGF_BASE_BYTES + ROOT_SEARCH_BYTES;
	uint64_t at = REGF_BASE_BYTES;

	if (limit > h->cells.end)
		limit = h->cells.end;
	while (at < limit) {
		uint8_t b[REGF_BIN_HEADER_BYTES];
		struct regf_bin bin;
		uint64_t size = CELLS_PAGE_BYTES;

		if (cells_read_at(&h->cells, at, b, sizeof(b), NULL) == 0 &&
		    regf_bin_parse((struct span){ b, sizeof(b), at }, &bin,
				   NULL) == 0) {
			if (bin.size > 0 && bin.size % CELLS_PAGE_BYTES == 0)
				size = bin.size;
			if (size > limit - at)
				size = limit - at;
			if (root_in_bin(h, at, at + size))
				return true;
		}
		at += size;
	}
	return false;
}

static void report_root(struct hive *h, uint32_t cell, const struct err *why)
{
	char text[160];

	hive_report(h, &FINDING_ROOT_KEY,
		    (struct hive_place){ REGF_BASE_BYTES +
					 (uint64_t)h->root.cell, 4, "nk" },
		    "the base block gives the root key at cell 0x%x (%s); the "
		    "key \"%s\" at cell 0x%x is taken for it.", cell,
		    err_text(why, text, sizeof(text)), h->root.name.utf8,
		    h->root.cell);
}

/*
 * The root in the layout that is set: what @cell holds, else a key that is
 * flagged as root.  Saved hives have a root without the flag, so it is demanded
 * only where the base block, and with it @cell, is not sound; and even there a
 * key without it is better than none.
 */
static int find_root(struct hive *h, uint32_t cell, struct err *reterr)
{
	struct err why;

	if (try_root(h, cell, !h->info.checksum_ok, &why) == 0)
		return 0;
	if (!search_root(h) && try_root(h, cell, false, NULL) < 0)
		return err_set(reterr, why.code, why.at, why.what, why.want,
			       why.got);
	report_root(h, cell, &why);
	return 0;
}

/* A root without its key, by the list of its subkeys.  */
static int find_lost_root(struct hive *h, uint32_t cell, struct err *reterr)
{
	struct err why;
	char text[160];

	if (find_root(h, cell, &why) == 0)
		return 0;
	if (!h->info.checksum_ok)
		cell = USUAL_ROOT_CELL;
	if (!hive_find_lost_root(h, cell))
		return err_set(reterr, why.code, why.at, why.what, why.want,
			       why.got);
	hive_report(h, &FINDING_KEY_UNREADABLE,
		    (struct hive_place){ REGF_BASE_BYTES + (uint64_t)cell, 4,
					 "nk" },
		    "the root key at cell 0x%x cannot be read (%s); its "
		    "subkeys are those that name it as their parent.", cell,
		    err_text(&why, text, sizeof(text)));
	return 0;
}

static int find_root_any_layout(struct hive *h, uint32_t cell,
				struct err *reterr)
{
	struct regf_layout told = h->cells.layout;

	if (find_root(h, cell, reterr) == 0)
		return 0;
	/* A damaged minor version may have chosen the wrong one.  */
	h->cells.layout.nt31 = !told.nt31;
	if (find_root(h, cell, NULL) == 0)
		return 0;
	h->cells.layout = told;
	return find_lost_root(h, cell, reterr);
}

/* What Windows does not load, or heals; its cells may be sound.  */
static void say_no_bin(void *ctx, uint64_t at)
{
	hive_report(ctx, &FINDING_BIN_HEADER,
		    (struct hive_place){ at, REGF_BIN_HEADER_BYTES, "hbin" },
		    "no bin begins at byte %llu, and no earlier one reaches "
		    "there; what lies there is read as cells all the same.",
		    (unsigned long long)at);
}

static bool bin_follows(struct hive *h)
{
	uint8_t b[REGF_BIN_HEADER_BYTES];
	struct regf_bin bin;

	return cells_read_at(&h->cells, REGF_BASE_BYTES, b, sizeof(b),
			     NULL) == 0 &&
	       regf_bin_parse((struct span){ b, sizeof(b), REGF_BASE_BYTES },
			      &bin, NULL) == 0;
}

static const struct hive_place base_place = { 0, BASE_BYTES,
					      "hive base block" };

/* Read the base block into @buf, or take what is usual if it is lost but its
 * bins are not.  */
static int parse_base(struct hive *h, uint8_t buf[BASE_BYTES],
		      struct regf_base *ret, struct err *reterr)
{
	struct err e;
	char text[160];
	int r = cells_read_at(&h->cells, 0, buf, BASE_BYTES, &e);

	if (r == 0)
		r = regf_base_parse((struct span){ buf, BASE_BYTES, 0 }, ret,
				    &e);
	if (r == 0)
		return 0;
	if (!bin_follows(h))
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	*ret = (struct regf_base){
		.major = 1, .minor = USUAL_MINOR_VERSION,
		.root_cell = USUAL_ROOT_CELL,
		.checksum_computed = 1,
		.file_name = { .p = buf },
	};
	hive_report(h, &FINDING_BASE_BLOCK, base_place,
		    "%s; its bins are read as those of version 1.%d.",
		    err_text(&e, text, sizeof(text)), USUAL_MINOR_VERSION);
	return 0;
}

/* How far the bins reach.  A base block that is not sound is not believed: what
 * the file holds counts.  */
static uint64_t bins_end(struct hive *h, const struct regf_base *base)
{
	uint64_t size = h->cells.source->size;
	uint64_t end = REGF_BASE_BYTES + (uint64_t)base->bins_size;

	if (!h->info.checksum_ok)
		return size;
	if (base->bins_size == 0 || base->bins_size % CELLS_PAGE_BYTES != 0) {
		hive_report(h, &FINDING_BASE_BLOCK,
			    (struct hive_place){ 40, 4, "hive base block" },
			    "the base block gives the bins %u bytes, which is "
			    "not a multiple of 4096; the size of the file is "
			    "used.",
			    base->bins_size);
		return size;
	}
	if (end > size)
		hive_report(h, &FINDING_HIVE_TRUNCATED, base_place,
			    "the base block needs %llu bytes, the file has "
			    "%llu; keys and values in the rest are lost.",
			    (unsigned long long)end, (unsigned long long)size);
	return end < size ? end : size;
}

static void report_base(struct hive *h, const struct regf_base *base)
{
	const struct hive_info *i = &h->info;

	if (!i->checksum_ok)
		hive_report(h, &FINDING_BASE_BLOCK,
			    (struct hive_place){ 508, 4, "hive base block" },
			    "the base block's checksum is 0x%08x, its bytes "
			    "sum to 0x%08x.", base->checksum,
			    base->checksum_computed);
	else if (base->major != 1 || base->minor > 6)
		hive_report(h, &FINDING_BASE_BLOCK,
			    (struct hive_place){ 20, 8, "hive base block" },
			    "version %u.%u is not known; read as 1.%d.",
			    base->major, base->minor, USUAL_MINOR_VERSION);
	if (i->primary_sequence != i->secondary_sequence)
		hive_report(h, &FINDING_HIVE_DIRTY,
			    (struct hive_place){ 4, 8, "hive base block" },
			    "the hive is dirty: its sequence numbers are %u "
			    "and %u. Newer keys and values may be in its "
			    "transaction logs, which were not replayed.",
			    i->primary_sequence, i->secondary_sequence);
	else if (i->dirty)
		hive_report(h, &FINDING_HIVE_DIRTY, base_place,
			    "the hive is dirty: its base block is not sound. "
			    "Newer keys and values may be in its transaction "
			    "logs, which were not replayed.");
}

static int read_base(struct hive *h, uint32_t *ret_root, struct err *reterr)
{
	uint8_t b[BASE_BYTES] = { 0 };
	struct regf_base base = { 0 };
	int r = parse_base(h, b, &base, reterr);

	if (r < 0)
		return r;
	h->info = (struct hive_info){
		.primary_sequence = base.primary_sequence,
		.secondary_sequence = base.secondary_sequence,
		.checksum_ok = base.checksum == base.checksum_computed,
		.last_written = base.last_written,
		.version_major = base.major,
		.version_minor = base.minor,
		.bins_size = base.bins_size,
		.file_name = text_from_utf16(h->arena, base.file_name),
	};
	h->info.dirty = !h->info.checksum_ok ||
			base.primary_sequence != base.secondary_sequence;
	if (h->info.checksum_ok && base.file_type != REGF_PRIMARY)
		return err_set(reterr, ERR_UNSUPPORTED, 28,
			       "hive file type (a transaction log)",
			       REGF_PRIMARY, base.file_type);
	report_base(h, &base);
	h->cells.end = bins_end(h, &base);
	h->cells.layout = (struct regf_layout){ base.minor <= 1,
						base.minor >= 6 };
	h->may_have_big_data = base.minor >= 4 || !h->info.checksum_ok;
	*ret_root = base.root_cell;
	return 0;
}

static const struct hive_ops hive_cell_ops = {
	cell_each_subkey, cell_find_subkey, cell_each_value, cell_find_value,
	cell_read_value,
};

/* Up to where the root is.  */
static int begin_hive(struct source *s, struct arena *a, struct diag_list *d,
		      struct hive **ret, uint32_t *ret_root,
		      struct err *reterr)
{
	struct hive *h = arena_calloc(a, 1, sizeof(*h));
	int r;

	if (h == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "hive", sizeof(*h), 0);
	h->ops = &hive_cell_ops;
	h->cells.source = s;
	h->arena = a;
	h->diags = d;
	if (!checked_mul(s->size, HIVE_DATA_READ_FACTOR, &h->data_left))
		h->data_left = UINT64_MAX;
	if (!checked_mul(s->size, HIVE_ENTRIES_READ_FACTOR, &h->entries_left))
		h->entries_left = UINT64_MAX;
	r = read_base(h, ret_root, reterr);
	if (r < 0) {
		hive_close(h);
		return r;
	}
	*ret = h;
	return 0;
}

int hive_open(struct source *s, struct arena *a, struct diag_list *d,
	      struct hive **ret, struct err *reterr)
{
	struct hive *h = NULL;
	uint32_t root = 0;
	int r = begin_hive(s, a, d, &h, &root, reterr);

	if (r < 0)
		return r;
	h->cells.no_bin = say_no_bin;
	h->cells.ctx = h;
	r = find_root_any_layout(h, root, reterr);
	if (r < 0) {
		hive_close(h);
		return r;
	}
	*ret = h;
	return 0;
}

int hive_open_pages(struct source *s, struct arena *a, struct diag_list *d,
		    struct hive **ret, struct err *reterr)
{
	uint32_t root = 0;
	uint64_t at;
	int r = begin_hive(s, a, d, ret, &root, reterr);

	if (r < 0)
		return r;
	/* No byte can be cited for a root that is not there.  */
	at = REGF_BASE_BYTES + (uint64_t)root;
	said_before(*ret, &FINDING_LIST_DAMAGED, at);
	said_before(*ret, &FINDING_KEYS_BY_PARENT, at);
	/* The missing list is what makes each look-up from here on end as one
	 * that damage has ended.  */
	(*ret)->root = (struct hive_key){
		.cell = root, .name = { .utf8 = "" },
		.n_subkeys = 1, .subkey_list = REGF_NONE,
		.value_list = REGF_NONE,
	};
	return 0;
}

void hive_extend_bins(struct hive *h, const struct hive *newer)
{
	uint64_t end = newer->cells.end;

	if (end > h->cells.source->size)
		end = h->cells.source->size;
	if (h->cells.end < end)
		h->cells.end = end;
}

void hive_close(struct hive *h)
{
	free(h);
}

const struct hive_info *hive_info(const struct hive *h)
{
	return &h->info;
}
