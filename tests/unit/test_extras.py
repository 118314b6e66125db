"""What `pip install hilbench` brings does all that no job is needed for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import report_rows
from small_graphs import simple_rnn

from hilbench.core import extras
from hilbench.core.errors import MissingTool
from hilbench.record.store import to_csv, write_atomically

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
MODULES = {
    "tensorflow": "tensorflow",
    "tf_keras": "tf_keras",
    "keras": "keras",
    "h5py": "h5py",
    "tflite-micro": "tflite_micro",
    "pyocd": "pyocd",
    "scikit-learn": "sklearn.datasets",
    "scipy": "scipy.stats",
    "seglearn": "seglearn.datasets",
    "jinja2": "jinja2",
    "junitparser": "junitparser",
    "distributed": "distributed",
    "cryptography": "cryptography.x509",
    "pyarrow": "pyarrow.parquet",
}
WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ImportError(f"No module named '{{name}}'")

sys.meta_path.insert(0, Absent())
from hilbench.cli.main import main
main()
"""


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\\[ ]", requirement)[0] for requirement in requirements}


def test_extras_are_those_that_the_remedies_name() -> None:
    optional = PROJECT["optional-dependencies"]
    for package, extra in extras.EXTRA.items():
        assert package in names(optional[extra])
        assert package not in names(PROJECT["dependencies"])
    assert set(MODULES) == set(extras.EXTRA)
    everything = set(re.findall(r"[a-z]+", optional["all"][0])) - {"hilbench"}
    assert everything == set(optional) - {"all", "dev"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_atomically(tmp_path / "results" / "smoke.csv", to_csv(report_rows.campaign_rows()))
    (tmp_path / "model.tflite").write_bytes(simple_rnn("int8"))
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        "--help", "list models", "list boards", "list engines", "list experiments", "plan rnn",
        "table smoke", "table smoke --published", "compare smoke", "plot smoke",
        "inspect model.tflite",
    ],
)  # fmt: skip
def test_a_plain_installation_is_enough_for(folder: Path, arguments: str) -> None:
    code = WITHOUT.format(absent={name.split(".")[0] for name in MODULES.values()})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run(
        [sys.executable, "-c", code, *arguments.split()],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    assert (said.returncode, "Traceback" in said.stderr) == (0, False), said.stderr


@pytest.mark.parametrize("package", MODULES)
def test_a_missing_one_names_its_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = MODULES[package]
    for name in {absent, *(name for name in sys.modules if name.startswith(f"{absent}."))}:
        monkeypatch.setitem(sys.modules, name, None)
    load = {
        "tensorflow": extras.tensorflow,
        "tf_keras": extras.keras,
        "tflite-micro": extras.tflite_micro_runtime,
        "keras": extras.keras3,
        "h5py": extras.h5py,
        "pyocd": lambda: extras.pyocd("core"),
        "scikit-learn": extras.sklearn_datasets,
        "scipy": extras.scipy_stats,
        "jinja2": extras.jinja2,
        "junitparser": extras.junitparser,
        "seglearn": extras.seglearn_datasets,
        "distributed": extras.distributed,
        "cryptography": lambda: extras.cryptography("x509"),
        "pyarrow": extras.pyarrow,
    }[package]
    if package == "tf_keras":
        monkeypatch.setattr(extras, "tensorflow", lambda: None)
    with pytest.raises(MissingTool, match=re.escape("pip install 'hilbench[")) as caught:
        load()
    assert str(caught.value).count("\n") == 0
