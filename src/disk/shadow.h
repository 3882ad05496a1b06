/*
 * shadow.h - which shadow copies a volume has, and which it keeps
 *
 * A catalogue says two things apart from each other: of which times there are
 * copies of this volume, and which stores lie on it.  Mostly these belong
 * together; but an administrator can have the copies of one volume kept on
 * another.
 */
#ifndef DISK_SHADOW_H
#define DISK_SHADOW_H

#include "base/utf16.h"
#include "evidence/source.h"
#include "format/vss.h"

/* A copy of the volume.  */
struct shadow_copy {
	struct vss_entry entry;
	struct cites cites;
};

/* Where the former blocks of some volume are kept.  */
struct shadow_store {
	struct vss_entry entry;
	bool has_info;		/* its header could be read: */
	struct guid copy, set;
	uint32_t context, attributes;
	struct text machine, service_machine;
	struct cites cites;
};

struct shadow_catalog {
	bool found;		/* a header is there */
	struct vss_header header;
	struct shadow_copy *copies;	/* by time */
	size_t n_copies;
	struct shadow_store *stores;
	size_t n_stores;
};

/* Read the catalogue of the volume @volume, an NTFS volume.  Where it has none,
 * that costs a sector.  Fails when out of memory only; what is damaged is a
 * finding in @d.  */
int shadow_catalog_read(struct source *volume, struct arena *a,
			struct diag_list *d, struct shadow_catalog *ret,
			struct err *reterr);

/* The store @id of @c; NULL: it is not there.  */
const struct shadow_store *shadow_find_store(const struct shadow_catalog *c,
					     const struct guid *id);

#endif /* DISK_SHADOW_H */
