/*
 * bitlocker_crypt.c - the sectors of a volume that libbde cannot decrypt
 *
 * What the user has, or a clear key, gives 32 bytes; with them AES-CCM unwraps
 * the volume's master key, and with that the key of the sectors.  A wrapped key
 * is an entry of the metadata:
 *
 *     0x00     8  head
 *     0x08    12  nonce
 *     0x14    16  MAC
 *     0x24        encrypted: 4 bytes of size, 8 more, and the key
 *
 * A password or recovery password becomes 32 bytes by SHA-256, over a million
 * times with a salt.  A key that is not wrapped stands at 0x0c of its entry.
 *
 * Sources: libbde, "BitLocker Drive Encryption (BDE) format"; cryptsetup,
 * lib/bitlk/bitlk.c (sizes of wrapped keys, tweak of AES-XTS).
 */
#include "disk/bitlocker_crypt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define KEY_BYTES 32
#define XTS_KEY_BYTES 64
#define SALT_BYTES 16
#define NONCE_BYTES 12
#define MAC_BYTES 16
#define IV_BYTES 16

/* Of entries, with their heads.  */
#define ENTRY_HEAD 8
#define KEY_AT (ENTRY_HEAD + 4)
#define SALT_AT (ENTRY_HEAD + 4)
#define WRAPPED_AT (ENTRY_HEAD + NONCE_BYTES + MAC_BYTES)

/* In front of a key that was wrapped.  */
#define WRAPPED_HEAD 12
#define WRAPPED_MAX (WRAPPED_HEAD + XTS_KEY_BYTES)

/* What Windows does, whatever the evidence says.  */
#define STRETCHES 0x100000

#define RECOVERY_GROUPS 8
#define RECOVERY_DIGITS 6

struct bitlocker_crypt {
	/* Of our own: the default one does what a file of the host says.  */
	OSSL_LIB_CTX *library;
	EVP_CIPHER *ccm, *xts;
	EVP_CIPHER_CTX *context;	/* of one of them */
	EVP_MD *sha256;
	EVP_MD_CTX *hash;
	uint32_t sector;
	struct arena *arena;
};

static int fail_library(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, 0, "libcrypto", 0, 0);
}

void bitlocker_crypt_free(struct bitlocker_crypt *c)
{
	if (c == NULL)
		return;
	EVP_CIPHER_CTX_free(c->context);
	EVP_MD_CTX_free(c->hash);
	EVP_CIPHER_free(c->ccm);
	EVP_CIPHER_free(c->xts);
	EVP_MD_free(c->sha256);
	OSSL_LIB_CTX_free(c->library);
	free(c);
}

/* Everything is built in, so only memory can lack.  */
static bool fetch(struct bitlocker_crypt *c)
{
	c->library = OSSL_LIB_CTX_new();
	if (c->library == NULL)
		return false;
	c->ccm = EVP_CIPHER_fetch(c->library, "AES-256-CCM", NULL);
	c->xts = EVP_CIPHER_fetch(c->library, "AES-256-XTS", NULL);
	c->sha256 = EVP_MD_fetch(c->library, "SHA2-256", NULL);
	c->context = EVP_CIPHER_CTX_new();
	c->hash = EVP_MD_CTX_new();
	return c->ccm != NULL && c->xts != NULL && c->sha256 != NULL &&
	       c->context != NULL && c->hash != NULL;
}

/* @p may be @out.  */
static int sha256(struct bitlocker_crypt *c, const void *p, size_t n,
		  uint8_t out[KEY_BYTES], struct err *reterr)
{
	if (EVP_DigestInit_ex2(c->hash, c->sha256, NULL) != 1 ||
	    EVP_DigestUpdate(c->hash, p, n) != 1 ||
	    EVP_DigestFinal_ex(c->hash, out, NULL) != 1)
		return fail_library(reterr);
	return 0;
}

static int check_size(struct span entry, size_t want, const char *what,
		      struct err *reterr)
{
	if (entry.n == want)
		return 0;
	return err_set(reterr, ERR_VALUE, entry.at, what, want, entry.n);
}

