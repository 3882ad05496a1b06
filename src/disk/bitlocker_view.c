/*
 * bitlocker_view.c - an encrypted volume as libbde is shown it
 *
 * libbde 20190102 reads past its buffer where a block of metadata says that it
 * is longer than 8192 bytes, refuses all three copies for one that is damaged
 * and entries of version 3, and looks at the first protector of each kind only.
 * So it is shown metadata that has passed our own parser, written anew, with
 * the one protector that is to be tried: nothing but the encrypted sectors
 * comes to it from the evidence unchecked.
 */
#include "disk/bitlocker_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"

#define SECTOR_BYTES 512

/* What libbde reads of a copy.  */
#define COPY_BYTES 8192

/* Sectors are read ahead in runs of at most this.  */
#define AHEAD_BYTES (64u << 10)

struct overlay {
	uint64_t off;
	size_t n;
	const uint8_t *p;
};

struct view {
	struct source source;
	struct source *volume;
	struct overlay overlays[4];	/* the first that has a byte counts */
	uint8_t boot[SECTOR_BYTES];
	uint8_t copy[COPY_BYTES];
	size_t n;			/* of `copy' that is written */
	uint8_t others[COPY_BYTES];	/* the second and the third copy */
	uint8_t ahead[AHEAD_BYTES];
	uint64_t ahead_off;
	size_t ahead_n;
	bool opened;
};

/* The overlay that has the byte at @off, or NULL; *@n is cut to what lies
 * together there.  */
static const struct overlay *overlay_at(const struct view *v, uint64_t off,
					size_t *n)
{
	for (size_t i = 0; i < 4; i++) {
		const struct overlay *o = &v->overlays[i];

		if (off >= o->off && off - o->off < o->n) {
			if (*n > o->n - (off - o->off))
				*n = (size_t)(o->n - (off - o->off));
			return o;
		}
		if (off < o->off && o->off - off < *n)
			*n = (size_t)(o->off - off);
	}
	return NULL;
}

static int read_below(struct view *v, uint64_t off, uint8_t *out, size_t n,
		      struct err *reterr)
{
	if (off >= v->ahead_off && off - v->ahead_off < v->ahead_n &&
	    n <= v->ahead_n - (off - v->ahead_off)) {
		memcpy(out, v->ahead + (off - v->ahead_off), n);
		return 0;
	}
	if (off < v->volume->size && n <= v->volume->size - off &&
	    source_read(v->volume, off, out, n, reterr) == 0)
		return 0;
	if (v->opened)
		return source_read(v->volume, off, out, n, reterr);
	/* Whether a key is right has nothing to do with sectors that are not
	 * there.  */
	memset(out, 0, n);
	return 0;
}

static int view_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	struct view *v = (struct view *)s;
	uint8_t *out = buf;

	/* Ends: each turn takes at least a byte.  */
	while (n > 0) {
		size_t take = n;
		const struct overlay *o = overlay_at(v, off, &take);
		int r = 0;

		if (o != NULL)
			memcpy(out, o->p + (off - o->off), take);
		else
			r = read_below(v, off, out, take, reterr);
		if (r < 0)
			return r;
		out += take;
		off += take;
		n -= take;
	}
	return 0;
}

void bitlocker_view_opened(struct source *view)
{
	((struct view *)view)->opened = true;
}

void bitlocker_view_expect(struct source *view, uint64_t off, size_t n)
{
	struct view *v = (struct view *)view;

	v->ahead_n = 0;
	if (n <= SECTOR_BYTES || n > AHEAD_BYTES)
		return;
	v->ahead_off = off;
	if (source_read(v->volume, off, v->ahead, n, NULL) == 0)
		v->ahead_n = n;
}

static struct source_place view_place(struct source *s, uint64_t off)
{
	return (struct source_place){ ((struct view *)s)->volume, off,
				      s->size - off };
}

static void view_free(struct source *s)
{
	struct view *v = (struct view *)s;

	/* a clear key is in it */
	explicit_bzero(v->copy, sizeof(v->copy));
	explicit_bzero(v->others, sizeof(v->others));
	free(v);
}

static const struct source_ops view_ops = { view_read, view_place, view_free };

/* As many bytes as are written have room: their sizes are checked.  */
static void put(struct view *v, const void *p, size_t n)
{
	memcpy(v->copy + v->n, p, n);
	v->n += n;
}

static void put_number(struct view *v, uint64_t number, size_t n)
{
	le64 b = put_le64(number);

	put(v, b.b, n);
}

static size_t open_entry(struct view *v, unsigned type, unsigned value_type)
{
	size_t entry = v->n;

	put_number(v, 0, 2);
	put_number(v, type, 2);
	put_number(v, value_type, 2);
	put_number(v, 1, 2);
	return entry;
}

