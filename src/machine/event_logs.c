/*
 * event_logs.c - the logs of the partition manager that an installation has
 *
 *   System32\winevt\Logs\
 *       Microsoft-Windows-Partition%4Diagnostic.evtx
 *       Archive-Microsoft-Windows-Partition%4Diagnostic-<time>.evtx
 *
 * A slash in the name of a channel is %4 in that of its file.  A log that is to
 * be kept when it is full is renamed, with the time in its name, and the next
 * one counts its records on from there.
 */
#include "machine/event_logs.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"

#define LOG_NAME "Microsoft-Windows-Partition%4Diagnostic"
#define LOGS_BELOW_ROOT "\\System32\\winevt\\Logs"

/* One of 1 MiB holds 500 events, so that these have more than are kept.  */
#define MAX_ARCHIVES 64

/* Archived logs: their names, and how many there are.  */
struct archives {
	struct arena *arena;
	struct archive {
		const char *name;
		ntfs_ref ref;
	} *list;
	size_t n;
};

static int no_memory(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, 0, "event log", 0, 0);
}

static int log_unreadable(struct machine *m, const char *path,
			  const struct err *e, struct err *reterr)
{
	char text[256];

	if (e->code == ERR_NOMEM)
		return no_memory(reterr);
	diag_add(&m->model.findings, &FINDING_EVENT_LOG_UNREADABLE,
		 "%s could not be read: %s.", path,
		 err_text(e, text, sizeof(text)));
	return 0;
}

/* Read the log @ref, which is @path; later ones have a higher @number.  */
static int read_log(struct machine *m, struct ntfs *n, ntfs_ref ref,
		    const char *path, unsigned number,
		    struct partition_events_budget *budget,
		    struct partition_events *all, struct err *reterr)
{
	const struct text stored = machine_stored_path(n, ref, path);
	struct partition_events events = { 0 };
	struct source *log;
	struct err e = { 0 };
	int r = ntfs_open_stream(n, ref, NULL, stored.utf8, &log, &e);

	if (r < 0)
		return log_unreadable(m, path, &e, reterr);
	r = partition_events_read(log, budget, m->arena, &m->model.findings,
				  &events, reterr);
	source_free(log);
	return r < 0 ? r : partition_events_join(all, &events, number,
						 m->arena, reterr);
}

/* Whether @name is @beginning, something, @end; letters in any case.  */
static bool is_between(const char *name, const char *beginning, const char *end)
{
	const char *middle = ascii_after(name, beginning);
	size_t n = middle != NULL ? strlen(middle) : 0, last = strlen(end);

	return n > last && ascii_compare(middle + n - last, end) == 0;
}

static int collect(void *ctx, const struct ntfs_dir_entry *e)
{
	struct archives *a = ctx;
	struct archive *slot;
	struct text name;

	/* No name of an archive is as short as this; most of the hundreds of
	 * other logs are.  */
	if (e->is_directory || e->name.n < 2 * sizeof("Archive-" LOG_NAME))
		return 0;
	name = text_from_utf16(a->arena, e->name);
	if (name.utf8 == NULL)
		return ERR_NOMEM;
	if (!is_between(name.utf8, "Archive-" LOG_NAME "-", ".evtx"))
		return 0;
	slot = arena_push(a->arena, &a->list, a->n, sizeof(*slot));
	if (slot == NULL)
		return ERR_NOMEM;
	*slot = (struct archive){ name.utf8, e->ref };
	a->n++;
	return 0;
}

/* The newest first: the time in the names makes them sort.  */
static int by_name(const void *a, const void *b)
{
	const struct archive *x = a, *y = b;
	int r = strcmp(y->name, x->name);

	return r != 0 ? r : (x->ref > y->ref) - (x->ref < y->ref);
}

static void say_left_out(struct machine *m, const char *directory, size_t n)
{
	diag_add(&m->model.findings, &FINDING_EVENT_LOG_UNREADABLE,
		 "%s holds %zu archived logs of the partition manager; only "
		 "the %d newest were read.", directory, n, MAX_ARCHIVES);
}

static int read_archives(struct machine *m, struct ntfs *n, ntfs_ref logs,
			 const char *directory,
			 struct partition_events_budget *budget,
			 struct partition_events *all, struct err *reterr)
{
	struct archives a = { .arena = m->arena };
	struct err e = { 0 };
	int r = ntfs_list(n, logs, collect, &a, &e);

	if (r < 0)
		return log_unreadable(m, directory, &e, reterr);
	if (a.n > 1)
		qsort(a.list, a.n, sizeof(*a.list), by_name);
	if (a.n > MAX_ARCHIVES)
		say_left_out(m, directory, a.n);
	for (size_t i = 0; i < a.n && i < MAX_ARCHIVES && r == 0; i++) {
		const char *path = arena_printf(m->arena, "%s\\%s", directory,
						a.list[i].name);

		if (path == NULL)
			return no_memory(reterr);
		r = read_log(m, n, a.list[i].ref, path, (unsigned)i + 1, budget,
			     all, reterr);
	}
	return r;
}

/* The log in use.  Before Windows 10 there was none, and it can be switched
 * off.  */
static int read_current(struct machine *m, struct ntfs *n, ntfs_ref logs,
			const char *directory,
			struct partition_events_budget *budget,
			struct partition_events *all, struct err *reterr)
{
	static const char *const name[] = { LOG_NAME ".evtx", NULL };
	const char *path = arena_printf(m->arena, "%s\\%s", directory,
					name[0]);
	struct err e = { 0 };
	ntfs_ref ref;
	int r;

	if (path == NULL)
		return no_memory(reterr);
	r = machine_find_below(m, n, logs, name, &ref, &e);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return log_unreadable(m, path, &e, reterr);
	return read_log(m, n, ref, path, 0, budget, all, reterr);
}

int machine_read_event_logs(struct machine *m, size_t installation,
			    struct partition_events_budget *budget,
			    struct partition_events *ret, struct err *reterr)
{
	static const char *const below[] = {
		"System32", "winevt", "Logs", NULL,
	};
	const struct machine_installation *i =
		&m->model.installations[installation];
	struct ntfs *n = m->volumes[i->volume].ntfs;
	const char *directory = arena_printf(m->arena, "%s" LOGS_BELOW_ROOT,
					     i->system_root.utf8);
	struct err e = { 0 };
	ntfs_ref logs;
	int r;

	if (directory == NULL)
		return no_memory(reterr);
	r = machine_find_below(m, n, m->installations[installation].root, below,
			       &logs, &e);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return log_unreadable(m, directory, &e, reterr);
	r = read_current(m, n, logs, directory, budget, ret, reterr);
	if (r == 0)
		r = read_archives(m, n, logs, directory, budget, ret, reterr);
	return r;
}
