"""The stages of one job, each looked up in the cache by what decides its result.

    train -> convert -> oracle -> [trial ->] compile -> build | wait -> measure

`prepare` does all that needs no board; `measure` is never cached.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from hilbench.core import hashing
from hilbench.core.artifacts import (
    ConvertedModel,
    EngineSources,
    Firmware,
    Measurement,
    OracleResult,
    RunFacts,
    TrainedModel,
)
from hilbench.core.deadline import Deadline
from hilbench.core.owner import Owner
from hilbench.core.store import Store
from hilbench.cycles import watch
from hilbench.cycles.watch import Counts, Watch
from hilbench.image import elf, image
from hilbench.link.session import MeasurePlan, benchmark
from hilbench.oracle import tflm
from hilbench.pipeline import identity, samples, trial
from hilbench.pipeline.events import Observer, StageDone, StageStarted
from hilbench.pipeline.plan import Job, Station
from hilbench.pipeline.tools import target_version
from hilbench.sources.keras import conversion, training
from hilbench.targets.base import Place
from hilbench.tflite import reader

T = TypeVar("T")

CACHED = ("train", "convert", "oracle", "trial", "compile", "build")
"""The stages whose results are kept; their limits are those of config.experiment.Limits."""


@dataclass(frozen=True)
class Prepared:
    """All that is known of a job before it runs on its board."""

    job: Job
    trained: TrainedModel
    converted: ConvertedModel
    samples: samples.Samples
    oracle: OracleResult
    sources: EngineSources
    firmware: Firmware
    base: Firmware


@dataclass(frozen=True)
class Measured:
    """What a board gave, and what drove it. `counter_unit` is what the ticks count."""

    measurement: Measurement
    target: str
    facts: RunFacts
    counter_unit: str
    counts: Counts | None
    watch: Watch


class Stages:
    """Does the stages of jobs; safe to use from several threads."""

    def __init__(self, store: Store, owner: Owner) -> None:
        self._store = store
        self._owner = owner

    def prepare(self, job: Job, emit: Observer) -> Prepared:
        """Everything up to the ELF. Raises JobError, MissingTool, Interrupted."""
        if job.refusal is not None:
            raise job.refusal
        trained = self._train(job, emit)
        converted = self._convert(job, trained, emit)
        pairs = samples.load(trained.vectors, reader.read(converted.tflite))
        oracle = self._oracle(job, converted, pairs, emit)
        sources = self._compile(job, converted, emit)
        firmware = self._build(job, sources, emit)
        base = self._build(job, image.base_sources(), emit)
        return Prepared(job, trained, converted, pairs, oracle, sources, firmware, base)

    def measure(self, prepared: Prepared, emit: Observer) -> Measured:
        """Run the firmware on its board. Raises JobError, MissingTool, Interrupted."""
        job = prepared.job
        with self._reserved(job, emit) as place:
            logs = self._store.scratch("measure", job.id.replace("/", "."))
            with self._stage(job, "measure", emit), logs as folder:
                return self._run(prepared, place, folder, self._deadline(job, "measure"))

    @contextmanager
    def _reserved(self, job: Job, emit: Observer) -> Iterator[Place]:
        """A place for the job; waiting for it has a limit of its own."""
        at = job.station
        with ExitStack() as stack:
            with self._stage(job, "wait", emit):
                waiting = self._deadline(job, "wait")
                place = stack.enter_context(at.target.reserve(at.board, at.attached, waiting))
            yield place

    def _run(self, prepared: Prepared, place: Place, folder: Path, deadline: Deadline) -> Measured:
        job, firmware = prepared.job, prepared.firmware.elf
        plan = MeasurePlan(warmups=job.measure.warmups, repetitions=job.measure.repetitions)
        inputs = [[sample.tobytes()] for sample in prepared.samples.inputs]
        expected = identity.of(job.board, prepared.sources, prepared.firmware, prepared.samples)
        watched = self._watch(job.station, firmware, folder, deadline)
        start = partial(job.station.target.start, at=place, options=watched.options())
        with start(firmware, job.board, folder, deadline) as running:
            locate = elf.locator(firmware)
            facts = running.facts
            measurement = benchmark(
                running.stream,
                inputs,
                plan,
                deadline,
                locate,
                patience=facts.patience,
                expected=expected,
                faults=job.board.family.faults,
            )
            watched = watched if facts.emulator_options else Watch()
            counts = watched.counts(plan.warmups, plan.repetitions, len(inputs))
        return Measured(
            measurement=measurement,
            target=target_version(job.station.target.kind),
            facts=facts,
            counter_unit=facts.counter_unit or job.board.counter.unit,
            counts=counts,
            watch=watched,
        )

    def _train(self, job: Job, emit: Observer) -> TrainedModel:
        settings = job.training, job.data
        return self._cached(
            job,
            "train",
            training.fingerprint(job.model, *settings),
            partial(training.train, job.model, *settings),
            TrainedModel,
            emit,
        )

    def _convert(self, job: Job, trained: TrainedModel, emit: Observer) -> ConvertedModel:
        return self._cached(
            job,
            "convert",
            conversion.fingerprint(trained, job.variant),
            partial(conversion.convert, trained, job.variant),
            ConvertedModel,
            emit,
        )

    def _oracle(
        self, job: Job, converted: ConvertedModel, pairs: samples.Samples, emit: Observer
    ) -> OracleResult:
        return self._cached(
            job,
            "oracle",
            tflm.fingerprint(converted.sha256, pairs.inputs),
            partial(tflm.run, converted.tflite, pairs.inputs),
            OracleResult,
            emit,
        )

    def _compile(self, job: Job, converted: ConvertedModel, emit: Observer) -> EngineSources:
        reported = self._trial(job, converted, emit)

        def make(out: Path, deadline: Deadline) -> EngineSources:
            deadline.check()
            return job.engine.compile(converted.tflite, job.board, out, reported)

        key = {
            "engine": job.engine.fingerprint(job.board),
            "tflite": converted.sha256,
            "reported": reported.hex(),
        }
        return self._cached(job, "compile", key, make, EngineSources, emit)

    def _trial(self, job: Job, converted: ConvertedModel, emit: Observer) -> bytes:
        """What the engine's first firmware says, b"" for an engine without one."""
        write, at = job.engine.trial, job.trial
        if write is None or at is None:
            return b""

        def make(out: Path, deadline: Deadline) -> Path:
            return trial.run(write(converted.tflite, at.board, out), at, out, deadline)

        key = {
            "engine": job.engine.fingerprint(at.board),
            "firmware": image.fingerprint(at.board),
            "tflite": converted.sha256,
        }
        return self._cached(job, "trial", key, make, Path, emit).read_bytes()

    def _build(self, job: Job, sources: EngineSources, emit: Observer) -> Firmware:
        def make(out: Path, deadline: Deadline) -> Firmware:
            return image.build(sources, job.board, out, deadline, job.optimisation)

        key = {"image": image.key(sources, job.board, job.optimisation)}
        return self._cached(job, "build", key, make, Firmware, emit)

    def _cached(
        self,
        job: Job,
        stage: str,
        key: Mapping[str, object],
        make: Callable[[Path, Deadline], T],
        kind: type[T],
        emit: Observer,
    ) -> T:
        def fill(out: Path) -> T:
            return make(out, self._deadline(job, stage))

        with self._stage(job, stage, emit) as done:
            result, done.cached = self._store.get(stage, hashing.of_values(**key), kind, fill)
        return result

    @contextmanager
    def _stage(self, job: Job, stage: str, emit: Observer) -> Iterator[_Outcome]:
        emit(StageStarted(job.id, stage))
        started = time.monotonic()
        outcome = _Outcome()
        yield outcome
        emit(StageDone(job.id, stage, time.monotonic() - started, outcome.cached))

    def _watch(self, at: Station, firmware: Path, folder: Path, deadline: Deadline) -> Watch:
        """What the plugin is to watch; nothing where no emulator can load it."""
        if not at.emulated:
            return Watch()
        return watch.prepare(firmware, at.board, at.cycle_model, folder, self._store, deadline)

    def _deadline(self, job: Job, stage: str) -> Deadline:
        return Deadline.after(getattr(job.limits, stage), stage, self._owner)


class _Outcome:
    cached = False
