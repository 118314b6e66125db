"""Tables of results, and the published numbers beside them."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import report_rows as made

from hilbench.record.row import Row
from hilbench.report import comparison, published, tables
from hilbench.report.across import across_markdown
from hilbench.report.campaign import campaign
from hilbench.report.side_by_side import pairs


def cells(markdown: str) -> list[dict[str, str]]:
    """The lines of the first table; of equal headings, the first one counts."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    heading, _, *body = table
    return [dict(reversed(list(zip(heading, line, strict=True)))) for line in body]


def test_results_table() -> None:
    line = cells(tables.results_markdown(made.campaign_rows()))[3]
    assert line == {
        "model": "simple_1", "variant": "int8_only", "parameters": "8,288", "MACs": "827,200",
        "error": "0.00649", "instructions": "5,791,300", "per MAC": "7.00", "flash kB": "25.5",
        "RAM kB": "7.6", "arena kB": "2.4", "against TFLM": "bit-identical",
    }  # fmt: skip


def test_kinds_of_execution_never_share_a_column() -> None:
    row = made.ok("lstm", "basic")
    rows = [row, made.on_hardware(row), made.on_hardware(row, "twin", "modelled")]
    emulated, measured, modelled = cells(tables.results_markdown(rows))
    assert (emulated["instructions"], emulated["ms (measured)"]) == ("32,429,700", "-")
    assert (measured["ms (measured)"], measured["instructions"]) == ("432.4", "-")
    assert (modelled["ms (modelled)"], modelled["ms (measured)"]) == ("432.4", "-")
    assert [line["board"] for line in (emulated, measured)] == ["mps2_an386", "nucleo_l4r5zi"]


def test_columns_that_nothing_filled_are_left_out() -> None:
    headings = cells(tables.results_markdown([made.ok("lstm", "basic")]))[0]
    assert "ms (measured)" not in headings
    assert "engine" not in headings


def test_failed_jobs_have_empty_cells_and_a_reason() -> None:
    text = tables.results_markdown(made.troubled_rows())
    line = next(c for c in cells(text) if (c["model"], c["variant"]) == ("simple_2", "basic"))
    assert set(line.values()) == {"simple_2", "basic", "-"}
    assert "- simple_2/basic/aot/mps2_an386: does not fit: ram overflows by 12345 bytes\n" in text


@pytest.mark.parametrize(
    ("oracle", "said"),
    [
        ({"oracle_max_lsb": 0}, "bit-identical"),
        ({"oracle_max_lsb": 2}, "2 LSB"),
        ({"oracle_max_relative": 0.0}, "bit-identical"),
        ({"oracle_max_relative": 2.5e-6}, "2.5e-06 relative"),
        ({}, "-"),
    ],
)
def test_distance_from_tflm(oracle: dict[str, float], said: str) -> None:
    row = Row({**made.identity("lstm", "basic"), "status": "ok", **oracle})
    assert tables.from_tflm(row) == said


def test_summary_has_one_line_per_job_and_short_reasons() -> None:
    rows = made.troubled_rows()
    headings, lines = tables.summary(rows)
    assert len(lines) == len(rows)
    assert all(len(line) == len(headings) for line in lines)
    assert headings[-1] == "reason"
    broken = next(line for line in lines if line[:2] == ["lstm", "int8_only"])
    assert broken[headings.index("status")] == "failed"
    assert broken[-1].startswith("the emulator died: qemu")
    assert len(broken[-1]) <= 80


def test_notes_are_said_once_with_the_jobs_that_have_them() -> None:
    rows = [Row({**row, "notes": "half is clipped"}) for row in made.campaign_rows() if row.ok]
    rows[0] = Row({**rows[0], "notes": "unrolled"})
    few, many = tables.noted(rows[:2]), tables.noted(rows)
    assert few == [f"note: {rows[0].job}: unrolled", f"note: {rows[1].job}: half is clipped"]
    assert many[1].endswith(f", {rows[3].job} and {len(rows) - 4} more: half is clipped")
    assert tables.noted([Row({"status": "failed", "notes": "x"}), made.campaign_rows()[0]]) == []


@pytest.mark.parametrize("rows", [[], [made.failed(made.ok("gru", "basic"), "failed", "why")]])
def test_tables_of_nothing(rows: list[Row]) -> None:
    assert len(tables.summary(rows)[1]) == len(rows)
    assert len(cells(tables.results_markdown(rows))) == len(rows)
    assert len(cells(tables.published_markdown(rows))) == len(rows)


def test_published_numbers() -> None:
    table = published.read(published.EDGEMARK_RNN)
    assert len(table) == 14
    lines = {(line["model"], line["variant"]): line for line in table.to_dict("records")}
    assert lines["simple_1", "int8_only"] == {
        "model": "simple_1", "variant": "int8_only", "parameters": 8288, "macs": 827200,
        "error_mae": 0.004366, "exe_ms": 129.5945, "flash_kb": 590.8125, "ram_kb": 103.2578125,
    }  # fmt: skip
    assert math.isnan(lines["simple_2", "basic"]["exe_ms"])
    networks = published.read(published.PLUMERAI_LSTM).set_index("network")
    assert networks.loc["text_generation", "plumerai_ms"] == 1350.5


