// SPDX-License-Identifier: MIT
#ifndef SAMPLES_FVE_WRITER_H
#define SAMPLES_FVE_WRITER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the metadata of a BitLocker volume, entry by entry: src/format/fve.c
 * has what is where. Nothing is encrypted here.
 */
enum { FVE_WRITER_BYTES = 65536 };

struct fve_writer {
	uint8_t bytes[FVE_WRITER_BYTES];
	size_t n;		/* so far; too much is a mistake of the caller */
	size_t head;		/* where the second head begins */
};

struct fve_writer_block {
	unsigned version;	/* 1 or 2 */
	unsigned state, next_state;
	uint64_t encrypted_bytes;
	uint32_t header_sectors;
	uint64_t metadata[3];
	uint64_t header_offset;	/* version 1: cluster of $MFTMirr */
	uint8_t volume[16];
	uint32_t next_nonce;
	unsigned method;
	uint64_t created;
};

/* A block, or with `b' NULL a .BEK file of the volume `volume'. */
void fve_begin(struct fve_writer *w, const struct fve_writer_block *b,
	       const uint8_t volume[16], uint64_t created);

void fve_put(struct fve_writer *w, const void *p, size_t n);
void fve_put_le16(struct fve_writer *w, unsigned v);
void fve_put_le32(struct fve_writer *w, uint32_t v);
void fve_put_le64(struct fve_writer *w, uint64_t v);

/* An entry, which what is put next belongs to, until it is closed. Entries may
 * be open inside each other. */
size_t fve_open(struct fve_writer *w, unsigned type, unsigned value_type);
void fve_close(struct fve_writer *w, size_t entry);

/* One with a text. */
void fve_text(struct fve_writer *w, unsigned type, const char *utf8);

/* Begin a protector. */
size_t fve_open_protector(struct fve_writer *w, const uint8_t identifier[16],
			  uint64_t modified, unsigned protection);

/* Write sizes and, of a block, the checksum. Returns how many bytes are in
 * use. */
size_t fve_end(struct fve_writer *w);

#endif /* SAMPLES_FVE_WRITER_H */
