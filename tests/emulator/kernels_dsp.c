/* Kernels of an instruction set beside their __ref kernels, on many shapes: the text of
 * test_kernels_dsp.py, behind kernel_twins.BEGIN. */
#include "average_pool_2d.h"
#include "batch_matmul.h"
#include "fixed_point.h"
#include "fully_connected.h"
#include "fully_connected_blocks.h"
#include "lut.h"
#include "max_pool_2d.h"
#include "mul.h"
#include "quantize.h"
#include "softmax.h"
#include "tanh.h"
#include "weighted_sum.h"
#include "unidirectional_sequence_lstm.h"

void fully_connected_s8_ref(const struct fully_connected_s8_params *, const int8_t *, int8_t *);
void fully_connected_per_channel_s8_ref(const struct fully_connected_per_channel_s8_params *,
                                        const int8_t *, int8_t *);
void fully_connected_packed_s8_ref(const struct fully_connected_packed_s8_params *,
                                   const int8_t *, int8_t *, void *);
void fully_connected_packed_per_channel_s8_ref(
    const struct fully_connected_packed_per_channel_s8_params *, const int8_t *, int8_t *, void *);
void fully_connected_packed_2_vectors_s8_ref(
    const struct fully_connected_packed_2_vectors_s8_params *, const int8_t *, const int8_t *,
    int8_t *, int8_t *, void *);
void fully_connected_blocks_s8_ref(const struct fully_connected_blocks_s8_params *, const int8_t *,
                                   int8_t *, void *);
void batch_matmul_rounded_s8_ref(const struct batch_matmul_rounded_s8_params *, const int8_t *,
                                 const int8_t *, int8_t *, void *);
void mul_rounded_s8_ref(const struct mul_rounded_s8_params *, const int8_t *, const int8_t *,
                        int8_t *);
void weighted_sum_narrow_s8_ref(const struct weighted_sum_narrow_s8_params *, const int8_t *,
                                const int8_t *, int8_t *);
void requantize_narrow_s8_ref(const struct requantize_narrow_s8_params *, const int8_t *,
                              int8_t *);
void tanh_s8_ref(const struct tanh_s8_params *, const int8_t *, int8_t *);
void tanh_of_sum_s8_ref(const struct tanh_of_sum_s8_params *, const int8_t *, const int8_t *,
                        int8_t *);
void lut_s8_ref(const struct lut_s8_params *, const int8_t *, int8_t *);
void max_pool_2d_s8_ref(const struct max_pool_2d_s8_params *, const int8_t *, int8_t *);
void average_pool_2d_s8_ref(const struct average_pool_2d_s8_params *, const int8_t *, int8_t *);
void softmax_s8_ref(const struct softmax_s8_params *, const int8_t *, int8_t *);
void unidirectional_sequence_lstm_packed_s8_ref(
    const struct unidirectional_sequence_lstm_packed_s8_params *, const int8_t *, int8_t *,
    int16_t *, int8_t *, void *);
void unidirectional_sequence_lstm_s8_ref(const struct unidirectional_sequence_lstm_s8_params *,
                                         const int8_t *, int8_t *, int16_t *, int8_t *);

enum { ROWS = 37, COLUMNS = 70, BATCHES = 2 };
static int8_t weights[ROWS * (COLUMNS + 3) + 1], in[BATCHES * COLUMNS + 1];
static int8_t expected[BATCHES * ROWS], actual[BATCHES * ROWS];
static int32_t bias[ROWS], row_sums[ROWS], multipliers[ROWS];
static int8_t shifts[ROWS];

static void compare(int32_t rows)
{
    for (int32_t i = 0; i < BATCHES * rows; i++)
        if (expected[i] != actual[i])
            finish("differ");
}

