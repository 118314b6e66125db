"""A probe for pyOCD, which `register` makes known to one process.

pyOCD's own interface of a probe (pyocd.probe.debug_DebugProbe) is what it
implements; the names of its methods are pyOCD's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hilbench.core import extras
from hilbench.simprobe.adi import DebugPort, Fault, NoAcknowledge, Wait
from hilbench.simprobe.attached import Attached, attached, count_connection
from hilbench.simprobe.bus import Bus
from hilbench.simprobe.core_debug import CoreDebug
from hilbench.simprobe.faults import Wire
from hilbench.simprobe.flash_algo import ERASED, PAGE_BYTES, SECTOR_BYTES, flash_algo
from hilbench.simprobe.gdb import GdbStub, Gone

NAME = "simulated"
TARGET_TYPE = "hilbench_simulated"
GDB_SECONDS = 10.0

_DebugProbe: Any = extras.pyocd("probe.debug_probe").DebugProbe
_CoreSightTarget: Any = extras.pyocd("coresight.coresight_target").CoreSightTarget
_exceptions = extras.pyocd("core.exceptions")
_memory_map = extras.pyocd("core.memory_map")


class SimulatedTarget(_CoreSightTarget):  # type: ignore[misc]
    """The memory of the board that the session's probe is attached to."""

    VENDOR = "hilbench"

    def __init__(self, session: Any) -> None:
        board: Attached = session.probe.board
        flash, ram = board.flash, board.ram
        super().__init__(
            session,
            _memory_map.MemoryMap(
                _memory_map.FlashRegion(
                    name="flash",
                    start=flash[0],
                    length=flash[1],
                    sector_size=SECTOR_BYTES,
                    page_size=PAGE_BYTES,
                    erased_byte_value=ERASED,
                    is_boot_memory=True,
                    algo=flash_algo(ram[0]),
                ),
                _memory_map.RamRegion(name="ram", start=ram[0], length=ram[1]),
            ),
        )


class SimulatedProbe(_DebugProbe):  # type: ignore[misc]
    """One probe; `open` connects to the board's emulator, `close` lets go of it."""

    folder = Path()

    def __init__(self, board: Attached) -> None:
        super().__init__()
        self.board = board
        self._wire = Wire(board.faults)
        self._stub: GdbStub | None = None
        self._core: CoreDebug | None = None
        self._port: DebugPort | None = None
        self._protocol: Any = None
        self._reset_asserted = False

    @classmethod
    def get_all_connected_probes(
        cls, _unique_id: str | None = None, _is_explicit: bool = False
    ) -> list[SimulatedProbe]:
        return [cls(board) for board in attached(cls.folder)]

    @classmethod
    def get_probe_with_id(cls, unique_id: str, _is_explicit: bool = False) -> SimulatedProbe | None:
        return next((cls(b) for b in attached(cls.folder) if b.unique_id == unique_id), None)

    @property
    def vendor_name(self) -> str:
        return "hilbench"

    @property
    def product_name(self) -> str:
        return "simulated probe"

    @property
    def supported_wire_protocols(self) -> list[Any]:
        return [_DebugProbe.Protocol.DEFAULT, _DebugProbe.Protocol.SWD]

    @property
    def unique_id(self) -> str:
        return self.board.unique_id

    @property
    def wire_protocol(self) -> Any:
        return self._protocol

    @property
    def is_open(self) -> bool:
        return self._stub is not None

    @property
    def capabilities(self) -> set[Any]:
        return set()

    def open(self) -> None:
        """Raises pyOCD's ProbeError when the emulator is not there."""
        faults = self.board.faults.on_connection(count_connection(self.folder, self.unique_id))
        self._wire.faults = faults
        with _as_pyocd():
            self._stub = GdbStub(self.board.gdb, GDB_SECONDS)
        self._core = CoreDebug(self._stub)
        bus = Bus(self._stub, self._core, faults, self.board.chip_id_address)
        self._port = DebugPort(self._wire, bus)

    def close(self) -> None:
        if self._stub is not None:
            self._stub.close()
        self._stub = self._core = self._port = None

    def connect(self, _protocol: Any = None) -> None:
        self._protocol = _DebugProbe.Protocol.SWD
        self._wire.connected_under_reset = self._reset_asserted

    def disconnect(self) -> None:
        self._protocol = None

    def set_clock(self, frequency: float) -> None:
        self._wire.clock_hz = frequency

    def reset(self) -> None:
        with _as_pyocd():
            self._opened_core().reset()

    def assert_reset(self, asserted: bool) -> None:
        if asserted == self._reset_asserted:
            return
        self._reset_asserted = asserted
        core = self._opened_core()
        with _as_pyocd():
            core.hold_in_reset() if asserted else core.release_from_reset()

    def is_reset_asserted(self) -> bool:
        return self._reset_asserted

    def read_dp(self, addr: int, now: bool = True) -> Any:
        with _as_pyocd():
            return _result(self._opened_port().read_dp(addr), now)

    def write_dp(self, addr: int, data: int) -> None:
        with _as_pyocd():
            self._opened_port().write_dp(addr, data)

    def read_ap(self, addr: int, now: bool = True) -> Any:
        with _as_pyocd():
            return _result(self._opened_port().read_ap(addr)[0], now)

    def write_ap(self, addr: int, data: int) -> None:
        with _as_pyocd():
            self._opened_port().write_ap(addr, [data])

    def read_ap_multiple(self, addr: int, count: int = 1, now: bool = True) -> Any:
        with _as_pyocd():
            return _result(self._opened_port().read_ap(addr, count), now)

    def write_ap_multiple(self, addr: int, values: Sequence[int]) -> None:
        with _as_pyocd():
            self._opened_port().write_ap(addr, list(values))

    def _opened_port(self) -> DebugPort:
        if self._port is None:
            raise _exceptions.ProbeError("the probe is not open")
        return self._port

    def _opened_core(self) -> CoreDebug:
        if self._core is None:
            raise _exceptions.ProbeError("the probe is not open")
        return self._core


def _result(value: Any, now: bool) -> Any:
    """pyOCD takes the value of a deferred read by calling what it got."""
    return value if now else lambda: value


@contextmanager
def _as_pyocd() -> Iterator[None]:
    """The exceptions that pyOCD expects of a probe."""
    try:
        yield
    except Wait as error:
        raise _exceptions.TransferTimeoutError(str(error)) from error
    except Fault as error:
        raise _exceptions.TransferFaultError(str(error)) from error
    except NoAcknowledge as error:
        raise _exceptions.TransferError(str(error)) from error
    except ConnectionError as error:
        raise _exceptions.ProbeDisconnected(str(error)) from error
    except Gone as error:
        raise _exceptions.ProbeError(str(error)) from error


def register(folder: str) -> None:
    """Let this process's pyOCD see the boards that are plugged into `folder`."""
    SimulatedProbe.folder = Path(folder)
    extras.pyocd("probe.aggregator").PROBE_CLASSES[NAME] = SimulatedProbe
    extras.pyocd("target").TARGET[TARGET_TYPE] = SimulatedTarget
