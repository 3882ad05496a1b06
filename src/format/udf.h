/*
 * udf.h - the descriptors by which a UDF volume is found and named
 */
#ifndef FORMAT_UDF_H
#define FORMAT_UDF_H

#include "base/span.h"

/* The volume recognition sequence: descriptors of 2048 bytes, or of a sector
 * where that is larger.  */
#define UDF_VSD_OFFSET (32u << 10)
#define UDF_VSD_BYTES 2048
#define UDF_VSD_NAME_BYTES 7	/* as much of one tells what it is */

enum udf_vsd {
	UDF_VSD_END,		/* no descriptor: the sequence ends */
	UDF_VSD_OTHER,
	UDF_VSD_NSR,		/* there is a volume of ECMA-167 */
};

enum udf_vsd udf_vsd_parse(struct span s);

#define UDF_MIN_BLOCK 512
#define UDF_MAX_BLOCK 4096

/* The block in which the first anchor lies.  Two more can lie in the last block
 * and so many before it.  */
#define UDF_ANCHOR_BLOCK 256

enum udf_tag {
	UDF_TAG_NONE = 0,
	UDF_TAG_ANCHOR = 2, UDF_TAG_POINTER = 3, UDF_TAG_PARTITION = 5,
	UDF_TAG_LOGICAL_VOLUME = 6, UDF_TAG_END = 8,
	UDF_TAG_FILE_SET = 256, UDF_TAG_FILE = 261, UDF_TAG_EXTENDED_FILE = 266,
};

/* Check the tag that begins each descriptor: its own checksum, that it says to
 * lie in @block, and the checksum of what it describes.  */
int udf_tag_parse(struct span s, uint32_t block, uint16_t *ret_tag,
		  struct err *reterr);

struct udf_extent {
	uint32_t bytes, block;
};

/* The parsers below want a descriptor whose tag was found good.  */
struct udf_anchor {
	struct udf_extent main, reserve;
};

int udf_anchor_parse(struct span s, struct udf_anchor *ret, struct err *reterr);

/* The sequence goes on elsewhere.  */
struct udf_pointer {
	uint32_t number;
	struct udf_extent next;
};

int udf_pointer_parse(struct span s, struct udf_pointer *ret,
		      struct err *reterr);

struct udf_partition {
	uint32_t number;	/* of descriptors of one partition, the highest
				 * prevails */
	uint16_t partition;
	uint32_t first_block, blocks;
};

int udf_partition_parse(struct span s, struct udf_partition *ret,
			struct err *reterr);

/* On one disc UDF has at most three.  */
#define UDF_MAX_MAPS 4

#define UDF_MAX_SPARING_TABLES 4

enum udf_map_kind {
	UDF_MAP_PHYSICAL,	/* blocks lie where their numbers say */
	UDF_MAP_SPARABLE,	/* but for packets that lie elsewhere */
	UDF_MAP_VIRTUAL,	/* blocks lie where a table says */
	UDF_MAP_METADATA,	/* blocks lie in a file */
	UDF_MAP_OTHER,		/* not read */
};

struct udf_map {
	enum udf_map_kind kind;
	uint16_t partition;
	uint32_t file, mirror;	/* METADATA: blocks of the partition */
	/* SPARABLE: blocks of a packet; copies of the table, and where each
	 * lies, in blocks of the volume */
	uint16_t packet_blocks;
	uint8_t n_tables;
	uint32_t table_bytes;
	uint32_t tables[UDF_MAX_SPARING_TABLES];
};

struct udf_logical_volume {
	uint32_t number;	/* the highest prevails */
	struct span label;	/* the field, for udf_string_parse() */
	uint32_t block_bytes;
	uint16_t revision;	/* as the descriptor has it, 0x0201; 0: the
				 * volume is not one of UDF */
	struct udf_extent file_set;
	uint16_t file_set_map;
	struct udf_map maps[UDF_MAX_MAPS];
	size_t n_maps;
};

int udf_logical_volume_parse(struct span s, struct udf_logical_volume *ret,
			     struct err *reterr);

/* A sparing table has at most this many bytes.  */
#define UDF_MAX_SPARING_BYTES (56 + 8 * 0xffff)

struct udf_sparing {
	uint32_t number;	/* of copies, the highest prevails */
	struct span entries;
};

int udf_sparing_parse(struct span s, struct udf_sparing *ret,
		      struct err *reterr);

/* Where in the volume the packet lies that begins with block @packet of the
 * partition.  False: where it would without the table.  */
bool udf_sparing_find(const struct udf_sparing *t, uint32_t packet,
		      uint32_t *ret);

/* What the descriptor @s of a file, of which @tag is that, says of what is in
 * it.  */
struct udf_content {
	uint64_t bytes;
	uint8_t type;		/* of the file */
	bool embedded;		/* it lies in the descriptor, else in blocks */
	struct span data;	/* then */
};

#define UDF_FILE_VAT 248	/* up to UDF 1.50, it is of no type */
#define UDF_VAT_END_BYTES 36	/* there it ends with a name and a number */
#define UDF_VAT_HEAD_BYTES 152	/* else it begins with at least as many */

int udf_content_parse(struct span s, uint16_t tag, struct udf_content *ret,
		      struct err *reterr);

/* Whether @end, the last bytes of a file, are those of a virtual allocation
 * table.  */
bool udf_is_old_vat(struct span end);

#define UDF_FILE_SET_BYTES 512

struct udf_file_set {
	struct span label;	/* of the logical volume, once more */
	uint32_t serial;	/* what Windows takes as volume serial number */
};

int udf_file_set_parse(struct span s, struct udf_file_set *ret,
		       struct err *reterr);

/* The block of the partition in which block @index of a file lies that @s
 * describes; @tag is that of a file.  */
int udf_file_block(struct span s, uint16_t tag, uint32_t block_bytes,
		   uint32_t index, uint32_t *ret, struct err *reterr);

#define UDF_LABEL_BYTES 128

struct udf_string {
	struct span chars;
	bool wide;		/* UCS-2 big-endian, else ISO 8859-1 */
};

/* The text that @field has room for.  */
int udf_string_parse(struct span field, struct udf_string *ret,
		     struct err *reterr);

#endif /* FORMAT_UDF_H */
