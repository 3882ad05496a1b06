/*
 * user_traces.c - what a user's Explorer remembers of volumes
 *
 * Below Software\Microsoft\Windows\CurrentVersion\Explorer:
 *
 *   MountPoints2\{guid}                  a volume that the user has seen
 *   MountPoints2\X                       a letter (Windows XP)
 *   MountPoints2\##server#share          a share
 *   MountPoints2\##?#device#...          a device
 *   MountPoints2\CPC\Volume\{guid}       a volume; often volatile
 *   MountPoints2\CPC\LocalMOF            values are named by mounted folders
 *   MountPoints\X                        a letter (Windows 2000)
 *   BitBucket\Volume\{guid}, BitBucket\X settings of a recycle bin
 *
 * and, in the hive's root,
 *
 *   Network\X                            a letter that stands for a share
 *
 * A key is written when the user meets the volume, and seldom later: its time
 * is that of a meeting.
 *
 * Sources: libyal/winreg-kb, "Mount points"; hives of Windows XP to 11.
 */
#include "mountmgr/user_traces.h"

#include <string.h>

#include "base/ascii.h"
#include "mountmgr/findings.h"
#include "mountmgr/record_values.h"

#define EXPLORER_IN_SOFTWARE "Microsoft\\Windows\\CurrentVersion\\Explorer"
#define EXPLORER "Software\\" EXPLORER_IN_SOFTWARE

/* A user meets tens of volumes, hundreds on a machine that copies sticks.  No
 * more are kept, nor more bytes of them, than can be kept beside the rest of a
 * report within 256 MiB.  */
#define TRACES_MAX 4096
#define TRACES_MAX_BYTES (140u << 20)

struct place;

struct reader {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	const struct place *place;
	const struct hive_key *parent;
	int explorer_status;	/* 0: there is one */
	struct hive_key explorer;
	struct user_traces traces;
	bool full;		/* more are there, and are not kept */
	int status;		/* ERR_NOMEM, or 0 */
};

/* A key with traces: what makes them of each subkey, or of each value.  */
struct place {
	const char *path;
	void (*subkey)(struct reader *r, const struct hive_key *k);
	void (*value)(struct reader *r, const struct hive_value *v);
	hive_name_form *form;	/* of the names of the values */
};

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "X" or "X:"; 0 for anything else.  */
static char letter_of(const char *s)
{
	if (!is_ascii_letter(s[0]) || (s[1] != '\0' && strcmp(s + 1, ":") != 0))
		return 0;
	return ascii_upper(s[0]);
}

/* "{guid}", and nothing else.  */
static bool braced_guid(const char *s, struct guid *ret)
{
	return strlen(s) == GUID_TEXT_CHARS + 2 && s[0] == '{' &&
	       s[GUID_TEXT_CHARS + 1] == '}' && guid_parse(s + 1, ret);
}

/* As a GUID in braces of which a letter is damaged.  */
static bool looks_like_guid(const char *s)
{
	const size_t n = strlen(s);

	return n == GUID_TEXT_CHARS + 2 &&
	       (s[0] == '{' || s[n - 1] == '}') && s[9] == '-';
}

static void name_finding(struct reader *r, const struct hive_key *k)
{
	struct record_reader about = { r->hive, r->arena, r->diags,
				       k->name.utf8 };

	record_finding(&about, "The name", "it is no GUID", &k->cites);
}

/* A share or device stands in a key's name with # for each backslash.  Where a
 * share's own name has a #, the result is wrong; the key's name is beside it.
 */
static struct text with_backslashes(struct arena *a, struct text t)
{
	struct text r = { .utf8 = NULL };
	char *s = arena_strdup(a, t.utf8);
	char *hex = t.hex != NULL ? arena_strdup(a, t.hex) : NULL;

