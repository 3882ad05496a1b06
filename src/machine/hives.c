/*
 * hives.c - hive files in the evidence, opened as their logs complete them
 */
#include "machine/hives.h"

#include <string.h>

#include "base/ascii.h"
#include "base/count.h"
#include "evidence/plain_file.h"
#include "format/regf.h"
#include "machine/internal.h"
#include "machine/loose.h"

int machine_find_below(struct machine *m, struct ntfs *n, ntfs_ref dir,
		       const char *const *names, ntfs_ref *ret,
		       struct err *reterr)
{
	for (; *names != NULL; names++) {
		struct span name;
		int r;

		if (!utf16_from_utf8(m->arena, *names, &name))
			return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
		r = ntfs_find(n, dir, name, &dir, reterr);
		if (r < 0)
			return r;
	}
	*ret = dir;
	return 0;
}

struct text machine_stored_path(struct ntfs *n, ntfs_ref ref, const char *path)
{
	struct ntfs_path p;

	if (ntfs_path_of(n, ref, &p, NULL) < 0 || p.state != PATH_WHOLE)
		return (struct text){ .utf8 = path };
	return p.text;
}

/* What tells that a file must be there: one of these lies beside it.  */
static const struct {
	const char *file;
	const char *beside[6];
} witnesses[] = {
	{ "SYSTEM", { "SOFTWARE", "DEFAULT", "SAM", "SECURITY" } },
	{ "SOFTWARE", { "DEFAULT", "SAM", "SECURITY", "SOFTWARE.LOG1",
			"SOFTWARE.LOG" } },
	{ "SAM", { "SECURITY", "SAM.LOG1", "SAM.LOG" } },
	{ "NTUSER.DAT", { "NTUSER.DAT.LOG1", "NTUSER.DAT.LOG2",
			  "NTUSER.DAT.LOG", "NTUSER.INI" } },
};

bool machine_must_be_there(struct machine *m, const struct hive_place *p,
			   const char *file)
{
	struct ntfs *n = p->volume != NONE ? m->volumes[p->volume].ntfs : NULL;
	bool there = false;

	if (p->local != NULL || n == NULL)
		return false;
	for (size_t i = 0; i < sizeof(witnesses) / sizeof(witnesses[0]); i++) {
		const char *const *beside = witnesses[i].beside;

		if (strcmp(witnesses[i].file, file) != 0)
			continue;
		for (; *beside != NULL && !there; beside++) {
			const char *const names[] = { *beside, NULL };
			ntfs_ref ref;

			there = machine_find_below(m, n, p->directory, names,
						   &ref, NULL) == 0;
		}
	}
	return there && ntfs_ask_records(n, NULL) > 0;
}

void machine_hive_close(struct open_hive *h)
{
	hive_close(h->hive);
	hive_close(h->before);
	source_free(h->recovered);
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		source_free(h->logs[i]);
	source_free(h->source);
	source_free(h->file);
}

static const char *const log_suffixes[REPLAY_LOGS] = {
	[REPLAY_LOG1] = ".LOG1", [REPLAY_LOG2] = ".LOG2", [REPLAY_LOG] = ".LOG",
};

/* Whether the file @ref begins as a hive does.  */
static bool begins_as_hive(struct ntfs *n, ntfs_ref ref)
{
	struct source *s;
	uint8_t magic[4];
	bool is_hive;

	if (ntfs_open_stream(n, ref, NULL, NULL, &s, NULL) < 0)
		return false;
	is_hive = source_read(s, 0, magic, sizeof(magic), NULL) == 0 &&
		  memcmp(magic, "regf", sizeof(magic)) == 0;
	source_free(s);
	return is_hive;
}

/* Of several files that say that they are @file, which the directory of @p does
 * not list, take the one that is a hive, or the log of one.  */
static void choose_rival(struct machine *m, const struct hive_place *p,
			 const char *file, ntfs_ref *ref)
{
	struct ntfs *n = m->volumes[p->volume].ntfs;
	struct ntfs_case rivals[NTFS_MAX_CASES];
	size_t n_rivals = 0, hives = 0, chosen = 0;
	struct span name;

	if (!ntfs_is_unlisted(n, p->directory, *ref) ||
	    !utf16_from_utf8(m->arena, file, &name) ||
	    ntfs_find_rivals(n, p->directory, name, rivals, &n_rivals,
			     NULL) < 0 || n_rivals < 2)
		return;
	for (size_t i = 0; i < n_rivals; i++)
		if (begins_as_hive(n, rivals[i].ref) && hives++ == 0)
			chosen = i;
	*ref = rivals[chosen].ref;
	diag_add(&m->model.findings, &FINDING_HIVE_RIVALS,
		 "%s\\%s is one of %zu files, of which %zu begin%s as a hive "
		 "does; that in MFT record %llu is taken.", p->path, file,
		 n_rivals, hives, count_word(hives, "s", ""),
		 (unsigned long long)NTFS_RECORD(*ref));
}

