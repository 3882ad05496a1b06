/*
 * The resolver against the definitions of the tiers and certainties, on facts
 * that are laid out by hand: two disks, and whatever names a case needs.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "machine/internal.h"

enum { SYSTEM, DATA, CLONE, EXTRA };	/* volumes of the stage */

/* What a case plays on: MBR disk 5ca1ab1e with volumes at 1 MiB and 64 MiB, GPT
 * disk with two partitions.  */
struct stage {
	struct machine m;
	struct machine_disk disks[3];
	struct partition entries[4];
	struct machine_partition partitions[4];
	struct machine_volume volumes[4];
	struct mountmgr_name facts[8];
	struct machine_name names[8];
	struct machine_remote_name remote[8];
};

static const struct guid gpt_data = { { 0xd0, 1, 2, 3 } };
static const struct guid gpt_extra = { { 0xe0, 1, 2, 3 } };

static void set_up(struct stage *s)
{
	*s = (struct stage){ 0 };
	s->disks[0].table = (struct disk){
		.scheme = SCHEME_MBR, .has_signature = true,
		.signature = 0x5ca1ab1e,
	};
	s->disks[0].n_partitions = 1;
	s->disks[1].table = (struct disk){
		.scheme = SCHEME_GPT, .has_signature = true,
	};
	s->disks[1].first_partition = 1;
	s->disks[1].n_partitions = 2;
	s->disks[2].first_partition = 3;
	s->disks[2].n_partitions = 1;
	s->entries[SYSTEM].offset = 1048576;
	s->entries[DATA].guid = gpt_data;
	s->entries[CLONE].guid = gpt_extra;
	s->entries[EXTRA].offset = 1048576;
	for (size_t i = 0; i < 4; i++) {
		s->partitions[i] = (struct machine_partition){
			i == 0 ? 0 : i < 3 ? 1 : 2, &s->entries[i], i,
		};
		s->volumes[i].partition = i;
	}
	s->m.arena = arena_new();
	s->m.model = (struct model){
		.disks = s->disks, .n_disks = 2,
		.partitions = s->partitions, .n_partitions = 3,
		.volumes = s->volumes, .n_volumes = 3,
		.names = s->names, .remote_names = s->remote,
		.findings = { .arena = s->m.arena },
	};
}

/* Put a second disk with the signature of the first on the stage.  */
static void clone_disk(struct stage *s)
{
	s->disks[2].table = s->disks[0].table;
	s->m.model.n_disks = 3;
	s->m.model.n_partitions = 4;
	s->m.model.n_volumes = 4;
}

static struct unique_id mbr_id(uint32_t signature, uint64_t offset)
{
	return (struct unique_id){ .kind = UNIQUE_ID_MBR,
				   .signature = signature, .offset = offset };
}

static struct unique_id dmio_id(struct guid g)
{
	return (struct unique_id){ .kind = UNIQUE_ID_DMIO, .guid = g };
}

static void add_registry(struct stage *s, size_t installation, struct guid g,
			 struct unique_id id)
{
	size_t i = s->m.model.n_names++;

	s->facts[i] = (struct mountmgr_name){ .kind = NAME_VOLUME, .guid = g,
					      .id = id };
	s->names[i] = (struct machine_name){ .installation = installation,
					     .name = &s->facts[i] };
}

static void add_remote(struct stage *s, size_t host, struct guid g,
		       struct unique_id id)
{
	static struct mountmgr_name facts[8];
	size_t i = s->m.model.n_remote_names++;

	facts[i] = (struct mountmgr_name){ .kind = NAME_VOLUME, .guid = g,
					   .id = id };
	s->remote[i] = (struct machine_remote_name){ .host_volume = host,
						     .name = &facts[i] };
}

static struct resolution resolve(struct stage *s, size_t installation,
				 size_t host, const struct guid *g)
{
	cr_assert_eq(machine_index_guids(&s->m, NULL), 0);
	return resolve_guid(&s->m, installation, host, g);
}