static void try_shape(int32_t rows, int32_t columns, int32_t misaligned)
{
    for (int32_t i = 0; i < rows * columns + misaligned; i++)
        weights[i] = (int8_t)random32();
    for (int32_t i = 0; i < BATCHES * columns + misaligned; i++)
        in[i] = (int8_t)random32();
    for (int32_t r = 0; r < rows; r++) {
        bias[r] = (int32_t)random32() % 20000;
        row_sums[r] = (int32_t)random32() % 1000;
        multipliers[r] = (1 << 30) + (int32_t)random32();
        shifts[r] = (int8_t)-(random32() % 12);
    }
    const struct fully_connected_s8_params one = {
        .weights = weights + misaligned, .bias = columns % 2 ? bias : 0, .row_sums = row_sums,
        .batches = BATCHES, .rows = rows, .columns = columns, .multiplier = multipliers[0],
        .shift = shifts[0], .input_zero_point = 5, .output_zero_point = -3, .min = -128,
        .max = 127};
    fully_connected_s8(&one, in + misaligned, actual);
    fully_connected_s8_ref(&one, in + misaligned, expected);
    compare(rows);
    const struct fully_connected_per_channel_s8_params each = {
        .weights = weights + misaligned, .bias = bias, .row_sums = row_sums,
        .multipliers = multipliers, .shifts = shifts, .batches = BATCHES, .rows = rows,
        .columns = columns, .input_zero_point = -128, .output_zero_point = 7, .min = -100,
        .max = 90};
    fully_connected_per_channel_s8(&each, in + misaligned, actual);
    fully_connected_per_channel_s8_ref(&each, in + misaligned, expected);
    compare(rows);
}

static _Alignas(16) int16_t pairs[(ROWS + 1) * (COLUMNS + 16)], scratch[2 * (COLUMNS + 16)];
static int32_t channels[ROWS][3];

/* Any halfwords will do: both kernels read two rows out of each. */
static void try_packed(int32_t rows, int32_t columns, int32_t misaligned)
{
    for (int32_t i = 0; i < (int32_t)(sizeof pairs / sizeof *pairs); i++)
        pairs[i] = (int16_t)random32();
    for (int32_t r = 0; r < rows; r++) {
        channels[r][2] = 1 + (int32_t)(random32() % 12);
        channels[r][0] = multipliers[r];
        channels[r][1] = (1 << (channels[r][2] - 1)) + 5 * (1 << channels[r][2]);
    }
    const struct fully_connected_packed_s8_params one = {
        .weights = pairs, .bias = columns % 2 ? bias : 0, .batches = BATCHES, .rows = rows,
        .columns = columns, .multiplier = channels[0][0], .rounding = channels[0][1],
        .shift = (int8_t)channels[0][2], .input_zero_point = 5, .min = -128, .max = 127};
    fully_connected_packed_s8(&one, in + misaligned, actual, scratch);
    fully_connected_packed_s8_ref(&one, in + misaligned, expected, scratch);
    compare(rows);
    const struct fully_connected_packed_per_channel_s8_params each = {
        .weights = pairs, .bias = columns % 3 ? bias : 0, .channels = channels[0],
        .batches = BATCHES, .rows = rows, .columns = columns, .input_zero_point = -128,
        .min = -100, .max = 90};
    fully_connected_packed_per_channel_s8(&each, in + misaligned, actual, scratch);
    fully_connected_packed_per_channel_s8_ref(&each, in + misaligned, expected, scratch);
    compare(rows);
}

static uint8_t gaps[ROWS * COLUMNS / BLOCK_COLUMNS + ROWS];

