#include "format/ldm.h"
#include "format/ldm_vblk.h"
#include "format/record_slot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void decode(const struct ldm_record *r)
{
	struct ldm_volume v;
	struct ldm_component c;
	struct ldm_partition p;
	struct ldm_disk d;

	if (ldm_volume_parse(r, &v, NULL) == 0 && v.name.n > r->body.n)
		__builtin_trap();
	(void)ldm_component_parse(r, &c, NULL);
	(void)ldm_partition_parse(r, &p, NULL);
	(void)ldm_disk_parse(r, &d, NULL);
}

/* Each sector as a header of any kind, each slot of 128 bytes as a record.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = { data, n, 0 }, s;
	struct ldm_privhead h;
	struct ldm_toc t;
	struct ldm_vmdb v;

	for (size_t off = 0; span_sub(all, off, 512, &s); off += 512) {
		(void)ldm_privhead_parse(s, &h, NULL);
		(void)ldm_toc_parse(s, &t, NULL);
		if (ldm_vmdb_parse(s, &v, NULL) == 0 &&
		    (v.slot_bytes == 0 || v.n_slots < 512 / v.slot_bytes))
			__builtin_trap();
	}
	for (size_t off = 0; span_sub(all, off, 128, &s); off += 128) {
		struct ldm_record r;
		struct record_slot slot;

		if (record_slot_parse(s, "VBLK", &slot, NULL) == 0 &&
		    ldm_record_parse(slot.content, &r, NULL) == 0)
			decode(&r);
	}
	return 0;
}
