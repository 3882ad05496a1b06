#include "mountmgr/lost_devices.h"

#include <string.h>

#include "base/ascii.h"
#include "mountmgr/disk_records.h"
#include "mountmgr/findings.h"
#include "mountmgr/record_values.h"

/* As many as there are records of.  */
#define MAX_PATHS 2048

/* Keys that are lost together lie in one sector or page, and a device has few
 * instances.  */
#define MAX_INSTANCES 1024

#define INTERFACES "Control\\DeviceClasses\\"
static const char *const interfaces[] = {
	INTERFACES "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}",
	INTERFACES "{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}",
};

/* Of a SCSI disk's hardware id, padded.  */
#define VENDOR_CHARS 8
#define PRODUCT_CHARS 16
#define REVISION_CHARS 4

/* Vendor, product, and what the driver adds.  */
#define FRIENDLY_MAX_CHARS 80

static const char *const buses[] = {
	"SCSI", "USBSTOR", "IDE", "STORAGE", "SWD", "WpdBusEnumRoot", "1394",
	"SBP2", "VMBUS", "SD", "PCMCIA",
};

/* Devices whose instances are volumes.  */
static const char *const volume_devices[] = {
	"Volume", "RemovableMedia", "VolumeSnapshot", "WPDBUSENUM",
};

/* The one name that fits; two are none.  */
struct choice {
	struct lost_devices *from;
	const struct hive_lost_key *key;
	const char *name;
	bool several;
	struct cites cites;	/* what tells it */
};

static void consider(struct choice *c, const char *name,
		     const struct cites *cites)
{
	if (!hive_lost_key_fits(c->from->hive, c->key, name))
		return;
	if (c->name != NULL) {
		c->several = c->several || ascii_compare(c->name, name) != 0;
		return;
	}
	c->name = name;
	if (cites != NULL)
		cites_join(c->from->arena, &c->cites, cites);
}

/* The key that was chosen; said.  */
static struct hive_key chosen(struct choice *c, const char *what,
			      const char *path)
{
	struct lost_devices *l = c->from;
	struct hive_key k = c->key->key;
	bool known = c->name != NULL && !c->several;
	struct diag *d;

	if (known)
		k.name = (struct text){ .utf8 = c->name };
	d = diag_add(l->diags, &FINDING_RECORD_KEY_LOST,
		     "The key of %s below Enum%s is lost, but not the %u keys "
		     "below it; %s%s.", what, path, k.n_subkeys,
		     known ? "by what else names it, it was "
			   : "what its name was is not known: ",
		     k.name.utf8);
	if (d == NULL)
		return k;
	cites_join(l->diags->arena, &d->cites, &k.cites);
	if (known)
		cites_join(l->diags->arena, &d->cites, &c->cites);
	return k;
}

char *interface_device(struct arena *a, const struct hive_key *k)
{
	const char *name = k->name.hex == NULL ? k->name.utf8 : NULL;
	const char *at = name != NULL ? ascii_after(name, "##?#") : NULL;
	const char *end = at != NULL ? strrchr(at, '#') : NULL;
	char *path;

	if (end == NULL || end[1] != '{')
		return NULL;
	path = arena_printf(a, "%.*s", (int)(end - at), at);
	return path != NULL && device_path_from_name(path) ? path : NULL;
}

static int add_path(void *ctx, const struct hive_key *k)
{
	struct lost_devices *l = ctx;
	char *path = interface_device(l->arena, k);
	struct interface_path *p;

	if (path == NULL)
		return 0;
	if (l->n_paths == MAX_PATHS)
		return 1;
	p = arena_push(l->arena, &l->paths, l->n_paths, sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	l->n_paths++;
	p->bus = path;
	p->device = strchr(path, '\\') + 1;
	p->instance = strchr(p->device, '\\') + 1;
	p->device[-1] = '\0';
	p->instance[-1] = '\0';
	p->cites = k->cites;
	return 0;
}

static void read_paths(struct lost_devices *l)
{
	struct hive_key k;

	if (l->is_read || l->set == NULL)
		return;
	l->is_read = true;
	l->paths = NULL;
	l->n_paths = 0;
	for (size_t i = 0; i < sizeof(interfaces) / sizeof(*interfaces); i++)
		if (hive_find_key(l->hive, l->set, interfaces[i], &k,
				  NULL) == 0)
			(void)hive_each_subkey(l->hive, &k, add_path, l, NULL);
}

struct hive_key lost_bus(struct lost_devices *l, const struct hive_lost_key *k)
{
	struct choice c = { .from = l, .key = k };

	for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++)
		consider(&c, buses[i], NULL);
	return chosen(&c, "a bus", "");
}

