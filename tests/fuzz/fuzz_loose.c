/*
 * A hive or registry text without a disk, to all of its reports.  What begins
 * with "regf" is given as a hive, everything else as text.
 */
#include <coldmount/coldmount.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int drop(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct cm_report_options o = { .verbose = true };
	const char *name, *purpose;
	struct cm_machine *m = cm_machine_new();
	char path[64];

	if (fd < 0)
		fd = memfd_create("hive", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (m == NULL || ftruncate(fd, 0) < 0 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if ((size >= 4 && memcmp(data, "regf", 4) == 0
	     ? cm_machine_add_hive(m, path, NULL)
	     : cm_machine_add_registry_text(m, path, NULL)) < 0 ||
	    cm_machine_analyse(m, NULL, NULL) < 0)
		abort();
	for (size_t i = 0; cm_report_format(i, &name, &purpose); i++)
		if (cm_report_write(m, name, &o, drop, NULL, NULL) < 0)
			abort();
	cm_machine_free(m);
	return 0;
}
