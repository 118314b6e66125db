"""What the panels of a figure show, before they are drawn."""

from __future__ import annotations

import pytest
import report_rows as made
from figure_cases import axis_labels, composed, many, named, small_rows

from hilbench.record.journal import Samples
from hilbench.record.journal.details import Details
from hilbench.record.journal.history import Past
from hilbench.record.row import Row
from hilbench.report.campaign import campaign
from hilbench.report.panels.bars import Bars
from hilbench.report.panels.dots import JobDots
from hilbench.report.panels.lines import Lines
from hilbench.report.panels.scatter import Scatter
from hilbench.report.panels.strips import Strips
from hilbench.report.recorded import Recorded


def test_repetitions_cold_runs_and_steps() -> None:
    """Relative to their median, each kind apart; a stream is a curve over its steps."""
    row = made.on_hardware(made.ok("lstm", "basic"))
    stream = Row({**made.ok("gru", "basic"), "stream_steps": 3})
    known = Recorded({
        row.job: Details(samples=Samples("cycles", 150, (100, 99, 102), 1)),
        stream.job: Details(samples=Samples("instructions", 9, (10, 20, 40, 12, 22, 42), 1)),
    })  # fmt: skip
    rows = [row, stream, made.ok("simple_1", "basic")]
    shown = campaign("t", rows, (), known)
    assert [each.job for each in rows if named("spread").can_show(shown, each)] == [
        row.job, stream.job,
    ]  # fmt: skip
    steps, strips, cold = named("spread").panels(shown, rows[:2])
    assert isinstance(strips, Strips) and isinstance(cold, JobDots) and isinstance(steps, Lines)
    assert strips.strips[0].values == pytest.approx((0, -1, 2))
    assert cold.dots[0].value == 1.5
    (trace,) = steps.traces
    scale = float(stream["exe_instructions"]) / 21
    assert trace.y == pytest.approx([11 * scale, 21 * scale, 41 * scale])
    assert trace.high == pytest.approx([12 * scale, 22 * scale, 42 * scale])


def test_history_is_relative_to_the_first_campaign() -> None:
    """Kinds apart, with the range of the first one's repetitions, and a + for changed sources."""
    row = made.on_hardware(made.ok("lstm", "basic"))
    before = Row({**row, "exe_cycles": 200, "exe_cycles_min": 190, "exe_cycles_max": 220})
    after = Row({**row, "exe_cycles": 150})
    emulated = made.ok("lstm", "basic")
    known = Recorded(past={
        row.job: (Past(1, "", "a" * 40, "b" * 40, True, before),
                  Past(4, "", "a" * 40, "c" * 40, False, after)),
        emulated.job: (Past(1, "", "a" * 40, "b" * 40, True, emulated),),
    })  # fmt: skip
    shown = campaign("t", [row, emulated], (), known)
    assert not named("history").can_show(shown, emulated)
    panels = {p.y.label.split(":")[0]: p for p in named("history").panels(shown, [row])}  # type: ignore[attr-defined]
    assert list(panels) == ["Cycles, measured"]  # nothing else has moved
    cycles = panels["Cycles, measured"]
    assert isinstance(cycles, Lines)
    assert cycles.traces[0].y == (0, -25)
    assert cycles.band is not None and cycles.band[:2] == pytest.approx((-5, 10))
    assert cycles.ticks == ((0.0, "bbbbbbb"), (1.0, "ccccccc+"))


def test_the_profile_of_a_job_stands_beside_that_of_other_code() -> None:
    """Each bar in percent of the longest of its model; what no operator took is there too."""
    rows = [made.ok("lstm", v) for v in ("basic", "int8_only")]
    shown = campaign("t", rows, (), made.recorded(rows))
    (panel,) = named("profile").panels(shown, rows)
    assert isinstance(panel, Bars)
    basic, int8, before = panel.bars
    assert (basic.label, int8.label, before.label) == ("", "", "before, c0ffeec")
    assert basic.total == pytest.approx(100)
    assert dict(basic.parts)["FULLY_CONNECTED"] == pytest.approx(50, abs=0.1)
    assert dict(basic.parts)["outside of these"] == pytest.approx(18.75, abs=0.1)
    assert int8.total == pytest.approx(100 * 7 / 12, abs=0.1)
    assert before.total == pytest.approx(1.2 * int8.total, abs=0.1)
    assert not named("profile").can_show(campaign("t", rows), rows[0])


def test_axis_labels_say_the_unit() -> None:
    rows = made.campaign_rows()
    assert "Flash (kB of 1024 B)" in axis_labels(named("flash"), rows)
    assert axis_labels(named("ram"), rows) == ["RAM (kB of 1024 B)"]
    assert axis_labels(named("flash_parts"), rows) == ["Flash (kB of 1024 B)"]
    assert axis_labels(named("params_macs"), rows) == ["Parameters", "MACs per inference"]
    assert "share of the output's range" in axis_labels(named("error"), rows)[0]


def test_kinds_of_execution_never_share_axes() -> None:
    row = made.ok("lstm", "basic")
    rows = [row, made.on_hardware(row), made.on_hardware(row, "twin", "modelled")]
    labels = axis_labels(named("exe"), rows)
    assert [label for label in labels if label != "MACs per inference"] == [
        "Instructions per inference (emulated, not a time)",
        "Execution time (ms), modelled, not measured",
        "Execution time (ms), measured",
    ]
    panels = named("exe").panels(campaign("t", rows), rows)
    boards = [
        {p.series.board for p in panel.points} for panel in panels if isinstance(panel, Scatter)
    ]
    assert boards == [{"mps2_an386"}, {"twin"}, {"nucleo_l4r5zi"}]


