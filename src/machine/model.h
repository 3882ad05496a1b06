/*
 * model.h - everything that one analysis found, as plain records
 *
 * The machine layer fills these arrays; the report layer only reads them.  An
 * index into another array is a number from 0, and NONE where there is none.
 * Arrays are sorted so that the same evidence gives the same order.  All of it
 * lives in the machine's arena.
 */
#ifndef MACHINE_MODEL_H
#define MACHINE_MODEL_H

#include "base/diag.h"
#include "disk/disk.h"
#include "disk/dynamic.h"
#include "disk/lost_volumes.h"
#include "disk/pool.h"
#include "disk/shadow.h"
#include "disk/volume.h"
#include "disk/witness.h"
#include "evidence/image.h"
#include "mountmgr/lost_names.h"
#include "mountmgr/disk_records.h"
#include "mountmgr/names.h"
#include "mountmgr/partition_events.h"
#include "mountmgr/policy.h"
#include "mountmgr/user_traces.h"
#include "ntfs/ntfs.h"
#include "ntfs/quota.h"
#include "registry/profiles.h"
#include "registry/sam.h"

#define NONE SIZE_MAX

/* A file that was named on the command line, or was found beside one: an image,
 * a hive, a hive's log, registry text.  */
struct machine_image {
	const char *file;	/* its name, without directory */
	const char *format;	/* NULL: it could not be opened */
	uint64_t size;		/* of the disk that it holds, bytes */
	unsigned sector_size;	/* 0: it holds no disk */
	const char *const *segments;	/* all files that were read */
	size_t n_segments;
};

enum number_basis { NUMBER_ASSUMED, NUMBER_GIVEN, NUMBER_RECORDED };

struct machine_disk {
	size_t image;
	unsigned number;	/* PhysicalDrive number */
	enum number_basis basis;
	struct cites number_cites;	/* of a recorded one */
	struct disk table;
	enum witness_state tsk;	/* what libtsk says of the table */
	size_t first_partition, n_partitions;	/* in machine partitions */
	size_t whole_volume;	/* the volume that takes the whole disk, without
				 * a partition table; or NONE */
};

struct machine_partition {
	size_t disk;
	const struct partition *entry;
	size_t volume;		/* NONE: no volume that can be mounted */
};

struct extent {
	size_t disk;
	uint64_t offset, length;	/* bytes */
};

enum volume_kind {
	VOLUME_PARTITION, VOLUME_LDM, VOLUME_WHOLE_DISK,
	VOLUME_RECOVERED,	/* no table leads to it */
	VOLUME_HYBRID,		/* the MBR of a GPT disk alone does */
};

/* A path by which an installation reaches a volume: "C:\",
 * "C:\Mount\Data\".  */
struct access_path {
	size_t installation;	/* NONE: in no installation's namespace */
	struct text path;	/* closes with a backslash */
	bool loops;		/* through a folder in the volume itself, which
				 * other folders had led to */
};

/* A value of MountedDevices\Offline whose name leads to the volume.  */
struct offline_volume {
	size_t installation;
	struct text name;	/* as stored */
	struct cites cites;
};

/* Whether what BitLocker encrypts can be read, and with what.  */
enum volume_lock { LOCK_NONE, LOCK_LOCKED, LOCK_UNLOCKED, LOCK_CLEAR_KEY };

struct machine_volume {
	enum volume_kind kind;
	size_t partition;	/* NONE unless VOLUME_PARTITION */
	const struct dynamic_volume *dynamic;	/* of VOLUME_LDM */
	const struct partition *hybrid;	/* of VOLUME_HYBRID: its entry */
	struct storage_pool *pool;	/* of a partition of one */
	size_t pool_database;	/* the volume whose copy of the pool's database
				 * is the newest; NONE: none is here */
	struct extent *extents;
	size_t n_extents;
	const char *provenance;	/* of what was recovered: "boot-sector", ...;
				 * NULL: a table leads to it */
	struct volume_identity identity;	/* label: of NTFS too; of what
						 * was unlocked: the plain
						 * text's */
	const struct bitlocker *bitlocker;	/* NULL: not encrypted */
	enum volume_lock lock;
	const struct bitlocker_protector *unlocked_by;	/* NULL: locked,
						 * or decrypted */
	struct ntfs_info ntfs;	/* of NTFS */
	bool is_ntfs;		/* and could be opened */
	bool in_doubt;		/* a name or folder may lead here, or to
				 * another volume */
	struct guid *names;	/* of \\?\Volume{G}\, the preferred one first */
	size_t n_names;
	struct access_path *paths;
	size_t n_paths;
	struct offline_volume *offline;	/* who keeps it offline */
	size_t n_offline;
	/* What was read of its reparse points.  */
	bool index_read, swept;
	const struct ntfs_quotas *quotas;	/* NULL: none were read */
};

