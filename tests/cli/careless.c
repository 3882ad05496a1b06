/*
 * careless.c - a program that gives NULL for everything, wants nothing back,
 * and whose functions fail halfway
 *
 *	careless DISK.raw
 *
 * Prints what the library did not do as coldmount.h says.
 */
#include <coldmount/coldmount.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int n_faults;

static void expect(int got, int want, const char *what)
{
	if (got == want)
		return;
	printf("%s: %d, not %d\n", what, got, want);
	n_faults++;
}

#define WANT(want, call) expect((call), (want), #call)

/* --- NULL ----------------------------------------------------------------- */

static int drop(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	return 0;
}

static void without_machine(void)
{
	const int wrong = CM_ERROR_ARGUMENT;
	struct cm_evidence evidence = { .name = "x" };
	struct cm_records *r;
	struct cm_places *p;
	struct cm_drive_layout l;

	WANT(wrong, cm_machine_add_image(NULL, "x", -1, NULL));
	WANT(wrong, cm_machine_add_evidence(NULL, &evidence, -1, NULL));
	WANT(wrong, cm_machine_add_hive(NULL, "x", NULL));
	WANT(wrong, cm_machine_add_registry_text(NULL, "x", NULL));
	WANT(wrong, cm_machine_add_key_file(NULL, "x", NULL));
	WANT(wrong, cm_machine_analyse(NULL, NULL, NULL));
	WANT(0, (int)cm_machine_outcome(NULL).images);
	WANT(false, cm_machine_file(NULL, 0, NULL));
	WANT(wrong, cm_report_write(NULL, "json", NULL, drop, NULL, NULL));
	WANT(wrong, cm_query(NULL, "SELECT * FROM Win32_Volume", NULL, -1, drop,
			     NULL, NULL, NULL));
	WANT(wrong, cm_records_new(NULL, &r, NULL));
	WANT(wrong, cm_resolve(NULL, "C:", NULL, -1, drop, NULL, NULL, NULL));
	WANT(wrong, cm_places_new(NULL, "C:", -1, &p, NULL));
	WANT(wrong, cm_layout(NULL, "0", NULL, NULL, drop, NULL, NULL, NULL));
	WANT(wrong, cm_drive_layout(NULL, 0, &l, NULL, 0, NULL));
	WANT(wrong, cm_device_number(NULL, "C:", NULL, NULL, drop, NULL, NULL,
				     NULL));
	WANT(wrong, cm_storage_devices(NULL, "C:", NULL, NULL, 0, NULL, NULL));
	WANT(wrong, cm_extents(NULL, "C:", NULL, NULL, drop, NULL, NULL, NULL));
	WANT(false, cm_finding(NULL, 0, NULL, NULL, 0));
	cm_machine_free(NULL);
}

static void without_anything_else(struct cm_machine *m)
{
	const int wrong = CM_ERROR_ARGUMENT;
	struct cm_drive_layout l;

	WANT(wrong, cm_machine_add_image(m, NULL, -1, NULL));
	WANT(wrong, cm_report_write(m, NULL, NULL, NULL, NULL, NULL));
	WANT(wrong, cm_report_write(m, "json", NULL, NULL, NULL, NULL));
	WANT(wrong, cm_query(m, NULL, NULL, -1, drop, NULL, NULL, NULL));
	WANT(wrong, cm_query(m, "SELECT * FROM Win32_Volume", NULL, -1, NULL,
			     NULL, NULL, NULL));
	WANT(wrong, cm_query_check(NULL, NULL));
	WANT(wrong, cm_records_new(m, NULL, NULL));
	WANT(wrong, cm_resolve(m, NULL, NULL, -1, drop, NULL, NULL, NULL));
	WANT(wrong, cm_resolve(m, "C:", NULL, -1, NULL, NULL, NULL, NULL));
	WANT(wrong, cm_target_check(NULL, NULL));
	WANT(wrong, cm_places_new(m, "C:", -1, NULL, NULL));
	WANT(wrong, cm_layout(m, NULL, NULL, NULL, drop, NULL, NULL, NULL));
	WANT(wrong, cm_layout(m, "0", NULL, NULL, NULL, NULL, NULL, NULL));
	WANT(wrong, cm_layout_check(NULL, NULL));
	WANT(wrong, cm_drive_layout(m, 0, NULL, NULL, 0, NULL));
	WANT(wrong, cm_drive_layout(m, 0, &l, NULL, 1, NULL));
	WANT(wrong, cm_device_number(m, NULL, NULL, NULL, drop, NULL, NULL,
				     NULL));
	WANT(wrong, cm_device_number(m, "0", NULL, NULL, NULL, NULL, NULL,
				     NULL));
	WANT(wrong, cm_storage_devices(m, "0", NULL, NULL, 1, NULL, NULL));
	WANT(wrong, cm_storage_devices(m, NULL, NULL, NULL, 0, NULL, NULL));
	WANT(wrong, cm_extents(m, "0:1", NULL, NULL, NULL, NULL, NULL, NULL));
}

