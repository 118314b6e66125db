"""Errors, deadlines, child processes, the registry."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from hilbench.core import errors, processes
from hilbench.core.deadline import Deadline
from hilbench.core.owner import Owner
from hilbench.core.registry import lookup, nearest


def test_errors_are_one_line_with_the_remedy() -> None:
    error = errors.MissingTool("qemu-system-arm", remedy="apt-get install qemu-system-arm")
    text = "qemu-system-arm is not installed (apt-get install qemu-system-arm)"
    assert str(error) == text
    assert str(errors.ConvertError("first\n  second")) == "first second"
    assert str(errors.SpecError("a.yaml:3", "unknown key 'x'")) == "a.yaml:3: unknown key 'x'"


def test_does_not_fit_names_region_and_overflow() -> None:
    error = errors.DoesNotFit("RAM", 1234)
    assert str(error) == "does not fit: RAM overflows by 1234 bytes"
    assert (error.status, error.region, error.overflow_bytes) == ("does_not_fit", "RAM", 1234)


def test_deadline_runs_out() -> None:
    deadline = Deadline.after(0.02, "flashing")
    assert 0 < deadline.at_most(60) <= 0.02
    time.sleep(0.03)
    assert deadline.expired()
    with pytest.raises(errors.DeadlineExceeded, match=r"flashing took longer than 0\.02 s"):
        deadline.check()


def test_child_output_and_exit_status_are_kept(tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    ended = processes.run(
        [sys.executable, "-c", code], tmp_path / "log", Deadline.after(20, "child")
    )
    assert ended.ending() == "exit status 3"
    assert set(ended.log.split()) == {"out", "err"}


def test_child_that_dies_of_a_signal_is_named(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    ended = processes.run(
        [sys.executable, "-c", code], tmp_path / "log", Deadline.after(20, "child")
    )
    assert ended.returncode == -signal.SIGSEGV
    assert ended.ending() == "killed by SIGSEGV"


def test_hanging_child_and_its_children_are_killed_on_the_deadline(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {pid_file}; wait"
    with pytest.raises(errors.DeadlineExceeded, match="child took longer"):
        processes.run(["sh", "-c", script], tmp_path / "log", Deadline.after(0.5, "child"))
    grandchild = int(pid_file.read_text())
    gone = time.monotonic() + 5
    while psutil.pid_exists(grandchild) and time.monotonic() < gone:
        if psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.01)
    else:
        assert not psutil.pid_exists(grandchild)


def test_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.MissingTool, match="no-such-program is not installed"):
        processes.run(["no-such-program"], tmp_path / "log", Deadline.after(5, "child"))


def test_a_stopped_owner_ends_its_children_and_starts_no_more(tmp_path: Path) -> None:
    owner = Owner()
    threading.Timer(0.3, owner.stop).start()
    for _ in range(2):
        with pytest.raises(errors.Interrupted):
            processes.run(["sleep", "60"], tmp_path / "log", Deadline.after(50, "sleep", owner))
    ended = processes.run(["true"], tmp_path / "log", Deadline.after(20, "the next run"))
    assert ended.returncode == 0


def test_unknown_name_is_answered_with_the_nearest() -> None:
    known = {"simple_1": 1, "lstm": 2}
    assert lookup("model", "lstm", known) == 2
    with pytest.raises(errors.UsageError, match=r"unknown model 'simple1' \(did you mean 'simple_"):
        lookup("model", "simple1", known)
    assert nearest("zzz", known) == "valid: lstm, simple_1"


def test_of_many_valid_names_the_first_are_shown() -> None:
    many = [f"claim_{n:03}" for n in range(100)]
    assert nearest("x", many).endswith("claim_038, claim_039 and 60 more")
