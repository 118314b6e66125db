"""The CPU family of docs/adding-a-cpu-family.md: its files in a copy of hilbench, no more."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from hilbench.arch.base import Family
from hilbench.core.paths import firmware_dir

pytestmark = pytest.mark.emulator
CLONE = Path(__file__).parents[2]
GUIDE = (CLONE / "docs" / "adding-a-cpu-family.md").read_text(encoding="utf-8")
MEASURE = """
import sys
from pathlib import Path

import misbehaving
from misbehaving import Behaviour, sample

from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.link.session import Schedule, benchmark
from hilbench.targets import qemu

folder = Path(sys.argv[1])
board, deadline = load_board("versatilepb"), Deadline.after(100, "the guide's family")
built = misbehaving.build(folder, board="versatilepb")
assert "-mcpu=arm926ej-s -marm" in built.flags, built.flags
with qemu.TARGET(Settings.read()).start(built.elf, board, folder, deadline) as running:
    schedule = Schedule(warmups=1, repetitions=3)
    found = benchmark(running.stream, [sample(Behaviour.COMPUTE)] * 2, schedule, deadline)
(given,) = sample(Behaviour.COMPUTE)
assert found.outputs == ((bytes((3 * v + 1) % 256 for v in given),),) * 2
assert len(set(found.ticks)) == 1
assert found.stack_bytes == 16384 and 100 < found.stack_used_bytes < 2048
print(found.self_test)
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of hilbench with the files that the page names."""
    copy = tmp_path_factory.mktemp("clone")
    for folder in ("hilbench", "firmware", "experiments"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CLONE / folder, copy / folder, ignore=ignored)
    shutil.copy(CLONE / "pyproject.toml", copy)
    files = re.findall(r"`([\w./]+\.\w+)`[^`]*```\w+\n(.*?)```", GUIDE, re.DOTALL)
    for name, content in files:
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    assert {name.rpartition("/")[2] for name, _ in files} == {
        "arm9.py", "start.c", "host_call.h", "board.yaml", "sp804.c",
    }  # fmt: skip
    return copy


def run(clone: Path, *arguments: str | Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PYTHONPATH", f"{clone}:{CLONE / 'tests'}")
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, cwd=clone.parent, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_found(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(clone, "-m", "hilbench", "list", "boards", monkeypatch=monkeypatch)
    assert re.search(r"versatilepb .*arm926ej-s", said)
    said = run(clone, "-m", "hilbench", "doctor", monkeypatch=monkeypatch)
    assert len(re.findall("^arm-none-eabi-gcc .*compiles firmware", said, re.MULTILINE)) == 1


def test_it_runs(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(clone, "-c", MEASURE, tmp_path, monkeypatch=monkeypatch)
    found = re.fullmatch(r"(\d+) instructions for a loop of 400000 instructions\n", said)
    assert found and abs(int(found[1]) - 400_000) <= 1000


def test_the_page_explains_every_field() -> None:
    table = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", GUIDE, re.MULTILINE)
    explained = {name for cell in table for name in re.findall(r"\w+", cell)}
    header = (firmware_dir() / "include" / "cpu.h").read_text(encoding="utf-8")
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    declared = set(re.findall(r"\b(\w+)\(", header)) - {"bench_run"}
    assert explained == {field.name for field in fields(Family)} | declared


# What is on a command line or a register's name; TFLM names its archives by GCC's cores.
WORDS = re.compile(r"arm-none-eabi|qemu-system-|cortex-m|CFSR|HFSR")
ELSEWHERE = {"engines/tflm/library.py": {"cortex-m33", "cortex-m55"}}


def test_only_arch_knows_a_family() -> None:
    """No string of the code, docstrings apart, has a word of a CPU family."""
    package = CLONE / "hilbench"
    for path in package.rglob("*.py"):
        where = path.relative_to(package).as_posix()
        if where.split("/")[0] not in ("arch", "simprobe"):
            found = {text for text in strings(path) if WORDS.search(text)}
            assert found == ELSEWHERE.get(where, set()), where


def strings(path: Path) -> set[str]:
    """String constants that are no statement of their own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {c.value for c in constants if isinstance(c.value, str) and id(c) not in alone}
