/*
 * internal.h - the machine while it is being analysed
 *
 * machine.c opens images and volumes, volume_repair.c puts right where they are
 * and their first sector; installations.c finds the installations,
 * system_hive.c and software_hive.c read what their hives say (hives.c opens
 * them), remote_databases.c what the volumes say of each other; resolver.c
 * leads names to volumes, mounts.c makes mount points and access paths of them.
 * policy.c tells what was decided about volumes, and which are kept offline;
 * name_history.c reads older hives, apart from all that.
 * profiles.c finds the users' profiles by locate.c, users.c reads their hives.
 * loose.c reads hives that lie in no image.
 * shadow_copies.c joins what volumes say of their shadow copies,
 * shadow_history.c reads these.
 * Each step fills arrays of the model that the next ones read.
 */
#ifndef MACHINE_INTERNAL_H
#define MACHINE_INTERNAL_H

#include "disk/bitlocker_key.h"
#include "machine/findings.h"
#include "machine/hives.h"
#include "machine/loose.h"
#include "machine/machine.h"
#include "mountmgr/policy.h"
#include "registry/profiles.h"

/* An image as the caller named it.  */
struct request {
	const char *path;
	struct supplied_bytes supplied;	/* read_at NULL: the file is opened */
	unsigned number;
	bool given;
};

/* What is open behind a volume of the model.  */
struct open_volume {
	struct source *window;
	struct source *unrepaired;	/* what the window lies over, if its
					 * first sector was replaced */
	struct source *made;	/* the first sector that it was replaced by, as
				 * the $MFT told; NULL: it was not */
	struct source *encrypted;	/* below; NULL: it is not */
	struct ntfs *ntfs;
	struct ntfs_reparse_list reparse;
	struct shadow_catalog shadows;
	/* Its directories among the mount points, until these are sorted.  */
	size_t first_mount, n_mounts;
	/* In the namespace at hand: how often what is mounted inside was added
	 * below a path through others, and how many such paths lead here.  */
	size_t n_visits, n_nested;
	bool paths_cut;		/* it has been said */
};

/* What the SOFTWARE hive of an installation says of its own letter.  */
struct system_letter {
	char letter;		/* of SystemRoot, upper case; 0: unknown */
	struct cites cites;
};

/* Where the files of an installation lie.  */
struct open_installation {
	ntfs_ref root;		/* directory of the system root */
	struct hive_place config;	/* its SYSTEM hive */
	struct system_letter letter;
	struct offline_links offline;
	struct profile_list profiles;	/* of its SOFTWARE hive */
	struct disk_records disks;	/* what its registry remembers */
	struct volume_traces traces;
	bool has_software;
};

/* A directory as Windows lies in, where older hives may be.  */
struct system_root {
	ntfs_ref directory;
	const char *path;	/* "\\Windows" */
	struct hive_place system;	/* its SYSTEM hive */
	size_t installation;	/* NONE: that hive tells nothing, and nothing
				 * else of a Windows is there */
	bool former;		/* that installation has replaced it */
	bool missing;		/* there is no such hive */
};

/* By what a known disk can be asked for.  */
struct known_key {
	const char *device;	/* its instance, or its ParentIdPrefix; else
				 * NULL and */
	bool whole;		/* the disk's GUID, {signature, 0, 0} of an MBR;
				 * else a volume's */
	struct guid guid;
	size_t known_disk;
};

/* A volume name that a registry or a remote database knows.  */
struct known_guid {
	const struct mountmgr_name *name;
	bool remote;
	size_t owner;		/* installation, or host volume if remote */
};

