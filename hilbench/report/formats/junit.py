"""JUnit XML: a test case for each job, for what a CI shows of tests."""

from __future__ import annotations

from typing import Any

from hilbench.core import extras
from hilbench.record.row import Row
from hilbench.report.format import Export, Format, judged
from hilbench.report.verdict import INCOMPARABLE, MISSING, WORSE, Change

_FAILING = (WORSE, MISSING, INCOMPARABLE)


def _write(export: Export) -> bytes:
    """A job that is not ok fails with its reason, or is skipped; so does what became worse since
    the baseline, or cannot be compared with it."""
    junit = extras.junitparser()
    suite = junit.TestSuite(export.name)
    changes: dict[str, list[Change]] = {}
    for change in export.changes:
        if change.verdict in _FAILING:
            changes.setdefault(change.job, []).append(change)
    for row in export.rows:
        case = junit.TestCase(row.job, export.name)
        case.time = round(export.seconds.get(row.job, 0.0), 3)
        case.result = [*_ending(junit, row), *_failures(junit, changes.pop(row.job, []))]
        case.system_out = "".join(f"{name} {value:.10g}\n" for name, value in judged(row).items())
        suite.add_testcase(case)
    for job, missing in changes.items():
        case = junit.TestCase(job, export.name)
        case.result = _failures(junit, missing)
        suite.add_testcase(case)
    document = junit.JUnitXml(export.title)
    document.add_testsuite(suite)
    document.update_statistics()
    return bytes(document.tostring())


def _ending(junit: Any, row: Row) -> list[Any]:
    if row.ok:
        return []
    kind = junit.Skipped if row.skipped else junit.Failure
    return [kind(str(row.get("reason", "")), str(row["status"]))]


def _failures(junit: Any, changes: list[Change]) -> list[Any]:
    return [junit.Failure(change.said, change.verdict) for change in changes]


FORMAT = Format("junit", "xml", "test results of a CI (needs the extra `report`)", _write)
