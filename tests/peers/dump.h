/*
 * dump.h - a registry hive as lines of text, in the words that the programs
 * dump_*.c share, so that what two readers find can be compared
 *
 *	key TAB path TAB time
 *	value TAB path TAB name TAB type TAB size TAB hash of the data
 */
#ifndef TESTS_PEERS_DUMP_H
#define TESTS_PEERS_DUMP_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tree of honest hives is a few dozen keys deep.  */
#define DUMP_MAX_DEPTH 512

/* The names of the keys on the way down; the root's is not printed.  */
struct dump_path {
	const char *names[DUMP_MAX_DEPTH];
	unsigned n;
};

/* One line a name, whatever is in it.  */
static inline void dump_name(const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			printf("%%%02x", c);
		else
			putchar(c);
	}
}

static inline void dump_path(const struct dump_path *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		putchar('/');
		dump_name(p->names[i]);
	}
}

static inline void dump_key(const struct dump_path *p, uint64_t time)
{
	printf("key\t");
	dump_path(p);
	printf("\t%" PRIu64 "\n", time);
}

static inline void dump_value(const struct dump_path *p, const char *name,
			      uint32_t type, const void *data, size_t n)
{
	const uint8_t *b = data;
	uint64_t hash = 0xcbf29ce484222325;	/* FNV-1a */

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ b[i]) * 0x100000001b3;
	printf("value\t");
	dump_path(p);
	putchar('\t');
	dump_name(name);
	printf("\t%" PRIu32 "\t%zu\t%016" PRIx64 "\n", type, n, hash);
}

#endif /* TESTS_PEERS_DUMP_H */
