/*
 * disk_names.c - what the names of devices and volumes in Enum say
 *
 * A disk's device and instance:
 *
 *   SCSI\Disk&Ven_X&Prod_Y\5&1ec51bf7&0&000000     Windows made it up
 *   SCSI\Disk&Ven_X&Prod_Y\000000                  behind USB Attached SCSI
 *   USBSTOR\Disk&Ven_X&Prod_Y&Rev_Z\<serial>&<lun>
 *   USBSTOR\Disk&Ven_X&Prod_Y&Rev_Z\7&23ef5a1&0    no serial: second is `&'
 *   IDE\Disk<model, 40 characters><revision, 8>\<40 hexadecimal digits>
 *
 * and a volume's instance:
 *
 *   {DiskId}#<offset, 16 hexadecimal digits>
 *   _??_USBSTOR#Disk&Ven_X...#<serial>&<lun>#{53f56307-...}
 *   1&30a96598&0&Signature5CBEA03EOffset7E00Length950A60E00   to Vista
 *   1&30a96598&0&GptPartition{guid}                           to Vista
 *   7&326659cd&0&RM                                RemovableMedia, XP
 *
 * Characters that may not stand in a name, spaces among them, are `_' there.
 * An IDE disk's serial number is given by the bytes of its 20 characters, each
 * two of them swapped as ATA has them.
 *
 * Sources: libyal winreg-kb "USB storage", "Current control set"; hives of
 * Windows 7 to 10; for Windows XP, published listings of Enum.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "mountmgr/disk_records.h"

/* Vendor, product and revision in the hardware id of a SCSI disk, padded; and
 * model and revision in the device name of an IDE disk.  */
#define SCSI_ID_CHARS (8 + 16 + 4)
#define SCSI_REVISION_AT (8 + 16)
#define IDE_MODEL_CHARS 40
#define IDE_REVISION_CHARS 8
#define IDE_SERIAL_DIGITS 40

static char fold(char c)
{
	return c == '#' || c == '/' ? '\\' : ascii_lower(c);
}

int device_path_compare(const char *a, const char *b)
{
	while (*a != '\0' && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return (unsigned char)fold(*a) - (unsigned char)fold(*b);
}

bool device_path_equal(const char *a, const char *b)
{
	return device_path_compare(a, b) == 0;
}

bool device_path_from_name(char *name)
{
	char *first = strchr(name, '#');
	char *last = first == NULL ? NULL :
		ascii_after(name, "STORAGE#") != NULL ? strchr(first + 1, '#')
						      : strrchr(first + 1, '#');

	if (last == NULL)
		return false;
	*first = '\\';
	*last = '\\';
	return true;
}

/* The first @n characters of @s without the padding; NULL: nothing is left.  */
static const char *without_padding(struct arena *a, const char *s, size_t n)
{
	while (n > 0 && (s[n - 1] == '_' || s[n - 1] == ' '))
		n--;
	while (n > 0 && (*s == '_' || *s == ' ')) {
		s++;
		n--;
	}
	return n > 0 ? arena_printf(a, "%.*s", (int)n, s) : NULL;
}

/* The part of the device name @device that begins with @prefix, "Ven_".  */
static const char *name_part(struct arena *a, const char *device,
			     const char *prefix)
{
	const char *end, *value;

	for (; device != NULL; device = end != NULL ? end + 1 : NULL) {
		end = strchr(device, '&');
		value = ascii_after(device, prefix);
		if (value != NULL)
			return without_padding(a, value, end != NULL
					       ? (size_t)(end - value)
					       : strlen(value));
	}
	return NULL;
}

static bool is_digits(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789abcdefABCDEF") == n;
}

static unsigned hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a' + 10);
}

/* NULL where @s is not a serial number of printable characters.  */
static const char *ide_serial(struct arena *a, const char *s)
{
	char text[IDE_SERIAL_DIGITS / 2];

	if (!is_digits(s, IDE_SERIAL_DIGITS))
		return NULL;
	for (size_t i = 0; i < sizeof(text); i++) {
		unsigned c = hex_digit(s[2 * i]) << 4 | hex_digit(s[2 * i + 1]);

		if (c < 0x20 || c >= 0x7f)
			return NULL;
		text[i ^ 1] = (char)c;
	}
	return without_padding(a, text, sizeof(text));
}

