"""The prebuilt TensorFlow Lite Micro that the user points at.

    <folder>/VERSION                                     optional: a line for the record
    <folder>/include/tensorflow/...                      TFLM's headers
    <folder>/lib/<TARGET_ARCH>/libtensorflow-microlite.a one per CPU and float ABI

TARGET_ARCH is the word that upstream's makefile takes. docs/tflm.md says how
to fill the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hilbench.arch.cortex_m import ARCHITECTURES, CORES
from hilbench.config.board import Cpu, boards, load_board
from hilbench.core import hashing
from hilbench.core.errors import BuildError, JobError, Skipped
from hilbench.core.settings import TFLM
from hilbench.engines.tflm import archive, built
from hilbench.engines.tflm.archive import Archive

ARCHIVE = "libtensorflow-microlite.a"
REMEDY = "see docs/tflm.md"
CONFIGURE = f"--tflm DIR or {TFLM}, {REMEDY}"

_INTERPRETER = Path("tensorflow/lite/micro/micro_interpreter.h")
_RESOLVER = Path("tensorflow/lite/micro/micro_mutable_op_resolver.h")

# Other people's headers that TFLM's include, and one file of each. They are in
# third_party/ of the tree that upstream's project generation writes, and among
# the downloads of a clone in which the archive was made.
_DEPENDENCIES = {
    "flatbuffers/include": Path("flatbuffers/flatbuffers.h"),
    "gemmlowp": Path("fixedpoint/fixedpoint.h"),
    "ruy": Path("ruy/profiler/instrumentation.h"),
}
_PLACES = (Path("third_party"), Path("tensorflow/lite/micro/tools/make/downloads"))

# Cores that upstream's makefile takes without "+fp" when they have an FPU.
_FPU_IMPLIED = {"cortex-m33", "cortex-m55"}

# tflite::MicroInterpreter::Invoke(), which only TFLM defines.
INTERPRETER = "_ZN6tflite16MicroInterpreter6InvokeEv"
# Defined by every CMSIS-NN, and by nothing else.
_CMSIS_NN = "arm_fully_connected_s8"


@dataclass(frozen=True)
class Library:
    """One archive that has been checked, and the headers beside it.

    `kernels` is "CMSIS-NN" or "reference"; `version` is "" where the folder has
    no VERSION file.
    """

    archive: Path
    include_dirs: tuple[Path, ...]
    target_arch: str
    kernels: str
    sha256: str
    version: str

    @property
    def resolver_header(self) -> Path:
        return self.include_dirs[0] / _RESOLVER

    @property
    def label(self) -> str:
        """For the record: "TFLM, cortex-m4+fp, CMSIS-NN kernels, SHA-256 5e1f..."."""
        name = f"TFLM {self.version.removeprefix('TFLM').strip()}".rstrip()
        return f"{name}, {self.target_arch}, {self.kernels} kernels, SHA-256 {self.sha256}"

    @property
    def build(self) -> built.Build:
        """How it was compiled. Raises BuildError for a broken object."""
        return built.read(self.archive, self.sha256)

    def fingerprint(self) -> str:
        """Hash of the archive and of the headers that decide what is generated from it."""
        headers = [self.include_dirs[0] / name for name in (_INTERPRETER, _RESOLVER)]
        return hashing.of_values(
            archive=self.sha256, headers=[hashing.of_file(header) for header in headers]
        )


def target_arch(cpu: Cpu) -> str:
    """What upstream's makefile calls this CPU and float ABI: cortex-m4+fp."""
    if cpu.core in _FPU_IMPLIED:
        return cpu.core if cpu.fpu else f"{cpu.core}+nofp"
    return f"{cpu.core}+fp" if cpu.fpu else cpu.core


