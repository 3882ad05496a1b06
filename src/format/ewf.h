/*
 * ewf.h - segment files and sections of an Expert Witness image
 */
#ifndef FORMAT_EWF_H
#define FORMAT_EWF_H

#include "base/guid.h"
#include "base/span.h"

#define EWF_FILE_HEADER_BYTES 13
#define EWF_SECTION_BYTES 76
#define EWF_VOLUME_BYTES 80	/* of its content, up to the id */

struct ewf_section {
	char type[17];
	uint64_t next;		/* offset of the next one, in the file; of the
				 * last one, of itself */
	uint64_t size;		/* with its head */
};

/* The number of the segment that begins with @s, from 1.  */
int ewf_segment_parse(struct span s, unsigned *ret, struct err *reterr);

int ewf_section_parse(struct span s, struct ewf_section *ret,
		      struct err *reterr);

/* The number of chunks, by the content of a volume section.  */
int ewf_volume_parse(struct span s, uint32_t *ret_chunks, struct err *reterr);

/* The id of the acquisition, by the content of a volume or data section; false:
 * it is too small to have one, as those of other versions are.  */
bool ewf_set_parse(struct span s, struct guid *ret);

/* The number of chunks in the table that a table section holds.  */
int ewf_table_parse(struct span s, uint32_t *ret_chunks, struct err *reterr);

#endif /* FORMAT_EWF_H */
