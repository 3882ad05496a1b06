/*
 * access.c - the questions that a hive answers, of cells or of text
 */
#include "base/bytes.h"
#include "registry/hive_internal.h"

enum { REG_SZ = 1, REG_EXPAND_SZ = 2, REG_DWORD = 4 };

int hive_root(struct hive *h, struct hive_key *ret, struct err *reterr)
{
	(void)reterr;
	*ret = h->root;
	return 0;
}

int hive_each_subkey(struct hive *h, const struct hive_key *k, hive_key_fn *fn,
		     void *ctx, struct err *reterr)
{
	return h->ops->each_subkey(h, k, NULL, fn, ctx, reterr);
}

int hive_each_subkey_like(struct hive *h, const struct hive_key *k,
			  const char *prefix, hive_key_fn *fn, void *ctx,
			  struct err *reterr)
{
	return h->ops->each_subkey(h, k, prefix, fn, ctx, reterr);
}

int hive_each_lost_subkey(struct hive *h, const struct hive_key *k,
			  hive_lost_key_fn *fn, void *ctx)
{
	/* Text has no cells.  */
	return h->text != NULL ? 0 : cell_each_lost_subkey(h, k, fn, ctx);
}

bool hive_lost_key_fits(struct hive *h, const struct hive_lost_key *k,
			const char *name)
{
	struct span wide;

	return utf16_from_utf8(h->arena, name, &wide) &&
	       !regf_hint_differs(k->kind, k->hint, wide, false);
}

/* Cut the part before the first backslash off *@path, with the backslash.  */
static struct span next_part(struct span *path)
{
	struct span part = *path;
	size_t n = 0;

	while (n < path->n && !(path->p[n] == '\\' && path->p[n + 1] == 0))
		n += 2;
	part.n = n;
	if (n < path->n)
		n += 2;
	path->p += n;
	path->n -= n;
	return part;
}

int hive_find_key(struct hive *h, const struct hive_key *from, const char *path,
		  struct hive_key *ret, struct err *reterr)
{
	struct hive_key k = from != NULL ? *from : h->root;
	struct span left;

	if (!utf16_from_utf8(h->arena, path, &left))
		return err_set(reterr, ERR_VALUE, 0, "path of a registry key",
			       0, 0);
	while (left.n > 0) {
		struct span part = next_part(&left);
		struct hive_key sub;
		int r;

		if (part.n == 0)
			continue;
		r = h->ops->find_subkey(h, &k, part, &sub, reterr);
		if (r < 0)
			return r;
		k = sub;
	}
	*ret = k;
	return 0;
}

int hive_each_value(struct hive *h, const struct hive_key *k, hive_value_fn *fn,
		    void *ctx, struct err *reterr)
{
	return h->ops->each_value(h, k, NULL, fn, ctx, reterr);
}

int hive_each_value_of(struct hive *h, const struct hive_key *k,
		       const struct hive_value_filter *f, hive_value_fn *fn,
		       void *ctx, struct err *reterr)
{
	return h->ops->each_value(h, k, f, fn, ctx, reterr);
}

int hive_each_uncounted_value(struct hive *h, const struct hive_key *k,
			      const char *const *prefixes, hive_value_fn *fn,
			      void *ctx)
{
	/* Text has no cells.  */
	return h->text != NULL ? 0
			       : cell_each_uncounted_value(h, k, prefixes, fn,
							   ctx);
}

int hive_find_value(struct hive *h, const struct hive_key *k, const char *name,
		    struct hive_value *ret, struct err *reterr)
{
	struct span wide;

	if (!utf16_from_utf8(h->arena, name, &wide))
		return err_set(reterr, ERR_VALUE, 0, "name of a registry value",
			       0, 0);
	return h->ops->find_value(h, k, wide, ret, reterr);
}

int hive_read_value(struct hive *h, const struct hive_value *v,
		    struct span *ret, struct cites *c, struct err *reterr)
{
	return h->ops->read_value(h, v, ret, c, reterr);
}

bool hive_read_bare_data(struct hive *h, const struct hive_value *v,
			 bool (*is_data)(struct span data), struct span *ret,
			 struct cites *c)
{
	return h->text == NULL && cell_read_bare_data(h, v, is_data, ret, c);
}

static struct span up_to_nul(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2)
		if (s.p[i] == 0 && s.p[i + 1] == 0)
			s.n = i;
	return s;
}

int hive_read_string(struct hive *h, const struct hive_value *v,
		     struct text *ret, struct cites *c, struct err *reterr)
{
	struct cites data = { 0 };
	struct span s = { 0 };
	int r;

	if (v->type != REG_SZ && v->type != REG_EXPAND_SZ)
		return err_set(reterr, ERR_VALUE, v->inline_data_at,
			       "type of a string value", REG_SZ, v->type);
	r = hive_read_value(h, v, &s, &data, reterr);
	if (r < 0)
		return r;
	*ret = text_from_utf16(h->arena, up_to_nul(s));
	if (c != NULL) {
		cites_join(h->arena, c, &v->cites);
		cites_join(h->arena, c, &data);
	}
	return 0;
}

int hive_get_string(struct hive *h, const struct hive_key *k, const char *name,
		    struct text *ret, struct err *reterr)
{
	struct hive_value v = { 0 };
	int r = hive_find_value(h, k, name, &v, reterr);

	return r < 0 ? r : hive_read_string(h, &v, ret, NULL, reterr);
}

int hive_get_dword(struct hive *h, const struct hive_key *k, const char *name,
		   uint32_t *ret, struct err *reterr)
{
	struct hive_value v = { 0 };
	struct span s = { 0 };
	const le32 *number;
	int r = hive_find_value(h, k, name, &v, reterr);

	if (r == 0 && v.type != REG_DWORD)
		r = err_set(reterr, ERR_VALUE, v.inline_data_at,
			    "type of a number value", REG_DWORD, v.type);
	if (r == 0)
		r = hive_read_value(h, &v, &s, NULL, reterr);
	if (r < 0)
		return r;
	number = span_view(s, 0, le32);
	if (number == NULL || s.n != sizeof(*number))
		return err_set(reterr, ERR_VALUE, v.inline_data_at,
			       "size of a number value", sizeof(*number), s.n);
	*ret = get_le32(*number);
	return 0;
}
