"""tools/exact_image.py on an image that is made here; real ones are other people's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.emulator

TOOL = Path(__file__).parents[2] / "tools" / "exact_image.py"
SOURCE = """
    .syntax unified
    .thumb
    .long 0x200a0000, 0x08000009
    .balign 8
    ldr r0, =0x20000010 @ initialised data and what is zeroed decide how long it takes
    ldr r1, [r0]
    ldr r2, [r0, #4]
    adds r1, r2
1:  subs r1, #1
    bne 1b
    bx lr
    .ltorg
    .balign 4
    .long 1000
"""


def test_a_function_of_a_foreign_image_is_timed(tmp_path: Path) -> None:
    (tmp_path / "image.s").write_text(SOURCE)
    for command in (
        "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -c image.s -o image.o",
        "arm-none-eabi-objcopy -O binary image.o image.bin",
    ):
        subprocess.run(command.split(), cwd=tmp_path, check=True)
    size = (tmp_path / "image.bin").stat().st_size
    data, bss = "0x20000010 0x20000014", "0x20000014 0x20000018"
    said = _said(
        f"{tmp_path / 'image.bin'} --function 0x08000008 --calls 10 --measured 0.025"
        f" --data {data} {0x08000000 + size - 4:#x} --bss {bss}".split()
    )
    cycles = int(said.split()[1].replace(",", ""))
    assert 3000 <= cycles < 3040  # SUBS 1, BNE 1 and its refill of 1, a thousand times
    assert said.endswith(f" {cycles / 120_000 / 0.025:.3f} of the measured time")


def _said(words: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, TOOL, *words], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()
