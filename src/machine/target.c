#include "machine/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

const char *const target_forms[] = {
	"C:\\dir\\file", "\\\\?\\C:\\dir\\file", "\\\\?\\Volume{GUID}\\dir",
	"GUID", "\\\\.\\PhysicalDriveN", "diskN",
	"\\Device\\HarddiskN\\PartitionM\\dir", "\\\\.\\HarddiskNPartitionM",
	"N:M", "diskN/partitionM", "Disk #N, Partition #I",
	"\\Device\\HarddiskVolumeN\\dir",
	"\\\\?\\GLOBALROOT\\Device\\...", "\\VOLUME{time-serial}\\dir",
	"XXXX-XXXX", "serial:XXXXXXXX", "diskN@OFFSET", "N:@OFFSET", "volumeN",
};
const size_t n_target_forms = sizeof(target_forms) / sizeof(target_forms[0]);

const char *target_form_name(enum target_form f)
{
	static const char *const names[] = {
		[TARGET_LETTER] = "drive-letter",
		[TARGET_VOLUME_NAME] = "volume-name",
		[TARGET_DISK] = "disk",
		[TARGET_PARTITION] = "partition",
		[TARGET_HARDDISK_VOLUME] = "harddisk-volume",
		[TARGET_PREFETCH] = "prefetch",
		[TARGET_SERIAL] = "serial",
		[TARGET_OFFSET] = "disk-offset",
		[TARGET_VOLUME_ID] = "volume-id",
	};

	return names[f];
}

/* The text, as far as it was read.  */
struct scan {
	const char *text, *p;
	struct target *target;
	struct target_error *error;
	struct arena *arena;
};

