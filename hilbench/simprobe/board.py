"""Starts a simulated board: QEMU without an image, its gdbstub, and a console."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hilbench.config.board import Board, QemuTarget
from hilbench.config.probe import ChipId, PyocdTarget
from hilbench.core import confinement, processes
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.processes import Child
from hilbench.core.quoting import qemu as quoted
from hilbench.simprobe.attached import Attached, file
from hilbench.simprobe.faults import Faults
from hilbench.targets import qemu

TARGET_TYPE = "hilbench_simulated"
START_SECONDS = 20.0
_POLL_SECONDS = 0.01
_SHORT_PLACES = ("/tmp", "/var/tmp")
_SOCKET_PATH_BYTES = 107
_ROOM = len("/hilbench-12345678/gdb")

CHIP_IDS = {"mps2-an386": ChipId(address=0x4002FFFC, value=0x41043860)}
"""Machines whose flash is RAM, with a register that tells them apart: SCC_ID (Arm DDI 0479)."""


def debug_facts(machine: str) -> PyocdTarget:
    """How pyOCD is to treat a simulated board."""
    return PyocdTarget(kind="pyocd", part=TARGET_TYPE, chip_id=CHIP_IDS[machine])


@dataclass
class SimulatedBoard:
    """A running one. `device` is its console, which a serial cable may stand in front of."""

    attached: Attached
    folder: Path
    device: str
    child: Child

    def change(self, **values: Any) -> None:
        """Attach it anew with other properties, such as `port` or `faults`."""
        self.attached = replace(self.attached, **values)
        self.attached.write(self.folder)


@contextmanager
def simulated_board(
    unique_id: str,
    board: Board,
    folder: Path,
    deadline: Deadline,
    faults: Faults | None = None,
    arguments: Sequence[str] = (),
    reads: Sequence[Path] = (),
    writes: Sequence[Path] = (),
) -> Iterator[SimulatedBoard]:
    """Plug a board into `folder` for as long as the block lasts.

    `board` is one that QEMU emulates, which gets further `arguments` and the files that they
    name. Raises TargetError when it does not start.
    """
    target = _simulated(board)
    with _short_folder() as short, _console() as (master, device):
        gdb = short / "gdb"
        emulator = qemu.emulator_of(board)
        started = processes.child(
            [*_command(board, target, gdb), *arguments],
            file(folder, unique_id, "log"),
            deadline,
            console=master,
            rules=confinement.rules(
                emulator.program, reads=reads, writes=writes, sockets=[gdb.parent]
            ),
            remedy=qemu.remedy(emulator),
        )
        with started as child, ExitStack() as stack:
            _wait_for(gdb, child, deadline.within(START_SECONDS, "starting the emulator"))
            attached = _attached(unique_id, board, target, gdb, device, faults or Faults())
            attached.write(folder)
            stack.callback(attached.remove, folder)
            yield SimulatedBoard(attached, folder, device, child)


def _simulated(board: Board) -> QemuTarget:
    """Raises TargetError."""
    if not isinstance(board.target, QemuTarget) or board.target.machine not in CHIP_IDS:
        raise TargetError(f"board '{board.name}' cannot be simulated behind a debug probe")
    return board.target


def _attached(
    unique_id: str, board: Board, target: QemuTarget, gdb: Path, device: str, faults: Faults
) -> Attached:
    flash, ram = board.memory.flash, board.memory.ram
    return Attached(
        unique_id=unique_id,
        gdb=gdb,
        port=device,
        port_serial=unique_id,
        flash=(flash.origin, flash.length),
        ram=(ram.origin, ram.length),
        chip_id_address=CHIP_IDS[target.machine].address,
        faults=faults,
    )


@contextmanager
def _short_folder() -> Iterator[Path]:
    """A private folder, with a path that the address of a Unix socket has room for."""
    for parent in dict.fromkeys((tempfile.gettempdir(), *_SHORT_PLACES)):
        longest = len(os.fsencode(parent)) + _ROOM
        if longest < _SOCKET_PATH_BYTES and os.access(parent, os.W_OK | os.X_OK):
            with processes.temporary_folder(parent=Path(parent)) as folder:
                yield folder
            return
    raise TargetError(
        f"{tempfile.gettempdir()} is too long a path for a socket in it",
        remedy="set TMPDIR to a shorter one",
    )


@contextmanager
def _console() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: QEMU's side and the device. It outlives every opening of the device."""
    master, slave = os.openpty()
    try:
        yield master, os.ttyname(slave)
    finally:
        os.close(master)
        os.close(slave)


def _command(board: Board, target: QemuTarget, gdb: Path) -> list[str]:
    """The console is QEMU's input and output, as UART and by semihosting.

    The character device makes it non-blocking: a firmware that waits for input
    in a semihosting call would otherwise keep the gdbstub from answering.
    """
    return [
        *qemu.machine(qemu.emulator_of(board), target), "-S",
        "-chardev", f"socket,id=gdb,path={quoted(gdb)},server=on,wait=off",
        "-gdb", "chardev:gdb",
        "-chardev", "stdio,id=console,signal=off",
        "-serial", "chardev:console",
        *qemu.SEMIHOSTING,
    ]  # fmt: skip


def _wait_for(socket: Path, child: Child, deadline: Deadline) -> None:
    while not socket.exists():
        if child.poll() is not None:
            raise TargetError(f"QEMU ended with {processes.ending(child.returncode)}")
        deadline.check()
        deadline.sleep(_POLL_SECONDS)
