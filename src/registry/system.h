/*
 * system.h - what the SYSTEM and SOFTWARE hives say about their installation
 */
#ifndef REGISTRY_SYSTEM_H
#define REGISTRY_SYSTEM_H

#include "registry/hive.h"

/* A text of the registry, and where it was read.  */
struct system_text {
	struct text text;	/* utf8 NULL: there is none */
	struct cites cites;	/* vk record, then data */
};

/* In place of a number: "CurrentControlSet", which only the registry of a
 * running system has, and so what was exported from one.  */
#define CONTROL_SET_LIVE 1000

/* The name of control set @n, "ControlSet001", in @buf.  Returns @buf.  */
#define CONTROL_SET_NAME_BYTES 24
const char *control_set_name(unsigned n, char buf[CONTROL_SET_NAME_BYTES]);

/* Each control set; those that cannot be read, too, if their list has the hash
 * of their name and their subkeys are there.  @fn returns 0 to go on; what it
 * returned to stop is returned, or ERR_NOMEM.  */
typedef int control_set_fn(void *ctx, unsigned n, const struct hive_key *k);
int control_sets_each(struct hive *h, control_set_fn *fn, void *ctx);

struct system_facts {
	unsigned current_control_set;	/* 0: it could not be made out */
	const char *control_set;	/* "ControlSet001", or NULL */
	struct cites control_set_cites;	/* of the value of Select */
	struct system_text computer_name;
	struct system_text time_zone;	/* TimeZoneKeyName; before Vista
					 * StandardName, which may also be a
					 * reference "@tzres.dll,-112" */
	unsigned oem_code_page;		/* Nls\\CodePage\\OEMCP; 0: unknown */
	struct cites oem_cites;
};

/* Read the facts of the SYSTEM hive @h, into its arena.  What is not there is
 * NULL; what is there and cannot be read is a finding too.  Does not fail.  */
int system_read(struct hive *h, struct arena *a, struct diag_list *d,
		struct system_facts *ret, struct err *reterr);

struct software_facts {
	struct system_text product_name;	/* "Windows 7 Professional";
						 * Windows 11 still says 10 */
	struct system_text edition;		/* EditionID: "Professional" */
	struct system_text version;		/* CurrentVersion: "6.1" */
	struct system_text build;		/* CurrentBuildNumber: "7601" */
	struct system_text display_version;	/* "22H2"; earlier ReleaseId */
	struct system_text system_root;		/* "C:\Windows": as the
						 * installation saw itself */
};

/* The same for the SOFTWARE hive @h.  */
int software_read(struct hive *h, struct arena *a, struct diag_list *d,
		  struct software_facts *ret, struct err *reterr);

#endif /* REGISTRY_SYSTEM_H */
