/* A node of an index, as a root and as a block, of names and of $R.  */
#include "format/file_name.h"
#include "format/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct span entries, bool is_view)
{
	struct index_entry e;
	struct reparse_key key;
	struct file_name fn;
	struct span again = entries;

	while (index_entry_by_key(&again, is_view, &e, NULL) > 0)
		file_name_parse(e.key, &fn, NULL);
	while (index_entry_next(&entries, is_view, &e, NULL) > 0 && !e.last) {
		file_name_parse(e.key, &fn, NULL);
		reparse_key_parse(e.key, &key, NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = { data, size, 0 };
	struct index_root root;
	struct index_block block;

	if (index_root_parse(s, &root, NULL) == 0) {
		walk(root.entries, true);
		walk(root.entries, false);
	}
	if (index_block_parse(s, &block, NULL) == 0) {
		walk(block.entries, true);
		walk(block.entries, false);
	}
	return 0;
}
