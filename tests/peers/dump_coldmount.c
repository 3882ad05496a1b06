/*
 * dump_coldmount - what our reader finds in a hive, as its logs complete it
 *
 * usage: dump_coldmount HIVE [LOG1 [LOG2 [LOG]]]
 *
 * A log that is not there is "-".  Findings go to standard error, a line each.
 */
#include "peers/dump.h"

#include "lib/file_source.h"
#include "registry/hive.h"
#include "registry/replay.h"

/* Keys of a damaged hive can lead back to themselves, or all to one.  */
#define MAX_KEYS (1u << 20)

struct walk {
	struct hive *hive;
	struct dump_path path;
	uint32_t cells[DUMP_MAX_DEPTH];	/* of the keys of the path */
	unsigned n_keys;
};

static bool leads_back(const struct walk *w, uint32_t cell)
{
	for (unsigned i = 0; i < w->path.n; i++)
		if (w->cells[i] == cell)
			return true;
	return false;
}

static int print_value(void *ctx, const struct hive_value *v)
{
	struct walk *w = ctx;
	struct span data = { 0 };

	if (hive_read_value(w->hive, v, &data, NULL, NULL) == 0)
		dump_value(&w->path, v->name.utf8, v->type, data.p, data.n);
	return 0;
}

static int print_key(void *ctx, const struct hive_key *k)
{
	struct walk *w = ctx;

	if (w->path.n == DUMP_MAX_DEPTH || w->n_keys++ == MAX_KEYS)
		return 1;
	if (leads_back(w, k->cell))
		return 0;
	w->cells[w->path.n] = k->cell;
	w->path.names[w->path.n++] = k->name.utf8;
	dump_key(&w->path, k->last_written);
	hive_each_value(w->hive, k, print_value, w, NULL);
	hive_each_subkey(w->hive, k, print_key, w, NULL);
	w->path.n--;
	return 0;
}

static int print_tree(struct source *s, struct arena *a, struct diag_list *d)
{
	struct walk w = { 0 };
	struct hive_key root;
	struct err e;
	char text[160];

	if (hive_open(s, a, d, &w.hive, &e) < 0) {
		fprintf(stderr, "cannot be opened: %s\n",
			err_text(&e, text, sizeof(text)));
		return 1;
	}
	hive_root(w.hive, &root, NULL);
	dump_key(&w.path, root.last_written);
	hive_each_value(w.hive, &root, print_value, &w, NULL);
	hive_each_subkey(w.hive, &root, print_key, &w, NULL);
	hive_close(w.hive);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct source *files[1 + REPLAY_LOGS] = { NULL }, *recovered = NULL;
	struct replay_report report;
	int status = 2;

	for (int i = 0; i < argc - 1 && i <= REPLAY_LOGS; i++) {
		files[i] = file_source(argv[1 + i], NULL);
		if (files[i] != NULL)
			files[i]->file = argv[1 + i];
	}
	if (files[0] != NULL &&
	    hive_replay(files[0], files + 1, REPLAY_LOGS, a, &d, &recovered,
			&report, NULL) == 0)
		status = print_tree(recovered != NULL ? recovered : files[0],
				    a, &d);
	for (size_t i = 0; i < d.n; i++)
		fprintf(stderr, "%s %s\n", d.list[i].kind->code,
			d.list[i].message);
	source_free(recovered);
	for (int i = 0; i <= REPLAY_LOGS; i++)
		source_free(files[i]);
	arena_free(a);
	return status;
}
