#include "crc.h"

#include <zlib.h>

uint32_t
crc_of(struct slice s)
{
    return (uint32_t)crc32(0, (const unsigned char *)s.p, (unsigned)s.n);
}
