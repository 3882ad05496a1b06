/*
 * bytes.h - integers as they lie on disk
 *
 * Each type is a bare byte array inside a struct, so that
 *   - using an on-disk value without decoding it does not compile,
 *   - its alignment is 1: on-disk structs need no `packed', and a pointer to
 *     one may point anywhere in a buffer.
 * GCC and clang turn every getter below into a single load.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>

typedef struct { uint8_t b[2]; } le16;
typedef struct { uint8_t b[4]; } le32;
typedef struct { uint8_t b[8]; } le64;
typedef struct { uint8_t b[2]; } be16;
typedef struct { uint8_t b[4]; } be32;
typedef struct { uint8_t b[8]; } be64;

static inline uint16_t get_le16(le16 v)
{
	return (uint16_t)(v.b[0] | v.b[1] << 8);
}

static inline uint32_t get_le32(le32 v)
{
	return (uint32_t)v.b[0] | (uint32_t)v.b[1] << 8 |
	       (uint32_t)v.b[2] << 16 | (uint32_t)v.b[3] << 24;
}

static inline uint64_t get_le64(le64 v)
{
	return (uint64_t)v.b[0] | (uint64_t)v.b[1] << 8 |
	       (uint64_t)v.b[2] << 16 | (uint64_t)v.b[3] << 24 |
	       (uint64_t)v.b[4] << 32 | (uint64_t)v.b[5] << 40 |
	       (uint64_t)v.b[6] << 48 | (uint64_t)v.b[7] << 56;
}

static inline uint16_t get_be16(be16 v)
{
	return (uint16_t)(v.b[1] | v.b[0] << 8);
}

static inline uint32_t get_be32(be32 v)
{
	return (uint32_t)v.b[3] | (uint32_t)v.b[2] << 8 |
	       (uint32_t)v.b[1] << 16 | (uint32_t)v.b[0] << 24;
}

static inline uint64_t get_be64(be64 v)
{
	return (uint64_t)v.b[7] | (uint64_t)v.b[6] << 8 |
	       (uint64_t)v.b[5] << 16 | (uint64_t)v.b[4] << 24 |
	       (uint64_t)v.b[3] << 32 | (uint64_t)v.b[2] << 40 |
	       (uint64_t)v.b[1] << 48 | (uint64_t)v.b[0] << 56;
}

/* Writers, for in-memory copies and for tests that build structures.  */
static inline le16 put_le16(uint16_t v)
{
	return (le16){ { (uint8_t)v, (uint8_t)(v >> 8) } };
}

static inline le32 put_le32(uint32_t v)
{
	return (le32){ { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
			 (uint8_t)(v >> 24) } };
}

static inline le64 put_le64(uint64_t v)
{
	return (le64){ { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
			 (uint8_t)(v >> 24), (uint8_t)(v >> 32),
			 (uint8_t)(v >> 40), (uint8_t)(v >> 48),
			 (uint8_t)(v >> 56) } };
}

static inline be16 put_be16(uint16_t v)
{
	return (be16){ { (uint8_t)(v >> 8), (uint8_t)v } };
}

static inline be32 put_be32(uint32_t v)
{
	return (be32){ { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			 (uint8_t)(v >> 8), (uint8_t)v } };
}

static inline be64 put_be64(uint64_t v)
{
	return (be64){ { (uint8_t)(v >> 56), (uint8_t)(v >> 48),
			 (uint8_t)(v >> 40), (uint8_t)(v >> 32),
			 (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			 (uint8_t)(v >> 8), (uint8_t)v } };
}

#endif /* BASE_BYTES_H */
