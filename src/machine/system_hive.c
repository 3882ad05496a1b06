/*
 * system_hive.c - what the SYSTEM hive of an installation says
 */
#include "machine/hive_names.h"
#include "machine/internal.h"
#include "registry/system.h"

static void report_unread(struct machine *m, size_t installation,
			  const struct open_hive *h, const struct err *e)
{
	const bool absent = e->code == ERR_NOT_FOUND;
	char text[256];
	struct diag *d;

	d = diag_add(&m->model.findings, &FINDING_NO_MOUNTED_DEVICES,
		     "windows%zu: MountedDevices of %s %s%s.", installation,
		     h->path.utf8,
		     absent ? "is not there" : "could not be read: ",
		     absent ? "" : err_text(e, text, sizeof(text)));
	if (d != NULL)
		machine_hive_cite(m, h, &d->cites);
}

/* Windows NT 4 has no mount manager: letters and fault-tolerant sets are in
 * SYSTEM\DISK\Information, for which no description is known that could be
 * checked.  A later Windows that was installed over it keeps the key.  */
static void report_nt4(struct machine *m, size_t installation,
		       const struct open_hive *h, bool has_names)
{
	struct hive_key k;
	struct hive_value v;
	struct diag *d;

	if (hive_find_key(h->hive, NULL, "DISK", &k, NULL) < 0 ||
	    hive_find_value(h->hive, &k, "Information", &v, NULL) < 0)
		return;
	d = diag_add(&m->model.findings,
		     has_names ? &FINDING_NT4_DISKS : &FINDING_NT4_LETTERS,
		     "windows%zu: %s keeps disks as Windows NT 4 does, in "
		     "DISK\\Information (%u bytes), which is not read%s.",
		     installation, h->path.utf8, v.size,
		     has_names ? "; MountedDevices is newer"
			       : ": its drive letters are there");
	if (d != NULL)
		cites_join(m->arena, &d->cites, &v.cites);
}

/* The values of MountedDevices, as names of @installation.  */
static int add_names(struct machine *m, size_t installation,
		     struct open_hive *h, struct err *reterr)
{
	struct model *o = &m->model;
	struct hive_names names;
	int r = machine_hive_names(m, h, &names, reterr);

	if (r < 0)
		return r;
	if (names.unread.code != 0)
		report_unread(m, installation, h, &names.unread);
	report_nt4(m, installation, h, names.n > 0);
	for (size_t i = 0; i < names.n; i++) {
		struct machine_name *n = arena_push(m->arena, &o->names,
						    o->n_names, sizeof(*n));

		if (n == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
		n->installation = installation;
		n->name = names.list[i].name;
		n->presence = names.list[i].presence;
		n->superseded = names.list[i].superseded;
		o->n_names++;
	}
	return machine_read_lost_names(m, installation, h, names.whole,
				       reterr);
}

static void add_facts(struct machine *m, size_t installation,
		      struct open_hive *h)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	struct system_facts facts = { 0 };

	if (system_read(h->hive, m->arena, &m->model.findings, &facts,
			NULL) < 0)
		return;
	i->computer_name = facts.computer_name.text;
	i->time_zone = facts.time_zone.text;
	i->control_set = facts.current_control_set;
	i->oem_code_page = facts.oem_code_page;
	i->oem_cites = facts.oem_cites;
	cites_join(m->arena, &i->cites, &facts.control_set_cites);
	cites_join(m->arena, &i->cites, &facts.computer_name.cites);
	cites_join(m->arena, &i->cites, &facts.time_zone.cites);
}

int machine_read_system_hive(struct machine *m, size_t installation,
			     struct open_hive *h, struct err *reterr)
{
	int r;

	machine_hive_cite(m, h, &m->model.installations[installation].cites);
	add_facts(m, installation, h);
	r = machine_hive_describe(
		m, h, &m->model.installations[installation].hive, reterr);
	if (r == 0)
		r = machine_read_policy(m, installation, h, reterr);
	if (r == 0)
		r = machine_read_disk_records(m, installation, h, reterr);
	return r < 0 ? r : add_names(m, installation, h, reterr);
}
