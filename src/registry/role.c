/*
 * role.c - which hive of Windows this one is, whatever its file is called
 */
#include <stdio.h>

#include "registry/registry_text.h"

/* What only that hive holds.  Partial exports have some of it.  */
static const struct {
	const char *key;
	enum hive_role role;
} signs[] = {
	{ "MountedDevices", HIVE_SYSTEM },
	{ "Select", HIVE_SYSTEM },
	{ "CurrentControlSet", HIVE_SYSTEM },
	{ "ControlSet001", HIVE_SYSTEM },
	{ "ControlSet002", HIVE_SYSTEM },
	{ "ControlSet003", HIVE_SYSTEM },
	{ "Microsoft\\Windows NT", HIVE_SOFTWARE },
	{ "Microsoft\\Windows Portable Devices", HIVE_SOFTWARE },
	{ "Software\\Microsoft", HIVE_USER },
};

enum hive_role hive_role(struct hive *h)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		struct hive_key k;

		if (hive_find_key(h, NULL, signs[i].key, &k, NULL) == 0)
			return signs[i].role;
	}
	return HIVE_OTHER;
}
