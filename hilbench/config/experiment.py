"""An experiment: models x variants x engines x boards x optimisations, and how to measure them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator

from hilbench.config.load import Strict, load
from hilbench.config.optimisation import DEFAULT, Optimisation
from hilbench.config.recipes import Recipe, undone
from hilbench.config.words import form, shown
from hilbench.core import doors
from hilbench.core.errors import SpecError
from hilbench.core.paths import experiments_dir, package_dir
from hilbench.core.registry import nearest

NAME_MAX = 100
"""Characters of a name; a results file is named after it."""

PATH_MAX = 4096
"""Characters of a path, as Linux has it."""

Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
Names = tuple[Name, ...]
Network = Annotated[str, Field(min_length=1, max_length=PATH_MAX)]
"""A model's name, or the path of a network."""
MODEL_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$"


class Training(Strict):
    """How every model is trained: Adam on the model's own loss, in its own batches by default.

    `recipes` compress the weights meanwhile, one after the other.
    """

    epochs: int = Field(default=3, ge=0)
    learning_rate: float = Field(default=1e-3, gt=0)
    batch_size: int | None = Field(default=None, ge=1)
    seed: int = Field(default=42, ge=0)
    recipes: tuple[Recipe, ...] = ()

    @field_validator("recipes")
    @classmethod
    def _all_remain(cls, recipes: tuple[Recipe, ...]) -> tuple[Recipe, ...]:
        if problem := undone(recipes):
            raise ValueError(problem)
        return recipes


class Data(Strict):
    """Which samples calibrate and which are compared.

    `samples` follow the `representative` ones, so that they never overlap.
    `published` adds a pass as the published campaign did it: the first samples
    of the training data, quantized by truncation (`error_mae_published`).
    `text` is a file for the character models; without it synthetic text is used.
    `file` holds samples of the user's own, or is `file.py:function`, which gives them;
    `labels` names the array or column of labels. With `shared` the compared samples
    calibrate as well.
    """

    representative: int = Field(default=200, ge=1)
    samples: int = Field(default=10, ge=1)
    published: bool = False
    text: str | None = None
    file: str | None = None
    labels: str | None = None
    shared: bool = False


Window = Literal["invoke", "with_copies"]
"""What a timed window holds: an invocation, or one with the copies of inputs and outputs."""


class Measure(Strict):
    """Invocations that are thrown away, those that are counted, and what is timed of them.

    With `with_copies` inputs and outputs are copied inside of the window, as the engine's
    applications do it. With `uncertainty` emulated boards are modelled by every alternative too.

    With `stream` the compared samples are steps: the network's state is kept from one to the
    next, and every step is timed instead of repetitions of the first.
    """

    warmups: int = Field(default=1, ge=0)
    repetitions: int = Field(default=10, ge=1)
    window: Window = "invoke"
    stream: bool = False
    uncertainty: bool = False


Seconds = Annotated[float, Field(gt=0, le=30 * 24 * 3600)]


class Limits(Strict):
    """What each stage of one job may take, in seconds of the host's clock.

    `wait` is for a board that other jobs use; it does not count as measuring.
    """

    train: Seconds = 4 * 3600.0
    load: Seconds = 1800.0
    data: Seconds = 600.0
    convert: Seconds = 600.0
    oracle: Seconds = 300.0
    trial: Seconds = 300.0
    compile: Seconds = 300.0
    build: Seconds = 300.0
    wait: Seconds = 24 * 3600.0
    measure: Seconds = 600.0


class ModelEntry(Strict):
    """A network of an experiment: a model's name alone, or with options.

    `model` is the name of a model, `file.py:function`, or a .tflite, .keras or .h5 file or
    a SavedModel folder, relative to the experiment. `name` is what rows call it.
    `training` and `data` stand above the experiment's. `reference` is a float .tflite to
    compare a .tflite with; `whole` a .tflite that takes all of a sequence of which this
    network takes the steps; `stream_step` the time steps that one invocation of a Keras
    network's streaming form takes. `tags` are words to choose it by. Any other key is an option
    of the family or function.
    """

    model_config = ConfigDict(extra="allow")

    model: Network
    name: str | None = form(
        MODEL_NAME,
        "a letter or digit, then letters, digits and any of _.+-",
        default=None,
        max_length=NAME_MAX,
    )
    training: Training | None = None
    data: Data | None = None
    reference: str | None = None
    whole: str | None = None
    stream_step: Annotated[int, Field(ge=1, le=10_000)] | None = None
    allow_lambda: bool = False
    tags: Names = ()

    @property
    def options(self) -> dict[str, object]:
        return dict(self.model_extra or {})

    @property
    def row_name(self) -> str:
        """As rows spell it: the file's or function's own name, and options that tell it apart."""
        if self.name:
            return self.name
        file, colon, function = self.model.rpartition(":")
        base = function if colon and file.endswith(".py") else Path(self.model).stem
        words = [base, *(f"{key}{value}" for key, value in sorted(self.options.items()))]
        return re.sub(r"[^A-Za-z0-9_.+-]+", "_", "_".join(words))[:NAME_MAX] or "model"


