/*
 * disk_records.c - the keys of a SYSTEM hive that speak of disks
 *
 *   ControlSet00n\Enum\<bus>\<device>\<instance>
 *       FriendlyName, HardwareID, LocationInformation, ContainerID, Service
 *       Device Parameters\Partmgr    DiskId, PartitionTableCache, ...
 *       Properties\{83da6326-...}      times, the last known parent
 *   ControlSet00n\Enum\STORAGE, SWD\WPDBUSENUM, WpdBusEnumRoot    volumes
 *   ControlSet00n\Control\DeviceClasses    the interfaces of both
 *   ControlSet00n\Services\disk\Enum       numbers; of a running Windows only
 *   Setup\Upgrade\PnP\...\DeviceMigration    the same keys before an upgrade
 *
 * Times are the data of Properties\{...}\0064 to 0067, in Windows 7 that of
 * 00000064\00000000\Data.
 *
 * Of the hives of 8 to 16 MB that were tried, this reads 0.2 to 0.7 MB: buses
 * that have no disks are left out, and of other devices only the class is read.
 *
 * Sources: libyal winreg-kb "USB storage", "Current control set"; hives of
 * Windows 7, 8.1 and 10.
 */
#include "mountmgr/disk_records.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "mountmgr/findings.h"
#include "mountmgr/layout_check.h"
#include "mountmgr/lost_devices.h"
#include "mountmgr/lost_partmgr.h"
#include "mountmgr/record_values.h"
#include "registry/system.h"

/* Machines have tens of disks, those that test disks thousands.  What refers to
 * a record is looked for in all, so that these bound the time as well.  */
#define MAX_DEVICES 2048
#define MAX_VOLUMES 4096

/* Instances of all buses that are looked at; a machine has hundreds.  */
#define MAX_INSTANCES 65536

/* Records stand beside the rest of a report, within 256 MiB.  */
#define RECORDS_MAX_BYTES (120u << 20)

/* Windows keeps two to four beside the current one.  */
#define MAX_CONTROL_SETS 8

/* Of each control set, and of those whose keys are lost.  */
#define MAX_ENUMS 16

#define DISK_CLASS "{4d36e967-e325-11ce-bfc1-08002be10318}"
#define DISK_INTERFACES \
	"Control\\DeviceClasses\\{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
#define VOLUME_INTERFACES \
	"Control\\DeviceClasses\\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}"
#define DEVICE_PROPERTIES "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"
#define MIGRATION \
	"Setup\\Upgrade\\PnP\\CurrentControlSet\\Control\\" \
	"DeviceMigration\\Devices"

#define PARTMGR "Device Parameters\\Partmgr"

#define REG_SZ 1

struct reader {
	struct record_reader values;
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	struct disk_records out;
	struct lost_devices lost;
	struct lost_partmgr lost_partmgr;
	enum record_place place;
	size_t first_device, first_volume;	/* of this place */
	size_t n_instances;
	uint32_t sets[MAX_CONTROL_SETS + 2];	/* cells of those read */
	size_t n_sets;
	uint32_t enums[MAX_ENUMS];	/* likewise, of keys Enum */
	size_t n_enums;
	bool full;
};

/* A key on the way from Enum down to an instance.  */
struct level {
	struct reader *reader;
	const struct level *above;	/* NULL: Enum itself */
	const char *name;
};

/* Buses whose devices are never disks, and which have most of the keys.  */
static const char *const other_buses[] = {
	"ACPI", "ACPI_HAL", "BTH", "BTHENUM", "BTHLE", "DISPLAY", "FDC",
	"HDAUDIO", "HID", "HTREE", "LPTENUM", "PCI", "PCIIDE", "SW",
	"TS_USB_HUB_Enumerator", "UMB", "USB", "USBPRINT",
};

static bool is_other_bus(const char *bus)
{
	for (size_t i = 0; i < sizeof(other_buses) / sizeof(*other_buses); i++)
		if (ascii_compare(bus, other_buses[i]) == 0)
			return true;
	return false;
}

/* Whether there is no room for another record of a kind that has @n; others may
 * still have.  */
static bool is_full(struct reader *r, size_t n, size_t max)
{
	if (n < max && arena_bytes(r->arena) <= RECORDS_MAX_BYTES)
		return false;
	r->full = true;
	return true;
}

/* Count one more instance; false when no more are looked at.  */
static bool may_look(struct reader *r)
{
	if (r->n_instances++ < MAX_INSTANCES)
		return true;
	r->full = true;
	return false;
}

static struct text get_text(struct reader *r, const struct hive_key *k,
			    const char *name, struct cites *c)
{
	return record_text(&r->values, k, name, c);
}

