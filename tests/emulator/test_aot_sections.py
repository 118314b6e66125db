"""What the engine says of its sections is what the cross compiler makes of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import small_graphs
from elftools.elf.elffile import ELFFile

from hilbench.config.board import load_board
from hilbench.core.paths import firmware_dir
from hilbench.core.settings import Settings
from hilbench.engines.base import load_engine

pytestmark = pytest.mark.emulator

GRAPHS = (
    small_graphs.simple_rnn,
    small_graphs.residual_cnn,
    small_graphs.odds_and_ends,
)


@pytest.mark.parametrize("optimisation", ["-Os", "-O3"])
@pytest.mark.parametrize("dtype", ["float32", "int8"])
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
def test_weights_and_arena(graph, dtype: str, optimisation: str, tmp_path: Path) -> None:
    tflite = tmp_path / "model.tflite"
    tflite.write_bytes(graph(dtype))
    sources = load_engine("aot", Settings.read()).compile(
        tflite, load_board("mps2_an386"), tmp_path, b""
    )
    includes = [f"-I{path}" for path in (firmware_dir() / "include", *sources.include_dirs)]
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", *load_board("mps2_an386").cpu.flags]
    output = tmp_path / "model.o"
    command = ["arm-none-eabi-gcc", *flags, optimisation, *includes, "-c", *sources.sources]
    subprocess.run([*command, "-o", output], check=True)
    with output.open("rb") as file:
        sizes = {section.name: section["sh_size"] for section in ELFFile(file).iter_sections()}
    assert sizes[".rodata.weights"] == sources.weights_bytes
    assert sizes[".bss.arena"] == sources.arena_bytes
    assert sizes.get(".data", 0) == sizes.get(".bss", 0) == 0
