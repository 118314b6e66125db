"""A baseline has ok rows, one a job, and what is not meant stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_rows as made

from hilbench.core.errors import StoreError
from hilbench.record import baseline, store
from hilbench.record.row import Row


def test_a_baseline_is_saved_once_and_updated_job_by_job(tmp_path: Path) -> None:
    path, rows = tmp_path / "new" / "base.csv", made.campaign_rows()[:4]
    ok = [row for row in rows if row.ok]
    baseline.save(path, ok)
    with pytest.raises(StoreError, match=r"base\.csv is there already \(.*update"):
        baseline.save(path, ok)
    changed = Row({**ok[0], "flash_bytes": 77})
    baseline.update(path, [changed])
    assert sorted(store.read(path), key=lambda row: row.job) == sorted(
        [changed, *ok[1:]], key=lambda row: row.job
    )
    assert list(path.parent.iterdir()) == [path]


def test_what_failed_is_no_baseline(tmp_path: Path) -> None:
    bad = made.failed(made.ok("lstm", "basic"), "timeout", "too slow")
    with pytest.raises(StoreError, match="lstm/basic/aot/mps2_an386 and 1 more: not ok"):
        baseline.save(tmp_path / "base.csv", [bad, bad])
    with pytest.raises(StoreError, match="no rows to keep"):
        baseline.save(tmp_path / "base.csv", [])
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot write into"):
        baseline.save(tmp_path / "file" / "base.csv", [made.ok("lstm", "basic")])
    assert not (tmp_path / "base.csv").exists()
