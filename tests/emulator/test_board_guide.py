"""The board of docs/adding-a-board.md is one folder, and runs."""

from __future__ import annotations

import re
from pathlib import Path

import misbehaving
import pytest
from misbehaving import Behaviour, sample

from hilbench.config import board as spec
from hilbench.core.deadline import Deadline
from hilbench.core.doors import PROJECT_FILE
from hilbench.core.settings import Settings
from hilbench.image import image
from hilbench.link.session import Schedule, benchmark
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator
GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-board.md"


def test_the_board_of_the_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yaml = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert yaml is not None
    folder = tmp_path / "boards" / "mps2_an511"
    folder.mkdir(parents=True)
    (folder / "board.yaml").write_text(yaml[1])
    (tmp_path / PROJECT_FILE).touch()
    monkeypatch.chdir(tmp_path)
    board = spec.load_board("mps2_an511")
    deadline = Deadline.after(100, "the guide's board")
    built = image.build(misbehaving.sources(tmp_path), board, tmp_path / "build", deadline)
    with qemu.TARGET(Settings.read()).start(built.elf, board, tmp_path, deadline) as running:
        samples = [sample(Behaviour.COMPUTE)]
        found = benchmark(running.stream, samples, Schedule(repetitions=2), deadline)
    assert found.device.board == "mps2_an511"
    assert found.self_test == "400000 instructions for a loop of 400000 instructions"
    assert len(set(found.ticks)) == 1
