"""One row of results: a mapping that METRICS has checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hilbench.core.errors import JobError
from hilbench.record.metrics import BY_NAME, METRICS, Value

OK = "ok"
SKIPPED = "skipped"


@dataclass(frozen=True)
class Row(Mapping[str, Value]):
    """Immutable; a column that is absent was not measured.

    Raises JobError for an unknown column, a wrong type or an implausible value:
    a wrong number must not reach a results file.
    """

    values_: Mapping[str, Value] = field(repr=True)

    def __post_init__(self) -> None:
        for name, value in self.values_.items():
            if name not in BY_NAME:
                raise JobError(f"no column '{name}' in METRICS")
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
        """The id of the job: model/variant/engine/board."""
        return "/".join(str(self[part]) for part in ("model", "variant", "engine", "board"))

    @property
    def ok(self) -> bool:
        return self["status"] == OK

    @property
    def skipped(self) -> bool:
        return self["status"] == SKIPPED

    def cells(self) -> list[str]:
        """As CSV cells in the order of METRICS; floats keep every digit."""
        return ["" if (v := self.get(m.name)) is None else _cell(v) for m in METRICS]


def _cell(value: Value) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def from_cells(header: list[str], cells: list[str]) -> Row:
    """A row as it was written. Raises ValueError, JobError."""
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} cells under {len(header)} columns")
    parsed = {n: BY_NAME[n].parse(c) for n, c in zip(header, cells, strict=True) if n in BY_NAME}
    return Row({name: value for name, value in parsed.items() if value is not None})