/* The same, of a text that may be given as "@disk.inf,%name%;Microsoft Virtual
 * Disk": what stands behind the reference.  */
static struct text get_name(struct reader *r, const struct hive_key *k,
			    const char *name, struct cites *c)
{
	struct text t = get_text(r, k, name, c);
	const char *end;

	if (t.utf8 == NULL || t.utf8[0] != '@' || t.hex != NULL)
		return t;
	end = strrchr(t.utf8, ';');
	if (end != NULL && end[1] != '\0')
		t.utf8 = end + 1;
	return t;
}

/* The key that has the property @id of a device, and the name of its value: the
 * default value since Windows 8, Data before.  False: it has none.  */
static bool find_property(struct reader *r, const struct hive_key *properties,
			  unsigned id, struct hive_key *ret,
			  const char **ret_value)
{
	char name[32];

	*ret_value = "";
	snprintf(name, sizeof(name), "%04X", id);
	if (hive_find_key(r->hive, properties, name, ret, NULL) == 0)
		return true;
	*ret_value = "Data";
	snprintf(name, sizeof(name), "%08X\\00000000", id);
	return hive_find_key(r->hive, properties, name, ret, NULL) == 0;
}

static uint64_t time_property(struct reader *r,
			      const struct hive_key *properties, unsigned id,
			      struct cites *c)
{
	struct hive_key k;
	const char *value;
	char what[40];

	if (!find_property(r, properties, id, &k, &value))
		return 0;
	snprintf(what, sizeof(what), "The time in property %04X", id);
	return record_clock_time(&r->values, &k, value, what, c);
}

static void read_times(struct reader *r, const struct hive_key *properties,
		       struct device_times *t, struct cites *c)
{
	t->installed = time_property(r, properties, 0x64, c);
	t->first_installed = time_property(r, properties, 0x65,
					   &t->first_cites);
	t->last_arrival = time_property(r, properties, 0x66,
					&t->arrival_cites);
	t->last_removal = time_property(r, properties, 0x67,
					&t->removal_cites);
	cites_join(r->arena, c, &t->first_cites);
	cites_join(r->arena, c, &t->arrival_cites);
	cites_join(r->arena, c, &t->removal_cites);
}

static void read_properties(struct reader *r, const struct hive_key *instance,
			    struct device_record *d)
{
	struct hive_key k, parent;
	const char *value;

	if (hive_find_key(r->hive, instance, DEVICE_PROPERTIES, &k, NULL) < 0)
		return;
	read_times(r, &k, &d->times, &d->cites);
	if (find_property(r, &k, 0x0a, &parent, &value))
		d->parent = record_text(&r->values, &parent, value, &d->cites);
}

/* The table that is checked, and whose it is.  */
struct layout_of {
	struct reader *reader;
	const struct device_record *device;
};

static void layout_finding(struct reader *r, const struct device_record *d,
			   const char *what)
{
	struct diag *diag = diag_add(r->diags, &FINDING_PARTITION_TABLE_CACHE,
				     "PartitionTableCache of %s: %s.",
				     d->instance.utf8, what);

	if (diag != NULL)
		cites_join(r->diags->arena, &diag->cites, &d->layout_cites);
}

static void say_layout(void *ctx, bool unread, const char *text)
{
	struct layout_of *of = ctx;

	if (unread)
		layout_finding(of->reader, of->device, text);
	else
		record_finding(&of->reader->values, "PartitionTableCache",
			       text, &of->device->layout_cites);
}

static void read_layout(struct reader *r, const struct hive_key *partmgr,
			struct device_record *d)
{
	struct span s = record_data(&r->values, partmgr, "PartitionTableCache",
				    &d->layout_cites);
	char text[160];
	struct err e;

	if (s.p == NULL)
		return;
	cites_join(r->arena, &d->cites, &d->layout_cites);
	d->has_layout = drive_layout_parse(s, &d->layout, &e) == 0;
	if (d->has_layout)
		layout_check(&d->layout, 0, say_layout,
			     &(struct layout_of){ r, d });
	else
		layout_finding(r, d, err_text(&e, text, sizeof(text)));
}

static void read_partmgr(struct reader *r, const struct hive_key *k,
			 struct device_record *d)
{
	d->layout_written = k->last_written;
	cites_join(r->arena, &d->partmgr_cites, &k->cites);
	cites_join(r->arena, &d->cites, &k->cites);
	d->disk_id = record_guid(&r->values, k, "DiskId", &d->disk_id_cites);
	cites_join(r->arena, &d->cites, &d->disk_id_cites);
	d->has_attributes = record_number(&r->values, k, "Attributes",
					  UINT32_MAX, &d->attributes,
					  &d->cites);
	read_layout(r, k, d);
	d->attributes_table = record_data(&r->values, k,
					  "AttributesTableCache", &d->cites);
}

