/* Frames on the serial line; docs/protocol.md has the layout. */
#ifndef HB_FRAME_H
#define HB_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "cobs.h"
#include "messages.h"

enum {
    FRAME_HEADER = 3, /* message number, sequence number */
    FRAME_CRC = 4,
    FRAME_BODY_MAX = FRAME_HEADER + MSG_PAYLOAD_MAX + FRAME_CRC,
};

/* A frame as it is before COBS. A payload is written between header and CRC. */
struct frame {
    uint8_t body[FRAME_BODY_MAX];
    uint32_t payload_size;
};

struct frame_receiver {
    struct frame frame;
    struct cobs_decoder cobs;
    uint32_t broken; /* what stood between two zeros and was no frame */
};

uint8_t frame_number(const struct frame *f);
uint16_t frame_sequence(const struct frame *f);
struct wire_reader frame_payload(const struct frame *f);

/* Begins a frame: what is put into the writer becomes its payload. */
struct wire_writer frame_begin(struct frame *f, uint8_t number, uint16_t sequence);
void frame_end(struct frame *f, const struct wire_writer *payload);

/* Sends delimiter, encoded frame and delimiter to `sink`. */
void frame_send(const struct frame *f, void (*sink)(const uint8_t *data, uint32_t size));

void frame_receiver_init(struct frame_receiver *r);

/* Takes one byte; true when it completes a frame, valid until the next byte. */
bool frame_receive(struct frame_receiver *r, uint8_t byte);

#endif
