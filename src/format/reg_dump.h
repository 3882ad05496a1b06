/*
 * reg_dump.h - the registry as text for people, which regedit exports, too
 */
#ifndef FORMAT_REG_DUMP_H
#define FORMAT_REG_DUMP_H

#include "format/text_units.h"

/* What such text begins with, in lower case.  */
#define REG_DUMP_KEY "key name:"

/* As reg_record_parse().  */
int reg_dump_record_parse(const struct reg_text *t, struct span text,
			  bool last, struct reg_record *ret,
			  struct err *reterr);

/* A place in data of the form REG_DUMP; begins as zeros.  */
struct reg_dump_place {
	size_t unit;		/* what is read next; where it fails: there */
	uint32_t n;		/* bytes read */
	unsigned in_line;	/* of them, in this line */
};

/* The next byte at *@at of the data @u.  False at its end, where at->unit is
 * u->n, or where it is no dump.  */
bool reg_dump_byte(const struct units *u, struct reg_dump_place *at,
		   uint32_t *ret);

#endif /* FORMAT_REG_DUMP_H */
