"""Where a .tflite comes from: a family's row, a function of the user's, or a file."""

from __future__ import annotations

from pathlib import Path

from hilbench.config.experiment import ModelEntry, Training
from hilbench.core import usercode
from hilbench.core.errors import UsageError
from hilbench.core.registry import nearest
from hilbench.sources import named
from hilbench.sources.base import Source
from hilbench.sources.file import TfliteSource
from hilbench.sources.keras import options
from hilbench.sources.keras.loading import SUFFIXES, KerasSource
from hilbench.sources.keras.training import FamilySource

KINDS = (".tflite", *SUFFIXES, "SavedModel folder", "file.py:function")


def find(entry: ModelEntry, base: Path, training: Training) -> Source:
    """The source that an entry names; files are relative to `base`.

    Raises UsageError for an unknown name or kind of file, a missing one, or options that
    it does not have.
    """
    source = _found(entry, base, entry.training or training)
    if not isinstance(source, FamilySource):
        _not_trained(entry, entry.training or training)
    source.check()
    return source


def _not_trained(entry: ModelEntry, training: Training) -> None:
    """Raises UsageError for what is to become of weights that are taken as they are."""
    asked = entry.training.model_fields_set - {"seed"} if entry.training else set[str]()
    if unheard := sorted(asked | {"recipes"} if training.recipes else asked):
        raise UsageError(
            f"model '{entry.row_name}' keeps its own weights and is not trained here: "
            f"training.{', training.'.join(unheard)} would change nothing",
            remedy="train and compress it where it is made; in an experiment with models of "
            "hilbench give their training to these alone",
        )


def _found(entry: ModelEntry, base: Path, training: Training) -> Source:
    if (known := named.found().get(entry.model)) is not None:
        if isinstance(known.thing, str):
            changes = {"model": known.thing, "name": entry.name or entry.model}
            return _found(entry.model_copy(update=changes), base, training)
        spec = options.applied(known.thing, entry.options, entry.row_name)
        return FamilySource(spec, training, entry.model, entry.options)
    path = base / Path(entry.model).expanduser()
    if (function := usercode.parse(entry.model, base)) is not None:
        return KerasSource(
            name=entry.row_name, function=function, options=entry.options, seed=training.seed
        )
    if entry.options:
        unknown = ", ".join(sorted(entry.options))
        raise UsageError(f"model '{entry.model}': a file has no options, '{unknown}' given")
    if path.suffix == ".tflite":
        reference = base / Path(entry.reference).expanduser() if entry.reference else None
        return TfliteSource(entry.row_name, path, reference)
    if path.suffix in SUFFIXES or path.is_dir():
        return KerasSource(name=entry.row_name, file=path, allow_lambda=entry.allow_lambda)
    if path.exists() or path.suffix or "/" in entry.model:
        raise UsageError(_no_network(path), remedy=f"known are {', '.join(KINDS)}")
    raise UsageError(f"unknown model '{entry.model}'", remedy=nearest(entry.model, named.found()))


def _no_network(path: Path) -> str:
    if not path.exists():
        return f"{path}: no such file"
    if path.suffix == ".py":
        return f"{path}: names no function"
    return f"{path}: a network in a file of an unknown kind"
