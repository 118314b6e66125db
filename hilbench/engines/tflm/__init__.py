"""The engine TensorFlow Lite Micro, as a prebuilt library that the user points at.

hilbench has glue code for TFLM, no TFLM. The arena is not guessed: `trial`
gives a firmware that records what TFLM allocates for the model, and `compile`
makes the arena exactly as large.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hilbench import __version__
from hilbench.arch.cortex_m import CORES
from hilbench.config.board import Board
from hilbench.core import hashing
from hilbench.core.artifacts import EngineSources
from hilbench.core.paths import firmware_dir
from hilbench.core.settings import Settings
from hilbench.engines.tflm import arena, emit, library, resolver
from hilbench.tflite.reader import read
from hilbench.tflite.state import variables

_PACKAGE = Path(__file__).parent
_GLUE = _PACKAGE / "glue"
_SHARED = ("format.c", "runtime.cc")

_RECORDER_STATICS = 64 << 10
"""RAM besides arena and stack, generously: the recorder runs where there is plenty."""


@dataclass(frozen=True)
class TflmEngine:
    """See hilbench.engines.base.Engine for the contract."""

    library: Path | None = None

    name = "tflm"
    description = "TensorFlow Lite Micro, from a prebuilt library that you point at"

    def configured(self, settings: Settings) -> TflmEngine:
        return TflmEngine(settings.tflm)

    def supports(self, board: Board) -> bool:
        if board.cpu.core not in CORES:
            return False
        library.find(board.cpu, self.library)
        return True

    def trial(self, tflite: Path, board: Board, out_dir: Path) -> EngineSources:
        """A firmware that records TFLM's allocations in nearly all of the board's RAM."""
        size = board.memory.ram.length - board.stack - _RECORDER_STATICS
        found = library.find(board.cpu, self.library)
        return _sources(tflite, found, out_dir, size, "recorder.cc")

    def compile(self, tflite: Path, board: Board, out_dir: Path, reported: bytes) -> EngineSources:
        """The interpreter, with an arena of exactly the size that `trial` reported."""
        recorded = arena.parse(reported)
        found = library.find(board.cpu, self.library)
        return _sources(tflite, found, out_dir, recorded.bytes, "interpreter.cc", recorded)

    def fingerprint(self, board: Board) -> str:
        return hashing.of_values(
            version=__version__,
            library=library.find(board.cpu, self.library).fingerprint(),
            glue=hashing.of_tree(_GLUE),
            interface=hashing.of_file(firmware_dir() / "include" / "engine.h"),
        )


def _sources(
    tflite: Path,
    found: library.Library,
    out_dir: Path,
    arena_bytes: int,
    main: str,
    recorded: arena.Arena | None = None,
) -> EngineSources:
    """Write the generated sources into `out_dir` and name all that is to be compiled."""
    graph, content, sha256 = read(tflite), tflite.read_bytes(), hashing.of_file(tflite)
    methods = resolver.needed(graph, resolver.methods(found.resolver_header))
    (out_dir / "model_data.c").write_text(emit.data(content, sha256))
    (out_dir / "library.h").write_text(emit.library(found.build.static_memory, variables(graph)))
    (out_dir / "model.cc").write_text(emit.model(graph, methods, arena_bytes, sha256))
    return EngineSources(
        engine=TflmEngine.name,
        model_sha256=sha256,
        sources=(
            out_dir / "model_data.c",
            out_dir / "model.cc",
            *(_GLUE / name for name in (main, *_SHARED)),
        ),
        kernels=(),
        include_dirs=(_GLUE, out_dir),
        weights_bytes=len(content),
        arena_bytes=arena_bytes,
        system_include_dirs=found.include_dirs,
        archives=(found.archive,),
        library=found.label,
        library_build=found.build.said,
        arena_parts=recorded.parts if recorded else {},
        copies=_GLUE / "copies.cc",
    )


ENGINE = TflmEngine()
