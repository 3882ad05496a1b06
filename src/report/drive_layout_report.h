/*
 * drive_layout_report.h - the partition table of a disk, as Windows gives it
 */
#ifndef REPORT_DRIVE_LAYOUT_REPORT_H
#define REPORT_DRIVE_LAYOUT_REPORT_H

#include "machine/kept_layouts.h"
#include "report/out.h"
#include "report/value.h"

/* The layouts of @n disks.  Both: 0 or ERR_NOMEM.  */
int drive_layout_json(const struct model *m, const struct disk_layout *list,
		      size_t n, struct out *out);
int drive_layout_text(const struct model *m, const struct disk_layout *list,
		      size_t n, bool verbose, struct out *out);

/* The slots of @l: "slots".  */
void value_layout_slots(struct value *v, const struct row *r,
			const struct disk_layout *l);

#endif /* REPORT_DRIVE_LAYOUT_REPORT_H */
