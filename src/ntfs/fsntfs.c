#include "ntfs/fsntfs.h"

#include <libfsntfs.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/bfio.h"
#include "ntfs/findings.h"

/* A name of a reparse point has at most 16 KiB.  */
#define MAX_NAME_UNITS 8192

struct fsntfs {
	struct bfio io;
	libfsntfs_volume_t *fs;	/* NULL: it could not be opened */
};

static int open_volume(struct fsntfs *f, struct source *volume)
{
	if (bfio_init(&f->io, volume) < 0 ||
	    libfsntfs_volume_initialize(&f->fs, NULL) != 1)
		return -1;
	if (libfsntfs_volume_open_file_io_handle(f->fs, f->io.handle,
						 LIBFSNTFS_OPEN_READ,
						 NULL) == 1)
		return 0;
	libfsntfs_volume_free(&f->fs, NULL);
	return -1;
}

void fsntfs_free(struct fsntfs *f)
{
	if (f == NULL)
		return;
	if (f->fs != NULL)
		libfsntfs_volume_free(&f->fs, NULL);
	bfio_done(&f->io);
	free(f);
}

/* The volume, or NULL if libfsntfs does not open it.  */
static libfsntfs_volume_t *volume_of(struct ntfs *n)
{
	if (n->fsntfs == NULL) {
		n->fsntfs = arena_calloc(n->arena, 1, sizeof(*n->fsntfs));
		if (n->fsntfs == NULL)
			return NULL;
		open_volume(n->fsntfs, n->volume);
	}
	return n->fsntfs->fs;
}

static libfsntfs_file_entry_t *entry_of(struct ntfs *n, uint64_t number)
{
	libfsntfs_volume_t *v = volume_of(n);
	libfsntfs_file_entry_t *entry = NULL;

	if (v == NULL ||
	    libfsntfs_volume_get_file_entry_by_index(v, number, &entry,
						     NULL) != 1)
		return NULL;
	return entry;
}

struct fs_stream {
	struct source source;
	libfsntfs_file_entry_t *entry;
	libfsntfs_data_stream_t *named;	/* NULL: the unnamed stream */
	struct source *stored;		/* its clusters, with their holes */
	uint64_t unit;			/* bytes that are compressed as one */
};

static int fs_stream_read(struct source *s, uint64_t off, void *buf, size_t n,
			  struct err *reterr)
{
	struct fs_stream *f = (struct fs_stream *)s;
	uint8_t *out = buf;

