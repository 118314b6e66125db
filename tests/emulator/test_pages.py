"""The pages for users are true: all that they say is done, from a wheel, in an empty folder."""

from __future__ import annotations

import csv
import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = (
    "own-model", "own-data", "own-board", "python", "project-folder", "campaigns", "comparing",
    "pytest", "farm",
)  # fmt: skip
BLOCK = re.compile(r"^```(sh|python|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w/.-]+\.(?:py|yaml))\n")

pytestmark = [pytest.mark.emulator, pytest.mark.keras, pytest.mark.timeout(900)]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """hilbench alone, as its wheel holds it; packages that it needs are this Python's.

    The first worker makes it for all.
    """
    out = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        out = out.parent
    site = out / "site"
    with (out / "wheel.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.exists():
            _install(out, site)
    return site


def _install(out: Path, site: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(site), str(made)], check=True, capture_output=True)


@pytest.fixture
def shell(wheel: Path, tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(wheel, tmp_path / "here")
    shell.folder.mkdir()
    assert (
        shell.do("python -c 'import hilbench; print(hilbench.__file__)'")
        .strip()
        .startswith(str(wheel))
    )
    yield shell


class Shell:
    """An empty folder in which `hilbench` and `python` are those of the wheel."""

    def __init__(self, site: Path, folder: Path) -> None:
        self.folder = folder
        self._env = {
            **{k: v for k, v in os.environ.items() if k != "HILBENCH_BENCH"},
            "PYTHONPATH": str(site),
            "PATH": f"{site / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def do(self, script: str) -> str:
        """Its standard output; it must succeed, line by line."""
        command = ["bash", "-e", "-o", "pipefail", "-c", script]
        done = subprocess.run(
            command, cwd=self.folder, env=self._env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_true(page: str, shell: Shell) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert len(blocks) >= 3
    for language, block in blocks:
        if (named := FILE.match(block)) is not None:
            shell.write(named[1], block)
        elif language == "python":
            shell.write("cell.py", block)
            assert shell.do("python cell.py")
        else:
            assert language == "sh", block
            shell.do(block)
    for path in shell.folder.rglob("results/*.csv"):
        rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
        assert rows and {row["status"] for row in rows} == {"ok"}


RECIPES = ROOT / "docs" / "ci"


def steps(recipe: object) -> Iterator[str]:
    """Every line of shell in a recipe, in its order."""
    if isinstance(recipe, dict):
        for name, value in recipe.items():
            if name in ("run", "script", "after_script"):
                yield from (value if isinstance(value, list) else value.splitlines())
            else:
                yield from steps(value)
    elif isinstance(recipe, list):
        for each in recipe:
            yield from steps(each)


def test_the_page_on_ci_and_what_its_recipes_do(shell: Shell) -> None:
    test_the_page_is_true("ci", shell)
    recipes = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in RECIPES.iterdir()]
    assert len(recipes) == 2
    lines = dict.fromkeys(line for recipe in recipes for line in steps(recipe))
    commands = [line for line in lines if line.startswith("hilbench ")]
    assert {line.split()[1] for line in commands} == {"run", "compare", "export", "report"}
    shell.do("export GITHUB_STEP_SUMMARY=summary.md\n" + "\n".join(commands))
    assert 'failures="0"' in (shell.folder / "junit.xml").read_text(encoding="utf-8")
    assert "1 job: 1 ok." in (shell.folder / "summary.md").read_text(encoding="utf-8")


MAKE = """
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import keras
import numpy as np
from hilbench.sources.keras.catalogue import find
inputs = keras.layers.Input((12, 3))
hidden = keras.layers.LSTM(8)(inputs)
keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(hidden)).save("my_model.keras")
rng = np.random.default_rng(0)
np.savez("samples.npz", x=rng.normal(size=(40, 12, 3)), y=np.arange(40) % 3)
import tensorflow as tf
import tf_keras
net = tf_keras.Sequential([tf_keras.layers.Input((4,)), tf_keras.layers.Dense(2)])
open("my_model.tflite", "wb").write(tf.lite.TFLiteConverter.from_keras_model(net).convert())
open("my_models.py", "w").write('''
import tf_keras
def build_gru():
    inputs = tf_keras.layers.Input((10, 4))
    return tf_keras.Model(inputs, tf_keras.layers.Dense(2)(tf_keras.layers.GRU(6)(inputs)))
''')
"""


def test_the_three_commands_of_the_readme(shell: Shell) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (hilbench run my_model.*?)(?: +#.*)?$", readme, re.MULTILINE)
    assert len(commands) == 3
    shell.write("make.py", MAKE)
    shell.do("python make.py")
    for command in commands:
        shell.do(command)
    (file,) = shell.rows("my_model_tflite")
    keras = shell.rows("my_model_keras")
    (function,) = shell.rows("build_gru")
    assert (file["variant"], file["status"], file["board"]) == ("basic", "ok", "mps2_an386")
    assert [row["variant"] for row in keras] == ["basic", "int8_only"]
    assert all(row["status"] == "ok" and row["samples"] == "10" for row in keras)
    assert all(row["board"] == "nucleo_l4r5zi_twin" and row["top1_device"] for row in keras)
    # 12 steps of 4 x 8 x (3 + 8), and 8 x 3.
    assert {row["macs"] for row in keras} == {str(12 * 4 * 8 * (3 + 8) + 8 * 3)}
    assert function["status"] == "ok" and function["oracle_max_lsb"] == "0"
    assert list((shell.folder / "figures" / "my_model_keras").glob("*.png"))
