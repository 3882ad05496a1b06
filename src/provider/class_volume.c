/*
 * class_volume.c - Win32_Volume: all volumes that Windows could mount
 *
 * Source: Microsoft's documentation of the class, and what live hosts print.
 */
#include "base/ascii.h"
#include "format/partition_type.h"
#include "provider/classes.h"
#include "provider/device_facts.h"

static const struct machine_volume *volume_of(const struct cim_object *o)
{
	return &o->provider->model->volumes[o->index];
}

char volume_letter(const struct provider *p, size_t volume)
{
	for (size_t i = 0; i < p->n_letters; i++)
		if (p->letters[i].volume == volume)
			return p->letters[i].letter;
	return 0;
}

static void get_automount(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;
	const struct policy_value *no;

	if (p->installation == NONE)
		return;
	no = &p->model->installations[p->installation].policy.no_automount;
	cim_set_boolean(v, !no->is_set || no->value == 0);
}

static void get_block_size(const struct cim_object *o, struct cim_value *v)
{
	if (volume_of(o)->identity.cluster_size != 0)
		cim_set_integer(v, volume_of(o)->identity.cluster_size);
}

static void get_boot_volume(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;

	if (p->installation != NONE)
		cim_set_boolean(v, p->model->installations[p->installation]
				       .volume == o->index);
}

static void get_capacity(const struct cim_object *o, struct cim_value *v)
{
	if (volume_of(o)->identity.capacity != 0)
		cim_set_integer(v, volume_of(o)->identity.capacity);
}

/* Of the root directory, whether @attribute is set.  */
static bool root_attribute(const struct cim_object *o, uint32_t attribute,
			   bool *ret)
{
	struct standard_information si;

	if (!file_information(o->provider, o->index, NTFS_ROOT, &si))
		return false;
	*ret = (si.attributes & attribute) != 0;
	return true;
}

static void get_compressed(const struct cim_object *o, struct cim_value *v)
{
	bool set;

	if (root_attribute(o, ATTRIBUTE_COMPRESSED, &set))
		cim_set_boolean(v, set);
}

static void get_indexing(const struct cim_object *o, struct cim_value *v)
{
	bool set;

	if (root_attribute(o, ATTRIBUTE_NOT_CONTENT_INDEXED, &set))
		cim_set_boolean(v, !set);
}

/* Whether @path is on the volume: a negative error where it is not, or cannot
 * be looked for.  */
static int find_file(const struct cim_object *o, const char *path)
{
	struct ntfs *n = machine_volume_ntfs(o->provider->machine, o->index);
	ntfs_ref ref;

	return n != NULL ? ntfs_find_path(n, path, &ref, NULL) :
			   ERR_UNSUPPORTED;
}

/* The path in the volume of "\??\C:\pagefile.sys", if that is the volume's
 * letter; NULL.  */
static const char *path_here(const struct cim_object *o, const char *file)
{
	const char *letter = ascii_after(file, "\\??\\");
	const struct provider *p = o->provider;

	for (size_t i = 0; letter != NULL && i < p->n_letters; i++)
		if (p->letters[i].volume == o->index &&
		    ascii_after(letter, letter_device_id(
				p, p->letters[i].letter)) != NULL)
			return letter + 2;
	return NULL;
}

/* Another Windows may have left a page file in a volume, so that Windows' own
 * list goes before what lies there.  */
static void get_page_file(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;
	const struct mount_policy *policy = p->installation == NONE ? NULL :
		&p->model->installations[p->installation].policy;
	int r = ERR_NOT_FOUND;

	if (policy == NULL || !policy->has_page_files) {
		r = find_file(o, "\\pagefile.sys");
	} else {
		for (size_t i = 0; i < policy->n_page_files && r != 0; i++) {
			const char *path = path_here(
				o, policy->page_files[i].utf8);

			if (path != NULL)
				r = find_file(o, path);
		}
		/* What cannot be read has the file that is listed.  */
		if (r != ERR_NOT_FOUND)
			r = 0;
	}
	if (r == 0 || r == ERR_NOT_FOUND)
		cim_set_boolean(v, r == 0);
}

/* Whether the firmware would start from the partition of @volume.  */
static bool may_start(const struct provider *p, size_t volume)
{
	const struct machine_volume *v = &p->model->volumes[volume];
	const struct machine_partition *part;

	if (v->partition == NONE)
		return false;
	part = &p->model->partitions[v->partition];
	return p->model->disks[part->disk].table.scheme == SCHEME_GPT ?
	       guid_equal(&part->entry->type_guid, &GPT_TYPE_EFI_SYSTEM) :
	       part->entry->active;
}

/* Of several from which the firmware could start, which one it was, is nowhere
 * on them; nor is it where the disk with Windows is not here.  */