def test_beside_the_published_campaign() -> None:
    text = tables.published_markdown(made.campaign_rows())
    assert "| simple_1 | int8_only | 0.00649 | 0.00437 | 25.5 | 590.8 | 0.0431 | 7.6 |" in text
    assert "| simple_2 | basic | 2.31e-08 | - | 144.9 | - | - | 8.7 | - | - |" in text
    assert "| ms |" not in text
    for fact in ("NUCLEO-L4R5ZI", "truncates", "compiled into RAM", "ms of simple_2"):
        assert fact in text


def test_times_stand_beside_published_ones_only_where_a_row_has_them() -> None:
    row = made.ok("lstm", "basic", error_mae_published=3e-6)
    emulated, measured = cells(tables.published_markdown([row, made.on_hardware(row)]))
    assert (emulated["ms"], emulated["kind"]) == ("-", "-")
    assert (measured["ms"], measured["kind"]) == ("432.4", "measured")
    assert measured["error as published"] == "3e-06"


def test_modelled_times_have_their_bounds() -> None:
    row = made.on_hardware(made.ok("lstm", "basic"), kind="modelled")
    ends = {"exe_cycles_lower": 10_800_000, "exe_cycles_upper": 12_960_000, "exe_ms": 97.1}
    assert "| 97.10 (90-108) |" in tables.results_markdown([Row({**row, **ends})])


def test_both_windows_beside_the_published_one() -> None:
    """Invocation and copies apart, each with its ratio, and the medians of both below."""
    row = made.on_hardware(made.ok("lstm", "basic", "tflm"), kind="modelled")
    cycles = row["exe_cycles"]
    copied = Row({**row, "exe_window": "with_copies", "copy_cycles": cycles // 4})
    wide = {
        "exe_cycles_lower": cycles // 4,
        "exe_cycles_upper": 2 * cycles,
        "clock_hz": 120_000_000,
    }
    assert " (324-2,594) |" in tables.published_markdown([Row({**row, **wide})])
    bounded = tables.published_markdown([Row({**copied, **wide})])
    assert " (324-2,594) |" in bounded
    assert "Of 1 published times 1 lie in the bounds" in bounded
    text = tables.published_markdown([copied])
    assert "in the bounds of" not in text
    line = [line for line in text.splitlines() if line.startswith("|")][-1]
    ours = [cell.strip().replace(",", "") for cell in line.strip("|").split(" | ")][-7:]
    invoke, ratio, with_copies, like, share, kind, published = ours
    assert (share, kind, published) == ("25.0%", "modelled", "362.2")
    assert float(invoke) == pytest.approx(0.75 * float(with_copies), rel=1e-3)
    assert float(ratio) == pytest.approx(0.75 * float(like), rel=1e-2)
    assert "Median of the ratios of milliseconds: the invocation alone" in text
    assert "Median" not in tables.published_markdown([row])
    alone = comparison.times_markdown([copied])
    assert alone.splitlines()[2] == f"| lstm | basic | {line[line.index(invoke) :]}"
    assert "| window |" in tables.results_markdown([copied])
    assert "| window |" not in tables.results_markdown([row])


def test_tables_do_not_import_matplotlib() -> None:
    code = (
        "import sys\n"
        "from hilbench import report\n"
        "from hilbench.report import tables\n"
        "tables.summary([]), tables.columns_markdown(), tables.published_markdown([])\n"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def at(row: Row, **other: str) -> Row:
    return Row({**row, **other})


def test_quantities_across_boards_and_levels() -> None:
    """A table per kind of number; a job that is not ok, or not there, is no number."""
    row = made.ok("lstm", "basic")
    broken = made.failed(at(row, model="gru", board="far"), "does_not_fit", "1 B too many")
    twin = at(made.on_hardware(row, "twin", "modelled"), optimisation="-Os")
    text = across_markdown([row, twin, broken], "board")
    assert [line for line in text.splitlines() if line.endswith(":")] == [
        "instructions per MAC:", "ms (modelled):", "flash kB:", "RAM kB:", "Not ok:",
    ]  # fmt: skip
    first = cells(text.split("ms (modelled)")[0])
    assert [line["optimisation"] for line in first] == ["-O3", "-Os", "-O3"]
    assert [[line[board] for board in ("mps2_an386", "twin", "far")] for line in first] == [
        ["12.00", "-", "-"],
        ["-", "-", "-"],
        ["-", "-", "does not fit"],
    ]
    assert "- gru/basic/aot/far: 1 B too many" in text
    assert "| model | -O3 | -Os |" in across_markdown(
        [row, at(row, optimisation="-Os")], "optimisation"
    )


def test_levels_of_optimisation_are_jobs_of_their_own_in_every_table() -> None:
    row = made.ok("lstm", "basic")
    small = at(row, optimisation="-Os")
    other = [at(each, engine="tflm") for each in (row, small)]
    for text in (tables.results_markdown([row, small]), tables.published_markdown([row, small])):
        assert [line["optimisation"] for line in cells(text)] == ["-O3", "-Os"]
    assert [(p.first.job, p.other.job) for p in pairs([row, small, *other])] == [
        ("lstm/basic/aot/mps2_an386", "lstm/basic/tflm/mps2_an386"),
        ("lstm/basic/aot/mps2_an386/Os", "lstm/basic/tflm/mps2_an386/Os"),
    ]
    made_of = campaign("levels", [row, small])
    assert [made_of.label(series) for series in made_of.series] == ["-O3", "-Os"]