struct machine {
	struct arena *arena;
	struct model model;
	struct machine_options options;
	struct request *requests;
	size_t n_requests;
	struct image **images;	/* as model.images; NULL: could not be opened */
	size_t n_images;
	struct io_stats *stats;		/* of all that is read: the model's, or
					 * of a state in shadow copies, the
					 * map's */
	struct dynamic_volumes dynamic;
	struct source *nothing;		/* of no bytes */
	struct bitlocker_keys keys;
	unsigned n_tries;		/* of them, on volumes */
	struct open_volume *volumes;	/* as model.volumes */
	size_t n_volumes;
	size_t n_table_volumes;	/* those that were not recovered */
	unsigned n_ntfs;	/* volumes that were opened as NTFS */
	struct lost_search *lost;	/* as model.disks, with --recover */
	struct loose loose;
	struct open_installation *installations; /* as model.installations */
	size_t n_installations;
	struct system_root *roots;
	size_t n_roots;
	struct known_guid *guids;	/* sorted by machine_index_guids() */
	size_t n_guids;
	struct known_key *known_keys;	/* sorted */
	size_t n_known_keys;
	const char **prefixes;	/* by namespace and volume: "C:\\" */
	bool analysed;
};

/* Each step: 0, or ERR_NOMEM.  */
int machine_add_dynamic_volumes(struct machine *m, struct err *reterr);

/* What of dynamic disks has the id @g and is no volume: "the dynamic disk
 * Disk5", its group.  NULL: nothing that is here.  @ret_cites may be NULL.  */
const char *machine_dynamic_thing(struct machine *m, const struct guid *g,
				  struct cites *ret_cites);

/* "; the dynamic volume Volume1 begins there" of a byte of the disks that have
 * that MBR signature; "" where none does.  */
const char *machine_dynamic_at(struct machine *m, uint32_t signature,
			       uint64_t offset);

/* True of a disk that no table calls dynamic, and that is read as one.  */
bool machine_disk_is_stray(const struct machine *m, size_t disk);

/* Say where the database of dynamic disks has another letter for a volume than
 * the registry; only after machine_resolve_names().  */
int machine_explain_hints(struct machine *m, struct err *reterr);

/* Read what the partition of @volume, whose entry @entry cites, tells of its
 * storage pool; and, when all volumes are read, say what is not read of it.  */
int machine_read_pool(struct machine *m, size_t volume,
		      const struct cites *entry, struct err *reterr);
void machine_explain_pools(struct machine *m);

/* Of a name that leads to no volume here: ", unless it lies on a virtual disk
 * of a storage pool ...".  "" where no pool is.  */
const char *machine_pool_phrase(struct machine *m, const struct resolution *r);
int machine_find_installations(struct machine *m, struct err *reterr);
int machine_read_disk_events(struct machine *m, struct err *reterr);
int machine_number_disks(struct machine *m, struct err *reterr);
int machine_read_remote_databases(struct machine *m, struct err *reterr);
int machine_merge_known_disks(struct machine *m, struct err *reterr);
int machine_place_known_disks(struct machine *m, struct err *reterr);
int machine_complete_known_disks(struct machine *m, struct err *reterr);
int machine_place_by_serial(struct machine *m, struct err *reterr);
int machine_index_guids(struct machine *m, struct err *reterr);
int machine_resolve_names(struct machine *m, struct err *reterr);
int machine_mark_offline(struct machine *m, struct err *reterr);
int machine_name_volumes(struct machine *m, struct err *reterr);
int machine_list_mounts(struct machine *m, struct err *reterr);
int machine_find_clones(struct machine *m, struct err *reterr);
int machine_find_copies(struct machine *m, struct err *reterr);
int machine_compare_databases(struct machine *m, struct err *reterr);
int machine_find_name_history(struct machine *m, struct err *reterr);
int machine_list_shadow_copies(struct machine *m, struct err *reterr);
int machine_read_shadow_copies(struct machine *m, struct err *reterr);
int machine_make_timeline(struct machine *m, struct err *reterr);
int machine_read_users(struct machine *m, struct err *reterr);
int machine_read_accounts(struct machine *m, struct err *reterr);
int machine_read_quotas(struct machine *m, struct err *reterr);

/* Open the NTFS volume @volume, whose window is there.  One that cannot be read
 * is a finding.  */
int machine_open_ntfs(struct machine *m, size_t volume, struct err *reterr);

/* A disk holds one, two or three.  Each gives every mount point once more.  */
#define MAX_INSTALLATIONS 32

/* One more installation, on @volume (NONE: on none) in the directory @root of
 * the path @path; of those there are fewer than MAX_INSTALLATIONS.  */
