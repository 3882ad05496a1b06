/*
 * udf_blocks.c - where the blocks of the partitions of a UDF volume lie
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disk/findings.h"
#include "disk/udf_parts.h"

/* A virtual allocation table is the last that was written to a disc; behind it
 * may be what an image is padded with.  */
#define MAX_VAT_BLOCKS 256

/* A hole at the end of an image is passed over in steps of at most so many
 * bytes.  */
#define HOLE_STEP (16u << 20)

static int read_sparing(struct udf_reader *r, uint32_t block, uint8_t *buf,
			size_t n, struct udf_sparing *ret, struct err *reterr)
{
	struct span s = { buf, n, (uint64_t)block * r->block_bytes };
	uint16_t tag;
	int err = source_read(r->volume, s.at, buf, n, reterr);

	if (err == 0)
		err = udf_tag_parse(s, block, &tag, reterr);
	if (err < 0)
		return err;
	if (tag != UDF_TAG_NONE)
		return udf_wrong_tag(s, UDF_TAG_NONE, tag, reterr);
	return udf_sparing_parse(s, ret, reterr);
}

static void report_sparing(struct udf_reader *r, const struct err *e)
{
	char text[200];

	if (!r->told_sparing)
		udf_report(r, &FINDING_UDF_COPY, e->at, r->block_bytes,
			   arena_printf(r->arena, "%s; another copy of the "
					"sparing table is used.",
					err_text(e, text, sizeof(text))));
	r->told_sparing = true;
}

/* Look for what replaces the packet that begins with block @packet of the
 * partition, in the newest copy of the table.  */
static int look_up_packet(struct udf_reader *r, const struct udf_map *m,
			  uint32_t packet, bool *ret_found, uint32_t *ret,
			  struct err *reterr)
{
	const size_t n = m->table_bytes < UDF_MAX_SPARING_BYTES ?
				 m->table_bytes : UDF_MAX_SPARING_BYTES;
	uint8_t *buf = arena_malloc(r->arena, n);
	struct err first = { .code = 0 };
	uint32_t newest = 0;
	size_t good = 0;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "UDF sparing table", n, 0);
	*ret_found = false;
	for (size_t i = 0; i < m->n_tables; i++) {
		struct udf_sparing t = { 0 };
		struct err e;

		if (read_sparing(r, m->tables[i], buf, n, &t, &e) < 0) {
			if (first.code == 0)
				first = e;
			continue;
		}
		if (good++ > 0 && t.number <= newest)
			continue;
		*ret_found = udf_sparing_find(&t, packet, ret);
		newest = t.number;
	}
	free(buf);
	if (first.code != 0 && good == 0)
		return err_set(reterr, first.code, first.at, first.what,
			       first.want, first.got);
	if (first.code != 0)
		report_sparing(r, &first);
	return 0;
}

/* The map of a partition of which some packets lie elsewhere, or NULL.  */
static const struct udf_map *sparable_map(const struct udf_sequence *q,
					  uint16_t partition)
{
	for (size_t i = 0; i < q->volume.n_maps; i++) {
		const struct udf_map *m = &q->volume.maps[i];

		if (m->kind == UDF_MAP_SPARABLE &&
		    m->partition == partition && m->packet_blocks > 0)
			return m;
	}
	return NULL;
}

static const struct udf_partition *find_partition(const struct udf_sequence *q,
						  uint16_t partition)
{
	for (size_t i = 0; i < q->n_partitions; i++)
		if (q->partitions[i].partition == partition)
			return &q->partitions[i];
	return NULL;
}

/* The block of the volume that block @block of @partition is.  */
static int partition_block(struct udf_reader *r, const struct udf_sequence *q,
			   uint16_t partition, uint32_t block, uint64_t *ret,
			   struct err *reterr)
{
	const struct udf_partition *p = find_partition(q, partition);
	const struct udf_map *m = sparable_map(q, partition);
	bool spared = false;
	uint32_t in_packet = 0, at = 0;
	int err = 0;

	if (p == NULL || block >= p->blocks)
		return err_set(reterr, ERR_VALUE, q->volume_at,
			       "UDF logical volume: block of a partition", 0,
			       block);
	if (m != NULL) {
		in_packet = block % m->packet_blocks;
		err = look_up_packet(r, m, block - in_packet, &spared, &at,
				     reterr);
	}
	if (err == 0)
		*ret = spared ? (uint64_t)at + in_packet :
				(uint64_t)p->first_block + block;
	return err;
}

