#include "base/err.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

int err_set(struct err *reterr, enum err_code code, uint64_t at,
	    const char *what, uint64_t want, uint64_t got)
{
	if (reterr != NULL)
		*reterr = (struct err){ code, at, what, want, got };
	return code;
}

/* What a code says, and how it names `want' and `got' where they mean
 * something.  */
static const struct {
	enum err_code code;
	const char *text, *want, *got;
} words[] = {
	{ ERR_TRUNCATED,   "truncated", "bytes needed", "there" },
	{ ERR_MAGIC,       "wrong signature", "expected", "found" },
	{ ERR_VALUE,       "impossible value", "expected", "found" },
	{ ERR_UNSUPPORTED, "not supported", NULL, "found" },
	{ ERR_CHECKSUM,    "wrong checksum", "computed", "stored" },
	{ ERR_LOOP,        "comes back to where it was", NULL, NULL },
	{ ERR_LIMIT,       "over the limit", "limit", "found" },
	{ ERR_NOT_FOUND,   "not found", NULL, NULL },
	{ ERR_IO,          "cannot be read", NULL, NULL },
	{ ERR_NOMEM,       "out of memory", NULL, NULL },
};

/* Of these `what' is a sentence of the system's, or of who opens files.  */
static bool says_all(const struct err *e)
{
	return e->code == ERR_FILE && e->what != NULL;
}

const char *err_text(const struct err *e, char *buf, size_t n)
{
	char want[48] = "", got[48] = "", at[48] = "";
	const char *text = "unknown error";

	if (says_all(e)) {
		snprintf(buf, n, "%s", e->what);
		return buf;
	}

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].code != e->code)
			continue;
		text = words[i].text;
		/* Of counts and sizes, unlike fields, people think so.  */
		if (e->code == ERR_LIMIT) {
			snprintf(want, sizeof(want), ", %s %" PRIu64,
				 words[i].want, e->want);
			snprintf(got, sizeof(got), ", %s %" PRIu64,
				 words[i].got, e->got);
			continue;
		}
		if (words[i].want != NULL)
			snprintf(want, sizeof(want), ", %s 0x%" PRIx64,
				 words[i].want, e->want);
		/* Some are not supported whatever a number says.  */
		if (words[i].got != NULL &&
		    (e->code != ERR_UNSUPPORTED || e->got != 0))
			snprintf(got, sizeof(got), ", %s 0x%" PRIx64,
				 words[i].got, e->got);
	}
	/* What is not there at all has no place.  */
	if (e->code != ERR_NOT_FOUND || e->at != 0)
		snprintf(at, sizeof(at), ", at byte %" PRIu64, e->at);
	snprintf(buf, n, "%s: %s%s%s%s", e->what != NULL ? e->what : "?", text,
		 want, got, at);
	return buf;
}
