#include "disk/block_map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

/* Of numbers that nobody has chosen, at most some dozens fall together.  */
#define MAX_PROBES 512

void block_map_done(struct block_map *m)
{
	free(m->slots);
	m->slots = NULL;
	m->n_slots = m->n = 0;
}

/* The finalizer of splitmix64.  */
static size_t hash_of(uint64_t key)
{
	key = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	key = (key ^ key >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)(key ^ key >> 31);
}

/* The slot that has @key, or the free one where it would be; NULL: none within
 * reach.  */
static struct block_map_slot *find_slot(const struct block_map *m, uint64_t key)
{
	size_t at = hash_of(key);

	for (size_t i = 0; i < MAX_PROBES && i < m->n_slots; i++) {
		struct block_map_slot *s =
			&m->slots[(at + i) & (m->n_slots - 1)];

		if (s->key == key || s->key == BLOCK_MAP_NONE)
			return s;
	}
	return NULL;
}

uint64_t block_map_get(const struct block_map *m, uint64_t key)
{
	const struct block_map_slot *s = find_slot(m, key);

	return s != NULL && s->key == key ? s->value : BLOCK_MAP_NONE;
}

static int clustered(struct err *reterr)
{
	return err_set(reterr, ERR_LIMIT, 0, "numbers of blocks that fall "
		       "together", MAX_PROBES, MAX_PROBES + 1);
}

static int grow(struct block_map *m, struct err *reterr)
{
	struct block_map larger = {
		.arena = m->arena,
		.n_slots = m->n_slots > 0 ? m->n_slots * 2 : FIRST_SLOTS,
		.n = m->n,
	};
	size_t bytes = larger.n_slots * sizeof(larger.slots[0]);

	larger.slots = arena_malloc(m->arena, bytes);
	if (larger.slots == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "blocks", 0, 0);
	memset(larger.slots, 0xff, bytes);
	for (size_t i = 0; i < m->n_slots; i++) {
		struct block_map_slot *s;

		if (m->slots[i].key == BLOCK_MAP_NONE)
			continue;
		s = find_slot(&larger, m->slots[i].key);
		if (s == NULL) {
			free(larger.slots);
			return clustered(reterr);
		}
		*s = m->slots[i];
	}
	free(m->slots);
	m->slots = larger.slots;
	m->n_slots = larger.n_slots;
	return 0;
}

int block_map_set(struct block_map *m, uint64_t key, uint64_t value,
		  struct err *reterr)
{
	struct block_map_slot *s;

	if (m->n >= m->n_slots / 2) {
		int r = grow(m, reterr);

		if (r < 0)
			return r;
	}
	s = find_slot(m, key);
	if (s == NULL)
		return clustered(reterr);
	if (s->key == BLOCK_MAP_NONE) {
		s->key = key;
		m->n++;
	}
	s->value = value;
	return 0;
}
