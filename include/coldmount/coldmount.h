/*
 * coldmount.h - what Windows would have said of the disks in these images
 *
 * A machine is the disks of one captured computer.  Its images are added, it is
 * analysed once, and reports are written from what was found:
 *
 *	struct cm_machine *m = cm_machine_new();
 *	struct cm_error e;
 *
 *	if (m == NULL || cm_machine_add_image(m, "disk0.E01", -1, &e) < 0 ||
 *	    cm_machine_analyse(m, NULL, &e) < 0)
 *		...
 *	cm_report_write(m, "json", NULL, write_to_file, file, &e);
 *	cm_machine_free(m);
 *
 * Evidence is opened read-only and never written to; nothing is written beside
 * it.  The library prints nothing and has no global state.  A machine belongs
 * to one thread at a time; different machines may be used by different threads.
 *
 * A struct cm_error may be NULL, and so may be where a function gives back one
 * of several things, or one that a caller may not want: *@ret_name,
 * *@ret_count.  Any other NULL that a function does not speak of makes it fail
 * with CM_ERROR_ARGUMENT, or, where it cannot, find nothing.  What a call that
 * fails would have given back is as it was.
 */
#ifndef COLDMOUNT_COLDMOUNT_H
#define COLDMOUNT_COLDMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CM_API __attribute__((visibility("default")))
#else
#define CM_API
#endif

#define CM_VERSION "0.1.0"

/* What a call returns when it fails.  */
enum cm_error_code {
	CM_ERROR_ARGUMENT = -1,	/* the caller asked for what cannot be */
	CM_ERROR_MEMORY = -2,	/* out of memory */
	CM_ERROR_WRITE = -3,	/* the caller's write function stopped it */
	CM_ERROR_NOT_FOUND = -4	/* what was named is not in the evidence */
};

/* Why a call failed.  */
struct cm_error {
	int code;		/* enum cm_error_code */
	char text[256];		/* one line, UTF-8, no newline */
};

struct cm_machine;

/* A machine without images; NULL when out of memory.  */
CM_API struct cm_machine *cm_machine_new(void);

/* Free @m and everything that came out of it; NULL is allowed.  */
CM_API void cm_machine_free(struct cm_machine *m);

/*
 * Add an image file as a disk.  @number is the disk's PhysicalDrive number, or
 * -1 for the next free one in the order of the calls.  The file is opened by
 * cm_machine_analyse().  @path is copied.  0, or negative with *@error filled
 * where the number was given before or memory is out.
 */
CM_API int cm_machine_add_image(struct cm_machine *m, const char *path,
				int number, struct cm_error *error);

/* Bytes that the caller reads.  Zero-initialise it; later versions add members
 * at the end.  */
struct cm_evidence {
	const char *name;	/* for reports; copied */
	uint64_t size;		/* bytes */
	/* Read exactly @n bytes at @offset, which all lie inside the size; 0,
	 * and anything else where they cannot be read, which is a finding; it
	 * is no count of bytes.  The same bytes each time.  Called in the
	 * thread that calls a function with the machine, until
	 * cm_machine_free().  */
	int (*read_at)(void *ctx, uint64_t offset, void *buf, size_t n);
	void *ctx;
};

/*
 * The same for an image that is no file here: the bytes of a disk, or of a
 * container that is one file, which is found out as for files.  Parents of a
 * differencing image come from cm_options.  EWF is refused: give what libewf
 * reads from it.  @evidence is copied.
 */
CM_API int cm_machine_add_evidence(struct cm_machine *m,
				   const struct cm_evidence *evidence,
				   int number, struct cm_error *error);

/*
 * Add a registry hive that lies in no image: SYSTEM, SOFTWARE, SAM or a user's
 * NTUSER.DAT, whatever the file is called, with the transaction logs that lie
 * beside it (its name and .LOG, .LOG1, .LOG2, in any letter case), which
 * complete it in memory.  Each SYSTEM hive is an installation of its own, which
 * lies on no volume; other hives belong to the last SYSTEM hive
 * that was added before them, or else to the first one.  Its names lead to the
 * disks of the images, if there are any; that they lead to none leaves a report
 * complete.  0, or negative when memory is out.  @path is copied; the file is
 * opened by cm_machine_analyse(), and what is wrong with it is as with an
 * image.
 */