def find(cpu: Cpu, root: Path | None) -> Library:
    """The library for a CPU in the folder of `Settings.tflm`.

    Raises Skipped where none is configured, BuildError where the configured one
    lacks headers or an archive for this CPU, or has one that is made for another.
    """
    if root is None:
        raise Skipped(
            "no TensorFlow Lite Micro library is configured",
            remedy=CONFIGURE,
        )
    if not root.is_dir():
        raise BuildError(f"TFLM: {root} is not a folder", remedy=REMEDY)
    name = target_arch(cpu)
    path = root / "lib" / name / ARCHIVE
    if not path.is_file():
        there = ", ".join(installed(root)) or "none"
        raise BuildError(f"TFLM: no {path} (there are: {there})", remedy=REMEDY)
    include_dirs = _include_dirs(root / "include")
    try:
        content = archive.read(path)
    except BuildError as error:
        raise BuildError(f"TFLM: {error}", remedy=REMEDY) from error
    _check(path, content, cpu)
    version = root / "VERSION"
    return Library(
        archive=path.resolve(),
        include_dirs=include_dirs,
        target_arch=name,
        kernels="CMSIS-NN" if _CMSIS_NN in content.symbols else "reference",
        sha256=hashing.of_file(path),
        version=version.read_text().strip().split("\n")[0] if version.is_file() else "",
    )


def installed(root: Path) -> list[str]:
    """The CPUs for which the folder has an archive."""
    return sorted(path.parent.name for path in root.glob(f"lib/*/{ARCHIVE}"))


@dataclass(frozen=True)
class State:
    """What there is for one CPU: `usable` says which library, or "", and then `problem` why not."""

    target_arch: str
    usable: str = ""
    problem: str = ""


def states(root: Path | None) -> list[State]:
    """One for each CPU of the shipped boards, then one for each archive that no board wants.

    The list is empty where no library is configured.
    """
    if root is None:
        return []
    cpus = {
        target_arch(cpu): cpu
        for cpu in (load_board(name).cpu for name in boards())
        if cpu.core in CORES
    }
    unused = [State(n, problem="no board with this CPU") for n in installed(root) if n not in cpus]
    return [_state(name, cpu, root) for name, cpu in sorted(cpus.items())] + unused


def _state(name: str, cpu: Cpu, root: Path) -> State:
    try:
        found = find(cpu, root)
        return State(name, usable=f"{found.label}; {found.build.said}")
    except JobError as error:
        return State(name, problem=str(error))


def _include_dirs(include: Path) -> tuple[Path, ...]:
    for header in (_INTERPRETER, _RESOLVER):
        if not (include / header).is_file():
            raise BuildError(f"TFLM: {include / header} is missing", remedy=REMEDY)
    return (include, *(_dependency(include, name) for name in _DEPENDENCIES))


def _dependency(include: Path, name: str) -> Path:
    for place in (include / place / name for place in _PLACES):
        if (place / _DEPENDENCIES[name]).is_file():
            return place
    missing = include / _PLACES[0] / name / _DEPENDENCIES[name]
    raise BuildError(f"TFLM: {missing} is missing", remedy=REMEDY)


def _check(path: Path, content: Archive, cpu: Cpu) -> None:
    """Raises BuildError where the archive is no TFLM, or for another CPU or float ABI."""
    if INTERPRETER not in content.symbols:
        raise BuildError(f"TFLM: {path} has no tflite::MicroInterpreter in it", remedy=REMEDY)
    order = list(ARCHITECTURES.values())
    wanted = CORES[cpu.core]
    if not content.architecture:
        raise BuildError(f"TFLM: {path} does not say for which CPU it is", remedy=REMEDY)
    if order.index(content.architecture) > order.index(wanted):
        raise BuildError(
            f"TFLM: {path} is for Arm{content.architecture}, {cpu.core} is Arm{wanted}",
            remedy=REMEDY,
        )
    if content.hard_float != (cpu.fpu is not None):
        abi = {True: "hard", False: "soft"}
        raise BuildError(
            f"TFLM: {path} passes floats by the {abi[content.hard_float]} ABI, "
            f"the board by the {abi[cpu.fpu is not None]} one",
            remedy=REMEDY,
        )