/* Find @file in the directory of @p; *@ret_path is as it is stored.  */
static int find_file(struct machine *m, const struct hive_place *p,
		     const char *file, ntfs_ref *ret, struct text *ret_path,
		     struct err *reterr)
{
	const char *const below[] = { file, NULL };
	struct ntfs *n = m->volumes[p->volume].ntfs;
	const char *path = arena_printf(m->arena, "%s\\%s", p->path, file);
	int r = machine_find_below(m, n, p->directory, below, ret, reterr);

	if (r < 0)
		return r;
	choose_rival(m, p, file, ret);
	*ret_path = machine_stored_path(n, *ret, path);
	if (ret_path->utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	return 0;
}

/* Open @file, which is the hive or lies beside it, on the examiner's
 * system.  */
static int open_local(struct machine *m, const struct hive_place *p,
		      const char *file, struct source **ret,
		      struct text *ret_path, struct err *reterr)
{
	const char *path = p->local, *format = "hive";
	int r = 0;

	if (strcmp(file, p->file) != 0) {
		format = "hive-log";
		r = plain_file_beside(p->local, file, m->arena, &path, reterr);
		/* A usual thing: the other log is in use.  */
		if (r == 0 && plain_file_is_empty(path))
			return err_set(reterr, ERR_NOT_FOUND, 0, "log", 0, 0);
	}
	if (r == 0)
		r = machine_open_local(m, path, format, ret, reterr);
	if (r == 0)
		*ret_path = (struct text){ .utf8 = (*ret)->file };
	return r;
}

static int open_file(struct machine *m, const struct hive_place *p,
		     const char *file, struct source **ret,
		     struct text *ret_path, bool *ret_unlisted,
		     struct err *reterr)
{
	struct ntfs *n;
	ntfs_ref ref;
	int r;

	if (p->local != NULL)
		return open_local(m, p, file, ret, ret_path, reterr);
	r = find_file(m, p, file, &ref, ret_path, reterr);
	if (r < 0)
		return r;
	n = m->volumes[p->volume].ntfs;
	*ret_unlisted = ntfs_is_unlisted(n, p->directory, ref);
	r = ntfs_open_stream(n, ref, NULL, ret_path->utf8, ret, reterr);
	/* Its directory names the file, so that it should be there.  */
	if (r == ERR_NOT_FOUND)
		return err_set(reterr, ERR_IO, reterr->at,
			       "file, whose record is empty or another file's",
			       0, 0);
	return r;
}

static const char *log_name(struct machine *m, const struct open_hive *h,
			    size_t i)
{
	return arena_printf(m->arena, "%s%s", h->place.file, log_suffixes[i]);
}

static int open_log(struct machine *m, struct open_hive *h, size_t i,
		    struct err *reterr)
{
	const char *file = log_name(m, h, i);
	struct err e = { 0 };
	struct text path;
	char text[256];
	bool unlisted;
	int r = ERR_NOMEM;

	if (file != NULL)
		r = open_file(m, &h->place, file, &h->logs[i], &path,
			      &unlisted, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "log", 0, 0);
	if (r < 0 && r != ERR_NOT_FOUND)
		diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
			 "the transaction log %s could not be read: %s.", file,
			 err_text(&e, text, sizeof(text)));
	return 0;
}

/* Whether the hive says that it needs a log.  */
static bool is_dirty(struct source *hive)
{
	uint8_t block[REGF_BASE_RECORD_BYTES];
	const struct span span = { block, sizeof(block), 0 };
	struct regf_base b;

	if (source_read(hive, 0, block, sizeof(block), NULL) < 0)
		return false;
	return regf_base_parse(span, &b, NULL) < 0 ||
	       b.checksum != b.checksum_computed ||
	       b.primary_sequence != b.secondary_sequence;
}

/* Windows makes .LOG1 and .LOG2 together.  */
static bool lacks_log(const struct open_hive *h)
{
	bool one = h->logs[REPLAY_LOG1] != NULL;
	bool two = h->logs[REPLAY_LOG2] != NULL;

	return h->place.local == NULL &&
	       (one != two || (!one && h->logs[REPLAY_LOG] == NULL)) &&
	       is_dirty(h->source);
}

/* Open the logs of a hive.  One that is not there is no loss, another is in
 * use; unless the hive needs it.  */
