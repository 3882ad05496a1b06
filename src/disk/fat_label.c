/*
 * fat_label.c - labels of FAT and exFAT: entries of the root directory
 */
#include "disk/fat_label.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/code_page.h"
#include "disk/boot_sector.h"
#include "disk/findings.h"
#include "disk/oem_label.h"

/* A FAT directory holds at most 65536 entries of 32 bytes; that of an exFAT
 * volume may be larger, but its label stands at its start.  */
#define MAX_ROOT_BYTES (2u << 20)

/* Directories are read in pieces of this size, or of a cluster.  */
#define PIECE_BYTES (32u << 10)

struct reader {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
};

static void report(struct reader *r, const struct diag_kind *kind,
		   uint64_t off, uint64_t n, const char *text)
{
	struct diag *d = diag_add(r->diags, kind, "%s",
				  text != NULL ? text : kind->title);

	if (d != NULL)
		source_cite(r->volume, off, n, "boot sector", r->arena,
			    &d->cites);
}

#define FAT32_CHAIN_END 0x0ffffff8u
#define EXFAT_CHAIN_END 0xffffffffu

/* Where the boot sector has the first cluster of the root directory.  */
#define FAT32_ROOT_AT 0x2c
#define EXFAT_ROOT_AT 0x60

/* What a file system keeps its root directory in, if that is a chain of
 * clusters.  */
struct chain {
	uint64_t fat_offset, heap_offset;
	uint32_t first, clusters, cluster_bytes, mask;
	uint64_t first_at;	/* where `first' stands in the boot sector */
	uint32_t end;		/* this and above: no cluster follows */
};

/* A search for the entry of the label.  */
struct search {
	struct source *volume;
	enum label_scan (*scan)(struct span directory, struct span *ret_label);
	uint8_t *buf;		/* PIECE_BYTES */
	enum label_scan found;
	struct span label;
};

/* Look through @n bytes of a directory at @off.  */
static int scan_range(struct search *s, uint64_t off, uint64_t n,
		      struct err *reterr)
{
	s->found = LABEL_NOT_YET;
	while (n > 0 && s->found == LABEL_NOT_YET) {
		size_t take = n < PIECE_BYTES ? (size_t)n : PIECE_BYTES;
		int err = source_read(s->volume, off, s->buf, take, reterr);

		if (err < 0)
			return err;
		s->found = s->scan((struct span){ s->buf, take, off },
				   &s->label);
		off += take;
		n -= take;
	}
	return 0;
}

/* Ends: each turn takes a cluster, and at most MAX_ROOT_BYTES are looked at. */
static int scan_chain(struct search *s, const struct chain *c,
		      struct err *reterr)
{
	uint32_t cluster = c->first, mark = 0, steps = 0, until = 1;
	uint64_t at = 0;	/* of the entry that led here */

	for (uint64_t seen = 0; seen < MAX_ROOT_BYTES;
	     seen += c->cluster_bytes) {
		le32 next;
		int err;

		if (cluster < 2 || cluster - 2 >= c->clusters)
			return err_set(reterr, ERR_VALUE, c->first_at,
				       "cluster of the root directory",
				       c->clusters + 1, cluster);
		err = scan_range(s, c->heap_offset +
				 (uint64_t)(cluster - 2) * c->cluster_bytes,
				 c->cluster_bytes, reterr);
		if (err < 0 || s->found != LABEL_NOT_YET)
			return err;
		err = source_read(s->volume, c->fat_offset + 4ull * cluster,
				  &next, sizeof(next), reterr);
		if (err < 0)
			return err;
		at = c->fat_offset + 4ull * cluster;
		cluster = get_le32(next) & c->mask;
		if (cluster >= c->end)
			break;
		if (cluster < 2 || cluster - 2 >= c->clusters)
			return err_set(reterr, ERR_VALUE, at,
				       "chain of the root directory",
				       c->clusters + 1, cluster);
		if (cluster == mark)
			return err_set(reterr, ERR_LOOP, at,
				       "chain of the root directory",
				       c->clusters, cluster);
		/* A loop comes back to some cluster that was marked.  */
		if (++steps == until) {
			mark = cluster;
			until *= 2;
			steps = 0;
		}
	}
	s->found = LABEL_NONE;
	/* Only FAT bounds the size of a directory.  */
	if (cluster < c->end && c->end != EXFAT_CHAIN_END)
		return err_set(reterr, ERR_LIMIT, at,
			       "chain of the root directory", MAX_ROOT_BYTES,
			       MAX_ROOT_BYTES);
	return 0;
}

/* Labels of FAT are padded with blanks, and e5 would mark a deleted entry.
 * Returns how many bytes of @copy are in use.  */
static size_t fat_label_bytes(struct span label, uint8_t *copy)
{
	size_t n = label.n;

	memcpy(copy, label.p, n);
	if (copy[0] == 0x05)
		copy[0] = 0xe5;
	while (n > 0 && (copy[n - 1] == ' ' || copy[n - 1] == '\0'))
		n--;
	return n;
}

static struct text fat_label(struct reader *r, struct span label)
{
	uint8_t copy[FAT_LABEL_CHARS];
	size_t n = fat_label_bytes(label, copy);

	if (n == 0)
		return (struct text){ 0 };
	return text_from_code_page(r->arena, OEM_USUAL_CODE_PAGE,
				   (struct span){ copy, n, label.at });
}

