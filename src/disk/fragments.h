/*
 * fragments.h - records that are cut into fragments, put together again
 */
#ifndef DISK_FRAGMENTS_H
#define DISK_FRAGMENTS_H

#include "base/arena.h"
#include "format/record_slot.h"

/* Those of one record stand together then, in their order.  */
void fragments_sort(struct record_slot *f, size_t n);

/* How many of the @n > 0 sorted ones are of the record that @f[0] is of.  */
size_t fragments_of_record(const struct record_slot *f, size_t n);

/* Are the @n of one record all there, and each once?  */
bool fragments_whole(const struct record_slot *f, size_t n);

/* The content of @n whole ones behind each other, in @a; without bytes when out
 * of memory.  */
struct span fragments_join(const struct record_slot *f, size_t n,
			   struct arena *a);

#endif /* DISK_FRAGMENTS_H */
