/*
 * bitlocker_plain.c - the plain text of a volume that BitLocker encrypts
 */
#include "disk/bitlocker_plain.h"

#include <libbde.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "disk/bitlocker_crypt.h"
#include "disk/bitlocker_view.h"
#include "evidence/bfio.h"

/* Vista leaves the first sectors as they are, but for the first.  */
#define VISTA_PLAIN_BYTES 8192
#define VISTA_MFT_MIRROR 0x38

/* To open a volume libbde reads its boot sector, three copies of 8192 bytes and
 * a sector.  */
#define MAX_OPEN_BYTES (256u << 10)

/* So much is read at a time, for the sake of reading ahead.  */
#define PIECE_BYTES (32u << 10)

/* Larger ones are refused before anything is read.  */
#define MAX_SECTOR_BYTES 4096

struct plain {
	struct source source;
	struct source *volume;		/* encrypted */
	struct bitlocker_crypt *crypt;	/* NULL: it is done by libbde, or
					 * nothing is encrypted */
	uint8_t *sectors;		/* PIECE_BYTES and two sectors */
	struct source *view;
	struct bfio io;
	libbde_volume_t *bde;		/* NULL: it is not asked */
	const struct bitlocker *b;
};

bool bitlocker_is_clear_key(const struct bitlocker_protector *p)
{
	return p->fve.protection == 0;
}

/* Vista encrypts at once when it makes the metadata.  Later versions may wait
 * with it, until the computer was started again: what they are to do next does
 * not count, unless some of the volume is said to be done.  */
bool bitlocker_is_decrypted(const struct bitlocker *b)
{
	return b->known && b->block.version == 2 &&
	       b->block.state == FVE_DECRYPTED &&
	       (b->block.next_state == FVE_DECRYPTED ||
		b->block.encrypted_bytes == 0);
}

static enum bitlocker_key_kind kind_of(uint16_t protection)
{
	switch (protection) {
	case 0x0200:
		return BITLOCKER_STARTUP_KEY;
	case 0x0800:
		return BITLOCKER_RECOVERY_PASSWORD;
	case 0x2000:
		return BITLOCKER_PASSWORD;
	default:
		return BITLOCKER_NO_KEY;
	}
}

bool bitlocker_key_fits(const struct bitlocker_key *key,
			const struct bitlocker *b,
			const struct bitlocker_protector *p)
{
	const struct guid *id = &p->fve.identifier;

	if (key->kind != kind_of(p->fve.protection))
		return false;
	if (key->is_bound && !guid_equal(&key->bound, id) &&
	    !guid_equal(&key->bound, &b->block.volume))
		return false;
	return key->kind != BITLOCKER_STARTUP_KEY ||
	       guid_equal(&key->protector, id);
}

const char *bitlocker_hindrance(const struct bitlocker *b)
{
	if (!b->known)
		return "no usable metadata was found";
	if (b->block.method < 0x8000 || b->block.method > 0x8005)
		return "the way in which it is encrypted is not known";
	if (b->block.method == BITLOCKER_XTS_256 && b->block.version != 2)
		return "it is encrypted with AES-XTS 256-bit, but has the "
		       "metadata of Windows Vista, which does not support it";
	if (b->fvek.n == 0)
		return "its metadata lacks the encrypted key of the volume";
	return NULL;
}

/* In the volume, where the byte at @off of the plain text lies.  */
static uint64_t moved(const struct plain *p, uint64_t off)
{
	return off < p->b->header.bytes ? off + p->b->header.offset : off;
}

static bool is_encrypted(const struct source *s, uint64_t off)
{
	const struct plain *p = (const struct plain *)s;

	if (bitlocker_is_decrypted(p->b))
		return false;
	if (p->b->block.version == 1)
		return off >= VISTA_PLAIN_BYTES;
	if (p->b->maps != NULL)
		return !bitlocker_maps_is_plain(p->b->maps, moved(p, off));
	return p->b->block.encrypted_bytes == 0 ||
	       moved(p, off) < p->b->block.encrypted_bytes;
}

