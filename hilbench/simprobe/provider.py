"""Simulated boards as a provider of boards (targets/bench/providers.py)."""

from __future__ import annotations

import atexit
import threading
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from hilbench.config.board import Board, QemuTarget
from hilbench.config.probe import PyocdTarget
from hilbench.core import processes
from hilbench.core.artifacts import EmulatorOptions
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.simprobe.attached import attached
from hilbench.simprobe.board import CHIP_IDS, SimulatedBoard, debug_facts, simulated_board
from hilbench.targets.bench.providers import Console

_making_folder = threading.Lock()


class Simulated:
    """Boards in the folder that HILBENCH_SIMULATED names, else in one of this process alone."""

    kind = "qemu"

    def __init__(self) -> None:
        self._own: Path | None = None

    def facts(self, board: Board) -> PyocdTarget | None:
        target = board.target
        if isinstance(target, QemuTarget) and target.machine in CHIP_IDS:
            return debug_facts(target.machine)
        return None

    def plugged(
        self,
        probe: str,
        board: Board,
        deadline: Deadline,
        options: EmulatorOptions,
    ) -> AbstractContextManager[SimulatedBoard]:
        return simulated_board(
            probe,
            board,
            self._folder(),
            deadline,
            arguments=options.arguments,
            reads=options.reads,
            writes=options.writes,
        )

    def consoles(self) -> list[Console]:
        boards = attached(self._existing())
        return [Console(board.port, board.port_serial) for board in boards if board.port]

    def probes(self) -> dict[str, str]:
        folder = self._existing()
        return {"hilbench.simprobe.plugin": str(folder)} if attached(folder) else {}

    def _existing(self) -> Path | None:
        return Settings.read().simulated or self._own

    def _folder(self) -> Path:
        with _making_folder:
            if (folder := self._existing()) is None:
                kept = ExitStack()
                folder = self._own = kept.enter_context(processes.temporary_folder())
                atexit.register(kept.close)
        return folder


PROVIDER = Simulated()
