"""Hand-written sequences and the cycles that the manuals' rules give for them.

Before each sequence r1 points to RAM, r2 to flash data and r3 to RAM, all aligned to 32
bytes, r4 = 4, r5 = 0, s0 to s15 = 1.0, flags: Z set. A window covers the sequence and the `bl`
that ends it, which takes 1 + P = 2 cycles: every number below ends with `+ BL`.
Rules: DDI 0439D table 3-1, section 3.3.3, table 7-1; docs/cycle-model.md.
"""

from __future__ import annotations

from cycle_image import Sequence

BL = 2
FAR = 3


def loop(passes: int, nops: int) -> str:
    """A loop that begins with read 1; its branch has 32 bits."""
    body = f".rept {nops}\nnop\n.endr\n"
    return f"movs r0, #{passes}; nop; nop; nop; 1: {body} subs r0, #1; bne.w 1b"


def table(reads: int) -> str:
    """Two passes over flash data, one word out of each 64-bit read."""
    inner = f"mov r6, r2; movs r7, #{reads}; 1: ldr r8, [r6], #8; subs r7, #1; bne 1b"
    return f"movs r0, #2; nop; 2: {inner}; subs r0, #1; bne 2b"


def table_cycles(reads: int) -> int:
    """Without waiting: MOVS, NOP; twice MOV, MOVS, the LDR (2) SUBS, BNE, and SUBS, BNE."""
    inner = reads * (2 + 1) + (reads - 1) * 2 + 1
    return 2 + 2 * (2 + inner + 1) + 2 + 1


