/*
 * class_defrag.c - Win32_DefragAnalysis: how the files of a volume lie on it
 *
 * In Windows an object of this class is what the methods DefragAnalysis and
 * Defrag of Win32_Volume give back: it is embedded, and has no key.  Here each
 * NTFS volume has one, and VolumeName, which is Name of its Win32_Volume, tells
 * which one it is.
 *
 * How Windows counts, Microsoft does not say.  What the documentation says is
 * held here, and where it leaves it open, what the samples there and elsewhere
 * show: the records of the $MFT are those in use, an average of fragments has
 * two decimals, other quotients are cut to integers, and of a page file nothing
 * is told since Windows Vista.
 *
 * Sources: Microsoft's documentation of the class and of the two methods, with
 * their samples; what live hosts print (TotalMFTSize, TotalUnmovableFiles and
 * the type of AverageFreeSpacePerExtent differ from the documentation).
 */
#include "provider/classes.h"

/* The row of the volume in the model: of those that are NTFS.  */
static size_t volume_at(const struct cim_object *o)
{
	return o->provider->ntfs_volumes[o->index];
}

static const struct ntfs_space *space_of(const struct cim_object *o)
{
	return provider_space(o->provider, volume_at(o));
}

static uint64_t cluster_size(const struct cim_object *o)
{
	return o->provider->model->volumes[volume_at(o)].identity.cluster_size;
}

/* NULL, too, where a record that counts could not be read.  */
static const struct ntfs_fragments *files_of(const struct cim_object *o)
{
	const struct ntfs_fragments *f = provider_fragments(o->provider,
							    volume_at(o));

	return f != NULL && f->whole ? f : NULL;
}

/* @part of @whole in percent, cut; of nothing 0.  */
static uint64_t percent(uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return 0;
	while (whole > UINT64_MAX / 100) {
		part /= 2;
		whole /= 2;
	}
	return part * 100 / whole;
}

static void get_name(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, provider_volume_path(o->provider, volume_at(o)));
}

/* --- the space ------------------------------------------------------------ */

static void get_cluster_size(const struct cim_object *o, struct cim_value *v)
{
	if (cluster_size(o) != 0)
		cim_set_integer(v, cluster_size(o));
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, s->total * cluster_size(o));
}

static void get_used(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, (s->total - s->free) * cluster_size(o));
}

static void get_free(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, s->free * cluster_size(o));
}

static void get_free_percent(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, percent(s->free, s->total));
}

static void get_extents(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, s->n_free_runs);
}

static void get_largest(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, s->largest_free_run * cluster_size(o));
}

static void get_per_extent(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, s->n_free_runs == 0 ? 0 :
				   s->free * cluster_size(o) / s->n_free_runs);
}

static void get_free_fragmentation(const struct cim_object *o,
				   struct cim_value *v)
{
	const struct ntfs_space *s = space_of(o);

	if (s != NULL)
		cim_set_integer(v, percent(s->free - s->largest_free_run,
					   s->free));
}

/* --- files and folders ---------------------------------------------------- */

static void get_files(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->files.n);
}

static void get_fragmented_files(const struct cim_object *o,
				 struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->files.fragmented);
}

static void get_excess(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->files.excess);
}

static void get_file_fragmentation(const struct cim_object *o,
				   struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, percent(f->files.fragmented, f->files.n));
}

static void get_file_size(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->files.n == 0 ? 0 :
				   f->file_bytes / f->files.n);
}

static void get_per_file(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);
	uint64_t n, hundredths;

	if (f == NULL || f->files.n == 0)
		return;
	n = f->files.n;
	hundredths = (100 * (n + f->files.excess) + n / 2) / n;
	v->is_set = true;
	v->real = (double)hundredths / 100;
}

static void get_folders(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->folders.n);
}

static void get_fragmented_folders(const struct cim_object *o,
				   struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->folders.fragmented);
}

static void get_excess_folders(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->folders.excess);
}

/* --- the $MFT ------------------------------------------------------------- */

static void get_mft_size(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = provider_fragments(o->provider,
							    volume_at(o));

	if (f != NULL && f->mft_fragments > 0)
		cim_set_integer(v, f->mft_bytes);
}

static void get_mft_fragments(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = provider_fragments(o->provider,
							    volume_at(o));

	if (f != NULL && f->mft_fragments > 0)
		cim_set_integer(v, f->mft_fragments);
}

static void get_mft_records(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, f->records_in_use);
}

static void get_mft_in_use(const struct cim_object *o, struct cim_value *v)
{
	const struct ntfs_fragments *f = files_of(o);

	if (f != NULL)
		cim_set_integer(v, percent(f->records_in_use, f->records));
}

/* --- what Windows Vista gave up ------------------------------------------- */

/* Size and fragments of \pagefile.sys; false: there is none, or they cannot be
 * read.  */
static bool page_file(const struct cim_object *o, uint64_t *ret_bytes,
		      uint64_t *ret_fragments)
{
	struct ntfs *n = machine_volume_ntfs(o->provider->machine,
					     volume_at(o));
	ntfs_ref ref;

	return n != NULL &&
	       ntfs_find_path(n, "\\pagefile.sys", &ref, NULL) == 0 &&
	       ntfs_fragments_of(n, ref, ret_bytes, ret_fragments, NULL) == 0;
}

static bool is_since_vista(const struct cim_object *o)
{
	return provider_build(o->provider) >= PROVIDER_VISTA;
}

static bool is_before_vista(const struct cim_object *o)
{
	return provider_build(o->provider) > 0 && !is_since_vista(o);
}

