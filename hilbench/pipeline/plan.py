"""An experiment, resolved once: each job with all that it needs, or why it cannot run.

    check(experiment, path)          what the file says is possible, else SpecError with its line
    jobs = resolve(experiment, bench, settings, path.parent)

Nothing runs here, and nothing after this decides again which target, chip or engine a job has.
What is wrong with the experiment ends the command; what is wrong with one job is its `refusal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path

from hilbench import data as datasets
from hilbench import sources
from hilbench.config.bench import Attachment, Bench
from hilbench.config.board import Board, QemuTarget, boards, load_board
from hilbench.config.experiment import Data, Experiment, Limits, Measure, ModelEntry, Training
from hilbench.config.load import position
from hilbench.config.optimisation import Optimisation
from hilbench.core.errors import (
    HilbenchError,
    JobError,
    SpecError,
    TrainError,
    Unsupported,
    UsageError,
)
from hilbench.core.registry import lookup, nearest
from hilbench.core.settings import Settings
from hilbench.cycles.watch import CycleModel, cycle_model
from hilbench.engines.base import Engine, engines, load_engine
from hilbench.pipeline import given
from hilbench.pipeline.guests import ending
from hilbench.record.row import job_id
from hilbench.sources.base import Source
from hilbench.sources.keras.variants import VARIANTS, Variant
from hilbench.targets.base import Target, targets


@dataclass(frozen=True)
class Station:
    """A board and what drives it. `attached` are the boards of the bench that may be taken."""

    board: Board
    target: Target
    attached: tuple[Attachment, ...] = ()
    cycle_model: CycleModel | None = None

    @property
    def emulated(self) -> bool:
        """Whether QEMU may run it: only there does the plugin count."""
        entries = {entry.emulated_by for entry in self.attached}
        return self.target.kind == "qemu" or "qemu" in entries

    @property
    def lanes(self) -> int:
        """How many of its jobs can be measured at a time; 0 where nothing but CPUs limits that."""
        return len({entry.probe for entry in self.attached})

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of target whose programs are needed."""
        return frozenset({self.target.kind, *(["qemu"] if self.emulated else [])})


@dataclass(frozen=True)
class Job:
    """One cell of an experiment. `trial` is where the engine's trial runs, if it needs one.

    `whole` is a network that takes all of a sequence of which this one takes the steps; `entry`
    what the experiment says of the model.
    """

    model: Source
    variant: Variant
    engine: Engine
    station: Station
    optimisation: Optimisation
    training: Training
    data: Data
    measure: Measure
    limits: Limits
    trial: Station | None = None
    refusal: JobError | None = None
    whole: Path | None = None
    entry: ModelEntry | None = None

    @property
    def board(self) -> Board:
        return self.station.board

    @property
    def lane(self) -> str:
        """Whose queue it waits in: that of its board."""
        return self.board.name

    @property
    def id(self) -> str:
        return job_id(**self.names)

    @property
    def names(self) -> dict[str, str]:
        """The columns that tell this job from others."""
        return {
            "model": self.model.name,
            "variant": self.variant.name,
            "engine": self.engine.name,
            "board": self.board.name,
            "optimisation": self.optimisation,
        }


def check(experiment: Experiment, path: Path) -> None:
    """Raise SpecError, with file and line, for what no job of the experiment could do."""
    known: Mapping[str, Iterable[str]] = {
        "variants": VARIANTS,
        "engines": engines(),
        "boards": boards(),
    }
    for axis, names in known.items():
        for index, name in enumerate(getattr(experiment, axis)):
            _known(axis[:-1], name, names, path, (axis, index))
    for index, entry in enumerate(experiment.models):
        try:
            _source(entry, experiment, path.parent)
        except HilbenchError as error:
            where = position(path, "models", index)
            raise SpecError(where, error.message, remedy=error.remedy) from None
    for index, name in enumerate(experiment.figures.leave_out):
        _known("model", name, experiment.model_names, path, ("figures", "leave_out", index))
    _check_data(experiment, path)


def ids(experiment: Experiment, base: Path) -> list[str]:
    """Of all jobs, in the order of the experiment file, models outermost."""
    axes = (experiment.engines, experiment.boards, experiment.optimisations)
    return [
        job_id(source.name, variant, *cell)
        for source in _sources(experiment, base).values()
        for variant, *cell in product(_variants(source, experiment), *axes)
    ]


