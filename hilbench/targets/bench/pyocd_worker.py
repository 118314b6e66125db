"""The child that talks to pyOCD: python -m hilbench.targets.bench.pyocd_worker FOLDER/request.json

pyOCD's USB calls cannot be cancelled from outside; a process can. What a probe
or a chip does wrong is an outcome here, not an exception: the parent decides
whether to try again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

from hilbench.arch import cortex_m
from hilbench.core import extras, workers
from hilbench.core.deadline import Deadline
from hilbench.targets.bench.pyocd_calls import (
    Action,
    Answer,
    Connection,
    Core,
    Identify,
    Identity,
    Inspect,
    Probe,
    Probes,
    Program,
    Programmed,
    Request,
    Result,
)

_POLL_SECONDS = 0.2
_VERIFY_BYTES = 1 << 16


class Refusal(Exception):
    """The wrong chip, a protected one or no probe: trying again cannot help."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class Failure(Exception):
    """The chip does not hold what was programmed."""


def work(request: Request, folder: Path) -> Result:
    """Do the action and say how it ended."""
    logging.basicConfig(level=logging.INFO)
    for module, argument in request.probes.items():
        import_module(module).register(argument)
    pyocd_error = extras.pyocd("core.exceptions").Error
    try:
        return Result("ok", answer=_act(request.action, folder))
    except Refusal as error:
        return Result("refused", str(error), error.remedy)
    except (pyocd_error, Failure) as error:
        return Result("failed", _one_line(error))


def _act(action: Action, folder: Path) -> Answer:
    match action:
        case Program():
            return _program(action, folder)
        case Inspect():
            return _inspect(action, folder)
        case Identify():
            return _identify(action, folder)
        case _:
            return _list()


def _one_line(error: BaseException) -> str:
    """The message with those of its causes that say more."""
    messages: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        message = " ".join(str(cause).split()) or type(cause).__name__
        if not any(message in earlier for earlier in messages):
            messages.append(message)
        cause = cause.__cause__
    return "; ".join(messages)


def _list() -> Probes:
    aggregator = extras.pyocd("probe.aggregator").DebugProbeAggregator
    probes = aggregator.get_all_connected_probes()
    return Probes(tuple(Probe(p.unique_id, p.description) for p in probes))


def _program(request: Program, folder: Path) -> Programmed:
    """Check the chip, then erase, program, verify and run."""
    elf = request.elf
    with _session(request.connection, folder, leave_running=True) as session:
        target = session.target
        _check_chip(target, request)
        _check_protection(target, request)
        identity = _unique_id(target, request)
        target.reset_and_halt()
        programmer = extras.pyocd("flash.file_programmer").FileProgrammer(session)
        programmer.program(str(elf), file_format="elf")
        verified = _verify(target, elf)
        target.reset()
    return Programmed(identity, verified)


def _check_chip(target: Any, request: Program) -> None:
    """Raise Refusal unless this is the chip that is expected; nothing is erased before."""
    chip = request.chip_id
    found = target.read32(chip.address)
    if not chip.matches(found, request.expected_chip_id):
        wanted = request.expected_chip_id or chip.value
        raise Refusal(
            f"the chip behind probe {request.connection.unique_id} says {found & chip.mask:#x},"
            f" expected {wanted & chip.mask:#x}; nothing was erased"
        )
    expected, actual = request.expected_unique_id, _unique_id(target, request)
    if expected and expected != actual:
        raise Refusal(f"the chip's unique id is {actual}, expected {expected}; nothing was erased")


def _check_protection(target: Any, request: Program) -> None:
    """Raise Refusal for a flash that a debugger may not read: it would look like a memory fault."""
    facts = request.protection
    if facts is None:
        return
    level = target.read32(facts.address) & facts.mask
    if level == facts.open:
        return
    for_ever = level == facts.permanent
    raise Refusal(
        f"the chip behind probe {request.connection.unique_id} is protected against being read out"
        f" ({level:#x} at {facts.address:#010x}){', for ever' if for_ever else ''};"
        " nothing was erased",
        "no debugger can program it again" if for_ever else facts.remedy,
    )


