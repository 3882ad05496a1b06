/*
 * The values of a SAM hive: the first byte says which.
 */
#include "format/sam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct span s, const uint8_t *data, size_t n)
{
	if (s.n > 0 && (s.p < data || s.p + s.n > data + n))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = { data, n, 0 }, value, sid;
	struct sam_control control;
	struct sam_alias alias;
	struct sam_user user;

	if (n == 0 || !span_sub(all, 1, n - 1, &value))
		return 0;
	if (data[0] % 4 == 0 && sam_domain_parse(value, &sid, NULL) == 0)
		inside(sid, data, n);
	if (data[0] % 4 == 1 && sam_user_parse(value, &user, NULL) == 0) {
		inside(user.name, data, n);
		inside(user.full_name, data, n);
		inside(user.comment, data, n);
	}
	if (data[0] % 4 == 2 && sam_alias_parse(value, &alias, NULL) == 0) {
		inside(alias.name, data, n);
		inside(alias.comment, data, n);
	}
	if (data[0] % 4 == 3)
		sam_control_parse(value, &control, NULL);
	return 0;
}