static void get_system_volume(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;
	size_t n = 0;

	for (size_t i = 0; i < p->model->n_volumes; i++)
		n += may_start(p, i);
	if (!may_start(p, o->index))
		cim_set_boolean(v, false);
	else if (n == 1 && p->installation != NONE &&
		 p->model->installations[p->installation].volume != NONE)
		cim_set_boolean(v, true);
}

static void get_device_id(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, provider_volume_name(o->provider, o->index));
}

static void get_name(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, provider_volume_path(o->provider, o->index));
}

static void get_dirty(const struct cim_object *o, struct cim_value *v)
{
	const struct volume_identity *id = &volume_of(o)->identity;

	if (volume_of(o)->is_ntfs)
		cim_set_boolean(v, volume_of(o)->ntfs.dirty);
	else if (id->has_dirty)
		cim_set_boolean(v, id->dirty);
}

static void get_letter(const struct cim_object *o, struct cim_value *v)
{
	char letter = volume_letter(o->provider, o->index);

	if (letter != 0)
		cim_set_string(v, letter_device_id(o->provider, letter));
}

/* As GetDriveType() has them.  A volume without a table is most often on a
 * removable disk, which nothing on it says.  */
static void get_drive_type(const struct cim_object *o, struct cim_value *v)
{
	switch (volume_media(o->provider, o->index)) {
	case MEDIA_REMOVABLE:
		cim_set_integer(v, 2);
		break;
	case MEDIA_FIXED:
		cim_set_integer(v, 3);
		break;
	case MEDIA_UNSAID:
	case MEDIA_DISPUTED:
		break;
	}
}

static void get_file_system(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, volume_file_system(o->provider, o->index));
}

static void get_free_space(const struct cim_object *o, struct cim_value *v)
{
	uint64_t n;

	if (provider_free_clusters(o->provider, o->index, &n))
		cim_set_integer(v, n * volume_of(o)->identity.cluster_size);
}

/* Of the volume's state of quotas, whether one of @flags is set.  */
static void get_quota_flags(const struct cim_object *o, uint32_t flags,
			    struct cim_value *v)
{
	const struct ntfs_quotas *q = volume_of(o)->quotas;

	if (q != NULL && q->defaults != NULL)
		cim_set_boolean(v, (q->defaults->quota.flags & flags) != 0);
}

static void get_quotas_enabled(const struct cim_object *o, struct cim_value *v)
{
	get_quota_flags(o, QUOTA_TRACKING | QUOTA_ENFORCEMENT, v);
}

static void get_quotas_incomplete(const struct cim_object *o,
				  struct cim_value *v)
{
	get_quota_flags(o, QUOTA_OUT_OF_DATE | QUOTA_CORRUPT, v);
}

/* Tracking that is wanted, and is not there yet.  */
static void get_quotas_rebuilding(const struct cim_object *o,
				  struct cim_value *v)
{
	const struct ntfs_quotas *q = volume_of(o)->quotas;

	if (q != NULL && q->defaults != NULL)
		cim_set_boolean(v, (q->defaults->quota.flags &
				    (QUOTA_TRACKING_WANTED | QUOTA_TRACKING))
				   == QUOTA_TRACKING_WANTED);
}

static void get_label(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, volume_label(o->provider, o->index));
}

static void get_name_length(const struct cim_object *o, struct cim_value *v)
{
	if (volume_file_system(o->provider, o->index) != NULL)
		cim_set_integer(v, 255);
}

static void get_serial(const struct cim_object *o, struct cim_value *v)
{
	if (volume_of(o)->identity.has_serial)
		cim_set_integer(v, volume_of(o)->identity.serial);
}

static bool is_ntfs(const struct cim_object *o)
{
	return volume_of(o)->identity.kind == FS_NTFS;
}

static void get_supports_quotas(const struct cim_object *o,
				struct cim_value *v)
{
	if (volume_file_system(o->provider, o->index) != NULL)
		cim_set_boolean(v, is_ntfs(o));
}

/* NTFS compresses runs of 16 clusters, of 4096 bytes at most.  */
static void get_supports_compression(const struct cim_object *o,
				     struct cim_value *v)
{
	if (volume_file_system(o->provider, o->index) != NULL)
		cim_set_boolean(v, is_ntfs(o) &&
				volume_of(o)->identity.cluster_size <= 4096);
}

#define BOOT_SECTOR "boot sector"
#define QUOTA "$Extend\\$Quota"

