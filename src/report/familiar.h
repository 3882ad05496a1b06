/*
 * familiar.h - one installation as the tools of Windows print it
 *
 * Text for people and scripts who know these tools.  What the live tool tells
 * and nothing offline can is left empty.  Lines end with LF, without blanks
 * before it.  Whatever comes from evidence goes through line_text().
 *
 * Sources: what the tools print on live hosts, in public captures.
 */
#ifndef REPORT_FAMILIAR_H
#define REPORT_FAMILIAR_H

#include "provider/provider.h"
#include "report/out.h"

/* Write what the tool prints in the installation of @p.  */
typedef void familiar_fn(struct provider *p, struct out *out);

familiar_fn mountvol_write, diskpart_write, get_partition_write,
	fsutil_reparse_write;

/* Installation number @only of @m, or NONE: all, each below a line that tells
 * which it is, where there are several.  0, or ERR_NOMEM.  */
int familiar_report(struct machine *m, familiar_fn *write, size_t only,
		    struct out *out);

/* A volume that Windows shows: not one that no table leads to, nor a disk of a
 * storage pool.  */
bool familiar_shows(const struct provider *p, size_t volume);

/* Property @name of object @index of @c.  */
struct cim_value familiar_value(const struct provider *p,
				const struct cim_class *c, size_t index,
				const char *name);

/* A line in columns.  */
struct line {
	struct out *out;
	unsigned column;	/* where the next character goes */
};

/* Blanks up to @column, if it is not reached.  */
void line_pad(struct line *l, unsigned column);
void line_put(struct line *l, const char *s);	/* text of ours */
/* Of any text what fits into @width columns; UINT_MAX: all of it.  */
void line_text(struct line *l, const char *s, unsigned width);
/* @s in columns from @from on; nothing where it is NULL or empty.  */
void line_left(struct line *l, unsigned from, const char *s);
/* @s so that it ends before column @to.  */
void line_right(struct line *l, unsigned to, const char *s);
void line_end(struct line *l);

#endif /* REPORT_FAMILIAR_H */
