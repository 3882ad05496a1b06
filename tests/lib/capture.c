#include "lib/capture.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int capture_write(void *ctx, const void *data, size_t n)
{
	struct capture *c = ctx;
	char *more;

	if (c->room != 0 && c->n + n > c->room)
		return -1;
	more = realloc(c->data, c->n + n + 1);
	if (more == NULL)
		return -1;
	memcpy(more + c->n, data, n);
	c->n += n;
	more[c->n] = '\0';
	c->data = more;
	return 0;
}

int capture_command(const char *command, char *buf, size_t size)
{
	FILE *f = popen(command, "r");
	size_t n;

	buf[0] = '\0';
	if (f == NULL)
		return -1;
	n = fread(buf, 1, size - 1, f);
	buf[n] = '\0';
	return pclose(f);
}
