"""Where the first firmware of an engine runs."""

from __future__ import annotations

import pytest

from hilbench.config.board import QemuTarget, boards, load_board
from hilbench.core.errors import Unsupported
from hilbench.pipeline.probing import laboratory


@pytest.mark.parametrize("name", ["mps2_an386", "nucleo_l4r5zi"])
def test_the_laboratory_is_emulated_and_has_the_same_cpu(name: str) -> None:
    board = load_board(name)
    chosen = laboratory(board)
    assert isinstance(chosen.target, QemuTarget)
    assert chosen.cpu == board.cpu


def test_it_has_all_the_ram_of_its_machine() -> None:
    board = load_board("mps2_an386")
    assert board.memory.ram.length == 640 << 10
    assert laboratory(board).memory.ram.length == 4 << 20
    assert laboratory(board).memory.flash == board.memory.flash


def test_a_cpu_that_nothing_emulates() -> None:
    board = load_board("mps2_an386")
    strange = board.model_copy(update={"cpu": board.cpu.model_copy(update={"core": "cortex-m7"})})
    assert all(load_board(name).cpu != strange.cpu for name in boards())
    with pytest.raises(Unsupported, match="no emulated board has the CPU of mps2_an386"):
        laboratory(strange)