static void without_records(void)
{
	WANT(1, cm_disk_at(NULL, 0) == NULL);
	WANT(1, cm_partition_at(NULL, 0) == NULL);
	WANT(1, cm_volume_at(NULL, 0) == NULL);
	WANT(1, cm_installation_at(NULL, 0) == NULL);
	WANT(1, cm_name_at(NULL, 0) == NULL);
	WANT(1, cm_mount_point_at(NULL, 0) == NULL);
	WANT(1, cm_place_at(NULL, 0) == NULL);
	WANT(1, cm_places_reason(NULL) == NULL);
	cm_records_free(NULL);
	cm_places_free(NULL);
}

/* What is there is counted without being wanted.  */
static void wanting_nothing(struct cm_machine *m)
{
	struct cm_drive_layout l = { 0 };
	char one[1] = "x", two[2] = "xx";

	WANT(true, cm_query_shape(0, NULL, NULL));
	WANT(true, cm_resolve_shape(0, NULL, NULL));
	WANT(true, cm_target_form(0, NULL));
	WANT(true, cm_report_format(0, NULL, NULL));
	WANT(true, cm_library_version(0, NULL, NULL));
	WANT(true, cm_machine_file(m, 0, NULL));
	WANT(false, cm_query_shape(SIZE_MAX, NULL, NULL));
	WANT(false, cm_machine_file(m, SIZE_MAX, NULL));
	WANT(0, cm_drive_layout(m, 0, &l, NULL, 0, NULL));
	WANT(1, l.partition_count > 0);
	WANT(0, cm_storage_devices(m, "0", NULL, NULL, 0, NULL, NULL));
	WANT(false, cm_finding(m, 0, NULL, two, 0));
	WANT('x', two[0]);
	WANT(true, cm_finding(m, 0, NULL, one, 1));
	WANT('\0', one[0]);
	WANT(true, cm_finding(m, 0, NULL, two, 2));
	WANT('C', two[0]);
}

/* --- functions that fail -------------------------------------------------- */

struct disk {
	int fd;
	uint64_t size;
	long left;		/* reads until they fail; negative: never */
	int result;		/* then */
};

static int read_disk(void *ctx, uint64_t offset, void *buf, size_t n)
{
	struct disk *d = ctx;

	if (d->left == 0)
		return d->result;
	d->left -= d->left > 0;
	return pread(d->fd, buf, n, (off_t)offset) == (ssize_t)n ? 0 : -1;
}

static struct cm_machine *analysed(struct disk *d)
{
	struct cm_evidence evidence = {
		.name = "disk", .size = d->size, .read_at = read_disk,
		.ctx = d,
	};
	struct cm_options o = { .scan = CM_SCAN_FULL };
	struct cm_machine *m = cm_machine_new();

	WANT(0, cm_machine_add_evidence(m, &evidence, -1, NULL));
	WANT(0, cm_machine_analyse(m, &o, NULL));
	return m;
}

