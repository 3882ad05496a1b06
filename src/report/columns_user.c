/*
 * columns_user.c - users, and the volumes that they knew
 */
#include "report/kinds.h"
#include "report/shared.h"

/* Accounts: the users of a profile */

struct user_account {
	const struct profile_account *profile;
	struct account_name name;
	bool is_named;
};

/* Account @i of @u, and its name where the registry has one; NULL: out of
 * memory.  */
static struct user_account *user_account(const struct row *r,
					 const struct machine_user *u, size_t i)
{
	struct user_account *a = arena_alloc(r->scratch, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->profile = u->accounts[i];
	a->is_named = machine_account_name(r->model, u->installation,
					   a->profile->sid.utf8, &a->name);
	return a;
}

static const struct user_account *named_of(const struct row *r)
{
	return r->record;
}

static const struct profile_account *account_of(const struct row *r)
{
	return named_of(r)->profile;
}

/* The account in the SAM; NULL: it is in none.  */
static const struct sam_account *sam_of(const struct row *r)
{
	return named_of(r)->is_named ? named_of(r)->name.account : NULL;
}

static const struct cites *sam_cites(const struct row *r)
{
	return sam_of(r) != NULL ? &sam_of(r)->cites : NULL;
}

static void account_name(const struct row *r, struct value *v)
{
	if (named_of(r)->is_named)
		value_text(v, named_of(r)->name.name);
}

static void account_name_source(const struct row *r, struct value *v)
{
	if (named_of(r)->is_named)
		value_string(v, sam_of(r) != NULL ? "sam" : "well-known");
}

static void account_full_name(const struct row *r, struct value *v)
{
	if (sam_of(r) != NULL)
		value_text(v, sam_of(r)->full_name);
}

static void account_comment(const struct row *r, struct value *v)
{
	if (sam_of(r) != NULL)
		value_text(v, sam_of(r)->comment);
}

static void account_disabled(const struct row *r, struct value *v)
{
	if (sam_of(r) != NULL)
		value_bool(v, sam_of(r)->disabled);
}

static void account_sid(const struct row *r, struct value *v)
{
	value_text(v, account_of(r)->sid);
}

static void account_path(const struct row *r, struct value *v)
{
	value_text(v, account_of(r)->path);
}

static void account_loaded(const struct row *r, struct value *v)
{
	value_time(v, account_of(r)->loaded);
}

static void account_unloaded(const struct row *r, struct value *v)
{
	value_time(v, account_of(r)->unloaded);
}

static void account_last_written(const struct row *r, struct value *v)
{
	value_time(v, account_of(r)->last_written);
}

static void account_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &account_of(r)->cites, sam_cites(r), i);
}

static void account_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&account_of(r)->cites, sam_cites(r)),
		    account_cite_at);
}

static const struct column account_columns[] = {
	{ "sid", VALUE_TEXT, account_sid },
	{ "name", VALUE_TEXT, account_name },
	{ "nameSource", VALUE_STRING, account_name_source },
	{ "fullName", VALUE_TEXT, account_full_name },
	{ "comment", VALUE_TEXT, account_comment },
	{ "disabled", VALUE_BOOL, account_disabled },
	{ "profileImagePath", VALUE_TEXT, account_path },
	{ "loaded", VALUE_STRING, account_loaded },
	{ "unloaded", VALUE_STRING, account_unloaded },
	{ "lastWritten", VALUE_STRING, account_last_written },
	{ "citations", VALUE_ARRAY, account_cites },
};
static const struct table account_table = {
	account_columns, ARRAY_LENGTH(account_columns)
};

/* Users */

static const struct machine_user *user_of(const struct row *r)
{
	return r->record;
}

static void user_id(const struct row *r, struct value *v)
{
	value_id(v, "user", r->index);
}

static void user_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", user_of(r)->installation);
}

static void user_name(const struct row *r, struct value *v)
{
	value_text(v, user_of(r)->name);
}

static void user_sid(const struct row *r, struct value *v)
{
	if (user_of(r)->n_accounts > 0)
		value_text(v, user_of(r)->accounts[0]->sid);
}

static void user_account_name(const struct row *r, struct value *v)
{
	struct account_name n;

	if (user_of(r)->n_accounts > 0 &&
	    machine_account_name(r->model, user_of(r)->installation,
				 user_of(r)->accounts[0]->sid.utf8, &n))
		value_text(v, n.name);
}

static void user_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", user_of(r)->volume);
}

static void user_profile(const struct row *r, struct value *v)
{
	value_text(v, user_of(r)->profile);
}

static void user_account_at(const struct row *r, size_t i, struct value *v)
{
	const struct user_account *a = user_account(r, user_of(r), i);

	if (a != NULL)
		value_object(v, r, &account_table, a, i);
}

