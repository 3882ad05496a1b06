/*
 * loose.c - hives and registry text that lie in no image
 *
 * Who has only a hive has no disk for its names to lead to, which is no damage.
 * Where images are there too, its names lead to their disks like any other's.
 */
#include "format/regf.h"
#include "machine/loose.h"

#include <string.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "evidence/file.h"
#include "evidence/plain_file.h"
#include "format/reg_text.h"
#include "machine/internal.h"

/* What is cited of a file that is not what it should be.  */
#define HEAD_BYTES 512

static int no_memory(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, 0, "hive", 0, 0);
}

static int add_request(struct machine *m, const char *path, bool is_text,
		       struct err *reterr)
{
	struct loose *l = &m->loose;
	struct loose_request *r = arena_push(m->arena, &l->requests,
					     l->n_requests, sizeof(*r));
	const char *copy = arena_strdup(m->arena, path);

	if (r == NULL || copy == NULL)
		return no_memory(reterr);
	*r = (struct loose_request){ copy, is_text };
	l->n_requests++;
	return 0;
}

int machine_add_hive(struct machine *m, const char *path, struct err *reterr)
{
	return add_request(m, path, false, reterr);
}

int machine_add_registry_text(struct machine *m, const char *path,
			      struct err *reterr)
{
	return add_request(m, path, true, reterr);
}

/* A row of the images; @format NULL: the file could not be opened.  */
static int add_row(struct machine *m, const char *file, const char *format,
		   uint64_t size, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_image *i = arena_push(m->arena, &o->images, o->n_images,
					     sizeof(*i));
	struct image **slot = arena_push(m->arena, &m->images, m->n_images,
					 sizeof(*slot));
	const char **name = arena_alloc(m->arena, sizeof(*name));

	if (i == NULL || slot == NULL || name == NULL)
		return no_memory(reterr);
	*name = file;
	*i = (struct machine_image){ .file = file, .format = format };
	if (format != NULL) {
		i->size = size;
		i->segments = name;
		i->n_segments = 1;
	}
	*slot = NULL;
	o->n_images++;
	m->n_images++;
	return 0;
}

int machine_open_local(struct machine *m, const char *path, const char *format,
		       struct source **ret, struct err *reterr)
{
	struct loose *l = &m->loose;
	struct source **slot = arena_push(m->arena, &l->files, l->n_files,
					  sizeof(*slot));
	struct source *window;
	int r;

	if (slot == NULL)
		return no_memory(reterr);
	r = plain_file_open(path, (unsigned)m->n_images, &m->model.stats,
			    m->arena, slot, reterr);
	if (r < 0)
		return r;
	l->n_files++;
	r = add_row(m, (*slot)->file, format, (*slot)->size, reterr);
	if (r < 0)
		return r;
	window = source_window(*slot, 0, (*slot)->size);
	if (window == NULL)
		return no_memory(reterr);
	window->file = (*slot)->file;
	*ret = window;
	return 0;
}

static struct loose_hive *new_hive(struct machine *m, const char *name,
				   struct err *reterr)
{
	struct loose *l = &m->loose;
	struct loose_hive **slot = arena_push(m->arena, &l->hives, l->n_hives,
					      sizeof(*slot));
	struct loose_hive *h = arena_alloc(m->arena, sizeof(*h));

	if (slot == NULL || h == NULL) {
		no_memory(reterr);
		return NULL;
	}
	h->name = name;
	h->where = m->model.findings.where;
	h->installation = NONE;
	*slot = h;
	return h;
}

static void unused(struct machine *m, const char *name, const char *why)
{
	diag_add(&m->model.findings, &FINDING_LOOSE_UNUSED,
		 "%s is not read: %s.", name, why);
}

static bool is_text_file(struct source *s)
{
	uint8_t head[REG_TEXT_HEAD_BYTES];
	size_t n = s->size < sizeof(head) ? (size_t)s->size : sizeof(head);
	struct reg_text t;

	return source_read(s, 0, head, n, NULL) == 0 &&
	       reg_text_begin((struct span){ head, n, 0 }, &t, NULL) == 0;
}