/* Blocks lie here and there in the columns, one at least in a row. */
static void try_blocks(int32_t rows, int32_t columns, int32_t misaligned)
{
    int32_t count = 0;
    for (int32_t r = 0; r < rows; r++) {
        int32_t place = (int32_t)(random32() % 3), before = 0;
        do {
            place = BLOCK_COLUMNS * place < columns ? place : before;
            gaps[count++] = (uint8_t)(place - before);
            before = place;
            place += 1 + (int32_t)(random32() % 5);
        } while (BLOCK_COLUMNS * place < columns);
        gaps[count - 1] += LAST_OF_ROW;
    }
    for (int32_t i = 0; i < BLOCK_COLUMNS * count + misaligned; i++)
        weights[i] = (int8_t)random32();
    const struct fully_connected_blocks_s8_params p = {
        .weights = weights + misaligned, .gaps = gaps, .bias = columns % 2 ? bias : 0,
        .batches = BATCHES, .rows = rows, .columns = columns, .multiplier = channels[0][0],
        .rounding = channels[0][1], .shift = (int8_t)channels[0][2], .input_zero_point = 5,
        .min = (int8_t)(columns % 3 ? -128 : -100), .max = 127};
    fully_connected_blocks_s8(&p, in + misaligned, actual, scratch);
    fully_connected_blocks_s8_ref(&p, in + misaligned, expected, scratch);
    compare(rows);
}

enum { INPUTS_AT_ONCE = 3 };
static int8_t several[INPUTS_AT_ONCE * COLUMNS + 1], both[2][INPUTS_AT_ONCE * ROWS];

static void try_two_vectors(int32_t rows, int32_t columns, int32_t misaligned)
{
    for (int32_t i = 0; i < (int32_t)sizeof several; i++)
        several[i] = (int8_t)random32();
    const struct fully_connected_packed_2_vectors_s8_params two = {
        .weights = pairs, .bias = columns % 2 ? bias : 0,
        .batches = columns % 3 ? 2 : INPUTS_AT_ONCE, .rows = rows, .columns = columns,
        .multiplier_a = channels[0][0], .rounding_a = channels[0][1],
        .multiplier_b = channels[1][0], .rounding_b = channels[1][1],
        .shift_a = (int8_t)channels[0][2], .shift_b = (int8_t)channels[1][2],
        .input_zero_point = (int8_t)random32()};
    const int8_t *const first = several + misaligned, *const second = first + columns;
    memset(both, 0, sizeof both);
    fully_connected_packed_2_vectors_s8(&two, first, second, both[0], both[0] + rows, scratch);
    fully_connected_packed_2_vectors_s8_ref(&two, first, second, both[1], both[1] + rows, scratch);
    if (memcmp(both[0], both[1], sizeof both[0]) != 0)
        finish("two vectors differ");
}

enum { MOST = 600 };
static int8_t a[MOST], b[MOST], elements[2][MOST];
static struct tanh_s8_table table;

static void compare_elements(void)
{
    if (memcmp(elements[0], elements[1], sizeof elements[0]) != 0)
        finish("elements differ");
}

