"""A fault report in one line."""

from __future__ import annotations

from collections.abc import Callable

from hilbench.link.messages import Fault

# Armv7-M Architecture Reference Manual (Arm DDI 0403), B1.5.2 and B3.2.15.
EXCEPTIONS = {2: "NMI", 3: "hard fault", 4: "memory fault", 5: "bus fault", 6: "usage fault"}
CFSR_BITS = {
    0: "instruction fetch from a forbidden region",
    1: "access to a forbidden region",
    3: "forbidden region on exception return",
    4: "forbidden region on exception entry",
    8: "bus error on instruction fetch",
    9: "bus error on a data access",
    10: "imprecise bus error",
    11: "bus error on exception return",
    12: "bus error on exception entry",
    16: "undefined instruction",
    17: "invalid state",
    18: "invalid PC on exception return",
    19: "no coprocessor (FPU off)",
    20: "stack limit",
    24: "unaligned access",
    25: "division by zero",
}
_MMFAR_VALID, _BFAR_VALID = 7, 15


def describe(fault: Fault, locate: Callable[[int], str]) -> str:
    """What happened, where, and the registers that say so."""
    if fault.stack_overflow:
        return "the stack overflowed; nothing more is known"
    name = EXCEPTIONS.get(fault.exception, f"exception {fault.exception}")
    place = locate(fault.pc)
    causes = [text for bit, text in CFSR_BITS.items() if fault.cfsr >> bit & 1]
    return "".join(
        [
            f"{name} at pc={fault.pc:#010x}",
            f" ({place})" if place else "",
            f": {', '.join(causes)}" if causes else "",
            f", address {_address(fault):#010x}" if _address(fault) is not None else "",
            f", lr={fault.lr:#010x}, CFSR={fault.cfsr:#010x}, HFSR={fault.hfsr:#010x}",
        ]
    )


def _address(fault: Fault) -> int | None:
    """The address of the failed access, where the core kept it."""
    if fault.cfsr >> _BFAR_VALID & 1:
        return fault.bfar
    return fault.mmfar if fault.cfsr >> _MMFAR_VALID & 1 else None
