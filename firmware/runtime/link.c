#include "link.h"

#include "frame.h"
#include "uart.h"

static struct frame_receiver receiver;
static struct frame answer;
static uint32_t repeats, stale_frames;

static bool in_session;
static uint32_t session;
static uint16_t last_sequence;

void link_init(void)
{
    frame_receiver_init(&receiver);
}

/* HELLO with a new session value, which restarts the sequence numbers. */
static bool opens_session(const struct frame *f)
{
    struct wire_reader r = frame_payload(f);

    if (frame_number(f) != MSG_HELLO)
        return false;
    wire_get_u16(&r); /* schema: the bench loop's business */
    const uint32_t asked = wire_get_u32(&r);
    if (in_session && asked == session)
        return false;
    session = asked;
    in_session = true;
    return true;
}

static bool is_new(const struct frame *f)
{
    const uint16_t sequence = frame_sequence(f);

    if (opens_session(f) || (in_session && sequence == (uint16_t)(last_sequence + 1))) {
        last_sequence = sequence;
        return true;
    }
    if (in_session && sequence == last_sequence) {
        repeats++;
        frame_send(&answer, uart_write);
    } else {
        stale_frames++;
    }
    return false;
}

struct request link_next(void)
{
    while (!frame_receive(&receiver, uart_read()) || !is_new(&receiver.frame))
        ;
    return (struct request){frame_number(&receiver.frame), frame_payload(&receiver.frame)};
}

struct wire_writer link_begin(uint8_t number)
{
    return frame_begin(&answer, number, last_sequence);
}

void link_send(const struct wire_writer *payload)
{
    frame_end(&answer, payload);
    frame_send(&answer, uart_write);
}

void link_repeat_forever(void)
{
    for (;;) {
        while (!frame_receive(&receiver, uart_read()))
            ;
        frame_send(&answer, uart_write);
    }
}

struct link_statistics link_statistics(void)
{
    return (struct link_statistics){receiver.broken, repeats, stale_frames};
}
