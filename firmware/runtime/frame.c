#include "frame.h"

#include "crc32.h"

static struct wire_reader reader(const uint8_t *data, uint32_t size)
{
    return (struct wire_reader){.at = data, .end = data + size};
}

uint8_t frame_number(const struct frame *f)
{
    return f->body[0];
}

uint16_t frame_sequence(const struct frame *f)
{
    struct wire_reader r = reader(f->body + 1, 2);

    return wire_get_u16(&r);
}

struct wire_reader frame_payload(const struct frame *f)
{
    return reader(f->body + FRAME_HEADER, f->payload_size);
}

struct wire_writer frame_begin(struct frame *f, uint8_t number, uint16_t sequence)
{
    struct wire_writer w = {.at = f->body, .end = f->body + FRAME_HEADER + MSG_PAYLOAD_MAX};

    wire_put_u8(&w, number);
    wire_put_u16(&w, sequence);
    return w;
}

void frame_end(struct frame *f, const struct wire_writer *payload)
{
    const uint32_t size = (uint32_t)(payload->at - f->body);
    struct wire_writer w = {.at = payload->at, .end = payload->at + FRAME_CRC};

    wire_put_u32(&w, hb_crc32(0, f->body, size));
    f->payload_size = size - FRAME_HEADER;
}

void frame_send(const struct frame *f, void (*sink)(const uint8_t *data, uint32_t size))
{
    static const uint8_t delimiter = 0;

    sink(&delimiter, 1);
    cobs_encode(f->body, FRAME_HEADER + f->payload_size + FRAME_CRC, sink);
    sink(&delimiter, 1);
}

void frame_receiver_init(struct frame_receiver *r)
{
    r->broken = 0;
    r->cobs.data = r->frame.body;
    r->cobs.capacity = FRAME_BODY_MAX;
    cobs_restart(&r->cobs);
}

static bool is_frame(struct frame_receiver *r)
{
    const uint32_t size = r->cobs.size;

    if (!cobs_complete(&r->cobs) || size < FRAME_HEADER + FRAME_CRC)
        return false;
    struct wire_reader crc = reader(r->frame.body + size - FRAME_CRC, FRAME_CRC);
    if (wire_get_u32(&crc) != hb_crc32(0, r->frame.body, size - FRAME_CRC))
        return false;
    r->frame.payload_size = size - FRAME_HEADER - FRAME_CRC;
    return true;
}

bool frame_receive(struct frame_receiver *r, uint8_t byte)
{
    if (byte != 0) {
        cobs_feed(&r->cobs, byte);
        return false;
    }
    const bool complete = is_frame(r);
    if (r->cobs.started && !complete)
        r->broken++;
    cobs_restart(&r->cobs);
    return complete;
}