static int open_logs(struct machine *m, struct open_hive *h,
		     struct err *reterr)
{
	int r = 0;

	for (size_t i = 0; i < REPLAY_LOGS && r == 0; i++)
		r = open_log(m, h, i, reterr);
	if (r < 0 || !lacks_log(h))
		return r;
	if (ntfs_ask_records(m->volumes[h->place.volume].ntfs, reterr) <= 0)
		return 0;
	for (size_t i = 0; i < REPLAY_LOGS && r == 0; i++)
		if (h->logs[i] == NULL)
			r = open_log(m, h, i, reterr);
	return r;
}

/* Lay the logs of the hive over it, if it asks for them.  If it does not, the
 * heads of their entries tell whether they have something newer.  */
static int recover(struct machine *m, struct open_hive *h, struct err *reterr)
{
	int r = open_logs(m, h, reterr);

	if (r == 0)
		r = hive_replay(h->source, h->logs, REPLAY_LOGS, m->arena,
				&m->model.findings, &h->recovered, &h->replay,
				reterr);
	for (size_t i = 0; r == 0 && i < REPLAY_LOGS; i++) {
		if (!h->replay.logs[i].foreign)
			continue;
		source_free(h->logs[i]);
		h->logs[i] = NULL;
	}
	return r;
}

/* Open the hive as the logs complete it, and as it is without them.  What is
 * wrong with the latter is what the logs are there to mend: no finding.  */
int machine_hive_open_tree(struct machine *m, struct open_hive *h,
			   struct err *reterr)
{
	struct diag_list *findings = &m->model.findings;
	int r;

	if (h->is_log)
		return err_set(reterr, ERR_UNSUPPORTED, 28,
			       "hive file type (a transaction log)",
			       0, 0);
	if (h->recovered == NULL)
		return hive_open(h->source, m->arena, findings, &h->hive,
				 reterr);
	h->before_findings.arena = m->arena;
	hive_open(h->source, m->arena, &h->before_findings, &h->before, NULL);
	r = hive_open(h->recovered, m->arena, findings, &h->hive, reterr);
	if (r == 0 && h->before != NULL)
		hive_extend_bins(h->before, h->hive);
	return r;
}

/* Leave out what was put before the hive, or into it.  */
static int straighten(struct machine *m, struct open_hive *h,
		      struct err *reterr)
{
	uint64_t start = hive_start(h->source, &m->model.findings);
	struct source *s = NULL;
	int r = 0;

	if (start != 0) {
		s = source_window(h->source, start, h->source->size - start);
		if (s == NULL)
			r = err_set(reterr, ERR_NOMEM, 0, "hive", 0, 0);
	} else {
		r = hive_realign(h->source, &m->model.findings, &s, reterr);
	}
	if (s == NULL)
		return r;
	h->file = h->source;
	h->source = s;
	return 0;
}

bool machine_hive_is_log(const char *path, const char *hive)
{
	size_t n = strlen(hive);

	if (strncmp(path, hive, n) != 0)
		return false;
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (ascii_compare(path + n, log_suffixes[i]) == 0)
			return true;
	return false;
}

static struct source *first_log(const struct open_hive *h)
{
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (h->logs[i] != NULL)
			return h->logs[i];
	return NULL;
}

/* What the pages of the logs hold is read as that of a hive without bytes.  */
static int set_log_alone(struct open_hive *h, struct err *reterr)
{
	h->source = source_window(first_log(h), 0, 0);
	if (h->source == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "log", 0, 0);
	h->is_log = true;
	return 0;
}

/* The file itself may be a log.  */
static int take_log_alone(struct open_hive *h, struct err *reterr)
{
	uint8_t block[REGF_BASE_RECORD_BYTES];
	const struct span span = { block, sizeof(block), 0 };
	struct regf_base base;

	if (source_read(h->source, 0, block, sizeof(block), NULL) < 0 ||
	    regf_base_parse(span, &base, NULL) < 0 ||
	    base.checksum != base.checksum_computed ||
	    base.file_type == REGF_PRIMARY)
		return 0;
	/* Which of them it was changes nothing: there is no other.  */
	h->logs[REPLAY_LOG1] = h->source;
	h->source = NULL;
	return set_log_alone(h, reterr);
}

int machine_hive_open_logs(struct machine *m, const struct hive_place *p,
			   struct open_hive *ret, struct err *reterr)
{
	int r = 0;

