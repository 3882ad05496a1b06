#include "lib/ntfs_sample.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUILDER "build/samples/ntfsbuild"

bool ntfs_sample_open(struct ntfs_sample *s, const char *path)
{
	*s = (struct ntfs_sample){ .arena = arena_new() };
	s->diags.arena = s->arena;
	s->source = file_source(path, &s->stats);
	cr_assert_not_null(s->source, "%s", path);
	return ntfs_open(s->source, s->arena, &s->diags, &s->ntfs,
			 &s->err) == 0;
}

void ntfs_sample_close(struct ntfs_sample *s)
{
	ntfs_close(s->ntfs);
	source_free(s->source);
	arena_free(s->arena);
}

const char *ntfs_sample_make(const char *name, const char *script)
{
	return ntfs_sample_make_as(name, "-s 512", 12, script);
}

const char *ntfs_sample_make_as(const char *name, const char *options,
				unsigned mib, const char *script)
{
	static char path[256];
	char command[2048];
	FILE *f;

	if (access(BUILDER, X_OK) != 0)
		return NULL;
	mkdir("build/data", 0777);
	snprintf(path, sizeof(path), "build/data/%s.ntfs", name);
	snprintf(command, sizeof(command),
		 "rm -f %s && truncate -s %uM %s && "
		 "PATH=$PATH:/usr/sbin mkntfs -F -Q -q -p 0 %s %s "
		 ">/dev/null 2>&1 && exec " BUILDER " %s 0 %u",
		 path, mib, path, options, path, path, mib << 20);
	f = popen(command, "w");
	if (f == NULL)
		return NULL;
	fputs(script, f);
	return pclose(f) == 0 ? path : NULL;
}

size_t ntfs_sample_findings(const struct ntfs_sample *s, const char *code)
{
	size_t n = 0;

	for (size_t i = 0; i < s->diags.n_counts; i++)
		if (strcmp(s->diags.counts[i].kind->code, code) == 0)
			n += s->diags.counts[i].n;
	return n;
}

uint64_t ntfs_sample_record(struct ntfs_sample *s, uint64_t number)
{
	struct cites c = { 0 };
	struct source *mft;

	cr_assert_eq(ntfs_open_stream(s->ntfs, 0, NULL, NULL, &mft, NULL), 0);
	source_cite(mft, number * ntfs_info(s->ntfs)->record_size, 1, "record",
		    s->arena, &c);
	source_free(mft);
	cr_assert_eq(c.n, 1);
	return c.list[0].offset;
}

static unsigned le(const uint8_t *p, int n)
{
	unsigned x = 0;

	for (int i = n; i-- > 0; )
		x = x << 8 | p[i];
	return x;
}

/* 0x14: where the attributes begin; each has its type and its length.  */
uint64_t ntfs_sample_attribute(struct ntfs_sample *s, const char *path,
			       uint64_t number, unsigned type)
{
	uint64_t at = ntfs_sample_record(s, number);
	uint8_t rec[4096];
	unsigned off;
	FILE *f = fopen(path, "rb");

	fseek(f, (long)at, SEEK_SET);
	cr_assert_eq(fread(rec, 1, sizeof(rec), f), sizeof(rec));
	fclose(f);
	for (off = le(rec + 0x14, 2); le(rec + off, 4) != type;
	     off += le(rec + off + 4, 2))
		cr_assert(off < ntfs_info(s->ntfs)->record_size - 16u &&
			  le(rec + off, 4) != UINT32_MAX);
	return at + off;
}

void ntfs_sample_patch(const char *path, uint64_t off, const void *bytes,
		       size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(pwrite(fd, bytes, n, (off_t)off), (ssize_t)n);
	close(fd);
}
