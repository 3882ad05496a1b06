#include "registry/system.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "registry/findings.h"

#define CONTROL_SET_PREFIX "ControlSet"

/* "ControlSet001": Windows numbers them with three digits.  */
#define CONTROL_SET_MAX 999

/* Windows has two to four, of the first numbers.  */
#define LOST_SETS_MAX 8

/* The string value @name of @k.  Damage has its finding from the hive; a value
 * of another type gets one here.  */
static void read_text(struct hive *h, struct diag_list *d,
		      const struct hive_key *k, const char *name,
		      struct system_text *ret)
{
	struct err e = { 0 };
	struct system_text t = { 0 };
	struct hive_value v = { 0 };
	char text[160];
	struct diag *diag;
	int r = hive_find_value_nearly(h, k, name, &v, &e);

	if (r == 0)
		r = hive_read_string(h, &v, &t.text, &t.cites, &e);
	if (r == 0) {
		*ret = t;
		return;
	}
	if (r != ERR_VALUE)
		return;
	diag = diag_add(d, &FINDING_SYSTEM_VALUE,
			"The value \"%s\" of key \"%s\" cannot be used: %s.",
			name, k->name.utf8, err_text(&e, text, sizeof(text)));
	if (diag != NULL)
		cites_join(d->arena, &diag->cites, &k->cites);
}

const char *control_set_name(unsigned n, char buf[CONTROL_SET_NAME_BYTES])
{
	if (n == CONTROL_SET_LIVE)
		return "CurrentControlSet";
	snprintf(buf, CONTROL_SET_NAME_BYTES, CONTROL_SET_PREFIX "%03u", n);
	return buf;
}

/* The number in the name of @k; 0 if that is not a control set's.  */
static unsigned control_set_number(const struct hive_key *k)
{
	const char *s = k->name.utf8;
	unsigned n;
	char end;

	if (s == NULL || strlen(s) != strlen(CONTROL_SET_PREFIX) + 3)
		return 0;
	s = ascii_after(s, CONTROL_SET_PREFIX);
	if (s == NULL || sscanf(s, "%3u%c", &n, &end) != 1)
		return 0;
	return n;
}

/* Find the key of control set @n; false where there is none.  */
static bool find_control_set(struct hive *h, unsigned n, struct hive_key *ret)
{
	char name[CONTROL_SET_NAME_BYTES];

	if (n == 0 || n > CONTROL_SET_MAX)
		return false;
	return hive_find_key(h, NULL, control_set_name(n, name), ret,
			     NULL) == 0;
}

/* The values of Select, in the order in which they are asked.  */
static const char *const selections[] = {
	"Current", "Default", "LastKnownGood",
};

/* Take the first of them that names a control set.  Returns its number.  */
static unsigned selected_control_set(struct hive *h, struct diag_list *d,
				     const struct hive_key *select,
				     struct hive_key *ret)
{
	for (size_t i = 0; i < sizeof(selections) / sizeof(*selections); i++) {
		uint32_t n = 0;
		struct diag *diag;

		if (hive_get_dword(h, select, selections[i], &n, NULL) < 0)
			diag = diag_add(d, &FINDING_CONTROL_SET,
					"Select\\%s is missing, or is not a "
					"number.", selections[i]);
		else if (!find_control_set(h, n, ret))
			diag = diag_add(d, &FINDING_CONTROL_SET,
					"Select\\%s is %u, and there is no "
					"such control set.", selections[i], n);
		else
			return n;
		if (diag != NULL)
			cites_join(d->arena, &diag->cites, &select->cites);
	}
	return 0;
}

struct sets {
	control_set_fn *fn;
	void *ctx;
	uint32_t seen;	/* bits, of the first ones */
};

static int visit_set(void *ctx, const struct hive_key *k)
{
	struct sets *s = ctx;
	unsigned n = control_set_number(k);

	if (n == 0)
		return 0;
	if (n <= LOST_SETS_MAX)
		s->seen |= 1u << n;
	return s->fn(s->ctx, n, k);
}

int control_sets_each(struct hive *h, control_set_fn *fn, void *ctx)
{
	struct sets s = { fn, ctx, 0 };
	struct hive_key k;
	int r = 0;

	hive_root(h, &k, NULL);
	r = hive_each_subkey_like(h, &k, CONTROL_SET_PREFIX, visit_set, &s,
				  NULL);
	if (r >= 0 || r == ERR_NOMEM)
		return r;
	r = 0;
	for (unsigned n = 1; n <= LOST_SETS_MAX && r == 0; n++)
		if ((s.seen & 1u << n) == 0 && find_control_set(h, n, &k))
			r = fn(ctx, n, &k);
	return r;
}

struct only_set {
	unsigned number, count;
	struct hive_key key;
};

static int look_for_set(void *ctx, unsigned n, const struct hive_key *k)
{
	struct only_set *only = ctx;

	only->number = n;
	only->key = *k;
	only->count++;
	return 0;
}

