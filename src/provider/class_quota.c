/*
 * class_quota.c - Win32_QuotaSetting, and what joins it to its volume
 *
 * Each NTFS volume whose $Quota has defaults has a setting, whether quotas are
 * on or not.  Whose names the users of a quota have, is another matter: users
 * are not objects yet.
 */
#include "provider/classes.h"

static size_t volume_at(const struct cim_object *o)
{
	return provider_quota_volumes(o->provider)->list[o->index];
}

static const struct quota *defaults_of(const struct cim_object *o)
{
	return &provider_quotas(o->provider, volume_at(o))->defaults->quota;
}

static void get_limit(const struct cim_object *o, struct cim_value *v)
{
	cim_set_signed(v, defaults_of(o)->limit);
}

static void get_threshold(const struct cim_object *o, struct cim_value *v)
{
	cim_set_signed(v, defaults_of(o)->threshold);
}

static void get_log_limit(const struct cim_object *o, struct cim_value *v)
{
	cim_set_boolean(v, (defaults_of(o)->flags & QUOTA_LOG_LIMIT) != 0);
}

static void get_log_threshold(const struct cim_object *o, struct cim_value *v)
{
	cim_set_boolean(v, (defaults_of(o)->flags & QUOTA_LOG_THRESHOLD) != 0);
}

/* 0 disabled, 1 tracked, 2 enforced.  */
static void get_state(const struct cim_object *o, struct cim_value *v)
{
	uint32_t flags = defaults_of(o)->flags;

	cim_set_integer(v, (flags & QUOTA_ENFORCEMENT) != 0 ? 2 :
			   (flags & QUOTA_TRACKING) != 0 ? 1 : 0);
}

static void get_path(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, provider_volume_path(o->provider, volume_at(o)));
}

#define QUOTA "$Extend\\$Quota:$Q, entry 1"

static const struct cim_property setting_properties[] = {
	UNKNOWN("Caption", CIM_STRING, NEVER_FILLED),
	PROPERTY("DefaultLimit", CIM_SINT64, get_limit, QUOTA "; -1: none"),
	PROPERTY("DefaultWarningLimit", CIM_SINT64, get_threshold,
		 QUOTA "; -1: none"),
	UNKNOWN("Description", CIM_STRING, NEVER_FILLED),
	PROPERTY("ExceededNotification", CIM_BOOLEAN, get_log_limit, QUOTA),
	UNKNOWN("SettingID", CIM_STRING, NEVER_FILLED),
	PROPERTY("State", CIM_UINT32, get_state,
		 QUOTA ": 0 disabled, 1 tracked, 2 enforced"),
	KEY("VolumePath", CIM_STRING, get_path, "as Name of Win32_Volume"),
	PROPERTY("WarningExceededNotification", CIM_BOOLEAN,
		 get_log_threshold, QUOTA),
};

static size_t count(const struct provider *p)
{
	return provider_quota_volumes(p)->n;
}

const struct cim_class class_quota_setting = {
	.name = "Win32_QuotaSetting",
	.ancestors = "CIM_Setting",
	.space = "root\\cimv2",
	.properties = setting_properties,
	.n_properties = ARRAY_LENGTH(setting_properties),
	.count = count,
};

/* --- Win32_VolumeQuota ---------------------------------------------------- */

static struct cim_object to_volume(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_volume, volume_at(o) };
}

static struct cim_object to_setting(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_quota_setting,
				    o->index };
}

static const struct cim_property quota_properties[] = {
	REFERENCE_KEY("Element", "Win32_Volume", to_volume, "boot sector"),
	REFERENCE_KEY("Setting", "Win32_QuotaSetting", to_setting,
		      "$Extend\\$Quota"),
};

const struct cim_class class_volume_quota = {
	.name = "Win32_VolumeQuota",
	.ancestors = "CIM_ElementSetting",
	.space = "root\\cimv2",
	.association = true,
	.properties = quota_properties,
	.n_properties = ARRAY_LENGTH(quota_properties),
	.count = count,
};
