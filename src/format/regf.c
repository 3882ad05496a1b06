/*
 * regf.c - the records of a registry hive
 *
 * Base block, the first 4096 bytes of the file:
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  "regf"
 *        4     4  primary sequence: raised before a write
 *        8     4  secondary sequence: raised after it
 *       12     8  last written, FILETIME (not updated since Windows 8.1)
 *       20     4  major version: 1
 *       24     4  minor version: 3 to 6; 1 and 2 on NT 3.x
 *       28     4  file type: 0 hive; 1, 2, 6 transaction log
 *       32     4  format: 1
 *       36     4  root cell
 *       40     4  size of the bins, a multiple of 4096
 *       44     4  clustering factor
 *       48    64  tail of the file's path, UTF-16LE
 *      112    16  GUID of its resource manager; Windows Vista and later
 *      144     4  flags: 1 transactions are pending
 *      168     8  last reorganized, FILETIME; Windows 8 and later, else 0
 *      508     4  XOR of the 127 words above; 0 becomes 1, -1 becomes -2
 *
 * Bins follow, each of them cells behind a header of 32 bytes:
 *
 *        0     4  "hbin"
 *        4     4  offset of this bin from the first one
 *        8     4  size of this bin, a multiple of 4096
 *
 * A cell is a signed size, negative while in use, and its payload: one of the
 * records below (nk key, vk value, lf lh li ri subkey lists, db big data), bare
 * data, or a bare list of offsets.  All offsets name cells and count from the
 * end of the base block.
 *
 * Sources: Maxim Suhanov, "Windows registry file format specification", github
 * msuhanov/regf; the layout of NT 3.1 is its section "Very old versions of
 * Windows", checked on a hive of that system.
 */
#include "format/regf.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct regf_base_disk {
	le32 signature;
	le32 primary_sequence;
	le32 secondary_sequence;
	le64 last_written;
	le32 major;
	le32 minor;
	le32 file_type;
	le32 file_format;
	le32 root_cell;
	le32 bins_size;
	le32 clustering_factor;
	uint8_t file_name[64];
	uint8_t resource_manager[16];
	uint8_t log_id[16];
	le32 flags;
	uint8_t transaction_manager[16];
	le32 guid_signature;
	le64 last_reorganized;
	uint8_t unknown_0xb0[332];
	le32 checksum;
};
static_assert(offsetof(struct regf_base_disk, flags) == 144, "base block");
static_assert(offsetof(struct regf_base_disk, file_name) == 48, "base block");
static_assert(offsetof(struct regf_base_disk, last_reorganized) == 168,
	      "base block");
static_assert(offsetof(struct regf_base_disk, checksum) == 508, "base block");
static_assert(sizeof(struct regf_base_disk) == REGF_BASE_RECORD_BYTES,
	      "base block");

struct regf_bin_disk {
	le32 signature;
	le32 offset;
	le32 size;
	uint8_t unknown_0x0c[8];
	le64 last_written;		/* in the first bin */
	le32 spare;
};
static_assert(sizeof(struct regf_bin_disk) == REGF_BIN_HEADER_BYTES, "hbin");

struct regf_key_disk {
	le16 signature;
	le16 flags;
	le64 last_written;
	le32 access_bits;
	le32 parent;
	le32 n_subkeys;
	le32 n_volatile_subkeys;
	le32 subkey_list;
	le32 volatile_subkey_list;	/* means nothing on disk */
	le32 n_values;
	le32 value_list;
	le32 security;
	le32 class_name;
	le32 max_subkey_name;
	le32 max_class_name;
	le32 max_value_name;
	le32 max_value_data;
	le32 work_var;
	le16 name_size;
	le16 class_name_size;
};
static_assert(offsetof(struct regf_key_disk, value_list) == 40, "nk");
static_assert(sizeof(struct regf_key_disk) == REGF_KEY_HEAD_BYTES, "nk");