int machine_new_installation(struct machine *m, size_t volume, struct text path,
			     ntfs_ref root, const struct hive_place *system,
			     struct err *reterr);

/* The finding that @p, where Windows was, is missing.  */
void machine_no_system(struct machine *m, const struct hive_place *p);

/* What an open hive of @installation says goes into the model.  */
int machine_read_system_hive(struct machine *m, size_t installation,
			     struct open_hive *h, struct err *reterr);
int machine_read_software_hive(struct machine *m, size_t installation,
			       struct open_hive *h, struct err *reterr);
/* Whether to scan @h, whose tree leads to all its names if @whole.  */
bool machine_wants_lost_names(const struct machine *m,
			      const struct open_hive *h, bool whole);
/* The names that a hive holds outside of its tree: deleted ones, and where
 * @whole is false, those that no walk reaches.  */
int machine_read_lost_names(struct machine *m, size_t installation,
			    struct open_hive *h, bool whole,
			    struct err *reterr);
/* Find them, and make them names of @installation.  @h may have no tree.  */
int machine_find_lost_names(struct machine *m, struct open_hive *h,
			    struct lost_names *ret, struct err *reterr);
/* Whether the pages @h hold keys of disks.  */
bool machine_pages_have_disks(struct hive *h);
/* Read those that the logs of the lost hive @h hold.  */
int machine_read_log_disks(struct machine *m, size_t installation,
			   const struct open_hive *h, struct err *reterr);
enum presence machine_lost_presence(const struct open_hive *h,
				    const struct lost_names *lost,
				    const struct lost_name *n);
int machine_add_lost_names(struct machine *m, size_t installation,
			   const struct open_hive *h,
			   const struct lost_names *lost, struct err *reterr);
int machine_read_policy(struct machine *m, size_t installation,
			struct open_hive *h, struct err *reterr);
int machine_read_profile_list(struct machine *m, size_t installation,
			      struct open_hive *h, struct err *reterr);

/* What an open SYSTEM hive of @installation remembers of disks is kept until
 * machine_merge_known_disks().  */
int machine_read_disk_records(struct machine *m, size_t installation,
			      struct open_hive *h, struct err *reterr);

/* What an open SOFTWARE hive says of volumes, likewise.  */
int machine_read_volume_traces(struct machine *m, size_t installation,
			       struct open_hive *h, struct err *reterr);

/* Known disks that cannot be told apart are named up to this many.  */
#define KNOWN_DISKS_MAX 8

/* Some known disks, in their order.  */
struct known_set {
	size_t list[KNOWN_DISKS_MAX];
	size_t n;
};

void known_set_add(struct known_set *set, size_t known_disk);

/* Add to @set the known disks that had the volume @g, or the id @id.  */
void machine_known_by_guid(const struct machine *m, const struct guid *g,
			   struct known_set *set);
/* False where that is only by the device or the disk's signature.  */
bool machine_known_by_id(struct machine *m, const struct unique_id *id,
			 struct known_set *set);

/* Whether a volume at the byte @offset is remembered of one of @set.  */
bool machine_known_volume_at(const struct machine *m,
			     const struct known_set *set, uint64_t offset);

/* Cloned disks give one id to several volumes.  More than two are told apart no
 * better than two.  */
#define MAX_CANDIDATES 8

/* Volumes that no table leads to.  */
struct candidates {
	size_t volumes[MAX_CANDIDATES];
	size_t n;
	bool is_disk;		/* their disk is the one that had it; else it
				 * has lost by what that could be told */
	struct cites cites;
};

/* Those that begin where the partition @g lay, {signature, 0, offset} of an
 * MBR, on disks that nothing here tells to be another than its own.  @known:
 * the known disks that had it.  */
void machine_find_candidates(struct machine *m, const struct known_set *known,
			     const struct guid *g, struct candidates *ret);

/* Whether nothing on @d, or learned of it, tells which disk it is.  */
bool machine_has_lost_id(const struct disk *d);

/* What is to be said of an id that no disk here has, where @r.possible.  */
const char *machine_possible_phrase(const struct machine *m,
				    const struct resolution *r);

