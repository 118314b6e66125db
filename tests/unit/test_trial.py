"""Where the first firmware of an engine runs."""

from __future__ import annotations

import pytest

from hilbench.config.board import QemuTarget, boards, load_board
from hilbench.core.errors import Unsupported
from hilbench.core.settings import Settings
from hilbench.pipeline.plan import scratch_station
from hilbench.targets.base import targets

DRIVERS = targets(Settings.read({}))


@pytest.mark.parametrize("name", ["mps2_an386", "nucleo_l4r5zi"])
def test_the_scratch_board_is_emulated_and_has_the_same_cpu(name: str) -> None:
    board = load_board(name)
    chosen = scratch_station(board, DRIVERS)
    assert isinstance(chosen.board.target, QemuTarget)
    assert chosen.board.cpu == board.cpu
    assert chosen.target.kind == "qemu"


def test_it_has_all_the_ram_of_its_machine() -> None:
    board = load_board("mps2_an386")
    assert board.memory.ram.length == 640 << 10
    assert scratch_station(board, DRIVERS).board.memory.ram.length == 4 << 20
    assert scratch_station(board, DRIVERS).board.memory.flash == board.memory.flash


def test_a_cpu_that_nothing_emulates() -> None:
    board = load_board("mps2_an386")
    strange = board.model_copy(update={"cpu": board.cpu.model_copy(update={"core": "cortex-m7"})})
    assert all(load_board(name).cpu != strange.cpu for name in boards())
    with pytest.raises(Unsupported, match="no emulated board has the CPU of mps2_an386"):
        scratch_station(strange, DRIVERS)
