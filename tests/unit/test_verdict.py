"""A verdict that is exact where counts are, and careful where boards spread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hilbench.cli.commands.compare import failing
from hilbench.config.limits import Limit, Limits, read
from hilbench.core.errors import SpecError, UsageError
from hilbench.record.journal import Part, Profile
from hilbench.record.metrics import Value
from hilbench.record.row import Row
from hilbench.report import verdict
from hilbench.report.verdict import (
    ALPHA,
    BETTER,
    INCOMPARABLE,
    JUDGED,
    SAME,
    SAMPLES,
    WORSE,
    Side,
    compare,
    needed,
)

NONE = Limits({}, {})


def side(kind: str = "modelled", counts: tuple[float, ...] = (), **values: Value) -> Side:
    row = Row({"schema": 2, "model": "gru", "variant": "basic", "engine": "aot", "board": "b",
               "status": "ok", "exe_kind": kind, "compiler": "gcc 12", "exe_cycles": 1000,
               **values})  # fmt: skip
    return Side("side", {row.job: row}, {row.job: counts})


def test_one_cycle_of_an_emulated_board_is_a_regression_unless_a_limit_allows_it() -> None:
    def judged(limits: Limits) -> str:
        return compare(side(), side(exe_cycles=1001), limits)[0].verdict

    assert judged(NONE) == WORSE
    assert judged(Limits({"exe_cycles": Limit(1, percent=True)}, {})) == SAME
    assert judged(Limits({"exe_cycles": Limit(5)}, {"g*": {"exe_cycles": Limit(0)}})) == WORSE
    assert compare(side(), side(exe_cycles=999), NONE)[0].verdict == BETTER


def test_a_change_names_the_operators_that_made_it() -> None:
    """Where one side was not counted, none; parts that stayed are not named."""

    def counted(cycles: int, *parts: Part) -> Side:
        made = side(exe_cycles=cycles)
        return replace(made, profiles={job: Profile(parts) for job in made.rows})

    before = counted(1000, Part("TANH", 1, 60, 100), Part("CONV", 2, 500, 900), Part("f", 0, 1, 1))
    after = counted(
        1010, Part("TANH", 1, 60, 100), Part("CONV", 1, 400, 700), Part("PAD", 1, 9, 210)
    )
    (change,) = compare(before, after, NONE)
    assert change.parts == (("PAD", 0, 210), ("CONV", 900, 700))
    assert change.note == "cycles: PAD +210, CONV -200"
    assert compare(before, side(exe_cycles=1010), NONE)[0].parts == ()


def test_what_is_not_comparable_is_said_by_name() -> None:
    other = side(compiler="gcc 13", exe_cycles=900)
    (change,) = compare(side(), other, NONE)
    assert (change.verdict, change.note) == (INCOMPARABLE, "compiler: gcc 12 / gcc 13")
    assert compare(side(), other, NONE, ["compiler"])[0].verdict == BETTER


def test_of_two_libraries_the_difference_is_named() -> None:
    def linked(sha256: str, build: str) -> Side:
        return side(library=f"TFLM, SHA-256 {sha256}", library_build=build)

    first = linked("ab", "GCC 12.2.1; optimisation -O3; checks on")
    (change,) = compare(first, linked("cd", "GCC 12.2.1; optimisation -Os; checks on"), NONE)
    assert change.note == "library_build: optimisation -O3 / optimisation -Os"
    (change,) = compare(first, side(library="TFLM, SHA-256 ef"), NONE)
    assert change.note == "library: TFLM, SHA-256 ab / TFLM, SHA-256 ef"


def test_a_job_that_fails_now_is_worse_and_nothing_in_common_is_refused() -> None:
    (change,) = compare(side(), side(status="failed", reason="no answer"), NONE)
    assert (change.verdict, change.note) == (WORSE, "failed: no answer")
    with pytest.raises(UsageError, match="have no job in common"):
        compare(side(), side(model="lstm"), NONE)


def test_a_shift_of_two_percent_is_found_and_three_samples_are_too_few() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(1000, 10, 30), random.normal(1020, 10, 30)
    (change,) = compare(side("measured", tuple(a)), side("measured", tuple(b)), NONE)
    assert change.verdict == WORSE
    assert change.interval is not None
    assert 0.0 < change.interval[0] < 0.02 < change.interval[1]
    (change,) = compare(side("measured", tuple(a[:3])), side("measured", tuple(b[:3])), NONE)
    assert change.verdict == SAMPLES
    assert change.note == f"needs {needed(1)} samples on each side, there are 3, 3"


@pytest.fixture
def no_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at them, and they cost most of the time."""
    monkeypatch.setattr(verdict, "RESAMPLES", 2)


