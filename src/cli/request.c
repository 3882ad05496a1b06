#include "cli/request.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/cli.h"
#include "cli/output.h"

/* PhysicalDrive numbers above this are a slip of the finger.  */
#define MAX_DISK_NUMBER 9999
#define MAX_INSTALLATION 9999

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
		return usage_error("--disk: '%s': the highest disk number is "
				   "%d", arg, MAX_DISK_NUMBER);
	for (size_t i = 0; i < r->n_images; i++)
		if (r->images[i].number == (int)number)
			return usage_error("--disk: disk %lu is given twice: "
					   "%s, %s", number,
					   r->images[i].path, equals + 1);
	r->images[r->n_images++] =
		(struct image_arg){ equals + 1, (int)number };
	return 0;
}

static int parse_installation(struct request *r, const char *arg)
{
	char *end;
	unsigned long number = strtoul(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end != '\0' ||
	    number > MAX_INSTALLATION)
		return usage_error("--installation: '%s' is not the number of "
				   "an installation", arg);
	r->installation = (int)number;
	return 0;
}

/* A script's variable that is empty is no file of that name.  */
static int no_name(const char *option)
{
	return usage_error("%s: the file name is empty", option);
}

/* The switch that an option without an argument turns on; NULL: it is none.  */
static bool *switch_of(struct request *r, int id)
{
	switch (id) {
	case OPT_FORCE:
		return &r->force;
	case OPT_RECOVER:
		return &r->options.recover;
	case OPT_SHADOWS:
		return &r->options.shadows;
	case OPT_PARTIAL_OK:
		return &r->partial_ok;
	case OPT_STATS:
		return &r->stats;
	case OPT_VERSION:
		return &r->version;
	case OPT_EXIT_STATUS:
		return &r->exit_status;
	case 'q':
		return &r->quiet;
	case 'v':
		return &r->verbose;
	case 'h':
		return &r->help;
	default:
		return NULL;
	}
}

/* An option whose argument is the name of a file.  */
static int take_file(struct request *r, int id, const char *arg)
{
	static const char *const names[] = {
		['o'] = "--output", [OPT_HIVE] = "--hive", [OPT_REG] = "--reg",
		[OPT_PARENT] = "--parent", [OPT_KEY_FILE] = "--key-file",
	};

	if (*arg == '\0')
		return no_name(names[id]);
	if (id == 'o')
		r->output = arg;
	else if (id == OPT_PARENT)
		r->parents[r->n_parents++] = arg;
	else if (id == OPT_KEY_FILE)
		r->key_files[r->n_key_files++] = arg;
	else
		r->hives[r->n_hives++] =
			(struct hive_arg){ arg, id == OPT_REG };
	return 0;
}

static int take_option(struct request *r, int id, const char *arg)
{
	bool *on = switch_of(r, id);

	if (on != NULL) {
		*on = true;
		return 0;
	}
	switch (id) {
	case 'f':
		r->format = arg;
		return 0;
	case OPT_JSON:
		r->format = "json";
		return 0;
	case OPT_JSONL:
		r->format = "jsonl";
		return 0;
	case OPT_BINARY:
		r->format = "binary";
		return 0;
	case 'o':
	case OPT_HIVE:
	case OPT_REG:
	case OPT_PARENT:
	case OPT_KEY_FILE:
		return take_file(r, id, arg);
	case OPT_DISK:
		return parse_disk(r, arg);
	case OPT_SCAN:
		return parse_scan(r, arg);
	case OPT_SECTOR_SIZE:
		return parse_sector_size(r, arg);
	case OPT_COLOR:
		return parse_color(r, arg);
	case OPT_INSTALLATION:
		return parse_installation(r, arg);
	default:
		return STATUS_USAGE;
	}
}

static int parse(const struct analysis *a, struct request *r, int argc,
		 char **argv)
{
	int id;

	while ((id = options_next(a->rows, a->n_rows, argc, argv)) !=
	       OPTIONS_END) {
		int status = take_option(r, id, optarg);

		if (status != 0)
			return status;
	}
	if (a->takes_query && optind < argc)
		r->query = argv[optind++];
	for (int i = optind; i < argc; i++) {
		if (*argv[i] == '\0')
			return no_name("IMAGE");
		r->images[r->n_images++] = (struct image_arg){ argv[i], -1 };
	}
	r->options.parents = r->parents;
	r->options.n_parents = r->n_parents;
	return 0;
}

