"""The page of MLPerf Tiny's times: who is ahead is said of bounds alone."""

from __future__ import annotations

import pytest

from hilbench.record.row import Row
from hilbench.report import scoreboard


def row(upper_ms: float) -> Row:
    """3 ms of anomaly detection, of which the best published time is 4.0516 ms."""
    clock = 120_000_000
    ends = {"exe_cycles_lower": 300_000, "exe_cycles_upper": round(upper_ms * 120_000)}
    return Row({"model": "tiny_ad", "engine": "aot", "status": "ok", "exe_ms": 3.0,
                "clock_hz": clock, **ends})  # fmt: skip


@pytest.mark.parametrize(("upper_ms", "behind"), [(4.04, 20), (4.06, 19), (20.0, 0)])
def test_a_time_is_ahead_where_its_upper_bound_is(upper_ms: float, behind: int) -> None:
    page = scoreboard.page([row(upper_ms)])
    assert f"* anomaly detection: ahead of {behind} of 20" in page
    assert "image classification: ahead" not in page  # no row


def test_kinds_of_numbers_are_named() -> None:
    lines = scoreboard.page([row(5.0)]).splitlines()
    assert next(line for line in lines if line.startswith("| `aot`")).endswith("| modelled |")
    published = [line for line in lines if line.endswith("| measured |")]
    assert len(published) == 22
    times = [line.split("|")[2:-2] for line in published]
    assert sum(cells[:3].count(" - ") for cells in times) == 4  # not every benchmark
    assert not [cells for cells in times if " - " not in cells[3:]]  # one of two networks
    reference, newest = times[0], times[-1]
    assert reference[3:] == [" 600.6 ", " - "] and newest[3:] == [" - ", " 89.44 "]
