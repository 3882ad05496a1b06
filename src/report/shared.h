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

/* Where a scan found a name that is in no tree, and what is left of its data:
 * "recovered".  NULL: null.  */
void value_recovered(struct value *v, const struct row *r,
		     const struct lost_name *lost);

/* Whether a name, found so or by its tree (NULL), has a unique id: of one whose
 * data is gone, none is known.  */
bool has_unique_id(const struct lost_name *lost);

/* To which volume something leads: "volume", "tier", "certainty", "tiers".  */
void value_volume(struct value *v, const struct resolution *res);
void value_tier(struct value *v, const struct resolution *res);
void value_certainty(struct value *v, const struct resolution *res);
size_t tier_count(const struct resolution *res);
void value_tier_at(struct value *v, const struct resolution *res, size_t i);

/* Where each source leads, if they contradict each other or one leads to
 * several volumes: "leads".  */
void value_leads(struct value *v, const struct row *r,
		 const struct resolution *res);

/* The disks that had it, by a registry that remembers them: "knownDisk", the
 * one where there is one, and "knownDisks".  */
void value_known_disk(struct value *v, const struct resolution *res);
void value_known_disk_at(struct value *v, const struct resolution *res,
			 size_t i);

/* Whether all that a SYSTEM hive says of @k is in the log of one that is
 * lost.  */
bool known_disk_is_of_log(const struct model *m,
			  const struct machine_known_disk *k);

/* The partitions of a table that Windows kept: "partitions".  */
void value_kept_partitions(struct value *v, const struct row *r,
			   const struct kept_partitions *p);

/* When and where @g, a volume's name or a marker's, was made: "guidTime"; null
 * unless it is a version-1 GUID.  */
void value_guid_time(struct value *v, const struct row *r,
		     const struct guid *g);

/* What BitLocker says of a volume: "bitlocker"; null where it does not encrypt
 * it.  */
void value_bitlocker(struct value *v, const struct row *r,
		     const struct machine_volume *volume);

/* What users may have on a volume: "quota"; null where it has no quotas.  */
void value_quota(struct value *v, const struct row *r,
		 const struct machine_volume *volume);

/* The disk of a part of a dynamic volume, as the database has it:
 * "dynamicDisk"; null where @e is NULL.  */
void value_dynamic_disk(struct value *v, const struct row *r,
			const struct dynamic_extent *e);

/* Of a row that is an extent of the volume that is its record.  */
void volume_extent_disk(const struct row *r, struct value *v);
void volume_extent_offset(const struct row *r, struct value *v);
void volume_extent_length(const struct row *r, struct value *v);
void volume_extent_dynamic_disk(const struct row *r, struct value *v);

/* "locked", "unlocked", "clear-key"; NULL: not encrypted.  */
const char *volume_lock_name(enum volume_lock lock);

/* By which names and paths it is reached: "volumeNames", "accessPaths".  */
void value_volume_names(struct value *v, const struct row *r,
			const struct machine_volume *volume);
void value_access_paths(struct value *v, const struct row *r,
			const struct machine_volume *volume);

#endif /* REPORT_SHARED_H */