def resolve(
    experiment: Experiment, bench: Bench, settings: Settings, base: Path
) -> tuple[Job, ...]:
    """All jobs, in the order of `ids`; files of models are relative to `base`.

    Raises UsageError for an unknown name, SpecError for a wrong file of a board, chip or core,
    DataError for a file of samples that cannot be read.
    """
    found = _sources(experiment, base)
    for entry in experiment.models:
        shapes = given.shapes(given.check(entry.data or experiment.data))
        found[entry.row_name] = found[entry.row_name].shaped(shapes)
    chosen = [load_engine(name, settings) for name in experiment.engines]
    drivers = targets(settings)
    stations = [station(load_board(name), bench, drivers) for name in experiment.boards]
    pairs = [_pair(engine, at, drivers) for engine, at in product(chosen, stations)]
    return tuple(
        job
        for entry in experiment.models
        for job in _jobs(entry, found[entry.row_name], pairs, experiment, base)
    )


def _jobs(
    entry: ModelEntry, model: Source, pairs: Sequence[_Pair], experiment: Experiment, base: Path
) -> Iterator[Job]:
    """Those of one model."""
    unknown_data = _refused(partial(_dataset, model))
    whole = _whole(entry, experiment, base)
    variants = _variants(model, experiment).values()
    for variant, pair, level in product(variants, pairs, experiment.optimisations):
        yield Job(
            model=model,
            variant=variant,
            engine=pair.engine,
            station=pair.station,
            optimisation=level,
            training=entry.training or experiment.training,
            data=entry.data or experiment.data,
            measure=experiment.measure,
            limits=experiment.limits,
            trial=pair.trial,
            refusal=pair.refusal or unknown_data,
            whole=whole,
            entry=entry,
        )


def _whole(entry: ModelEntry, experiment: Experiment, base: Path) -> Path | None:
    """Raises UsageError where nothing would be compared with it."""
    if entry.whole is None:
        return None
    if not experiment.measure.stream:
        raise UsageError(
            f"model '{entry.row_name}': whole: {entry.whole} is compared with a stream",
            remedy="say measure.stream: true (--stream)",
        )
    path = base / Path(entry.whole).expanduser()
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    return path


def _sources(experiment: Experiment, base: Path) -> dict[str, Source]:
    """By the name in rows. Raises UsageError."""
    return {e.row_name: _source(e, experiment, base) for e in experiment.models}


def _source(entry: ModelEntry, experiment: Experiment, base: Path) -> Source:
    source = sources.find(entry, base, experiment.training)
    if experiment.measure.stream:
        return source.streamed(entry.stream_step)
    if entry.stream_step is not None:
        raise UsageError(
            f"model '{entry.row_name}': stream_step: {entry.stream_step} is of a stream",
            remedy="say measure.stream: true (--stream)",
        )
    return source


def _variants(model: Source, experiment: Experiment) -> dict[str, Variant]:
    """Those of the experiment; a file that is converted already has its own alone."""
    there = model.variants()
    if len(there) == 1:
        return dict(there)
    return {name: lookup("variant", name, there) for name in experiment.variants}


def station(board: Board, bench: Bench, drivers: Mapping[str, Target]) -> Station:
    """What drives `board`: what the bench file says, else the board itself.

    Raises UsageError or SpecError for its target, chip or core.
    """
    attached = bench.of(board.name)
    kind = bench.target(board.name) or board.target.kind
    return Station(board, lookup("target", kind, drivers), attached, cycle_model(board))


def scratch_station(board: Board, drivers: Mapping[str, Target]) -> Station:
    """An emulated board with the CPU of `board`, where trials run.

    It has all the RAM of its machine, so that what a model needs is known even
    if no board has as much. Raises Unsupported where there is none.
    """
    for other in _emulated():
        if isinstance(other.target, QemuTarget) and other.cpu == board.cpu:
            length = other.target.ram or other.memory.ram.length
            ram = other.memory.ram.model_copy(update={"length": length})
            memory = other.memory.model_copy(update={"ram": ram})
            whole = other.model_copy(update={"memory": memory})
            return Station(whole, drivers["qemu"])
    raise Unsupported(f"no emulated board has the CPU of {board.name}")


