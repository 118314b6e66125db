"""Firmware that calls the host leaves nothing there and learns nothing from it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import calls
import pytest
import simulated_bench

from hilbench.config.board import Board, load_board
from hilbench.core import confinement
from hilbench.core.artifacts import Firmware
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import watch
from hilbench.image import image
from hilbench.link.session import Schedule, benchmark
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator
SCHEDULE = Schedule(warmups=0, repetitions=0, min_ticks=0)
REFUSED = -1


@pytest.fixture
def board() -> Board:
    return load_board("mps2_an386")


def build(folder: Path, path: Path | str, other: Path | str = "") -> Firmware:
    made_of = calls.sources(folder, str(path), str(other))
    deadline = Deadline.after(100, "building")
    return image.build(made_of, load_board("mps2_an386"), folder / "build", deadline)


def call(firmware: Firmware, board: Board, folder: Path, operation: int, mode: int = 0) -> int:
    """What the host answers."""
    deadline = Deadline.after(60, "measuring")
    with qemu.TARGET(Settings.read()).start(firmware.elf, board, folder, deadline) as running:
        found = benchmark(running.stream, [calls.sample(operation, mode)], SCHEDULE, deadline)
    return int.from_bytes(found.outputs[0][0][:4], "little", signed=True)


@pytest.mark.parametrize("mode", [calls.WRITE, calls.APPEND])
@pytest.mark.parametrize("where", ["elsewhere", "run", "build"])
def test_no_file_is_made(board: Board, tmp_path: Path, mode: int, where: str) -> None:
    """Not outside, not in the run's own folder, not beside the image."""
    firmware = build(tmp_path, tmp_path / where / "PWN")
    for folder in ("elsewhere", "run"):
        (tmp_path / folder).mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert call(firmware, board, tmp_path / "run", calls.OPEN, mode) == REFUSED
    new = {path.name for path in set(tmp_path.rglob("*")) - set(before)}
    assert new <= {"qemu.log", "windows.jsonl", "plugin.conf"}


def test_the_image_is_not_overwritten(board: Board, tmp_path: Path) -> None:
    image_file = tmp_path / "build" / "cmake" / "firmware.elf"
    firmware = build(tmp_path, image_file)
    content = image_file.read_bytes()
    assert call(firmware, board, tmp_path, calls.OPEN, calls.WRITE) == REFUSED
    assert image_file.read_bytes() == content


@pytest.mark.parametrize("secret", ["/etc/passwd", "/proc/self/environ", "own"])
def test_no_file_is_read(board: Board, tmp_path: Path, secret: str) -> None:
    (tmp_path / "own").write_text("password")
    firmware = build(tmp_path, tmp_path / secret)
    assert call(firmware, board, tmp_path, calls.OPEN, calls.READ) == REFUSED


@pytest.mark.parametrize("operation", [calls.REMOVE, calls.RENAME])
def test_no_file_is_removed_or_renamed(board: Board, tmp_path: Path, operation: int) -> None:
    (tmp_path / "own").write_text("mine")
    firmware = build(tmp_path, tmp_path / "own", tmp_path / "stolen")
    assert call(firmware, board, tmp_path, operation) != 0
    assert (tmp_path / "own").read_text() == "mine"
    assert not (tmp_path / "stolen").exists()


def test_counts_are_not_forged(board: Board, tmp_path: Path) -> None:
    """The emulator may write them; firmware that knows their name could as well."""
    firmware = build(tmp_path, "windows.jsonl")
    run, deadline = tmp_path / "run", Deadline.after(100, "measuring")
    run.mkdir()
    watched = watch.prepare(firmware.elf, board, None, run, Store(tmp_path / "cache"), deadline)
    started = qemu.TARGET(Settings.read()).start(
        firmware.elf, board, run, deadline, options=watched.options()
    )
    with started as running:
        found = benchmark(
            running.stream, [calls.sample(calls.OPEN, calls.WRITE)], SCHEDULE, deadline
        )
        assert watched.counts(0, 0, 1) is not None
    assert int.from_bytes(found.outputs[0][0][:4], "little", signed=True) == REFUSED
    assert not [path for path in run.iterdir() if path.suffix in (".jsonl", ".conf")]


def test_no_command_is_run(board: Board, tmp_path: Path) -> None:
    firmware = build(tmp_path, f"touch {tmp_path}/PWN")
    with pytest.raises(TargetError, match=r"^the firmware made the emulator do what it is denied"):
        call(firmware, board, tmp_path, calls.SYSTEM)
    assert not (tmp_path / "PWN").exists()


def test_the_name_of_a_temporary_file_is_only_a_name(board: Board, tmp_path: Path) -> None:
    firmware = build(tmp_path, "x")
    temporary = Path(tempfile.gettempdir())
    before = set(temporary.glob("qemu-*"))
    call(firmware, board, tmp_path, calls.TMPNAM)
    assert set(temporary.glob("qemu-*")) == before


def test_a_kernel_that_cannot_confine(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    firmware = build(tmp_path, "x")
    monkeypatch.setattr(confinement, "available", lambda: 0)
    with pytest.raises(TargetError, match=r"^this kernel cannot keep .* \(a board with a UART"):
        call(firmware, board, tmp_path, calls.OPEN)
    monkeypatch.setenv("HILBENCH_UNCONFINED", "1")
    assert call(firmware, board, tmp_path, calls.OPEN) == REFUSED  # there is no such file


def test_a_simulated_board_is_confined_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    firmware = build(tmp_path, tmp_path / "PWN")
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": None}) as bench:
        for mode in (calls.WRITE, calls.APPEND):
            found, _ = bench.measure(firmware.elf, [calls.sample(calls.OPEN, mode)])
            assert found.outputs[0][0][:4] == b"\xff" * 4
    assert not (tmp_path / "PWN").exists()


@pytest.mark.parametrize("name", ["a,b,,c", "long" * 30, "with blank"])
def test_a_simulated_board_in_any_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    firmware = build(tmp_path, "x")
    (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": None}) as bench:
        found, _ = bench.measure(firmware.elf, [calls.sample(calls.OPEN)])
    assert found.retransmissions == 0
