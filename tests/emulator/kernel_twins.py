"""Kernels of an instruction set beside their portable twins, on an emulated Cortex-M4."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from hilbench.core.paths import firmware_dir

KERNELS = firmware_dir() / "kernels"
CPU = ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]
FLAGS = ["-std=c11", "-O3", "-Wall", "-Wextra", "-Werror", "-nostartfiles"]
QEMU = ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-serial", "none"]

LINKER_SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 1M
         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 256K }
SECTIONS { .text : { *(.vectors) *(.text*) *(.rodata*) } > FLASH
           .bss : { *(.bss*) *(COMMON) } > RAM
           /DISCARD/ : { *(.ARM.exidx*) } }
"""

# Semihosting: SYS_WRITE0 prints, SYS_EXIT (0x20026: application exit) ends QEMU.
BEGIN = """
#include <stdint.h>
#include <string.h>

static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void finish(const char *verdict)
{
    semihost(0x04, verdict);
    semihost(0x18, (const void *)0x20026);
    for (;;) { }
}

static void fault(void) { finish("fault"); }

static uint32_t random32(void)
{
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}
"""

# Behind the text of a test, which has a function try_all().
END = """
void reset(void)
{
    *(volatile uint32_t *)0xE000ED88 |= 0xF00000; /* the FPU is on */
    __asm__ volatile("dsb; isb");
    try_all();
    finish("equal");
}

__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))0x20040000, reset, fault, fault, fault, fault, fault};
"""


def names(suffix: str) -> set[str]:
    """The kernels that are there for an instruction set."""
    return {path.name.removesuffix(f"__{suffix}.c") for path in KERNELS.glob(f"*__{suffix}.c")}


def verdict(text: str, kernels: Iterable[str], suffix: str, folder: Path) -> str:
    """What `text` finishes with; it calls each kernel, and <kernel>_ref, its portable twin."""
    main, script = folder / "main.c", folder / "link.ld"
    main.write_text(BEGIN + text + END)
    script.write_text(LINKER_SCRIPT)
    objects = [_compile(folder, main, "main")]
    for kernel in sorted(kernels):
        assert f"{kernel}(&" in text, f"no test of {kernel}__{suffix}"
        objects.append(_compile(folder, KERNELS / f"{kernel}__{suffix}.c", f"{kernel}_{suffix}"))
        objects.append(_compile(folder, KERNELS / f"{kernel}__ref.c", f"{kernel}_ref"))
        rename = ["--redefine-sym", f"{kernel}={kernel}_ref", objects[-1]]
        subprocess.run(["arm-none-eabi-objcopy", *rename], check=True)
    elf = folder / "image.elf"
    link = ["arm-none-eabi-gcc", *CPU, *FLAGS, "-T", str(script), *objects, "-o", str(elf)]
    subprocess.run(link, check=True)
    run = [*QEMU, "-semihosting-config", "enable=on,target=native", "-kernel", str(elf)]
    result = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    return (result.stdout + result.stderr).strip()


def _compile(folder: Path, source: Path, name: str) -> str:
    target = folder / f"{name}.o"
    command = ["arm-none-eabi-gcc", *CPU, *FLAGS, f"-I{KERNELS}", "-c", str(source)]
    subprocess.run([*command, "-o", str(target)], check=True)
    return str(target)
