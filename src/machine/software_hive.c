/*
 * software_hive.c - what the SOFTWARE hive of an installation says
 */
#include "machine/internal.h"
#include "registry/system.h"

/* The letter that @root, "C:\\Windows", begins with.  */
static struct system_letter letter_of(const struct system_text *root)
{
	const char *s = root->text.utf8;
	char letter;

	if (s == NULL || s[0] == '\0' || s[1] != ':')
		return (struct system_letter){ 0 };
	letter = s[0] >= 'a' && s[0] <= 'z' ? (char)(s[0] - 'a' + 'A') : s[0];
	if (letter < 'A' || letter > 'Z')
		return (struct system_letter){ 0 };
	return (struct system_letter){ letter, root->cites };
}

int machine_read_software_hive(struct machine *m, size_t installation,
			       struct open_hive *h, struct err *reterr)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	struct software_facts facts = { 0 };
	int r = machine_hive_describe(m, h, &i->software, reterr);

	if (r < 0)
		return r;
	if (software_read(h->hive, m->arena, &m->model.findings, &facts,
			  NULL) < 0)
		return 0;
	i->product_name = facts.product_name.text;
	i->build = facts.build.text;
	cites_join(m->arena, &i->cites, &facts.product_name.cites);
	m->installations[installation].letter = letter_of(&facts.system_root);
	r = machine_read_volume_traces(m, installation, h, reterr);
	return r < 0 ? r : machine_read_profile_list(m, installation, h,
						     reterr);
}
