"""Target `qemu`: an emulated board whose time is counted in instructions.

icount makes one instruction take 2**shift ns of virtual time, so that timers of
the board count instructions and repeat exactly; without it they follow the
host's clock. `sleep=off` skips idle waits.

Firmware is not trusted. QEMU may start no program (its own seccomp sandbox) and open no file but
its image and what the plugin needs (core/confinement.py), which holds for the calls of semihosting
as well; a board whose console is a UART has no semihosting at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hilbench.arch.base import Emulator
from hilbench.config.bench import Attachment
from hilbench.config.board import Board, QemuTarget
from hilbench.core import confinement
from hilbench.core.artifacts import EmulatorOptions, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.quoting import qemu as quoted
from hilbench.core.settings import UNCONFINED, Settings
from hilbench.targets.base import EMULATOR, NO_OPTIONS, Place, anywhere
from hilbench.targets.pty_process import Driven, pty_process

_DENIED = "killed by SIGSYS"
_FATAL = re.compile(r"^qemu: fatal: (.+)$", re.MULTILINE)


SANDBOX = (
    "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
)  # fmt: skip
"""A system call that is denied ends QEMU with SIGSYS."""
BARE = ("-nodefaults", "-nic", "none", "-display", "none", "-monitor", "none")

# How the firmware's UART drivers reach the console, which is QEMU's input and output.
SEMIHOSTING = ("-semihosting-config", "enable=on,target=native")
_UART = ("-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console")


def command(elf: Path, board: Board, target: QemuTarget) -> list[str]:
    """QEMU's command line."""
    return [
        *machine(emulator_of(board), target),
        *(SEMIHOSTING if board.uart.driver == "semihosting" else _UART),
        "-kernel", str(elf.absolute()),
    ]  # fmt: skip


def emulator_of(board: Board) -> Emulator:
    """The QEMU of the board's CPU family. Raises TargetError where there is none."""
    if board.family.emulator is None:
        raise TargetError(f"nothing emulates the CPU family '{board.family.name}'")
    return board.family.emulator


def remedy(emulator: Emulator) -> str:
    """What to do where it is not installed."""
    return f"apt-get install {emulator.package}"


def machine(emulator: Emulator, target: QemuTarget) -> list[str]:
    """The program, the machine, its time, and nothing that the firmware does not need."""
    return [
        emulator.program,
        *emulator.options,
        "-M", quoted(target.machine),
        *(("-cpu", quoted(target.cpu)) if target.cpu else ()),
        "-icount", f"shift={target.icount_shift},sleep=off",
        *BARE,
        *SANDBOX,
    ]  # fmt: skip


def require_confinement(settings: Settings) -> None:
    """Raises TargetError where firmware could use files of this host by semihosting."""
    if not confinement.available() and not settings.unconfined:
        raise TargetError(
            f"this kernel cannot keep firmware from the host's files ({confinement.NEEDS} can)",
            remedy=f"a board with a UART as console, or {UNCONFINED}=1 for firmware that you trust",
        )


def explain(emulator: Emulator, ending: str, log: str) -> str:
    """One line about a QEMU that has ended."""
    if match := _FATAL.search(log):
        pc = emulator.program_counter.search(log)
        where = f" at pc=0x{pc[1]}" if pc else ""
        return f"the emulated CPU stopped{where}: {match[1]}"
    if ending == _DENIED:
        return "the firmware made the emulator do what it is denied, such as to run a program"
    said = next((line for line in log.splitlines() if line and ": warning: " not in line), "")
    return f"QEMU ended with {ending}{f': {said}' if said else ''}"


_FACTS = RunFacts(emulator_options=True)


class Qemu:
    """Drives boards with `target: {kind: qemu, ...}`."""

    kind = "qemu"
    reserve = staticmethod(anywhere)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, board: Board, attached: Sequence[Attachment]) -> None:
        del attached
        _machine(board)

    @contextmanager
    def start(
        self,
        elf: Path,
        board: Board,
        run_dir: Path,
        deadline: Deadline,
        *,
        at: Place = EMULATOR,
        options: EmulatorOptions = NO_OPTIONS,
    ) -> Iterator[Driven]:
        """Start QEMU with the image; its own messages go to run_dir/qemu.log."""
        del at
        deadline.check()
        target = _machine(board)
        if board.uart.driver == "semihosting":
            require_confinement(self._settings)
        emulator = emulator_of(board)
        reads = [elf, *options.reads]
        process = pty_process(
            [*command(elf, board, target), *options.arguments],
            run_dir / "qemu.log",
            partial(explain, emulator),
            deadline,
            rules=confinement.rules(emulator.program, reads=reads, writes=options.writes),
            remedy=remedy(emulator),
        )
        with process as running:
            yield Driven(running, _FACTS)


def _machine(board: Board) -> QemuTarget:
    if not isinstance(board.target, QemuTarget):
        raise TargetError(f"board '{board.name}' is not one that QEMU emulates")
    return board.target


TARGET = Qemu
