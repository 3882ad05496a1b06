/*
 * storage_pool.h - what a disk holds of the storage pool that it belongs to
 *
 * A pool's partition begins with a header.  Behind it lies the pool's database,
 * on some of its disks; records lie in slots, and one that is longer than a
 * slot is cut into fragments.
 */
#ifndef FORMAT_STORAGE_POOL_H
#define FORMAT_STORAGE_POOL_H

#include "base/guid.h"
#include "base/span.h"

#define POOL_HEADER_BYTES 512
#define POOL_DATABASE_OFFSET 4096	/* from the start of the partition */

#define POOL_HEADER_VERSION 3		/* since Windows 10 */

struct pool_header {
	unsigned version;		/* at most POOL_HEADER_VERSION */
	uint64_t joined;		/* FILETIME: the disk came to it */
	struct guid pool, disk;
	bool has_database;		/* on this disk; before version 3: it
					 * may have one */
	uint32_t checksum, checksum_computed;
};

/* Decode the 512 bytes of @s.  ERR_UNSUPPORTED: of another version.  The
 * checksum is for the caller to compare.  */
int pool_header_parse(struct span s, struct pool_header *ret,
		      struct err *reterr);

struct pool_database {
	struct guid owner;		/* the pool */
	uint32_t slot_bytes;
	uint32_t n_slots;		/* with those of this header */
	uint64_t sequence;		/* the highest is the newest */
	uint64_t updated;		/* FILETIME */
	uint32_t checksum, checksum_computed;
};

/* Decode the 512 bytes of @s; sizes that cannot be are refused.  */
int pool_database_parse(struct span s, struct pool_database *ret,
			struct err *reterr);

enum pool_kind { POOL_POOL = 1, POOL_DISK = 2, POOL_SPACE = 3 };

struct pool_record {
	unsigned kind;			/* enum pool_kind, or another */
	unsigned version;
	struct span body;
};

/* The head of the record @s, all of its fragments behind each other.  */
int pool_record_parse(struct span s, struct pool_record *ret,
		      struct err *reterr);

/* Texts are UTF-16BE, without the NUL at their end.  */
struct pool_info {
	struct guid guid;
	struct span name;
	unsigned version;		/* 28: Windows 11 24H2; 0: of no known
					 * form */
	uint32_t sector_bytes;		/* 0: of no known form */
};

struct pool_disk {
	uint64_t id;
	struct guid guid;
	struct span name, manufacturer, model;
	uint64_t size;			/* bytes; 0: not known */
};

enum pool_resiliency { POOL_SIMPLE = 1, POOL_MIRROR = 2, POOL_PARITY = 3 };
enum pool_provisioning { POOL_THIN = 1, POOL_FIXED = 2 };

struct pool_space {
	uint64_t id;
	struct guid guid;
	struct span name;
	bool internal;			/* no virtual disk of the user */
	uint64_t size;			/* bytes */
	unsigned provisioning;
	unsigned resiliency;		/* 0: of no known form */
	uint64_t columns, copies;
};

int pool_info_parse(const struct pool_record *r, struct pool_info *ret,
		    struct err *reterr);
int pool_disk_parse(const struct pool_record *r, struct pool_disk *ret,
		    struct err *reterr);
int pool_space_parse(const struct pool_record *r, struct pool_space *ret,
		     struct err *reterr);

#endif /* FORMAT_STORAGE_POOL_H */
