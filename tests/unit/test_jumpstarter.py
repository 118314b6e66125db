"""Target `jumpstarter` without a lease: what it asks `j` for, and what it refuses.

The stand-in answers as `j` of Jumpstarter 0.9 was seen to, over an exporter on loopback.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hilbench.config.bench import Attachment
from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import MissingTool, TargetError
from hilbench.core.settings import LEASE, Settings
from hilbench.targets import jumpstarter, jumpstarter_console, pty_process

BOARD = load_board("nucleo_l4r5zi")
ENTRY = Attachment(
    board=BOARD.name, target="jumpstarter", probe="dut.probe", serial="dut.serial",
    unique_id="000000010000000200000003",
)  # fmt: skip
STAND_IN = """#!/bin/sh
echo "$@" >> {folder}/calls
case "$3 $5" in
  "read 0xe0042000") echo {chip} ;;
  "read "*) echo 00000001 00000002 00000003 ;;
  download*) [ -s "$4" ] || {{ echo "Error: empty" >&2; echo "  hint" >&2; exit 1; }} ;;
esac
"""
ENV = """
    import queue
    from contextlib import contextmanager
    from types import SimpleNamespace

    @contextmanager
    def stream():
        sent = queue.Queue()
        receive = lambda: sent.get().replace(b"end", b"").upper()
        yield SimpleNamespace(send=sent.put, receive=receive)

    @contextmanager
    def env():
        serial = SimpleNamespace(stream=stream)
        yield SimpleNamespace(dut=SimpleNamespace(serial=serial))
"""
READS = ["dut probe read 32 0xe0042000 1", "dut probe read 32 0x1fff7590 3"]


@contextmanager
def started(
    folder: Path, monkeypatch: pytest.MonkeyPatch, chip: str = "10006470", image: bytes = b"\x7fELF"
) -> Iterator[pty_process.Driven]:
    command = folder / "j"
    command.write_text(STAND_IN.format(folder=folder, chip=chip))
    command.chmod(0o755)
    python = folder / "python3"  # Jumpstarter's, as jumpstarter_console.py is run by it
    python.write_text('#!/bin/sh\necho "python3 $1 ${2##*/} $3 $4" >> calls\nexec cat\n')
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv(LEASE, "lab:1234")
    (folder / "fw.elf").write_bytes(image)
    soon, target = Deadline.after(20, "measure"), jumpstarter.TARGET(Settings.read())
    with (
        target.reserve(BOARD, [ENTRY], soon) as place,
        target.start(folder / "fw.elf", BOARD, folder, soon, at=place) as running,
    ):
        yield running


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def test_a_chip_is_identified_then_programmed_reset_and_talked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, monkeypatch) as running:
        running.stream.timeout = 5.0
        running.stream.write(b"\x00\x03\x04\x11\xff\r\n")  # what a terminal would take as its own
        assert running.stream.read(7) == b"\x00\x03\x04\x11\xff\r\n"
        assert running.diagnose() == ""
        use = running.facts.use
    assert use is not None
    assert (use.probe, use.chip) == ("dut.probe", ENTRY.unique_id)
    assert calls(tmp_path) == [
        *READS,
        f"dut probe download {tmp_path}/fw.elf",
        "dut probe reset",
        "python3 -P jumpstarter_console.py dut serial",
    ]


@pytest.mark.parametrize(
    ("chip", "message"),
    [
        ("10006435", "the chip behind probe dut.probe says 0x435, expected 0x470; nothing was"),
        ("", "the probe dut.probe reads no memory: it said nothing"),
    ],
)
def test_nothing_is_written_to_a_chip_that_is_not_the_boards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chip: str, message: str
) -> None:
    with pytest.raises(TargetError, match=message), started(tmp_path, monkeypatch, chip):
        pass
    assert calls(tmp_path) == READS[:1]


def test_what_j_says_of_its_failure_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "`j dut probe download`: Jumpstarter ended with exit status 1: Error: empty"
    with pytest.raises(TargetError, match=said), started(tmp_path, monkeypatch, image=b""):
        pass


def test_outside_of_a_lease_and_with_pyocds_keys_no_job_runs() -> None:
    target = jumpstarter.TARGET(Settings.read({}))
    with pytest.raises(TargetError, match="is behind Jumpstarter, and there is no lease"):
        target.check(BOARD, [ENTRY])
    told = ENTRY.model_copy(update={"frequency_hz": 1})
    with pytest.raises(TargetError, match="says `frequency_hz` of probe dut"):
        target.check(BOARD, [told])


def test_the_console_is_the_drivers_stream_as_it_comes(tmp_path: Path) -> None:
    """With a Jumpstarter that gives back in capitals what it is sent."""
    package = tmp_path / "jumpstarter" / "utils"
    package.mkdir(parents=True)
    (package / "env.py").write_text(textwrap.dedent(ENV))
    command = [sys.executable, "-P", jumpstarter_console.__file__, "dut", "serial"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        env={"PYTHONPATH": str(tmp_path)},
    ) as console:  # fmt: skip
        assert console.stdin is not None and console.stdout is not None
        console.stdin.write(b"abc")
        assert console.stdout.read(3) == b"ABC"
        console.stdin.write(b"end")
        assert console.stdout.read() == b""
        assert console.wait() == 0


def test_a_lease_without_j_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LEASE, "lab:1234")
    monkeypatch.setenv("PATH", str(tmp_path))
    soon, target = Deadline.after(20, "measure"), jumpstarter.TARGET(Settings.read())
    with (
        pytest.raises(MissingTool, match="j is not installed"),
        target.reserve(BOARD, [ENTRY], soon) as place,
        target.start(tmp_path / "fw.elf", BOARD, tmp_path, soon, at=place),
    ):
        pass
