/* FULLY_CONNECTED with weights of zero but for some blocks of four columns of a row: only these are
 * in flash, and in the product.
 *
 * A row has a block at least. Each has a byte in `gaps`: by how many blocks it lies behind the one
 * before, or behind the row's beginning, and LAST_OF_ROW. Columns behind the last whole block are a
 * block too, with weights of zero beyond the row.
 */
#ifndef HB_FULLY_CONNECTED_BLOCKS_H
#define HB_FULLY_CONNECTED_BLOCKS_H

#include <stdint.h>

enum { BLOCK_COLUMNS = 4, LAST_OF_ROW = 128 };

struct fully_connected_blocks_f32_params {
    const float *weights; /* [blocks][4], those of row 0 first */
    const uint8_t *gaps;  /* [blocks] */
    const float *bias;    /* [rows], or null */
    int32_t batches, rows, columns;
    float min, max;
};

/* `scratch` has 2 bytes for each of packed_columns(columns), as that of the packed product. */
struct fully_connected_blocks_s8_params {
    const int8_t *weights; /* [blocks][4] */
    const uint8_t *gaps;   /* [blocks] */
    const int32_t *bias;   /* [rows], doubled, or null */
    int32_t batches, rows, columns;
    int32_t multiplier;
    int32_t rounding;      /* 2^(shift - 1) + output zero point * 2^shift */
    int8_t shift;          /* to the right, after the multiplication: 1 to 22 */
    int8_t input_zero_point;
    int8_t min, max;
};

void fully_connected_blocks_f32(const struct fully_connected_blocks_f32_params *p, const float *in,
                                float *out);
void fully_connected_blocks_s8(const struct fully_connected_blocks_s8_params *p, const int8_t *in,
                               int8_t *out, void *scratch);

#endif