/* From number @first on.  */
static void tell_findings(const struct cm_machine *m, size_t first)
{
	enum cm_severity severity;
	char line[1024];

	for (size_t i = first;
	     cm_finding(m, i, &severity, line, sizeof(line)); i++)
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

/* Who does not choose, and has a choice, is told so.  */
static void tell_installation(const struct request *r, struct cm_outcome o)
{
	if (r->installation < 0 && o.installations > 1)
		complain("the answer is for windows0 of the report, the first "
			 "of %zu installations; --installation selects another",
			 o.installations);
}

int failure_status(const struct cm_error *e)
{
	complain("%s", e->text);
	switch (e->code) {
	case CM_ERROR_MEMORY:
		return STATUS_LIMIT;
	case CM_ERROR_ARGUMENT:
		return STATUS_USAGE;
	case CM_ERROR_NOT_FOUND:
		return STATUS_NO;
	}
	return STATUS_INTERNAL;
}

static int outcome_status(const struct request *r, struct cm_outcome o)
{
	if (o.unreadable)
		return STATUS_UNREADABLE;
	return o.complete || r->partial_ok ? STATUS_COMPLETE : STATUS_PARTIAL;
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

static int answer(const struct analysis *a, const struct request *r,
		  struct cm_machine *m, struct output *out)
{
	struct cm_outcome outcome;
	int status = analyse(r, m);
	bool told;

	if (status == 0)
		status = check_output(r, m, out);
	if (status != 0) {
		output_end(out, false);
		return status;
	}
	outcome = cm_machine_outcome(m);
	told = !r->quiet &&
	       !(a->tells_findings != NULL && a->tells_findings(r));
	if (told)
		tell_findings(m, 0);
	if (!r->quiet && a->one_installation)
		tell_installation(r, outcome);
	status = a->write(r, m, out);
	/* Some answers take more than the analysis has read.  */
	if (told)
		tell_findings(m, outcome.findings);
	outcome = cm_machine_outcome(m);
	if (r->stats)
		tell_stats(outcome);
	return status > STATUS_NO ? status :
	       outcome_status(r, outcome) != 0 ? outcome_status(r, outcome) :
	       status;
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
	for (size_t i = 0; i < r->n_hives && status == 0; i++) {
		status = output_check_logs(*ret, r->hives[i].path);
		if (status != 0)
			output_end(*ret, false);
	}
	return status;
}

static int run(const struct analysis *a, struct request *r, int argc,
	       char **argv)
{
	struct cm_machine *m;
	struct output *out;
	int status = parse(a, r, argc, argv);

	if (status != 0)
		return status;
	status = a->at_once(r);
	if (status >= 0)
		return status;
	if (r->n_images + r->n_hives == 0)
		return usage_error("no image or hive is given");
	status = open_output(r, &out);
	if (status != 0)
		return status;
	m = cm_machine_new();
	if (m == NULL) {
		complain("out of memory");
		output_end(out, false);
		return STATUS_LIMIT;
	}
	status = answer(a, r, m, out);
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

int request_run(const struct analysis *a, int argc, char **argv)
{
	struct request r = { .installation = -1 };
	int status = STATUS_LIMIT;

	allow_many_files();
	r.images = calloc((size_t)argc, sizeof(*r.images));
	r.parents = calloc((size_t)argc, sizeof(*r.parents));
	r.hives = calloc((size_t)argc, sizeof(*r.hives));
	r.key_files = calloc((size_t)argc, sizeof(*r.key_files));
	if (r.images != NULL && r.parents != NULL && r.hives != NULL &&
	    r.key_files != NULL)
		status = run(a, &r, argc, argv);
	else
		complain("out of memory");
	free(r.images);
	free(r.parents);
	free(r.hives);
	free(r.key_files);
	return status;
}