CM_API int cm_machine_add_hive(struct cm_machine *m, const char *path,
			       struct cm_error *error);

/*
 * The same for exported registry text: what regedit, reg.exe or hivexregedit
 * writes, in UTF-16, UTF-8 or a code page.  It may hold several hives, whole or
 * in part, as of HKEY_LOCAL_MACHINE\SYSTEM; it tells no times.
 */
CM_API int cm_machine_add_registry_text(struct cm_machine *m, const char *path,
					struct cm_error *error);

/*
 * Read the file @path for keys of volumes that BitLocker encrypts: a startup
 * key (.BEK), the text that Windows saves of a recovery password, or a text
 * with a key a line, "recovery-password: 111111-...", "password: ..." or
 * "startup-key: FILE", perhaps with the GUID of its volume or protector in
 * braces in front, and "#" before a comment.  A volume that one of them unlocks
 * is analysed like any other.  0; negative where the file cannot be read or a
 * line of it is no key, with the line's number in *@error.  No part of a key is
 * ever in an error or a report.
 */
CM_API int cm_machine_add_key_file(struct cm_machine *m, const char *path,
				   struct cm_error *error);

/* How the $MFT of each NTFS volume is searched for reparse points.  And whether
 * SYSTEM hives are searched for deleted names: always with CM_SCAN_FULL, and
 * always where their keys do not lead to all names; with CM_SCAN_AUTO also
 * where one is found beside the names that are there, and in hives without a
 * disk.  */
enum cm_scan {
	CM_SCAN_AUTO,	/* $Extend\$Reparse; the whole $MFT where that is
			 * missing or damaged, or names what is not there */
	CM_SCAN_INDEX,	/* $Extend\$Reparse only */
	CM_SCAN_FULL	/* both, which also finds deleted mount points */
};

/* Zero-initialise it; later versions add members at the end.  */
struct cm_options {
	enum cm_scan scan;
	const char *const *parents;	/* files that may be the parents of
					 * differencing images */
	size_t n_parents;
	unsigned sector_size;	/* of raw images: 512 or 4096; 0: probe */
	bool recover;		/* search what no partition covers for volumes
				 * that are lost */
	bool shadows;		/* read shadow copies: what was mounted when
				 * they were made */
};

/*
 * Read everything.  @o may be NULL.  An image that cannot be read does not make
 * it fail: it is a finding of the report, and the others are still analysed.
 * 0, or negative when an option cannot be, when out of memory or when @m was
 * analysed before.
 */
CM_API int cm_machine_analyse(struct cm_machine *m, const struct cm_options *o,
			      struct cm_error *error);

/* What an analysis came to; the tool's exit status follows it.  */
struct cm_outcome {
	bool complete;		/* all of the evidence was read, understood */
	bool unreadable;	/* an image could not be read at all */
	size_t images,		/* hives, logs and texts, too */
	       disks, partitions, volumes, installations, names,
	       mount_points, findings;
	uint64_t bytes_read, read_calls;	/* from the disks */
};
CM_API struct cm_outcome cm_machine_outcome(const struct cm_machine *m);

/*
 * The name, without its directory, of file number @i, from 0, of all that were
 * read: images, their segments and their parents.  False where there is no
 * more.
 */
CM_API bool cm_machine_file(const struct cm_machine *m, size_t i,
			    const char **ret_name);

/* Take all @n bytes of a report; 0, and anything else to stop: it is no count
 * of bytes.  */
typedef int cm_write_fn(void *ctx, const void *data, size_t n);

