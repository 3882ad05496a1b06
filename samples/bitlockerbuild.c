// SPDX-License-Identifier: MIT
/*
 * bitlockerbuild.c - encrypts a volume as BitLocker does
 *
 *   bitlockerbuild VOLUME OUT < SCRIPT
 *
 * VOLUME is left alone; where the metadata and the copy of the first sectors
 * shall lie it must hold nothing of worth. A line of the script:
 *
 *   volume GUID                  identifier of the encrypted volume
 *   form 7|to-go|vista|eow       which boot sector; default 7
 *   method NAME                  xts-128 (default), xts-256, cbc-128, cbc-256,
 *                                diffuser-128, diffuser-256
 *   sector BYTES                 512 (default) or 4096
 *   description TEXT
 *   created TIME                 2021-03-04T05:06:07Z
 *   metadata OFFSET OFFSET OFFSET
 *   header OFFSET                of the first 16 sectors' copy
 *   encrypted BYTES              only so many, from the start
 *   maps OFFSET CHUNK            form eow: the maps, and bytes per bit
 *   plain OFFSET BYTES           whole chunks that are not encrypted
 *   state NOW WANTED             numbers; default 4 4
 *   clear-key GUID
 *   password GUID TEXT
 *   recovery-password GUID DIGITS
 *   startup-key GUID FILE.BEK    which is written
 *   tpm GUID                     one that none of the others opens
 *
 * The keys are not random: the same script gives the same bytes.
 *
 * Sources: libbde, "BitLocker Drive Encryption (BDE) format"; N. Ferguson,
 * "AES-CBC + Elephant diffuser"; for the maps src/format/fve_eow.c.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fve_writer.h"
#include "text.h"

enum {
	HEADER_SECTORS = 16, STRETCHES = 0x100000, PROTECTORS_MAX = 16,
	SECTOR_MAX = 4096, LINE_MAX_BYTES = 1024,
	XTS_128 = 0x8004, XTS_256 = 0x8005, CBC_128 = 0x8002, CBC_256 = 0x8003,
	DIFFUSER_128 = 0x8000, DIFFUSER_256 = 0x8001,
	PROPERTY = 0, FVEK = 3, STARTUP_KEY = 6, DESCRIPTION = 7,
	VOLUME_HEADER = 0xf,
	PLAIN_MAX = 8, MAP_PLACE = 4096, RECORD_BYTES = 512,
	KEY = 1, STRETCH = 3, AES_CCM = 5, EXTERNAL_KEY = 9,
	CLEAR = 0, TPM = 0x100, STARTUP = 0x200, RECOVERY = 0x800,
	PASSWORD = 0x2000,
};

struct protector {
	uint8_t id[16];
	unsigned kind;
	char text[256];
};

struct range {
	unsigned long long at, bytes;
};

static struct {
	struct fve_writer_block block;
	struct range maps;	/* where, and bytes of a chunk */
	struct range plain[PLAIN_MAX];
	int n_plain;
	char form[8], description[256];
	unsigned sector;
	struct protector protector[PROTECTORS_MAX];
	int n_protectors;
	uint8_t vmk[32], fvek[64];
	uint32_t nonce;
} v;

static uint8_t *volume;
static uint64_t volume_bytes;

static void die(const char *why, const char *what)
{
	fprintf(stderr, "bitlockerbuild: %s: %s\n", why, what);
	exit(1);
}

/* --- ciphers --------------------------------------------------------------- */

static void sha256(const void *p, size_t n, uint8_t out[32])
{
	if (EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) != 1)
		die("libcrypto", "SHA-256");
}

/* 32 bytes that nobody could guess, were this not a sample. */
static void make_key(const char *name, uint8_t out[32])
{
	char text[64];

	snprintf(text, sizeof(text), "sample key: %s", name);
	sha256(text, strlen(text), out);
}

