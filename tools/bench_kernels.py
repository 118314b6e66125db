"""Cycles of the kernels that `aot` calls, beside those that it calls where their conditions fail.

    python tools/bench_kernels.py [WORD ...] [--placements N]

Images have the cases whose names contain one of the words (all without words). Each is linked
N times, each time with code and weights some bytes further on, and runs in QEMU under the
project's cycle model as the zero-wait board Z (mps2_an386) and as the board with flash D
(nucleo_l4r5zi_twin), with weights in flash and in RAM. A window is eight calls.
Prints cycles per MAC or element: the least and the greatest of all placements.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_kernels_cases import Case, Variant, cases
from elftools.elf.elffile import ELFFile

from hilbench.arch import cortex_m
from hilbench.config.board import Board, load_board
from hilbench.config.chip import load_chip, memory_timing
from hilbench.config.core import load_core
from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.core.paths import firmware_dir
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import config, shared_object, windows
from hilbench.engines.aot.pool import ConstantPool
from hilbench.image.image import kernel_source

KERNELS = firmware_dir() / "kernels"
FLAGS = ["-std=c11", "-O3", "-ffunction-sections", "-falign-functions=32"]
AT_ONCE = 8  # variants in an image: their weights fit in RAM together
CALLS = 8  # in a window, which begins with empty caches
PLACEMENT_STEP = 4  # bytes
BUFFER_BYTES = 1 << 14

SCRIPT = """
MEMORY { flash (rx) : ORIGIN = 0, LENGTH = 2M
         ram (rwx) : ORIGIN = 0x20000000, LENGTH = 640K }
SECTIONS { .text : { KEEP(*(.vectors)) . = . + PLACEMENT; *(.text .text.*) } > flash
           .rodata : { . = . + PLACEMENT; *(.rodata .rodata.*) } > flash
           .stack (NOLOAD) : { . = . + 4K; stack_top = .; } > ram
           .data : { data_start = .; . = . + PLACEMENT; *(.data .data.*); data_end = .; } > ram AT > flash
           data_load = LOADADDR(.data);
           .bss (NOLOAD) : { *(.bss .bss.* COMMON) } > ram
           .ARM.exidx : { *(.ARM.exidx .ARM.exidx.*) } > flash }
"""  # noqa: E501

MAIN = """
#include <math.h>
#include <stdint.h>
#include <string.h>
%(includes)s
#define WEIGHTS %(section)s

extern uint32_t stack_top, data_start, data_end, data_load;
static uint8_t memory[5][%(buffer)d] __attribute__((aligned(32)));

/* Not equal, or GCC makes one function of both. */
__attribute__((noinline)) static void mark_start(void) { __asm__ volatile("nop"); }
__attribute__((noinline)) static void mark_end(void) { __asm__ volatile("nop; nop"); }

%(definitions)s

static void fill(int as_float)
{
    uint32_t state = 1;
    for (int operand = 0; operand < 4; operand++)
        for (int i = 0; i < %(buffer)d / 4; i++) {
            state = state * 1664525u + 1013904223u;
            const float real = (float)(int32_t)state * 0x1p-30f;
            memcpy(memory[operand] + 4 * i, as_float ? (const void *)&real : &state, 4);
        }
}

__attribute__((noinline)) static void call_all(void)
{
    memcpy(&data_start, &data_load, (uintptr_t)&data_end - (uintptr_t)&data_start);
%(calls)s
}

static void reset(void)
{
    *(volatile uint32_t *)0xE000ED88 |= 0xF00000; /* the FPU is on */
    __asm__ volatile("dsb; isb");
    call_all();
    register uint32_t r0 __asm__("r0") = 0x18; /* SYS_EXIT */
    register uint32_t r1 __asm__("r1") = 0x20026;
    __asm__ volatile("bkpt 0xab" : : "r"(r0), "r"(r1));
}

