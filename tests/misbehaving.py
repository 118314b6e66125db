"""Firmware whose engine does what its input says: compute, hang, crash."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from hilbench.config.board import Board, load_board
from hilbench.core.artifacts import EngineSources, Firmware, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.image import elf, image
from hilbench.link.session import Schedule, benchmark
from hilbench.targets import qemu

BYTES = 16
SCHEDULE = Schedule(warmups=1, repetitions=3, min_ticks=1000)


class Behaviour(IntEnum):
    """The first byte of the input."""

    COMPUTE = 0
    HANG = 1
    BAD_ADDRESS = 2
    DIVIDE_BY_ZERO = 3
    OVERFLOW_STACK = 4
    LOCK_UP = 5
    REFUSE = 6
    RESET = 7
    SILENT = 8
    CHATTER = 9
    UNALIGNED = 10


ENGINE = """\
#include "engine.h"

#include <stddef.h>

#include "uart.h"

const char engine_name[] = "misbehaving";
const char engine_model[] = "%(model)s";

static int8_t in[%(bytes)d], out[%(bytes)d];
static const struct engine_tensor input = {in, sizeof in, HB_INT8};
static const struct engine_tensor output = {out, sizeof out, HB_INT8};
static const char *error = "";

int engine_init(void) { return 0; }
void engine_reset(void) {}
const char *engine_error(void) { return error; }
const struct engine_tensor *engine_input(uint32_t i) { return i == 0 ? &input : NULL; }
const struct engine_tensor *engine_output(uint32_t i) { return i == 0 ? &output : NULL; }

static volatile uint32_t sink;

__attribute__((noinline)) static void overflow_stack(uint32_t deeper)
{
    volatile uint32_t frame[64];

    frame[0] = deeper;
    if (deeper > 0)
        overflow_stack(deeper - 1);
    sink += frame[0];
}

__attribute__((noinline)) static void hang(void)
{
    for (;;)
        sink++;
}

__attribute__((noinline)) static int compute(void)
{
    for (uint32_t i = 0; i < sizeof in; i++)
        out[i] = (int8_t)(in[i] * 3 + 1);
    return 0;
}

int engine_invoke(void)
{
    volatile uint32_t zero = 0;

    switch (in[0]) {
    case %(HANG)d: hang(); break;
    case %(BAD_ADDRESS)d: *(volatile uint32_t *)0xF0000000u = 1; break;
    case %(DIVIDE_BY_ZERO)d: sink = 7u / zero; break;
    case %(OVERFLOW_STACK)d: overflow_stack(64); break;
    case %(LOCK_UP)d:
#ifdef __riscv
        __asm volatile("csrw mtvec, %%0" : : "r"(0xF0000000u)); /* the same */
#else
        *(volatile uint32_t *)0xE000ED08u = 0xF0000000u; /* VTOR: no handler can be fetched */
#endif
        *(volatile uint32_t *)0xF0000000u = 1;
        break;
    case %(UNALIGNED)d: sink = *(uint32_t *)((uintptr_t)&sink + zero + 2); return compute();
    case %(REFUSE)d: error = "not today"; return 42;
    case %(RESET)d:
        *(volatile uint32_t *)0xE000ED0Cu = 0x05FA0004u; /* AIRCR.SYSRESETREQ */
        hang();
        break;
    case %(SILENT)d:
        *(volatile uint32_t *)0x40004008u = 0; /* the UART is off */
        hang();
        break;
    case %(CHATTER)d:
        for (;;)
            uart_write((const uint8_t *)"garbage ", 8);
    default: return compute();
    }
    return 0;
}
"""


def sources(folder: Path, model: str = "00" * 32) -> EngineSources:
    """The engine, as an engine's compile stage would leave it."""
    values = {item.name: int(item) for item in Behaviour}
    source = folder / "engine.c"
    source.write_text(ENGINE % {**values, "bytes": BYTES, "model": model})
    return EngineSources(
        engine="misbehaving",
        model_sha256=model,
        sources=(source,),
        kernels=(),
        include_dirs=(),
        weights_bytes=0,
        arena_bytes=0,
    )


def build(folder: Path, model: str = "00" * 32, board: str = "mps2_an386") -> Firmware:
    folder.mkdir(parents=True, exist_ok=True)
    deadline = Deadline.after(120, "building")
    return image.build(sources(folder, model), load_board(board), folder / "build", deadline)


def sample(behaviour: Behaviour) -> list[bytes]:
    """The input that makes the engine behave so."""
    return [bytes([behaviour]) + bytes(range(1, BYTES))]


def measure(
    firmware: Firmware,
    board: Board,
    folder: Path,
    behaviour: Behaviour = Behaviour.COMPUTE,
    seconds: float = 60,
) -> Measurement:
    """A whole session of two samples on an emulated board."""
    deadline = Deadline.after(seconds, "measuring")
    with qemu.Qemu(Settings.read()).start(firmware.elf, board, folder, deadline) as running:
        locate, faults = elf.locator(firmware.elf), board.family.faults
        samples = [sample(behaviour)] * 2
        return benchmark(running.stream, samples, SCHEDULE, deadline, locate, faults=faults)
