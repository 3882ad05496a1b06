/*
 * threads.c - analyse the same images in several threads at once
 *
 * As coldmount.h says, different machines may be used by different threads.
 * Prints how many reports there are that differ from the first.
 */
#include <coldmount/coldmount.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define ROUNDS 3

struct work {
	int n_images;
	char **images;
	char *report;
	size_t n;
	int failed;
};

static int append(void *ctx, const void *data, size_t n)
{
	struct work *w = ctx;
	char *p = realloc(w->report, w->n + n);

	if (p == NULL)
		return -1;
	memcpy(p + w->n, data, n);
	w->report = p;
	w->n += n;
	return 0;
}

static void *analyse(void *arg)
{
	const struct cm_options o = { .scan = CM_SCAN_FULL };
	struct cm_machine *m = cm_machine_new();
	struct work *w = arg;

	w->failed = m == NULL;
	for (int i = 0; !w->failed && i < w->n_images; i++)
		w->failed = cm_machine_add_image(m, w->images[i], -1, NULL) < 0;
	w->failed = w->failed || cm_machine_analyse(m, &o, NULL) < 0 ||
		    cm_report_write(m, "json", NULL, append, w, NULL) < 0;
	cm_machine_free(m);
	return NULL;
}

static int compare(struct work w[THREADS])
{
	int n = 0;

	for (int i = 0; i < THREADS; i++)
		n += w[i].failed || w[i].n == 0 || w[i].n != w[0].n ||
		     memcmp(w[i].report, w[0].report, w[0].n) != 0;
	for (int i = 0; i < THREADS; i++)
		free(w[i].report);
	return n;
}

int main(int argc, char **argv)
{
	int n = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct work w[THREADS] = { 0 };
		pthread_t threads[THREADS];

		for (int i = 0; i < THREADS; i++) {
			w[i].n_images = argc - 1;
			w[i].images = argv + 1;
			if (pthread_create(&threads[i], NULL, analyse,
					   &w[i]) != 0)
				return 1;
		}
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		n += compare(w);
	}
	printf("%d\n", n);
	return 0;
}
