"""Compiles a .tflite with the engine aot for an emulated Cortex-M, an M4 unless told, and runs it.

The kernels are those of the board's instruction set, as an image has them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import kernel_twins
import numpy as np

from hilbench.config.board import load_board
from hilbench.core.paths import firmware_dir
from hilbench.engines.aot import ENGINE
from hilbench.image.image import kernel_source
from hilbench.tflite.reader import parse

FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "--specs=nano.specs"]

LINKER_SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 4M
         RAM (rwx) : ORIGIN = %#x, LENGTH = 4M }
SECTIONS { .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } > FLASH
           .ARM.exidx : { *(.ARM.exidx*) } > FLASH
           .bss : { *(.bss* COMMON) } > RAM }
"""

# Semihosting: SYS_WRITE0 prints, SYS_EXIT (0x20026: application exit) ends QEMU.
MAIN = """
#include <stdint.h>
#include <string.h>
#include "engine.h"

static const uint8_t samples[] = {%(samples)s};

static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const uint8_t *bytes, uint32_t n)
{
    static char text[3];
    for (; n > 0; n--, bytes++) {
        text[0] = "0123456789abcdef"[*bytes >> 4];
        text[1] = "0123456789abcdef"[*bytes & 15];
        semihost(0x04, text);
    }
}

static void fault(void)
{
    semihost(0x04, "fault");
    semihost(0x18, (const void *)0x20026);
}

static void reset(void)
{
    *(volatile uint32_t *)0xE000ED88 |= 0xF00000; /* the FPU is on */
    __asm__ volatile("dsb; isb");
    const uint8_t *sample = samples;
    const struct engine_tensor *t;
    engine_init();
    while (sample != samples + sizeof samples) {
        engine_reset();
        for (uint32_t i = 0; (t = engine_input(i)) != 0; sample += t->bytes, i++)
            memcpy(t->data, sample, t->bytes);
        engine_invoke();
        for (uint32_t i = 0; (t = engine_output(i)) != 0; i++)
            print(t->data, t->bytes);
    }
    semihost(0x18, (const void *)0x20026);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))(RAM + 0x400000), reset, fault, fault, fault, fault, fault};
"""


def outputs(
    model: bytes,
    folder: Path,
    samples: Sequence[Sequence[np.ndarray]],
    *,
    core: kernel_twins.Core = kernel_twins.M4,
    isa: Sequence[str] | None = None,
    optimisation: str = "-O3",
) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of all outputs, sample after sample, and the kernels that were called."""
    folder.mkdir(exist_ok=True)
    tflite, main, script = folder / "model.tflite", folder / "main.c", folder / "link.ld"
    tflite.write_bytes(model)
    sources = ENGINE.compile(tflite, load_board("mps2_an386"), folder, b"")
    data = b"".join(array.tobytes() for sample in samples for array in sample)
    main.write_text(MAIN % {"samples": ",".join(map(str, data))})
    script.write_text(LINKER_SCRIPT % core.ram)
    isa = core.suffixes if isa is None else isa
    kernels = [kernel_source(name, isa) for name in sources.kernels]
    includes = [f"-I{firmware_dir() / name}" for name in ("include", "kernels")]
    elf = folder / "image.elf"
    files = [main, *sources.sources, *kernels]
    command = ["arm-none-eabi-gcc", *core.flags, *FLAGS, optimisation, *includes, f"-T{script}"]
    command += ["-nostartfiles", "-Wl,--no-warn-rwx-segments", *map(str, files), "-lm"]
    subprocess.run([*command, "-o", str(elf)], check=True)
    semihosting = ["-semihosting-config", "enable=on,target=native"]
    run = [*kernel_twins.QEMU, "-M", core.machine, *semihosting, "-kernel", str(elf)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, check=True)
    return bytes.fromhex(done.stdout + done.stderr), sources.kernels


def random_samples(model: bytes, count: int, seed: int = 0) -> list[list[np.ndarray]]:
    """Inputs over the whole range of their types; the last two are their least and greatest."""
    rng = np.random.default_rng(seed)
    graph = parse(model)
    samples = []
    for number in range(count):
        sample = []
        for index in graph.inputs:
            tensor = graph.tensors[index]
            low, high = np.iinfo(tensor.dtype).min, np.iinfo(tensor.dtype).max
            edge = {count - 2: low, count - 1: high}.get(number)
            values = rng.integers(low, high + 1, tensor.shape) if edge is None else edge
            sample.append(np.full(tensor.shape, values).astype(tensor.dtype))
        samples.append(sample)
    return samples