/* Zero-initialise it; later versions add members at the end.  */
struct cm_report_options {
	bool colour;		/* of the tree */
	bool verbose;		/* the tree tells where each fact lies */
	unsigned width;		/* columns of the tree; 0: 100 */
	/* Of a format that a tool of Windows has ("mountvol"): write
	 * installation number @installation alone; otherwise all, each below a
	 * line that tells which it is where there are several.  Of what
	 * somebody names: as that installation names it, otherwise the
	 * first.  */
	bool one_installation;
	unsigned installation;
};

/*
 * Write the report of @m in @format: "tree", "json", "jsonl" or another that
 * cm_report_format() names.  @o may be
 * NULL.  The same evidence and options give the same bytes, which are valid
 * UTF-8 whatever the names in the evidence hold.  0; negative where the format
 * is unknown, @m was not analysed, memory is out or @write stopped.
 */
CM_API int cm_report_write(const struct cm_machine *m, const char *format,
			   const struct cm_report_options *o,
			   cm_write_fn *write, void *ctx,
			   struct cm_error *error);

/*
 * Answer @query, in WQL, with the objects that WMI's Storage Volume Provider
 * would have given in one installation: number @installation of the report, or
 * -1 for the first.  They are written in @shape: "list", the default where it
 * is NULL, or another that cm_query_shape() names; *@ret_count, which may be
 * NULL, is how many they are.  0; negative where the query is wrong (the error
 * says at which character), the shape or the installation is unknown, @m was
 * not analysed, memory is out or @write stopped.
 *
 * Some properties take more of a volume than the analysis has read.  What is
 * found then comes behind the findings of the analysis, and counts in
 * cm_machine_outcome().
 */
CM_API int cm_query(const struct cm_machine *m, const char *query,
		    const char *shape, int installation, cm_write_fn *write,
		    void *ctx, size_t *ret_count, struct cm_error *error);

/* What is wrong with @query that can be told without a machine: its spelling,
 * its classes, its properties and their types.  0, or negative.  */
CM_API int cm_query_check(const char *query, struct cm_error *error);

/* The name and the purpose of shape number @i, from 0; false where there is no
 * more.  */
CM_API bool cm_query_shape(size_t i, const char **ret_name,
			   const char **ret_purpose);

/*
 * --- records ---
 *
 * What a program most often asks of a machine, one struct a record; the rest is
 * in the reports.  A record is called by its index, from 0: a report calls that
 * of a volume "volume3".  Texts are UTF-8, never escaped, and NULL where there
 * is none; a unit of UTF-16 that has no UTF-8 form is written <U+D800>.  Later
 * versions add members at the end of these structs.
 */
#define CM_NONE SIZE_MAX	/* no such record */

/* A place in the evidence.  */
struct cm_citation {
	size_t image;		/* number of the image */
	uint64_t offset, length;	/* bytes, in the disk that it holds */
	const char *structure;	/* "gpt entry", "vk" */
	const char *file;	/* path of the file that it lies in, or NULL */
	bool encrypted;		/* the fact is one of the plain text there */
	bool compressed;	/* of what the bytes there unpack to */
};
struct cm_citations {
	const struct cm_citation *list;
	size_t n;
};

struct cm_disk {
	unsigned number;	/* PhysicalDrive number */
	const char *number_basis;	/* "given", "recorded", "assumed" */
	const char *image;	/* name of its file */
	uint64_t size;		/* bytes */
	unsigned sector_size;	/* bytes; 0: unknown */
	const char *scheme;	/* "mbr", "gpt", "none" */
	const char *signature;	/* of an MBR, "0dd0bde1" */
	const char *guid;	/* of a GPT */
	size_t first_partition, n_partitions;
	struct cm_citations citations;
};

struct cm_partition {
	size_t disk;
	unsigned number;	/* as IOCTL_STORAGE_GET_DEVICE_NUMBER's */
	uint64_t offset, length;	/* bytes */
	const char *type;	/* "07", or a GUID */
	const char *guid, *name;	/* of a GPT */
	size_t volume;		/* CM_NONE: none that can be mounted */
	struct cm_citations citations;
};