static void crypt_blocks(const EVP_CIPHER *cipher, const uint8_t *key,
			 const uint8_t *iv, uint8_t *p, int n)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int got;

	if (c == NULL || EVP_EncryptInit_ex(c, cipher, NULL, key, iv) != 1 ||
	    EVP_CIPHER_CTX_set_padding(c, 0) != 1 ||
	    EVP_EncryptUpdate(c, p, &got, p, n) != 1 || got != n)
		die("libcrypto", "AES");
	EVP_CIPHER_CTX_free(c);
}

/* out: MAC, then the n bytes encrypted. */
static void ccm(const uint8_t key[32], const uint8_t nonce[12],
		const uint8_t *p, int n, uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int got;

	if (c == NULL ||
	    EVP_EncryptInit_ex(c, EVP_aes_256_ccm(), NULL, NULL, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_CCM_SET_IVLEN, 12, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_CCM_SET_TAG, 16, NULL) != 1 ||
	    EVP_EncryptInit_ex(c, NULL, NULL, key, nonce) != 1 ||
	    EVP_EncryptUpdate(c, out + 16, &got, p, n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_CCM_GET_TAG, 16, out) != 1)
		die("libcrypto", "AES-CCM");
	EVP_CIPHER_CTX_free(c);
}

static uint32_t rotate(uint32_t x, unsigned n)
{
	return n == 0 ? x : x << n | x >> (32 - n);
}

static void diffuse(uint8_t *p, unsigned bytes, int direction, int cycles,
		    const unsigned turn[4])
{
	unsigned n = bytes / 4;

	for (int cycle = 0; cycle < cycles; cycle++)
		for (unsigned i = n; i-- > 0;) {
			unsigned a = (i + n + (unsigned)(direction * 2)) % n;
			unsigned b = (i + n + (unsigned)(direction * 5)) % n;

			put_le32(p + 4 * i,
				 get_le32(p + 4 * i) -
				 (get_le32(p + 4 * a) ^
				  rotate(get_le32(p + 4 * b), turn[i % 4])));
		}
}

static void elephant(uint8_t *p, uint64_t at)
{
	static const unsigned turn_a[] = { 9, 0, 13, 0 };
	static const unsigned turn_b[] = { 0, 10, 0, 25 };
	const EVP_CIPHER *ecb = v.block.method == DIFFUSER_128 ?
				EVP_aes_128_ecb() : EVP_aes_256_ecb();
	uint8_t key[32] = { 0 };

	put_le64(key, at);
	put_le64(key + 16, at);
	key[31] = 0x80;
	crypt_blocks(ecb, v.fvek + 32, NULL, key, 32);
	for (unsigned i = 0; i < v.sector; i++)
		p[i] ^= key[i % 32];
	diffuse(p, v.sector, -1, 5, turn_a);
	diffuse(p, v.sector, 1, 3, turn_b);
}

static void cbc(uint8_t *p, uint64_t at)
{
	int wide = v.block.method == CBC_256 || v.block.method == DIFFUSER_256;
	uint8_t iv[16] = { 0 };

	put_le64(iv, at);
	crypt_blocks(wide ? EVP_aes_256_ecb() : EVP_aes_128_ecb(), v.fvek, NULL,
		     iv, 16);
	crypt_blocks(wide ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), v.fvek, iv,
		     p, (int)v.sector);
}

static void encrypt_sector(uint8_t *p, uint64_t at)
{
	uint8_t iv[16] = { 0 };

	switch (v.block.method) {
	case XTS_128:
	case XTS_256:
		put_le64(iv, at / v.sector);
		crypt_blocks(v.block.method == XTS_128 ? EVP_aes_128_xts() :
			     EVP_aes_256_xts(), v.fvek, iv, p, (int)v.sector);
		return;
	case DIFFUSER_128:
	case DIFFUSER_256:
		elephant(p, at);
		break;
	}
	cbc(p, at);
}

/* --- keys ------------------------------------------------------------------ */