static void find_partmgr(struct reader *r, const struct hive_key *instance,
			 struct device_record *d)
{
	const char *path = d->place == RECORD_MIGRATION
		? "Device\\Partmgr" : PARTMGR;
	struct hive_key k;
	int status = hive_find_key(r->hive, instance, path, &k, NULL);

	if (status == 0)
		read_partmgr(r, &k, d);
	else if (status != ERR_NOT_FOUND)
		lost_partmgr_miss(&r->lost_partmgr,
				  (size_t)(d - r->out.devices),
				  d->instance.utf8, instance);
}

/* The instance's own values.  */
static void read_device(struct reader *r, const struct hive_key *k,
			struct device_record *d)
{
	struct text hardware;

	cites_join(r->arena, &d->cites, &k->cites);
	d->friendly_name = get_name(r, k, "FriendlyName", &d->cites);
	d->location = get_text(r, k, "LocationInformation", &d->cites);
	d->maker = get_text(r, k, "Mfg", &d->cites);
	d->container = record_guid(&r->values, k, "ContainerID", &d->cites);
	hardware = get_text(r, k, "HardwareID", &d->cites);
	d->parent_prefix = get_text(r, k, "ParentIdPrefix", &d->cites);
	if (d->place == RECORD_MIGRATION) {
		d->friendly_name = get_name(r, k, "BusDeviceDesc", &d->cites);
		hardware = get_text(r, k, "HardwareIds", &d->cites);
		d->times.last_present = record_clock_time(
			&r->values, k, "LastPresentDate", "LastPresentDate",
			&d->cites);
	}
	read_properties(r, k, d);
	find_partmgr(r, k, d);
	device_record_name(r->arena, d, hardware.utf8);
}

static bool text_is(struct text t, const char *want)
{
	return t.utf8 != NULL && ascii_compare(t.utf8, want) == 0;
}

/* Whether the instance @k of @device is a disk.  Each of three says so: one of
 * them can be damaged, and what is no disk has none.  */
static bool is_disk(struct reader *r, const char *device,
		    const struct hive_key *k)
{
	struct cites cites = { 0 }, none = { 0 };
	struct text class = record_quiet_text(&r->values, k, "ClassGUID",
					      &cites);

	if (text_is(class, DISK_CLASS))
		return true;
	/* A driver that is no device's, in Enum\Root: that of disks is one in
	 * Windows NT 4.  */
	if (ascii_after(device, "LEGACY_") != NULL)
		return false;
	if (ascii_after(device, "Disk") == NULL &&
	    !text_is(record_quiet_text(&r->values, k, "Service", &none),
		     "disk"))
		return false;
	if (class.utf8 != NULL)
		record_finding(&r->values, "ClassGUID", "it is not the class "
			       "of disks, which this is", &cites);
	return true;
}

