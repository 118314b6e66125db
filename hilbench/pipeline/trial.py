"""Runs the first firmware of an engine that must know more before it can compile."""

from __future__ import annotations

from pathlib import Path

from hilbench.core.artifacts import EngineSources
from hilbench.core.deadline import Deadline
from hilbench.image import elf, image
from hilbench.link.session import Schedule, benchmark
from hilbench.pipeline import identity
from hilbench.pipeline.plan import Station

REPORT = "report.bin"

_ONCE = Schedule(warmups=0, repetitions=0, min_ticks=0)


def run(sources: EngineSources, at: Station, out_dir: Path, deadline: Deadline) -> Path:
    """Build the firmware for the emulated board `at`, run it, and keep its output in `out_dir`.

    Returns the file. Raises what building and measuring raise.
    """
    firmware = image.build(sources, at.board, out_dir, deadline)
    expected = identity.of(at.board, sources, firmware)
    locate = elf.locator(firmware.elf)
    with at.target.start(firmware.elf, at.board, out_dir, deadline) as running:
        measurement = benchmark(
            running.stream,
            [()],
            _ONCE,
            deadline,
            locate,
            expected=expected,
            faults=at.board.family.faults,
        )
    report = out_dir / REPORT
    report.write_bytes(measurement.outputs[0][0])
    return report