static void stretch(const uint8_t hash[32], const uint8_t salt[16],
		    uint8_t key[32])
{
	/* EVP_sha256() would be looked up again in each of a million rounds. */
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t state[88] = { 0 };

	memcpy(state + 32, hash, 32);
	memcpy(state + 64, salt, 16);
	for (uint64_t i = 0; i < STRETCHES; i++) {
		put_le64(state + 80, i);
		if (EVP_DigestInit_ex2(c, md, NULL) != 1 ||
		    EVP_DigestUpdate(c, state, sizeof(state)) != 1 ||
		    EVP_DigestFinal_ex(c, state, NULL) != 1)
			die("libcrypto", "SHA-256");
	}
	memcpy(key, state, 32);
	EVP_MD_CTX_free(c);
	EVP_MD_free(md);
}

static void password_hash(const char *text, uint8_t hash[32])
{
	uint8_t units[512];
	int n = text_to_utf16(text, strlen(text), units, 256);

	if (n < 0)
		die("not a password", text);
	sha256(units, 2 * (size_t)n, hash);
	sha256(hash, 32, hash);
}

static void recovery_hash(const char *text, uint8_t hash[32])
{
	uint8_t key[16];

	for (int i = 0; i < 8; i++)
		put_le16(key + 2 * i, (unsigned)(strtoul(text + 7 * i, NULL,
							 10) / 11));
	sha256(key, 16, hash);
}

/* --- metadata -------------------------------------------------------------- */

/* An entry with a key of n bytes, encrypted with another. */
static void put_encrypted(struct fve_writer *w, unsigned type,
			  const uint8_t key[32], const uint8_t *p, unsigned n,
			  unsigned method)
{
	size_t entry = fve_open(w, type, AES_CCM);
	uint8_t nonce[12], plain[76], out[16 + 76];

	put_le64(nonce, v.block.created);
	put_le32(nonce + 8, ++v.nonce);
	put_le32(plain, 12 + n);
	put_le16(plain + 4, 1);
	put_le16(plain + 6, 0);
	put_le32(plain + 8, method);
	memcpy(plain + 12, p, n);
	ccm(key, nonce, plain, (int)(12 + n), out);
	fve_put(w, nonce, sizeof(nonce));
	fve_put(w, out, 16 + 12 + n);
	fve_close(w, entry);
}

static void put_key(struct fve_writer *w, const uint8_t key[32])
{
	size_t entry = fve_open(w, PROPERTY, KEY);

	fve_put_le32(w, 0x2003);
	fve_put(w, key, 32);
	fve_close(w, entry);
}

static void write_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		die("cannot be written", path);
}

static void write_startup_key(const struct protector *p, const uint8_t key[32])
{
	static struct fve_writer w;
	size_t entry, n;

	fve_begin(&w, NULL, p->id, v.block.created);
	entry = fve_open(&w, STARTUP_KEY, EXTERNAL_KEY);
	fve_put(&w, p->id, 16);
	fve_put_le64(&w, v.block.created);
	fve_text(&w, PROPERTY, "ExternalKey");
	put_key(&w, key);
	fve_close(&w, entry);
	n = fve_end(&w);
	write_file(p->text, w.bytes, n);
}

static void put_protector(struct fve_writer *w, const struct protector *p)
{
	size_t entry = fve_open_protector(w, p->id, v.block.created, p->kind);
	uint8_t key[32], hash[32], salt[32];
	char name[16];

	snprintf(name, sizeof(name), "%02x%02x %x", p->id[0], p->id[1],
		 p->kind);
	make_key(name, salt);
	sha256(salt, 32, key);
	if (p->kind == PASSWORD)
		password_hash(p->text, hash);
	if (p->kind == RECOVERY)
		recovery_hash(p->text, hash);
	if (p->kind == PASSWORD || p->kind == RECOVERY) {
		size_t part = fve_open(w, PROPERTY, STRETCH);

		stretch(hash, salt, key);
		fve_put_le32(w, p->kind == PASSWORD ? 0x1000 : 0x1001);
		fve_put(w, salt, 16);
		put_encrypted(w, PROPERTY, v.vmk, key, 32, 0x2000);
		fve_close(w, part);
	}
	if (p->kind == CLEAR)
		put_key(w, key);
	if (p->kind == STARTUP) {
		fve_text(w, PROPERTY, "ExternalKey");
		write_startup_key(p, key);
	}
	put_encrypted(w, PROPERTY, key, v.vmk, 32, 0x2003);
	fve_close(w, entry);
}