struct cm_extent {
	size_t disk;
	uint64_t offset, length;	/* bytes */
};

/* A part of a dynamic volume whose disk is not in this evidence, as the
 * database of its group has it.  Where the data of that disk begin only it
 * says.  */
struct cm_missing_extent {
	size_t index;		/* its place among the volume's extents and
				 * these, in the order in which Windows gives
				 * them */
	uint64_t data_offset, length;	/* bytes, from the start of the data */
	const char *disk_name, *disk_guid;	/* "Disk5"; NULL: unknown */
};

/* A path by which an installation (CM_NONE: somebody else) reaches a volume:
 * "C:\", "C:\Mount\Data\".  */
struct cm_access_path {
	size_t installation;
	const char *path;
};

struct cm_volume {
	const char *kind;	/* "partition", "ldm", "whole-disk", ... */
	size_t partition;	/* CM_NONE: it is not one partition */
	const struct cm_extent *extents;
	size_t n_extents;
	const char *file_system;	/* "NTFS", "FAT32" */
	const char *label;
	const char *serial;	/* "A1B2-C3D4" */
	const char *const *names;	/* "\\?\Volume{...}\", the preferred
					 * one first */
	size_t n_names;
	const struct cm_access_path *paths;
	size_t n_paths;
	const struct cm_missing_extent *missing;
	size_t n_missing;
};

struct cm_installation {
	size_t volume;		/* CM_NONE: of hives that lie in none */
	const char *system_root;	/* "\Windows" */
	const char *computer_name, *product_name, *build;
	struct cm_citations citations;
};

/* A value of MountedDevices.  */
struct cm_name {
	size_t installation;
	const char *name;	/* "\DosDevices\C:" */
	const char *presence;	/* "both", "before-replay", "after-replay",
				 * "deleted" */
	bool in_force;		/* no history */
	size_t volume;		/* CM_NONE: it leads to no one volume here */
	const char *tier, *certainty;	/* as in the reports */
	struct cm_citations citations;
};

struct cm_mount_point {
	size_t installation;	/* CM_NONE: in no installation's namespace */
	bool deleted;
	size_t host_volume;	/* of a directory; CM_NONE: of a letter */
	const char *path;	/* in it */
	const char *directory;	/* "C:\Mount\Data"; NULL: it has none */
	const char *target;	/* "\??\Volume{...}\" */
	size_t volume;		/* CM_NONE: it leads to no one volume here */
	const char *tier, *certainty;	/* as in the reports */
	struct cm_citations citations;
};

struct cm_records;

/* The records of @m, which was analysed and must outlive them.  0, or negative
 * when it was not, or out of memory.  */
CM_API int cm_records_new(const struct cm_machine *m, struct cm_records **ret,
			  struct cm_error *error);
CM_API void cm_records_free(struct cm_records *r);	/* NULL is allowed */

/* Record number @i, from 0; NULL where there is no more.  It lives as long as
 * @r.  */
CM_API const struct cm_disk *cm_disk_at(const struct cm_records *r, size_t i);
CM_API const struct cm_partition *cm_partition_at(const struct cm_records *r,
						  size_t i);
CM_API const struct cm_volume *cm_volume_at(const struct cm_records *r,
					    size_t i);
CM_API const struct cm_installation *
cm_installation_at(const struct cm_records *r, size_t i);
CM_API const struct cm_name *cm_name_at(const struct cm_records *r, size_t i);
CM_API const struct cm_mount_point *
cm_mount_point_at(const struct cm_records *r, size_t i);
/*
 * Say where @target leads in one installation, number @installation of the
 * report or -1 for the first: the volume, the partition and the disk; for a
 * path, the links and mounted folders on the way, the file's record and its
 * bytes in the images; for a byte of a disk, the file that has it; and every
 * path that leads or led to the place.  Where a target may mean several places,
 * all are told, each with its certainty; what is not found is told, too, with
 * how far the path came.  Written in @shape: "text", the default where it is
 * NULL, or "json".  *@ret_count, which may be NULL, is how many places were
 * found.  0; negative where the target has no known form (the error says at
 * which character), the shape or the installation is unknown, @m was not
 * analysed, memory is out or @write stopped.  It reads the evidence, so that
 * of calls with one machine only one runs at a time.
 */