static const struct cim_property properties[] = {
	UNKNOWN("Access", CIM_UINT16, NEVER_FILLED),
	PROPERTY("Automount", CIM_BOOLEAN, get_automount,
		 "Services\\MountMgr: NoAutoMount"),
	UNKNOWN("Availability", CIM_UINT16, NEVER_FILLED),
	PROPERTY("BlockSize", CIM_UINT64, get_block_size, BOOT_SECTOR),
	PROPERTY("BootVolume", CIM_BOOLEAN, get_boot_volume,
		 "the volume that the installation lies on"),
	PROPERTY("Capacity", CIM_UINT64, get_capacity, BOOT_SECTOR),
	PROPERTY("Caption", CIM_STRING, get_name, "as Name"),
	PROPERTY("Compressed", CIM_BOOLEAN, get_compressed,
		 "root directory: attribute compressed"),
	UNKNOWN("ConfigManagerErrorCode", CIM_UINT32, STATE_OF_RUNNING),
	UNKNOWN("ConfigManagerUserConfig", CIM_BOOLEAN, STATE_OF_RUNNING),
	UNKNOWN("CreationClassName", CIM_STRING, NEVER_FILLED),
	UNKNOWN("Description", CIM_STRING, NEVER_FILLED),
	KEY("DeviceID", CIM_STRING, get_device_id,
	    "MountedDevices; else the GUID that Windows computes"),
	PROPERTY("DirtyBitSet", CIM_BOOLEAN, get_dirty,
		 "$Volume: volume flags; FAT and exFAT: boot sector"),
	PROPERTY("DriveLetter", CIM_STRING, get_letter, "MountedDevices"),
	PROPERTY("DriveType", CIM_UINT32, get_drive_type,
		 DRIVE_TYPE),
	UNKNOWN("ErrorCleared", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("ErrorDescription", CIM_STRING, NEVER_FILLED),
	UNKNOWN("ErrorMethodology", CIM_STRING, NEVER_FILLED),
	PROPERTY("FileSystem", CIM_STRING, get_file_system, BOOT_SECTOR),
	PROPERTY("FreeSpace", CIM_UINT64, get_free_space,
		 "clusters that are free: $Bitmap, the FAT, exFAT's bitmap"),
	PROPERTY("IndexingEnabled", CIM_BOOLEAN, get_indexing,
		 "root directory: attribute not set: not content indexed"),
	UNKNOWN("InstallDate", CIM_DATETIME, NEVER_FILLED),
	PROPERTY("Label", CIM_STRING, get_label,
		 "$Volume; the label entry of FAT and exFAT; descriptors of "
		 "UDF and CDFS"),
	UNKNOWN("LastErrorCode", CIM_UINT32, NEVER_FILLED),
	PROPERTY("MaximumFileNameLength", CIM_UINT32, get_name_length,
		 "255 in every file system of Windows"),
	PROPERTY("Name", CIM_STRING, get_name,
		 "the first path to it from a letter: its own, else a mounted "
		 "folder; else DeviceID"),
	UNKNOWN("NumberOfBlocks", CIM_UINT64, NEVER_FILLED),
	PROPERTY("PageFilePresent", CIM_BOOLEAN, get_page_file,
		 "Memory Management: ExistingPageFiles; without it "
		 "\\pagefile.sys"),
	UNKNOWN("PNPDeviceID", CIM_STRING, NEVER_FILLED),
	UNKNOWN_ARRAY("PowerManagementCapabilities", CIM_UINT16, NEVER_FILLED),
	UNKNOWN("PowerManagementSupported", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("Purpose", CIM_STRING, NEVER_FILLED),
	PROPERTY("QuotasEnabled", CIM_BOOLEAN, get_quotas_enabled,
		 QUOTA ": tracked or enforced"),
	PROPERTY("QuotasIncomplete", CIM_BOOLEAN, get_quotas_incomplete,
		 QUOTA ": out of date or corrupt"),
	PROPERTY("QuotasRebuilding", CIM_BOOLEAN, get_quotas_rebuilding,
		 QUOTA ": tracking is wanted, and not there yet"),
	PROPERTY("SerialNumber", CIM_UINT32, get_serial, BOOT_SECTOR),
	UNKNOWN("Status", CIM_STRING, NEVER_FILLED),
	UNKNOWN("StatusInfo", CIM_UINT16, NEVER_FILLED),
	PROPERTY("SupportsDiskQuotas", CIM_BOOLEAN, get_supports_quotas,
		 "the file system is NTFS"),
	PROPERTY("SupportsFileBasedCompression", CIM_BOOLEAN,
		 get_supports_compression,
		 "the file system is NTFS, in clusters of 4096 bytes at most"),
	UNKNOWN("SystemCreationClassName", CIM_STRING, NEVER_FILLED),
	PROPERTY("SystemName", CIM_STRING, get_host,
		 "Control\\ComputerName"),
	PROPERTY("SystemVolume", CIM_BOOLEAN, get_system_volume,
		 "the only active or EFI system partition of the evidence, "
		 "with Windows in it"),
};

static size_t count(const struct provider *p)
{
	return p->model->n_volumes;
}

const struct cim_class class_volume = {
	.name = "Win32_Volume",
	.ancestors = "CIM_StorageVolume CIM_StorageExtent CIM_LogicalDevice "
		     "CIM_LogicalElement CIM_ManagedSystemElement",
	.space = "root\\cimv2",
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count,
	.lists = provider_lists_volume,
};
