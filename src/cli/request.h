/*
 * request.h - what the commands share that analyse a machine: options, and the
 * way from these to an answer
 */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <coldmount/coldmount.h>

#include "cli/options.h"

struct output;

enum {
	OPT_JSON = 256, OPT_JSONL, OPT_FORCE, OPT_DISK, OPT_PARENT, OPT_SCAN,
	OPT_HIVE, OPT_REG, OPT_SECTOR_SIZE, OPT_RECOVER, OPT_SHADOWS,
	OPT_PARTIAL_OK, OPT_STATS, OPT_COLOR, OPT_VERSION,
	OPT_KEY_FILE, OPT_INSTALLATION, OPT_EXIT_STATUS, OPT_BINARY,
};

/* Rows of a command's table: where the answer goes, what is analysed and how,
 * and what is told of it.  */
#define OUTPUT_ROWS \
	{ 'o', "output", "FILE", \
	  "write to FILE, which appears only when it is complete" }, \
	{ OPT_FORCE, "force", NULL, "let --output overwrite a file" }
#define EVIDENCE_ROWS \
	{ OPT_DISK, "disk", "N=IMAGE", \
	  "IMAGE is PhysicalDriveN; may be repeated" }, \
	{ OPT_HIVE, "hive", "FILE", \
	  "a SYSTEM, SOFTWARE, SAM or NTUSER.DAT hive that is in no image, " \
	  "with its logs beside it; may be repeated, each SYSTEM before " \
	  "the hives that belong to it" }, \
	{ OPT_REG, "reg", "FILE", \
	  "exported registry text in place of hives; may be repeated" }, \
	{ OPT_PARENT, "parent", "FILE", \
	  "a file that may be the parent of a differencing image; may be " \
	  "repeated" }, \
	{ OPT_KEY_FILE, "key-file", "FILE", \
	  "keys of BitLocker volumes: a .BEK file, or a text file with " \
	  "\"recovery-password: ...\", \"password: ...\" or " \
	  "\"startup-key: FILE\" on each line; may be repeated" }, \
	{ OPT_SCAN, "scan", "HOW", \
	  "where to look for mount points: index, auto (default) or full, " \
	  "which also finds deleted ones" }, \
	{ OPT_SECTOR_SIZE, "sector-size", "BYTES", \
	  "sector size of raw images, 512 or 4096; by default it is " \
	  "detected" }, \
	{ OPT_RECOVER, "recover", NULL, \
	  "search space outside partitions for lost volumes; of a disk " \
	  "without a partition table this reads everything" }, \
	{ OPT_SHADOWS, "shadows", NULL, \
	  "read shadow copies, and show what was mounted when they were " \
	  "made" }
#define OUTCOME_ROWS \
	{ OPT_PARTIAL_OK, "partial-ok", NULL, \
	  "exit with status 0, not 4, if the report is partial" }, \
	{ OPT_STATS, "stats", NULL, \
	  "print on standard error how much was read" }, \
	{ 'q', "quiet", NULL, \
	  "print neither findings nor notices on standard error" }

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct image_arg {
	const char *path;
	int number;		/* -1: the next one free */
};

struct hive_arg {
	const char *path;
	bool is_text;
};

struct request {
	const char *format;
	const char *output;
	bool force, partial_ok, stats, quiet, verbose, version, help;
	enum when color;
	struct cm_options options;
	struct image_arg *images;
	size_t n_images;
	struct hive_arg *hives;
	size_t n_hives;
	const char **parents;
	size_t n_parents;
	const char **key_files;
	size_t n_key_files;
	const char *query;	/* what is asked for; NULL: nothing */
	int installation;	/* -1: not said */
	bool exit_status;	/* that no object answers is STATUS_NO */
};

/* A command that analyses a machine.  */
struct analysis {
	const struct option_row *rows;
	size_t n_rows;
	bool takes_query;	/* its first operand */
	bool one_installation;	/* answers: the first, unless one is chosen */
	/* What is answered, or refused, without an analysis: a status; -1:
	 * nothing.  */
	int (*at_once)(const struct request *r);
	/* Whether the answer has the findings in it; NULL: it never has.  */
	bool (*tells_findings)(const struct request *r);
	/* Write the answer, and end @out.  */
	int (*write)(const struct request *r, const struct cm_machine *m,
		     struct output *out);
};

/* Do what @argv asks for, and return a status.  */
int request_run(const struct analysis *a, int argc, char **argv);

/* Complain about @e, and return the status for it.  */
int failure_status(const struct cm_error *e);

#endif /* CLI_REQUEST_H */
