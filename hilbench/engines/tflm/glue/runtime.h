/* What TFLM expects of its surroundings: a log, and an end to what it cannot handle. */
#ifndef HB_TFLM_RUNTIME_H
#define HB_TFLM_RUNTIME_H

namespace runtime {

enum { OK = 0, FAILED = 1, ABORTED = 2 };

/* The result of `work`, OK or FAILED, or ABORTED where TFLM gave up in the middle: nothing of
 * it may be used afterwards. */
int guarded(int (*work)());

/* What TFLM printed during the last guarded work, its lines joined by "; ". */
const char *said();

}  // namespace runtime

#endif