/* A place on a disk that no table leads to, and that boot sectors say is a
 * volume.  */
struct machine_recovered {
	size_t disk;
	struct lost_volume found;
	size_t volume;		/* NONE: it is only listed */
	size_t other;		/* the recovered one that speaks against it */
	size_t table_volume;	/* the volume that a table leads to and that has
				 * bytes of it */
	struct cites cites;	/* the boot sector */
};

/* A registry hive, and the state in which it was found: before its logs.  */
struct machine_hive {
	struct text path;	/* in its volume; of a file without one, its
				 * name; utf8 NULL: there is no hive */
	bool unlisted;		/* its own record tells of it; its directory
				 * does not */
	bool is_text;		/* exported: it has none of what follows */
	bool is_log;		/* a log without its hive: likewise */
	bool dirty;
	bool checksum_ok;
	uint32_t primary_sequence, secondary_sequence;
	uint64_t last_written;	/* FILETIME */
	const char *const *logs;	/* paths of those applied, in order */
	size_t n_logs;
	bool scanned;		/* all its bytes, for deleted values */
};

struct machine_installation {
	size_t volume;		/* NONE: of hives that lie in none */
	struct text system_root;	/* "\Windows" */
	struct text computer_name, product_name, build, time_zone;
	unsigned control_set;	/* 0: unknown */
	unsigned oem_code_page;	/* by which it reads FAT; 0: unknown */
	struct cites oem_cites;
	struct machine_hive hive;	/* SYSTEM */
	struct machine_hive software;	/* path.utf8 NULL: it was not read */
	struct mount_policy policy;
	struct sam_accounts accounts;	/* its users and groups */
	struct cites cites;
};

enum tier {
	TIER_NONE, TIER_REGISTRY, TIER_GPT_GUID, TIER_MBR_STABLE, TIER_LDM_GUID,
	TIER_REMOTE_DATABASE, TIER_PARTITION_CACHE, N_TIERS
};

enum certainty {
	CERTAINTY_CONFIRMED, CERTAINTY_SINGLE, CERTAINTY_INFERRED,
	CERTAINTY_CONFLICTING, CERTAINTY_STALE, CERTAINTY_NOT_IN_EVIDENCE,
	CERTAINTY_AMBIGUOUS
};

/* To which volume a name leads, and how that is known.  */
/* Where one source leads a name.  */
struct resolution_lead {
	enum tier tier;
	size_t volume;		/* NONE: to none of this evidence */
};

struct resolution {
	size_t volume;		/* NONE for stale, not-in-evidence, ambiguous */
	enum tier tier;		/* whose answer this is */
	enum certainty certainty;
	unsigned tiers;		/* 1u << tier for each that leads there too */
	struct cites cites;	/* the facts used */
	const size_t *known_disks;	/* those that had this id, when they */
	size_t n_known_disks;		/* were last seen */
	struct resolution_lead *leads;	/* all, of one that is conflicting or */
	size_t n_leads;			/* ambiguous; else none */
	bool printed_order;	/* the id of a dynamic volume, with its bytes in
				 * the order in which GUIDs are printed */
	bool no_volume;		/* stale, as what has the id is no volume */
	bool untold;		/* not in this evidence, as its disk's table is
				 * cut off before it */
	bool possible;		/* ambiguous, as no disk here has the id, and
				 * one that has lost its own may have had it */
	bool by_serial;		/* possible, as a volume here has the serial
				 * number of one on that device */
	bool disk_only;		/* the known disks had the id's signature, and
				 * of none of them is a volume there known */
};

enum presence { PRESENT_BEFORE, PRESENT_AFTER, PRESENT_BOTH, PRESENT_DELETED };

/* A value of MountedDevices.  */
struct machine_name {
	size_t installation;
	const struct mountmgr_name *name;
	enum presence presence;
	struct resolution resolution;
	bool superseded;	/* by what the hive's logs hold, or deleted:
				 * history, and no part of the map */
	const struct lost_name *lost;	/* found by a scan; or NULL */
	bool offline;		/* MountedDevices\Offline names it */
};

/* How a name of an older hive stands to those of the live one.  */
enum name_change { NAME_SAME, NAME_DIFFERS, NAME_ABSENT };