/* ERR_NOT_FOUND where @key does not fit.  */
static int unwrap_bytes(struct bitlocker_crypt *c,
			const uint8_t key[KEY_BYTES], struct span entry,
			uint8_t *out, struct err *reterr)
{
	const uint8_t *nonce = entry.p + ENTRY_HEAD;
	uint8_t mac[MAC_BYTES];
	int got;

	memcpy(mac, nonce + NONCE_BYTES, sizeof(mac));
	if (EVP_CIPHER_CTX_reset(c->context) != 1 ||
	    EVP_DecryptInit_ex2(c->context, c->ccm, NULL, NULL, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c->context, EVP_CTRL_AEAD_SET_IVLEN,
				NONCE_BYTES, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c->context, EVP_CTRL_AEAD_SET_TAG,
				sizeof(mac), mac) != 1 ||
	    EVP_DecryptInit_ex2(c->context, NULL, key, nonce, NULL) != 1)
		return fail_library(reterr);
	if (EVP_DecryptUpdate(c->context, out, &got, entry.p + WRAPPED_AT,
			      (int)(entry.n - WRAPPED_AT)) != 1)
		return err_set(reterr, ERR_NOT_FOUND, 0, "key", 0, 0);
	return 0;
}

/* The @n bytes that are wrapped in @entry, at most XTS_KEY_BYTES.  */
static int unwrap(struct bitlocker_crypt *c, const uint8_t key[KEY_BYTES],
		  struct span entry, const char *what, uint8_t *ret, size_t n,
		  struct err *reterr)
{
	uint8_t plain[WRAPPED_MAX];
	struct span s = { plain, WRAPPED_HEAD + n, entry.at + WRAPPED_AT };
	int r = check_size(entry, WRAPPED_AT + s.n, what, reterr);

	if (r < 0)
		return r;
	r = unwrap_bytes(c, key, entry, plain, reterr);
	if (r == 0 && get_le32(*span_view(s, 0, le32)) != s.n)
		r = err_set(reterr, ERR_VALUE, s.at, what, s.n,
			    get_le32(*span_view(s, 0, le32)));
	if (r == 0)
		memcpy(ret, plain + WRAPPED_HEAD, n);
	OPENSSL_cleanse(plain, sizeof(plain));
	return r;
}

static int take_bare_key(struct span entry, const char *what,
			 uint8_t ret[KEY_BYTES], struct err *reterr)
{
	int r = check_size(entry, KEY_AT + KEY_BYTES, what, reterr);

	if (r == 0)
		memcpy(ret, entry.p + KEY_AT, KEY_BYTES);
	return r;
}

static int take_startup_key(const struct bitlocker_key *key,
			    uint8_t ret[KEY_BYTES], struct err *reterr)
{
	struct fve_startup_key k;
	int r = fve_startup_key_parse(key->bytes, &k, reterr);

	return r < 0 ? r : take_bare_key(k.key, "startup key: size", ret,
				      reterr);
}

static int hash_password(struct bitlocker_crypt *c,
			 const struct bitlocker_key *key,
			 uint8_t ret[KEY_BYTES], struct err *reterr)
{
	struct span s;
	int r;

	if (!utf16_from_utf8(c->arena, (const char *)key->bytes.p, &s))
		return arena_failed(c->arena) ? fail_library(reterr) :
			err_set(reterr, ERR_NOT_FOUND, 0, "key", 0, 0);
	r = sha256(c, s.p, s.n, ret, reterr);
	OPENSSL_cleanse((uint8_t *)s.p, s.n);
	return r < 0 ? r : sha256(c, ret, KEY_BYTES, ret, reterr);
}

/* @key has been found to be of the form that it should have.  */
static int hash_recovery_password(struct bitlocker_crypt *c,
				  const struct bitlocker_key *key,
				  uint8_t ret[KEY_BYTES], struct err *reterr)
{
	const uint8_t *digit = key->bytes.p;
	le16 numbers[RECOVERY_GROUPS];
	int r;

	for (int i = 0; i < RECOVERY_GROUPS; i++, digit++) {
		unsigned number = 0;

		for (int j = 0; j < RECOVERY_DIGITS; j++)
			number = 10 * number + (unsigned)(*digit++ - '0');
		numbers[i] = put_le16((uint16_t)(number / 11));
	}
	r = sha256(c, numbers, sizeof(numbers), ret, reterr);
	OPENSSL_cleanse(numbers, sizeof(numbers));
	return r;
}

/* @key: a hash, and then what it becomes.  */
static int stretch(struct bitlocker_crypt *c, struct span entry,
		   uint8_t key[KEY_BYTES], struct err *reterr)
{
	struct {
		uint8_t last[KEY_BYTES], first[KEY_BYTES], salt[SALT_BYTES];
		le64 count;
	} state = { .count = put_le64(0) };
	int r = 0;

	if (entry.n < SALT_AT + SALT_BYTES)
		return err_set(reterr, ERR_VALUE, entry.at,
			       "FVE protector: size of a salt",
			       SALT_AT + SALT_BYTES, entry.n);
	memcpy(state.first, key, KEY_BYTES);
	memcpy(state.salt, entry.p + SALT_AT, SALT_BYTES);
	for (uint64_t i = 0; r == 0 && i < STRETCHES; i++) {
		state.count = put_le64(i);
		r = sha256(c, &state, sizeof(state), state.last, reterr);
	}
	memcpy(key, state.last, KEY_BYTES);
	OPENSSL_cleanse(&state, sizeof(state));
	return r;
}

