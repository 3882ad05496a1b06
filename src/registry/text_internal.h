/*
 * text_internal.h - what the files that read registry text share
 */
#ifndef REGISTRY_TEXT_INTERNAL_H
#define REGISTRY_TEXT_INTERNAL_H

#include "format/reg_text.h"
#include "registry/hive_internal.h"
#include "registry/registry_text.h"

/* A value of 1 MiB, which is as much as is read of one, takes 7 MiB of UTF-16
 * lines.  */
#define TEXT_RECORD_MAX_BYTES (8u << 20)

/* A key, or another line that opens the same one.  */
struct text_key {
	uint64_t at;		/* of the line that names it, or one below it */
	uint64_t values;	/* behind that line; its values, up to... */
	uint64_t values_end;	/* ...here; the same where it has no line */
	uint32_t parent;
	uint32_t name;		/* in names, units */
	uint32_t n_values;
	uint32_t first_child, n_children;	/* in sorted */
	uint32_t again;		/* the next one that opens it; 0: none */
	uint16_t name_units;
	uint16_t depth;
};

/* Part of the text, of a growing size.  */
struct text_window {
	uint8_t *bytes;
	size_t room, n;
	uint64_t at;
};

struct registry_text {
	struct source *source;
	uint64_t end;		/* of the text; zeros may follow */
	struct arena *arena;
	struct diag_list *diags;
	struct reg_text format;
	struct text_window window;
	struct text_key *keys;	/* 0: the root, above HKEY_LOCAL_MACHINE */
	size_t n_keys, room_keys;
	uint16_t *names;
	size_t n_names, room_names;
	uint32_t *sorted;	/* keys by parent and name, each once */
	struct registry_text_hive *hives;
	size_t n_hives;
	size_t keys_left;	/* that may be handed out */
	bool guessed;		/* it has been said */
};

/* The record at @at, of which *@ret borrows until the next one is read.
 * ERR_LIMIT where it is too long.  */
int text_record(struct registry_text *t, uint64_t at, struct reg_record *ret,
		struct err *reterr);

/* Of the record at @at, which is too long: its size, with all lines on which it
 * goes on, and the number of these.  */
int text_skip(struct registry_text *t, uint64_t at, struct reg_record *ret,
	      struct err *reterr);

void text_report(struct registry_text *t, const struct diag_kind *kind,
		 struct hive_place place, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* What is wrong with a record, or with its data, in words.  */
const char *text_error(const struct err *e, char *buf, size_t n);

/* Say that the encoding of what lies at @place was guessed, once.  */
void text_report_guess(struct registry_text *t, struct hive_place place);

/* The questions of hive.h, for a hive of text.  */
extern const struct hive_ops text_hive_ops;

/* The key @key as one of @h.  */
struct hive_key text_make_key(struct hive *h, uint32_t key);

/* Read all keys.  */
int text_index(struct registry_text *t, struct err *reterr);

#endif /* REGISTRY_TEXT_INTERNAL_H */
