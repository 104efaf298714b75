#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stdint.h>

#include "slice.h"

/* CRC-32 of s, as gzip has it (RFC 1952 section 8); at most 4 GB. */
uint32_t crc_of(struct slice s);

#endif
