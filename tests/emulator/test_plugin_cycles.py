"""The cycle model against counts derived by hand, on bare-metal images under QEMU."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

import cycle_image
import cycle_sequences as sequences
import pytest
from cycle_image import Sequence

from hilbench.arch import cortex_m
from hilbench.config.chip import ChipSetup, MemoryTiming, load_chip, memory_timing
from hilbench.config.core import load_core
from hilbench.core.deadline import Deadline
from hilbench.core.store import Store
from hilbench.cycles.shared_object import ensure_plugin
from hilbench.cycles.windows import Window

pytestmark = pytest.mark.emulator

CLOCK_HZ = 120_000_000


def twin(**setup: object) -> MemoryTiming:
    chip = load_chip("stm32l4r5")
    return memory_timing(chip, ChipSetup(name=chip.name, **setup), CLOCK_HZ)


GROUPS = {
    "core": (sequences.CORE, MemoryTiming()),
    "banks": (sequences.BANKS, MemoryTiming(banks=twin().banks)),
    "flash_64": (sequences.FLASH_64, twin()),
    "flash_128": (sequences.FLASH_128, twin(flash_banks="single")),
    "flash_prefetch": (sequences.FLASH_PREFETCH, twin(prefetch=True)),
    "flash_uncached": (sequences.FLASH_UNCACHED, twin(instruction_cache=False)),
    "data_64": (sequences.DATA_64, twin()),
    "data_128": (sequences.DATA_128, twin(flash_banks="single")),
    "data_line_fill": (
        sequences.DATA_LINE_FILL,
        twin().model_copy(update={"line_fill": True}),
    ),
    "data_uncached": (sequences.DATA_UNCACHED, twin(data_cache=False)),
    "data_shared": (
        sequences.DATA_SHARED,
        twin(data_cache=False).model_copy(update={"shared_cache": True, "data_buffer": False}),
    ),
    "m3": (sequences.M3, MemoryTiming()),
    "m0plus": (sequences.M0, MemoryTiming()),
}
CORES = {"m3": "cortex-m3", "m0plus": "cortex-m0plus"}
"""The others are a Cortex-M4."""
CASES = [(group, n) for group, (cases, _) in GROUPS.items() for n in range(len(cases))]


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = ensure_plugin(
        Store(tmp_path_factory.mktemp("cache")), cortex_m.EMULATOR, Deadline.after(120, "plugin")
    )
    assert built.path is not None, built.reason
    return built.path


class Runner:
    """Assembles and executes each group once."""

    def __init__(self, plugin: Path, folder: Path) -> None:
        self._plugin = plugin
        self._folder = folder
        self._done: dict[str, tuple[Window, ...]] = {}

    def windows(self, group: str) -> tuple[Window, ...]:
        if group not in self._done:
            self._done[group] = self.again(group)
        return self._done[group]

    def again(self, group: str, *extra: str) -> tuple[Window, ...]:
        cases, memory = GROUPS[group]
        folder = self._folder / group
        folder.mkdir(exist_ok=True)
        elf = cycle_image.assemble(cases, folder)
        core = load_core(CORES.get(group, "cortex-m4"))
        found = cycle_image.run(elf, core, memory, self._plugin, folder / "run", extra)
        assert len(found) == len(cases)
        return found


@pytest.fixture(scope="session")
def runner(plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(plugin, tmp_path_factory.mktemp("sequences"))


def case(group: str, number: int) -> Sequence:
    return GROUPS[group][0][number]


@pytest.mark.parametrize(
    ("group", "number"), CASES, ids=lambda v: v if isinstance(v, str) else None
)
def test_cycles_are_those_of_the_manual(runner: Runner, group: str, number: int) -> None:
    sequence, window = case(group, number), runner.windows(group)[number]
    assert window.cycles == sequence.cycles, (sequence.name, window)


@pytest.mark.parametrize("group", GROUPS)
def test_the_breakdown_adds_up(runner: Runner, group: str) -> None:
    for window in runner.windows(group):
        assert sum(astuple(window.breakdown)) == window.cycles
        assert sum(window.kinds.values()) == window.instructions
        assert sum(call.cycles for call in window.calls) == window.cycles
        assert sum(call.instructions for call in window.calls) == window.instructions


@pytest.mark.parametrize("group", GROUPS)
def test_the_result_does_not_depend_on_how_qemu_cuts_the_code(runner: Runner, group: str) -> None:
    """-singlestep translates every instruction alone."""
    assert runner.again(group, "-singlestep") == runner.windows(group)


def test_twenty_runs_are_the_same_with_the_other_core_busy(runner: Runner) -> None:
    first = runner.windows("flash_64")
    with busy_core():
        for _ in range(20):
            assert runner.again("flash_64") == first


@contextmanager
def busy_core() -> Iterator[None]:
    """Hashing releases Python's lock, so that the thread really occupies a core."""
    import hashlib

    stop = threading.Event()
    block = os.urandom(1 << 20)

    def burn() -> None:
        while not stop.is_set():
            hashlib.sha256(block)

    thread = threading.Thread(target=burn)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def by_name(runner: Runner, group: str, name: str) -> Window:
    names = [sequence.name for sequence in GROUPS[group][0]]
    return runner.windows(group)[names.index(name)]


def test_instructions_by_kind(runner: Runner) -> None:
    window = by_name(runner, "core", "loop")
    assert window.kinds == {"alu": 11, "branch": 10, "call": 1}
    assert window.taken_branches == 9 + 1
    assert by_name(runner, "core", "fpu_mac").kinds == {"fpu_mac": 2, "call": 1}
    assert by_name(runner, "core", "device").kinds == {"alu": 2, "load": 1, "hint": 2, "call": 1}


def test_accesses_by_region(runner: Runner) -> None:
    window = by_name(runner, "core", "multiples")
    assert (window.loads.ram, window.loads.flash, window.loads.other) == (5, 0, 0)
    assert (window.stores.ram, window.stores.flash, window.stores.other) == (3, 0, 0)
    assert by_name(runner, "core", "device").loads.other == 1
    assert by_name(runner, "core", "fpu_doubles").loads.ram == 2
    assert by_name(runner, "data_64", "stream_multiple").loads.flash == 8
    assert by_name(runner, "data_64", "stream_multiple").data_reads == 4
    assert by_name(runner, "data_128", "stream_multiple").data_reads == 2
    assert by_name(runner, "core", "it_load_skipped").loads.ram == 0


def test_stack_depth(runner: Runner) -> None:
    """Outside, 9 core and 16 FPU registers and the call of the sequence are on the stack."""
    window = by_name(runner, "core", "push_pop")
    assert cycle_image.STACK.end - window.stack_low == 4 * (9 + 16 + 3)
    assert by_name(runner, "core", "alu").stack_low == cycle_image.STACK.end


def test_calls_are_told_apart(runner: Runner) -> None:
    (root,) = by_name(runner, "core", "loop").calls
    assert (root.parent, root.instructions, root.cycles) == (-1, 22, 32)
    root, callee = by_name(runner, "core", "call_and_return").calls
    assert (callee.parent, callee.instructions, callee.cycles) == (0, 1, 2)
    assert (root.instructions, root.cycles) == (3, 5)
    (root,) = by_name(runner, "core", "far_jump").calls
    assert root.instructions == 3


def test_the_plugin_is_built_once(plugin: Path) -> None:
    before = plugin.stat().st_mtime_ns
    again = ensure_plugin(
        Store(plugin.parents[2]), cortex_m.EMULATOR, Deadline.after(120, "plugin")
    )
    assert again.path == plugin
    assert plugin.stat().st_mtime_ns == before