static void get_page_file_size(const struct cim_object *o,
			       struct cim_value *v)
{
	uint64_t bytes = 0, fragments;

	if (is_since_vista(o) ||
	    (is_before_vista(o) && page_file(o, &bytes, &fragments)))
		cim_set_integer(v, bytes);
}

static void get_page_file_fragments(const struct cim_object *o,
				    struct cim_value *v)
{
	uint64_t bytes, fragments = 0;

	if (is_since_vista(o) ||
	    (is_before_vista(o) && page_file(o, &bytes, &fragments)))
		cim_set_integer(v, fragments);
}

static void get_fragmentation(const struct cim_object *o, struct cim_value *v)
{
	struct cim_value files = { 0 }, space = { 0 };

	if (is_since_vista(o)) {
		cim_set_integer(v, 0);
		return;
	}
	if (!is_before_vista(o))
		return;
	get_file_fragmentation(o, &files);
	get_free_fragmentation(o, &space);
	if (files.is_set && space.is_set)
		cim_set_integer(v, (files.integer + space.integer) / 2);
}

#define BITMAP "$Bitmap"
#define RECORDS "$MFT"
#define BEFORE "before Windows Vista "
#define SINCE "; since then 0"

static const struct cim_property properties[] = {
	PROPERTY("AverageFileSize", CIM_UINT64, get_file_size,
		 RECORDS ": sizes of the unnamed $DATA of files / TotalFiles"),
	PROPERTY("AverageFragmentsPerFile", CIM_REAL64, get_per_file,
		 "1 + TotalExcessFragments / TotalFiles, in hundredths"),
	PROPERTY("AverageFreeSpacePerExtent", CIM_UINT64, get_per_extent,
		 "FreeSpace / TotalFreeSpaceExtents"),
	PROPERTY("ClusterSize", CIM_UINT64, get_cluster_size, "boot sector"),
	PROPERTY("ExcessFolderFragments", CIM_UINT64, get_excess_folders,
		 RECORDS ": fragments of folders beyond the first of each"),
	PROPERTY("FilePercentFragmentation", CIM_UINT32,
		 get_file_fragmentation,
		 "100 TotalFragmentedFiles / TotalFiles"),
	PROPERTY("FragmentedFolders", CIM_UINT64, get_fragmented_folders,
		 RECORDS ": folders of more than one fragment"),
	PROPERTY("FreeSpace", CIM_UINT64, get_free,
		 BITMAP ": clusters that are free"),
	PROPERTY("FreeSpacePercent", CIM_UINT32, get_free_percent,
		 "100 FreeSpace / VolumeSize"),
	PROPERTY("FreeSpacePercentFragmentation", CIM_UINT32,
		 get_free_fragmentation,
		 "100 (FreeSpace - LargestFreeSpaceExtent) / FreeSpace"),
	PROPERTY("LargestFreeSpaceExtent", CIM_UINT64, get_largest,
		 BITMAP ": the most free clusters side by side, in bytes"),
	PROPERTY("MFTPercentInUse", CIM_UINT32, get_mft_in_use,
		 "100 MFTRecordCount / all records of the $MFT"),
	PROPERTY("MFTRecordCount", CIM_UINT64, get_mft_records,
		 RECORDS ": records in use"),
	PROPERTY("PageFileSize", CIM_UINT64, get_page_file_size,
		 BEFORE "the size of \\pagefile.sys" SINCE),
	PROPERTY("TotalExcessFragments", CIM_UINT64, get_excess,
		 RECORDS ": fragments of files beyond the first of each"),
	PROPERTY("TotalFiles", CIM_UINT64, get_files,
		 RECORDS ": base records in use, from 24 on, no directories"),
	PROPERTY("TotalFolders", CIM_UINT64, get_folders,
		 RECORDS ": base records in use, from 24 on, directories"),
	PROPERTY("TotalFragmentedFiles", CIM_UINT64, get_fragmented_files,
		 RECORDS ": files of more than one fragment"),
	PROPERTY("TotalFreeSpaceExtents", CIM_UINT64, get_extents,
		 BITMAP ": runs of free clusters"),
	PROPERTY("TotalMFTFragments", CIM_UINT64, get_mft_fragments,
		 RECORDS ": fragments of its $DATA"),
	PROPERTY("TotalMFTSize", CIM_UINT64, get_mft_size,
		 RECORDS ": size of its $DATA"),
	PROPERTY("TotalPageFileFragments", CIM_UINT64,
		 get_page_file_fragments,
		 BEFORE "the fragments of \\pagefile.sys" SINCE),
	PROPERTY("TotalPercentFragmentation", CIM_UINT32, get_fragmentation,
		 BEFORE "the mean of FilePercentFragmentation and "
		 "FreeSpacePercentFragmentation" SINCE),
	UNKNOWN("TotalUnmovableFiles", CIM_UINT64,
		"which files cannot be moved, the running system decides"),
	PROPERTY("UsedSpace", CIM_UINT64, get_used,
		 BITMAP ": clusters in use"),
	PROPERTY("VolumeName", CIM_STRING, get_name,
		 "as Name of Win32_Volume"),
	PROPERTY("VolumeSize", CIM_UINT64, get_size,
		 BITMAP ": all clusters"),
};

static size_t count(const struct provider *p)
{
	return p->n_ntfs_volumes;
}

const struct cim_class class_defrag_analysis = {
	.name = "Win32_DefragAnalysis",
	.ancestors = "",
	.space = "root\\cimv2",
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count,
};
