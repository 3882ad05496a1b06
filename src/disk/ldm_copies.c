/*
 * ldm_copies.c - the spare copies in the private region of a dynamic disk
 *
 * A private header is in sector 6 of an MBR disk, and in the two sectors of the
 * configuration that the header itself names.  Tables of contents come in
 * pairs, the second as far from the end of the configuration as the first from
 * its begin; the header names the pair in use, and the other one may never have
 * been written.  On the 19 disks of libldm's tests all of these are there, and
 * copies are equal to the byte.
 */
#include "disk/ldm_copies.h"

#include <string.h>

#include "disk/findings.h"

#define TOC_PAIRS 2

static bool is_told(const struct ldm_copies *c, uint64_t at)
{
	for (size_t i = 0; i < c->n_told; i++)
		if (c->told[i] == at)
			return true;
	return false;
}

static bool read_block(const struct ldm_copies *c, uint64_t at,
		       uint8_t buf[LDM_BLOCK_BYTES])
{
	return source_read(c->disk->source, at, buf, LDM_BLOCK_BYTES,
			   NULL) == 0;
}

static uint64_t config_place(const struct ldm_copies *c, uint64_t sector)
{
	return (c->head->config_start + sector) * c->disk->sector_size;
}

static void report(const struct ldm_copies *c, uint64_t at, uint64_t sound,
		   const char *structure, const char *what, const char *how)
{
	struct diag *d = diag_add(c->diags, &FINDING_LDM_COPY,
		"A copy of the dynamic disk's %s, in sector %llu, %s; that in "
		"sector %llu is used.", what,
		(unsigned long long)(at / c->disk->sector_size), how,
		(unsigned long long)(sound / c->disk->sector_size));

	if (d == NULL)
		return;
	source_cite(c->disk->source, at, LDM_BLOCK_BYTES, structure, c->arena,
		    &d->cites);
	source_cite(c->disk->source, sound, LDM_BLOCK_BYTES, structure,
		    c->arena, &d->cites);
}

/* Private headers */

/* What is wrong with the header at @at; NULL: nothing.  */
static const char *wrong_with(const struct ldm_copies *c, uint64_t at,
			      const uint8_t used[LDM_BLOCK_BYTES])
{
	uint8_t buf[LDM_BLOCK_BYTES];
	struct span s = { buf, sizeof(buf), at };
	struct ldm_privhead h;

	if (!read_block(c, at, buf))
		return "cannot be read";
	if (memcmp(buf, used, sizeof(buf)) == 0)
		return NULL;
	if (!span_has(s, 0, "PRIVHEAD", 8))
		return "is not there";
	if (ldm_privhead_parse(s, &h, NULL) < 0 ||
	    h.checksum != h.checksum_computed)
		return "is damaged";
	return "says something else";
}

static void check_head(const struct ldm_copies *c, uint64_t at,
		       const uint8_t used[LDM_BLOCK_BYTES])
{
	const char *how;

	if (at == c->head->at || is_told(c, at))
		return;
	how = wrong_with(c, at, used);
	if (how != NULL)
		report(c, at, c->head->at, "PRIVHEAD", "private header", how);
}

/* A GPT disk has none in sector 6, which is one of its table; of a disk that
 * lost its table it is not known which it was.  */
static bool has_head_of_mbr(const struct ldm_copies *c)
{
	return c->disk->scheme == SCHEME_MBR;
}

static void check_heads(const struct ldm_copies *c)
{
	uint8_t used[LDM_BLOCK_BYTES];

	if (!read_block(c, c->head->at, used))
		return;
	if (has_head_of_mbr(c))
		check_head(c, (uint64_t)LDM_PRIVHEAD_LBA *
			   c->disk->sector_size, used);
	for (size_t i = 0; i < LDM_PRIVHEAD_COPIES; i++)
		if (c->head->copies[i] < c->head->config_size)
			check_head(c, config_place(c, c->head->copies[i]),
				   used);
}

/* Tables of contents */

enum toc_state { TOC_ABSENT, TOC_DAMAGED, TOC_SOUND };

struct toc_copy {
	uint64_t at;
	enum toc_state state;
	uint8_t bytes[LDM_BLOCK_BYTES];
	struct ldm_toc toc;
};

static struct toc_copy toc_at(const struct ldm_copies *c, uint64_t sector)
{
	struct toc_copy t = { .at = config_place(c, sector) };
	struct span s = { t.bytes, sizeof(t.bytes), t.at };

	if (!read_block(c, t.at, t.bytes) || !span_has(s, 0, "TOCBLOCK", 8))
		return t;
	t.state = ldm_toc_parse(s, &t.toc, NULL) == 0 &&
		  t.toc.checksum == t.toc.checksum_computed ? TOC_SOUND :
							      TOC_DAMAGED;
	return t;
}

static void report_toc(const struct ldm_copies *c, const struct toc_copy *t,
		       const struct toc_copy *sound, const char *how)
{
	report(c, t->at, sound->at, "TOCBLOCK", "table of contents", how);
}

/* Of two that belong together one is there, or both are and say other things.
 * A damaged one is told where it is read.  */
static void check_pair(const struct ldm_copies *c, const struct toc_copy *x,
		       const struct toc_copy *y)
{
	if (x->state == TOC_SOUND && y->state == TOC_ABSENT)
		report_toc(c, y, x, "is not there");
	else if (x->state == TOC_ABSENT && y->state == TOC_SOUND)
		report_toc(c, x, y, "is not there");
	else if (x->state == TOC_SOUND && y->state == TOC_SOUND &&
		 memcmp(x->bytes, y->bytes, sizeof(x->bytes)) != 0)
		report_toc(c, x->toc.sequence < y->toc.sequence ? x : y,
			   x->toc.sequence < y->toc.sequence ? y : x,
			   "says something else");
}

/* Neither @x nor @y of the pair in use is there, and one of another is.  */
static void check_lost_pair(const struct ldm_copies *c,
			    const struct toc_copy *x, const struct toc_copy *y,
			    const struct toc_copy *other)
{
	if (x->state != TOC_ABSENT || y->state != TOC_ABSENT ||
	    other->state != TOC_SOUND)
		return;
	report_toc(c, x, other, "is not there");
	report_toc(c, y, other, "is not there");
}

static void check_tocs(const struct ldm_copies *c)
{
	const uint64_t n = c->head->config_size;
	const uint64_t toc = c->head->toc, mirror = c->head->toc_mirror;
	struct toc_copy x, y;

	if (toc >= n || mirror >= n || toc == mirror)
		return;
	x = toc_at(c, toc);
	y = toc_at(c, mirror);
	check_pair(c, &x, &y);
	/* With larger sectors the first ones are elsewhere.  */
	if (c->disk->sector_size != LDM_BLOCK_BYTES)
		return;
	for (uint64_t i = 1; i <= TOC_PAIRS; i++) {
		struct toc_copy one, other;

		if (i == toc || i == mirror)
			continue;
		one = toc_at(c, i);
		other = toc_at(c, n - 1 - i);
		check_pair(c, &one, &other);
		check_lost_pair(c, &x, &y,
				one.state == TOC_SOUND ? &one : &other);
	}
}

void ldm_copies_check(const struct ldm_copies *c)
{
	check_heads(c);
	check_tocs(c);
}
