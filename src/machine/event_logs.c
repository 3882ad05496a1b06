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

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/count.h"
#include "machine/internal.h"
#include "mountmgr/findings.h"

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

/* What a log has.  */
struct held {
	const char *path;
	struct event_range range;
	bool in_use;
};

/* The logs of an installation: the one in use, then the archived ones.  */
struct logs {
	struct machine *machine;
	struct ntfs *ntfs;
	ntfs_ref ref;		/* where they are, and its path */
	const char *directory;
	struct partition_events_budget *budget;
	struct partition_events *all;
	unsigned number;	/* of the next one */
	struct held held[1 + MAX_ARCHIVES];
	size_t n_held;
	bool unsure;		/* not all of one was read */
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

/* Read the log @ref, which is @path; each has a higher number than the one
 * before.  */
static int read_log(struct logs *l, ntfs_ref ref, const char *path,
		    struct err *reterr)
{
	struct machine *m = l->machine;
	const struct text stored = machine_stored_path(l->ntfs, ref, path);
	struct partition_events events = { 0 };
	unsigned number = l->number++;
	struct source *log;
	struct err e = { 0 };
	int r = ntfs_open_stream(l->ntfs, ref, NULL, stored.utf8, &log, &e);

	if (r < 0)
		return log_unreadable(m, path, &e, reterr);
	r = partition_events_read(log, l->budget, m->arena, &m->model.findings,
				  &events, reterr);
	source_free(log);
	l->unsure = l->unsure || events.range.unsure;
	if (events.range.last > 0)
		l->held[l->n_held++] = (struct held){ path, events.range,
						     number == 0 };
	return r < 0 ? r : partition_events_join(l->all, &events, number,
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

static int read_archives(struct logs *l, struct err *reterr)
{
	struct archives a = { .arena = l->machine->arena };
	struct err e = { 0 };
	int r = ntfs_list(l->ntfs, l->ref, collect, &a, &e);

	if (r < 0)
		return log_unreadable(l->machine, l->directory, &e, reterr);
	if (a.n > 1)
		qsort(a.list, a.n, sizeof(*a.list), by_name);
	if (a.n > MAX_ARCHIVES)
		say_left_out(l->machine, l->directory, a.n);
	l->number = 1;
	for (size_t i = 0; i < a.n && i < MAX_ARCHIVES && r == 0; i++) {
		const char *path = arena_printf(a.arena, "%s\\%s",
						l->directory, a.list[i].name);

		if (path == NULL)
			return no_memory(reterr);
		r = read_log(l, a.list[i].ref, path, reterr);
	}
	return r;
}

/* The log in use.  Before Windows 10 there was none, and it can be switched
 * off.  */
static int read_current(struct logs *l, struct err *reterr)
{
	static const char *const name[] = { LOG_NAME ".evtx", NULL };
	const char *path = arena_printf(l->machine->arena, "%s\\%s",
					l->directory, name[0]);
	struct err e = { 0 };
	ntfs_ref ref;
	int r;

	if (path == NULL)
		return no_memory(reterr);
	r = machine_find_below(l->machine, l->ntfs, l->ref, name, &ref, &e);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return log_unreadable(l->machine, path, &e, reterr);
	return read_log(l, ref, path, reterr);
}

static int by_first(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->range.first != y->range.first)
		return x->range.first < y->range.first ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* An archived log behind the one in use is the older of the two.  */
static void say_missing(struct logs *l, const struct held *before,
			const struct held *behind)
{
	struct diag_list *list = &l->machine->model.findings;
	const uint64_t first = before->range.last + 1;
	const uint64_t last = behind->range.first - 1;
	struct diag *d = before->in_use ? diag_add(
		list, &FINDING_EVENT_LOG_MISSING,
		"%s, the log in use, ends with record %" PRIu64 ", and %s, "
		"which is older, begins with record %" PRIu64 ": the log was "
		"started anew.", before->path, first - 1, behind->path,
		last + 1) : diag_add(
		list, &FINDING_EVENT_LOG_MISSING,
		"%s ends with record %" PRIu64 ", and %s begins with record %"
		PRIu64 ": the log that had records %" PRIu64 " to %" PRIu64
		" is missing.", before->path, first - 1, behind->path, last + 1,
		first, last);

	if (d == NULL)
		return;
	cites_join(list->arena, &d->cites, &before->range.cites);
	cites_join(list->arena, &d->cites, &behind->range.cites);
}

static bool is_sure(const struct partition_event *e)
{
	return !e->remnant && !e->damaged && e->cites.n > 0;
}

/* Say which records of two logs have one number.  */
static void check_twice(struct logs *l)
{
	const struct partition_event *list = l->all->list, *one = NULL;
	struct diag_list *findings = &l->machine->model.findings;
	struct cites cites = { 0 };
	struct diag *d;
	size_t n = 0;

	for (size_t i = 1; i < l->all->n; i++) {
		const struct partition_event *a = &list[i - 1], *b = &list[i];

		if (a->record != b->record || a->log == b->log ||
		    !is_sure(a) || !is_sure(b))
			continue;
		one = one == NULL ? a : one;
		n++;
		cites_join(findings->arena, &cites, &a->cites);
		cites_join(findings->arena, &cites, &b->cites);
	}
	if (n == 0)
		return;
	d = diag_add(findings, &FINDING_EVENT_TWICE,
		     "%s: %zu %s of records %s another record in another log, "
		     "the first of them %" PRIu64 ": the log was started anew.",
		     l->directory, n, count_word(n, "number", "numbers"),
		     count_word(n, "has", "have"), one->record);
	if (d != NULL)
		cites_join(findings->arena, &d->cites, &cites);
}

/* Say which records are in no log.  */
static void check_numbers(struct logs *l)
{
	const struct held *end = &l->held[0];

	if (l->unsure)
		return;
	qsort(l->held, l->n_held, sizeof(l->held[0]), by_first);
	for (size_t i = 1; i < l->n_held; i++) {
		const struct held *h = &l->held[i];

		if (h->range.first > end->range.last &&
		    h->range.first - end->range.last > 1)
			say_missing(l, end, h);
		if (h->range.last > end->range.last)
			end = h;
	}
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
	struct logs l = {
		.machine = m, .ntfs = n, .budget = budget, .all = ret,
		.directory = arena_printf(m->arena, "%s" LOGS_BELOW_ROOT,
					  i->system_root.utf8),
	};
	struct err e = { 0 };
	int r;

	if (l.directory == NULL)
		return no_memory(reterr);
	r = machine_find_below(m, n, m->installations[installation].root, below,
			       &l.ref, &e);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return log_unreadable(m, l.directory, &e, reterr);
	r = read_current(&l, reterr);
	if (r == 0)
		r = read_archives(&l, reterr);
	if (r == 0) {
		check_numbers(&l);
		check_twice(&l);
	}
	return r;
}
