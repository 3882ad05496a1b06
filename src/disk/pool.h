/*
 * pool.h - what a partition tells of the storage pool that it belongs to
 */
#ifndef DISK_POOL_H
#define DISK_POOL_H

#include "base/diag.h"
#include "base/utf16.h"
#include "evidence/source.h"
#include "format/storage_pool.h"

struct pool_member {
	struct guid guid;
	struct text name, manufacturer, model;
	uint64_t size;		/* bytes; 0: unknown */
	size_t evidence_disk;	/* for who knows all disks to set; SIZE_MAX:
				 * not in the evidence */
};

/* A virtual disk.  */
struct pool_virtual_disk {
	struct guid guid;
	struct text name;
	uint64_t size;		/* bytes */
	unsigned provisioning, resiliency;	/* as in the record */
	uint64_t columns, copies;
	struct cites cites;
};

struct storage_pool {
	bool known;		/* the header could be used */
	struct guid guid, disk;
	uint64_t joined;	/* FILETIME: when the disk came to the pool */
	bool has_database;	/* the rest is known, too */
	struct text name;
	unsigned version;
	uint64_t sequence, updated;	/* of the database; FILETIME */
	struct pool_member *members;
	size_t n_members;
	struct pool_virtual_disk *disks;
	size_t n_disks;
	struct cites cites;	/* the header, the database's header */
};

/*
 * Read what @partition holds of its pool.  What is damaged is a finding in @d.
 * Fails when out of memory only.
 */
int storage_pool_read(struct source *partition, struct arena *a,
		      struct diag_list *d, struct storage_pool *ret,
		      struct err *reterr);

const char *pool_resiliency_name(unsigned r);	/* "mirror"; NULL: unknown */
const char *pool_provisioning_name(unsigned p);	/* "thin" */

#endif /* DISK_POOL_H */
