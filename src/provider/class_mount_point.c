/*
 * class_mount_point.c - Win32_MountPoint, and the directories that it names
 *
 * The root of a volume with a letter is mounted like any folder.  Of
 * directories only those are objects in which something is mounted.
 */
#include <string.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "provider/classes.h"

static const struct mounted_directory *directory_of(const struct cim_object *o)
{
	return &o->provider->directories[o->index];
}

static struct cim_object to_directory(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_directory, o->index };
}

static struct cim_object to_volume(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_volume,
				    directory_of(o)->volume };
}

static size_t count(const struct provider *p)
{
	return p->n_directories;
}

static const struct cim_property mount_point_properties[] = {
	REFERENCE_KEY("Directory", "Win32_Directory", to_directory,
		      "MountedDevices; $Extend\\$Reparse, the $MFT"),
	REFERENCE_KEY("Volume", "Win32_Volume", to_volume,
		      "the volume that the name there leads to"),
};

const struct cim_class class_mount_point = {
	.name = "Win32_MountPoint",
	.ancestors = "",
	.space = "root\\cimv2",
	.association = true,
	.properties = mount_point_properties,
	.n_properties = ARRAY_LENGTH(mount_point_properties),
	.count = count,
};

/* --- Win32_Directory ------------------------------------------------------ */

static bool is_root(const struct cim_object *o)
{
	return o->provider->model->mounts[directory_of(o)->mount].kind ==
	       MOUNT_DRIVE_ROOT;
}

static void get_name(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, directory_of(o)->name);
}

/* What follows the last backslash; of a root "".  */
static const char *last_part(const char *name)
{
	return strrchr(name, '\\') == NULL ? "" : strrchr(name, '\\') + 1;
}

static void get_drive(const struct cim_object *o, struct cim_value *v)
{
	const char *name = directory_of(o)->name;

	if (name[0] != '\0' && name[1] == ':')
		cim_set_string(v, letter_device_id(o->provider, name[0]));
}

/* Up to the last point, and behind it.  */
static void get_file_name(const struct cim_object *o, struct cim_value *v)
{
	const char *last = last_part(directory_of(o)->name);
	const char *point = strrchr(last, '.');
	size_t n = point != NULL ? (size_t)(point - last) : strlen(last);

	cim_set_string(v, arena_printf(o->provider->arena, "%.*s", (int)n,
				       last));
}

static void get_extension(const struct cim_object *o, struct cim_value *v)
{
	const char *point = strrchr(last_part(directory_of(o)->name), '.');

	cim_set_string(v, point != NULL ? point + 1 : "");
}

/* The directory that it lies in, without its letter: "\Mount\".  */
static void get_path(const struct cim_object *o, struct cim_value *v)
{
	const char *name = directory_of(o)->name;
	const char *last = last_part(name);

	if (is_root(o) || name[1] != ':')
		return;
	cim_set_string(v, arena_printf(o->provider->arena, "%.*s",
				       (int)(last - name - 2), name + 2));
}

/* @path in @volume, "\\Mount\\Data", by the short names that its directories
 * have; NULL where one of them cannot be read.  */
static const char *short_path(const struct provider *p, size_t volume,
			      const char *path)
{
	struct ntfs *n = machine_volume_ntfs(p->machine, volume);
	ntfs_ref dir = NTFS_ROOT, ref;
	const char *ret = "";

	if (n == NULL || path[0] != '\\')
		return NULL;
	for (const char *at = path; *at == '\\'; dir = ref) {
		size_t end = 1 + strcspn(at + 1, "\\");
		struct text name = { 0 };
		const char *upto = arena_printf(p->arena, "%.*s",
						(int)(at - path) + (int)end,
						path);
		int r;

		if (upto == NULL || ntfs_find_path(n, upto, &ref, NULL) < 0)
			return NULL;
		r = ntfs_short_name(n, ref, dir, &name, NULL);
		if (r < 0 && r != ERR_NOT_FOUND)
			return NULL;
		ret = name.utf8 != NULL ?
		      arena_printf(p->arena, "%s\\%s", ret, name.utf8) :
		      arena_printf(p->arena, "%s%.*s", ret, (int)end, at);
		at += end;
	}
	return ret;
}

/* In small letters, as the documentation has it of all of it.  */
static void set_lower(const struct cim_object *o, const char *s,
		      struct cim_value *v)
{
	char *lower = s == NULL ? NULL : arena_strdup(o->provider->arena, s);

	for (char *c = lower; c != NULL && *c != '\0'; c++)
		*c = ascii_lower(*c);
	cim_set_string(v, lower);
}

/* In front of the path in its volume a name has a letter or the volume's name;
 * of a folder there the short name is not looked for.  */
static void get_short_name(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;
	const struct mounted_directory *d = directory_of(o);
	const struct machine_mount *m = &p->model->mounts[d->mount];
	size_t all = strlen(d->name);
	size_t n = m->path.utf8 != NULL ? strlen(m->path.utf8) : 0;
	const char *path;

	if (is_root(o)) {
		set_lower(o, d->name, v);
		return;
	}
	if (n == 0 || n >= all ||
	    strcmp(d->name + all - n, m->path.utf8) != 0 ||
	    (all - n > strlen("C:") && d->name[all - n - 1] != '}'))
		return;
	path = short_path(p, m->host_volume, m->path.utf8);
	if (path != NULL)
		set_lower(o, arena_printf(p->arena, "%.*s%s", (int)(all - n),
					  d->name, path), v);
}

static void get_file_type(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, is_root(o) ? "Local Disk" : "File Folder");
}

