"""Which jobs are asked for: of an experiment, or of one network of the user's."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_args

from hilbench import sources
from hilbench.config import adhoc, project
from hilbench.config.bench import Bench, load_bench
from hilbench.config.experiment import (
    NAME_MAX,
    PATH_MAX,
    Data,
    Experiment,
    ModelEntry,
    relative_to,
    shipped_experiments,
)
from hilbench.config.optimisation import Optimisation
from hilbench.core import usercode
from hilbench.core.errors import UsageError
from hilbench.core.registry import lookup, nearest
from hilbench.core.settings import Settings
from hilbench.pipeline import plan
from hilbench.pipeline.plan import Job
from hilbench.sources import named

_WILD = re.compile(r"[*?[]")


@dataclass(frozen=True)
class Selection:
    """`order` are the ids of all jobs that the results file may hold.

    `origin` is the experiment's file, or the network's where it is the user's own and alone: then
    `again` has the command that selects this, by model.
    """

    path: Path
    origin: Path
    experiment: Experiment
    jobs: tuple[Job, ...]
    order: list[str]
    again: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """What narrows an experiment; empty leaves it as it is.

    Models (by names, patterns as `lstm*` and tags) and variants choose among the experiment's,
    and so do patterns of engines and boards; names of those, and levels, replace them. `data` are
    settings that stand above the experiment's, files relative to the current folder. `uncertainty`
    asks for the bounds of modelled times. `stream` asks for steps of sequences. `reference`,
    `whole`, `allow_lambda` and `options` are for a network alone. `bench` has the boards that may
    be taken, None for those of the bench file.
    """

    models: Sequence[str] = ()
    tags: Sequence[str] = ()
    variants: Sequence[str] = ()
    engines: Sequence[str] = ()
    boards: Sequence[str] = ()
    optimisations: Sequence[str] = ()
    uncertainty: bool = False
    stream: bool = False
    whole: str | None = None
    data: dict[str, object] = field(default_factory=dict)
    reference: str | None = None
    allow_lambda: bool = False
    options: dict[str, object] = field(default_factory=dict)
    bench: Bench | None = None


def settings_of_data(
    file: str | os.PathLike[str] | None, labels: str | None, samples: int | None
) -> dict[str, object]:
    """Those of them that are given, as settings of `data` in an experiment. Raises UsageError."""
    if samples is not None and samples < 1:
        raise UsageError(f"samples: {samples} given", remedy="at least 1")
    named = None if file is None else os.fspath(file)
    given = {"file": named, "labels": labels, "samples": samples}
    return {name: value for name, value in given.items() if value is not None}


def select(settings: Settings, what: str, chosen: Chosen) -> Selection:
    """`what` is an experiment's file or name, or a network: a file, a folder or file.py:function.

    Raises SpecError, UsageError, DataError.
    """
    if is_network(what):
        return _network(settings, what, chosen)
    path, spec = project.load_experiment(what)
    if chosen.reference or chosen.whole or chosen.allow_lambda:
        raise UsageError(f"{path} is an experiment: it says this of its models itself")
    spec = _with_data(spec, chosen)
    plan.check(spec, path)
    names = _subset("model", chosen.models, spec.model_names, path)
    tagged = _tagged(spec, chosen.tags, path)
    variants = _subset("variant", chosen.variants, spec.variants, path)
    changes = {
        "models": tuple(entry for entry in spec.models if entry.row_name in names & tagged),
        "variants": tuple(v for v in spec.variants if v in variants),
    }
    if not changes["models"]:
        raise UsageError(f"{path}: no model has both such a name and such a tag")
    return _resolved(settings, path, path, spec, spec.model_copy(update=changes), chosen)


def of_experiment(settings: Settings, spec: Experiment, origin: Path, chosen: Chosen) -> Selection:
    """All jobs of an experiment that has no file of its own. Raises UsageError, DataError."""
    return _resolved(settings, Path.cwd() / f"{spec.name}.yaml", origin, spec, spec, chosen)


def experiment(what: str) -> Experiment:
    """The experiment, or that of one network. Raises SpecError."""
    if is_network(what):
        return adhoc.experiment(ModelEntry(model=what))
    return project.load_experiment(what)[1]


def is_network(what: str) -> bool:
    """Whether this names a network: a file, a function, or a model that is no experiment."""
    path = Path(what)
    if what in named.found() and not path.exists():
        return what not in shipped_experiments()
    if usercode.parse(what, Path()) is not None or path.suffix not in ("", ".yaml", ".yml"):
        return True
    return path.is_dir() and (path / "saved_model.pb").is_file()


def _network(settings: Settings, what: str, chosen: Chosen) -> Selection:
    if len(what) > PATH_MAX:
        raise UsageError(f"{what[:NAME_MAX]}...: a path of {len(what):,} characters")
    entry = ModelEntry(
        model=what,
        reference=chosen.reference,
        whole=chosen.whole,
        allow_lambda=chosen.allow_lambda,
        **chosen.options,  # type: ignore[arg-type]
    )
    base = Path.cwd()
    source = sources.find(entry, base, adhoc.experiment(entry).training)
    known = tuple(source.variants())
    if chosen.models or chosen.tags:
        raise UsageError(
            f"'{what}' is one network: --model and --tag choose among those of an experiment"
        )
    wanted = _subset("variant", chosen.variants, known, f"'{what}'")
    is_named = chosen.variants or len(known) == 1
    variants = tuple(name for name in known if name in wanted) if is_named else ()
    spec = _with_data(adhoc.experiment(entry, variants), chosen)
    found = _resolved(settings, base / f"{spec.name}.yaml", base / what, spec, spec, chosen)
    again = command_of(["run", what], {
        **{"data" if name == "file" else name: value for name, value in chosen.data.items()},
        **{name: getattr(chosen, name) for name in ("reference", "whole", "stream", "uncertainty")},
        "allow-lambda": chosen.allow_lambda,
    })  # fmt: skip
    return replace(found, again={} if chosen.options else {entry.row_name: again})


def command_of(words: Sequence[str], options: Mapping[str, object]) -> str:
    """A line for a shell: options that are None, False or empty are not said."""
    said = ["hilbench", *words]
    for name, value in options.items():
        for each in value if isinstance(value, list | tuple) else (value,):
            if each is not None and each is not False:
                said += [f"--{name}", *([] if each is True else [str(each)])]
    return shlex.join(said)


def _with_data(spec: Experiment, chosen: Chosen) -> Experiment:
    """The settings stand above the experiment's and those of each model."""
    if not chosen.data:
        return spec
    changed = relative_to(spec.model_copy(update={"data": _data(spec.data, chosen)}), Path.cwd())
    models = tuple(
        entry.model_copy(update={"data": _data(entry.data, chosen)}) if entry.data else entry
        for entry in changed.models
    )
    return changed.model_copy(update={"models": models})


