"""A fault report in one line."""

from __future__ import annotations

from collections.abc import Callable

from hilbench.arch.base import Faults
from hilbench.link.messages import Fault


def describe(fault: Fault, locate: Callable[[int], str], words: Faults) -> str:
    """What happened, where, and the registers that say so."""
    if fault.stack_overflow:
        return "the stack overflowed; nothing more is known"
    known = words.exceptions.get(fault.exception)
    name = known.meaning if known else f"exception {fault.exception}"
    place = locate(fault.pc)
    causes = [word.meaning for bit, word in words.causes.items() if fault.cfsr >> bit & 1]
    address = _address(fault, words)
    cause, status = words.registers
    return "".join(
        [
            f"{name} at pc={fault.pc:#010x}",
            f" ({place})" if place else "",
            f": {', '.join(causes)}" if causes else "",
            f", address {address:#010x}" if address is not None else "",
            f", lr={fault.lr:#010x}, {cause}={fault.cfsr:#010x}, {status}={fault.hfsr:#010x}",
        ]
    )


def _address(fault: Fault, words: Faults) -> int | None:
    """The address of the failed access, where the core kept it."""
    if fault.exception in words.addressed:
        return fault.mmfar
    if words.bus_valid is not None and fault.cfsr >> words.bus_valid & 1:
        return fault.bfar
    if words.access_valid is not None and fault.cfsr >> words.access_valid & 1:
        return fault.mmfar
    return None
