/*
 * role.c - which hive of Windows this one is, whatever its file is called
 */
#include <string.h>

#include "base/ascii.h"
#include "registry/registry_text.h"

/* What a hive of that role holds, the surest sign first: since Windows 10 the
 * SYSTEM hive, too, has a key Software\Microsoft.  Partial exports have some of
 * it.  */
static const struct {
	const char *key;
	enum hive_role role;
} signs[] = {
	{ "MountedDevices", HIVE_SYSTEM },
	{ "Select", HIVE_SYSTEM },
	{ "SAM\\Domains\\Account", HIVE_SAM },
	{ "Microsoft\\Windows NT", HIVE_SOFTWARE },
	{ "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer", HIVE_USER },
	{ "CurrentControlSet", HIVE_SYSTEM },
	{ "ControlSet001", HIVE_SYSTEM },
	{ "ControlSet002", HIVE_SYSTEM },
	{ "ControlSet003", HIVE_SYSTEM },
	{ "Microsoft\\Windows Portable Devices", HIVE_SOFTWARE },
	{ "Microsoft\\Windows\\CurrentVersion", HIVE_SOFTWARE },
	{ "Software\\Microsoft", HIVE_USER },
};

/* By the path that Windows wrote into the base block: of a hive whose lists of
 * keys are damaged, this is left.  */
static enum hive_role role_of_file(const char *path)
{
	static const struct {
		const char *name;
		enum hive_role role;
	} files[] = {
		{ "SYSTEM", HIVE_SYSTEM }, { "SOFTWARE", HIVE_SOFTWARE },
		{ "ntuser.dat", HIVE_USER }, { "ntuser.man", HIVE_USER },
		{ "SAM", HIVE_SAM },
	};
	const char *slash = path != NULL ? strrchr(path, '\\') : NULL;

	if (slash == NULL)
		return HIVE_OTHER;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (ascii_compare(slash + 1, files[i].name) == 0)
			return files[i].role;
	return HIVE_OTHER;
}

/* HKEY_CURRENT_USER\Software alone: it has keys that a SOFTWARE hive has, too,
 * but says of no Windows where it is.  */
static bool is_users_software(struct hive *h)
{
	struct hive_key k;
	struct text root;

	return hive_find_key(h, NULL, "Microsoft\\Windows\\CurrentVersion\\"
			     "Explorer\\MountPoints2", &k, NULL) == 0 &&
	       (hive_find_key(h, NULL, "Microsoft\\Windows NT\\"
			      "CurrentVersion", &k, NULL) < 0 ||
		hive_get_string(h, &k, "SystemRoot", &root, NULL) < 0);
}

enum hive_role hive_role(struct hive *h)
{
	if (is_users_software(h))
		return HIVE_USER;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		struct hive_key k;

		if (hive_find_key(h, NULL, signs[i].key, &k, NULL) == 0)
			return signs[i].role;
	}
	return role_of_file(hive_info(h)->file_name.utf8);
}