/* What Windows makes up has `&' for its second character.  */
static bool is_made_up(const char *s)
{
	return s[0] == '\0' || s[1] == '&';
}

/* The serial number in a USB instance, before the unit number if there is
 * one.  */
static const char *usb_serial(struct arena *a, const char *s, bool has_unit)
{
	const char *end = has_unit ? strrchr(s, '&') : NULL;

	if (is_made_up(s))
		return NULL;
	return without_padding(a, s, end != NULL ? (size_t)(end - s)
						 : strlen(s));
}

static void ide_name(struct arena *a, struct device_record *r,
		     const char *device)
{
	const char *s = ascii_after(device, "Disk");
	size_t n = s != NULL ? strlen(s) : 0, model = n;

	if (n == 0)
		return;
	if (n == IDE_MODEL_CHARS + IDE_REVISION_CHARS)
		model = IDE_MODEL_CHARS;
	r->product = without_padding(a, s, model);
	if (model < n)
		r->revision = without_padding(a, s + model, n - model);
}

/* The revision that a hardware id gives, "SCSI\DiskSanDisk_Cruzer__________
 * 1.20"; the device name has none since Windows 8.  */
static const char *id_revision(struct arena *a, const char *bus,
			       const char *hardware_id)
{
	const char *s = hardware_id != NULL ? ascii_after(hardware_id, bus)
					    : NULL;

	if (s != NULL)
		s = ascii_after(s, "\\Disk");
	if (s == NULL || strlen(s) != SCSI_ID_CHARS)
		return NULL;
	return without_padding(a, s + SCSI_REVISION_AT,
			       SCSI_ID_CHARS - SCSI_REVISION_AT);
}

/* A disk of USB Attached SCSI has its serial number in the name of its
 * parent.  */
static const char *parent_serial(struct arena *a, const char *parent)
{
	const char *last;

	if (parent == NULL || ascii_after(parent, "USB\\") == NULL)
		return NULL;
	last = strrchr(parent, '\\');
	return usb_serial(a, last + 1, false);
}

void device_record_name(struct arena *a, struct device_record *r,
			const char *hardware_id)
{
	const char *bus_end = strchr(r->instance.utf8, '\\');
	const char *device = bus_end != NULL ? bus_end + 1 : "";
	const char *last = strchr(device, '\\');
	const char *instance = last != NULL ? last + 1 : "";

	if (bus_end == NULL || last == NULL)
		return;
	r->bus = arena_printf(a, "%.*s", (int)(bus_end - r->instance.utf8),
			      r->instance.utf8);
	device = arena_printf(a, "%.*s", (int)(last - device), device);
	if (r->bus == NULL || device == NULL)
		return;
	if (ascii_compare(r->bus, "IDE") == 0) {
		ide_name(a, r, device);
		r->serial = ide_serial(a, instance);
		return;
	}
	r->vendor = name_part(a, device, "Ven_");
	r->product = name_part(a, device, "Prod_");
	r->revision = name_part(a, device, "Rev_");
	if (r->revision == NULL)
		r->revision = id_revision(a, r->bus, hardware_id);
	if (ascii_compare(r->bus, "USBSTOR") == 0)
		r->serial = usb_serial(a, instance, true);
	else
		r->serial = parent_serial(a, r->parent.utf8);
}

/* The hexadecimal number of up to 16 digits at @s; NULL, or what follows.  */
static const char *hex_number(const char *s, uint64_t *ret)
{
	const size_t n = strspn(s, "0123456789abcdefABCDEF");
	uint64_t value = 0;

	if (n == 0 || n > 16)
		return NULL;
	for (size_t i = 0; i < n; i++)
		value = value << 4 | hex_digit(s[i]);
	*ret = value;
	return s + n;
}

/* The number behind @prefix at @s; NULL, or what follows.  */
static const char *number_after(const char *s, const char *prefix,
				uint64_t *ret)
{
	const char *at = s != NULL ? ascii_after(s, prefix) : NULL;

	return at != NULL ? hex_number(at, ret) : NULL;
}