static bool begins_with(struct source *s, const char magic[4])
{
	uint8_t b[4];

	return source_read(s, 0, b, sizeof(b), NULL) == 0 &&
	       span_has((struct span){ b, sizeof(b), 0 }, 0, magic, sizeof(b));
}

/* The file @q could not be opened.  */
static int not_opened(struct machine *m, const struct loose_request *q,
		      const struct err *e, struct err *reterr)
{
	char text[256];

	if (e->code == ERR_NOMEM)
		return no_memory(reterr);
	m->model.unreadable = true;
	diag_add(&m->model.findings, &FINDING_IMAGE_UNREADABLE,
		 "the %s could not be opened: %s.",
		 q->is_text ? "registry text" : "hive",
		 err_text(e, text, sizeof(text)));
	return add_row(m, file_name(q->path), NULL, 0, reterr);
}

/* "HKEY_LOCAL_MACHINE\SYSTEM" without brackets, in bytes or UTF-16LE, is what
 * "reg query" begins with, behind an empty line.  */
static bool is_query(struct source *s)
{
	uint8_t head[32];
	char text[sizeof(head) + 1] = "";
	size_t n = s->size < sizeof(head) ? (size_t)s->size : sizeof(head);

	if (source_read(s, 0, head, n, NULL) < 0)
		return false;
	for (size_t i = 0, k = 0; i < n; i++)
		if (head[i] > ' ' && head[i] < 0x7f)
			text[k++] = (char)head[i];
	return ascii_after(text, "HKEY_") != NULL;
}

static const char *why_not_read(struct source *s, bool is_text,
				const struct err *e, char *text, size_t n)
{
	if (e->code != ERR_MAGIC)
		return err_text(e, text, n);
	if (!is_text && begins_with(s, "CREG"))
		return "it is a registry of Windows 95, 98 or Me, which have "
		       "no mount manager";
	if (!is_text)
		return err_text(e, text, n);
	return is_query(s) ?
	       "it is the output of \"reg query\"; only the output of \"reg "
	       "export\" or regedit is read" :
	       "it is not the output of \"reg export\" or regedit, which "
	       "begins with \"Windows Registry Editor Version 5.00\", "
	       "REGEDIT4, a key in brackets or \"Key Name:\"";
}

/* The file @s of @q was opened, and is not what it should be.  */
static int not_read(struct machine *m, const struct loose_request *q,
		    struct source *s, const struct err *e, struct err *reterr)
{
	const char *hint = "";
	struct diag *d;
	char text[256];

	if (e->code == ERR_NOMEM)
		return no_memory(reterr);
	m->model.unreadable = true;
	if (q->is_text && begins_with(s, "regf"))
		hint = " It is a hive, which --hive reads.";
	else if (!q->is_text && is_text_file(s))
		hint = " It is registry text, which --reg reads.";
	d = diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
		     "the %s %s could not be read: %s.%s",
		     q->is_text ? "registry text" : "hive", s->file,
		     why_not_read(s, q->is_text, e, text, sizeof(text)), hint);
	if (d != NULL)
		source_cite(s, 0, s->size < HEAD_BYTES ? s->size : HEAD_BYTES,
			    q->is_text ? "reg line" : "regf", m->arena,
			    &d->cites);
	return 0;
}

static const char *profile_name(struct machine *m, const struct loose_hive *h);

/* Pages of logs without a tree, in which there are no names: those of a user's
 * hive, if there are keys of Explorer's in them; of a SYSTEM hive, if there are
 * keys of disks.  */
static int keep_pages(struct machine *m, struct loose_hive *h,
		      struct err *reterr)
{
	struct err e = { 0 };
	int r = machine_hive_open_pages(m, &h->hive, &m->model.findings, &e);

	if (r == ERR_NOMEM)
		return no_memory(reterr);
	if (r == 0 && user_traces_in_pages(h->hive.hive)) {
		h->role = HIVE_USER;
		h->name = profile_name(m, h);
	} else if (r == 0 && machine_pages_have_disks(h->hive.hive)) {
		h->role = HIVE_SYSTEM;
	} else {
		machine_hive_close(&h->hive);
		return 0;
	}
	m->loose.n_hives++;
	return 0;
}

