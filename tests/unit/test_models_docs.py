"""The example of docs/adding-a-model.md is a family that works."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

import pytest

from hilbench.core import extras
from hilbench.sources.keras import catalogue, families, profiler, training_worker
from hilbench.sources.keras import model as model_spec

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-model.md"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> model_spec.ModelSpec:
    """The guide's family, put where a new file would be."""
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    (tmp_path / "stepwise.py").write_text(textwrap.dedent(code[1]))
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    found = catalogue.models.__wrapped__()
    monkeypatch.delitem(sys.modules, "hilbench.sources.keras.families.stepwise")
    assert set(found) == {*catalogue.models(), "stepwise_0"}
    return found["stepwise_0"]


def test_a_new_family_file_is_enough(example: model_spec.ModelSpec) -> None:
    assert example.counts() == model_spec.Counts(parameters=76, macs=700, matrix_macs=640)


@pytest.mark.keras
def test_its_closed_form_is_what_keras_and_the_profiler_count(
    example: model_spec.ModelSpec,
) -> None:
    tf, keras = extras.tensorflow(), extras.keras()
    model = example.build(keras, export=True)
    assert (
        profiler.count(tf, model, training_worker.inference(tf, model, example)) == example.counts()
    )
