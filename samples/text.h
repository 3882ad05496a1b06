// SPDX-License-Identifier: MIT
#ifndef SAMPLES_TEXT_H
#define SAMPLES_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * A script line is cut into fields by blanks; a field that holds blanks stands
 * between double quotes. Returns the number of fields, or -1 if there are more
 * than `max` or a quote is left open. The fields point into `line`, which is
 * changed.
 */
int text_fields(char *line, char **fields, int max);

/*
 * UTF-8 to UTF-16LE. \uXXXX is one code unit, given as it shall lie on the
 * disk: a lone surrogate, a control character, a quote. Any other backslash
 * stands for itself. Returns the number of units, or -1 if there are more than
 * `max` or the text is not UTF-8.
 */
int text_to_utf16(const char *text, size_t len, uint8_t *out, int max);

/* "0aff" or "0a ff" to bytes; the count, or -1. */
int text_to_bytes(const char *hex, uint8_t *out, int max);

/* "d1500001-7a2b-4c3d-8e4f-0123456789ab" to a GUID as Windows stores it. */
int text_to_guid(const char *text, uint8_t out[16]);

/*
 * "2021-03-04T05:06:07Z" to seconds since 1970, or -1. Years from 1970 on.
 */
int64_t text_to_time(const char *text);

void put_le16(uint8_t *p, unsigned v);
void put_le32(uint8_t *p, uint32_t v);
void put_le64(uint8_t *p, uint64_t v);
uint32_t get_le32(const uint8_t *p);
uint64_t get_le64(const uint8_t *p);

#endif /* SAMPLES_TEXT_H */
