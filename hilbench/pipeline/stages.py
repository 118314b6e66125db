"""The stages of one job, each looked up in the cache by what decides its result.

    [data ->] train or load -> samples -> convert -> [trial ->] compile -> oracle -> build
        | wait -> measure

`prepare` does all that needs no board; `measure` is never cached.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType

from hilbench.core import hashing, modules
from hilbench.core.artifacts import (
    ConvertedModel,
    EngineSources,
    Firmware,
    Network,
    OracleResult,
)
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DataError, DeadlineExceeded, JobError, MissingTool, TargetError
from hilbench.core.owner import Owner
from hilbench.core.paths import firmware_dir
from hilbench.core.store import Store
from hilbench.image import image
from hilbench.link.session import Schedule
from hilbench.oracle import lite, tflm
from hilbench.pipeline import (
    decided,
    given,
    identity,
    logs,
    reference,
    samples,
    trial,
    whole,
    window,
)
from hilbench.pipeline.events import Observer
from hilbench.pipeline.measuring import Here, Measured, Request, Site
from hilbench.pipeline.plan import Job
from hilbench.pipeline.reference import Oracle, Reference
from hilbench.pipeline.staging import Staging
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite import loops, reader
from hilbench.tflite.graph import Graph

CACHED = (
    "data", "train", "load", "read", "samples", "convert", "oracle", "trial", "compile", "build"
)  # fmt: skip
"""The stages whose results are kept; their limits are those of config.experiment.Limits."""
_ENDLESS = "the network has a WHILE that ends when its data say so, and they may never say it"


@dataclass(frozen=True)
class Prepared:
    """All that is known of a job before it runs on its board.

    `decided_by` is the digest of everything that decides its row.
    """

    job: Job
    network: Network
    converted: ConvertedModel
    graph: Graph
    samples: samples.Samples
    reference: Reference
    oracle: Oracle
    data: str
    sources: EngineSources
    firmware: Firmware
    base: Firmware
    whole: Oracle | None = None
    decided_by: str = ""


class Stages:
    """Does the stages of jobs, measures at `site`; safe to use from several threads."""

    def __init__(self, store: Store, owner: Owner, site: Site | None = None) -> None:
        self.site = site or Here(store, owner)
        self._staging = Staging(store, owner)

    def lanes(self, job: Job) -> int:
        """How many jobs of its board are measured at a time (Site.lanes)."""
        return self.site.lanes(job.station)

    def prepare(self, job: Job, emit: Observer) -> Prepared:
        """Everything up to the ELF. Raises JobError, MissingTool, Interrupted."""
        try:
            return self._prepare(job, emit)
        except OSError as error:  # a file of the user's that is gone since the plan was made
            what = error.filename or "a file of this job"
            raise JobError(f"cannot read {what}: {error.strerror or error}") from error

    def _prepare(self, job: Job, emit: Observer) -> Prepared:
        if job.refusal is not None:
            raise job.refusal
        network, vectors, converted = self.convert(job, emit)
        graph = reader.read(converted.tflite)
        found = reference.of_keras(converted)
        pairs = samples.load(vectors.path, found.outputs, graph)
        sources = window.timed(self._compile(job, converted, emit), graph, job.measure.window)
        oracle = self._oracle(job, converted, pairs, emit)
        if not found.outputs:
            found = self._reference(job, network, converted, vectors, pairs, oracle, emit)
            pairs = samples.load(vectors.path, found.outputs, graph)
        common = image.fingerprint(job.board, job.optimisation)
        firmware = self._build(job, sources, common, emit)
        prepared = Prepared(
            job=job,
            network=network,
            converted=converted,
            graph=graph,
            samples=pairs,
            reference=found,
            oracle=oracle,
            data=vectors.origin,
            sources=sources,
            firmware=firmware,
            base=self._build(job, image.base_sources(), common, emit),
            whole=self._whole_sequences(job, graph, pairs, emit),
        )
        return replace(prepared, decided_by=decided.by(prepared, self.site.drivers(job.station)))

    def convert(self, job: Job, emit: Observer) -> tuple[Network, given.Vectors, ConvertedModel]:
        """The network, its samples and its .tflite. Raises as `prepare`."""
        training = self._training(job, emit)
        network = self._network(job, training, emit)
        vectors = self._vectors(job, network, training, emit)
        return network, vectors, self._convert(job, network, vectors, emit)

    def measure(self, prepared: Prepared, emit: Observer) -> Measured:
        """Run the firmware on its board. Raises JobError, MissingTool, Interrupted."""
        job = prepared.job
        try:
            return self.site.measure(job.station, _request(prepared), prepared.firmware.elf, emit)
        except DeadlineExceeded as error:
            if not error.remedy and loops.may_not_end(prepared.graph):
                error.remedy = _ENDLESS
            raise

    def _training(self, job: Job, emit: Observer) -> Path | None:
        """What trains the model, and gives its samples; None for the user's own."""
        name = job.model.dataset
        if name is None:
            return None
        shape = job.model.sample_shape

        def make(out: Path, deadline: Deadline) -> Path:
            deadline.check()
            return given.load_dataset(name, shape, job.data, out)

        key = given.dataset_fingerprint(name, shape, job.data)
        return self._staging.kept(job, "data", key, make, Path, emit)

    def _network(self, job: Job, training: Path | None, emit: Observer) -> Network:
        samples = hashing.of_kept(training) if training else None
        key = {
            "source": dict(job.model.fingerprint()),
            "code": modules.hashed({type(job.model).__module__}),
            "samples": samples,
        }
        make = partial(job.model.load, training)
        return self._staging.kept(job, job.model.stage, key, make, Network, emit)

    def _vectors(
        self, job: Job, network: Network, training: Path | None, emit: Observer
    ) -> given.Vectors:
        stream = job.measure.stream
        key = given.fingerprint(network, job.data, training, stream=stream)
        make = partial(given.choose, network, job.data, training, stream=stream)
        return self._staging.kept(job, "samples", key, make, given.Vectors, emit)

    def _convert(
        self, job: Job, network: Network, vectors: given.Vectors, emit: Observer
    ) -> ConvertedModel:
        key = {
            "source": dict(job.model.conversion_fingerprint(network, vectors.path, job.variant)),
            "code": modules.hashed({type(job.model).__module__}),
        }
        make = partial(job.model.convert, network, vectors.path, job.variant)
        return self._staging.kept(job, "convert", key, make, ConvertedModel, emit)

    def _reference(
        self,
        job: Job,
        network: Network,
        converted: ConvertedModel,
        vectors: given.Vectors,
        pairs: samples.Samples,
        oracle: Oracle,
        emit: Observer,
    ) -> Reference:
        """What a network whose own outputs are not there is compared with.

        Its float file; or its file as TFLM runs it, where that is the float one; or as TensorFlow
        Lite does, where TFLM does not.
        """
        graph, is_float = reader.read(converted.tflite), job.variant.name == reference.FLOAT
        if file := network.reference or self._float_file(job, network, vectors, emit):
            floats = replace(pairs, inputs=reference.float_inputs(graph, pairs))
            found = self._of_float_file(job, file, floats, emit)
            return reference.of_float_file(network.reference, *found)
        if oracle.outputs:
            return reference.of_oracle(oracle) if is_float else Reference()
        try:
            result = self._run(job, lite, converted.tflite, pairs, emit)
        except (TargetError, DeadlineExceeded, MissingTool) as error:
            return Reference(why=str(error))
        return reference.of_lite(result, graph, is_float=is_float)

    def _float_file(
        self, job: Job, network: Network, vectors: given.Vectors, emit: Observer
    ) -> Path | None:
        """The float file of a Keras network."""
        if network.saved_model is None:
            return None
        return self._convert(
            replace(job, variant=VARIANTS[reference.FLOAT]), network, vectors, emit
        ).tflite

    def _of_float_file(
        self, job: Job, file: Path, pairs: samples.Samples, emit: Observer
    ) -> tuple[OracleResult, str]:
        """Its outputs, and whose they are: TFLM's, or TensorFlow Lite's where TFLM fails."""
        try:
            return self._run(job, tflm, file, pairs, emit), reference.TFLM
        except (TargetError, DeadlineExceeded) as error:
            try:
                return self._run(job, lite, file, pairs, emit), reference.LITE
            except (TargetError, DeadlineExceeded, MissingTool) as other:
                raise TargetError(f"{error}; {other}") from other

    def _oracle(
        self, job: Job, converted: ConvertedModel, pairs: samples.Samples, emit: Observer
    ) -> Oracle:
        """What TFLM answers, or why it does not: that ends no job."""
        try:
            return reference.of(self._run(job, tflm, converted.tflite, pairs, emit))
        except (TargetError, DeadlineExceeded, MissingTool) as error:
            return reference.missing(error)

    def _whole_sequences(
        self, job: Job, graph: Graph, pairs: samples.Samples, emit: Observer
    ) -> Oracle | None:
        """What the network that takes whole sequences answers, or why it does not."""
        if job.whole is None:
            return None
        try:
            joined = whole.sequences(graph, reader.read(job.whole), pairs)
            return reference.of(self._run(job, tflm, job.whole, joined, emit))
        except (TargetError, DeadlineExceeded, MissingTool, DataError) as error:
            return reference.missing(error)

    def _run(
        self, job: Job, runtime: ModuleType, tflite: Path, pairs: samples.Samples, emit: Observer
    ) -> OracleResult:
        """What `runtime` computes of a file: oracle.tflm, or oracle.lite."""
        key = runtime.fingerprint(hashing.of_kept(tflite), pairs.inputs, pairs.steps)
        make = partial(runtime.run, tflite, pairs.inputs, steps=pairs.steps)
        return self._staging.kept(job, "oracle", key, make, OracleResult, emit)

    def _compile(self, job: Job, converted: ConvertedModel, emit: Observer) -> EngineSources:
        reported = self._trial(job, converted, emit)

        def make(out: Path, deadline: Deadline) -> EngineSources:
            deadline.check()
            return job.engine.compile(converted.tflite, job.board, out, reported)

        key = {
            "engine": job.engine.fingerprint(job.board),
            "code": modules.hashed({type(job.engine).__module__}),
            "tflite": converted.sha256,
            "reported": reported.hex(),
            # Sources name kernels and headers where this installation has them.
            "firmware": str(firmware_dir()),
        }
        return self._staging.kept(job, "compile", key, make, EngineSources, emit)

    def _trial(self, job: Job, converted: ConvertedModel, emit: Observer) -> bytes:
        """What the engine's first firmware says, b"" for an engine without one."""
        write, at = job.engine.trial, job.trial
        if write is None or at is None:
            return b""

        def make(out: Path, deadline: Deadline) -> Path:
            with logs.kept(out):
                return trial.run(write(converted.tflite, at.board, out), at, out, deadline)

        key = {
            "engine": job.engine.fingerprint(at.board),
            "code": modules.hashed({type(job.engine).__module__, trial.__name__}),
            "firmware": image.fingerprint(at.board),
            "tflite": converted.sha256,
        }
        return self._staging.kept(job, "trial", key, make, Path, emit).read_bytes()

    def _build(self, job: Job, sources: EngineSources, common: str, emit: Observer) -> Firmware:
        def make(out: Path, deadline: Deadline) -> Firmware:
            return image.build(sources, job.board, out, deadline, job.optimisation)

        key = {"image": image.key(sources, common)}
        return self._staging.kept(job, "build", key, make, Firmware, emit)


def _request(prepared: Prepared) -> Request:
    job = prepared.job
    each = zip(*prepared.samples.inputs, strict=True)
    return Request(
        job=job.id,
        inputs=tuple(tuple(tensor.tobytes() for tensor in sample) for sample in each),
        schedule=_schedule(prepared),
        expected=identity.of(job.board, prepared.sources, prepared.firmware, prepared.graph),
        wait_seconds=job.limits.wait,
        measure_seconds=job.limits.measure,
        bounds=job.measure.uncertainty,
    )


def _schedule(prepared: Prepared) -> Schedule:
    measure = prepared.job.measure
    return Schedule(
        warmups=measure.warmups,
        repetitions=measure.repetitions,
        steps=prepared.samples.steps if measure.stream else 0,
    )
