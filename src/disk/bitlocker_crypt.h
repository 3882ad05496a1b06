/*
 * bitlocker_crypt.h - the sectors of a volume that libbde cannot decrypt
 *
 * libbde 20190102 knows every way in which BitLocker encrypts sectors but
 * AES-XTS with a key of 256 bits.  Here it is done through libcrypto, and so is
 * what leads to that key: the steps are the same for all ways.
 */
#ifndef DISK_BITLOCKER_CRYPT_H
#define DISK_BITLOCKER_CRYPT_H

#include "disk/bitlocker.h"
#include "disk/bitlocker_key.h"

#define BITLOCKER_XTS_256 0x8005

struct bitlocker_crypt;

/*
 * Take the volume's key from @b, by its protector @p with @key, NULL for a
 * clear key.  ERR_NOT_FOUND where the key is wrong; ERR_VALUE or
 * ERR_UNSUPPORTED where the metadata are not as Windows writes them.  Nothing
 * of a key stays but in what is returned.
 */
int bitlocker_crypt_open(const struct bitlocker *b,
			 const struct fve_protector *p,
			 const struct bitlocker_key *key, struct arena *a,
			 struct bitlocker_crypt **ret, struct err *reterr);

/* Decrypt in place the sector at @p, the volume's @number-th.  */
int bitlocker_crypt_sector(struct bitlocker_crypt *c, uint64_t number,
			   uint8_t *p, struct err *reterr);

/* Overwrites the key.  @c may be NULL.  */
void bitlocker_crypt_free(struct bitlocker_crypt *c);

#endif /* DISK_BITLOCKER_CRYPT_H */
