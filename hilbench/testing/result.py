"""What a test gets of a measurement, and what it can demand of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from hilbench.config.limits import Limits, limit, read
from hilbench.core.registry import lookup
from hilbench.record import baseline, store
from hilbench.record.metrics import Value
from hilbench.record.row import Row
from hilbench.report import verdict
from hilbench.report.verdict import Side

StrPath = str | PathLike[str]
Amount = str | int | float

UPDATE = "--hilbench-update"
"""The option of pytest that makes baselines."""


def _no_warning(_text: str) -> None:
    pass


@dataclass(frozen=True)
class Result(Mapping[str, Value]):
    """One measured job: a mapping by column of docs/results.md, and its most wanted numbers.

    Raises KeyError for a column that was not measured. `folder` is that of relative paths,
    `counts` are what each repetition took on a real board.
    """

    row: Row
    folder: Path
    counts: tuple[float, ...] = ()
    update: bool = False
    warn: Callable[[str], None] = field(default=_no_warning, repr=False)

    def __getitem__(self, name: str) -> Value:
        if name in self.row:
            return self.row[name]
        there = ", ".join(column for column in self.row if column.startswith("exe_"))
        raise KeyError(f"{self.row.job} has no {name} (of its execution it has {there})")

    def __iter__(self) -> Iterator[str]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def job(self) -> str:
        """model/variant/engine/board"""
        return self.row.job

    @property
    def cycles(self) -> int:
        """Median of an inference, in cycles of the core: measured, or modelled on a twin."""
        return int(self["exe_cycles"])

    @property
    def instructions(self) -> int:
        """Median of an inference, counted by an emulator."""
        return int(self["exe_instructions"])

    @property
    def milliseconds(self) -> float:
        """Median of an inference."""
        return float(self["exe_ms"])

    @property
    def flash_bytes(self) -> int:
        """Of the whole image."""
        return int(self["flash_bytes"])

    @property
    def ram_bytes(self) -> int:
        """Of the whole image, its stack included."""
        return int(self["ram_bytes"])

    @property
    def error(self) -> float:
        """Normalised mean absolute error against the float reference."""
        return float(self["error_mae"])

    def assert_not_worse_than(
        self, file: StrPath, limits: Mapping[str, Amount] | StrPath | None = None
    ) -> None:
        """Compare with the job of the same name in a results file, as `hilbench compare` does.

        `limits` are a file of limits, or by metric how much worse it may be: {"exe_cycles": "2%"}.
        Raises AssertionError for what is worse and for what cannot be compared; what needs more
        samples is a warning. Under --hilbench-update the file gets this row instead.
        """
        __tracebackhide__ = True
        path = self.folder / file
        if self.update:
            baseline.update(path, [self.row])
            return
        before = _row(path, self.job)
        changes = verdict.compare(
            Side(str(file), {self.job: before}),
            Side("this run", {self.job: self.row}, {self.job: self.counts}),
            self._limits(limits),
        )
        failing = [c for c in changes if c.verdict in (verdict.WORSE, verdict.INCOMPARABLE)]
        for change in changes:
            if change.verdict == verdict.SAMPLES:
                self.warn(change.said)
        if failing:
            lines = "\n".join(f"  {change.said}" for change in failing)
            raise AssertionError(f"{self.job} against {file}:\n{lines}")

    def _limits(self, given: Mapping[str, Amount] | StrPath | None) -> Limits:
        if given is None:
            return Limits({}, {})
        if not isinstance(given, Mapping):
            return read(self.folder / given, verdict.JUDGED)
        for metric in given:
            lookup("metric", metric, verdict.JUDGED)
        return Limits({metric: limit(amount) for metric, amount in given.items()}, {})


def _row(path: Path, job: str) -> Row:
    """Raises AssertionError, StoreError."""
    rows = {row.job: row for row in store.read(path)} if path.exists() else {}
    if job not in rows:
        why = f"has no job {job}" if rows else "is not there"
        raise AssertionError(f"baseline {path} {why} (pytest {UPDATE} puts it there)")
    return rows[job]
