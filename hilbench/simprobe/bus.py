"""What the MEM-AP reaches: ids, debug registers, and the emulator's memory."""

from __future__ import annotations

from hilbench.simprobe import rom_table
from hilbench.simprobe.core_debug import CoreDebug
from hilbench.simprobe.faults import Faults
from hilbench.simprobe.gdb import GdbStub


class Bus:
    """Bytes by address. Raises gdb.Refused where nothing is, gdb.Gone when QEMU has ended."""

    def __init__(self, stub: GdbStub, core: CoreDebug, faults: Faults, chip_id: int) -> None:
        self._stub = stub
        self._core = core
        self._faults = faults
        self._chip_id = chip_id

    def read(self, address: int, size: int) -> bytes:
        if special := self._special(address):
            return special.to_bytes(4, "little")[address % 4 : address % 4 + size]
        if self._core.owns(address & ~3):
            word = self._core.read(address & ~3)
            return word.to_bytes(4, "little")[address % 4 : address % 4 + size]
        paused = self._core.pause()
        try:
            data = self._stub.read_memory(address, size)
        finally:
            if paused:
                self._core.resume()
        return self._with_stuck_bits(address, data)

    def write(self, address: int, data: bytes) -> None:
        if self._core.owns(address):
            self._core.write(address, int.from_bytes(data, "little"))
            return
        paused = self._core.pause()
        try:
            self._stub.write_memory(address, data)
        finally:
            if paused:
                self._core.resume()

    def is_memory(self, address: int) -> bool:
        """Whether a block from `address` on may be moved in one piece."""
        return address < 0xE0000000 and address & ~0xFFF != self._chip_id & ~0xFFF

    def _special(self, address: int) -> int | None:
        word = address & ~3
        if word == self._chip_id and self._faults.chip_id is not None:
            return self._faults.chip_id
        return rom_table.WORDS.get(word)

    def _with_stuck_bits(self, address: int, data: bytes) -> bytes:
        if self._faults.stuck_bits is None:
            return data
        where, mask = self._faults.stuck_bits
        if not address <= where < address + len(data):
            return data
        changed = bytearray(data)
        changed[where - address] ^= mask & 0xFF
        return bytes(changed)