def _entry(value: object) -> object:
    """A name alone is a model without options."""
    if isinstance(value, str):
        return {"model": value}
    if not isinstance(value, dict | ModelEntry):
        raise ValueError(f"must be a name or a mapping, not {shown(value)}")
    return value


class Figures(Strict):
    leave_out: Names = ()


class Experiment(Strict):
    schema_version: Literal[1] = Field(alias="schema")
    name: str = form(
        "^[a-z][a-z0-9_]*$", "lower-case letters, digits and _, a letter first", max_length=NAME_MAX
    )
    title: str = Field(max_length=300)
    models: tuple[Annotated[ModelEntry, BeforeValidator(_entry)], ...] = Field(min_length=1)
    variants: Names = Field(min_length=1)
    engines: Names = Field(min_length=1)
    boards: Names = Field(min_length=1)
    optimisations: tuple[Optimisation, ...] = Field(default=(DEFAULT,), min_length=1)
    training: Training = Training()
    data: Data = Data()
    measure: Measure = Measure()
    limits: Limits = Limits()
    figures: Figures = Figures()

    @property
    def model_names(self) -> Names:
        """As rows spell them."""
        return tuple(model.row_name for model in self.models)

    @field_validator("models")
    @classmethod
    def _no_twin_models(cls, models: tuple[ModelEntry, ...]) -> tuple[ModelEntry, ...]:
        cls._no_twins(tuple(model.row_name for model in models))
        return models

    @field_validator("variants", "engines", "boards", "optimisations")
    @classmethod
    def _no_twins(cls, names: Names) -> Names:
        twins = sorted({name for name in names if names.count(name) > 1})
        if twins:
            raise ValueError(f"named twice: {', '.join(twins)}")
        return names


def load_experiment(
    path_or_name: str, defaults: Callable[[Path], Mapping[str, Any]] = lambda _path: {}
) -> tuple[Path, Experiment]:
    """A file, or the name of a shipped experiment (`rnn`, `smoke`).

    `defaults` gives what stands where the file at a path says nothing.
    A word that is no file is a name, even where a folder is called so; with a slash or an
    ending it can only be a file. Raises SpecError.
    """
    path = _found(path_or_name)
    return path, relative_to(load(path, Experiment, defaults(path)), path.parent)


def relative_to(experiment: Experiment, folder: Path) -> Experiment:
    """Its files, which are relative to the folder that it is in, by their whole paths."""

    models = tuple(
        model.model_copy(update={"data": whole_files(model.data, folder)}) if model.data else model
        for model in experiment.models
    )
    return experiment.model_copy(
        update={"data": whole_files(experiment.data, folder), "models": models}
    )


PUBLIC_DATA = (
    *("breast_cancer", "diabetes", "digits", "iris"),
    *("motions", "speakers", "speech", "wake_word", "watch", "watch_ahead"),
)
"""The functions of data/public.py."""


def found_data() -> Mapping[str, doors.Found[str]]:
    """By name: public data sets, and the files of samples in the project's folder `data/`.

    Raises UsageError for two of one name.
    """
    public = package_dir() / "data" / "public.py"
    own = [doors.Found(name, doors.OWN, f"{public}:{name}") for name in PUBLIC_DATA]
    files = doors.files("data", None, "*.[nc][ps][yzv]").values()
    added = [doors.Found(each.name, each.origin, str(each.thing)) for each in files]
    return doors.by_name("data", [*own, *added])


def whole_files(data: Data, folder: Path) -> Data:
    """With whole paths. A word that is no file there is the name of one."""
    named = {"text": data.text, "file": data.file}
    changes = {key: _whole(folder, path) for key, path in named.items() if path is not None}
    return data.model_copy(update=changes)


def _whole(folder: Path, name: str) -> str:
    path = folder.absolute() / Path(name).expanduser()
    if Path(name).name == name and not path.suffix and not path.exists():
        return doors.things(found_data()).get(name, str(path))
    return str(path)


def found_experiments() -> Mapping[str, doors.Found[Path]]:
    """Every experiment by name: hilbench's, those of packages and of the project folder."""
    return doors.files("experiments", experiments_dir(), "*.yaml")


def shipped_experiments() -> dict[str, Path]:
    """As `found_experiments`, without where they are from."""
    return doors.things(found_experiments())


def _found(path_or_name: str) -> Path:
    path, shipped = Path(path_or_name), shipped_experiments()
    if not path.is_dir() and path.exists():
        return path
    if path_or_name in shipped:
        return shipped[path_or_name]
    if path.is_dir():
        raise SpecError(
            path_or_name,
            "is a folder without saved_model.pb, no network and no experiment",
            remedy="name an experiment's file, a network's file or a SavedModel folder",
        )
    if path.name == path_or_name and not path.suffix:
        remedy = f"a file, or one of: {', '.join(shipped)}"
        raise SpecError(path_or_name, "no such experiment", remedy=remedy)
    stem = path.stem
    remedy = f"'{stem}' is a shipped experiment" if stem in shipped else _nearest_file(path)
    raise SpecError(path_or_name, "no such file", remedy=remedy)


def _nearest_file(path: Path) -> str:
    """What may have been meant by a file that does not exist."""
    there = [p.name for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
    return nearest(path.name, there) if there else f"no YAML file in folder '{path.parent}'"
