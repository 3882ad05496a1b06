/*
 * encrypted.c - volumes that BitLocker encrypts
 */
#include "disk/bitlocker_plain.h"
#include "disk/findings.h"
#include "machine/internal.h"

/* More are counted: a block of metadata has room for 1800.  */
#define MAX_PROTECTORS_TOLD 8

/* To try a password takes half a second.  A volume has few protectors, but
 * evidence can be made to have a thousand.  */
#define MAX_TRIES_PER_VOLUME 64
#define MAX_TRIES 512

/* The keys on one volume.  */
struct attempt {
	struct machine *m;
	size_t volume;
	const struct bitlocker *b;
	unsigned tries;
	bool cut;		/* not all were tried */
	struct err err;		/* the last that was not for a wrong key */
	struct source *plain;	/* what came of it */
	const struct bitlocker_protector *by;	/* NULL: it took none */
	struct bitlocker_key *key;	/* NULL: a clear key, or none */
};

/* "recovery password {8f59...}" */
static const char *protector_text(struct machine *m,
				  const struct bitlocker_protector *p)
{
	const char *kind = fve_protection_name(p->fve.protection);
	char guid[GUID_TEXT_CHARS + 1];

	return arena_printf(m->arena, "%s {%s}",
			    kind != NULL ? kind : "unknown",
			    guid_text(&p->fve.identifier, guid));
}

/* What unlocks it, as a list.  */
static const char *protectors_text(struct machine *m, const struct bitlocker *b)
{
	const char *text = "";
	size_t n = b->n_protectors < MAX_PROTECTORS_TOLD ?
			   b->n_protectors : MAX_PROTECTORS_TOLD;

	for (size_t i = 0; i < n && text != NULL; i++) {
		const char *one = protector_text(m, &b->protectors[i]);

		if (one != NULL)
			text = arena_printf(m->arena, "%s%s%s", text,
					    i > 0 ? ", " : "", one);
	}
	if (n < b->n_protectors && text != NULL)
		text = arena_printf(m->arena, "%s and %zu more", text,
				    b->n_protectors - n);
	return text;
}

void machine_explain_lock(struct machine *m, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	const struct bitlocker *b = v->bitlocker;
	const char *keys = b != NULL ? protectors_text(m, b) : NULL;
	const char *text = b != NULL ? b->description.text.utf8 : NULL;
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_VOLUME_ENCRYPTED,
		"BitLocker encrypts the volume, so nothing in it was read; "
		"what unlocks it is %s%s.%s%s%s",
		keys != NULL && keys[0] != '\0' ? "one of these: " :
						  "not known",
		keys != NULL ? keys : "",
		text != NULL ? " It is described as \"" : "",
		text != NULL ? text : "", text != NULL ? "\"." : "");

	if (d != NULL)
		cites_join(m->arena, &d->cites, b != NULL ? &b->cites :
			   &v->identity.cites);
}

static void tell(struct machine *m, size_t volume, const struct diag_kind *kind,
		 const char *text)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	struct diag *d = diag_add(&m->model.findings, kind, "%s", text);

	if (d != NULL)
		cites_join(m->arena, &d->cites, &v->bitlocker->cites);
}

/* Try one.  0 and a->plain where it is the right one; fails only when out of
 * memory.  */
static int try_key(struct attempt *a, const struct bitlocker_protector *p,
		   struct bitlocker_key *key, struct err *reterr)
{
	struct source *volume = a->m->volumes[a->volume].window;
	struct err e;
	int r = bitlocker_unlock(volume, a->b, p, key, a->m->arena, &a->plain,
				 &e);

	a->tries++;
	a->m->n_tries++;
	if (r == 0) {
		a->by = p;
		a->key = key;
	} else if (e.code == ERR_NOMEM) {
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	} else if (e.code != ERR_NOT_FOUND) {
		a->err = e;
	}
	return 0;
}

