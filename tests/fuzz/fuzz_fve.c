#include "format/fve.h"
#include "format/fve_eow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_inside(struct span part, const uint8_t *data, size_t n)
{
	if (part.n > 0 && (part.p < data || part.p + part.n > data + n))
		__builtin_trap();
}

static void parse_maps(struct span s)
{
	struct fve_eow_record r;
	struct fve_eow_map m;
	struct fve_eow e;

	if (fve_eow_parse(s, &e, NULL) == 0) {
		check_inside(e.maps, s.p, s.n);
		for (uint32_t i = 0; i < e.n_maps; i++)
			(void)fve_eow_map_at(&e, i);
	}
	(void)fve_eow_map_parse(s, &m, NULL);
	if (fve_eow_record_parse(s, &r, NULL) == 0)
		check_inside(r.bits, s.p, s.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { data, n, 0 };
	struct fve_volume_header h;
	struct fve_startup_key k;
	struct fve_protector p;
	struct fve_block b;
	struct fve_entry e;

	parse_maps(s);
	if (fve_startup_key_parse(s, &k, NULL) == 0) {
		check_inside(k.raw, data, n);
		check_inside(k.key, data, n);
	}
	if (fve_block_parse(s, &b, NULL) < 0)
		return 0;
	while (fve_entry_take(&b.entries, &e, NULL) == 0) {
		check_inside(e.raw, data, n);
		(void)fve_volume_header_parse(&e, &h, NULL);
		if (fve_protector_parse(&e, &p, NULL) < 0)
			continue;
		check_inside(p.name, data, n);
		check_inside(p.key, data, n);
		check_inside(p.stretch_key, data, n);
		check_inside(p.aes_ccm, data, n);
	}
	return 0;
}
