/*
 * device_report.h - device numbers and the extents of volumes, as IOCTLs give
 * them
 */
#ifndef REPORT_DEVICE_REPORT_H
#define REPORT_DEVICE_REPORT_H

#include "machine/device_number.h"
#include "report/out.h"

/* The extents of a volume, and by which device it was named.  */
struct volume_place {
	size_t volume;
	const struct device_number *by;
};

/* All: 0 or ERR_NOMEM.  */
int device_numbers_json(const struct model *m, const struct device_numbers *d,
			struct out *out);
int device_numbers_text(const struct model *m, const struct device_numbers *d,
			bool verbose, struct out *out);
int volume_extents_json(const struct model *m, const struct volume_place *list,
			size_t n, struct out *out);
int volume_extents_text(const struct model *m, const struct volume_place *list,
			size_t n, bool verbose, struct out *out);

#endif /* REPORT_DEVICE_REPORT_H */