def _data(data: Data, chosen: Chosen) -> Data:
    return Data(**{**data.model_dump(exclude_unset=True), **chosen.data})


def _resolved(
    settings: Settings,
    path: Path,
    origin: Path,
    spec: Experiment,
    narrowed: Experiment,
    chosen: Chosen,
) -> Selection:
    changes: dict[str, object] = {
        "engines": _replaced("engine", chosen.engines, spec.engines, path),
        "boards": _replaced("board", chosen.boards, spec.boards, path),
        "optimisations": _levels(chosen.optimisations) or spec.optimisations,
    }
    asked = {name: True for name in ("uncertainty", "stream") if getattr(chosen, name)}
    changes["measure"] = spec.measure.model_copy(update=asked)
    narrowed = narrowed.model_copy(update=changes)
    jobs = plan.resolve(narrowed, chosen.bench or load_bench(settings), settings, path.parent)
    order = [*plan.ids(spec, path.parent), *(job.id for job in jobs)]
    return Selection(path, origin, narrowed, jobs, order)


def _levels(wanted: Sequence[str]) -> tuple[Optimisation, ...]:
    """`-Os`, or `Os` for short."""
    known = {level.removeprefix("-"): level for level in get_args(Optimisation)}
    return tuple(lookup("optimisation", name.removeprefix("-"), known) for name in wanted)


def _subset(kind: str, wanted: Sequence[str], there: Sequence[str], path: Path | str) -> set[str]:
    """The names that are wanted, all where none is. Raises UsageError for one that is not there."""
    found = set() if wanted else set(there)
    for pattern in wanted:
        fitting = [name for name in there if fnmatchcase(name, pattern)]
        if not fitting:
            raise UsageError(f"{path} has no {kind} '{pattern}'", remedy=nearest(pattern, there))
        found.update(fitting)
    return found


def _replaced(kind: str, wanted: Sequence[str], own: Sequence[str], path: Path) -> tuple[str, ...]:
    """Names as they are, patterns for those of `own` that fit; `own` where nothing is wanted."""
    found: list[str] = []
    for name in wanted:
        fitting = _subset(kind, [name], own, path) if _WILD.search(name) else {name}
        found += sorted(fitting, key=own.index) if len(fitting) > 1 else fitting
    return tuple(dict.fromkeys(found)) or tuple(own)


def _tagged(spec: Experiment, tags: Sequence[str], path: Path) -> set[str]:
    """Models that have one of the tags, all where none is wanted. Raises UsageError."""
    known = tuple(dict.fromkeys(tag for entry in spec.models for tag in entry.tags))
    if tags and not known:
        raise UsageError(f"{path}: no model has tags", remedy="give one `tags: [nightly]` there")
    wanted = _subset("tag", tags, known, path)
    return {e.row_name for e in spec.models if not tags or wanted & set(e.tags)}
