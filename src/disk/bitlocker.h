/*
 * bitlocker.h - what a volume that BitLocker encrypts says of itself, which
 * takes no key
 */
#ifndef DISK_BITLOCKER_H
#define DISK_BITLOCKER_H

#include "base/diag.h"
#include "base/utf16.h"
#include "disk/bitlocker_maps.h"
#include "evidence/source.h"
#include "format/bitlocker.h"
#include "format/fve.h"

/* One of the three copies of the metadata.  */
struct bitlocker_copy {
	uint64_t offset;	/* in the volume */
	bool usable;
};

struct bitlocker_protector {
	struct fve_protector fve;
	struct text name;
};

/*
 * "PC01 C: 7/4/2019", as Windows writes it when it begins to encrypt: computer,
 * drive or label, and the day, in the form of the user's country.  What cannot
 * be told apart stays in @text only.
 */
struct bitlocker_description {
	struct text text;
	const char *computer;	/* NULL: as are those below */
	const char *drive;	/* "C:" */
	const char *label;
	const char *date;
};

struct bitlocker {
	struct bitlocker_boot boot;
	struct bitlocker_copy copies[3];
	bool known;		/* a copy could be used, and what follows is
				 * of it */
	unsigned copy;		/* 0 to 2 */
	struct fve_block block;
	struct bitlocker_description description;
	struct bitlocker_protector *protectors;
	size_t n_protectors;
	struct span fvek;	/* whole entry; n 0: there is none */
	struct fve_volume_header header;	/* bytes 0: nothing is moved */
	struct bitlocker_maps *maps;	/* NULL: none, or none can be used */
	struct cites cites;	/* boot sector and metadata */
};

/*
 * Read it of the volume whose first sector says that it is one.  Damage is a
 * finding in @d.  NULL: out of memory.
 */
struct bitlocker *bitlocker_read(struct source *volume,
				 const struct bitlocker_boot *boot,
				 struct arena *a, struct diag_list *d);

#endif /* DISK_BITLOCKER_H */
