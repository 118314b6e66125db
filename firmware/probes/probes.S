/* Micro-kernels whose cycles tell the assumptions of the cycle model apart (docs/calibration.md).
 *
 * Each is a loop over its body; a pass is what two runs of different length differ by, so that
 * calling, reading the counter and cold caches drop out. Loops begin at multiples of 256: what is
 * above them decides nothing. They end with NOP between SUBS and the branch, which does not then
 * follow the instruction that sets its flags.
 *
 * r0 passes; r1 words in RAM; r2 words in flash, 2 KB of them. r12 counts; bodies may use r3 to
 * r11, lr and s0 to s15. A core without FPU leaves those of the FPU out.
 */
#include "probe_banks.h"

.syntax unified
.thumb

.macro probe name
  .section .text.probes, "ax", %progbits
  .balign 256
  .global probe_\name
  .type probe_\name, %function
  .thumb_func
probe_\name:
  push {r4-r11, lr}
  mov r12, r0
  ldr.w r4, =leaf + 1
  ldr.w r5, =pushing_leaf + 1
  ldr.w r10, =1000
  movs r11, #10
  b.w 1f
  .balign 256
1:
.endm

.macro end name
  subs.w r12, r12, #1
  nop.w
  bne.w 1b
  pop {r4-r11, pc}
  .balign 4
  .ltorg
  .size probe_\name, . - probe_\name
  .section .rodata.probe_table, "a", %progbits
  .word probe_\name + 1
  .section .text.probes, "ax", %progbits
.endm

/* A row of loads from another part of the RAM. */
.macro bank name, address
probe load_\name
  movw r3, #:lower16:\address
  movt r3, #:upper16:\address
  .rept 16
  ldr r6, [r3]
  .endr
end load_\name
.endm

  .section .rodata.probe_table, "a", %progbits
  .balign 4
  .global probe_table
  .type probe_table, %object
probe_table:

  .section .text.probes, "ax", %progbits
  .balign 256
  .type leaf, %function
  .thumb_func
leaf:
  bx lr
  .size leaf, . - leaf
  .balign 32
  .type pushing_leaf, %function
  .thumb_func
pushing_leaf:
  push {lr}
  pop {pc}
  .size pushing_leaf, . - pushing_leaf

probe nothing
end nothing

probe alu
  .rept 32
  adds r6, #1
  .endr
end alu

probe branches
  .rept 16
  b 2f
  nop
2: nop
  nop
  .endr
end branches

probe branches_behind_flags
  .rept 16
  cmp r6, r6
  beq 2f
  nop
  nop
2: nop
  nop
  .endr
end branches_behind_flags

probe calls
  .rept 8
  bl leaf
  nop.w
  .endr
end calls

probe register_calls
  .rept 8
  blx r4
  nop
  .endr
end register_calls

probe pop_pc
  .rept 8
  blx r5
  nop
  .endr
end pop_pc

/* 1000 / 10; the core needs fewer cycles for a shorter quotient. */
probe divide
  .rept 8
  udiv r6, r10, r11
  .endr
end divide

probe load_row
  .rept 16
  ldr r6, [r1]
  .endr
end load_row

/* Each load from RAM follows one from flash, which is in the line buffer. */
probe two_buses
  .rept 8
  ldr r6, [r1]
  ldr r7, [r2]
  .endr
end two_buses

probe unaligned_loads
  .rept 8
  ldr.w r6, [r1, #1]
  nop.w
  .endr
end unaligned_loads

/* 32-bit instructions across two words each: behind a load fetching has stopped. */
probe straddled_loads
  nop
  .rept 8
  ldr.w r6, [r1]
  mov.w r7, #1
  mov.w r8, #1
  mov.w r9, #1
  .endr
  nop
end straddled_loads

probe aligned_loads
  .rept 8
  ldr.w r6, [r1]
  mov.w r7, #1
  mov.w r8, #1
  mov.w r9, #1
  .endr
end aligned_loads

/* Branches to 32-bit code that holds loads: how far fetching is ahead decides. */
probe loads_behind_branches
  .rept 8
  b 2f
  nop
2: ldr.w r6, [r1]
  ldr.w r7, [r1]
  mov.w r8, #1
  mov.w r9, #1
  .endr
end loads_behind_branches

probe multiple_loads
  nop
  .rept 8
  ldmia.w r1, {r6-r9}
  mov.w r7, #1
  mov.w r8, #1
  mov.w r9, #1
  mov.w r7, #1
  mov.w r8, #1
  .endr
  nop
end multiple_loads

probe system
  .rept 8
  mrs r6, apsr
  .endr
end system

probe barrier
  .rept 8
  dmb
  .endr
end barrier

/* 2 KB in 8-byte reads: all miss, each read is used whole. */
probe flash_stream
  mov r3, r2
  .rept 64
  ldmia r3!, {r6-r9}
  ldmia r3!, {r6-r9}
  .endr
end flash_stream

/* A word of each of 64 lines of 32 bytes, far apart in time. */
probe flash_lines
  mov r3, r2
  .rept 64
  ldr.w r6, [r3], #32
  nop
  nop
  .endr
end flash_lines

/* 8 lines, two lines apart: they fit into 8 lines, unless those are of few ways. */
probe flash_sets
  .rept 4
  .set offset, 0
  .rept 8
  ldr.w r6, [r2, #offset]
  .set offset, offset + 64
  .endr
  .endr
end flash_sets

/* Twice what the instruction cache holds, in a line. */
probe code_over_cache
  .rept 1000
  nop
  .endr
end code_over_cache

/* The same with pauses, in which fetching gets ahead by what its buffer holds: with four words the
 * read behind the next one begins in the pause, with three it does so behind it. */
probe code_with_pauses
  .rept 48
  nop.w
  ldmia.w r1, {r3, r6-r11, lr}
  ldmia.w r1, {r3, r6-r11, lr}
  .rept 5
  nop.w
  .endr
  .endr
end code_with_pauses

/* Half of what it holds: in the cache from the second pass on. */
probe code_in_cache
  .rept 240
  nop
  .endr
end code_in_cache

#ifdef __ARM_FP
probe fpu_mac
  .rept 8
  vfma.f32 s0, s1, s2
  adds r6, #1
  adds r7, #1
  .endr
end fpu_mac

probe fpu_loads
  .rept 8
  vldr s0, [r1]
  vldr s1, [r1, #4]
  .endr
end fpu_loads

probe fpu_stores
  .rept 8
  vldr s0, [r1]
  vstr s1, [r1, #32]
  .endr
end fpu_stores
#endif

PROBE_BANKS

  .section .rodata.probe_table, "a", %progbits
  .word 0
  .size probe_table, . - probe_table
