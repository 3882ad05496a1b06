/*
 * volume_traces.c - the keys of a SOFTWARE hive that speak of volumes
 *
 *   Microsoft\Windows Portable Devices\Devices\<device>
 *       FriendlyName: the label, or the letter where there was none
 *   Microsoft\Windows NT\CurrentVersion\EMDMgmt\<device><label>_<number>
 *       of ReadyBoost; the number is the volume's serial number in decimal
 *       LastTestedTime: a FILETIME; how fast the volume was then, and what of
 *       it a cache could take, is in others
 *   Microsoft\Windows Search\VolumeInfoCache\<X:>
 *       VolumeLabel
 *       DriveType: as GetDriveType() gives it, 0 to 6
 *
 * where <device> is as in the names of Enum:
 *
 *   SWD#WPDBUSENUM#_??_USBSTOR#Disk&Ven_X...#serial&0#{53f56307-...}
 *   SWD#WPDBUSENUM#{DiskId}#0000000000100000
 *   WPDBUSENUMROOT#UMB#2&37c186b&0&STORAGE#VOLUME#_??_USBSTOR#...
 *   STORAGE#Volume#{DiskId}#0000000000100000#{53f5630d-...}
 *
 * Sources: libyal winreg-kb; published notes on Windows 7 and 10.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "mountmgr/findings.h"
#include "mountmgr/record_values.h"

#define PORTABLE "Microsoft\\Windows Portable Devices\\Devices"
#define READY_BOOST "Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt"
#define SEARCH "Microsoft\\Windows Search\\VolumeInfoCache"

/* As many as of a SYSTEM hive.  */
#define MAX_TRACES 4096
#define TRACES_MAX_BYTES (120u << 20)

/* Of the offset in a volume's name, in hexadecimal.  */
#define OFFSET_DIGITS 16

/* DRIVE_RAMDISK.  */
#define DRIVE_TYPE_MAX 6

struct reader {
	struct record_reader values;
	struct arena *arena;
	enum volume_source source;
	struct volume_record *list;
	size_t n;
	bool full;
};

static struct volume_record *new_trace(struct reader *r,
				       const struct hive_key *k)
{
	struct volume_record *v;

	if (r->n == MAX_TRACES || arena_bytes(r->arena) > TRACES_MAX_BYTES) {
		r->full = true;
		return NULL;
	}
	v = arena_push(r->arena, &r->list, r->n, sizeof(*v));
	if (v == NULL || k->name.utf8 == NULL)
		return NULL;
	v->place = RECORD_SOFTWARE;
	v->source = r->source;
	v->instance = k->name;
	v->last_written = k->last_written;
	cites_join(r->arena, &v->cites, &k->cites);
	r->values.subject = k->name.utf8;
	r->n++;
	return v;
}

static int stop(const struct reader *r)
{
	return r->full ? 1 : ERR_NOMEM;
}

static int visit_portable(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct volume_record *v;
	const char *at;

	if (k->name.utf8 == NULL)
		return ERR_NOMEM;
	at = ascii_find(k->name.utf8, "WPDBUSENUM");
	/* Others are telephones and cameras.  */
	if (at == NULL)
		return 0;
	v = new_trace(r, k);
	if (v == NULL)
		return stop(r);
	at = strchr(at, '#');
	v->at = volume_form_parse(r->arena, at != NULL ? at + 1 : "");
	record_friendly_name(&r->values, k, v);
	return 0;
}

/* Behind "{...}" at @s, a GUID; NULL: there is none.  */
static const char *after_guid(const char *s)
{
	struct guid g;

	return s[0] == '{' && guid_parse(s + 1, &g) &&
	       s[1 + GUID_TEXT_CHARS] == '}' ? s + GUID_TEXT_CHARS + 2 : NULL;
}

/* Behind "#0000000000100000" at @s; NULL: that is not there.  */
static const char *after_offset(const char *s)
{
	return s[0] == '#' && strspn(s + 1, "0123456789abcdefABCDEF") >=
	       OFFSET_DIGITS ? s + 1 + OFFSET_DIGITS : NULL;
}

/* Where the label begins in @name, behind a device that ends with the class of
 * its interface, or with {DiskId}#offset and perhaps the class.  What tells the
 * device stands from *@ret_begin to *@ret_end.  NULL: its end is not known.
 */