static void expect(struct resolution r, size_t volume, enum tier tier,
		   enum certainty certainty)
{
	cr_expect_eq(r.volume, volume, "volume %zu", r.volume);
	cr_expect_eq(r.tier, tier, "tier %d", r.tier);
	cr_expect_str_eq(certainty_name(r.certainty),
			 certainty_name(certainty));
}

static void expect_lead(const struct resolution *r, size_t i, enum tier tier,
			size_t volume)
{
	cr_assert_lt(i, r->n_leads, "%zu leads", r->n_leads);
	cr_expect_eq(r->leads[i].tier, tier, "tier %d", r->leads[i].tier);
	cr_expect_eq(r->leads[i].volume, volume, "volume %zu",
		     r->leads[i].volume);
}

static const struct guid v1 = { { 0x15, 0x17, 0x6b, 0x65, 0xf6, 0xec, 0xdf,
				  0x11, 0x92, 0xe6, 0x80, 0x6e, 0x6f, 0x6e,
				  0x69, 0x63 } };

Test(resolver, each_tier_alone_gives_single)
{
	struct stage s;
	struct guid stable = mbr_stable_guid(0x5ca1ab1e, 1048576);

	set_up(&s);
	expect(resolve(&s, 0, NONE, &gpt_data), DATA, TIER_GPT_GUID,
	       CERTAINTY_SINGLE);
	expect(resolve(&s, 0, NONE, &stable), SYSTEM, TIER_MBR_STABLE,
	       CERTAINTY_SINGLE);
	add_registry(&s, 0, v1, mbr_id(0x5ca1ab1e, 1048576));
	expect(resolve(&s, 0, NONE, &v1), SYSTEM, TIER_REGISTRY,
	       CERTAINTY_SINGLE);
	s.m.model.n_names = 0;
	add_remote(&s, DATA, v1, dmio_id(gpt_extra));
	expect(resolve(&s, 0, DATA, &v1), CLONE, TIER_REMOTE_DATABASE,
	       CERTAINTY_SINGLE);
	arena_free(s.m.arena);
}

Test(resolver, two_tiers_that_agree_confirm)
{
	struct stage s;
	struct resolution r;

	set_up(&s);
	add_registry(&s, 0, v1, dmio_id(gpt_data));
	add_remote(&s, SYSTEM, v1, dmio_id(gpt_data));
	r = resolve(&s, 0, SYSTEM, &v1);
	expect(r, DATA, TIER_REGISTRY, CERTAINTY_CONFIRMED);
	cr_expect_eq(r.tiers, 1u << TIER_REGISTRY | 1u << TIER_REMOTE_DATABASE);
	cr_expect_eq(r.n_leads, 0);
	arena_free(s.m.arena);
}

Test(resolver, two_tiers_that_differ_conflict_and_the_first_is_given)
{
	struct stage s;
	struct resolution r;

	set_up(&s);
	add_registry(&s, 0, v1, dmio_id(gpt_data));
	add_remote(&s, SYSTEM, v1, mbr_id(0x5ca1ab1e, 1048576));
	r = resolve(&s, 0, SYSTEM, &v1);
	expect(r, DATA, TIER_REGISTRY, CERTAINTY_CONFLICTING);
	/* Where the other one leads was nowhere to be seen.  */
	cr_expect_eq(r.n_leads, 2);
	expect_lead(&r, 0, TIER_REGISTRY, DATA);
	expect_lead(&r, 1, TIER_REMOTE_DATABASE, SYSTEM);
	arena_free(s.m.arena);
}

