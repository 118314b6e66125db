"""docs/cores.md, executed: a session and every crash on each emulated core."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import misbehaving
import pytest
from family_tools import require
from misbehaving import Behaviour, measure, sample
from small_graphs import residual_cnn

import hilbench
from hilbench.arch import cortex_m
from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError, DeadlineExceeded, EngineError, TargetError
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import watch
from hilbench.image import image
from hilbench.link.session import benchmark
from hilbench.pipeline import modelled
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator
PAGE = (Path(__file__).parents[2] / "docs" / "cores.md").read_text(encoding="utf-8")
CRASHES = (
    Behaviour.BAD_ADDRESS,
    Behaviour.DIVIDE_BY_ZERO,
    Behaviour.OVERFLOW_STACK,
    Behaviour.LOCK_UP,
)
GOES_ON, ENDLESS = "goes on", "took longer than"


def rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    """A board, and what the page says of each crash on it."""
    table = PAGE.partition("## What a crash says")[2].partition("\n* ")[0]
    for line in re.findall(r"^\| `.*$", table, re.MULTILINE):
        board, _, *said = (cell.strip().strip("`") for cell in line.strip("|").split(" | "))
        yield board.strip("`| "), tuple(said)


@pytest.mark.parametrize(("name", "said"), list(rows()), ids=lambda value: str(value)[:20])
def test_a_session_and_its_crashes(name: str, said: tuple[str, ...], tmp_path: Path) -> None:
    board = require(load_board(name))
    firmware = misbehaving.build(tmp_path, board=name)
    found = measure(firmware, board, tmp_path)
    expected = bytes((3 * v + 1) % 256 for v in sample(Behaviour.COMPUTE)[0])
    assert found.outputs == ((expected,),) * 2
    assert max(found.ticks) - min(found.ticks) <= 1  # a tick may be 50 instructions
    counted = re.fullmatch(r"(\d+) instructions for a loop of 400000 instructions", found.self_test)
    assert counted and int(counted[1]) - 400_000 in range(8)
    assert found.stack_bytes == board.stack and 100 < found.stack_used_bytes < 1024
    with pytest.raises(EngineError, match=r"^not today$"):
        measure(firmware, board, tmp_path, Behaviour.REFUSE)
    for crash, message in zip(CRASHES, said, strict=True):
        if message == GOES_ON:
            measure(firmware, board, tmp_path, crash)
        else:
            seconds = 1.5 if message == ENDLESS else 60
            with pytest.raises((TargetError, DeadlineExceeded), match=message) as caught:
                measure(firmware, board, tmp_path, crash, seconds)
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name, _ in rows()])
def test_a_network_on_every_core(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same outputs, whatever the kernels; counted by the plugin, which minds unaligned
    accesses; milliseconds where a table of cycles is known alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.tflite").write_bytes(residual_cnn("int8"))
    row = hilbench.measure("net.tflite", board=require(load_board(name)).name)
    assert (row["status"], row["oracle_max_lsb"]) == ("ok", 0)
    assert row["exe_instructions"] > 1000
    assert ("exe_ms" in row) == (name in {"microbit", "mps2_an385"})


def test_an_unaligned_access_fails_the_job(tmp_path: Path) -> None:
    """QEMU's RISC-V machines let it pass."""
    board, deadline = require(load_board("rv32_virt")), Deadline.after(60, "measuring")
    elf, settings = misbehaving.build(tmp_path, board=board.name).elf, Settings.read()
    seen = watch.prepare(elf, board, None, tmp_path, Store(settings.cache), deadline)
    start = partial(qemu.TARGET(settings).start, options=seen.options())
    with start(elf, board, tmp_path, deadline) as device:
        samples = [sample(Behaviour.UNALIGNED)]
        measured = benchmark(device.stream, samples, misbehaving.SCHEDULE, deadline)
    counts = seen.counts(misbehaving.SCHEDULE.warmups, misbehaving.SCHEDULE.repetitions, 1)
    assert counts is not None
    with pytest.raises(TargetError, match=r"^1 unaligned accesses, the last at pc=0x80\w{6}: QEMU"):
        modelled.counted(counts, measured, board)


FOREIGN = {
    "mps2_an385": (
        ".arch armv7e-m\\n smlad r0, r0, r0, r0",
        "'smlad' at 0x.*needs DSP: mps2_an385",
    ),
    "microbit": (".arch armv7-m\\n sdiv r0, r0, r0", "'sdiv' at 0x.*needs Thumb-2: microbit"),
    "mps2_an505": (".inst.w 0xfac0f0c0", ".*needs a newer architecture: mps2_an505"),
    "mps2_an386": (
        ".arch armv8.1-m.main\\n csel r0, r0, r0, eq",
        "'.' at .*needs a newer architecture",
    ),
    "mps3_an547": ("cinc r1, r1, le", ""),  # GCC makes it, binutils cannot read it
    "rv32_virt_imc": (".option arch, +a\\n amoadd.w a0, a0, (a0)", "'amoadd.w' .*needs a: "),
}


def test_what_a_core_lacks_is_refused(tmp_path: Path) -> None:
    """QEMU would run some of these, and some of those wrongly (SMLAD on a Cortex-M3)."""
    for name, (assembly, message) in FOREIGN.items():
        board = require(load_board(name))
        folder = tmp_path / name
        folder.mkdir()
        text = f'__attribute__((constructor)) static void no(void) {{ __asm("{assembly}"); }}\n'
        base = image.base_sources()
        (folder / "foreign.c").write_text(text)
        sources = replace(base, sources=(*base.sources, folder / "foreign.c"))
        if not message:
            image.build(sources, board, folder / "build", Deadline.after(60, "building"))
            continue
        with pytest.raises(BuildError, match=rf"^the image has {message}") as caught:
            image.build(sources, board, folder / "build", Deadline.after(60, "building"))
        assert re.search(r"\(no at foreign\.c:1\)", str(caught.value))


def test_padding_is_no_instruction(tmp_path: Path) -> None:
    """A word of zeros in front of a section's code, which no symbol says to be Thumb."""
    (tmp_path / "code.s").write_text(".syntax unified\n.thumb\nf: movs r0, r1\n bx lr\n")
    (tmp_path / "script").write_text("SECTIONS { .text : { LONG(0) *(.text) } }\n")
    assembled = ["arm-none-eabi-as", "-mcpu=cortex-m0plus", "code.s", "-o", "code.o"]
    linked = ["arm-none-eabi-ld", "-T", "script", "-e", "0", "code.o", "-o", "code.elf"]
    for command in (assembled, linked):
        subprocess.run(command, cwd=tmp_path, check=True)
    tool = cortex_m.DISASSEMBLER
    listed = subprocess.run(
        [tool.program, *tool.options, "code.elf"], cwd=tmp_path, check=True, capture_output=True
    )
    assert tool.foreign(listed.stdout.decode(), "cortex-m0plus", None) is None