/* A value of MountedDevices of a hive that is not in use: a backup of it, or
 * that of a Windows which was replaced.  Never part of the map.  */
struct machine_former_name {
	size_t installation;	/* NONE: whose SYSTEM hive cannot be read */
	size_t shadow_copy;	/* in which the hive lies; NONE: in none */
	size_t host_volume;	/* on which the hive lies */
	bool older;		/* of a copy: it was not in use then */
	const struct machine_hive *hive;
	const struct mountmgr_name *name;
	enum presence presence;
	const struct lost_name *lost;	/* found by a scan; or NULL */
	enum name_change change;
	struct resolution resolution;	/* of its unique id */
};

/* An entry of a volume's MountPointManagerRemoteDatabase.  */
struct machine_remote_name {
	size_t host_volume;
	const struct mountmgr_name *name;
	struct resolution resolution;	/* of its unique id */
};

/* The partitions of a table as Windows kept it.  */
struct kept_partitions {
	const struct drive_layout *layout;
	const uint32_t *slots;	/* those that hold a partition */
	size_t n;
};

/* A volume of a disk that a registry remembers; of no known disk: a trace.  */
struct machine_known_volume {
	size_t installation;
	size_t known_disk;	/* NONE: which disk, is not said */
	unsigned states;	/* of the hive, with and without its logs */
	enum volume_source source;
	struct text instance;	/* as the registry calls it */
	struct volume_form_parts at;
	struct text label;
	bool has_serial;
	uint32_t serial;	/* of the file system */
	size_t volume;		/* the one in the evidence that has it, if one
				 * has; else NONE */
	char letter;		/* 0: not said */
	bool has_drive_type;
	uint32_t drive_type;	/* as GetDriveType() has it */
	struct device_times times;
	uint64_t last_tested;	/* by ReadyBoost; 0: not said */
	struct cites tested_cites;	/* where it lies */
	uint64_t last_written;	/* as that of a disk */
	enum record_place written_place;
	struct cites written_cites;	/* of the record that has this time */
	struct cites cites;
};

/* A disk that a registry remembers: one physical disk, as far as its records
 * can be joined for certain.  Texts are NULL where none of them says.  */
struct machine_known_disk {
	size_t installation;
	const struct device_record **records;	/* the newest first */
	size_t n_records;
	const struct device_record **instances;	/* the newest of each device
						 * instance */
	size_t n_instances;
	unsigned states;	/* of the hive that has a record of it */
	struct text instance;	/* of the device; utf8 NULL: only its volumes
				 * are remembered */
	const char *bus, *vendor, *product, *revision, *serial;
	struct text model;	/* FriendlyName */
	struct text location, parent;	/* LocationInformation; the device that
					 * it hung on */
	struct text maker;	/* Mfg, as the registry has it */
	struct guid container;	/* zero: none */
	struct guid disk_id;	/* zero: none */
	bool has_attributes;
	uint32_t attributes;	/* Partmgr\Attributes */
	struct span attributes_table;	/* Partmgr\AttributesTableCache */
	uint64_t capacity;	/* bytes, by the event log; 0: not said */
	const struct drive_layout *layout;	/* as last seen, by the
						 * registry, else by the event
						 * log; or NULL */
	bool layout_event;	/* by the event log */
	struct kept_partitions partitions;	/* of it */
	bool has_signature;	/* by its layout, or by its volumes */
	uint32_t signature;
	struct guid guid;	/* of a GPT; zero: none */
	size_t first_volume, n_volumes;	/* in known_volumes */
	bool has_number;
	unsigned number;	/* PhysicalDrive number, of a live export */
	struct device_times times;
	uint64_t layout_written, interface_written;
	uint64_t last_written;	/* of its key in the current control set; where
				 * that has none, in another; else as an
				 * upgrade copied it */
	enum record_place written_place;	/* where it is from */
	size_t disk;		/* the one in the evidence; NONE: none, or it
				 * cannot be told */
	bool has_certainty;	/* false: nothing was kept that a disk has */
	enum certainty certainty;	/* that it is that disk, or is none;
					 * inferred: by a serial number */
	const size_t *by_serial;	/* of a disk that nothing else tells:
					 * volumes of the evidence with the
					 * serial number of one of its own */
	size_t n_by_serial;
	struct cites serial_cites;	/* of these and those */
	const size_t *alike;	/* other known disks of this installation */
	size_t n_alike;		/* with the same signature or GUID */
	struct cites cites;
	struct cites layout_cites;
	/* Of the keys that have these times.  */
	struct cites partmgr_cites, interface_cites, written_cites;
	struct cites disk_id_cites;	/* of the value that has it, or of the
					 * volume that names it */
};