/* Nothing may follow, but what the portable devices' bus puts there.  */
static bool ends(const char *s)
{
	return s != NULL && (s[0] == '\0' || s[0] == '#');
}

/* A GUID in braces at @s; NULL, or what follows.  */
static const char *braced_guid(const char *s, struct guid *ret)
{
	if (s[0] != '{' || !guid_parse(s + 1, ret) ||
	    s[1 + GUID_TEXT_CHARS] != '}')
		return NULL;
	return s + GUID_TEXT_CHARS + 2;
}

static bool parse_disk_id(const char *s, struct volume_form_parts *ret)
{
	const char *left = braced_guid(s, &ret->guid);

	if (left == NULL || left[0] != '#' || strlen(left + 1) != 16)
		return false;
	left = hex_number(left + 1, &ret->offset);
	if (left == NULL || left[0] != '\0')
		return false;
	ret->form = VOLUME_FORM_DISK_ID;
	ret->has_offset = true;
	return true;
}

/* "_??_USBSTOR#Disk&Ven_X#serial&0#{53f56307-...}", with or without what stands
 * behind the last `#'; Vista has "1&19f7e59c&0&" before it.  */
static bool parse_device(struct arena *a, const char *s,
			 struct volume_form_parts *ret)
{
	const char *path = ascii_find(s, "_??_");
	const char *end;
	char *device;

	if (path == NULL)
		return false;
	path += strlen("_??_");
	end = strstr(path, "#{");
	if (end == NULL)
		end = path + strlen(path);
	if (end > path && end[-1] == '#')
		end--;
	device = arena_printf(a, "%.*s", (int)(end - path), path);
	if (device == NULL || !device_path_from_name(device))
		return false;
	ret->form = VOLUME_FORM_DEVICE;
	ret->device = device;
	return true;
}

static bool parse_signature(const char *s, struct volume_form_parts *ret)
{
	uint64_t signature, offset, length;

	s = number_after(ascii_find(s, "Signature"), "Signature", &signature);
	s = number_after(s, "Offset", &offset);
	s = number_after(s, "Length", &length);
	if (!ends(s) || signature > UINT32_MAX)
		return false;
	ret->form = VOLUME_FORM_SIGNATURE;
	ret->signature = (uint32_t)signature;
	ret->has_offset = true;
	ret->offset = offset;
	ret->length = length;
	return true;
}

static bool parse_gpt(const char *s, struct volume_form_parts *ret)
{
	const char *at = ascii_find(s, "GptPartition{");

	if (at == NULL ||
	    !ends(braced_guid(at + strlen("GptPartition"), &ret->guid)))
		return false;
	ret->form = VOLUME_FORM_GPT;
	return true;
}

static bool parse_prefix(struct arena *a, const char *s,
			 struct volume_form_parts *ret)
{
	size_t n = strlen(s);

	if (n <= 3 || ascii_compare(s + n - 3, "&RM") != 0)
		return false;
	ret->device = arena_printf(a, "%.*s", (int)(n - 3), s);
	ret->form = VOLUME_FORM_PREFIX;
	return ret->device != NULL;
}

bool volume_form_resembles(const char *s)
{
	static const char *const parts[] = {
		"Signature", "Offset", "Length", "GptPartition", "_??_",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (ascii_find(s, parts[i]) != NULL)
			return true;
	/* "{DiskId}#offset"; dynamic disks have "LDM#{guid}".  */
	return s[0] == '{' || ascii_find(s, "}#") != NULL;
}

struct volume_form_parts volume_form_parse(struct arena *a, const char *s)
{
	/* The portable devices' bus of Windows 7 names the whole path.  */
	const char *inner = ascii_find(s, "STORAGE#");
	struct volume_form_parts v = { 0 };

	if (inner != NULL && strchr(inner + strlen("STORAGE#"), '#') != NULL)
		s = strchr(inner + strlen("STORAGE#"), '#') + 1;
	if (parse_disk_id(s, &v) || parse_device(a, s, &v) ||
	    parse_signature(s, &v) || parse_gpt(s, &v) ||
	    parse_prefix(a, s, &v))
		return v;
	return (struct volume_form_parts){ 0 };
}
