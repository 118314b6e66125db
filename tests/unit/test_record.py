"""Rows that are checked, and a results file that is whole at every moment."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pandas as pd
import pytest

from hilbench.core.errors import JobError, StoreError
from hilbench.record.metrics import BY_NAME, METRICS, Value
from hilbench.record.row import Row
from hilbench.record.store import Store, read, write_atomically


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
        ({"made_up": 1}, "no column 'made_up' in METRICS"),
    ],
)
def test_wrong_values_never_become_a_row(values: dict[str, Value], message: str) -> None:
    with pytest.raises(JobError) as caught:
        row(**values)
    assert str(caught.value) == message


def test_rows_survive_the_file_exactly(tmp_path: Path) -> None:
    written = row(error_mae=1 / 3, macs=9, reason='a "quoted", comma\nand a line')
    store = Store(tmp_path / "e.csv", [written.job])
    store.put(written)
    assert read(store.path) == [written]


def test_pandas_reads_it_in_one_line(tmp_path: Path) -> None:
    store = Store(tmp_path / "e.csv", [])
    store.put(row(macs=9, error_mae=0.25))
    frame = pd.read_csv(store.path)
    assert list(frame.columns) == [metric.name for metric in METRICS]
    assert frame.loc[0, "macs"] == 9
    assert pd.isna(frame.loc[0, "exe_ms"])


def test_rows_stand_in_the_order_of_the_jobs_and_earlier_ones_stay(tmp_path: Path) -> None:
    first, second, other = row("a"), row("b"), row("c")
    store = Store(tmp_path / "e.csv", [first.job, second.job])
    for each in (other, second, first):
        store.put(each)
    again = Store(store.path, [first.job, second.job])
    assert [r["model"] for r in again.rows()] == ["a", "b", "c"]
    again.put(row("b", macs=7))
    assert [r.get("macs") for r in read(store.path)] == [None, 7, None]


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a results file"),
        (b"a,b\n1,2\n", "is not a results file"),
        (b"\xff\xfe", "cannot read"),
        (b"schema,model\n2,lstm\n", "schema 2 is newer than this hilbench"),
        (b"schema,model\n1\n", ":2: 1 cells under 2 columns"),
        (b"schema,macs\n1,nine\n", ":2: invalid literal"),
        (b"schema,macs\n1,-4\n", ":2: macs = -4 is implausible"),
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
        Store(blocker / "e.csv", [])
