/*
 * bitlocker_key.h - the keys that the user has for encrypted volumes
 *
 * A key file is a startup key as Windows writes it (.BEK), the text that
 * Windows saves of a recovery password, or a text with a key a line:
 *
 *	# of the laptop
 *	recovery-password: 042647-302313-590458-071500-554323-116567-...
 *	{83330ba8-07b7-4ea8-b641-ff7bdf18f6b3} password: correct horse
 *	startup-key: keys/4381F759-C4F8-4DE0-BB61-FC33A831BDA5.BEK
 *
 * A GUID in front is that of the volume or of the protector that the key is
 * for; without one, all that take such a key are tried.  A password is what
 * stands behind one blank, to the end of the line.  A startup key's path is
 * relative to the key file.  Of the text that Windows saves, which is UTF-16
 * and in any language, only the lines that are a recovery password count.
 *
 * Nothing that is reported or returned as an error holds any of a key.
 */
#ifndef DISK_BITLOCKER_KEY_H
#define DISK_BITLOCKER_KEY_H

#include "base/guid.h"
#include "base/span.h"
#include "evidence/source.h"

enum bitlocker_key_kind {
	BITLOCKER_NO_KEY, BITLOCKER_PASSWORD, BITLOCKER_RECOVERY_PASSWORD,
	BITLOCKER_STARTUP_KEY,
};

struct bitlocker_key {
	enum bitlocker_key_kind kind;
	struct span bytes;	/* UTF-8, or what of a .BEK file is in use */
	bool is_bound;
	struct guid bound;	/* to a volume or a protector */
	struct guid protector;	/* of a startup key */
	const char *file;	/* name of the key file, without directory */
	unsigned line;		/* 0: the file is the key */
	bool used;		/* it has unlocked a volume */
};

struct bitlocker_keys {
	struct bitlocker_key *list;	/* in the arena, but not the bytes */
	size_t n;
};

/* "password", "recovery-password", "startup-key".  */
const char *bitlocker_key_name(enum bitlocker_key_kind kind);

/* Add the keys of the file @path.  The error's `what' lives in @a and names
 * file and line.  */
int bitlocker_keys_read(struct bitlocker_keys *keys, const char *path,
			struct arena *a, struct err *reterr);

/* Overwrite the keys, and free them.  */
void bitlocker_keys_done(struct bitlocker_keys *keys);

#endif /* DISK_BITLOCKER_KEY_H */