	if (s == NULL)
		return r;
	for (size_t i = 0; s[i] != '\0'; i++)
		if (s[i] == '#')
			s[i] = '\\';
	for (size_t i = 0; hex != NULL && strlen(hex + i) >= 4; i += 4)
		if (memcmp(hex + i, "2300", 4) == 0)
			memcpy(hex + i, "5c00", 4);
	r.utf8 = s;
	r.hex = hex;
	return r;
}

/* Another trace, or NULL where no more are kept.  */
static struct user_trace *add(struct reader *r)
{
	struct user_trace *t;

	if (r->traces.n == TRACES_MAX ||
	    arena_bytes(r->arena) > TRACES_MAX_BYTES) {
		r->full = true;
		return NULL;
	}
	t = arena_push(r->arena, &r->traces.list, r->traces.n, sizeof(*t));
	if (t == NULL) {
		r->status = ERR_NOMEM;
		return NULL;
	}
	r->traces.n++;
	t->place = r->place->path;
	return t;
}

/* A trace of @kind for the key @k.  */
static struct user_trace *add_key(struct reader *r, const struct hive_key *k,
				  enum trace_kind kind)
{
	struct user_trace *t;

	if (k->name.utf8 == NULL) {
		r->status = ERR_NOMEM;
		return NULL;
	}
	t = add(r);
	if (t == NULL)
		return NULL;
	t->kind = kind;
	t->key = k->name;
	t->last_written = k->last_written;
	cites_join(r->arena, &t->cites, &k->cites);
	return t;
}

/* The string value @name of the key @path below @k, of whatever type.  */
static void read_string(struct reader *r, const struct hive_key *k,
			const char *path, const char *name, struct text *ret,
			struct cites *cites)
{
	struct record_reader values = {
		r->hive, r->arena, r->diags,
		k->name.utf8 != NULL ? k->name.utf8 : "?",
	};
	struct hive_key below;
	struct text t;

	if (k->n_subkeys + k->n_values == 0 ||
	    hive_find_key(r->hive, k, path, &below, NULL) < 0)
		return;
	t = record_text(&values, &below, name, cites);
	/* Windows writes empty ones for what it found nothing in.  */
	if (t.utf8 != NULL)
		*ret = t;
}

static void read_labels(struct reader *r, const struct hive_key *k,
			struct user_trace *t)
{
	struct hive_key shell;

	read_string(r, k, "", "_LabelFromReg", &t->label, &t->cites);
	read_string(r, k, "", "_LabelFromDesktopINI", &t->media_label,
		    &t->cites);
	if (t->media_label.utf8 == NULL)
		read_string(r, k, "_Autorun\\DefaultLabel", "",
			    &t->media_label, &t->cites);
	if (k->n_subkeys == 0 ||
	    hive_find_key(r->hive, k, "shell", &shell, NULL) < 0)
		return;
	t->shell = true;
	cites_join(r->arena, &t->cites, &shell.cites);
	read_string(r, &shell, "AutoRun\\command", "", &t->autorun, &t->cites);
}

static const char *behind_volume(const char *s)
{
	static const char volume[] = "##?#Volume";

	return strncmp(s, volume, sizeof(volume) - 1) == 0
		? s + sizeof(volume) - 1 : s;
}

/* What the name of a subkey of MountPoints2 says.  */
static void read_name(struct reader *r, const char *s, struct user_trace *t)
{
	struct guid g;

	t->letter = letter_of(s);
	s = behind_volume(s);
	if (braced_guid(s, &g)) {
		t->kind = TRACE_VOLUME;
		t->has_guid = true;
		t->guid = g;
	} else if (t->letter != 0) {
		t->kind = TRACE_LETTER;
	} else if (strncmp(t->key.utf8, "##?#", 4) == 0) {
		t->kind = TRACE_DEVICE;
	} else if (strncmp(s, "##", 2) == 0 && s[2] != '\0') {
		t->kind = TRACE_SHARE;
		t->share = with_backslashes(r->arena, t->key);
	}
}

