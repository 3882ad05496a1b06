#include <criterion/criterion.h>

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "disk/bitlocker_crypt.h"
#include "disk/bitlocker_plain.h"
#include "lib/bytes_source.h"
#include "lib/guard.h"

#define SECTOR 512
#define VOLUME_BYTES (1u << 20)

enum { CLEAR_KEY_ENTRY = 44, VMK_ENTRY = 80, FVEK_ENTRY = 112 };

/* IEEE 1619-2007, vector 10: AES-256, data unit 0xff of 512 bytes.  */
static const uint8_t ieee_key[64] = {
	0x27, 0x18, 0x28, 0x18, 0x28, 0x45, 0x90, 0x45,
	0x23, 0x53, 0x60, 0x28, 0x74, 0x71, 0x35, 0x26,
	0x62, 0x49, 0x77, 0x57, 0x24, 0x70, 0x93, 0x69,
	0x99, 0x59, 0x57, 0x49, 0x66, 0x96, 0x76, 0x27,
	0x31, 0x41, 0x59, 0x26, 0x53, 0x58, 0x97, 0x93,
	0x23, 0x84, 0x62, 0x64, 0x33, 0x83, 0x27, 0x95,
	0x02, 0x88, 0x41, 0x97, 0x16, 0x93, 0x99, 0x37,
	0x51, 0x05, 0x82, 0x09, 0x74, 0x94, 0x45, 0x92,
};
static const uint8_t ieee_cipher[32] = {
	0x1c, 0x3b, 0x3a, 0x10, 0x2f, 0x77, 0x03, 0x86,
	0xe4, 0x83, 0x6c, 0x99, 0xe3, 0x70, 0xcf, 0x9b,
	0xea, 0x00, 0x80, 0x3f, 0x5e, 0x48, 0x23, 0x57,
	0xa4, 0xae, 0x12, 0xd4, 0x14, 0xa3, 0xe6, 0x3b,
};

/* A volume with a clear key.  */
struct made {
	uint8_t clear[CLEAR_KEY_ENTRY], vmk[VMK_ENTRY], fvek[FVEK_ENTRY];
	struct bitlocker b;
	struct bitlocker_protector p;
	struct arena *arena;
};

/* An entry of @key wrapped with @by; @size is what stands in front of it.  */
static void wrap(const uint8_t by[32], const uint8_t *key, size_t n,
		 size_t size, uint8_t *entry)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t plain[12 + 64] = { (uint8_t)size, 0, 0, 0, 1 };
	int got;

	memcpy(plain + 12, key, n);
	memset(entry, 0x5a, 8 + 12);
	EVP_EncryptInit_ex(c, EVP_aes_256_ccm(), NULL, NULL, NULL);
	EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_CCM_SET_IVLEN, 12, NULL);
	EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_CCM_SET_TAG, 16, NULL);
	EVP_EncryptInit_ex(c, NULL, NULL, by, entry + 8);
	cr_assert_eq(EVP_EncryptUpdate(c, entry + 36, &got, plain,
				       (int)(12 + n)), 1);
	EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_CCM_GET_TAG, 16, entry + 20);
	EVP_CIPHER_CTX_free(c);
}

static void make(struct made *m, const uint8_t key[64])
{
	static const uint8_t master[32] = { 2 };

	memset(m, 0, sizeof(*m));
	memset(m->clear, 0x33, sizeof(m->clear));
	wrap(m->clear + 12, master, sizeof(master), 44, m->vmk);
	wrap(master, key, 64, 76, m->fvek);
	m->b = (struct bitlocker){
		.boot = { .bytes_per_sector = SECTOR }, .known = true,
		.block = { .version = 2, .method = 0x8005,
			   .encrypted_bytes = VOLUME_BYTES,
			   .metadata = { 256 << 10, 512 << 10, 768 << 10 } },
		.header = { 128 << 10, 16 * SECTOR },
		.fvek = { m->fvek, sizeof(m->fvek), 0 },
	};
	m->p.fve.key = (struct span){ m->clear, sizeof(m->clear), 0 };
	m->p.fve.aes_ccm = (struct span){ m->vmk, sizeof(m->vmk), 0 };
	m->arena = arena_new();
}

static int open_crypt(struct made *m, struct err *e)
{
	struct bitlocker_crypt *c = NULL;
	int r = bitlocker_crypt_open(&m->b, &m->p.fve, NULL, m->arena, &c, e);

	cr_expect_eq(r == 0, c != NULL);
	bitlocker_crypt_free(c);
	return r;
}

