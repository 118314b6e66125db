"""One row of results: a mapping that METRICS has checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hilbench.core.errors import JobError
from hilbench.core.text import printable
from hilbench.record import cells
from hilbench.record.metrics import BY_NAME, METRICS, Value

OK = "ok"
SKIPPED = "skipped"
REQUIRED = ("model", "variant", "engine", "board", "status")
"""Without these a row says nothing about any job."""
IDENTITY = ("model", "variant", "engine", "board", "optimisation")
"""The columns that tell a job from another."""
USUAL_OPTIMISATION = "-O3"
"""Of every row that was written before there was a choice; an id does not spell it."""

INVOKE = "invoke"
"""The window of every row that was written before there was a choice."""


def job_id(
    model: str, variant: str, engine: str, board: str, optimisation: str = USUAL_OPTIMISATION
) -> str:
    """model/variant/engine/board, and /Os where firmware was not compiled with -O3."""
    cell = "/".join((model, variant, engine, board))
    level = optimisation.removeprefix("-")
    return cell if optimisation == USUAL_OPTIMISATION else f"{cell}/{level}"


@dataclass(frozen=True)
class Row(Mapping[str, Value]):
    """Immutable; a column that is absent was not measured.

    Raises JobError for a wrong type or an implausible value: a wrong number must
    not reach a results file. A misspelt column is a bug: TypeError.
    """

    values_: Mapping[str, Value] = field(repr=True)

    def __post_init__(self) -> None:
        safe = {n: printable(v) if isinstance(v, str) else v for n, v in self.values_.items()}
        object.__setattr__(self, "values_", safe)
        for name, value in self.values_.items():
            if name not in BY_NAME:
                raise TypeError(f"no column '{name}' in METRICS")
            if problem := BY_NAME[name].check(value):
                raise JobError(problem)

    def __getitem__(self, name: str) -> Value:
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    @property
    def job(self) -> str:
        """The id of the job."""
        return job_id(*(self.named(name) for name in IDENTITY))

    def named(self, name: str) -> str:
        """Its value in a column of IDENTITY."""
        return str(self.get(name, USUAL_OPTIMISATION) if name == "optimisation" else self[name])

    @property
    def ok(self) -> bool:
        return self["status"] == OK

    @property
    def skipped(self) -> bool:
        return self["status"] == SKIPPED

    @property
    def window(self) -> str:
        """What its timed window holds."""
        return str(self.get("exe_window", INVOKE))

    @property
    def bounds_ms(self) -> tuple[float, float] | None:
        """The ends of what a modelled `exe_ms` may be, where they were modelled."""
        if "exe_cycles_lower" not in self or "exe_cycles_upper" not in self:
            return None
        per_cycle = 1e3 / float(self["clock_hz"])
        return (
            float(self["exe_cycles_lower"]) * per_cycle,
            float(self["exe_cycles_upper"]) * per_cycle,
        )

    def cells(self) -> list[str]:
        """As CSV cells in the order of METRICS; floats keep every digit."""
        return ["" if (v := self.get(m.name)) is None else _cell(v) for m in METRICS]


def differing(rows: Sequence[Row], among: Sequence[str] = IDENTITY[2:]) -> list[str]:
    """The columns of IDENTITY in which the rows have several values."""
    return [name for name in among if len({row.named(name) for row in rows}) > 1]


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return cells.of_text(value)
    return repr(value) if isinstance(value, float) else str(value)


def from_cells(header: Sequence[str], line: Sequence[str]) -> Row:
    """A row as it was written; columns that METRICS does not know are left out.

    Raises ValueError, JobError.
    """
    if len(line) != len(header):
        raise ValueError(f"{len(line)} cells under {len(header)} columns")
    parsed = {n: BY_NAME[n].parse(c) for n, c in zip(header, line, strict=True) if n in BY_NAME}
    return whole({name: value for name, value in parsed.items() if value is not None})


def whole(values: Mapping[str, Value]) -> Row:
    """A row that was read: it says at least whose it is, and how it went.

    Raises ValueError, JobError, TypeError.
    """
    row = Row(values)
    for name in REQUIRED:
        if name not in row:
            raise ValueError(f"no {name}")
    return row
