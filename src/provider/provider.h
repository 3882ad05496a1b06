/*
 * provider.h - the Storage Volume Provider, offline: one installation's objects
 *
 * What WMI would have answered in one installation, from the model and, for
 * what a report does not need (free space), from the volumes themselves, which
 * are read when an object is asked for it.
 */
#ifndef PROVIDER_PROVIDER_H
#define PROVIDER_PROVIDER_H

#include "machine/machine.h"
#include "ntfs/bitmap.h"
#include "ntfs/fragments.h"
#include "provider/cim.h"

/* A letter that leads to a volume here.  */
struct logical_disk {
	char letter;
	size_t volume;
	size_t directory;	/* its root, in `directories' */
};

/* A directory in which a volume is mounted; a root is one.  */
struct mounted_directory {
	const char *name;	/* "C:\", "C:\Mount\Data" */
	size_t mount;		/* in the model */
	size_t volume;
};

/* Something whose volume has bytes in a partition: a row of its own list (of a
 * volume, the model's), that of the partition, and what of the partition it
 * lies in, as that may be an extended one: the logical drive.  */
struct placed {
	size_t row, partition;
	const struct machine_partition *entry;
};

/* An object of Win32_DiskPartition.  */
struct listed_partition {
	const struct machine_partition *partition;
	size_t index;		/* in the model; NONE: it is the whole of its
				 * disk, which has no table, or an extended
				 * partition */
};

struct placed_list {
	struct placed *list;	/* by row, then by partition */
	size_t n;
};

/* What a user may have on a volume.  */
struct user_quota {
	size_t volume;		/* of the model */
	const struct ntfs_quota *quota;
	size_t account;		/* whose it is, in `accounts' */
};

/* Whom a SID stands for.  */
struct account {
	const char *sid;
	const char *domain;	/* "": none is known */
	const char *name;	/* the SID, where none is known */
	const char *description;	/* NULL: none */
	unsigned sid_type;	/* as SID_NAME_USE has them */
	bool known;		/* it has a name */
	bool is_local;
	bool disabled;
};

/* What is read of an NTFS volume when an object is asked for it.  */
struct volume_facts {
	bool free_read, has_free;	/* of FAT and exFAT */
	uint64_t free;
	bool space_read, has_space, fragments_read, has_fragments;
	struct ntfs_space space;
	struct ntfs_fragments fragments;
};

struct provider {
	struct machine *machine;
	const struct model *model;
	struct arena *arena;		/* the provider's own */
	size_t installation;		/* NONE: there is none */
	const char *host;		/* the computer's name; NULL: unknown */
	const char *computer;		/* the same; "": unknown */
	struct logical_disk *letters;	/* by letter */
	size_t n_letters;
	struct mounted_directory *directories;	/* by name */
	size_t n_directories;
	struct listed_partition *partitions;	/* by disk, then index */
	size_t n_partitions;
	size_t *ntfs_volumes;		/* in the model */
	size_t n_ntfs_volumes;
	struct placed_list letters_placed, volumes_placed, directories_placed;
	struct placed_list volumes_in_tables;	/* by volume, then by partition
						 * of the model */
	size_t *quota_volumes;		/* those whose quotas have defaults */
	size_t n_quota_volumes;
	struct account *accounts;	/* by SID */
	size_t n_accounts;
	struct user_quota *user_quotas;	/* by volume, then owner id */
	size_t n_user_quotas;
	struct volume_facts *facts;	/* one for each volume of the model */
};

/* The objects of installation @installation of @m, which was analysed and must
 * outlive the provider.  */
int provider_new(struct machine *m, size_t installation, struct provider **ret,
		 struct err *reterr);
void provider_free(struct provider *p);

/* Whether volume @volume of the model has objects: not what a GPT says is none
 * or hides, a disk of a storage pool, or a dynamic volume without a disk here.
 * What was recovered has, as it is looked for on demand only.  */
bool provider_lists_volume(const struct provider *p, size_t volume);

/* \\?\Volume{G}\ of a volume of the model, as this installation calls it; NULL:
 * it has no name.  */
const char *provider_volume_name(const struct provider *p, size_t volume);

/* Of volume @volume of the model; NULL: it is not NTFS, or that cannot be read
 * of it.  */
const struct ntfs_space *provider_space(const struct provider *p,
					size_t volume);
/* Free clusters of a volume of any kind; false: unknown.  */
bool provider_free_clusters(const struct provider *p, size_t volume,
			    uint64_t *ret);
const struct ntfs_fragments *provider_fragments(const struct provider *p,
						size_t volume);

/* The number of the installation's build: 3790 of Windows Server 2003, 6000 of
 * Windows Vista; 0: unknown.  */
unsigned provider_build(const struct provider *p);
#define PROVIDER_VISTA 6000


/* Path @i of @v as the mount manager tells it in this installation; NULL: it is
 * another one's, or none.  A path below a volume without one is none.  */
const char *provider_access_path(const struct provider *p,
				 const struct machine_volume *v, size_t i);

/* The first path to a volume in this installation, "C:\\Mount\\"; its name
 * where there is none.  */
const char *provider_volume_path(const struct provider *p, size_t volume);

#endif /* PROVIDER_PROVIDER_H */
