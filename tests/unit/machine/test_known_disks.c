/*
 * Which records of a registry are of one disk, and which disk of the evidence
 * that is.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "base/bytes.h"
#include "machine/internal.h"

#define MIB UINT64_C(1048576)
#define STICK "USBSTOR\\Disk&Ven_A&Prod_B&Rev_1\\0123&0"
#define NEWER "USBSTOR\\Disk&Ven_A&Prod_B&Rev_2\\0123&0"
#define UNIT(n) "SCSI\\Disk&Ven_A&Prod_B\\" n

/* Two supplied disks, and what one installation remembers.  */
struct stage {
	struct machine m;
	struct machine_installation installations[2];
	struct open_installation open[2];
	struct device_record devices[8];
	struct volume_record volumes[8];
	uint8_t layouts[8][48 + 4 * 144];
	struct machine_disk disks[2];
	struct partition entries[4];
	struct machine_partition partitions[4];
	struct machine_volume mounted[4];
	struct image image;
	struct image *images[2];
};

static const struct guid disk_guid = { { 0xd1, 0x5c } };
static const struct guid kept_guid = { { 0xce, 0x9d } };

/* disk0: MBR 5ca1ab1e, a volume at 1 MiB.  disk1: GPT, two volumes.  */
static void set_up(struct stage *s)
{
	*s = (struct stage){ 0 };
	s->disks[0].table = (struct disk){
		.scheme = SCHEME_MBR, .has_signature = true,
		.signature = 0x5ca1ab1e,
	};
	s->disks[0].n_partitions = 1;
	s->disks[1].table = (struct disk){
		.scheme = SCHEME_GPT, .guid = disk_guid,
	};
	s->disks[1].first_partition = 1;
	s->disks[1].n_partitions = 2;
	s->entries[0] = (struct partition){ .offset = MIB, .length = 8 * MIB };
	s->entries[1] = (struct partition){ .offset = MIB, .length = MIB,
					    .guid = { { 1 } } };
	s->entries[2] = (struct partition){ .offset = 2 * MIB, .length = MIB,
					    .guid = { { 2 } } };
	for (size_t i = 0; i < 3; i++)
		s->partitions[i] = (struct machine_partition){
			i == 0 ? 0 : 1, &s->entries[i], i,
		};
	s->m.arena = arena_new();
	s->m.images = s->images;
	s->m.n_images = 2;
	s->m.installations = s->open;
	s->m.n_installations = 1;
	s->open[0].disks = (struct disk_records){
		s->devices, 0, s->volumes, 0,
	};
	s->m.model = (struct model){
		.disks = s->disks, .n_disks = 2,
		.partitions = s->partitions, .n_partitions = 3,
		.volumes = s->mounted, .n_volumes = 3,
		.installations = s->installations, .n_installations = 1,
		.findings = { .arena = s->m.arena },
	};
}

static void tear_down(struct stage *s)
{
	arena_free(s->m.arena);
}

static struct device_record *add_device(struct stage *s, const char *instance)
{
	struct device_record *d =
		&s->devices[s->open[0].disks.n_devices++];

	d->instance.utf8 = instance;
	device_record_name(s->m.arena, d, NULL);
	return d;
}

static void add_volume(struct stage *s, const char *instance)
{
	struct volume_record *v =
		&s->volumes[s->open[0].disks.n_volumes++];

	v->instance.utf8 = instance;
	v->at = volume_form_parse(s->m.arena, strrchr(instance, '\\') + 1);
}

/* A layout is given its head, and a partition of 8 MiB at 1 MiB, whose slot is
 * an NTFS volume's, or of the GUID @id.  */
static void add_layout(struct stage *s, struct device_record *d, bool gpt,
		       const void *head, size_t n, const struct guid *id)
{
	uint8_t *b = s->layouts[d - s->devices], *slot = b + 48;

	b[0] = slot[0] = gpt;
	b[4] = 1;
	memcpy(b + 8, head, n);
	slot[10] = 0x10;
	slot[18] = 0x80;
	slot[32] = 7;
	if (id != NULL)
		memcpy(slot + 48, id, sizeof(*id));
	d->has_layout = true;
	cr_assert_eq(drive_layout_parse((struct span){ b, 48 + 144, 0 },
					&d->layout, NULL), 0);
}

static void add_mbr(struct stage *s, struct device_record *d,
		    uint32_t signature, uint32_t checksum)
{
	le32 head[2] = { put_le32(signature), put_le32(checksum) };

	add_layout(s, d, false, head, sizeof(head), NULL);
}

static void add_gpt(struct stage *s, struct device_record *d, struct guid guid,
		    struct guid partition)
{
	add_layout(s, d, true, &guid, sizeof(guid), &partition);
}

static const struct machine_known_disk *merge(struct stage *s, size_t n)
{
	cr_assert_eq(machine_merge_known_disks(&s->m, NULL), 0);
	cr_assert_eq(machine_place_known_disks(&s->m, NULL), 0);
	cr_assert_eq(machine_complete_known_disks(&s->m, NULL), 0);
	cr_assert_eq(machine_index_guids(&s->m, NULL), 0);
	cr_assert_eq(s->m.model.n_known_disks, n, "%zu known disks",
		     s->m.model.n_known_disks);
	return s->m.model.known_disks;
}