static struct device_record *new_device(struct reader *r, const char *instance,
					const char *hex)
{
	struct device_record *d;

	if (is_full(r, r->out.n_devices, MAX_DEVICES))
		return NULL;
	d = arena_push(r->arena, &r->out.devices, r->out.n_devices, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->place = r->place;
	d->instance.utf8 = instance;
	d->instance.hex = hex;
	r->out.n_devices++;
	return d;
}

/* @name_cites: where its name lies.  */
static struct volume_record *new_volume(struct reader *r,
					enum volume_source source,
					const char *instance,
					const struct cites *name_cites)
{
	const char *last = strrchr(instance, '\\');
	const char *name = last != NULL ? last + 1 : instance;
	struct volume_record *v;

	if (is_full(r, r->out.n_volumes, MAX_VOLUMES))
		return NULL;
	v = arena_push(r->arena, &r->out.volumes, r->out.n_volumes, sizeof(*v));
	if (v == NULL)
		return NULL;
	v->place = r->place;
	v->source = source;
	v->instance.utf8 = instance;
	v->at = volume_form_parse(r->arena, name);
	if (v->at.form == VOLUME_FORM_OTHER &&
	    (volume_form_resembles(name) ||
	     ascii_find(instance, "\\RemovableMedia\\") != NULL))
		record_finding(&r->values, "The name", "it does not have a "
			       "form that Windows gives to volumes",
			       name_cites);
	r->out.n_volumes++;
	return v;
}

/* There was no room: that will be said; or no memory.  */
static int not_kept(const struct reader *r)
{
	return r->full ? 0 : ERR_NOMEM;
}

static int add_device(struct reader *r, const char *path,
		      const struct hive_key *k)
{
	struct device_record *d = new_device(r, path, NULL);

	if (d == NULL)
		return not_kept(r);
	d->last_written = k->last_written;
	read_device(r, k, d);
	return 0;
}

static int add_volume(struct reader *r, enum volume_source source,
		      const char *path, const struct hive_key *k)
{
	struct volume_record *v = new_volume(r, source, path, &k->cites);
	struct hive_key properties;

	if (v == NULL)
		return not_kept(r);
	v->last_written = k->last_written;
	cites_join(r->arena, &v->cites, &k->cites);
	if (source == VOLUME_SOURCE_PORTABLE)
		record_friendly_name(&r->values, k, v);
	if (hive_find_key(r->hive, k, DEVICE_PROPERTIES, &properties,
			  NULL) == 0)
		read_times(r, &properties, &v->times, &v->cites);
	return 0;
}

/* True where the instances of @device on @bus are volumes.  */
static bool has_volumes(const char *bus, const char *device,
			enum volume_source *ret)
{
	*ret = VOLUME_SOURCE_STORAGE;
	if (ascii_compare(bus, "STORAGE") == 0)
		return ascii_compare(device, "Volume") == 0 ||
		       ascii_compare(device, "RemovableMedia") == 0;
	*ret = VOLUME_SOURCE_PORTABLE;
	return ascii_compare(bus, "WpdBusEnumRoot") == 0 ||
	       (ascii_compare(bus, "SWD") == 0 &&
		ascii_compare(device, "WPDBUSENUM") == 0);
}

/* One whose key is lost has no values that tell what it is.  */
static int visit_lost_instance(void *ctx, const struct hive_lost_key *k)
{
	const struct level *device = ctx;
	struct reader *r = device->reader;
	const char *bus = device->above->name;
	enum volume_source source;
	struct hive_key key, partmgr;
	const char *path;

	if (!may_look(r))
		return 1;
	key = lost_instance(&r->lost, k, bus, device->name);
	path = arena_printf(r->arena, "%s\\%s\\%s", bus, device->name,
			    key.name.utf8);
	if (path == NULL)
		return ERR_NOMEM;
	r->values.subject = path;
	if (has_volumes(bus, device->name, &source))
		return add_volume(r, source, path, &key);
	if (ascii_after(device->name, "Disk") != NULL ||
	    hive_find_key(r->hive, &key, PARTMGR, &partmgr, NULL) == 0)
		return add_device(r, path, &key);
	return 0;
}

static int visit_instance(void *ctx, const struct hive_key *k)
{
	const struct level *device = ctx;
	struct reader *r = device->reader;
	const char *bus = device->above->name;
	enum volume_source source;
	const char *path;

	if (!may_look(r))
		return 1;
	path = arena_printf(r->arena, "%s\\%s\\%s", bus, device->name,
			    k->name.utf8);
	if (path == NULL)
		return ERR_NOMEM;
	r->values.subject = path;
	if (has_volumes(bus, device->name, &source))
		return add_volume(r, source, path, k);
	if (is_disk(r, device->name, k))
		return add_device(r, path, k);
	return 0;
}

/* Each subkey of @k; where one cannot be read, then each that is lost, too.  */
static int each_subkey(struct reader *r, const struct hive_key *k,
		       hive_key_fn *fn, hive_lost_key_fn *lost_fn, void *ctx)
{
	int status = hive_each_subkey(r->hive, k, fn, ctx, NULL);

	if (status >= 0 || status == ERR_NOMEM)
		return status;
	return hive_each_lost_subkey(r->hive, k, lost_fn, ctx);
}

static int visit_device(void *ctx, const struct hive_key *k)
{
	const struct level *bus = ctx;
	struct level device = { bus->reader, bus, k->name.utf8 };
	enum volume_source source;
	int r;

	/* Of these buses, only the volumes: the others are sound devices,
	 * printers, snapshots.  */
	if ((ascii_compare(bus->name, "SWD") == 0 &&
	     !has_volumes(bus->name, device.name, &source)) ||
	    ascii_compare(device.name, "VolumeSnapshot") == 0)
		return 0;
	r = each_subkey(bus->reader, k, visit_instance, visit_lost_instance,
			&device);
	return r == ERR_NOMEM || r == 1 ? r : 0;
}

static int visit_lost_device(void *ctx, const struct hive_lost_key *k)
{
	const struct level *bus = ctx;
	struct hive_key key = lost_device(&bus->reader->lost, k, bus->name);

	return visit_device(ctx, &key);
}

static int visit_bus(void *ctx, const struct hive_key *k)
{
	const struct level *top = ctx;
	struct level bus = { top->reader, top, k->name.utf8 };
	int r;

	if (bus.name == NULL || is_other_bus(bus.name))
		return 0;
	r = each_subkey(top->reader, k, visit_device, visit_lost_device, &bus);
	return r == ERR_NOMEM || r == 1 ? r : 0;
}

static int visit_lost_bus(void *ctx, const struct hive_lost_key *k)
{
	const struct level *top = ctx;
	struct hive_key key = lost_bus(&top->reader->lost, k);

	return visit_bus(ctx, &key);
}

static int read_enum(struct reader *r, const struct hive_key *key)
{
	struct level top = { r, NULL, "" };
	int status;

	if (r->n_enums < MAX_ENUMS)
		r->enums[r->n_enums++] = key->cell;
	status = each_subkey(r, key, visit_bus, visit_lost_bus, &top);
	return status == ERR_NOMEM ? ERR_NOMEM : 0;
}

static struct device_record *find_device(struct reader *r, const char *path)
{
	for (size_t i = r->first_device; i < r->out.n_devices; i++)
		if (device_path_equal(r->out.devices[i].instance.utf8, path))
			return &r->out.devices[i];
	return NULL;
}

/* The disk @path, of which something else than its own key speaks; NULL where
 * there is no room for it.  */
static struct device_record *named_device(struct reader *r, struct text path)
{
	struct device_record *d = find_device(r, path.utf8);

	if (d != NULL)
		return d;
	d = new_device(r, path.utf8, path.hex);
	if (d == NULL)
		return NULL;
	d->place = RECORD_INTERFACE;
	device_record_name(r->arena, d, NULL);
	return d;
}

static bool has_volume(struct reader *r, const char *path)
{
	for (size_t i = r->first_volume; i < r->out.n_volumes; i++)
		if (device_path_equal(r->out.volumes[i].instance.utf8, path))
			return true;
	return false;
}

/* Whose interface @k is.  Its name tells that, and its value; of two that
 * differ the one counts that has a record of its own.  */
static struct text device_instance(struct reader *r, const struct hive_key *k,
				   struct cites *c)
{
	const char *named = interface_device(r->arena, k);
	struct text value;

	r->values.subject = k->name.utf8 != NULL ? k->name.utf8 : "?";
	value = get_text(r, k, "DeviceInstance", c);
	if (named == NULL || (value.utf8 != NULL &&
			      device_path_equal(value.utf8, named)))
		return value;
	cites_join(r->arena, c, &k->cites);
	record_finding(&r->values, "DeviceInstance", value.utf8 != NULL ?
		       "it is not the device of the key's name" :
		       "it is missing; the key's name gives the device", c);
	if (value.utf8 == NULL || find_device(r, named) != NULL ||
	    has_volume(r, named))
		return (struct text){ named, NULL };
	return value;
}

static int visit_disk_interface(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct cites cites = { 0 };
	struct device_record *d;
	struct text path;

	if (!may_look(r))
		return 1;
	path = device_instance(r, k, &cites);
	if (path.utf8 == NULL)
		return 0;
	d = named_device(r, path);
	if (d == NULL)
		return not_kept(r);
	d->interface_written = k->last_written;
	d->interface_cites = (struct cites){ 0 };
	cites_join(r->arena, &d->interface_cites, &k->cites);
	cites_join(r->arena, &d->cites, &k->cites);
	cites_join(r->arena, &d->cites, &cites);
	return 0;
}

/* Of volumes, the interface says no more than the volume's own key; but it may
 * be left when that is gone.  */
static int visit_volume_interface(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct cites cites = { 0 };
	struct volume_record *v;
	struct text path;

	if (!may_look(r))
		return 1;
	path = device_instance(r, k, &cites);
	if (path.utf8 == NULL || ascii_after(path.utf8, "STORAGE\\") == NULL ||
	    ascii_after(path.utf8, "STORAGE\\VolumeSnapshot\\") != NULL ||
	    has_volume(r, path.utf8))
		return 0;
	v = new_volume(r, VOLUME_SOURCE_INTERFACE, path.utf8, &cites);
	if (v == NULL)
		return not_kept(r);
	v->instance.hex = path.hex;
	v->place = RECORD_INTERFACE;
	v->last_written = k->last_written;
	cites_join(r->arena, &v->cites, &k->cites);
	cites_join(r->arena, &v->cites, &cites);
	return 0;
}

#define DISK_NUMBERS "Services\\disk\\Enum"

/* As Windows writes numbers; Count and NextInstance are beside them.  */
static bool disk_number(const char *name, unsigned *ret)
{
	char end;

	return name != NULL && name[0] >= '0' && name[0] <= '9' &&
	       (name[0] != '0' || name[1] == '\0') &&
	       sscanf(name, "%4u%c", ret, &end) == 1;
}

/* What disk a number is of; utf8 NULL where that cannot be read, which is
 * said.  */
static struct text numbered_disk(struct reader *r, const struct hive_value *v,
				 struct cites *cites)
{
	struct text path = { 0 };
	struct span s = { 0 };

	cites_join(r->arena, cites, &v->cites);
	if (v->type == REG_SZ &&
	    hive_read_value(r->hive, v, &s, cites, NULL) == 0)
		path = text_from_utf16(r->arena, record_first_string(s));
	if (path.utf8 != NULL && path.utf8[0] != '\0')
		return path;
	r->values.subject = DISK_NUMBERS;
	record_finding(&r->values, v->name.utf8, "it names no disk", cites);
	return (struct text){ 0 };
}

static void give_number(struct reader *r, struct device_record *d,
			unsigned number, const char *name,
			const struct cites *cites)
{
	cites_join(r->arena, &d->cites, cites);
	if (d->has_number && d->number != number)
		d->numbers_differ = true;
	d->number = number;
	d->has_number = !d->numbers_differ;
	if (d->has_number)
		return;
	r->values.subject = DISK_NUMBERS;
	record_finding(&r->values, name,
		       "another value gives the same disk another number",
		       &d->cites);
}

struct numbers {
	struct reader *reader;
	uint32_t n;
	struct cites cites;	/* of all that there are */
};

/* A number, and the disk that has it.  */
static int visit_number(void *ctx, const struct hive_value *v)
{
	struct numbers *numbers = ctx;
	struct reader *r = numbers->reader;
	struct device_record *d;
	struct cites cites = { 0 };
	struct text path;
	unsigned number;

	if (v->tombstone || !disk_number(v->name.utf8, &number))
		return 0;
	numbers->n++;
	cites_join(r->arena, &numbers->cites, &v->cites);
	path = numbered_disk(r, v, &cites);
	if (path.utf8 == NULL)
		return 0;
	d = named_device(r, path);
	if (d == NULL)
		return not_kept(r);
	give_number(r, d, number, v->name.utf8, &cites);
	return 0;
}

/* Windows leaves gaps in the numbers where a disk is taken away, but counts
 * those that stay.  */
static void check_count(struct numbers *numbers, const struct hive_key *k)
{
	struct reader *r = numbers->reader;
	struct cites cites = { 0 };
	uint32_t count;
	char why[80];

	r->values.subject = DISK_NUMBERS;
	if (!record_number(&r->values, k, "Count", UINT32_MAX, &count,
			   &cites) || count == numbers->n)
		return;
	cites_join(r->arena, &cites, &numbers->cites);
	snprintf(why, sizeof(why), "it is %u, but %u %s numbered", count,
		 numbers->n, numbers->n == 1 ? "disk is" : "disks are");
	record_finding(&r->values, "Count", why, &cites);
}

static int read_numbers(struct reader *r, const struct hive_key *k)
{
	struct numbers numbers = { .reader = r };
	int status = hive_each_value(r->hive, k, visit_number, &numbers, NULL);

	check_count(&numbers, k);
	return status;
}

static int read_control_set(struct reader *r, const struct hive_key *set,
			    enum record_place place)
{
	struct hive_key k;
	int status = 0;

	if (r->n_sets < sizeof(r->sets) / sizeof(*r->sets))
		r->sets[r->n_sets++] = set->cell;
	r->place = place;
	r->first_device = r->out.n_devices;
	r->first_volume = r->out.n_volumes;
	r->lost.set = set;
	r->lost.is_read = false;
	if (hive_find_key(r->hive, set, "Enum", &k, NULL) == 0)
		status = read_enum(r, &k);
	if (status != ERR_NOMEM &&
	    hive_find_key(r->hive, set, DISK_INTERFACES, &k, NULL) == 0)
		status = hive_each_subkey(r->hive, &k, visit_disk_interface, r,
					  NULL);
	if (status != ERR_NOMEM &&
	    hive_find_key(r->hive, set, VOLUME_INTERFACES, &k, NULL) == 0)
		status = hive_each_subkey(r->hive, &k, visit_volume_interface,
					  r, NULL);
	if (status != ERR_NOMEM &&
	    hive_find_key(r->hive, set, DISK_NUMBERS, &k, NULL) == 0)
		status = read_numbers(r, &k);
	return status == ERR_NOMEM ? ERR_NOMEM : 0;
}

/* The control set @n; false where there is none.  */
static bool control_set(struct reader *r, unsigned n, struct hive_key *ret)
{
	char name[CONTROL_SET_NAME_BYTES];

	return n != 0 && hive_find_key(r->hive, NULL, control_set_name(n, name),
				       ret, NULL) == 0;
}

/* Control sets that are not read yet.  */
struct other_sets {
	struct reader *reader;
	unsigned current, good;		/* 0: none */
	size_t n_read;
};

static int visit_other_set(void *ctx, unsigned n, const struct hive_key *k)
{
	struct other_sets *o = ctx;

	if (n == o->current || n == o->good)
		return 0;
	if (o->n_read++ == MAX_CONTROL_SETS) {
		o->reader->full = true;
		return 1;
	}
	return read_control_set(o->reader, k, RECORD_OTHER_SET);
}

/* The control sets beside the current one: LastKnownGood, which is the better
 * one, then those that failed or were left.  */
static int read_other_sets(struct reader *r, unsigned current)
{
	struct other_sets others = { .reader = r, .current = current };
	struct hive_key select, set;
	uint32_t good = 0;
	int status = 0;

	if (current != 0 &&
	    hive_find_key(r->hive, NULL, "Select", &select, NULL) == 0)
		hive_get_dword(r->hive, &select, "LastKnownGood", &good, NULL);
	if (good != current && control_set(r, good, &set)) {
		others.good = good;
		status = read_control_set(r, &set, RECORD_OTHER_SET);
	}
	if (status != ERR_NOMEM)
		status = control_sets_each(r->hive, visit_other_set, &others);
	return status == ERR_NOMEM ? ERR_NOMEM : 0;
}

/* One that has lost its name, too.  */
static int visit_lost_set(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct diag *d;

	for (size_t i = 0; i < r->n_sets; i++)
		if (r->sets[i] == k->cell)
			return 0;
	d = diag_add(r->diags, &FINDING_RECORD_KEY_LOST,
		     "The key of a control set and what leads to it are lost, "
		     "with its number, but not its keys Enum and Control.");
	if (d != NULL)
		cites_join(r->diags->arena, &d->cites, &k->cites);
	return read_control_set(r, k, RECORD_OTHER_SET);
}

/* A key Enum that is lost with the list that it was in; of which control set,
 * is told where there is one only.  */
static int read_left_enum(struct reader *r, const struct hive_key *k,
			  const char *what)
{
	struct diag *d;

	for (size_t i = 0; i < r->n_enums; i++)
		if (r->enums[i] == k->cell)
			return 0;
	if (r->n_enums == MAX_ENUMS)
		return 1;
	d = diag_add(r->diags, &FINDING_RECORD_KEY_LOST, "%s", what);
	if (d != NULL)
		cites_join(r->diags->arena, &d->cites, &k->cites);
	return read_enum(r, k);
}

static int visit_lost_enum(void *ctx, const struct hive_key *k)
{
	return read_left_enum(ctx, k, "A key Enum and what leads to it are "
			      "lost, but not all buses below it.");
}

/* Buses that all machines have some of.  */
static const char *const usual_buses[] = {
	"STORAGE", "USBSTOR", "SCSI", "IDE",
};
#define USUAL_BUSES (sizeof(usual_buses) / sizeof(*usual_buses))

/* One that is there, without its control set; each service has a key of this
 * name, too.  */
static int visit_left_enum(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct hive_key above, bus;

	if (!text_is(k->name, "Enum") || hive_find_parent(r->hive, k, &above))
		return 0;
	for (size_t i = 0; i < USUAL_BUSES; i++)
		if (hive_find_key(r->hive, k, usual_buses[i], &bus, NULL) == 0)
			return read_left_enum(r, k, "The key of a control set "
					      "and what leads to it are lost, "
					      "but not its key Enum.");
	return 0;
}

static int read_lost_enums(struct reader *r)
{
	int status = 0;

	for (size_t i = 0; i < USUAL_BUSES && status == 0; i++)
		status = hive_each_lost_parent(r->hive, usual_buses[i],
					       usual_buses[i], visit_lost_enum,
					       r);
	return status != 0 ? status :
	       hive_each_key_like(r->hive, "Enum", visit_left_enum, r);
}

static bool is_read(const struct reader *r, const struct hive_key *k)
{
	for (size_t i = 0; i < r->out.n_devices; i++) {
		const struct cites *c = &r->out.devices[i].cites;

		for (size_t n = 0; n < c->n && k->cites.n > 0; n++)
			if (c->list[n].offset == k->cites.list[0].offset)
				return true;
	}
	return false;
}

/* An interface may have spoken of that disk.  */
static int add_left(struct reader *r, const char *path,
		    const struct hive_key *k)
{
	struct device_record *d = find_device(r, path);

	if (d == NULL || d->place != RECORD_INTERFACE)
		return add_device(r, path, k);
	d->place = r->place;
	d->last_written = k->last_written;
	read_device(r, k, d);
	return 0;
}

/* The names of the keys above the instance @k; NULL of one that is lost.  False
 * where none is, or it is no disk's.  */
static bool find_above(struct reader *r, const struct hive_key *k,
		       const char **ret_bus, const char **ret_device)
{
	struct hive_key device, bus;

	*ret_bus = *ret_device = NULL;
	if (!hive_find_parent(r->hive, k, &device))
		return true;
	*ret_device = device.name.utf8;
	return device.name.utf8 != NULL &&
	       ascii_after(device.name.utf8, "Disk") != NULL &&
	       !hive_find_parent(r->hive, &device, &bus);
}

/* A disk of which an instance is left, and not its device or bus; an instance
 * has subkeys, and few other keys have these values.  */
static int visit_left_instance(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct cites cites = { 0 };
	const char *bus, *device, *path;

	if (r->full)
		return 1;
	if (k->n_values == 0 || k->n_subkeys == 0 || k->name.utf8 == NULL ||
	    !find_above(r, k, &bus, &device) ||
	    !text_is(record_quiet_text(&r->values, k, "ClassGUID", &cites),
		     DISK_CLASS) || is_read(r, k))
		return 0;
	path = lost_path(&r->lost, k, bus, device);
	if (path == NULL)
		return ERR_NOMEM;
	r->values.subject = path;
	return add_left(r, path, k);
}

static bool is_partmgr_read(void *ctx, const struct hive_key *k)
{
	return is_read(ctx, k);
}

static void read_left_partmgr(void *ctx, size_t device,
			      const struct hive_key *k)
{
	struct reader *r = ctx;

	r->values.subject = r->out.devices[device].instance.utf8;
	read_partmgr(r, k, &r->out.devices[device]);
}

static int keep_left_partmgr(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct device_record *d = new_device(r, LOST_INSTANCE, NULL);

	if (d == NULL)
		return not_kept(r);
	r->values.subject = "a disk whose key is lost";
	d->last_written = k->last_written;
	read_partmgr(r, k, d);
	return 0;
}

/* Last, as what an upgrade left may have the DiskId of one.  */
static int read_lost_partmgr(struct reader *r)
{
	const struct partmgr_reader to = {
		is_partmgr_read, read_left_partmgr, keep_left_partmgr, r,
	};

	/* What there was no room to read is not lost.  */
	if (!hive_has_lost_keys(r->hive) || r->full)
		return 0;
	r->place = r->n_sets == 1 ? RECORD_ENUM : RECORD_OTHER_SET;
	return lost_partmgr_join(&r->lost_partmgr, &to);
}

/* What damage leads nowhere to.  */
static int read_left(struct reader *r, unsigned current)
{
	struct hive_key set;
	int status;

	if (!hive_has_lost_keys(r->hive))
		return 0;
	r->place = r->n_sets == 1 ? RECORD_ENUM : RECORD_OTHER_SET;
	r->lost.set = control_set(r, current, &set) ? &set : NULL;
	r->lost.is_read = false;
	r->first_device = 0;
	status = read_lost_enums(r);
	if (status != ERR_NOMEM)
		status = hive_each_key_like(r->hive, "", visit_left_instance,
					    r);
	r->lost.set = NULL;
	return status == ERR_NOMEM ? ERR_NOMEM : 0;
}

static int read_all(struct reader *r, unsigned current)
{
	struct hive_key k;
	int status = 0;

	if (control_set(r, current, &k))
		status = read_control_set(r, &k, RECORD_ENUM);
	if (status == 0)
		status = read_other_sets(r, current);
	if (status == 0)
		status = hive_each_lost_parent(r->hive, "Enum", "Control",
					       visit_lost_set, r);
	if (status == 0)
		status = read_left(r, current);
	if (status == 0 &&
	    hive_find_key(r->hive, NULL, MIGRATION, &k, NULL) == 0) {
		r->place = RECORD_MIGRATION;
		r->lost.set = NULL;
		r->lost.n_paths = 0;
		status = read_enum(r, &k);
	}
	return status == 0 ? read_lost_partmgr(r) : status;
}

int disk_records_read(struct hive *h, struct arena *a, struct diag_list *d,
		      unsigned control_set_number, struct disk_records *ret,
		      struct err *reterr)
{
	struct reader r = {
		.values = { h, a, d, "" }, .hive = h, .arena = a, .diags = d,
		.lost = { .hive = h, .arena = a, .diags = d },
		.lost_partmgr = { .hive = h, .arena = a, .diags = d },
	};

	if (read_all(&r, control_set_number) < 0)
		return err_set(reterr, ERR_NOMEM, 0, "disk records", 0, 0);
	if (r.full)
		diag_add(d, &FINDING_DISK_RECORDS_CUT,
			 "The hive remembers more disks or volumes than are "
			 "read; %zu disks and %zu volumes were read.",
			 r.out.n_devices, r.out.n_volumes);
	*ret = r.out;
	return 0;
}