/* Of an id that leads nowhere and does not tell its place: ", unless it lies on
 * disk0 ...".  "" where no disk has lost its table.  */
const char *machine_lost_phrase(struct machine *m);

/* Put those of @set that @installation remembers, or where it remembers none
 * of them, all into @r.  The second does so with those that are there.  */
void machine_keep_known(struct machine *m, size_t installation,
			const struct known_set *set, struct resolution *r);
void machine_prefer_known(struct machine *m, size_t installation,
			  struct resolution *r);

/* Which disk that was, as the end of a sentence: ": it was on \"SanDisk Cruzer
 * USB Device\", serial number 2006 (known3)"; or that only the signature tells
 * that.  "" where nobody knows.  */
const char *machine_known_phrase(struct machine *m, const struct resolution *r);

/* ", of which a volume had the serial number of volume0", of the known disk, or
 * "".  */
const char *machine_serial_phrase(struct machine *m, size_t known_disk);

/* Add where @tier leads to, unless it is among the leads.  */
void machine_add_lead(struct machine *m, struct resolution *r, enum tier tier,
		      size_t volume);

/* ": registry leads to ..., ..." of the leads, which are those of a conflicting
 * or ambiguous answer; else "".  */
const char *machine_leads_phrase(struct machine *m, const struct resolution *r);

/* "; windows1 has it for ..." where @g, which nothing in the namespace of
 * @installation knows, is a name in the registry of another; else "".  */
const char *machine_elsewhere_phrase(struct machine *m, size_t installation,
				     const struct guid *g);

/* Mark the volumes that letters and folders may lead to.  */
int machine_mark_doubt(struct machine *m, struct err *reterr);
int machine_explain_hidden(struct machine *m, struct err *reterr);

/* The slots of @layout that hold a partition.  */
int machine_keep_partitions(struct machine *m, const struct drive_layout *l,
			    struct kept_partitions *ret, struct err *reterr);

/* "SanDisk Cruzer USB Device", serial number 2006 (known3): for messages.  */
const char *machine_known_text(struct machine *m, size_t known_disk);

/* Whether the @n letters of both are the same, in either case; Windows writes
 * blanks as underscores in some of its names.  */
bool machine_same_but_blanks(const char *a, const char *b, size_t n);

/* Whether a signature or a GUID of the disk was kept.  */
bool machine_known_has_id(const struct machine_known_disk *k);

/* Whether one of the records of @k has the DiskId @device.  */
bool machine_known_has_device(const struct machine_known_disk *k,
			      const struct guid *device);

/* Whether @d is the disk that Windows called by @signature.  */
bool machine_has_signature(const struct disk *d, uint32_t signature);

/* The same, but not of a disk whose MBR only protects its GPT, where another
 * has that signature and is an MBR disk: it is a copy that was converted.  */
bool machine_is_meant(const struct model *o, const struct disk *d,
		      uint32_t signature);

/* The first in m->guids of those that know @g, from a remote database or not,
 * of @owner; or where it would be.  */
size_t machine_first_known(const struct machine *m, const struct guid *g,
			   bool remote, size_t owner);

/* Lead the volume GUID @g, as installation @installation (NONE: none) knows it,
 * to a volume.  @host: the volume whose remote database is asked first, or
 * NONE.  */
struct resolution resolve_guid(struct machine *m, size_t installation,
			       size_t host, const struct guid *g);

/* Lead a unique id, by itself.  @tier says where it was found.  */
struct resolution resolve_id(struct machine *m, const struct unique_id *id,
			     enum tier tier);

/* The mount points of @installation at @directory, "C:\\" or
 * "C:\\Mount\\Data" in any letter case, that are there; several where clones
 * hold the folder; NULL for none.  Only after machine_list_mounts().  */
const struct machine_mount *machine_mounts_at(const struct machine *m,
					      size_t installation,
					      enum mount_kind kind,
					      const char *directory,
					      size_t *ret_n);

/* The reparse point of the file @ref, that the list of the volume has; NULL
 * where it has none.  */
const struct ntfs_reparse *machine_reparse_at(const struct machine *m,
					      size_t volume, ntfs_ref ref);