def _unique_id(target: Any, request: Program) -> str:
    """The chip's serial number in hex, "" where it has none."""
    where = request.serial_number
    if where is None:
        return ""
    words = target.read_memory_block32(where.address, where.words)
    return "".join(f"{word:08x}" for word in words)


def _verify(target: Any, elf: Path) -> int:
    """Compare what was loaded with the file; bytes compared. Raises Failure."""
    total = 0
    for address, data in _segments(elf):
        for start in range(0, len(data), _VERIFY_BYTES):
            expected = data[start : start + _VERIFY_BYTES]
            found = bytes(target.read_memory_block8(address + start, len(expected)))
            if found != expected:
                first = next(n for n in range(len(expected)) if found[n] != expected[n])
                raise Failure(
                    f"verify: {address + start + first:#010x} holds {found[first]:#04x},"
                    f" the image says {expected[first]:#04x}"
                )
        total += len(data)
    return total


def _segments(elf: Path) -> list[tuple[int, bytes]]:
    """(load address, bytes) of what an image stores."""
    with elf.open("rb") as file:
        loads = [s for s in ELFFile(file).iter_segments() if s["p_type"] == "PT_LOAD"]
        return [(s["p_paddr"], s.data()) for s in loads if s["p_filesz"]]


def _inspect(request: Inspect, folder: Path) -> Core:
    """Halt the core and read what tells why it hangs or crashed."""
    with _session(request.connection, folder, leave_running=False) as session:
        target = session.target
        target.halt()
        registers = {name: target.read_core_register(name) for name in ("pc", "lr", "sp", "xpsr")}
        status = {name: target.read32(at) for name, at in cortex_m.FAULT_STATUS.items()}
    place = _locate(request.elf, registers["pc"])
    return Core({**registers, **status}, place)


def _locate(elf: Path, address: int) -> str:
    """ "function at file.c:12", as much of it as the image's debug information tells."""
    decoder = extras.pyocd("debug.elf.decoder")
    with elf.open("rb") as file:
        image = ELFFile(file)
        symbol = decoder.ElfSymbolDecoder(image).get_symbol_for_address(address)
        line = None
        if image.has_dwarf_info():
            line = decoder.DwarfAddressDecoder(image).get_line_for_address(address)
    name = symbol.name if symbol else ""
    where = f"{Path(_text(line.filename)).name}:{line.line}" if line else ""
    return " at ".join(part for part in (name, where) if part)


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _identify(request: Identify, folder: Path) -> Identity:
    """Which of the boards is behind the probe."""
    error = extras.pyocd("core.exceptions").TransferError
    with _session(request.connection, folder, leave_running=True) as session:
        for board, chip in request.chips.items():
            try:
                found = session.target.read32(chip.address)
            except error:
                continue
            if chip.matches(found):
                return Identity(board, found & chip.mask)
    return Identity("", 0)


def _probe(unique_id: str, seconds: float) -> Any:
    """pyOCD's probe of exactly this id, once it is enumerated. Raises Refusal without one."""
    aggregator = extras.pyocd("probe.aggregator").DebugProbeAggregator
    deadline = Deadline.after(seconds, "enumeration")
    while True:
        probe = aggregator.get_probe_with_id(unique_id)
        if probe is not None:
            return probe
        if deadline.expired():
            raise Refusal(f"no debug probe {unique_id} is connected")
        time.sleep(_POLL_SECONDS)


@contextmanager
def _session(wanted: Connection, folder: Path, *, leave_running: bool) -> Iterator[Any]:
    """pyOCD's session with a probe. Raises Refusal without one.

    When work in it fails, the core is left halted: what is in the flash may not be run.
    """
    probe = _probe(wanted.unique_id, wanted.wiring.appears_within_s)
    options = {
        "target_override": wanted.part,
        "frequency": wanted.wiring.frequency_hz,
        "connect_mode": wanted.wiring.connect_mode,
        "resume_on_disconnect": False,
        "hide_programming_progress": True,
        "no_config": True,
        "project_dir": str(folder),
        "pack": wanted.pack,
    }
    session = extras.pyocd("core.session").Session(probe, options=options)
    with session:
        yield session
        session.options["resume_on_disconnect"] = leave_running


if __name__ == "__main__":
    workers.serve(Request, Result, work)
