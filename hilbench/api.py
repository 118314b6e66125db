"""hilbench from Python: what the command line does, as functions.

    import hilbench

    frame = hilbench.run("my_model.keras", data="samples.npz", boards=["nucleo_l4r5zi_twin"])
    row = hilbench.measure("my_models.py:build_gru", variant="int8_only")
    frame = hilbench.load("my_model_keras")

Nothing is printed. A failed job is a row with `status` and `reason`; what is wrong with a call
is a `hilbench.HilbenchError` of one line. `progress` is called with each event of a run
(hilbench.pipeline.events), one at a time, from a thread that works.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hilbench.config.experiment import Experiment
from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.pipeline import campaign
from hilbench.pipeline.campaign import Done
from hilbench.pipeline.events import Event, Observer
from hilbench.pipeline.measuring import Site
from hilbench.pipeline.selection import Chosen, Selection, experiment, select, settings_of_data
from hilbench.pipeline.steering import Steering, narrowed
from hilbench.record import store
from hilbench.record.row import Row

if TYPE_CHECKING:
    import pandas

StrPath = str | os.PathLike[str]

logging.getLogger("hilbench").addHandler(logging.NullHandler())  # else Python prints remarks itself


def execute(
    selected: Selection,
    settings: Settings,
    results: Path,
    observer: Observer,
    command: str,
    owner: Owner | None = None,
    steering: Steering | None = None,
    site: Site | None = None,
) -> Done:
    """Run what was selected, measured at `site`; the journal notes `command`.

    Raises HilbenchError.
    """
    how = steering or Steering()
    if how.workers is not None and how.workers < 1:
        raise UsageError(f"workers: {how.workers} given", remedy="at least 1")
    return campaign.run_jobs(
        selected, settings, owner or Owner(), results, observer, how, command, site
    )


def run(
    what: StrPath,
    *,
    models: Sequence[str] = (),
    variants: Sequence[str] = (),
    engines: Sequence[str] = (),
    boards: Sequence[str] = (),
    optimisations: Sequence[str] = (),
    data: StrPath | None = None,
    labels: str | None = None,
    samples: int | None = None,
    reference: StrPath | None = None,
    allow_lambda: bool = False,
    uncertainty: bool = False,
    stream: bool = False,
    whole: StrPath | None = None,
    options: Mapping[str, object] | None = None,
    tflm: StrPath | None = None,
    results: StrPath = "results",
    figures: StrPath | None = None,
    tags: Sequence[str] = (),
    only_failed: bool = False,
    only_missing: bool = False,
    workers: int | None = None,
    fresh: Sequence[str] = (),
    resume: bool = False,
    repeat: int = 1,
    shuffle: int | None = None,
    stop_on_failure: bool = False,
    progress: Observer | None = None,
) -> pandas.DataFrame:
    """Run an experiment, or a network of your own, as `hilbench run` does.

    `what` is an experiment's file or name, a .tflite, .keras or .h5 file, a SavedModel folder
    or `file.py:function`, whose arguments are `options`. The others are the options of the
    command; figures are drawn where a folder is named. Returns one line for each job, with
    the columns of docs/results.md in nullable types; what was not measured is missing.
    `frame.attrs["path"]` is the CSV. Raises HilbenchError.
    """
    chosen = replace(
        _chosen(data, labels, samples, reference, allow_lambda, options),
        models=_several(models),
        tags=_several(tags),
        variants=_several(variants),
        engines=_several(engines),
        boards=_several(boards),
        optimisations=_several(optimisations),
        uncertainty=uncertainty,
        stream=stream,
        whole=_given("whole", whole),
    )
    _check(Integral, workers=workers, repeat=repeat, shuffle=shuffle)
    settings = _settings(tflm)
    what, folder, drawn = _path("what", what), _path("results", results), _given("figures", figures)
    steering = Steering(workers, _several(fresh), resume, repeat, shuffle, stop_on_failure)
    selected = select(settings, what, chosen)
    selected = narrowed(selected, Path(folder), only_failed, only_missing)
    called = f"hilbench.run({what!r})"
    done = execute(selected, settings, Path(folder), progress or _ignore, called, steering=steering)
    if drawn is not None:
        draw(done.path, selected.experiment, Path(drawn))
    return _frame(done.rows, done.path)


def measure(
    what: StrPath,
    *,
    variant: str | None = None,
    engine: str | None = None,
    board: str | None = None,
    optimisation: str | None = None,
    model: str | None = None,
    data: StrPath | None = None,
    labels: str | None = None,
    samples: int | None = None,
    reference: StrPath | None = None,
    allow_lambda: bool = False,
    uncertainty: bool = False,
    stream: bool = False,
    whole: StrPath | None = None,
    options: Mapping[str, object] | None = None,
    tflm: StrPath | None = None,
    results: StrPath | None = None,
    progress: Observer | None = None,
) -> Row:
    """Measure one job; arguments as those of `run`. Writes no results file unless `results` is
    named.

    Returns its row, a mapping by column. Raises UsageError when what is asked for is more
    than one job, HilbenchError otherwise.
    """
    chosen = replace(
        _chosen(data, labels, samples, reference, allow_lambda, options),
        models=_one(model),
        variants=_one(variant),
        engines=_one(engine),
        boards=_one(board),
        optimisations=_one(optimisation),
        uncertainty=uncertainty,
        stream=stream,
        whole=_given("whole", whole),
    )
    settings = _settings(tflm)
    what, folder = _path("what", what), _given("results", results)
    selected = select(settings, what, chosen)
    if len(selected.jobs) != 1:
        ids = ", ".join(job.id for job in selected.jobs)
        raise UsageError(
            f"'{what}' is {len(selected.jobs)} jobs: {ids}",
            remedy="name one variant, engine and board, or use hilbench.run",
        )
    with ExitStack() as stack:
        if folder is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hilbench-"))
        called = f"hilbench.measure({what!r})"
        done = execute(selected, settings, Path(folder), progress or _ignore, called)
    return done.rows[0]


def load(what: StrPath, *, results: StrPath = "results") -> pandas.DataFrame:
    """The rows of a results file: its path, or the name or file of an experiment or network.

    As `run` returns them. Raises StoreError, SpecError.
    """
    path = results_file(_path("what", what), Path(_path("results", results)))
    return _frame(store.read(path), path)


def results_file(what: str, results: Path) -> Path:
    """Where the rows of an experiment or a network are. Raises SpecError."""
    if what.endswith(".csv"):
        return Path(what)
    return results / f"{experiment(what).name}.csv"


def draw(csv: Path, spec: Experiment, figures: Path) -> list[Path]:
    """All figures of a results file, in a folder of `figures`. Raises StoreError, MissingTool."""
    from hilbench import report

    leave_out = spec.figures.leave_out
    return report.draw(store.read(csv), spec.name, spec.title, leave_out, figures)


def _frame(rows: Sequence[Row], path: Path) -> pandas.DataFrame:
    from hilbench.report.frame import ROW, frame

    table: pandas.DataFrame = frame(rows).drop(columns=ROW)
    table.attrs["path"] = str(path)
    return table


def _chosen(
    data: StrPath | None,
    labels: str | None,
    samples: int | None,
    reference: StrPath | None,
    allow_lambda: bool,
    options: Mapping[str, object] | None,
) -> Chosen:
    """What `run` and `measure` are told of a network and its data. Raises UsageError."""
    _check(str, labels=labels)
    _check(Integral, samples=samples)
    _check(Mapping, options=options)
    return Chosen(
        data=settings_of_data(_given("data", data), labels, samples),
        reference=_given("reference", reference),
        allow_lambda=allow_lambda,
        options=dict(options or {}),
    )


def _settings(tflm: StrPath | None) -> Settings:
    named = _given("tflm", tflm)
    return Settings.read(tflm=None if named is None else Path(named))


_KINDS: Mapping[type, str] = {
    Integral: "a whole number",
    Mapping: "a mapping of names to values",
    str: "text",
}


def _check(kind: type, **arguments: object) -> None:
    """Raises UsageError for an argument of another kind; None is none."""
    for name, value in arguments.items():
        if value is not None and not isinstance(value, kind):
            raise _of_no_use(name, value, _KINDS[kind])


def _of_no_use(name: str, value: object, remedy: str) -> UsageError:
    return UsageError(f"{name}: an object of type {type(value).__name__} given", remedy=remedy)


def _path(name: str, value: object) -> str:
    """Raises UsageError for what is neither text nor a path, such as a model itself."""
    if isinstance(value, str | os.PathLike):
        return str(os.fspath(value))
    network = "; a function that builds a network as 'file.py:function'" if name == "what" else ""
    raise _of_no_use(name, value, f"text or a path{network}")


def _given(argument: str, value: object) -> str | None:
    return None if value is None else _path(argument, value)


def _several(names: Any) -> tuple[str, ...]:
    """A single text is one name, not its letters. Raises UsageError for what are no names."""
    several = isinstance(names, Iterable) and not isinstance(names, str | bytes)
    found = tuple(names) if several else (names,)
    for name in found:
        if not isinstance(name, str):
            raise UsageError(f"{name!r:.60} is no name", remedy="text, or a list of texts")
    return found


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else _several(name)


def _ignore(_event: Event) -> None:
    pass
