"""The example of docs/adding-an-operator.md is an operator that works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Spec, single_operator

from hilbench.engines.aot import headers, ops
from hilbench.engines.aot.lower import lowerings

GUIDE = Path(__file__).parents[2] / "docs" / "adding-an-operator.md"


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The guide's files, where new ones would be."""
    text = GUIDE.read_text(encoding="utf-8")
    for code, name in re.findall(r"```c\n(/\* (\w+\.[ch]).*?)```", text, re.DOTALL):
        (tmp_path / name).write_text(code)
    python = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert python is not None
    package = tmp_path / "ops"
    package.mkdir()
    (package / "embedding_lookup.py").write_text(python[1])
    monkeypatch.setattr(ops, "__path__", [*ops.__path__, str(package)])
    shipped = headers.folders()
    monkeypatch.setattr(headers, "folders", lambda: (tmp_path, *shipped))
    lowerings.cache_clear()
    yield tmp_path
    lowerings.cache_clear()
    sys.modules.pop("hilbench.engines.aot.ops.embedding_lookup")


def test_the_files_of_the_guide_are_enough(kernels: Path, tmp_path: Path) -> None:
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    specs = [Spec((5,), "int32"), Spec((4, 3), data=table)]
    data = single_operator("EMBEDDING_LOOKUP", specs, [Spec((5, 3))])
    model = aot_host.build(data, tmp_path, kernels)
    assert model.sources.kernels == ("embedding_lookup_f32",)
    aot_host.assert_matches(model, [[np.array([3, 0, 2, 2, 1], np.int32)]])


def test_the_operator_of_the_guide_is_not_shipped() -> None:
    """Two kernels of one name cannot be linked: the guide needs another when this one comes."""
    assert "EMBEDDING_LOOKUP" not in lowerings()
