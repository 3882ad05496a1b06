/*
 * Which numbers disks get, by events that are laid out by hand.
 */
#include <criterion/criterion.h>

#include <stdio.h>

#include "machine/internal.h"

#define SIZE 1000

/* An arrival; capacity 0 stands for SIZE, so that rows are short.  */
struct came {
	unsigned record;	/* 0: no event */
	size_t disk;
	unsigned number;
	unsigned time;
	size_t installation;
	uint64_t capacity;
	bool went, remnant;
	unsigned log;		/* 0: the one in use */
};

#define G NUMBER_GIVEN

#define CAME(r, d, n, ...) \
	{ .record = r, .disk = d, .number = n, .time = __VA_ARGS__ }
/* The same, by the log of the other installation.  */
#define OTHER(r, d, n, t) CAME(r, d, n, t, .installation = 1)

static const struct row {
	const char *what;
	enum number_basis basis[4];
	unsigned number[4];
	struct came came[5];
	const char *want;	/* number and basis of each disk */
	unsigned given, taken, disagree;	/* findings */
} rows[] = {
	{ "no event", { 0 }, { 0, 1, 2, 3 }, { { 0 } }, "0a 1a 2a 3a",
	  0, 0, 0 },
	{ "one disk is known, the others make room", { 0 }, { 0, 1, 2, 3 },
	  { CAME(1, 0, 2, 10) }, "2r 1a 0a 3a", 0, 0, 0 },
	{ "the last record counts, not the latest time", { 0 }, { 0, 1, 2, 3 },
	  { CAME(5, 0, 7, 10), CAME(4, 0, 6, 99) }, "7r 1a 2a 3a", 0, 0, 0 },
	{ "what went has no number", { 0 }, { 0, 1, 2, 3 },
	  { CAME(5, 0, 7, 10), CAME(6, 0, 6, 11, .went = true) }, "7r 1a 2a 3a",
	  0, 0, 0 },
	{ "a remnant counts only where there is nothing else", { 0 },
	  { 0, 1, 2, 3 },
	  { CAME(5, 0, 7, 10), CAME(9, 0, 6, 10, .remnant = true),
	    CAME(8, 1, 4, 10, .remnant = true) }, "7r 4r 2a 3a", 0, 0, 0 },
	{ "an archived log is older, whatever its numbers", { 0 },
	  { 0, 1, 2, 3 },
	  { CAME(1, 0, 7, 10), CAME(5, 0, 6, 9, .log = 1),
	    CAME(6, 1, 7, 9, .log = 1), CAME(7, 2, 3, 9, .log = 1) },
	  "7r 1a 3r 0a", 0, 1, 0 },
	{ "an event of the disk's own size is better", { 0 }, { 0, 1, 2, 3 },
	  { CAME(5, 0, 7, 10), CAME(9, 0, 6, 10, .capacity = SIZE / 2) },
	  "7r 1a 2a 3a", 0, 0, 0 },
	{ "what was given is kept", { G }, { 0, 1, 2, 3 },
	  { CAME(5, 0, 7, 10) }, "0g 1a 2a 3a", 1, 0, 0 },
	{ "and said by the log, too", { G }, { 7, 0, 1, 2 },
	  { CAME(5, 0, 7, 10) }, "7g 0a 1a 2a", 0, 0, 0 },
	{ "a number that was given to another is not taken", { 0, G },
	  { 0, 7, 1, 2 }, { CAME(5, 0, 7, 10) }, "0a 7g 1a 2a", 0, 1, 0 },
	{ "of two the later one has it", { 0 }, { 0, 1, 2, 3 },
	  { CAME(5, 0, 1, 10), CAME(6, 2, 1, 9) }, "0a 2a 1r 3a", 0, 1, 0 },
	{ "and it can be the number that the other had", { 0 }, { 0, 1, 2, 3 },
	  { CAME(5, 0, 1, 10), CAME(6, 1, 0, 10) }, "1r 0r 2a 3a", 0, 0, 0 },
	{ "the installation that ran last counts", { 0 }, { 0, 1, 2, 3 },
	  { CAME(90, 0, 4, 10), OTHER(5, 0, 3, 11) }, "3r 1a 2a 0a",
	  0, 0, 1 },
	{ "by any of the supplied disks", { 0 }, { 0, 1, 2, 3 },
	  { CAME(1, 0, 4, 5), CAME(2, 1, 5, 20), OTHER(7, 0, 3, 11) },
	  "4r 5r 2a 3a", 0, 0, 1 },
	{ "the others fill in", { 0 }, { 0, 1, 2, 3 },
	  { CAME(1, 0, 4, 50), OTHER(2, 1, 6, 20) }, "4r 6r 2a 3a", 0, 0, 0 },
	{ "where they can", { 0 }, { 0, 1, 2, 3 },
	  { CAME(1, 0, 4, 50), OTHER(2, 1, 4, 20) }, "4r 1a 2a 3a", 0, 1, 0 },
	{ "all agree", { 0 }, { 0, 1, 2, 3 },
	  { CAME(1, 0, 4, 50), OTHER(2, 0, 4, 20) }, "4r 1a 2a 3a", 0, 0, 0 },
	{ "an event of no supplied disk says nothing", { 0 }, { 0, 1, 2, 3 },
	  { CAME(1, NONE, 1, 50) }, "0a 1a 2a 3a", 0, 0, 0 },
};

