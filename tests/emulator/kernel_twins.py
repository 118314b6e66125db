"""Kernels of an instruction set beside their portable twins, on an emulated core that has it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.paths import firmware_dir

KERNELS = firmware_dir() / "kernels"
FLAGS = ["-std=c11", "-O3", "-Wall", "-Wextra", "-Werror", "-nostartfiles"]
QEMU = ["qemu-system-arm", "-display", "none", "-serial", "none"]


@dataclass(frozen=True)
class Core:
    """A machine of QEMU; `suffixes` of the kernels that it runs, the best first."""

    machine: str
    cpu: tuple[str, ...]
    suffixes: tuple[str, ...]
    ram: int = 0x20000000

    @property
    def flags(self) -> list[str]:
        return [*self.cpu, "-mthumb", f"-DRAM={self.ram:#x}"]


M0PLUS = Core("mps2-an385", ("-mcpu=cortex-m0plus", "-mfloat-abi=soft"), ("v6m",))
M3 = Core("mps2-an385", ("-mcpu=cortex-m3", "-mfloat-abi=soft"), ("v7m",))
M4 = Core(
    "mps2-an386", ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"), ("dsp", "vfp")
)
M4_WITHOUT_FPU = Core("mps2-an386", ("-mcpu=cortex-m4", "-mfloat-abi=soft"), ("dsp",))
M55 = Core(
    "mps3-an547",
    ("-mcpu=cortex-m55", "-mfpu=fpv5-d16", "-mfloat-abi=hard"),
    ("mve", "dsp", "vfp"),
    0x31000000,
)

LINKER_SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 512K
         RAM (rwx) : ORIGIN = %#x, LENGTH = 256K }
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
    (void (*)(void))(RAM + 0x40000), reset, fault, fault, fault, fault, fault};
"""


def names(suffix: str) -> set[str]:
    """The kernels that are there for an instruction set."""
    return {path.name.removesuffix(f"__{suffix}.c") for path in KERNELS.glob(f"*__{suffix}.c")}


def verdict(text: str, kernels: Iterable[str], core: Core, folder: Path) -> str:
    """What `text` finishes with; it calls each kernel, and <kernel>_ref, its portable twin."""
    main, script = folder / "main.c", folder / "link.ld"
    main.write_text(BEGIN + text + END)
    script.write_text(LINKER_SCRIPT % core.ram)
    objects = [_compile(core, folder, main, "main")]
    for kernel in sorted(kernels):
        assert f"{kernel}(&" in text, f"no test of {kernel}"
        suffixes = (*core.suffixes, "ref")
        best = next(p for s in suffixes if (p := KERNELS / f"{kernel}__{s}.c").exists())
        objects.append(_compile(core, folder, best, best.stem))
        objects.append(_compile(core, folder, KERNELS / f"{kernel}__ref.c", f"{kernel}_ref"))
        rename = ["--redefine-sym", f"{kernel}={kernel}_ref", objects[-1]]
        subprocess.run(["arm-none-eabi-objcopy", *rename], check=True)
    elf = folder / "image.elf"
    link = ["arm-none-eabi-gcc", *core.flags, *FLAGS, "-T", str(script), *objects, "-o", str(elf)]
    subprocess.run(link, check=True)
    semihosting = ["-semihosting-config", "enable=on,target=native"]
    run = [*QEMU, "-M", core.machine, *semihosting, "-kernel", str(elf)]
    result = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    return (result.stdout + result.stderr).strip()


def _compile(core: Core, folder: Path, source: Path, name: str) -> str:
    target = folder / f"{name}.o"
    command = ["arm-none-eabi-gcc", *core.flags, *FLAGS, f"-I{KERNELS}", "-c", str(source)]
    subprocess.run([*command, "-o", str(target)], check=True)
    return str(target)
