/*
 * partition_type.h - names of the types of partitions
 */
#ifndef FORMAT_PARTITION_TYPE_H
#define FORMAT_PARTITION_TYPE_H

#include "base/guid.h"

/* The types of a GPT that mean something to us.  */
extern const struct guid GPT_TYPE_EFI_SYSTEM;
extern const struct guid GPT_TYPE_BASIC_DATA;
extern const struct guid GPT_TYPE_MICROSOFT_RESERVED;
extern const struct guid GPT_TYPE_LDM_METADATA;
extern const struct guid GPT_TYPE_LDM_DATA;
extern const struct guid GPT_TYPE_RECOVERY;
extern const struct guid GPT_TYPE_STORAGE_SPACES;

/* Bits of the attributes of a partition of a GPT; the upper ones are those of
 * basic data.  */
#define GPT_ATTRIBUTE_REQUIRED (UINT64_C(1) << 0)
#define GPT_ATTRIBUTE_READ_ONLY (UINT64_C(1) << 60)
#define GPT_ATTRIBUTE_SHADOW_COPY (UINT64_C(1) << 61)
#define GPT_ATTRIBUTE_HIDDEN (UINT64_C(1) << 62)
#define GPT_ATTRIBUTE_NO_DEFAULT_LETTER (UINT64_C(1) << 63)

/* Static strings; "unknown" for a type that is not in the table.  */
const char *mbr_type_name(uint8_t type);
const char *gpt_type_name(const struct guid *type);
bool gpt_type_is_known(const struct guid *type);

#endif /* FORMAT_PARTITION_TYPE_H */
