/*
 * columns_installation.c - the Windows installations
 */
#include "registry/system.h"
#include "report/kinds.h"
#include "report/shared.h"

static const struct machine_installation *installation_of(const struct row *r)
{
	return r->record;
}

static void installation_id(const struct row *r, struct value *v)
{
	value_id(v, "windows", r->index);
}

static void installation_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", installation_of(r)->volume);
}

static void installation_system_root(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->system_root);
}

static void installation_computer_name(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->computer_name);
}

static void installation_computer_sid(const struct row *r, struct value *v)
{
	value_string(v, installation_of(r)->accounts.sid);
}

static void installation_product_name(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->product_name);
}

static void installation_build(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->build);
}

static void installation_control_set(const struct row *r, struct value *v)
{
	char name[CONTROL_SET_NAME_BYTES];

	if (installation_of(r)->control_set != 0)
		value_format(v, "%s",
			     control_set_name(installation_of(r)->control_set,
					      name));
}

static void installation_time_zone(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->time_zone);
}

/* Not set: Windows does as it does by default.  */
static void installation_automount(const struct row *r, struct value *v)
{
	const struct policy_value *p =
		&installation_of(r)->policy.no_automount;

	if (p->is_set)
		value_bool(v, p->value == 0);
}

static void installation_san_policy(const struct row *r, struct value *v)
{
	const struct policy_value *p = &installation_of(r)->policy.san_policy;

	if (p->is_set)
		value_integer(v, p->value);
}

static void installation_san_policy_name(const struct row *r, struct value *v)
{
	const struct policy_value *p = &installation_of(r)->policy.san_policy;

	if (p->is_set)
		value_string(v, san_policy_name(p->value));
}

static void installation_hive(const struct row *r, struct value *v)
{
	if (installation_of(r)->hive.path.utf8 != NULL)
		value_hive(v, r, &installation_of(r)->hive);
}

static void installation_software(const struct row *r, struct value *v)
{
	if (installation_of(r)->software.path.utf8 != NULL)
		value_hive(v, r, &installation_of(r)->software);
}

static void installation_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &installation_of(r)->cites,
		   &installation_of(r)->accounts.sid_cites, i);
}

static void installation_cites(const struct row *r, struct value *v)
{
	const struct machine_installation *i = installation_of(r);

	value_array(v, r, cites_count(&i->cites, &i->accounts.sid_cites),
		    installation_cite_at);
}

static const struct column installation_columns[] = {
	{ "id", VALUE_STRING, installation_id },
	{ "volume", VALUE_STRING, installation_volume },
	{ "systemRoot", VALUE_TEXT, installation_system_root },
	{ "computerName", VALUE_TEXT, installation_computer_name },
	{ "computerSid", VALUE_STRING, installation_computer_sid },
	{ "productName", VALUE_TEXT, installation_product_name },
	{ "build", VALUE_TEXT, installation_build },
	{ "currentControlSet", VALUE_STRING, installation_control_set },
	{ "timeZone", VALUE_TEXT, installation_time_zone },
	{ "automount", VALUE_BOOL, installation_automount },
	{ "sanPolicy", VALUE_INTEGER, installation_san_policy },
	{ "sanPolicyName", VALUE_STRING, installation_san_policy_name },
	{ "hive", VALUE_OBJECT, installation_hive },
	{ "softwareHive", VALUE_OBJECT, installation_software },
	{ "citations", VALUE_ARRAY, installation_cites },
};

static size_t installation_count(const struct model *m)
{
	return m->n_installations;
}

static const void *installation_at(const struct model *m, size_t i)
{
	return &m->installations[i];
}

const struct record_kind installation_kind = {
	"installations", "installation",
	{ installation_columns, ARRAY_LENGTH(installation_columns) },
	installation_count, installation_at
};