struct regf_value_disk {
	le16 signature;
	le16 name_size;
	le32 data_size;			/* bit 31: the data is in data_offset */
	uint8_t data_offset[4];
	le32 type;
	le16 flags;
	le16 spare;
};
static_assert(sizeof(struct regf_value_disk) == REGF_VALUE_HEAD_BYTES, "vk");

struct regf_list_disk {
	le16 signature;
	le16 count;
};
static_assert(sizeof(struct regf_list_disk) == REGF_LIST_HEAD_BYTES, "list");

struct regf_big_data_disk {
	le16 signature;
	le16 n_segments;
	le32 segment_list;
};
static_assert(sizeof(struct regf_big_data_disk) == 8, "db");

#define TAG2(a, b) ((a) | (b) << 8)
#define TAG4(a, b, c, d) \
	((uint32_t)TAG2(a, b) | (uint32_t)TAG2(c, d) << 16)

enum {
	VALUE_8BIT_NAME = 0x0001,
	VALUE_TOMBSTONE = 0x0002,
};

#define DATA_IS_INLINE 0x80000000u

static uint32_t base_checksum(struct span s)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < offsetof(struct regf_base_disk, checksum);
	     i += sizeof(le32))
		sum ^= get_le32(*(const le32 *)(s.p + i));
	if (sum == 0xffffffff)
		return 0xfffffffe;
	return sum == 0 ? 1 : sum;
}

static struct span up_to_nul(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2)
		if (s.p[i] == 0 && s.p[i + 1] == 0)
			s.n = i;
	return s;
}

int regf_base_parse(struct span s, struct regf_base *ret, struct err *reterr)
{
	const struct regf_base_disk *d = span_view(s, 0, struct regf_base_disk);
	struct span name, manager;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "hive base block",
			       sizeof(*d), s.n);
	if (get_le32(d->signature) != TAG4('r', 'e', 'g', 'f'))
		return err_set(reterr, ERR_MAGIC, s.at, "hive base block",
			       TAG4('r', 'e', 'g', 'f'),
			       get_le32(d->signature));
	span_sub(s, offsetof(struct regf_base_disk, file_name),
		 sizeof(d->file_name), &name);
	span_sub(s, offsetof(struct regf_base_disk, resource_manager),
		 sizeof(d->resource_manager), &manager);
	*ret = (struct regf_base){
		.primary_sequence = get_le32(d->primary_sequence),
		.secondary_sequence = get_le32(d->secondary_sequence),
		.last_written = get_le64(d->last_written),
		.major = get_le32(d->major),
		.minor = get_le32(d->minor),
		.file_type = get_le32(d->file_type),
		.root_cell = get_le32(d->root_cell),
		.bins_size = get_le32(d->bins_size),
		.flags = get_le32(d->flags),
		.last_reorganized = get_le64(d->last_reorganized),
		.checksum = get_le32(d->checksum),
		.checksum_computed = base_checksum(s),
		.file_name = up_to_nul(name),
		.resource_manager = manager,
	};
	return 0;
}

void regf_base_settle(uint8_t block[REGF_BASE_RECORD_BYTES],
		      const struct regf_base *as)
{
	struct span s = { block, REGF_BASE_RECORD_BYTES, 0 };
	struct regf_base_disk d = *span_view(s, 0, struct regf_base_disk);

	d.primary_sequence = put_le32(as->primary_sequence);
	d.secondary_sequence = put_le32(as->primary_sequence);
	d.file_type = put_le32(REGF_PRIMARY);
	d.bins_size = put_le32(as->bins_size);
	d.flags = put_le32(as->flags);
	memcpy(block, &d, sizeof(d));
	d.checksum = put_le32(base_checksum(s));
	memcpy(block, &d, sizeof(d));
}

