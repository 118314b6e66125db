"""What the page says, as plain values: the template only lays it out."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.text import and_more, counted
from hilbench.record.metrics import METRICS, Value
from hilbench.record.row import IDENTITY, USUAL_OPTIMISATION, Row
from hilbench.report import verdict
from hilbench.report.figures.published import Compared, compared
from hilbench.report.html.about import About, about
from hilbench.report.recorded import Recorded
from hilbench.report.tables import SECTIONS, summary
from hilbench.report.text import NONE, short, whole
from hilbench.report.verdict import SAME, Change

_MANY = 50
"""Jobs, of which each is said more briefly."""
_LEADING = re.compile(r"-?[\d,]*\.?\d+(e[-+]?\d+)?")


@dataclass(frozen=True)
class Figure:
    name: str
    heading: str
    svg: str
    caption: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """`key` sorts: a number, or "" where there is none; None where `text` itself does."""

    text: str
    key: str | None = None


@dataclass(frozen=True)
class Fact:
    """A column of one row. `name` is that in the CSV."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Job:
    """`anchor` is its id in the page."""

    name: str
    anchor: str
    status: str
    reason: str
    again: str
    cells: tuple[Cell, ...]
    sections: tuple[tuple[str, tuple[Fact, ...]], ...]
    about: About


@dataclass(frozen=True)
class Cause:
    """Jobs that ended early for one reason."""

    status: str
    reason: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Difference:
    job: str
    metric: str
    before: str
    after: str
    relative: str
    verdict: str
    note: str


@dataclass(frozen=True)
class Report:
    title: str
    verdict: str
    good: bool
    brief: bool
    glance: tuple[Fact, ...]
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    jobs: tuple[Job, ...]
    causes: tuple[Cause, ...]
    common: tuple[Fact, ...]
    baseline: str
    differences: tuple[Difference, ...]
    published: tuple[Compared, ...]


def of(
    rows: Sequence[Row],
    title: str,
    changes: Sequence[Change],
    baseline: str,
    recorded: Recorded,
    logs: Path | None = None,
) -> Report:
    """`changes` are against `baseline`; there may be none of either. Logs are below `logs`."""
    headings, lines = summary(rows)
    if headings[-1] == "reason":
        headings, lines = headings[:-1], [line[:-1] for line in lines]
    columns = list(zip(*lines, strict=True)) or [()] * len(headings)
    numeric = tuple(_is_numeric(column) for column in columns)
    common = _common(rows)
    brief = len(rows) > _MANY
    shared = {fact.name for fact in common}
    jobs = tuple(
        _job(
            row, nth, line, numeric, shared, about(row, recorded.details.get(row.job), logs, brief)
        )
        for nth, (row, line) in enumerate(zip(rows, lines, strict=True), 1)
    )
    return Report(
        title, _verdict(rows, changes, baseline), all(row.ok for row in rows), brief, _glance(rows),
        tuple(headings), numeric, jobs, _causes(jobs), common, baseline, _differences(changes),
        tuple(compared(rows)),
    )  # fmt: skip


def _verdict(rows: Sequence[Row], changes: Sequence[Change], baseline: str) -> str:
    if not rows:
        return "No job is done yet."
    ends = Counter(str(row["status"]).replace("_", " ") for row in rows)
    said = ", ".join(f"{whole(count)} {status}" for status, count in ends.most_common())
    found = f"{counted(len(rows), 'job')}: {said}."
    if set(ends) == {"ok"}:
        few = {1: "The job is ok.", 2: "Both jobs are ok."}
        found = few.get(len(rows), f"All {counted(len(rows), 'job')} are ok.")
    against = f" Against {baseline}: {verdict.counted(changes)}." if baseline else ""
    return f"{found}{against}"


