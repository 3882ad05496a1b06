/*
 * gpt_front.h - a GPT's backup that tells that the start of its disk is missing
 */
#ifndef DISK_GPT_FRONT_H
#define DISK_GPT_FRONT_H

#include "disk/layout.h"

/* Look for one at the end of the disk, of which no copy of a GPT is valid; it
 * is a finding.  @listed: partitions are listed by its entries.  */
void gpt_front_check(struct layout *l, bool listed);

#endif /* DISK_GPT_FRONT_H */
