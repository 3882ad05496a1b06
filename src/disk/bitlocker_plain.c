/*
 * bitlocker_plain.c - the plain text of a volume that BitLocker encrypts
 */
#include "disk/bitlocker_plain.h"

#include <libbde.h>
#include <stdlib.h>
#include <string.h>

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

struct plain {
	struct source source;
	struct source *volume;		/* encrypted */
	struct source *view;
	struct bfio io;
	libbde_volume_t *bde;
	const struct bitlocker *b;
};

bool bitlocker_is_clear_key(const struct bitlocker_protector *p)
{
	return p->fve.protection == 0;
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
		return "none of its metadata can be used";
	if (b->block.method < 0x8000 || b->block.method > 0x8005)
		return "the way in which it is encrypted is not known";
	if (b->block.method == 0x8005)
		return "it is encrypted with AES-XTS 256-bit, which libbde "
		       "cannot read";
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

	if (p->b->block.version == 1)
		return off >= VISTA_PLAIN_BYTES;
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

static int read_piece(struct plain *p, uint64_t off, uint8_t *out, size_t n,
		      struct err *reterr)
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
			return err_set(reterr, ERR_IO, off,
				       "encrypted volume, by libbde", n, 0);
		out += got;
		off += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
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
		int r = read_piece(p, off, out, take, reterr);

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
	if (locked)
		return err_set(reterr, ERR_NOT_FOUND, 0, "key, by libbde", 0,
			       0);
	return 0;
}

int bitlocker_unlock(struct source *volume, const struct bitlocker *b,
		     const struct bitlocker_protector *protector,
		     const struct bitlocker_key *key, struct arena *a,
		     struct source **ret, struct err *reterr)
{
	struct plain *p = arena_calloc(a, 1, sizeof(*p));
	int r;

	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "BitLocker volume", 0, 0);
	p->b = b;
	p->volume = volume;
	p->source = (struct source){
		.ops = &plain_ops, .sector_size = volume->sector_size,
		.image = volume->image, .is_encrypted = is_encrypted,
	};
	r = bitlocker_view(volume, b, protector, a, &p->view, reterr);
	if (r == 0) {
		uint32_t sector = b->boot.bytes_per_sector;

		p->source.size = volume->size / sector * sector;
		r = open_bde(p, key, reterr);
	}
	if (r < 0) {
		plain_free(&p->source);
		return r;
	}
	*ret = &p->source;
	return 0;
}
