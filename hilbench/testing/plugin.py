"""pytest's side: the fixture `hilbench`, its mark and options, and what a session reports.

It is loaded with every pytest where hilbench is installed, so it imports nothing else of hilbench
until a test measures something.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from hilbench.record.row import Row
    from hilbench.testing.result import Result

MARK = "hilbench"
RESULTS = "results/pytest"
_FILES = ("data", "reference", "whole")
"""Arguments that may be files."""
_PREFIX = "hilbench "
_REPORTED = (
    "exe_instructions", "exe_cycles", "exe_ms", "exe_kind", "flash_bytes", "ram_bytes", "error_mae",
)  # fmt: skip
"""The columns that a report has of each measurement, where the row has them."""


class Measure(Protocol):
    """What the fixture `hilbench` is: hilbench.measure with the marks of the test."""

    def __call__(self, what: str | Path, **how: Any) -> Result: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hilbench", "networks on microcontrollers")
    group.addoption(
        "--hilbench-update",
        action="store_true",
        help="write what is measured into the baselines instead of comparing with them",
    )
    group.addoption(
        "--hilbench-results",
        metavar="DIR",
        default=None,
        help=f"folder of the journal and the results files ({RESULTS} below the root folder)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARK}(board=..., engine=..., variant=..., ...): what the fixture hilbench measures with,"
        " as the arguments of hilbench.measure",
    )


@pytest.fixture
def hilbench(request: pytest.FixtureRequest) -> Measure:
    """Measures a network: `hilbench("my_models.py:build_gru", variant="int8_only")`.

    Arguments as those of hilbench.measure; marks named `hilbench` give them as well, the nearest
    one first. A file's path is relative to the test's. A job that fails is a test that fails, one
    that is skipped (its board is not on the bench) a test that is skipped.
    """

    def measure(what: str | Path, **how: Any) -> Result:
        __tracebackhide__ = True
        from hilbench import api
        from hilbench.core.errors import HilbenchError

        folder, results = request.path.parent, _results(request.config)
        marked: dict[str, Any] = {}
        for mark in request.node.iter_markers(MARK):
            marked = {**mark.kwargs, **marked}
        given = {**marked, **how}
        files = {name: _beside(folder, str(given[name])) for name in _FILES if given.get(name)}
        try:
            row = api.measure(_beside(folder, str(what)), **{"results": results, **given, **files})
        except HilbenchError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        _report(request.node, row)
        if row.skipped:
            pytest.skip(f"{row.job}: {row.get('reason', '')}")
        if not row.ok:
            pytest.fail(f"{row.job} {row['status']}: {row.get('reason', '')}", pytrace=False)
        return _result(request, row, Path(given.get("results", results)))

    return measure


def _results(config: pytest.Config) -> Path:
    return Path(config.rootpath / (config.getoption("--hilbench-results") or RESULTS))


def _beside(folder: Path, what: str) -> str:
    """A file is one beside the test; anything else is an experiment's name."""
    file, colon, function = what.partition(":")
    return f"{folder / file}{colon}{function}" if (folder / file).exists() else what


def _result(request: pytest.FixtureRequest, row: Row, results: Path) -> Result:
    from hilbench.record.journal import FILE, reading
    from hilbench.testing.result import Result

    counts = reading.repetitions(results / FILE, str(row["experiment"])).get(row.job, ())
    update = bool(request.config.getoption("--hilbench-update"))
    return Result(
        row, request.path.parent, counts, update, lambda text: warnings.warn(text, stacklevel=3)
    )


def _report(item: pytest.Item, row: Row) -> None:
    """Into the test's report: JUnit properties, and what the summary is made of."""
    for name in ("status", *_REPORTED):
        if name in row:
            item.user_properties.append((f"{_PREFIX}{row.job} {name}", str(row[name])))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line per measurement of the session, workers' included."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    reports = [r for each in terminalreporter.stats.values() for r in each]
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name.startswith(_PREFIX):
                job, _, column = name.removeprefix(_PREFIX).rpartition(" ")
                found.setdefault((report.nodeid, job), {})[column] = value
    if not found:
        return
    terminalreporter.section("hilbench")
    for (test, job), columns in found.items():
        terminalreporter.write_line(f"{test}  {job}  {_line(columns)}")


def _line(columns: dict[str, str]) -> str:
    """ "1,371,004 instructions, 18.93 ms modelled, flash 21.4 kB, RAM 15.7 kB" """
    parts = []
    if "exe_instructions" in columns:
        parts.append(f"{int(columns['exe_instructions']):,} instructions")
    if "exe_ms" in columns:
        parts.append(f"{float(columns['exe_ms']):.4g} ms {columns.get('exe_kind', '')}".rstrip())
    for name, label in (("flash_bytes", "flash"), ("ram_bytes", "RAM")):
        if name in columns:
            parts.append(f"{label} {int(columns[name]) / 1024:,.1f} kB")
    return ", ".join(parts) if parts else columns["status"]
