/*
 * encrypted.c - volumes that BitLocker encrypts
 */
#include "machine/internal.h"

/* More are counted: a block of metadata has room for 1800.  */
#define MAX_PROTECTORS_TOLD 8

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
