/* Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): bytes without a zero among them.
 *
 * Every block is a code and code - 1 bytes other than zero. A zero follows each block but
 * the last, unless its code is 255.
 */
#ifndef HB_COBS_H
#define HB_COBS_H

#include <stdbool.h>
#include <stdint.h>

/* Encodes `data` and hands it to `sink` piece by piece; the delimiter is the caller's. */
void cobs_encode(const uint8_t *data, uint32_t size,
                 void (*sink)(const uint8_t *data, uint32_t size));

/* Decodes byte by byte into a buffer of `capacity` bytes. */
struct cobs_decoder {
    uint8_t *data;
    uint32_t capacity, size;
    uint8_t left_in_block;
    bool started, zero_follows, overflow;
};

void cobs_restart(struct cobs_decoder *d);

/* Takes one byte, which is not zero. */
void cobs_feed(struct cobs_decoder *d, uint8_t byte);

/* True when what was fed is a whole encoding that fitted the buffer. */
bool cobs_complete(const struct cobs_decoder *d);

#endif