# Zero-wait memory: the core alone.
CORE = (
    Sequence("empty", "", 0 + BL),
    # One cycle each, 16 or 32 bits.
    Sequence("alu", "adds r0, #1; movs r6, #3; eors r0, r6; lsls r0, #2", 4 + BL),
    Sequence("alu_wide", "add.w r0, r6, r7; mov.w r6, #5; ubfx r0, r6, #1, #3; clz r6, r0", 4 + BL),
    Sequence("multiply", "mul r0, r6, r7; mla r0, r6, r7, r0; smull r0, r6, r7, r4", 3 + BL),
    Sequence(
        "dsp", "sxtb16 r0, r4; smlad r0, r4, r4, r0; qadd r0, r4, r4; ssat r0, #8, r4", 4 + BL
    ),
    # 2 to 12 by operands that cannot be seen: 7 each.
    Sequence("divide", "sdiv r0, r4, r4; udiv r6, r4, r4", 2 * 7 + BL),
    Sequence("load", "ldr r0, [r1]", 2 + BL),
    Sequence("load_then_use", "ldr r0, [r1]; adds r0, #1", 2 + 1 + BL),
    # N loads in a row: 1 + N.
    Sequence(
        "loads_pipelined",
        "ldr r0, [r1]; ldr r6, [r1, #4]; ldrb r7, [r1, #8]; ldrsh r8, [r1, #10]",
        1 + 4 + BL,
    ),
    # A load overlaps only with one on its own bus: flash is on D-Code, RAM on System.
    Sequence("loads_two_buses", "ldr r0, [r1]; ldr r6, [r2]; ldr r7, [r1]", 1 + 3 + 2 + BL),
    Sequence("loads_one_switch", "ldr r0, [r2]; ldr r6, [r2]; ldr r7, [r1]", 1 + 3 + 1 + BL),
    Sequence("loads_two_buses_fpu", "vldr s0, [r1]; vldr s1, [r2]", 1 + 2 + 1 + BL),
    # What does not overlap has nothing to lose.
    Sequence("loads_two_buses_apart", "ldr r0, [r1]; nop; ldr r6, [r2]", 2 + 1 + 2 + BL),
    Sequence("loads_two_buses_dependent", "ldr r0, [r1, #16]; ldr r6, [r0]", 2 + 2 + BL),
    Sequence("loads_two_buses_store", "ldr r0, [r2]; str r0, [r3, r4]", 1 + 2 + BL),
    Sequence("loads_apart", "ldr r0, [r1]; movs r6, #1; ldr r7, [r1]", 2 + 1 + 2 + BL),
    # The second address is what the first one loads: nothing overlaps.
    Sequence("loads_dependent", "ldr r0, [r1, #16]; ldr r6, [r0]", 2 + 2 + BL),
    # No forwarding from data processing to an address: one more.
    Sequence("address_from_alu", "adds r0, r1, #4; ldr r6, [r0]", 1 + 1 + 2 + BL),
    Sequence(
        "address_from_alu_later", "adds r0, r1, #4; movs r6, #1; ldr r6, [r0]", 1 + 1 + 2 + BL
    ),
    # STR with an immediate is always one; with a register it takes two, one behind a load.
    Sequence("stores_immediate", "str r0, [r3]; strb r0, [r3, #4]; strh r0, [r3, #6]", 3 + BL),
    Sequence("stores_register", "str r0, [r3, r4]; str r0, [r3, r4]", 2 + 2 + BL),
    Sequence("load_store_immediate", "ldr r0, [r1]; str r0, [r3, #20]", 2 + 1 + BL),
    Sequence("load_store_register", "ldr r0, [r1]; str r0, [r3, r4]", 2 + 1 + BL),
    # Nothing is pipelined behind a store.
    Sequence("store_load", "str r0, [r3]; ldr r0, [r1]", 1 + 2 + BL),
    Sequence("doubles", "ldrd r6, r7, [r1]; strd r6, r7, [r3]", 3 + 3 + BL),
    # 1 + N, and neither overlaps with its neighbours.
    Sequence(
        "multiples",
        "ldr r0, [r1]; ldmia r1, {r6, r7, r8, r9}; stmia r3, {r6, r7, r8}",
        2 + 5 + 4 + BL,
    ),
    Sequence("push_pop", "push {r4, r5, lr}; pop {r4, r5}; pop {r6}", 4 + 3 + 2 + BL),
    # Unaligned: bytes and halfwords on the bus, one more cycle for each.
    Sequence("unaligned_halfword", "ldrh r0, [r1, #1]", 2 + 1 + BL),
    Sequence("unaligned_word_by_2", "ldr r0, [r1, #2]", 2 + 1 + BL),
    Sequence("unaligned_word_by_1", "ldr r0, [r1, #1]", 2 + 2 + BL),
    Sequence("unaligned_word_by_3", "ldr r0, [r1, #3]", 2 + 2 + BL),
    Sequence("unaligned_store", "str r0, [r3, #1]", 1 + BL),
    # 32-bit instructions at 2 mod 4; word k arrives in k - 1 and later. LDR in 1 and 2, MOV in 3
    # frees word 1, for which word 4 waited with an idle bus since 2: it starts in 4 and arrives in
    # 5, so that the MOV that ends in it runs in 6 instead of 5.
    Sequence("straddled_load", "nop; ldr.w r0, [r1]" + "; mov.w r6, #1" * 4, 1 + 2 + 4 + 1 + BL),
    # The same at 0 mod 4: word 3 is there in time.
    Sequence("aligned_load", "ldr.w r0, [r1]" + "; mov.w r6, #1" * 4 + "; nop", 2 + 4 + 1 + BL),
    # Without a load fetching never stops.
    Sequence("straddled", "nop" + "; mov.w r6, #1" * 6, 1 + 6 + BL),
    Sequence("branch_taken", "b 1f; nop; 1: nop", 1 + 1 + 1 + BL),
    Sequence("branch_not_taken", "bne 1f; nop; 1: nop", 1 + 1 + 1 + BL),
    Sequence("conditional_taken", "beq 1f; nop; 1: nop", 1 + 1 + 1 + BL),
    Sequence("compare_and_branch", "cbz r5, 1f; nop; 1: cbnz r5, 2f; 2: nop", 2 + 1 + 1 + BL),
    # The target is a 32-bit instruction across two words: P is one more.
    Sequence("branch_to_misaligned", "b 1f; nop; nop; 1: mov.w r0, #5", 1 + 2 + 1 + BL),
    Sequence("branch_to_aligned_wide", "b 1f; nop; 1: mov.w r0, #5", 1 + 1 + 1 + BL),
    # 10 times SUBS; the branch is taken 9 times and falls through once.
    Sequence("loop", "movs r0, #10; 1: subs r0, #1; bne 1b", 1 + 10 + 9 * 2 + 1 + BL),
    Sequence("call_and_return", "bl leaf; nop", 2 + 2 + 1 + BL),
    Sequence("far_jump", "bl 1f; nop; 1: nop", 2 + 1 + BL),
    Sequence(
        "branch_register", "adr r0, 1f; adds r0, #1; bx r0; .balign 4; 1: nop", 1 + 1 + 3 + 1 + BL
    ),
    # BLX Rm 1 + 2; PUSH 1 + 1; POP {PC} 1 + 1 + 3.
    Sequence(
        "pop_pc",
        "adr r0, 1f; adds r0, #1; blx r0; b 2f; .balign 4; 1: push {lr}; pop {pc}; 2: nop",
        2 + 3 + 2 + 5 + 2 + 1 + BL,
    ),
    # LDR PC: two for the load, three for the reload.
    Sequence(
        "load_pc",
        "adr r0, 1f; ldr pc, [r0]; .balign 4; 1: .word 2f + 1; 2: nop",
        1 + 1 + 2 + 3 + 1 + BL,
    ),
    Sequence("table_branch", "tbb [pc, r5]; .byte (1f - .) / 2, 0; 1: nop", 3 + 3 + 1 + BL),
    # An IT behind a 16-bit instruction costs nothing.
    Sequence("it_folded", "cmp r5, #0; it eq; moveq r0, #1", 1 + 0 + 1 + BL),
    Sequence("it_not_folded", "cmp.w r5, #0; it eq; moveq r0, #1", 1 + 1 + 1 + BL),
    # A load whose condition fails takes one cycle.
    Sequence("it_load_executed", "cmp r5, #0; it eq; ldreq r0, [r1]", 1 + 0 + 2 + BL),
    # QEMU leaves the block at a device and goes on behind it.
    Sequence(
        "device",
        "movw r0, #0x4010; movt r0, #0x4000; ldr r6, [r0]; nop; nop",
        1 + 1 + 1 + 2 + 2 + BL,
    ),
    Sequence("it_load_skipped", "cmp r5, #1; it eq; ldreq r0, [r1]", 1 + 0 + 1 + BL),
    Sequence(
        "fpu_independent", "vadd.f32 s0, s1, s2; vmul.f32 s3, s4, s5; vcvt.s32.f32 s6, s7", 3 + BL
    ),
    # One more when the next instruction needs the result.
    Sequence(
        "fpu_dependent",
        "vadd.f32 s0, s1, s2; vmul.f32 s3, s0, s5; vcvt.s32.f32 s6, s3",
        1 + 2 + 2 + BL,
    ),
    Sequence(
        "fpu_moves",
        "vmov r0, s0; vmov s1, r0; vmov s2, s1; vabs.f32 s3, s2; vmov r6, r7, s2, s3",
        4 + 2 + BL,
    ),
    # A multiply-accumulate keeps the FPU for 3 cycles; integer instructions go on, BL too.
    Sequence("fpu_mac", "vmla.f32 s0, s1, s2; vfma.f32 s3, s4, s5", 3 + 1 + BL),
    Sequence("fpu_mac_integer", "vmla.f32 s0, s1, s2; movs r0, #1; movs r6, #2", 1 + 2 + BL),
    Sequence("fpu_mac_load", "vfma.f32 s0, s1, s2; vldr s3, [r1]", 3 + 2 + BL),
    Sequence("fpu_mac_result", "vfma.f32 s0, s1, s2; vadd.f32 s3, s0, s5", 3 + 1 + 1 + BL),
    # A loop as compilers end it: SUBS, VFMA, BNE (taken 3 times) take 4 cycles, the FPU 3.
    Sequence(
        "fpu_mac_loop",
        "movs r0, #4; nop; 1: subs r0, #1; vfma.f32 s0, s1, s2; bne 1b",
        2 + 4 * (1 + 1) + 3 * 2 + 1 + BL,
    ),
    # The addend is needed one cycle later than the factors.
    Sequence("fpu_mac_chain", "vmla.f32 s0, s1, s2; vmla.f32 s0, s3, s4", 3 + 1 + BL),
    Sequence("fpu_mac_factor", "vmul.f32 s1, s3, s4; vmla.f32 s0, s1, s2", 1 + 1 + 1 + BL),
    # VDIV keeps the FPU for 14 cycles; integer instructions go on meanwhile.
    Sequence("fpu_divide_integer", "vdiv.f32 s0, s1, s2; movs r0, #1; movs r6, #2", 1 + 2 + BL),
    Sequence("fpu_divide_fpu", "vdiv.f32 s0, s1, s2; vadd.f32 s3, s4, s5", 14 + 1 + BL),
    Sequence("fpu_divide_result", "vdiv.f32 s0, s1, s2; vadd.f32 s3, s0, s5", 14 + 1 + 1 + BL),
    Sequence(
        "fpu_divide_overlap",
        "vdiv.f32 s0, s1, s2" + "; nop" * 5 + "; vadd.f32 s3, s4, s5",
        14 + 1 + BL,
    ),
    Sequence("fpu_sqrt", "vsqrt.f32 s0, s1; vsqrt.f32 s2, s3; vmov s4, s5", 14 + 14 + 1 + BL),
    Sequence("fpu_loads", "vldr s0, [r1]; vldr s1, [r1, #4]; vadd.f32 s0, s0, s1", 1 + 2 + 1 + BL),
    Sequence("fpu_store", "vldr s0, [r1]; vstr s0, [r3]; vstr s0, [r3, #4]", 2 + 1 + 2 + BL),
    Sequence("fpu_doubles", "vldr d0, [r1]; vstr d0, [r3]", 3 + 3 + BL),
    Sequence(
        "fpu_multiples",
        "vldmia r1, {s0-s3}; vstmia r3, {s0-s2}; vpush {d0}; vpop {d0}",
        5 + 4 + 3 + 3 + BL,
    ),
)

