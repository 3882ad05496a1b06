/*
 * fve.c - the metadata of a volume that BitLocker encrypts
 *
 * Three copies of one block lie in the volume.  A block:
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     8  "-FVE-FS-"
 *     0x08     2  bytes that the checksum is of; Windows 7: units of 16
 *     0x0a     2  version: 1 Vista, 2 Windows 7 and later
 *     0x0c     2  state
 *     0x0e     2  state that is wanted
 *     0x10     8  Windows 7: encrypted bytes of the volume
 *     0x1c     4  Windows 7: sectors at the volume's start, kept elsewhere
 *     0x20    24  offsets of the three copies in the volume
 *     0x38     8  Windows 7: where they are; Vista: cluster of $MFTMirr
 *   second head:
 *     0x40     4  bytes of it and of the entries
 *     0x44     4  version: 1
 *     0x48     4  bytes of it: 48
 *     0x4c     4  the size again
 *     0x50    16  GUID of the encrypted volume
 *     0x60     4  next number for a nonce
 *     0x64     2  how the sectors are encrypted
 *     0x68     8  when this was made, FILETIME
 *     0x70        entries
 *
 * Behind the bytes that the checksum is of:
 *
 *        0     2  bytes of this
 *        2     2  version
 *        4     4  CRC-32
 *
 * An entry, and a property inside one:
 *
 *        0     2  bytes of it, with this head
 *        2     2  what it is for
 *        4     2  what it holds
 *        6     2  version: 1 or 3
 *
 * A protector holds the volume master key:
 *
 *     0x00    16  GUID
 *     0x10     8  last change, FILETIME
 *     0x1a     2  what protects it
 *     0x1c        properties
 *
 * A .BEK file is a second head with one entry, whose value begins as that of a
 * protector, with the properties at 0x18.
 *
 * Sources: libbde, "BitLocker Drive Encryption (BDE) format", FVE metadata
 * block; dislocker, include/dislocker/metadata (states, size, checksum).  That
 * the checksum is of `size' bytes: seen on 20 volumes of Windows 10 and 11.
 * Vista's `size' is not multiplied in dislocker; no such volume was at hand.
 */
#include "format/fve.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"

struct fve_head_disk {
	le32 size;
	le32 version;
	le32 header_size;
	le32 size_copy;
	uint8_t volume[16];
	le32 next_nonce;
	le16 method;
	le16 method_copy;
	le64 created;
};
static_assert(sizeof(struct fve_head_disk) == 48, "FVE");

struct fve_block_disk {
	uint8_t signature[8];
	le16 size;
	le16 version;
	le16 state;
	le16 next_state;
	le64 encrypted_bytes;
	le32 unknown_0x18;
	le32 header_sectors;
	le64 metadata[3];
	le64 header_offset;
	struct fve_head_disk head;
};
static_assert(offsetof(struct fve_block_disk, metadata) == 0x20, "FVE");
static_assert(sizeof(struct fve_block_disk) == 0x70, "FVE");

struct fve_validation_disk {
	le16 size;
	le16 version;
	le32 crc32;
};

struct fve_entry_disk {
	le16 size;
	le16 type;
	le16 value_type;
	le16 version;
};

struct fve_protector_disk {
	uint8_t identifier[16];
	le64 modified;
	le16 unknown_0x18;
	le16 protection;
};
static_assert(sizeof(struct fve_protector_disk) == 0x1c, "FVE");

struct fve_external_key_disk {
	uint8_t identifier[16];
	le64 modified;
};
static_assert(sizeof(struct fve_external_key_disk) == 0x18, "FVE");

struct fve_volume_header_disk {
	le64 offset;
	le64 bytes;
};

/* @s: the head and all that is there behind it.  */
static int check_head(struct span s, struct err *reterr)
{
	const struct fve_head_disk *d = span_view(s, 0, struct fve_head_disk);
	uint32_t size;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "FVE metadata head",
			       sizeof(*d), s.n);
	size = get_le32(d->size);
	if (get_le32(d->version) != 1)
		return err_set(reterr, ERR_UNSUPPORTED,
			       s.at + offsetof(struct fve_head_disk, version),
			       "FVE metadata: version", 1,
			       get_le32(d->version));
	if (get_le32(d->header_size) != sizeof(*d))
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct fve_head_disk,
					       header_size),
			       "FVE metadata: size of the head", sizeof(*d),
			       get_le32(d->header_size));
	if (get_le32(d->size_copy) != size)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct fve_head_disk, size_copy),
			       "FVE metadata: size, the second time", size,
			       get_le32(d->size_copy));
	if (size < sizeof(*d) || size > FVE_BLOCK_BYTES)
		return err_set(reterr, ERR_VALUE, s.at, "FVE metadata: size",
			       FVE_BLOCK_BYTES, size);
	if (size > s.n)
		return err_set(reterr, ERR_TRUNCATED, s.at, "FVE metadata",
			       size, s.n);
	return 0;
}

