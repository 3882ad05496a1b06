#include "disk/witness.h"

#include <inttypes.h>

#include "disk/findings.h"
#include "format/mbr.h"
#include "disk/tsk.h"

/* The table is that of another tool, and could be wrong: more partitions than a
 * GPT of ours may have are not compared.  */
#define MAX_TSK_PARTITIONS 8192

/* What libtsk may read for its answer: both copies of a GPT of 4096 entries, or
 * its cache's 64 KiB for each logical drive.  The time that it takes grows with
 * the square of what it finds: 5000 logical drives took three seconds, a GPT of
 * 100,000 entries minutes.  */
#define TABLE_BUDGET (1u << 20)
#define DRIVE_BUDGET (64u << 10)
#define MAX_DRIVES 200

struct range {
	uint64_t offset, length;
	bool matched;
};

struct witness {
	struct disk *disk;
	struct arena *arena;
	struct diag_list *diags;
	struct range *theirs;
	size_t n;
};

/* What is known of libtsk 4.11 that explains a difference.  */
static const char *explanation(const struct disk *disk)
{
	if (disk->from_backup)
		return " libtsk does not check the GPT's checksums, and may "
		       "have read its damaged primary copy.";
	for (size_t i = 0; i < disk->n_partitions; i++)
		if (disk->partitions[i].mbr_type == 0x85)
			return " libtsk takes type 0x85 for an extended "
			       "partition, Windows does not.";
	return "";
}

static void report(struct witness *w, const struct diag_kind *kind,
		   const struct cites *cites, const char *text)
{
	struct diag *d = diag_add(w->diags, kind, "%s",
				  text != NULL ? text : kind->title);

	if (d != NULL)
		cites_join(w->arena, &d->cites, cites);
}

static bool collect(struct witness *w, const TSK_VS_INFO *vs)
{
	for (const TSK_VS_PART_INFO *p = vs->part_list;
	     p != NULL && w->n < MAX_TSK_PARTITIONS; p = p->next) {
		struct range *r;

		if ((p->flags & TSK_VS_PART_FLAG_ALLOC) == 0)
			continue;
		r = arena_push(w->arena, &w->theirs, w->n, sizeof(*r));
		if (r == NULL)
			return false;
		r->offset = p->start * vs->block_size;
		r->length = p->len * vs->block_size;
		w->n++;
	}
	return true;
}

/* Their range that is the same as @p's; else the first that begins there.  */
static struct range *their_range(struct witness *w, const struct partition *p)
{
	struct range *near = NULL;

	for (size_t i = 0; i < w->n; i++) {
		struct range *r = &w->theirs[i];

		if (r->matched || r->offset != p->offset)
			continue;
		if (r->length == p->length)
			return r;
		if (near == NULL)
			near = r;
	}
	return near;
}

static bool compare_partition(struct witness *w, struct partition *p)
{
	struct range *r = their_range(w, p);

	if (r != NULL)
		r->matched = true;
	p->tsk_agrees = r != NULL && r->length == p->length;
	if (p->tsk_agrees)
		return true;
	report(w, &FINDING_WITNESS_DISAGREES, &p->cites, r != NULL ?
	       arena_printf(w->arena, "Partition %u at byte %" PRIu64 " has %"
			    PRIu64 " bytes, but libtsk says %" PRIu64 ".%s",
			    p->number, p->offset, p->length, r->length,
			    explanation(w->disk)) :
	       arena_printf(w->arena, "Partition %u, %" PRIu64 " bytes at byte "
			    "%" PRIu64 ", is not among the %zu partitions "
			    "that libtsk sees.%s", p->number, p->length,
			    p->offset, w->n, explanation(w->disk)));
	return false;
}

/* The entry that keeps others off a GPT is no partition, even where no GPT is
 * left behind it.  */
