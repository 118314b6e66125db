"""The micro-kernels of `hilbench calibrate` as firmware: built, run on a board, and modelled.

Every probe runs for two numbers of passes; a pass takes what the two differ by, so that all that
happens once drops out. Where a board is real, an emulated one of the same chip runs the same
sources for the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hilbench.config.bench import load_bench
from hilbench.config.board import Board, QemuTarget, boards, load_board
from hilbench.config.chip import load_chip
from hilbench.core.artifacts import EmulatorOptions, EngineSources, Firmware, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError, Unsupported, UsageError
from hilbench.core.owner import Owner
from hilbench.core.paths import firmware_dir
from hilbench.core.registry import lookup
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import alternatives, layout, watch
from hilbench.cycles.calibration import Cycles, Settled, settle
from hilbench.cycles.watch import CycleModel, Watch
from hilbench.image import elf, image
from hilbench.link.session import Schedule, benchmark
from hilbench.pipeline import identity, logs
from hilbench.pipeline.events import Observer, StageStarted
from hilbench.pipeline.plan import Station, station
from hilbench.pipeline.tools import target_version
from hilbench.targets.base import NO_OPTIONS, targets

ENGINE = "probes"
MEASURED, MODELLED = "measured", "modelled"
_SYMBOL = "probe_"
_PASSES = (100, 300)
_SECONDS = 600.0


@dataclass(frozen=True)
class Calibration:
    """What a board said. `kind` is measured, or modelled where the board is emulated; `nominal` is
    its cycle model as the files have it."""

    board: Board
    nominal: CycleModel
    kind: str
    target: str
    chip_id: str
    settled: Settled


def calibrate(
    name: str, settings: Settings, owner: Owner, emit: Observer, planted: Mapping[str, str]
) -> Calibration:
    """Run the probes on a board and find which alternatives of its cycle model it has.

    `planted` are alternatives by assumption that an emulated board gets before it is asked. Raises
    UsageError for an unknown board or alternative, Unsupported for a board without a chip or an
    emulated board of that chip, and what building and running raise.
    """
    bench, drivers = load_bench(settings), targets(settings)
    at = station(load_board(name), bench, drivers)
    model = _model(at)
    has = _planted(at, model, planted)
    twin = station(_twin(at), bench, drivers)
    store = Store(settings.cache, owner=owner)
    deadline = Deadline.after(_SECONDS, "calibrating", owner)
    at.target.check(at.board, at.attached)
    with store.scratch("calibrate", name) as folder, logs.kept(folder):
        emit(StageStarted(name, "build"))
        runner = Runner(twin, store, folder / "model", deadline)
        emit(StageStarted(name, "measure"))
        if at.emulated:
            (measured,) = runner.predict([has])
            chip = ""
        else:
            measured, chip = _measured(at, folder / "board", deadline)
        emit(StageStarted(name, "model"))
        return Calibration(
            board=at.board,
            nominal=model,
            kind=MODELLED if at.emulated else MEASURED,
            target=target_version(at.target.kind, at.board.family.name),
            chip_id=chip,
            settled=settle(measured, model, at.board, runner.predict),
        )


def _model(at: Station) -> CycleModel:
    if at.cycle_model is None:
        raise Unsupported(
            f"{at.board.name} has no cycle model to calibrate",
            remedy="name its chip in board.yaml; docs/file-formats.md says how",
        )
    if "it" in at.cycle_model.core.lacks:
        raise Unsupported(
            f"the probes are Thumb-2 code, which the {at.board.cpu.core} of {at.board.name} lacks"
        )
    return at.cycle_model


def _planted(at: Station, model: CycleModel, planted: Mapping[str, str]) -> CycleModel:
    if planted and not at.emulated:
        raise UsageError(f"{at.board.name} is a real board: it has the rules that it has")
    known = {each.name: each.alternatives for each in alternatives.assumptions(model)}
    for assumption, name in planted.items():
        lookup("assumption", assumption, known)
        lookup("alternative", name, {each.name: each for each in known[assumption]})
    return alternatives.combined(model, at.board, planted)


def _twin(at: Station) -> Board:
    """The board itself if it is emulated, else one that is and has the same chip."""
    board = at.board
    if at.emulated:
        return board
    for other in map(load_board, boards()):
        same = _chip(other) == _chip(board) and other.cpu == board.cpu
        if same and isinstance(other.target, QemuTarget):
            return other
    raise Unsupported(f"no emulated board has the CPU and the chip of {board.name}")


def _chip(board: Board) -> str:
    return board.chip.name if board.chip else ""


def sources(board: Board, folder: Path) -> EngineSources:
    """The probes, with a row of loads from each part of the RAM; `folder` gets a header."""
    folder.mkdir(parents=True)
    chip, ram = load_chip(board.chip.name) if board.chip else None, board.memory.ram
    ends = [(bank.name.lower(), bank.origin + bank.length) for bank in (chip.ram if chip else ())]
    banks = [f"bank {n}, {end - 256:#x}" for n, end in ends if end <= ram.origin + ram.length]
    (folder / "probe_banks.h").write_text(f"#define PROBE_BANKS {'; '.join(banks)}\n")
    here = firmware_dir() / "probes"
    return EngineSources(
        engine=ENGINE,
        model_sha256="",
        sources=(here / "engine.c", here / "probes.S"),
        kernels=(),
        include_dirs=(folder,),
        weights_bytes=0,
        arena_bytes=0,
    )


def names(firmware: Path, board: Board) -> tuple[str, ...]:
    """The probes of an image, in its order."""
    found = layout.read(firmware, board).names
    return tuple(name.removeprefix(_SYMBOL) for name in found if name.startswith(_SYMBOL))


class Runner:
    """The probes on an emulated board, watched by as many models as are asked for."""

    def __init__(self, at: Station, store: Store, folder: Path, deadline: Deadline) -> None:
        self._at, self._store, self._folder, self._deadline = at, store, folder, deadline
        self._runs = 0
        self._sources = sources(at.board, folder / "include")
        self._firmware = image.build(self._sources, at.board, folder / "image", deadline)
        self._names = names(self._firmware.elf, at.board)

    def predict(self, models: Sequence[CycleModel]) -> list[Cycles]:
        """Raises what building and running raise."""
        self._runs += 1
        folder = self._folder / f"run{self._runs}"
        folder.mkdir()
        board = self._at.board
        watches = watch.prepare_each(
            self._firmware.elf, board, models, folder, self._store, self._deadline
        )
        run = partial(_run, self._at, self._sources, self._firmware, self._names)
        with run(folder, self._deadline, watch.merged(watches)):
            pass
        return [_modelled(each, self._names) for each in watches]

    def alternatives(self) -> tuple[Cycles, dict[str, Cycles]]:
        """As the board's own model has it, and by each "assumption: alternative" of it."""
        model = _model(self._at)
        found = alternatives.variants(model, self._at.board)
        nominal, *others = self.predict([model, *(each.model for each in found)])
        return nominal, {each.name: seen for each, seen in zip(found, others, strict=True)}