int regf_bin_parse(struct span s, struct regf_bin *ret, struct err *reterr)
{
	const struct regf_bin_disk *d = span_view(s, 0, struct regf_bin_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "hive bin",
			       sizeof(*d), s.n);
	if (get_le32(d->signature) != TAG4('h', 'b', 'i', 'n'))
		return err_set(reterr, ERR_MAGIC, s.at, "hive bin",
			       TAG4('h', 'b', 'i', 'n'),
			       get_le32(d->signature));
	*ret = (struct regf_bin){ get_le32(d->offset), get_le32(d->size),
				  get_le64(d->last_written) };
	return 0;
}

uint32_t regf_cell_size(struct span s, bool *ret_in_use)
{
	const le32 *d = span_view(s, 0, le32);
	uint32_t size;

	if (d == NULL)
		return 0;
	size = get_le32(*d);
	*ret_in_use = size >> 31 != 0;
	if (*ret_in_use)
		size = 0 - size;
	return size < 8 || size % 8 != 0 || size >> 31 != 0 ? 0 : size;
}

static struct span name_at(struct span s, size_t at, size_t n)
{
	struct span name = { 0 };

	span_sub(s, at, n < s.n - at ? n : s.n - at, &name);
	return name;
}

bool regf_key_decode(struct span s, struct regf_layout layout,
		     struct regf_key *ret)
{
	const struct regf_key_disk *d = span_view(s, 0, struct regf_key_disk);
	struct regf_key k;

	if (d == NULL)
		return false;
	k = (struct regf_key){
		.flags = get_le16(d->flags),
		.last_written = get_le64(d->last_written),
		.parent = get_le32(d->parent),
		.n_subkeys = get_le32(d->n_subkeys),
		.subkey_list = get_le32(d->subkey_list),
		.n_values = get_le32(d->n_values),
		.value_list = get_le32(d->value_list),
		.name = name_at(s, sizeof(*d), get_le16(d->name_size)),
	};
	k.size = sizeof(*d) + k.name.n;
	k.name_is_8bit = !layout.nt31 && (k.flags & REGF_KEY_8BIT_NAME) != 0;
	*ret = k;
	return true;
}

int regf_key_parse(struct span s, struct regf_layout layout,
		   struct regf_key *ret, struct err *reterr)
{
	const struct regf_key_disk *d = span_view(s, 0, struct regf_key_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "nk record",
			       sizeof(*d), s.n);
	if (get_le16(d->signature) != TAG2('n', 'k'))
		return err_set(reterr, ERR_MAGIC, s.at, "nk record",
			       TAG2('n', 'k'), get_le16(d->signature));
	if (get_le16(d->name_size) > s.n - sizeof(*d))
		return err_set(reterr, ERR_TRUNCATED, s.at + sizeof(*d),
			       "nk record: name", get_le16(d->name_size),
			       s.n - sizeof(*d));
	(void)regf_key_decode(s, layout, ret);
	return 0;
}

bool regf_value_decode(struct span s, struct regf_layout layout,
		       struct regf_value *ret)
{
	const struct regf_value_disk *d =
		span_view(s, 0, struct regf_value_disk);
	struct regf_value v = { 0 };
	uint16_t flags;

	if (d == NULL)
		return false;
	v.name = name_at(s, sizeof(*d), get_le16(d->name_size));
	/* NT 3.1 keeps a title index where the flags are now.  */
	flags = layout.nt31 ? 0 : get_le16(d->flags);
	v.name_is_8bit = (flags & VALUE_8BIT_NAME) != 0;
	v.tombstone = layout.layered && (flags & VALUE_TOMBSTONE) != 0;
	v.type = get_le32(d->type);
	v.data_inline = (get_le32(d->data_size) & DATA_IS_INLINE) != 0;
	v.size = get_le32(d->data_size) & ~DATA_IS_INLINE;
	span_sub(s, offsetof(struct regf_value_disk, data_offset),
		 REGF_INLINE_BYTES, &v.inline_data);
	v.data_offset = get_le32(*(const le32 *)d->data_offset);
	v.record_size = sizeof(*d) + v.name.n;
	*ret = v;
	return true;
}