/* A hive without a tree that can be read: a SYSTEM hive, if there are names of
 * the mount manager left in it.  */
static int keep_broken(struct machine *m, struct loose_hive *h,
		       struct err *reterr)
{
	int r = machine_find_lost_names(m, &h->hive, &h->lost, reterr);

	if (r < 0) {
		machine_hive_close(&h->hive);
		return r;
	}
	if (h->lost.n == 0)
		return keep_pages(m, h, reterr);
	m->loose.n_hives++;
	h->role = HIVE_SYSTEM;
	return 0;
}

/* A hive whose keys do not tell what it is: a SYSTEM hive, likewise.  */
static int role_by_names(struct machine *m, struct loose_hive *h,
			 struct err *reterr)
{
	int r = machine_find_lost_names(m, &h->hive, &h->lost, reterr);

	if (r == 0 && h->lost.n > 0)
		h->role = HIVE_SYSTEM;
	return r;
}

/* "joe" of "\??\C:\Users\joe\ntuser.dat", as the base block has it, of which
 * the beginning may be cut off; else the name of the file, as of the hive of
 * whom nobody is, "\SystemRoot\System32\Config\DEFAULT".  */
static const char *profile_name(struct machine *m, const struct loose_hive *h)
{
	const char *path = hive_info(h->hive.hive)->file_name.utf8;
	const char *end = path != NULL ? strrchr(path, '\\') : NULL;
	const char *name = end, *copy;

	while (name != NULL && name > path && name[-1] != '\\')
		name--;
	if (name == NULL || name == path || name == end ||
	    ascii_compare(name, "Config\\DEFAULT") == 0)
		return h->name;
	copy = arena_printf(m->arena, "%.*s", (int)(end - name), name);
	return copy != NULL ? copy : h->name;
}

static bool has_base_block(struct source *s)
{
	uint8_t block[REGF_BASE_RECORD_BYTES];
	struct regf_base base;

	return source_read(s, 0, block, sizeof(block), NULL) == 0 &&
	       regf_base_parse((struct span){ block, sizeof(block), 0 }, &base,
			       NULL) == 0 &&
	       base.file_type == REGF_PRIMARY;
}

/* Where a bin that says where it lies may still be, behind what is damaged.  */
#define LOST_START_BYTES (64u << 20)
#define BLOCK_BYTES 65536

/* Whether a sector of the @n bytes @p, at @at of a file, begins as a hive does,
 * or as a bin of a hive that begins in the first 4 KiB of the file.  What is
 * not in a hive, as on a disk with hives on it, is elsewhere.  */
static bool has_bin(const uint8_t *p, size_t n, uint64_t at)
{
	const struct span s = { p, n, at };

	for (size_t i = 0; i + REGF_BIN_HEADER_BYTES <= n; i += 512) {
		const le32 *offset = span_view(s, i + 4, le32);
		uint64_t place = at + i;

		if (place <= REGF_BASE_BYTES &&
		    (span_has(s, i, "regf", 4) || span_has(s, i, "hbin", 4)))
			return true;
		if (!span_has(s, i, "hbin", 4) || offset == NULL)
			continue;
		if (place >= REGF_BASE_BYTES + (uint64_t)get_le32(*offset) &&
		    place - get_le32(*offset) <= 2 * REGF_BASE_BYTES)
			return true;
	}
	return false;
}

/* Whether the file @s, of which no tree can be read, is what is left of a hive,
 * and not something that holds one.  */
static bool was_hive(struct machine *m, struct source *s)
{
	uint8_t *block = arena_alloc(m->arena, BLOCK_BYTES);

	for (uint64_t at = 0; block != NULL && at < s->size &&
	     at < LOST_START_BYTES; at += BLOCK_BYTES) {
		size_t n = s->size - at < BLOCK_BYTES ? (size_t)(s->size - at)
						      : BLOCK_BYTES;

		if (source_read(s, at, block, n, NULL) == 0 &&
		    has_bin(block, n, at))
			return true;
	}
	return false;
}

