/* A record of the $MFT: fix-ups, head, attributes and what they hold.  */
#include <stdlib.h>
#include <string.h>

#include "format/attribute.h"
#include "format/file_name.h"
#include "format/mft_record.h"
#include "format/multi_sector.h"
#include "format/runlist.h"
#include "format/volume_information.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_into(const struct attribute *a)
{
	struct run_walk w = run_walk_of(a->runs, a->first_vcn);
	struct span list = a->value;
	struct standard_information si;
	struct volume_information vi;
	struct attribute_entry entry;
	struct file_name fn;
	struct run run;

	while (run_next(&w, &run, NULL) > 0)
		;
	while (attribute_entry_next(&list, &entry, NULL) != 0)
		;
	file_name_parse(a->value, &fn, NULL);
	standard_information_parse(a->value, &si, NULL);
	volume_information_parse(a->value, &vi, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *rec = malloc(size + 1);
	struct mft_record r;
	struct attribute a;
	unsigned array;
	int code;

	if (rec == NULL)
		return 0;
	memcpy(rec, data, size);
	multi_sector_fix(rec, size, 0, &array, NULL);
	if (mft_record_parse((struct span){ rec, size, 0 }, &r, NULL) == 0)
		while ((code = attribute_next(&r.attributes, &a, NULL)) != 0)
			if (code > 0)
				look_into(&a);
	free(rec);
	return 0;
}