static void mount_point(struct reader *r, const struct hive_key *k)
{
	struct user_trace *t;

	/* The cache that the user's processes share: places of their own.  */
	if (k->name.utf8 != NULL && ascii_compare(k->name.utf8, "CPC") == 0)
		return;
	t = add_key(r, k, TRACE_OTHER);
	if (t == NULL)
		return;
	read_name(r, k->name.utf8, t);
	if (!t->has_guid && looks_like_guid(behind_volume(k->name.utf8)))
		name_finding(r, k);
	read_labels(r, k, t);
}

/* What else the cache holds: we know of nothing.  */
static void cached(struct reader *r, const struct hive_key *k)
{
	if (k->name.utf8 == NULL ||
	    (ascii_compare(k->name.utf8, "Volume") != 0 &&
	     ascii_compare(k->name.utf8, "LocalMOF") != 0))
		add_key(r, k, TRACE_OTHER);
}

/* Whether @c can be letter @i of "C:\Mount\Data\".  */
static bool is_path_letter(size_t i, unsigned c)
{
	switch (i) {
	case 0:
		return c < 0x80 && is_ascii_letter((char)c);
	case 1:
		return c == ':';
	case 2:
		return c == '\\';
	default:
		return c >= ' ' && (c < 0x7f || c > 0x9f) &&
		       (c > 0x7f || strchr("\"*/:<>?|", (int)c) == NULL);
	}
}

/* Windows closes each path with a backslash.  */
static size_t folder_form(struct span bytes, bool is_8bit)
{
	const size_t step = is_8bit ? 1 : 2;
	size_t form = 0;

	for (size_t i = 0; (i + 1) * step <= bytes.n; i++) {
		const uint8_t *p = bytes.p + i * step;
		const unsigned c = is_8bit ? p[0] : p[0] + 0x100u * p[1];

		if (!is_path_letter(i, c))
			break;
		if (c == '\\')
			form = (i + 1) * step;
	}
	return form;
}

/* A mounted folder; the data of the value is empty.  */
static void folder(struct reader *r, const struct hive_value *v)
{
	struct user_trace *t;

	if (v->name.utf8 == NULL) {
		r->status = ERR_NOMEM;
		return;
	}
	if (v->tombstone || v->name.utf8[0] == '\0')
		return;
	t = add(r);
	if (t == NULL)
		return;
	t->kind = TRACE_FOLDER;
	t->key = v->name;
	t->last_written = r->parent->last_written;
	cites_join(r->arena, &t->cites, &v->cites);
	cites_join(r->arena, &t->cites, &r->parent->cites);
}

static void recycle_bin(struct reader *r, const struct hive_key *k)
{
	struct user_trace *t = add_key(r, k, TRACE_RECYCLE_BIN);

	if (t == NULL)
		return;
	t->has_guid = braced_guid(t->key.utf8, &t->guid);
	t->letter = letter_of(t->key.utf8);
	if (!t->has_guid && looks_like_guid(t->key.utf8))
		name_finding(r, k);
}

/* BitBucket itself: before Vista it has letters, since then other things.  */
static void old_recycle_bin(struct reader *r, const struct hive_key *k)
{
	if (k->name.utf8 != NULL && letter_of(k->name.utf8) != 0)
		recycle_bin(r, k);
}

static void mapped_letter(struct reader *r, const struct hive_key *k)
{
	struct user_trace *t;

	t = add_key(r, k, TRACE_OTHER);
	if (t == NULL)
		return;
	t->letter = letter_of(k->name.utf8);
	if (t->letter != 0)
		t->kind = TRACE_SHARE;
	read_string(r, k, "", "RemotePath", &t->share, &t->cites);
}