static void close_entry(struct view *v, size_t entry)
{
	le16 size = put_le16((uint16_t)(v->n - entry));

	memcpy(v->copy + entry, size.b, sizeof(size.b));
}

/* The entry @raw, with another head.  */
static void put_entry(struct view *v, struct span raw, unsigned type,
		      unsigned value_type, size_t n)
{
	size_t entry = open_entry(v, type, value_type);

	put(v, raw.p + 8, n - 8);
	close_entry(v, entry);
}

/* Of entries, with their heads.  A key of 256 bits encrypted takes 80 bytes; a
 * volume's key, of 128 to 512 bits, 64 to 112.  */
#define KEY_ENTRY_BYTES 44
#define SALT_ENTRY_BYTES 28
#define VMK_ENTRY_BYTES 80
#define FVEK_MIN_BYTES 64
#define FVEK_MAX_BYTES 112

static void put_protector(struct view *v, const struct fve_protector *p)
{
	size_t entry = open_entry(v, FVE_ENTRY_VMK, FVE_VALUE_VMK);
	static const uint8_t nothing[8];

	put(v, p->identifier.b, sizeof(p->identifier.b));
	put_number(v, p->modified, 8);
	put_number(v, 0, 2);
	put_number(v, p->protection, 2);
	if (p->protection == 0)
		put_entry(v, p->key, 0, FVE_VALUE_KEY, KEY_ENTRY_BYTES);
	if (p->stretch_key.n > 0) {
		size_t salt = open_entry(v, 0, FVE_VALUE_STRETCH_KEY);

		/* what is behind the salt is not used */
		put(v, p->stretch_key.p + 8, SALT_ENTRY_BYTES - 8);
		put(v, nothing, sizeof(nothing));
		close_entry(v, salt);
	}
	put_entry(v, p->aes_ccm, 0, FVE_VALUE_AES_CCM, VMK_ENTRY_BYTES);
	close_entry(v, entry);
}

static void put_heads(struct view *v, const struct bitlocker *b)
{
	const struct fve_block *k = &b->block;

	put(v, "-FVE-FS-", 8);
	put_number(v, 0, 2);
	put_number(v, k->version, 2);
	put_number(v, FVE_ENCRYPTED, 2);
	put_number(v, FVE_ENCRYPTED, 2);
	put_number(v, b->maps != NULL ? v->volume->size : k->encrypted_bytes,
		   8);
	put_number(v, 0, 4);
	put_number(v, b->header.bytes / b->boot.bytes_per_sector, 4);
	for (int i = 0; i < 3; i++)
		put_number(v, k->metadata[i], 8);
	/* Vista has the cluster of $MFTMirr here, which libbde takes for a
	 * place without a size, and then gives up.  */
	put_number(v, k->version == 2 ? b->header.offset : 0, 8);
	put_number(v, 0, 4);		/* size */
	put_number(v, 1, 4);
	put_number(v, 48, 4);
	put_number(v, 0, 4);		/* size */
	put(v, k->volume.b, sizeof(k->volume.b));
	put_number(v, k->next_nonce, 4);
	put_number(v, k->method, 2);
	put_number(v, k->method, 2);
	put_number(v, k->created, 8);
}

static void write_copy(struct view *v, const struct bitlocker *b,
		       const struct fve_protector *p)
{
	le32 size;

	put_heads(v, b);
	put_protector(v, p);
	put_entry(v, b->fvek, FVE_ENTRY_FVEK, FVE_VALUE_AES_CCM, b->fvek.n);
	if (b->header.bytes > 0) {
		size_t entry = open_entry(v, FVE_ENTRY_VOLUME_HEADER,
					  FVE_VALUE_VOLUME_HEADER);

		put_number(v, b->header.offset, 8);
		put_number(v, b->header.bytes, 8);
		close_entry(v, entry);
	}
	size = put_le32((uint32_t)(v->n - 0x40));
	memcpy(v->copy + 0x40, size.b, sizeof(size.b));
	memcpy(v->copy + 0x4c, size.b, sizeof(size.b));
}

/* A key that is wrong for the first copy libbde tries on the others as well,
 * for half a second each.  There the protector is of a kind that takes none. */
static void write_others(struct view *v, const struct bitlocker *b,
			 const struct fve_protector *p)
{
	struct fve_protector other = *p;

	if (other.protection != 0)
		other.protection = 0x0100;
	write_copy(v, b, &other);
	memcpy(v->others, v->copy, sizeof(v->others));
	memset(v->copy, 0, sizeof(v->copy));
	v->n = 0;
}

