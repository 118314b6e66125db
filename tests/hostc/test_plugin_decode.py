"""What the plugin reads in instructions of RISC-V and Helium, against the assemblers."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from family_tools import require

from hilbench.config.board import load_board
from hilbench.config.core import kinds
from hilbench.cycles.shared_object import sources_dir

MAIN = """
#include <stdio.h>
#include "decode.h"
int main(void)
{
    unsigned first, second;
    while (scanf("%x %x", &first, &second) == 2) {
        const uint16_t code[2] = {(uint16_t)first, (uint16_t)second};
        const struct insn insn = DECODE(0, code);
        printf("%u %u %u %u\\n", insn.kind, insn.size, insn.store, insn.vector + 2 * insn.loop_end);
    }
}
"""
RISCV = {
    "add a0, a1, a2": "alu 4", "c.add a0, a1": "alu 2", "c.mv a0, a1": "alu 2",
    "c.addi a0, 1": "alu 2", "c.addi4spn a0, sp, 16": "alu 2", "lui a0, 0x80005": "alu 4",
    "mul a0, a1, a2": "multiply 4", "mulhu a0, a1, a2": "multiply 4",
    "div a0, a1, a2": "divide 4", "remu a0, a1, a2": "divide 4",
    "lb a0, 0(a1)": "load 4", "lhu a0, 2000(a1)": "load 4", "c.lw a0, 4(a1)": "load 2",
    "c.lwsp a0, 4(sp)": "load 2", "c.fld fa0, 8(a1)": "load 2", "flw fa0, 1000(t6)": "load 4",
    "amoadd.w a0, a1, (a2)": "load 4", "lr.w a0, (a1)": "load 4",
    "sb a0, 0(a1)": "store_immediate 4 store", "c.sw a0, 4(a1)": "store_immediate 2 store",
    "c.swsp a0, 4(sp)": "store_immediate 2 store", "c.fsdsp fa0, 8(sp)": "store_immediate 2 store",
    "fsw fa0, 1000(t6)": "store_immediate 4 store",
    "beq a0, a1, .+64": "branch 4", "c.beqz a0, .+8": "branch 2", "c.j .+8": "branch 2",
    "j .+4096": "branch 4", "jal ra, .+4096": "call 4", "c.jal .+8": "call 2",
    "ret": "return 2", "c.jr a0": "branch_register 2", "c.jalr a0": "call_register 2",
    "jalr ra, 4(a0)": "call_register 4", "jr 4(a0)": "branch_register 4",
    "fmadd.s fa0, fa1, fa2, fa3": "fpu_mac 4", "fadd.d fa0, fa1, fa2": "fpu_arithmetic 4",
    "ecall": "system 4", "c.ebreak": "system 2", "csrr a0, mcycle": "system 4",
    "fence": "barrier 4",
}  # fmt: skip
HELIUM = {
    "vldrb.8 q0, [r0]": "load 4 vector", "vldrw.u32 q1, [r2], #16": "load 4 vector",
    "vstrh.16 q3, [r1, #8]": "store_immediate 4 store vector",
    "vldrb.s16 q0, [r0]": "load 4 vector", "vldrw.u32 q0, [r1, q2]": "load 4 vector",
    "vld20.8 {q0, q1}, [r0]": "load 4 vector", "vst43.8 {q0, q1, q2, q3}, [r0]!":
    "store_immediate 4 store vector",
    "ldrd r0, r1, [r2]": "load_double 4", "vldr s0, [r0]": "fpu_load 4",
    "1: le lr, 1b": "branch 4 loop_end", "1: letp lr, 1b": "branch 4 loop_end", "bl .": "call 4",
}  # fmt: skip


def assembled(tool: str, flags: list[str], head: str, lines: list[str], folder: Path) -> bytes:
    """Code of each line, 8 bytes apart."""
    text = "".join(f".balign 8\n{line}\n" for line in lines)
    (folder / "code.s").write_text(f"{head}\n{text}.balign 8\n")
    for command in (
        ["as", *flags, "code.s", "-o", "code.o"],
        ["objcopy", "-O", "binary", "code.o", "code.bin"],
    ):
        subprocess.run([f"{tool}-{command[0]}", *command[1:]], cwd=folder, check=True)
    return (folder / "code.bin").read_bytes()


def decoded(function: str, code: bytes, folder: Path) -> list[str]:
    """Kind, size and what is special of each, by the plugin's own decoder."""
    (folder / "main.c").write_text(MAIN)
    sources = sorted(map(str, sources_dir().glob("decode*.c")))
    flags = ["-std=c11", "-I", str(sources_dir()), f"-DDECODE={function}"]
    subprocess.run(["gcc", *flags, "main.c", *sources, "-o", "main"], cwd=folder, check=True)
    given = "".join(
        f"{first:x} {second:x}\n" for first, second in struct.iter_unpack("<HH4x", code)
    )
    done = subprocess.run(
        [folder / "main"], input=given, capture_output=True, text=True, check=True
    )
    names = kinds()
    found = []
    for line in done.stdout.splitlines():
        kind, size, store, special = map(int, line.split())
        words = ["store"] * store + ["vector"] * (special & 1) + ["loop_end"] * (special >> 1)
        found.append(" ".join([names[kind], str(size), *words]))
    return found


def test_riscv(tmp_path: Path) -> None:
    require(load_board("rv32_virt"))
    flags = ["-march=rv32imafdc", "-mabi=ilp32"]
    code = assembled("riscv64-unknown-elf", flags, ".option norelax", list(RISCV), tmp_path)
    assert decoded("decode_riscv", code, tmp_path) == list(RISCV.values())


@pytest.mark.emulator
def test_helium(tmp_path: Path) -> None:
    flags = ["-march=armv8.1-m.main+mve.fp+fp.dp", "-mthumb"]
    code = assembled("arm-none-eabi", flags, ".syntax unified", list(HELIUM), tmp_path)
    assert decoded("decode", code, tmp_path) == list(HELIUM.values())