CM_API int cm_resolve(const struct cm_machine *m, const char *target,
		      const char *shape, int installation, cm_write_fn *write,
		      void *ctx, size_t *ret_count, struct cm_error *error);

/* What is wrong with @target that can be told without a machine.  0, or
 * negative.  */
CM_API int cm_target_check(const char *target, struct cm_error *error);

/* Form number @i of a target, from 0, "\\?\Volume{GUID}\dir"; false where
 * there is no more.  */
CM_API bool cm_target_form(size_t i, const char **ret_form);

/* The name and the purpose of shape number @i of cm_resolve(), from 0; false
 * where there is no more.  */
CM_API bool cm_resolve_shape(size_t i, const char **ret_name,
			     const char **ret_purpose);

/* --- what IOCTLs would have said ------------------------------------------ */

/*
 * The partition table of a disk as IOCTL_DISK_GET_DRIVE_LAYOUT_EX gives it, a
 * DRIVE_LAYOUT_INFORMATION_EX.  @disk is its PhysicalDrive number, "disk0",
 * "\\.\PhysicalDrive0", the signature of its MBR in eight digits, the GUID
 * of its GPT, or what names a volume or partition on it.  @shape:
 *
 *	"text"		for people; the default, where it is NULL
 *	"json"		the fields as winioctl.h calls them, where they lie, and
 *			which of them the registry or the partition manager's
 *			log has otherwise ($defs/layoutAnswer of the schema)
 *	"binary"	the bytes, as a 64-bit process gets them
 *	"cached"	the same without numbers of partitions, as the registry
 *			keeps them in PartitionTableCache
 *
 * Text and JSON tell of each disk that may be meant, and *@ret_count, which may
 * be NULL, is how many; bytes are those of one.  @o may be NULL.  0; negative
 * where @disk is not understood, none is meant (CM_ERROR_NOT_FOUND), several
 * are and bytes were asked for, the shape or the installation is unknown, @m
 * was not analysed, memory is out or @write stopped.
 */
CM_API int cm_layout(const struct cm_machine *m, const char *disk,
		     const char *shape, const struct cm_report_options *o,
		     cm_write_fn *write, void *ctx, size_t *ret_count,
		     struct cm_error *error);

/* What is wrong with @disk, or with the target of a call below, that can be
 * told without a machine.  0, or negative.  */
CM_API int cm_layout_check(const char *disk, struct cm_error *error);

/* PARTITION_STYLE.  */
enum cm_partition_style {
	CM_STYLE_MBR, CM_STYLE_GPT, CM_STYLE_RAW
};

/* The head of a layout: members of another style are zero.  GUIDs are as they
 * are stored, their first three fields in little-endian order.  */
struct cm_drive_layout {
	uint32_t partition_style;	/* enum cm_partition_style */
	uint32_t partition_count;	/* slots, used or not */
	uint32_t signature, checksum;	/* MBR */
	uint8_t disk_id[16];		/* GPT */
	uint64_t starting_usable_offset, usable_length;	/* GPT: bytes */
	uint32_t max_partition_count;	/* GPT */
};

/* A slot of it.  */
struct cm_drive_partition {
	uint64_t starting_offset, partition_length;	/* bytes */
	uint32_t partition_number;	/* from 1; 0: unused, or no partition */
	uint8_t mbr_type;		/* MBR; 0: unused */
	bool boot_indicator, recognized;	/* MBR */
	uint32_t hidden_sectors;	/* MBR */
	uint8_t type[16];		/* GPT */
	uint8_t partition_id[16];
	uint64_t attributes;		/* GPT */
	uint16_t name[36];		/* GPT: UTF-16 */
};

