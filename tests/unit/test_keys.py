"""What a stage's result depends on: modules, files beside them, files that are read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import hilbench
from hilbench.core import hashing, modules
from hilbench.core.deadline import Deadline
from hilbench.core.errors import JobError
from hilbench.core.store import Store
from hilbench.core.workers import Done, Worker

TRAINING = "hilbench.sources.keras.training_worker"
AOT = "hilbench.engines.aot.compiler"
DATA = "hilbench.data.shakespeare"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    copied = folder / "hilbench"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(hilbench.__file__).parent, copied, ignore=ignored)
    return copied


def key(package: Path, module: str) -> str:
    said = "from hilbench.core import modules; import sys; print(modules.hashed({sys.argv[1]}))"
    return subprocess.run(
        [sys.executable, "-P", "-c", said, module],
        env={"PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize(
    ("module", "touched", "follows"),
    [
        (TRAINING, "sources/keras/training_worker.py", True),
        (TRAINING, "sources/keras/profiler.py", True),  # a helper
        (TRAINING, "core/extras.py", True),  # a helper far away
        (TRAINING, "sources/__init__.py", True),  # runs when anything in it is imported
        (TRAINING, "report/figures.py", False),
        (AOT, "tflite/flatbuffer.py", True),
        (AOT, "sources/keras/training.py", False),
        (DATA, "data/markov.py", True),
        (DATA, "data/weights.bin", True),  # a new file beside it
    ],
)
def test_a_key_follows_from_what_a_module_imports(
    package: Path, module: str, touched: str, follows: bool
) -> None:
    file = package / touched
    before, content = key(package, module), file.read_bytes() if file.exists() else None
    assert key(package, module) == before
    file.write_bytes((content or b"") + b"\n# touched\n")
    try:
        assert (key(package, module) != before) is follows
    finally:
        file.write_bytes(content) if content is not None else file.unlink()
    assert key(package, module) == before


def test_a_key_is_the_same_wherever_hilbench_lies(package: Path, tmp_path: Path) -> None:
    other = shutil.copytree(package, tmp_path / "elsewhere" / "hilbench")
    assert key(package, TRAINING) == key(other, TRAINING)


BUILDER = """
from dataclasses import dataclass
from pathlib import Path
import numpy as np
from hilbench.core import workers

@dataclass(frozen=True)
class Request:
    named: Path

def work(request, folder):
    import helper_of_the_builder
    beside = Path(__file__).parent
    np.load(beside / "weights.npz")["w"]
    (folder / "own.txt").write_text("x")
    (folder / "own.txt").read_text()
    request.named.read_text()
    (beside / "table.csv").read_text()
    return workers.Done()

workers.serve(Request, workers.Done, work)
"""


@pytest.fixture
def builder(tmp_path: Path) -> Path:
    import numpy as np

    folder = tmp_path / "users"
    folder.mkdir()
    (folder / "builder_of_a_model.py").write_text(BUILDER)
    (folder / "helper_of_the_builder.py").write_text("LAYERS = 3\n")
    (folder / "table.csv").write_text("1,2\n")
    (folder / "named.txt").write_text("part of the key\n")
    np.savez(folder / "weights.npz", w=np.zeros(3))
    return folder


@dataclass(frozen=True)
class Named:
    named: Path


def made(store: Store, folder: Path) -> bool:
    """Whether the builder had to run."""
    worker = Worker(
        module="builder_of_a_model",
        what="building",
        error=JobError,
        request=Named,
        result=Done,
        env={"PYTHONPATH": f"{folder}:{Path(hilbench.__file__).parents[1]}"},
    )

    def make(out: Path) -> Path:
        worker.call(Named(folder / "named.txt"), out, Deadline.after(60, "building"))
        return out / "result.json"

    return not store.get("load", "0" * 32, Path, make)[1]


@pytest.mark.parametrize(
    ("touched", "follows"),
    [
        ("weights.npz", True),
        ("table.csv", True),
        ("helper_of_the_builder.py", True),
        ("builder_of_a_model.py", True),
        ("named.txt", False),  # whoever names it puts its content into the key
        ("other.npz", False),
    ],
)
def test_a_result_follows_from_the_files_that_its_builder_read(
    builder: Path, tmp_path: Path, touched: str, follows: bool
) -> None:
    assert made(Store(tmp_path / "cache"), builder)
    assert not made(Store(tmp_path / "cache"), builder)
    file = builder / touched
    content = file.read_bytes() if file.exists() else b""
    end = b"\n# touched" if file.suffix == ".py" else b" "
    file.write_bytes(content + end)
    assert made(Store(tmp_path / "cache"), builder) is follows
    assert not made(Store(tmp_path / "cache"), builder)


def test_a_file_that_is_gone_counts_as_changed(builder: Path, tmp_path: Path) -> None:
    assert made(Store(tmp_path / "cache"), builder)
    (builder / "table.csv").unlink()
    with pytest.raises(JobError, match=r"table\.csv"):
        made(Store(tmp_path / "cache"), builder)


def test_a_key_in_one_process_follows_files_as_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is remembered between the stages of a campaign, and only as long as all files stay."""
    package = tmp_path / "growing"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    found = [modules.hashed({"growing"})]
    assert modules.hashed({"growing"}) == found[0]
    for change in (
        lambda: (package / "__init__.py").write_text("x = 1"),
        lambda: (package / "table.csv").write_text("1"),
        lambda: (package / "table.csv").write_text("2, 3"),
        lambda: (package / "table.csv").unlink(),
        lambda: (package / "helper.py").write_text("y = 1"),
        lambda: (package / "helper.py").write_text("y = 23"),
    ):
        change()
        found.append(modules.hashed({"growing"}))
    assert found[4] == found[1]
    assert len(set(found)) == 6


def test_a_tree_is_its_files_names_and_contents(tmp_path: Path) -> None:
    for name in ("a.c", "b/c.h", "boards/x/d.c", "e.txt", "__pycache__/f.c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)

    def counts(name: str) -> bool:
        before = hashing.of_tree(tmp_path, ".c", ".h", without="boards")
        (tmp_path / name).write_text("changed, longer")
        return hashing.of_tree(tmp_path, ".c", ".h", without="boards") != before

    names = ("a.c", "b/c.h", "boards/x/d.c", "e.txt", "__pycache__/f.c", "b/new.c")
    assert [name for name in names if counts(name)] == ["a.c", "b/c.h", "b/new.c"]
