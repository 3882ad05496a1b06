/*
 * policy.h - what an installation does with volumes and disks that are new, and
 * with those that it was told to leave alone
 */
#ifndef MOUNTMGR_POLICY_H
#define MOUNTMGR_POLICY_H

#include "base/utf16.h"
#include "registry/hive.h"

/* A REG_DWORD that decides something.  */
struct policy_value {
	bool is_set;
	uint32_t value;
	struct cites cites;	/* vk record, then data if it lies apart */
};

/* Windows makes no more page files than these.  */
#define PAGE_FILES_MAX 16

struct mount_policy {
	/* Services\MountMgr\NoAutoMount: not 0 where new basic volumes get no
	 * letter and are not mounted.  */
	struct policy_value no_automount;
	/* Services\partmgr\Parameters\SanPolicy: which new disks are
	 * brought online.  */
	struct policy_value san_policy;
	/* Memory Management\ExistingPageFiles: those that Windows has made when
	 * it started, "\??\C:\pagefile.sys"; since Windows Vista.  */
	bool has_page_files;
	struct text page_files[PAGE_FILES_MAX];
	size_t n_page_files;
};

/* The policy in @control_set ("ControlSet001", NULL: unknown) of SYSTEM hive
 * @h, in its arena and @a.  A value of another type is a finding and counts as
 * not set.  */
struct mount_policy mount_policy_read(struct hive *h, const char *control_set,
				      struct arena *a, struct diag_list *d);

/* How SAN policy @value is called: "online"; NULL: it has no name.  */
const char *san_policy_name(uint32_t value);

/* A value of MountedDevices\Offline: a link whose volume stays offline, or
 * where it is 0, does not.  */
struct offline_link {
	struct text name;	/* as stored */
	bool offline;
	struct cites cites;
};

struct offline_links {
	struct offline_link *list;	/* as stored */
	size_t n;
};

/* The values of \MountedDevices\Offline of @h, none where there is no such key.
 * One that cannot be used is a finding, and is left out.  ERR_NOMEM is the only
 * failure.  */
int offline_links_read(struct hive *h, struct arena *a, struct diag_list *d,
		       struct offline_links *ret, struct err *reterr);

#endif /* MOUNTMGR_POLICY_H */
