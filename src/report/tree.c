#include "report/tree.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/filetime.h"
#include "report/value.h"

static void put_plain(struct tree *t, const char *s)
{
	out_string(t->out, s);
	/* Bytes 10xxxxxx continue a character.  */
	for (; *s != '\0'; s++)
		t->column += ((uint8_t)*s & 0xc0) != 0x80;
}

static void put_text(struct tree *t, const char *s)
{
	out_text(t->out, s);
	t->column += text_columns(s);
}

void tree_end_line(struct tree *t)
{
	out_string(t->out, "\n");
	t->column = 0;
}

void tree_pad(struct tree *t, unsigned column)
{
	do {
		put_plain(t, " ");
	} while (t->column < column);
}

void tree_style(struct tree *t, enum style s)
{
	static const char *const codes[] = {
		[STYLE_HEAD] = "\033[1m", [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_WARNING] = "\033[33m",
		[STYLE_BAD] = "\033[31m",
	};

	if (t->colour)
		out_string(t->out, codes[s]);
}

void tree_plain(struct tree *t)
{
	if (t->colour)
		out_string(t->out, "\033[0m");
}

/* The columns of @s up to its first blank.  */
static size_t word_bytes(const char *s)
{
	return strcspn(s, " ");
}

/* Write the word of @n bytes at @s.  A word has no bound: it is evidence.  */
static void put_word(struct tree *t, const char *s, size_t n)
{
	char piece[5] = "";
	struct glyph g;

	for (size_t i = 0; i < n; i += g.n) {
		g = glyph_at(s + i);
		memcpy(piece, s + i, g.n);
		piece[g.n] = '\0';
		put_text(t, piece);
	}
}

static unsigned word_columns(const char *s, size_t n)
{
	unsigned columns = 0;
	struct glyph g;

	for (size_t i = 0; i < n; i += g.n) {
		g = glyph_at(s + i);
		columns += !g.unsafe ? 1 : g.invalid ? 4 : 8;
	}
	return columns;
}

/* @s, which goes on where the last text ended: a blank is where a line may be
 * broken, also that at its end.  */
static void flow(struct tree *t, const char *s)
{
	while (*s != '\0') {
		size_t blanks = strspn(s, " "), n = word_bytes(s + blanks);

		s += blanks;
		t->blanks += blanks;
		if (n == 0)
			break;
		if (t->blanks > 0 && t->column + t->blanks +
				     word_columns(s, n) > t->width) {
			tree_end_line(t);
			tree_pad(t, t->hang);
			t->blanks = 0;
		}
		for (; t->blanks > 0; t->blanks--)
			put_plain(t, " ");
		put_word(t, s, n);
		s += n;
	}
}

void tree_put(struct tree *t, const char *s)
{
	if (t->hang > 0)
		flow(t, s);
	else
		put_plain(t, s);
}

void tree_text(struct tree *t, const char *s)
{
	if (t->hang > 0)
		flow(t, s);
	else
		put_text(t, s);
}

void tree_printf(struct tree *t, const char *fmt, ...)
{
	char text[OUT_PRINTF_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tree_put(t, text);
}

void tree_hang(struct tree *t, unsigned indent)
{
	t->hang = indent;
	t->blanks = 0;
}

void tree_wrap(struct tree *t, unsigned indent, const char *s)
{
	tree_hang(t, indent);
	flow(t, s + strspn(s, " "));
	tree_hang(t, 0);
	tree_end_line(t);
}

void tree_time(struct tree *t, uint64_t filetime)
{
	char buf[FILETIME_TEXT_BYTES];

	if (filetime == 0) {
		tree_put(t, "at no known time");
		return;
	}
	filetime_text(filetime, buf);
	for (char *p = buf; *p != '\0'; p++) {
		if (*p == 'T')
			*p = ' ';
		if (*p == '.')
			*p = '\0';
		if (*p == '\0')
			break;
	}
	tree_put(t, buf);
}

const char *size_text(uint64_t bytes, char buf[SIZE_TEXT_BYTES])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB",
					     "PiB", "EiB" };
	uint64_t whole = bytes, rest = 0;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(buf, SIZE_TEXT_BYTES, "%" PRIu64 " B", bytes);
		return buf;
	}
	for (;; unit++) {
		rest = whole % 1024;
		whole /= 1024;
		if (whole < 1024)
			break;
	}
	/* Cut, not rounded: no size is shown as larger than it is.  */
	snprintf(buf, SIZE_TEXT_BYTES, "%" PRIu64 ".%" PRIu64 " %s", whole,
		 rest * 10 / 1024, units[unit]);
	return buf;
}

