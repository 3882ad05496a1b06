/*
 * evtx.h - a Windows event log: its header, chunks and records
 *
 * What an event says is binary_xml.h's.
 */
#ifndef FORMAT_EVTX_H
#define FORMAT_EVTX_H

#include "base/span.h"

#define EVTX_FILE_HEAD_BYTES 4096	/* the first chunk lies behind it */
#define EVTX_CHUNK_BYTES 65536
#define EVTX_CHUNK_HEAD_BYTES 512
#define EVTX_RECORD_HEAD_BYTES 24
#define EVTX_RECORD_MIN_BYTES 28	/* its head, and its size once more */

struct evtx_file {
	uint64_t first_chunk, last_chunk;
	uint64_t next_record;
	uint16_t major, minor;
	uint16_t n_chunks;
	bool dirty;		/* was open: what it says here may be old */
	bool full;
	uint32_t checksum, checksum_computed;
};

/* Only the signature is demanded: chunks outlive a damaged header.  128 bytes
 * suffice.  */
int evtx_file_parse(struct span s, struct evtx_file *ret, struct err *reterr);

struct evtx_chunk {
	uint64_t first_record, last_record;	/* ids */
	uint32_t free_offset;	/* the records that it counts end there; never
				 * beyond the chunk */
	uint32_t head_checksum, head_checksum_computed;
	uint32_t checksum, checksum_computed;	/* of its records */
};

/* @s is a whole chunk.  Demands the signature and a free offset inside.  */
int evtx_chunk_parse(struct span s, struct evtx_chunk *ret, struct err *reterr);

struct evtx_record {
	uint32_t size;		/* bytes, all of it; inside its chunk */
	uint64_t id;
	uint64_t written;	/* FILETIME */
	struct span event;	/* binary XML */
	bool sound;		/* its size stands at its end, too */
};

/* The record at @off of the chunk @s.  A wrong size at its end is for the
 * caller to judge.  */
int evtx_record_parse(struct span s, size_t off, struct evtx_record *ret,
		      struct err *reterr);

/* The same, of a record that must be @size bytes long whatever it says.  */
int evtx_record_parse_sized(struct span s, size_t off, uint32_t size,
			    struct evtx_record *ret, struct err *reterr);

/* The size that stands before @end in the chunk @s; 0: none can.  */
uint32_t evtx_size_before(struct span s, size_t end);

/* Whether the bytes at @off are a damaged record of that id: its signature is
 * there, or its size at both ends, but not both.  */
bool evtx_is_damaged_record(struct span s, size_t off, uint64_t id);

/* Where the next record may begin: the first place from @off on, and before
 * @end, that has the signature; @end where there is none.  */
size_t evtx_find_record(struct span s, size_t off, size_t end);

#endif /* FORMAT_EVTX_H */
