"""The simulated probe's registers over a memory instead of an emulator."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hilbench.core.settings import SIMULATED
from hilbench.simprobe import rom_table
from hilbench.simprobe.adi import DebugPort, Fault, NoAcknowledge, Wait
from hilbench.simprobe.attached import Attached, attached, count_connection
from hilbench.simprobe.bus import Bus
from hilbench.simprobe.cable import Direction, SerialFaults
from hilbench.simprobe.core_debug import (
    AIRCR,
    COMPARATORS,
    DCRDR,
    DCRSR,
    DEMCR,
    DFSR,
    DHCSR,
    FP_COMP0,
    FP_CTRL,
    CoreDebug,
)
from hilbench.simprobe.faults import Faults, Wire
from hilbench.simprobe.gdb import XPSR, Refused
from hilbench.targets.bench import providers

KEY = 0xA05F0000
S_HALT, S_LOCKUP, S_RESET_ST = 1 << 17, 1 << 19, 1 << 25
CSW, TAR, DRW = 0x00, 0x04, 0x0C
CSW_32_INCREMENT = 0x23000052
CSW_8 = 0x23000040
MEMORY = 0x20000000


class FakeStub:
    """What a GdbStub does, on a dictionary; `at_breakpoint` makes the machine stop."""

    def __init__(self) -> None:
        self.memory = bytearray(4096)
        self.registers = {XPSR: 1 << 24, 14: 0xFFFFFFFF}
        self.running = False
        self.at_breakpoint = False
        self.breakpoints: set[int] = set()
        self.log: list[str] = []

    def read_memory(self, address: int, size: int) -> bytes:
        start = self._offset(address, size)
        return bytes(self.memory[start : start + size])

    def write_memory(self, address: int, data: bytes) -> None:
        start = self._offset(address, len(data))
        self.memory[start : start + len(data)] = data

    def _offset(self, address: int, size: int) -> int:
        assert not self.running, "the stub is spoken to while the machine runs"
        if not MEMORY <= address <= MEMORY + len(self.memory) - size:
            raise Refused(f"{address:#x}")
        return address - MEMORY

    def read_register(self, number: int) -> int:
        return self.registers.get(number, 0)

    def write_register(self, number: int, value: int) -> None:
        self.registers[number] = value

    def set_breakpoints(self, wanted: set[int]) -> None:
        self.breakpoints = wanted

    def reset(self) -> None:
        self.log.append("reset")

    def resume(self) -> None:
        self.running = True
        self.log.append("resume")

    def step(self) -> None:
        self.log.append("step")

    def interrupt(self) -> bool:
        self.running = False
        return True

    def stopped(self) -> bool:
        if self.at_breakpoint:
            self.running = self.at_breakpoint = False
            return True
        return False


class Chip:
    """A debug port with everything behind it."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.stub = FakeStub()
        self.core = CoreDebug(self.stub)  # type: ignore[arg-type]
        faults = faults or Faults()
        self.wire = Wire(faults)
        bus = Bus(self.stub, self.core, faults, chip_id=MEMORY + 0x800)  # type: ignore[arg-type]
        self.port = DebugPort(self.wire, bus)

    def select(self, bank: int) -> None:
        self.port.write_dp(0x8, bank)

    def word(self, address: int) -> int:
        self.port.write_ap(TAR, [address])
        return self.port.read_ap(DRW)[0]

    def put(self, address: int, value: int) -> None:
        self.port.write_ap(TAR, [address])
        self.port.write_ap(DRW, [value])


@pytest.fixture
def chip() -> Chip:
    return Chip()


def test_debug_port_identifies_itself_and_acknowledges_power(chip: Chip) -> None:
    assert chip.port.read_dp(0x0) == 0x2BA01477
    chip.port.write_dp(0x4, 1 << 30 | 1 << 28)
    assert chip.port.read_dp(0x4) >> 28 == 0b1111
    chip.port.write_dp(0x4, 0)
    assert chip.port.read_dp(0x4) == 0


def test_access_port_is_an_ahb_ap_with_a_rom_table(chip: Chip) -> None:
    chip.select(0xF0)
    assert chip.port.read_ap(0xC) == [0x24770011]
    assert chip.port.read_ap(0x8) == [rom_table.BASE | 3]
    chip.select(0x01 << 24 | 0xF0)
    assert chip.port.read_ap(0xC) == [0]