/* Whether @path is that of a log with which a hive that was named is read.  */
static bool is_read_anyway(const struct loose *l, const char *path)
{
	for (size_t i = 0; i < l->n_requests; i++)
		if (!l->requests[i].is_text &&
		    machine_hive_is_log(path, l->requests[i].path))
			return true;
	return false;
}

static const char *log_words(enum hive_role role)
{
	if (role == HIVE_SYSTEM)
		return "it gives the names and disks in the pages of the hive "
		       "that were changed last";
	if (role == HIVE_USER)
		return "it gives the keys of a user's volumes in the pages of "
		       "the hive that were changed last";
	return "no name of a volume lies in its pages";
}

/* The log @h, which was given by itself: if its pages hold names of volumes,
 * those of a SYSTEM hive; if keys of a user's, those of a user's hive.  */
static int open_log_file(struct machine *m, struct loose_hive *h,
			 struct source *file, struct err *reterr)
{
	struct diag *d;
	int r = keep_broken(m, h, reterr);

	if (r < 0)
		return r;
	if (h->role == HIVE_OTHER)
		m->model.unreadable = true;
	d = diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
		     "%s is a transaction log, and its hive is not here; %s.",
		     file->file, log_words(h->role));
	if (d != NULL)
		source_cite(file, 0, REGF_BASE_RECORD_BYTES, "log base block",
			    m->arena, &d->cites);
	return 0;
}

/* Nothing is left of the hive at @place: read what its logs have.  */
static int open_its_logs(struct machine *m, const struct hive_place *place,
			 struct loose_hive *h, struct err *reterr)
{
	struct err e;
	int r = machine_hive_open_logs(m, place, &h->hive, &e);

	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	return keep_broken(m, h, reterr);
}

static int open_hive_file(struct machine *m, const struct loose_request *q,
			  struct err *reterr)
{
	const struct hive_place place = {
		.volume = NONE, .path = "", .file = file_name(q->path),
		.local = q->path,
	};
	const size_t rows = m->model.n_images, file = m->loose.n_files;
	struct loose_hive *h = new_hive(m, place.file, reterr);
	struct err e = { 0 };
	int r;

	if (h == NULL)
		return ERR_NOMEM;
	if (machine_hive_open_bytes(m, &place, &h->hive, &e) < 0) {
		if (m->model.n_images > rows)
			return not_read(m, q, m->loose.files[file], &e, reterr);
		r = not_opened(m, q, &e, reterr);
		return r < 0 || !plain_file_is_empty(q->path) ? r :
		       open_its_logs(m, &place, h, reterr);
	}
	if (h->hive.is_log)
		return open_log_file(m, h, m->loose.files[file], reterr);
	if (machine_hive_open_tree(m, &h->hive, &e) < 0) {
		const bool unreadable = m->model.unreadable;

		r = not_read(m, q, m->loose.files[file], &e, reterr);
		if (r == 0 && was_hive(m, m->loose.files[file]))
			r = keep_broken(m, h, reterr);
		else
			machine_hive_close(&h->hive);
		/* A hive that still has names was read, if only in part; what
		 * is none may hold one, as a disk does.  */
		if (h->role == HIVE_SYSTEM &&
		    has_base_block(m->loose.files[file]))
			m->model.unreadable = unreadable;
		return r;
	}
	m->loose.n_hives++;
	h->role = hive_role(h->hive.hive);
	if (h->role == HIVE_OTHER && mounted_devices_alone(h->hive.hive))
		h->role = HIVE_SYSTEM;
	r = h->role == HIVE_OTHER ? role_by_names(m, h, reterr) : 0;
	if (r < 0)
		return r;
	if (h->role == HIVE_USER)
		h->name = profile_name(m, h);
	if (h->role == HIVE_OTHER)
		unused(m, place.file, "it is not a SYSTEM, SOFTWARE or SAM "
		       "hive, nor a user's");
	return 0;
}

/* "S-1-5-21-..." of "HKEY_USERS\S-1-5-21-...".  */
static const char *user_name(const char *path, const char *file)
{
	const char *name = strrchr(path, '\\');

	return name != NULL ? name + 1 : *path != '\0' ? path : file;
}

