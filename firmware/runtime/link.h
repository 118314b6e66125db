/* The device's half of stop-and-wait: the host asks, the device answers, a request is done once. */
#ifndef HB_LINK_H
#define HB_LINK_H

#include "wire.h"

struct request {
    uint8_t number;
    struct wire_reader payload; /* valid until the next request */
};

struct link_statistics {
    uint32_t broken_frames, repeats, stale_frames;
};

void link_init(void);

/* Waits for a request that has not been done yet. One that is repeated, because its answer
 * got lost, is answered here with the same answer; one out of sequence is dropped. */
struct request link_next(void);

/* Begins the answer to the request at hand, and sends it. */
struct wire_writer link_begin(uint8_t number);
void link_send(const struct wire_writer *payload);

/* Sends the last answer again whenever the host says something, and nothing else any more. */
_Noreturn void link_repeat_forever(void);

struct link_statistics link_statistics(void);

#endif