def test_blocks_and_increments(chip: Chip) -> None:
    chip.port.write_ap(CSW, [CSW_32_INCREMENT])
    chip.port.write_ap(TAR, [MEMORY])
    chip.port.write_ap(DRW, [0x04030201, 0x08070605])
    assert chip.stub.memory[:8] == bytes(range(1, 9))
    assert chip.port.read_ap(TAR) == [MEMORY + 8]
    chip.port.write_ap(TAR, [MEMORY])
    assert chip.port.read_ap(DRW, 2) == [0x04030201, 0x08070605]


def test_bytes_use_their_lane(chip: Chip) -> None:
    chip.port.write_ap(CSW, [CSW_8])
    chip.put(MEMORY + 2, 0x00AB0000)
    assert chip.stub.memory[:4] == b"\0\0\xab\0"
    assert chip.word(MEMORY + 2) == 0x00AB0000


def test_an_address_without_memory_faults_until_it_is_cleared(chip: Chip) -> None:
    with pytest.raises(Fault):
        chip.word(0x90000000)
    assert chip.port.read_dp(0x4) & 1 << 5
    with pytest.raises(Fault, match="sticky"):
        chip.word(MEMORY)
    chip.port.write_dp(0x0, 1 << 2)
    assert chip.word(MEMORY) == 0


def test_halt_and_resume(chip: Chip) -> None:
    assert chip.word(DHCSR) & S_HALT
    chip.put(DHCSR, KEY | 1)
    assert chip.stub.running
    assert not chip.word(DHCSR) & S_HALT
    chip.put(DHCSR, 3)
    assert chip.stub.running, "a write without the key does nothing"
    chip.put(DHCSR, KEY | 3)
    assert not chip.stub.running
    assert chip.word(DHCSR) & S_HALT
    assert chip.word(DFSR) & 1


def test_memory_is_reached_while_the_core_runs(chip: Chip) -> None:
    chip.put(DHCSR, KEY | 1)
    chip.put(MEMORY, 7)
    assert chip.word(MEMORY) == 7
    assert chip.stub.running


def test_single_step(chip: Chip) -> None:
    chip.put(DHCSR, KEY | 0b101)
    assert chip.stub.log == ["step"]
    assert chip.word(DHCSR) & S_HALT


def test_core_registers(chip: Chip) -> None:
    chip.put(DCRDR, 0x1234)
    chip.put(DCRSR, 1 << 16 | 15)
    assert chip.stub.registers[15] == 0x1234
    chip.put(DCRSR, 16)
    assert chip.word(DCRDR) == 1 << 24


def test_reset_catch_halts_at_the_vector(chip: Chip) -> None:
    chip.put(DEMCR, 1)
    chip.put(AIRCR, 0x05FA0004)
    assert chip.stub.log == ["reset"]
    status = chip.word(DHCSR)
    assert status & S_HALT
    assert status & S_RESET_ST
    assert not chip.word(DHCSR) & S_RESET_ST, "reading clears it"


def test_reset_without_catch_runs(chip: Chip) -> None:
    chip.put(AIRCR, 0x05FA0004)
    assert chip.stub.log == ["reset", "resume"]


def test_nothing_runs_while_reset_is_held(chip: Chip) -> None:
    chip.core.hold_in_reset()
    chip.put(DHCSR, KEY | 1)
    assert not chip.stub.running
    assert chip.word(DHCSR) & S_RESET_ST
    chip.put(DEMCR, 1)
    chip.core.release_from_reset()
    assert chip.word(DHCSR) & S_HALT


def test_breakpoints_of_the_fpb(chip: Chip) -> None:
    assert chip.word(FP_CTRL) >> 4 & 0xF == COMPARATORS
    chip.put(FP_COMP0, 2 << 30 | 0x100 | 1)
    chip.put(DHCSR, KEY | 1)
    assert chip.stub.breakpoints == set(), "the unit is off"
    chip.put(DHCSR, KEY | 3)
    chip.put(FP_CTRL, 3)
    chip.put(DHCSR, KEY | 1)
    assert chip.stub.breakpoints == {0x102}
    chip.stub.at_breakpoint = True
    assert chip.word(DHCSR) & S_HALT
    assert chip.word(DFSR) & 2


def test_a_flash_algorithm_stops_where_it_returns_to(chip: Chip) -> None:
    chip.stub.write_memory(MEMORY + 0x10, b"\x00\xbe")
    chip.stub.registers[14] = MEMORY + 0x11
    chip.put(DHCSR, KEY | 1)
    assert chip.stub.breakpoints == {MEMORY + 0x10}


