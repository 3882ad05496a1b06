/*
 * unique_id.c - the unique id of a mounted device
 *
 * Whoever makes a volume known to the mount manager gives it bytes that name it
 * for good.  Nothing in them says what they are; their makers are told by
 * length, prefix and look:
 *
 *   SIZE  DATA
 *     12  disk signature (4), byte offset of the partition (8): on an MBR disk
 *     24  "DMIO:ID:" and a GUID (16): GPT partition or LDM volume
 *      8  NT4 fault-tolerant set
 *   text  UTF-16LE "\??\..." or "_??_...": device interface path
 *   text  UTF-16LE or ASCII: of other drivers, "VeraCryptVolumeX"
 *
 * Length goes before look, since a signature may begin with the bytes of any
 * text.  Sources: libyal winreg-kb "Mounted devices"; ReactOS mountmgr; and
 * hives of Windows 7 to 10.
 */
#include "format/unique_id.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct mbr_id_disk {
	le32 signature;
	le64 offset;
};
static_assert(sizeof(struct mbr_id_disk) == 12, "MBR id");

struct dmio_id_disk {
	uint8_t prefix[8];
	uint8_t guid[16];
};
static_assert(sizeof(struct dmio_id_disk) == UNIQUE_ID_DMIO_BYTES, "DMIO id");

#define FT_ID_BYTES 8

static const uint8_t device_path[8] = {
	'\\', 0, '?', 0, '?', 0, '\\', 0,
};
static const uint8_t removable_path[8] = {
	'_', 0, '?', 0, '?', 0, '_', 0,
};

/* Fewer characters than this are as likely to be a number.  */
#define TEXT_MIN_CHARS 5

/* Of the units of a UTF-16 text, this many in a hundred are printable ASCII, as
 * device ids wholly are.  More would be too strict for a volume's name in
 * another script behind a driver's prefix; less takes binary data for text.  */
#define TEXT_MIN_PERCENT 90

static bool is_printable(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool is_ascii_text(struct span s)
{
	while (s.n > 0 && s.p[s.n - 1] == 0)
		s.n--;
	if (s.n < TEXT_MIN_CHARS)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_printable(s.p[i]))
			return false;
	return true;
}

static bool is_utf16_text(struct span s)
{
	size_t printable = 0, units = s.n / 2;

	if (s.n % 2 != 0)
		return false;
	while (units > 0 && s.p[2 * units - 2] == 0 && s.p[2 * units - 1] == 0)
		units--;
	for (size_t i = 0; i < units; i++)
		if (s.p[2 * i + 1] == 0 && is_printable(s.p[2 * i]))
			printable++;
	return units >= TEXT_MIN_CHARS &&
	       printable >= (units * TEXT_MIN_PERCENT + 99) / 100;
}

static bool is_device_path(struct span s)
{
	return s.n % 2 == 0 &&
	       (span_has(s, 0, device_path, sizeof(device_path)) ||
		span_has(s, 0, removable_path, sizeof(removable_path)));
}

static enum unique_id_kind text_kind(struct span s, bool *ret_is_utf16)
{
	*ret_is_utf16 = false;
	if (is_ascii_text(s))
		return UNIQUE_ID_DEVICE;
	/* 24 bytes are somebody's record more often than twelve characters:
	 * only a path's prefix makes them text.  */
	*ret_is_utf16 = is_device_path(s) ||
			(s.n != sizeof(struct dmio_id_disk) &&
			 is_utf16_text(s));
	return *ret_is_utf16 ? UNIQUE_ID_DEVICE : UNIQUE_ID_RAW;
}

static bool parse_mbr(struct span s, struct unique_id *id)
{
	const struct mbr_id_disk *d = span_view(s, 0, struct mbr_id_disk);
	bool is_utf16;

	if (d == NULL || s.n != sizeof(*d))
		return false;
	/* Text of twelve bytes would be an offset that no MBR can hold, so here
	 * the two cannot be confused.  */
	if (get_le64(d->offset) >= UNIQUE_ID_MBR_OFFSET_END &&
	    text_kind(s, &is_utf16) == UNIQUE_ID_DEVICE)
		return false;
	id->kind = UNIQUE_ID_MBR;
	id->signature = get_le32(d->signature);
	id->offset = get_le64(d->offset);
	return true;
}

static bool parse_dmio(struct span s, struct unique_id *id)
{
	const struct dmio_id_disk *d = span_view(s, 0, struct dmio_id_disk);

	if (d == NULL || s.n != sizeof(*d) || !unique_id_has_dmio_prefix(s))
		return false;
	id->kind = UNIQUE_ID_DMIO;
	memcpy(id->guid.b, d->guid, sizeof(id->guid.b));
	return true;
}

bool unique_id_has_dmio_prefix(struct span data)
{
	return span_has(data, 0, "DMIO:ID:", 8);
}

bool unique_id_is_ambiguous(const struct unique_id *id)
{
	return id->kind == UNIQUE_ID_FT && is_ascii_text(id->raw);
}

struct unique_id unique_id_parse(struct span data)
{
	struct unique_id id = { .kind = UNIQUE_ID_RAW, .raw = data };

	if (data.n == 0) {
		id.kind = UNIQUE_ID_EMPTY;
		return id;
	}
	/* A cut or overlong DMIO id is nothing else either.  */
	if (parse_dmio(data, &id) || unique_id_has_dmio_prefix(data) ||
	    parse_mbr(data, &id))
		return id;
	if (data.n == FT_ID_BYTES)
		id.kind = UNIQUE_ID_FT;
	else
		id.kind = text_kind(data, &id.text_is_utf16);
	return id;
}

bool unique_id_equal(const struct unique_id *a, const struct unique_id *b)
{
	return a->kind == b->kind && a->raw.n == b->raw.n &&
	       (a->raw.n == 0 || memcmp(a->raw.p, b->raw.p, a->raw.n) == 0);
}
