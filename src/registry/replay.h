/*
 * replay.h - a hive as its transaction logs complete it
 *
 * Windows writes what changes to a log first. A hive that was in use has newer
 * pages there, and Windows itself lays them over the hive when it loads it.
 * So do we, without a byte written: the recovered hive is a source whose
 * changed pages are read from the log, and cited there.
 */
#ifndef REGISTRY_REPLAY_H
#define REGISTRY_REPLAY_H

#include "base/diag.h"
#include "evidence/source.h"

/* The logs beside a hive: SYSTEM.LOG1, .LOG2, and .LOG, which systems before
 * Vista write; beside the others it is a relic.  */
enum replay_log_index { REPLAY_LOG1, REPLAY_LOG2, REPLAY_LOG, REPLAY_LOGS };

struct replay_log {
	bool applied;
	bool foreign;		/* of another hive: tells nothing of this one */
	/* Of the entries applied; of a log before Windows 8.1, which has none,
	 * both are the sequence that it completes.  */
	uint32_t first_sequence, last_sequence;
	unsigned order;		/* 0: applied first */
	uint64_t pages;		/* of 512 bytes */
};

struct replay_report {
	bool needed;		/* the hive is dirty */
	struct replay_log logs[REPLAY_LOGS];
	unsigned n_applied;	/* logs */
	bool base_rebuilt;	/* from a log's: the hive's is not sound */
};

/*
 * Find which of the @n_logs logs, by replay_log_index, NULL where there is
 * none, complete @hive, and lay them over it. The recovered hive borrows all of
 * them, and must be freed before them.  *@ret_recovered is NULL where nothing
 * was applied: the hive is clean, or no log fits; ERR_NOMEM is the only
 * failure.  Logs with their `file' set are named in findings.
 */
int hive_replay(struct source *hive, struct source *const *logs, size_t n_logs,
		struct arena *a, struct diag_list *d,
		struct source **ret_recovered, struct replay_report *ret,
		struct err *reterr);

#endif /* REGISTRY_REPLAY_H */
