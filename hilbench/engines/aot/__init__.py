"""The ahead-of-time engine: a .tflite becomes readable C and a static memory plan.

    reader -> Graph -> passes -> lower (ops/) -> steps -> layout -> reroll -> emit -> model.c

It needs nothing but the cross compiler. Its int8 results are those of
TensorFlow Lite Micro's reference kernels, bit by bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hilbench import __version__
from hilbench.config.board import Board
from hilbench.core import hashing
from hilbench.core.artifacts import EngineSources
from hilbench.core.paths import firmware_dir
from hilbench.tflite.reader import read

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class AotEngine:
    """See hilbench.engines.base.Engine for the contract.

    `option` is a value of placement.Placement, or "": it stands behind a + in the name.
    """

    option: str = ""
    description: str = "our ahead-of-time compiler: a .tflite to C that calls firmware/kernels"
    trial = None

    @property
    def name(self) -> str:
        return f"aot+{self.option}" if self.option else "aot"

    def supports(self, board: Board) -> bool:
        """Every board: the kernels have a portable version in C11."""
        del board
        return True

    def compile(self, tflite: Path, board: Board, out_dir: Path, reported: bytes) -> EngineSources:
        """The same text for every board, `reported` is empty: the build chooses the kernels."""
        del board, reported
        # Reading a graph must not cost numpy to those who only list engines.
        from hilbench.engines.aot.compiler import compile_graph
        from hilbench.engines.aot.placement import Placement

        sha256 = hashing.of_file(tflite)
        emitted = compile_graph(read(tflite), sha256, Placement(self.option), self.name)
        source = out_dir / "model.c"
        source.write_text(emitted.text)
        return EngineSources(
            engine=self.name,
            model_sha256=sha256,
            sources=(source,),
            kernels=emitted.kernels,
            include_dirs=(firmware_dir() / "kernels",),
            weights_bytes=emitted.weights_bytes,
            arena_bytes=emitted.arena_bytes,
            operators=emitted.operators(source.name),
            notes=emitted.notes,
        )

    def fingerprint(self, board: Board) -> str:
        del board
        return hashing.of_values(
            version=__version__,
            name=self.name,
            compiler=hashing.of_tree(_PACKAGE, ".py"),
            reader=hashing.of_tree(_PACKAGE.parent.parent / "tflite", ".py"),
            kernels=hashing.of_tree(firmware_dir() / "kernels", ".c", ".h", ".inc"),
            interface=hashing.of_file(firmware_dir() / "include" / "engine.h"),
        )


ENGINE = AotEngine()