def test_a_core_that_cannot_fetch_locks_up(chip: Chip) -> None:
    chip.stub.registers[XPSR] = 0
    chip.put(DHCSR, KEY | 1)
    assert not chip.stub.running
    assert chip.word(DHCSR) & S_LOCKUP
    chip.put(DHCSR, KEY | 3)
    assert chip.word(DHCSR) & S_HALT


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (Faults(powered=False), NoAcknowledge),
        (Faults(wait_from=1), Wait),
        (Faults(fault_from=1), Fault),
        (Faults(disconnect_at=1), ConnectionError),
        (Faults(max_hz=1e5), NoAcknowledge),
        (Faults(only_under_reset=True), NoAcknowledge),
    ],
)
def test_faults_of_the_wire(faults: Faults, error: type[Exception]) -> None:
    with pytest.raises(error):
        Chip(faults).port.write_dp(0x8, 0)


@pytest.mark.parametrize("faults", [Faults(wait_from=1), Faults(fault_from=1)])
def test_what_a_debugger_needs_after_an_error_is_always_answered(faults: Faults) -> None:
    port = Chip(faults).port
    assert port.read_dp(0x0) == 0x2BA01477
    port.write_dp(0x0, 0x1F)
    assert port.read_dp(0x4) == 0


def test_faults_that_begin_later_and_end(chip: Chip) -> None:
    late = Chip(Faults(wait_from=3))
    for _ in range(2):
        late.port.write_dp(0x8, 0)
    with pytest.raises(Wait):
        late.port.write_dp(0x8, 0)
    bad = Faults(powered=False, connections=2)
    assert [bad.on_connection(n).powered for n in (1, 2, 3)] == [False, False, True]


def test_what_answers_again_with_a_slower_clock_or_under_reset() -> None:
    slow = Chip(Faults(max_hz=1e5))
    slow.wire.clock_hz = 1e5
    assert slow.port.read_dp(0)
    under_reset = Chip(Faults(only_under_reset=True))
    under_reset.wire.connected_under_reset = True
    assert under_reset.port.read_dp(0)


def test_wrong_chip_id_and_stuck_bits() -> None:
    chip = Chip(Faults(chip_id=0xBAD, stuck_bits=(MEMORY + 5, 0x80)))
    assert chip.word(MEMORY + 0x800) == 0xBAD
    assert chip.word(MEMORY + 4) == 0x8000


def simulated(unique_id: str, folder: Path) -> Attached:
    return Attached(
        unique_id=unique_id,
        gdb=folder / "gdb",
        port="/dev/pts/9",
        port_serial=unique_id,
        flash=(0, 1024),
        ram=(MEMORY, 4096),
        chip_id_address=4,
        faults=Faults(stuck_bits=(1, 2), transfer_s=0.5),
    )


def test_attached_boards_survive_the_file(tmp_path: Path) -> None:
    board = simulated("S1", tmp_path)
    board.write(tmp_path)
    assert attached(tmp_path) == [board]
    assert [count_connection(tmp_path, "S1") for _ in range(2)] == [1, 2]
    board.remove(tmp_path)
    assert attached(tmp_path) == []
    assert attached(None) == []


@pytest.mark.parametrize("text", ["{", "", "[]", "7", '{"unique_id": "x"}', "\x00"])
def test_what_is_no_board_is_left_out(tmp_path: Path, text: str) -> None:
    board = simulated("S1", tmp_path)
    board.write(tmp_path)
    (tmp_path / "broken.json").write_text(text)
    (tmp_path / "folder.json").mkdir()
    assert attached(tmp_path) == [board]


def test_a_probes_id_is_no_path(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    board = simulated("../../elsewhere/x", usb)
    board.write(usb)
    count_connection(usb, board.unique_id)
    assert attached(usb) == [board]
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {usb}


def test_hilbench_finds_the_provider_and_pyocd_of_a_user_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child that runs pyOCD is told of it, and only while there is a board."""
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert "pyocd" not in tomllib.loads(pyproject.read_text())["project"].get("entry-points", {})
    assert list(providers.providers()) == ["qemu"]
    monkeypatch.setenv(SIMULATED, str(tmp_path))
    assert (providers.probes(), providers.consoles()) == ({}, [])
    simulated("S1", tmp_path).write(tmp_path)
    assert providers.probes() == {"hilbench.simprobe.plugin": str(tmp_path)}
    assert providers.consoles() == [providers.Console("/dev/pts/9", "S1")]


@pytest.mark.parametrize(
    ("faults", "arrives"),
    [
        (SerialFaults(), b"abcdef"),
        (SerialFaults(drop=3), b"abde"),
        (SerialFaults(double=3), b"abccdeff"),
        (SerialFaults(flip=3), b"absdev"),
    ],
)
def test_serial_faults(faults: SerialFaults, arrives: bytes) -> None:
    direction = Direction(faults)
    assert direction.apply(b"abcd") + direction.apply(b"ef") == arrives
