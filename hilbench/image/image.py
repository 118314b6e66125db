"""Sources and a board -> a linked image."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from hilbench.arch.base import Family
from hilbench.config.board import Board
from hilbench.config.optimisation import DEFAULT, Optimisation
from hilbench.core import hashing, modules
from hilbench.core.artifacts import EngineSources, Firmware
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError
from hilbench.core.paths import firmware_dir
from hilbench.image import check, cmake, config, elf, libraries, linker
from hilbench.image.programs import compiler_version, program

_LINK_OPTIONS = (
    "-Wl,--gc-sections",
    "-Wl,--build-id=none",
    "-Wl,--fatal-warnings",
    "-Wl,--no-warn-rwx-segments",
)
_MAP = "firmware.map"
IMAGE_ID_LENGTH = 16
"""Hexadecimal digits: 64 bits tell any two images apart."""

_CPP = {".cc", ".cpp", ".cxx"}


def build(
    sources: EngineSources,
    board: Board,
    out_dir: Path,
    deadline: Deadline,
    optimisation: Optimisation = DEFAULT,
) -> Firmware:
    """Compile and link one image below `out_dir`; the same inputs give the same bytes.

    Raises DoesNotFit when a region overflows, BuildError with the first
    error of compiler or linker or for an instruction that the core lacks, MissingTool,
    DeadlineExceeded.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    image_id = key(sources, fingerprint(board, optimisation))[:IMAGE_ID_LENGTH]
    job = {
        **drivers(board.family, board.uart_source, board.counter_source),
        **sources_of(sources, board.cpu.instruction_sets, _board_sources(board)),
        **headers(sources, config.header(board, image_id, sources.copied_bytes), out_dir),
        "HB_COMPILE_OPTIONS": [*board.cpu.flags, *_prefix_maps(sources, board.folder, out_dir)],
        "HB_OPTIMISATION": [optimisation],
        "HB_LINK_OPTIONS": _link_options(board, out_dir),
    }
    built = cmake.build(board.family.toolchain, job, out_dir, deadline)
    check.instructions(built.elf, board, deadline)
    return Firmware(
        elf=built.elf,
        sha256=hashing.of_file(built.elf),
        image_id=image_id,
        sizes=elf.sizes(built.elf, board),
        compiler=compiler_version(board.family.toolchain.gcc),
        flags=built.flags,
        c_library=_c_library(built.elf, board, deadline),
    )


def _link_options(board: Board, out_dir: Path) -> list[str]:
    """Those of a board's image, whose linker script this writes."""
    script = out_dir / "board.ld"
    script.write_text(linker.script(board))
    return [f"-T{script}", *board.family.link_options, *_LINK_OPTIONS, f"-Wl,-Map={_MAP}"]


def _c_library(image: Path, board: Board, deadline: Deadline) -> str:
    gcc = program(board.family.toolchain.gcc)
    specs = [option for option in board.family.link_options if option.startswith("--specs")]
    compiler = [gcc, *board.cpu.flags, *specs]
    return libraries.linked(image, image.with_name(_MAP), compiler, deadline)


def base_sources() -> EngineSources:
    """An engine that does nothing: what is left of an image without a model."""
    return EngineSources(
        engine="none",
        model_sha256="",
        sources=(firmware_dir() / "base" / "no_engine.c",),
        kernels=(),
        include_dirs=(),
        weights_bytes=0,
        arena_bytes=0,
    )


def key(sources: EngineSources, firmware: str) -> str:
    """Hash of everything that an image is made from; `firmware` is the fingerprint of the rest."""
    return hashing.of_values(
        firmware=firmware,
        sources=[hashing.of_file(path) for path in sources.sources],
        kernels=sources.kernels,
        headers=[hashing.of_tree(folder, ".h") for folder in sources.include_dirs],
        archives=[hashing.of_file(archive) for archive in sources.archives],
        engine=sources.engine,
        copies=[hashing.of_file(path) for path in _copies(sources)],
        copied_bytes=sources.copied_bytes,
    )