Test(resolver, two_values_of_one_name_conflict)
{
	struct stage s;
	struct resolution r;

	set_up(&s);
	add_registry(&s, 0, v1, dmio_id(gpt_data));
	add_registry(&s, 0, v1, dmio_id(gpt_extra));
	r = resolve(&s, 0, NONE, &v1);
	expect(r, DATA, TIER_REGISTRY, CERTAINTY_CONFLICTING);
	cr_expect_eq(r.n_leads, 2);
	expect_lead(&r, 0, TIER_REGISTRY, DATA);
	expect_lead(&r, 1, TIER_REGISTRY, CLONE);
	arena_free(s.m.arena);
}

/* A name of one installation says nothing in the namespace of another.  */
static void add_letter(struct stage *s, size_t installation, char *name,
		       uint64_t offset)
{
	size_t i = s->m.model.n_names++;

	s->facts[i] = (struct mountmgr_name){
		.kind = NAME_DRIVE_LETTER, .letter = 'C',
		.name = { .utf8 = name }, .id = mbr_id(0x5ca1ab1e, offset),
	};
	s->names[i] = (struct machine_name){ .installation = installation,
					     .name = &s->facts[i] };
}

/* Both were "single", and C:\ was the root of two volumes.  */
Test(resolver, a_letter_given_twice_conflicts_in_its_own_registry_only)
{
	struct stage s;

	set_up(&s);
	add_letter(&s, 0, "\\DosDevices\\C:", 1048576);
	add_letter(&s, 0, "\\DosDevices\\c:", 512);
	add_letter(&s, 1, "\\DosDevices\\C:", 1048576);
	cr_assert_eq(machine_resolve_names(&s.m, NULL), 0);
	expect(s.names[0].resolution, SYSTEM, TIER_REGISTRY,
	       CERTAINTY_CONFLICTING);
	expect(s.names[1].resolution, NONE, TIER_REGISTRY,
	       CERTAINTY_CONFLICTING);
	expect(s.names[2].resolution, SYSTEM, TIER_REGISTRY, CERTAINTY_SINGLE);
	cr_expect_eq(s.names[2].resolution.n_leads, 0);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(s.names[i].resolution.n_leads, 2);
		expect_lead(&s.names[i].resolution, i, TIER_REGISTRY, SYSTEM);
		expect_lead(&s.names[i].resolution, 1 - i, TIER_REGISTRY, NONE);
	}
	arena_free(s.m.arena);
}

Test(resolver, registries_are_never_merged)
{
	struct stage s;

	set_up(&s);
	add_registry(&s, 0, v1, dmio_id(gpt_data));
	expect(resolve(&s, 1, NONE, &v1), NONE, TIER_NONE,
	       CERTAINTY_NOT_IN_EVIDENCE);
	arena_free(s.m.arena);
}

Test(resolver, a_disk_without_a_partition_there_is_stale)
{
	struct stage s;
	struct guid stable = mbr_stable_guid(0x5ca1ab1e, 2097152);

	set_up(&s);
	expect(resolve(&s, 0, NONE, &stable), NONE, TIER_MBR_STABLE,
	       CERTAINTY_STALE);
	add_registry(&s, 0, v1, mbr_id(0x5ca1ab1e, 512));
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY,
	       CERTAINTY_STALE);
	arena_free(s.m.arena);
}

/* It was said to be the one disk that has that id.  */
Test(resolver, a_disk_without_a_signature_is_no_more_than_inferred)
{
	struct stage s;
	struct guid stable = mbr_stable_guid(0, 1048576);
	struct guid elsewhere = mbr_stable_guid(0, 2097152);

	set_up(&s);
	s.disks[0].table.signature = 0;
	expect(resolve(&s, 0, NONE, &stable), SYSTEM, TIER_MBR_STABLE,
	       CERTAINTY_INFERRED);
	expect(resolve(&s, 0, NONE, &elsewhere), NONE, TIER_MBR_STABLE,
	       CERTAINTY_NOT_IN_EVIDENCE);
	add_registry(&s, 0, v1, mbr_id(0, 1048576));
	expect(resolve(&s, 0, NONE, &v1), SYSTEM, TIER_REGISTRY,
	       CERTAINTY_INFERRED);
	add_remote(&s, DATA, gpt_data, mbr_id(0, 1048576));
	expect(resolve(&s, 0, DATA, &gpt_data), DATA, TIER_GPT_GUID,
	       CERTAINTY_CONFLICTING);
	clone_disk(&s);
	expect(resolve(&s, 0, NONE, &stable), NONE, TIER_MBR_STABLE,
	       CERTAINTY_AMBIGUOUS);
	arena_free(s.m.arena);
}

