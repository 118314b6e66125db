"""Times one function of a foreign firmware image as the cycle model has it.

    python tools/exact_image.py IMAGE.bin --function 0x8005e50 \\
        --data 0x20000000 0x200001dc 0x804b8d8 --bss 0x200001e0 0x20007c68 \\
        --calls 3 --prefetch --measured 5.8352

IMAGE.bin is what lies at 0x08000000 of an STM32L4R5 at 120 MHz, or of another `--chip` at the
highest clock of its flash; `--function` is what is timed on
the chip, without arguments. `--data` are where initialised data begin and end and where flash has
them, `--bss` the bounds of what is zeroed: all five are loaded by the image's reset handler.
A stub behind the image does that, calls each `--first` once, in their order, and then the function
between two marks; the second window is printed. `--first` are functions of the image's own that
prepare its RAM and its network.

`--instead RULE=ALTERNATIVE` replaces an assumption of the core or the chip by one of its
alternatives (docs/cycle-model.md lists both).

The machine (netduinoplus2) has 1 MB of flash and 128 kB of RAM; the stack, at its end, is timed as
the image's own in SRAM3 unless `--stack SRAM1` is given. With `--user-mode` the image runs in
`qemu-arm` instead (Debian: qemu-user), with the chip's 640 kB and the stack where the image has it.
Images that wait for a peripheral or an interrupt cannot be run so.
"""

from __future__ import annotations

import argparse
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from elftools.elf.elffile import ELFFile

from hilbench.arch import cortex_m
from hilbench.config.chip import Bank, Chip, ChipSetup, MemoryTiming, load_chip, memory_timing
from hilbench.config.core import Core, load_core
from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.core.registry import lookup
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import alternatives, config, shared_object, windows
from hilbench.cycles.config import Image, Range

FLASH, STUB = 0x08000000, 0x080F0000
CHIP_RAM = Range(0x20000000, 0x200A0000)
RAM = Range(0x20000000, 0x20020000)
STACK = Range(0x2001E000, 0x20020000)
GCC = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-nostdlib"]
_USER_MODE = ["qemu-arm", "-cpu", "cortex-a15"]  # takes no M profile; the same Thumb-2 code
_MACHINE = ["qemu-system-arm", "-M", "netduinoplus2", "-icount", "shift=0,sleep=off"]
_MACHINE += ["-display", "none", "-monitor", "none", "-serial", "null"]
_MACHINE += ["-semihosting-config", "enable=on,target=native"]
_STUB = Template(r"""
    .syntax unified
    .thumb
    .section .stub, "ax"
    .balign 32
    .global stub, start_mark, end_mark
    .type stub, %function
stub:
    $begin
    ldr r0, =$data
    ldr r1, =$data_end
    ldr r2, =$source
1:  cmp r0, r1
    bhs 2f
    ldr r3, [r2], #4
    str r3, [r0], #4
    b 1b
2:  ldr r0, =$bss
    ldr r1, =$bss_end
    movs r2, #0
3:  cmp r0, r1
    bhs 4f
    str r2, [r0], #4
    b 3b
4:
$first
    movs r5, #2
5:  ldr r4, =$calls
    bl start_mark
6:  ldr r3, =$function + 1
    blx r3
    subs r4, #1
    bne 6b
    bl end_mark
    subs r5, #1
    bne 5b
    $exit
7:  b 7b
    .ltorg
    .size stub, . - stub
    .balign 4
    .type start_mark, %function
start_mark:
    nop
    bx lr
    .size start_mark, . - start_mark
    .balign 4
    .type end_mark, %function
end_mark:
    nop
    bx lr
    .size end_mark, . - end_mark
    .section .image, "ax"
    .incbin "image.bin"
    .section .ram, "aw", %nobits
    .space $ram
""")
_FPU_ON = """ldr r0, =0xE000ED88 @ CPACR
    ldr r1, [r0]
    orr r1, r1, #0xF00000
    str r1, [r0]
    dsb
    isb"""
_SEMIHOSTING_EXIT = """movs r0, #0x18
    ldr r1, =0x20026
    bkpt 0xAB"""
_LINUX_EXIT = """movs r0, #0
    movs r7, #1
    svc 0"""
_SCRIPT = """SECTIONS {{
    .image {flash:#x} : {{ *(.image) }}
    .stub {stub:#x} : {{ *(.stub) }}
    .ram {ram:#x} : {{ *(.ram) }}
}}
"""


def main(words: Sequence[str] | None = None) -> None:
    options = _options(words)
    with processes.temporary_folder() as folder:
        cycles = timed(options, folder, Deadline.after(options.seconds, "running the image"))
    each = cycles / options.calls
    milliseconds = each / _clock_hz(options.chip) * 1e3
    line = f"{options.image.name}: {each:,.0f} cycles, {milliseconds:.4f} ms"
    if options.measured:
        line += f", {milliseconds / options.measured:.3f} of the measured time"
    print(line)


