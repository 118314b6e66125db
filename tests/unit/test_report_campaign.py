"""What figures say about the rows: labels, where numbers come from, what is missing."""

from __future__ import annotations

import report_rows as made

from hilbench.record.row import Row
from hilbench.report.campaign import absences, campaign, provenance
from hilbench.report.published.beside import beside


def test_labels_say_only_what_differs() -> None:
    one = made.ok("lstm", "int8_only")
    single = campaign("t", [one])
    assert [single.label(s) for s in single.series] == [""]
    assert single.shared == "aot int8 only on mps2_an386"

    variants = campaign("t", made.campaign_rows())
    assert [variants.label(s) for s in variants.series] == ["basic", "int8 only"]
    assert variants.shared == "aot on mps2_an386"

    boards = campaign("t", [one, made.on_hardware(one)])
    assert [boards.label(s) for s in boards.series] == ["mps2_an386", "nucleo_l4r5zi"]
    assert boards.shared == "aot int8 only"

    everything = campaign("t", [one, made.on_hardware(made.ok("lstm", "basic", "tflm"))])
    labels = [everything.label(s) for s in everything.series]
    assert labels == ["aot int8 only on mps2_an386", "tflm basic on nucleo_l4r5zi"]
    assert everything.shared == ""
    assert campaign("t", []).shared == ""


def test_failed_jobs_keep_their_series() -> None:
    rows = [made.ok("lstm", "basic"), made.ok("lstm", "int8_only")]
    broken = [made.failed(rows[0], "failed", "why"), rows[1]]
    assert campaign("t", broken).series == campaign("t", rows).series


def test_provenance_in_sentences() -> None:
    rows = [made.ok("lstm", "basic"), made.ok("shakespeare_1", "basic")]
    assert provenance(rows) == [
        "Board mps2_an386 at 25 MHz.",
        "Engine aot, compiled by arm-none-eabi-gcc 12.2.1 -O3.",
        "shakespeare_1: trained on synthetic Markov text, seed 42.",
    ]
    assert provenance([]) == []


def test_compilers_that_differ_are_told_apart() -> None:
    old = made.on_hardware(made.ok("lstm", "basic", "tflm", compiler="gcc 9", optimisation="-Os"))
    assert provenance([made.ok("lstm", "basic"), old])[:2] == [
        "Boards mps2_an386 at 25 MHz, nucleo_l4r5zi at 120 MHz.",
        "aot on mps2_an386: arm-none-eabi-gcc 12.2.1 -O3. tflm on nucleo_l4r5zi: gcc 9 -Os.",
    ]


def test_what_is_missing_is_said() -> None:
    rows = made.troubled_rows()
    drawn = campaign("t", rows, ("simple_0", "no_such_model"))
    said = absences(drawn, [row for row in drawn.rows if not row.ok])
    assert said[0] == "Not shown: simple_2 basic, does not fit (ram overflows by 12345 bytes)."
    assert said[1].endswith(" ...).")
    assert said[2] == "Not shown: gru basic, skipped (the experiment was interrupted)."
    assert said[3] == "Left out by the experiment: simple_0."


def test_many_missing_jobs_are_counted() -> None:
    drawn = campaign("t", made.campaign_rows())
    said = absences(drawn, drawn.rows)
    assert said[0] == "Not shown: simple_0 basic, not measured."
    assert said[-1] == "10 more jobs are not shown; the results file says why."


def test_published_rows_stand_beside_those_of_the_same_network() -> None:
    """In the window with copies; an error that was printed as 0 is not exactly 0."""
    ours = [
        made.ok(model, variant) for model in ("lstm", "gru") for variant in ("basic", "int8_only")
    ]
    ours[3] = Row({**ours[3], "parameters": 1})
    theirs = beside(ours)
    assert [(row["model"], row["variant"]) for row in theirs] == [
        ("lstm", "basic"), ("lstm", "int8_only"), ("gru", "basic")
    ]  # fmt: skip
    assert {(row["exe_kind"], row.window) for row in theirs} == {("measured", "with_copies")}
    assert ["error_mae" in row for row in theirs] == [False, True, False]
    assert (theirs[1]["flash_bytes"], theirs[1]["exe_ms"]) == (788296, 565.3515)
