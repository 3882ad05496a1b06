#include "format/record_slot.h"
#include "format/storage_pool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void decode(const struct pool_record *r)
{
	struct pool_info i;
	struct pool_disk d;
	struct pool_space s;

	if (pool_info_parse(r, &i, NULL) == 0 && i.name.n > r->body.n)
		__builtin_trap();
	if (pool_disk_parse(r, &d, NULL) == 0 && d.model.n > r->body.n)
		__builtin_trap();
	if (pool_space_parse(r, &s, NULL) == 0 && s.name.n > r->body.n)
		__builtin_trap();
}

/* The start as a header of either kind, each 64 bytes as a slot, and all of it
 * as a record.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = { data, n, 0 }, s;
	struct pool_record r;
	struct pool_header h;
	struct pool_database d;
	struct record_slot slot;

	(void)pool_header_parse(all, &h, NULL);
	if (pool_database_parse(all, &d, NULL) == 0 &&
	    (d.slot_bytes <= SLOT_HEAD_BYTES ||
	     d.n_slots < POOL_HEADER_BYTES / d.slot_bytes))
		__builtin_trap();
	for (size_t off = 0; span_sub(all, off, 64, &s); off += 64)
		if (record_slot_parse(s, "SDBB", &slot, NULL) == 0 &&
		    slot.content.n > 64)
			__builtin_trap();
	if (pool_record_parse(all, &r, NULL) == 0)
		decode(&r);
	return 0;
}
