/*
 * registry_text.h - hives out of exported registry text
 *
 * One pass over the file finds its keys; values are read when they are asked
 * for.  So a file of any size costs memory for its keys only.  Text tells no
 * time at which a key was written.
 */
#ifndef REGISTRY_REGISTRY_TEXT_H
#define REGISTRY_REGISTRY_TEXT_H

#include "registry/hive.h"

struct registry_text;

/* Read the keys of the text @s (borrowed, with its `file' set for citations).
 * What cannot be understood is a finding; fails where @s is no such text, with
 * ERR_MAGIC, or cannot be read.  */
int registry_text_open(struct source *s, struct arena *a, struct diag_list *d,
		       struct registry_text **ret, struct err *reterr);
void registry_text_close(struct registry_text *t);

/* What a hive is for, by what it holds.  */
enum hive_role {
	HIVE_OTHER, HIVE_SYSTEM, HIVE_SOFTWARE, HIVE_USER, HIVE_SAM,
};

enum hive_role hive_role(struct hive *h);

/* A key of the text that is the root of a hive of known role: "HKEY_LOCAL_
 * MACHINE\SYSTEM", or all of it, where it begins with a backslash.  */
struct registry_text_hive {
	struct text path;	/* "" where that is all of the text */
	enum hive_role role;
	uint32_t key;
};

/* The hives of @t, in the order of their names; they live in its arena.  */
const struct registry_text_hive *
registry_text_hives(struct registry_text *t, size_t *ret_n);

/* Open one of them as a hive, until hive_close(); @t must outlive it.  */
int registry_text_hive(struct registry_text *t,
		       const struct registry_text_hive *which,
		       struct hive **ret, struct err *reterr);

#endif /* REGISTRY_REGISTRY_TEXT_H */