static int add_text_hive(struct machine *m, struct source *s,
			 struct registry_text *t,
			 const struct registry_text_hive *which,
			 struct err *reterr)
{
	struct loose_hive *h;

	h = new_hive(m, user_name(which->path.utf8, s->file), reterr);
	if (h == NULL)
		return ERR_NOMEM;
	h->role = which->role;
	h->hive.is_text = true;
	h->hive.path = (struct text){
		.utf8 = arena_printf(m->arena, "%s%s%s", s->file,
				     *which->path.utf8 != '\0' ? ": " : "",
				     which->path.utf8),
	};
	h->hive.source = source_window(s, 0, s->size);
	if (h->hive.path.utf8 == NULL || h->hive.source == NULL)
		return no_memory(reterr);
	m->loose.n_hives++;
	return registry_text_hive(t, which, &h->hive.hive, reterr);
}

static int add_text_hives(struct machine *m, struct source *s,
			  struct registry_text *t, struct err *reterr)
{
	static const enum hive_role order[] = {
		HIVE_SYSTEM, HIVE_SOFTWARE, HIVE_SAM, HIVE_USER,
	};
	const struct registry_text_hive *list;
	size_t n;
	int r = 0;

	list = registry_text_hives(t, &n);
	if (n == 0)
		unused(m, s->file, "it has no keys of a SYSTEM, a SOFTWARE or "
		       "a SAM hive, nor of a user's");
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < n && r == 0; i++)
			if (list[i].role == order[k])
				r = add_text_hive(m, s, t, &list[i], reterr);
	return r;
}

static int open_text_file(struct machine *m, const struct loose_request *q,
			  struct err *reterr)
{
	struct loose *l = &m->loose;
	struct registry_text **slot;
	struct source *s = NULL;
	struct err e = { 0 };

	slot = arena_push(m->arena, &l->texts, l->n_texts, sizeof(*slot));
	if (slot == NULL)
		return no_memory(reterr);
	if (machine_open_local(m, q->path, "registry-text", &s, &e) < 0)
		return not_opened(m, q, &e, reterr);
	/* The file below lives as long as the text.  */
	source_free(s);
	s = l->files[l->n_files - 1];
	if (registry_text_open(s, m->arena, &m->model.findings, slot, &e) < 0)
		return not_read(m, q, s, &e, reterr);
	l->n_texts++;
	return add_text_hives(m, s, *slot, reterr);
}

/* Whether the request @i is of a file that was read for one before it: what it
 * holds would be told as another machine's.  */
static bool is_repeated(struct machine *m, size_t i)
{
	const struct loose_request *q = m->loose.requests;

	for (size_t k = 0; k < i; k++) {
		if (q[k].is_text != q[i].is_text ||
		    !plain_file_is_same(q[k].path, q[i].path))
			continue;
		m->model.findings.where = NULL;
		diag_add(&m->model.findings, &FINDING_IMAGE_TWICE,
			 "%s and %s are the same file, which is read once.",
			 file_name(q[k].path), file_name(q[i].path));
		return true;
	}
	return false;
}

