/*
 * path.h - object paths, by which WMI names an object
 *
 *	\\HOST\root\cimv2:Win32_MountPoint.Directory="...",Volume="..."
 *
 * In a string of a path a quote and a backslash stand behind a backslash, so
 * that a reference, which is a string that holds a path, has them doubled.
 * Several keys stand in the order of their names.  Who writes a path by hand
 * may take ' for the quotes, too, between which live hosts take a backslash as
 * it is, as scripts have it that put the value of a property there:
 * {Win32_DiskDrive.DeviceID='\\.\PHYSICALDRIVE0'}, {Win32_Directory='C:\'}.
 *
 * Sources: [MS-WMI] 2.2 (the grammar of object paths); DSP0004 8.2.5; paths of
 * live hosts that their owners published.
 */
#ifndef PROVIDER_PATH_H
#define PROVIDER_PATH_H

#include "provider/wql.h"

struct cim_object;
struct cim_class;

/* The path of @o within its namespace; NULL: a key of it is unknown, or its
 * class has none, as WMI has no path of what a method gives back; or out of
 * memory.  */
const char *path_of(const struct cim_object *o);

/* The whole path, which begins with the computer's name.  */
const char *path_absolute(const struct cim_object *o);

#define PATH_MAX_KEYS 8

struct path_key {
	const char *name;	/* NULL: the class' only key */
	const char *value;	/* as it is, without quotes and escapes */
	const char *raw;	/* with what may be escapes; NULL: the same */
	bool number;		/* of a class' own path: has no quotes */
};

struct object_path {
	const char *host, *space;	/* NULL: not said */
	const char *class_name;
	struct path_key keys[PATH_MAX_KEYS];
	size_t n_keys;
};

/* Where the string ends whose opening quote is at @s: the offset of the closing
 * one, or of the NUL where there is none.  Between ' a backslash before a quote
 * that closes a value is part of it.  */
size_t path_string_end(const char *s);

/* Take @text apart.  0, or -1 with *@error filled; its `at' counts from
 * @text.  */
int path_parse(struct arena *a, const char *text, struct object_path *ret,
	       struct query_error *error);

/* Whether @p has @key, without regard to case; one without a name has any.  */
bool path_has_key(struct arena *a, const struct object_path *p,
		  const struct path_key *key);

/* Whether the paths @left and @right name the same object: without regard to
 * case, the order of keys, and host and namespace where one of them has
 * none.  */
bool path_equal(struct arena *a, const char *left, const char *right);

#endif /* PROVIDER_PATH_H */