Test(known_disks, records_with_one_disk_id_are_one_disk)
{
	const struct machine_known_disk *k;
	struct device_record *d;
	struct stage s;

	set_up(&s);
	d = add_device(&s, STICK);
	d->disk_id.b[0] = 1;
	d->times = (struct device_times){ .first_installed = 7, .installed = 8,
					  .last_arrival = 9 };
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\000000");
	d->place = RECORD_OTHER_SET;
	d->disk_id.b[0] = 1;
	d->friendly_name.utf8 = "A B";
	d->times = (struct device_times){ .first_installed = 5, .installed = 6,
					  .last_arrival = 10 };
	k = merge(&s, 1);
	cr_expect_eq(k->n_records, 2);
	cr_expect_str_eq(k->instance.utf8, STICK);
	cr_expect_str_eq(k->model.utf8, "A B");
	cr_expect_eq(k->times.first_installed, 5);
	cr_expect_eq(k->times.installed, 8);
	cr_expect_eq(k->times.last_arrival, 10);
	cr_expect(!k->has_certainty);
	tear_down(&s);
}

/* Two records of each row; are they of one disk?  */
Test(known_disks, only_what_is_certain_joins_records)
{
	static const struct {
		const char *why;
		struct {
			const char *instance, *serial;
			uint8_t disk_id;
			uint32_t signature;
			uint8_t container;
		} records[2];
		size_t disks;
	} rows[] = {
		{ "one instance",
		  { { STICK, NULL, 1, 0, 0 },
		    { "usbstor\\DISK&Ven_A&Prod_B&Rev_1\\0123&0", NULL, 0,
		      0, 0 } }, 1 },
		{ "one instance, used again: the DiskId is another",
		  { { UNIT("5&1&0&000000"), NULL, 1, 0, 0 },
		    { UNIT("5&1&0&000000"), NULL, 2, 0, 0 } },
		  2 },
		{ "one instance of two devices of one model",
		  { { UNIT("000000"), "1", 0, 0, 0 },
		    { UNIT("000000"), "2", 0, 0, 0 } }, 2 },
		{ "one serial number, a newer firmware",
		  { { STICK, NULL, 1, 0, 5 }, { NEWER, NULL, 2, 0, 5 } }, 1 },
		{ "one serial number, two containers",
		  { { STICK, NULL, 0, 0, 5 }, { NEWER, NULL, 0, 0, 6 } }, 2 },
		{ "one serial number, two containers, one table: a copy",
		  { { STICK, NULL, 0, 0xaa, 5 }, { NEWER, NULL, 0, 0xaa, 6 } },
		  2 },
		{ "one serial number, two DiskIds, and nothing else",
		  { { STICK, NULL, 1, 0, 5 }, { NEWER, NULL, 2, 0, 0 } }, 2 },
		{ "one serial number, one DiskId",
		  { { STICK, NULL, 1, 0, 0 }, { NEWER, NULL, 0, 0, 0 } }, 1 },
		{ "one instance, copied by an upgrade",
		  { { STICK, NULL, 1, 0, 5 }, { STICK, NULL, 0, 0, 6 } }, 1 },
		{ "two drivers, two containers",
		  { { STICK, NULL, 1, 0, 5 },
		    { UNIT("000000"), "0123", 2, 0, 6 } },
		  1 },
		{ "one serial number by two drivers",
		  { { STICK, NULL, 1, 0, 0 },
		    { UNIT("000000"), "0123", 2, 0, 0 } }, 1 },
		{ "the prefix of a serial number that Windows puts there",
		  { { STICK, NULL, 1, 0, 0 },
		    { UNIT("000000"), "MSFT300123", 2, 0, 0 } },
		  1 },
		{ "USB Attached SCSI at two ports",
		  { { UNIT("000000"), "MSFT200123", 1, 0, 0 },
		    { UNIT("000100"), "MSFT300123", 2, 0, 0 } },
		  1 },
		{ "two disks at such a port",
		  { { UNIT("000000"), "MSFT300123", 1, 0, 0 },
		    { UNIT("000100"), "MSFT300124", 2, 0, 0 } },
		  2 },
		{ "two slots of one card reader",
		  { { STICK, NULL, 1, 0, 0 },
		    { "USBSTOR\\Disk&Ven_A&Prod_B&Rev_1\\0123&1", NULL, 2,
		      0, 0 } }, 2 },
		{ "one serial number of two products",
		  { { STICK, NULL, 1, 0, 0 },
		    { "USBSTOR\\Disk&Ven_A&Prod_C&Rev_1\\0123&0", NULL, 2,
		      0, 0 } }, 2 },
		{ "one serial number, two tables: a careless maker",
		  { { STICK, NULL, 1, 0xaa, 0 },
		    { NEWER, NULL, 2, 0xbb, 0 } }, 2 },
		{ "one serial number, one table",
		  { { STICK, NULL, 1, 0xaa, 0 },
		    { NEWER, NULL, 2, 0xaa, 0 } }, 1 },
		{ "one signature: a copy",
		  { { UNIT("5&1&0&000000"), NULL, 1, 0xaa, 0 },
		    { UNIT("5&1&0&000100"), NULL, 2, 0xaa, 0 } },
		  2 },
		{ "one DiskId, two serial numbers: cannot be",
		  { { UNIT("000000"), "1", 1, 0, 0 },
		    { UNIT("000001"), "2", 1, 0, 0 } }, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stage s;

		set_up(&s);
		for (size_t n = 0; n < 2; n++) {
			struct device_record *d = add_device(
				&s, rows[i].records[n].instance);

			if (rows[i].records[n].serial != NULL)
				d->serial = rows[i].records[n].serial;
			d->disk_id.b[0] = rows[i].records[n].disk_id;
			d->container.b[0] = rows[i].records[n].container;
			if (rows[i].records[n].signature != 0)
				add_mbr(&s, d, rows[i].records[n].signature, 0);
		}
		cr_assert_eq(machine_merge_known_disks(&s.m, NULL), 0);
		cr_expect_eq(s.m.model.n_known_disks, rows[i].disks, "%s: %zu",
			     rows[i].why, s.m.model.n_known_disks);
		tear_down(&s);
	}
}

/* Two sticks of one serial number, and one of them by another driver: its
 * ContainerID tells which, in whatever order; without it, nothing does.  */
Test(known_disks, a_serial_number_of_two_disks_joins_a_third_to_neither)
{
	static const struct {
		const char *instance[3];
		uint8_t container[3];
		size_t disks, joined;	/* the one with two instances */
	} rows[] = {
		{ { STICK, NEWER, UNIT("000000") },
		  { 5, 6, 6 }, 2, 1 },
		{ { STICK, NEWER, UNIT("000000") },
		  { 5, 6, 5 }, 2, 0 },
		{ { UNIT("000000"), NEWER, STICK },
		  { 6, 6, 5 }, 2, 0 },
		{ { UNIT("000000"), STICK, NEWER }, { 6, 5, 6 }, 2, 0 },
		{ { STICK, UNIT("000000"), NEWER }, { 5, 0, 0 }, 1, NONE },
		{ { STICK, NEWER, UNIT("000000") },
		  { 5, 6, 0 }, 3, NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct machine_known_disk *k;
		struct stage s;

		set_up(&s);
		for (size_t n = 0; n < 3; n++) {
			struct device_record *d = add_device(
				&s, rows[i].instance[n]);

			d->serial = "0123";
			d->container.b[0] = rows[i].container[n];
		}
		k = merge(&s, rows[i].disks);
		for (size_t n = 0; n < rows[i].disks; n++)
			cr_expect_eq(k[n].n_instances,
				     rows[i].disks == 1 ? 3 :
				     n == rows[i].joined ? 2 : 1,
				     "row %zu, disk %zu: %zu", i, n,
				     k[n].n_instances);
		if (rows[i].joined != NONE) {
			k += rows[i].joined;
			cr_expect(guid_equal(&k->instances[0]->container,
					     &k->instances[1]->container),
				  "row %zu", i);
		}
		tear_down(&s);
	}
}

/* Each control set has a record of an instance, which is told once.  */
Test(known_disks, all_instances_of_a_disk_are_told)
{
	const struct machine_known_disk *k;
	struct device_record *d;
	struct stage s;

	set_up(&s);
	add_device(&s, STICK)->container.b[0] = 5;
	d = add_device(&s, "usbstor\\DISK&Ven_A&Prod_B&Rev_1\\0123&0");
	d->place = RECORD_OTHER_SET;
	add_device(&s, NEWER)->container.b[0] = 5;
	k = merge(&s, 1);
	cr_expect_eq(k->n_records, 3);
	cr_assert_eq(k->n_instances, 2);
	cr_expect_str_eq(k->instances[0]->instance.utf8, STICK);
	cr_expect_str_eq(k->instances[1]->instance.utf8, NEWER);
	tear_down(&s);
}

Test(known_disks, volumes_belong_to_the_disk_that_they_name)
{
	const struct machine_known_disk *k;
	struct device_record *d;
	struct stage s;

	set_up(&s);
	d = add_device(&s, STICK);
	d->parent_prefix.utf8 = "7&1&0";
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_C\\5&1&0&000000");
	d->disk_id.b[0] = 1;
	add_mbr(&s, d, 0xaa, 0);
	add_volume(&s, "STORAGE\\Volume\\_??_USBSTOR#DISK&VEN_A&PROD_B&REV_1#"
		   "0123&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}");
	add_volume(&s, "STORAGE\\RemovableMedia\\7&1&0&RM");
	add_volume(&s, "STORAGE\\Volume\\{00000001-0000-0000-0000-000000000000}"
		   "#0000000000200000");
	add_volume(&s, "STORAGE\\Volume\\1&2&3&Signature000000AAOffset100000"
		   "Length800000");
	/* Of the same volume, by its own way.  */
	add_volume(&s, "SWD\\WPDBUSENUM\\{00000001-0000-0000-0000-000000000000}"
		   "#0000000000200000");
	s.volumes[4].label.utf8 = "LABEL";
	add_volume(&s, "STORAGE\\Volume\\who knows");
	s.devices[1].disk_id = (struct guid){ { 1 } };
	k = merge(&s, 2);
	/* The two forms of the stick's one volume, then those by offset.  */
	cr_expect_eq(k[0].n_volumes, 1);
	cr_expect_eq(k[1].n_volumes, 2);
	cr_expect_eq(s.m.model.known_volumes[k[1].first_volume].at.offset, MIB);
	cr_expect_eq(s.m.model.known_volumes[k[1].first_volume].at.length,
		     8 * MIB);
	cr_expect_str_eq(s.m.model.known_volumes[k[1].first_volume + 1]
			 .label.utf8, "LABEL");
	/* The last one lies on no disk that is known.  */
	cr_assert_eq(s.m.model.n_known_volumes, 4);
	cr_expect_eq(s.m.model.known_volumes[3].known_disk, NONE);
	tear_down(&s);
}

/* An upgrade copies all records at one time, later than all that is told of
 * these disks.  */
Test(known_disks, a_copy_of_a_record_does_not_say_when_it_was_written)
{
	static const struct {
		enum record_place places[3];
		uint64_t times[3], want;
	} cases[] = {
		{ { RECORD_ENUM, RECORD_OTHER_SET, RECORD_MIGRATION },
		  { 5, 7, 9 }, 5 },
		{ { RECORD_MIGRATION, RECORD_OTHER_SET, RECORD_ENUM },
		  { 9, 7, 5 }, 5 },
		{ { RECORD_OTHER_SET, RECORD_OTHER_SET, RECORD_MIGRATION },
		  { 5, 7, 9 }, 7 },
		/* A key that is in DeviceClasses only has no time.  */
		{ { RECORD_INTERFACE, RECORD_MIGRATION, RECORD_MIGRATION },
		  { 0, 9, 8 }, 9 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct machine_known_disk *k;
		struct cite here[3] = { { .offset = 0 }, { .offset = 1 },
					{ .offset = 2 } };
		struct stage s;

		set_up(&s);
		for (size_t j = 0; j < 3; j++) {
			struct device_record *d = add_device(&s, STICK);

			d->place = cases[i].places[j];
			d->last_written = cases[i].times[j];
			d->cites = (struct cites){ &here[j], 1 };
		}
		k = merge(&s, 1);
		cr_expect_eq(k->last_written, cases[i].want, "case %zu", i);
		cr_assert_eq(k->written_cites.n, 1);
		cr_expect_eq(cases[i].times[k->written_cites.list[0].offset],
			     cases[i].want, "case %zu", i);
		tear_down(&s);
	}
}

/* Of one serial number too: only one of the labels was told.  */
Test(known_disks, a_volume_is_told_with_each_label_that_it_had)
{
	static const struct {
		const char *label;
		char letter;
	} told[] = { { NULL, 0 }, { "OLD", 0 }, { NULL, 'E' }, { "NEW", 0 },
		     { "OLD", 'E' }, { NULL, 'F' } };
	const struct machine_known_volume *k;
	struct stage s;

	set_up(&s);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		add_volume(&s, "STORAGE\\Volume\\_??_USBSTOR#Disk&Ven_E&"
			   "Prod_F&Rev_2#4567&0#{53f56307-b6bf-11d0-94f2-"
			   "00a0c91efb8b}");
		s.volumes[i].label.utf8 = told[i].label;
		s.volumes[i].letter = told[i].letter;
	}
	merge(&s, 1);
	/* OLD, which was E: once; NEW, which was F: for all that is known.  */
	k = s.m.model.known_volumes;
	cr_assert_eq(s.m.model.n_known_volumes, 2);
	cr_expect_str_eq(k[0].label.utf8, "OLD");
	cr_expect_eq(k[0].letter, 'E');
	cr_expect_str_eq(k[1].label.utf8, "NEW");
	cr_expect_eq(k[1].letter, 'F');
	tear_down(&s);
}

/* Windows XP remembers signatures and offsets, and no more.  */
Test(known_disks, a_volume_makes_known_a_disk_without_a_record)
{
	const struct machine_known_disk *k;
	struct unique_id id = { .kind = UNIQUE_ID_MBR, .signature = 0x5ca1ab1e,
				.offset = 32256 };
	struct known_set set = { .n = 0 };
	struct stage s;

	set_up(&s);
	add_volume(&s, "STORAGE\\Volume\\1&2&3&Signature5CA1AB1EOffset7E00"
		   "Length100000");
	add_volume(&s, "STORAGE\\Volume\\1&2&3&Signature5CA1AB1EOffset200000"
		   "Length100000");
	add_volume(&s, "STORAGE\\Volume\\_??_USBSTOR#Disk&Ven_E&Prod_F&Rev_2#"
		   "4567&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}");
	add_volume(&s, "STORAGE\\Volume\\{00000001-0000-0000-0000-000000000000}"
		   "#0000000000200000");
	k = merge(&s, 3);
	cr_expect_eq(k[0].n_volumes, 2);
	cr_expect_null(k[0].instance.utf8);
	cr_expect_eq(k[0].disk, 0);
	cr_expect_eq(k[0].certainty, CERTAINTY_SINGLE);
	cr_expect(machine_known_by_id(&s.m, &id, &set));
	cr_expect_eq(set.n, 1);
	cr_expect_str_eq(k[1].serial, "4567");
	cr_expect_str_eq(k[1].product, "F");
	cr_expect_eq(k[2].disk_id.b[0], 1);
	cr_expect_eq(k[2].n_volumes, 1);
	tear_down(&s);
}

Test(known_disks, a_disk_is_in_the_evidence_by_its_id)
{
	const struct machine_known_disk *k;
	struct device_record *d;
	struct stage s;

	set_up(&s);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\1");
	add_mbr(&s, d, 0x5ca1ab1e, 0);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\2");
	add_gpt(&s, d, disk_guid, kept_guid);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\3");
	add_mbr(&s, d, 0xbad, 0);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\4");
	add_mbr(&s, d, 0, 0);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\5");
	add_mbr(&s, d, 1, 0);
	s.layouts[4][48 + 10] = 0;	/* from byte 0 on */
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\6");
	add_mbr(&s, d, 1, 0);
	k = merge(&s, 6);
	/* Its only partition is the one that was kept.  */
	cr_expect_eq(k[0].disk, 0);
	cr_expect_eq(k[0].certainty, CERTAINTY_CONFIRMED);
	/* Its partitions are others.  */
	cr_expect_eq(k[1].disk, 1);
	cr_expect_eq(k[1].certainty, CERTAINTY_SINGLE);
	cr_expect_eq(k[2].disk, NONE);
	cr_expect(k[2].has_certainty);
	cr_expect_eq(k[2].certainty, CERTAINTY_NOT_IN_EVIDENCE);
	/* No signature is no id, nor is that of disks without a table.  */
	cr_expect(!k[3].has_certainty);
	cr_expect(!k[4].has_certainty);
	cr_expect(k[5].has_certainty);
	cr_expect_eq(k[5].n_alike, 0);
	tear_down(&s);
}

Test(known_disks, the_checksum_of_sector_0_confirms_a_disk)
{
	uint8_t sector[512] = { [0x1b8] = 0x1e, 0xab, 0xa1, 0x5c,
				[510] = 0x55, 0xaa };
	uint32_t sum = 0x5ca1ab1eu + 0xaa550000u;
	struct device_record *d;
	struct stage s;

	for (uint32_t off = 0; off < 2; off++) {
		set_up(&s);
		s.image.disk = source_memory(sector, sizeof(sector));
		s.images[0] = &s.image;
		s.entries[0].length = MIB;	/* not what was kept */
		d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\1");
		add_mbr(&s, d, 0x5ca1ab1e, 0 - sum + off);
		cr_expect_eq(merge(&s, 1)->certainty, off == 0
			     ? CERTAINTY_CONFIRMED : CERTAINTY_SINGLE);
		source_free(s.image.disk);
		tear_down(&s);
	}
}

Test(known_disks, copies_are_ambiguous)
{
	const struct machine_known_disk *k;
	struct device_record *d;
	struct stage s;

	set_up(&s);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\1");
	add_mbr(&s, d, 0x5ca1ab1e, 0);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\2");
	add_mbr(&s, d, 0x5ca1ab1e, 0);
	k = merge(&s, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(k[i].disk, NONE);
		cr_expect_eq(k[i].certainty, CERTAINTY_AMBIGUOUS);
		cr_assert_eq(k[i].n_alike, 1);
		cr_expect_eq(k[i].alike[0], 1 - i);
	}
	cr_expect_eq(diag_count(&s.m.model.findings,
				&FINDING_KNOWN_DISKS_ALIKE), 1);
	tear_down(&s);

	/* And so are supplied ones.  */
	set_up(&s);
	s.disks[1].table = s.disks[0].table;
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\1");
	add_mbr(&s, d, 0x5ca1ab1e, 0);
	k = merge(&s, 1);
	cr_expect_eq(k->disk, NONE);
	cr_expect_eq(k->certainty, CERTAINTY_AMBIGUOUS);
	tear_down(&s);
}

static void expect(struct resolution r, size_t volume, enum tier tier,
		   enum certainty certainty, size_t known)
{
	cr_expect_eq(r.volume, volume, "volume %zu", r.volume);
	cr_expect_eq(r.tier, tier, "tier %d", r.tier);
	cr_expect_str_eq(certainty_name(r.certainty),
			 certainty_name(certainty));
	if (known == NONE) {
		cr_expect_eq(r.n_known_disks, 0);
	} else {
		cr_assert_eq(r.n_known_disks, 1);
		cr_expect_eq(r.known_disks[0], known);
	}
}

/* known0 is missing, of known1 a partition; known2 is disk0.  */
static void resolver_stage(struct stage *s)
{
	struct device_record *d;

	set_up(s);
	d = add_device(s, "SCSI\\Disk&Ven_A&Prod_B\\1");
	add_mbr(s, d, 0xbad, 0);
	d = add_device(s, "SCSI\\Disk&Ven_A&Prod_B\\2");
	add_gpt(s, d, disk_guid, kept_guid);
	d = add_device(s, STICK);
	add_mbr(s, d, 0x5ca1ab1e, 0);
	merge(s, 3);
}

Test(known_disks, the_table_that_was_kept_tells_whose_name_it_is)
{
	struct guid missing = mbr_stable_guid(0xbad, MIB);
	struct guid elsewhere = mbr_stable_guid(0xbad, 2 * MIB);
	struct guid here = mbr_stable_guid(0x5ca1ab1e, MIB);
	struct guid unknown = { { 9, 9, 9, 9, 9 } };
	struct resolution r;
	struct stage s;

	resolver_stage(&s);
	/* The name says itself that it is of an MBR disk.  */
	r = resolve_guid(&s.m, 0, NONE, &missing);
	expect(r, NONE, TIER_MBR_STABLE, CERTAINTY_NOT_IN_EVIDENCE, 0);
	cr_expect(r.tiers >> TIER_PARTITION_CACHE & 1);
	/* Of a partition that the disk never had, nobody tells.  */
	expect(resolve_guid(&s.m, 0, NONE, &elsewhere), NONE, TIER_MBR_STABLE,
	       CERTAINTY_NOT_IN_EVIDENCE, NONE);
	/* A GPT disk that is here has lost the partition.  */
	r = resolve_guid(&s.m, 0, NONE, &kept_guid);
	expect(r, NONE, TIER_PARTITION_CACHE, CERTAINTY_STALE, 1);
	cr_expect_eq(r.tiers, 1u << TIER_PARTITION_CACHE);
	/* What leads to a volume leads there as before.  */
	r = resolve_guid(&s.m, 0, NONE, &here);
	expect(r, 0, TIER_MBR_STABLE, CERTAINTY_SINGLE, 2);
	cr_expect_eq(r.tiers, 1u << TIER_MBR_STABLE);
	expect(resolve_guid(&s.m, 0, NONE, &unknown), NONE, TIER_NONE,
	       CERTAINTY_NOT_IN_EVIDENCE, NONE);
	tear_down(&s);
}

Test(known_disks, a_missing_disk_s_partition_has_the_tier_of_the_cache)
{
	struct guid other = { { 0x0d } };
	struct stage s;

	set_up(&s);
	add_gpt(&s, add_device(&s, STICK), other, kept_guid);
	merge(&s, 1);
	expect(resolve_guid(&s.m, 0, NONE, &kept_guid), NONE,
	       TIER_PARTITION_CACHE, CERTAINTY_NOT_IN_EVIDENCE, 0);
	tear_down(&s);
}

static struct unique_id device_id(const char *ascii)
{
	return (struct unique_id){
		.kind = UNIQUE_ID_DEVICE,
		.raw = { (const uint8_t *)ascii, strlen(ascii), 0 },
	};
}

Test(known_disks, ids_lead_to_the_disks_that_had_them)
{
	struct unique_id id = { .kind = UNIQUE_ID_MBR, .signature = 0xbad,
				.offset = 5 * MIB };
	struct stage s;

	resolver_stage(&s);
	/* That disk, although not that partition of it.  */
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE, 0);
	id = (struct unique_id){ .kind = UNIQUE_ID_DMIO, .guid = kept_guid };
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_STALE, 1);
	/* The stick goes by its device, and has one volume.  */
	id = device_id("_??_USBSTOR#Disk&Ven_A&Prod_B&Rev_1#0123&0#"
		       "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}");
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), 0, TIER_REGISTRY,
	       CERTAINTY_SINGLE, 2);
	id = device_id("\\?\?\\SCSI#CdRom&Ven_A#1#{53f5630d-b6bf-11d0-94f2-"
		       "00a0c91efb8b}");
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE, NONE);
	tear_down(&s);
}

