/*
 * class_account.c - Win32_Account: users, groups, and whom quotas are of
 *
 * In WMI the class is abstract, and its objects are users, groups and system
 * accounts, each of a class below it; a reference names this one.
 */
#include "machine/well_known.h"
#include "provider/classes.h"

static const struct account *account_of(const struct cim_object *o)
{
	return &o->provider->accounts[o->index];
}

/* "HOST\Name".  */
static void get_caption(const struct cim_object *o, struct cim_value *v)
{
	const struct account *a = account_of(o);

	cim_set_string(v, *a->domain == '\0' ? a->name :
		       arena_printf(o->provider->arena, "%s\\%s", a->domain,
				    a->name));
}

static void get_description(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, account_of(o)->description);
}

static void get_domain(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, account_of(o)->domain);
}

static void get_local(const struct cim_object *o, struct cim_value *v)
{
	if (account_of(o)->known || account_of(o)->is_local)
		cim_set_boolean(v, account_of(o)->is_local);
}

static void get_name(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, account_of(o)->name);
}

static void get_sid(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, account_of(o)->sid);
}

static void get_sid_type(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, account_of(o)->sid_type);
}

static void get_status(const struct cim_object *o, struct cim_value *v)
{
	const struct account *a = account_of(o);

	cim_set_string(v, !a->known ? "Unknown" : a->disabled ? "Degraded" :
		       "OK");
}

static const struct cim_property properties[] = {
	PROPERTY("Caption", CIM_STRING, get_caption, "Domain and Name"),
	PROPERTY("Description", CIM_STRING, get_description,
		 "SAM: comment; of a SID without a name, what is known of it"),
	KEY("Domain", CIM_STRING, get_domain,
	    "Control\\ComputerName, of what belongs to the computer; empty: "
	    "unknown"),
	UNKNOWN("InstallDate", CIM_DATETIME, NEVER_FILLED),
	PROPERTY("LocalAccount", CIM_BOOLEAN, get_local,
		 "SID: it is well known, or one of the computer's own"),
	KEY("Name", CIM_STRING, get_name,
	    "SAM; the names of well-known SIDs in an English Windows; else the "
	    "SID"),
	PROPERTY("SID", CIM_STRING, get_sid, "SAM; $Extend\\$Quota:$Q"),
	PROPERTY("SIDType", CIM_UINT8, get_sid_type,
		 "1 user, 2 group, 3 domain, 4 alias, 5 well-known group, "
		 "8 unknown"),
	PROPERTY("Status", CIM_STRING, get_status,
		 "SAM: OK, or Degraded, of a user who is disabled; Unknown, of "
		 "a SID without a name"),
};

static size_t count(const struct provider *p)
{
	return p->n_accounts;
}

const struct cim_class class_account = {
	.name = "Win32_Account",
	.ancestors = "CIM_LogicalElement CIM_ManagedSystemElement",
	.space = "root\\cimv2",
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count,
};
