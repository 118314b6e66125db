#include "wire.h"

static uint64_t get(struct wire_reader *r, uint32_t bytes)
{
    uint64_t value = 0;

    if ((uint32_t)(r->end - r->at) < bytes) {
        r->short_of_bytes = true;
        return 0;
    }
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)*r->at++ << (8 * i);
    return value;
}

uint8_t wire_get_u8(struct wire_reader *r)
{
    return (uint8_t)get(r, 1);
}

uint16_t wire_get_u16(struct wire_reader *r)
{
    return (uint16_t)get(r, 2);
}

uint32_t wire_get_u32(struct wire_reader *r)
{
    return (uint32_t)get(r, 4);
}

struct wire_bytes wire_get_bytes(struct wire_reader *r)
{
    struct wire_bytes bytes = {.size = wire_get_u16(r)};

    if ((uint32_t)(r->end - r->at) < bytes.size) {
        r->short_of_bytes = true;
        bytes.size = 0;
    }
    bytes.data = r->at;
    r->at += bytes.size;
    return bytes;
}

bool wire_complete(const struct wire_reader *r)
{
    return !r->short_of_bytes && r->at == r->end;
}

static uint32_t room(const struct wire_writer *w)
{
    return (uint32_t)(w->end - w->at);
}

static void put(struct wire_writer *w, uint64_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes && room(w) > 0; i++)
        *w->at++ = (uint8_t)(value >> (8 * i));
}

void wire_put_u8(struct wire_writer *w, uint8_t value)
{
    put(w, value, 1);
}

void wire_put_u16(struct wire_writer *w, uint16_t value)
{
    put(w, value, 2);
}

void wire_put_u32(struct wire_writer *w, uint32_t value)
{
    put(w, value, 4);
}

void wire_put_u64(struct wire_writer *w, uint64_t value)
{
    put(w, value, 8);
}

void wire_put_i32(struct wire_writer *w, int32_t value)
{
    put(w, (uint32_t)value, 4);
}

enum { COUNT_SIZE = 2 };

void wire_put_bytes(struct wire_writer *w, struct wire_bytes bytes)
{
    uint32_t size = bytes.size;

    if (room(w) < COUNT_SIZE)
        return;
    if (size > room(w) - COUNT_SIZE)
        size = room(w) - COUNT_SIZE;
    wire_put_u16(w, (uint16_t)size);
    wire_copy(w->at, bytes.data, size);
    w->at += size;
}

void wire_copy(uint8_t *to, const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        to[i] = from[i];
}

void wire_put_str(struct wire_writer *w, const char *text)
{
    struct wire_bytes bytes = {.data = (const uint8_t *)text};

    while (text[bytes.size] != '\0')
        bytes.size++;
    wire_put_bytes(w, bytes);
}