static void user_accounts(const struct row *r, struct value *v)
{
	value_array(v, r, user_of(r)->n_accounts, user_account_at);
}

static void user_former(const struct row *r, struct value *v)
{
	value_bool(v, user_of(r)->former);
}

static void user_hive(const struct row *r, struct value *v)
{
	if (user_of(r)->hive.path.utf8 != NULL)
		value_hive(v, r, &user_of(r)->hive);
}

static void user_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &user_of(r)->cites, NULL, i);
}

static void user_cites(const struct row *r, struct value *v)
{
	value_array(v, r, user_of(r)->cites.n, user_cite_at);
}

static const struct column user_columns[] = {
	{ "id", VALUE_STRING, user_id },
	{ "installation", VALUE_STRING, user_installation },
	{ "name", VALUE_TEXT, user_name },
	{ "sid", VALUE_TEXT, user_sid },
	{ "accountName", VALUE_TEXT, user_account_name },
	{ "volume", VALUE_STRING, user_volume },
	{ "profile", VALUE_TEXT, user_profile },
	{ "accounts", VALUE_ARRAY, user_accounts },
	{ "former", VALUE_BOOL, user_former },
	{ "hive", VALUE_OBJECT, user_hive },
	{ "citations", VALUE_ARRAY, user_cites },
};

static size_t user_count(const struct model *m)
{
	return m->n_users;
}

static const void *user_at(const struct model *m, size_t i)
{
	return &m->users[i];
}

const struct record_kind user_kind = {
	"users", "user", { user_columns, ARRAY_LENGTH(user_columns) },
	user_count, user_at
};

/* The volumes that they knew */

static const struct machine_user_volume *known_of(const struct row *r)
{
	return r->record;
}

static void known_user(const struct row *r, struct value *v)
{
	value_id(v, "user", known_of(r)->user);
}

static void known_kind(const struct row *r, struct value *v)
{
	value_string(v, trace_kind_name(known_of(r)->trace->kind));
}

static void known_place(const struct row *r, struct value *v)
{
	value_string(v, known_of(r)->trace->place);
}

static void known_key(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->trace->key);
}

static void known_present(const struct row *r, struct value *v)
{
	value_string(v, presence_name(known_of(r)->presence));
}

/* Of a hive that is lost: the key's record is whole, but nobody knows if it
 * still was there.  */
static void known_recovered(const struct row *r, struct value *v)
{
	static const struct lost_name in_log = {
		.place = SCAN_LOG_PAGE, .data = SCAN_INTACT,
	};

	if (r->model->users[known_of(r)->user].hive.is_log)
		value_recovered(v, r, &in_log);
}

static void known_guid(const struct row *r, struct value *v)
{
	if (known_of(r)->trace->has_guid)
		value_string(v, guid_text(&known_of(r)->trace->guid, v->buf));
}

static void known_guid_time(const struct row *r, struct value *v)
{
	if (known_of(r)->trace->has_guid)
		value_guid_time(v, r, &known_of(r)->trace->guid);
}

static void known_letter(const struct row *r, struct value *v)
{
	if (known_of(r)->trace->letter != 0)
		value_format(v, "%c", known_of(r)->trace->letter);
}

static void known_share(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->trace->share);
}

static void known_label(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->trace->label);
}

static void known_media_label(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->trace->media_label);
}

static void known_auto_play(const struct row *r, struct value *v)
{
	value_bool(v, known_of(r)->trace->shell);
}

static void known_autorun(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->trace->autorun);
}

static void known_last_written(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->trace->last_written);
}

static void known_unique_id(const struct row *r, struct value *v)
{
	if (known_of(r)->name != NULL)
		value_unique_id(v, r, known_of(r)->name);
}

static void known_volume(const struct row *r, struct value *v)
{
	value_volume(v, &known_of(r)->resolution);
}

static void known_tier(const struct row *r, struct value *v)
{
	value_tier(v, &known_of(r)->resolution);
}

static void known_certainty(const struct row *r, struct value *v)
{
	if (known_of(r)->is_volume)
		value_certainty(v, &known_of(r)->resolution);
}

static void known_tier_at(const struct row *r, size_t i, struct value *v)
{
	value_tier_at(v, &known_of(r)->resolution, i);
}

static void known_tiers(const struct row *r, struct value *v)
{
	value_array(v, r, tier_count(&known_of(r)->resolution), known_tier_at);
}

static void known_leads(const struct row *r, struct value *v)
{
	value_leads(v, r, &known_of(r)->resolution);
}

static void known_disk(const struct row *r, struct value *v)
{
	value_known_disk(v, &known_of(r)->resolution);
}

