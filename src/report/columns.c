/*
 * columns.c - findings, the words for numbers, and the list of record kinds
 */
#include "report/columns.h"

#include "report/kinds.h"
#include "report/value.h"

const char *disk_scheme_name(enum disk_scheme s)
{
	static const char *const names[] = {
		[SCHEME_NONE] = "none", [SCHEME_MBR] = "mbr",
		[SCHEME_GPT] = "gpt",
	};

	return names[s];
}

const char *number_basis_name(enum number_basis b)
{
	static const char *const names[] = {
		[NUMBER_ASSUMED] = "assumed", [NUMBER_GIVEN] = "given",
		[NUMBER_RECORDED] = "recorded",
	};

	return names[b];
}

const char *volume_kind_name(enum volume_kind k)
{
	static const char *const names[] = {
		[VOLUME_PARTITION] = "partition", [VOLUME_LDM] = "ldm",
		[VOLUME_WHOLE_DISK] = "whole-disk",
		[VOLUME_RECOVERED] = "recovered",
		[VOLUME_HYBRID] = "hybrid-mbr",
	};

	return names[k];
}

const char *name_kind_name(enum name_kind k)
{
	static const char *const names[] = {
		[NAME_DRIVE_LETTER] = "drive-letter",
		[NAME_VOLUME] = "volume-name", [NAME_NO_LETTER] = "no-letter",
		[NAME_OTHER] = "other",
	};

	return names[k];
}

const char *unique_id_kind_name(enum unique_id_kind k)
{
	static const char *const names[] = {
		[UNIQUE_ID_MBR] = "mbr", [UNIQUE_ID_DMIO] = "dmio",
		[UNIQUE_ID_FT] = "ft", [UNIQUE_ID_DEVICE] = "device",
		[UNIQUE_ID_EMPTY] = "raw", [UNIQUE_ID_RAW] = "raw",
	};

	return names[k];
}

const char *presence_name(enum presence p)
{
	static const char *const names[] = {
		[PRESENT_BEFORE] = "before-replay",
		[PRESENT_AFTER] = "after-replay", [PRESENT_BOTH] = "both",
		[PRESENT_DELETED] = "deleted",
	};

	return names[p];
}

const char *name_change_name(enum name_change c)
{
	static const char *const names[] = {
		[NAME_SAME] = "same", [NAME_DIFFERS] = "differs",
		[NAME_ABSENT] = "absent",
	};

	return names[c];
}

const char *shadow_state_name(enum shadow_state s)
{
	static const char *const names[] = {
		[SHADOW_AVAILABLE] = "available",
		[SHADOW_STORE_MISSING] = "store-missing",
		[SHADOW_STORE_AMBIGUOUS] = "store-ambiguous",
		[SHADOW_VOLUME_MISSING] = "volume-missing",
		[SHADOW_DAMAGED] = "damaged",
	};

	return names[s];
}

const char *trace_kind_name(enum trace_kind k)
{
	static const char *const names[] = {
		[TRACE_VOLUME] = "volume", [TRACE_LETTER] = "letter",
		[TRACE_SHARE] = "share", [TRACE_FOLDER] = "folder",
		[TRACE_DEVICE] = "device",
		[TRACE_RECYCLE_BIN] = "recycle-bin", [TRACE_OTHER] = "other",
	};

	return names[k];
}

const char *scan_place_name(enum scan_place p)
{
	static const char *const names[] = {
		[SCAN_UNREACHABLE] = "unreachable",
		[SCAN_FREE_CELL] = "free-cell",
		[SCAN_CELL_SLACK] = "cell-slack",
		[SCAN_BEYOND_BINS] = "beyond-bins",
		[SCAN_LOG_PAGE] = "log-page",
	};

	return names[p];
}

const char *scan_data_name(enum scan_data d)
{
	static const char *const names[] = {
		[SCAN_INTACT] = "intact", [SCAN_PARTIAL] = "partial",
		[SCAN_OVERWRITTEN] = "overwritten", [SCAN_MISSING] = "missing",
	};

	return names[d];
}