/* It was told to have been on the one or on the other, of which neither table
 * has a partition there.  */
Test(known_disks, a_signature_alone_does_not_put_a_volume_on_a_disk)
{
	static const struct {
		uint64_t offset;
		const char *said;
	} rows[] = {
		{ MIB, ": it was on \"A B\" (known0), or on \"A B\", serial "
		       "number 0123 (known1)" },
		/* No table has it, but the name of a volume.  */
		{ 3 * MIB, ": it was on \"A B\" (known0), or on \"A B\", "
			   "serial number 0123 (known1)" },
		{ 5 * MIB, ": a disk with the signature of this id was \"A B\" "
			   "(known0), and so was \"A B\", serial number 0123 "
			   "(known1), but no partition at that offset is "
			   "remembered" },
	};
	struct device_record *d;
	struct stage s;

	set_up(&s);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\1");
	d->disk_id = (struct guid){ { 0x44, 0x33, 0x22, 0x11 } };
	add_mbr(&s, d, 0xbad, 0);
	add_mbr(&s, add_device(&s, STICK), 0xbad, 0);
	add_volume(&s, "STORAGE\\Volume\\{11223344-0000-0000-0000-"
		       "000000000000}#0000000000300000");
	merge(&s, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct unique_id id = {
			.kind = UNIQUE_ID_MBR, .signature = 0xbad,
			.offset = rows[i].offset,
		};
		const struct resolution r = resolve_id(&s.m, &id,
						       TIER_REGISTRY);

		cr_expect_eq(r.n_known_disks, 2);
		cr_expect_eq(r.disk_only, i == 2, "%zu", i);
		cr_expect_str_eq(machine_known_phrase(&s.m, &r), rows[i].said);
	}
	tear_down(&s);
}

