/* CONV_2D over NHWC as conv_2d.h has it, by the packed product: README.md explains it.
 *
 * Two output pixels are computed at a time. Their windows are gathered in `scratch` as
 * halfwords, which takes the padding in: it has the input's zero point. A window's elements are
 * called columns here, as an output channel's weights are a row of a matrix.
 */
#ifndef HB_CONV_2D_PACKED_H
#define HB_CONV_2D_PACKED_H

#include <stdint.h>

#include "window.h"

/* Rows and columns are filled up with zeros to whole fours. */
struct conv_2d_packed_s8_params {
    struct window window;
    const int16_t *weights;     /* [rows / 4][columns / 4][8 words]: see windows_times_rows() */
    const int32_t *offsets;     /* [rows]: bias - input_zero_point * sum of the row */
    const int32_t *multipliers; /* [rows] */
    const int8_t *shifts;       /* [rows]: to the right, 1 to 22 */
    int32_t in_channels, out_channels, columns;
    int8_t input_zero_point;
    int8_t output_zero_point;
};

/* scratch: 4 * columns bytes */
void conv_2d_packed_s8(const struct conv_2d_packed_s8_params *p, const int8_t *in, int8_t *out,
                       void *scratch);

#endif
