"""Rows that are checked, and a results file that is whole at every moment."""

from __future__ import annotations

import csv
import errno
import json
import os
import sqlite3
from pathlib import Path
from typing import cast

import pandas as pd
import pytest

from hilbench.core.errors import JobError, StoreError
from hilbench.record.journal import rows
from hilbench.record.metrics import BY_NAME, METRICS, Value
from hilbench.record.row import Row
from hilbench.record.store import read, to_csv, write_atomically


def row(model: str = "lstm", **values: Value) -> Row:
    identity: dict[str, Value] = {
        "schema": 1, "experiment": "e", "model": model, "variant": "basic", "engine": "aot",
        "board": "b", "status": "ok",
    }  # fmt: skip
    return Row({**identity, **values})


def test_names_are_unique_and_every_column_is_documented() -> None:
    assert len(BY_NAME) == len(METRICS)
    assert all(metric.doc.endswith(".") and metric.label for metric in METRICS)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"exe_instructions": 0}, "exe_instructions = 0 is implausible"),
        ({"flash_bytes": -1}, "flash_bytes = -1 is implausible"),
        ({"error_mae": float("nan")}, "error_mae = nan is implausible"),
        ({"error_mae": float("inf")}, "error_mae = inf is implausible"),
        ({"macs": 1.5}, "macs must be int, not 1.5"),
        ({"macs": True}, "macs must be int, not True"),
        ({"status": 1}, "status must be str, not 1"),
    ],
)
def test_wrong_values_never_become_a_row(values: dict[str, Value], message: str) -> None:
    with pytest.raises(JobError) as caught:
        row(**values)
    assert str(caught.value) == message


def test_a_misspelt_column_is_a_bug_and_no_failed_row() -> None:
    with pytest.raises(TypeError, match="no column 'made_up' in METRICS"):
        row(made_up=1)


def test_a_column_of_a_metric_that_is_gone_leaves_the_row_of_a_journal() -> None:
    """As of a CSV. That row was called damaged, and `rescue` would have thrown it away."""
    kept = row(error_mae=0.25)
    text = json.dumps({**kept, "of_a_metric_that_is_gone": 1})
    found = {"job": kept.job, "row": text, "digest": rows.digest(text)}
    assert rows.parsed(cast(sqlite3.Row, found), Path("journal.sqlite")) == kept


def test_rows_survive_the_file_exactly(tmp_path: Path) -> None:
    written = row(error_mae=1 / 3, macs=9, reason='a "quoted", comma\nand a line')
    assert read(saved(tmp_path, written)) == [written]


def saved(folder: Path, *rows: Row) -> Path:
    write_atomically(folder / "e.csv", to_csv(rows))
    return folder / "e.csv"


def test_pandas_reads_it_in_one_line(tmp_path: Path) -> None:
    frame = pd.read_csv(saved(tmp_path, row(macs=9, error_mae=0.25)))
    assert list(frame.columns) == [metric.name for metric in METRICS]
    assert frame.loc[0, "macs"] == 9
    assert pd.isna(frame.loc[0, "exe_ms"])


def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "e.csv"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_but_a_file_is_replaced(tmp_path: Path) -> None:
    """For root, /dev/null would be a file from then on."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    for name in ("pipe", "null"):
        before = (tmp_path / name).lstat()
        with pytest.raises(StoreError, match=r"cannot write .*: is a (pipe|device), not a file"):
            write_atomically(tmp_path / name, b"new")
        assert (tmp_path / name).lstat().st_ino == before.st_ino
    assert len(list(tmp_path.iterdir())) == 2


GOOD = b"schema,model,variant,engine,board,status\n1,m,v,e,b,ok\n"


def test_what_editors_leave_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    for content in (GOOD, GOOD + b"\n", GOOD + b"\n\n", GOOD.replace(b"\n", b"\r\n"),
                    b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\n\n"), GOOD[:-1]):  # fmt: skip
        path.write_bytes(content)
        assert [each.job for each in read(path)] == ["m/v/e/b"]


@pytest.mark.parametrize(
    "reason",
    [
        "=1+1",
        "@SUM(A1)",
        "+1",
        "-1",
        "'=1",
        "''=1",
        "'quoted'",
        "'",
        "\tx",
        "a=b",
        "-mcpu=cortex-m4",
    ],
)
def test_a_spreadsheet_runs_no_cell_and_reading_gives_the_text_back(
    tmp_path: Path, reason: str
) -> None:
    path = saved(tmp_path, row(reason=reason))
    with path.open(newline="") as file:
        (cells,) = csv.DictReader(file)
    assert cells["reason"][0] not in "=+-@\t"
    assert read(path) == [row(reason=reason)]


def test_a_row_holds_no_control_characters(tmp_path: Path) -> None:
    written = row(reason="\x1b]0;title\x07\x00 \u202egnp.exe")
    assert written["reason"] == "\ufffd]0;title\ufffd\ufffd \ufffdgnp.exe"
    assert read(saved(tmp_path, written)) == [written]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b\n1,2\n", ":1: not a results file"),
        (b"\xff\xfe", "cannot read"),
        (b"schema,model\n3,lstm\n", "schema 3 is newer than this hilbench"),
        (b"schema,model\n1\n", ":2: 1 cells under 2 columns"),
        (b"schema,macs\n1,nine\n", ":2: macs: 'nine' is no whole number"),
        (b"schema,macs\n1,-4\n", ":2: macs = -4 is implausible"),
        (b"schema,macs\n1," + b"9" * 400 + b"\n", ":2: macs: '9{40}\\.\\.\\.' is no whole number"),
        (b"schema,macs\n" + b"1" * 5000 + b",1\n", ":2: schema: '1+\\.\\.\\.' is no whole number"),
        ("schema,macs\n²,1\n".encode(), ":2: schema: '²' is no whole number"),
        (b"schema,error_mae\n1,1e999\n", ":2: error_mae = inf is implausible"),
        (b"schema,error_mae\n1,nan\n", ":2: error_mae: 'nan' is no number"),
        (b"schema,model,model\n", ":1: column 'model' appears twice"),
        (b"schema,model\n1,a\n", ":2: no variant"),
        (b'schema,model\n1,"a\n', ":2: unexpected end of data"),
        (b'schema,model\n1,"a"b\n', ":2: ',' expected"),
        (GOOD + GOOD.split(b"\n")[1] + b"\n", ":3: a second row of the job m/v/e/b"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=message):
        read(path)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    blocker = tmp_path / "results"
    blocker.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"cannot write .*e\.csv: .*unchanged"):
        write_atomically(blocker / "e.csv", b"")
