"""What a module of hilbench.report.formats defines, and those that there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hilbench.core import doors
from hilbench.core.text import counted, one_line
from hilbench.record.row import OK, Row
from hilbench.report import formats
from hilbench.report.text import spaced
from hilbench.report.verdict import JUDGED, Change


@dataclass(frozen=True)
class Export:
    """A campaign to write for another program: its rows, and what changed since `baseline`.

    `figures` is where its figures will be seen from, a folder or an address; "" is nowhere.
    `seconds` are those that jobs took when they were last measured, as far as the journal knows.
    """

    name: str
    title: str
    rows: Sequence[Row]
    changes: Sequence[Change] = ()
    baseline: str = ""
    figures: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("name", "title", "baseline", "figures"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    @property
    def ended(self) -> str:
        """ "14 jobs: 13 ok, 1 does not fit" """
        found = Counter(str(row["status"]) for row in self.rows)
        order = sorted(found, key=lambda status: status != OK)
        said = ", ".join(f"{found[status]:,} {spaced(status)}" for status in order)
        return f"{counted(len(self.rows), 'job')}: {said}" if self.rows else "no jobs"


@dataclass(frozen=True)
class Format:
    """One format: its name, the end of its files, whom it is for, and its bytes.

    One that is no `text` is not printed. `write` raises MissingTool where a package is missing.
    """

    name: str
    suffix: str
    doc: str
    write: Callable[[Export], bytes]
    text: bool = True


def judged(row: Row) -> dict[str, float]:
    """The numbers of a row of which a comparison has a verdict; none of one that is not ok."""
    return {name: float(row[name]) for name in JUDGED if row.ok and name in row}


def found_formats() -> Mapping[str, doors.Found[Format]]:
    """Every FORMAT of a module of hilbench.report.formats, of packages and of the project.

    Raises UsageError where two have one name.
    """
    return doors.by_name("formats", doors.objects("formats", formats, "FORMAT", Format))