NOP = "nop; "


# RAM of the STM32L4R5, flash that does not wait: each word loaded from SRAM2 or SRAM3 takes one
# cycle more. MOVS, MOVT and NOP come first.
def far(place: int, code: str) -> str:
    return f"movs r6, #0; movt r6, #{place:#x}; nop; {code}"


BANKS = (
    Sequence("sram1", far(0x2002, "ldr r0, [r6]; ldr r7, [r6, #4]"), 3 + 3 + BL),
    Sequence("sram2", far(0x2003, "ldr r0, [r6]"), 3 + 2 + 1 + BL),
    Sequence("sram1_last_word", far(0x2003, "ldr r0, [r6, #-4]"), 3 + 2 + BL),
    Sequence("sram3_in_a_row", far(0x2004, "ldr r0, [r6]; ldr r7, [r6, #4]"), 3 + 3 + 2 + BL),
    Sequence("sram3_last_word", far(0x200A, "ldr r0, [r6, #-4]"), 3 + 2 + 1 + BL),
    Sequence("sram3_multiple", far(0x2005, "ldmia r6, {r0, r7, r8}"), 3 + 4 + 3 + BL),
    Sequence("sram3_double", far(0x2005, "vldr d0, [r6]; ldrd r0, r7, [r6]"), 3 + 3 + 3 + 4 + BL),
    Sequence("sram3_stores", far(0x2005, "str r0, [r6]; stmia r6, {r0, r1}"), 3 + 1 + 3 + BL),
    # A halfword and a halfword: two transfers.
    Sequence("sram3_unaligned", far(0x2005, "ldr r0, [r6, #2]"), 3 + 2 + 1 + 2 + BL),
)

