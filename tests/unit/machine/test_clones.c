/*
 * What should have an id of its own, and has that of another.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

static void set_up(struct machine *m, struct disk *const *tables, size_t n)
{
	static struct machine_disk disks[4];

	memset(disks, 0, sizeof(disks));
	*m = (struct machine){ .arena = arena_new() };
	for (size_t i = 0; i < n; i++)
		disks[i].table = *tables[i];
	m->model.disks = disks;
	m->model.n_disks = n;
	m->model.findings.arena = m->arena;
}

static void expect_findings(const struct machine *m, const char *const *lines)
{
	const struct diag_list *f = &m->model.findings;
	size_t i;

	for (i = 0; lines[i] != NULL; i++) {
		cr_assert_lt(i, f->n, "no '%s'", lines[i]);
		cr_expect_str_eq(f->list[i].message, lines[i]);
		cr_expect_eq(f->list[i].cites.n, 2);
	}
	cr_expect_eq(f->n, i);
}

static struct cites cite_of(struct machine *m, uint64_t offset)
{
	struct cites c = { 0 };

	cites_add(m->arena, &c, (struct cite){ .offset = offset, .length = 1 });
	return c;
}

/* Each is told beside the first one, and none of no signature is.  */
Test(clones, disks)
{
	struct disk mbr = { .scheme = SCHEME_MBR, .signature = 0x5ca1ab1e };
	struct disk blank = { .scheme = SCHEME_MBR };
	struct machine m;

	set_up(&m, (struct disk *[]){ &mbr, &blank, &mbr, &mbr }, 4);
	for (size_t i = 0; i < 4; i++)
		m.model.disks[i].table.cites = cite_of(&m, i);
	cr_assert_eq(machine_find_clones(&m, NULL), 0);
	expect_findings(&m, (const char *[]){
		"disk0 and disk2 both have the MBR signature 5ca1ab1e.",
		"disk0 and disk3 both have the MBR signature 5ca1ab1e.", NULL });
	cr_expect_str_eq(m.model.findings.list[0].kind->code, "CM0620");
	arena_free(m.arena);
}

/* The signature of a protective MBR is nobody's name; the GUID is.  */
Test(clones, gpt_disks)
{
	struct disk gpt = { .scheme = SCHEME_GPT, .signature = 0x5ca1ab1e,
			    .guid = { { 0x11, [15] = 0x22 } } };
	struct disk other = gpt, blank = { .scheme = SCHEME_GPT };
	struct machine m;

	other.guid.b[15] = 0x23;
	set_up(&m, (struct disk *[]){ &blank, &gpt, &other, &gpt }, 4);
	for (size_t i = 0; i < 4; i++)
		m.model.disks[i].table.cites = cite_of(&m, i);
	cr_assert_eq(machine_find_clones(&m, NULL), 0);
	expect_findings(&m, (const char *[]){
		"disk1 and disk3 both have the GPT disk GUID "
		"00000011-0000-0000-0000-000000000022.", NULL });
	cr_expect_str_eq(m.model.findings.list[0].kind->code, "CM0621");
	arena_free(m.arena);
}

/* A GPT of 1 MiB whose 8192 partitions lie over one volume: pair by pair these
 * were 33 million messages.  */
Test(clones, memory_is_bounded)
{
	enum { N = 8192 };
	struct disk gpt = { .scheme = SCHEME_GPT };
	struct machine_volume *volumes = calloc(N, sizeof(*volumes));
	struct machine_partition *parts = calloc(N, sizeof(*parts));
	struct partition entry = { .guid = { { 1 } } };
	struct extent extent = { 0 };
	struct machine m;

	set_up(&m, (struct disk *[]){ &gpt }, 1);
	for (size_t i = 0; i < N; i++) {
		parts[i].entry = &entry;
		volumes[i].partition = i;
		volumes[i].extents = &extent;
		volumes[i].identity.has_serial64 = true;
		volumes[i].identity.serial64 = 0x1234;
	}
	m.model.volumes = volumes;
	m.model.n_volumes = N;
	m.model.partitions = parts;
	m.model.n_partitions = N;
	cr_assert_eq(machine_find_clones(&m, NULL), 0);
	cr_expect_eq(m.model.findings.n, 2 * DIAG_MAX_PER_KIND);
	cr_expect_eq(diag_count(&m.model.findings, &FINDING_SERIAL_CLONED),
		     N - 1);
	cr_expect_eq(diag_count(&m.model.findings,
				&FINDING_PARTITION_GUID_CLONED), N - 1);
	cr_expect_str_eq(m.model.findings.list[0].message,
			 "volume0 and volume1 both have the GPT partition GUID "
			 "00000001-0000-0000-0000-000000000000.");
	cr_expect_str_eq(m.model.findings.list[DIAG_MAX_PER_KIND].message,
			 "volume0 and volume1 both have the serial number "
			 "0000000000001234.");
	cr_expect_lt(arena_bytes(m.arena), 4u << 20);
	arena_free(m.arena);
	free(volumes);
	free(parts);
}
