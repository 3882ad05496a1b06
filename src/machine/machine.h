/*
 * machine.h - one captured machine: its images, and the analysis of them
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "machine/model.h"

struct machine_options {
	enum ntfs_scan scan;
	const char *const *parents;	/* for differencing images */
	size_t n_parents;
	unsigned sector_size;	/* 0: by the container, else probed */
	bool recover;		/* look for volumes that no table leads to */
	bool shadows;		/* read shadow copies */
};

struct machine;

struct machine *machine_new(void);
void machine_free(struct machine *m);

/* Add the image file @path.  @number is its PhysicalDrive number, or -1: the
 * next one that is free, in the order of the calls.  Opened by the analysis.
 * ERR_VALUE where the number is taken.  Where @bytes is not NULL, it is what
 * the file would hold, and @path but its name.  */
int machine_add_image(struct machine *m, const char *path,
		      const struct supplied_bytes *bytes, int number,
		      struct err *reterr);

/* Add the hive @path, with its logs beside it, or exported registry text.  */
int machine_add_hive(struct machine *m, const char *path, struct err *reterr);
int machine_add_registry_text(struct machine *m, const char *path,
			      struct err *reterr);

/* Read the keys in the file @path at once.  The error's `what' lives as long as
 * the machine.  */
int machine_add_key_file(struct machine *m, const char *path,
			 struct err *reterr);

/* Read it all.  Fails only when out of memory; an image that cannot be read is
 * a finding, and the others are still analysed.  */
int machine_analyse(struct machine *m, const struct machine_options *o,
		    struct err *reterr);

/* What was found; complete after machine_analyse().  */
const struct model *machine_model(const struct machine *m);

/* The GUID by which @installation (NONE: none) names @volume: the one that its
 * registry has, else the one that is computed from the disk; where there is
 * neither, one that somebody else knows.  False where there is none at all.  */
bool machine_volume_name(struct machine *m, size_t installation, size_t volume,
			 struct guid *ret);

/* Whether @volume is all that its disk has, without a table: an image of a
 * partition looks alike, but its boot sector tells that it began elsewhere, or
 * Windows lies in it, which starts from no such disk.  */
bool machine_is_whole_disk(const struct model *o, size_t volume);

/* Whether the GPT hides it from the mount manager, which gives it no letter, no
 * name and no folder (documentation of PARTITION_INFORMATION_GPT).  */
bool machine_is_hidden(const struct model *o, size_t volume);

/* The volume that was made of @p, one of a disk's others; NONE: none was.  */
size_t machine_hybrid_volume(const struct model *o, const struct partition *p);

/* The file system of @volume, where it is NTFS and can be read; else NULL.  */
struct ntfs *machine_volume_ntfs(const struct machine *m, size_t volume);

/* Whom a SID stands for.  */
struct account_name {
	struct text name;
	const struct sam_account *account;	/* NULL: the SID is well known,
						 * and the name English */
};

/* The name of @sid in @installation (NONE: none), by its SAM or because all
 * Windows have it; false: neither tells.  */
bool machine_account_name(const struct model *o, size_t installation,
			  const char *sid, struct account_name *ret);

/* The profile of @sid in @installation as it is now; NULL: none is known.  */
const struct machine_profile *machine_profile_of(const struct model *o,
						 size_t installation,
						 const char *sid);

/* Findings that come now are about @volume; NONE: about nothing alone.  */
void machine_look_at(struct machine *m, size_t volume);

/* After more was read of volumes than the analysis did: what was found then is
 * behind the other findings, and the model may not be complete any more.  Fails
 * where memory was out.  */
int machine_end_query(struct machine *m, struct err *reterr);

/* How many clusters of @volume, of FAT or exFAT, are free; false where it is of
 * another kind.  That they cannot be counted is a finding.  */
bool machine_free_clusters(struct machine *m, size_t volume, uint64_t *ret);

/* Whether it takes the known disks of @r to say which disk is meant.  */
bool resolution_needs_known(const struct resolution *r);

const char *tier_name(enum tier t);	/* NULL for TIER_NONE */
const char *certainty_name(enum certainty c);

/* "\\?\Volume{G}\" in @a.  */
const char *volume_name_text(struct arena *a, const struct guid *g);

#endif /* MACHINE_MACHINE_H */
