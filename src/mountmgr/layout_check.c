/*
 * layout_check.c - whether a partition table can be one, as Windows kept it
 */
#include "mountmgr/layout_check.h"

#include "base/bytes.h"

/* Partitions that are compared with each other: as many as Windows makes on a
 * disk.  Logs and hives can have tables without end.  */
#define MAX_COMPARED 128

/* Where the partitions lie that were looked at.  */
struct places {
	struct {
		uint64_t offset, length;
	} list[MAX_COMPARED];
	size_t n;
};

/* Whether some bytes are those of one before.  */
static bool is_taken(struct places *places,
		     const struct drive_layout_partition *p)
{
	for (size_t i = 0; i < places->n; i++)
		if (p->offset < places->list[i].offset
		    ? p->length > places->list[i].offset - p->offset
		    : places->list[i].length >
		      p->offset - places->list[i].offset)
			return true;
	if (places->n == MAX_COMPARED)
		return false;
	places->list[places->n].offset = p->offset;
	places->list[places->n++].length = p->length;
	return false;
}

/* The same of an MBR, of where they begin: images of CDs that boot from sticks
 * have a partition in another one.  */
static bool begins_at_taken(struct places *places,
			    const struct drive_layout_partition *p)
{
	struct drive_layout_partition first = *p;

	first.length = 1;
	return is_taken(places, &first);
}

static bool ends_behind(const struct drive_layout_partition *p, uint64_t end)
{
	return p->offset > end || p->length > end - p->offset;
}

/* An MBR partition has an id of the signature and the offset since Windows
 * 10.  */
static bool has_other_id(const struct drive_layout *l,
			 const struct drive_layout_partition *p)
{
	const struct span id = { p->id.b, sizeof(p->id.b), 0 };
	const le32 *signature = span_view(id, 0, le32);
	const le32 *zero = span_view(id, 4, le32);
	const le64 *offset = span_view(id, 8, le64);

	return l->scheme == DRIVE_LAYOUT_MBR && !guid_is_zero(&p->id) &&
	       !l->nameless && !p->container && p->offset != 0 &&
	       get_le32(*zero) == 0 &&
	       (get_le32(*signature) != l->signature ||
		get_le64(*offset) != p->offset);
}

/* Whether the unused slots of an MBR have an id, as since Windows 10, of which
 * the signature is all that they have.  */
static bool has_unused_ids(const struct drive_layout *l)
{
	struct drive_layout_partition p;

	if (l->scheme != DRIVE_LAYOUT_MBR || l->nameless || l->signature == 0)
		return false;
	for (size_t i = 0; i < l->n_partitions; i++)
		if (drive_layout_partition(l, i, &p, NULL) == 0 &&
		    !guid_is_zero(&p.id))
			return true;
	return false;
}

/* What cannot be true of the slot @p of a partition; NULL: nothing.  */
static const char *slot_doubt(const struct drive_layout *l,
			      const struct drive_layout_partition *p,
			      uint64_t disk_size, struct places *places)
{
	if (p->length == 0)
		return "a partition has no length";
	if (p->offset % 512 != 0 || p->length % 512 != 0)
		return "a partition does not begin and end with a sector";
	if (l->scheme == DRIVE_LAYOUT_GPT && l->usable_length != 0 &&
	    (p->offset < l->usable_offset ||
	     p->length > l->usable_length ||
	     p->offset - l->usable_offset > l->usable_length - p->length))
		return "a partition lies outside the usable range of the GPT";
	if (disk_size != 0 && ends_behind(p, disk_size))
		return "a partition ends past the end of the disk";
	if (has_other_id(l, p))
		return "a partition's id has another signature or offset than "
		       "the table";
	if (l->scheme == DRIVE_LAYOUT_GPT && is_taken(places, p))
		return "two partitions overlap";
	if (l->scheme == DRIVE_LAYOUT_MBR && !p->container &&
	    begins_at_taken(places, p))
		return "two partitions begin at the same place";
	return NULL;
}

static void check_head(const struct drive_layout *l, layout_check_fn say,
		       void *ctx)
{
	if (l->told != l->scheme)
		say(ctx, true, l->nameless
		    ? "its head is damaged: neither the scheme in it nor what "
		      "it has of the disk is that of its partitions, which "
		      "alone are read"
		    : "the scheme in its head is damaged: its partitions, and "
		      "what it has of the disk, are of another, as which it "
		      "is read");
	if (l->n_partitions < l->declared)
		say(ctx, true, "it ends before its last partition");
	if (l->excess > 0)
		say(ctx, true, "it continues after the last partition that it "
		    "counts");
}

void layout_check(const struct drive_layout *l, uint64_t disk_size,
		  layout_check_fn say, void *ctx)
{
	const bool ids = has_unused_ids(l);
	struct places places = { .n = 0 };

	check_head(l, say, ctx);
	for (size_t i = 0; i < l->n_partitions; i++) {
		struct drive_layout_partition p;
		const char *doubt;
		char text[160];
		struct err e;

		if (drive_layout_partition(l, i, &p, &e) < 0) {
			say(ctx, true, err_text(&e, text, sizeof(text)));
			continue;
		}
		if (!p.used && ids && guid_is_zero(&p.id)) {
			say(ctx, true, "there are zeros where one of its slots "
			    "should be, used or not");
			continue;
		}
		doubt = p.used ? slot_doubt(l, &p, disk_size, &places) : NULL;
		if (doubt != NULL)
			say(ctx, false, doubt);
	}
}
