/*
 * names_internal.h - what the readers of names share
 */
#ifndef MOUNTMGR_NAMES_INTERNAL_H
#define MOUNTMGR_NAMES_INTERNAL_H

#include "mountmgr/names.h"

#define REG_BINARY 3
#define REG_DWORD 4

#define LETTER_PREFIX "\\DosDevices\\"
#define VOLUME_PREFIX "\\??\\Volume{"
#define NO_LETTER_PREFIX "#{"

/* What the names that Windows makes begin with; ends with NULL.  */
extern const char *const name_prefixes[];

/* The forms of names that Windows makes, for who reads damaged ones.  */
size_t name_form(struct span bytes, bool is_8bit);

/* Fill in what the name says, UTF-16LE.  Returns whether it is spelled as
 * Windows spells a name of its kind.  */
bool name_parse(struct span name, struct mountmgr_name *ret);

/* The text of a device id; none of another.  */
struct text name_id_text(struct arena *a, const struct unique_id *id);

#endif /* MOUNTMGR_NAMES_INTERNAL_H */