static void try_elements(int32_t count)
{
    const struct broadcast repeat = {.runs = 1, .run = count, .outer = {1, 1, 1}, .step_a = 1};
    const struct broadcast *const how = count % 3 ? 0 : &repeat;
    for (int32_t i = 0; i < MOST; i++)
        a[i] = (int8_t)random32(), b[i] = (int8_t)(i % 5 ? random32() : 128);
    for (int32_t i = 0; i < TANH_S8_CELLS; i++)
        table.cells[i] = (int16_t)random32();
    const struct mul_rounded_s8_params mul = {
        .broadcast = how, .count = count, .multiplier = (1 << 30) + (int32_t)random32(),
        .rounding = 5 << 6, .shift = 1 + count % 9, .zero_point_a = -128, .zero_point_b = 17};
    mul_rounded_s8(&mul, a, b, elements[0]);
    mul_rounded_s8_ref(&mul, a, b, elements[1]);
    compare_elements();
    const struct weighted_sum_narrow_s8_params sum = {
        .broadcast = how, .count = count, .weight_a = (int32_t)random32() % 8000000,
        .weight_b = -((int32_t)random32() % 8000000), .offset = (int32_t)random32()};
    weighted_sum_narrow_s8(&sum, a, b, elements[0]);
    weighted_sum_narrow_s8_ref(&sum, a, b, elements[1]);
    compare_elements();
    const struct requantize_narrow_s8_params linear = {
        .count = count, .weight = (int32_t)random32() % 16000000, .offset = (int32_t)random32()};
    requantize_narrow_s8(&linear, a, elements[0]);
    requantize_narrow_s8_ref(&linear, a, elements[1]);
    compare_elements();
    const struct lut_s8_params outputs = {.table = b, .count = count};
    lut_s8(&outputs, a, elements[0]);
    lut_s8_ref(&outputs, a, elements[1]);
    compare_elements();
    const struct tanh_s8_params curve = {.table = &table, .count = count,
        .multiplier = (int32_t)(random32() >> (9 + count % 14)),
        .input_zero_point = (int8_t)random32(), .bias = (int8_t)random32()};
    tanh_s8(&curve, a, elements[0]);
    tanh_s8_ref(&curve, a, elements[1]);
    compare_elements();
    const struct tanh_of_sum_s8_params gate = {.table = &table, .count = count,
        .weight_a = sum.weight_a, .weight_b = sum.weight_b, .offset = sum.offset,
        .multiplier = curve.multiplier, .input_zero_point = curve.input_zero_point,
        .bias = curve.bias};
    tanh_of_sum_s8(&gate, a, b, elements[0]);
    tanh_of_sum_s8_ref(&gate, a, b, elements[1]);
    compare_elements();
}

static void try_softmax(int32_t count)
{
    static int32_t exps[256];
    for (int32_t i = 0; i < 255; i++)
        exps[i] = (int32_t)(random32() & INT32_MAX) >> (255 - i) / (1 + count % 20);
    exps[255] = INT32_MAX;
    for (int32_t i = 0; i < MOST; i++)
        a[i] = (int8_t)(count % 4 == 3 ? count : (int32_t)random32() >> count % 4);
    const struct softmax_s8_params p = {.exps = exps, .rows = MOST / 2 / count, .depth = count};
    softmax_s8(&p, a + count % 2, elements[0]);
    softmax_s8_ref(&p, a + count % 2, elements[1]);
    compare_elements();
}

static void try_pools(int32_t channels, int32_t height, int32_t width)
{
    const int32_t stride = 1 + channels % 2;
    const struct window w = {.batches = 1, .in_h = height + 1, .in_w = 5 * width / 4, .out_h = 2,
        .out_w = 2, .filter_h = height, .filter_w = width, .stride_h = 1, .stride_w = stride,
        .dilation_h = 1, .dilation_w = 1, .pad_h = 0, .pad_w = width / 2};
    for (int32_t i = 0; i < MOST; i++)
        a[i] = (int8_t)(channels == 8 ? -128 : (int32_t)random32());
    const struct max_pool_2d_s8_params largest = {.window = w, .channels = channels,
        .min = (int8_t)(channels % 3 ? -128 : -7), .max = (int8_t)(height % 3 ? 127 : 30)};
    max_pool_2d_s8(&largest, a + channels % 4, elements[0]);
    max_pool_2d_s8_ref(&largest, a + channels % 4, elements[1]);
    compare_elements();
    const struct average_pool_2d_s8_params mean = {.window = w, .channels = channels,
        .min = largest.min, .max = largest.max};
    average_pool_2d_s8(&mean, a + channels % 4, elements[0]);
    average_pool_2d_s8_ref(&mean, a + channels % 4, elements[1]);
    compare_elements();
}