/* Where what @off is part of ends, at the latest.  */
static uint64_t same_until(const struct plain *p, uint64_t off)
{
	uint64_t edges[] = { p->b->header.bytes, VISTA_PLAIN_BYTES,
			     p->b->block.encrypted_bytes };
	uint64_t end = p->source.size;

	for (size_t i = 0; i < 3; i++)
		if (off < edges[i] && edges[i] < end)
			end = edges[i];
	if (p->b->maps != NULL) {
		uint64_t at = moved(p, off);
		uint64_t n = bitlocker_maps_until(p->b->maps, at) - at;

		if (n < end - off)
			end = off + n;
	}
	return end;
}

static struct source_place plain_place(struct source *s, uint64_t off)
{
	const struct plain *p = (const struct plain *)s;

	return (struct source_place){
		p->volume, moved(p, off), same_until(p, off) - off,
	};
}

/* libbde forgets the place of $MFTMirr that the boot sector of Vista lacks.  */
static void restore_mft_mirror(const struct plain *p, uint64_t off,
			       uint8_t *buf, size_t n)
{
	if (p->b->block.version != 1)
		return;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t at = VISTA_MFT_MIRROR + i;

		if (at >= off && at - off < n)
			buf[at - off] = (uint8_t)(p->b->block.mft_mirror_lcn >>
						  8 * i);
	}
}

/* Windows gives zeros for what of the volume is BitLocker's own.  */
static bool is_hidden(const struct plain *p, uint64_t off)
{
	const struct fve_volume_header *h = &p->b->header;

	for (int i = 0; i < 3; i++)
		if (off >= p->b->block.metadata[i] &&
		    off - p->b->block.metadata[i] < FVE_BLOCK_BYTES)
			return true;
	if (p->b->maps != NULL && bitlocker_maps_own(p->b->maps, off))
		return true;
	return off >= h->offset && off - h->offset < h->bytes;
}

static int decrypt(struct plain *p, uint64_t off, uint8_t *out, size_t n,
		   struct err *reterr)
{
	uint32_t sector = p->b->boot.bytes_per_sector;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i += sector)
		if (is_encrypted(&p->source, off + i))
			r = bitlocker_crypt_sector(
				p->crypt, moved(p, off + i) / sector, out + i,
				reterr);
	return r;
}

/* Whole sectors, read in runs of those that lie together.  */
static int read_sectors(struct plain *p, uint64_t off, uint8_t *out, size_t n,
			struct err *reterr)
{
	uint32_t sector = p->b->boot.bytes_per_sector;
	int r = 0;

	/* Ends: each turn takes at least a sector.  */
	while (r == 0 && n > 0) {
		bool hidden = is_hidden(p, off);
		size_t take = sector;

		while (take < n && is_hidden(p, off + take) == hidden &&
		       moved(p, off + take) == moved(p, off) + take)
			take += sector;
		if (hidden)
			memset(out, 0, take);
		else
			r = source_read(p->volume, moved(p, off), out, take,
					reterr);
		if (r == 0 && !hidden)
			r = decrypt(p, off, out, take, reterr);
		out += take;
		off += take;
		n -= take;
	}
	return r;
}

static int read_decrypted(struct plain *p, uint64_t off, uint8_t *out,
			  size_t n, struct err *reterr)
{
	uint32_t sector = p->b->boot.bytes_per_sector;
	size_t skip = (size_t)(off % sector);
	size_t all = (skip + n + sector - 1) / sector * sector;
	int r = read_sectors(p, off - skip, p->sectors, all, reterr);

	if (r == 0)
		memcpy(out, p->sectors + skip, n);
	return r;
}

/* Why libbde did not read the @n bytes at @off: what the volume says, which is
 * asked for one sector after the other.  */
static int tell_unread(struct plain *p, uint64_t off, size_t n,
		       struct err *reterr)
{
	uint32_t sector = p->b->boot.bytes_per_sector;
	uint8_t buf[MAX_SECTOR_BYTES];