	/* Ends: a read that takes nothing is an error.  */
	while (n > 0) {
		ssize_t got = f->named != NULL ?
			libfsntfs_data_stream_read_buffer_at_offset(
				f->named, out, n, (off64_t)off, NULL) :
			libfsntfs_file_entry_read_buffer_at_offset(
				f->entry, out, n, (off64_t)off, NULL);

		if (got <= 0 || (size_t)got > n)
			return err_set(reterr, ERR_IO, off,
				       "compressed stream, by libfsntfs", n, 0);
		out += got;
		off += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

/* How many bytes at the start of the unit at @start have clusters: all of them
 * where it is not compressed, none where it is zeros.  */
static uint64_t stored_bytes(const struct fs_stream *f, uint64_t start)
{
	uint64_t n = 0;

	/* Ends: a place is of at least a byte.  */
	while (n < f->unit && start + n < f->stored->size) {
		struct source_place p =
			f->stored->ops->place(f->stored, start + n);

		if (p.below == NULL)
			break;
		n += p.n;
	}
	return n < f->unit ? n : f->unit;
}

static uint64_t left_of_unit(const struct fs_stream *f, uint64_t off)
{
	uint64_t in_unit = f->unit - off % f->unit;
	uint64_t in_file = f->source.size - off;

	return in_unit < in_file ? in_unit : in_file;
}

static struct source_place fs_stream_packed(struct source *s, uint64_t off,
					    uint64_t *ret_n)
{
	struct fs_stream *f = (struct fs_stream *)s;
	uint64_t start = off - off % f->unit;
	uint64_t n = stored_bytes(f, start);

	*ret_n = left_of_unit(f, off);
	return (struct source_place){
		n > 0 && n < f->unit ? f->stored : NULL, start, n
	};
}

static struct source_place fs_stream_place(struct source *s, uint64_t off)
{
	struct fs_stream *f = (struct fs_stream *)s;
	bool as_it_is = stored_bytes(f, off - off % f->unit) == f->unit;

	return (struct source_place){
		as_it_is ? f->stored : NULL, off, left_of_unit(f, off)
	};
}

static void fs_stream_free(struct source *s)
{
	struct fs_stream *f = (struct fs_stream *)s;

	if (f->named != NULL)
		libfsntfs_data_stream_free(&f->named, NULL);
	if (f->entry != NULL)
		libfsntfs_file_entry_free(&f->entry, NULL);
	source_free(f->stored);
	free(f);
}

static const struct source_ops fs_stream_ops = {
	fs_stream_read, fs_stream_place, fs_stream_free,
};

static int open_entry(struct ntfs *n, uint64_t number, const char *stream,
		      struct fs_stream *f)
{
	f->entry = entry_of(n, number);
	if (f->entry == NULL)
		return -1;
	if (stream == NULL)
		return libfsntfs_file_entry_get_size(
			f->entry, &f->source.size, NULL) == 1 ? 0 : -1;
	if (libfsntfs_file_entry_get_alternate_data_stream_by_utf8_name(
		    f->entry, (const uint8_t *)stream, strlen(stream),
		    &f->named, NULL) != 1)
		return -1;
	return libfsntfs_data_stream_get_size(f->named, &f->source.size,
					      NULL) == 1 ? 0 : -1;
}

/* What no cluster is there for, cannot be read, as in other streams.  */
static void clamp_size(struct ntfs *n, uint64_t number, struct fs_stream *f)
{
	struct err e;

	if (f->source.size <= f->stored->size)
		return;
	err_set(&e, ERR_VALUE, 0, "compressed stream: real size",
		f->stored->size, f->source.size);
	ntfs_finding(n, &FINDING_NTFS_RUNS, number, &e,
		     "A compressed stream of MFT record %llu is longer than "
		     "its clusters", (unsigned long long)number);
	f->source.size = f->stored->size;
}

int fsntfs_stream(struct ntfs *n, uint64_t number, const char *stream,
		  struct source *stored, uint64_t unit, struct source **ret,
		  struct err *reterr)
{
	struct fs_stream *f = arena_calloc(n->arena, 1, sizeof(*f));

	if (f == NULL) {
		source_free(stored);
		return err_set(reterr, ERR_NOMEM, 0, "compressed stream", 0, 0);
	}
	f->source.ops = &fs_stream_ops;
	f->source.packed = fs_stream_packed;
	f->stored = stored;
	f->unit = unit;
	if (open_entry(n, number, stream, f) < 0) {
		fs_stream_free(&f->source);
		return err_set(reterr, ERR_IO, 0,
			       "compressed stream, by libfsntfs", 0, 0);
	}
	clamp_size(n, number, f);
	*ret = &f->source;
	return 0;
}

/* The attribute 0xc0 of @entry, or NULL.  */
static libfsntfs_attribute_t *reparse_attribute(libfsntfs_file_entry_t *entry)
{
	int count = 0;

	if (libfsntfs_file_entry_get_number_of_attributes(entry, &count,
							  NULL) != 1)
		return NULL;
	for (int i = 0; i < count; i++) {
		libfsntfs_attribute_t *a = NULL;
		uint32_t type = 0;

		if (libfsntfs_file_entry_get_attribute_by_index(
			    entry, i, &a, NULL) != 1)
			continue;
		if (libfsntfs_attribute_get_type(a, &type, NULL) == 1 &&
		    type == LIBFSNTFS_ATTRIBUTE_TYPE_REPARSE_POINT)
			return a;
		libfsntfs_attribute_free(&a, NULL);
	}
	return NULL;
}

/* Compare @name with the substitute name in @a.  */
static enum ntfs_witness compare_name(libfsntfs_attribute_t *a,
				      struct span name)
{
	uint16_t units[MAX_NAME_UNITS];
	size_t n = 0;

	if (libfsntfs_reparse_point_attribute_get_utf16_substitute_name_size(
		    a, &n, NULL) != 1 || n > MAX_NAME_UNITS)
		return NTFS_WITNESS_UNAVAILABLE;
	if (n > 0 &&
	    libfsntfs_reparse_point_attribute_get_utf16_substitute_name(
		    a, units, n, NULL) != 1)
		return NTFS_WITNESS_UNAVAILABLE;
	/* Its size counts a NUL, and so may the name itself.  */
	while (n > 0 && units[n - 1] == 0)
		n--;
	if (n != name.n / 2)
		return NTFS_WITNESS_DISAGREES;
	for (size_t i = 0; i < n; i++)
		if (units[i] != (name.p[2 * i] | name.p[2 * i + 1] << 8))
			return NTFS_WITNESS_DISAGREES;
	return NTFS_WITNESS_AGREES;
}

static enum ntfs_witness compare(libfsntfs_attribute_t *a,
				 const struct ntfs_reparse *p)
{
	uint32_t tag = 0;

	/* It gives tag 0 where the data is not resident: that it does not
	 * read.  */
	if (libfsntfs_reparse_point_attribute_get_tag(a, &tag, NULL) != 1 ||
	    (tag == 0 && p->tag != 0))
		return NTFS_WITNESS_UNAVAILABLE;
	if (tag != p->tag)
		return NTFS_WITNESS_DISAGREES;
	if (p->data.kind == REPARSE_OTHER)
		return NTFS_WITNESS_AGREES;
	return compare_name(a, p->data.substitute_name);
}

static void witness_finding(struct ntfs *n, const struct diag_kind *kind,
			    const struct ntfs_reparse *p)
{
	struct diag *d;

	if (!ntfs_first_time(n, kind, p->ref))
		return;
	d = diag_add(n->diags, kind, kind == &FINDING_NTFS_WITNESS_DISAGREES ?
		     "libfsntfs finds another tag or substitute name in the "
		     "reparse point of MFT record %llu" :
		     "libfsntfs cannot read the reparse point of MFT record "
		     "%llu, so it is not confirmed by a second reader",
		     (unsigned long long)NTFS_RECORD(p->ref));
	if (d != NULL)
		cites_join(n->arena, &d->cites, &p->cites);
}

/* libfsntfs 20200921 reads the data of a reparse point whose head says that it
 * has none through a null pointer.  */
static bool may_be_read(const struct ntfs_reparse *p)
{
	return p->data.data_bytes > 0 &&
	       p->data.data_bytes <= p->data.data_bytes_there;
}

int ntfs_witness_fsntfs(struct ntfs *n, const struct ntfs_reparse *p,
			enum ntfs_witness *ret, struct err *reterr)
{
	enum ntfs_witness w = NTFS_WITNESS_UNAVAILABLE;
	libfsntfs_file_entry_t *entry = NULL;
	libfsntfs_attribute_t *a = NULL;

	if (may_be_read(p))
		entry = entry_of(n, NTFS_RECORD(p->ref));
	else
		volume_of(n);
	if (n->fsntfs == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "libfsntfs", 0, 0);
	if (entry != NULL)
		a = reparse_attribute(entry);
	if (a != NULL) {
		w = compare(a, p);
		libfsntfs_attribute_free(&a, NULL);
	}
	if (entry != NULL)
		libfsntfs_file_entry_free(&entry, NULL);
	if (w == NTFS_WITNESS_DISAGREES)
		witness_finding(n, &FINDING_NTFS_WITNESS_DISAGREES, p);
	if (w == NTFS_WITNESS_UNAVAILABLE && p->raw.n > 0)
		witness_finding(n, &FINDING_NTFS_WITNESS_UNAVAILABLE, p);
	*ret = w;
	return 0;
}
