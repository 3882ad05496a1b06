/*
 * A whole machine on one disk of 4 MiB, from its partition table to all of its
 * reports.  The input is the sectors of it that are not zero:
 *
 *   OFFSET  SIZE  FIELD
 *        0     1  how to scan; bit 7: look for lost volumes, too
 *        1     2  number of a sector, little-endian
 *        3   512  its bytes; then the next number
 */
#include <coldmount/coldmount.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DISK_BYTES (4 << 20)
#define SECTOR 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int drop(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	return 0;
}

/* A disk in memory, which is opened by its path as an image is.  */
static void make_disk(int fd, const uint8_t *data, size_t size)
{
	if (ftruncate(fd, 0) < 0 || ftruncate(fd, DISK_BYTES) < 0)
		abort();
	for (; size >= 2 + SECTOR; data += 2 + SECTOR, size -= 2 + SECTOR) {
		off_t at = (off_t)((data[0] | data[1] << 8) % (DISK_BYTES /
							       SECTOR));

		if (pwrite(fd, data + 2, SECTOR, at * SECTOR) != SECTOR)
			abort();
	}
}

static void report(const struct cm_machine *m)
{
	struct cm_report_options o = { .verbose = true };
	enum cm_severity severity;
	const char *name, *purpose;
	char line[256];

	for (size_t i = 0; cm_report_format(i, &name, &purpose); i++)
		if (cm_report_write(m, name, &o, drop, NULL, NULL) < 0)
			abort();
	for (size_t i = 0; cm_finding(m, i, &severity, line, sizeof(line)); i++)
		if (strlen(line) >= sizeof(line))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct cm_options o = { 0 };
	struct cm_machine *m;
	char path[64];

	if (size == 0)
		return 0;
	if (fd < 0)
		fd = memfd_create("disk", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	o.scan = (enum cm_scan)((data[0] & 0x7f) % 3);
	o.recover = (data[0] & 0x80) != 0;
	make_disk(fd, data + 1, size - 1);
	m = cm_machine_new();
	if (m == NULL || cm_machine_add_image(m, path, -1, NULL) < 0 ||
	    cm_machine_analyse(m, &o, NULL) < 0)
		abort();
	report(m);
	cm_machine_free(m);
	return 0;
}