@cache
def _emulated() -> tuple[Board, ...]:
    loaded = (load_board(name) for name in boards())
    return tuple(board for board in loaded if isinstance(board.target, QemuTarget))


@dataclass(frozen=True)
class _Pair:
    """An engine on a board: where its trial runs, and why the two cannot be together."""

    engine: Engine
    station: Station
    trial: Station | None
    refusal: JobError | None


def _pair(engine: Engine, at: Station, drivers: Mapping[str, Target]) -> _Pair:
    trial: list[Station] = []

    def together() -> None:
        if not engine.supports(at.board):
            raise Unsupported(f"engine '{engine.name}' has no code for {at.board.cpu.core}")
        at.target.check(at.board, at.attached)
        if engine.trial is not None:
            trial.append(scratch_station(at.board, drivers))

    refusal = _refused(together)
    return _Pair(engine, at, trial[0] if trial else None, refusal)


def _refused(attempt: Callable[[], object]) -> JobError | None:
    try:
        attempt()
    except Exception as error:
        ended = ending(error)
        if not isinstance(ended, JobError):
            raise
        return ended
    return None


def _dataset(model: Source) -> datasets.Dataset | None:
    """Raises TrainError where the model names a data set that does not exist."""
    if model.dataset is None:
        return None
    try:
        return datasets.find(model.dataset)
    except UsageError as error:
        raise TrainError(f"model '{model.name}': {error.message}", remedy=error.remedy) from None


def _known(
    kind: str, name: str, there: Iterable[str], path: Path, location: tuple[str | int, ...]
) -> None:
    if name not in (names := list(there)):
        where = position(path, *location)
        raise SpecError(where, f"unknown {kind} '{name}'", remedy=nearest(name, names))


@dataclass(frozen=True)
class _Wanted:
    """Samples as the experiment, or one model of it, asks for them, and the sets that give them.

    `where` leads to them in the file.
    """

    data: Data
    where: tuple[str | int, ...]
    used: tuple[datasets.Dataset, ...]


def _check_data(experiment: Experiment, path: Path) -> None:
    """The user's text is usable and used, and there are as many samples as are asked for."""
    for wanted in _wanted(experiment, path.parent):
        if wanted.data.file is not None:
            _check_file(wanted, path)
        else:
            _check_text(wanted, path)
            _check_counts(wanted, path)


def _check_file(wanted: _Wanted, path: Path) -> None:
    try:
        given.check(wanted.data)
    except HilbenchError as error:
        where = position(path, *wanted.where, "file")
        raise SpecError(where, error.message, remedy=error.remedy) from None


def _check_text(wanted: _Wanted, path: Path) -> None:
    if wanted.data.text is not None and not any(each.reads_text for each in wanted.used):
        where = position(path, *wanted.where, "text")
        shared = wanted.where == ("data",)
        who = "no model of this experiment reads" if shared else "this model does not read"
        raise SpecError(where, f"data.text: {who} text")


def _check_counts(wanted: _Wanted, path: Path) -> None:
    data = wanted.data
    for each in wanted.used:
        try:
            there = each.training_samples(data)
        except UsageError as error:
            where = position(path, *wanted.where, "text")
            raise SpecError(where, error.message, remedy=error.remedy) from None
        needed = data.representative + data.samples
        if needed > there:
            raise SpecError(
                position(path, *wanted.where),
                f"{needed} calibration and error samples, '{each.name}' has {there} in training",
                remedy="lower data.representative or data.samples",
            )


def _wanted(experiment: Experiment, base: Path) -> Iterator[_Wanted]:
    """The experiment's own, with the sets of all models that have none, then each model's."""
    needed = {name: model.dataset for name, model in _sources(experiment, base).items()}
    shared = [needed[entry.row_name] for entry in experiment.models if entry.data is None]
    yield _Wanted(experiment.data, ("data",), _datasets(shared))
    for index, entry in enumerate(experiment.models):
        if entry.data is not None:
            used = _datasets([needed[entry.row_name]])
            yield _Wanted(entry.data, ("models", index, "data"), used)


def _datasets(names: Iterable[str | None]) -> tuple[datasets.Dataset, ...]:
    """Those that exist, each once."""
    known = datasets.datasets()
    return tuple(datasets.find(name) for name in dict.fromkeys(names) if name in known and name)
