#include "format/udf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look_at_string(struct span s, size_t n)
{
	struct udf_string t;

	if (udf_string_parse(s, &t, NULL) == 0 &&
	    (t.chars.at + t.chars.n > n || (t.wide && t.chars.n % 2 != 0)))
		__builtin_trap();
}

static void look_at_volume(struct span s)
{
	struct udf_logical_volume v;

	if (udf_logical_volume_parse(s, &v, NULL) < 0)
		return;
	if (v.n_maps > UDF_MAX_MAPS || v.block_bytes < UDF_MIN_BLOCK ||
	    v.block_bytes > UDF_MAX_BLOCK)
		__builtin_trap();
	look_at_string(v.label, s.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint16_t files[] = { UDF_TAG_FILE, UDF_TAG_EXTENDED_FILE };
	struct span s = { data, n, 0 };
	struct udf_partition p;
	struct udf_pointer next;
	struct udf_file_set f;
	struct udf_sparing t;
	struct udf_content c;
	struct udf_anchor a;
	uint32_t block;
	uint16_t tag;

	(void)udf_vsd_parse(s);
	(void)udf_tag_parse(s, 96, &tag, NULL);
	(void)udf_anchor_parse(s, &a, NULL);
	(void)udf_pointer_parse(s, &next, NULL);
	(void)udf_partition_parse(s, &p, NULL);
	look_at_volume(s);
	if (udf_file_set_parse(s, &f, NULL) == 0)
		look_at_string(f.label, n);
	if (udf_sparing_parse(s, &t, NULL) == 0)
		(void)udf_sparing_find(&t, n > 0 ? data[0] : 0, &block);
	(void)udf_is_old_vat(s);
	for (int i = 0; i < 2; i++) {
		(void)udf_file_block(s, files[i], 512, n > 0 ? data[0] : 0,
				     &block, NULL);
		if (udf_content_parse(s, files[i], &c, NULL) == 0 &&
		    c.data.at + c.data.n > n)
			__builtin_trap();
	}
	return 0;
}