/* The tags whose data we decode, where it could not be.  */
static bool is_damaged(const struct ntfs_reparse *p)
{
	return p->in_record && (p->tag == REPARSE_TAG_MOUNT_POINT ||
				p->tag == REPARSE_TAG_SYMLINK);
}

const char *reparse_kind_name(const struct ntfs_reparse *p)
{
	enum reparse_kind kind = p->raw.n > 0 ? p->data.kind : REPARSE_OTHER;

	switch (kind) {
	case REPARSE_VOLUME_MOUNT_POINT:
		return "volume-mount-point";
	case REPARSE_JUNCTION:
		return "junction";
	case REPARSE_SYMLINK:
		return "symlink";
	case REPARSE_OTHER:
		break;
	}
	return is_damaged(p) ? "damaged" : reparse_tag_name(p->tag);
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = {
		[SEVERITY_INFO] = "info", [SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return names[s];
}

/* Findings */

static const struct diag *finding_of(const struct row *r)
{
	return r->record;
}

static void finding_code(const struct row *r, struct value *v)
{
	value_string(v, finding_of(r)->kind->code);
}

static void finding_severity(const struct row *r, struct value *v)
{
	value_string(v, severity_name(finding_of(r)->kind->severity));
}

static void finding_partial(const struct row *r, struct value *v)
{
	value_bool(v, finding_of(r)->kind->partial);
}

static void finding_message(const struct row *r, struct value *v)
{
	value_string(v, finding_of(r)->message);
}

static void finding_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &finding_of(r)->cites, NULL, i);
}

static void finding_cites(const struct row *r, struct value *v)
{
	value_array(v, r, finding_of(r)->cites.n, finding_cite_at);
}

static const struct column finding_columns[] = {
	{ "code", VALUE_STRING, finding_code },
	{ "severity", VALUE_STRING, finding_severity },
	{ "message", VALUE_STRING, finding_message },
	{ "partial", VALUE_BOOL, finding_partial },
	{ "citations", VALUE_ARRAY, finding_cites },
};

static size_t finding_count(const struct model *m)
{
	return m->findings.n;
}

static const void *finding_at(const struct model *m, size_t i)
{
	return &m->findings.list[i];
}

static const struct record_kind finding_kind = {
	"findings", "finding",
	{ finding_columns, ARRAY_LENGTH(finding_columns) },
	finding_count, finding_at
};

/* How many there are of each kind: of one that a hostile image has in great
 * number, only the first ones are kept word for word.  */

static const struct diag_count *count_of(const struct row *r)
{
	return r->record;
}

static void count_code(const struct row *r, struct value *v)
{
	value_string(v, count_of(r)->kind->code);
}

static void count_severity(const struct row *r, struct value *v)
{
	value_string(v, severity_name(count_of(r)->kind->severity));
}

static void count_title(const struct row *r, struct value *v)
{
	value_string(v, count_of(r)->kind->title);
}

static void count_count(const struct row *r, struct value *v)
{
	value_integer(v, count_of(r)->n);
}

static const struct column count_columns[] = {
	{ "code", VALUE_STRING, count_code },
	{ "severity", VALUE_STRING, count_severity },
	{ "title", VALUE_STRING, count_title },
	{ "count", VALUE_INTEGER, count_count },
};

static size_t count_kinds(const struct model *m)
{
	return m->findings.n_counts;
}

static const void *count_at(const struct model *m, size_t i)
{
	return &m->findings.counts[i];
}

static const struct record_kind finding_count_kind = {
	"findingCounts", "findingCount",
	{ count_columns, ARRAY_LENGTH(count_columns) },
	count_kinds, count_at
};

const struct record_kind *const record_kinds[] = {
	&image_kind, &disk_kind, &partition_kind, &volume_kind, &recovered_kind,
	&installation_kind, &name_kind, &name_history_kind, &remote_name_kind,
	&mount_point_kind, &reparse_point_kind,
	&known_disk_kind, &volume_trace_kind,
	&user_kind, &user_volume_kind,
	&disk_event_kind,
	&shadow_copy_kind, &mount_history_kind, &user_volume_history_kind,
	&event_kind, &finding_kind,
	&finding_count_kind,
};
const size_t n_record_kinds = ARRAY_LENGTH(record_kinds);