int machine_open_loose(struct machine *m, struct err *reterr)
{
	const struct loose *l = &m->loose;
	int r = 0;

	for (size_t i = 0; i < l->n_requests && r == 0; i++) {
		const struct loose_request *q = &l->requests[i];

		m->model.findings.where =
			arena_printf(m->arena, "image%zu", m->model.n_images);
		if (is_repeated(m, i))
			continue;
		if (q->is_text)
			r = open_text_file(m, q, reterr);
		else if (!is_read_anyway(l, q->path))
			r = open_hive_file(m, q, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}

/* An installation of @h, or without a SYSTEM hive if that is none; *@ret is
 * NONE where there are too many.  */
static int new_installation(struct machine *m, const struct loose_hive *h,
			    size_t *ret, struct err *reterr)
{
	const struct hive_place place = {
		.volume = NONE, .path = "", .file = h->name, .local = h->name,
	};
	const size_t index = m->model.n_installations;
	int r;

	*ret = NONE;
	if (index == MAX_INSTALLATIONS) {
		diag_add(&m->model.findings, &FINDING_INSTALLATIONS_CUT,
			 "%s is not read: there are more than %d "
			 "installations.", h->name, MAX_INSTALLATIONS);
		return 0;
	}
	r = machine_new_installation(m, NONE, (struct text){ 0 }, 0, &place,
				     reterr);
	if (r == 0)
		*ret = index;
	return r;
}

static int take_broken(struct machine *m, const struct loose_hive *h,
		       struct err *reterr)
{
	struct machine_installation *i =
		&m->model.installations[h->installation];
	int r = machine_hive_describe(m, &h->hive, &i->hive, reterr);

	if (r < 0)
		return r;
	machine_hive_cite(m, &h->hive, &i->cites);
	r = machine_add_lost_names(m, h->installation, &h->hive, &h->lost,
				   reterr);
	return r < 0 || !h->hive.is_log ? r :
	       machine_read_log_disks(m, h->installation, &h->hive, reterr);
}

static int take_system(struct machine *m, struct loose_hive *h,
		       struct err *reterr)
{
	int r = new_installation(m, h, &h->installation, reterr);

	if (r < 0 || h->installation == NONE)
		return r;
	if (h->hive.hive == NULL || h->hive.is_log)
		return take_broken(m, h, reterr);
	return machine_read_system_hive(m, h->installation, &h->hive, reterr);
}

static int take_software(struct machine *m, struct loose_hive *h,
			 struct err *reterr)
{
	struct open_installation *i = &m->installations[h->installation];

	if (i->has_software) {
		unused(m, h->name, "its installation has another SOFTWARE "
		       "hive; name each after its SYSTEM hive");
		return 0;
	}
	i->has_software = true;
	return machine_read_software_hive(m, h->installation, &h->hive,
					  reterr);
}

static int take_sam(struct machine *m, struct loose_hive *h,
		    struct err *reterr)
{
	struct sam_accounts *accounts =
		&m->model.installations[h->installation].accounts;

	if (accounts->n > 0) {
		unused(m, h->name, "its installation has another SAM hive; "
		       "name each after its SYSTEM hive");
		return 0;
	}
	return sam_read(h->hive.hive, m->arena, &m->model.findings, accounts,
			reterr);
}

static int take_systems(struct machine *m, size_t *ret_first,
			struct err *reterr)
{
	int r = 0;

	*ret_first = NONE;
	for (size_t i = 0; i < m->loose.n_hives && r == 0; i++) {
		struct loose_hive *h = m->loose.hives[i];

		if (h->role != HIVE_SYSTEM)
			continue;
		m->model.findings.where = h->where;
		r = take_system(m, h, reterr);
		if (*ret_first == NONE)
			*ret_first = h->installation;
	}
	return r;
}

int machine_take_loose(struct machine *m, struct err *reterr)
{
	size_t current;
	int r = take_systems(m, &current, reterr);

	for (size_t i = 0; i < m->loose.n_hives && r == 0; i++) {
		struct loose_hive *h = m->loose.hives[i];

		m->model.findings.where = h->where;
		if (h->role == HIVE_SYSTEM && h->installation != NONE)
			current = h->installation;
		if (h->role == HIVE_OTHER || h->role == HIVE_SYSTEM)
			continue;
		if (current == NONE)
			r = new_installation(m, h, &current, reterr);
		h->installation = current;
		if (r == 0 && current != NONE && h->role == HIVE_SOFTWARE)
			r = take_software(m, h, reterr);
		if (r == 0 && current != NONE && h->role == HIVE_SAM)
			r = take_sam(m, h, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}

void machine_close_loose(struct machine *m)
{
	struct loose *l = &m->loose;

	for (size_t i = 0; i < l->n_hives; i++)
		machine_hive_close(&l->hives[i]->hive);
	for (size_t i = 0; i < l->n_texts; i++)
		registry_text_close(l->texts[i]);
	for (size_t i = 0; i < l->n_files; i++)
		source_free(l->files[i]);
}