/* The second batch has the b of the first; columns lie side by side, or each in one piece. */
static void try_batch_matmul(int32_t rows, int32_t depth, int32_t columns)
{
    const int32_t turned = (rows + depth) % 2;
    for (int32_t i = 0; i < MOST; i++)
        a[i] = (int8_t)random32(), b[i] = (int8_t)random32();
    const struct batch_matmul_rounded_s8_params p = {
        .shape = {.batches = {1, 2, 1}, .batch_stride_a = {0, rows * depth, 0}, .rows = rows,
                  .depth = depth, .columns = columns, .row_stride_a = depth, .depth_stride_a = 1,
                  .depth_stride_b = turned ? 1 : columns, .column_stride_b = turned ? depth : 1},
        .multiplier = (1 << 30) + (int32_t)random32(), .rounding = (1 << 6) + 5 * (1 << 7),
        .shift = 7, .zero_point_a = (int8_t)(depth % 3 ? 127 : -128),
        .zero_point_b = (int8_t)random32()};
    memset(elements, 0, sizeof elements);
    batch_matmul_rounded_s8(&p, a + rows % 2, b + columns % 2, elements[0], scratch);
    batch_matmul_rounded_s8_ref(&p, a + rows % 2, b + columns % 2, elements[1], scratch);
    compare_elements();
}

enum { UNITS = 11, INPUTS = 9, STEPS = 3 };
static int8_t lstm_weights[2][UNITS * LSTM_GATES * UNITS + 1];
static int32_t offsets[2][UNITS * LSTM_GATES];
static int8_t hidden[2][UNITS], outputs[2][STEPS * UNITS];
static int16_t cell[2][UNITS];
static struct lstm_logistic_table logistic;

static _Alignas(16) int16_t lstm_pairs[2][LSTM_GATES * (UNITS + 1) / 2 * 16];
static _Alignas(16) int16_t lstm_scratch[4 * 16 + 2 * LSTM_GATES * UNITS];

static void compare_lstm(int32_t units)
{
    if (memcmp(outputs[0], outputs[1], (size_t)(STEPS * units)) != 0 ||
        memcmp(cell[0], cell[1], sizeof cell[0]) != 0 ||
        memcmp(hidden[0], hidden[1], sizeof hidden[0]) != 0)
        finish("lstm differs");
}

static void try_packed_lstm(int32_t units, int32_t inputs, int32_t misaligned,
                            struct lstm_cell_s8 constants)
{
    for (uint32_t i = 0; i < sizeof lstm_pairs[0] / 2; i++)
        lstm_pairs[0][i] = (int16_t)random32(), lstm_pairs[1][i] = (int16_t)random32();
    const struct unidirectional_sequence_lstm_packed_s8_params p = {
        .input_weights = lstm_pairs[0], .recurrent_weights = lstm_pairs[1],
        .input_bias = units % 3 ? offsets[0] : 0, .batches = 1, .steps = STEPS,
        .inputs = inputs, .units = units, .input_zero_point = -7,
        .input_multipliers = {1 << 30, 1 << 30, 1 << 30, 1 << 30}, .input_shifts = {2, 3, 1, 2},
        .recurrent_multipliers = {1 << 30, 1 << 30, 1 << 30, 1 << 30},
        .recurrent_shifts = {5, 2, 3, 1}, .cell = constants};
    memset(hidden, 4, sizeof hidden);
    memset(cell, 0, sizeof cell);
    unidirectional_sequence_lstm_packed_s8(&p, in + misaligned, hidden[0], cell[0], outputs[0],
                                           lstm_scratch);
    unidirectional_sequence_lstm_packed_s8_ref(&p, in + misaligned, hidden[1], cell[1],
                                               outputs[1], lstm_scratch);
    compare_lstm(units);
}