/* The same of a partition whose blocks lie in the file that @file is.  */
static int file_block(struct udf_reader *r, const struct udf_sequence *q,
		      const struct udf_map *m, uint32_t file, uint32_t block,
		      uint64_t *ret, struct err *reterr)
{
	uint64_t at;
	uint32_t found;
	struct span s;
	uint16_t tag;
	int err = partition_block(r, q, m->partition, file, &at, reterr);

	if (err == 0)
		err = udf_read_descriptor(r, at, file, &s, &tag, reterr);
	if (err < 0)
		return err;
	if (tag != UDF_TAG_FILE && tag != UDF_TAG_EXTENDED_FILE)
		return udf_wrong_tag(s, UDF_TAG_EXTENDED_FILE, tag, reterr);
	err = udf_file_block(s, tag, r->block_bytes, block, &found, reterr);
	if (err == 0)
		err = partition_block(r, q, m->partition, found, ret, reterr);
	return err;
}

static int metadata_block(struct udf_reader *r, const struct udf_sequence *q,
			  const struct udf_map *m, uint32_t block,
			  uint64_t *ret, struct err *reterr)
{
	char text[200];
	struct err e;
	int err = file_block(r, q, m, m->file, block, ret, &e);

	if (err == 0)
		return 0;
	err = file_block(r, q, m, m->mirror, block, ret, reterr);
	if (err == 0)
		udf_report(r, &FINDING_UDF_COPY, e.at, r->block_bytes,
			   arena_printf(r->arena, "%s; the mirror of the "
					"metadata file is used.",
					err_text(&e, text, sizeof(text))));
	return err;
}

/* A virtual allocation table: the descriptor of its file, and its entries.  */
struct vat {
	uint8_t bytes[UDF_MAX_BLOCK];
	struct span file;
	uint16_t tag;
	struct udf_content content;
	uint64_t entries_at, n;
};

/* Bytes of the file that the table is.  */
static int read_vat(struct udf_reader *r, const struct udf_sequence *q,
		    const struct udf_map *m, const struct vat *v, uint64_t off,
		    uint8_t *buf, size_t n, struct err *reterr)
{
	struct span s;

	if (v->content.embedded) {
		if (!span_sub(v->content.data, off, n, &s))
			return err_set(reterr, ERR_TRUNCATED, v->file.at,
				       "UDF virtual allocation table", off + n,
				       v->content.data.n);
		memcpy(buf, s.p, n);
		return 0;
	}
	while (n > 0) {
		const uint32_t in_block = (uint32_t)(off % r->block_bytes);
		const size_t take = n < r->block_bytes - in_block ?
					    n : r->block_bytes - in_block;
		uint32_t block;
		uint64_t at;
		int err;

		if (off / r->block_bytes > UINT32_MAX)
			return err_set(reterr, ERR_LIMIT, v->file.at,
				       "UDF virtual allocation table",
				       UINT32_MAX, off / r->block_bytes);
		err = udf_file_block(v->file, v->tag, r->block_bytes,
				     (uint32_t)(off / r->block_bytes), &block,
				     reterr);
		if (err == 0)
			err = partition_block(r, q, m->partition, block, &at,
					      reterr);
		if (err == 0)
			err = source_read(r->volume,
					  at * r->block_bytes + in_block, buf,
					  take, reterr);
		if (err < 0)
			return err;
		buf += take;
		off += take;
		n -= take;
	}
	return 0;
}

/* Whether the file is a table; where its entries are then.  */
static bool is_vat(struct udf_reader *r, const struct udf_sequence *q,
		   const struct udf_map *m, struct vat *v)
{
	const uint64_t bytes = v->content.bytes;
	uint8_t end[UDF_VAT_END_BYTES];
	le16 head;

	if (v->content.type == UDF_FILE_VAT) {
		if (read_vat(r, q, m, v, 0, (uint8_t *)&head, sizeof(head),
			     NULL) < 0 ||
		    get_le16(head) < UDF_VAT_HEAD_BYTES ||
		    get_le16(head) > bytes)
			return false;
		v->entries_at = get_le16(head);
		v->n = (bytes - v->entries_at) / sizeof(le32);
		return true;
	}
	if (v->content.type != 0 || bytes < sizeof(end) ||
	    read_vat(r, q, m, v, bytes - sizeof(end), end, sizeof(end),
		     NULL) < 0 ||
	    !udf_is_old_vat((struct span){ end, sizeof(end), 0 }))
		return false;
	v->entries_at = 0;
	v->n = (bytes - sizeof(end)) / sizeof(le32);
	return true;
}

