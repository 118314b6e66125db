"""The user's bench file: which probe, console and chip belong together.

It is what `Settings.bench` names.
`hilbench boards discover` writes one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from hilbench.config.board import boards
from hilbench.config.load import Strict, load
from hilbench.config.probe import ConnectMode
from hilbench.config.words import form, shown
from hilbench.core import hashing
from hilbench.core.errors import SpecError, TargetError
from hilbench.core.registry import nearest
from hilbench.core.settings import BENCH, Settings

UsbName = Annotated[str, Field(min_length=1, max_length=126)]
"""A string descriptor of a USB device has 126 characters at most."""


class Pack(Strict):
    """A CMSIS pack on this computer; it is used only if its content is the expected one."""

    path: str
    sha256: str = form("^[0-9a-f]{64}$", "64 hexadecimal digits")

    def checked(self) -> Path:
        """The file. Raises TargetError when it is missing or another one."""
        path = Path(self.path).expanduser()
        if not path.is_file():
            raise TargetError(f"CMSIS pack {path} does not exist", remedy="see docs/boards.md")
        if (found := hashing.of_file(path)) != self.sha256:
            raise TargetError(f"CMSIS pack {path} has SHA-256 {found}, the bench file says another")
        return path


class Attachment(Strict):
    """One board on the bench.

    `probe` is pyOCD's unique id; `serial` the USB serial number of the console
    (that of the probe, unless said otherwise); `port` its device, only for
    consoles without a serial number. `chip_id` and `unique_id` are what the chip
    must answer. `power_cycle` is a command that switches the board off and on.
    A board that is `emulated_by` a program is not there: hilbench starts it, on
    QEMU behind a simulated probe, or on Renode. `target` is what drives the board in place of
    pyOCD: one of a project's folder or of a package.
    """

    board: str
    probe: UsbName
    serial: UsbName | None = None
    port: str | None = Field(default=None, max_length=255)
    chip_id: int | None = Field(default=None, ge=0)
    unique_id: str | None = form("^[0-9a-f]{1,32}$", "hexadecimal digits, 32 at most", default=None)
    connect_mode: ConnectMode | None = None
    frequency_hz: int | None = Field(default=None, gt=0)
    pack: Pack | None = None
    power_cycle: tuple[str, ...] = ()
    emulated_by: Literal["qemu", "renode"] | None = None
    target: str | None = Field(default=None, min_length=1, max_length=64)

    @field_validator("board")
    @classmethod
    def _there_is_such_a_board(cls, name: str) -> str:
        if name not in boards():
            raise ValueError(f"unknown board {shown(name)} ({nearest(name, boards())})")
        return name

    @property
    def console(self) -> str:
        """The USB serial number by which the console is found."""
        return self.serial or self.probe

    @property
    def kind(self) -> str:
        """The kind of target that drives it."""
        return self.target or ("renode" if self.emulated_by == "renode" else "pyocd")

    @model_validator(mode="after")
    def _one_drives_it(self) -> Attachment:
        if self.target is not None and self.emulated_by is not None:
            raise ValueError("a board has either a target or is emulated_by a program")
        return self


class Bench(Strict):
    """All boards of the bench. No probe or console may belong to two of them."""

    schema_version: Literal[1] = Field(alias="schema")
    boards: tuple[Attachment, ...] = ()

    @model_validator(mode="after")
    def _nothing_is_shared(self) -> Bench:
        owners = {entry.probe: entry for entry in self.boards}
        if len(owners) < len(self.boards):
            raise ValueError("a probe appears twice")
        consoles = [entry.port or entry.console for entry in self.boards]
        if len(set(consoles)) < len(consoles):
            raise ValueError("a console appears twice")
        for entry in self.boards:
            if entry.console != entry.probe and entry.console in owners:
                raise ValueError(
                    f"serial '{entry.console}' of probe '{entry.probe}' is that of another probe"
                )
        return self

    @model_validator(mode="after")
    def _one_kind_drives_a_board(self) -> Bench:
        for board in {entry.board for entry in self.boards}:
            if len(kinds := sorted({entry.kind for entry in self.of(board)})) > 1:
                said = " and ".join(kinds)
                raise ValueError(f"board '{board}' is driven by one target, not by {said}")
        return self

    def of(self, board: str) -> tuple[Attachment, ...]:
        """The attached boards of one kind."""
        return tuple(entry for entry in self.boards if entry.board == board)

    def target(self, board: str) -> str:
        """The kind of target that drives a board of the bench, "" for others."""
        entries = self.of(board)
        return entries[0].kind if entries else ""


def load_bench(settings: Settings) -> Bench:
    """The bench file; an empty bench when there is none and none was named. Raises SpecError."""
    path = settings.bench
    if path.exists() or path.is_symlink():
        return load(path, Bench)
    if settings.bench_named:
        raise SpecError(
            str(path),
            f"there is no such bench file, which {BENCH} names",
            remedy=f"`hilbench boards discover` writes it, or unset {BENCH}",
        )
    return Bench(schema=1)