def _measured(at: Station, folder: Path, deadline: Deadline) -> tuple[Cycles, str]:
    """The cycles that a real board counts, and the number of its chip."""
    if at.board.counter.unit != "cycles":
        raise TargetError(f"the counter of {at.board.name} counts {at.board.counter.unit}")
    made = sources(at.board, folder / "include")
    firmware = image.build(made, at.board, folder / "image", deadline)
    probes = names(firmware.elf, at.board)
    with _run(at, made, firmware, probes, folder, deadline) as (measurement, chip):
        ticks = [each * at.board.counter.per_tick for each in measurement.ticks]
        return _by_pass(probes, ticks), chip


@contextmanager
def _run(
    at: Station,
    made: EngineSources,
    firmware: Firmware,
    probes: Sequence[str],
    folder: Path,
    deadline: Deadline,
    options: EmulatorOptions = NO_OPTIONS,
) -> Iterator[tuple[Measurement, str]]:
    """Each probe with each number of passes."""
    wanted = [_request(n, passes) for n in range(len(probes)) for passes in _PASSES]
    schedule = Schedule(warmups=0, repetitions=0, steps=len(wanted))
    with (
        at.target.reserve(at.board, at.attached, deadline) as place,
        at.target.start(
            firmware.elf, at.board, folder, deadline, at=place, options=options
        ) as running,
    ):
        measurement = benchmark(
            running.stream,
            wanted,
            schedule,
            deadline,
            elf.locator(firmware.elf),
            running.facts.patience,
            identity.of(at.board, made, firmware),
            at.board.family.faults,
        )
        yield measurement, running.facts.use.chip if running.facts.use else ""


def _request(number: int, passes: int) -> list[bytes]:
    return [number.to_bytes(4, "little") + passes.to_bytes(4, "little")]


def _modelled(watched: Watch, probes: Sequence[str]) -> Cycles:
    counts = watched.counts(0, 0, len(_PASSES) * len(probes))
    if counts is None:
        raise TargetError(f"the cycle model cannot run: {watched.reason}")
    return _by_pass(probes, [window.cycles for window in counts.samples])


def _by_pass(probes: Sequence[str], cycles: Sequence[int]) -> Mapping[str, float]:
    few, many = _PASSES
    pairs = zip(probes, cycles[0::2], cycles[1::2], strict=True)
    return {name: (second - first) / (many - few) for name, first, second in pairs}
