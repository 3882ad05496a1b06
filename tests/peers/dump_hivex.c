/*
 * dump_hivex - what hivex finds in a hive
 *
 * usage: dump_hivex HIVE
 */
#include "peers/dump.h"

#include <hivex.h>

static void print_values(hive_h *h, hive_node_h node,
			 const struct dump_path *path)
{
	hive_value_h *values = hivex_node_values(h, node);

	for (size_t i = 0; values != NULL && values[i] != 0; i++) {
		char *name = hivex_value_key(h, values[i]);
		hive_type type = 0;
		size_t n = 0;
		char *data = hivex_value_value(h, values[i], &type, &n);

		if (name != NULL && data != NULL)
			dump_value(path, name, type, data, n);
		else
			fprintf(stderr, "a value could not be read\n");
		free(name);
		free(data);
	}
	free(values);
}

static void print_key(hive_h *h, hive_node_h node, struct dump_path *path)
{
	hive_node_h *children = hivex_node_children(h, node);

	dump_key(path, (uint64_t)hivex_node_timestamp(h, node));
	print_values(h, node, path);
	if (children == NULL)
		fprintf(stderr, "subkeys could not be read\n");
	for (size_t i = 0; children != NULL && children[i] != 0 &&
	     path->n < DUMP_MAX_DEPTH; i++) {
		char *name = hivex_node_name(h, children[i]);

		path->names[path->n++] = name != NULL ? name : "?";
		print_key(h, children[i], path);
		path->n--;
		free(name);
	}
	free(children);
}

int main(int argc, char **argv)
{
	struct dump_path path = { .n = 0 };
	hive_h *h = argc == 2 ? hivex_open(argv[1], 0) : NULL;

	if (h == NULL)
		return 1;
	print_key(h, hivex_root(h), &path);
	hivex_close(h);
	return 0;
}