static unsigned fvek_bytes(void)
{
	return v.block.method == CBC_128 ? 16 :
	       v.block.method == CBC_256 || v.block.method == XTS_128 ? 32 : 64;
}

static size_t write_block(struct fve_writer *w)
{
	fve_begin(w, &v.block, v.block.volume, v.block.created);
	if (v.description[0] != '\0')
		fve_text(w, DESCRIPTION, v.description);
	for (int i = 0; i < v.n_protectors; i++)
		put_protector(w, &v.protector[i]);
	put_encrypted(w, FVEK, v.vmk, v.fvek, fvek_bytes(), v.block.method);
	if (v.block.version == 2) {
		size_t entry = fve_open(w, VOLUME_HEADER, VOLUME_HEADER);

		fve_put_le64(w, v.block.header_offset);
		fve_put_le64(w, HEADER_SECTORS * v.sector);
		fve_close(w, entry);
	}
	return fve_end(w);
}

/* --- volume ---------------------------------------------------------------- */

static void write_boot_sector(void)
{
	static const uint8_t whole[16] = {
		0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
		0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
	};
	static const uint8_t on_write[16] = {
		0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d,
		0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8,
	};
	int to_go = strcmp(v.form, "to-go") == 0;
	unsigned at = to_go ? 0x1a8 : 0xa0;

	if (v.block.version == 1) {
		memcpy(volume + 3, "-FVE-FS-", 8);
		put_le64(volume + 0x38, v.block.metadata[0] /
			 (v.sector * volume[0x0d]));
		return;
	}
	memset(volume, 0, HEADER_SECTORS * v.sector);
	memcpy(volume, "\xeb\x58\x90", 3);
	memcpy(volume + 3, to_go ? "MSWIN4.1" : "-FVE-FS-", 8);
	put_le16(volume + 0x0b, v.sector);
	volume[0x0d] = (uint8_t)(4096 / v.sector);
	memcpy(volume + 0x47, "NO NAME    FAT32   ", 19);
	memcpy(volume + at, strcmp(v.form, "eow") == 0 ? on_write : whole, 16);
	for (unsigned i = 0; i < 3; i++)
		put_le64(volume + at + 16 + 8 * i, v.block.metadata[i]);
	for (unsigned i = 0; i < 2 && v.maps.bytes > 0; i++)
		put_le64(volume + at + 40 + 8 * i, v.maps.at + MAP_PLACE * i);
	put_le16(volume + 0x1fe, 0xaa55);
}

static int is_plain(uint64_t at)
{
	for (int i = 0; i < v.n_plain; i++)
		if (at >= v.plain[i].at && at - v.plain[i].at <
					   v.plain[i].bytes)
			return 1;
	return 0;
}

static void write_list(uint8_t *p)
{
	memcpy(p, "FVE-EOW", 8);
	put_le16(p + 0x08, 56);
	put_le16(p + 0x0a, 64);
	put_le32(p + 0x0c, v.sector);
	put_le32(p + 0x10, v.sector);
	put_le32(p + 0x14, (uint32_t)v.maps.bytes);
	put_le32(p + 0x18, MAP_PLACE);
	put_le32(p + 0x20, 1);
	put_le64(p + 0x28, v.maps.at);
	put_le64(p + 0x30, v.maps.at + MAP_PLACE);
	put_le64(p + 0x38, v.maps.at + 2 * MAP_PLACE);
	put_le32(p + 0x24, (uint32_t)crc32(0, p, 64));
}

/* Of the two the one with the higher sequence tells the truth; the other says
 * that all is encrypted. */
static void write_record(uint8_t *p, uint64_t sequence, int truth)
{
	uint32_t n = (uint32_t)((volume_bytes + v.maps.bytes - 1) /
				v.maps.bytes);

	memcpy(p, "FVE-EOWBR", 10);
	put_le16(p + 0x0a, 36);
	put_le32(p + 0x0c, RECORD_BYTES);
	put_le32(p + 0x10, n);
	put_le64(p + 0x14, sequence);
	put_le32(p + 0x1c, 2);
	if (n > 8 * (RECORD_BYTES - 36))
		die("maps", "too many chunks");
	for (uint32_t i = 0; i < n; i++)
		if (!truth || !is_plain(i * v.maps.bytes))
			p[36 + i / 8] |= (uint8_t)(1 << i % 8);
	put_le32(p + 0x20, (uint32_t)crc32(0, p, RECORD_BYTES));
}

