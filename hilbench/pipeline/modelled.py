"""The columns of an emulated board that the plugin has watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean, median

from hilbench.config.board import Board
from hilbench.core.artifacts import Measurement
from hilbench.core.errors import TargetError
from hilbench.cycles.profile import cycles_below
from hilbench.cycles.watch import Counts
from hilbench.cycles.windows import Window
from hilbench.pipeline.window import COPIES
from hilbench.record.metrics import Value

_SLACK_TICKS = 3
"""The timer counts whole ticks, and the instructions of the two marks."""


def values(
    counts: Counts, measurement: Measurement, board: Board, functions: Sequence[str]
) -> dict[str, Value | None]:
    """Exact counts and modelled cycles of one inference; `functions` as in `Watch`.

    Raises as `counted` does.
    """
    each = partial(_each, counts, measurement)
    every = each(lambda window: window.cycles)
    middle = median(every)
    copies = round(median(each(lambda window: cycles_below(window, functions, COPIES))))
    return {
        **counted(counts, measurement, board),
        "exe_cycles": round(middle),
        "exe_cycles_min": min(every),
        "exe_cycles_max": max(every),
        "exe_cycles_mean": fmean(every),
        "cold_cycles": counts.cold.cycles,
        "exe_ms": middle / board.clock_hz * 1e3,
        "flash_reads": round(median(each(lambda w: w.instruction_reads + w.data_reads))),
        "fetch_stall_cycles": round(median(each(lambda window: window.breakdown.fetch))),
        "data_stall_cycles": round(median(each(lambda window: window.breakdown.data))),
        **({"copy_cycles": copies} if copies else {}),
    }


def counted(counts: Counts, measurement: Measurement, board: Board) -> dict[str, Value | None]:
    """Exact counts alone, of one inference.

    Raises TargetError when the plugin has not seen the instructions that the timer counted, or
    has seen an access that a core of the family may trap.
    """
    _compare(counts, measurement, board)
    if board.cpu.core in board.family.aligned:
        _refuse_unaligned(counts)
    each = partial(_each, counts, measurement)
    instructions = each(lambda window: window.instructions)
    return {
        "exe_instructions": round(median(instructions)),
        "exe_instructions_min": min(instructions),
        "exe_instructions_max": max(instructions),
        "exe_instructions_mean": fmean(instructions),
        "cold_instructions": counts.cold.instructions,
        "taken_branches": round(median(each(lambda window: window.taken_branches))),
        "flash_loads": round(median(each(lambda window: window.loads.flash))),
        "ram_loads": round(median(each(lambda window: window.loads.ram))),
        "ram_stores": round(median(each(lambda window: window.stores.ram))),
        "stack_stored_bytes": _stack(counts, measurement, board),
    }


def _refuse_unaligned(counts: Counts) -> None:
    for window in (counts.cold, *counts.repetitions, *counts.samples):
        if window.unaligned:
            raise TargetError(
                f"{window.unaligned} unaligned accesses, the last at"
                f" pc={window.unaligned_at:#010x}: QEMU lets them pass, a core may trap them"
            )


def cycles(counts: Counts, measurement: Measurement) -> float:
    """Of one inference, the median of the repetitions."""
    return median(_each(counts, measurement, lambda window: window.cycles))


def _each(counts: Counts, measurement: Measurement, of: Callable[[Window], int]) -> list[int]:
    """Of one inference in each repetition."""
    return [round(of(window) / measurement.iterations) for window in counts.repetitions]


def _stack(counts: Counts, measurement: Measurement, board: Board) -> int:
    """The stack lies at the beginning of RAM (build.linker)."""
    top = board.memory.ram.origin + measurement.stack_bytes
    every = (counts.cold, *counts.repetitions, *counts.samples)
    return max(0, top - min(window.stack_low for window in every))


def _compare(counts: Counts, measurement: Measurement, board: Board) -> None:
    per_tick = board.counter.per_tick
    for ticks, window in zip(measurement.ticks, counts.repetitions, strict=True):
        if abs(ticks * per_tick - window.instructions) > _SLACK_TICKS * per_tick:
            raise TargetError(
                f"the plugin counted {window.instructions} instructions,"
                f" the timer {ticks * per_tick}"
            )
