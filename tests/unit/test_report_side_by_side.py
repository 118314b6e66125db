"""Two engines side by side: pairs, ratios, the table and the figure."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_rows as made

from hilbench.record.row import Row
from hilbench.report.campaign import campaign
from hilbench.report.drawing import draw
from hilbench.report.panels.ratios import Ratios
from hilbench.report.ratios import ratios_of
from hilbench.report.side_by_side import COSTS, Quantity, pairs, side_by_side_markdown

VARIANTS = ("basic", "int8_only")


def cost(name: str) -> Quantity:
    return next(quantity for quantity in COSTS if quantity.name == name)


def two_engines() -> list[Row]:
    """simple_1 and lstm under both engines; tflm does not fit once."""
    rows = [
        made.ok(model, variant, engine)
        for model in ("simple_1", "lstm")
        for variant in VARIANTS
        for engine in ("aot", "tflm")
    ]
    rows[-1] = made.failed(rows[-1], "failed", "Didn't find op for builtin opcode 'PACK'")
    return rows


def test_pairs_are_of_one_model_variant_and_board() -> None:
    found = pairs(two_engines())
    assert [(p.first["engine"], p.other["engine"]) for p in found] == [("aot", "tflm")] * 4
    assert all(p.first["model"] == p.other["model"] for p in found)
    assert all(p.first["variant"] == p.other["variant"] for p in found)


def test_a_single_engine_has_no_pairs() -> None:
    rows = made.campaign_rows()
    assert pairs(rows) == []
    assert side_by_side_markdown(rows) == "No model ran under two engines on the same board.\n"


def test_ratios_are_of_the_other_to_the_first() -> None:
    rows = two_engines()[:2]
    (pair,) = pairs(rows)
    expected = float(rows[1]["exe_instructions"]) / float(rows[0]["exe_instructions"])
    assert pair.ratio(cost("Instructions")) == pytest.approx(expected)
    assert pair.ratio(cost("Cycles, modelled")) is None


def test_numbers_of_different_kinds_have_no_ratio() -> None:
    ours, theirs = two_engines()[:2]
    modelled = made.on_hardware(ours, str(ours["board"]), "modelled")
    measured = made.on_hardware(theirs, str(ours["board"]), "measured")
    (pair,) = pairs([modelled, measured])
    assert pair.ratio(cost("Cycles, modelled")) is None
    assert pair.ratio(cost("Cycles, measured")) is None
    assert pair.ratio(cost("Flash")) is not None


def test_times_of_different_windows_are_not_compared() -> None:
    ours, theirs = two_engines()[:2]
    copied = Row({**theirs, "exe_window": "with_copies"})
    (pair,) = pairs([ours, copied])
    assert pair.ratio(cost("Instructions")) is None
    assert pair.ratio(cost("Flash")) is not None
    text = side_by_side_markdown([ours, copied])
    assert "Other windows, so that times are not compared:" in text
    assert f"- {copied.job}: with_copies" in text
    assert f"- {ours.job}: invoke" in text


def bounded(row: Row, below: float, above: float) -> Row:
    cycles = float(row["exe_cycles"])
    ends = {"exe_cycles_lower": int(cycles * below), "exe_cycles_upper": int(cycles * above)}
    return Row({**row, **ends})


def test_engines_that_are_closer_than_the_model_is_sure() -> None:
    ours, theirs = (made.on_hardware(row, kind="modelled") for row in two_engines()[:2])
    factor = float(theirs["exe_cycles"]) / float(ours["exe_cycles"])
    apart = [bounded(ours, 0.9, 1.1), bounded(theirs, 0.9, 1.1)]
    close = [bounded(ours, 0.9, factor * 0.95), bounded(theirs, 0.9, 1.1)]
    assert "Closer than" not in side_by_side_markdown(apart)
    assert "Closer than" not in side_by_side_markdown([ours, close[1]])
    text = side_by_side_markdown(close)
    line = next(line for line in text.splitlines() if line.startswith("- simple_1/basic: aot "))
    ms = float(ours["exe_ms"])
    assert f"aot {ms:.1f} ({ms * 0.9:.0f}-{ms * factor * 0.95:.0f}), tflm " in line


def test_cycles_of_one_kind_are_compared_and_their_kind_is_said() -> None:
    rows = [made.on_hardware(row, kind="modelled") for row in two_engines()[:2]]
    (pair,) = pairs(rows)
    assert pair.ratio(cost("Cycles, modelled")) is not None
    assert pair.ratio(cost("Cycles, measured")) is None
    assert "| Cycles, modelled, aot | tflm | ratio |" in side_by_side_markdown(rows)


def test_boards_are_named_where_they_differ() -> None:
    rows = two_engines()[:2]
    both = [*rows, *(made.on_hardware(row) for row in rows)]
    assert "| model | variant | board |" in side_by_side_markdown(both)


def test_the_table_has_both_and_the_reason_of_what_failed() -> None:
    text = side_by_side_markdown(two_engines())
    lines = text.splitlines()
    assert lines[0].startswith("| model | variant | Instructions, aot | tflm | ratio |")
    assert lines[2].startswith("| simple_1 | basic | 9,927,300 |")
    assert "Cycles" not in lines[0]
    assert lines[5].count("| - |") >= 1
    assert text.endswith(
        "- lstm/int8_only/tflm/mps2_an386: Didn't find op for builtin opcode 'PACK'\n"
    )


def test_libraries_and_reasons_are_said_once() -> None:
    rows = two_engines()
    library = "TFLM 1.0, cortex-m4+fp, CMSIS-NN kernels, SHA-256 ab12"
    linked = [Row({**row, "library": library}) if row["engine"] == "tflm" else row for row in rows]
    assert side_by_side_markdown(linked).count(f"- tflm: {library}\n") == 1
    linked = [Row({**r, "library_build": "checks on"}) if "library" in r else r for r in linked]
    assert side_by_side_markdown(linked).count(f"- tflm: {library}; checks on\n") == 1
    assert "Linked" not in side_by_side_markdown(rows)
    skipped = [r if r["engine"] == "aot" else made.failed(r, "skipped", "none") for r in rows]
    assert side_by_side_markdown(skipped).endswith(
        "- simple_1/basic/tflm/mps2_an386 and 3 more: none\n"
    )


def test_without_ratios_the_figure_says_so(tmp_path: Path) -> None:
    rows = [r if r["engine"] == "aot" else made.failed(r, "skipped", "none") for r in two_engines()]
    assert not any(pair.ok for pair in pairs(rows))
    assert draw(ratios_of(rows), campaign("Title", rows), tmp_path)


def test_a_panel_for_each_quantity_that_has_ratios() -> None:
    rows = two_engines()
    panels = ratios_of(rows).panels(campaign("t", rows), [row for row in rows if row.ok])
    assert all(isinstance(panel, Ratios) for panel in panels)
    assert [panel.x.label for panel in panels if isinstance(panel, Ratios)] == [
        "Instructions",
        "Flash",
        "RAM",
        "Arena",
    ]


def test_the_figure_is_drawn_in_both_themes(tmp_path: Path) -> None:
    rows = two_engines()
    files = draw(ratios_of(rows), campaign("Title", rows), tmp_path)
    names = {str(path.relative_to(tmp_path)) for path in files}
    assert names == {"engines.png", "engines.svg", "dark/engines.png", "dark/engines.svg"}
