/* The bench loop: does what the host asks, one request at a time. */
#include <stddef.h>

#include "board_config.h"
#include "counter.h"
#include "cpu.h"
#include "crc32.h"
#include "engine.h"
#include "link.h"
#include "messages.h"
#include "timed.h"
#include "uart.h"
#include "windows.h"

static bool ready;

static void refuse(uint8_t reason, int32_t detail, const char *text)
{
    struct wire_writer w = link_begin(MSG_REFUSED);

    msg_put_refused(&w, &(struct msg_refused){reason, detail, text});
    link_send(&w);
}

static void bad_argument(const char *text)
{
    refuse(REFUSED_BAD_ARGUMENT, 0, text);
}

static void done(void)
{
    struct wire_writer w = link_begin(MSG_DONE);

    link_send(&w);
}

/* At the end of flash: what is measured does not move when it changes. */
static const char image_id[] __attribute__((section(".harness.image_id"))) = IMAGE_ID;

static void hello(struct wire_reader *payload)
{
    if (wire_get_u16(payload) != MSG_SCHEMA) {
        refuse(REFUSED_SCHEMA, MSG_SCHEMA, "the firmware speaks another schema");
        return;
    }
    struct wire_writer w = link_begin(MSG_INFO);
    msg_put_info(&w, &(struct msg_info){
                         .schema = MSG_SCHEMA,
                         .board = BOARD_NAME,
                         .engine = engine_name,
                         .model = engine_model,
                         .counter = BOARD_COUNTER,
                         .counter_unit = BOARD_COUNTER_UNIT,
                         .counter_hz = BOARD_COUNTER_HZ,
                         .counter_per_tick = BOARD_COUNTER_PER_TICK,
                         .image = image_id,
                     });
    link_send(&w);
}

static void self_test(struct wire_reader *payload)
{
    struct msg_self_test m;

    if (!msg_get_self_test(payload, &m)) {
        bad_argument("SELF_TEST is malformed");
        return;
    }
    const uint64_t empty = window_of_nothing();
    const uint64_t ticks = window_of_spin(m.passes);
    struct wire_writer w = link_begin(MSG_SELF_TESTED);
    msg_put_self_tested(&w, &(struct msg_self_tested){ticks, empty});
    link_send(&w);
}

static uint16_t count(const struct engine_tensor *(*tensor)(uint32_t index))
{
    uint16_t n = 0;

    while (tensor(n) != NULL)
        n++;
    return n;
}

static void init(void)
{
    const int code = ready ? 0 : engine_init();

    if (code != 0) {
        refuse(REFUSED_ENGINE, code, engine_error());
        return;
    }
    ready = true;
    struct wire_writer w = link_begin(MSG_READY);
    msg_put_ready(&w, &(struct msg_ready){count(engine_input), count(engine_output)});
    link_send(&w);
}

static void tensor(struct wire_reader *payload)
{
    struct msg_tensor m;

    if (!msg_get_tensor(payload, &m)) {
        bad_argument("TENSOR is malformed");
        return;
    }
    const struct engine_tensor *t = m.output ? engine_output(m.index) : engine_input(m.index);
    if (t == NULL) {
        bad_argument("no such tensor");
        return;
    }
    struct wire_writer w = link_begin(MSG_TENSOR_INFO);
    msg_put_tensor_info(&w, &(struct msg_tensor_info){(uint8_t)t->dtype, t->bytes});
    link_send(&w);
}

/* True when `size` bytes from `offset` on lie inside the tensor. */
static bool inside(const struct engine_tensor *t, uint32_t offset, uint32_t size)
{
    return t != NULL && offset <= t->bytes && size <= t->bytes - offset;
}

static void write(struct wire_reader *payload)
{
    struct msg_write m;

    if (!msg_get_write(payload, &m)) {
        bad_argument("WRITE is malformed");
        return;
    }
    const struct engine_tensor *t = timed_input(m.index);
    if (!inside(t, m.offset, m.data.size)) {
        bad_argument("WRITE is outside of the input");
        return;
    }
    wire_copy((uint8_t *)t->data + m.offset, m.data.data, m.data.size);
    done();
}

static void read(struct wire_reader *payload)
{
    struct msg_read m;

    if (!msg_get_read(payload, &m)) {
        bad_argument("READ is malformed");
        return;
    }
    const struct engine_tensor *t = timed_output(m.index);
    if (m.size > MSG_DATA_MAX || !inside(t, m.offset, m.size)) {
        bad_argument("READ is outside of the output");
        return;
    }
    struct wire_writer w = link_begin(MSG_DATA);
    msg_put_data(&w, &(struct msg_data){{(const uint8_t *)t->data + m.offset, m.size}});
    link_send(&w);
}

static uint32_t inputs_crc(void)
{
    uint32_t crc = 0;
    const struct engine_tensor *t;

    for (uint32_t i = 0; (t = timed_input(i)) != NULL; i++)
        crc = hb_crc32(crc, t->data, t->bytes);
    return crc;
}

static void invoke(struct wire_reader *payload)
{
    struct msg_invoke m;
    int code = 0;

    if (!msg_get_invoke(payload, &m)) {
        bad_argument("INVOKE is malformed");
        return;
    }
    const uint32_t before = inputs_crc();
    const uint64_t ticks = window_of_invocations(m.iterations, &code);
    if (code != 0) {
        refuse(REFUSED_ENGINE, code, engine_error());
        return;
    }
    struct wire_writer w = link_begin(MSG_INVOKED);
    msg_put_invoked(&w, &(struct msg_invoked){ticks, inputs_crc() == before});
    link_send(&w);
}

static void reset_state(void)
{
    engine_reset();
    done();
}

static void stats(void)
{
    const struct link_statistics link = link_statistics();
    struct wire_writer w = link_begin(MSG_STATISTICS);

    msg_put_statistics(&w, &(struct msg_statistics){
                               .stack_size = cpu_stack_size(),
                               .stack_used = cpu_stack_used(),
                               .overruns = uart_overruns(),
                               .broken_frames = link.broken_frames,
                               .repeats = link.repeats,
                               .stale_frames = link.stale_frames,
                           });
    link_send(&w);
}

/* Requests that need an initialised engine. */
static void do_with_engine(struct request *r)
{
    if (!ready) {
        refuse(REFUSED_NOT_READY, 0, "INIT comes first");
        return;
    }
    switch (r->number) {
    case MSG_TENSOR: tensor(&r->payload); break;
    case MSG_RESET_STATE: reset_state(); break;
    case MSG_WRITE: write(&r->payload); break;
    case MSG_INVOKE: invoke(&r->payload); break;
    case MSG_READ: read(&r->payload); break;
    default: refuse(REFUSED_UNKNOWN_REQUEST, r->number, "unknown request"); break;
    }
}

void bench_run(void)
{
    uart_init();
    counter_init();
    link_init();
    for (;;) {
        struct request r = link_next();

        switch (r.number) {
        case MSG_HELLO: hello(&r.payload); break;
        case MSG_SELF_TEST: self_test(&r.payload); break;
        case MSG_INIT: init(); break;
        case MSG_STATS: stats(); break;
        default: do_with_engine(&r); break;
        }
    }
}