# Flash with 5 wait states at 120 MHz, cold caches. Cycles in which things happen:
#   A(k)  word k is in the fetch buffer: 1 cycle after its transfer began when its read is in
#         the line buffer or the cache, 1 + 5 after that when it is read from the array
#         (and the array is free);
#   E(i)  instruction i is executed: A of its last word + 1 or later.
# The transfer of word k begins at A(k-1), not before the last instruction of word k-3 is
# executed. A window begins with the transfer of word 0 in cycle -2, so that A(0) = 4 and
# E(0) = 5. A branch executed in cycle e has its target's transfer begin in e, when no
# transfer is under way.
FLASH_64 = (
    # Reads of two words. A(2n) = 4 + 7n: the second word of a read takes 1, the read 6.
    # NOP 15 in 5 + 3 * 7 + 3 = 29. BL is word 8: A = 32, E = 33, done in 34, P = 1.
    Sequence("straight", NOP * 16, 35),
    # Two instructions for each read: the same 7 cycles for it.
    Sequence("straight_wide", "mov.w r0, #1; " * 8, 35),
    # MOVS, NOP, SUBS, BNE in 5 to 8. Word 2 is under way from 5 to 11, so the target's
    # transfer begins in 11; it is cached: A = 12, SUBS in 13, BNE in 14. Words 2 and 3 follow
    # in 13 and 14, and the branch's transfer in 14 to 15: SUBS in 16. Nine more passes of 3
    # cycles from 13 on: the last SUBS in 13 + 8 * 3 = 37, BNE in 38, BL in 39, 40, P = 1.
    Sequence("small_loop", "movs r0, #10; nop; 1: subs r0, #1; bne 1b", 41),
    # 800 bytes of loop, reads 1 to 100. First pass as a straight line: BNE.W is the third
    # instruction of read 100, in 5 + 700 + 2 = 707. Read 101 is under way from 705 to 711; the
    # target is cached: A = 712. From 713 on two passes of 399 cycles and one refill of 1: the
    # last BNE.W in 713 + 399 + 1 + 398 = 1511, BL in 1512, 1513, P = 1.
    Sequence("loop_in_cache", loop(3, 397), 1514),
    # 1200 bytes, reads 1 to 150: with LRU every pass misses all over. BNE.W in 5 + 1050 + 2 =
    # 1057, read 151 under way until 1061, then the target's: A = 1067, E = 1068 instead of 12.
    # A pass takes 1056. The third ends like the first, 2112 later; read 151 arrives in 1061 +
    # 2112 = 3173, BL in 3174, 3175, P = 1.
    Sequence("loop_over_cache", loop(3, 597), 3176),
    # LDR in 5 and 6. Its transfer wants the array in 6, where word 2 is read from 5 to 11: the
    # data are there in 17 instead of 7. NOPs in 17 to 19 (words 0, 1), 20 to 23 (words 2, 3).
    # BL is word 4: wanted when NOP 3 is executed, in 19: A = 25, E = 26, 27, P = 1.
    Sequence("shared_port", "ldr r0, [r2]; " + NOP * 7, 28),
    # The branch is executed in 5, before word 2 is wanted. Its target is word 3, whose
    # transfer begins in 5: A = 11, NOPs in 12, 13. Word 4 from 11 to 17: BL in 18, 19, P = 1.
    Sequence("branch_ahead", "b 1f; " + NOP * 5 + "1: " + NOP * 2, 20),
)

