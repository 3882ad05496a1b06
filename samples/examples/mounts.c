/*
 * mounts.c - print which partition each letter and directory leads to
 *
 *	cc mounts.c $(pkg-config --cflags --libs coldmount)
 *	./a.out disk0.raw disk1.raw
 *
 * Reads the records of a machine one by one.
 */
#include <coldmount/coldmount.h>

#include <inttypes.h>
#include <stdio.h>

/* Names in evidence are written by attackers: nothing that a terminal obeys is
 * printed.  */
static void print_text(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			printf("\\x%02x", (unsigned)(unsigned char)*p);
		else
			putchar(*p);
}

static void print_place(const struct cm_records *r, size_t volume)
{
	const struct cm_volume *v = volume != CM_NONE ? cm_volume_at(r, volume)
						      : NULL;
	const struct cm_partition *p;

	if (v == NULL) {
		printf("no volume of these disks\n");
		return;
	}
	if (v->partition != CM_NONE) {
		p = cm_partition_at(r, v->partition);
		printf("disk %u, partition %u, byte %" PRIu64 "\n",
		       cm_disk_at(r, p->disk)->number, p->number, p->offset);
		return;
	}
	for (size_t i = 0; i < v->n_extents; i++)
		printf("%sdisk %u, byte %" PRIu64, i > 0 ? "; " : "",
		       cm_disk_at(r, v->extents[i].disk)->number,
		       v->extents[i].offset);
	printf("\n");
}

static void print_mounts(const struct cm_records *r)
{
	const struct cm_mount_point *m;

	for (size_t i = 0; (m = cm_mount_point_at(r, i)) != NULL; i++) {
		if (m->deleted || m->directory == NULL)
			continue;
		print_text(m->directory);
		printf("\t%s\t", m->certainty);
		print_place(r, m->volume);
	}
}

int main(int argc, char **argv)
{
	struct cm_machine *m = cm_machine_new();
	struct cm_error error = { .text = "out of memory" };
	struct cm_records *r = NULL;
	int status = m == NULL ? -1 : 0;

	for (int i = 1; status == 0 && i < argc; i++)
		status = cm_machine_add_image(m, argv[i], -1, &error);
	if (status == 0)
		status = cm_machine_analyse(m, NULL, &error);
	if (status == 0)
		status = cm_records_new(m, &r, &error);
	if (status == 0)
		print_mounts(r);
	else
		fprintf(stderr, "%s\n", error.text);
	cm_records_free(r);
	cm_machine_free(m);
	return status == 0 ? 0 : 1;
}