static const struct place places[] = {
	{ EXPLORER "\\MountPoints2", mount_point, NULL, NULL },
	{ EXPLORER "\\MountPoints2\\CPC", cached, NULL, NULL },
	{ EXPLORER "\\MountPoints2\\CPC\\Volume", mount_point, NULL, NULL },
	{ EXPLORER "\\MountPoints2\\CPC\\LocalMOF", NULL, folder,
	  folder_form },
	{ EXPLORER "\\MountPoints", mount_point, NULL, NULL },
	{ EXPLORER "\\BitBucket", old_recycle_bin, NULL, NULL },
	{ EXPLORER "\\BitBucket\\Volume", recycle_bin, NULL, NULL },
	{ "Network", mapped_letter, NULL, NULL },
};

static int each_subkey(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;

	r->place->subkey(r, k);
	return r->full || r->status != 0;
}

static int each_value(void *ctx, const struct hive_value *v)
{
	struct reader *r = ctx;

	r->place->value(r, v);
	return r->full || r->status != 0;
}

/* Below Explorer, what no other key is called like.  */
static const char *const lone_names[] = { "\\MountPoints2", "\\BitBucket" };

bool user_traces_in_pages(struct hive *h)
{
	struct hive_key k;

	for (size_t i = 0; i < sizeof(lone_names) / sizeof(*lone_names); i++)
		if (hive_find_lost_key(h, lone_names[i] + 1, &k))
			return true;
	return false;
}

/* The same, where damage has left no way to it.  */
static bool find_lost(struct reader *r, const char *below, struct hive_key *ret)
{
	for (size_t i = 0; i < sizeof(lone_names) / sizeof(*lone_names); i++) {
		const char *rest = ascii_after(below, lone_names[i]);
		struct hive_key k;

		if (rest != NULL && hive_find_lost_key(r->hive,
						       lone_names[i] + 1, &k))
			return hive_find_key(r->hive, &k, rest, ret,
					     NULL) == 0;
	}
	return false;
}

/* The key of the place.  */
static bool find_place(struct reader *r, struct hive_key *ret)
{
	const char *below = ascii_after(r->place->path, EXPLORER);
	int status = r->explorer_status;

	if (below == NULL)
		return hive_find_key(r->hive, NULL, r->place->path, ret,
				     NULL) == 0;
	if (status == 0)
		status = hive_find_key(r->hive, &r->explorer, below, ret, NULL);
	if (status == 0 || status == ERR_NOT_FOUND)
		return status == 0;
	return find_lost(r, below, ret);
}

/* Damage has its findings already.  */
static void read_place(struct reader *r)
{
	const struct hive_value_filter f = { .form = r->place->form };
	struct hive_key k;

	if (!find_place(r, &k))
		return;
	r->parent = &k;
	if (r->place->subkey != NULL)
		hive_each_subkey(r->hive, &k, each_subkey, r, NULL);
	if (r->place->value != NULL)
		hive_each_value_of(r->hive, &k, &f, each_value, r, NULL);
	r->parent = NULL;
	if (r->full)
		diag_add(r->diags, &FINDING_TRACES_CUT,
			 "the user's hive remembers more volumes than are "
			 "kept; the first %zu were read, up to some of %s.",
			 r->traces.n, r->place->path);
}

int user_traces_read(struct hive *h, struct arena *a, struct diag_list *d,
		     struct user_traces *ret, struct err *reterr)
{
	struct reader r = { .hive = h, .arena = a, .diags = d };

	r.explorer_status = hive_find_key(h, NULL, EXPLORER, &r.explorer, NULL);
	/* Who saves HKEY_CURRENT_USER\Software has that for a root.  */
	if (r.explorer_status != 0 &&
	    hive_find_key(h, NULL, EXPLORER_IN_SOFTWARE, &r.explorer,
			  NULL) == 0)
		r.explorer_status = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		r.place = &places[i];
		if (!r.full && r.status == 0)
			read_place(&r);
	}
	if (r.status != 0)
		return err_set(reterr, ERR_NOMEM, 0, "user's hive", 0, 0);
	*ret = r.traces;
	return 0;
}