static void known_disk_at(const struct row *r, size_t i, struct value *v)
{
	value_known_disk_at(v, &known_of(r)->resolution, i);
}

static void known_disks(const struct row *r, struct value *v)
{
	value_array(v, r, known_of(r)->resolution.n_known_disks,
		    known_disk_at);
}

static void known_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &known_of(r)->trace->cites,
		   &known_of(r)->resolution.cites, i);
}

static void known_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&known_of(r)->trace->cites,
				      &known_of(r)->resolution.cites),
		    known_cite_at);
}

/* What the key of a user's hive says, and where that leads.  */
#define TRACE_COLUMNS \
	{ "kind", VALUE_STRING, known_kind }, \
	{ "place", VALUE_STRING, known_place }, \
	{ "key", VALUE_TEXT, known_key }, \
	{ "present", VALUE_STRING, known_present }, \
	{ "guid", VALUE_STRING, known_guid }, \
	{ "guidTime", VALUE_OBJECT, known_guid_time }, \
	{ "letter", VALUE_STRING, known_letter }, \
	{ "share", VALUE_TEXT, known_share }, \
	{ "label", VALUE_TEXT, known_label }, \
	{ "mediaLabel", VALUE_TEXT, known_media_label }, \
	{ "autoPlay", VALUE_BOOL, known_auto_play }, \
	{ "autorunCommand", VALUE_TEXT, known_autorun }, \
	{ "lastWritten", VALUE_STRING, known_last_written }
#define RESOLUTION_COLUMNS \
	{ "uniqueId", VALUE_OBJECT, known_unique_id }, \
	{ "volume", VALUE_STRING, known_volume }, \
	{ "tier", VALUE_STRING, known_tier }, \
	{ "certainty", VALUE_STRING, known_certainty }, \
	{ "tiers", VALUE_ARRAY, known_tiers }, \
	{ "leads", VALUE_ARRAY, known_leads }, \
	{ "knownDisk", VALUE_STRING, known_disk }, \
	{ "knownDisks", VALUE_ARRAY, known_disks }, \
	{ "citations", VALUE_ARRAY, known_cites }

static const struct column known_columns[] = {
	{ "user", VALUE_STRING, known_user },
	TRACE_COLUMNS,
	{ "recovered", VALUE_OBJECT, known_recovered },
	RESOLUTION_COLUMNS,
};

static size_t known_count(const struct model *m)
{
	return m->n_user_volumes;
}

static const void *known_at(const struct model *m, size_t i)
{
	return &m->user_volumes[i];
}

const struct record_kind user_volume_kind = {
	"userVolumes", "userVolume",
	{ known_columns, ARRAY_LENGTH(known_columns) },
	known_count, known_at
};

/* And those that their hives in shadow copies have */

static const struct machine_former_user_volume *then_of(const struct row *r)
{
	return r->record;
}

static void then_shadow(const struct row *r, struct value *v)
{
	value_id(v, "shadow", then_of(r)->shadow_copy);
}

static void then_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", then_of(r)->installation);
}

static void then_user(const struct row *r, struct value *v)
{
	value_id(v, "user", then_of(r)->user);
}

static void then_name(const struct row *r, struct value *v)
{
	value_text(v, then_of(r)->whose->name);
}

static void then_sid(const struct row *r, struct value *v)
{
	if (then_of(r)->whose->n_accounts > 0)
		value_text(v, then_of(r)->whose->accounts[0]->sid);
}

static void then_profile(const struct row *r, struct value *v)
{
	value_text(v, then_of(r)->whose->profile);
}

static void then_hive(const struct row *r, struct value *v)
{
	value_hive(v, r, &then_of(r)->whose->hive);
}

static void then_change(const struct row *r, struct value *v)
{
	value_string(v, name_change_name(then_of(r)->change));
}

static const struct column then_columns[] = {
	{ "shadowCopy", VALUE_STRING, then_shadow },
	{ "installation", VALUE_STRING, then_installation },
	{ "user", VALUE_STRING, then_user },
	{ "name", VALUE_TEXT, then_name },
	{ "sid", VALUE_TEXT, then_sid },
	{ "profile", VALUE_TEXT, then_profile },
	{ "hive", VALUE_OBJECT, then_hive },
	TRACE_COLUMNS,
	{ "change", VALUE_STRING, then_change },
	RESOLUTION_COLUMNS,
};

static size_t then_count(const struct model *m)
{
	return m->n_former_user_volumes;
}

static const void *then_at(const struct model *m, size_t i)
{
	return &m->former_user_volumes[i];
}

const struct record_kind user_volume_history_kind = {
	"userVolumeHistory", "historicUserVolume",
	{ then_columns, ARRAY_LENGTH(then_columns) },
	then_count, then_at
};