def test_false_alarms_are_no_more_than_is_stated(no_intervals: None) -> None:
    random = np.random.default_rng(2)
    alarms = 0
    for _ in range(1000):
        a, b = random.normal(1000, 10, (2, 10))
        (change,) = compare(side("measured", tuple(a)), side("measured", tuple(b)), NONE)
        alarms += change.verdict != SAME
    assert alarms <= 1000 * ALPHA * 1.3  # three standard deviations of the count


def test_of_campaigns_of_many_jobs_no_more_have_a_false_alarm(no_intervals: None) -> None:
    """Holm: without it 20 unchanged jobs would have one in 1 - 0.95 ** 20 = 64 % of campaigns."""
    random = np.random.default_rng(3)
    campaigns, alarms = 40, 0
    for _ in range(campaigns):
        sides = []
        for counts in random.normal(1000, 10, (2, 20, 10)):
            jobs = [side("measured", tuple(each), model=f"m{i}") for i, each in enumerate(counts)]
            sides.append(
                Side(
                    "side",
                    {job: row for each in jobs for job, row in each.rows.items()},
                    {job: count for each in jobs for job, count in each.counts.items()},
                )
            )
        alarms += any(change.verdict != SAME for change in compare(*sides, NONE))
    assert alarms <= campaigns * ALPHA * 3  # three standard deviations of the count


def test_an_unknown_metric_in_limits_is_one_line_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text("schema: 1\nmetrics:\n  exe_cycle: 1%\n")
    with pytest.raises(SpecError, match=r"limits\.yaml:3: unknown metric 'exe_cycle' .*exe_cycles"):
        read(path, JUDGED)


def test_models_of_limits_that_nobody_has_are_named(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text("schema: 1\nmodels: {'lstm*': {exe_cycles: 1%}, gur: {exe_cycles: 1%}}\n")
    assert read(path, JUDGED).unused({"lstm_2", "gru"}) == ["gur"]


def test_what_a_comparison_fails_on_is_read_in_one_way() -> None:
    """A limit of a verdict was silently no limit."""
    wanted, limits = failing(["missing", "exe_cycles:2%"])
    assert (wanted, list(limits)) == ({verdict.MISSING, "exe_cycles"}, ["exe_cycles"])
    assert failing([]) == ({verdict.WORSE}, {})
    for text, message in [
        ("worse:2%", "unknown metric 'worse'"),
        ("exe_cycles:", "'' is no limit"),
        ("exe_cyclse", "unknown reason to fail 'exe_cyclse'"),
    ]:
        with pytest.raises(UsageError, match=message):
            failing([text])


def test_another_chip_or_level_is_said_by_name_and_compared_when_told_to() -> None:
    """A job at another level was one job missing and one new; another chip was not looked at."""
    usual, small = side(), side(optimisation="-Os", exe_cycles=1200)
    (change,) = compare(usual, small, NONE)
    assert (change.verdict, change.note) == (INCOMPARABLE, "optimisation: -O3 / -Os")
    assert [c.verdict for c in compare(usual, small, NONE, {"optimisation"})] == [WORSE]
    assert compare(usual, side(optimisation="-O3"), NONE)[0].verdict == SAME
    both = Side("both", {**usual.rows, **small.rows})
    assert {c.verdict for c in compare(both, usual, NONE)} == {SAME, verdict.MISSING}
    (change,) = compare(side("measured", chip="1"), side("measured", chip="2"), NONE)
    assert (change.verdict, change.note) == (INCOMPARABLE, "chip: 1 / 2")