/* Which of its volumes, would be a guess.  */
Test(known_disks, a_removable_disk_with_two_volumes_is_only_named)
{
	struct unique_id id = device_id("_??_USBSTOR#Disk&Ven_A&Prod_B&Rev_1#"
					"0123&0#{53f56307-b6bf-11d0-94f2-"
					"00a0c91efb8b}");
	struct stage s;

	set_up(&s);
	add_gpt(&s, add_device(&s, STICK), disk_guid, kept_guid);
	merge(&s, 1);
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE, 0);
	tear_down(&s);
}

/* Windows XP calls a stick by the prefix that it gives to what hangs on it.  */
Test(known_disks, removable_media_are_found_by_their_prefix)
{
	struct unique_id id = device_id("\\?\?\\STORAGE#RemovableMedia#"
					"7&326659cd&0&RM#{53f5630d-b6bf-11d0-"
					"94f2-00a0c91efb8b}");
	struct stage s;

	set_up(&s);
	add_device(&s, STICK)->parent_prefix.utf8 = "7&326659CD&0";
	merge(&s, 1);
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE, 0);
	tear_down(&s);
}

/* Each installation has a record of the disk: its own is the one.  */
Test(known_disks, an_installation_prefers_what_it_remembers_itself)
{
	struct guid missing = mbr_stable_guid(0xbad, MIB);
	struct stage s;

	set_up(&s);
	add_mbr(&s, add_device(&s, STICK), 0xbad, 0);
	s.open[1].disks = s.open[0].disks;
	s.m.n_installations = 2;
	merge(&s, 2);
	for (size_t i = 0; i < 2; i++)
		expect(resolve_guid(&s.m, i, NONE, &missing), NONE,
		       TIER_MBR_STABLE, CERTAINTY_NOT_IN_EVIDENCE, i);
	cr_expect_eq(resolve_guid(&s.m, NONE, NONE, &missing).n_known_disks, 2);
	cr_expect_eq(s.m.model.known_disks[0].n_alike, 0);
	tear_down(&s);
}

