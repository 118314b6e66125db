"""One bare-metal image out of many sequences, run under QEMU with the plugin."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

from hilbench.arch import cortex_m
from hilbench.config.chip import MemoryTiming
from hilbench.config.core import Core
from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.cycles import config, windows

FLASH = config.Range(0x00000000, 0x00200000)
RAM = config.Range(0x20000000, 0x200A0000)
STACK = config.Range(0x20000000, 0x20001000)

FRAME = """
.syntax unified
.cpu cortex-m4
.fpu fpv4-sp-d16
.thumb
.macro constant register, value
 movw \\register, #:lower16:\\value
 movt \\register, #:upper16:\\value
.endm
.macro function name
 .balign 32
 .thumb_func
 .global \\name
 .type \\name, %function
\\name:
.endm
.section .vectors, "a"
.word {stack_top}, reset
.text
function reset
 constant r0, 0xE000ED88
 ldr r1, [r0]
 orr r1, #0xF00000
 str r1, [r0]
 dsb
 isb
{calls}
 movs r0, #0x18
 constant r1, 0x20026
 bkpt 0xab
function mark_start
 bx lr
 .size mark_start, . - mark_start
function mark_end
 bx lr
 .size mark_end, . - mark_end
function leaf
 bx lr
 .size leaf, . - leaf
{functions}
.section .rodata
.balign 32
table: .rept 512
 .word .
.endr
"""

# The first instruction of a window lies at a multiple of 32.
SEQUENCE = """
.section {section}, "ax", %progbits
function sequence_{number}
 push {{r4-r11, lr}}
 vpush {{s16-s31}}
 constant r1, 0x20008000
 constant r3, 0x20009000
 str r1, [r1, #16]
 constant r2, table
 movs r4, #4
 movs r5, #0
 movs r0, #0
 movs r6, #0
 movs r7, #0
 vmov.f32 s0, #1.0
 vmov.f32 s1, #1.0
 vmov.f32 s2, #1.0
 vmov.f32 s3, #1.0
 vmov.f32 s4, #1.0
 vmov.f32 s5, #1.0
 constant r12, mark_start
 constant r11, mark_end
 cmp r5, #0
 b.w 9f
 .balign 32
 .rept 15
 nop
 .endr
9: blx r12
{code}
 {end}
 vpop {{s16-s31}}
 pop {{r4-r11, pc}}
 .size sequence_{number}, . - sequence_{number}
"""


@dataclass(frozen=True)
class Sequence:
    """Instructions between two marks, and their cycles as derived by hand.

    In RAM instructions are fetched without waiting, whatever the flash does.
    """

    name: str
    code: str
    cycles: int
    in_ram: bool = False


def assemble(sequences: Many[Sequence], folder: Path) -> Path:
    """An ELF that executes the sequences one after the other and exits."""
    numbers = range(len(sequences))
    text = FRAME.format(
        stack_top=STACK.end,
        calls="\n".join(f" constant r0, sequence_{n}\n blx r0" for n in numbers),
        functions="".join(
            SEQUENCE.format(
                number=number,
                section=".ramcode" if sequence.in_ram else ".text",
                end="blx r11" if sequence.in_ram else "bl mark_end",
                code=sequence.code,
            )
            for number, sequence in enumerate(sequences)
        ),
    )
    source, elf = folder / "sequences.s", folder / "sequences.elf"
    source.write_text(text)
    command = [
        "arm-none-eabi-gcc", "-nostdlib", str(source), "-o", str(elf),
        "-Wl,--section-start=.vectors=0,-Ttext=0x100,--section-start=.ramcode=0x20040000",
        "-Wl,-e,reset",
    ]  # fmt: skip
    done = processes.run(command, folder / "gcc.log", Deadline.after(60, "assembling"))
    assert done.returncode == 0, done.log
    return elf


def symbols(elf: Path) -> dict[str, config.Range]:
    """Address ranges of the functions of an ELF."""
    with elf.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        found = [s for s in table.iter_symbols() if s["st_info"]["type"] == "STT_FUNC"]
        starts = {s.name: s["st_value"] & ~1 for s in found}
        return {s.name: config.Range(starts[s.name], starts[s.name] + s["st_size"]) for s in found}


def run(
    elf: Path,
    core: Core,
    memory: MemoryTiming,
    plugin: Path,
    folder: Path,
    extra: Many[str] = (),
) -> tuple[windows.Window, ...]:
    """Execute the image; the windows in order."""
    marks = symbols(elf)
    image = config.Image(
        flash=FLASH,
        ram=RAM,
        stack=STACK,
        start_mark=marks["mark_start"],
        end_mark=marks["mark_end"].start,
        functions=config.disjoint(list(marks.values())),
    )
    folder.mkdir(parents=True, exist_ok=True)
    config.write(folder / "config", core, memory, image, folder / "windows.jsonl")
    command = [
        cortex_m.EMULATOR.program, "-M", "mps2-an386", "-icount", "shift=0,sleep=off",
        "-display", "none", "-monitor", "none", "-serial", "none",
        "-semihosting-config", "enable=on,target=native",
        *config.arguments(plugin, folder / "config"), *extra, "-kernel", str(elf),
    ]  # fmt: skip
    done = processes.run(command, folder / "qemu.log", Deadline.after(60, "QEMU"))
    assert done.returncode == 0, done.log
    return windows.read(folder / "windows.jsonl")
