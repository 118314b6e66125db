"""The plugin beside a whole session: the real bench loop, a small network, the twin board."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import small_graphs

from hilbench.config.board import Board, load_board
from hilbench.core.artifacts import Firmware, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import alternatives, profile, watch
from hilbench.cycles.watch import Counts
from hilbench.engines.base import load_engine
from hilbench.image import image
from hilbench.link.session import Schedule, benchmark, invoke_once
from hilbench.pipeline import modelled, profiling
from hilbench.pipeline import window as timed_window
from hilbench.record.row import OK, Row
from hilbench.targets import qemu
from hilbench.tflite import opinfo, reader

pytestmark = pytest.mark.emulator

SCHEDULE = Schedule(warmups=1, repetitions=3)
SAMPLES = 2
TWIN = "nucleo_l4r5zi_twin"
IDENTITY = {"model": "small", "variant": "int8_only", "engine": "aot", "board": TWIN, "status": OK}


@dataclass(frozen=True)
class Session:
    measurement: Measurement
    counts: Counts
    functions: tuple[str, ...]


class Bench:
    """One network, built once for the twin, which has the same memory as mps2_an386."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.board = load_board(TWIN)
        tflite = folder / "model.tflite"
        tflite.write_bytes(small_graphs.simple_rnn("int8", steps=40))
        tensor = reader.read(tflite).tensors[reader.read(tflite).inputs[0]]
        random = np.random.default_rng(1)
        shape = (SAMPLES, int(np.prod(tensor.shape)))
        self.samples = [
            [sample.tobytes()] for sample in random.integers(-128, 128, shape).astype(np.int8)
        ]
        self.sources = load_engine("aot", Settings.read()).compile(tflite, self.board, folder, b"")
        self.firmware: Firmware = image.build(
            self.sources, self.board, folder / "build", Deadline.after(120, "build")
        )

    def run(
        self, board: Board, name: str, firmware: Firmware | None = None
    ) -> tuple[Measurement, watch.Watch]:
        run_dir = self.folder / name
        run_dir.mkdir()
        deadline = Deadline.after(120, "run")
        elf, settings, model = (
            (firmware or self.firmware).elf,
            Settings.read(),
            watch.cycle_model(board),
        )
        seen = watch.prepare(elf, board, model, run_dir, Store(settings.cache), deadline)
        start = partial(qemu.TARGET(settings).start, options=seen.options())
        with start(elf, board, run_dir, deadline) as device:
            assert device.facts.emulator_options
            return benchmark(device.stream, self.samples, SCHEDULE, deadline), seen


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def watched(bench: Bench, board: Board, name: str) -> Session:
    measurement, seen = bench.run(board, name)
    assert seen.reason == ""
    counts = watch.sort(seen.windows(), SCHEDULE.warmups, SCHEDULE.repetitions, SAMPLES)
    return Session(measurement, counts, seen.functions)


@pytest.fixture(scope="module")
def session(bench: Bench) -> Session:
    return watched(bench, bench.board, "twin")


def test_windows_are_what_the_timer_counts(session: Session) -> None:
    """The timer counts 40 instructions to the tick, those of the two marks included."""
    per_tick = load_board(TWIN).counter.per_tick
    for ticks, window in zip(session.measurement.ticks, session.counts.repetitions, strict=True):
        assert abs(ticks * per_tick - window.instructions) <= 2 * per_tick


def test_repetitions_are_the_same(session: Session) -> None:
    assert len(set(map(repr, session.counts.repetitions))) == 1


def test_every_session_gives_the_same_counts(bench: Bench, session: Session) -> None:
    again = watched(bench, bench.board, "again")
    assert again.counts == session.counts
    assert again.measurement.outputs == session.measurement.outputs


def test_without_a_chip_the_same_is_counted_and_nothing_timed(
    bench: Bench, session: Session
) -> None:
    untimed = bench.board.model_copy(update={"chip": None})
    measurement, seen = bench.run(untimed, "untimed")
    assert measurement == session.measurement
    assert seen.model == "" and seen.reason == "board.yaml names no chip: counted, not timed"
    found, timed = seen.windows()[-1], session.counts.samples[-1]
    assert (found.loads, found.stores, found.kinds) == (timed.loads, timed.stores, timed.kinds)
    assert found.cycles == found.instructions == timed.instructions < timed.cycles


def test_flash_costs_cycles_and_no_instructions(bench: Bench, session: Session) -> None:
    fast = watched(bench, load_board("mps2_an386"), "zero_wait").counts.cold
    slow = session.counts.cold
    assert fast.instructions == slow.instructions
    assert fast.breakdown.data == 0
    # What a restart of the prefetch unit costs is there on zero-wait memory as well.
    assert fast.breakdown.fetch < 0.02 * fast.cycles < slow.breakdown.fetch
    for part in ("address", "unaligned", "fpu", "refill"):
        assert getattr(slow.breakdown, part) == getattr(fast.breakdown, part)
    # Loads that the flash holds apart have no overlap to lose by going to two buses.
    assert 0 <= fast.breakdown.issue - slow.breakdown.issue < 0.01 * fast.breakdown.issue
    assert slow.cycles > 1.2 * fast.cycles


def test_exact_stack_is_within_the_painted_one(session: Session) -> None:
    """The paint sees everything since reset, the link to the host included."""
    measurement = session.measurement
    top = load_board(TWIN).memory.ram.origin + measurement.stack_bytes
    depths = {top - window.stack_low for window in session.counts.samples}
    assert len(depths) == 1
    assert 0 < depths.pop() <= measurement.stack_used_bytes