/* Where an installation lives, or lived before it was replaced.  */
struct home {
	size_t installation;
	size_t volume;
	ntfs_ref root;		/* the system root */
	ntfs_ref base;		/* what was the root of the volume then: that,
				 * or what the system root was moved into */
};

/* Follow the path @path, "C:\\Users\\joe" or "%SystemDrive%\\Users", as
 * Windows at @home understands it: by the map of the installation, so only when
 * that has been made, after machine_list_mounts().  */
int machine_locate(struct machine *m, const struct home *home,
		   const char *path, size_t *ret_volume,
		   ntfs_ref *ret_directory, struct err *reterr);

/* A volume in the @length bytes at @off of @below, behind the others, and what
 * is open behind it; the caller says which it is.  NULL: out of memory.  */
struct machine_volume *machine_push_volume(struct machine *m,
					   struct source *below, uint64_t off,
					   uint64_t length);

/* The volume in the bytes of @entry; *@ret is its index.  */
int machine_add_volume(struct machine *m, size_t disk,
		       const struct partition *entry, enum volume_kind kind,
		       size_t *ret, struct err *reterr);

/* The volumes that the MBR of @disk has where its GPT has nothing.  */
int machine_add_hybrid_volumes(struct machine *m, size_t disk,
			       struct err *reterr);

/* Put right in memory what is known to be wrong with a volume that was just
 * identified.  */
int machine_repair_volume(struct machine *m, size_t volume,
			  struct err *reterr);

/* Put @sector, which its $MFT told, in the place of the first one.  */
int machine_replace_boot_sector(struct machine *m, size_t volume,
				const uint8_t *sector, struct err *reterr);

/* Whether a volume in which nothing was recognised is one that Windows would
 * mount by the type of its partition, and holds something.  */
bool machine_volume_is_lost(struct machine *m, size_t volume);

/* Search what no partition covers for lost volumes, before dynamic volumes are
 * put together, since their database may be what is found; and make volumes of
 * the others when those that tables lead to have been read.  */
int machine_search_disks(struct machine *m, struct err *reterr);
void machine_report_unused_databases(struct machine *m);
int machine_take_recovered(struct machine *m, struct err *reterr);

/* By what the partition table of an event, or of a known disk, is known: zero
 * where it has no id.  */
struct guid machine_event_table(const struct partition_event *e);
struct guid machine_known_table(const struct machine_known_disk *k);

/* Something that an installation knows by a GUID.  */
struct known_by_guid {
	size_t installation;
	struct guid id;
	size_t index;		/* of a disk, a known disk or an event */
};

/* The order of struct known_by_guid, for qsort(): by these members.  */
int machine_compare_known(const void *a, const void *b);

/* The serial number @a, as a device or its instance has it, is @b.  */
bool machine_same_serial(const char *a, const char *b);

/* Join the events of a known disk from before it got another DiskId.  */
int machine_infer_event_disks(struct machine *m, struct err *reterr);

/* Tell the signature of disks whose sector 0 is lost, or has none, by the ids
 * that the registries have of their volumes.  */
int machine_infer_signatures(struct machine *m, struct err *reterr);

/* Read labels of FAT with letters beyond ASCII by the code page of the Windows
 * here.  */
int machine_decode_labels(struct machine *m, struct err *reterr);

/* "volume1 (disk0, partition 2)" in the arena: for messages.  A disk goes by
 * its id there, since its number may be learned later.  */
const char *machine_place(struct machine *m, size_t volume);

/* @id in words: "MBR signature 5ca1ab1e, offset 1048576".  */
const char *machine_id_text(struct machine *m, const struct mountmgr_name *n);

/* Put the plain text of a volume that is encrypted in its place, where there is
 * a key for it.  */
int machine_unlock(struct machine *m, size_t volume, struct err *reterr);

/* Tell which keys are for nothing here.  */
int machine_tell_keys(struct machine *m, struct err *reterr);

/* Say of a volume that is encrypted what would unlock it, and what is known all
 * the same.  */
void machine_explain_lock(struct machine *m, size_t volume);

#endif /* MACHINE_INTERNAL_H */