FLASH_128 = (
    # Reads of four words. A(3) = 7; word 4 waits for E(NOP 3) = 8, so that fetching starts again
    # in 9: A(4) = 15; NOPs 8 to 15 in 16 to 23. A(7) = 18; word 8 waits for E(NOP 11) = 19 and
    # starts in 20: A = 26, BL in 27, 28, P = 1.
    Sequence("straight", NOP * 16, 29),
)

# The next read begins as soon as the current one has ended: 6 cycles for each, not 7.
FLASH_PREFETCH = (
    # NOP 15 in 5 + 3 * 6 + 3 = 26, BL is word 8: A = 4 + 24 = 28, E = 29, 30, P = 1.
    Sequence("straight", NOP * 16, 31),
    # MOVS, NOP, SUBS, BNE in 5 to 8. Read 1 is prefetched from 4 to 10, so that the target's
    # transfer begins in 10; it is cached: A = 11, SUBS in 12, BNE in 13. Both reads are in the
    # cache from now on, the prefetched one as well: 3 cycles a pass, whatever is prefetched. The
    # last SUBS in 12 + 8 * 3 = 36, BNE in 37, BL in 38, 39, P = 1.
    Sequence("small_loop", "movs r0, #10; nop; 1: subs r0, #1; bne 1b", 40),
    # Reads 1 to 100, 6 cycles each: BNE.W in 5 + 600 + 2 = 607. Read 101 is prefetched from 604 to
    # 610; the target is cached: A = 611. From 612 on two passes of 399 cycles and one refill of 1:
    # the last BNE.W in 612 + 399 + 1 + 398 = 1410, BL in 1411, 1412, P = 1.
    Sequence("loop_in_cache", loop(3, 397), 1413),
)

