"""Nobody waits in silence for a process that does not go on, nor without an end for a dead line."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import report_rows as made

from hilbench.core import waits
from hilbench.core.errors import Interrupted, StoreError
from hilbench.core.owner import Owner
from hilbench.core.store import Store
from hilbench.record import baseline
from hilbench.simprobe import gdb
from hilbench.simprobe.cable import Cable, SerialFaults

HOLDS = (
    "import fcntl, os, signal, sys\n"
    "held = [os.open(path, os.O_RDONLY) for path in sys.argv[1:]]\n"
    "[fcntl.flock(file, fcntl.LOCK_EX) for file in held]\n"
    "os.kill(os.getpid(), signal.SIGSTOP)\n"
)


@contextlib.contextmanager
def stopped(*paths: Path) -> Iterator[int]:
    """A process that has locked the paths and does nothing any more."""
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", HOLDS, *map(str, paths)])
    try:
        os.waitpid(child.pid, os.WUNTRACED)
        yield child.pid
    finally:
        child.kill()
        child.wait()


def test_a_stopped_process_is_named_by_all_who_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(waits, "SAID_AFTER", 0.0)
    monkeypatch.setattr(baseline, "_PATIENCE_SECONDS", 0.0)
    entry, root = tmp_path / "cache" / "stage" / "key.lock", tmp_path / "used" / "in_use"
    for path in (entry, root):
        path.parent.mkdir(parents=True)
        path.touch()
    owner = Owner()
    handler = type("Waiting", (logging.Handler,), {"emit": lambda *_: owner.stop()})()
    waits._log.addHandler(handler)
    with stopped(entry, root, tmp_path) as pid:
        for store in (Store(entry.parents[1], owner=owner), Store(root.parent, owner=owner)):
            owner = store._owner = Owner()
            with pytest.raises(Interrupted):
                store.get("stage", "key", int, lambda _: 1)
        with pytest.raises(StoreError, match=rf"stayed in use for .* by process {pid} .*stopped"):
            baseline.save(tmp_path / "base.csv", [made.ok("lstm", "basic")])
    waits._log.removeHandler(handler)
    says = rf"waiting for process {pid} \(-I.*\), which is stopped \(`kill -CONT {pid}` wakes it\)"
    ends = ("it makes stage/key", "it prunes the cache")
    assert len(caplog.messages) == len(ends)
    for message, end in zip(caplog.messages, ends, strict=True):
        assert re.fullmatch(f"{says}: {end}", message), message


class Console:
    """A board's, whose firmware reads nothing."""

    def __init__(self) -> None:
        self.ends = os.openpty()
        self.device, self.port = os.ttyname(self.ends[1]), ""

    def change(self, port: str) -> None:
        self.port = port


def test_a_cable_of_which_nobody_reads_the_other_end_can_be_taken_away() -> None:
    board = Console()
    cable = Cable(board, SerialFaults())
    host = os.open(board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    while select.select([], [host], [], 0.2)[1]:
        os.write(host, bytes(1 << 12))
    closing = threading.Thread(target=cable.close, daemon=True)
    closing.start()
    closing.join(20)
    assert not closing.is_alive()
    for file in (host, *board.ends):
        os.close(file)


@pytest.mark.parametrize(
    ("piece", "said"),
    [(b"+", "(no whole answer in 0.1 s|timed out)"), (b"$" + bytes(1 << 17), "without an end")],
)
def test_an_emulator_that_talks_and_never_answers_is_given_up(
    piece: bytes, said: str, tmp_path: Path
) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "gdb"))
    listener.listen()

    def talk() -> None:
        client, _ = listener.accept()
        with contextlib.suppress(OSError), client:
            while True:
                client.sendall(piece)
                time.sleep(0.01)

    threading.Thread(target=talk, daemon=True).start()
    with pytest.raises(gdb.Gone, match=said), listener:
        gdb.GdbStub(tmp_path / "gdb", 0.1)
