/*
 * lost_names.c - names that a hive holds outside of its tree
 */
#include "mountmgr/lost_names.h"

#include "mountmgr/names_internal.h"

static struct lost_name lost_name(struct arena *a, const struct scan_value *v)
{
	struct lost_name n = {
		.name = {
			.name = v->name,
			.id = { .kind = UNIQUE_ID_RAW, .raw = v->data },
			.last_written = v->last_written, .cites = v->cites,
		},
		.place = v->place, .data = v->state, .in_use = v->in_use,
		.in_log = v->in_log,
	};

	(void)name_parse(v->name_utf16, &n.name);
	/* What a part looks like says nothing.  */
	if (v->state == SCAN_INTACT)
		n.name.id = unique_id_parse(v->data);
	n.name.id_text = name_id_text(a, &n.name.id);
	return n;
}

bool lost_names_near(struct scan_request q)
{
	q.key = "MountedDevices";
	q.prefixes = name_prefixes;
	q.form = name_form;
	return hive_scan_near(&q);
}

int lost_names_read(struct scan_request q, struct arena *a, struct diag_list *d,
		    struct lost_names *ret, struct err *reterr)
{
	struct scan_result found;
	struct lost_names names = { 0 };
	int r;

	q.key = "MountedDevices";
	q.prefixes = name_prefixes;
	q.form = name_form;
	r = hive_scan(&q, a, d, &found, reterr);
	if (r < 0)
		return r;
	names.scanned = found.scanned;
	names.key_whole = found.key_whole;
	for (size_t i = 0; i < found.n; i++) {
		struct lost_name *n;

		/* The subkey Offline has numbers by the same names.  */
		if (found.list[i].type == REG_DWORD)
			continue;
		n = arena_push(a, &names.list, names.n, sizeof(*n));
		if (n == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "deleted name", 0,
				       0);
		*n = lost_name(a, &found.list[i]);
		names.n++;
	}
	*ret = names;
	return 0;
}
