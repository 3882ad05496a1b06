/*
 * columns_bitlocker.c - what BitLocker says of a volume
 */
#include <inttypes.h>

#include "report/shared.h"

static const struct machine_volume *volume_of(const struct row *r)
{
	return r->record;
}

static const struct bitlocker *bitlocker_of(const struct row *r)
{
	return volume_of(r)->bitlocker;
}

static void version_text(const struct row *r, struct value *v)
{
	static const char *const forms[] = {
		[BITLOCKER_VISTA] = "vista", [BITLOCKER_WINDOWS_7] = "7",
		[BITLOCKER_TO_GO] = "to-go",
	};

	value_string(v, forms[bitlocker_of(r)->boot.form]);
}

static void encrypt_on_write(const struct row *r, struct value *v)
{
	value_bool(v, bitlocker_of(r)->boot.on_write);
}

static void identifier(const struct row *r, struct value *v)
{
	if (bitlocker_of(r)->known)
		value_guid(v, &bitlocker_of(r)->block.volume);
}

static void description(const struct row *r, struct value *v)
{
	value_text(v, bitlocker_of(r)->description.text);
}

static void computer_name(const struct row *r, struct value *v)
{
	value_string(v, bitlocker_of(r)->description.computer);
}

static void drive_letter(const struct row *r, struct value *v)
{
	value_string(v, bitlocker_of(r)->description.drive);
}

static void old_label(const struct row *r, struct value *v)
{
	value_string(v, bitlocker_of(r)->description.label);
}

static void date_text(const struct row *r, struct value *v)
{
	value_string(v, bitlocker_of(r)->description.date);
}

static void created(const struct row *r, struct value *v)
{
	if (bitlocker_of(r)->known)
		value_time(v, bitlocker_of(r)->block.created);
}

/* A number that has no name is shown as it is.  */
static void name_or_number(struct value *v, const char *name, uint16_t number)
{
	if (name != NULL)
		value_string(v, name);
	else
		value_format(v, "0x%04x", number);
}

static void method(const struct row *r, struct value *v)
{
	const struct bitlocker *b = bitlocker_of(r);

	if (b->known)
		name_or_number(v, fve_method_name(b->block.method),
			       b->block.method);
}

static void conversion(const struct row *r, struct value *v)
{
	const struct bitlocker *b = bitlocker_of(r);

	if (b->known)
		name_or_number(v, fve_state_name(b->block.state),
			       b->block.state);
}

static void wanted_conversion(const struct row *r, struct value *v)
{
	const struct bitlocker *b = bitlocker_of(r);

	if (b->known)
		name_or_number(v, fve_state_name(b->block.next_state),
			       b->block.next_state);
}

static void encrypted_size(const struct row *r, struct value *v)
{
	const struct bitlocker *b = bitlocker_of(r);

	if (b->known && b->block.version == 2)
		value_integer(v, b->block.encrypted_bytes);
}

const char *volume_lock_name(enum volume_lock lock)
{
	static const char *const names[] = {
		[LOCK_NONE] = NULL, [LOCK_LOCKED] = "locked",
		[LOCK_UNLOCKED] = "unlocked", [LOCK_CLEAR_KEY] = "clear-key",
	};

	return names[lock];
}

static void lock_state(const struct row *r, struct value *v)
{
	value_string(v, volume_lock_name(volume_of(r)->lock));
}

static void unlocked_by(const struct row *r, struct value *v)
{
	const struct bitlocker_protector *p = volume_of(r)->unlocked_by;

	if (p != NULL)
		value_string(v, fve_protection_name(p->fve.protection));
}

static const struct bitlocker_protector *protector_of(const struct row *r)
{
	return r->record;
}

static void protector_identifier(const struct row *r, struct value *v)
{
	char guid[GUID_TEXT_CHARS + 1];

	value_format(v, "%s", guid_text(&protector_of(r)->fve.identifier,
					guid));
}

