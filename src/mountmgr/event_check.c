/*
 * event_check.c - whether event 1006 can be as Windows wrote it
 *
 * Its versions 0 and 4 have all fields that are read here, and say several
 * things twice.
 */
#include "mountmgr/event_check.h"

#include <string.h>

#include "base/count.h"
#include "disk/boot_sector.h"
#include "format/mbr.h"
#include "mountmgr/findings.h"

typedef void (*say_fn)(void *ctx, const char *text);

void event_doubts_add(struct event_doubts *x, struct arena *a,
		      const char *text, const struct cites *event)
{
	uint64_t at;
	size_t i = 0;

	while (i < x->n && strcmp(x->list[i].text, text) != 0)
		i++;
	if (i == EVENT_DOUBTS_MAX)
		return;
	if (i == x->n)
		x->list[x->n++] = (struct event_doubt){ .text = text };
	/* One that has it twice is one.  */
	at = event->n > 0 ? event->list[0].offset : 0;
	if (x->list[i].n > 0 && x->list[i].last == at)
		return;
	x->list[i].last = at;
	x->list[i].n++;
	cites_join(a, &x->list[i].cites, event);
}

void event_doubts_say(const struct event_doubts *x, const char *file,
		      struct diag_list *d)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct event_doubt *k = &x->list[i];
		struct diag *diag = diag_add(
			d, &FINDING_EVENT_DOUBT, "%s: of %zu %s, %s.",
			file != NULL ? file : "the event log", k->n,
			count_word(k->n, "event", "events"), k->text);

		if (diag != NULL)
			diag->cites = k->cites;
	}
}

/* How many bytes a field has, by another.  */
static const struct {
	enum event_field bytes, n;
	const char *text;
} sizes[] = {
	{ FIELD_LAYOUT, FIELD_LAYOUT_BYTES,
	  "PartitionTableBytes is not how many PartitionTable has" },
	{ FIELD_MBR, FIELD_MBR_BYTES, "MbrBytes is not how many Mbr has" },
	{ FIELD_VBR, FIELD_VBR_BYTES, "Vbr0Bytes is not how many Vbr0 has" },
	{ FIELD_VBR + 1, FIELD_VBR_BYTES + 1,
	  "Vbr1Bytes is not how many Vbr1 has" },
	{ FIELD_VBR + 2, FIELD_VBR_BYTES + 2,
	  "Vbr2Bytes is not how many Vbr2 has" },
	{ FIELD_VBR + 3, FIELD_VBR_BYTES + 3,
	  "Vbr3Size is not how many bytes Vbr3 has" },
};

/* Whether the field is there, and not @want.  */
static bool differs(const struct event_fields *found, enum event_field f,
		    uint64_t want)
{
	uint64_t n;

	return event_fields_integer(found, f, &n) && n != want;
}

static void check_sizes(const struct event_fields *found, say_fn say,
			void *ctx)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (differs(found, sizes[i].n,
			    found->field[sizes[i].bytes].data.n))
			say(ctx, sizes[i].text);
}

/* Whether sector 0 has another signature than the table.  A disk without one
 * has a boot sector there.  */
static bool is_other_mbr(struct span sector, const struct drive_layout *l)
{
	struct boot_sector boot;
	struct mbr mbr;

	return l->scheme == DRIVE_LAYOUT_MBR && !l->nameless &&
	       !drive_layout_has_no_table(l) &&
	       mbr_parse(sector, &mbr, NULL) == 0 &&
	       boot_sector_parse(sector, &boot, NULL) == ERR_MAGIC &&
	       mbr.disk_signature != l->signature;
}

static void check_table(const struct event_fields *found,
			const struct drive_layout *l, say_fn say, void *ctx)
{
	if (differs(found, FIELD_STYLE, l->told))
		say(ctx, "PartitionStyle is not that of PartitionTable");
	if (differs(found, FIELD_COUNT, l->declared))
		say(ctx, "PartitionCount is not that of PartitionTable");
	if (is_other_mbr(event_fields_bytes(found, FIELD_MBR), l))
		say(ctx, "the signature in Mbr is not that of PartitionTable");
}

void event_check(const struct event_fields *found,
		 const struct partition_event *e, say_fn say, void *ctx)
{
	for (unsigned i = FIRST_DATA_FIELD; i < N_EVENT_FIELDS; i++)
		if (!found->field[i].there)
			say(ctx, event_field_missing((enum event_field)i));
	check_sizes(found, say, ctx);
	if (e->has_layout)
		check_table(found, &e->layout, say, ctx);
}