static bool is_protective(struct witness *w, const struct range *r)
{
	uint8_t sector[MBR_BYTES];
	struct mbr mbr;

	if (w->disk->scheme != SCHEME_NONE ||
	    source_read(w->disk->source, 0, sector, sizeof(sector),
			NULL) < 0 ||
	    mbr_parse((struct span){ sector, sizeof(sector), 0 }, &mbr,
		      NULL) < 0)
		return false;
	for (int i = 0; i < MBR_ENTRIES; i++)
		if (mbr.entry[i].type == MBR_TYPE_GPT_PROTECTIVE &&
		    (uint64_t)mbr.entry[i].first_lba * w->disk->sector_size ==
			    r->offset)
			return true;
	return false;
}

static bool compare(struct witness *w)
{
	bool agree = true;

	for (size_t i = 0; i < w->disk->n_partitions; i++) {
		struct partition *p = &w->disk->partitions[i];

		/* libtsk leaves out what has no length */
		if (p->length != 0)
			agree &= compare_partition(w, p);
	}
	for (size_t i = 0; i < w->n; i++) {
		const struct range *r = &w->theirs[i];

		if (r->matched || is_protective(w, r))
			continue;
		agree = false;
		report(w, &FINDING_WITNESS_DISAGREES, &w->disk->cites,
		       arena_printf(w->arena, "libtsk sees a partition of %"
				    PRIu64 " bytes at byte %" PRIu64
				    " that is not listed here.%s", r->length,
				    r->offset, explanation(w->disk)));
	}
	return agree;
}

static enum witness_state silent(struct witness *w)
{
	const char *why = tsk_error_get();

	if (tsk_error_get_errno() == TSK_ERR_AUX_MALLOC)
		arena_set_failed(w->arena);
	/* it does not open a table without partitions either */
	if (w->disk->n_partitions == 0)
		return WITNESS_NOT_ASKED;
	/* its message can hold a newline, but no bytes of the evidence */
	report(w, &FINDING_WITNESS_SILENT, &w->disk->cites,
	       arena_printf(w->arena, "libtsk cannot read the partition table "
			    "and confirms none of its partitions: %s.",
			    why != NULL ? why : "it does not say why"));
	return WITNESS_SILENT;
}

static TSK_VS_TYPE_ENUM type_of(const struct disk *disk)
{
	switch (disk->scheme) {
	case SCHEME_MBR:
		return TSK_VS_TYPE_DOS;
	case SCHEME_GPT:
		return TSK_VS_TYPE_GPT;
	case SCHEME_NONE:
		break;
	}
	return TSK_VS_TYPE_DETECT;
}

static int ask(struct witness *w, TSK_IMG_INFO *img, enum witness_state *ret,
	       struct err *reterr)
{
	TSK_VS_INFO *vs = tsk_vs_open(img, 0, type_of(w->disk));
	int r = 0;

	if (vs == NULL)
		*ret = silent(w);
	else if (!collect(w, vs))
		r = err_set(reterr, ERR_NOMEM, 0, "libtsk's partitions", 0, 0);
	else
		*ret = compare(w) ? WITNESS_AGREES : WITNESS_DISAGREES;
	if (vs != NULL)
		tsk_vs_close(vs);
	tsk_error_reset();
	return r;
}

static uint64_t budget_for(const struct disk *disk)
{
	if (disk->scheme != SCHEME_MBR || disk->n_partitions > MAX_DRIVES)
		return TABLE_BUDGET;
	return TABLE_BUDGET + disk->n_partitions * DRIVE_BUDGET;
}

int disk_witness_tsk(struct disk *disk, struct arena *a, struct diag_list *d,
		     enum witness_state *ret, struct err *reterr)
{
	struct witness w = { .disk = disk, .arena = a, .diags = d };
	TSK_IMG_INFO *img;
	int r;

	/* In a volume's boot sector libtsk would see a table of nonsense.  */
	if (disk->scheme == SCHEME_NONE && disk->n_partitions > 0) {
		*ret = WITNESS_NOT_ASKED;
		return 0;
	}
	img = tsk_image_of(disk->source, disk->size, budget_for(disk),
			   disk->sector_size);
	if (img == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "libtsk's image", 0, 0);
	r = ask(&w, img, ret, reterr);
	tsk_img_close(img);
	return r;
}
