#include "mountmgr/record_values.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/filetime.h"
#include "mountmgr/findings.h"

enum { REG_SZ = 1, REG_EXPAND_SZ = 2 };

void record_finding(struct record_reader *r, const char *what, const char *why,
		    const struct cites *c)
{
	struct diag *d = diag_add(r->diags, &FINDING_RECORD_VALUE,
				  "%s of %s: %s.", what, r->subject, why);

	if (d != NULL)
		cites_join(r->diags->arena, &d->cites, c);
}

static bool find_value(struct record_reader *r, const struct hive_key *k,
		       const char *name, bool quiet, struct hive_value *ret)
{
	return (quiet ? hive_find_value(r->hive, k, name, ret, NULL)
		      : hive_find_value_nearly(r->hive, k, name, ret,
					       NULL)) == 0;
}

bool record_find_value(struct record_reader *r, const struct hive_key *k,
		       const char *name, struct hive_value *ret)
{
	return find_value(r, k, name, false, ret);
}

static bool find_data(struct record_reader *r, const struct hive_key *k,
		      const char *name, bool quiet, struct span *ret,
		      uint32_t *ret_type, struct cites *ret_cites)
{
	struct hive_value v;
	struct cites data = { 0 };

	if (!find_value(r, k, name, quiet, &v) ||
	    hive_read_value(r->hive, &v, ret, &data, NULL) < 0)
		return false;
	*ret_type = v.type;
	cites_join(r->arena, ret_cites, &v.cites);
	cites_join(r->arena, ret_cites, &data);
	return true;
}

struct span record_data(struct record_reader *r, const struct hive_key *k,
			const char *name, struct cites *c)
{
	struct cites cites = { 0 };
	struct span s = { 0 };
	uint32_t type;

	if (!find_data(r, k, name, false, &s, &type, &cites))
		return (struct span){ 0 };
	cites_join(r->arena, c, &cites);
	return s;
}

struct span record_first_string(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2)
		if (s.p[i] == 0 && s.p[i + 1] == 0)
			s.n = i;
	return s;
}

static bool is_zero_from(struct span s, size_t i)
{
	for (; i < s.n; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

static struct text get_text(struct record_reader *r, const struct hive_key *k,
			    const char *name, bool quiet, struct cites *c)
{
	struct cites cites = { 0 };
	struct span s = { 0 }, first;
	uint32_t type;

	if (!find_data(r, k, name, quiet, &s, &type, &cites))
		return (struct text){ 0 };
	cites_join(r->arena, c, &cites);
	first = record_first_string(s);
	if (!quiet && (type == REG_SZ || type == REG_EXPAND_SZ) &&
	    !is_zero_from(s, first.n))
		record_finding(r, name, "it continues after a NUL", &cites);
	if (first.n == 0)
		return (struct text){ 0 };
	return text_from_utf16(r->arena, first);
}

struct text record_text(struct record_reader *r, const struct hive_key *k,
			const char *name, struct cites *c)
{
	return get_text(r, k, name, false, c);
}

struct text record_quiet_text(struct record_reader *r,
			      const struct hive_key *k, const char *name,
			      struct cites *c)
{
	return get_text(r, k, name, true, c);
}

struct guid record_guid(struct record_reader *r, const struct hive_key *k,
			const char *name, struct cites *c)
{
	struct cites cites = { 0 };
	struct text t = record_text(r, k, name, &cites);
	struct guid g = { { 0 } };

	if (t.utf8 == NULL)
		return g;
	cites_join(r->arena, c, &cites);
	if (t.utf8[0] != '{' || strlen(t.utf8) != GUID_TEXT_CHARS + 2 ||
	    t.utf8[GUID_TEXT_CHARS + 1] != '}' || !guid_parse(t.utf8 + 1, &g))
		record_finding(r, name, "it is no GUID", &cites);
	return g;
}

uint64_t record_time(struct record_reader *r, const struct hive_key *k,
		     const char *name, const char *what, struct cites *c)
{
	struct cites cites = { 0 };
	struct span s = record_data(r, k, name, &cites);
	const le64 *t = span_view(s, 0, le64);
	char why[80];

	cites_join(r->arena, c, &cites);
	/* No value; or an empty one, as of a property that was taken away.  */
	if (s.n == 0)
		return 0;
	if (t == NULL || s.n != sizeof(*t)) {
		snprintf(why, sizeof(why), "it has %zu bytes, but a time has 8",
			 s.n);
		record_finding(r, what, why, &cites);
		return 0;
	}
	if (get_le64(*t) > FILETIME_MAX) {
		record_finding(r, what, "it is later than any time that "
					"Windows can store",
			       &cites);
		return 0;
	}
	return get_le64(*t);
}

/* Ten years: clocks are set wrong, but by so much they seldom are.  */
#define CLOCK_DRIFT UINT64_C(3155760000000000)

/* The last time that a key of this hive can have.  What one damaged field would
 * tell is not believed against the other.  */
static uint64_t latest_clock(const struct record_reader *r,
			     const struct hive_key *k)
{
	uint64_t t = hive_info(r->hive)->last_written;

	if (t < k->last_written)
		t = k->last_written;
	return t < FILETIME_FIRST_CLOCK || t > FILETIME_MAX - CLOCK_DRIFT ?
	       FILETIME_MAX : t + CLOCK_DRIFT;
}

uint64_t record_clock_time(struct record_reader *r, const struct hive_key *k,
			   const char *name, const char *what, struct cites *c)
{
	struct cites cites = { 0 };
	const uint64_t time = record_time(r, k, name, what, &cites);
	char text[FILETIME_TEXT_BYTES], why[128];

	cites_join(r->arena, c, &cites);
	if (time == 0 || (time >= FILETIME_FIRST_CLOCK &&
			  time <= latest_clock(r, k)))
		return time;
	snprintf(why, sizeof(why), "it is %s, which is impossible for this "
		 "hive", filetime_text(time, text));
	record_finding(r, what, why, &cites);
	return 0;
}

bool record_number(struct record_reader *r, const struct hive_key *k,
		   const char *name, uint32_t max, uint32_t *ret,
		   struct cites *c)
{
	struct cites cites = { 0 };
	struct span s = record_data(r, k, name, &cites);
	const le32 *n = span_view(s, 0, le32);
	char why[80];

	cites_join(r->arena, c, &cites);
	if (s.p == NULL)
		return false;
	if (n == NULL || s.n != sizeof(*n)) {
		snprintf(why, sizeof(why), "it has %zu bytes, but a number has "
			 "4", s.n);
		record_finding(r, name, why, &cites);
		return false;
	}
	if (get_le32(*n) > max) {
		snprintf(why, sizeof(why), "it is %u, but can be %u at most",
			 get_le32(*n), max);
		record_finding(r, name, why, &cites);
		return false;
	}
	*ret = get_le32(*n);
	return true;
}

char record_letter(const char *s, bool root)
{
	const char letter = ascii_upper(s[0]);

	if (letter < 'A' || letter > 'Z' || s[1] != ':')
		return 0;
	return s[2] == '\0' || (root && strcmp(s + 2, "\\") == 0) ? letter : 0;
}

void record_friendly_name(struct record_reader *r, const struct hive_key *k,
			  struct volume_record *v)
{
	struct text t = record_text(r, k, "FriendlyName", &v->cites);

	if (t.utf8 == NULL)
		return;
	v->letter = t.hex == NULL ? record_letter(t.utf8, true) : 0;
	if (v->letter == 0)
		v->label = t;
}
