"""Emulators listen on nothing of the network; gdb's socket lies where only its user comes."""

from __future__ import annotations

import stat
from pathlib import Path

import misbehaving
import psutil
import pytest
import simulated_bench

from hilbench.config.board import load_board
from hilbench.core.artifacts import Firmware
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.link.exchange import Exchange
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Firmware:
    return misbehaving.build(tmp_path_factory.mktemp("firmware"))


def sockets(kind: str) -> list[str]:
    """Addresses of all sockets of one kind that this process's children have."""
    children = psutil.Process().children(recursive=True)
    assert any("qemu" in child.name() for child in children)
    return [str(found.laddr) for child in children for found in child.net_connections(kind)]


def test_an_emulated_board(firmware: Firmware, tmp_path: Path) -> None:
    deadline = Deadline.after(60, "measuring")
    target, board = qemu.TARGET(Settings.read()), load_board("mps2_an386")
    with target.start(firmware.elf, board, tmp_path, deadline) as running:
        Exchange(running.stream, deadline, lambda _: "").greet()
        assert sockets("inet") == []
        assert [address for address in sockets("unix") if address] == []


def test_a_simulated_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with simulated_bench.bench(tmp_path, monkeypatch, {"SIM1": None}):
        assert sockets("inet") == []
        (gdb,) = {address for address in sockets("unix") if address}
        folder = Path(gdb).parent.stat()
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert not Path(gdb).parent.exists()