/* The event log knows the serial number of an internal disk, and its table
 * where Windows is too old to keep one in the registry.  */
Test(known_disks, the_event_log_tells_what_the_registry_does_not)
{
	struct partition_event event = {
		.disk_id = { { 1 } }, .capacity = 64 * MIB,
		.serial = { "S1", NULL }, .model = { "from the log", NULL },
		.has_layout = true,
	}, removal = { .disk_id = { { 1 } } }, other = {
		.disk_id = { { 2 } }, .serial = { "S2", NULL },
	};
	struct machine_disk_event events[] = {
		{ .event = &event }, { .event = &removal }, { .event = &other },
		{ .event = &other, .known_disk = NONE },
	};
	struct guid missing = mbr_stable_guid(0xbad, MIB);
	const struct machine_known_disk *k;
	struct device_record *d, table = { 0 };
	struct stage s;

	set_up(&s);
	d = add_device(&s, "SCSI\\Disk&Ven_A&Prod_B\\5&1&0&000000");
	d->friendly_name.utf8 = "A B";
	d->disk_id.b[0] = 1;
	/* Laid out where no record is.  */
	add_mbr(&s, &s.devices[7], 0xbad, 0);
	table = s.devices[7];
	event.layout = table.layout;
	cr_assert_eq(machine_keep_partitions(&s.m, &event.layout,
					     &events[0].partitions, NULL), 0);
	s.m.model.disk_events = events;
	s.m.model.n_disk_events = 4;
	k = merge(&s, 1);
	cr_expect_str_eq(k->serial, "S1");
	cr_expect_str_eq(k->model.utf8, "A B");
	cr_expect_eq(k->capacity, 64 * MIB);
	cr_expect(k->has_certainty);
	cr_expect_eq(k->signature, 0xbad);
	cr_expect_eq(k->partitions.n, 1);
	expect(resolve_guid(&s.m, 0, NONE, &missing), NONE, TIER_MBR_STABLE,
	       CERTAINTY_NOT_IN_EVIDENCE, 0);
	tear_down(&s);
}

