#include "disk/udf_volume.h"

#include <inttypes.h>
#include <string.h>

#include "disk/findings.h"
#include "disk/udf_parts.h"

/* A recognition sequence has three descriptors, and some more on discs that
 * have a CD-ROM file system as well; libblkid looks at as many.  */
#define MAX_VSDS 64

/* A sequence of volume descriptors has 16 blocks, and lies at one place, or at
 * two where it was added to.  Many hostile volumes on a disk are to be told
 * within seconds.  */
#define MAX_SEQUENCE_BLOCKS 64
#define MAX_POINTERS 4

/* What should lie behind the end of the volume has no bytes to cite but those
 * that lead there.  */
void udf_report(struct udf_reader *r, const struct diag_kind *kind,
		uint64_t at, uint64_t n, const char *text)
{
	struct diag *d = diag_add(r->diags, kind, "%s",
				  text != NULL ? text : kind->title);

	if (at >= r->volume->size)
		at = r->start_at;
	if (d != NULL)
		source_cite(r->volume, at, n, "UDF descriptor", r->arena,
			    &d->cites);
}

/* A recognition sequence in steps of @step bytes that speaks of UDF.  */
static bool find_vsd(struct source *volume, uint32_t step, uint64_t *ret_at)
{
	for (uint32_t i = 0; i < MAX_VSDS; i++) {
		const uint64_t at = UDF_VSD_OFFSET + (uint64_t)i * step;
		uint8_t b[UDF_VSD_NAME_BYTES];
		enum udf_vsd vsd;

		if (source_read(volume, at, b, sizeof(b), NULL) < 0)
			return false;
		vsd = udf_vsd_parse((struct span){ b, sizeof(b), at });
		if (vsd == UDF_VSD_NSR)
			*ret_at = at;
		if (vsd != UDF_VSD_OTHER)
			return vsd == UDF_VSD_NSR;
	}
	return false;
}

bool udf_volume_is_there(struct source *volume, uint64_t *ret_at)
{
	return find_vsd(volume, UDF_VSD_BYTES, ret_at) ||
	       find_vsd(volume, UDF_MAX_BLOCK, ret_at);
}

static int read_block(struct udf_reader *r, uint64_t block, struct span *ret,
		      struct err *reterr)
{
	const uint64_t at = block * r->block_bytes;
	int err = source_read(r->volume, at, r->buf, r->block_bytes, reterr);

	if (err == 0)
		*ret = (struct span){ r->buf, r->block_bytes, at };
	return err;
}

int udf_read_descriptor(struct udf_reader *r, uint64_t block, uint32_t says,
			struct span *ret, uint16_t *ret_tag,
			struct err *reterr)
{
	int err = read_block(r, block, ret, reterr);

	return err < 0 ? err : udf_tag_parse(*ret, says, ret_tag, reterr);
}

int udf_wrong_tag(struct span s, uint16_t want, uint16_t got,
		  struct err *reterr)
{
	return err_set(reterr, ERR_VALUE, s.at, "UDF tag", want, got);
}

static int read_anchor(struct udf_reader *r, uint64_t block,
		       struct udf_anchor *ret, struct err *reterr)
{
	struct span s;
	uint16_t tag;
	int err = udf_read_descriptor(r, block, (uint32_t)block, &s, &tag,
				      reterr);

	if (err < 0)
		return err;
	if (tag != UDF_TAG_ANCHOR)
		return udf_wrong_tag(s, UDF_TAG_ANCHOR, tag, reterr);
	return udf_anchor_parse(s, ret, reterr);
}

/* The block in which the @i-th anchor lies.  Where the volume is too small for
 * it, that is the first.  */
static uint64_t anchor_block(const struct udf_reader *r, int i)
{
	const uint64_t blocks = r->volume->size / r->block_bytes;
	const uint64_t back = i == 1 ? 1 : UDF_ANCHOR_BLOCK + 1;

	if (i == 0 || blocks < back || blocks - back > UINT32_MAX)
		return UDF_ANCHOR_BLOCK;
	return blocks - back;
}

/* Discs that were not closed have none in the first place.  */
static void report_anchor(struct udf_reader *r, uint64_t used)
{
	const uint64_t at = (uint64_t)UDF_ANCHOR_BLOCK * r->block_bytes;
	struct udf_anchor ignored;
	struct span s;
	struct err e;
	char text[200];

	if (read_block(r, UDF_ANCHOR_BLOCK, &s, &e) == 0 && span_is_zero(s))
		return;
	read_anchor(r, UDF_ANCHOR_BLOCK, &ignored, &e);
	udf_report(r, &FINDING_UDF_COPY, at, r->block_bytes,
		   arena_printf(r->arena, "%s; the anchor in block %" PRIu64
				" is used.", err_text(&e, text, sizeof(text)),
				used));
}

/* An anchor tells the size of blocks, by lying where it says that it does.
 * Steps of 2048 bytes in the recognition sequence are those of blocks that are
 * not larger.  */
