/* Limits of sums in the registers of an FPU. */
#ifndef HB_LIMIT_F32_VFP_H
#define HB_LIMIT_F32_VFP_H

/* In assembly with the operands `min` and `max`: s<y> is limited; what is no number stays as it is. */
#define LIMIT(y)                                                                                   \
    "vcmp.f32 %[min], s" #y "\n\t"                                                                 \
    "vmrs   APSR_nzcv, fpscr\n\t"                                                                  \
    "it     gt\n\t"                                                                                \
    "vmovgt.f32 s" #y ", %[min]\n\t"                                                               \
    "vcmp.f32 %[max], s" #y "\n\t"                                                                 \
    "vmrs   APSR_nzcv, fpscr\n\t"                                                                  \
    "it     mi\n\t"                                                                                \
    "vmovmi.f32 s" #y ", %[max]\n\t"

#endif