/*
 * The same as structs.  @disk is the index of a disk, N of "diskN" in a report.
 * The first @n slots are put into @partitions, which may be NULL if @n is 0;
 * ret->partition_count says how many there are.  0; negative where there is no
 * such disk, @m was not analysed or memory is out.
 */
CM_API int cm_drive_layout(const struct cm_machine *m, size_t disk,
			   struct cm_drive_layout *ret,
			   struct cm_drive_partition *partitions, size_t n,
			   struct cm_error *error);

/*
 * The STORAGE_DEVICE_NUMBER that IOCTL_STORAGE_GET_DEVICE_NUMBER gives of
 * @target, and the volumes that have it, with all their names.  @target is a
 * volume: "C:", "\\?\Volume{GUID}\", a GUID, a mounted folder or any path, by
 * the volume that it leads to; or a partition: "0:2",
 * "\Device\Harddisk0\Partition2", "disk0/partition2", or WMI's "Disk #0,
 * Partition #1", which counts otherwise; or a disk as in cm_layout().  Where it
 * may mean several, each is told, with its tier and certainty.  A dynamic
 * volume has no number: the error that Windows gives is told, and where the
 * volume lies.  @shape: "text", the default where it is NULL, or "json"
 * ($defs/deviceNumberAnswer of the schema).  *@ret_count, which may be NULL, is
 * how many are told.  @o may be NULL.  0; negative where @target is not
 * understood, means nothing here (CM_ERROR_NOT_FOUND), the shape or the
 * installation is unknown, @m was not analysed, memory is out or @write
 * stopped.  A path is read from the evidence: of such calls with one machine
 * only one runs at a time.
 */
CM_API int cm_device_number(const struct cm_machine *m, const char *target,
			    const char *shape,
			    const struct cm_report_options *o,
			    cm_write_fn *write, void *ctx, size_t *ret_count,
			    struct cm_error *error);

/* One thing that a target may mean.  */
struct cm_storage_device {
	uint32_t error;		/* with which the call fails on Windows: 1, of a
				 * dynamic volume; 2, of what Windows does not
				 * show; else 0 */
	/* Where it is 0: */
	uint32_t device_type;	/* 7, FILE_DEVICE_DISK; 2, FILE_DEVICE_CD_ROM */
	uint32_t device_number;	/* UINT32_MAX: not known */
	uint32_t partition_number;	/* 0: a whole disk; UINT32_MAX: it can
					 * have none */
	/* Indexes in the report; SIZE_MAX: there is no such.  */
	size_t volume, partition, disk;
	const char *tier;	/* as in a report; NULL: no name was resolved */
	const char *certainty;	/* both are static */
};

/* The same as structs: the first @n of *@ret_count, which may be NULL, are put
 * into @list, which may be NULL if @n is 0.  Fails as cm_device_number()
 * does.  */
CM_API int cm_storage_devices(const struct cm_machine *m, const char *target,
			      const struct cm_report_options *o,
			      struct cm_storage_device *list, size_t n,
			      size_t *ret_count, struct cm_error *error);

/*
 * The VOLUME_DISK_EXTENTS that IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS gives of
 * the volume @target, or of those that lie in the partition or on the disk
 * @target, in its order.  @shape: "text", the default where it is NULL, "json"
 * ($defs/extentsAnswer of the schema) or "binary", the bytes as a 64-bit
 * process gets them, which are those of one volume of which all disks are here.
 * All else as in cm_device_number(); as structs, extents are in the records.
 */
CM_API int cm_extents(const struct cm_machine *m, const char *target,
		      const char *shape, const struct cm_report_options *o,
		      cm_write_fn *write, void *ctx, size_t *ret_count,
		      struct cm_error *error);

/* A link or a mounted folder on the way.  */
struct cm_place_hop {
	const char *kind;	/* "mount-point", "junction", "symlink" */
	size_t volume;		/* on which it lies */
	const char *path;	/* there */
	uint64_t mft_record;
	const char *target;	/* as it is stored */
	size_t leads_to;	/* a volume; CM_NONE: none of this evidence */
	const char *tier, *certainty;	/* as in the reports */
	struct cm_citations citations;
};