/* Take the descriptor in block @block of the volume, if it is that of a
 * table.  */
static bool take_vat(struct udf_reader *r, const struct udf_sequence *q,
		     const struct udf_map *m, uint64_t block, uint32_t says,
		     struct vat *v)
{
	struct span s;

	if (udf_read_descriptor(r, block, says, &s, &v->tag, NULL) < 0 ||
	    (v->tag != UDF_TAG_FILE && v->tag != UDF_TAG_EXTENDED_FILE))
		return false;
	memcpy(v->bytes, s.p, s.n);
	v->file = (struct span){ v->bytes, s.n, s.at };
	return udf_content_parse(v->file, v->tag, &v->content, NULL) == 0 &&
	       is_vat(r, q, m, v);
}

/* How much of the first @end bytes is before a hole that ends there.  */
static uint64_t end_of_data(struct udf_reader *r, uint64_t end)
{
	for (uint64_t step = HOLE_STEP; step >= r->block_bytes; ) {
		const uint64_t at = end > step ? end - step : 0;

		if (end == 0 || source_next_data(r->volume, at) < end)
			step /= 2;
		else
			end = at;
	}
	return end;
}

static int find_vat(struct udf_reader *r, const struct udf_sequence *q,
		    const struct udf_map *m, struct vat *v, struct err *reterr)
{
	const struct udf_partition *p = find_partition(q, m->partition);
	const uint64_t size = r->volume->size / r->block_bytes *
			      r->block_bytes;
	uint64_t block = end_of_data(r, size) / r->block_bytes;

	for (int i = 0; p != NULL && i < MAX_VAT_BLOCKS &&
	     block > p->first_block; i++) {
		block--;
		if (block - p->first_block < p->blocks &&
		    take_vat(r, q, m, block,
			     (uint32_t)(block - p->first_block), v))
			return 0;
	}
	return err_set(reterr, ERR_NOT_FOUND, q->volume_at,
		       "UDF virtual allocation table", 0, 0);
}

static int virtual_block(struct udf_reader *r, const struct udf_sequence *q,
			 const struct udf_map *m, uint32_t block,
			 uint64_t *ret, struct err *reterr)
{
	struct vat v;
	le32 entry;
	int err = find_vat(r, q, m, &v, reterr);

	if (err < 0)
		return err;
	if (block >= v.n)
		return err_set(reterr, ERR_VALUE, v.file.at,
			       "UDF virtual allocation table: entries", v.n,
			       block);
	err = read_vat(r, q, m, &v, v.entries_at + sizeof(entry) * block,
		       (uint8_t *)&entry, sizeof(entry), reterr);
	if (err == 0)
		err = partition_block(r, q, m->partition, get_le32(entry), ret,
				      reterr);
	return err;
}

int udf_map_block(struct udf_reader *r, const struct udf_sequence *q,
		  uint64_t *ret, struct err *reterr)
{
	const struct udf_logical_volume *v = &q->volume;
	const struct udf_map *m = &v->maps[v->file_set_map % UDF_MAX_MAPS];

	if (v->file_set_map >= v->n_maps)
		return err_set(reterr, ERR_VALUE, q->volume_at + 0x100,
			       "UDF logical volume: map of the file set",
			       v->n_maps, v->file_set_map);
	switch (m->kind) {
	case UDF_MAP_PHYSICAL:
	case UDF_MAP_SPARABLE:
		return partition_block(r, q, m->partition, v->file_set.block,
				       ret, reterr);
	case UDF_MAP_METADATA:
		return metadata_block(r, q, m, v->file_set.block, ret, reterr);
	case UDF_MAP_VIRTUAL:
		return virtual_block(r, q, m, v->file_set.block, ret, reterr);
	case UDF_MAP_OTHER:
		break;
	}
	return err_set(reterr, ERR_UNSUPPORTED, q->volume_at + 0x1b8,
		       "UDF partition map", 0, 0);
}
