/*
 * dump_libregf - what libregf finds in a hive
 *
 * usage: dump_libregf HIVE
 */
#include "peers/dump.h"

#include <libregf.h>

static char *key_name(libregf_key_t *k)
{
	size_t n = 0;
	char *s;

	if (libregf_key_get_utf8_name_size(k, &n, NULL) != 1 || n == 0)
		n = 1;
	s = calloc(1, n);
	if (s != NULL && n > 1)
		libregf_key_get_utf8_name(k, (uint8_t *)s, n, NULL);
	return s;
}

static char *value_name(libregf_value_t *v)
{
	size_t n = 0;
	char *s;

	if (libregf_value_get_utf8_name_size(v, &n, NULL) != 1 || n == 0)
		n = 1;
	s = calloc(1, n);
	if (s != NULL && n > 1)
		libregf_value_get_utf8_name(v, (uint8_t *)s, n, NULL);
	return s;
}

static void print_value(libregf_value_t *v, const struct dump_path *path)
{
	char *name = value_name(v);
	uint32_t type = 0;
	size_t n = 0;
	uint8_t *data = NULL;

	if (libregf_value_get_value_type(v, &type, NULL) == 1 &&
	    libregf_value_get_value_data_size(v, &n, NULL) == 1 &&
	    (data = calloc(1, n + 1)) != NULL && name != NULL &&
	    (n == 0 || libregf_value_get_value_data(v, data, n, NULL) == 1))
		dump_value(path, name, type, data, n);
	else
		fprintf(stderr, "a value could not be read\n");
	free(name);
	free(data);
}

static void print_key(libregf_key_t *k, struct dump_path *path)
{
	uint64_t time = 0;
	int n = 0;

	libregf_key_get_last_written_time(k, &time, NULL);
	dump_key(path, time);
	if (libregf_key_get_number_of_values(k, &n, NULL) != 1)
		fprintf(stderr, "values could not be read\n");
	for (int i = 0; i < n; i++) {
		libregf_value_t *v = NULL;

		if (libregf_key_get_value(k, i, &v, NULL) != 1) {
			fprintf(stderr, "a value could not be read\n");
			continue;
		}
		print_value(v, path);
		libregf_value_free(&v, NULL);
	}
	n = 0;
	if (libregf_key_get_number_of_sub_keys(k, &n, NULL) != 1)
		fprintf(stderr, "subkeys could not be read\n");
	for (int i = 0; i < n && path->n < DUMP_MAX_DEPTH; i++) {
		libregf_key_t *sub = NULL;
		char *name;

		if (libregf_key_get_sub_key(k, i, &sub, NULL) != 1) {
			fprintf(stderr, "a subkey could not be read\n");
			continue;
		}
		name = key_name(sub);
		path->names[path->n++] = name != NULL ? name : "?";
		print_key(sub, path);
		path->n--;
		free(name);
		libregf_key_free(&sub, NULL);
	}
}

int main(int argc, char **argv)
{
	struct dump_path path = { .n = 0 };
	libregf_file_t *f = NULL;
	libregf_key_t *root = NULL;
	int status = 1;

	if (argc == 2 && libregf_file_initialize(&f, NULL) == 1 &&
	    libregf_file_open(f, argv[1], LIBREGF_OPEN_READ, NULL) == 1 &&
	    libregf_file_get_root_key(f, &root, NULL) == 1) {
		print_key(root, &path);
		libregf_key_free(&root, NULL);
		status = 0;
	}
	if (f != NULL)
		libregf_file_free(&f, NULL);
	return status;
}
