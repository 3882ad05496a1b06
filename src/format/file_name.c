/*
 * file_name.c - $FILE_NAME and $STANDARD_INFORMATION
 *
 *   $FILE_NAME                          $STANDARD_INFORMATION
 *   OFFSET  SIZE  FIELD                 OFFSET  SIZE  FIELD
 *     0x00     8  parent reference        0x00     8  created
 *     0x08  4*8  times                    0x08     8  modified
 *     0x28     8  allocated size          0x10     8  record changed
 *     0x30     8  size                    0x18     8  accessed
 *     0x38     4  attributes              0x20     4  attributes
 *     0x3c     4  reparse tag or EA size
 *     0x40     1  length of the name in UTF-16 units
 *     0x41     1  name space
 *     0x42        name
 *
 * Sources: libfsntfs, "New Technologies File System", 6.2 and 6.4; layout.h of
 * ntfs-3g.
 */
#include "format/file_name.h"

#include <assert.h>

#include "base/bytes.h"

struct file_name_disk {
	le64 parent;
	le64 times[4];
	le64 allocated;
	le64 size;
	le32 attributes;
	le32 tag;
	uint8_t name_units;
	uint8_t name_space;
};
static_assert(offsetof(struct file_name_disk, attributes) == 0x38,
	      "$FILE_NAME");
static_assert(sizeof(struct file_name_disk) == 0x42, "$FILE_NAME");

struct standard_information_disk {
	le64 created, modified, record_changed, accessed;
	le32 attributes;
};
static_assert(sizeof(struct standard_information_disk) == 0x24,
	      "$STANDARD_INFORMATION");

int file_name_parse(struct span s, struct file_name *ret, struct err *reterr)
{
	const struct file_name_disk *d = span_view(s, 0, struct file_name_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "$FILE_NAME",
			       sizeof(*d), s.n);
	if (!span_sub(s, sizeof(*d), 2u * d->name_units, &ret->name))
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct file_name_disk,
					       name_units),
			       "$FILE_NAME: length of the name",
			       (s.n - sizeof(*d)) / 2, d->name_units);
	ret->parent = get_le64(d->parent);
	ret->attributes = get_le32(d->attributes);
	ret->name_space = d->name_space;
	return 0;
}

/* Names of POSIX may hold a backslash, and libntfs-3g writes a slash too.  */
static bool is_impossible(const struct file_name *fn, unsigned unit)
{
	return unit == 0 || (fn->name_space != FILE_NAME_POSIX &&
			     (unit == '/' || unit == '\\'));
}

int file_name_check(struct span s, const struct file_name *fn,
		    struct err *reterr)
{
	size_t there = (s.n - sizeof(struct file_name_disk)) / 2;

	if (fn->name.n == 0 || fn->name.n / 2 != there)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct file_name_disk,
					       name_units),
			       "$FILE_NAME: length of the name", there,
			       fn->name.n / 2);
	for (size_t i = 0; i < fn->name.n; i += 2) {
		const uint8_t *p = fn->name.p + i;
		unsigned unit = p[0] | (unsigned)p[1] << 8;

		if (is_impossible(fn, unit))
			return err_set(reterr, ERR_VALUE, fn->name.at + i,
				       "$FILE_NAME: character of the name",
				       0x20, unit);
	}
	return 0;
}

int standard_information_parse(struct span s, struct standard_information *ret,
			       struct err *reterr)
{
	const struct standard_information_disk *d =
		span_view(s, 0, struct standard_information_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "$STANDARD_INFORMATION", sizeof(*d), s.n);
	*ret = (struct standard_information){
		get_le64(d->created), get_le64(d->modified),
		get_le64(d->record_changed), get_le64(d->accessed),
		get_le32(d->attributes),
	};
	return 0;
}
