/*
 * cmd_report.c - analyse the disks of one machine, and write a report
 */
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/output.h"

enum {
	OPT_JSON = 256, OPT_JSONL, OPT_FORCE, OPT_DISK, OPT_PARENT, OPT_SCAN,
	OPT_HIVE, OPT_REG, OPT_SECTOR_SIZE, OPT_RECOVER, OPT_SHADOWS,
	OPT_PARTIAL_OK, OPT_STATS, OPT_COLOR, OPT_VERSION,
	OPT_KEY_FILE,
};

static const struct option_row option_rows[] = {
	{ 'f', "format", "FORMAT",
	  "tree (default), json, jsonl or timeline; list tells them all" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_JSONL, "jsonl", NULL, "the same as --format jsonl" },
	{ 'o', "output", "FILE",
	  "write to FILE, which appears only when it is whole" },
	{ OPT_FORCE, "force", NULL, "let --output overwrite a file" },
	{ OPT_DISK, "disk", "N=IMAGE",
	  "IMAGE is PhysicalDriveN; may be repeated" },
	{ OPT_HIVE, "hive", "FILE",
	  "a SYSTEM, SOFTWARE or NTUSER.DAT hive that is in no image, with the "
	  "logs beside it; may be repeated, each SYSTEM before what belongs "
	  "to it" },
	{ OPT_REG, "reg", "FILE",
	  "exported registry text in place of hives; may be repeated" },
	{ OPT_PARENT, "parent", "FILE",
	  "a file that may be the parent of a differencing image; may be "
	  "repeated" },
	{ OPT_KEY_FILE, "key-file", "FILE",
	  "keys of volumes that BitLocker encrypts: a .BEK file, or a text "
	  "with \"recovery-password: ...\", \"password: ...\" or "
	  "\"startup-key: FILE\" a line; may be repeated" },
	{ OPT_SCAN, "scan", "HOW",
	  "where mount points are looked for: index, auto (default) or full, "
	  "which finds deleted ones too" },
	{ OPT_SECTOR_SIZE, "sector-size", "BYTES",
	  "of raw images, 512 or 4096; otherwise it is probed" },
	{ OPT_RECOVER, "recover", NULL,
	  "search what no partition covers for lost volumes; that reads all of "
	  "a disk without a table" },
	{ OPT_SHADOWS, "shadows", NULL,
	  "read shadow copies: what was mounted when they were made" },
	{ OPT_PARTIAL_OK, "partial-ok", NULL,
	  "exit with status 0, not 4, where the report is partial" },
	{ OPT_STATS, "stats", NULL, "tell on standard error what was read" },
	{ 'q', "quiet", NULL, "tell no findings on standard error" },
	{ 'v', "verbose", NULL, "the tree tells where each fact lies" },
	{ OPT_COLOR, "color", "WHEN",
	  "colour the tree: auto (default), always or never" },
	{ OPT_VERSION, "version", NULL,
	  "tell versions, with --json as JSON" },
	{ 'h', "help", NULL, "show this" },
};
#define N_OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

/* PhysicalDrive numbers above this are a slip of the finger.  */
#define MAX_DISK_NUMBER 9999

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
};

static int parse_word(const char *option, const char *word,
		      const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	usage_error("--%s: there is no '%s'", option, word);
	return -1;
}

static int parse_scan(struct request *r, const char *arg)
{
	static const char *const words[] = {
		[CM_SCAN_AUTO] = "auto", [CM_SCAN_INDEX] = "index",
		[CM_SCAN_FULL] = "full",
	};
	int i = parse_word("scan", arg, words, 3);

	if (i < 0)
		return STATUS_USAGE;
	r->options.scan = (enum cm_scan)i;
	return 0;
}

static int parse_color(struct request *r, const char *arg)
{
	static const char *const words[] = {
		[WHEN_AUTO] = "auto", [WHEN_ALWAYS] = "always",
		[WHEN_NEVER] = "never",
	};
	int i = parse_word("color", arg, words, 3);

	if (i < 0)
		return STATUS_USAGE;
	r->color = (enum when)i;
	return 0;
}