enum mount_kind { MOUNT_DRIVE_ROOT, MOUNT_DIRECTORY };

struct machine_mount {
	size_t installation;	/* NONE: in no installation's namespace */
	enum mount_kind kind;
	bool deleted;
	size_t host_volume;	/* of a directory */
	struct text path;	/* in the host volume; utf8 NULL for a root */
	struct text directory;	/* in the namespace; utf8 NULL: has none */
	struct text target;	/* "\??\Volume{G}\"; of a root: the volume's */
	bool in_index, in_record;	/* $R and the record name it */
	ntfs_ref ref;		/* of a directory: its record */
	const struct ntfs_reparse *point;	/* of a directory */
	struct resolution resolution;
	enum ntfs_witness fsntfs;	/* of a directory that is there */
	struct cites cites;	/* the reparse point, or the letter's value */
};

struct machine_reparse {
	size_t volume;
	const struct ntfs_reparse *point;
	struct text target;	/* utf8 NULL: it has none that we decode */
};

enum shadow_state {
	SHADOW_AVAILABLE,
	SHADOW_STORE_MISSING,	/* it lies on a volume that is not there */
	SHADOW_STORE_AMBIGUOUS,	/* several volumes hold it */
	SHADOW_VOLUME_MISSING,	/* only its store is there */
	SHADOW_DAMAGED,		/* there is no store, or none with a header */
};

/* A shadow copy of a volume.  */
struct machine_shadow_copy {
	size_t volume;		/* NONE: it is not there */
	const struct vss_header *header;	/* of it; NULL */
	const struct shadow_copy *copy;	/* in its catalogue; NULL */
	size_t store_volume;	/* on which its store lies; NONE */
	const struct shadow_store *store;	/* NULL: missing */
	enum shadow_state state;
	bool is_read;		/* as a volume */
	struct cites cites;
};

/* A mount point of a shadow copy: what was mounted then.  Never part of the
 * map.  */
struct machine_former_mount {
	size_t shadow_copy;	/* of a letter: in which the hive lies */
	size_t installation;	/* in the map; NONE: it is not there, or none */
	const struct machine_mount *mount;	/* its installation is the
						 * copy's own */
	const struct ntfs_reparse *point;	/* of a directory */
	bool live_names;	/* the copy has no registry; that of the map
				 * says where it leads */
	enum name_change change;
};

/* What the time of an event is of, and in which array its record lies.  */
enum event_kind {
	EVENT_VOLUME_CREATED,	/* volumes */
	EVENT_HIVE_WRITTEN,	/* installations */
	EVENT_NAME_SET,		/* names */
	EVENT_NAME_MADE,	/* names: the GUID */
	EVENT_FORMER_NAME_SET,	/* former_names */
	EVENT_FORMER_NAME_MADE,
	EVENT_REMOTE_NAME_MADE,	/* remote_names */
	EVENT_MOUNT_CREATED,	/* reparses */
	EVENT_MOUNT_MODIFIED,
	EVENT_MOUNT_CHANGED,
	EVENT_PROFILE_LOADED,	/* users: of the first account */
	EVENT_PROFILE_UNLOADED,
	EVENT_USER_MET,		/* user_volumes */
	EVENT_USER_NAME_MADE,	/* user_volumes: the GUID */
	EVENT_DISK_INSTALLED,	/* known_disks: for the first time */
	EVENT_DISK_ARRIVED,
	EVENT_DISK_REMOVED,
	EVENT_DISK_KEY,		/* known_disks: Enum was written */
	EVENT_DISK_INTERFACE,	/* known_disks: DeviceClasses was written */
	EVENT_DISK_TABLE,	/* known_disks: its table was kept */
	EVENT_DISK_ID_MADE,	/* known_disks: DiskId, a GUID */
	EVENT_TRACE_INSTALLED,	/* known_volumes: for the first time */
	EVENT_TRACE_ARRIVED,
	EVENT_TRACE_REMOVED,
	EVENT_TRACE_TESTED,	/* known_volumes: by ReadyBoost */
	EVENT_TRACE_KEY,	/* known_volumes: its key was written */
	EVENT_DISK_CAME,	/* disk_events */
	EVENT_DISK_WENT,
	EVENT_DISK_TOLD,	/* neither is said */
	EVENT_SHADOW_CREATED,	/* shadow_copies */
	EVENT_FORMER_USER_MET,	/* former_user_volumes */
	EVENT_FORMER_MOUNT_SEEN,	/* former_mounts: the copy was made */
	EVENT_FORMER_MOUNT_CREATED,
	EVENT_FORMER_MOUNT_CHANGED,
	N_EVENT_KINDS
};