def _glance(rows: Sequence[Row]) -> tuple[Fact, ...]:
    """What of, in a line: networks, how they were made, where they ran, which kind of times."""
    if not rows:
        return ()
    models = {str(row["model"]) for row in rows}
    said = {"Models": [", ".join(sorted(models)) if len(models) <= _NAMED else whole(len(models))]}
    for name in ("variant", "engine", "board"):
        said[f"{name.capitalize()}s"] = list(dict.fromkeys(str(row[name]) for row in rows))
    kinds = {_TIMES.get(str(row.get("exe_kind")), "") for row in rows if row.ok}
    said["Times"] = sorted(kinds - {""})
    days = sorted({str(row["timestamp"])[:10] for row in rows if "timestamp" in row})
    said["Measured on"] = [" to ".join(dict.fromkeys([days[0], days[-1]]))] if days else []
    return tuple(Fact(name, name, and_more(each, _NAMED)) for name, each in said.items() if each)


_NAMED = 3
_TIMES = {
    "measured": "measured", "modelled": "modelled, not measured",
    "instructions": "none, instructions are counted",
}  # fmt: skip


def _is_numeric(column: Sequence[str]) -> bool:
    found = [text for text in column if text != NONE]
    return bool(found) and all(_LEADING.match(text) for text in found)


def _cell(text: str, numeric: bool) -> Cell:
    if not numeric:
        return Cell(text)
    number = _LEADING.match(text)
    return Cell(text, number[0].replace(",", "") if number and text != NONE else "")


def _common(rows: Sequence[Row]) -> tuple[Fact, ...]:
    """What all jobs that are ok say alike, once; nothing of a single one."""
    own = [row for row in rows if row.ok]
    if len(own) < 2:
        return ()
    return tuple(
        _fact(metric.name, metric.label, own[0][metric.name], metric.unit)
        for metric in METRICS
        if metric.kind == "provenance"
        and metric.name in own[0]
        and all(row.get(metric.name) == own[0][metric.name] for row in own)
    )


def _fact(name: str, label: str, value: Value, unit: str) -> Fact:
    if isinstance(value, str):
        said = value
    else:
        said = f"{whole(value) if isinstance(value, int) else short(value)} {unit}".rstrip()
    return Fact(name, label, said)


def _job(
    row: Row,
    nth: int,
    line: Sequence[str],
    numeric: Sequence[bool],
    shared: set[str],
    details: About,
) -> Job:
    sections = []
    for kind, heading in SECTIONS.items():
        facts = tuple(
            _fact(metric.name, metric.label, row[metric.name], metric.unit)
            for metric in METRICS
            if metric.kind == kind and metric.name in row and not (row.ok and metric.name in shared)
        )
        if facts:
            sections.append((heading, facts))
    cells = tuple(_cell(text, number) for text, number in zip(line, numeric, strict=True))
    status, reason = str(row["status"]).replace("_", " "), str(row.get("reason", ""))
    return Job(row.job, f"job-{nth}", status, reason, again(row), cells, tuple(sections), details)


def again(row: Row) -> str:
    """The command that repeats one job; that of a network without a file chooses it already."""
    file = str(row.get("experiment_file", row.get("experiment", "EXPERIMENT")))
    words = ["hilbench", "run", file.removeprefix("hilbench:")]
    if by := row.get("repeated_by"):
        words = shlex.split(str(by))
    for name in IDENTITY[1:] if by else IDENTITY:
        if row.named(name) != USUAL_OPTIMISATION:
            words += [f"--{name}", row.named(name).removeprefix("-")]
    return shlex.join(words)


def _causes(jobs: Sequence[Job]) -> tuple[Cause, ...]:
    """Most jobs first."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        if job.status != "ok":
            groups.setdefault((job.status, job.reason), []).append(job)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(
        Cause(status, reason.removeprefix(f"{status}: "), tuple(own))
        for (status, reason), own in ordered
    )


def _differences(changes: Sequence[Change]) -> tuple[Difference, ...]:
    """All but what is the same."""
    return tuple(
        Difference(
            each.job, each.metric, short(each.before), short(each.after),
            NONE if each.relative is None else f"{100 * each.relative:+.2f} %",
            each.verdict, each.note,
        )
        for each in changes
        if each.verdict != SAME
    )  # fmt: skip
