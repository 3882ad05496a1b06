#include "disk/iso9660_volume.h"

#include <string.h>

#include "disk/oem_label.h"

/* Windows sets no limit; discs have two to five, and one more for each file
 * system and boot loader.  */
#define MAX_DESCRIPTORS 64

bool iso9660_read_descriptor(struct source *volume, unsigned i,
			     uint8_t bytes[ISO9660_DESCRIPTOR_BYTES],
			     struct iso9660_descriptor *ret)
{
	const struct span s = {
		bytes, ISO9660_DESCRIPTOR_BYTES,
		ISO9660_OFFSET + (uint64_t)i * ISO9660_DESCRIPTOR_BYTES
	};

	return i < MAX_DESCRIPTORS &&
	       source_read(volume, s.at, bytes, s.n, NULL) == 0 &&
	       iso9660_descriptor_parse(s, ret, NULL) == 0 &&
	       ret->type != ISO9660_END;
}

/* The descriptor that is looked for, and where it lies.  */
struct found {
	bool primary, joliet;
	uint8_t bytes[ISO9660_DESCRIPTOR_BYTES];
	uint64_t at;
};

/* Keep the first of Joliet, or the first primary one.  */
static void consider(const struct iso9660_descriptor *d, const uint8_t *bytes,
		     uint64_t at, struct found *f)
{
	if (f->joliet || !(d->joliet || (d->type == ISO9660_PRIMARY &&
					 !f->primary)))
		return;
	memcpy(f->bytes, bytes, sizeof(f->bytes));
	f->at = at;
	f->joliet = d->joliet;
	f->primary = true;
}

/* That of Joliet counts only where there is a primary one as well.  */
static bool find(struct source *volume, struct found *f)
{
	uint8_t bytes[ISO9660_DESCRIPTOR_BYTES];
	struct iso9660_descriptor d;
	bool primary = false;

	for (unsigned i = 0; iso9660_read_descriptor(volume, i, bytes, &d);
	     i++) {
		primary = primary || d.type == ISO9660_PRIMARY;
		consider(&d, bytes, ISO9660_OFFSET + i * sizeof(bytes), f);
	}
	return primary;
}

bool iso9660_volume_identify(struct source *volume, struct arena *a,
			     struct volume_identity *v)
{
	struct iso9660_descriptor d;
	struct found f = { 0 };

	if (!find(volume, &f) ||
	    iso9660_descriptor_parse((struct span){ f.bytes, sizeof(f.bytes),
						    f.at }, &d, NULL) < 0)
		return false;
	v->kind = FS_ISO9660;
	v->name = "CDFS";
	v->cluster_size = ISO9660_DESCRIPTOR_BYTES;
	v->has_serial = true;
	v->serial = d.serial;
	if (d.joliet && d.label.n > 0)
		v->label = text_from_utf16be(a, d.label);
	else if (d.label.n > 0)
		oem_label_set(a, d.label, v);
	source_cite(volume, f.at, sizeof(f.bytes), d.joliet ?
		    "Joliet volume descriptor" : "volume descriptor", a,
		    &v->cites);
	return true;
}
