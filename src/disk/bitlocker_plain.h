/*
 * bitlocker_plain.h - the plain text of a volume that BitLocker encrypts
 */
#ifndef DISK_BITLOCKER_PLAIN_H
#define DISK_BITLOCKER_PLAIN_H

#include "disk/bitlocker.h"
#include "disk/bitlocker_key.h"

/* Whether @key is of the kind that @p takes, and not meant for another volume
 * or protector.  */
bool bitlocker_key_fits(const struct bitlocker_key *key,
			const struct bitlocker *b,
			const struct bitlocker_protector *p);

/* Whether @p is a clear key: it needs no other.  */
bool bitlocker_is_clear_key(const struct bitlocker_protector *p);

/* Whether nothing of the volume is encrypted, though its metadata and its moved
 * first sectors are there: before BitLocker began, or when it had ended to
 * decrypt.  */
bool bitlocker_is_decrypted(const struct bitlocker *b);

/* Why nothing could unlock the volume with any key, or NULL.  */
const char *bitlocker_hindrance(const struct bitlocker *b);

/*
 * Unlock @volume by its protector @p with @key, NULL for a clear key, through
 * libbde, or libcrypto where libbde cannot; what is decrypted takes neither,
 * and @p is NULL.  What comes is a source of the
 * plain text: a byte has the place that it has when Windows reads the volume,
 * and cites lead to where it lies encrypted.  @volume must outlive it.
 * ERR_NOT_FOUND where the key is wrong, another error where the metadata will
 * not do.
 */
int bitlocker_unlock(struct source *volume, const struct bitlocker *b,
		     const struct bitlocker_protector *p,
		     const struct bitlocker_key *key, struct arena *a,
		     struct source **ret, struct err *reterr);

#endif /* DISK_BITLOCKER_PLAIN_H */
