/*
 * columns_quota.c - what users may have on a volume, and whose names they have
 */
#include "machine/well_known.h"
#include "report/shared.h"

/* Whom a SID stands for, as one installation says.  */
struct quota_name {
	size_t installation;	/* NONE: as all Windows say */
	const char *source;
	struct text name;
	const struct cites *cites;
};

struct quota_names {
	struct quota_name *list;
	size_t n;
};

static void add_name(const struct row *r, struct quota_names *names,
		     struct quota_name name)
{
	struct quota_name *new = arena_push(r->scratch, &names->list, names->n,
					    sizeof(*new));

	if (new == NULL)
		return;
	*new = name;
	names->n++;
}

/* By the directory of the profile, whose name is most often, and not always,
 * that of the account.  */
static void name_by_profile(const struct row *r, size_t installation,
			    const char *sid, struct quota_names *names)
{
	const struct machine_profile *p =
		machine_profile_of(r->model, installation, sid);
	struct text name;

	if (p == NULL)
		return;
	name = r->model->users[p->user].name;
	if (name.utf8 != NULL)
		add_name(r, names, (struct quota_name){
			installation, "profile-directory", name,
			&p->account->cites });
}

static struct quota_names names_of(const struct row *r, const char *sid)
{
	const struct well_known *w = well_known_account(sid);
	struct quota_names names = { 0 };
	struct account_name n;

	for (size_t i = 0; i < r->model->n_installations; i++) {
		if (machine_account_name(r->model, i, sid, &n) &&
		    n.account != NULL)
			add_name(r, &names, (struct quota_name){
				i, "sam", n.name, &n.account->cites });
		else if (w == NULL)
			name_by_profile(r, i, sid, &names);
	}
	if (names.n == 0 && w != NULL)
		add_name(r, &names, (struct quota_name){
			NONE, "well-known", { .utf8 = w->name }, NULL });
	return names;
}

static const struct quota_name *name_of(const struct row *r)
{
	return r->record;
}

static void name_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", name_of(r)->installation);
}

static void name_name(const struct row *r, struct value *v)
{
	value_text(v, name_of(r)->name);
}

static void name_source(const struct row *r, struct value *v)
{
	value_string(v, name_of(r)->source);
}

static void name_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, name_of(r)->cites, NULL, i);
}

static void name_cites(const struct row *r, struct value *v)
{
	const struct cites *c = name_of(r)->cites;

	value_array(v, r, c != NULL ? c->n : 0, name_cite_at);
}

static const struct column name_columns[] = {
	{ "installation", VALUE_STRING, name_installation },
	{ "name", VALUE_TEXT, name_name },
	{ "source", VALUE_STRING, name_source },
	{ "citations", VALUE_ARRAY, name_cites },
};
static const struct table name_table = {
	name_columns, ARRAY_LENGTH(name_columns)
};

/* --- users ---------------------------------------------------------------- */

static const struct ntfs_quota *entry_of(const struct row *r)
{
	return r->record;
}

static void limit(struct value *v, int64_t bytes)
{
	if (bytes >= 0)
		value_integer(v, (uint64_t)bytes);
}

static void user_owner(const struct row *r, struct value *v)
{
	value_integer(v, entry_of(r)->quota.owner);
}

static void user_sid(const struct row *r, struct value *v)
{
	value_string(v, entry_of(r)->sid);
}

static void user_name_at(const struct row *r, size_t i, struct value *v)
{
	struct quota_names names = names_of(r, entry_of(r)->sid);

	if (i < names.n)
		value_object(v, r, &name_table, &names.list[i], i);
}

static void user_names(const struct row *r, struct value *v)
{
	value_array(v, r, entry_of(r)->sid == NULL ? 0 :
		    names_of(r, entry_of(r)->sid).n, user_name_at);
}

static void user_used(const struct row *r, struct value *v)
{
	value_integer(v, entry_of(r)->quota.used);
}

static void entry_limit(const struct row *r, struct value *v)
{
	limit(v, entry_of(r)->quota.limit);
}

static void entry_threshold(const struct row *r, struct value *v)
{
	limit(v, entry_of(r)->quota.threshold);
}

static void user_status(const struct row *r, struct value *v)
{
	static const char *const words[] = { "ok", "warning", "exceeded" };

	value_string(v, words[ntfs_quota_status(entry_of(r))]);
}

static void user_deleted(const struct row *r, struct value *v)
{
	value_bool(v, (entry_of(r)->quota.flags & QUOTA_ID_DELETED) != 0);
}