def fingerprint(board: Board, optimisation: Optimisation = DEFAULT) -> str:
    """Hash of all that shapes an image, or what is recorded of it, but the engine's sources."""
    sources = (".c", ".h", ".inc", ".cmake", "CMakeLists.txt")
    return hashing.of_values(
        firmware=hashing.of_tree(firmware_dir(), *sources, without="boards"),
        board=hashing.of_tree(board.folder, ".c", ".h", ".inc"),
        linker_script=linker.script(board),
        board_config=config.header(board),
        cpu=board.cpu.flags,
        optimisation=optimisation,
        builder=modules.hashed({__name__}),
        instruction_sets=board.cpu.instruction_sets,
        compiler=compiler_version(board.family.toolchain.gcc),
    )


def drivers(family: Family, uart: Path, counter: Path) -> dict[str, Iterable[str]]:
    """What CMake is told of a family and of the two drivers' files."""
    return {
        "HB_ARCH": [family.name],
        "HB_UART": [str(uart.resolve())],
        "HB_COUNTER": [str(counter.resolve())],
    }


def sources_of(
    sources: EngineSources, isa: Sequence[str] = (), board: Sequence[Path] = ()
) -> dict[str, Iterable[str]]:
    """What CMake is told of the sources of an engine and a board, with kernels for `isa`.

    In a fixed order: it decides where the linker puts things.
    """
    kernels = [kernel_source(name, isa) for name in sorted(sources.kernels)]
    files = [*sources.sources, *kernels, *_copies(sources)]
    suffixes = {file.suffix for file in files}
    more = [*(["CXX"] if suffixes & _CPP else []), *(["ASM"] if ".S" in suffixes else [])]
    return {
        "HB_SOURCES": [str(file.resolve()) for file in files],
        "HB_BOARD": [str(file.resolve()) for file in board],
        "HB_ARCHIVES": [str(archive.resolve()) for archive in sources.archives],
        "HB_SYSTEM_INCLUDE_DIRS": [str(p.resolve()) for p in sources.system_include_dirs],
        "HB_LANGUAGES": ["C", *more],
    }


def _copies(sources: EngineSources) -> tuple[Path, ...]:
    """What makes the copies that are inside of the timed window."""
    if not sources.copied_bytes:
        return ()
    folder = firmware_dir() / "window"
    return (folder / "copies.c", sources.copies or folder / "plain_copies.c")


def kernel_source(name: str, isa: Sequence[str]) -> Path:
    """firmware/kernels/<name>__<isa>.c for the best instruction set there is, else __ref."""
    folder = firmware_dir() / "kernels"
    candidates = [folder / f"{name}__{suffix}.c" for suffix in (*sorted(isa, reverse=True), "ref")]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise BuildError(f"there is no kernel '{name}' (no {candidates[-1].name})")


def _board_sources(board: Board) -> list[Path]:
    own = board.folder / "board.c"
    return [own] if own.is_file() else []


def headers(sources: EngineSources, board_config: str, out_dir: Path) -> dict[str, Iterable[str]]:
    """Writes board_config.h; what CMake is told of its folder and the engine's."""
    include = out_dir / "include"
    shutil.rmtree(include, ignore_errors=True)
    include.mkdir()
    (include / "board_config.h").write_text(board_config)
    return {"HB_INCLUDE_DIRS": [str(p.resolve()) for p in (include, *sources.include_dirs)]}


def _prefix_maps(sources: EngineSources, board: Path, out_dir: Path) -> list[str]:
    """Options that keep this computer's paths out of the image."""
    folders = [*(path.parent for path in sources.sources), *sources.include_dirs]
    maps = dict.fromkeys((folder.resolve() for folder in sources.system_include_dirs), "library")
    maps |= dict.fromkeys((folder.resolve() for folder in folders), "engine")
    if not board.is_relative_to(firmware_dir()):
        maps[board.resolve()] = "board"
    maps |= {firmware_dir().resolve(): "firmware", out_dir.resolve(): "build"}
    return [f"-ffile-prefix-map={folder}={name}" for folder, name in maps.items()]
