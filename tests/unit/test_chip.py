"""Cores and chips of the cycle model: shipped files, and what a board makes of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hilbench.config.assumption import changed
from hilbench.config.board import boards, load_board
from hilbench.config.chip import (
    Bank,
    Chip,
    ChipSetup,
    MemoryTiming,
    chips,
    load_chip,
    memory_timing,
)
from hilbench.config.core import Core, cores, kinds, load_core
from hilbench.config.load import load
from hilbench.core.errors import SpecError, UsageError
from hilbench.image.config import header


def test_the_kinds_are_those_of_the_decoder() -> None:
    assert {"alu", "load", "fpu_mac", "table_branch", "other"} <= set(kinds())
    assert len(set(kinds())) == len(kinds()) == 40


@pytest.mark.parametrize("name", cores())
def test_every_shipped_core_times_every_kind(name: str) -> None:
    core = load_core(name)
    assert sorted((*core.kinds, *core.lacks)) == sorted(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_a_core_that_lacks_or_misspells_a_kind(kind: str, tmp_path: Path) -> None:
    """Without `load`, 131 cycles once became 102 in silence."""
    good = cores()["cortex-m4"].read_text()
    line = re.search(rf"^  {kind}: .*\n", good, re.MULTILINE)
    assert line is not None
    path = tmp_path / "core.yaml"
    path.write_text(good.replace(line[0], ""))
    with pytest.raises(SpecError, match=rf"core.yaml.*kinds: nothing about '{kind}'"):
        load(path, Core)
    path.write_text(good.replace(line[0], line[0].replace(kind, f"{kind}_x", 1)))
    with pytest.raises(SpecError, match=rf"kinds.{kind}_x: no such kind; did you mean '{kind}'"):
        load(path, Core)


@pytest.mark.parametrize(
    ("lacks", "message"),
    [("dps", "lacks: dps: no such kind; did you mean 'dsp'"), ("dsp", "lacks: dsp: has cycles")],
)
def test_what_a_core_lacks(lacks: str, message: str, tmp_path: Path) -> None:
    good = cores()["cortex-m4"].read_text()
    path = tmp_path / "core.yaml"
    path.write_text(good.replace("kinds:\n", f"lacks: [{lacks}]\nkinds:\n", 1))
    with pytest.raises(SpecError, match=message):
        load(path, Core)


@pytest.mark.parametrize("name", cores())
def test_every_number_of_a_core_names_its_source(name: str) -> None:
    core = load_core(name)
    rules = [getattr(core.rules, rule) for rule in type(core.rules).model_fields]
    for entry in [*core.kinds.values(), *rules]:
        assert re.match(r"(TRM|DS|DDI|ASSUMPTION)", entry.source), entry


@pytest.mark.parametrize("name", chips())
def test_every_shipped_chip_has_a_core(name: str) -> None:
    assert load_chip(name).core in cores()


def test_the_published_setting_of_the_l4r5() -> None:
    """Latency 5, caches on, prefetch off, dual bank: 64-bit reads, caches of 1 KB and 256 B."""
    timing = memory_timing(load_chip("stm32l4r5"), ChipSetup(name="stm32l4r5"), 120_000_000)
    assert timing == MemoryTiming(
        wait_states=5,
        read_bytes=8,
        line_bytes=32,
        instruction_lines=32,
        data_lines=8,
        prefetch=False,
        prefetch_kept=True,
        banks=(
            Bank(start=0x20030000, end=0x20040000, load_cycles=1),
            Bank(start=0x20040000, end=0x200A0000, load_cycles=1),
        ),
    )


@pytest.mark.parametrize(
    ("clock_hz", "wait_states"),
    [(16_000_000, 0), (20_000_000, 0), (20_000_001, 1), (80_000_000, 3)],
)
def test_wait_states_follow_the_clock(clock_hz: int, wait_states: int) -> None:
    chip = load_chip("stm32l4r5")
    assert memory_timing(chip, ChipSetup(name=chip.name), clock_hz).wait_states == wait_states


def test_a_board_sets_banks_caches_and_prefetch() -> None:
    chip = load_chip("stm32l4r5")
    setup = ChipSetup(
        name=chip.name,
        flash_banks="single",
        instruction_cache=False,
        data_cache=False,
        prefetch=True,
    )
    timing = memory_timing(chip, setup, 120_000_000)
    assert (timing.read_bytes, timing.instruction_lines, timing.data_lines) == (16, 0, 0)
    assert timing.prefetch


def test_one_cache_for_fetches_and_loads() -> None:
    chip = load_chip("stm32u575")
    timing = memory_timing(chip, ChipSetup(name=chip.name), 160_000_000)
    assert (timing.shared_cache, timing.instruction_lines, timing.cache_ways) == (True, 512, 2)
    assert "a cache of 512 lines of 16 B" in timing.describe()


def test_zero_wait_memory() -> None:
    chip = load_chip("zero_wait_m4")
    assert memory_timing(chip, ChipSetup(name=chip.name), 25_000_000) == MemoryTiming()


def test_a_clock_beyond_the_flash() -> None:
    chip = load_chip("stm32l4r5")
    with pytest.raises(SpecError, match="clock_hz is 121000000, the flash reaches 120000000"):
        memory_timing(chip, ChipSetup(name=chip.name), 121_000_000)


def test_unknown_names() -> None:
    with pytest.raises(UsageError, match=r"unknown chip 'stm32l4r6' \(did you mean 'stm32l4r5'"):
        load_chip("stm32l4r6")
    with pytest.raises(UsageError, match=r"unknown core 'cortex-m5' \(did you mean 'cortex-m4'"):
        load_core("cortex-m5")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("dual_bank: 64", "dual_bank: 48"), "key 'flash.read_bits.dual_bank'"),
        (("cache_line_bytes: 32", "cache_line_bytes: 12"), "key 'flash.cache_line_bytes'"),
        (("data_cache_lines", "data_lines"), "unknown key 'flash.data_lines'"),
        (("40000000, cycles: 1", "10000000, cycles: 1"), "wait_states must have rising clocks"),
        (("line_bytes: 32", "line_bytes: 4"), "key 'flash.cache_line_bytes'"),
    ],
)
def test_mistakes_in_a_chip(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    good = chips()["stm32l4r5"].read_text()
    assert change[0] in good
    path = tmp_path / "chip.yaml"
    path.write_text(good.replace(*change))
    with pytest.raises(SpecError, match=re.escape(message)):
        load(path, Chip)


def test_an_overlap_longer_than_the_instruction(tmp_path: Path) -> None:
    path = tmp_path / "core.yaml"
    path.write_text(cores()["cortex-m4"].read_text().replace("pipelined: 1", "pipelined: 3", 1))
    with pytest.raises(SpecError, match=r"kinds.load: pipelined is more than cycles"):
        load(path, Core)


@pytest.mark.parametrize("name", boards())
def test_chips_of_boards(name: str) -> None:
    board = load_board(name)
    if board.chip is None:
        return
    chip = load_chip(board.chip.name)
    assert chip.core == board.cpu.core
    memory_timing(chip, board.chip, board.clock_hz)


def test_the_twin_is_the_board() -> None:
    real, twin = load_board("nucleo_l4r5zi"), load_board("nucleo_l4r5zi_twin")
    assert (twin.chip, twin.clock_hz, twin.cpu) == (real.chip, real.clock_hz, real.cpu)
    assert twin.memory.flash.length == real.memory.flash.length
    assert twin.memory.ram.length == real.memory.ram.length


def test_the_real_board_sets_up_its_flash_by_the_chip() -> None:
    text = header(load_board("nucleo_l4r5zi"))
    for line in ("WAIT_STATES 0x5u", "ICACHE 0x1u", "DCACHE 0x1u", "PREFETCH 0x0u"):
        assert f"#define BOARD_FLASH_{line}\n" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("branch.refill: 2", "branch_target, two: there is no kinds.brunch.refill"),
        ("branch.refill: 99", "branch_target, two: kinds.branch.refill: Input should be less"),
        ("branch.refill: two", "must be a whole number"),
        ("branch.refill: 1", "branch_target, two: kinds.branch.refill is 1 already"),
    ],
)
def test_an_alternative_that_cannot_be(tmp_path: Path, change: str, message: str) -> None:
    good = cores()["cortex-m4"].read_text()
    wrong = change.replace("branch", "brunch", 1) if "no kinds" in message else change
    assert "{kinds.branch.refill: 2" in good
    path = tmp_path / "core.yaml"
    path.write_text(good.replace("{kinds.branch.refill: 2", f"{{kinds.{wrong}", 1))
    with pytest.raises(SpecError, match=re.escape(message)):
        load(path, Core)


def test_every_assumption_of_a_number_has_alternatives() -> None:
    """What a kind or rule assumes is open: an alternative says what else it may be."""
    core, chip = load_core("cortex-m4"), load_chip("stm32l4r5")
    paths = [
        p for a in (*core.assumptions, *chip.assumptions) for x in a.alternatives for p in x.change
    ]
    assumed = [f"kinds.{name}" for name, t in core.kinds.items() if "ASSUMPTION" in t.source]
    assumed += [f"rules.{name}" for name, rule in core.rules if "ASSUMPTION" in rule.source]
    assumed += [f"ram.{bank.name}" for bank in chip.ram if "ASSUMPTION" in bank.source]
    unsettled = {name for name in assumed if not any(p.startswith(f"{name}.") for p in paths)}
    # No such instruction in a Cortex-M4.
    assert unsettled == {"kinds.other"}
    ram = changed(chip, next(a for a in chip.assumptions if a.name == "sram3").alternatives[0]).ram
    assert [bank.load_cycles for bank in ram] == [0, 1, 0]
