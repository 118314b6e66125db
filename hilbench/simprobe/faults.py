"""What may go wrong with a simulated probe."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Acknowledge = Literal["ok", "wait", "fault", "none"]


@dataclass(frozen=True)
class Faults:
    """Faults of one board; transfers are counted from 1 since the probe was opened.

    - `powered`: without power the debug port does not answer at all.
    - `wait_from`, `fault_from`: from this transfer on it answers WAIT or FAULT.
    - `disconnect_at`: the probe vanishes from USB at this transfer.
    - `chip_id`: what is read as the chip's id.
    - `stuck_bits`: address and mask of flash bits that read inverted.
    - `transfer_s`: seconds that each transfer takes.
    - `connections`: only the first so many connections are bad; 0 means all.
    - `max_hz`: above this SWD clock, no transfer is answered.
    - `only_under_reset`: no transfer is answered unless the connection began
      with nRESET low.
    """

    powered: bool = True
    wait_from: int = 0
    fault_from: int = 0
    disconnect_at: int = 0
    chip_id: int | None = None
    stuck_bits: tuple[int, int] | None = None
    transfer_s: float = 0.0
    connections: int = 0
    max_hz: float = 0.0
    only_under_reset: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Faults:
        bits = values.get("stuck_bits")
        return cls(**{**values, "stuck_bits": None if bits is None else tuple(bits)})

    def on_connection(self, number: int) -> Faults:
        """What is left of the faults on the `number`-th connection, from 1 on."""
        return self if not self.connections or number <= self.connections else Faults()


class Wire:
    """The cable: every transfer passes `transfer` first, which says how it is acknowledged."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.clock_hz = 1e6
        self.connected_under_reset = False
        self._transfers = 0

    def transfer(self) -> Acknowledge:
        """Raises ConnectionError when the probe vanishes."""
        self._transfers += 1
        faults = self.faults
        if faults.transfer_s:
            time.sleep(faults.transfer_s)
        if faults.disconnect_at and self._transfers >= faults.disconnect_at:
            raise ConnectionError("the probe was unplugged")
        if self._silent():
            return "none"
        if faults.wait_from and self._transfers >= faults.wait_from:
            return "wait"
        if faults.fault_from and self._transfers >= faults.fault_from:
            return "fault"
        return "ok"

    def _silent(self) -> bool:
        faults = self.faults
        return (
            not faults.powered
            or bool(faults.max_hz and self.clock_hz > faults.max_hz)
            or (faults.only_under_reset and not self.connected_under_reset)
        )
