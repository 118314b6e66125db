"""What stands between a board of the bench and its next job, without touching the probe."""

from __future__ import annotations

from collections.abc import Callable

from hilbench.config.bench import Attachment
from hilbench.config.board import load_board
from hilbench.config.probe import PyocdTarget
from hilbench.core.deadline import Deadline
from hilbench.core.errors import HilbenchError
from hilbench.targets.bench import ports, pyocd_probe
from hilbench.targets.bench.locks import Locks


def console(entry: Attachment) -> str:
    """The device of the board's console, "" if there is none now."""
    if named := entry.emulated_by or entry.target:
        return named
    try:
        return ports.find(entry, Deadline.after(0, "now"))
    except HilbenchError:
        return ""


def problems(entry: Attachment, locks: Locks) -> list[str]:
    """Each in a line; none means that a job would try to program the board."""
    found = []
    if reason := locks.dead(entry.probe):
        found.append(f"out of order: {reason} (`hilbench boards clear {entry.probe}`)")
    owner = locks.owner(entry.probe)
    if owner is not None and owner.alive:
        found.append(f"in use by {owner}")
    if entry.kind == "pyocd" and entry.emulated_by is None:
        found += _wrong(lambda: ports.find(entry, Deadline.after(0, "now")))
        found += _closed(entry)
        found += _wrong(lambda: _pack(entry))
    return found


def _closed(entry: Attachment) -> list[str]:
    device = console(entry)
    remedy = ports.not_permitted(device) if device else ""
    return [f"this user may not open {device} ({remedy})"] if remedy else []


def _pack(entry: Attachment) -> None:
    """Raises UsageError for an unknown board, TargetError for a pack that cannot be used."""
    target = load_board(entry.board).target
    if isinstance(target, PyocdTarget):
        pyocd_probe.pack(entry, target)


def _wrong(step: Callable[[], object]) -> list[str]:
    try:
        step()
    except HilbenchError as error:
        return [str(error)]
    return []