static void get_fs_class(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_string(v, "Win32_FileSystem");
}

/* The file system that the directory itself lies in.  */
static void get_fs_name(const struct cim_object *o, struct cim_value *v)
{
	size_t host = o->provider->model->mounts[directory_of(o)->mount]
			      .host_volume;

	cim_set_string(v, volume_file_system(o->provider, is_root(o) ?
					     directory_of(o)->volume : host));
}

/* Of the directory itself, not of what is mounted in it.  */
static bool information(const struct cim_object *o,
			struct standard_information *ret)
{
	const struct mounted_directory *d = directory_of(o);
	const struct machine_mount *m = &o->provider->model->mounts[d->mount];

	return is_root(o) ?
	       file_information(o->provider, d->volume, NTFS_ROOT, ret) :
	       file_information(o->provider, m->host_volume, m->ref, ret);
}

static void get_attribute(const struct cim_object *o, uint32_t attribute,
			  struct cim_value *v)
{
	struct standard_information si;

	if (information(o, &si))
		cim_set_boolean(v, (si.attributes & attribute) != 0);
}

static void get_archive(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, ATTRIBUTE_ARCHIVE, v);
}

static void get_compressed(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, ATTRIBUTE_COMPRESSED, v);
}

static void get_encrypted(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, ATTRIBUTE_ENCRYPTED, v);
}

static void get_hidden(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, ATTRIBUTE_HIDDEN, v);
}

static void get_system(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, ATTRIBUTE_SYSTEM, v);
}

static void get_created(const struct cim_object *o, struct cim_value *v)
{
	struct standard_information si;

	if (information(o, &si))
		cim_set_time(o->provider, v, si.created);
}

static void get_accessed(const struct cim_object *o, struct cim_value *v)
{
	struct standard_information si;

	if (information(o, &si))
		cim_set_time(o->provider, v, si.accessed);
}

static void get_modified(const struct cim_object *o, struct cim_value *v)
{
	struct standard_information si;

	if (information(o, &si))
		cim_set_time(o->provider, v, si.modified);
}

#define SPELLING "spelling of Name"
#define ATTRIBUTES "$STANDARD_INFORMATION of the directory itself"

static const struct cim_property directory_properties[] = {
	UNKNOWN("AccessMask", CIM_UINT32,
		"rights of the account that asks"),
	PROPERTY("Archive", CIM_BOOLEAN, get_archive, ATTRIBUTES),
	PROPERTY("Caption", CIM_STRING, get_name, "as Name"),
	PROPERTY("Compressed", CIM_BOOLEAN, get_compressed, ATTRIBUTES),
	UNKNOWN("CompressionMethod", CIM_STRING, NEVER_FILLED),
	PROPERTY("CreationClassName", CIM_STRING, get_class_name, "the class"),
	PROPERTY("CreationDate", CIM_DATETIME, get_created, ATTRIBUTES),
	PROPERTY("CSCreationClassName", CIM_STRING, get_computer_system,
		 "the class of computers"),
	PROPERTY("CSName", CIM_STRING, get_host, "Control\\ComputerName"),
	PROPERTY("Description", CIM_STRING, get_name, "as Name"),
	PROPERTY("Drive", CIM_STRING, get_drive, SPELLING),
	PROPERTY("EightDotThreeFileName", CIM_STRING, get_short_name,
		 "Name, of each directory the short name in the $MFT if it "
		 "has one, in small letters"),
	PROPERTY("Encrypted", CIM_BOOLEAN, get_encrypted, ATTRIBUTES),
	UNKNOWN("EncryptionMethod", CIM_STRING, NEVER_FILLED),
	PROPERTY("Extension", CIM_STRING, get_extension, SPELLING),
	PROPERTY("FileName", CIM_STRING, get_file_name, SPELLING),
	UNKNOWN("FileSize", CIM_UINT64, "directories have none"),
	PROPERTY("FileType", CIM_STRING, get_file_type,
		 "whether it is a root"),
	PROPERTY("FSCreationClassName", CIM_STRING, get_fs_class,
		 "the class of file systems"),
	PROPERTY("FSName", CIM_STRING, get_fs_name,
		 "boot sector of the volume that it lies on"),
	PROPERTY("Hidden", CIM_BOOLEAN, get_hidden, ATTRIBUTES),
	PROPERTY("InstallDate", CIM_DATETIME, get_created, ATTRIBUTES),
	UNKNOWN("InUseCount", CIM_UINT64, STATE_OF_RUNNING),
	PROPERTY("LastAccessed", CIM_DATETIME, get_accessed, ATTRIBUTES),
	PROPERTY("LastModified", CIM_DATETIME, get_modified, ATTRIBUTES),
	KEY("Name", CIM_STRING, get_name,
	    "MountedDevices; $Extend\\$Reparse, the $MFT"),
	PROPERTY("Path", CIM_STRING, get_path, SPELLING),
	UNKNOWN("Readable", CIM_BOOLEAN, "rights of the account that asks"),
	UNKNOWN("Status", CIM_STRING, STATE_OF_RUNNING),
	PROPERTY("System", CIM_BOOLEAN, get_system, ATTRIBUTES),
	UNKNOWN("Writeable", CIM_BOOLEAN, "rights of the account that asks"),
};

const struct cim_class class_directory = {
	.name = "Win32_Directory",
	.ancestors = "CIM_Directory CIM_LogicalFile CIM_LogicalElement "
		     "CIM_ManagedSystemElement",
	.space = "root\\cimv2",
	.properties = directory_properties,
	.n_properties = ARRAY_LENGTH(directory_properties),
	.count = count,
};
