/* A whole NTFS volume: open it, list it, find its reparse points both ways.  */
#include "ntfs/ntfs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	struct ntfs *ntfs;
	unsigned depth, left;
};

static int visit(void *ctx, const struct ntfs_dir_entry *e)
{
	struct walk *w = ctx;
	struct source *s;
	uint8_t byte;

	if (w->left-- == 0)
		return 1;
	if (ntfs_open_stream(w->ntfs, e->ref, NULL, "file", &s, NULL) == 0) {
		if (s->size > 0)
			source_read(s, s->size - 1, &byte, 1, NULL);
		source_free(s);
	}
	if (!e->is_directory || w->depth == 8)
		return 0;
	w->depth++;
	ntfs_list(w->ntfs, e->ref, visit, w, NULL);
	w->depth--;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *s = source_memory(data, size);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct ntfs_reparse_list l;
	struct ntfs *n;

	if (s != NULL && a != NULL && ntfs_open(s, a, &d, &n, NULL) == 0) {
		struct walk w = { n, 0, 1000 };

		ntfs_list(n, NTFS_ROOT, visit, &w, NULL);
		ntfs_reparse_points(n, NTFS_SCAN_FULL, &l, NULL);
		ntfs_close(n);
	}
	arena_free(a);
	source_free(s);
	return 0;
}