static void put_at(uint8_t *p, size_t at, uint64_t number, size_t n)
{
	le64 b = put_le64(number);

	memcpy(p + at, b.b, n);
}

/* A boot sector in the form of Windows 7, whatever the volume's is, since they
 * differ in nothing else that libbde looks at; but Vista's has to be Vista's.
 * A size in sectors keeps libbde from asking the plain text, which it only
 * knows to be NTFS.  */
static int write_boot(struct view *v, const struct bitlocker *b,
		      struct err *reterr)
{
	static const uint8_t whole[16] = {
		0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
		0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
	};
	bool vista = b->boot.form == BITLOCKER_VISTA;
	uint64_t sectors = v->volume->size / b->boot.bytes_per_sector;
	int r = source_read(v->volume, 0, v->boot, sizeof(v->boot), reterr);

	if (r < 0 && vista)
		return r;
	if (r < 0)
		memset(v->boot, 0, sizeof(v->boot));
	put_at(v->boot, 0, vista ? 0x9052eb : 0x9058eb, 3);
	memcpy(v->boot + 3, "-FVE-FS-", 8);
	put_at(v->boot, 0x0b, b->boot.bytes_per_sector, 2);
	put_at(v->boot, 0x13, 0, 2);
	put_at(v->boot, 0x20, sectors <= UINT32_MAX ? sectors : 0, 4);
	if (vista)
		return 0;
	memcpy(v->boot + 0xa0, whole, sizeof(whole));
	for (size_t i = 0; i < 3; i++)
		put_at(v->boot, 0xb0 + 8 * i, b->block.metadata[i], 8);
	return 0;
}

/* libbde refuses what this does, or does worse with it.  */
static const char *fault(const struct bitlocker *b,
			 const struct fve_protector *p)
{
	uint32_t sector = b->boot.bytes_per_sector;
	uint64_t end;

	if (sector < 512 || sector > 4096 || (sector & (sector - 1)) != 0)
		return "BitLocker boot sector: bytes per sector";
	if (p->aes_ccm.n != VMK_ENTRY_BYTES ||
	    (p->protection == 0 && p->key.n != KEY_ENTRY_BYTES) ||
	    (p->stretch_key.n > 0 && p->stretch_key.n < SALT_ENTRY_BYTES))
		return "FVE protector: size of a key";
	if (b->fvek.n < FVEK_MIN_BYTES || b->fvek.n > FVEK_MAX_BYTES)
		return "FVE metadata: size of the volume's key";
	if (b->block.encrypted_bytes > INT64_MAX ||
	    !checked_add(b->header.offset, b->header.bytes, &end) ||
	    end > INT64_MAX ||
	    b->header.bytes / sector > UINT32_MAX)
		return "FVE metadata: place of the first sectors";
	for (int i = 0; i < 3; i++)
		if (b->block.metadata[i] < SECTOR_BYTES ||
		    b->block.metadata[i] > INT64_MAX - FVE_BLOCK_BYTES)
			return "FVE metadata: place of a copy";
	return NULL;
}

static void place_overlays(struct view *v, const struct bitlocker *b)
{
	v->overlays[0] = (struct overlay){ 0, sizeof(v->boot), v->boot };
	for (int i = 0; i < 3; i++) {
		uint64_t off = b->block.metadata[i];

		v->overlays[i + 1] = (struct overlay){
			off, COPY_BYTES, i == 0 ? v->copy : v->others };
		/* of a cut image, too, all copies are there */
		if (v->source.size < off + COPY_BYTES)
			v->source.size = off + COPY_BYTES;
	}
	if (v->source.size < b->header.offset + b->header.bytes)
		v->source.size = b->header.offset + b->header.bytes;
}

int bitlocker_view(struct source *volume, const struct bitlocker *b,
		   const struct bitlocker_protector *p, struct arena *a,
		   struct source **ret, struct err *reterr)
{
	const char *what = fault(b, &p->fve);
	struct view *v;
	int r;

	if (what != NULL)
		return err_set(reterr, ERR_UNSUPPORTED, 0, what, 0, 0);
	v = arena_calloc(a, 1, sizeof(*v));
	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "BitLocker volume", 0, 0);
	v->source = (struct source){
		.ops = &view_ops, .size = volume->size,
		.sector_size = volume->sector_size, .image = volume->image,
	};
	v->volume = volume;
	r = write_boot(v, b, reterr);
	if (r < 0) {
		view_free(&v->source);
		return r;
	}
	write_others(v, b, &p->fve);
	write_copy(v, b, &p->fve);
	place_overlays(v, b);
	*ret = &v->source;
	return 0;
}
