/*
 * mountvol.c - volume names and where they are mounted, as mountvol lists them
 *
 * Without the usage that stands above the list on a live machine.
 */
#include "report/escape.h"
#include "report/familiar.h"

static bool put_paths(const struct provider *p, const struct machine_volume *v,
		      struct out *out)
{
	bool any = false;

	for (size_t i = 0; i < v->n_paths; i++) {
		if (provider_access_path(p, v, i) == NULL)
			continue;
		out_string(out, "        ");
		out_text(out, v->paths[i].path.utf8);
		out_string(out, "\n");
		any = true;
	}
	return any;
}

/* "NO MOUNT POINTS", or, as Microsoft's documentation of mountvol /p has it, of
 * a volume that was taken offline.  */
static const char *why_no_paths(const struct provider *p,
				const struct machine_volume *v)
{
	for (size_t i = 0; i < v->n_offline; i++)
		if (v->offline[i].installation == p->installation)
			return "NOT MOUNTED UNTIL A VOLUME MOUNT POINT IS "
			       "CREATED";
	return "NO MOUNT POINTS";
}

/* The words of the documentation of mountvol /n.  */
static void put_policy(const struct provider *p, struct out *out)
{
	const struct policy_value *no;

	if (p->installation == NONE)
		return;
	no = &p->model->installations[p->installation].policy.no_automount;
	if (no->is_set && no->value != 0)
		out_string(out, "New volumes are not mounted automatically "
			   "when added to the system.\n\n");
}

void mountvol_write(struct provider *p, struct out *out)
{
	out_string(out, "Possible values for VolumeName along with current "
		   "mount points are:\n\n");
	for (size_t i = 0; i < p->model->n_volumes; i++) {
		const struct machine_volume *v = &p->model->volumes[i];
		const char *name = provider_volume_name(p, i);

		if (name == NULL || !familiar_shows(p, i) ||
		    !provider_lists_volume(p, i))
			continue;
		out_string(out, "    ");
		out_string(out, name);
		out_string(out, "\n");
		if (!put_paths(p, v, out))
			out_printf(out, "        *** %s ***\n",
				   why_no_paths(p, v));
		out_string(out, "\n");
	}
	put_policy(p, out);
}