def test_the_profile_names_the_kernels(session: Session) -> None:
    window = session.counts.cold
    entries = {e.name: e for e in profile.by_function(window, session.functions)}
    assert {"fully_connected_packed_s8", "engine_invoke"} <= set(entries)
    assert sum(entry.cycles for entry in entries.values()) == window.cycles
    stacks = profile.collapsed(window, session.functions)
    assert "engine_invoke;" in stacks


def test_the_profile_names_the_operators(bench: Bench, session: Session) -> None:
    """Each call of the emitted code is labelled with the operator that the comment names."""
    window = session.counts.cold
    label = profiling.operator_labels(bench.firmware.elf, bench.sources)
    entries = profile.by_site(window, label)
    graph = reader.read(bench.folder / "model.tflite")
    found = [bench.sources.operators[int(entry.name)] for entry in entries]
    assert len({each.index for each in found}) == len(found) > 3
    last = [each.operator.split("+")[-1] for each in found]  # of several that are one call
    assert [graph.operators[each.index].name for each in found] == last
    macs = sum(opinfo.operator_macs(graph, operator) for operator in graph.operators)
    assert sum(each.macs or 0 for each in found) == macs
    counted: Counter[str] = Counter()
    for each in found:
        counted.update(dict.fromkeys(each.operator.split("+"), each.count))
    computed = {"FULLY_CONNECTED", "ADD", "TANH", "QUANTIZE"}
    assert counted == Counter(op.name for op in graph.operators if op.name in computed)
    assert sum(entry.cycles for entry in entries) > 0.5 * window.cycles


def test_the_columns_of_a_row(session: Session) -> None:
    board = load_board(TWIN)
    row = Row(
        {
            **IDENTITY,
            **modelled.values(session.counts, session.measurement, board, session.functions),
        }
    )
    window, iterations = session.counts.repetitions[0], session.measurement.iterations
    assert row["exe_instructions"] == round(window.instructions / iterations)
    assert row["exe_ms"] == pytest.approx(row["exe_cycles"] / 120e3, rel=1e-3)
    assert row["exe_cycles_min"] == row["exe_cycles_max"]
    assert row["cold_cycles"] == session.counts.cold.cycles
    assert row["fetch_stall_cycles"] + row["data_stall_cycles"] < row["exe_cycles"]
    assert 0 < row["stack_stored_bytes"] <= session.measurement.stack_used_bytes


def test_a_plugin_and_a_timer_that_disagree(session: Session) -> None:
    wrong = replace(session.measurement, ticks=tuple(t + 9 for t in session.measurement.ticks))
    with pytest.raises(TargetError, match=r"the plugin counted \d+ instructions, the timer \d+"):
        modelled.values(session.counts, wrong, load_board(TWIN), session.functions)


def test_copies_inside_of_the_window(bench: Bench, session: Session) -> None:
    """They pass the data on, cost what is said of them, and leave the invocation as it was."""
    graph = reader.read(bench.folder / "model.tflite")
    sources = timed_window.timed(bench.sources, graph, "with_copies")
    deadline = Deadline.after(120, "build")
    firmware = image.build(sources, bench.board, bench.folder / "copies", deadline)
    measurement, seen = bench.run(bench.board, "with_copies", firmware)
    counts = watch.sort(seen.windows(), SCHEDULE.warmups, SCHEDULE.repetitions, SAMPLES)
    assert measurement.outputs == session.measurement.outputs
    row = modelled.values(counts, measurement, bench.board, seen.functions)
    without = modelled.values(session.counts, session.measurement, bench.board, session.functions)
    copies, elements = row["copy_cycles"], sources.copied_bytes
    assert "copy_cycles" not in without
    assert isinstance(copies, int) and elements / 4 < copies < 12 * elements + 300
    harness = row["exe_cycles"] - copies - without["exe_cycles"]
    assert abs(harness) < 0.02 * without["exe_cycles"]
    assert Row({**IDENTITY, "exe_window": "with_copies", **row}).window == "with_copies"


def test_every_model_that_may_be_true_of_one_run(bench: Bench, session: Session) -> None:
    """All in one run: the nominal one among them, and eight placements with their spread."""
    model = watch.cycle_model(bench.board)
    assert model is not None
    every = alternatives.variants(model, bench.board)
    matter = alternatives.that_matter(
        (*every, *alternatives.placements(model)), session.counts.cold.kinds
    )
    dearer = [each for each in every if each.name == "array_read: two_more"]
    assert dearer[0].rejected and dearer[0] not in matter
    chosen = (*matter, *dearer)
    folder, deadline = bench.folder / "models", Deadline.after(120, "run")
    folder.mkdir()
    models = [model, *(each.model for each in chosen)]
    store = Store(Settings.read().cache)
    elf = bench.firmware.elf
    watches = watch.prepare_each(elf, bench.board, models, folder, store, deadline)
    start = partial(qemu.TARGET(Settings.read()).start, options=watch.merged(watches))
    with start(elf, bench.board, folder, deadline) as device:
        invoke_once(device.stream, bench.samples[0], deadline)
        (nominal, *others) = (each.windows()[0] for each in watches)
    assert nominal == session.counts.cold
    cycles = {each.name: w.cycles for each, w in zip(chosen, others, strict=True)}
    places = [n for name, n in cycles.items() if name.startswith(alternatives.PLACEMENT)]
    assert len(places) == 7
    spread = (max(*places, nominal.cycles) - min(*places, nominal.cycles)) / nominal.cycles
    assert 0 < spread < 0.1
    for slower in ("branch_target: two", "array_read: two_more", "flag_branch: one"):
        assert cycles[slower] > nominal.cycles
    for faster in ("fetch_restart: none", "bus_switch: none", "pop_pc: one"):
        assert cycles[faster] < nominal.cycles
