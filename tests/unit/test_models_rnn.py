"""The published networks, from their table alone: no TensorFlow here."""

from __future__ import annotations

import sys

import pytest
from published_counts import PUBLISHED

from hilbench import models
from hilbench.errors import UsageError
from hilbench.models import catalogue, datasets
from hilbench.models.rnn import MODELS

MATRIX_MACS = {
    "simple_0": 6,
    "simple_1": 819200,
    "simple_2": 3276800,
    "shakespeare_1": 1030400,
    "shakespeare_2": 3289600,
    "lstm": 2662400,
    "gru": 2048000,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_closed_form_gives_the_published_numbers(name: str) -> None:
    counts = models.find(name).counts()
    assert (counts.parameters, counts.macs) == PUBLISHED[name]
    assert counts.matrix_macs == MATRIX_MACS[name]


def test_table_holds_the_published_models_and_no_twins() -> None:
    assert [spec.name for spec in MODELS] == list(PUBLISHED)


@pytest.mark.parametrize("spec", models.models().values(), ids=lambda spec: spec.name)
def test_every_model_names_a_family_and_data_that_exist(spec: models.ModelSpec) -> None:
    assert f"hilbench.models.{spec.family}" in sys.modules
    assert datasets.find(spec.dataset).name == spec.dataset


def test_no_two_families_use_the_same_name() -> None:
    tables = catalogue.collect(catalogue.package, "MODELS")
    names = [spec.name for table in tables for spec in table]  # type: ignore[attr-defined]
    assert sorted(names) == sorted(models.models())


def test_unknown_name_says_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown model 'lsmt' \(did you mean 'lstm'\?\)"):
        models.find("lsmt")
