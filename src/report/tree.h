/*
 * tree.h - lines of text for people: colour, columns, wrapping
 *
 * Whatever comes from evidence goes through tree_text(), which makes harmless
 * what a terminal would obey.
 */
#ifndef REPORT_TREE_H
#define REPORT_TREE_H

#include "report/columns.h"
#include "report/escape.h"
#include "report/report.h"

enum style { STYLE_HEAD, STYLE_DIM, STYLE_GOOD, STYLE_WARNING, STYLE_BAD };

struct tree {
	const struct model *model;
	struct out *out;
	bool colour, verbose;
	unsigned width;
	unsigned column;	/* where the next character goes */
	unsigned hang;		/* where texts go on when a line is full; 0:
				 * lines are not broken */
	size_t blanks;		/* with which the last text ended */
	/* The mounted folders, in the namespace of each installation: by host
	 * volume, those present first, by record, then by answer.  */
	const struct machine_mount **folders;
	size_t n_folders;
};

/* Text of ours; any text.  Both keep count of the columns.  */
void tree_put(struct tree *t, const char *s);
void tree_text(struct tree *t, const char *s);
void tree_printf(struct tree *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void tree_end_line(struct tree *t);

/* Blanks up to @column, one at least.  */
void tree_pad(struct tree *t, unsigned column);

void tree_style(struct tree *t, enum style s);
void tree_plain(struct tree *t);

/* Break what is written from here on between words, and go on at @indent; 0:
 * no more.  */
void tree_hang(struct tree *t, unsigned indent);

/* @s from here on, its lines broken between words and begun at @indent; ends
 * the line.  */
void tree_wrap(struct tree *t, unsigned indent, const char *s);

/* "2024-01-02 03:04:05", a second being what a person compares.  */
void tree_time(struct tree *t, uint64_t filetime);

/* "1.5 GiB", to 1024 PiB and beyond.  */
#define SIZE_TEXT_BYTES 24
const char *size_text(uint64_t bytes, char buf[SIZE_TEXT_BYTES]);

/* Where each cite lies, a line each, if verbose.  */
void tree_cites(struct tree *t, unsigned indent, const struct cites *own,
		const struct cites *more);

/* "disk 0, partition 3", "a dynamic volume on disks 0, 1".  */
void tree_place(struct tree *t, size_t volume);

/* 'NTFS "Data" 61F2-A88F'.  */
void tree_identity(struct tree *t, const struct machine_volume *v);

/* "it was on known3, ..." where a registry knows which disk is missing: lines
 * of their own.  */
void tree_missing_disk(struct tree *t, unsigned indent,
		       const struct resolution *r);

/* How a name was led to its volume, or why to none, in words.  */
void tree_how(struct tree *t, const struct resolution *r);

/* The folder behind @i and those beside it that are the same, with the same
 * answer in the namespaces of others.  */
size_t tree_next_folder(const struct tree *t, size_t i);

/* In whose namespaces the folder @i has this answer, if others have another. */
void tree_whose(struct tree *t, size_t i);

/* A line for each lead of an answer that is in doubt.  */
void tree_leads(struct tree *t, unsigned indent, const struct resolution *r);

/* The unique id of @n in words: "MBR signature df4546ae, offset 1048576".  */
void tree_unique_id(struct tree *t, const struct mountmgr_name *n);

/* "known3, SanDisk Cruzer USB Device, serial number 2006".  */
void tree_known_disk(struct tree *t, size_t known);

/* The parts of the report.  */
void tree_installations(struct tree *t);
void tree_disks(struct tree *t);
void tree_shadows(struct tree *t);
void tree_known_disks(struct tree *t);

/* The names of @installation (NONE: none) that older hives have otherwise; or
 * nothing.  */
void tree_history(struct tree *t, size_t installation);
/* The users of an installation, below its map.  */
void tree_users(struct tree *t, size_t installation);
/* The disks that came, by the log of @installation.  */
void tree_disk_events(struct tree *t, size_t installation);

#endif /* REPORT_TREE_H */
