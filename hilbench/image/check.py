"""Whether an image has instructions that its core lacks.

An emulator may run them all the same, rightly or wrongly.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from hilbench.config.board import Board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError
from hilbench.image.elf import locator
from hilbench.image.programs import program


def instructions(elf: Path, board: Board, deadline: Deadline) -> None:
    """Raises BuildError for the first foreign instruction, MissingTool, DeadlineExceeded."""
    tool = board.family.disassembler
    if tool is None:
        return
    deadline.check()
    command = [program(tool.program), *tool.options, str(elf)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=deadline.remaining(), check=True
        )
    except subprocess.TimeoutExpired:
        raise deadline.error() from None
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(f"{tool.program} failed: {error}") from error
    cpu = board.cpu
    if found := tool.foreign(done.stdout, cpu.core, cpu.fpu):
        each, extension = found
        where = locator(elf)(each.address) or "?"
        raise BuildError(
            f"the image has '{each.mnemonic}' at {each.address:#010x} ({where}), which needs"
            f" {extension}: {board.name} has a {cpu.core} without"
        )
