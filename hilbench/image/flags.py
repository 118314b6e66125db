"""The options that compiler and linker were given, from the files that CMake and Ninja work by."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hilbench.core.errors import BuildError

_COMPILED = "compile_commands.json"
_LANGUAGES = {".c": "C", ".s": "assembly", ".cc": "C++", ".cpp": "C++", ".cxx": "C++"}
_OTHER = "C"
_HARNESS = "/harness.dir/"  # CMake's folder of objects
# Options that name files of this computer; what they do is recorded elsewhere (hashes).
_WITH_ARGUMENT = {"-I", "-isystem", "-o", "-c", "-T", "-MF", "-MT"}
_WITH_PATH = ("-I", "-T", "-ffile-prefix-map=")


def given(folder: Path, link: str) -> str:
    """ "C: -mcpu=... -O3 ...; C++: ...; link: ..." of the build in `folder`, in the given order.

    Kernels and the harness stand apart ("C of kernels: ..."). `link` is the command by which
    Ninja links. Raises BuildError where the rest of one language was not all compiled alike, or
    CMake left no record.
    """
    try:
        commands = json.loads((folder / _COMPILED).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"CMake left no readable {_COMPILED}: {error}") from error
    found: dict[str, set[str]] = {}
    for command in commands:
        words = shlex.split(command["command"])
        found.setdefault(_group(Path(command["file"]), words), set()).add(_options(words))
    said = [f"{language}: {_only(language, found[language])}" for language in sorted(found)]
    return "; ".join([*said, f"link: {_options(_linker(link))}"])


def _group(source: Path, words: Sequence[str]) -> str:
    language = _LANGUAGES.get(source.suffix.lower(), _OTHER)
    if any(_HARNESS in word for word in words):
        return f"{language} of the harness"
    return f"{language} of kernels" if source.parent.name == "kernels" else language


def _only(language: str, variants: set[str]) -> str:
    if len(variants) > 1:
        raise BuildError(f"{language} sources of one image were compiled with different options")
    return variants.pop()


def _linker(line: str) -> list[str]:
    """The words of Ninja's ": && gcc ... && :"."""
    words = shlex.split(line)
    ends = [i for i, word in enumerate(words) if word == "&&"]
    return words[ends[0] + 1 : ends[-1]] if len(ends) > 1 else words


def _options(words: Sequence[str]) -> str:
    return " ".join(_without_paths(words[1:]))


def _without_paths(words: Iterable[str]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        if word in _WITH_ARGUMENT:
            next(rest, None)
        elif word.startswith("-") and not word.startswith(_WITH_PATH):
            yield word