struct machine_event {
	uint64_t time;		/* FILETIME */
	enum event_kind kind;
	size_t index;		/* of the record */
};

/* A user's hive, or an account whose hive was not found.  */
struct machine_user {
	size_t installation;
	struct text name;	/* of the profile's directory; of the hive
				 * DEFAULT, that */
	size_t volume;		/* NONE: the profile was not found */
	struct text profile;	/* its path there: "\\Users\\joe" */
	const struct profile_account *const *accounts;
	size_t n_accounts;
	bool former;		/* of Windows before it was replaced */
	struct machine_hive hive;	/* path.utf8 NULL: it was not found */
	struct cites cites;
};

/* Whose profile an account has.  */
struct machine_profile {
	const char *sid;
	size_t installation;
	size_t user;
	const struct profile_account *account;
};

/* What a user's hive remembers of a volume.  */
struct machine_user_volume {
	size_t user;
	const struct user_trace *trace;
	enum presence presence;
	bool is_volume;		/* something that the resolution is of */
	const struct mountmgr_name *name;	/* by which MountedDevices of
				 * the installation knows it; NULL: none */
	struct resolution resolution;
};

/* What a user's hive in a shadow copy remembers.  */
struct machine_former_user_volume {
	struct machine_user_volume then;	/* first: what shows one shows
				 * the other; its user is the copy's own */
	const struct machine_user *whose;
	size_t shadow_copy;	/* in which the hive lies */
	size_t installation;	/* in the map; NONE: it is not there */
	size_t user;		/* in the map, of that profile; NONE: none */
	enum name_change change;	/* differs: noted at another time */
};

/* A disk that came or went, by the partition manager's log.  */
struct machine_disk_event {
	size_t installation;
	const struct partition_event *event;
	bool has_id;		/* it tells the disk's signature or GUID */
	bool ambiguous;		/* several supplied disks have that, and are
				 * equally like it */
	size_t disk;		/* the supplied disk; NONE */
	size_t known_disk;	/* the registry's record of it; NONE: none, or
				 * it cannot be told */
	bool inferred;		/* that known disk, though it has another DiskId
				 * now */
	struct kept_partitions partitions;	/* of its layout */
};

/* Everything.  */
struct model {
	struct machine_image *images;
	size_t n_images;
	struct machine_disk *disks;
	size_t n_disks;
	struct machine_partition *partitions;
	size_t n_partitions;
	struct machine_volume *volumes;
	size_t n_volumes;
	struct machine_recovered *recovered;	/* by disk, then place */
	size_t n_recovered;
	struct machine_installation *installations;
	size_t n_installations;
	struct machine_name *names;
	size_t n_names;
	struct machine_former_name *former_names;	/* by hive */
	size_t n_former_names;
	struct machine_remote_name *remote_names;
	size_t n_remote_names;
	struct machine_known_disk *known_disks;
	size_t n_known_disks;
	struct machine_known_volume *known_volumes;	/* by known disk */
	size_t n_known_volumes;
	struct machine_mount *mounts;
	size_t n_mounts;
	struct machine_reparse *reparses;	/* volume mount points too */
	size_t n_reparses;
	struct machine_shadow_copy *shadow_copies;	/* by volume, by time */
	size_t n_shadow_copies;
	struct machine_former_mount *former_mounts;	/* by copy's time */
	size_t n_former_mounts;
	struct machine_former_user_volume *former_user_volumes;	/* by copy's
				 * time */
	size_t n_former_user_volumes;
	struct machine_event *events;	/* by time */
	size_t n_events;
	struct machine_user *users;
	size_t n_users;
	struct machine_profile *profiles;	/* by SID, then installation */
	size_t n_profiles;
	struct machine_user_volume *user_volumes;	/* by user */
	size_t n_user_volumes;
	struct machine_disk_event *disk_events;	/* by installation, record id */
	size_t n_disk_events;
	struct diag_list findings;	/* sorted by code, then by place; those
					 * of queries come behind */
	bool unreadable;	/* an image could not be opened */
	bool complete;		/* nothing was unreadable or left out */
	struct io_stats stats;
};

#endif /* MACHINE_MODEL_H */