struct stage {
	struct machine m;
	struct machine_disk disks[4];
	struct partition_event told[5];
	struct machine_disk_event events[5];
	struct machine_installation installations[2];
};

static void set_up(struct stage *s, const struct row *row)
{
	*s = (struct stage){ 0 };
	s->m.arena = arena_new();
	s->m.model = (struct model){
		.disks = s->disks, .n_disks = 4, .n_installations = 2,
		.installations = s->installations,
		.disk_events = s->events,
		.findings = { .arena = s->m.arena },
	};
	for (size_t i = 0; i < 4; i++)
		s->disks[i] = (struct machine_disk){
			.number = row->number[i], .basis = row->basis[i],
			.table.size = SIZE,
		};
	for (size_t i = 0; i < 5 && row->came[i].record != 0; i++) {
		const struct came *c = &row->came[i];

		s->told[i] = (struct partition_event){
			.record = c->record, .time = c->time,
			.has_number = true, .number = c->number,
			.has_capacity = true, .remnant = c->remnant,
			.log = c->log,
			.capacity = c->went ? 0 :
				    c->capacity != 0 ? c->capacity : SIZE,
		};
		s->events[i] = (struct machine_disk_event){
			.installation = c->installation, .event = &s->told[i],
			.disk = c->disk,
		};
		s->m.model.n_disk_events++;
	}
}

static void put_numbers(const struct stage *s, char *buf, size_t n)
{
	static const char basis[] = "agr";

	for (size_t i = 0, at = 0; i < 4; i++)
		at += (size_t)snprintf(buf + at, n - at, "%s%u%c",
				       i == 0 ? "" : " ", s->disks[i].number,
				       basis[s->disks[i].basis]);
}

Test(disk_numbers, follow_the_logs)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct diag_list *d;
		struct stage s;
		char got[64];

		set_up(&s, &rows[i]);
		d = &s.m.model.findings;
		cr_assert_eq(machine_number_disks(&s.m, NULL), 0);
		put_numbers(&s, got, sizeof(got));
		cr_expect_str_eq(got, rows[i].want, "%s: %s", rows[i].what,
				 got);
		cr_expect_eq(diag_count(d, &FINDING_NUMBER_GIVEN),
			     rows[i].given, "%s", rows[i].what);
		cr_expect_eq(diag_count(d, &FINDING_NUMBER_TAKEN),
			     rows[i].taken, "%s", rows[i].what);
		cr_expect_eq(diag_count(d, &FINDING_NUMBERS_DISAGREE),
			     rows[i].disagree, "%s", rows[i].what);
		arena_free(s.m.arena);
	}
}

/* Disk 0 is known to a log, and disks 0 and 1 to an exported registry.  */
Test(disk_numbers, of_an_exported_registry_fill_in)
{
	struct row row = {
		.number = { 0, 1, 2, 3 }, .came = { CAME(5, 0, 2, 10) },
	};
	struct machine_known_disk known[] = {
		{ .has_number = true, .number = 1, .disk = 0 },
		{ .has_number = true, .number = 0, .disk = 1 },
		{ .has_number = true, .number = 7, .disk = NONE },
		{ .has_number = true, .number = 2, .disk = 3 },
		{ .disk = 2 },
	};
	struct stage s;
	char got[64];

	set_up(&s, &row);
	s.m.model.known_disks = known;
	s.m.model.n_known_disks = 5;
	cr_assert_eq(machine_number_disks(&s.m, NULL), 0);
	put_numbers(&s, got, sizeof(got));
	cr_expect_str_eq(got, "2r 0r 1a 3a", "%s", got);
	cr_expect_eq(diag_count(&s.m.model.findings,
				&FINDING_NUMBERS_DISAGREE), 1);
	cr_expect_eq(diag_count(&s.m.model.findings, &FINDING_NUMBER_TAKEN),
		     1);
	arena_free(s.m.arena);
}
