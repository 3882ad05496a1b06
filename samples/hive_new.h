// SPDX-License-Identifier: MIT
#ifndef SAMPLES_HIVE_NEW_H
#define SAMPLES_HIVE_NEW_H

#include <stddef.h>
#include <stdint.h>

enum { HIVE_NEW_BYTES = 8192, HIVE_BASE_BYTES = 4096 };

/* What hivex leaves alone or stamps with the clock. */
struct hive_header {
	uint32_t primary_sequence, secondary_sequence;
	uint64_t last_written;	/* FILETIME */
	const char *file_name;	/* tail of the path, at most 31 characters */
};

/* Makes a hive that has a root key and nothing in it. */
void hive_new(uint8_t hive[HIVE_NEW_BYTES]);

/* Writes the header of a finished hive, and its checksum. */
int hive_set_header(uint8_t *base, const struct hive_header *h);

/* Writes the checksum of a base block, of a hive or of a log. */
void hive_set_checksum(uint8_t *base);

/* Sets the last-written time of every key. */
void hive_set_all_times(uint8_t *hive, size_t n, uint64_t filetime);

/* The same of the one key whose cell lies at `at`. */
void hive_set_time(uint8_t *hive, size_t at, uint64_t filetime);

#endif /* SAMPLES_HIVE_NEW_H */
