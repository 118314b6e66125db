/* CRC-32 of IEEE 802.3, as zlib computes it: reflected polynomial 0xEDB88320. */
#ifndef HB_CRC32_H
#define HB_CRC32_H

#include <stdint.h>

/* Continues `crc` (0 at the beginning) over `size` bytes. */
uint32_t hb_crc32(uint32_t crc, const void *data, uint32_t size);

#endif
