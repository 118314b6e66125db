"""Imports run one way, and heavy packages are imported in one place."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "hilbench"
GROUND = {"core", "arch"}
DATA = {"config", "record", "tflite"}
STAGES = {"data", "sources", "oracle", "engines", "image", "targets", "link", "cycles"}
MAY_IMPORT = {
    "core": {"core"},
    "arch": GROUND,
    **{layer: GROUND | {layer} for layer in DATA},
    **{layer: GROUND | DATA | {layer} for layer in STAGES},
    "simprobe": GROUND | DATA | STAGES | {"simprobe"},
    "pipeline": GROUND | DATA | STAGES | {"pipeline"},
    "farm": GROUND | DATA | STAGES | {"pipeline", "farm"},
    "report": GROUND | {"record", "config", "report"},
    "testing": GROUND | {"record", "config", "report", "api", "testing"},
    "cli": GROUND | DATA | STAGES | {"pipeline", "farm", "report", "api", "cli"},
}
HEAVY = {
    "tensorflow",
    "tf_keras",
    "keras",
    "h5py",
    "tflite_micro",
    "pyocd",
    "serial",
    "matplotlib",
    "pandas",
    "sklearn",
}
SOURCES = sorted(PACKAGE.glob("*/**/*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, relative ones resolved."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    layer = layer_of(path)
    allowed = MAY_IMPORT[layer]
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] == "hilbench" and len(parts) > 1 and parts[1] != "__version__":
            assert parts[1] in allowed, f"{path}:{line}: {layer} must not import {name}"


# What other processes wrote is checked there.
EDGES_OF_CORE = {"store.py": {"pydantic", "filelock"}, "workers.py": {"pydantic"}}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_core_needs_only_the_standard_library(path: Path) -> None:
    if layer_of(path) == "core":
        for line, name in imports(path):
            top = name.split(".")[0]
            allowed = {"hilbench", *EDGES_OF_CORE.get(path.name, ())}
            assert top in allowed or top in sys.stdlib_module_names, f"{path}:{line}: {name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_packages_only_through_extras(path: Path) -> None:
    for line, name in imports(path):
        assert name.split(".")[0] not in HEAVY, f"{path}:{line}: use hilbench.core.extras"


def test_every_layer_is_known() -> None:
    found = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert found == set(MAY_IMPORT)


def test_the_architecture_page_lists_every_layer() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("## Layers")[1].split("## ")[0]
    listed = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(MAY_IMPORT)


def test_the_environment_is_read_in_one_place() -> None:
    readers = [p for p in SOURCES if "os.environ" in p.read_text() or "getenv" in p.read_text()]
    assert [p.name for p in readers] == ["processes.py", "settings.py"]  # children's, the user's
