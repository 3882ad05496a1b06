/*
 * target.h - what a user names: a volume, a partition, a disk, a file
 *
 * A name is read in two steps.  target_parse() says which form it has, without
 * a machine; target_find() says what it stands for in one installation: every
 * volume, partition or disk that it may mean, each with the tier by which the
 * resolver led there, how certain that is, and why, in words.  Nothing is
 * chosen where several are meant: that is for who reads the answer.
 *
 *	struct target t;
 *	struct target_error e;
 *	struct target_matches found;
 *
 *	if (target_parse(a, text, &t, &e) < 0)
 *		return fail(e.text, e.at);
 *	if (target_find(m, installation, &t, a, &found, reterr) < 0)
 *		return reterr->code;	(out of memory, no more)
 *	if (found.n == 0)
 *		say(found.why_none);
 *	for (size_t i = 0; i < found.n; i++)
 *		use(&found.list[i]);
 *
 *   FORM                                   STANDS FOR
 *   C:  C:\dir\file                        the volume, the path in it
 *   \\?\C:\dir  \??\C:\dir  \DosDevices\C: the same, taken as it is written
 *   \\?\Volume{GUID}\dir  {GUID}  GUID     a volume by its name
 *   \\.\PhysicalDriveN  diskN              a disk
 *   \Device\HarddiskN\PartitionM\dir       a partition and its volume;
 *   \\.\HarddiskNPartitionM  N:M           partition 0 is the disk
 *   diskN/partitionM  diskN/pM
 *   Disk #N, Partition #I\dir              the same by its DeviceID in WMI, of
 *                                          which I counts from 0: logical
 *                                          drives have that of the extended
 *                                          partition
 *   \Device\HarddiskVolumeN\dir            a volume by a number that no disk
 *                                          stores: inferred at best
 *   \\?\GLOBALROOT\Device\...              as \Device\...
 *   \VOLUME{time-serial}\dir               a volume by when it was made, and
 *                                          its serial number, as in prefetch
 *   XXXX-XXXX  serial:XXXX-XXXX            volumes by serial number; 16 digits
 *   XXXXXXXX  0xXXXXXXXX                   are the whole one of NTFS, 9 or 10
 *                                          are decimal
 *   diskN@OFFSET  N:@OFFSET                what lies at a byte of a disk;
 *                                          decimal, or hexadecimal behind 0x
 *   volumeN\dir                            a volume by its id in the report
 *
 * N is the PhysicalDrive number.  In diskN it may also be the disk's id in the
 * report: where that is another disk, both are meant.  Eight digits can be
 * hexadecimal or decimal, and, unless "serial:" is before them, the signature
 * of a disk: all that has them is meant.
 */
#ifndef MACHINE_TARGET_H
#define MACHINE_TARGET_H

#include "machine/machine.h"

enum target_form {
	TARGET_LETTER, TARGET_VOLUME_NAME, TARGET_DISK, TARGET_PARTITION,
	TARGET_HARDDISK_VOLUME, TARGET_PREFETCH, TARGET_SERIAL, TARGET_OFFSET,
	TARGET_VOLUME_ID,
};

struct target {
	enum target_form form;
	char letter;		/* upper case; of LETTER */
	struct guid guid;	/* of VOLUME_NAME */
	unsigned disk;		/* of DISK, PARTITION, OFFSET */
	bool or_id;		/* which may also be the id in the report */
	unsigned partition;	/* of PARTITION, from 1, */
	bool by_index;		/* or from 0, as Win32_DiskPartition.Index */
	unsigned volume;	/* of VOLUME_ID, and, from 1, of
				 * HARDDISK_VOLUME */
	uint64_t offset;	/* bytes; of OFFSET */
	uint64_t created;	/* FILETIME; of PREFETCH */
	uint64_t serial;	/* of PREFETCH, SERIAL */
	bool is_serial64;	/* of SERIAL: all 64 bits */
	bool has_decimal;	/* of SERIAL: its digits may be decimal ones, */
	uint32_t decimal;	/* and are this then */
	bool or_signature;	/* of SERIAL: it may be that of a disk */
	/* What stands behind the volume, in UTF-8: "" or "\dir\file".  Each
	 * backslash parts two names, and as Windows does it, '/', "." and ".."
	 * are gone, and with them dots and blanks at the end, unless */
	const char *path;
	bool verbatim;		/* the form says that names are as written */
	size_t host;		/* of VOLUME_NAME: the volume that holds it, and
				 * whose remote database is asked first; NONE:
				 * none, as target_parse() has it */
};

struct target_error {
	size_t at;		/* byte of the text, which has it or ends */
	char text[256];
};

/* Windows' own bound on a path, in UTF-16 units.  */
#define TARGET_MAX_CHARS 32767

/* Which form @text has.  0, or -1 with *@reterr filled; where that was for want
 * of memory, arena_failed(@a) tells.  @a keeps the path.  */
int target_parse(struct arena *a, const char *text, struct target *ret,
		 struct target_error *reterr);

/* What can be named, one example a form, for messages and help.  */
extern const char *const target_forms[];
extern const size_t n_target_forms;

/* "drive-letter", "volume-name", ...  */
const char *target_form_name(enum target_form f);

/* One thing that a target may mean.  NONE where there is no such: a disk by
 * itself has no volume; a dynamic volume, no partition and no disk.  */
struct target_match {
	size_t volume, partition, disk;
	enum tier tier;		/* TIER_NONE: no name was resolved */
	enum certainty certainty;
	const char *why;	/* "MountedDevices of windows0 has C:" */
	struct cites cites;
};

/* A disk with 128 partitions that are all copies of one another is beyond what
 * anybody chooses from.  */
#define TARGET_MAX_MATCHES 128

struct target_matches {
	struct target_match *list;
	size_t n;
	bool cut;		/* there are more than TARGET_MAX_MATCHES */
	const char *why_none;	/* a sentence, if n is 0; else NULL */
};

/* What @t stands for, as @installation (NONE: there is none) of the analysed
 * machine @m names things; into @a.  The volume of a match is the one in which
 * the target's path begins; the path may lead on to others.  Finding nothing is
 * no failure.  Fails where memory is out.  */
int target_find(struct machine *m, size_t installation, const struct target *t,
		struct arena *a, struct target_matches *ret,
		struct err *reterr);

#endif /* MACHINE_TARGET_H */