#define ITS_VOLUME "_??_USBSTOR#Disk&Ven_A&Prod_B&Rev_1#0123&0#" \
	"{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
#define OTHERS_VOLUME "_??_USBSTOR#Disk&Ven_A&Prod_B&Rev_2#0456&0#" \
	"{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
#define OTHER "USBSTOR\\Disk&Ven_A&Prod_B&Rev_2\\0456&0"

/* A stick of which no table was kept, and volumes of its and of another stick's
 * that ReadyBoost has noted.  */
struct told_volume {
	const char *instance, *label;
	uint32_t serial;
};

static const struct machine_known_disk *
tell(struct stage *s, const struct told_volume told[2],
     const uint32_t serials[3], size_t n)
{
	static struct extent extents[3];

	for (size_t i = 0; i < 3; i++) {
		struct machine_volume *v = &s->mounted[i];

		extents[i] = (struct extent){ .disk = i == 0 ? 0 : 1 };
		v->extents = &extents[i];
		v->n_extents = 1;
		v->identity.has_serial = true;
		v->identity.serial = serials[i];
		v->identity.label.utf8 = "MY LABEL";
	}
	for (size_t i = 0; i < 2 && told[i].instance != NULL; i++) {
		struct volume_record *v =
			&s->volumes[s->open[0].disks.n_volumes++];

		v->source = VOLUME_SOURCE_READY_BOOST;
		v->instance.utf8 = told[i].instance;
		v->at = volume_form_parse(s->m.arena, told[i].instance);
		v->label.utf8 = told[i].label;
		v->has_serial = true;
		v->serial = told[i].serial;
	}
	return merge(s, n);
}

