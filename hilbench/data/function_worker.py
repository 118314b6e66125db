"""The child that calls the user's data function: python -m <this module> FOLDER/request.json"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import usercode
from hilbench.core.errors import DataError
from hilbench.core.workers import Done, serve
from hilbench.data.files import ONLY
from hilbench.data.function import SAMPLES, Request


def work(request: Request, folder: Path) -> Done:
    """Call the function and leave its arrays in `folder`."""
    named = usercode.Named(request.path, request.function)
    given = usercode.call(named, {})
    try:
        arrays = _arrays(given, request.limit)
    except Exception as error:
        raise usercode.explained(named, error) from error
    if not arrays:
        raise DataError(f"{named}: gave no samples")
    np.savez(folder / SAMPLES, **arrays)
    return Done()


def _arrays(given: Any, limit: int) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return {str(name): np.asarray(array) for name, array in given.items()}
    if isinstance(given, tuple) and len(given) == 2:
        return {**_samples(given[0]), "y": np.asarray(given[1])}
    if hasattr(given, "__array__"):
        return _samples(given)
    if isinstance(given, Iterable):
        return _stacked(list(islice(given, limit)))
    raise TypeError(f"{type(given).__name__} is neither arrays nor samples")


def _samples(x: Any) -> dict[str, Any]:
    if isinstance(x, Mapping):
        return {str(name): np.asarray(array) for name, array in x.items()}
    if isinstance(x, list | tuple):
        return {f"x{number}": np.asarray(array) for number, array in enumerate(x)}
    return {ONLY: np.asarray(x)}


def _stacked(samples: list[Any]) -> dict[str, Any]:
    """Single samples, each an array, (x, y) or arrays by name."""
    parts = [_arrays(s, 0) if isinstance(s, Mapping | tuple) else _samples(s) for s in samples]
    names = parts[0] if parts else {}
    return {name: np.stack([part[name] for part in parts]) for name in names}


if __name__ == "__main__":
    serve(Request, Done, work)
