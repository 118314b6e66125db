"""Runs the first firmware of an engine that must know its board before it compiles."""

from __future__ import annotations

from pathlib import Path

from hilbench.config.board import Board, QemuTarget, boards, load_board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import Unsupported
from hilbench.engines.base import ProbedEngine
from hilbench.image import elf, image
from hilbench.link.session import MeasurePlan, benchmark
from hilbench.targets.base import Target

REPORT = "report.bin"

_ONCE = MeasurePlan(warmups=0, repetitions=0, min_ticks=0)


def laboratory(board: Board) -> Board:
    """An emulated board with the CPU of `board`, where first firmwares run.

    It has all the RAM of its machine, so that what a model needs is known even
    if no board has as much. Raises Unsupported where there is none.
    """
    for name in boards():
        other = load_board(name)
        if isinstance(other.target, QemuTarget) and other.cpu == board.cpu:
            return _with_ram(other, other.target.ram or other.memory.ram.length)
    raise Unsupported(f"no emulated board has the CPU of {board.name}")


def _with_ram(board: Board, length: int) -> Board:
    ram = board.memory.ram.model_copy(update={"length": length})
    return board.model_copy(update={"memory": board.memory.model_copy(update={"ram": ram})})


def probe(
    engine: ProbedEngine,
    tflite: Path,
    board: Board,
    target: Target,
    out_dir: Path,
    deadline: Deadline,
) -> None:
    """Build the engine's first firmware for `board`, run it, and keep its output in `out_dir`.

    Raises what compiling, building and measuring raise.
    """
    sources = engine.probe(tflite, board, out_dir)
    firmware = image.build(sources, board, out_dir, deadline)
    with target.start(firmware.elf, board, out_dir, deadline) as device:
        locate = elf.locator(firmware.elf)
        measurement = benchmark(device.stream, [()], _ONCE, deadline, locate)
    (out_dir / REPORT).write_bytes(measurement.outputs[0][0])


def load(out_dir: Path) -> bytes:
    """What `probe` left there."""
    return (out_dir / REPORT).read_bytes()
