/*
 * names.h - what the mount manager remembers: names of volumes, and their ids
 */
#ifndef MOUNTMGR_NAMES_H
#define MOUNTMGR_NAMES_H

#include "base/utf16.h"
#include "format/unique_id.h"
#include "registry/hive.h"

enum name_kind {
	NAME_DRIVE_LETTER,	/* \DosDevices\X: */
	NAME_VOLUME,		/* \??\Volume{guid} */
	NAME_NO_LETTER,		/* #{guid}: this id shall have no letter */
	NAME_OTHER,
};

struct mountmgr_name {
	enum name_kind kind;
	struct text name;	/* as stored */
	char letter;		/* of a drive letter, upper case; else 0 */
	struct guid guid;	/* of a volume name or no-letter marker */
	struct unique_id id;	/* its spans are in an arena */
	struct text id_text;	/* of a device id: its text */
	uint64_t last_written;	/* FILETIME of the key; 0 if none */
	uint32_t references;	/* in a remote database: mount points on its
				 * volume that name this one; else 0 */
	bool doubtful;		/* read although a field of its record, or the
				 * cell of its data, is damaged */
	struct cites cites;	/* vk record, data, and the key's nk record */
};

struct mountmgr_names {
	struct mountmgr_name *list;	/* as stored */
	size_t n;
	bool whole;		/* each that the key lists could be read */
};

/* The values of \MountedDevices of the SYSTEM hive @h, in its arena and @a.  A
 * value that cannot be read is a finding; the others are still listed.  One
 * whose data is not there whole has a raw id of the part that is.  Of a name
 * that occurs twice both are listed.  ERR_NOT_FOUND where the hive has no such
 * key.  */
int mounted_devices_read(struct hive *h, struct arena *a, struct diag_list *d,
			 struct mountmgr_names *ret, struct err *reterr);

/* Whether @h is that key alone, saved into a hive of its own, which is then
 * read like it.  */
bool mounted_devices_alone(struct hive *h);

/* The entries of a volume's MountPointManagerRemoteDatabase, whose bytes are
 * @s.  All are NAME_VOLUME, or NAME_OTHER if their name is not a volume's.  An
 * empty file is an empty list; a bad entry is a finding and the end of it.  */
int remote_database_read(struct source *s, struct arena *a, struct diag_list *d,
			 struct mountmgr_names *ret, struct err *reterr);

/* As strcasecmp(), in every locale: the registry knows no letter case.  */
int mountmgr_compare_names(const char *a, const char *b);

/* @name for people: a key may have one value without a name, which regedit
 * calls so.  */
#define NAME_TITLE_DEFAULT "(default)"
const char *mountmgr_name_title(const struct text *name);

/* Whether @name is "\\??\\Volume{guid}", and its GUID.  */
bool mountmgr_volume_guid(const char *name, struct guid *ret);

/* The volume name that Windows 10 and later compute for a volume on an MBR
 * disk: {signature, 0, offset}.  */
struct guid mbr_stable_guid(uint32_t signature, uint64_t offset);

/* What Windows takes for the signature of a disk without a partition table,
 * whose volume is the whole of it.  */
#define WHOLE_DISK_SIGNATURE 1u

/* The reverse: false where @g does not have that form.  */
bool mbr_stable_guid_parse(const struct guid *g, uint32_t *ret_signature,
			   uint64_t *ret_offset);

#endif /* MOUNTMGR_NAMES_H */