static void protector_kind(const struct row *r, struct value *v)
{
	const char *name = fve_protection_name(protector_of(r)->fve.protection);

	value_string(v, name != NULL ? name : "unknown");
}

static void protector_number(const struct row *r, struct value *v)
{
	value_format(v, "0x%04x", protector_of(r)->fve.protection);
}

static void protector_name(const struct row *r, struct value *v)
{
	value_text(v, protector_of(r)->name);
}

static void protector_modified(const struct row *r, struct value *v)
{
	value_time(v, protector_of(r)->fve.modified);
}

static const struct column protector_columns[] = {
	{ "identifier", VALUE_STRING, protector_identifier },
	{ "kind", VALUE_STRING, protector_kind },
	{ "protection", VALUE_STRING, protector_number },
	{ "name", VALUE_TEXT, protector_name },
	{ "lastModified", VALUE_STRING, protector_modified },
};
static const struct table protector_table = {
	protector_columns, ARRAY_LENGTH(protector_columns)
};

static void protector_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &protector_table, &bitlocker_of(r)->protectors[i],
		     i);
}

static void protectors(const struct row *r, struct value *v)
{
	value_array(v, r, bitlocker_of(r)->n_protectors, protector_at);
}

static const struct bitlocker_copy *copy_of(const struct row *r)
{
	return r->record;
}

static void copy_offset(const struct row *r, struct value *v)
{
	value_integer(v, copy_of(r)->offset);
}

static void copy_usable(const struct row *r, struct value *v)
{
	value_bool(v, copy_of(r)->usable);
}

static const struct column copy_columns[] = {
	{ "offset", VALUE_INTEGER, copy_offset },
	{ "usable", VALUE_BOOL, copy_usable },
};
static const struct table copy_table = {
	copy_columns, ARRAY_LENGTH(copy_columns)
};

static void copy_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &copy_table, &bitlocker_of(r)->copies[i], i);
}

static void copies(const struct row *r, struct value *v)
{
	value_array(v, r, 3, copy_at);
}

static void copy_used(const struct row *r, struct value *v)
{
	if (bitlocker_of(r)->known)
		value_integer(v, bitlocker_of(r)->copy);
}

static void cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &bitlocker_of(r)->cites, NULL, i);
}

static void citations(const struct row *r, struct value *v)
{
	value_array(v, r, bitlocker_of(r)->cites.n, cite_at);
}

static const struct column bitlocker_columns[] = {
	{ "version", VALUE_STRING, version_text },
	{ "identifier", VALUE_STRING, identifier },
	{ "description", VALUE_TEXT, description },
	{ "computerName", VALUE_STRING, computer_name },
	{ "driveLetter", VALUE_STRING, drive_letter },
	{ "volumeLabel", VALUE_STRING, old_label },
	{ "date", VALUE_STRING, date_text },
	{ "created", VALUE_STRING, created },
	{ "encryptionMethod", VALUE_STRING, method },
	{ "encryptOnWrite", VALUE_BOOL, encrypt_on_write },
	{ "conversion", VALUE_STRING, conversion },
	{ "wantedConversion", VALUE_STRING, wanted_conversion },
	{ "encryptedSize", VALUE_INTEGER, encrypted_size },
	{ "state", VALUE_STRING, lock_state },
	{ "unlockedBy", VALUE_STRING, unlocked_by },
	{ "protectors", VALUE_ARRAY, protectors },
	{ "metadata", VALUE_ARRAY, copies },
	{ "metadataUsed", VALUE_INTEGER, copy_used },
	{ "citations", VALUE_ARRAY, citations },
};
static const struct table bitlocker_table = {
	bitlocker_columns, ARRAY_LENGTH(bitlocker_columns)
};

void value_bitlocker(struct value *v, const struct row *r,
		     const struct machine_volume *volume)
{
	if (volume->bitlocker != NULL)
		value_object(v, r, &bitlocker_table, volume, 0);
}
