/*
 * store.h - numbers at any place of a structure that a test builds
 */
#ifndef LIB_STORE_H
#define LIB_STORE_H

#include <string.h>

#include "base/bytes.h"

static inline void store_le32(uint8_t *p, uint32_t v)
{
	le32 x = put_le32(v);

	memcpy(p, &x, sizeof(x));
}

static inline void store_le64(uint8_t *p, uint64_t v)
{
	le64 x = put_le64(v);

	memcpy(p, &x, sizeof(x));
}

static inline void store_be32(uint8_t *p, uint32_t v)
{
	be32 x = put_be32(v);

	memcpy(p, &x, sizeof(x));
}

static inline void store_be64(uint8_t *p, uint64_t v)
{
	be64 x = put_be64(v);

	memcpy(p, &x, sizeof(x));
}

#endif /* LIB_STORE_H */
