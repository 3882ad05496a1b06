/*
 * vss.h - the metadata of volume shadow copies
 *
 * What the provider of Windows keeps of shadow copies lies in blocks of 16 KiB
 * on a volume: a header behind the boot sector leads to a catalogue, and that
 * to a store for each copy.  Offsets are in bytes from the start of the volume
 * that the structure lies on.
 */
#ifndef FORMAT_VSS_H
#define FORMAT_VSS_H

#include <stdbool.h>

#include "base/guid.h"
#include "base/span.h"

#define VSS_HEADER_OFFSET 0x1e00
#define VSS_HEADER_BYTES 512
#define VSS_BLOCK_BYTES 0x4000
#define VSS_BLOCK_HEADER_BYTES 128
#define VSS_ENTRY_BYTES 128
#define VSS_DESCRIPTOR_BYTES 32

/* Types of records.  */
enum vss_record {
	VSS_VOLUME_HEADER = 1, VSS_CATALOG = 2, VSS_BLOCK_LIST = 3,
	VSS_STORE_HEADER = 4, VSS_RANGES = 5, VSS_BITMAP = 6,
};

struct vss_header {
	unsigned version;	/* 1 up to Windows 7, 2 since Windows 8 */
	uint64_t catalog;	/* offset; 0: there is none */
	uint64_t max_size;	/* of all stores; 0: no limit */
	struct guid volume;	/* by which VSS knows the volume */
	struct guid storage;	/* and the one that its copies are kept on */
};

/* Decode the 512 bytes of @s, those at VSS_HEADER_OFFSET.  ERR_NOT_FOUND: it is
 * no such header, not even a damaged one.  */
int vss_header_parse(struct span s, struct vss_header *ret, struct err *reterr);

struct vss_block {
	uint64_t relative;	/* offset in its own file */
	uint64_t next;		/* offset of the next; 0: it is the last */
	uint64_t info_bytes;	/* of a store header: what follows it */
	struct span content;	/* behind the header */
};

/* Decode the block @s, of which at least the header is there.  It must be of
 * @record, and lie where it says, @s.at.  */
int vss_block_parse(struct span s, enum vss_record record,
		    struct vss_block *ret, struct err *reterr);

enum vss_entry_kind { VSS_ENTRY_UNUSED, VSS_ENTRY_COPY, VSS_ENTRY_STORE };

/* An entry of the catalogue: of a copy, on the volume that it is of; or of its
 * store, on the volume which that is kept on.  */
struct vss_entry {
	enum vss_entry_kind kind;
	struct guid store;	/* the same of both */
	/* Of a copy.  */
	uint64_t volume_bytes;
	uint64_t sequence;
	uint64_t flags;
	uint64_t created;	/* FILETIME */
	/* Of a store: offsets.  */
	uint64_t header;
	uint64_t block_list;
	uint64_t ranges;
	uint64_t bitmap;
	uint64_t previous_bitmap;	/* 0: it has none */
	uint64_t file;		/* reference of its file in NTFS */
	uint64_t allocated;	/* bytes */
};

/* Decode the 128 bytes of @s.  */
int vss_entry_parse(struct span s, struct vss_entry *ret, struct err *reterr);

/* What stands behind the header of a store.  */
struct vss_store_info {
	struct guid copy, set;
	uint32_t context;	/* in which it was made: VSS_CTX_* */
	uint32_t attributes;	/* VSS_VOLSNAP_ATTR_* */
	struct span machine, service_machine;	/* UTF-16LE */
};

int vss_store_info_parse(struct span s, struct vss_store_info *ret,
			 struct err *reterr);

enum {
	VSS_FORWARDER = 1u << 0,	/* the content went to @relative, an
					 * offset on the volume */
	VSS_OVERLAY = 1u << 1,	/* changes that were made to the copy itself */
	VSS_UNUSED = 1u << 2,
};

/* Where the former content of a block is kept.  */
struct vss_descriptor {
	uint64_t original;	/* offset of the block on the volume */
	uint64_t relative;	/* in the store's file; or see above */
	uint64_t offset;	/* on the volume which the store is kept on */
	uint32_t flags;
	uint32_t bitmap;	/* of an overlay: which 512 bytes it has */
};

/* Decode the 32 bytes of @s.  */
int vss_descriptor_parse(struct span s, struct vss_descriptor *ret,
			 struct err *reterr);

/* The word for bit @bit of the attributes, and that for a context; or NULL.  */
const char *vss_attribute_name(unsigned bit);
const char *vss_context_name(uint32_t context);

#endif /* FORMAT_VSS_H */
