#include "fully_connected_blocks.h"
#include "packed_dsp.h"
#include "rescale_s8_dsp.h"

struct blocks {
    const int8_t *weights;
    const uint8_t *gaps;
};

/* A shift brings LAST_OF_ROW into the carry, which nothing changes until the branch: ten instructions
 * for four products. */
static inline int32_t row(struct blocks *at, const int16_t *x, int32_t sum)
{
    uint32_t gap, word, even;
    register uint32_t x0 __asm__("r4"), x1 __asm__("r5"); /* of LDRD */
    __asm__ volatile(".balign 4\n"
                     "1:\n\t"
                     "ldrb   %[gap], [%[gaps]], #1\n\t"
                     "ldr    %[word], [%[weights]], #4\n\t"
                     "lsls   %[gap], %[gap], #25\n\t"
                     "add    %[x], %[x], %[gap], lsr #22\n\t"
                     "ldrd   %[x0], %[x1], [%[x]]\n\t"
                     "sxtb16 %[even], %[word]\n\t"
                     "sxtb16 %[word], %[word], ror #8\n\t"
                     "smlad  %[sum], %[even], %[x0], %[sum]\n\t"
                     "smlad  %[sum], %[word], %[x1], %[sum]\n\t"
                     "bcc    1b"
                     : [gaps] "+&r"(at->gaps), [weights] "+&r"(at->weights), [x] "+&r"(x),
                       [sum] "+&r"(sum), [gap] "=&r"(gap), [word] "=&r"(word), [even] "=&r"(even),
                       [x0] "=&r"(x0), [x1] "=&r"(x1)
                     :
                     : "cc", "memory");
    return sum;
}

#include "fully_connected_blocks_s8.inc"