Test(bitlocker_crypt, decrypts_a_sector_as_ieee_1619_has_it)
{
	uint8_t sector[SECTOR];
	struct bitlocker_crypt *c;
	struct made m;

	make(&m, ieee_key);
	cr_assert_eq(bitlocker_crypt_open(&m.b, &m.p.fve, NULL, m.arena, &c,
					  NULL), 0);
	/* Once more: the sector before leaves nothing behind.  */
	for (int i = 0; i < 2; i++) {
		memcpy(sector, ieee_cipher, sizeof(ieee_cipher));
		cr_assert_eq(bitlocker_crypt_sector(c, 0xff, sector, NULL), 0);
		for (unsigned j = 0; j < sizeof(ieee_cipher); j++)
			cr_assert_eq(sector[j], j);
	}
	bitlocker_crypt_free(c);
	arena_free(m.arena);
}

Test(bitlocker_crypt, entries_of_a_wrong_size_are_errors)
{
	static const size_t right[] = {
		CLEAR_KEY_ENTRY, VMK_ENTRY, FVEK_ENTRY
	};
	struct made m;
	struct err e;

	make(&m, ieee_key);
	cr_assert_eq(open_crypt(&m, NULL), 0);
	for (int which = 0; which < 3; which++)
		for (size_t n = 0; n < FVEK_ENTRY + 40; n++) {
			struct span *s = which == 0 ? &m.p.fve.key :
				which == 1 ? &m.p.fve.aes_ccm : &m.b.fvek;
			struct span was = *s;
			uint8_t bytes[FVEK_ENTRY + 40] = { 0 };

			memcpy(bytes, was.p, was.n);
			*s = guard_copy(bytes, n, 7);
			if (n == right[which]) {
				cr_expect_eq(open_crypt(&m, &e), 0);
			} else {
				cr_expect_eq(open_crypt(&m, &e), ERR_VALUE);
				cr_expect_eq(e.at, 7);
				cr_expect_eq(e.got, n);
			}
			guard_free(*s);
			*s = was;
		}
	arena_free(m.arena);
}

/* A key that is wrong is another matter than metadata that no key opens.  */
Test(bitlocker_crypt, every_changed_byte_of_a_wrapped_key_is_noticed)
{
	struct made m;

	make(&m, ieee_key);
	for (size_t i = 8; i < VMK_ENTRY; i++) {
		m.vmk[i] ^= 1;
		cr_expect_eq(open_crypt(&m, NULL), ERR_NOT_FOUND);
		m.vmk[i] ^= 1;
	}
	for (size_t i = 12; i < CLEAR_KEY_ENTRY; i++) {
		m.clear[i] ^= 1;
		cr_expect_eq(open_crypt(&m, NULL), ERR_NOT_FOUND);
		m.clear[i] ^= 1;
	}
	for (size_t i = 8; i < FVEK_ENTRY; i++) {
		m.fvek[i] ^= 1;
		cr_expect_eq(open_crypt(&m, NULL), ERR_UNSUPPORTED);
		m.fvek[i] ^= 1;
	}
	cr_expect_eq(open_crypt(&m, NULL), 0);
	arena_free(m.arena);
}

Test(bitlocker_crypt, what_is_wrapped_is_looked_at)
{
	static const uint8_t master[32] = { 2 };
	uint8_t equal[64];
	struct made m;
	struct err e;

	make(&m, ieee_key);
	wrap(master, ieee_key, 64, 44, m.fvek);
	cr_expect_eq(open_crypt(&m, &e), ERR_VALUE);
	cr_expect_eq(e.got, 44);
	memcpy(equal, ieee_key, 32);
	memcpy(equal + 32, ieee_key, 32);
	wrap(master, equal, 64, 76, m.fvek);
	cr_expect_eq(open_crypt(&m, &e), ERR_UNSUPPORTED);
	cr_expect_not_null(strstr(e.what, "halves"));
	arena_free(m.arena);
}

Test(bitlocker_crypt, a_password_needs_a_salt_and_has_to_be_text)
{
	static const uint8_t bytes[] = "\xc3(";
	struct bitlocker_key key = {
		.kind = BITLOCKER_PASSWORD, .bytes = { bytes, 2, 0 },
	};
	struct bitlocker_crypt *c;
	struct made m;
	struct err e;

	make(&m, ieee_key);
	cr_expect_eq(bitlocker_crypt_open(&m.b, &m.p.fve, &key, m.arena, &c,
					  &e), ERR_NOT_FOUND);
	key.bytes.p = (const uint8_t *)"ab";
	for (size_t n = 0; n < 28; n++) {
		static const uint8_t salt[28];

		m.p.fve.stretch_key = guard_copy(salt, n, 9);
		cr_expect_eq(bitlocker_crypt_open(&m.b, &m.p.fve, &key,
						  m.arena, &c, &e), ERR_VALUE);
		cr_expect_eq(e.at, 9);
		guard_free(m.p.fve.stretch_key);
	}
	arena_free(m.arena);
}