int regf_value_parse(struct span s, struct regf_layout layout,
		     struct regf_value *ret, struct err *reterr)
{
	const struct regf_value_disk *d =
		span_view(s, 0, struct regf_value_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "vk record",
			       sizeof(*d), s.n);
	if (get_le16(d->signature) != TAG2('v', 'k'))
		return err_set(reterr, ERR_MAGIC, s.at, "vk record",
			       TAG2('v', 'k'), get_le16(d->signature));
	if (get_le16(d->name_size) > s.n - sizeof(*d))
		return err_set(reterr, ERR_TRUNCATED, s.at + sizeof(*d),
			       "vk record: name", get_le16(d->name_size),
			       s.n - sizeof(*d));
	(void)regf_value_decode(s, layout, ret);
	return 0;
}

static const struct {
	uint16_t signature;
	enum regf_list_kind kind;
	unsigned stride;
	const char *name;
} lists[] = {
	{ TAG2('l', 'i'), REGF_LIST_LI, 4, "li" },
	{ TAG2('l', 'f'), REGF_LIST_LF, 8, "lf" },
	{ TAG2('l', 'h'), REGF_LIST_LH, 8, "lh" },
	{ TAG2('r', 'i'), REGF_LIST_RI, 4, "ri" },
};

int regf_list_parse(struct span s, struct regf_list *ret, struct err *reterr)
{
	const struct regf_list_disk *d = span_view(s, 0, struct regf_list_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "subkey list",
			       sizeof(*d), s.n);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (get_le16(d->signature) != lists[i].signature)
			continue;
		*ret = (struct regf_list){ lists[i].kind, get_le16(d->count),
					   lists[i].stride };
		return 0;
	}
	return err_set(reterr, ERR_MAGIC, s.at, "subkey list",
		       TAG2('l', 'h'), get_le16(d->signature));
}

const char *regf_list_name(enum regf_list_kind kind)
{
	return lists[kind].name;
}

int regf_big_data_parse(struct span s, struct regf_big_data *ret,
			struct err *reterr)
{
	const struct regf_big_data_disk *d =
		span_view(s, 0, struct regf_big_data_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "db record",
			       sizeof(*d), s.n);
	if (get_le16(d->signature) != TAG2('d', 'b'))
		return err_set(reterr, ERR_MAGIC, s.at, "db record",
			       TAG2('d', 'b'), get_le16(d->signature));
	*ret = (struct regf_big_data){ get_le16(d->n_segments),
				       get_le32(d->segment_list) };
	return 0;
}

struct regf_security_disk {
	le16 signature;
	uint8_t unknown_0x02[2];
	le32 next, previous;
	le32 references;
	le32 size;
};
static_assert(sizeof(struct regf_security_disk) == 20, "sk");

uint64_t regf_record_bytes(struct span s)
{
	const struct regf_list_disk *list =
		span_view(s, 0, struct regf_list_disk);
	const struct regf_key_disk *key = span_view(s, 0, struct regf_key_disk);
	const struct regf_value_disk *value =
		span_view(s, 0, struct regf_value_disk);
	const struct regf_security_disk *sk =
		span_view(s, 0, struct regf_security_disk);
	struct regf_list l;

	if (list == NULL)
		return 0;
	switch (get_le16(list->signature)) {
	case TAG2('n', 'k'):
		return key == NULL ? 0
				   : sizeof(*key) + get_le16(key->name_size);
	case TAG2('v', 'k'):
		return value == NULL
			? 0 : sizeof(*value) + get_le16(value->name_size);
	case TAG2('s', 'k'):
		return sk == NULL ? 0
				  : sizeof(*sk) + (uint64_t)get_le32(sk->size);
	case TAG2('d', 'b'):
		return sizeof(struct regf_big_data_disk);
	}
	if (regf_list_parse(s, &l, NULL) < 0)
		return 0;
	return REGF_LIST_HEAD_BYTES + (uint64_t)l.count * l.stride;
}

