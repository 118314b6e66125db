"""Every repetition of a measurement, raw, for the journal."""

from __future__ import annotations

from hilbench.pipeline.measuring import Measured
from hilbench.record.journal import Samples


def raw(measured: Measured) -> tuple[Samples, ...]:
    """Ticks of the board's counter; what the plugin counted where it watched."""
    found = measured.measurement
    ticks = Samples("ticks", found.cold_ticks, tuple(found.ticks), found.iterations)
    if (counts := measured.counts) is None:
        return (ticks,)
    windows = counts.repetitions
    return (
        ticks,
        Samples(
            "instructions",
            counts.cold.instructions,
            tuple(window.instructions for window in windows),
            found.iterations,
        ),
        Samples(
            "cycles",
            counts.cold.cycles,
            tuple(window.cycles for window in windows),
            found.iterations,
        ),
    )
