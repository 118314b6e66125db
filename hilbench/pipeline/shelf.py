"""Keeps a stage's frozen object beside the files that it names."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_FILE = "artifact.json"
_HERE = "@folder@"


def put(artifact: object, folder: Path) -> None:
    """Write the object into `folder`; paths inside it may move along with it."""
    text = TypeAdapter(type(artifact)).dump_json(artifact, indent=1).decode()
    (folder / _FILE).write_text(text.replace(str(folder), _HERE), encoding="utf-8")


def take(kind: type[T], folder: Path) -> T:
    """The object that `put` wrote, with its paths where the folder is now."""
    text = (folder / _FILE).read_text(encoding="utf-8")
    return TypeAdapter(kind).validate_json(text.replace(_HERE, str(folder)))