	for (uint64_t at = off / sector * sector; at < off + n; at += sector) {
		int r = source_read(p->volume, moved(p, at), buf, sector,
				    reterr);

		if (r < 0)
			return r;
	}
	return err_set(reterr, ERR_IO, off, "encrypted volume, by libbde", n,
		       0);
}

static int read_by_libbde(struct plain *p, uint64_t off, uint8_t *out,
			  size_t n, struct err *reterr)
{
	uint32_t sector = p->b->boot.bytes_per_sector;
	uint64_t from = moved(p, off / sector * sector);

	bitlocker_view_expect(p->view, from,
			      (n + 2 * sector - 1) / sector * sector);
	/* Ends: a read that takes nothing is an error.  */
	while (n > 0) {
		ssize_t got = libbde_volume_read_buffer_at_offset(
			p->bde, out, n, (off64_t)off, NULL);

		if (got <= 0 || (size_t)got > n)
			return tell_unread(p, off, n, reterr);
		out += got;
		off += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

/* What is not encrypted libbde would decrypt all the same.  The ends of runs
 * are ends of sectors: open_source() has seen to that.  */
static int read_by_both(struct plain *p, uint64_t off, uint8_t *out, size_t n,
			struct err *reterr)
{
	int r = 0;

	/* Ends: each turn takes at least a byte.  */
	while (r == 0 && n > 0) {
		uint64_t left = same_until(p, off) - off;
		size_t take = left < n ? (size_t)left : n;

		r = is_encrypted(&p->source, off) ?
			read_by_libbde(p, off, out, take, reterr) :
			read_decrypted(p, off, out, take, reterr);
		out += take;
		off += take;
		n -= take;
	}
	return r;
}

static int plain_read(struct source *s, uint64_t off, void *buf, size_t n,
		      struct err *reterr)
{
	struct plain *p = (struct plain *)s;
	const uint64_t start = off;
	const size_t all = n;
	uint8_t *out = buf;

	while (n > 0) {
		size_t take = n < PIECE_BYTES ? n : PIECE_BYTES;
		int r = p->bde == NULL ?
			read_decrypted(p, off, out, take, reterr) :
			p->b->maps != NULL ?
			read_by_both(p, off, out, take, reterr) :
			read_by_libbde(p, off, out, take, reterr);

		if (r < 0)
			return r;
		out += take;
		off += take;
		n -= take;
	}
	restore_mft_mirror(p, start, buf, all);
	return 0;
}

static void plain_free(struct source *s)
{
	struct plain *p = (struct plain *)s;

	if (p->bde != NULL) {
		libbde_volume_close(p->bde, NULL);
		libbde_volume_free(&p->bde, NULL);
	}
	bfio_done(&p->io);
	source_free(p->view);
	bitlocker_crypt_free(p->crypt);
	free(p->sectors);
	free(p);
}

static const struct source_ops plain_ops = {
	plain_read, plain_place, plain_free,
};

/* The file of a startup key, as libbde reads it.  */
static int give_startup_key(libbde_volume_t *bde,
			    const struct bitlocker_key *key)
{
	struct source *file = source_memory(key->bytes.p, key->bytes.n);
	struct bfio io = { 0 };
	int r = -1;

	if (file != NULL && bfio_init(&io, file) == 0)
		r = libbde_volume_read_startup_key_file_io_handle(
			    bde, io.handle, NULL) == 1 ? 0 : -1;
	bfio_done(&io);
	source_free(file);
	return r;
}

static int give_key(libbde_volume_t *bde, const struct bitlocker_key *key)
{
	if (key == NULL)
		return 0;
	switch (key->kind) {
	case BITLOCKER_PASSWORD:
		return libbde_volume_set_utf8_password(
			       bde, key->bytes.p, key->bytes.n, NULL) == 1 ?
			       0 : -1;
	case BITLOCKER_RECOVERY_PASSWORD:
		return libbde_volume_set_utf8_recovery_password(
			       bde, key->bytes.p, key->bytes.n, NULL) == 1 ?
			       0 : -1;
	case BITLOCKER_STARTUP_KEY:
		return give_startup_key(bde, key);
	case BITLOCKER_NO_KEY:
		break;
	}
	return -1;
}

static int open_bde(struct plain *p, const struct bitlocker_key *key,
		    struct err *reterr)
{
	bool locked;

	if (bfio_init(&p->io, p->view) < 0 ||
	    libbde_volume_initialize(&p->bde, NULL) != 1)
		return err_set(reterr, ERR_NOMEM, 0, "libbde", 0, 0);
	if (give_key(p->bde, key) < 0)
		return err_set(reterr, ERR_NOT_FOUND, 0, "key, by libbde", 0,
			       0);
	p->io.left = MAX_OPEN_BYTES;
	/* Of a wrong key it says that the other copies lack a protector. */
	locked = libbde_volume_open_file_io_handle(
			 p->bde, p->io.handle, LIBBDE_OPEN_READ, NULL) != 1 ||
		 libbde_volume_is_locked(p->bde, NULL) != 0;
	p->io.left = UINT64_MAX;
	bitlocker_view_opened(p->view);
	if (locked)
		return err_set(reterr, ERR_NOT_FOUND, 0, "key, by libbde", 0,
			       0);
	return 0;
}

/* What the source could not do with.  */
static const char *fault(const struct bitlocker *b)
{
	uint32_t sector = b->boot.bytes_per_sector;
	uint64_t end;

	if (sector < 512 || sector > 4096 || (sector & (sector - 1)) != 0)
		return "BitLocker boot sector: bytes per sector";
	if (!checked_add(b->header.offset, b->header.bytes, &end) ||
	    b->header.offset % sector != 0 || b->header.bytes % sector != 0)
		return "FVE metadata: place of the first sectors";
	return NULL;
}

static int make_room(struct plain *p, struct arena *a, struct err *reterr)
{
	const char *what = fault(p->b);

	if (what != NULL)
		return err_set(reterr, ERR_UNSUPPORTED, 0, what, 0, 0);
	p->sectors = arena_malloc(
		a, PIECE_BYTES + 2 * (size_t)p->b->boot.bytes_per_sector);
	if (p->sectors == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "BitLocker volume", 0, 0);
	return 0;
}

static int open_source(struct plain *p, const struct bitlocker_protector *by,
		       const struct bitlocker_key *key, struct arena *a,
		       struct err *reterr)
{
	bool own = p->b->block.method == BITLOCKER_XTS_256;
	bool plain = bitlocker_is_decrypted(p->b);
	int r = 0;

	if (own || plain || p->b->maps != NULL)
		r = make_room(p, a, reterr);
	if (r < 0 || plain)
		return r;
	if (own)
		return bitlocker_crypt_open(p->b, &by->fve, key, a, &p->crypt,
					    reterr);
	r = bitlocker_view(p->volume, p->b, by, a, &p->view, reterr);
	return r < 0 ? r : open_bde(p, key, reterr);
}

int bitlocker_unlock(struct source *volume, const struct bitlocker *b,
		     const struct bitlocker_protector *protector,
		     const struct bitlocker_key *key, struct arena *a,
		     struct source **ret, struct err *reterr)
{
	struct plain *p = arena_calloc(a, 1, sizeof(*p));
	uint32_t sector;
	int r;

	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "BitLocker volume", 0, 0);
	p->b = b;
	p->volume = volume;
	p->source = (struct source){
		.ops = &plain_ops, .sector_size = volume->sector_size,
		.image = volume->image, .is_encrypted = is_encrypted,
	};
	r = open_source(p, protector, key, a, reterr);
	if (r < 0) {
		plain_free(&p->source);
		return r;
	}
	sector = b->boot.bytes_per_sector;
	p->source.size = volume->size / sector * sector;
	*ret = &p->source;
	return 0;
}
