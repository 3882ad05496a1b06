#include "lib/identified.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void identify_bytes(struct identified *t, const uint8_t *p, size_t n,
		    uint64_t size)
{
	memset(t, 0, sizeof(*t));
	test_disk_init(&t->disk, p, n, size);
	identify_disk(t);
}

void identify_disk(struct identified *t)
{
	t->arena = arena_new();
	t->diags.arena = t->arena;
	cr_assert_eq(volume_identify(&t->disk.source, t->arena, &t->diags,
				     &t->v, NULL), 0);
}

void identified_done(struct identified *t)
{
	arena_free(t->arena);
}

uint8_t *volume_made_by(const char *mkfs, size_t size)
{
	char path[TEST_PATH_SIZE], command[512];
	uint8_t *p;

	test_new_file(path, size);
	snprintf(command, sizeof(command),
		 "LC_ALL=C.UTF-8 PATH=$PATH:/sbin:/usr/sbin %s %s "
		 "> /dev/null 2>&1", mkfs, path);
	if (system(command) != 0)
		abort();
	p = test_file(path, &size);
	unlink(path);
	return p;
}
