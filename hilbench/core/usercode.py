"""The user's own function, named as `file.py:function`: found, imported, called.

It runs in a child with the rights of the user, who has named it, and nowhere else.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.errors import UsageError

MODULE = "hilbench_user_code"


@dataclass(frozen=True)
class Named:
    """A function in a file."""

    path: Path
    function: str

    def __str__(self) -> str:
        return f"{self.path}:{self.function}"


def parse(text: str, base: Path) -> Named | None:
    """`file.py:function`, the file relative to `base`; None for a text of another form."""
    path, colon, function = text.rpartition(":")
    if not colon or not path.endswith(".py"):
        return None
    return Named(base / Path(path).expanduser(), function)


def check(named: Named) -> None:
    """That the function is there, as far as reading the file can tell: nothing runs.

    Raises UsageError for a missing file, one that is not Python, or a name that it
    does not define at its top or defines as something else.
    """
    try:
        tree = ast.parse(named.path.read_bytes(), str(named.path))
    except OSError as error:
        raise UsageError(f"{named.path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UsageError(f"{named.path}:{line}: not valid Python: {error}") from None
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if named.function in functions:
        return
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names = [node.id]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.asname or alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ClassDef):
            names = [node.name]
        if {named.function, "*"} & set(names):
            return  # what it is shows when it is imported
    there = ", ".join(sorted(functions)) or "none"
    raise UsageError(f"{named.path} has no function '{named.function}'", remedy=f"has: {there}")


def call(named: Named, options: Mapping[str, object]) -> object:
    """What the function returns for these options.

    Its traceback goes to standard error. Raises UsageError with the file and line where it raised.
    """
    function = _imported(named)
    if not callable(function):
        kind = type(function).__name__
        raise UsageError(f"{named.path}: '{named.function}' is not a function but of type {kind}")
    try:
        return function(**options)
    except Exception as error:
        raise explained(named, error) from error


def _imported(named: Named) -> object:
    folder = str(named.path.parent.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(MODULE, named.path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{named.path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise explained(named, error) from error
    if not hasattr(module, named.function):
        raise UsageError(f"{named.path} has no function '{named.function}'")
    return getattr(module, named.function)


def explained(named: Named, error: Exception) -> UsageError:
    """One line: where in the user's own files it was raised, and what."""
    traceback.print_exc()
    folder = named.path.parent.resolve()
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve().is_relative_to(folder)
        and "site-packages" not in frame.filename
    ]
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(named.path)
    said = " ".join(str(error).split()) or "no message"
    return UsageError(f"{where}: {type(error).__name__}: {said[:300]}")