/* It was said that no disk has the id.  */
Test(resolver, a_partition_that_is_no_volume_is_said_to_be_there)
{
	struct stage s;
	struct resolution r;
	struct guid stable = mbr_stable_guid(0x5ca1ab1e, 1048576);

	set_up(&s);
	s.partitions[DATA].volume = s.partitions[SYSTEM].volume = NONE;
	r = resolve(&s, 0, NONE, &gpt_data);
	expect(r, NONE, TIER_GPT_GUID, CERTAINTY_STALE);
	cr_expect(r.no_volume);
	r = resolve(&s, 0, NONE, &stable);
	expect(r, NONE, TIER_MBR_STABLE, CERTAINTY_STALE);
	cr_expect(r.no_volume);
	stable = mbr_stable_guid(0x5ca1ab1e, 2097152);
	cr_expect_not(resolve(&s, 0, NONE, &stable).no_volume);
	/* It was converted: its name has been given to a dynamic volume.  */
	add_registry(&s, 0, gpt_data, dmio_id(gpt_extra));
	expect(resolve(&s, 0, NONE, &gpt_data), CLONE, TIER_REGISTRY,
	       CERTAINTY_SINGLE);
	arena_free(s.m.arena);
}

Test(resolver, a_missing_disk_is_not_in_evidence_and_its_tier_is_named)
{
	struct stage s;
	struct guid stable = mbr_stable_guid(0xdeadbeef, 1048576);

	set_up(&s);
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_NONE,
	       CERTAINTY_NOT_IN_EVIDENCE);
	expect(resolve(&s, 0, NONE, &stable), NONE, TIER_MBR_STABLE,
	       CERTAINTY_NOT_IN_EVIDENCE);
	add_registry(&s, 0, v1, mbr_id(0xdeadbeef, 1048576));
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE);
	arena_free(s.m.arena);
}

Test(resolver, cloned_disks_are_ambiguous_not_first_match)
{
	struct stage s;
	struct resolution r;
	struct guid stable = mbr_stable_guid(0x5ca1ab1e, 1048576);

	set_up(&s);
	clone_disk(&s);
	r = resolve(&s, 0, NONE, &stable);
	expect(r, NONE, TIER_MBR_STABLE, CERTAINTY_AMBIGUOUS);
	cr_expect_eq(r.n_leads, 2);
	expect_lead(&r, 0, TIER_MBR_STABLE, SYSTEM);
	expect_lead(&r, 1, TIER_MBR_STABLE, EXTRA);
	add_registry(&s, 0, v1, mbr_id(0x5ca1ab1e, 1048576));
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY,
	       CERTAINTY_AMBIGUOUS);
	arena_free(s.m.arena);
}