static void write_maps(void)
{
	uint8_t *map = volume + v.maps.at + 2 * MAP_PLACE;

	if (v.maps.bytes == 0)
		return;
	memset(volume + v.maps.at, 0, 4 * MAP_PLACE);
	write_list(volume + v.maps.at);
	write_list(volume + v.maps.at + MAP_PLACE);
	memcpy(map, "FVE-EOWBM", 10);
	put_le16(map + 0x0a, 60);
	put_le32(map + 0x0c, 3 * RECORD_BYTES);
	put_le64(map + 0x1c, volume_bytes);
	put_le64(map + 0x24, v.maps.at + 3 * MAP_PLACE);
	put_le32(map + 0x2c, RECORD_BYTES);
	put_le32(map + 0x30, 2 * RECORD_BYTES);
	put_le32(map + 0x34, RECORD_BYTES);
	put_le32(map + 0x38, (uint32_t)crc32(0, map, RECORD_BYTES));
	write_record(map + RECORD_BYTES, 8, 1);
	write_record(map + 2 * RECORD_BYTES, 7, 0);
}

static void encrypt(void)
{
	static struct fve_writer w;
	uint64_t first = HEADER_SECTORS * v.sector;
	size_t n = write_block(&w);

	if (v.block.version == 2)
		memcpy(volume + v.block.header_offset, volume, first);
	for (uint64_t at = first; at + v.sector <= v.block.encrypted_bytes;
	     at += v.sector)
		if (!is_plain(at))
			encrypt_sector(volume + at, at);
	write_boot_sector();
	for (int i = 0; i < 3; i++) {
		memset(volume + v.block.metadata[i], 0,
		       v.block.version == 1 ? 16384 : 65536);
		memcpy(volume + v.block.metadata[i], w.bytes, n);
	}
	write_maps();
}

/* --- script ---------------------------------------------------------------- */

static unsigned method_of(const char *name)
{
	static const struct { const char *name; unsigned method; } list[] = {
		{ "xts-128", XTS_128 }, { "xts-256", XTS_256 },
		{ "cbc-128", CBC_128 }, { "cbc-256", CBC_256 },
		{ "diffuser-128", DIFFUSER_128 },
		{ "diffuser-256", DIFFUSER_256 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].method;
	die("no such method", name);
	return 0;
}

static void add_protector(unsigned kind, const char *rest)
{
	struct protector *p = &v.protector[v.n_protectors++];

	if (v.n_protectors == PROTECTORS_MAX || strlen(rest) < 36)
		die("not a protector", rest);
	memcpy(p->text, rest, 36);
	p->text[36] = '\0';
	if (text_to_guid(p->text, p->id) < 0)
		die("not a GUID", rest);
	p->kind = kind;
	snprintf(p->text, sizeof(p->text), "%s",
		 rest[36] == ' ' ? rest + 37 : "");
}

static void take_places(const char *rest)
{
	unsigned long long at[3];

	if (sscanf(rest, "%llu %llu %llu", &at[0], &at[1], &at[2]) != 3)
		die("not three offsets", rest);
	for (int i = 0; i < 3; i++)
		v.block.metadata[i] = at[i];
}

static void take_range(const char *rest, struct range *to)
{
	if (sscanf(rest, "%llu %llu", &to->at, &to->bytes) != 2)
		die("not two numbers", rest);
}

static void take_line(const char *word, const char *rest)
{
	static const struct { const char *name; unsigned kind; } kinds[] = {
		{ "clear-key", CLEAR }, { "password", PASSWORD },
		{ "recovery-password", RECOVERY }, { "startup-key", STARTUP },
		{ "tpm", TPM },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, word) == 0) {
			add_protector(kinds[i].kind, rest);
			return;
		}
	if (strcmp(word, "volume") == 0) {
		if (text_to_guid(rest, v.block.volume) < 0)
			die("not a GUID", rest);
	} else if (strcmp(word, "form") == 0) {
		snprintf(v.form, sizeof(v.form), "%s", rest);
	} else if (strcmp(word, "method") == 0) {
		v.block.method = method_of(rest);
	} else if (strcmp(word, "sector") == 0) {
		v.sector = (unsigned)strtoul(rest, NULL, 10);
	} else if (strcmp(word, "description") == 0) {
		snprintf(v.description, sizeof(v.description), "%s", rest);
	} else if (strcmp(word, "created") == 0) {
		v.block.created = ((uint64_t)text_to_time(rest) +
				   11644473600u) * 10000000u;
	} else if (strcmp(word, "metadata") == 0) {
		take_places(rest);
	} else if (strcmp(word, "header") == 0) {
		v.block.header_offset = strtoull(rest, NULL, 10);
	} else if (strcmp(word, "encrypted") == 0) {
		v.block.encrypted_bytes = strtoull(rest, NULL, 10);
	} else if (strcmp(word, "maps") == 0) {
		take_range(rest, &v.maps);
	} else if (strcmp(word, "plain") == 0 && v.n_plain < PLAIN_MAX) {
		take_range(rest, &v.plain[v.n_plain++]);
	} else if (strcmp(word, "state") == 0) {
		sscanf(rest, "%u %u", &v.block.state, &v.block.next_state);
	} else {
		die("not understood", word);
	}
}

