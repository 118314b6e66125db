"""Every __vfp kernel beside its __ref kernel on an emulated Cortex-M4, bit by bit."""

from __future__ import annotations

from pathlib import Path

import kernel_twins
import pytest

TEXT = """
#include <float.h>
#include <math.h>
#include "batch_matmul.h"
#include "conv_2d.h"
#include "depthwise_conv_2d.h"
#include "fully_connected.h"
#include "lstm_step.h"
#include "max_pool_2d.h"
#include "square_root_f32.h"
#include "unidirectional_sequence_lstm.h"

void batch_matmul_f32_ref(const struct batch_matmul_f32_params *, const float *, const float *,
                          float *);
void conv_2d_f32_ref(const struct conv_2d_f32_params *, const float *, float *, void *);
void depthwise_conv_2d_f32_ref(const struct depthwise_conv_2d_f32_params *, const float *, float *);
void fully_connected_f32_ref(const struct fully_connected_f32_params *, const float *, float *);
void lstm_step_f32_ref(const struct lstm_step_f32_params *, const float *, const float *,
                       const float *, float *);
void max_pool_2d_f32_ref(const struct max_pool_2d_f32_params *, const float *, float *);
void unidirectional_sequence_lstm_f32_ref(const struct unidirectional_sequence_lstm_f32_params *,
                                          const float *, float *, float *, float *);

enum { BATCHES = 3, ROWS = 27, COLUMNS = 35, UNITS = 7, STEPS = 8, VALUES = ROWS * COLUMNS };
static float weights[2][VALUES], bias[ROWS + 1], in[VALUES], cell[2][UNITS], hidden[2][UNITS];
static float out[2][VALUES];

static void fill(float *values, int32_t n, float scale)
{
    for (int32_t i = 0; i < n; i++)
        values[i] = ((float)(random32() % 20001) - 10000.0f) * scale;
}

static void compare(void)
{
    if (memcmp(out[0], out[1], sizeof out[0]) != 0 || memcmp(cell[0], cell[1], sizeof cell[0]) != 0
        || memcmp(hidden[0], hidden[1], sizeof hidden[0]) != 0)
        finish("differ");
}

static void try_dense(int32_t rows, int32_t columns)
{
    const float limit = columns % 3 ? FLT_MAX : 6.0f;
    fill(weights[0], VALUES, 1e-4f);
    fill(in, VALUES, 1e-3f);
    if (columns % 5 == 0) /* a sum that is no number, and one beyond all numbers */
        weights[0][0] = NAN, weights[0][1] = INFINITY;
    const struct fully_connected_f32_params p = {
        .weights = weights[0], .bias = rows % 2 ? bias : 0, .batches = BATCHES, .rows = rows,
        .columns = columns, .min = limit < FLT_MAX ? 0.0f : -FLT_MAX, .max = limit};
    fully_connected_f32(&p, in, out[0]);
    fully_connected_f32_ref(&p, in, out[1]);
    compare();
}

static void try_convolution(int32_t in_channels, int32_t out_channels, int32_t filter,
                            int32_t stride)
{
    float scratch[3 * 9 * 4];
    fill(weights[0], VALUES, 1e-4f);
    fill(in, VALUES, 1e-3f);
    const struct conv_2d_f32_params p = {
        .sets = 1,
        .window = {.batches = 2, .in_h = 4, .in_w = 5, .out_h = 3, .out_w = 7 - 2 * stride,
                   .filter_h = filter, .filter_w = filter, .stride_h = 1, .stride_w = stride,
                   .dilation_h = 1, .dilation_w = out_channels % 5 == 0 ? 2 : 1,
                   .pad_h = filter / 2, .pad_w = filter / 2},
        .weights = weights[0], .bias = out_channels % 2 ? bias : 0, .in_channels = in_channels,
        .out_channels = out_channels, .windows = 1 + out_channels % 3, .min = -FLT_MAX,
        .max = out_channels % 3 ? FLT_MAX : 0.0f};
    conv_2d_f32(&p, in, out[0], scratch);
    conv_2d_f32_ref(&p, in, out[1], scratch);
    compare();
}

static void try_depthwise(int32_t channels, int32_t multiplier, int32_t stride, int32_t pad)
{
    fill(weights[0], VALUES, 1e-4f);
    fill(in, VALUES, 1e-3f);
    memset(out, 0, sizeof out);
    if (channels % 5 == 0)
        weights[0][0] = NAN, weights[0][1] = INFINITY;
    const struct depthwise_conv_2d_f32_params p = {
        .window = {.batches = 2, .in_h = 3, .in_w = 4, .out_h = 2, .out_w = 3, .filter_h = 3,
                   .filter_w = 2, .stride_h = 1, .stride_w = stride, .dilation_h = 1 + pad,
                   .dilation_w = stride, .pad_h = pad, .pad_w = 2 * pad},
        .weights = weights[0], .bias = channels % 2 ? bias : 0, .in_channels = channels,
        .depth_multiplier = multiplier, .min = stride == 1 ? -FLT_MAX : 0.0f, .max = FLT_MAX};
    depthwise_conv_2d_f32(&p, in, out[0]);
    depthwise_conv_2d_f32_ref(&p, in, out[1]);
    compare();
}

static void try_pool(int32_t channels, int32_t stride, int32_t pad)
{
    fill(in, VALUES, 1e-3f);
    memset(out, 0, sizeof out);
    if (channels % 5 == 0) /* no number, and some beyond all numbers */
        in[0] = NAN, in[channels] = INFINITY, in[channels + 1] = -INFINITY;
    const struct max_pool_2d_f32_params p = {
        .window = {.batches = 2, .in_h = 3, .in_w = 5, .out_h = 2, .out_w = 3, .filter_h = 3,
                   .filter_w = 2, .stride_h = 1, .stride_w = stride, .dilation_h = 1,
                   .dilation_w = 1, .pad_h = pad, .pad_w = 2 * pad},
        .channels = channels, .min = stride == 1 ? -FLT_MAX : 0.0f,
        .max = pad ? 6.0f : FLT_MAX};
    max_pool_2d_f32(&p, in, out[0]);
    max_pool_2d_f32_ref(&p, in, out[1]);
    compare();
}

/* Both operands as they are or turned, two batches. */
static void try_product(int32_t depth, int32_t columns, int32_t turned)
{
    fill(in, VALUES, 1e-3f);
    fill(weights[0], VALUES, 1e-4f);
    memset(out, 0, sizeof out);
    const struct batch_matmul_f32_params p = {.shape = {
        .batches = {1, 1, 2}, .batch_stride_a = {0, 0, 3 * depth},
        .batch_stride_b = {0, 0, depth * columns}, .rows = 3, .depth = depth, .columns = columns,
        .row_stride_a = turned / 2 ? 1 : depth, .depth_stride_a = turned / 2 ? 3 : 1,
        .depth_stride_b = turned % 2 ? 1 : columns, .column_stride_b = turned % 2 ? depth : 1}};
    batch_matmul_f32(&p, in, weights[0], out[0]);
    batch_matmul_f32_ref(&p, in, weights[0], out[1]);
    compare();
}

static void try_lstm(int32_t units, int32_t inputs)
{
    fill(weights[0], VALUES, 1e-4f);
    fill(weights[1], VALUES, 1e-4f);
    fill(in, VALUES, 2e-4f);
    memset(hidden, 0, sizeof hidden);
    memset(cell, 0, sizeof cell);
    const struct unidirectional_sequence_lstm_f32_params p = {
        .input_weights = weights[0], .recurrent_weights = weights[1], .bias = bias, .batches = 1,
        .steps = STEPS, .inputs = inputs, .units = units, .clip = inputs % 2 ? FLT_MAX : 0.5f};
    unidirectional_sequence_lstm_f32(&p, in, hidden[0], cell[0], out[0]);
    unidirectional_sequence_lstm_f32_ref(&p, in, hidden[1], cell[1], out[1]);
    compare();
    const struct lstm_step_f32_params one = {.layer = p};
    lstm_step_f32(&one, in, hidden[0], cell[0], out[0]);
    lstm_step_f32_ref(&one, in, hidden[1], cell[1], out[1]);
    compare();
}

/* The instruction's bits are those of the digits; numbers that are none have many. */
static void try_root(float x)
{
    const float root = square_root_of(x), digits = square_root_by_digits(x);
    if (bits_of(root) != bits_of(digits) && !(isnan(root) && isnan(digits)))
        finish("roots differ");
}

static void try_all(void)
{
    for (int32_t i = 0; i < 100000; i++)
        try_root(float_of(random32() << 8 | i % 256));
    fill(bias, ROWS + 1, 1e-4f);
    for (int32_t columns = 1; columns <= COLUMNS; columns++)
        for (int32_t rows = 1; rows <= ROWS; rows += 1 + rows / 4)
            try_dense(rows, columns);
    for (int32_t channels = 1; channels <= 4; channels++)
        for (int32_t outputs = 1; outputs <= ROWS; outputs += 3) {
            try_convolution(channels, outputs, 1, 1);
            try_convolution(channels, outputs, 1, 2);
            try_convolution(channels, outputs, 3, 2);
        }
    for (int32_t channels = 1; channels <= 17; channels++)
        for (int32_t other = 0; other < 8; other++)
            try_depthwise(channels, channels > 8 ? 1 : 1 + other / 4, 1 + other % 2, other / 2 % 2);
    for (int32_t depth = 1; depth <= 17; depth++)
        for (int32_t columns = 1; columns <= 19; columns++)
            try_product(depth, columns, (depth + columns) % 4);
    for (int32_t channels = 1; channels <= 25; channels++)
        for (int32_t other = 0; other < 4; other++)
            try_pool(channels, 1 + other % 2, other / 2);
    for (int32_t units = 1; units <= UNITS; units++)
        for (int32_t inputs = 1; inputs <= 9; inputs++)
            try_lstm(units, inputs);
}
"""


@pytest.mark.emulator
def test_vfp_kernels_equal_their_references(tmp_path: Path) -> None:
    found = kernel_twins.names("vfp")
    assert found
    assert kernel_twins.verdict(TEXT, found, kernel_twins.M4, tmp_path) == "equal"
