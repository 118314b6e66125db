"""Every program and package that a run may need: is it there, which version, the remedy."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hilbench.arch import families
from hilbench.arch.base import Family
from hilbench.core import confinement, extras, versions
from hilbench.core.errors import MissingTool
from hilbench.pipeline.plan import Job
from hilbench.targets import renode

_VERSION = re.compile(r"\d+(?:\.\w+)+")
_NAMED_VERSION = re.compile(r"\bversion (\d[\w.]*)")


@dataclass(frozen=True)
class Tool:
    """A program or a Python package.

    `target` is the kind of board and `family` the CPU family that need it ("" = all);
    `converts` says that only networks need it that are yet to be converted.
    """

    name: str
    purpose: str
    remedy: str
    package: bool = False
    target: str = ""
    converts: bool = False
    family: str = ""

    def is_for(self, target: str, family: str) -> bool:
        return self.target in ("", target) and self.family in ("", family)

    def version(self) -> str | None:
        """The installed version, or None when it is not there."""
        return _package_version(self.name) if self.package else _program_version(self.name)


@dataclass(frozen=True)
class Landlock(Tool):
    """What of the kernel keeps an emulator from the host's files."""

    def version(self) -> str | None:
        return str(confinement.available()) if confinement.available() else None


def _program(name: str, purpose: str, debian: str, *, target: str = "", family: str = "") -> Tool:
    return Tool(name, purpose, f"apt-get install {debian}", target=target, family=family)


def _package(name: str, purpose: str, *, converts: bool = False) -> Tool:
    return Tool(name, purpose, extras.remedy(name), package=True, converts=converts)


def _of_families(*, optional: bool) -> Iterator[Tool]:
    for family in families().values():
        if family.is_bare and family.is_optional is optional:
            yield from _of(family)


def _of(family: Family) -> Iterator[Tool]:
    """What boards of a CPU family need."""
    chain = family.toolchain
    packages = dict.fromkeys(f"{chain.gcc_package} {chain.gxx_package}".split())
    yield _program(chain.gcc, "compiles firmware", " ".join(packages), family=family.name)
    if qemu := family.emulator:
        yield _program(
            qemu.program, "emulates boards", qemu.package, target="qemu", family=family.name
        )


TOOLS: tuple[Tool, ...] = (
    *_of_families(optional=False),
    Tool("pyocd", "programs boards", extras.remedy("pyocd"), package=True, target="pyocd"),
    _package("cmake", "configures the firmware build"),
    _package("ninja", "runs the firmware build"),
    _package("tensorflow", "trains and converts models", converts=True),
    _package("tf_keras", "the Keras 2 API that the converter needs", converts=True),
    _package("tflite-micro", "checks every output against TFLM", converts=True),
    _package("pyserial", "talks to boards and emulators"),
    _package("matplotlib", "draws figures"),
)
OPTIONAL: tuple[Tool, ...] = (
    *_of_families(optional=True),
    _program("gcc", "builds the QEMU plugin, tests kernels on the host", "gcc libc6-dev"),
    Landlock("landlock", "keeps emulated firmware from files", f"needs {confinement.NEEDS}"),
    Tool("renode", "runs a real board's image", renode.REMEDY, target="renode"),
)


def require(jobs: Iterable[Job], *, measured: bool = True) -> None:
    """Raises MissingTool for the first tool that these jobs cannot do without.

    Those that are not `measured` here need no program of their boards.
    """
    jobs = list(jobs)
    converts = any(job.model.stage != "read" for job in jobs)
    jobs_here = [job for job in jobs if job.refusal is None]
    stations = [at for job in jobs_here for at in (job.station if measured else None, job.trial)]
    needs = {(kind, at.board.family.name) for at in stations if at for kind in at.kinds}
    needs |= {("", job.board.family.name) for job in jobs_here}
    for tool in (*TOOLS, *(tool for tool in OPTIONAL if tool.family)):
        needed = any(tool.is_for(*need) for need in needs) and (converts or not tool.converts)
        if needed:
            _check(tool)


def _check(tool: Tool) -> None:
    if tool.version() is None:
        raise MissingTool(tool.name, remedy=tool.remedy)


def require_conversion() -> None:
    """Raises MissingTool for the first package that makes a .tflite of a network and is missing."""
    for name in ("tensorflow", "tf_keras"):
        (tool,) = (tool for tool in TOOLS if tool.name == name)
        _check(tool)


def target_version(kind: str, family: str) -> str:
    """What drives boards of this kind and CPU family, with its version: "qemu 7.2.22"."""
    return _target_version(kind, family)


@cache  # apart, as its callers' arguments are not checked by mypy
def _target_version(kind: str, family: str) -> str:
    drivers = [tool for tool in (*TOOLS, *OPTIONAL) if tool.target and tool.is_for(kind, family)]
    versions = [tool.version() for tool in drivers]
    return " ".join([kind, *(version for version in versions if version)])


def _package_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _program_version(name: str) -> str | None:
    beside_python = Path(sys.executable).parent
    path = shutil.which(name, path=str(beside_python)) or shutil.which(name)
    if path is None:
        return None
    try:
        said = versions.ask(path, "--version")
    except (OSError, subprocess.TimeoutExpired):
        return None
    first = next(iter(said.stdout.splitlines()), "")
    if named := _NAMED_VERSION.search(first):
        return named[1]
    numbers = _VERSION.findall(first)
    return numbers[-1] if numbers else first or "unknown version"
