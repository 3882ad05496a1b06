/*
 * log_disks.c - the disks of which the logs of a lost SYSTEM hive have keys
 *
 * A log has the pages that were changed last, so that some keys are there and
 * others are not, and what leads from one to the other may be neither.  What is
 * there is whole; whether it was so in the end is not known.
 */
#include "base/count.h"
#include "machine/hives.h"
#include "machine/internal.h"
#include "registry/findings.h"

/* "Disk&Ven_Samsung&Prod_SSD", on any bus.  */
#define DISK_KEYS "Disk&Ven_"

struct disk_keys {
	struct machine *m;
	struct cites cites;
	size_t n;
	size_t n_absent;	/* keys and lists whose pages it lacks */
};

static int count_disk(void *ctx, const struct hive_key *k)
{
	struct disk_keys *d = ctx;

	d->n++;
	cites_join(d->m->arena, &d->cites, &k->cites);
	return 0;
}

/* What a page that the log does not have leaves without an end.  */
static bool is_of_absence(const struct diag_kind *kind)
{
	static const struct diag_kind *const kinds[] = {
		&FINDING_HIVE_TRUNCATED, &FINDING_KEY_UNREADABLE,
		&FINDING_VALUE_UNREADABLE, &FINDING_LIST_DAMAGED,
		&FINDING_VALUE_DATA, &FINDING_KEYS_BY_PARENT,
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kind == kinds[i])
			return true;
	return false;
}

/* Hand on the findings in the pages that are not of pages that are not there,
 * and count those that are.  */
static void sort_out(struct machine *m, const struct diag_list *pages,
		     struct disk_keys *keys)
{
	for (size_t i = 0; i < pages->n; i++) {
		const struct diag *from = &pages->list[i];
		struct diag *d;

		if (is_of_absence(from->kind)) {
			keys->n_absent++;
			continue;
		}
		d = diag_add(&m->model.findings, from->kind, "%s",
			     from->message);
		if (d != NULL)
			cites_join(m->arena, &d->cites, &from->cites);
	}
}

static void say_disks(struct machine *m, const struct open_hive *h,
		      const struct disk_records *told,
		      const struct disk_keys *keys)
{
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_LOG_DISKS,
		"%s, whose hive is lost, has keys of disks: %zu %s and %zu %s "
		"are known from them alone, and may not have been in the final "
		"hive%s.", h->path.utf8,
		told->n_devices, count_word(told->n_devices, "disk", "disks"),
		told->n_volumes,
		count_word(told->n_volumes, "volume", "volumes"),
		keys->n_absent > 0 ? "; not all that these keys refer to is in "
				     "pages of the log" : "");

	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &keys->cites);
	for (size_t i = 0; i < told->n_devices && keys->n == 0; i++)
		cites_join(m->arena, &d->cites, &told->devices[i].cites);
	for (size_t i = 0; i < told->n_volumes && d->cites.n == 0; i++)
		cites_join(m->arena, &d->cites, &told->volumes[i].cites);
}

static int first_disk(void *ctx, const struct hive_key *k)
{
	(void)ctx;
	(void)k;
	return 1;
}

bool machine_pages_have_disks(struct hive *h)
{
	return hive_each_key_like(h, DISK_KEYS, first_disk, NULL) == 1;
}

int machine_read_log_disks(struct machine *m, size_t installation,
			   const struct open_hive *h, struct err *reterr)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	const struct disk_records *told = &m->installations[installation].disks;
	struct disk_keys keys = { .m = m };
	struct diag_list findings = { .arena = m->arena };
	struct open_hive pages = *h;
	struct err e;
	int r = machine_hive_open_pages(m, &pages, &findings, &e);

	if (r == 0) {
		hive_each_key_like(pages.hive, DISK_KEYS, count_disk, &keys);
		r = machine_read_disk_records(m, installation, &pages, &e);
		hive_close(pages.hive);
		sort_out(m, &findings, &keys);
	}
	if (pages.recovered != h->recovered)
		source_free(pages.recovered);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "log", 0, 0);
	if (r < 0 || keys.n + told->n_devices + told->n_volumes == 0)
		return 0;
	say_disks(m, h, told, &keys);
	/* Its names may have told whose it is already.  */
	return i->hive.path.utf8 != NULL ? 0 :
	       machine_hive_describe(m, h, &i->hive, reterr);
}