static void check_sum(struct span s, struct fve_block *b)
{
	const struct fve_validation_disk *v =
		span_view(s, b->bytes, struct fve_validation_disk);

	if (v == NULL || get_le16(v->size) < sizeof(*v))
		return;
	b->has_checksum = true;
	b->checksum_ok = crc32(0, s.p, b->bytes) == get_le32(v->crc32);
}

static void decode_block(const struct fve_block_disk *d, struct fve_block *b)
{
	b->version = get_le16(d->version);
	b->bytes = get_le16(d->size) * (b->version == 2 ? 16u : 1u);
	b->state = get_le16(d->state);
	b->next_state = get_le16(d->next_state);
	if (b->version == 2) {
		b->encrypted_bytes = get_le64(d->encrypted_bytes);
		b->header_sectors = get_le32(d->header_sectors);
		b->header_offset = get_le64(d->header_offset);
	} else {
		b->mft_mirror_lcn = get_le64(d->header_offset);
	}
	for (int i = 0; i < 3; i++)
		b->metadata[i] = get_le64(d->metadata[i]);
	b->metadata_bytes = get_le32(d->head.size);
	memcpy(b->volume.b, d->head.volume, sizeof(b->volume.b));
	b->next_nonce = get_le32(d->head.next_nonce);
	b->method = get_le16(d->head.method);
	b->created = get_le64(d->head.created);
}

int fve_block_parse(struct span block, struct fve_block *ret,
		    struct err *reterr)
{
	const struct fve_block_disk *d =
		span_view(block, 0, struct fve_block_disk);
	const size_t head_at = offsetof(struct fve_block_disk, head);
	struct fve_block b = { 0 };
	struct span head;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, block.at,
			       "FVE metadata block", sizeof(*d), block.n);
	if (memcmp(d->signature, "-FVE-FS-", sizeof(d->signature)) != 0)
		return err_set(reterr, ERR_MAGIC, block.at,
			       "FVE metadata block", '-', d->signature[0]);
	decode_block(d, &b);
	if (b.version != 1 && b.version != 2)
		return err_set(reterr, ERR_UNSUPPORTED,
			       block.at + offsetof(struct fve_block_disk,
						   version),
			       "FVE metadata block: version", 2, b.version);
	span_sub(block, head_at, block.n - head_at, &head);
	r = check_head(head, reterr);
	if (r < 0)
		return r;
	if (b.version == 2 && head_at + b.metadata_bytes > b.bytes)
		return err_set(reterr, ERR_VALUE, head.at,
			       "FVE metadata: size, inside its block", b.bytes,
			       b.metadata_bytes);
	span_sub(head, sizeof(d->head), b.metadata_bytes - sizeof(d->head),
		 &b.entries);
	check_sum(block, &b);
	*ret = b;
	return 0;
}

int fve_entry_take(struct span *left, struct fve_entry *ret,
		   struct err *reterr)
{
	const struct fve_entry_disk *d =
		span_view(*left, 0, struct fve_entry_disk);
	struct fve_entry e;
	size_t size;

	if (d == NULL ||
	    span_is_zero((struct span){ left->p, sizeof(*d), left->at }))
		return err_set(reterr, ERR_NOT_FOUND, left->at,
			       "FVE metadata entry", 0, 0);
	size = get_le16(d->size);
	if (size < sizeof(*d) || size > left->n)
		return err_set(reterr, ERR_VALUE, left->at,
			       "FVE metadata entry: size", left->n, size);
	e.type = get_le16(d->type);
	e.value_type = get_le16(d->value_type);
	e.version = get_le16(d->version);
	span_sub(*left, 0, size, &e.raw);
	span_sub(e.raw, sizeof(*d), size - sizeof(*d), &e.data);
	span_sub(*left, size, left->n - size, left);
	*ret = e;
	return 0;
}

/* The first of each kind is taken, as libbde does.  */
static void take_property(const struct fve_entry *e, struct fve_protector *p)
{
	struct span *at = e->value_type == FVE_VALUE_KEY ? &p->key :
		e->value_type == FVE_VALUE_STRETCH_KEY ? &p->stretch_key :
		e->value_type == FVE_VALUE_AES_CCM ? &p->aes_ccm :
		e->value_type == FVE_VALUE_STRING ? &p->name : NULL;

	if (at != NULL && at->n == 0)
		*at = at == &p->name ? e->data : e->raw;
}

static int take_properties(struct fve_protector *p, struct err *reterr)
{
	struct span left = p->properties;
	struct fve_entry e;
	struct err err;
	int r;

	/* Ends: each turn takes the head of an entry off `left'.  */
	while ((r = fve_entry_take(&left, &e, &err)) == 0)
		take_property(&e, p);
	if (r == ERR_NOT_FOUND)
		return 0;
	return err_set(reterr, err.code, err.at, err.what, err.want, err.got);
}

