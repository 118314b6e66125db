"""What a debug probe can do for a target, each in a child process under a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from hilbench.arch import cortex_m
from hilbench.config.bench import Attachment
from hilbench.config.probe import ChipId, PyocdTarget
from hilbench.core import workers
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.targets.bench import providers, pyocd_calls
from hilbench.targets.bench.pyocd_calls import Connection, Probe, Programmed, Wiring

Answer = TypeVar("Answer", bound=pyocd_calls.Answer)

WORKER = workers.Worker(
    module="hilbench.targets.bench.pyocd_worker",
    what="pyOCD",
    error=TargetError,
    request=pyocd_calls.Request,
    result=pyocd_calls.Result,
)


class Refused(TargetError):
    """The wrong chip, or no such probe: no further attempt is made."""


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
    action = pyocd_calls.Program(
        _connection(attachment, facts, wiring),
        elf,
        facts.chip_id,
        attachment.chip_id,
        facts.protection,
        facts.unique_id,
        attachment.unique_id,
    )
    return _call(action, Programmed, folder, deadline)


def inspect(
    attachment: Attachment, facts: PyocdTarget, elf: Path, folder: Path, deadline: Deadline
) -> str:
    """One line about a core that no longer answers. Raises TargetError, DeadlineExceeded."""
    wiring = Wiring("attach", facts.frequency_hz)
    action = pyocd_calls.Inspect(_connection(attachment, facts, wiring), elf)
    core = _call(action, pyocd_calls.Core, folder, deadline)
    return explain(core.registers, core.place)


def list_probes(folder: Path, deadline: Deadline) -> tuple[Probe, ...]:
    """Every connected probe. Raises TargetError."""
    return _call(pyocd_calls.ListProbes(), pyocd_calls.Probes, folder, deadline).found


def identify(
    unique_id: str, chips: dict[str, ChipId], folder: Path, deadline: Deadline
) -> pyocd_calls.Identity:
    """What is behind a probe: one of `chips`, by board, or none.

    Raises TargetError, DeadlineExceeded.
    """
    connection = Connection(unique_id, "cortex_m", None, Wiring("attach", 1_000_000))
    return _call(pyocd_calls.Identify(connection, chips), pyocd_calls.Identity, folder, deadline)


def explain(registers: Mapping[str, int], place: str) -> str:
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


def _connection(attachment: Attachment, facts: PyocdTarget, wiring: Wiring) -> Connection:
    return Connection(attachment.probe, facts.part, pack(attachment, facts), wiring)


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


def _call(
    action: pyocd_calls.Action, kind: type[Answer], folder: Path, deadline: Deadline
) -> Answer:
    result = WORKER.call(pyocd_calls.Request(action, providers.probes()), folder, deadline)
    if result.outcome == "refused":
        raise Refused(result.message, remedy=result.remedy)
    if result.outcome == "failed":
        raise TargetError(result.message)
    if not isinstance(result.answer, kind):
        raise TargetError("pyOCD's child answered another question")
    return result.answer