/* What the master key is wrapped with.  */
static int take_key(struct bitlocker_crypt *c, const struct fve_protector *p,
		    const struct bitlocker_key *key, uint8_t ret[KEY_BYTES],
		    struct err *reterr)
{
	int r;

	if (key == NULL)
		return take_bare_key(p->key, "FVE protector: size of a clear "
				     "key", ret, reterr);
	if (key->kind == BITLOCKER_STARTUP_KEY)
		return take_startup_key(key, ret, reterr);
	r = key->kind == BITLOCKER_PASSWORD ?
		hash_password(c, key, ret, reterr) :
		hash_recovery_password(c, key, ret, reterr);
	return r < 0 ? r : stretch(c, p->stretch_key, ret, reterr);
}

static int take_volume_key(struct bitlocker_crypt *c,
			   const struct bitlocker *b,
			   const struct fve_protector *p,
			   const struct bitlocker_key *key,
			   uint8_t ret[XTS_KEY_BYTES], struct err *reterr)
{
	uint8_t wrapping[KEY_BYTES], master[KEY_BYTES];
	int r = take_key(c, p, key, wrapping, reterr);

	if (r == 0)
		r = unwrap(c, wrapping, p->aes_ccm,
			   "FVE protector: size of the wrapped key", master,
			   sizeof(master), reterr);
	if (r == 0) {
		r = unwrap(c, master, b->fvek,
			   "FVE metadata: size of the volume's key", ret,
			   XTS_KEY_BYTES, reterr);
		if (r == ERR_NOT_FOUND)
			r = err_set(reterr, ERR_UNSUPPORTED, b->fvek.at,
				    "FVE metadata: the volume's key, which "
				    "the master key does not unwrap", 0, 0);
	}
	OPENSSL_cleanse(wrapping, sizeof(wrapping));
	OPENSSL_cleanse(master, sizeof(master));
	return r;
}

static int use_volume_key(struct bitlocker_crypt *c, const struct bitlocker *b,
			  const uint8_t key[XTS_KEY_BYTES], struct err *reterr)
{
	/* libcrypto may decrypt with equal halves, but Windows never makes
	 * them: the cipher is then no longer XTS.  */
	if (CRYPTO_memcmp(key, key + XTS_KEY_BYTES / 2, XTS_KEY_BYTES / 2) == 0)
		return err_set(reterr, ERR_UNSUPPORTED, b->fvek.at,
			       "FVE metadata: the volume's key, both halves of "
			       "which are equal", 0, 0);
	if (EVP_CIPHER_CTX_reset(c->context) != 1 ||
	    EVP_DecryptInit_ex2(c->context, c->xts, key, NULL, NULL) != 1)
		return fail_library(reterr);
	return 0;
}

int bitlocker_crypt_open(const struct bitlocker *b,
			 const struct fve_protector *p,
			 const struct bitlocker_key *key, struct arena *a,
			 struct bitlocker_crypt **ret, struct err *reterr)
{
	struct bitlocker_crypt *c = arena_calloc(a, 1, sizeof(*c));
	uint8_t volume_key[XTS_KEY_BYTES];
	int r;

	if (c == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "BitLocker volume", 0, 0);
	c->arena = a;
	c->sector = b->boot.bytes_per_sector;
	r = fetch(c) ? take_volume_key(c, b, p, key, volume_key, reterr) :
		       fail_library(reterr);
	if (r == 0)
		r = use_volume_key(c, b, volume_key, reterr);
	OPENSSL_cleanse(volume_key, sizeof(volume_key));
	if (r < 0) {
		bitlocker_crypt_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

int bitlocker_crypt_sector(struct bitlocker_crypt *c, uint64_t number,
			   uint8_t *p, struct err *reterr)
{
	le64 tweak[IV_BYTES / sizeof(le64)] = { put_le64(number) };
	int got;

	if (EVP_DecryptInit_ex2(c->context, NULL, NULL, tweak[0].b,
				NULL) != 1 ||
	    EVP_DecryptUpdate(c->context, p, &got, p, (int)c->sector) != 1 ||
	    (uint32_t)got != c->sector)
		return err_set(reterr, ERR_IO, number * c->sector,
			       "encrypted volume, by libcrypto", c->sector, 0);
	return 0;
}
