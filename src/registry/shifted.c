/*
 * shifted.c - a hive that does not begin where its file begins
 *
 * What copied it may have put something before it.  Read from its first byte,
 * such a file has no tree, and each value in it would look like a remnant.
 */
#include <string.h>

#include "registry/findings.h"
#include "registry/hive_internal.h"

/* Tools write sectors; a header of them is not larger.  */
#define STEP_BYTES 512
#define SEARCH_BYTES (64u << 10)

static bool has_word(struct source *s, uint64_t at, const char *word)
{
	uint8_t b[4];

	return source_read(s, at, b, sizeof(b), NULL) == 0 &&
	       memcmp(b, word, sizeof(b)) == 0;
}

/* A sound base block, and the first bin where it has to be.  */
static bool begins_at(struct source *s, uint64_t at)
{
	uint8_t b[REGF_BASE_RECORD_BYTES];
	struct regf_base base;

	return source_read(s, at, b, sizeof(b), NULL) == 0 &&
	       regf_base_parse((struct span){ b, sizeof(b), at }, &base,
			       NULL) == 0 &&
	       base.checksum == base.checksum_computed &&
	       base.file_type == REGF_PRIMARY &&
	       has_word(s, at + REGF_BASE_BYTES, "hbin");
}

uint64_t hive_start(struct source *s, struct diag_list *d)
{
	uint64_t at = STEP_BYTES;
	struct diag *diag;

	if (has_word(s, 0, "regf") || has_word(s, REGF_BASE_BYTES, "hbin"))
		return 0;
	while (at <= SEARCH_BYTES && !begins_at(s, at))
		at += STEP_BYTES;
	if (at > SEARCH_BYTES)
		return 0;
	diag = diag_add(d, &FINDING_HIVE_SHIFTED,
			"%s: the hive's base block is at byte %llu, not at 0; "
			"it is read from there.",
			s->file != NULL ? s->file : "hive",
			(unsigned long long)at);
	if (diag != NULL)
		source_cite(s, at, REGF_BASE_RECORD_BYTES, "regf", d->arena,
			    &diag->cites);
	return at;
}
