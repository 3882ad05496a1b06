/*
 * class_quota.c - Win32_QuotaSetting, Win32_VolumeUserQuota, and what joins a
 * setting to its volume
 *
 * Each NTFS volume whose $Quota has defaults has a setting, and each user there
 * a quota, whether quotas are on or not: the setting tells that.  Windows puts
 * the defaults into the entry of a new user, so that an entry has limits of its
 * own, and those are the user's, even if the defaults were changed since.
 */
#include <string.h>

#include "provider/classes.h"

static size_t volume_at(const struct cim_object *o)
{
	return o->provider->quota_volumes[o->index];
}

static const struct quota *defaults_of(const struct cim_object *o)
{
	return &o->provider->model->volumes[volume_at(o)].quotas->defaults
			->quota;
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

/* "C:", as in objects of live systems that were published.  */
static void get_caption(const struct cim_object *o, struct cim_value *v)
{
	const char *path = provider_volume_path(o->provider, volume_at(o));
	size_t n = path != NULL ? strlen(path) : 0;

	if (n > 0)
		cim_set_string(v, arena_printf(
			o->provider->arena, "%.*s",
			(int)(path[n - 1] == '\\' ? n - 1 : n), path));
}

static const struct cim_property setting_properties[] = {
	PROPERTY("Caption", CIM_STRING, get_caption,
		 "VolumePath, without the last backslash"),
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
	return p->n_quota_volumes;
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

/* --- Win32_VolumeUserQuota ------------------------------------------------ */

static const struct user_quota *user_quota_of(const struct cim_object *o)
{
	return &o->provider->user_quotas[o->index];
}

static struct cim_object to_account(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_account,
				    user_quota_of(o)->account };
}

static struct cim_object to_user_volume(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_volume,
				    user_quota_of(o)->volume };
}

static void get_used(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, user_quota_of(o)->quota->quota.used);
}

/* No limit, -1, is the largest number of an unsigned type.  */
static void get_user_limit(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, (uint64_t)user_quota_of(o)->quota->quota.limit);
}

static void get_user_threshold(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, (uint64_t)user_quota_of(o)->quota->quota.threshold);
}

static void get_status(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, ntfs_quota_status(user_quota_of(o)->quota));
}

#define USER_QUOTA "$Extend\\$Quota:$Q, the user's entry"
#define NO_LIMIT "; 18446744073709551615: none"

static const struct cim_property user_quota_properties[] = {
	REFERENCE_KEY("Account", "Win32_Account", to_account,
		      USER_QUOTA ": its SID"),
	PROPERTY("DiskSpaceUsed", CIM_UINT64, get_used, USER_QUOTA),
	PROPERTY("Limit", CIM_UINT64, get_user_limit, USER_QUOTA NO_LIMIT),
	PROPERTY("Status", CIM_UINT32, get_status,
		 "DiskSpaceUsed: 0 OK, 1 Warning, above WarningLimit, "
		 "2 Exceeded, above Limit"),
	REFERENCE_KEY("Volume", "Win32_Volume", to_user_volume, "boot sector"),
	PROPERTY("WarningLimit", CIM_UINT64, get_user_threshold,
		 USER_QUOTA NO_LIMIT),
};

static size_t count_user_quotas(const struct provider *p)
{
	return p->n_user_quotas;
}

const struct cim_class class_volume_user_quota = {
	.name = "Win32_VolumeUserQuota",
	.ancestors = "",
	.space = "root\\cimv2",
	.association = true,
	.properties = user_quota_properties,
	.n_properties = ARRAY_LENGTH(user_quota_properties),
	.count = count_user_quotas,
};