Test(resolver, a_gpt_disk_answers_to_the_signature_that_it_still_has)
{
	struct stage s;
	struct partition other = { .offset = 512 };

	set_up(&s);
	s.disks[1].table.signature = 0xb007ca3b;
	s.entries[DATA].offset = 210763776;
	add_registry(&s, 0, v1, mbr_id(0xb007ca3b, 210763776));
	expect(resolve(&s, 0, NONE, &v1), DATA, TIER_REGISTRY,
	       CERTAINTY_SINGLE);
	s.facts[0].id.offset = 512;
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY, CERTAINTY_STALE);
	cr_expect(!resolve(&s, 0, NONE, &v1).no_volume);
	/* What its hybrid MBR alone has is here, though no volume.  */
	s.disks[1].table.others = &other;
	s.disks[1].table.n_others = 1;
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY, CERTAINTY_STALE);
	cr_expect(resolve(&s, 0, NONE, &v1).no_volume);
	/* Where it is one, Windows may not have seen it.  */
	s.volumes[CLONE] = (struct machine_volume){
		.kind = VOLUME_HYBRID, .partition = NONE, .hybrid = &other,
	};
	expect(resolve(&s, 0, NONE, &v1), CLONE, TIER_REGISTRY,
	       CERTAINTY_INFERRED);
	s.disks[1].table.n_others = 0;
	/* 0 is what a protective MBR has: it is no name.  */
	s.disks[1].table.signature = 0;
	s.facts[0].id = mbr_id(0, 210763776);
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE);
	arena_free(s.m.arena);
}

/* Windows calls GPT volumes by their GUIDs: a copy of an MBR disk that was
 * converted keeps the signature, but does not make the disk's names ambiguous.
 * A hybrid MBR does.  */
Test(resolver, a_converted_copy_is_not_taken_for_the_mbr_disk)
{
	struct stage s;
	struct partition other = { .offset = 1048576 };

	set_up(&s);
	s.disks[1].table.signature = 0x5ca1ab1e;
	s.entries[DATA].offset = 1048576;
	add_registry(&s, 0, v1, mbr_id(0x5ca1ab1e, 1048576));
	expect(resolve(&s, 0, NONE, &v1), SYSTEM, TIER_REGISTRY,
	       CERTAINTY_SINGLE);
	s.disks[1].table.others = &other;
	s.disks[1].table.n_others = 1;
	expect(resolve(&s, 0, NONE, &v1), NONE, TIER_REGISTRY,
	       CERTAINTY_AMBIGUOUS);
	arena_free(s.m.arena);
}

/* Each value costs time and citations again for each mount point: a hundred
 * thousand values of one name took 760 MB.  */
Test(resolver, a_name_with_many_values_is_contradicted_after_a_few)
{
	struct stage s;
	size_t cites;

	set_up(&s);
	for (int i = 0; i < 3; i++)
		add_registry(&s, 0, v1, dmio_id(gpt_data));
	expect(resolve(&s, 0, NONE, &v1), DATA, TIER_REGISTRY,
	       CERTAINTY_SINGLE);
	for (int i = 0; i < 5; i++)
		add_registry(&s, 0, v1, dmio_id(gpt_data));
	cites = resolve(&s, 0, NONE, &v1).cites.n;
	expect(resolve(&s, 0, NONE, &v1), DATA, TIER_REGISTRY,
	       CERTAINTY_CONFLICTING);
	cr_expect_leq(cites, 4, "%zu", cites);
	arena_free(s.m.arena);
}

