#include "format/refs_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct span s, struct span part)
{
	if (part.n > s.n || part.at < s.at || part.at - s.at > s.n - part.n)
		__builtin_trap();
}

/* A byte with the version, and a page.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct refs_layout l = { 3, 4096, 4, 14 };
	struct refs_superblock sb;
	struct refs_checkpoint c;
	struct refs_node node;
	struct refs_ref refs[2];
	struct span s, value, label;
	uint64_t block;

	if (n == 0)
		return 0;
	s = (struct span){ data + 1, n - 1, 1 };
	if (data[0] == 1)
		l = (struct refs_layout){ 1, 16384, 1, 0 };
	(void)refs_superblock_parse(s, &l, 0x1e, &sb, NULL);
	if (refs_checkpoint_parse(s, &l, 0x21, &c, NULL) == 0 &&
	    c.n > REFS_ROOTS)
		__builtin_trap();
	if (refs_node_parse(s, &l, &node, NULL) < 0)
		return 0;
	inside(s, node.body);
	for (uint64_t want = 0; want < 0x518; want += 8) {
		if (refs_branch_find(&node, REFS_KEY_OBJECT, want, &l, refs,
				     NULL) > 2)
			__builtin_trap();
		if (refs_leaf_find(&node, REFS_KEY_RECORD, want, &value,
				   NULL) < 0)
			continue;
		inside(s, value);
		(void)refs_object_parse(value, &l, refs, NULL);
		(void)refs_container_parse(value, want, &l, &block, NULL);
		if (refs_label_parse(value, &label, NULL) == 0)
			inside(s, label);
	}
	return 0;
}
