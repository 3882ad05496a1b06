/*
 * udf_parts.h - what the readers of UDF descriptors share
 *
 * Between udf_volume.c, which finds the descriptors of a volume, and
 * udf_blocks.c, which finds the blocks of its partitions.
 */
#ifndef DISK_UDF_PARTS_H
#define DISK_UDF_PARTS_H

#include "disk/udf_volume.h"
#include "format/udf.h"

/* UDF has at most two partitions on a volume.  */
#define MAX_PARTITIONS 4

struct udf_reader {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	uint32_t block_bytes;
	uint64_t start_at;	/* where what is read was found from */
	bool told_sparing;	/* that a copy of a sparing table is damaged */
	uint8_t buf[UDF_MAX_BLOCK];	/* what was read last */
};

/* What a sequence of volume descriptors says.  */
struct udf_sequence {
	bool has_volume;
	struct udf_logical_volume volume;
	uint8_t label[UDF_LABEL_BYTES];
	uint64_t volume_at;
	struct udf_partition partitions[MAX_PARTITIONS];
	size_t n_partitions;
	struct err damage;	/* the first; code 0: none */
};

/* @text NULL: out of memory.  */
void udf_report(struct udf_reader *r, const struct diag_kind *kind,
		uint64_t at, uint64_t n, const char *text);

/* The descriptor in block @block of the volume, which says that it lies in
 * @says.  */
int udf_read_descriptor(struct udf_reader *r, uint64_t block, uint32_t says,
			struct span *ret, uint16_t *ret_tag,
			struct err *reterr);

int udf_wrong_tag(struct span s, uint16_t want, uint16_t got,
		  struct err *reterr);

/* The block of the volume in which the file set lies.  */
int udf_map_block(struct udf_reader *r, const struct udf_sequence *q,
		  uint64_t *ret, struct err *reterr);

#endif /* DISK_UDF_PARTS_H */
