#include "lib/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP (1u << 20)

/* Write the bytes of @s to the standard input of @tool.  */
static int feed(struct source *s, FILE *f, struct err *reterr)
{
	uint8_t *buf = malloc(STEP);
	int r = 0;

	for (uint64_t off = 0; off < s->size && r == 0; off += STEP) {
		uint64_t left = s->size - off;
		size_t n = left < STEP ? (size_t)left : STEP;

		r = source_read(s, off, buf, n, reterr);
		if (r == 0)
			fwrite(buf, 1, n, f);
	}
	free(buf);
	return r;
}

static const char *read_digest(FILE *f, char *buf)
{
	if (fscanf(f, "%128s", buf) != 1)
		abort();
	fclose(f);
	return buf;
}

const char *digest(struct source *s, const char *tool, char buf[DIGEST_CHARS + 1],
		   struct err *reterr)
{
	char out[] = "/tmp/coldmount-digest-XXXXXX";
	char command[200];
	int fd = mkstemp(out);
	FILE *f;
	int r;

	if (fd < 0)
		abort();
	snprintf(command, sizeof(command), "%s > %s", tool, out);
	f = popen(command, "w");
	r = feed(s, f, reterr);
	pclose(f);
	close(fd);
	f = fopen(out, "r");
	unlink(out);
	read_digest(f, buf);
	return r < 0 ? NULL : buf;
}

const char *digest_file(const char *path, const char *tool,
			char buf[DIGEST_CHARS + 1])
{
	char command[1200];
	FILE *f;

	snprintf(command, sizeof(command), "%s < '%s'", tool, path);
	f = popen(command, "r");
	if (fscanf(f, "%128s", buf) != 1)
		abort();
	pclose(f);
	return buf;
}
