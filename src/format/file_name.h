/*
 * file_name.h - $FILE_NAME and $STANDARD_INFORMATION
 */
#ifndef FORMAT_FILE_NAME_H
#define FORMAT_FILE_NAME_H

#include "base/span.h"

enum file_name_space {
	FILE_NAME_POSIX, FILE_NAME_WIN32, FILE_NAME_DOS,
	FILE_NAME_WIN32_AND_DOS,
};

enum {
	FILE_ATTRIBUTE_INDEX_I30 = 0x10000000,	/* a directory */
};

struct file_name {
	uint64_t parent;	/* file reference */
	uint32_t attributes;
	uint8_t name_space;
	struct span name;	/* UTF-16LE */
};

/* Decode the value of $FILE_NAME, which is also the key of $I30.  */
int file_name_parse(struct span s, struct file_name *ret, struct err *reterr);

/* Whether the name of @fn, decoded of @s, can be one: it fills @s, and no unit
 * of it is 0, or one that parts names where Windows gives them.  */
int file_name_check(struct span s, const struct file_name *fn,
		    struct err *reterr);

struct standard_information {
	uint64_t created, modified, record_changed, accessed;	/* FILETIME */
	uint32_t attributes;
};

int standard_information_parse(struct span s, struct standard_information *ret,
			       struct err *reterr);

#endif /* FORMAT_FILE_NAME_H */
