"""What a debug probe can do for a target, each in a child process under a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hilbench.arch import cortex_m
from hilbench.config.bench import Attachment
from hilbench.config.probe import ChipId, ConnectMode, PyocdTarget
from hilbench.core import workers
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.targets.bench import providers
from hilbench.targets.bench.pyocd_worker import FAILED, OK, REFUSED

WORKER = workers.Worker(
    module="hilbench.targets.bench.pyocd_worker",
    what="pyOCD",
    error=TargetError,
    fields={"outcome": str, "message": str},
)


class Refused(TargetError):
    """The wrong chip, or no such probe: no further attempt is made."""


@dataclass(frozen=True)
class Wiring:
    """How a session with the chip is opened; the probe may take a while to appear."""

    connect_mode: ConnectMode
    frequency_hz: int
    appears_within_s: float = 0.0


@dataclass(frozen=True)
class Programmed:
    """The chip's own serial number ("" if unknown), and bytes compared after programming."""

    chip: str
    verified_bytes: int


def program(
    attachment: Attachment,
    facts: PyocdTarget,
    wiring: Wiring,
    elf: Path,
    folder: Path,
    deadline: Deadline,
) -> Programmed:
    """Check the chip, erase, program, verify, reset and run.

    Raises Refused before anything is erased, TargetError, DeadlineExceeded.
    """
    request = {"action": "program", "elf": str(elf), **_request(attachment, facts, wiring)}
    result = _call(request, folder, deadline)
    return Programmed(result["unique_id"], result["verified_bytes"])


def inspect(
    attachment: Attachment, facts: PyocdTarget, elf: Path, folder: Path, deadline: Deadline
) -> str:
    """One line about a core that no longer answers. Raises TargetError, DeadlineExceeded."""
    wiring = Wiring("attach", facts.frequency_hz)
    request = {"action": "inspect", "elf": str(elf), **_request(attachment, facts, wiring)}
    result = _call(request, folder, deadline)
    return explain(result["registers"], result["place"])


def list_probes(folder: Path, deadline: Deadline) -> list[dict[str, str]]:
    """`unique_id` and `description` of every connected probe. Raises TargetError."""
    probes: list[dict[str, str]] = _call({"action": "list"}, folder, deadline)["probes"]
    return probes


def identify(
    unique_id: str, chips: dict[str, ChipId], folder: Path, deadline: Deadline
) -> tuple[str, int]:
    """(board, chip id) of what is behind a probe, ("", 0) for none of `chips`.

    Raises TargetError, DeadlineExceeded.
    """
    request = {
        "action": "identify",
        "unique_id": unique_id,
        "part": "cortex_m",
        "frequency_hz": 1_000_000,
        "connect_mode": "attach",
        "appears_within_s": 0.0,
        "pack": None,
        "chips": {name: chip.model_dump() for name, chip in chips.items()},
    }
    result = _call(request, folder, deadline)
    return str(result["board"]), int(result["chip_id"])


def explain(registers: dict[str, int], place: str) -> str:
    """The registers after a crash in words: exception, place, fault status."""
    exception = registers["xpsr"] & 0x1FF
    where = f"{registers['pc']:#010x}{f' ({place})' if place else ''}"
    if not exception:
        return f"the core was running at {where}, lr {registers['lr']:#010x}"
    name = _exception(exception)
    bits = [w.name for bit, w in cortex_m.FAULTS.causes.items() if registers["cfsr"] >> bit & 1]
    cause, _ = cortex_m.FAULTS.registers
    status = f" {cause} {registers['cfsr']:#010x} {' '.join(bits)}" if bits else ""
    return f"the core was in {name} at {where}{status}"


def _exception(number: int) -> str:
    known = cortex_m.FAULTS.exceptions.get(number)
    return known.name if known else f"exception {number}"


def _request(attachment: Attachment, facts: PyocdTarget, wiring: Wiring) -> dict[str, Any]:
    return {
        "unique_id": attachment.probe,
        "part": facts.part,
        "pack": pack(attachment, facts),
        "frequency_hz": wiring.frequency_hz,
        "connect_mode": wiring.connect_mode,
        "appears_within_s": wiring.appears_within_s,
        "chip_id": facts.chip_id.model_dump(),
        "expected_chip_id": attachment.chip_id,
        "protection": facts.protection and facts.protection.model_dump(),
        "chip_unique_id": facts.unique_id and facts.unique_id.model_dump(),
        "expected_unique_id": attachment.unique_id,
    }


def pack(attachment: Attachment, facts: PyocdTarget) -> str | None:
    """The pack's file. Raises Refused when it is missing or not the expected one."""
    if attachment.pack is not None:
        try:
            return str(attachment.pack.checked())
        except TargetError as error:
            raise Refused(error.message, remedy=error.remedy) from error
    if facts.pack is not None:
        raise Refused(
            f"pyOCD needs the CMSIS pack {facts.pack}",
            remedy="name its file and SHA-256 in the bench file, see docs/boards.md",
        )
    return None


def _call(request: dict[str, Any], folder: Path, deadline: Deadline) -> workers.Json:
    WORKER.call({**request, "probes": providers.probes()}, folder, deadline)
    result = WORKER.read(folder)
    if result["outcome"] == REFUSED:
        raise Refused(result["message"], remedy=str(result.get("remedy", "")))
    if result["outcome"] == FAILED:
        raise TargetError(result["message"])
    if result["outcome"] != OK:
        raise TargetError(f"pyOCD's child says '{result['outcome']}'")
    return result