def test_the_bounds_of_modelled_times_are_drawn() -> None:
    row = made.on_hardware(made.ok("lstm", "basic"), kind="modelled")
    ends = {"exe_cycles_lower": 120_000, "exe_cycles_upper": 240_000_000}
    (panel,) = named("exe").panels(campaign("t", [row]), [Row({**row, **ends})])
    assert isinstance(panel, Scatter)
    assert (panel.points[0].low, panel.points[0].high) == (1.0, 2000.0)


def test_windows_never_share_axes() -> None:
    row = made.on_hardware(made.ok("lstm", "basic"), kind="modelled")
    rows = [row, Row({**row, "engine": "tflm", "exe_window": "with_copies"})]
    panels = named("exe").panels(campaign("t", rows), rows)
    assert [len(panel.points) for panel in panels if isinstance(panel, Scatter)] == [1, 1]
    assert axis_labels(named("exe"), rows)[-1].endswith("not measured, window with_copies")


def test_the_spread_of_cycles_is_drawn_in_ms() -> None:
    row = made.on_hardware(made.ok("lstm", "basic"))
    (panel,) = named("exe").panels(campaign("t", [row]), [row])
    assert isinstance(panel, Scatter)
    (point,) = panel.points
    assert point.y == row["exe_ms"]
    assert point.high == pytest.approx(point.y * 1.1)
    assert point.low == pytest.approx(point.y - 4 / 120_000)


def test_points_are_joined_in_one_family_alone() -> None:
    """The line is count = a + b MACs; models that are no family have points and nothing else."""

    def lines(rows: list[Row]) -> list[str]:
        with composed(named("exe"), rows) as figure:
            drawn = [
                line for line in figure.axes[0].lines if line.get_linestyle() not in ("None", "")
            ]
            return [text.get_text() for text in figure.legends[0].texts] if drawn else []

    family = [
        Row({**made.ok("lstm", "basic"), "model": f"fc_{n}", "macs": n * 1000,
             "exe_instructions": 500 + n * 7000})
        for n in range(1, 6)
    ]  # fmt: skip
    assert lines(family) == ["7 instructions per MAC"]
    assert lines(made.campaign_rows()) == []
    other = [Row({**row, "model": f"net{n}x"}) for n, row in enumerate(family)]
    assert lines(other) == []


def test_the_front_is_what_no_other_job_beats() -> None:
    """Of a task that all jobs share, more may be better; jobs of the same place share it."""
    places = {"a": (10, 0.7), "b": (20, 0.9), "c": (30, 0.8), "d": (10, 0.6), "e": (20, 0.9)}
    rows = [
        Row({**made.ok("lstm", "basic"), "model": name, "exe_instructions": cost,
             "exe_instructions_min": cost, "exe_instructions_max": cost, "top1_device": top1})
        for name, (cost, top1) in places.items()
    ]  # fmt: skip
    panel = named("pareto").panels(campaign("t", rows), rows)[0]
    assert isinstance(panel, Scatter)
    assert panel.curves[0].points == ((10, 0.7), (20, 0.9))
    assert [point.model for point in panel.points if point.pale] == ["c", "d"]
    mixed = [Row({n: v for n, v in rows[0].items() if n != "top1_device"}), *rows[1:]]
    first = named("pareto").panels(campaign("t", mixed), mixed)[0]
    assert isinstance(first, Scatter)
    assert first.y.label == "Normalised mean absolute error"


def test_what_the_chip_has_and_what_no_longer_fits() -> None:
    with composed(named("limits"), small_rows()) as figure:
        flash, ram = figure.axes
        assert flash.get_xlabel() == "Flash (kB of 1024 B) on mps2_an386, which has 2,048"
        assert "does not fit: ram overflows by 9 bytes" in [t.get_text() for t in ram.texts]
        assert "does not fit" in [t.get_text() for t in flash.texts]
        size = float(made.ok("lstm", "int8_only")["flash_bytes"]) / 1024
        assert f"{size:.1f}, {100 * size / 2048:.2g} %" in [t.get_text() for t in flash.texts]
    unknown = [made.on_hardware(row, "board_of_another_lab") for row in small_rows() if row.ok]
    with composed(named("limits"), unknown) as figure:
        assert "whose chip is not known here" in " ".join(figure.axes[0].get_xlabel().split())


def test_only_the_published_networks_are_beside_published_numbers() -> None:
    """One of the same name and another size is another network; instructions are no time."""
    ours = made.on_hardware(made.ok("lstm", "basic"))
    other = Row({**ours, "variant": "int8_only", "parameters": 7})
    counted = made.ok("gru", "basic")
    rows = [row for row in (ours, other, counted) if named("published").shows(row)]
    assert rows == [ours, counted]
    time, flash, _ = named("published").panels(campaign("t", rows), rows)
    assert isinstance(time, JobDots) and isinstance(flash, JobDots)
    (dot,) = time.dots
    assert (dot.model, dot.beside) == ("lstm", 362.2378)
    assert dot.note == f"{float(ours['exe_ms']) / 362.2378:.3g}x differs"
    assert [each.model for each in flash.dots] == ["lstm", "gru"]


def test_an_error_of_zero_stands_on_a_line_of_its_own() -> None:
    with composed(named("error"), many(12)) as figure:
        axes = figure.axes[0]
        assert [text.get_text() for text in figure.legends[0].texts] == ["exactly 0"]
        positive = min(float(row["error_mae"]) for row in many(12) if row["error_mae"])
        values = sorted(float(line.get_xdata()[0]) for line in axes.lines)
        assert axes.get_xlim()[0] < values[0] < positive / 3
