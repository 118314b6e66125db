"""What is plugged in: probes, the boards behind them, and a bench file that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.board import boards, load_board
from hilbench.config.probe import ChipId, PyocdTarget
from hilbench.core.deadline import Deadline
from hilbench.core.errors import JobError, TargetError
from hilbench.core.text import counted
from hilbench.targets.bench import ports, providers, pyocd_calls, pyocd_probe, usb
from hilbench.targets.bench.locks import Locks

_EVERYTHING = "discovery"


@dataclass(frozen=True)
class Found:
    """A probe. `board` is "" for an unknown one, then `note` says why."""

    probe: str
    description: str
    board: str
    chip_id: int
    note: str


def discover(folder: Path, locks: Locks, deadline: Deadline) -> list[Found]:
    """Every probe that is plugged in; those in use are not disturbed.

    One discovery runs at a time. Raises TargetError, DeadlineExceeded.
    """
    with locks.any_of([_EVERYTHING], "discovery", deadline):
        probes = pyocd_probe.list_probes(folder / "list", deadline)
        return [_look(probe, folder, locks, deadline) for probe in probes]


def recognised(found: Sequence[Found]) -> None:
    """Raise TargetError, with what to do, unless there is a board for a bench file."""
    if any(probe.board for probe in found):
        return
    if found:
        notes = "; ".join(f"{probe.probe} ({probe.description}): {probe.note}" for probe in found)
        raise TargetError(
            f"no board was recognised behind {counted(len(found), 'debug probe')}: {notes}",
            remedy="`hilbench list boards` has the known ones; docs/boards.md adds one by hand",
        )
    if closed := usb.closed_probes():
        raise TargetError(f"this user may not open {', '.join(closed)}", remedy=usb.UDEV)
    raise TargetError(
        "no debug probe is plugged in",
        remedy=f"connect one with a cable that carries data; if it is there, {usb.UDEV}",
    )


def bench_yaml(found: Sequence[Found]) -> str:
    """A bench file of the boards that were recognised; the others are comments."""
    known = [probe for probe in found if probe.board]
    lines = [
        "# Written by `hilbench boards discover`; docs/boards.md explains the keys.",
        "schema: 1",
    ]
    lines.append("boards:" if known else "boards: []")
    for probe in known:
        lines += [
            f"  # {probe.description}",
            f"  - board: {probe.board}",
            f'    probe: "{probe.probe}"',
            f'    serial: "{probe.probe}"',
            f"    chip_id: {probe.chip_id:#x}",
        ]
    lines += [f"# {p.probe} ({p.description}): {p.note}" for p in found if not p.board]
    return "\n".join([*lines, ""])


def _look(probe: pyocd_calls.Probe, folder: Path, locks: Locks, deadline: Deadline) -> Found:
    unique_id, description = probe.unique_id, probe.description
    try:
        with locks.any_of([unique_id], "discovery", deadline.within(0, "locking")):
            found = pyocd_probe.identify(unique_id, _chips(), folder / "look", deadline)
    except JobError as error:
        return Found(unique_id, description, "", 0, error.message)
    board, chip_id = found.board, found.chip_id
    if not board:
        return Found(unique_id, description, "", 0, "no board of hilbench has this chip")
    if not any(port.serial == unique_id for port in ports.ports()):
        note = "no serial port has this serial number: add `port:`"
        return Found(unique_id, description, board, chip_id, note)
    return Found(unique_id, description, board, chip_id, "")


def _chips() -> dict[str, ChipId]:
    """How to recognise each board."""
    chips = {}
    for name in boards():
        board = load_board(name)
        facts = board.target if isinstance(board.target, PyocdTarget) else providers.facts(board)
        if facts is not None:
            chips[name] = facts.chip_id
    return chips