static int parse_sector_size(struct request *r, const char *arg)
{
	static const char *const words[] = { "512", "4096" };
	int i = parse_word("sector-size", arg, words, 2);

	if (i < 0)
		return STATUS_USAGE;
	r->options.sector_size = i == 0 ? 512 : 4096;
	return 0;
}

/* "0=disk.E01".  */
static int parse_disk(struct request *r, const char *arg)
{
	const char *equals = strchr(arg, '=');
	char *end;
	unsigned long number;

	if (equals == NULL || equals[1] == '\0' || *arg < '0' || *arg > '9')
		return usage_error("--disk: '%s' is not N=IMAGE", arg);
	errno = 0;
	number = strtoul(arg, &end, 10);
	if (end != equals)
		return usage_error("--disk: '%s' does not begin with a disk "
				   "number", arg);
	if (errno != 0 || number > MAX_DISK_NUMBER)
		return usage_error("--disk: '%s': disk numbers end at %d", arg,
				   MAX_DISK_NUMBER);
	for (size_t i = 0; i < r->n_images; i++)
		if (r->images[i].number == (int)number)
			return usage_error("--disk: disk %lu is given twice: "
					   "%s, %s", number,
					   r->images[i].path, equals + 1);
	r->images[r->n_images++] =
		(struct image_arg){ equals + 1, (int)number };
	return 0;
}

/* A script's variable that is empty is no file of that name.  */
static int no_name(const char *option)
{
	return usage_error("%s: the name of a file is empty", option);
}

static int take_option(struct request *r, int id, const char *arg)
{
	switch (id) {
	case 'f':
		r->format = arg;
		break;
	case OPT_JSON:
		r->format = "json";
		break;
	case OPT_JSONL:
		r->format = "jsonl";
		break;
	case 'o':
		if (*arg == '\0')
			return no_name("--output");
		r->output = arg;
		break;
	case OPT_FORCE:
		r->force = true;
		break;
	case OPT_DISK:
		return parse_disk(r, arg);
	case OPT_HIVE:
	case OPT_REG:
		if (*arg == '\0')
			return no_name(id == OPT_REG ? "--reg" : "--hive");
		r->hives[r->n_hives++] =
			(struct hive_arg){ arg, id == OPT_REG };
		break;
	case OPT_PARENT:
		if (*arg == '\0')
			return no_name("--parent");
		r->parents[r->n_parents++] = arg;
		break;
	case OPT_KEY_FILE:
		if (*arg == '\0')
			return no_name("--key-file");
		r->key_files[r->n_key_files++] = arg;
		break;
	case OPT_SCAN:
		return parse_scan(r, arg);
	case OPT_SECTOR_SIZE:
		return parse_sector_size(r, arg);
	case OPT_RECOVER:
		r->options.recover = true;
		break;
	case OPT_SHADOWS:
		r->options.shadows = true;
		break;
	case OPT_PARTIAL_OK:
		r->partial_ok = true;
		break;
	case OPT_STATS:
		r->stats = true;
		break;
	case 'q':
		r->quiet = true;
		break;
	case 'v':
		r->verbose = true;
		break;
	case OPT_COLOR:
		return parse_color(r, arg);
	case OPT_VERSION:
		r->version = true;
		break;
	case 'h':
		r->help = true;
		break;
	default:
		return STATUS_USAGE;
	}
	return 0;
}

static int parse(struct request *r, int argc, char **argv)
{
	int id;

	while ((id = options_next(option_rows, N_OPTION_ROWS, argc, argv)) !=
	       OPTIONS_END) {
		int status = take_option(r, id, optarg);

		if (status != 0)
			return status;
	}
	for (int i = optind; i < argc; i++) {
		if (*argv[i] == '\0')
			return no_name("IMAGE");
		r->images[r->n_images++] = (struct image_arg){ argv[i], -1 };
	}
	r->options.parents = r->parents;
	r->options.n_parents = r->n_parents;
	return 0;
}