/* A piece of a file: whole clusters, unless it is resident in its record.  */
struct cm_file_extent {
	uint64_t file_offset, length;	/* bytes */
	bool stored;		/* else it is a hole: see zeros */
	bool copy;		/* on the other side of a mirror */
	size_t disk, image;	/* CM_NONE: it is in no image */
	uint64_t offset;	/* in the disk that the image holds */
	bool encrypted;		/* by BitLocker */
	bool zeros;		/* a hole that reads as zeros; others were saved
				 * by compression, or a driver fills them, as of
				 * a file with a reparse point */
};

struct cm_place_path {
	const char *path;
	bool live;		/* of the map, and something is there */
	const char *basis;	/* "map", "older-hive", ... */
	size_t installation;	/* CM_NONE: in the namespace of none */
	const char *time;	/* ISO 8601; NULL: not told */
	const char *tier, *certainty;	/* NULL: no name was resolved */
	struct cm_citations citations;
};

/* What a target may mean; members as in the reports ($defs/place of
 * docs/resolve.schema.json).  */
struct cm_place {
	size_t volume, partition, disk;	/* CM_NONE: there is none */
	const char *tier, *certainty, *why;
	bool found;
	const char *end, *reason;	/* how a path ended, and why */
	const char *path, *rest;	/* as far as it was found; what not */
	const struct cm_place_hop *hops;
	size_t n_hops;
	bool has_file;		/* what these are of: */
	uint64_t mft_record;
	unsigned sequence;
	bool is_directory;
	bool has_data;		/* and these: */
	const char *stream;	/* NULL: the unnamed one */
	uint64_t size;		/* bytes */
	bool is_resident, is_compressed, is_sparse;
	bool is_encrypted;	/* by EFS */
	const struct cm_file_extent *extents;
	size_t n_extents;
	bool has_offset;	/* of a byte of a disk: */
	uint64_t volume_offset;
	const struct cm_place_path *paths;	/* live ones first */
	size_t n_paths;
	struct cm_citations citations;
	uint64_t initialised;	/* bytes of data; from there to the size they
				 * read as zeros, whatever is stored */
};

struct cm_places;

/* What cm_resolve() writes, as structs.  @m must outlive them.  */
CM_API int cm_places_new(const struct cm_machine *m, const char *target,
			 int installation, struct cm_places **ret,
			 struct cm_error *error);
CM_API void cm_places_free(struct cm_places *p);	/* NULL is allowed */

/* Place number @i, from 0; NULL where there is no more.  It lives as long as
 * @p.  */
CM_API const struct cm_place *cm_place_at(const struct cm_places *p, size_t i);

/* Why there is no place; NULL where there is one.  */
CM_API const char *cm_places_reason(const struct cm_places *p);

enum cm_severity { CM_INFO, CM_WARNING, CM_ERROR };

/*
 * Finding number @i, from 0, as one line "CM0101: ..." in @buf of @n bytes (cut
 * there if need be), with whatever a terminal would obey made visible.  False
 * where there is no more.
 */
CM_API bool cm_finding(const struct cm_machine *m, size_t i,
		       enum cm_severity *ret_severity, char *buf, size_t n);

/* The name and the purpose of report format number @i, from 0; false where
 * there is no more.  */
CM_API bool cm_report_format(size_t i, const char **ret_name,
			     const char **ret_purpose);

/* "coldmount/1": the schema of the JSON reports.  */
CM_API const char *cm_schema(void);

/* CM_VERSION of the library that is linked.  */
CM_API const char *cm_version(void);

/* Name and version of the @i-th library that coldmount was linked with, from 0;
 * false where there is no more.  */
CM_API bool cm_library_version(size_t i, const char **ret_name,
			       const char **ret_version);

#ifdef __cplusplus
}
#endif

#endif /* COLDMOUNT_COLDMOUNT_H */
