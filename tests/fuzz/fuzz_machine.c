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

/* Paths over whatever links there are, and whose some bytes are.  */
static void resolve(const struct cm_machine *m)
{
	static const char *const targets[] = {
		"C:\\Mount\\Data\\x:y", "volume0\\$MFT", "volume0\\a\\b\\c",
		"volume0\\$Extend\\$Reparse", "0:1", "disk0@1048576",
		"disk0@1100000", "\\VOLUME{01d710b41567c980-61f2a88f}\\a",
		"volume0\\$UpCase:$Info", "5ca1ab1e-0000-0000-0000-100000000000",
	};
	const char *name, *purpose;

	for (size_t k = 0; k < sizeof(targets) / sizeof(targets[0]); k++)
		for (size_t i = 0; cm_resolve_shape(i, &name, &purpose); i++)
			if (cm_resolve(m, targets[k], name, -1, drop, NULL,
				       NULL, NULL) < 0)
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
	resolve(m);
	cm_machine_free(m);
	return 0;
}
