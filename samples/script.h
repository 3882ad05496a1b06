/* script.h - the scripts that the sample builders are fed with: on each line a
 * command and its fields, as text_fields() splits them; # begins a comment */
#ifndef SAMPLES_SCRIPT_H
#define SAMPLES_SCRIPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct build;		/* what a builder works on; its own */

struct script_command {
	const char *name;
	int min, max;			/* fields */
	int (*run)(struct build *b);	/* 0, or -1 with errno set */
	const char *usage;
};

/* Runs @script, each command with the fields behind its name in *@arg, *@n_args
 * of them. Says on standard error which line failed, after @program, and
 * returns -1. */
int script_run(const char *program, const struct script_command *commands,
	       size_t n, struct build *b, char ***arg, int *n_args,
	       FILE *script);

/* -1, with errno EINVAL. */
int script_invalid(void);

/* The number that @text is, to @base as strtoull() takes it; 0, or as above. */
int script_number(const char *text, int base, uint64_t *ret);

#endif /* SAMPLES_SCRIPT_H */
