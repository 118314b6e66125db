/* printf's language, as far as TFLM's messages use it.
 *
 * newlib's own needs a heap, files and several KiB of flash, which would count as the model's. */
#ifndef HB_TFLM_FORMAT_H
#define HB_TFLM_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As vsnprintf, but flags, widths and precisions are skipped, and %f has three decimals. */
int format(char *buffer, size_t size, const char *text, va_list arguments);

#ifdef __cplusplus
}
#endif

#endif
