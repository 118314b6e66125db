/* A function in assembly inside of a C file: the prototype stands in C before it, `static` left out.
 * It starts at a multiple of 32, so that its loops lie in lines of an instruction cache as they
 * were meant to.
 */
#ifndef HB_ASSEMBLY_H
#define HB_ASSEMBLY_H

#define ASSEMBLY_FUNCTION(name, body)                                                              \
    __asm__(".syntax unified\n\t"                                                                \
            ".pushsection .text." #name ", \"ax\", %progbits\n\t"                                  \
            ".balign 32\n\t"                                                                       \
            ".thumb_func\n\t"                                                                      \
            ".type " #name ", %function\n"                                                         \
            #name ":\n\t"                                                                          \
            body                                                                                   \
            ".size " #name ", . - " #name "\n\t"                                                   \
            ".popsection\n")

#endif