int fve_protector_parse(const struct fve_entry *e, struct fve_protector *ret,
			struct err *reterr)
{
	bool external = e->value_type == FVE_VALUE_EXTERNAL_KEY;
	size_t head = external ? sizeof(struct fve_external_key_disk) :
				 sizeof(struct fve_protector_disk);
	struct fve_protector p = { 0 };
	int r;

	if (!external && e->value_type != FVE_VALUE_VMK)
		return err_set(reterr, ERR_VALUE, e->raw.at,
			       "FVE protector: type of value", FVE_VALUE_VMK,
			       e->value_type);
	if (e->data.n < head)
		return err_set(reterr, ERR_TRUNCATED, e->data.at,
			       "FVE protector", head, e->data.n);
	span_sub(e->data, head, e->data.n - head, &p.properties);
	memcpy(p.identifier.b, e->data.p, sizeof(p.identifier.b));
	p.modified = get_le64(
		span_view(e->data, 0, struct fve_external_key_disk)->modified);
	if (!external)
		p.protection = get_le16(span_view(
			e->data, 0, struct fve_protector_disk)->protection);
	r = take_properties(&p, reterr);
	if (r == 0)
		*ret = p;
	return r;
}

int fve_volume_header_parse(const struct fve_entry *e,
			    struct fve_volume_header *ret, struct err *reterr)
{
	const struct fve_volume_header_disk *d =
		span_view(e->data, 0, struct fve_volume_header_disk);

	if (e->value_type != FVE_VALUE_VOLUME_HEADER)
		return err_set(reterr, ERR_VALUE, e->raw.at,
			       "FVE volume header: type of value",
			       FVE_VALUE_VOLUME_HEADER, e->value_type);
	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, e->data.at,
			       "FVE volume header", sizeof(*d), e->data.n);
	ret->offset = get_le64(d->offset);
	ret->bytes = get_le64(d->bytes);
	return 0;
}

int fve_startup_key_parse(struct span file, struct fve_startup_key *ret,
			  struct err *reterr)
{
	const struct fve_head_disk *d =
		span_view(file, 0, struct fve_head_disk);
	struct fve_protector p;
	struct fve_entry e;
	struct span left;
	int r = check_head(file, reterr);

	if (r < 0)
		return r;
	span_sub(file, sizeof(*d), get_le32(d->size) - sizeof(*d), &left);
	/* Ends: each turn takes the head of an entry off `left'.  */
	do {
		r = fve_entry_take(&left, &e, reterr);
		if (r < 0)
			return r;
	} while (e.value_type != FVE_VALUE_EXTERNAL_KEY);
	r = fve_protector_parse(&e, &p, reterr);
	if (r < 0)
		return r;
	if (p.key.n == 0)
		return err_set(reterr, ERR_NOT_FOUND, e.data.at,
			       "startup key", 0, 0);
	ret->identifier = p.identifier;
	ret->key = p.key;
	span_sub(file, 0, get_le32(d->size), &ret->raw);
	return 0;
}

struct word {
	uint16_t number;
	const char *name;
};

static const char *word_of(const struct word *w, size_t n, uint16_t number)
{
	for (size_t i = 0; i < n; i++)
		if (w[i].number == number)
			return w[i].name;
	return NULL;
}

#define WORD_OF(table, number) \
	word_of(table, sizeof(table) / sizeof((table)[0]), number)

const char *fve_method_name(uint16_t method)
{
	static const struct word methods[] = {
		{ 0x8000, "AES-CBC 128-bit with Elephant Diffuser" },
		{ 0x8001, "AES-CBC 256-bit with Elephant Diffuser" },
		{ 0x8002, "AES-CBC 128-bit" },
		{ 0x8003, "AES-CBC 256-bit" },
		{ 0x8004, "AES-XTS 128-bit" },
		{ 0x8005, "AES-XTS 256-bit" },
	};

	return WORD_OF(methods, method);
}

const char *fve_protection_name(uint16_t protection)
{
	/* A bit for each thing: TPM 0x100, startup key 0x200, PIN 0x400.  Of
	 * the sums only TPM with PIN is in the sources.  */
	static const struct word protections[] = {
		{ 0x0000, "clear-key" },
		{ 0x0100, "tpm" },
		{ 0x0200, "startup-key" },
		{ 0x0300, "tpm+startup-key" },
		{ 0x0500, "tpm+pin" },
		{ 0x0700, "tpm+pin+startup-key" },
		{ 0x0800, "recovery-password" },
		{ 0x1000, "smart-card" },
		{ 0x2000, "password" },
	};

	return WORD_OF(protections, protection);
}

const char *fve_state_name(uint16_t state)
{
	static const struct word states[] = {
		{ FVE_DECRYPTED, "decrypted" },
		{ FVE_SWITCHING, "switching" },
		{ FVE_ENCRYPT_ON_WRITE, "encrypt-on-write" },
		{ FVE_ENCRYPTED, "encrypted" },
		{ FVE_PAUSED, "paused" },
	};

	return WORD_OF(states, state);
}