FLASH_UNCACHED = (
    # As with cache up to BNE in 8 and word 2 until 11. Then the target's read: A = 17, SUBS in
    # 18, BNE in 19; word 2 again from 17 to 23, the target from 23 to 29, SUBS in 30: 12 cycles
    # each. The last of 8 more SUBS in 18 + 8 * 12 = 114, BNE in 115. Word 2 is read from 113 to
    # 119: BL in 120, 121, P = 1.
    Sequence("small_loop", "movs r0, #10; nop; 1: subs r0, #1; bne 1b", 122),
)

# Data in flash, code in RAM: every read of the array stalls for 5 cycles. The end
# mark is out of reach of BL: BLX Rm takes 1 + P = 3 cycles.
DATA_64 = (
    # Four words, two reads: 1 + 4 for the loads.
    Sequence(
        "stream",
        "ldr r0, [r2]; ldr r6, [r2, #4]; ldr r7, [r2, #8]; ldr r8, [r2, #12]",
        5 + 2 * 5 + FAR,
        in_ram=True,
    ),
    Sequence("stream_multiple", "ldmia r2, {r0, r4-r10}", 9 + 4 * 5 + FAR, in_ram=True),
    Sequence("stream_fpu", "vldmia r2, {s0-s7}", 9 + 4 * 5 + FAR, in_ram=True),
    Sequence("doubles", "ldrd r6, r7, [r2]; vldr d0, [r2, #8]", 3 + 3 + 2 * 5 + FAR, in_ram=True),
    # Bytes of one read.
    Sequence(
        "bytes",
        "ldrb r0, [r2]; ldrb r6, [r2, #7]; ldrb r7, [r2, #8]",
        1 + 3 + 2 * 5 + FAR,
        in_ram=True,
    ),
    # The halves of this word are in two reads.
    Sequence("unaligned_across_reads", "ldr r0, [r2, #6]", 2 + 1 + 2 * 5 + FAR, in_ram=True),
    # The third load finds the first one's read in the data cache.
    Sequence(
        "cached", "ldr r0, [r2]; ldr r6, [r2, #8]; ldr r7, [r2]", 1 + 3 + 2 * 5 + FAR, in_ram=True
    ),
    # 256 bytes twice: 8 lines of 32, only the first pass misses.
    Sequence("table_in_cache", table(32), table_cycles(32) + 32 * 5 + FAR, in_ram=True),
    # 512 bytes twice: every read misses in both passes.
    Sequence("table_over_cache", table(64), table_cycles(64) + 2 * 64 * 5 + FAR, in_ram=True),
    # RAM data never wait.
    Sequence("ram_data", "ldr r0, [r1]; ldr r6, [r1, #4]", 1 + 2 + FAR, in_ram=True),
)

DATA_128 = (
    Sequence(
        "stream",
        "ldr r0, [r2]; ldr r6, [r2, #4]; ldr r7, [r2, #8]; ldr r8, [r2, #12]",
        5 + 1 * 5 + FAR,
        in_ram=True,
    ),
    Sequence("stream_multiple", "ldmia r2, {r0, r4-r10}", 9 + 2 * 5 + FAR, in_ram=True),
)