/* Writes that may be made; what comes back where they are not.  */
struct writes {
	long left;
	int result;
};

static int write_some(void *ctx, const void *data, size_t n)
{
	struct writes *w = ctx;

	(void)data;
	(void)n;
	return w->left-- > 0 ? 0 : w->result;
}

static void stopping(struct cm_machine *m, long left, int result)
{
	static const char query[] = "SELECT * FROM Win32_Volume";
	const int stop = CM_ERROR_WRITE;
	struct writes w;
	const char *name;

#define STOP(call) do { \
		int r_; \
		w = (struct writes){ left, result }; \
		r_ = (call); \
		expect(r_, w.left >= 0 ? 0 : stop, #call); \
	} while (0)
	for (size_t i = 0; cm_query_shape(i, &name, NULL); i++)
		STOP(cm_query(m, query, name, -1, write_some, &w, NULL, NULL));
	STOP(cm_resolve(m, "C:\\Windows", NULL, -1, write_some, &w, NULL,
			NULL));
	STOP(cm_resolve(m, "C:", "json", -1, write_some, &w, NULL, NULL));
	STOP(cm_layout(m, "0", "json", NULL, write_some, &w, NULL, NULL));
	STOP(cm_layout(m, "0", "binary", NULL, write_some, &w, NULL, NULL));
	STOP(cm_device_number(m, "0:1", NULL, NULL, write_some, &w, NULL,
			      NULL));
	STOP(cm_extents(m, "C:", NULL, NULL, write_some, &w, NULL, NULL));
#undef STOP
	for (size_t i = 0; left == 0 && cm_report_format(i, &name, NULL); i++) {
		w = (struct writes){ left, result };
		WANT(stop, cm_report_write(m, name, NULL, write_some, &w,
					   NULL));
	}
}

/* What cannot be read is a finding, and no call fails for it.  */
static struct cm_outcome failing_to_read(struct disk *d, long left, int result)
{
	struct cm_machine *m;
	struct cm_outcome o;

	d->left = left;
	d->result = result;
	m = analysed(d);
	o = cm_machine_outcome(m);
	WANT(false, o.complete);
	WANT(1, o.findings > 0);
	WANT(0, cm_query(m, "SELECT * FROM Win32_Directory", NULL, -1, drop,
			 NULL, NULL, NULL));
	/* And where it could until now.  */
	d->left = 0;
	WANT(0, cm_query(m, "SELECT * FROM Win32_DefragAnalysis", NULL, -1,
			 drop, NULL, NULL, NULL));
	WANT(0, cm_resolve(m, "volume0\\Windows\\System32", "json", -1, drop,
			   NULL, NULL, NULL));
	WANT(0, cm_resolve(m, "disk0@9437184", NULL, -1, drop, NULL, NULL,
			   NULL));
	cm_machine_free(m);
	return o;
}

/* Who counts bytes has not read them.  */
static void counting_bytes(struct disk *d, long left)
{
	struct cm_outcome a = failing_to_read(d, left, -1);
	struct cm_outcome b = failing_to_read(d, left, 511);

	WANT((int)a.disks, (int)b.disks);
	WANT((int)a.volumes, (int)b.volumes);
	WANT((int)a.findings, (int)b.findings);
	WANT(a.unreadable, b.unreadable);
}

int main(int argc, char **argv)
{
	struct disk d = { .fd = -1, .left = -1 };
	struct cm_machine *m;
	struct stat s;

	if (argc != 2 || (d.fd = open(argv[1], O_RDONLY)) < 0 ||
	    fstat(d.fd, &s) < 0)
		return 2;
	d.size = (uint64_t)s.st_size;
	without_machine();
	without_records();
	m = analysed(&d);
	without_anything_else(m);
	wanting_nothing(m);
	stopping(m, 0, -1);
	stopping(m, 0, 1);
	stopping(m, 1, -1);
	cm_machine_free(m);
	for (long n = 0; n < 4096; n += 1 + n / 2)
		counting_bytes(&d, n);
	close(d.fd);
	return n_faults > 0;
}
