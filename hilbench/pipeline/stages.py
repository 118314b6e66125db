"""The stages of one job, each looked up in the cache by what decides its result.

    train -> convert -> oracle -> [probe ->] compile -> build | measure

`prepare` does all that needs no board; `measure` is never cached.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from hilbench.config.board import Board, load_board
from hilbench.config.experiment import Experiment
from hilbench.core import hashing
from hilbench.core.artifacts import (
    BenchUse,
    ConvertedModel,
    EngineSources,
    Firmware,
    Measurement,
    OracleResult,
    TrainedModel,
)
from hilbench.core.deadline import Deadline
from hilbench.core.errors import Unsupported
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.cycles.watch import Counts, Watch
from hilbench.engines.base import AnyEngine, ProbedEngine, load_engine
from hilbench.image import elf, image
from hilbench.link.session import MeasurePlan, benchmark
from hilbench.oracle import tflm
from hilbench.pipeline import probing, samples, shelf
from hilbench.pipeline.cache import Cache
from hilbench.pipeline.events import Observer, StageDone, StageStarted
from hilbench.pipeline.matrix import Job
from hilbench.pipeline.tools import target_version
from hilbench.sources.keras import conversion as convert
from hilbench.sources.keras import training
from hilbench.sources.keras.catalogue import find
from hilbench.sources.keras.variants import VARIANTS
from hilbench.targets.base import OnBench, Recounted, Watched, target_for, targets
from hilbench.tflite import reader

T = TypeVar("T")

# What a stage may take, in seconds. Training is the one that users scale.
SECONDS = {
    "train": 4 * 3600.0,
    "convert": 600.0,
    "oracle": 300.0,
    "probe": 300.0,
    "compile": 300.0,
    "build": 300.0,
    "measure": 600.0,
}
STAGES = tuple(SECONDS)


@dataclass(frozen=True)
class Prepared:
    """All that is known of a job before it runs on its board."""

    job: Job
    board: Board
    trained: TrainedModel
    converted: ConvertedModel
    samples: samples.Samples
    oracle: OracleResult
    sources: EngineSources
    firmware: Firmware
    base: Firmware


@dataclass(frozen=True)
class Measured:
    """What a board gave, and what drove it."""

    measurement: Measurement
    target: str
    use: BenchUse | None
    counter_unit: str
    counts: Counts | None
    watch: Watch


class Stages:
    """Does the stages of an experiment's jobs; safe to use from several threads."""

    def __init__(
        self, cache: Cache, experiment: Experiment, settings: Settings, owner: Owner
    ) -> None:
        self._cache = cache
        self._experiment = experiment
        self._settings = settings
        self._owner = owner

    def prepare(self, job: Job, emit: Observer) -> Prepared:
        """Everything up to the ELF. Raises JobError, MissingTool, Interrupted."""
        board = load_board(job.board)
        engine = load_engine(job.engine, self._settings)
        if not engine.supports(board):
            raise Unsupported(f"engine '{engine.name}' has no code for {board.cpu.core}")
        trained = self._train(job, emit)
        converted = self._convert(job, trained, emit)
        graph = reader.read(converted.tflite)
        pairs = samples.load(trained.vectors, graph)
        oracle = self._oracle(job, converted, pairs, emit)
        sources = self._compile(job, board, engine, converted, emit)
        firmware = self._build(job, board, sources, emit)
        base = self._build(job, board, image.base_sources(), emit)
        return Prepared(job, board, trained, converted, pairs, oracle, sources, firmware, base)

    def measure(self, prepared: Prepared, emit: Observer) -> Measured:
        """Run the firmware on its board. Raises JobError, MissingTool, Interrupted."""
        target = target_for(prepared.board, self._settings)
        measure = self._experiment.measure
        plan = MeasurePlan(warmups=measure.warmups, repetitions=measure.repetitions)
        inputs = [[sample.tobytes()] for sample in prepared.samples.inputs]
        firmware = prepared.firmware.elf
        logs = self._cache.scratch("measure", prepared.job.id.replace("/", "."))
        with self._stage(prepared.job, "measure", emit), logs as folder:
            deadline = self._deadline("measure")
            with target.start(firmware, prepared.board, folder, deadline) as device:
                locate = elf.locator(firmware)
                measurement = benchmark(device.stream, inputs, plan, deadline, locate)
                use = device.use if isinstance(device, OnBench) else None
                unit = device.counter_unit if isinstance(device, Recounted) else ""
                watch = device.watch if isinstance(device, Watched) else Watch()
                counts = watch.counts(plan.warmups, plan.repetitions, len(inputs))
        unit = unit or prepared.board.counter.unit
        version = target_version(target.kind)
        return Measured(measurement, version, use, unit, counts, watch)

    def _train(self, job: Job, emit: Observer) -> TrainedModel:
        spec, experiment = find(job.model), self._experiment
        settings = experiment.training, experiment.data
        return self._cached(
            job,
            "train",
            training.fingerprint(spec, *settings),
            lambda out: training.train(spec, *settings, out, self._deadline("train")),
            training.load,
            emit,
        )

    def _convert(self, job: Job, trained: TrainedModel, emit: Observer) -> ConvertedModel:
        variant = VARIANTS[job.variant]
        return self._cached(
            job,
            "convert",
            convert.fingerprint(trained, variant),
            lambda out: convert.convert(trained, variant, out, self._deadline("convert")),
            convert.load,
            emit,
        )

    def _oracle(
        self, job: Job, converted: ConvertedModel, pairs: samples.Samples, emit: Observer
    ) -> OracleResult:
        return self._cached(
            job,
            "oracle",
            tflm.fingerprint(converted.sha256, pairs.inputs),
            lambda out: tflm.run(converted.tflite, pairs.inputs, out, self._deadline("oracle")),
            tflm.load,
            emit,
        )

    def _compile(
        self,
        job: Job,
        board: Board,
        engine: AnyEngine,
        converted: ConvertedModel,
        emit: Observer,
    ) -> EngineSources:
        if isinstance(engine, ProbedEngine):
            probed = self._probe(job, board, engine, converted, emit)
            compiler = partial(engine.compile, converted.tflite, board, probed=probed)
            key = {"engine": engine.fingerprint(board), "probed": probed.hex()}
        else:
            compiler = partial(engine.compile, converted.tflite)
            key = {"engine": engine.fingerprint()}

        def make(out: Path) -> None:
            shelf.put(compiler(out_dir=out), out)

        key["tflite"] = converted.sha256
        return self._cached(job, "compile", key, make, partial(shelf.take, EngineSources), emit)

    def _probe(
        self,
        job: Job,
        board: Board,
        engine: ProbedEngine,
        converted: ConvertedModel,
        emit: Observer,
    ) -> bytes:
        laboratory = probing.laboratory(board)
        key = {
            "engine": engine.fingerprint(laboratory),
            "firmware": image.fingerprint(laboratory),
            "tflite": converted.sha256,
        }

        def make(out: Path) -> None:
            deadline = self._deadline("probe")
            target = targets(self._settings)[laboratory.target.kind]
            probing.probe(engine, converted.tflite, laboratory, target, out, deadline)

        return self._cached(job, "probe", key, make, probing.load, emit)

    def _build(self, job: Job, board: Board, sources: EngineSources, emit: Observer) -> Firmware:
        def make(out: Path) -> None:
            shelf.put(image.build(sources, board, out, self._deadline("build")), out)

        key = {
            "firmware": image.fingerprint(board),
            "sources": [hashing.of_file(path) for path in sources.sources],
            "kernels": sources.kernels,
            "headers": [hashing.of_tree(folder, ".h") for folder in sources.include_dirs],
            "archives": [hashing.of_file(archive) for archive in sources.archives],
            "engine": sources.engine,
        }
        return self._cached(job, "build", key, make, partial(shelf.take, Firmware), emit)

    def _cached(
        self,
        job: Job,
        stage: str,
        key: Mapping[str, object],
        make: Callable[[Path], object],
        load: Callable[[Path], T],
        emit: Observer,
    ) -> T:
        with self._stage(job, stage, emit) as done:
            result, done.cached = self._cache.get(stage, hashing.of_values(**key), make, load)
        return result

    @contextmanager
    def _stage(self, job: Job, stage: str, emit: Observer) -> Iterator[_Outcome]:
        emit(StageStarted(job.id, stage))
        started = time.monotonic()
        outcome = _Outcome()
        yield outcome
        emit(StageDone(job.id, stage, time.monotonic() - started, outcome.cached))

    def _deadline(self, stage: str) -> Deadline:
        return Deadline.after(SECONDS[stage], stage, self._owner)


class _Outcome:
    cached = False