	*ret = (struct open_hive){ .place = *p };
	for (size_t i = 0; i < REPLAY_LOGS && r == 0; i++)
		r = open_log(m, ret, i, reterr);
	if (r == 0 && first_log(ret) == NULL)
		return err_set(reterr, ERR_NOT_FOUND, 0, "log", 0, 0);
	if (r == 0)
		r = set_log_alone(ret, reterr);
	if (r < 0)
		machine_hive_close(ret);
	else
		ret->path = (struct text){ .utf8 = first_log(ret)->file };
	return r;
}

int machine_hive_open_pages(struct machine *m, struct open_hive *h,
			    struct diag_list *findings, struct err *reterr)
{
	/* That a hive of no bytes is damaged is known.  */
	struct diag_list known = { .arena = m->arena };
	struct replay_report report;
	int r = 0;

	if (h->is_log && h->recovered == NULL)
		r = hive_replay(h->source, h->logs, REPLAY_LOGS, m->arena,
				&known, &h->recovered, &report, reterr);
	if (r == 0 && h->recovered == NULL)
		r = err_set(reterr, ERR_NOT_FOUND, 0, "page", 0, 0);
	if (r == 0)
		r = hive_open_pages(h->recovered, m->arena, findings, &h->hive,
				    reterr);
	return r;
}

int machine_hive_open_bytes(struct machine *m, const struct hive_place *p,
			    struct open_hive *ret, struct err *reterr)
{
	int r;

	*ret = (struct open_hive){ .place = *p };
	r = open_file(m, p, p->file, &ret->source, &ret->path,
		      &ret->unlisted, reterr);
	if (r == 0)
		r = straighten(m, ret, reterr);
	if (r == 0)
		r = take_log_alone(ret, reterr);
	if (r == 0 && !ret->is_log)
		r = recover(m, ret, reterr);
	if (r < 0)
		machine_hive_close(ret);
	return r;
}

int machine_hive_open(struct machine *m, const struct hive_place *p,
		      struct open_hive *ret, struct err *reterr)
{
	int r = machine_hive_open_bytes(m, p, ret, reterr);

	if (r < 0)
		return r;
	r = machine_hive_open_tree(m, ret, reterr);
	if (r < 0)
		machine_hive_close(ret);
	return r;
}

void machine_hive_cite(struct machine *m, const struct open_hive *h,
		       struct cites *c)
{
	struct hive_key root;
	uint8_t magic[4];
	bool sound;

	if (h->is_log) {
		source_cite(first_log(h), 0, REGF_BASE_RECORD_BYTES,
			    "log base block", m->arena, c);
		return;
	}
	/* Where only its bins are left, there is no such signature.  */
	sound = source_read(h->source, 0, magic, sizeof(magic), NULL) == 0 &&
		memcmp(magic, "regf", sizeof(magic)) == 0;
	if (!h->is_text)
		source_cite(h->source, 0, 512,
			    sound ? "regf" : "hive base block", m->arena, c);
	else if (hive_root(h->hive, &root, NULL) == 0)
		cites_join(m->arena, c, &root.cites);
}

void machine_hive_unreadable(struct machine *m, const struct hive_place *p,
			     const struct err *e)
{
	char text[256];

	diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
		 "the hive %s%s%s could not be read: %s.", p->path,
		 p->local != NULL ? "" : "\\", p->file,
		 err_text(e, text, sizeof(text)));
}

bool machine_hive_hid(const struct open_hive *h, const struct cites *c)
{
	const char *file = h->source->file;

	if (file == NULL || c->n == 0 ||
	    (h->before != NULL && !hive_has_lost_keys(h->before)))
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].file == NULL ||
		    strcmp(c->list[i].file, file) != 0)
			return false;
	return true;
}

int machine_hive_describe(struct machine *m, const struct open_hive *h,
			  struct machine_hive *ret, struct err *reterr)
{
	const struct hive_info none = { 0 }, *i = &none;
	const char **logs = arena_alloc(m->arena, REPLAY_LOGS * sizeof(*logs));

	if (logs == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "logs", 0, 0);
	if (h->before != NULL)
		i = hive_info(h->before);
	else if (h->hive != NULL)
		i = hive_info(h->hive);
	for (size_t k = 0; k < REPLAY_LOGS; k++)
		if (h->replay.logs[k].applied)
			logs[h->replay.logs[k].order] = h->logs[k]->file;
	*ret = (struct machine_hive){
		.path = h->path,
		.unlisted = h->unlisted,
		.is_text = h->is_text,
		.is_log = h->is_log,
		.dirty = h->replay.needed,
		.checksum_ok = i->checksum_ok && !h->replay.base_rebuilt,
		.primary_sequence = i->primary_sequence,
		.secondary_sequence = i->secondary_sequence,
		.last_written = i->last_written,
		.logs = logs,
		.n_logs = h->replay.n_applied,
	};
	return 0;
}
