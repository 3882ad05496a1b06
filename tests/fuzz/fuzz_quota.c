#include "format/quota.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Four bytes of key, then the data; or of owner id, then the SID.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = { data, n, 0 }, key, rest;
	char buf[SID_TEXT_BYTES];
	struct quota_owner owner;
	struct quota q;

	if (!span_sub(all, 0, 4, &key) || !span_sub(all, 4, n - 4, &rest))
		return 0;
	if (quota_owner_parse(rest, key, &owner, NULL) < 0)
		__builtin_trap();
	sid_text(owner.sid, buf);
	if (quota_parse(key, rest, &q, NULL) < 0)
		return 0;
	if (q.sid.n > n - 4 - 0x30)
		__builtin_trap();
	sid_text(q.sid, buf);
	return 0;
}
