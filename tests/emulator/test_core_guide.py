"""The core of docs/adding-a-core.md: its lines in a copy of hilbench, no more."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.emulator
CLONE = Path(__file__).parents[2]
GUIDE = (CLONE / "docs" / "adding-a-core.md").read_text(encoding="utf-8")
MODULE = "hilbench/arch/cortex_m.py"
MEASURE = """
import sys
from pathlib import Path

import misbehaving
from misbehaving import Behaviour, measure, sample

from hilbench.config.board import load_board

folder, board = Path(sys.argv[1]), load_board("microbit_m0")
built = misbehaving.build(folder, board=board.name)
assert "-mcpu=cortex-m0 -mthumb" in built.flags, built.flags
found = measure(built, board, folder)
assert found.outputs == ((bytes((3 * v + 1) % 256 for v in sample(Behaviour.COMPUTE)[0]),),) * 2
print(found.self_test)
"""


def changed(source: str) -> str:
    """The module with the changes of the page."""
    blocks = re.findall(r"```diff\n(.*?)```", GUIDE, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        lines = block.splitlines()
        before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
        assert source.count(before) == 1, before
        source = source.replace(
            before, "\n".join(line[1:] for line in lines if not line.startswith("-"))
        )
    return source


def test_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "clone"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("hilbench", "firmware"):
        shutil.copytree(CLONE / folder, copy / folder, ignore=ignored)
    shutil.copy(CLONE / "pyproject.toml", copy)
    (copy / MODULE).write_text(changed((CLONE / MODULE).read_text("utf-8")), "utf-8")
    yaml = re.search(r"`([\w./]+/board\.yaml)`:\s*```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert yaml is not None
    (copy / yaml[1]).parent.mkdir()
    (copy / yaml[1]).write_text(yaml[2], encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{copy}:{CLONE / 'tests'}")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.fullmatch(r"(\d+) instructions for a loop of 400000 instructions\n", done.stdout)
    assert found and int(found[1]) - 400_000 in range(8)


def test_the_numbers_of_lines_are_those_of_the_files() -> None:
    cells = re.findall(r"(\d+), ((?:`[\w./*-]+/[\w.*-]+`(?: and )?)+)", GUIDE)
    assert len(cells) == 9
    for number, names in cells:
        paths = [path for name in re.findall("`(.*?)`", names) for path in CLONE.glob(name)]
        lines = sum(path.read_text(encoding="utf-8").count("\n") for path in paths)
        assert int(number) == pytest.approx(lines, rel=0.1), names