DATA_UNCACHED = (
    Sequence(
        "not_cached",
        "ldr r0, [r2]; ldr r6, [r2, #8]; ldr r7, [r2]",
        1 + 3 + 3 * 5 + FAR,
        in_ram=True,
    ),
)

# A miss reads its whole line, the wanted read first, the others behind it, 6 cycles each.
DATA_LINE_FILL = (
    # The second read arrives 6 cycles behind the first, as if it were read alone.
    Sequence("next_read", "ldr r0, [r2]; ldr r6, [r2, #8]", 1 + 2 + 5 + 5 + FAR, in_ram=True),
    # After 20 cycles it is there.
    Sequence(
        "next_read_later",
        "ldr r0, [r2]; " + NOP * 20 + "ldr r6, [r2, #8]",
        2 + 5 + 20 + 2 + FAR,
        in_ram=True,
    ),
    # Another line waits for the three reads that are left of the first.
    Sequence("next_line", "ldr r0, [r2]; ldr r6, [r2, #32]", 1 + 2 + 5 + 23 + FAR, in_ram=True),
)

# Without a data cache or a buffer the third load finds the first one's read in the shared cache.
DATA_SHARED = (
    Sequence(
        "cached", "ldr r0, [r2]; ldr r6, [r2, #64]; ldr r7, [r2]", 1 + 3 + 2 * 5 + FAR, in_ram=True
    ),
)

# The Cortex-M3's own (DDI 0337I, table 3-1); the rest is as in the Cortex-M4.
M3 = (
    Sequence("m3_alu", "adds r0, #1; mul r0, r6, r7", 2 + BL),
    Sequence("m3_mla", "mla r0, r6, r7, r0; mls r0, r6, r7, r0", 2 * 2 + BL),
    # 3 to 5, and 4 to 7, by operands that cannot be seen.
    Sequence("m3_long", "smull r0, r6, r7, r4; umull r0, r6, r7, r4", 2 * 4 + BL),
    Sequence("m3_long_accumulate", "smlal r0, r6, r7, r4; umlal r0, r6, r7, r4", 2 * 5 + BL),
    Sequence("m3_loads", "ldr r0, [r1]; ldr r6, [r1, #4]; ldr r7, [r1, #8]", 1 + 3 + BL),
)

# The Cortex-M0+ (DDI 0484C, table 3.1), where BL takes 3.
BL_M0 = 3
M0 = (
    Sequence("m0_alu", "adds r0, #1; muls r0, r6, r0; lsls r0, r4", 3 + BL_M0),
    Sequence("m0_loads", "ldr r0, [r1]; ldr r6, [r1, #4]; ldrsb r7, [r1, r4]", 3 * 2 + BL_M0),
    Sequence("m0_address", "adds r6, r1, #4; ldr r0, [r6]", 1 + 2 + BL_M0),
    Sequence("m0_stores", "str r0, [r3]; strb r0, [r3, r4]", 2 * 2 + BL_M0),
    Sequence("m0_multiple", "ldmia r1!, {r0, r6, r7}; stmia r3!, {r0, r6}", 1 + 3 + 1 + 2 + BL_M0),
    # Taken twice, then not.
    Sequence("m0_loop", "movs r0, #3; 1: subs r0, #1; bne 1b", 1 + 3 + 2 * 2 + 1 + BL_M0),
    Sequence("m0_jump", "b 1f; nop; 1: nop", 2 + 1 + BL_M0),
    # B 2, BL 3, PUSH 1 + 2, POP with PC 3 + 2.
    Sequence(
        "m0_call", "b 2f; 1: push {r6, lr}; pop {r6, pc}; nop; 2: bl 1b", 2 + 3 + 3 + 5 + BL_M0
    ),
    # A BL across two words as a target waits for the second word, here and at the window's end.
    Sequence("m0_straddle", "b 2f; 1: bx lr; nop; 2: bl 1b", 2 + 1 + 3 + 2 + 1 + BL_M0),
    Sequence("m0_return", "b 2f; 1: bx lr; 2: bl 1b", 2 + 3 + 2 + BL_M0),
)