struct instances {
	struct arena *arena;
	struct hive_key *list;
	size_t n;
};

static int add_instance(void *ctx, const struct hive_key *k)
{
	struct instances *s = ctx;
	struct hive_key *slot;

	if (s->n == MAX_INSTANCES)
		return 1;
	slot = arena_push(s->arena, &s->list, s->n, sizeof(*slot));
	if (slot == NULL)
		return ERR_NOMEM;
	s->n++;
	*slot = *k;
	return 0;
}

static bool has_instance(const struct instances *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].name.utf8 != NULL &&
		    ascii_compare(s->list[i].name.utf8, name) == 0)
			return true;
	return false;
}

static size_t without_padding(const char *s, size_t n)
{
	while (n > 0 && s[n - 1] == '_')
		n--;
	return n;
}

/* What stands for a blank and for another sign that a name may not have is the
 * same, so that one may belong to the name: the hash tells.  */
static void consider_parts(struct choice *c, const char *s,
			   const struct cites *cites)
{
	const char *product = s + VENDOR_CHARS;
	const char *revision = product + PRODUCT_CHARS;

	for (size_t v = without_padding(s, VENDOR_CHARS); v <= VENDOR_CHARS;
	     v++)
		for (size_t p = without_padding(product, PRODUCT_CHARS);
		     p <= PRODUCT_CHARS; p++) {
			const char *name = arena_printf(
				c->from->arena, "Disk&Ven_%.*s&Prod_%.*s",
				(int)v, s, (int)p, product);

			if (name == NULL)
				return;
			consider(c, name, cites);
			name = arena_printf(
				c->from->arena, "%s&Rev_%.*s", name,
				(int)without_padding(revision, REVISION_CHARS),
				revision);
			if (name != NULL)
				consider(c, name, cites);
		}
}

/* The vendor and the product of "QEMU HARDDISK SCSI Disk Device"; where the one
 * ends is to be tried.  */
static void consider_friendly(struct choice *c, const char *s,
			      const struct cites *cites)
{
	static const char *const tails[] = {
		" SCSI Disk Device", " USB Device", " ATA Device",
	};
	char *name = arena_printf(c->from->arena, "%.*s", FRIENDLY_MAX_CHARS,
				  s);

	if (name == NULL)
		return;
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		char *tail = strstr(name, tails[i]);

		if (tail != NULL)
			*tail = '\0';
	}
	for (char *p = name; *p != '\0'; p++)
		if (*p == ' ' || *p == ',')
			*p = '_';
	for (char *p = name; *p != '\0'; p++) {
		const char *device = *p != '_' ? NULL : arena_printf(
			c->from->arena, "Disk&Ven_%.*s&Prod_%s",
			(int)(p - name), name, p + 1);

		if (device != NULL)
			consider(c, device, cites);
	}
}

/* The name made of what an instance has of its maker and product, as Windows
 * makes it; only a hash can say that it is the same.  */
static void consider_values(struct choice *c, const struct instances *s,
			      const char *bus)
{
	struct record_reader values = {
		c->from->hive, c->from->arena, c->from->diags, "",
	};

	for (size_t i = 0; i < s->n && c->name == NULL; i++) {
		struct cites cites = { 0 };
		struct text t = record_quiet_text(&values, &s->list[i],
						  "HardwareID", &cites);
		const char *id = t.utf8 != NULL ? ascii_after(t.utf8, bus)
						: NULL;

		id = id != NULL ? ascii_after(id, "\\Disk") : NULL;
		if (id != NULL && strlen(id) == VENDOR_CHARS + PRODUCT_CHARS +
						REVISION_CHARS)
			consider_parts(c, id, &cites);
		cites = (struct cites){ 0 };
		t = record_quiet_text(&values, &s->list[i], "FriendlyName",
				      &cites);
		if (t.utf8 != NULL && c->name == NULL)
			consider_friendly(c, t.utf8, &cites);
	}
}