/* The label of the volume, with its bytes where these may mean another.  */
static void set_label(struct reader *r, struct span label,
		      struct volume_identity *v)
{
	uint8_t copy[FAT_LABEL_CHARS];
	size_t n = fat_label_bytes(label, copy);

	v->label = (struct text){ 0 };
	if (n > 0)
		oem_label_set(r->arena, (struct span){ copy, n, label.at }, v);
}

static void label_unread(struct reader *r, const struct err *e)
{
	char text[200];

	report(r, &FINDING_VOLUME_LABEL, 0, BOOT_SECTOR_BYTES,
	       arena_printf(r->arena, "%s.",
			    err_text(e, text, sizeof(text))));
}

/* The label with which the volume was formatted; none if it had none.  */
static struct text boot_label(struct reader *r, const struct fat_boot *b)
{
	if (!b->has_serial || memcmp(b->label, "NO NAME    ", 11) == 0)
		return (struct text){ 0 };
	return fat_label(r, (struct span){ b->label, FAT_LABEL_CHARS, 0 });
}

/* Windows shows and changes the label in the root directory only.  */
static void compare_labels(struct reader *r, struct text boot,
			   struct text root)
{
	if (boot.utf8 == NULL ||
	    (root.utf8 != NULL && strcmp(boot.utf8, root.utf8) == 0))
		return;
	report(r, &FINDING_VOLUME_LABELS_DIFFER, 0, BOOT_SECTOR_BYTES,
	       arena_printf(r->arena, "The boot sector has the label %s, the "
			    "root directory %s%s, which Windows shows.",
			    boot.utf8, root.utf8 != NULL ? "has " : "none",
			    root.utf8 != NULL ? root.utf8 : ""));
}

static int search_root(struct search *s, const struct fat_boot *b,
		       struct err *reterr)
{
	const struct chain c = {
		b->fat_offset, b->data_offset, b->root_cluster, b->clusters,
		b->cluster_bytes, 0x0fffffff, FAT32_ROOT_AT, FAT32_CHAIN_END,
	};

	return b->bits == 32 ? scan_chain(s, &c, reterr) :
		scan_range(s, b->root_offset, b->root_bytes, reterr);
}

/* Nothing below the root directory is read, also no Windows.  */
static void find_windows(struct reader *r, const struct fat_boot *b,
			 uint8_t *buf)
{
	struct search s = {
		.volume = r->volume, .scan = fat_scan_windows, .buf = buf,
		.found = LABEL_NONE,
	};
	struct diag *d;

	if (search_root(&s, b, NULL) < 0 || s.found != LABEL_FOUND)
		return;
	d = diag_add(r->diags, &FINDING_FAT_WINDOWS,
		     "The root directory has %.*s. If a Windows is installed "
		     "there, its hives, its users and its event logs are not "
		     "read, since directories of FAT are not; what is copied "
		     "out of it can be given as hives without a disk.",
		     s.label.p[3] == 'D' ? 7 : 5, (const char *)s.label.p);
	if (d != NULL)
		source_cite(r->volume, s.label.at, s.label.n,
			    "directory entry", r->arena, &d->cites);
}

void fat_label_read(struct source *volume, const struct fat_boot *b,
		    struct arena *a, struct diag_list *d,
		    struct volume_identity *v)
{
	struct reader r = { volume, a, d };
	struct search s = {
		.volume = volume, .scan = fat_scan_label,
		.buf = arena_malloc(a, PIECE_BYTES), .found = LABEL_NONE,
	};
	struct err e = { .code = ERR_NOMEM, .what = "root directory" };
	int err = ERR_NOMEM;

	if (s.buf != NULL)
		err = search_root(&s, b, &e);
	if (err < 0) {
		label_unread(&r, &e);
		v->label = boot_label(&r, b);
	} else if (s.found == LABEL_FOUND) {
		set_label(&r, s.label, v);
	}
	if (err == 0) {
		compare_labels(&r, boot_label(&r, b), v->label);
		find_windows(&r, b, s.buf);
	}
	free(s.buf);
}

void exfat_label_read(struct source *volume, const struct exfat_boot *b,
		      struct arena *a, struct diag_list *d,
		      struct volume_identity *v)
{
	struct reader r = { volume, a, d };
	const struct chain c = {
		b->fat_offset, b->heap_offset, b->root_cluster, b->clusters,
		b->cluster_bytes, 0xffffffff, EXFAT_ROOT_AT, EXFAT_CHAIN_END,
	};
	struct search s = {
		.volume = volume, .scan = exfat_scan_label,
		.buf = arena_malloc(a, PIECE_BYTES), .found = LABEL_NONE,
	};
	struct err e = { .code = ERR_NOMEM, .what = "root directory" };
	int err = s.buf != NULL ? scan_chain(&s, &c, &e) : ERR_NOMEM;

	if (err < 0)
		label_unread(&r, &e);
	else if (s.found == LABEL_FOUND)
		v->label = text_from_utf16(a, s.label);
	else if (s.found == LABEL_DAMAGED)
		report(&r, &FINDING_VOLUME_LABEL, s.label.at, s.label.n,
		       arena_printf(a, "The entry of the label has %u "
				    "characters; it can have %u at most.",
				    s.label.p[1], EXFAT_LABEL_CHARS));
	free(s.buf);
}
