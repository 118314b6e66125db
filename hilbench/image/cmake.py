"""Runs CMake and Ninja, and turns what they print into errors."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hilbench.arch.base import Toolchain
from hilbench.core import processes, quoting
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError, DoesNotFit
from hilbench.core.paths import firmware_dir
from hilbench.image import flags
from hilbench.image.programs import compiler_number, program

_ELF = "firmware.elf"
_OVERFLOW = re.compile(r"region [`'](\w+)' overflowed by (\d+) bytes")
_DIAGNOSTIC = re.compile(r"^(\S+?):(\d+)(?::\d+)?: (?:fatal )?[Ee]rror: (.+)$", re.MULTILINE)
_UNDEFINED = re.compile(r"undefined reference to [`'](.+?)'")
_CMAKE_ERROR = re.compile(r"^CMake Error.*?:\n+\s*(.+?)$", re.MULTILINE)


@dataclass(frozen=True)
class Built:
    """An ELF and the options that it was made with."""

    elf: Path
    flags: str


def build(
    toolchain: Toolchain, job: Mapping[str, Iterable[str]], out_dir: Path, deadline: Deadline
) -> Built:
    """Configure and build firmware/ with the variables of `job` in `out_dir`.

    Raises BuildError, DoesNotFit, MissingTool, DeadlineExceeded.
    """
    job_file = out_dir / "job.cmake"
    job_file.write_text("".join(quoting.cmake_list(*item) for item in job.items()))
    folder = out_dir / "cmake"
    _run(_configure(toolchain, job, job_file, folder), out_dir / "configure.log", deadline)
    ninja = [program("ninja"), "-C", str(folder)]
    _run([*ninja, f"-j{os.cpu_count() or 1}"], out_dir / "build.log", deadline)
    commands = _run([*ninja, "-t", "commands", _ELF], out_dir / "commands.log", deadline)
    link = commands.rstrip().splitlines()[-1]
    return Built(folder / _ELF, flags.given(folder, link))


def _configure(
    toolchain: Toolchain, job: Mapping[str, Iterable[str]], job_file: Path, folder: Path
) -> list[str]:
    gcc, number = program(toolchain.gcc), compiler_number(toolchain.gcc)
    gxx = program(toolchain.gxx) if "CXX" in job["HB_LANGUAGES"] else ""
    for path in (firmware_dir(), folder, gcc, gxx, program("ninja")):
        quoting.cmake(path)
    return [
        program("cmake"),
        "-G", "Ninja",
        "-S", str(firmware_dir()),
        "-B", str(folder),
        f"-DCMAKE_MAKE_PROGRAM={program('ninja')}",
        f"-DCMAKE_TOOLCHAIN_FILE={firmware_dir() / 'toolchain' / toolchain.file}",
        f"-DHB_JOB={job_file}",
        f"-DHB_GCC={gcc}",
        f"-DHB_GXX={gxx}",
        f"-DHB_GCC_VERSION={number}",
        "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
        # Set, or CMake takes them from the environment.
        "-DCMAKE_C_FLAGS=",
        "-DCMAKE_CXX_FLAGS=",
        "-DCMAKE_ASM_FLAGS=",
        "-DCMAKE_EXE_LINKER_FLAGS=",
    ]  # fmt: skip


def _run(command: list[str], log: Path, deadline: Deadline) -> str:
    finished = processes.run(command, log, deadline)
    if finished.returncode != 0:
        raise error_in(finished.log, finished.ending())
    return finished.log


def error_in(log: str, ending: str) -> BuildError:
    """The first thing in a build log that says why it failed."""
    if match := _OVERFLOW.search(log):
        return DoesNotFit(match[1], int(match[2]))
    if match := _DIAGNOSTIC.search(log):
        return BuildError(f"{Path(match[1]).name}:{match[2]}: {match[3]}")
    if match := _UNDEFINED.search(log):
        return BuildError(f"undefined reference to '{match[1]}'")
    if match := _CMAKE_ERROR.search(log):
        return BuildError(f"CMake: {match[1]}")
    return BuildError(f"the build ended with {ending}: {processes.tail(log, 1)}")