struct hive_key lost_device(struct lost_devices *l,
			    const struct hive_lost_key *k, const char *bus)
{
	struct choice c = { .from = l, .key = k };
	struct instances s = { .arena = l->arena };

	read_paths(l);
	(void)hive_each_subkey(l->hive, &k->key, add_instance, &s, NULL);
	for (size_t i = 0; i < l->n_paths; i++)
		if (ascii_compare(l->paths[i].bus, bus) == 0 &&
		    has_instance(&s, l->paths[i].instance))
			consider(&c, l->paths[i].device, &l->paths[i].cites);
	if (c.name == NULL && (ascii_compare(bus, "STORAGE") == 0 ||
			       ascii_compare(bus, "SWD") == 0))
		for (size_t i = 0; i < sizeof(volume_devices) /
				       sizeof(*volume_devices); i++)
			consider(&c, volume_devices[i], NULL);
	if (c.name == NULL && k->kind == REGF_LIST_LH)
		consider_values(&c, &s, bus);
	return chosen(&c, "a device", arena_printf(l->arena, "\\%s", bus));
}

struct hive_key lost_instance(struct lost_devices *l,
			      const struct hive_lost_key *k, const char *bus,
			      const char *device)
{
	struct choice c = { .from = l, .key = k };

	read_paths(l);
	for (size_t i = 0; i < l->n_paths; i++)
		if (ascii_compare(l->paths[i].bus, bus) == 0 &&
		    device_path_equal(l->paths[i].device, device))
			consider(&c, l->paths[i].instance, &l->paths[i].cites);
	return chosen(&c, "an instance",
		      arena_printf(l->arena, "\\%s\\%s", bus, device));
}

/* What the names of interfaces tell of the disk @k.  */
static bool path_by_interface(struct lost_devices *l, const struct hive_key *k,
			      const char **bus, const char **device,
			      struct cites *c)
{
	const struct interface_path *found = NULL;

	read_paths(l);
	for (size_t i = 0; i < l->n_paths; i++) {
		const struct interface_path *p = &l->paths[i];

		if (ascii_compare(p->instance, k->name.utf8) != 0 ||
		    (*bus != NULL && ascii_compare(p->bus, *bus) != 0) ||
		    (*device != NULL && !device_path_equal(p->device, *device)))
			continue;
		if (found != NULL && (ascii_compare(p->bus, found->bus) != 0 ||
				      !device_path_equal(p->device,
							 found->device)))
			return false;
		found = p;
	}
	if (found == NULL)
		return false;
	*bus = found->bus;
	*device = found->device;
	cites_join(l->arena, c, &found->cites);
	return true;
}

/* The bus stands in the hardware id, too; of the device that has only parts,
 * which are no name.  */
static const char *bus_by_id(struct lost_devices *l, const struct hive_key *k,
			     struct cites *c)
{
	struct record_reader values = { l->hive, l->arena, l->diags, "" };
	struct text t = record_quiet_text(&values, k, "HardwareID", c);
	const char *end = t.utf8 != NULL && t.hex == NULL ?
			  strchr(t.utf8, '\\') : NULL;

	if (end == NULL || ascii_after(end + 1, "Disk") == NULL)
		return NULL;
	return arena_printf(l->arena, "%.*s", (int)(end - t.utf8), t.utf8);
}

const char *lost_path(struct lost_devices *l, const struct hive_key *k,
		      const char *bus, const char *device)
{
	struct cites cites = { 0 };
	const char *path;
	struct diag *d;

	if (!path_by_interface(l, k, &bus, &device, &cites) && bus == NULL)
		bus = bus_by_id(l, k, &cites);
	path = arena_printf(l->arena, "%s\\%s\\%s",
			    bus != NULL ? bus : HIVE_LOST_NAME,
			    device != NULL ? device : HIVE_LOST_NAME,
			    k->name.utf8);
	if (path == NULL)
		return NULL;
	d = diag_add(l->diags, &FINDING_RECORD_KEY_LOST,
		     "Keys above the disk %s below Enum are lost, and the list "
		     "that they were in; what is known of their names %s.",
		     path, cites.n == 0 ? "is in these keys" :
		     "is from its interface or its hardware id");
	if (d != NULL) {
		cites_join(l->diags->arena, &d->cites, &k->cites);
		cites_join(l->diags->arena, &d->cites, &cites);
	}
	return path;
}
