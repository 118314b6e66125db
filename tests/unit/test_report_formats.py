"""What other programs read: each format, of a campaign with everything that can happen to a job."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import report_rows as made

from hilbench.cli.commands.export import export as export_command
from hilbench.config.limits import Limits
from hilbench.core.errors import UsageError
from hilbench.record.metrics import METRICS
from hilbench.record.row import Row
from hilbench.report import verdict
from hilbench.report.format import Export, found_formats
from hilbench.report.verdict import Side, compare


def export() -> Export:
    """One job that became worse, one that is gone, one that failed, one that was skipped."""
    lstm, gru = made.ok("lstm", "int8_only"), made.ok("gru", "basic")
    slower = Row({**lstm, "exe_instructions": int(lstm["exe_instructions"]) + 1})
    failed = made.failed(made.ok("simple_1", "basic"), "does_not_fit", "ram overflows by 4 bytes")
    skipped = made.failed(made.ok("simple_2", "basic"), "skipped", "no such board here")
    rows = [slower, failed, skipped]
    sides = [Side(n, {row.job: row for row in rs}) for n, rs in (("a", [lstm, gru]), ("b", rows))]
    changes = compare(*sides, Limits({}, {}))
    return Export("e", "Title", rows, changes, "a.csv", "https://x/f", {slower.job: 1.5})


def written(name: str, of: Export | None = None) -> str:
    return found_formats()[name].thing.write(of or export()).decode()


def test_junit_fails_for_what_a_ci_should_fail_for() -> None:
    root = ET.fromstring(written("junit"))
    assert {n: root.get(n) for n in ("tests", "failures", "skipped")} == {
        "tests": "4", "failures": "3", "skipped": "1",
    }  # fmt: skip
    said = {case.get("name"): [r.get("message") for r in case] for case in root.iter("testcase")}
    (worse, _) = said["lstm/int8_only/aot/mps2_an386"]
    assert worse is not None and worse.startswith("exe_instructions worse: ")
    assert said["simple_1/basic/aot/mps2_an386"][0] == "ram overflows by 4 bytes"
    assert said["gru/basic/aot/mps2_an386"] == ["missing"]
    times = {case.get("name"): case.get("time") for case in root.iter("testcase")}
    assert (times["lstm/int8_only/aot/mps2_an386"], root.get("time")) == ("1.5", "1.5")


def test_markdown_says_how_it_ended_and_what_changed() -> None:
    text = written("markdown")
    assert "3 jobs: 1 ok, 1 does not fit, 1 skipped." in text
    assert "Since a.csv: 1 worse" in text
    assert "| lstm/int8_only/aot/mps2_an386 | exe_instructions worse: " in text
    assert 'srcset="https://x/f/dark/exe.png"' in text
    assert "ram overflows by 4 bytes" in text
    alone = written("markdown", Export("e", "T", made.campaign_rows()))
    assert "Since" not in alone and "<picture>" not in alone


def test_services_get_the_numbers_that_are_judged() -> None:
    bencher = json.loads(written("bencher"))
    assert list(bencher) == ["lstm/int8_only/aot/mps2_an386"]
    assert bencher["lstm/int8_only/aot/mps2_an386"]["exe_instructions"]["lower_value"] > 0
    action = json.loads(written("github-action-benchmark"))
    assert action[-1]["unit"] == "B" and action[-1]["value"] > 0
    assert all(set(each) == {"name", "unit", "value", "extra"} for each in action)
    rows = json.loads(written("json"))["rows"]
    assert [row["status"] for row in rows] == ["ok", "does_not_fit", "skipped"]
    assert {name for each in action for name in [each["name"].split()[1]]} <= set(verdict.JUDGED)


def test_parquet_has_the_types_of_the_columns_and_is_not_printed(tmp_path: Path) -> None:
    import pandas

    (tmp_path / "rows.parquet").write_bytes(found_formats()["parquet"].thing.write(export()))
    table = pandas.read_parquet(tmp_path / "rows.parquet")
    assert list(table.columns) == [metric.name for metric in METRICS]
    (slower, *others) = export().rows
    assert table["exe_instructions"][0] == slower["exe_instructions"]
    assert table["exe_instructions"].dtype == "Int64" and table["reason"].dtype == "string"
    assert table["exe_instructions"].isna().tolist() == [False, *[True for _ in others]]
    with pytest.raises(UsageError, match="parquet is not text"):
        export_command("smoke", form="parquet", output=Path("-"))
