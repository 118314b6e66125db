"""Tools of CPU families that are installed only when asked for."""

from __future__ import annotations

import pytest

from hilbench.config.board import Board
from hilbench.pipeline.tools import OPTIONAL


def require(board: Board) -> Board:
    """The board; skips the test where a tool of its CPU family is missing (`make riscv`)."""
    for tool in OPTIONAL:
        if tool.family == board.family.name and tool.version() is None:
            pytest.skip(f"{tool.name} is not installed: {tool.remedy}")
    return board
