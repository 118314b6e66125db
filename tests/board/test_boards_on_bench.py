"""Every real board of the user's bench file; needs them plugged in (`pytest -m board`)."""

from __future__ import annotations

from pathlib import Path

import misbehaving
import pytest
from misbehaving import Behaviour, sample

from hilbench.config.bench import load_bench
from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.settings import Settings
from hilbench.link.session import Schedule, benchmark
from hilbench.targets import pyocd

REAL = sorted(
    {entry.board for entry in load_bench(Settings.read()).boards if entry.emulated_by is None}
)
pytestmark = [
    pytest.mark.board,
    pytest.mark.skipif(not REAL, reason="no board in the bench file, see docs/boards.md"),
]


@pytest.mark.parametrize("name", REAL or ["none"])
def test_a_real_board_computes_counts_and_reports_a_crash(name: str, tmp_path: Path) -> None:
    board = load_board(name)
    elf = misbehaving.build(tmp_path / "firmware", board=name).elf
    deadline = Deadline.after(300, "measure")
    schedule = Schedule(warmups=1, repetitions=5)
    settings = Settings.read()
    target, attached = pyocd.TARGET(settings), load_bench(settings).of(name)
    with (
        target.reserve(board, attached, deadline) as place,
        target.start(elf, board, tmp_path, deadline, at=place) as device,
    ):
        measured = benchmark(device.stream, [sample(Behaviour.COMPUTE)], schedule, deadline)
    expected = bytes((value * 3 + 1) % 256 for value in sample(Behaviour.COMPUTE)[0])
    assert measured.outputs == ((expected,),)
    assert min(measured.ticks) > 0
    with (
        pytest.raises(TargetError, match="division by zero"),
        target.reserve(board, attached, deadline) as place,
        target.start(elf, board, tmp_path, deadline, at=place) as device,
    ):
        crash, faults = [sample(Behaviour.DIVIDE_BY_ZERO)], board.family.faults
        benchmark(device.stream, crash, schedule, deadline, faults=faults)
