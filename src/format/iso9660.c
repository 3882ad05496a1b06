/*
 * iso9660.c - volume descriptors of CD-ROM file systems
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     1  type: 0: boot record, 1: primary, 2: supplementary,
 *                 3: partition, 255: no more
 *    0x001     5  "CD001"
 *    0x006     1  version: 1
 *    0x028    32  label, padded with blanks
 *    0x058    32  of a supplementary one: escape sequences, which say of what
 *                 characters its names are; %/@, %/C and %/E: UCS-2 (Joliet)
 *
 * Windows takes the label and the serial number from the first descriptor of
 * Joliet, or from the first primary one where there is none.  The serial number
 * is not stored: its bytes, from the highest to the lowest, are the sums of
 * every fourth byte of the descriptor, from the first, second, third and fourth
 * one on.
 *
 * Sources: ECMA-119, 8; Microsoft, "Joliet Specification"; Microsoft's cdfs
 * sample (microsoft/Windows-driver-samples, filesys/cdfs), fsctrl.c
 * CdFindPrimaryVd and CdFindActiveVolDescriptor, cddata.c CdSerial32.
 */
#include "format/iso9660.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct iso9660_descriptor_disk {
	uint8_t type;
	uint8_t name[5];
	uint8_t version;
	uint8_t flags;
	uint8_t system[32];
	uint8_t label[ISO9660_LABEL_BYTES];
	uint8_t zero[8];
	uint8_t blocks[8];
	uint8_t escapes[32];
	uint8_t rest[1928];
};
static_assert(offsetof(struct iso9660_descriptor_disk, label) == 0x28, "ISO");
static_assert(offsetof(struct iso9660_descriptor_disk, escapes) == 0x58,
	      "ISO");
static_assert(sizeof(struct iso9660_descriptor_disk) ==
	      ISO9660_DESCRIPTOR_BYTES, "ISO");

static bool is_joliet(const struct iso9660_descriptor_disk *d)
{
	static const char escapes[][4] = { "%/@", "%/C", "%/E" };

	if (d->type != ISO9660_SUPPLEMENTARY)
		return false;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (memcmp(d->escapes, escapes[i], 3) == 0)
			return true;
	return false;
}

static uint32_t serial(const uint8_t *p, size_t n)
{
	uint8_t sum[4] = { 0 };

	for (size_t i = 0; i < n; i++)
		sum[i % 4] = (uint8_t)(sum[i % 4] + p[i]);
	return get_be32((be32){ { sum[0], sum[1], sum[2], sum[3] } });
}

/* Windows pads with zeros and blanks.  */
static struct span trim(struct span s, bool wide)
{
	const size_t unit = wide ? 2 : 1;

	while (s.n > 0) {
		const uint8_t low = s.p[s.n - 1];

		if ((low != ' ' && low != '\0') ||
		    (wide && s.p[s.n - 2] != '\0'))
			break;
		s.n -= unit;
	}
	return s;
}

int iso9660_descriptor_parse(struct span sector,
			     struct iso9660_descriptor *ret,
			     struct err *reterr)
{
	const struct iso9660_descriptor_disk *d =
		span_view(sector, 0, struct iso9660_descriptor_disk);
	struct iso9660_descriptor v = { 0 };

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, sector.at,
			       "volume descriptor", sizeof(*d), sector.n);
	if (memcmp(d->name, "CD001", sizeof(d->name)) != 0)
		return err_set(reterr, ERR_MAGIC, sector.at + 1,
			       "volume descriptor", 'C', d->name[0]);
	if (d->version != 1)
		return err_set(reterr, ERR_VALUE, sector.at + 6,
			       "volume descriptor: version", 1, d->version);
	v.type = d->type;
	v.joliet = is_joliet(d);
	v.serial = serial(sector.p, sizeof(*d));
	span_sub(sector, offsetof(struct iso9660_descriptor_disk, label),
		 sizeof(d->label), &v.label);
	v.label = trim(v.label, v.joliet);
	*ret = v;
	return 0;
}