/* Encrypt the sector at @p, the @number-th.  */
static void encrypt(uint8_t *p, uint64_t number, unsigned n)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t tweak[16] = { 0 };
	int got;

	for (int i = 0; i < 8; i++)
		tweak[i] = (uint8_t)(number >> 8 * i);
	EVP_EncryptInit_ex(c, EVP_aes_256_xts(), NULL, ieee_key, tweak);
	cr_assert_eq(EVP_EncryptUpdate(c, p, &got, p, (int)n), 1);
	EVP_CIPHER_CTX_free(c);
}

/* What Windows would read at @off, if the volume's bytes told where they lie. */
static uint8_t byte_of(uint64_t off)
{
	return (uint8_t)(off * 7 + (off >> 9) * 13 + (off >> 17));
}

static bool hides(const struct bitlocker *b, uint64_t off)
{
	for (int i = 0; i < 3; i++)
		if (off / 65536 * 65536 == b->block.metadata[i])
			return true;
	return off >= b->header.offset &&
	       off < b->header.offset + b->header.bytes;
}

/* The first sectors lie elsewhere, and what follows the encrypted ones does
 * not: it is as it was.  */
static void fill(uint8_t *p, const struct bitlocker *b)
{
	unsigned n = b->boot.bytes_per_sector;

	for (uint64_t off = 0; off < VOLUME_BYTES; off++)
		p[off] = byte_of(off);
	for (uint64_t i = 0; i < b->header.bytes; i++)
		p[b->header.offset + i] = byte_of(i);
	for (uint64_t off = 0; off < b->block.encrypted_bytes; off += n)
		encrypt(p + off, off / n, n);
	memset(p, 'x', b->header.bytes);
}

static void read_everywhere(struct source *s, const struct bitlocker *b)
{
	static const size_t sizes[] = { 1, 511, 4097, 40000, 131072 };
	static uint8_t buf[131072];

	for (size_t i = 0; i < 5; i++)
		for (uint64_t off = i; off < s->size; off += 32765) {
			size_t n = s->size - off < sizes[i] ?
					   (size_t)(s->size - off) : sizes[i];

			cr_assert_eq(source_read(s, off, buf, n, NULL), 0);
			for (size_t j = 0; j < n; j++)
				cr_assert_eq(buf[j], hides(b, off + j) ? 0 :
					     byte_of(off + j), "%zu at %zu", j,
					     (size_t)off);
		}
}

Test(bitlocker_crypt, a_volume_reads_as_windows_reads_it)
{
	static uint8_t volume[VOLUME_BYTES];

	for (unsigned sector = 512; sector <= 4096; sector *= 8) {
		struct bytes_source disk = bytes_source(volume, VOLUME_BYTES);
		struct source *plain;
		struct made m;

		make(&m, ieee_key);
		m.b.boot.bytes_per_sector = sector;
		m.b.header.bytes = 16 * sector;
		m.b.block.encrypted_bytes = 900 << 10;
		fill(volume, &m.b);
		cr_assert_eq(bitlocker_unlock(&disk.source, &m.b, &m.p, NULL,
					      m.arena, &plain, NULL), 0);
		cr_expect_eq(plain->size, VOLUME_BYTES);
		read_everywhere(plain, &m.b);
		source_free(plain);
		arena_free(m.arena);
	}
}

Test(bitlocker_crypt, a_place_that_cannot_be_is_an_error)
{
	static const struct fve_volume_header places[] = {
		{ 100, 8192 }, { 65536, 8000 }, { UINT64_MAX - 511, 8192 },
	};
	static const uint8_t volume[8192];
	struct bytes_source disk = bytes_source(volume, sizeof(volume));
	struct source *plain;
	uint8_t byte;
	struct made m;

	make(&m, ieee_key);
	for (size_t i = 0; i < 3; i++) {
		m.b.header = places[i];
		cr_expect_eq(bitlocker_unlock(&disk.source, &m.b, &m.p, NULL,
					      m.arena, &plain, NULL),
			     ERR_UNSUPPORTED);
	}
	/* One that could be, but not in what there is of the volume.  */
	m.b.header = (struct fve_volume_header){ 1ull << 62, 4096 };
	cr_assert_eq(bitlocker_unlock(&disk.source, &m.b, &m.p, NULL, m.arena,
				      &plain, NULL), 0);
	cr_expect_eq(source_read(plain, 0, &byte, 1, NULL), ERR_TRUNCATED);
	cr_expect_eq(source_read(plain, 4096, &byte, 1, NULL), 0);
	source_free(plain);
	for (unsigned sector = 0; sector < 70000; sector += 511) {
		m.b.boot.bytes_per_sector = sector;
		cr_expect_eq(bitlocker_unlock(&disk.source, &m.b, &m.p, NULL,
					      m.arena, &plain, NULL),
			     ERR_UNSUPPORTED);
	}
	arena_free(m.arena);
}
