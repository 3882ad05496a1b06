/*
 * shadow_volume.h - what Windows keeps of shadow copies, put into a volume
 * field by field
 */
#ifndef TESTS_SHADOW_VOLUME_H
#define TESTS_SHADOW_VOLUME_H

#include <stddef.h>
#include <stdint.h>

/* The header of the volume at @volume, and the header of a block of @record at
 * @at.  */
void shadow_put_header(uint8_t *volume, uint64_t catalog);
void shadow_put_block(uint8_t *volume, uint64_t at, uint32_t record,
		      uint64_t relative, uint64_t next);

/* Entry number @i of the catalogue's block at @at: of a copy, made at second
 * @number of 2020 by the clock of FILETIME, and of its store, whose header is
 * at @header with the block list behind it.  */
void shadow_put_copy(uint8_t *volume, uint64_t at, size_t i, uint32_t number,
		     uint64_t volume_bytes);
void shadow_put_store(uint8_t *volume, uint64_t at, size_t i, uint32_t number,
		      uint64_t header);

/* The header of a store at @at, with what it says of its copy.  */
void shadow_put_info(uint8_t *volume, uint64_t at, uint32_t number);

/* Descriptor number @i of the block list's block at @at.  */
void shadow_put_descriptor(uint8_t *volume, uint64_t at, size_t i,
			   uint64_t original, uint64_t relative,
			   uint64_t offset, uint32_t flags, uint32_t bitmap);

#endif /* TESTS_SHADOW_VOLUME_H */
