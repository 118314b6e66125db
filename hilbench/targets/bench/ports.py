"""Serial ports: found by the serial number that USB tells, opened for one process alone."""

from __future__ import annotations

import grp
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hilbench.config.bench import Attachment
from hilbench.core import extras
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.targets.bench import providers

WRITE_SECONDS = 5.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Port:
    """`serial` is "" for a port that does not tell one."""

    device: str
    serial: str


def ports() -> list[Port]:
    """Every port there is, those of providers included."""
    real = [Port(port.device, port.serial_number or "") for port in extras.serial_ports()]
    return real + [Port(console.device, console.serial) for console in providers.consoles()]


def check(attachment: Attachment) -> None:
    """Raise TargetError when the bench file's port is now another device's."""
    if attachment.port is None or attachment.serial is None:
        return
    actual = next((port.serial for port in ports() if port.device == attachment.port), "")
    if actual and actual != attachment.serial:
        raise TargetError(
            f"port {attachment.port} belongs to '{actual}', the bench file says"
            f" '{attachment.serial}'",
            remedy="were ports swapped? run `hilbench boards discover`",
        )


def present(attachment: Attachment) -> bool:
    """Whether the board's console is there now."""
    if attachment.port is not None:
        return Path(attachment.port).exists()
    return any(port.serial == attachment.console for port in ports())


def find(attachment: Attachment, deadline: Deadline) -> str:
    """The console's device; waits for it to be enumerated. Raises TargetError."""
    while True:
        check(attachment)
        if attachment.port is not None:
            return attachment.port
        found = sorted(port.device for port in ports() if port.serial == attachment.console)
        if len(found) == 1:
            return found[0]
        if found:
            raise TargetError(
                f"{len(found)} serial ports have the serial number '{attachment.console}'",
                remedy=f"add `port:` to the bench file, one of {', '.join(found)}",
            )
        if deadline.expired():
            raise TargetError(f"no serial port with the serial number '{attachment.console}'")
        deadline.sleep(_POLL_SECONDS)


def not_permitted(device: str) -> str:
    """What lets this user open the port, "" if he may."""
    try:
        status = Path(device).stat()
    except OSError:
        return ""
    if os.access(device, os.R_OK | os.W_OK):
        return ""
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    if status.st_mode & 0o060 == 0o060 and status.st_gid != 0:
        return (
            f"it is open to the group {group}: `sudo usermod -aG {group} $USER`, then log in again"
        )
    return "no group may open it: add a udev rule, see docs/boards.md"


@contextmanager
def opened(device: str, baud: int) -> Iterator[Any]:
    """The port, for this process alone. Raises TargetError when it cannot be had."""
    try:
        port = extras.serial().serial_for_url(
            device, baudrate=baud, exclusive=True, write_timeout=WRITE_SECONDS
        )
    except OSError as error:
        if remedy := not_permitted(device):
            raise TargetError(
                f"serial port {device} cannot be opened: this user may not", remedy=remedy
            ) from error
        raise TargetError(f"serial port {device} cannot be opened: {error}") from error
    try:
        yield port
    finally:
        port.close()
