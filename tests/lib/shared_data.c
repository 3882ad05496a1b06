#include "lib/shared_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_SIZE 1024

static char path[PATH_SIZE];

static const char *path_if_there(const char *dir, const char *name)
{
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path) || access(path, R_OK) != 0)
		return NULL;
	return path;
}

const char *shared_data(const char *rel)
{
	return path_if_there("../shared/data", rel);
}

const char *shared_data_unpacked(const char *rel, const char *member)
{
	char command[3 * PATH_SIZE];
	char dir[PATH_SIZE];

	if (shared_data(rel) == NULL)
		return NULL;
	snprintf(dir, sizeof(dir), "build/data/%s", rel);
	snprintf(command, sizeof(command), "tests/lib/unpack '%s' '%s'", path,
		 dir);
	if (system(command) != 0)
		abort();	/* a broken set-up must not look like absence */
	return path_if_there(dir, member);
}
