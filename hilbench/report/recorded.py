"""What the journal knows beside the rows of a results file: how they came about, and the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hilbench.core.errors import HilbenchError
from hilbench.record.journal import FILE, Samples, details
from hilbench.record.journal.details import Details
from hilbench.record.journal.history import Past, of_experiment
from hilbench.record.row import Row


@dataclass(frozen=True)
class Recorded:
    """By job: how its row came about, and its rows of all campaigns, the oldest first."""

    details: Mapping[str, Details] = field(default_factory=dict)
    past: Mapping[str, tuple[Past, ...]] = field(default_factory=dict)

    @cached_property
    def samples(self) -> Mapping[str, Samples]:
        """What each repetition took, of the jobs of which that is known."""
        return {job: each.samples for job, each in self.details.items() if each.samples}


def read(csv: Path, rows: Sequence[Row]) -> Recorded:
    """Of the journal beside a results file, of these `rows` alone.

    Nothing where there is no journal, or none that can be read: a figure then says that it has
    nothing to show.
    """
    journal = csv.parent / FILE
    if not rows or not journal.is_file():
        return Recorded()
    with suppress(HilbenchError):
        there = {row.job: row for row in rows}
        found = details.of_experiment(journal, csv.stem)
        own = {job: each for job, (row, each) in found.items() if there.get(job) == row}
        past: dict[str, tuple[Past, ...]] = {}
        for each in of_experiment(journal, csv.stem):
            if each.row.job in there:
                past[each.row.job] = (*past.get(each.row.job, ()), each)
        return Recorded(own, past)
    return Recorded()