static const char *image_file(const struct tree *t, unsigned image)
{
	return image < t->model->n_images ? t->model->images[image].file : "?";
}

static void put_cite(struct tree *t, const struct cite *c)
{
	tree_printf(t, "@%" PRIu64 " +%" PRIu64 " ", c->offset, c->length);
	tree_text(t, c->structure);
	tree_put(t, c->compressed ? ", compressed" : "");
	tree_put(t, c->encrypted ? ", encrypted" : "");
	tree_put(t, c->compressed || c->encrypted ? ", in " : " in ");
	tree_text(t, image_file(t, c->image));
	if (c->file != NULL) {
		tree_put(t, ", ");
		tree_text(t, c->file);
	}
}

void tree_cites(struct tree *t, unsigned indent, const struct cites *own,
		const struct cites *more)
{
	size_t n = t->verbose ? cites_count(own, more) : 0;

	for (size_t i = 0; i < n; i++) {
		struct row r = { .model = t->model };
		struct value v;

		value_cite(&v, &r, own, more, i);
		tree_pad(t, indent);
		tree_style(t, STYLE_DIM);
		put_cite(t, v.row.record);
		tree_plain(t);
		tree_end_line(t);
	}
}

/* Each disk of an LDM volume once, in the order of its extents.  */
static void put_disks(struct tree *t, const struct machine_volume *v)
{
	const char *between = "";

	for (size_t i = 0; i < v->n_extents; i++) {
		size_t disk = v->extents[i].disk, k = 0;

		while (v->extents[k].disk != disk)
			k++;
		if (k < i)
			continue;
		tree_printf(t, "%s%u", between, t->model->disks[disk].number);
		between = ", ";
	}
}

void tree_place(struct tree *t, size_t volume)
{
	const struct machine_volume *v = &t->model->volumes[volume];
	const struct machine_partition *p;

	if (v->kind == VOLUME_LDM) {
		tree_put(t, "the dynamic volume ");
		tree_text(t, v->dynamic->name.utf8);
		tree_put(t, v->n_extents > 0 ? " on disk " :
			 ", none of whose disks is here");
		put_disks(t, v);
		return;
	}
	tree_printf(t, "disk %u", t->model->disks[v->extents[0].disk].number);
	if (v->kind == VOLUME_RECOVERED)
		tree_printf(t, ", recovered at byte %" PRIu64,
			    v->extents[0].offset);
	if (v->kind == VOLUME_HYBRID)
		tree_printf(t, ", in its MBR only, at byte %" PRIu64,
			    v->extents[0].offset);
	if (v->partition == NONE)
		return;
	p = &t->model->partitions[v->partition];
	tree_printf(t, ", partition %u", p->entry->number);
}

void tree_identity(struct tree *t, const struct machine_volume *v)
{
	char serial[VOLUME_SERIAL_BYTES];

	tree_text(t, v->identity.name != NULL ? v->identity.name :
		  "unknown file system");
	if (v->identity.label.utf8 != NULL) {
		tree_put(t, " \"");
		tree_text(t, v->identity.label.utf8);
		tree_put(t, "\"");
	}
	if (v->identity.has_serial)
		tree_printf(t, " %s", volume_serial_text(&v->identity, serial));
}

static const char *const tier_words[N_TIERS] = {
	[TIER_NONE] = "?",
	[TIER_REGISTRY] = "the registry",
	[TIER_GPT_GUID] = "the GPT partition's GUID",
	[TIER_MBR_STABLE] = "signature and offset in the name",
	[TIER_LDM_GUID] = "the LDM volume's GUID",
	[TIER_REMOTE_DATABASE] = "a remote database",
	[TIER_PARTITION_CACHE] = "the partition table cache",
};

static void put_tiers(struct tree *t, const struct resolution *r)
{
	unsigned tiers = r->tiers | 1u << r->tier;
	const char *between = "";

	for (unsigned i = TIER_NONE + 1; i < N_TIERS; i++) {
		if ((tiers >> i & 1) == 0)
			continue;
		tree_printf(t, "%s%s", between, tier_words[i]);
		between = ", ";
	}
}

