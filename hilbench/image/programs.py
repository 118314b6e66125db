"""The programs that build firmware: where they are, and which version."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from hilbench.arch import families
from hilbench.core import versions
from hilbench.core.errors import BuildError, MissingTool

_REMEDIES = {"cmake": "pip install cmake", "ninja": "pip install ninja"}


def program(name: str) -> str:
    """Full path: beside the running Python first, then on PATH. Raises MissingTool."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise MissingTool(name, remedy=_remedy(name))
    return found


def _remedy(name: str) -> str:
    for toolchain in (family.toolchain for family in families().values()):
        if name in (toolchain.gcc, toolchain.gxx):
            package = toolchain.gcc_package if name == toolchain.gcc else toolchain.gxx_package
            return f"apt-get install {package}"
    return _REMEDIES.get(name, "see `hilbench doctor`")


def compiler_version(name: str) -> str:
    """ "arm-none-eabi-gcc (...) 12.2.1 20221205": the first line of --version."""
    return _ask(program(name), "--version").splitlines()[0]


def compiler_number(name: str) -> str:
    """ "12.2.1" """
    return _ask(program(name), "-dumpfullversion").strip()


def _ask(path: str, option: str) -> str:
    try:
        said = versions.ask(path, option)
        said.check_returncode()
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(f"{path} {option} failed: {error}") from error
    return said.stdout