Test(resolver, a_device_path_names_no_supplied_disk)
{
	struct stage s;
	struct unique_id cdrom = { .kind = UNIQUE_ID_DEVICE };

	set_up(&s);
	expect(resolve_id(&s.m, &cdrom, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_NOT_IN_EVIDENCE);
	arena_free(s.m.arena);
}

/* The host's own database is asked first, but that of another volume is heard:
 * where it says otherwise, that is a conflict.  */
Test(resolver, the_hosts_own_remote_database_goes_first)
{
	struct stage s;

	set_up(&s);
	add_remote(&s, SYSTEM, v1, dmio_id(gpt_data));
	add_remote(&s, CLONE, v1, dmio_id(gpt_extra));
	expect(resolve(&s, 0, SYSTEM, &v1), DATA, TIER_REMOTE_DATABASE,
	       CERTAINTY_CONFLICTING);
	expect(resolve(&s, 0, CLONE, &v1), CLONE, TIER_REMOTE_DATABASE,
	       CERTAINTY_CONFLICTING);
	s.m.model.n_remote_names = 1;
	expect(resolve(&s, 0, CLONE, &v1), DATA, TIER_REMOTE_DATABASE,
	       CERTAINTY_SINGLE);
	arena_free(s.m.arena);
}

/* A dynamic volume's GUID, in the two orders in which it may be stored: its
 * printed form is 06495aab-fbfd-11e1-8cf9-52540061f5db.  */
static const struct dynamic_volume mirrored = {
	.guid = { { 0xab, 0x5a, 0x49, 0x06, 0xfd, 0xfb, 0xe1, 0x11,
		    0x8c, 0xf9, 0x52, 0x54, 0x00, 0x61, 0xf5, 0xdb } },
	.name = { .utf8 = "Volume3" }, .hint = 'G',
};
static const struct guid mirrored_printed = { {
	0x06, 0x49, 0x5a, 0xab, 0xfb, 0xfd, 0x11, 0xe1,
	0x8c, 0xf9, 0x52, 0x54, 0x00, 0x61, 0xf5, 0xdb,
} };

static void make_dynamic(struct stage *s, size_t volume)
{
	s->volumes[volume].kind = VOLUME_LDM;
	s->volumes[volume].partition = NONE;
	s->volumes[volume].dynamic = &mirrored;
	/* Its partition on the disk is no volume.  */
	s->partitions[volume].volume = NONE;
}

Test(resolver, a_dynamic_volume_answers_to_its_guid_in_both_orders)
{
	const struct guid orders[] = { mirrored.guid, mirrored_printed };
	struct stage s;

	for (size_t i = 0; i < 2; i++) {
		struct unique_id id = dmio_id(orders[i]);
		struct resolution r;

		set_up(&s);
		make_dynamic(&s, CLONE);
		r = resolve_id(&s.m, &id, TIER_REGISTRY);
		expect(r, CLONE, TIER_REGISTRY, CERTAINTY_SINGLE);
		cr_expect_eq(r.printed_order, i == 1);
		r = resolve(&s, 0, NONE, &orders[i]);
		expect(r, CLONE, TIER_LDM_GUID, CERTAINTY_SINGLE);
		arena_free(s.m.arena);
	}
}

/* The database of the dynamic disks has the letter, too.  */
Test(resolver, the_letter_of_a_dynamic_volume_is_confirmed_by_its_database)
{
	static const struct {
		char *name;
		char letter;
		enum certainty certainty;
	} rows[] = {
		{ "\\DosDevices\\G:", 'G', CERTAINTY_CONFIRMED },
		{ "\\DosDevices\\H:", 'H', CERTAINTY_SINGLE },
	};

	for (size_t i = 0; i < 2; i++) {
		struct stage s;

		set_up(&s);
		make_dynamic(&s, CLONE);
		add_letter(&s, 0, rows[i].name, 0);
		s.facts[0].letter = rows[i].letter;
		s.facts[0].id = dmio_id(mirrored.guid);
		cr_assert_eq(machine_index_guids(&s.m, NULL), 0);
		cr_assert_eq(machine_resolve_names(&s.m, NULL), 0);
		expect(s.names[0].resolution, CLONE, TIER_REGISTRY,
		       rows[i].certainty);
		arena_free(s.m.arena);
	}
}

/* A GPT partition and a dynamic volume with one GUID: nothing says which.  */
Test(resolver, a_guid_of_a_partition_and_of_a_dynamic_volume_is_ambiguous)
{
	struct unique_id id = dmio_id(mirrored.guid);
	struct stage s;

	set_up(&s);
	make_dynamic(&s, CLONE);
	s.entries[DATA].guid = mirrored.guid;
	expect(resolve_id(&s.m, &id, TIER_REGISTRY), NONE, TIER_REGISTRY,
	       CERTAINTY_AMBIGUOUS);
	arena_free(s.m.arena);
}