void tree_missing_disk(struct tree *t, unsigned indent,
		       const struct resolution *r)
{
	const char *first = r->disk_only ? "a disk with its signature was "
					 : "it was on ";
	const char *next = r->disk_only ? "and so was " : "or on ";

	if (!resolution_needs_known(r) || r->n_known_disks == 0)
		return;
	for (size_t i = 0; i < r->n_known_disks; i++) {
		tree_pad(t, indent);
		tree_put(t, i == 0 ? first : next);
		tree_hang(t, indent + 2);
		tree_known_disk(t, r->known_disks[i]);
		tree_hang(t, 0);
		tree_end_line(t);
	}
	if (!r->disk_only)
		return;
	tree_pad(t, indent);
	tree_put(t, "but no partition at that offset is remembered");
	tree_end_line(t);
}

void tree_leads(struct tree *t, unsigned indent, const struct resolution *r)
{
	for (size_t i = 0; i < r->n_leads; i++) {
		const struct resolution_lead *l = &r->leads[i];

		tree_pad(t, indent);
		tree_printf(t, "by %s: ", tier_words[l->tier]);
		if (l->volume == NONE)
			tree_put(t, "no volume here");
		else
			tree_place(t, l->volume);
		tree_end_line(t);
	}
}

void tree_how(struct tree *t, const struct resolution *r)
{
	static const struct {
		const char *words;
		enum style style;
		bool tiers;	/* the tiers follow */
	} how[] = {
		[CERTAINTY_CONFIRMED] = { "confirmed: ", STYLE_GOOD, true },
		[CERTAINTY_SINGLE] = { "one source: ", STYLE_GOOD, true },
		[CERTAINTY_INFERRED] = {
			"inferred, no source here says so directly",
			STYLE_WARNING, false },
		[CERTAINTY_CONFLICTING] = {
			"conflicting: other sources lead elsewhere than ",
			STYLE_BAD, true },
		[CERTAINTY_STALE] = {
			"stale: the disk is here, but has no such partition",
			STYLE_WARNING, false },
		[CERTAINTY_NOT_IN_EVIDENCE] = {
			"not in this evidence: no disk here has that id",
			STYLE_WARNING, false },
		[CERTAINTY_AMBIGUOUS] = {
			"ambiguous: several volumes here have that id",
			STYLE_BAD, false },
	};

	tree_style(t, how[r->certainty].style);
	if (r->certainty == CERTAINTY_NOT_IN_EVIDENCE && r->untold)
		tree_put(t, "not in this evidence: the logical drives of its "
			 "disk break off before it");
	else if (r->certainty == CERTAINTY_STALE && r->no_volume)
		tree_put(t, "stale: what has that id is here, but is not a "
			 "volume");
	else if (r->certainty == CERTAINTY_NOT_IN_EVIDENCE &&
		 r->tier == TIER_NONE)
		tree_put(t, "unknown: no source here knows that name");
	else if (r->by_serial)
		tree_put(t, "ambiguous: a volume here has the serial number of "
			 "one on that device");
	else if (r->possible)
		tree_put(t, "ambiguous: no disk here has that id, but one that "
			 "lost its own may have had it");
	else
		tree_put(t, how[r->certainty].words);
	if (how[r->certainty].tiers)
		put_tiers(t, r);
	tree_plain(t);
}

/* A device's text may be long; the whole of it is in the JSON report.  */
#define MAX_HEX_BYTES 32

static void put_raw(struct tree *t, const struct unique_id *id)
{
	size_t n = id->raw.n < MAX_HEX_BYTES ? id->raw.n : MAX_HEX_BYTES;

	tree_printf(t, "%zu %s", id->raw.n, id->raw.n == 1 ? "byte" : "bytes");
	if (n == 0)
		return;
	tree_put(t, " ");
	out_hex(t->out, id->raw.p, n);
	t->column += 2 * (unsigned)n;
	if (n < id->raw.n)
		tree_put(t, "...");
}

void tree_unique_id(struct tree *t, const struct mountmgr_name *n)
{
	char guid[GUID_TEXT_CHARS + 1];

	if (n->id.kind == UNIQUE_ID_MBR) {
		tree_printf(t, "MBR signature %08" PRIx32 ", offset %" PRIu64,
			    n->id.signature, n->id.offset);
	} else if (n->id.kind == UNIQUE_ID_DMIO) {
		tree_printf(t, "GUID {%s}", guid_text(&n->id.guid, guid));
	} else if (n->id_text.utf8 != NULL) {
		tree_text(t, n->id_text.utf8);
	} else {
		put_raw(t, &n->id);
	}
}
