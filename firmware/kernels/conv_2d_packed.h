/* CONV_2D over NHWC as conv_2d.h has it, by the packed product: README.md explains it.
 *
 * Two output pixels are computed at a time. Windows are gathered in `scratch` as
 * halfwords, which takes the padding in: it has the input's zero point. A window's elements are
 * called columns here, as an output channel's weights are a row of a matrix.
 *
 * With several sets of weights the rows of outputs take turns: each row of windows is multiplied by
 * all sets, one row of outputs each. The window's out_h counts all of them. So a
 * transposed convolution is one, whose channels are the pixels of a row too.
 */
#ifndef HB_CONV_2D_PACKED_H
#define HB_CONV_2D_PACKED_H

#include <stdint.h>

#include "window.h"

enum { PACKED_ROWS = 4, PACKED_BLOCK = 4 * PACKED_ROWS };

/* Rows and columns are filled up with zeros to whole fours. Where in_channels are not in fours,
 * dilation_w is 1; of rows of the filter with an odd number of columns the last ones come behind all
 * others. */
struct conv_2d_packed_s8_params {
    struct window window;
    const int16_t *weights; /* [rows / 4][columns / 4][8 words]: of either half of four columns
                             * rows 0 and 1, then rows 2 and 3 */
    const int32_t *blocks;  /* [rows / 4][16]: offset of rows 0, 2, 1, 3, which is bias -
                             * input_zero_point * sum of the row; then of each row multiplier,
                             * rounding and shift, as rescale_s8.h has them */
    int32_t in_channels, out_channels, columns;
    int32_t pairs;           /* of windows that lie in scratch at once */
    int32_t sets, first_set; /* of weights and blocks, one behind the other; of the first row */
    int8_t input_zero_point;
};

/* scratch: 4 * pairs * columns bytes; unless in_channels are fours, halfwords for the rows of the input,
 * padded, that a row of the output sees */
void conv_2d_packed_s8(const struct conv_2d_packed_s8_params *p, const int8_t *in, int8_t *out,
                       void *scratch);

#endif
