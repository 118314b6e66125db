/* printf's language, as far as TFLM's messages use it.
 *
 * newlib's own needs a heap, files and 3 KiB of flash, which would count as the model's. */
#ifndef HB_TFLM_FORMAT_H
#define HB_TFLM_FORMAT_H

#include <cstdarg>
#include <cstddef>

/* As vsnprintf, without flags, widths and precisions, which are skipped; %f has three decimals. */
int format(char *buffer, size_t size, const char *text, va_list arguments);

#endif