static int try_clear_keys(struct attempt *a, struct err *reterr)
{
	for (size_t i = 0; i < a->b->n_protectors && a->plain == NULL; i++) {
		const struct bitlocker_protector *p = &a->b->protectors[i];

		if (a->tries == MAX_TRIES_PER_VOLUME)
			return 0;
		if (bitlocker_is_clear_key(p) &&
		    try_key(a, p, NULL, reterr) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

static int try_keys(struct attempt *a, struct err *reterr)
{
	struct bitlocker_keys *keys = &a->m->keys;

	for (size_t k = 0; k < keys->n; k++)
		for (size_t i = 0; i < a->b->n_protectors; i++) {
			const struct bitlocker_protector *p =
				&a->b->protectors[i];

			if (!bitlocker_key_fits(&keys->list[k], a->b, p))
				continue;
			a->cut = a->tries == MAX_TRIES_PER_VOLUME ||
				 a->m->n_tries >= MAX_TRIES;
			if (a->cut)
				return 0;
			if (try_key(a, p, &keys->list[k], reterr) < 0)
				return ERR_NOMEM;
			if (a->plain != NULL)
				return 0;
		}
	return 0;
}

static void tell_failure(struct attempt *a)
{
	struct machine *m = a->m;
	char text[200];

	if (a->err.code != 0)
		tell(m, a->volume, &FINDING_BITLOCKER_HINDRANCE,
		     arena_printf(m->arena, "the volume cannot be unlocked: "
				  "%s.", err_text(&a->err, text,
						  sizeof(text))));
	else if (a->tries > 0)
		tell(m, a->volume, &FINDING_BITLOCKER_WRONG_KEYS,
		     arena_printf(m->arena, "none of the keys that its "
				  "protectors take unlocks the volume; tries: "
				  "%u.", a->tries));
	if (a->cut)
		tell(m, a->volume, &FINDING_BITLOCKER_TRIES,
		     "there are more keys and protectors than can be tried.");
}

/* What Windows had begun and not ended.  */
static void tell_conversion(struct machine *m, size_t volume)
{
	const struct bitlocker *b = m->model.volumes[volume].bitlocker;

	if (bitlocker_is_decrypted(b)) {
		tell(m, volume, &FINDING_BITLOCKER_CONVERSION,
		     "no part of the volume is encrypted, according to "
		     "BitLocker's metadata: it is read as it is.");
		return;
	}
	if (b->maps != NULL && b->maps->plain_bytes > 0)
		tell(m, volume, &FINDING_BITLOCKER_CONVERSION,
		     arena_printf(m->arena, "%llu bytes of the volume are not "
				  "encrypted, according to BitLocker's maps: "
				  "they are read as they are.",
				  (unsigned long long)b->maps->plain_bytes));
	if (b->maps != NULL)
		return;
	if (b->block.state == FVE_ENCRYPTED &&
	    b->block.next_state == FVE_ENCRYPTED)
		return;
	tell(m, volume, &FINDING_BITLOCKER_CONVERSION,
	     arena_printf(m->arena, "the volume was being encrypted or "
			  "decrypted: its first %llu bytes are taken to be "
			  "encrypted, and what is read near their end may be "
			  "wrong.",
			  (unsigned long long)b->block.encrypted_bytes));
}

/* The plain text takes the volume's place for all that reads it.  */
static int use_plain(struct attempt *a, struct err *reterr)
{
	struct machine *m = a->m;
	struct machine_volume *v = &m->model.volumes[a->volume];
	struct open_volume *open = &m->volumes[a->volume];
	int r;

	open->encrypted = open->window;
	open->window = a->plain;
	v->unlocked_by = a->by;
	v->lock = a->by != NULL && a->key == NULL ? LOCK_CLEAR_KEY :
						    LOCK_UNLOCKED;
	if (a->key != NULL)
		a->key->used = true;
	tell_conversion(m, a->volume);
	r = volume_identify(open->window, m->arena, &m->model.findings,
			    &v->identity, reterr);
	return r < 0 ? r : machine_repair_volume(m, a->volume, reterr);
}

static int end_attempts(struct attempt *a, struct err *reterr)
{
	if (a->plain != NULL)
		return use_plain(a, reterr);
	tell_failure(a);
	return 0;
}

int machine_unlock(struct machine *m, size_t volume, struct err *reterr)
{
	struct machine_volume *v = &m->model.volumes[volume];
	struct attempt a = { .m = m, .volume = volume };
	const char *hindrance;
	int r;

	if (v->identity.bitlocker == NULL)
		return 0;
	a.b = v->bitlocker = v->identity.bitlocker;
	v->lock = LOCK_LOCKED;
	if (bitlocker_is_decrypted(a.b)) {
		r = try_key(&a, NULL, NULL, reterr);
		return r == 0 ? end_attempts(&a, reterr) : r;
	}
	hindrance = bitlocker_hindrance(a.b);
	if (hindrance != NULL) {
		tell(m, volume, &FINDING_BITLOCKER_HINDRANCE,
		     arena_printf(m->arena, "the volume cannot be unlocked, "
				  "whatever the key: %s.", hindrance));
		return 0;
	}
	r = try_clear_keys(&a, reterr);
	if (r == 0 && a.plain == NULL)
		r = try_keys(&a, reterr);
	return r == 0 ? end_attempts(&a, reterr) : r;
}

int machine_tell_keys(struct machine *m, struct err *reterr)
{
	(void)reterr;
	for (size_t i = 0; i < m->keys.n; i++) {
		const struct bitlocker_key *k = &m->keys.list[i];

		if (k->used)
			continue;
		if (k->line == 0)
			diag_add(&m->model.findings,
				 &FINDING_BITLOCKER_KEY_UNUSED,
				 "%s (%s) unlocks no volume.", k->file,
				 bitlocker_key_name(k->kind));
		else
			diag_add(&m->model.findings,
				 &FINDING_BITLOCKER_KEY_UNUSED,
				 "the key in line %u of %s (%s) unlocks no "
				 "volume, or none that another did not.",
				 k->line, k->file,
				 bitlocker_key_name(k->kind));
	}
	return 0;
}

int machine_add_key_file(struct machine *m, const char *path,
			 struct err *reterr)
{
	return bitlocker_keys_read(&m->keys, path, m->arena, reterr);
}