__attribute__((section(".vectors"), used)) static void *const vectors[] = {&stack_top, reset};
"""


@dataclass(frozen=True)
class Place:
    """A column of the table: a board, and where the image has its weights."""

    title: str
    board: str
    section: str


_FLASH = '__attribute__((section(".rodata.weights"), aligned(32)))'
_RAM = '__attribute__((section(".data.weights"), aligned(32)))'
PLACES = (
    Place("Z", "mps2_an386", _FLASH),
    Place("D flash", "nucleo_l4r5zi_twin", _FLASH),
    Place("D RAM", "nucleo_l4r5zi_twin", _RAM),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only cases whose name contains one of these")
    parser.add_argument("--placements", type=int, default=8, help="images to link (default 8)")
    arguments = parser.parse_args()
    chosen = [
        c for c in cases() if not arguments.words or any(w in c.name for w in arguments.words)
    ]
    variants = [variant for case in chosen for variant in case.variants]
    with tempfile.TemporaryDirectory() as folder:
        found = [
            measure_all(place, variants, arguments.placements, Path(folder)) for place in PLACES
        ]
    titles = "".join(f"{place.title:>19}" for place in PLACES)
    print(f"{'cycles per unit':44} {'kernel':34}{titles}")
    columns = iter(zip(*found, strict=True))
    for case in chosen:
        report(case, [next(columns) for _ in case.variants])


def report(case: Case, rows: Sequence[Sequence[tuple[int, int]]]) -> None:
    """One line per variant, and the ratio of the second to the first."""
    for variant, row in zip(case.variants, rows, strict=True):
        cells = "".join(f"{span(least, most, case.units):>19}" for least, most in row)
        print(f"{case.name:44} {variant.call.kernel:34}{cells}")
    if len(rows) == 2:
        new, old = rows
        ratios = "".join(f"{b[0] / a[0]:>19.2f}" for a, b in zip(new, old, strict=True))
        print(f"{'':44} {'ratio':34}{ratios}")


def span(least: int, most: int, units: int) -> str:
    low, high = f"{least / units:.2f}", f"{most / units:.2f}"
    return low if low == high else f"{low} to {high}"


def measure_all(
    place: Place, variants: Sequence[Variant], placements: int, folder: Path
) -> list[tuple[int, int]]:
    """Least and most cycles of each variant over the placements, some variants at a time."""
    parts = [variants[i : i + AT_ONCE] for i in range(0, len(variants), AT_ONCE)]
    return [cycles for part in parts for cycles in measure(place, part, placements, folder)]


def measure(
    place: Place, variants: Sequence[Variant], placements: int, folder: Path
) -> list[tuple[int, int]]:
    """The same of variants in one image."""
    board = load_board(place.board)
    objects = compile_all(place, variants, board, folder)
    runs = [
        run(link(objects, board, folder, PLACEMENT_STEP * number), board, folder)
        for number in range(placements)
    ]
    return [(min(cycles), max(cycles)) for cycles in zip(*runs, strict=True)]


def compile_all(place: Place, variants: Sequence[Variant], board: Board, folder: Path) -> list[str]:
    kernels = {variant.call.kernel for variant in variants}
    sources = [kernel_source(name, board.cpu.instruction_sets) for name in sorted(kernels)]
    main_c = folder / "main.c"
    main_c.write_text(text(place, variants))
    objects = []
    for source in (main_c, *sources):
        target = folder / f"{source.stem}.o"
        tool([*FLAGS, f"-I{KERNELS}", "-c", str(source), "-o", str(target)], board, folder)
        objects.append(str(target))
    return objects


def text(place: Place, variants: Sequence[Variant]) -> str:
    pool = ConstantPool()
    calls = "\n".join(line for variant in variants for line in statements(variant, pool))
    headers = sorted({variant.call.header for variant in variants})
    return MAIN % {
        "includes": "\n".join(f'#include "{header}"' for header in headers),
        "section": place.section,
        "buffer": BUFFER_BYTES,
        "definitions": "\n".join(pool.definitions),
        "calls": calls,
    }


def statements(variant: Variant, pool: ConstantPool) -> Iterator[str]:
    call = variant.call
    inputs, outputs = range(len(call.inputs)), range(3, 3 - len(call.outputs), -1)
    operands = [f"(void *)memory[{number}]" for number in (*inputs, *outputs)]
    scratch = ["memory[4]"] if call.scratch else []
    arguments = ", ".join([f"&{pool.struct(call.params)}", *operands, *scratch])
    yield f"    fill({int(variant.is_float)});"
    yield "    mark_start();"
    yield f"    for (int i = 0; i < {CALLS}; i++)"
    yield f"        {call.kernel}({arguments});"
    yield "    mark_end();"


def link(objects: Sequence[str], board: Board, folder: Path, placement: int) -> Path:
    script, elf = folder / "link.ld", folder / "image.elf"
    script.write_text(SCRIPT.replace("PLACEMENT", str(placement)))
    options = ["-nostartfiles", "--specs=nano.specs", "-Wl,--no-warn-rwx-segments", f"-T{script}"]
    tool([*options, *objects, "-lm", "-o", str(elf)], board, folder)
    return elf


def tool(options: Sequence[str], board: Board, folder: Path) -> None:
    command = ["arm-none-eabi-gcc", *board.cpu.flags, *options]
    done = processes.run(command, folder / "gcc.log", Deadline.after(120, "compiling"))
    if done.returncode != 0:
        raise SystemExit(f"bench_kernels: {done.log}")


def run(elf: Path, board: Board, folder: Path) -> list[int]:
    """Cycles of one call in each window."""
    return [window.cycles // CALLS for window in run_windows(elf, board, folder)]


def run_windows(elf: Path, board: Board, folder: Path) -> tuple[windows.Window, ...]:
    plugin = shared_object.ensure_plugin(
        Store(Settings.read().cache), cortex_m.EMULATOR, Deadline.after(120, "building the plugin")
    )
    if plugin.path is None or board.chip is None:
        raise SystemExit(f"bench_kernels: no cycle model: {plugin.reason}")
    chip = load_chip(board.chip.name)
    memory = memory_timing(chip, board.chip, board.clock_hz)
    output, settings = folder / "windows.jsonl", folder / "plugin.conf"
    config.write(settings, load_core(chip.core), memory, image_of(elf), output)
    command = [
        cortex_m.EMULATOR.program, "-M", "mps2-an386", "-icount", "shift=0,sleep=off",
        "-display", "none", "-monitor", "none", "-serial", "none",
        "-semihosting-config", "enable=on,target=native",
        *config.arguments(plugin.path, settings), "-kernel", str(elf),
    ]  # fmt: skip
    done = processes.run(command, folder / "qemu.log", Deadline.after(300, "QEMU"))
    if done.returncode != 0:
        raise SystemExit(f"bench_kernels: QEMU: {done.log}")

    return windows.read(output)


def image_of(elf: Path) -> config.Image:
    with elf.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        found = {
            s.name: config.Range(s["st_value"] & ~1, (s["st_value"] & ~1) + s["st_size"])
            for s in table.iter_symbols()
            if s["st_info"]["type"] == "STT_FUNC"
        }
    return config.Image(
        flash=config.Range(0, 0x200000),
        ram=config.Range(0x20000000, 0x200A0000),
        stack=config.Range(0x20000000, 0x20001000),
        start_mark=found["mark_start"],
        end_mark=found["mark_end"].start,
        functions=config.disjoint(list(found.values())),
    )


if __name__ == "__main__":
    main()
