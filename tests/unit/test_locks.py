"""Locks of probes, across threads and processes; boards that are out of order."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hilbench.core.deadline import Deadline
from hilbench.core.errors import Interrupted, TargetError
from hilbench.core.owner import Owner
from hilbench.targets.bench.locks import Locks

HOLD = """
import sys, time
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.targets.bench.locks import Locks
locks = Locks(Settings.read().state)
with locks.any_of(["P"], "another run", Deadline.after(5, "x")):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HILBENCH_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def locks(state: Path) -> Locks:
    return Locks(state)


def soon() -> Deadline:
    return Deadline.after(0.2, "waiting")


def test_one_owner_at_a_time(locks: Locks) -> None:
    with locks.any_of(["P"], "job", soon()) as held:
        assert (held.probe, held.stale) == ("P", None)
        owner = locks.owner("P")
        assert owner is not None
        assert owner.alive
        with (
            pytest.raises(TargetError, match=r"in use by process \d+ \(job"),
            locks.any_of(["P"], "second", soon()),
        ):
            pass
    assert locks.owner("P") is None


def test_the_free_one_of_two_is_taken(locks: Locks) -> None:
    with (
        locks.any_of(["P", "Q"], "first", soon()) as first,
        locks.any_of(["P", "Q"], "second", soon()) as second,
    ):
        assert (first.probe, second.probe) == ("P", "Q")


def test_a_wait_says_for_whom_and_ends_when_the_run_does(
    locks: Locks, caplog: pytest.LogCaptureFixture
) -> None:
    run = Owner()
    started = time.monotonic()
    with caplog.at_level(logging.INFO), locks.any_of(["P"], "first", soon()):
        threading.Timer(0.3, run.stop).start()
        with (
            pytest.raises(Interrupted),
            locks.any_of(["P"], "second", Deadline.after(60, "waiting", run)),
        ):
            pass
    assert time.monotonic() - started < 5
    (message,) = [r.message for r in caplog.records if r.message.startswith("waiting for a board")]
    assert f"in use by process {os.getpid()} (first, since" in message


def test_released_on_an_exception(locks: Locks) -> None:
    with pytest.raises(RuntimeError), locks.any_of(["P"], "job", soon()):
        raise RuntimeError
    with locks.any_of(["P"], "job", soon()):
        pass


def test_another_process_is_named_and_its_death_frees_the_probe(locks: Locks) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(TargetError, match=f"process {other.pid} .another run"),
            locks.any_of(["P"], "job", soon()),
        ):
            pass
    finally:
        other.kill()
        other.wait()
    with locks.any_of(["P"], "job", soon()) as held:
        assert held.stale is not None
        assert held.stale.pid == other.pid
        assert not held.stale.alive


def test_an_owner_whose_number_was_reused_is_not_alive(state: Path, locks: Locks) -> None:
    state.mkdir()
    mine = {"pid": os.getpid(), "started": 1.0, "since": time.time(), "purpose": "x"}
    (state / "P.owner").write_text(json.dumps(mine))
    owner = locks.owner("P")
    assert owner is not None
    assert not owner.alive


def test_dead_boards_stay_dead_until_cleared(locks: Locks) -> None:
    assert locks.dead("P") == ""
    locks.mark_dead("P", "no acknowledge")
    assert locks.dead("P") == "no acknowledge"
    assert locks.clear("P")
    assert locks.dead("P") == ""
    assert not locks.clear("P")


def test_probe_names_make_safe_file_names(state: Path, locks: Locks) -> None:
    locks.mark_dead("../../etc/x:y", "reason")
    assert [path.name for path in state.iterdir()] == [".._.._etc_x_y.dead"]
