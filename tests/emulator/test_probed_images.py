"""Images of boards with a debug probe: what can be said of them without the board."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import misbehaving
import pytest
import simulated_bench
from elftools.elf.elffile import ELFFile

from hilbench.config.bench import load_bench
from hilbench.config.board import Board, boards, load_board
from hilbench.core import processes
from hilbench.core.artifacts import Firmware
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError
from hilbench.core.settings import Settings
from hilbench.image import config, image
from hilbench.simprobe import flash_algo
from hilbench.targets import pyocd

pytestmark = pytest.mark.emulator
BOARD = load_board("nucleo_l4r5zi")
PROBED = [name for name in boards() if load_board(name).target.kind == "pyocd"]


@pytest.fixture(scope="module", params=PROBED)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Board, Firmware]:
    board = load_board(request.param)
    return board, misbehaving.build(tmp_path_factory.mktemp(board.name), board=board.name)


def symbols(elf: Path) -> dict[str, int]:
    with elf.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        return {symbol.name: symbol["st_value"] for symbol in table.iter_symbols()}


def vectors(elf: Path, origin: int) -> list[int]:
    with elf.open("rb") as file:
        image = ELFFile(file)
        first = next(s for s in image.iter_segments() if s["p_paddr"] == origin)
        data = first.data()
        return [int.from_bytes(data[n : n + 4], "little") for n in range(0, 64, 4)]


def test_vector_table_is_where_the_chip_boots(built: tuple[Board, Firmware]) -> None:
    board, firmware = built
    flash, ram = board.memory.flash, board.memory.ram
    table, named = vectors(firmware.elf, flash.origin), symbols(firmware.elf)
    assert table[0] == named["hb_stack_top"]
    assert ram.origin < table[0] <= ram.origin + ram.length
    assert table[1] == named["hb_reset"] | 1
    for entry in table[1:]:
        assert entry & 1 and flash.origin < entry < flash.origin + flash.length
    assert table[15] == named["cortex_m_systick"] | 1, "the counter's own SysTick handler"
    assert table[3] == named["fault_entry"] | 1 != table[15]


def test_load_regions_and_entry(built: tuple[Board, Firmware]) -> None:
    board, firmware = built
    flash, ram, boot = board.memory.flash, board.memory.ram, board.memory.boot
    with firmware.elf.open("rb") as file:
        image = ELFFile(file)
        loads = [s for s in image.iter_segments() if s["p_type"] == "PT_LOAD"]
        for segment in loads:
            if boot and segment["p_paddr"] == boot.origin:
                assert segment["p_filesz"] == boot.length
                continue
            if segment["p_filesz"]:
                assert flash.origin <= segment["p_paddr"]
                assert segment["p_paddr"] + segment["p_filesz"] <= flash.origin + flash.length
            in_ram = ram.origin <= segment["p_vaddr"] < ram.origin + ram.length
            in_flash = flash.origin <= segment["p_vaddr"] < flash.origin + flash.length
            assert in_ram or in_flash
        assert image["e_entry"] == symbols(firmware.elf)["hb_reset"] | 1


def test_pyocd_programs_and_verifies_it(
    built: tuple[Board, Firmware], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes elsewhere, where nothing starts them: no machine of QEMU has RAM at all these
    addresses of flash."""
    _, firmware = built
    flat, moved = tmp_path / "flat.bin", tmp_path / "moved.elf"
    in_ram = [f"--remove-section={name}" for name in (".stack", ".arena", ".bss")]
    for command in (
        ["arm-none-eabi-objcopy", "-O", "binary", *in_ram, firmware.elf, flat],
        ["arm-none-eabi-ld", "-Tdata=0x10000", "-e", "0", "-b", "binary", flat, "-o", moved],
    ):
        subprocess.run(command, check=True, capture_output=True)
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": None}):
        board, deadline = load_board(simulated_bench.NAME), Deadline.after(60, "programming")
        settings = Settings.read()
        target, attached = pyocd.TARGET(settings), load_bench(settings).of(board.name)
        with (
            target.reserve(board, attached, deadline) as place,
            target.start(moved, board, tmp_path, deadline, at=place) as device,
        ):
            assert device.facts.use.attempts == 0
    log = (tmp_path / "program" / "log.txt").read_text()
    pages = -(-flat.stat().st_size // flash_algo.PAGE_BYTES)
    assert f"programmed {pages * flash_algo.PAGE_BYTES} bytes ({pages} pages)" in log, log


def crc32_msb_first(data: bytes) -> int:
    """CRC-32/MPEG-2, which the RP2040 Datasheet ("Flash Second Stage") describes."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value


def test_boot_stage_is_what_the_boot_rom_accepts(built: tuple[Board, Firmware]) -> None:
    board, firmware = built
    with firmware.elf.open("rb") as file:
        section = ELFFile(file).get_section_by_name(".boot")
        assert (section is None) == (board.memory.boot is None)
        if section is not None:
            code, crc = section.data()[:-4], section.data()[-4:]
            assert crc32_msb_first(code) == int.from_bytes(crc, "little")
            assert board.memory.flash.origin.to_bytes(4, "little") in code


def disassembly(elf: Path, folder: Path) -> str:
    command = ["arm-none-eabi-objdump", "-d", str(elf)]
    done = processes.run(command, folder / "objdump.log", Deadline.after(30, "disassembling"))
    assert done.returncode == 0, done.log
    return done.log


def words(elf: Path) -> set[int]:
    """Every aligned word of the text: literals among them."""
    with elf.open("rb") as file:
        data = ELFFile(file).get_section_by_name(".text").data()
    return {int.from_bytes(data[n : n + 4], "little") for n in range(0, len(data) - 3, 4)}


def test_nothing_of_an_emulator_is_in_it(built: tuple[Board, Firmware], tmp_path: Path) -> None:
    _, firmware = built
    code = disassembly(firmware.elf, tmp_path)
    assert not re.search(r"\bbkpt\b", code), "semihosting faults without a debugger"
    assert not {name for name in symbols(firmware.elf) if "semihost" in name or "cmsdk" in name}
    # Addresses of the MPS2's UART and timer, as literals or by movw and movt.
    assert not {0x40004000, 0x40000000} & words(firmware.elf)


def test_clock_constants(tmp_path: Path) -> None:
    """HSI16 / 2 * 30 / 2 = 120 MHz, and what that needs of flash and supply (RM0432)."""
    firmware = misbehaving.build(tmp_path, board=BOARD.name)
    assert BOARD.clock_hz == 16_000_000 // 2 * 30 // 2 == BOARD.counter.hz
    assert BOARD.counter.unit == "cycles"
    assert BOARD.chip is not None
    assert (BOARD.chip.instruction_cache, BOARD.chip.data_cache) == (True, True)
    assert not BOARD.chip.prefetch
    header = config.header(BOARD)
    assert "#define BOARD_FLASH_WAIT_STATES 0x5u" in header
    pllcfgr = 2 | (2 - 1) << 4 | 30 << 8 | 1 << 24
    code = disassembly(firmware.elf, tmp_path)
    halves = re.findall(r"movw\s+\w+, #(\d+)|mov\.w\s+\w+, #(\d+)|movt\s+\w+, #(\d+)", code)
    immediates = {int(value) for groups in halves for value in groups if value}
    assert pllcfgr in words(firmware.elf) | immediates or pllcfgr & 0xFFFF in immediates


@pytest.mark.parametrize("name", PROBED)
def test_a_clock_that_board_c_does_not_make_does_not_compile(name: str, tmp_path: Path) -> None:
    wrong = load_board(name).model_copy(update={"clock_hz": 12_345_678})
    with pytest.raises(BuildError, match=r"board\.c.*clock_hz"):
        image.build(misbehaving.sources(tmp_path), wrong, tmp_path, Deadline.after(60, "building"))
