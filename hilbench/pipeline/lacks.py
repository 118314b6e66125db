"""What each engine lacks for a network: the engines are asked, before anything is built."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.board import Board
from hilbench.core.errors import HilbenchError, Unsupported
from hilbench.core.settings import Settings
from hilbench.engines.base import Engine, engines, load_engine


@dataclass(frozen=True)
class Lacks:
    """`problems` are lines, none where the engine runs the network; `status` is a row's word."""

    status: str
    problems: tuple[str, ...]


def of_engines(tflite: Path, board: Board, settings: Settings) -> Mapping[str, Lacks]:
    """Every engine's answer, by its name; one with an option (NAME+OPTION) runs what NAME runs."""
    names = [name for name in sorted(engines()) if "+" not in name]
    return {name: _lacks(load_engine(name, settings), tflite, board) for name in names}


def _lacks(engine: Engine, tflite: Path, board: Board) -> Lacks:
    try:
        if not engine.supports(board):
            return Lacks("skipped", (f"it has no code for {board.name}",))
        with tempfile.TemporaryDirectory() as folder:
            sources = engine.trial
            if sources is not None:
                sources(tflite, board, Path(folder))
            else:
                engine.compile(tflite, board, Path(folder), b"")
    except Unsupported as error:
        return Lacks(error.status, error.problems)
    except HilbenchError as error:
        return Lacks(error.status, (str(error),))
    return Lacks("ok", ())
