/*
 * query.c - ask WMI's questions of a disk that the program itself reads
 *
 *	cc query.c $(pkg-config --cflags --libs coldmount)
 *	./a.out 'SELECT * FROM Win32_MountPoint' disk0.raw
 *
 * The disk could lie anywhere: in memory, behind a network, in a container of
 * the program's own.  Here it is a file that is read with stdio.
 */
#include <coldmount/coldmount.h>

#include <stdio.h>

static int read_at(void *ctx, uint64_t offset, void *buf, size_t n)
{
	FILE *f = ctx;

	if (fseek(f, (long)offset, SEEK_SET) != 0)
		return -1;
	return fread(buf, 1, n, f) == n ? 0 : -1;
}

static int print(void *ctx, const void *data, size_t n)
{
	return fwrite(data, 1, n, ctx) == n ? 0 : -1;
}

static int ask(struct cm_machine *m, const char *query, FILE *disk,
	       struct cm_error *error)
{
	struct cm_evidence evidence = {
		.name = "disk", .read_at = read_at, .ctx = disk,
	};
	long size;

	if (fseek(disk, 0, SEEK_END) != 0 || (size = ftell(disk)) < 0)
		return -1;
	evidence.size = (uint64_t)size;
	if (cm_machine_add_evidence(m, &evidence, -1, error) < 0 ||
	    cm_machine_analyse(m, NULL, error) < 0)
		return -1;
	return cm_query(m, query, "list", -1, print, stdout, NULL, error);
}

int main(int argc, char **argv)
{
	struct cm_error error = { .text = "the disk cannot be read" };
	struct cm_machine *m = cm_machine_new();
	FILE *disk = argc == 3 ? fopen(argv[2], "rb") : NULL;
	int status = -1;

	if (m != NULL && disk != NULL)
		status = ask(m, argv[1], disk, &error);
	if (status < 0)
		fprintf(stderr, "%s\n", error.text);
	cm_machine_free(m);
	if (disk != NULL)
		fclose(disk);
	return status < 0 ? 1 : 0;
}