static void try_lstm(int32_t units, int32_t inputs, int32_t misaligned)
{
    for (int32_t half = 0; half < 2; half++) {
        for (int32_t i = 0; i < (int32_t)sizeof lstm_weights[0]; i++)
            lstm_weights[half][i] = (int8_t)random32();
        for (int32_t i = 0; i < UNITS * LSTM_GATES; i++)
            offsets[half][i] = (int32_t)random32() % 4000 - 2000;
    }
    for (int32_t i = -LOGISTIC_NODES; i <= LOGISTIC_NODES; i++)
        logistic.values[LOGISTIC_NODES + i] =
            (int16_t)(i > 254 ? INT16_MAX : i < -254 ? -INT16_MAX : 128 * i);
    const int16_t clip = inputs % 3 == 0 ? INT16_MAX : inputs % 3 == 1 ? 30000 : 700;
    const struct lstm_cell_s8 constants = {
        .logistic = &logistic,
        .cell_multiplier = (1 << 30) + (int32_t)random32(), .cell_shift = -17,
        .hidden_multiplier = (1 << 30) + (int32_t)random32(), .hidden_shift = -21 - units % 9,
        .tanh_multiplier = 3 + units, .tanh_shift = (int8_t)(units % 3), .hidden_zero_point = 4,
        .clip_min = clip == INT16_MAX ? INT16_MIN : -clip, .clip_max = clip};
    try_packed_lstm(units, inputs, misaligned, constants);
    const struct unidirectional_sequence_lstm_s8_params p = {
        .input_weights = lstm_weights[0] + misaligned,
        .recurrent_weights = lstm_weights[1] + misaligned, .input_offsets = offsets[0],
        .recurrent_offsets = offsets[1], .batches = 1, .steps = STEPS,
        .inputs = inputs, .units = units,
        .input_multipliers = {1 << 30, 1 << 30, 1 << 30, 1 << 30}, .input_shifts = {-2, -3, -1, -2},
        .recurrent_multipliers = {1 << 30, 1 << 30, 1 << 30, 1 << 30},
        .recurrent_shifts = {-1, -2, -3, -1}, .cell = constants};
    memset(hidden, 4, sizeof hidden);
    memset(cell, 0, sizeof cell);
    unidirectional_sequence_lstm_s8(&p, in + misaligned, hidden[0], cell[0], outputs[0]);
    unidirectional_sequence_lstm_s8_ref(&p, in + misaligned, hidden[1], cell[1], outputs[1]);
    compare_lstm(units);
}

/* A Cortex-M0+ has them from halves. */
static void try_high_words(void)
{
    for (int32_t i = 0; i < 1000; i++) {
        const int32_t a = (int32_t)(random32() << 8 | (random32() & 0xff)) >> i % 32;
        const int32_t b = i % 7 ? (int32_t)(random32() << 8) : i % 2 ? INT32_MIN : INT32_MAX;
        const int64_t product = (int64_t)a * b;
        if (multiply_high_word(a, b) != (int32_t)(product >> 32) ||
            multiply_high_add(a, b, i) != (int32_t)((product + (1LL << 31)) >> 32) + i)
            finish("high words differ");
    }
}

__attribute__((noinline)) static void try_all(void)
{
    try_high_words();
    for (int32_t count = 0; count <= MOST; count += 1 + count / 9)
        try_elements(count);
    for (int32_t count = 1; count <= MOST / 2; count += 1 + count / 9)
        try_softmax(count);
    for (int32_t channels = 1; channels <= 11; channels++)
        for (int32_t height = 1; height <= 5; height++)
            try_pools(channels, height, 1 + (channels + height) % 6);
    try_pools(4, 21, 5);
    for (int32_t depth = 1; depth <= 23; depth++)
        for (int32_t columns = 1; columns <= 13; columns++)
            try_batch_matmul(1 + (depth + columns) % 4, depth, columns);
    for (int32_t units = 1; units <= UNITS; units++)
        for (int32_t inputs = 1; inputs <= INPUTS; inputs++)
            try_lstm(units, inputs, (units + inputs) % 2);
    for (int32_t rows = 1; rows <= ROWS; rows++)
        for (int32_t columns = 1; columns <= COLUMNS; columns += 1 + columns / 16) {
            try_shape(rows, columns, (rows + columns) % 2);
            try_packed(rows, columns, (rows + columns) % 2);
            try_blocks(rows, columns, (rows + columns) % 2);
            if (rows % 4 == 0)
                try_two_vectors(rows, columns, columns % 2);
        }
}
