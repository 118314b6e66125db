/* Fields of messages in a byte buffer: little-endian integers, and counted strings and bytes.
 *
 * Neither side is checked field by field: a reader that runs out of bytes yields zeros and
 * is no longer complete; a writer that runs out of room drops what does not fit.
 */
#ifndef HB_WIRE_H
#define HB_WIRE_H

#include <stdbool.h>
#include <stdint.h>

struct wire_bytes {
    const uint8_t *data;
    uint32_t size;
};

struct wire_reader {
    const uint8_t *at, *end;
    bool short_of_bytes;
};

struct wire_writer {
    uint8_t *at, *end;
};

uint8_t wire_get_u8(struct wire_reader *r);
uint16_t wire_get_u16(struct wire_reader *r);
uint32_t wire_get_u32(struct wire_reader *r);
struct wire_bytes wire_get_bytes(struct wire_reader *r);

/* True when every byte was read and none was missing. */
bool wire_complete(const struct wire_reader *r);

void wire_put_u8(struct wire_writer *w, uint8_t value);
void wire_put_u16(struct wire_writer *w, uint16_t value);
void wire_put_u32(struct wire_writer *w, uint32_t value);
void wire_put_u64(struct wire_writer *w, uint64_t value);
void wire_put_i32(struct wire_writer *w, int32_t value);
void wire_put_bytes(struct wire_writer *w, struct wire_bytes bytes);
void wire_put_str(struct wire_writer *w, const char *text);

/* memcpy, which the harness does without: where no engine needs it, the image is 300 bytes
 * smaller. Nor does it call strlen, which takes 220. */
void wire_copy(uint8_t *to, const uint8_t *from, uint32_t size);

#endif