static void read_script(void)
{
	char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (rest != NULL)
			*rest++ = '\0';
		take_line(line, rest != NULL ? rest : "");
	}
}

static void read_volume(const char *path)
{
	FILE *f = fopen(path, "rb");
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) < 0 || (n = ftell(f)) <= 0)
		die("cannot be read", path);
	rewind(f);
	volume_bytes = (uint64_t)n;
	volume = malloc((size_t)n);
	if (volume == NULL || fread(volume, 1, (size_t)n, f) != (size_t)n)
		die("cannot be read", path);
	fclose(f);
}

/* What is overwritten must be no loss. */
static void check_blank(uint64_t at, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (volume[at + i] != 0)
			die("metadata", "would be written over what is there");
}

static void check_places(void)
{
	for (int i = 0; i < 3; i++)
		if (v.block.metadata[i] == 0 ||
		    v.block.metadata[i] + FVE_WRITER_BYTES > volume_bytes)
			die("metadata", "does not fit");
		else
			check_blank(v.block.metadata[i], FVE_WRITER_BYTES);
	if (v.block.version == 1)
		return;
	if (v.maps.bytes > 0) {
		if (v.maps.at + 4 * MAP_PLACE > volume_bytes)
			die("maps", "do not fit");
		check_blank(v.maps.at, 4 * MAP_PLACE);
	}
	if (v.block.header_offset == 0 ||
	    v.block.header_offset + HEADER_SECTORS * v.sector > volume_bytes)
		die("header", "does not fit");
	check_blank(v.block.header_offset, HEADER_SECTORS * v.sector);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		die("usage", "bitlockerbuild VOLUME OUT < SCRIPT");
	v.block.method = XTS_128;
	v.block.state = v.block.next_state = 4;
	v.sector = 512;
	snprintf(v.form, sizeof(v.form), "7");
	read_volume(argv[1]);
	v.block.encrypted_bytes = volume_bytes;
	read_script();
	v.block.version = strcmp(v.form, "vista") == 0 ? 1 : 2;
	v.block.header_sectors = HEADER_SECTORS;
	v.block.next_nonce = (uint32_t)v.n_protectors + 10;
	if (v.block.version == 1)
		v.block.header_offset = get_le64(volume + 0x38);
	make_key("vmk", v.vmk);
	make_key("fvek", v.fvek);
	make_key("tweak", v.fvek + 32);
	check_places();
	encrypt();
	write_file(argv[2], volume, volume_bytes);
	free(volume);
	return 0;
}
