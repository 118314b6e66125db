"""The user's own function, named as `file.py:function`: found, imported, called.

It runs in a child with the rights of the user, who has named it, and nowhere else.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.errors import HilbenchError, UsageError
from hilbench.core.text import said

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


def check(named: Named, options: Mapping[str, object] | None = None) -> None:
    """That the function is there and takes these options, as far as reading can tell: nothing runs.

    Raises UsageError for a missing file, one that is not Python, a name that it does not
    define, or defines as something else, an option that the function does not have or lacks.
    """
    try:
        tree = ast.parse(named.path.read_bytes(), str(named.path))
    except OSError as error:
        raise UsageError(f"{named.path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        said = getattr(error, "msg", error)
        raise UsageError(f"{named.path}:{line}: not valid Python: {said}") from None
    defined = list(_defined(tree))
    kinds = [kind for name, kind in defined if name in (named.function, "*")]
    if {_FUNCTION, _UNKNOWN} & {*kinds}:
        if kinds == [_FUNCTION] and options is not None:
            _check_options(named, tree, options)
        return
    if kinds:
        message = f"{named.path}: '{named.function}' is not a function but {kinds[-1]}"
        raise UsageError(message, remedy=f"name {_FUNCTION}")
    there = ", ".join(sorted({name for name, kind in defined if kind == _FUNCTION}))
    message = f"{named.path} has no function '{named.function}'"
    raise UsageError(message, remedy=f"has: {there or 'none'}")


def _check_options(named: Named, tree: ast.AST, options: Mapping[str, object]) -> None:
    function = next(
        node
        for node in _module_level(tree)
        if isinstance(node, ast.FunctionDef) and node.name == named.function
    )
    if function.decorator_list or function.args.kwarg or function.args.posonlyargs:
        return
    names = [argument.arg for argument in function.args.args]
    needed = names[: len(names) - len(function.args.defaults)]
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        names.append(argument.arg)
        needed += [argument.arg] if default is None else []
    for option in options:
        if option not in names:
            remedy = f"has: {', '.join(names)}" if names else "has none"
            raise UsageError(f"{named} has no argument '{option}'", remedy=remedy)
    for name in needed:
        if name not in options:
            remedy = "give it a default, or name it beside the model in an experiment"
            raise UsageError(f"{named} needs the argument '{name}'", remedy=remedy)


_FUNCTION, _UNKNOWN = "a function", ""
"""What a name is; the second shows when the file is imported."""
_LITERALS = {
    **dict.fromkeys((ast.List, ast.ListComp), "a list"),
    **dict.fromkeys((ast.Dict, ast.DictComp), "a dict"),
    **dict.fromkeys((ast.Set, ast.SetComp), "a set"),
    ast.Tuple: "a tuple",
    ast.JoinedStr: "of type str",
}


def _module_level(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module that are in no function or class, those inside of `if` as well."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _INNER):
            yield from _module_level(node)


_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _defined(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names of a module: what each is."""
    assigned: set[ast.AST] = set()
    for node in _module_level(tree):
        if isinstance(node, ast.Assign):
            assigned |= {*node.targets}
        if node not in assigned:
            yield from _names(node)


def _names(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What a statement itself defines."""
    if isinstance(node, ast.FunctionDef):
        yield node.name, _FUNCTION
    elif isinstance(node, ast.AsyncFunctionDef):
        yield node.name, "asynchronous"
    elif isinstance(node, ast.ClassDef):
        yield node.name, _UNKNOWN
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name.split(".")[0], _UNKNOWN) for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id, _UNKNOWN
    elif isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        yield from ((name, _literal(node.value)) for name in names)


def _literal(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return f"of type {type(value.value).__name__}"
    return _LITERALS.get(type(value), _UNKNOWN)


def call(named: Named, options: Mapping[str, object]) -> object:
    """What the function returns for these options; relative paths are from its file's folder.

    Its traceback goes to standard error. Raises UsageError with the file and line where it raised,
    and as they are the errors of hilbench's own data sets.
    """
    function = _imported(named)
    if not callable(function):
        kind = type(function).__name__
        raise UsageError(f"{named.path}: '{named.function}' is not a function but of type {kind}")
    try:
        return function(**options)
    except HilbenchError:
        raise
    except Exception as error:
        raise explained(named, error) from error


def _imported(named: Named) -> object:
    folder = str(named.path.parent.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    os.chdir(folder)
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
    message = " ".join(" ".join(said(error)).split()) or "no message"
    return UsageError(f"{where}: {type(error).__name__}: {message[:300]}")