uint32_t regf_upcase(uint32_t unit)
{
	if (unit >= 'a' && unit <= 'z')
		return unit - 0x20;
	if (unit >= 0xe0 && unit <= 0xfe && unit != 0xf7)
		return unit - 0x20;
	return unit == 0xff ? 0x178 : unit;
}

static uint32_t unit_of(struct span name, bool is_8bit, size_t i)
{
	if (is_8bit)
		return name.p[i];
	return (uint32_t)(name.p[2 * i] | name.p[2 * i + 1] << 8);
}

static size_t n_units(struct span name, bool is_8bit)
{
	return is_8bit ? name.n : name.n / 2;
}

uint32_t regf_name_hash(struct span name, bool is_8bit)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < n_units(name, is_8bit); i++)
		hash = hash * 37 + regf_upcase(unit_of(name, is_8bit, i));
	return hash;
}

bool regf_name_begins(struct span name, bool is_8bit, const uint8_t hint[4])
{
	if (hint[0] == 0)
		return true;
	for (size_t i = 0; i < 4; i++) {
		uint32_t unit = i < n_units(name, is_8bit)
			? unit_of(name, is_8bit, i) : 0;

		if (regf_upcase(unit) != regf_upcase(hint[i]))
			return false;
	}
	return true;
}

/* Where regf_upcase() and every Windows agree: up to Latin-1, but for the micro
 * sign, and in blocks without letters of two cases.  An 8-bit name whose flag
 * is lost reads as characters of these blocks.  */
static bool capital_is_known(uint32_t unit)
{
	static const struct {
		uint32_t first, last;
	} blocks[] = {
		{ 0, 0xb4 }, { 0xb6, 0xff },
		{ 0x2000, 0x20ff }, { 0x2190, 0x24af }, { 0x2500, 0x2bff },
		{ 0x2e00, 0xa63f }, { 0xac00, 0xd7a3 },
	};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (unit >= blocks[i].first && unit <= blocks[i].last)
			return true;
	return false;
}

/* Beyond ASCII, an lf list has bytes of a code page.  */
static bool lf_is_known(struct span name, bool is_8bit, const uint8_t hint[4])
{
	for (size_t i = 0; i < 4; i++)
		if (hint[i] >= 0x80 || (i < n_units(name, is_8bit) &&
					unit_of(name, is_8bit, i) >= 0x80))
			return false;
	return true;
}

bool regf_hint_differs(enum regf_list_kind kind, const uint8_t hint[4],
		       struct span name, bool name_is_8bit)
{
	if (kind == REGF_LIST_LF)
		return lf_is_known(name, name_is_8bit, hint) &&
		       !regf_name_begins(name, name_is_8bit, hint);
	if (kind != REGF_LIST_LH)
		return false;
	for (size_t i = 0; i < n_units(name, name_is_8bit); i++)
		if (!capital_is_known(unit_of(name, name_is_8bit, i)))
			return false;
	return get_le32(*(const le32 *)hint) !=
	       regf_name_hash(name, name_is_8bit);
}

bool regf_name_equal(struct span name, bool name_is_8bit, struct span want)
{
	if (want.n != (name_is_8bit ? 2 * name.n : name.n))
		return false;
	for (size_t i = 0; i < want.n / 2; i++)
		if (regf_upcase(unit_of(name, name_is_8bit, i)) !=
		    regf_upcase(unit_of(want, false, i)))
			return false;
	return want.n % 2 == 0;
}

static bool begins_with(struct span name, bool is_8bit, const char *prefix)
{
	for (size_t i = 0; prefix[i] != '\0'; i++)
		if (i >= n_units(name, is_8bit) ||
		    regf_upcase(unit_of(name, is_8bit, i)) !=
		    regf_upcase((uint8_t)prefix[i]))
			return false;
	return true;
}

bool regf_name_has_prefix(struct span name, bool name_is_8bit,
			  const char *const *prefixes)
{
	for (; *prefixes != NULL; prefixes++)
		if (begins_with(name, name_is_8bit, *prefixes))
			return true;
	return false;
}