/* Where Select does not tell: the one that there is, if there is one.  */
static unsigned only_control_set(struct hive *h, struct diag_list *d,
				 struct hive_key *ret)
{
	struct only_set only = { 0 };

	(void)control_sets_each(h, look_for_set, &only);
	if (only.count == 0)
		return 0;
	if (only.count > 1) {
		diag_add(d, &FINDING_CONTROL_SET,
			 "None of the %u control sets is selected; none is "
			 "used.", only.count);
		return 0;
	}
	diag_add(d, &FINDING_CONTROL_SET,
		 "No control set is selected; the only one, %s, is used.",
		 only.key.name.utf8);
	*ret = only.key;
	return only.number;
}

static void cite_selection(struct hive *h, const struct hive_key *select,
			   unsigned number, struct cites *ret)
{
	for (size_t i = 0; i < sizeof(selections) / sizeof(*selections); i++) {
		struct hive_value v;
		uint32_t n;

		if (hive_get_dword(h, select, selections[i], &n, NULL) < 0 ||
		    n != number)
			continue;
		if (hive_find_value(h, select, selections[i], &v, NULL) == 0)
			*ret = v.cites;
		return;
	}
}

static bool current_control_set(struct hive *h, struct diag_list *d,
				struct system_facts *facts,
				struct hive_key *ret)
{
	struct hive_key select;
	unsigned n = 0;

	if (hive_find_key(h, NULL, "Select", &select, NULL) == 0) {
		n = selected_control_set(h, d, &select, ret);
		if (n != 0)
			cite_selection(h, &select, n,
				       &facts->control_set_cites);
	}
	if (n == 0 && hive_find_key(h, NULL, "CurrentControlSet", ret,
				    NULL) == 0)
		n = CONTROL_SET_LIVE;
	if (n == 0)
		n = only_control_set(h, d, ret);
	facts->current_control_set = n;
	facts->control_set = n != 0 ? ret->name.utf8 : NULL;
	return n != 0;
}

/* "850", by which Windows reads names of FAT.  */
static void read_code_page(struct hive *h, struct diag_list *d,
			   const struct hive_key *set, struct system_facts *f)
{
	struct system_text t = { 0 };
	struct hive_key k;
	unsigned n = 0;

	if (hive_find_key(h, set, "Control\\Nls\\CodePage", &k, NULL) < 0)
		return;
	read_text(h, d, &k, "OEMCP", &t);
	for (const char *s = t.text.utf8; s != NULL && *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || n > UINT16_MAX)
			return;
		n = 10 * n + (unsigned)(*s - '0');
	}
	f->oem_code_page = n;
	f->oem_cites = t.cites;
}

int system_read(struct hive *h, struct arena *a, struct diag_list *d,
		struct system_facts *ret, struct err *reterr)
{
	struct system_facts facts = { 0 };
	struct hive_key set, k;

	(void)a;
	(void)reterr;
	if (current_control_set(h, d, &facts, &set)) {
		if (hive_find_key(h, &set,
				  "Control\\ComputerName\\ComputerName", &k,
				  NULL) == 0)
			read_text(h, d, &k, "ComputerName",
				  &facts.computer_name);
		if (hive_find_key(h, &set, "Control\\TimeZoneInformation", &k,
				  NULL) == 0) {
			read_text(h, d, &k, "TimeZoneKeyName",
				  &facts.time_zone);
			if (facts.time_zone.text.utf8 == NULL)
				read_text(h, d, &k, "StandardName",
					  &facts.time_zone);
		}
		read_code_page(h, d, &set, &facts);
	}
	*ret = facts;
	return 0;
}

/* The value @name of @k, or where there is none, @older.  */
static void read_either(struct hive *h, struct diag_list *d,
			const struct hive_key *k, const char *name,
			const char *older, struct system_text *ret)
{
	read_text(h, d, k, name, ret);
	if (ret->text.utf8 == NULL)
		read_text(h, d, k, older, ret);
}

int software_read(struct hive *h, struct arena *a, struct diag_list *d,
		  struct software_facts *ret, struct err *reterr)
{
	struct software_facts f = { 0 };
	struct hive_key k;

	(void)a;
	(void)reterr;
	if (hive_find_key(h, NULL, "Microsoft\\Windows NT\\CurrentVersion", &k,
			  NULL) == 0) {
		read_text(h, d, &k, "ProductName", &f.product_name);
		read_text(h, d, &k, "EditionID", &f.edition);
		read_text(h, d, &k, "CurrentVersion", &f.version);
		/* Windows XP says of CurrentBuild that it is obsolete.  */
		read_either(h, d, &k, "CurrentBuildNumber", "CurrentBuild",
			    &f.build);
		read_either(h, d, &k, "DisplayVersion", "ReleaseId",
			    &f.display_version);
		read_text(h, d, &k, "SystemRoot", &f.system_root);
	}
	*ret = f;
	return 0;
}
