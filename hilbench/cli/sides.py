"""What a campaign is called on the command line: a file, a folder, a number, an experiment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hilbench.report.verdict import Change, Side

_COMMIT = re.compile(r"[0-9a-f]{7,40}")


def side(what: str, results: Path) -> Side:
    """Raises UsageError, StoreError."""
    from hilbench.pipeline.selection import experiment
    from hilbench.record import store
    from hilbench.record.journal import FILE, reading
    from hilbench.report.verdict import Side

    path, journal = Path(what), results / FILE
    counts: reading.Counts = {}
    profiles: reading.Profiles = {}
    if path.suffix == ".csv":
        rows = store.read(path)
    elif path.is_dir() or path.name == FILE:
        rows, counts, profiles = reading.campaign(path / FILE if path.is_dir() else path)
    elif what.isdecimal() or _COMMIT.fullmatch(what):
        rows, counts, profiles = reading.campaign(journal, what)
    else:
        name = experiment(what).name
        rows = store.read(results / f"{name}.csv")
        if journal.is_file():
            counts = reading.repetitions(journal, name)
            profiles = reading.profiles(journal, name)
    return Side(what, {row.job: row for row in rows}, counts, profiles)


def changes(before: str | None, after: str, results: Path, limits: Path | None) -> list[Change]:
    """From one side to the other; none without one before. Raises UsageError, StoreError."""
    from hilbench.config.limits import Limits, read
    from hilbench.report import verdict

    if before is None:
        return []
    allowed = read(limits, verdict.JUDGED) if limits else Limits({}, {})
    return verdict.compare(side(before, results), side(after, results), allowed)
