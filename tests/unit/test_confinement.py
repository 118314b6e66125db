"""A thread that may touch only what it was given, and what it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hilbench.core import landlock, processes
from hilbench.core.confinement import available, confined, rules
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError

needs_landlock = pytest.mark.skipif(not available(), reason="this kernel has no Landlock")


@needs_landlock
def test_only_that_thread_is_confined(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine")

    def reads() -> bool:
        try:
            return bool((tmp_path / "secret").read_text())
        except PermissionError:
            return False

    with confined(rules("sh"), reads) as allowed:
        assert not allowed
        assert reads()
    with confined(rules("sh", reads=[tmp_path]), reads) as allowed:
        assert allowed


@needs_landlock
def test_what_it_starts_is_confined_and_lives_as_long_as_it(tmp_path: Path) -> None:
    """Its input is /dev/null, its log open already; nothing else is within its reach."""
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "own").touch()
    script = f"cat {tmp_path}/secret; echo seen > {tmp_path}/own; echo > {tmp_path}/new; sleep 0.2"
    given = rules("sh", writes=[tmp_path / "own"])
    deadline = Deadline.after(20, "sh")
    log = tmp_path / "log"
    with processes.child(["sh", "-c", script], log, deadline, rules=given) as child:
        assert child.wait(10) == 0
    assert (tmp_path / "own").read_text() == "seen\n"
    assert not (tmp_path / "new").exists()
    assert "mine" not in log.read_text()
    assert log.read_text().count("Permission denied") == 2


def test_a_kernel_that_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(landlock, "restrict", refuse)
    started = []
    says = pytest.raises(TargetError, match=r"^the kernel does not confine the emulator: Op")
    with says, confined((), lambda: started.append(1)):
        raise AssertionError
    assert not started