static int fault_at(struct scan *s, const char *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fault_at(struct scan *s, const char *p, const char *fmt, ...)
{
	va_list ap;

	s->error->at = (size_t)(p - s->text);
	va_start(ap, fmt);
	vsnprintf(s->error->text, sizeof(s->error->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* The text has none of the forms.  Those of which it could be a slip are
 * named.  */
static int no_form(struct scan *s, const char *p)
{
	return fault_at(s, p, "no known form continues like this; some forms "
			"are C:\\path, \\\\?\\Volume{GUID}\\path, GUID, "
			"\\\\.\\PhysicalDriveN, N:M, diskN@OFFSET, "
			"\\Device\\HarddiskN\\PartitionM\\path, "
			"\\VOLUME{time-serial}\\path, XXXX-XXXX, "
			"serial:XXXXXXXX");
}

static bool take(struct scan *s, const char *prefix)
{
	const char *rest = ascii_after(s->p, prefix);

	if (rest != NULL)
		s->p = rest;
	return rest != NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
	return is_digit(c) ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* --- the path behind it --------------------------------------------------- */

/* Drop the last name of the @n bytes of path at @path; none is above the
 * root.  */
static size_t drop_name(const char *path, size_t n)
{
	while (n > 0 && path[n - 1] != '\\')
		n--;
	return n > 0 ? n - 1 : 0;
}

/* The length of the name of @n bytes at @p without what Windows takes away: one
 * dot at its end, and of the last name of a path all dots and blanks.  */
static size_t trimmed(const char *p, size_t n, bool is_last)
{
	if (!is_last) {
		bool one = n > 1 && p[n - 1] == '.' && p[n - 2] != '.';

		return one ? n - 1 : n;
	}
	while (n > 0 && (p[n - 1] == '.' || p[n - 1] == ' '))
		n--;
	return n;
}

/* @path as Windows' programs hand it on (MSDN, "File path formats on Windows
 * systems"), into @ret, which has room for it.  */
static void normalise(const char *path, char *ret)
{
	size_t n = 0;

	while (*path != '\0') {
		size_t k = strcspn(path += strspn(path, "\\/"), "\\/");
		bool is_last = path[k] == '\0';

		if (k == 2 && memcmp(path, "..", 2) == 0) {
			n = drop_name(ret, n);
		} else if (k > 0 && !(k == 1 && *path == '.')) {
			size_t keep = trimmed(path, k, is_last);

			ret[n++] = '\\';
			memcpy(ret + n, path, keep);
			n += keep;
		} else if (is_last && k == 0) {
			ret[n++] = '\\';
		}
		path += k;
	}
	if (n == 0)
		ret[n++] = '\\';
	ret[n] = '\0';
}

/* What is left is the path.  */
static int take_path(struct scan *s)
{
	char *path;

	if (*s->p != '\0' && *s->p != '\\' &&
	    (*s->p != '/' || s->target->verbatim))
		return fault_at(s, s->p, "the target must end here, or "
				"continue with a backslash and a path");
	path = arena_alloc(s->arena, strlen(s->p) + 2);
	if (path == NULL)
		return fault_at(s, s->p, "out of memory");
	if (*s->p == '\0' || s->target->verbatim)
		memcpy(path, s->p, strlen(s->p) + 1);
	else
		normalise(s->p, path);
	s->target->path = path;
	return 0;
}

/* Nothing is left.  */
static int take_end(struct scan *s)
{
	if (*s->p != '\0')
		return fault_at(s, s->p, "the target must end here: only a "
				"volume has paths");
	return 0;
}

/* --- parts of names ------------------------------------------------------- */

/* A disk's or a partition's number.  None has more than nine digits.  */
static int take_number(struct scan *s, unsigned *ret)
{
	unsigned n = 0;
	const char *start = s->p;

	if (!is_digit(*s->p))
		return fault_at(s, s->p, "a number is missing here");
	while (is_digit(*s->p)) {
		if (s->p - start == 9)
			return fault_at(s, start, "this number is too big");
		n = n * 10 + (unsigned)(*s->p++ - '0');
	}
	*ret = n;
	return 0;
}

/* Exactly @digits hexadecimal ones.  */
static int take_hex(struct scan *s, unsigned digits, uint64_t *ret)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < digits; i++, s->p++) {
		if (hex_value(*s->p) < 0)
			return fault_at(s, s->p, "%u hexadecimal digits are "
					"expected here",
					digits);
		n = n << 4 | (unsigned)hex_value(*s->p);
	}
	*ret = n;
	return 0;
}

/* How many hexadecimal digits stand at @p.  */
static size_t count_hex(const char *p)
{
	size_t n = 0;

	while (hex_value(p[n]) >= 0)
		n++;
	return n;
}

/* "1048576" or "0x100000" to the end.  */
static int take_offset(struct scan *s)
{
	unsigned base = take(s, "0x") ? 16 : 10;
	const char *start = s->p;
	uint64_t n = 0;

	for (; *s->p != '\0'; s->p++) {
		int digit = hex_value(*s->p);

		if (digit < 0 || digit >= (int)base)
			break;
		if (n > (UINT64_MAX - (unsigned)digit) / base)
			return fault_at(s, start, "this offset is too big");
		n = n * base + (unsigned)digit;
	}
	if (s->p == start)
		return fault_at(s, s->p, "an offset in bytes is missing here");
	s->target->form = TARGET_OFFSET;
	s->target->offset = n;
	return take_end(s);
}

/* The GUID at @s->p, in braces if @close is '}'.  */
static int take_guid(struct scan *s, char close)
{
	if (strlen(s->p) < GUID_TEXT_CHARS ||
	    !guid_parse(s->p, &s->target->guid))
		return fault_at(s, s->p, "a GUID is expected here, 12345678-"
				"1234-1234-1234-123456789abc");
	s->p += GUID_TEXT_CHARS;
	if (close != '\0' && *s->p++ != close)
		return fault_at(s, s->p - 1, "a '%c' is missing here", close);
	s->target->form = TARGET_VOLUME_NAME;
	return take_path(s);
}

/* --- forms ---------------------------------------------------------------- */

static int take_braced_guid(struct scan *s)
{
	return take_guid(s, '}');
}

static int take_letter(struct scan *s)
{
	char c = *s->p;

	s->target->form = TARGET_LETTER;
	s->target->letter = c >= 'a' ? (char)(c - 'a' + 'A') : c;
	s->p += 2;
	if (*s->p != '\0' && *s->p != '\\' && *s->p != '/')
		return fault_at(s, s->p, "a backslash is missing here: there "
				"is no current directory");
	return take_path(s);
}

static bool is_letter_and_colon(const char *p)
{
	return ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')) &&
	       p[1] == ':';
}

/* A partition of @s->target->disk whose number was read, with its path.
 * Number 0 is the disk.  */
static int take_partition(struct scan *s)
{
	if (take_number(s, &s->target->partition) < 0)
		return -1;
	s->target->form = TARGET_PARTITION;
	if (s->target->partition > 0)
		return take_path(s);
	s->target->form = TARGET_DISK;
	return take_end(s);
}

/* "N", the end.  */
static int take_physical_drive(struct scan *s)
{
	s->target->form = TARGET_DISK;
	if (take_number(s, &s->target->disk) < 0)
		return -1;
	return take(s, "@") ? take_offset(s) : take_end(s);
}

/* "NPartitionM".  */
static int take_harddisk(struct scan *s)
{
	if (take_number(s, &s->target->disk) < 0)
		return -1;
	if (!take(s, "Partition"))
		return fault_at(s, s->p, "PartitionM is expected here");
	return take_partition(s);
}

static int take_harddisk_volume(struct scan *s)
{
	const char *start = s->p;

	if (take_number(s, &s->target->volume) < 0)
		return -1;
	if (s->target->volume == 0)
		return fault_at(s, start, "volumes are numbered from 1");
	s->target->form = TARGET_HARDDISK_VOLUME;
	return take_path(s);
}

/* "HarddiskN\PartitionM", "HarddiskN\DRx" or "HarddiskVolumeN", of which the
 * first word was read.  */
static int take_device_disk(struct scan *s)
{
	unsigned incarnation;

	s->target->verbatim = true;
	if (take_number(s, &s->target->disk) < 0)
		return -1;
	if (take(s, "\\Partition"))
		return take_partition(s);
	if (!take(s, "\\DR"))
		return fault_at(s, s->p, "\\PartitionM is expected here");
	s->target->form = TARGET_DISK;
	return take_number(s, &incarnation) < 0 ? -1 : take_end(s);
}

static int take_device_volume(struct scan *s)
{
	s->target->verbatim = true;
	return take_harddisk_volume(s);
}

static int take_shadow(struct scan *s)
{
	return fault_at(s, s->p, "a shadow copy's number is not kept on any "
			"disk; --shadows lists the copies");
}

static int take_share(struct scan *s)
{
	return fault_at(s, s->p, "a network share lies on no disk here");
}

/* "time-serial}", both hexadecimal.  */
static int take_prefetch(struct scan *s)
{
	struct target *t = s->target;

	t->form = TARGET_PREFETCH;
	if (take_hex(s, 16, &t->created) < 0)
		return -1;
	if (!take(s, "-"))
		return fault_at(s, s->p, "'-' and the serial number are "
				"expected here");
	if (take_hex(s, 8, &t->serial) < 0)
		return -1;
	if (!take(s, "}"))
		return fault_at(s, s->p, "a '}' is missing here");
	return take_path(s);
}

/* "XXXX-XXXX".  */
static int take_halves(struct scan *s)
{
	struct target *t = s->target;
	uint64_t low = 0;

	if (take_hex(s, 4, &t->serial) < 0)
		return -1;
	if (!take(s, "-"))
		return fault_at(s, s->p, "a '-' is missing here");
	if (take_hex(s, 4, &low) < 0)
		return -1;
	t->serial = t->serial << 16 | low;
	return take_path(s);
}

/* How many decimal digits stand at @p, and no hexadecimal one behind them.  */
static size_t count_decimal(const char *p)
{
	size_t n = strspn(p, "0123456789");

	return n == count_hex(p) ? n : 0;
}

/* The digits as Win32_Volume.SerialNumber has them.  */
static int take_decimal(struct scan *s)
{
	const char *start = s->p;
	uint64_t n = 0;

	while (is_digit(*s->p))
		n = n * 10 + (unsigned)(*s->p++ - '0');
	if (n > UINT32_MAX)
		return fault_at(s, start, "this serial number is too big");
	s->target->serial = n;
	return take_path(s);
}

/* "XXXX-XXXX", 8 or 16 hexadecimal digits, fewer behind 0x, 9 or 10 decimal
 * ones.  */
static int take_serial(struct scan *s)
{
	struct target *t = s->target;
	bool is_hex = take(s, "0x");
	size_t n = count_hex(s->p), decimal = count_decimal(s->p);

	t->form = TARGET_SERIAL;
	if (!is_hex && n == 4)
		return take_halves(s);
	if (!is_hex && (decimal == 9 || decimal == 10))
		return take_decimal(s);
	t->has_decimal = !is_hex && decimal == 8;
	if (t->has_decimal)
		t->decimal = (uint32_t)strtoul(s->p, NULL, 10);
	if (n != 16 && !(is_hex && n > 0 && n < 16))
		n = 8;
	t->is_serial64 = n > 8;
	return take_hex(s, (unsigned)n, &t->serial) < 0 ? -1 : take_path(s);
}

/* Whether the @hex hexadecimal digits at @p are a serial number.  */
static bool is_bare_serial(const char *p, size_t hex)
{
	size_t decimal = count_decimal(p);

	return ascii_after(p, "0x") != NULL ||
	       (p[hex] != ':' && (hex == 8 || hex == 16 || decimal == 9 ||
				  decimal == 10));
}

/* Without a word before it, it may be a signature.  */
static int take_bare_serial(struct scan *s)
{
	int r = take_serial(s);

	s->target->or_signature = !s->target->is_serial64;
	return r;
}

/* "N", "N/partitionM", "N/pM", "N@OFFSET".  */
static int take_disk_id(struct scan *s)
{
	s->target->or_id = true;
	s->target->form = TARGET_DISK;
	if (take_number(s, &s->target->disk) < 0)
		return -1;
	if (take(s, "@"))
		return take_offset(s);
	if (*s->p == '\0')
		return 0;
	if (take(s, "/partition") || take(s, "/p") || take(s, "\\partition") ||
	    take(s, "\\p"))
		return take_partition(s);
	return fault_at(s, s->p, "/partitionM, @OFFSET or the end is expected "
			"here");
}

/* "N, Partition #I", which Win32_DiskPartition has for its DeviceID.  */
static int take_device_id(struct scan *s)
{
	s->target->form = TARGET_PARTITION;
	s->target->by_index = true;
	if (take_number(s, &s->target->disk) < 0)
		return -1;
	if (!take(s, ", Partition #"))
		return fault_at(s, s->p, ", Partition #I is expected here");
	return take_number(s, &s->target->partition) < 0 ? -1 : take_path(s);
}

/* "N:M", "N:@OFFSET".  */
static int take_disk_and_partition(struct scan *s)
{
	if (take_number(s, &s->target->disk) < 0)
		return -1;
	if (!take(s, ":"))
		return no_form(s, s->p);
	if (take(s, "@"))
		return take_offset(s);
	return take_partition(s);
}

static int take_volume_id(struct scan *s)
{
	s->target->form = TARGET_VOLUME_ID;
	return take_number(s, &s->target->volume) < 0 ? -1 : take_path(s);
}

struct rule {
	const char *prefix;
	int (*take)(struct scan *s);
};

/* Behind "\Device\".  */
static const struct rule devices[] = {
	{ "HarddiskVolumeShadowCopy", take_shadow },
	{ "HarddiskVolume", take_device_volume },
	{ "Harddisk", take_device_disk },
};

static int take_rule(struct scan *s, const struct rule *rules, size_t n,
		     bool *ret_taken)
{
	*ret_taken = true;
	for (size_t i = 0; i < n; i++)
		if (take(s, rules[i].prefix))
			return rules[i].take(s);
	*ret_taken = false;
	return 0;
}

static int take_device(struct scan *s)
{
	bool taken;
	int r = take_rule(s, devices, sizeof(devices) / sizeof(devices[0]),
			  &taken);

	return taken ? r : fault_at(s, s->p, "of devices, HarddiskN\\PartitionM"
				    " and HarddiskVolumeN are known");
}

/* Behind "\\?\" and its like.  */
static const struct rule names[] = {
	{ "GLOBALROOT\\Device\\", take_device },
	{ "Volume{", take_braced_guid },
	{ "PhysicalDrive", take_physical_drive },
	{ "HarddiskVolumeShadowCopy", take_shadow },
	{ "HarddiskVolume", take_harddisk_volume },
	{ "Harddisk", take_harddisk },
	{ "UNC\\", take_share },
};

static int take_name(struct scan *s)
{
	bool taken;
	int r = take_rule(s, names, sizeof(names) / sizeof(names[0]), &taken);

	if (taken)
		return r;
	return is_letter_and_colon(s->p) ? take_letter(s) : no_form(s, s->p);
}

static int take_verbatim_name(struct scan *s)
{
	s->target->verbatim = true;
	return take_name(s);
}

static const struct rule forms[] = {
	{ "\\\\?\\", take_verbatim_name },
	{ "\\\?\?\\", take_verbatim_name },
	{ "\\DosDevices\\", take_verbatim_name },
	{ "\\\\.\\", take_name },
	{ "\\Device\\", take_device },
	{ "\\VOLUME{", take_prefetch },
	{ "\\\\", take_share },
	{ "Volume{", take_braced_guid },
	{ "{", take_braced_guid },
	{ "serial:", take_serial },
	{ "Disk #", take_device_id },
	{ "disk", take_disk_id },
	{ "volume", take_volume_id },
	{ "PhysicalDrive", take_physical_drive },
	{ "HarddiskVolume", take_harddisk_volume },
};

/* A form that no word begins: a GUID, a serial number, "0:1", "C:".  */
static int take_wordless(struct scan *s)
{
	size_t hex = count_hex(s->p);

	if (is_letter_and_colon(s->p))
		return take_letter(s);
	if (hex == 8 && s->p[8] == '-')
		return take_guid(s, '\0');
	if (hex == 4 && s->p[4] == '-')
		return take_serial(s);
	if (is_bare_serial(s->p, hex))
		return take_bare_serial(s);
	if (is_digit(*s->p))
		return take_disk_and_partition(s);
	return no_form(s, s->p);
}

/* Whether Windows could take the text at all.  */
static int check_text(struct scan *s)
{
	struct span utf16;

	if (*s->text == '\0')
		return fault_at(s, s->text, "nothing is named");
	if (!utf16_from_utf8(s->arena, s->text, &utf16))
		return fault_at(s, s->text, "this is not valid UTF-8");
	if (utf16.n / 2 > TARGET_MAX_CHARS)
		return fault_at(s, s->text, "this is longer than %d "
				"characters, the most that Windows allows",
				TARGET_MAX_CHARS);
	return 0;
}

int target_parse(struct arena *a, const char *text, struct target *ret,
		 struct target_error *reterr)
{
	struct target t = { .path = "", .host = NONE };
	struct scan s = { text, text, &t, reterr, a };
	bool taken;
	int r = check_text(&s);

	if (r < 0)
		return r;
	r = take_rule(&s, forms, sizeof(forms) / sizeof(forms[0]), &taken);
	if (!taken)
		r = take_wordless(&s);
	if (r == 0)
		*ret = t;
	return r;
}
