#include "lib/hive_tree.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tree {
	struct hive_image *hive;
	const struct hive_tree_row *rows;
	size_t n;
};

/* UTF-16LE with its NUL, or two for a list of strings.  */
static size_t put_text(const char *s, unsigned type, uint8_t *out)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		out[n++] = (uint8_t)*s;
		out[n++] = 0;
	}
	for (int i = 0; i < (type == TREE_MULTI_SZ ? 4 : 2); i++)
		out[n++] = 0;
	return n;
}

static size_t put_hex(const char *s, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;

	for (; sscanf(s, "%2x", &byte) == 1; s += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

static uint32_t put_value(struct tree *t, const struct hive_tree_row *row)
{
	uint8_t data[4096];
	size_t n;

	if (strlen(row->data) > sizeof(data) / 2 - 4)
		abort();
	n = row->type == TREE_SZ || row->type == TREE_MULTI_SZ
		? put_text(row->data, row->type, data)
		: put_hex(row->data, data);
	return hive_image_value(t->hive, row->name, row->type, data, n);
}

/* What follows @path and a backslash in @key, or NULL.  */
static const char *below(const char *key, const char *path)
{
	size_t n = strlen(path);

	if (n == 0)
		return key;
	return strncmp(key, path, n) == 0 && key[n] == '\\' ? key + n + 1
							    : NULL;
}

static void put_values(struct tree *t, uint32_t key, const char *path)
{
	uint32_t values[64];
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->rows[i].key, path) == 0 &&
		    t->rows[i].name != NULL)
			values[n++] = put_value(t, &t->rows[i]);
	if (n > 0)
		hive_image_values(t->hive, key, values, n);
}

static void put_key(struct tree *t, uint32_t key, const char *path);

/* The path of a row up to the part that a key takes there.  */
static char *path_up_to(const struct hive_tree_row *row, const char *rest)
{
	return strndup(row->key, (size_t)(rest - row->key) +
				 strcspn(rest, "\\"));
}

static void put_subkeys(struct tree *t, uint32_t key, const char *path)
{
	uint32_t cells[64];
	char *paths[64];
	size_t n = 0, start = path[0] != '\0' ? strlen(path) + 1 : 0;

	for (size_t i = 0; i < t->n; i++) {
		const char *rest = below(t->rows[i].key, path);
		bool known = rest == NULL || rest[0] == '\0';
		char *child = known ? NULL : path_up_to(&t->rows[i], rest);

		for (size_t k = 0; k < n && !known; k++)
			known = strcmp(paths[k], child) == 0;
		if (known) {
			free(child);
			continue;
		}
		if (n == 64)
			abort();
		cells[n] = hive_image_key(t->hive, child + start);
		paths[n++] = child;
	}
	if (n > 0)
		hive_image_subkeys(t->hive, key, n,
				   hive_image_list(t->hive, "lh", cells, n));
	for (size_t i = 0; i < n; i++) {
		put_key(t, cells[i], paths[i]);
		free(paths[i]);
	}
}

static void put_key(struct tree *t, uint32_t key, const char *path)
{
	put_values(t, key, path);
	put_subkeys(t, key, path);
}

void hive_tree_build(struct hive_image *h, const struct hive_tree_row *rows,
		     size_t n)
{
	struct tree t = { h, rows, n };

	hive_image_start(h);
	put_key(&t, hive_image_key(h, "ROOT"), "");
	hive_image_finish(h);
}
