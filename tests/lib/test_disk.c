#include "lib/test_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

static int disk_read_at(struct source *s, uint64_t off, void *buf, size_t n,
			struct err *reterr)
{
	struct test_disk *t = (struct test_disk *)s;
	uint8_t *out = buf;

	t->stats.calls++;
	t->stats.bytes += n;
	if (off < t->bad_off + t->bad_n && t->bad_off < off + n)
		return err_set(reterr, ERR_IO, t->bad_off, "bad sector", 0, 0);
	memset(out, 0, n);
	if (off < t->n)
		memcpy(out, t->p + off,
		       n < t->n - off ? n : (size_t)(t->n - off));
	return 0;
}

static const struct source_ops disk_ops = { disk_read_at, NULL, NULL };

void test_disk_init(struct test_disk *t, const void *p, size_t n,
		    uint64_t size)
{
	*t = (struct test_disk){
		.source = { .ops = &disk_ops, .size = size }, .p = p, .n = n,
	};
}

void test_read(struct test_reading *t, const void *p, size_t n, uint64_t size,
	       unsigned sector_size)
{
	memset(t, 0, sizeof(*t));
	test_disk_init(&t->disk, p, n, size);
	t->disk.source.sector_size = sector_size;
	t->arena = arena_new();
	t->diags.arena = t->arena;
	t->r = disk_read(&t->disk.source, t->arena, &t->diags, &t->table,
			 &t->err);
}

void test_read_done(struct test_reading *t)
{
	arena_free(t->arena);
}

const struct diag *test_finding(const struct diag_list *d,
				const struct diag_kind *kind)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].kind == kind)
			return &d->list[i];
	return NULL;
}

uint8_t *test_file(const char *path, size_t *ret_n)
{
	struct stat st;
	uint8_t *p = NULL;
	FILE *f = path == NULL ? NULL : fopen(path, "rb");

	if (f != NULL && fstat(fileno(f), &st) == 0)
		p = malloc((size_t)st.st_size + 1);
	if (p != NULL)
		*ret_n = fread(p, 1, (size_t)st.st_size, f);
	if (f != NULL)
		fclose(f);
	return p;
}

void test_new_file(char *path, uint64_t size)
{
	int fd;

	(void)mkdir("build", 0777);
	snprintf(path, TEST_PATH_SIZE, "build/test-disk-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		abort();	/* a broken set-up is no result */
	close(fd);
}

/* fdisk knows other sector sizes, and reads sfdisk's scripts, from files.  */
uint8_t *test_fdisk(size_t size, unsigned sector_size, const char *script)
{
	char disk[TEST_PATH_SIZE], file[TEST_PATH_SIZE], command[256];
	uint8_t *p;
	FILE *f;

	test_new_file(disk, size);
	test_new_file(file, 0);
	f = fopen(file, "w");
	if (f == NULL || fwrite(script, 1, strlen(script), f) == 0 ||
	    fclose(f) != 0)
		abort();
	snprintf(command, sizeof(command),
		 "printf 'I\\n%s\\nw\\n' | PATH=$PATH:/sbin:/usr/sbin "
		 "fdisk -b %u %s > /dev/null 2>&1", file, sector_size, disk);
	if (system(command) != 0)
		abort();
	p = test_file(disk, &size);
	unlink(disk);
	unlink(file);
	return p;
}

void test_mbr_entry(uint8_t *sector, unsigned i, uint8_t status, uint8_t type,
		    uint32_t first_lba, uint32_t sectors)
{
	uint8_t *e = sector + 0x1be + 16 * i;
	le32 first = put_le32(first_lba), n = put_le32(sectors);

	e[0] = status;
	e[4] = type;
	memcpy(e + 8, &first, 4);
	memcpy(e + 12, &n, 4);
	sector[0x1fe] = 0x55;
	sector[0x1ff] = 0xaa;
}
