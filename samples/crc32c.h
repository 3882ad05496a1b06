// SPDX-License-Identifier: MIT
#ifndef SAMPLES_CRC32C_H
#define SAMPLES_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli), as in iSCSI and VHDX. */
uint32_t crc32c(const uint8_t *p, size_t n);

#endif /* SAMPLES_CRC32C_H */
