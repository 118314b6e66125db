"""Every program and package that a run may need: is it there, which version, the remedy."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hilbench.arch import cortex_m
from hilbench.core import confinement, extras
from hilbench.core.errors import MissingTool
from hilbench.pipeline.plan import Job
from hilbench.targets import renode

_VERSION = re.compile(r"\d+(?:\.\w+)+")
_NAMED_VERSION = re.compile(r"\bversion (\d[\w.]*)")


@dataclass(frozen=True)
class Tool:
    """A program or a Python package.

    `target` is the kind of board that needs it ("" = all); `converts` says that only
    networks need it that are yet to be converted.
    """

    name: str
    purpose: str
    remedy: str
    package: bool = False
    target: str = ""
    converts: bool = False

    def version(self) -> str | None:
        """The installed version, or None when it is not there."""
        return _package_version(self.name) if self.package else _program_version(self.name)


@dataclass(frozen=True)
class Landlock(Tool):
    """What of the kernel keeps an emulator from the host's files."""

    def version(self) -> str | None:
        return str(confinement.available()) if confinement.available() else None


def _program(name: str, purpose: str, debian: str, target: str = "") -> Tool:
    return Tool(name, purpose, f"apt-get install {debian}", target=target)


def _package(name: str, purpose: str, *, converts: bool = False) -> Tool:
    return Tool(name, purpose, extras.remedy(name), package=True, converts=converts)


_ARM, _QEMU = cortex_m.TOOLCHAIN, cortex_m.EMULATOR
_CROSS = " ".join(dict.fromkeys(f"{_ARM.gcc_package} {_ARM.gxx_package}".split()))

TOOLS: tuple[Tool, ...] = (
    _program(_ARM.gcc, "compiles firmware", _CROSS),
    _program(_QEMU.program, "emulates boards", _QEMU.package, target="qemu"),
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
    _program("gcc", "builds the QEMU plugin, tests kernels on the host", "gcc libc6-dev"),
    Landlock("landlock", "keeps emulated firmware from files", f"needs {confinement.NEEDS}"),
    Tool("renode", "runs a real board's image", renode.REMEDY, target="renode"),
)


def require(jobs: Iterable[Job]) -> None:
    """Raises MissingTool for the first tool that these jobs cannot do without."""
    jobs = list(jobs)
    converts = any(job.model.stage != "read" for job in jobs)
    stations = [at for job in jobs if job.refusal is None for at in (job.station, job.trial) if at]
    kinds = {kind for at in stations for kind in at.kinds}
    for tool in TOOLS:
        needed = (not tool.target or tool.target in kinds) and (converts or not tool.converts)
        if needed and tool.version() is None:
            raise MissingTool(tool.name, remedy=tool.remedy)


@cache
def target_version(kind: str) -> str:
    """What drives boards of this kind, with its version: "qemu 7.2.22"."""
    versions = [tool.version() for tool in (*TOOLS, *OPTIONAL) if tool.target == kind]
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
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    first = next(iter(said.stdout.splitlines()), "")
    if named := _NAMED_VERSION.search(first):
        return named[1]
    numbers = _VERSION.findall(first)
    return numbers[-1] if numbers else first or "unknown version"