static const struct {
	uint32_t flag;
	const char *name;
} flag_names[] = {
	{ QUOTA_DEFAULT_LIMITS, "default-limits" },
	{ QUOTA_LIMIT_REACHED, "limit-reached" },
	{ QUOTA_ID_DELETED, "id-deleted" },
	{ QUOTA_TRACKING, "tracking-enabled" },
	{ QUOTA_ENFORCEMENT, "enforcement-enabled" },
	{ QUOTA_TRACKING_WANTED, "tracking-requested" },
	{ QUOTA_LOG_THRESHOLD, "log-threshold" },
	{ QUOTA_LOG_LIMIT, "log-limit" },
	{ QUOTA_OUT_OF_DATE, "out-of-date" },
	{ QUOTA_CORRUPT, "corrupt" },
	{ QUOTA_PENDING_DELETES, "pending-deletes" },
};

static void entry_flag_at(const struct row *r, size_t i, struct value *v)
{
	for (size_t k = 0; k < ARRAY_LENGTH(flag_names); k++) {
		if ((entry_of(r)->quota.flags & flag_names[k].flag) == 0)
			continue;
		if (i-- == 0) {
			value_string(v, flag_names[k].name);
			return;
		}
	}
}

static void entry_flags(const struct row *r, struct value *v)
{
	size_t n = 0;

	for (size_t k = 0; k < ARRAY_LENGTH(flag_names); k++)
		n += (entry_of(r)->quota.flags & flag_names[k].flag) != 0;
	value_array(v, r, n, entry_flag_at);
}

static void entry_changed(const struct row *r, struct value *v)
{
	value_time(v, entry_of(r)->quota.changed);
}

static void user_exceeded(const struct row *r, struct value *v)
{
	value_time(v, entry_of(r)->quota.exceeded);
}

static void entry_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &entry_of(r)->cites, NULL, i);
}

static void entry_cites(const struct row *r, struct value *v)
{
	value_array(v, r, entry_of(r)->cites.n, entry_cite_at);
}

static const struct column user_columns[] = {
	{ "ownerId", VALUE_INTEGER, user_owner },
	{ "sid", VALUE_STRING, user_sid },
	{ "names", VALUE_ARRAY, user_names },
	{ "used", VALUE_INTEGER, user_used },
	{ "warningLimit", VALUE_INTEGER, entry_threshold },
	{ "limit", VALUE_INTEGER, entry_limit },
	{ "status", VALUE_STRING, user_status },
	{ "deleted", VALUE_BOOL, user_deleted },
	{ "flags", VALUE_ARRAY, entry_flags },
	{ "changed", VALUE_STRING, entry_changed },
	{ "exceeded", VALUE_STRING, user_exceeded },
	{ "citations", VALUE_ARRAY, entry_cites },
};
static const struct table user_table = {
	user_columns, ARRAY_LENGTH(user_columns)
};

/* --- the volume ----------------------------------------------------------- */

static const char *state_name(const struct ntfs_quotas *q)
{
	uint32_t flags = q->defaults->quota.flags;

	return (flags & QUOTA_ENFORCEMENT) != 0 ? "enforced" :
	       (flags & QUOTA_TRACKING) != 0 ? "tracked" : "disabled";
}

static const struct column default_columns[] = {
	{ "warningLimit", VALUE_INTEGER, entry_threshold },
	{ "limit", VALUE_INTEGER, entry_limit },
	{ "flags", VALUE_ARRAY, entry_flags },
	{ "changed", VALUE_STRING, entry_changed },
	{ "citations", VALUE_ARRAY, entry_cites },
};
static const struct table default_table = {
	default_columns, ARRAY_LENGTH(default_columns)
};

static const struct ntfs_quotas *quotas_of(const struct row *r)
{
	return r->record;
}

static void quota_state(const struct row *r, struct value *v)
{
	if (quotas_of(r)->defaults != NULL)
		value_string(v, state_name(quotas_of(r)));
}

static void quota_defaults(const struct row *r, struct value *v)
{
	if (quotas_of(r)->defaults != NULL)
		value_object(v, r, &default_table, quotas_of(r)->defaults, 0);
}

/* The entries are by owner id, so that what is not of users comes first.  */
static size_t first_user(const struct ntfs_quotas *q)
{
	size_t i = 0;

	while (i < q->n && q->list[i].quota.owner <= QUOTA_DEFAULTS)
		i++;
	return i;
}

static void quota_user_at(const struct row *r, size_t i, struct value *v)
{
	const struct ntfs_quotas *q = quotas_of(r);

	value_object(v, r, &user_table, &q->list[first_user(q) + i], i);
}

static void quota_users(const struct row *r, struct value *v)
{
	value_array(v, r, quotas_of(r)->n - first_user(quotas_of(r)),
		    quota_user_at);
}

static const struct column quota_columns[] = {
	{ "state", VALUE_STRING, quota_state },
	{ "defaults", VALUE_OBJECT, quota_defaults },
	{ "users", VALUE_ARRAY, quota_users },
};
static const struct table quota_table = {
	quota_columns, ARRAY_LENGTH(quota_columns)
};

void value_quota(struct value *v, const struct row *r,
		 const struct machine_volume *volume)
{
	if (volume->quotas != NULL)
		value_object(v, r, &quota_table, volume->quotas, 0);
}
