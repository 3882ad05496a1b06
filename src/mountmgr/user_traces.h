/*
 * user_traces.h - the volumes, letters and shares that a user's Explorer
 * remembers: what the hive NTUSER.DAT of a profile says of them
 */
#ifndef MOUNTMGR_USER_TRACES_H
#define MOUNTMGR_USER_TRACES_H

#include "base/guid.h"
#include "registry/hive.h"

enum trace_kind {
	TRACE_VOLUME,		/* {guid}: of \\?\Volume{guid}\ */
	TRACE_LETTER,
	TRACE_SHARE,		/* ##server#share; or a letter mapped to one */
	TRACE_FOLDER,		/* a mounted folder, by its path */
	TRACE_DEVICE,		/* ##?#...: a device that is no volume */
	TRACE_RECYCLE_BIN,	/* the settings of a volume's recycle bin */
	TRACE_OTHER,		/* a key of a form that we do not know */
};

struct user_trace {
	enum trace_kind kind;
	const char *place;	/* the key that holds it, from the hive's
				 * root */
	struct text key;	/* name of its key; of a folder, of its value */
	bool has_guid;
	struct guid guid;
	char letter;		/* upper case; 0: none */
	struct text share;	/* "\\server\share"; utf8 NULL: none */
	struct text label;	/* of the volume or share, as the user gave it;
				 * utf8 NULL: none */
	struct text media_label;	/* as desktop.ini or autorun.inf on it
					 * give it */
	struct text autorun;	/* the command that autorun.inf asks for */
	bool shell;		/* AutoPlay has offered the volume */
	uint64_t last_written;	/* FILETIME of the key; 0 if none */
	struct cites cites;	/* nk, or vk of a folder; then values */
};

struct user_traces {
	struct user_trace *list;	/* by place, then as stored */
	size_t n;
};

/*
 * All traces in the user hive @h, in its arena and @a: the subkeys of
 * Explorer\MountPoints2, of its CPC\Volume, the values of its CPC\LocalMOF, of
 * MountPoints (Windows 2000), of Explorer\BitBucket and of Network.  None of
 * these keys has to be there.  Damage is a finding, and what can be read is
 * listed; fails only when out of memory.
 */
int user_traces_read(struct hive *h, struct arena *a, struct diag_list *d,
		     struct user_traces *ret, struct err *reterr);

/* Whether the pages @h hold one of these keys, but Network: that of a user's
 * hive, then.  */
bool user_traces_in_pages(struct hive *h);

#endif /* MOUNTMGR_USER_TRACES_H */
