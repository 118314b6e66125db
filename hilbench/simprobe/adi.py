"""The debug port and the memory access port (Arm IHI 0031, ADIv5) of a simulated chip."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from hilbench.simprobe.bus import Bus
from hilbench.simprobe.faults import Wire
from hilbench.simprobe.gdb import Refused
from hilbench.simprobe.rom_table import BASE as ROM_TABLE

T = TypeVar("T")

DPIDR = 0x2BA01477
"""SW-DP of a Cortex-M4, as on STM32L4 (RM0432, "SW debug port")."""
AHB_AP_IDR = 0x24770011

_DP_ABORT, _DP_CTRL_STAT, _DP_SELECT, _DP_RDBUFF = 0x0, 0x4, 0x8, 0xC
_STICKYERR = 1 << 5
_POWER_REQUESTS = 1 << 30 | 1 << 28
_CLEARS_STICKYERR = 1 << 2

_CSW, _TAR, _DRW, _BD0, _CFG, _BASE, _IDR = 0x00, 0x04, 0x0C, 0x10, 0xF4, 0xF8, 0xFC
_CSW_RESET = 0x23000042
_CSW_WRITABLE = 0x7F000037
_SIZES = {0: 1, 1: 2, 2: 4}


class Wait(Exception):
    """The target acknowledged with WAIT for too long."""


class Fault(Exception):
    """The target acknowledged with FAULT."""


class NoAcknowledge(Exception):
    """The target did not acknowledge at all."""


class DebugPort:
    """The four DP registers and one MEM-AP, number 0. Raises Wait, Fault, NoAcknowledge."""

    def __init__(self, wire: Wire, bus: Bus) -> None:
        self._wire = wire
        self._bus = bus
        self._select = 0
        self._ctrl_stat = 0
        self._rdbuff = 0
        self._csw = _CSW_RESET
        self._tar = 0

    def read_dp(self, address: int) -> int:
        self._transfer(always_answered=address in (_DP_ABORT, _DP_CTRL_STAT))
        if address == _DP_CTRL_STAT:
            return self._ctrl_stat if not self._select & 0xF else 0
        return {_DP_ABORT: DPIDR, _DP_RDBUFF: self._rdbuff}.get(address, 0)

    def write_dp(self, address: int, value: int) -> None:
        self._transfer(always_answered=address == _DP_ABORT)
        if address == _DP_SELECT:
            self._select = value
        elif address == _DP_ABORT and value & _CLEARS_STICKYERR:
            self._ctrl_stat &= ~_STICKYERR
        elif address == _DP_CTRL_STAT and not self._select & 0xF:
            acknowledges = (value & _POWER_REQUESTS) << 1
            self._ctrl_stat = value & ~_STICKYERR | acknowledges | self._ctrl_stat & _STICKYERR

    def read_ap(self, address: int, count: int = 1) -> list[int]:
        """`count` reads of the same register; blocks of memory move in one piece."""
        register = self._access(address)
        if register == _DRW and count > 1 and self._is_block():
            data = self._memory(lambda: self._bus.read(self._tar, 4 * count))
            self._advance(4 * count)
            return [int.from_bytes(data[n : n + 4], "little") for n in range(0, len(data), 4)]
        return [self._read_register(register) for _ in range(count)]

    def write_ap(self, address: int, values: list[int]) -> None:
        register = self._access(address)
        if register == _DRW and len(values) > 1 and self._is_block():
            data = b"".join(value.to_bytes(4, "little") for value in values)
            self._memory(lambda: self._bus.write(self._tar, data))
            self._advance(4 * len(values))
            return
        for value in values:
            self._write_register(register, value)

    def _transfer(self, *, always_answered: bool = False) -> None:
        """One transfer over the wire.

        DPIDR and CTRL/STAT can always be read and ABORT always be written (IHI 0031, B4.2.3
        and B4.2.4): a debugger could not clear an error otherwise.
        """
        acknowledge = self._wire.transfer()
        if acknowledge == "none":
            raise NoAcknowledge("no acknowledge from the target")
        if always_answered:
            return
        if acknowledge == "wait":
            raise Wait("the target keeps answering WAIT")
        if acknowledge == "fault":
            self._fail()

    def _fail(self) -> NoReturn:
        self._ctrl_stat |= _STICKYERR
        raise Fault("the target answered FAULT")

    def _access(self, address: int) -> int:
        """One APACC transfer: the register of the selected AP's bank that it means."""
        self._transfer()
        if self._ctrl_stat & _STICKYERR:
            raise Fault("a sticky error is set")
        return (self._select & 0xF0) | (address & 0xC)

    def _read_register(self, register: int) -> int:
        if self._select >> 24:
            return 0
        if register == _DRW:
            value = self._read_memory()
        elif register & 0xF0 == _BD0:
            where = (self._tar & ~0xF) | register & 0xC
            value = int.from_bytes(self._memory(lambda: self._bus.read(where, 4)), "little")
        else:
            fixed = {_CFG: 0, _BASE: ROM_TABLE | 3, _IDR: AHB_AP_IDR}
            value = {_CSW: self._csw, _TAR: self._tar, **fixed}.get(register, 0)
        self._rdbuff = value
        return value

    def _write_register(self, register: int, value: int) -> None:
        if register == _CSW:
            self._csw = _CSW_RESET & ~_CSW_WRITABLE | value & _CSW_WRITABLE
        elif register == _TAR:
            self._tar = value
        elif register == _DRW:
            self._write_memory(value)
        elif register & 0xF0 == _BD0:
            where = (self._tar & ~0xF) | register & 0xC
            self._memory(lambda: self._bus.write(where, value.to_bytes(4, "little")))

    def _read_memory(self) -> int:
        size = self._size()
        data = self._memory(lambda: self._bus.read(self._tar, size))
        lane = self._tar & 3
        self._advance(size)
        return int.from_bytes(data, "little") << 8 * lane

    def _write_memory(self, value: int) -> None:
        size = self._size()
        lane = self._tar & 3
        data = (value >> 8 * lane).to_bytes(8, "little")[:size]
        self._memory(lambda: self._bus.write(self._tar, data))
        self._advance(size)

    def _memory(self, access: Callable[[], T]) -> T:
        try:
            return access()
        except Refused:
            self._fail()

    def _size(self) -> int:
        return _SIZES.get(self._csw & 7, 4)

    def _advance(self, size: int) -> None:
        if self._csw >> 4 & 3:
            self._tar = (self._tar + size) & 0xFFFFFFFF

    def _is_block(self) -> bool:
        increments = bool(self._csw >> 4 & 3)
        return increments and self._size() == 4 and self._bus.is_memory(self._tar)
