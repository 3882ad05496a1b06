/*
 * record_values.h - the values of a key that speaks of a device or a volume
 *
 * Each is read whatever its type, since a damaged type costs nothing; data that
 * cannot be what it should be is a finding and not told.
 */
#ifndef MOUNTMGR_RECORD_VALUES_H
#define MOUNTMGR_RECORD_VALUES_H

#include "base/guid.h"
#include "mountmgr/disk_records.h"
#include "registry/hive.h"

struct record_reader {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	const char *subject;	/* whose values these are, for findings */
};

/* The data of the value @name of @k; where there is no such value, p is NULL.
 * What is read is added to @c, in this and the next.  */
struct span record_data(struct record_reader *r, const struct hive_key *k,
			const char *name, struct cites *c);

/* Text up to its first NUL.  */
struct span record_first_string(struct span utf16);

/* The first string of the value @name of @k; utf8 NULL: none.  */
struct text record_text(struct record_reader *r, const struct hive_key *k,
			const char *name, struct cites *c);
/* The same, of a value that anything may have, so that damage is not said.  */
struct text record_quiet_text(struct record_reader *r,
			      const struct hive_key *k, const char *name,
			      struct cites *c);

/* "{...}"; zero where there is none.  */
struct guid record_guid(struct record_reader *r, const struct hive_key *k,
			const char *name, struct cites *c);

/* A FILETIME; 0 where there is none.  @what: for findings, what @name is.  */
uint64_t record_time(struct record_reader *r, const struct hive_key *k,
		     const char *name, const char *what, struct cites *c);

/* The same, of a time at which Windows wrote that key: one that its clock
 * cannot have had is a finding, and 0.  */
uint64_t record_clock_time(struct record_reader *r, const struct hive_key *k,
			   const char *name, const char *what, struct cites *c);

/* A number up to @max; false where there is none.  */
bool record_number(struct record_reader *r, const struct hive_key *k,
		   const char *name, uint32_t max, uint32_t *ret,
		   struct cites *c);

/* Of a portable device: its label.  Where there was none, Windows writes the
 * letter, "E:\".  */
void record_friendly_name(struct record_reader *r, const struct hive_key *k,
			  struct volume_record *v);

/* The letter of "E:", or, if @root, of "E:\", as a capital; 0 where @s is
 * anything else.  */
char record_letter(const char *s, bool root);

/* The value @name of @k; where there is none, the one whose name is damaged in
 * one bit or letter, which is said.  */
bool record_find_value(struct record_reader *r, const struct hive_key *k,
		       const char *name, struct hive_value *ret);

/* Say that the bytes at @c are not what they should be: "@what of the subject:
 * @why."  */
void record_finding(struct record_reader *r, const char *what, const char *why,
		    const struct cites *c);

#endif /* MOUNTMGR_RECORD_VALUES_H */
