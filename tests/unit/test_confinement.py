"""A thread that may touch only what it was given, and what it starts."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from hilbench.core import landlock, processes
from hilbench.core.confinement import available, confined, rules
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.oracle import tflm_worker
from hilbench.sources.keras import conversion_worker, loading_worker

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


CHANGES = """
    import os, socket, sys
    from pathlib import Path
    from hilbench.core import confinement

    own, other = Path(sys.argv[1]), Path(sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    confinement.change_nothing_but(own)
    (own / "a" / "b").mkdir(parents=True)
    (own / "a" / "b" / "made").write_text("x")
    (own / "a" / "b" / "made").rename(own / "made")
    Path("/dev/null").write_text("x")
    for attempt in (
        lambda: (other / "new").write_text("x"),
        lambda: (other / "there").write_text("x"),
        lambda: (other / "there").unlink(),
        lambda: (own / "made").rename(other / "made"),
        lambda: (other / "folder").mkdir(),
        lambda: (other / "link").symlink_to(own),
        lambda: os.truncate(other / "there", 0),
        lambda: socket.create_connection(listener.getsockname(), 5),
    ):
        try:
            attempt()
        except OSError:
            continue
        print("done", attempt)
    print((other / "there").read_text())
"""


@needs_landlock
def test_who_opens_what_others_made_changes_nothing_outside(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (other / "there").write_text("mine")
    command = [sys.executable, "-c", textwrap.dedent(CHANGES), str(own), str(other)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("mine\n", "")
    assert [path.name for path in other.iterdir()] == ["there"]


class Confined(Exception):
    """The first that a child does."""


@pytest.mark.parametrize("module", [loading_worker, conversion_worker, tflm_worker])
def test_children_are_confined_before_they_open_anything(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def confine(folder: Path) -> None:
        assert folder == tmp_path
        raise Confined

    monkeypatch.setattr(module.confinement, "change_nothing_but", confine)
    with pytest.raises(Confined):
        module.work(SimpleNamespace(function=None), tmp_path)