static bool find_anchor(struct udf_reader *r, struct udf_anchor *ret)
{
	static const uint32_t sizes[] = { 512, 1024, 2048, UDF_MAX_BLOCK, 512,
					  1024, 2048 };
	uint64_t at;
	const int first = find_vsd(r->volume, UDF_VSD_BYTES, &at) ? 0 : 3;

	for (int i = 0; i < 3; i++)
		for (int n = first; n < first + 4; n++) {
			uint64_t block;

			r->block_bytes = sizes[n];
			block = anchor_block(r, i);
			if (read_anchor(r, block, ret, NULL) < 0)
				continue;
			r->start_at = block * r->block_bytes;
			if (block != UDF_ANCHOR_BLOCK)
				report_anchor(r, block);
			return true;
		}
	return false;
}

static void add_partition(struct udf_sequence *q, const struct udf_partition *p)
{
	for (size_t i = 0; i < q->n_partitions; i++)
		if (q->partitions[i].partition == p->partition) {
			if (q->partitions[i].number < p->number)
				q->partitions[i] = *p;
			return;
		}
	if (q->n_partitions < MAX_PARTITIONS)
		q->partitions[q->n_partitions++] = *p;
}

static void add_volume(struct udf_sequence *q,
		       const struct udf_logical_volume *v, uint64_t at)
{
	if (q->has_volume && q->volume.number >= v->number)
		return;
	q->has_volume = true;
	q->volume = *v;
	q->volume_at = at;
	memcpy(q->label, v->label.p, sizeof(q->label));
	q->volume.label = (struct span){ q->label, sizeof(q->label),
					 v->label.at };
}

static int add(struct udf_sequence *q, struct span s, uint16_t tag,
	       struct udf_pointer *pointer, struct err *reterr)
{
	struct udf_logical_volume v;
	struct udf_partition p;
	int err = 0;

	switch (tag) {
	case UDF_TAG_LOGICAL_VOLUME:
		err = udf_logical_volume_parse(s, &v, reterr);
		if (err == 0)
			add_volume(q, &v, s.at);
		break;
	case UDF_TAG_PARTITION:
		err = udf_partition_parse(s, &p, reterr);
		if (err == 0)
			add_partition(q, &p);
		break;
	case UDF_TAG_POINTER:
		err = udf_pointer_parse(s, pointer, reterr);
		break;
	default:
		break;
	}
	return err;
}

static void note_damage(struct udf_sequence *q, const struct err *e)
{
	if (q->damage.code == 0)
		q->damage = *e;
}

static void note_limit(struct udf_sequence *q, const char *what, uint64_t at,
		       uint64_t limit)
{
	struct err e;

	err_set(&e, ERR_LIMIT, at, what, limit, limit);
	note_damage(q, &e);
}

/* The descriptors in @x, up to the one that ends them, or a block that was
 * never written.  *@ret_next is where they go on, if they do.  */
static void read_extent(struct udf_reader *r, struct udf_extent x,
			struct udf_sequence *q, struct udf_extent *ret_next)
{
	uint32_t n = x.bytes / r->block_bytes;
	struct udf_pointer pointer = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		const uint64_t block = (uint64_t)x.block + i;
		struct span s = { 0 };
		uint16_t tag = UDF_TAG_NONE;
		struct err e;
		int err;

		if (i == MAX_SEQUENCE_BLOCKS) {
			note_limit(q, "UDF volume descriptors",
				   block * r->block_bytes, i);
			break;
		}
		err = udf_read_descriptor(r, block, (uint32_t)block, &s, &tag,
					  &e);
		if ((err < 0 && s.n > 0 && span_is_zero(s)) ||
		    tag == UDF_TAG_END)
			break;
		if (err < 0 || add(q, s, tag, &pointer, &e) < 0)
			note_damage(q, &e);
	}
	*ret_next = pointer.next;
}

/* Ends: at most MAX_POINTERS lead on.  */
static void read_sequence(struct udf_reader *r, struct udf_extent x,
			  struct udf_sequence *q)
{
	for (int i = 0; i <= MAX_POINTERS && x.bytes > 0; i++)
		read_extent(r, x, q, &x);
	if (x.bytes > 0)
		note_limit(q, "UDF volume descriptor pointers",
			   (uint64_t)x.block * r->block_bytes, MAX_POINTERS);
}

/* The reserve is asked for what the main sequence does not tell.  */
static void read_sequences(struct udf_reader *r,
			   const struct udf_anchor *anchor,
			   struct udf_sequence *q)
{
	const uint64_t at = (uint64_t)anchor->main.block * r->block_bytes;
	struct err e;
	char text[200];

	read_sequence(r, anchor->main, q);
	e = q->damage;
	if (e.code == 0 && q->has_volume && q->n_partitions > 0)
		return;
	read_sequence(r, anchor->reserve, q);
	if (!q->has_volume)
		return;
	if (e.code == 0)
		err_set(&e, ERR_NOT_FOUND, at, "UDF volume descriptors", 0, 0);
	udf_report(r, &FINDING_UDF_COPY, e.at, r->block_bytes,
		   arena_printf(r->arena, "%s; the reserve in block %" PRIu32
				" is read as well.",
				err_text(&e, text, sizeof(text)),
				anchor->reserve.block));
}

