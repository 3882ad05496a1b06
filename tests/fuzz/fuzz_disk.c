/*
 * A disk: its first bytes are the input, the rest are zeros; the volumes in its
 * partitions; and its table as Windows gives it, which can be read.
 */
#include <stdlib.h>
#include <string.h>

#include "disk/disk.h"
#include "disk/volume.h"
#include "machine/ioctl_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define DISK_BYTES (256u << 10)

static void identify_all(struct source *s, const struct disk *disk,
			 struct arena *a, struct diag_list *d)
{
	for (size_t i = 0; i < disk->n_partitions && i < 8; i++) {
		const struct partition *p = &disk->partitions[i];
		struct source *w = source_window(s, p->offset, p->length);
		struct volume_identity v;

		if (w != NULL)
			(void)volume_identify(w, a, d, &v, NULL);
		source_free(w);
	}
}

static void give_layout(const struct disk *disk, struct arena *a)
{
	struct drive_layout_partition p;
	struct drive_layout l;
	struct span s;

	if (ioctl_layout_make(disk, LAYOUT_NUMBERED, a, &s, NULL) < 0)
		return;
	if (drive_layout_parse(s, &l, NULL) < 0 ||
	    l.n_partitions != l.declared || l.excess != 0)
		__builtin_trap();
	for (size_t i = 0; i < l.n_partitions; i++)
		if (drive_layout_partition(&l, i, &p, NULL) < 0)
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *p = calloc(1, DISK_BYTES);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct source *s = source_memory(p, DISK_BYTES);
	struct disk disk;

	if (p != NULL && a != NULL && s != NULL) {
		memcpy(p, data, n < DISK_BYTES ? n : DISK_BYTES);
		if (disk_read(s, a, &d, &disk, NULL) == 0) {
			identify_all(s, &disk, a, &d);
			give_layout(&disk, a);
		}
	}
	source_free(s);
	arena_free(a);
	free(p);
	return 0;
}
