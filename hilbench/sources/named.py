"""Networks by name: rows of families, files of the project's folder `models/`, packages."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

from hilbench.core import doors
from hilbench.core.doors import Found
from hilbench.core.errors import UsageError
from hilbench.sources.keras.catalogue import models
from hilbench.sources.keras.loading import SUFFIXES
from hilbench.sources.keras.model import ModelSpec

BUILD = "build"
"""The function of a .py file in `models/` that returns the network."""


def found() -> Mapping[str, Found[ModelSpec | str]]:
    """Each name's row, or what else it stands for: a file, a folder or `file.py:function`.

    Raises UsageError for two of one name.
    """
    rows = [Found[ModelSpec | str](name, doors.OWN, spec) for name, spec in models().items()]
    return doors.by_name("models", [*rows, *_of_packages(), *_of_project()])


def _of_packages() -> Iterator[Found[ModelSpec | str]]:
    """Entry points that are functions."""
    for point in doors.entry_points("models"):
        if not inspect.isfunction(point.thing):
            kind = type(point.thing).__name__
            message = f"{point.origin}: hilbench.models '{point.name}' is a {kind}"
            raise UsageError(message, remedy="name a function that returns a Keras model")
        function = cast("Callable[[], object]", point.thing)
        yield Found(point.name, point.origin, f"{inspect.getfile(function)}:{function.__name__}")


def _of_project() -> Iterator[Found[ModelSpec | str]]:
    if (project := doors.project_dir()) is None:
        return
    for path in sorted((project / "models").glob("*")):
        if (text := _network(path)) is not None and doors.is_trusted(path):
            yield Found(path.stem, f"project {project.name}", text)


def _network(path: Path) -> str | None:
    if path.suffix == ".py" and not path.name.startswith("_"):
        return f"{path}:{BUILD}"
    if path.is_dir():
        return str(path) if (path / "saved_model.pb").is_file() else None
    return str(path) if path.suffix in (".tflite", *SUFFIXES) else None
