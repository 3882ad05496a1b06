/*
 * output.h - where a report goes: standard output, or a file that appears whole
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct output;

/*
 * Prepare to write to @path; NULL or "-": standard output.  A file is written
 * beside its final name and takes it only in output_end(), so that one under
 * the final name is complete.  A file that is there is an error unless @force
 * is set; one of @inputs is one in any case.  A device or pipe is written to as
 * it is, a block device never.  STATUS_COMPLETE; or STATUS_OUTPUT or
 * STATUS_LIMIT, after a complaint.
 */
int output_open(const char *path, bool force, const char *const *inputs,
		size_t n_inputs, struct output **ret);

/* Whether @path, as output_open() takes it, is the terminal.  */
bool output_is_terminal(const char *path);

/* Complains if finishing @o would replace the file @name in the directory of
 * @beside, a part of an image.  The same statuses.  */
int output_check(const struct output *o, const char *beside, const char *name);

/* Complains if finishing @o would replace a transaction log of the hive @hive:
 * one that is not applied is evidence, too.  The same statuses.  */
int output_check_logs(const struct output *o, const char *hive);

/* A cm_write_fn; @ctx is the output.  */
int output_write(void *ctx, const void *data, size_t n);

/* Finish if @keep is set, else leave nothing behind; frees @o.
 * STATUS_COMPLETE, or STATUS_OUTPUT after a complaint.  A pipe that was closed
 * is no failure.  */
int output_end(struct output *o, bool keep);

#endif /* CLI_OUTPUT_H */