static bool is_format(const char *name)
{
	const char *known, *purpose;

	for (size_t i = 0; cm_report_format(i, &known, &purpose); i++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

void report_help(void)
{
	fputs("\nOptions:\n", stdout);
	options_help(option_rows, N_OPTION_ROWS, stdout);
	fputs("\nExit status: 0 complete; 2 wrong usage; 3 an image or a hive "
	      "could not be\nread; 4 the report is partial; 5 it could not be "
	      "written; 6 out of memory.\n", stdout);
}

/* The options that are answered without an analysis; -1: none of them.  */
static int answer_at_once(const struct request *r)
{
	bool json = r->format != NULL && strcmp(r->format, "json") == 0;

	if (r->help) {
		print_usage(stdout);
		report_help();
		return end_stdout();
	}
	if (r->version)
		return print_version(json);
	if (r->format != NULL && strcmp(r->format, "list") == 0)
		return print_formats();
	if (r->format != NULL && !is_format(r->format))
		return usage_error("--format: there is no '%s'; --format list "
				   "tells which there are", r->format);
	if (r->n_images + r->n_hives == 0)
		return usage_error("no image and no hive is named");
	return -1;
}

static bool use_color(const struct request *r)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (r->color != WHEN_AUTO)
		return r->color == WHEN_ALWAYS;
	if (no_color != NULL && *no_color != '\0')
		return false;
	if (term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return r->output == NULL && isatty(STDOUT_FILENO);
}

static unsigned terminal_width(const struct request *r)
{
	struct winsize w;

	if (r->output != NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0)
		return 0;
	return w.ws_col;
}

/* A terminal that shows the tree has the findings in it.  */
static bool findings_are_seen(const struct request *r)
{
	return r->output == NULL && isatty(STDOUT_FILENO) &&
	       (r->format == NULL || strcmp(r->format, "tree") == 0);
}

static void tell_findings(const struct cm_machine *m)
{
	enum cm_severity severity;
	char line[1024];

	for (size_t i = 0; cm_finding(m, i, &severity, line, sizeof(line)); i++)
		if (severity == CM_ERROR)
			complain("%s", line);
}

static void tell_stats(struct cm_outcome o)
{
	fprintf(stderr,
		"coldmount: stats: images=%zu disks=%zu partitions=%zu "
		"volumes=%zu installations=%zu names=%zu mount_points=%zu "
		"findings=%zu bytes_read=%" PRIu64 " read_calls=%" PRIu64 "\n",
		o.images, o.disks, o.partitions, o.volumes, o.installations,
		o.names, o.mount_points, o.findings, o.bytes_read,
		o.read_calls);
}

static int failure_status(const struct cm_error *e)
{
	complain("%s", e->text);
	switch (e->code) {
	case CM_ERROR_MEMORY:
		return STATUS_LIMIT;
	case CM_ERROR_ARGUMENT:
		return STATUS_USAGE;
	}
	return STATUS_INTERNAL;
}

static int outcome_status(const struct request *r, struct cm_outcome o)
{
	if (o.unreadable)
		return STATUS_UNREADABLE;
	return o.complete || r->partial_ok ? STATUS_COMPLETE : STATUS_PARTIAL;
}

static int write_report(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_report_options o = {
		use_color(r), r->verbose, terminal_width(r)
	};
	const char *format = r->format != NULL ? r->format : "tree";
	struct cm_error e;
	int written = cm_report_write(m, format, &o, output_write, out, &e);

	/* What failed to be written, the output itself tells.  */
	if (written < 0 && e.code != CM_ERROR_WRITE) {
		output_end(out, false);
		return failure_status(&e);
	}
	return output_end(out, true);
}

static int analyse(const struct request *r, struct cm_machine *m)
{
	struct cm_error e;

	for (size_t i = 0; i < r->n_images; i++)
		if (cm_machine_add_image(m, r->images[i].path,
					 r->images[i].number, &e) < 0)
			return failure_status(&e);
	for (size_t i = 0; i < r->n_hives; i++) {
		const struct hive_arg *h = &r->hives[i];
		int added = h->is_text
			? cm_machine_add_registry_text(m, h->path, &e)
			: cm_machine_add_hive(m, h->path, &e);

		if (added < 0)
			return failure_status(&e);
	}
	for (size_t i = 0; i < r->n_key_files; i++)
		if (cm_machine_add_key_file(m, r->key_files[i], &e) < 0)
			return failure_status(&e);
	if (cm_machine_analyse(m, &r->options, &e) < 0)
		return failure_status(&e);
	return 0;
}

/* Segments and parents are found by their images, so they are known only after
 * the analysis.  */
static int check_output(const struct request *r, const struct cm_machine *m,
			const struct output *out)
{
	const char *name;
	int status = 0;

	for (size_t i = 0; cm_machine_file(m, i, &name); i++) {
		for (size_t k = 0; k < r->n_images && status == 0; k++)
			status = output_check(out, r->images[k].path, name);
		for (size_t k = 0; k < r->n_parents && status == 0; k++)
			status = output_check(out, r->parents[k], name);
		for (size_t k = 0; k < r->n_hives && status == 0; k++)
			status = output_check(out, r->hives[k].path, name);
	}
	return status;
}

static int report_machine(const struct request *r, struct cm_machine *m,
			  struct output *out)
{
	struct cm_outcome outcome;
	int status = analyse(r, m);

	if (status == 0)
		status = check_output(r, m, out);
	if (status != 0) {
		output_end(out, false);
		return status;
	}
	outcome = cm_machine_outcome(m);
	if (!r->quiet && !findings_are_seen(r))
		tell_findings(m);
	if (r->stats)
		tell_stats(outcome);
	status = write_report(r, m, out);
	return status != 0 ? status : outcome_status(r, outcome);
}

/* The output is opened first: who cannot write needs not read.  */
static int open_output(const struct request *r, struct output **ret)
{
	const char **inputs = calloc(r->n_images + r->n_parents +
				     r->n_hives + r->n_key_files + 1,
				     sizeof(*inputs));
	size_t n = 0;
	int status;

	if (inputs == NULL) {
		complain("out of memory");
		return STATUS_LIMIT;
	}
	for (size_t i = 0; i < r->n_images; i++)
		inputs[n++] = r->images[i].path;
	for (size_t i = 0; i < r->n_parents; i++)
		inputs[n++] = r->parents[i];
	for (size_t i = 0; i < r->n_hives; i++)
		inputs[n++] = r->hives[i].path;
	for (size_t i = 0; i < r->n_key_files; i++)
		inputs[n++] = r->key_files[i];
	status = output_open(r->output, r->force, inputs, n, ret);
	free(inputs);
	return status;
}

static int run(struct request *r, int argc, char **argv)
{
	struct cm_machine *m;
	struct output *out;
	int status = parse(r, argc, argv);

	if (status != 0)
		return status;
	status = answer_at_once(r);
	if (status >= 0)
		return status;
	status = open_output(r, &out);
	if (status != 0)
		return status;
	m = cm_machine_new();
	if (m == NULL) {
		complain("out of memory");
		output_end(out, false);
		return STATUS_LIMIT;
	}
	status = report_machine(r, m, out);
	cm_machine_free(m);
	return status;
}

/* All segments of an image are open at once, and it may have thousands: take as
 * many files as the system lets us.  */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int report_run(int argc, char **argv)
{
	struct request r = { 0 };
	int status = STATUS_LIMIT;

	allow_many_files();
	r.images = calloc((size_t)argc, sizeof(*r.images));
	r.parents = calloc((size_t)argc, sizeof(*r.parents));
	r.hives = calloc((size_t)argc, sizeof(*r.hives));
	r.key_files = calloc((size_t)argc, sizeof(*r.key_files));
	if (r.images != NULL && r.parents != NULL && r.hives != NULL &&
	    r.key_files != NULL)
		status = run(&r, argc, argv);
	else
		complain("out of memory");
	free(r.images);
	free(r.parents);
	free(r.hives);
	free(r.key_files);
	return status;
}