def timed(options: argparse.Namespace, folder: Path, deadline: Deadline) -> int:
    """Modelled cycles of the second window. Exits where the image does not come to its end."""
    elf = _linked(options, folder, deadline)
    store = Store(Settings.read().cache)
    plugin = shared_object.ensure_plugin(store, cortex_m.EMULATOR, deadline)
    if plugin.path is None:
        sys.exit(plugin.reason)
    output, settings = folder / "windows.jsonl", folder / "plugin.conf"
    output.touch()
    core, chip = _facts(options.chip, dict(options.instead))
    memory = _memory(chip, options)
    config.write(settings, core, memory, _layout(elf), output)
    machine = _USER_MODE if options.user_mode else _MACHINE
    command = [*machine, *config.arguments(plugin.path, settings)]
    command += [str(elf)] if options.user_mode else ["-kernel", str(elf)]
    processes.run(command, folder / "qemu.log", deadline)
    found = windows.read(output)
    if len(found) != 2:
        sys.exit(f"the image did not return from the function: {len(found)} windows of 2")
    return found[1].cycles


def _linked(options: argparse.Namespace, folder: Path, deadline: Deadline) -> Path:
    """The image with the vectors of the stub, and the stub."""
    image = bytearray(options.image.read_bytes())
    own_stack, _ = struct.unpack_from("<2I", image)
    struct.pack_into("<2I", image, 0, RAM.end, STUB | 1)
    user = options.user_mode
    (folder / "image.bin").write_bytes(image)
    data, data_end, source = options.data
    bss, bss_end = options.bss
    first = "\n".join(f"ldr r3, ={address | 1:#x}\nblx r3" for address in options.first)
    (folder / "stub.s").write_text(
        _STUB.substitute(
            data=data, data_end=data_end, source=source, bss=bss, bss_end=bss_end,
            calls=options.calls, function=options.function & ~1, first=first,
            begin=f"ldr sp, ={own_stack:#x}" if user else _FPU_ON,
            exit=_LINUX_EXIT if user else _SEMIHOSTING_EXIT,
            ram=CHIP_RAM.end - CHIP_RAM.start if user else 0,
        )
    )  # fmt: skip
    (folder / "stub.ld").write_text(_SCRIPT.format(flash=FLASH, stub=STUB, ram=CHIP_RAM.start))
    elf = folder / "image.elf"
    command = [*GCC, "-Wl,-T,stub.ld", "-Wl,--entry=stub", "stub.s", "-o", elf.name]
    done = processes.run(
        ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command], folder / "gcc.log", deadline
    )
    if done.returncode != 0:
        sys.exit(done.log)
    return elf


def _layout(elf: Path) -> Image:
    with elf.open("rb") as file:
        table: Any = ELFFile(file).get_section_by_name(".symtab")
        sizes = {s.name: (s["st_value"] & ~1, s["st_size"]) for s in table.iter_symbols()}
    marks = {n: Range(sizes[n][0], sum(sizes[n])) for n in ("stub", "start_mark", "end_mark")}
    return Image(
        flash=Range(FLASH, FLASH + 0x200000),
        ram=CHIP_RAM,
        stack=STACK,
        start_mark=marks["start_mark"],
        end_mark=marks["end_mark"].start,
        functions=tuple(marks.values()),
    )


def _facts(chip: Chip, instead: dict[str, str]) -> tuple[Core, Chip]:
    core = load_core(chip.core)
    known = {each.name: each.alternatives for each in (*core.assumptions, *chip.assumptions)}
    for name, alternative in instead.items():
        lookup("assumption", name, known)
        lookup("alternative", alternative, {each.name: each for each in known[name]})
    return alternatives.facts(core, chip, instead)


def _memory(chip: Chip, options: argparse.Namespace) -> MemoryTiming:
    """The end of the machine's RAM is timed as the bank in which the image has its stack."""
    setup = ChipSetup(name=chip.name, prefetch=options.prefetch, flash_banks=options.flash_banks)
    memory = memory_timing(chip, setup, _clock_hz(chip))
    if options.user_mode:
        return memory
    cycles = {each.name: each.load_cycles for each in chip.ram}.get(options.stack, 0)
    stack = Bank(start=STACK.start, end=STACK.end, load_cycles=cycles)
    return memory.model_copy(update={"banks": (*memory.banks, *([stack] if cycles else []))})


def _clock_hz(chip: Chip) -> int:
    if chip.flash is None:
        sys.exit(f"{chip.name} has no flash to time an image in")
    return chip.flash.wait_states[-1].clock_max_hz


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("--chip", type=load_chip, default="stm32l4r5")
    parser.add_argument("--function", type=_number, required=True)
    parser.add_argument("--data", type=_number, nargs=3, default=(0, 0, 0))
    parser.add_argument("--bss", type=_number, nargs=2, default=(0, 0))
    parser.add_argument("--first", type=_number, action="append", default=[])
    parser.add_argument("--calls", type=int, default=1)
    parser.add_argument("--prefetch", action="store_true")
    parser.add_argument("--flash-banks", choices=("dual", "single"), default="dual")
    parser.add_argument("--stack", choices=("SRAM1", "SRAM2", "SRAM3"), default="SRAM3")
    parser.add_argument("--instead", type=_alternative, action="append", default=[])
    parser.add_argument("--user-mode", action="store_true")
    parser.add_argument("--measured", type=float, help="milliseconds, on the chip")
    parser.add_argument("--seconds", type=float, default=1200)
    return parser.parse_args(words)


def _alternative(text: str) -> tuple[str, str]:
    rule, _, alternative = text.partition("=")
    return rule, alternative


def _number(text: str) -> int:
    return int(text, 0)


if __name__ == "__main__":
    main()
