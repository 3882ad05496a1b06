/*
 * shared.h - columns that several record kinds have
 */
#ifndef REPORT_SHARED_H
#define REPORT_SHARED_H

#include "report/value.h"

/* How a hive was found: "hive".  */
void value_hive(struct value *v, const struct row *r,
		const struct machine_hive *h);

/* The unique id of @owner: "uniqueId".  */
void value_unique_id(struct value *v, const struct row *r,
		     const struct mountmgr_name *owner);

/* To which volume something leads: "volume", "tier", "certainty", "tiers".  */
void value_volume(struct value *v, const struct resolution *res);
void value_tier(struct value *v, const struct resolution *res);
void value_certainty(struct value *v, const struct resolution *res);
size_t tier_count(const struct resolution *res);
void value_tier_at(struct value *v, const struct resolution *res, size_t i);

/* When and where @g, a volume's name or a marker's, was made: "guidTime"; null
 * unless it is a version-1 GUID.  */
void value_guid_time(struct value *v, const struct row *r,
		     const struct guid *g);

#endif /* REPORT_SHARED_H */
