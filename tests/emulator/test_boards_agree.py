"""The same engine on emulated cores of a kind, each with its own counter and memory map."""

from __future__ import annotations

from pathlib import Path

import misbehaving
import pytest
from misbehaving import Behaviour, sample

from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.image import image
from hilbench.link.session import Schedule, benchmark
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator


def instructions(board: str, folder: Path, **changes: object) -> list[float]:
    """Per invocation, in each repetition; `changes` are to the board's counter."""
    loaded = load_board(board)
    counter = loaded.counter.model_copy(update=changes)
    loaded = loaded.model_copy(update={"counter": counter})
    folder /= f"{board}_{counter.driver}"
    folder.mkdir()
    deadline = Deadline.after(60, "measure")
    elf = image.build(misbehaving.sources(folder), loaded, folder / "build", deadline).elf
    schedule = Schedule(warmups=1, repetitions=3)
    with qemu.TARGET(Settings.read()).start(elf, loaded, folder, deadline) as device:
        measured = benchmark(device.stream, [sample(Behaviour.COMPUTE)], schedule, deadline)
    scale = loaded.counter.per_tick / measured.iterations
    return [ticks * scale for ticks in measured.ticks]


def test_counters_count_the_same_instructions(tmp_path: Path) -> None:
    one = instructions("mps2_an386", tmp_path)
    other = instructions("netduinoplus2", tmp_path)
    assert len(set(other)) == 1, "every repetition is the same"
    assert other == pytest.approx(one, rel=0.01)
    third = instructions("mps2_an386", tmp_path, driver="systick", irq=None)
    assert third == pytest.approx(one, rel=0.01)
