"""What a journal does when it, its folder or its file system cannot be used."""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from journal_rows import begin, job, record, row, table

from hilbench.core import files
from hilbench.core.errors import StoreError
from hilbench.core.owner import Owner
from hilbench.record import store
from hilbench.record.journal import (
    filesystem,
    rescue,
)
from hilbench.record.journal.database import FILE


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA user_version = 99")


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE theirs (x)")


def _noise(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_newer, r"journal\.sqlite has version 99, newer than this hilbench .* \(update hilbench"),
        (_foreign, r"is no journal of hilbench \(move it away\)"),
        (_noise, r"is damaged: .* \(`hilbench journal rescue "),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, spoil, message: str) -> None:
    with begin(tmp_path, "a"):
        pass
    spoil(tmp_path / FILE)
    for opened in (lambda: begin(tmp_path, "a"), lambda: table(tmp_path, "SELECT 1")):
        with pytest.raises(StoreError, match=message) as caught:
            opened()
        assert "\n" not in str(caught.value)


def test_a_row_that_was_changed_in_the_file_is_no_row(tmp_path: Path) -> None:
    with begin(tmp_path, "a", "b") as campaign:
        record(campaign, row("a", macs=1234567), row("b"))
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("UPDATE attempts SET row = replace(row, '1234567', '1234568')")
    with pytest.raises(StoreError, match=r"the row of a/basic/aot/b is damaged"):
        begin(tmp_path, "a", "b")
    saved = rescue.rescue(tmp_path)
    assert saved is not None
    assert (saved.attempts, saved.rows) == (1, 1)
    with begin(tmp_path, "a", "b"):  # the CSV still has it
        assert store.read(campaign.path) == [row("a", macs=1234567), row("b")]


@pytest.mark.parametrize("whole", [False, True])
def test_what_can_be_read_of_a_damaged_journal_is_saved(tmp_path: Path, whole: bool) -> None:
    models = [f"m{n}" for n in range(200)]
    with begin(tmp_path, *models) as campaign:
        record(campaign, *(row(model, macs=n) for n, model in enumerate(models)))
    content = bytearray((tmp_path / FILE).read_bytes())
    middle = 0 if whole else len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    (tmp_path / FILE).write_bytes(content)
    saved = rescue.rescue(tmp_path)
    assert saved is not None
    assert saved.kept_as.read_bytes() == content
    assert saved.rows == 0 if whole else 0 < saved.rows <= 200
    with begin(tmp_path, *models) as campaign:
        pass
    assert store.read(campaign.path) == [row(m, macs=n) for n, m in enumerate(models)]


def test_a_journal_that_is_not_damaged_is_left_as_it_is(tmp_path: Path) -> None:
    with begin(tmp_path, "a") as campaign:
        record(campaign, row("a"))
    before = (tmp_path / FILE).read_bytes()
    assert rescue.rescue(tmp_path) is None
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.damaged*")] == []


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A folder that this process, root or not, owns and may not write."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "results"
        with begin(folder, "a") as campaign:
            record(campaign, row("a"))
        if root:
            Path(made).chmod(0o755)
            os.seteuid(65534)
        else:
            folder.chmod(0o500)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


def test_a_folder_that_cannot_be_written_is_one_line_and_can_be_read(nobodys: Path) -> None:
    with pytest.raises(StoreError, match=r"results is read-only .* another folder"):
        begin(nobodys, "a")
    assert table(nobodys, "SELECT status FROM attempts") == [("ok",)]


def test_a_network_file_system_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import psutil

    class Mount:
        def __init__(self, mountpoint: Path, fstype: str) -> None:
            self.mountpoint, self.fstype = str(mountpoint), fstype

    mounts = [Mount(Path("/"), "ext4"), Mount(tmp_path, "nfs4")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: mounts)
    filesystem.network.cache_clear()
    with caplog.at_level(logging.WARNING), begin(tmp_path, "a") as campaign:
        record(campaign, row("a"))
        (mode,) = campaign.database.rows("PRAGMA journal_mode")
    assert f"is on a network file system (nfs4 at {tmp_path})" in caplog.text
    assert mode[0] == "delete"
    filesystem.network.cache_clear()


def test_a_campaign_whose_csv_cannot_be_written_ends_in_the_journal(tmp_path: Path) -> None:
    """Else the next one in this process would wait for the claim of a campaign that is no more."""
    with pytest.raises(StoreError), begin(tmp_path, "a") as campaign:
        campaign.attempt(job("a")).claim("all of a", Owner())
        campaign.path.unlink()
        campaign.path.mkdir()
    ended = [("stopped", 0)]
    assert table(tmp_path, "SELECT outcome, measuring FROM campaigns, attempts") == ended


def test_a_full_disk_is_named_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says "disk I/O error" where its shared memory has no room."""
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with (
        pytest.raises(StoreError, match=r"the disk of .*is full .make room"),
        begin(tmp_path, "a", "b") as campaign,
    ):
        record(campaign, row("a"))
        campaign.database.rows("PRAGMA max_page_count = 1")
        record(campaign, row("b", reason="much" * 20_000))
    assert table(tmp_path, "SELECT job FROM attempts WHERE status = 'ok'") == [(job("a"),)]
