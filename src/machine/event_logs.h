/*
 * event_logs.h - the logs of the partition manager that an installation has
 */
#ifndef MACHINE_EVENT_LOGS_H
#define MACHINE_EVENT_LOGS_H

#include "machine/machine.h"
#include "mountmgr/partition_events.h"

/* The events of the log in use and of the archived ones, each event once; none
 * where there is no log.  @installation lies on a volume.  What is damaged is a
 * finding.  Fails only when out of memory.  */
int machine_read_event_logs(struct machine *m, size_t installation,
			    struct partition_events_budget *budget,
			    struct partition_events *ret, struct err *reterr);

#endif /* MACHINE_EVENT_LOGS_H */