static int read_file_set(struct udf_reader *r, const struct udf_sequence *q,
			 struct udf_file_set *ret, struct span *s,
			 struct err *reterr)
{
	uint64_t block;
	uint16_t tag;
	int err = udf_map_block(r, q, &block, reterr);

	if (err == 0)
		err = udf_read_descriptor(r, block, q->volume.file_set.block, s,
					  &tag, reterr);
	if (err < 0)
		return err;
	if (tag != UDF_TAG_FILE_SET)
		return udf_wrong_tag(*s, UDF_TAG_FILE_SET, tag, reterr);
	return udf_file_set_parse(*s, ret, reterr);
}

static int read_string(struct udf_reader *r, struct span field,
		       struct text *ret, struct err *reterr)
{
	struct udf_string t;
	int err = udf_string_parse(field, &t, reterr);

	if (err < 0)
		return err;
	if (t.chars.n > 0)
		*ret = t.wide ? text_from_utf16be(r->arena, t.chars) :
				text_from_latin1(r->arena, t.chars);
	return 0;
}

static const char *shown(struct text t)
{
	return t.utf8 != NULL ? t.utf8 : "";
}

static void compare_labels(struct udf_reader *r, const struct udf_file_set *f,
			   const struct volume_identity *v)
{
	struct text other = { 0 };

	if (read_string(r, f->label, &other, NULL) < 0 ||
	    strcmp(shown(other), shown(v->label)) == 0)
		return;
	udf_report(r, &FINDING_UDF_LABELS_DIFFER, f->label.at, f->label.n,
		   arena_printf(r->arena, "The volume has the label \"%s\", "
				"and its file set \"%s\".", shown(v->label),
				shown(other)));
}

static void read_label(struct udf_reader *r, const struct udf_sequence *q,
		       struct volume_identity *v)
{
	char text[200];
	struct err e;

	if (read_string(r, q->volume.label, &v->label, &e) < 0)
		udf_report(r, &FINDING_VOLUME_LABEL, q->volume.label.at,
			   q->volume.label.n,
			   arena_printf(r->arena, "%s.",
					err_text(&e, text, sizeof(text))));
}

static void read_serial(struct udf_reader *r, const struct udf_sequence *q,
			struct volume_identity *v)
{
	struct udf_file_set f;
	char text[200];
	struct err e;
	struct span s;

	if (read_file_set(r, q, &f, &s, &e) < 0) {
		udf_report(r, &FINDING_UDF_FILE_SET, e.at, r->block_bytes,
			   arena_printf(r->arena, "The serial number is of the "
					"file set, which is not read: %s.",
					err_text(&e, text, sizeof(text))));
		return;
	}
	v->has_serial = true;
	v->serial = f.serial;
	compare_labels(r, &f, v);
	source_cite(r->volume, s.at, UDF_FILE_SET_BYTES, "UDF file set",
		    r->arena, &v->cites);
}

static bool unusable(struct udf_reader *r, const struct err *e,
		     struct volume_identity *v)
{
	char text[200];

	v->damaged = true;
	udf_report(r, &FINDING_UDF_DAMAGED, r->start_at, r->block_bytes,
		   arena_printf(r->arena, "The recognition sequence of the "
				"volume is that of UDF, but the rest of it is "
				"not: %s.",
				err_text(e, text, sizeof(text))));
	return false;
}

bool udf_volume_identify(struct source *volume, struct arena *a,
			 struct diag_list *d, struct volume_identity *v)
{
	struct udf_reader r = { .volume = volume, .arena = a, .diags = d,
				.block_bytes = UDF_VSD_NAME_BYTES };
	struct err e = { ERR_NOT_FOUND, UDF_VSD_OFFSET, "UDF anchor", 0, 0 };
	struct udf_sequence q = { .has_volume = false };
	struct udf_anchor anchor;
	uint64_t vsd_at;

	if (!udf_volume_is_there(volume, &vsd_at))
		return false;
	r.start_at = vsd_at;
	if (!find_anchor(&r, &anchor)) {
		r.block_bytes = UDF_VSD_NAME_BYTES;
		return unusable(&r, &e, v);
	}
	read_sequences(&r, &anchor, &q);
	if (!q.has_volume) {
		e.at = r.start_at;
		e.what = "UDF logical volume";
		return unusable(&r, q.damage.code != 0 ? &q.damage : &e, v);
	}
	v->kind = FS_UDF;
	v->name = "UDF";
	v->udf_revision = q.volume.revision;
	v->cluster_size = q.volume.block_bytes;
	source_cite(volume, vsd_at, UDF_VSD_NAME_BYTES,
		    "UDF recognition descriptor", a, &v->cites);
	source_cite(volume, r.start_at, r.block_bytes, "UDF anchor", a,
		    &v->cites);
	source_cite(volume, q.volume_at, r.block_bytes, "UDF logical volume",
		    a, &v->cites);
	read_label(&r, &q, v);
	read_serial(&r, &q, v);
	return true;
}