static const char *find_label(const char *name, const char **ret_begin,
			      const char **ret_end)
{
	*ret_begin = name;
	for (const char *p = strchr(name, '{'); p != NULL;
	     p = strchr(p + 1, '{')) {
		const char *end = after_guid(p), *offset;

		if (end == NULL || (p != name && p[-1] != '#'))
			continue;
		*ret_end = end;
		offset = after_offset(end);
		if (offset == NULL)
			return end;
		*ret_begin = p;
		*ret_end = offset;
		end = offset[0] == '#' ? after_guid(offset + 1) : NULL;
		return end != NULL ? end : offset;
	}
	return NULL;
}

/* Whether @name, that is no label behind a device, is a device's all the same:
 * where its label begins in it, is not known.  */
static bool is_device(const char *name)
{
	static const char *const parts[] = {
		"_??_", "STORAGE#", "USBSTOR#", "WPDBUSENUM",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (ascii_find(name, parts[i]) != NULL)
			return true;
	return false;
}

/* "<label>_<serial number>", behind the device @name or all of it; @label is
 * NULL where only its end is known.  */
static void parse_label(struct arena *a, const char *name, const char *label,
			struct volume_record *v)
{
	const char *number = strrchr(name, '_');
	unsigned long long serial;
	char *end;

	if (number == NULL || (label != NULL && number < label) ||
	    number[1] < '0' || number[1] > '9')
		return;
	serial = strtoull(number + 1, &end, 10);
	if (*end != '\0' || serial > UINT32_MAX)
		return;
	v->has_serial = true;
	v->serial = (uint32_t)serial;
	if (label != NULL && number > label)
		v->label.utf8 = arena_printf(a, "%.*s", (int)(number - label),
					     label);
}

static int visit_ready_boost(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct volume_record *v = new_trace(r, k);
	const char *name = k->name.utf8, *begin, *end = NULL;
	const char *label, *device;

	if (v == NULL)
		return stop(r);
	label = find_label(name, &begin, &end);
	if (label != NULL) {
		device = arena_printf(r->arena, "%.*s", (int)(end - begin),
				      begin);
		if (device == NULL)
			return ERR_NOMEM;
		v->at = volume_form_parse(r->arena, device);
	} else if (!is_device(name)) {
		label = name;
	}
	parse_label(r->arena, name, label, v);
	v->last_tested = record_time(&r->values, k, "LastTestedTime",
				     "LastTestedTime", &v->tested_cites);
	cites_join(r->arena, &v->cites, &v->tested_cites);
	return 0;
}

static int visit_search(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct volume_record *v = new_trace(r, k);

	if (v == NULL)
		return stop(r);
	v->letter = record_letter(k->name.utf8, false);
	v->label = record_text(&r->values, k, "VolumeLabel", &v->cites);
	v->has_drive_type = record_number(&r->values, k, "DriveType",
					  DRIVE_TYPE_MAX, &v->drive_type,
					  &v->cites);
	return 0;
}

int volume_traces_read(struct hive *h, struct arena *a, struct diag_list *d,
		       struct volume_traces *ret, struct err *reterr)
{
	static const struct {
		const char *path;
		enum volume_source source;
		hive_key_fn *visit;
	} keys[] = {
		{ PORTABLE, VOLUME_SOURCE_PORTABLE, visit_portable },
		{ READY_BOOST, VOLUME_SOURCE_READY_BOOST, visit_ready_boost },
		{ SEARCH, VOLUME_SOURCE_SEARCH, visit_search },
	};
	struct reader r = { .values = { h, a, d, "" }, .arena = a };
	struct hive_key k;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (hive_find_key(h, NULL, keys[i].path, &k, NULL) < 0)
			continue;
		r.source = keys[i].source;
		if (hive_each_subkey(h, &k, keys[i].visit, &r, NULL) ==
		    ERR_NOMEM)
			return err_set(reterr, ERR_NOMEM, 0, "volume traces", 0,
				       0);
	}
	if (r.full)
		diag_add(d, &FINDING_DISK_RECORDS_CUT,
			 "The SOFTWARE hive names more volumes than are read; "
			 "%zu were read.", r.n);
	*ret = (struct volume_traces){ r.list, r.n };
	return 0;
}
