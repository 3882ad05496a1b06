/*
 * quotas.c - the quotas of all volumes
 */
#include "machine/internal.h"

/* Of all volumes together: a file server has thousands of users, hostile
 * evidence the most that fit a volume on each of many.  */
#define MAX_QUOTAS 65536

/* A volume that was made before quotas were, or by who does not know of them,
 * has none.  Damage has its finding; what it hides is no news.  */
static int read_volume(struct machine *m, size_t volume, size_t *left,
		       struct err *reterr)
{
	struct ntfs_quotas q = { 0 }, *kept;
	struct err e = { 0 };
	int r = ntfs_quotas_read(m->volumes[volume].ntfs, *left, &q, &e);

	if (r == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "quotas", 0, 0);
	if (r < 0)
		return 0;
	kept = arena_copy(m->arena, &q, sizeof(q));
	if (kept == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "quotas", 0, 0);
	m->model.volumes[volume].quotas = kept;
	*left -= q.n;
	return 0;
}

int machine_read_quotas(struct machine *m, struct err *reterr)
{
	size_t left = MAX_QUOTAS;
	int r = 0;

	for (size_t i = 0; i < m->n_volumes && r == 0; i++) {
		if (m->volumes[i].ntfs == NULL)
			continue;
		machine_look_at(m, i);
		r = read_volume(m, i, &left, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}
