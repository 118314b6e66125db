"""The example of docs/adding-a-model.md is a family that works."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

import pytest

from hilbench import models, thirdparty
from hilbench.models import catalogue, worker

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-model.md"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> models.ModelSpec:
    """The guide's family, put where a new file would be."""
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    (tmp_path / "stepwise.py").write_text(textwrap.dedent(code[1]))
    monkeypatch.setattr(models, "__path__", [*models.__path__, str(tmp_path)])
    found = catalogue.models.__wrapped__()
    monkeypatch.delitem(sys.modules, "hilbench.models.stepwise")
    assert set(found) == {*models.models(), "stepwise_0"}
    return found["stepwise_0"]


def test_a_new_family_file_is_enough(example: models.ModelSpec) -> None:
    assert example.counts() == models.Counts(parameters=76, macs=700, matrix_macs=640)


@pytest.mark.keras
def test_its_closed_form_is_what_keras_and_the_profiler_count(example: models.ModelSpec) -> None:
    tf, keras = thirdparty.tensorflow(), thirdparty.keras()
    model = example.build(keras, export=True)
    assert worker.count(tf, model, worker.inference(tf, model, example)) == example.counts()