static bool has_finding(const struct stage *s, const char *code)
{
	for (size_t i = 0; i < s->m.model.findings.n; i++)
		if (strcmp(s->m.model.findings.list[i].kind->code, code) == 0)
			return true;
	return false;
}

Test(known_disks, a_serial_number_leads_to_a_disk_where_nothing_else_does)
{
	static const struct {
		const char *why;
		struct told_volume told[2];
		uint32_t serials[3];	/* of volumes on disk0, disk1, disk1 */
		enum certainty certainty;	/* of the name, too */
		size_t disk, volume;
	} rows[] = {
		{ "one", { { ITS_VOLUME, "MY LABEL", 7 }, { NULL, NULL, 0 } },
		  { 1, 7, 3 }, CERTAINTY_INFERRED, 1, 1 },
		{ "no label is known",
		  { { ITS_VOLUME, NULL, 7 }, { NULL, NULL, 0 } },
		  { 7, 2, 3 }, CERTAINTY_INFERRED, 0, 0 },
		{ "a label in small letters",
		  { { ITS_VOLUME, "my_label", 7 }, { NULL, NULL, 0 } },
		  { 7, 2, 3 }, CERTAINTY_INFERRED, 0, 0 },
		{ "another label",
		  { { ITS_VOLUME, "YOURS", 7 }, { NULL, NULL, 0 } },
		  { 7, 2, 3 }, CERTAINTY_NOT_IN_EVIDENCE, NONE, NONE },
		{ "formatted anew",
		  { { ITS_VOLUME, "OLD", 8 }, { ITS_VOLUME, NULL, 7 } },
		  { 7, 2, 3 }, CERTAINTY_INFERRED, 0, 0 },
		{ "formatted anew, both are here",
		  { { ITS_VOLUME, NULL, 8 }, { ITS_VOLUME, NULL, 7 } },
		  { 7, 2, 8 }, CERTAINTY_AMBIGUOUS, NONE, NONE },
		{ "a copy is here",
		  { { ITS_VOLUME, NULL, 7 }, { NULL, NULL, 0 } },
		  { 7, 2, 7 }, CERTAINTY_AMBIGUOUS, NONE, NONE },
		{ "two volumes of one disk",
		  { { ITS_VOLUME, NULL, 7 }, { NULL, NULL, 0 } },
		  { 1, 7, 7 }, CERTAINTY_AMBIGUOUS, 1, NONE },
		{ "another stick had a copy",
		  { { ITS_VOLUME, NULL, 7 }, { OTHERS_VOLUME, NULL, 7 } },
		  { 7, 2, 3 }, CERTAINTY_AMBIGUOUS, NONE, NONE },
		{ "no number", { { ITS_VOLUME, NULL, 0 }, { NULL, NULL, 0 } },
		  { 0, 2, 3 }, CERTAINTY_NOT_IN_EVIDENCE, NONE, NONE },
	};
	struct unique_id id = device_id(ITS_VOLUME);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct machine_known_disk *k;
		struct resolution r;
		struct stage s;
		bool told = rows[i].certainty != CERTAINTY_NOT_IN_EVIDENCE;

		set_up(&s);
		add_device(&s, STICK);
		add_device(&s, OTHER);
		k = tell(&s, rows[i].told, rows[i].serials, 2);
		r = resolve_id(&s.m, &id, TIER_REGISTRY);
		cr_expect_eq(k->disk, rows[i].disk, "%s", rows[i].why);
		cr_expect_eq(k->has_certainty, told, "%s", rows[i].why);
		if (told)
			cr_expect_eq(k->certainty, rows[i].disk != NONE ?
				     CERTAINTY_INFERRED : CERTAINTY_AMBIGUOUS,
				     "%s", rows[i].why);
		cr_expect_eq(has_finding(&s, "CM0692"), told, "%s",
			     rows[i].why);
		cr_expect_eq(r.certainty, rows[i].certainty, "%s: %s",
			     rows[i].why, certainty_name(r.certainty));
		cr_expect_eq(r.volume, rows[i].volume, "%s", rows[i].why);
		tear_down(&s);
	}
}

/* Of a disk that another record is known to be, a serial number says no more
 * than that this may be it, too; and of one with an id of its own, nothing.  */
Test(known_disks, a_serial_number_stands_behind_a_table)
{
	static const struct told_volume told[2] = {
		{ ITS_VOLUME, NULL, 7 }, { OTHERS_VOLUME, NULL, 8 },
	};
	static const uint32_t serials[3] = { 7, 2, 8 };
	const struct machine_known_disk *k;
	struct stage s;

	set_up(&s);
	add_device(&s, STICK);
	add_mbr(&s, add_device(&s, OTHER), 0x0badbad1, 0);
	add_mbr(&s, add_device(&s, UNIT("1")), 0x5ca1ab1e, 0);
	k = tell(&s, told, serials, 3);
	cr_expect_eq(k[0].disk, NONE);
	cr_expect_eq(k[0].certainty, CERTAINTY_AMBIGUOUS);
	cr_expect_eq(k[1].disk, NONE);
	cr_expect_eq(k[1].certainty, CERTAINTY_NOT_IN_EVIDENCE);
	cr_expect_str_eq(machine_serial_phrase(&s.m, 1),
			 ", of which a volume had the serial number of "
			 "volume2");
	cr_expect_eq(k[2].disk, 0);
	cr_expect_eq(k[2].certainty, CERTAINTY_CONFIRMED);
	tear_down(&s);
}
