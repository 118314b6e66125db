"""The published networks, from their table alone: no TensorFlow here."""

from __future__ import annotations

import sys

import pytest
from published_counts import PUBLISHED

from hilbench import data as datasets
from hilbench.core.errors import UsageError
from hilbench.sources.keras import catalogue
from hilbench.sources.keras import model as model_spec
from hilbench.sources.keras.families.rnn import MODELS

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
    counts = catalogue.find(name).counts()
    assert (counts.parameters, counts.macs) == PUBLISHED[name]
    assert counts.matrix_macs == MATRIX_MACS[name]


def test_table_holds_the_published_models_and_no_twins() -> None:
    assert [spec.name for spec in MODELS] == list(PUBLISHED)


@pytest.mark.parametrize("spec", catalogue.models().values(), ids=lambda spec: spec.name)
def test_every_model_names_a_family_and_data_that_exist(spec: model_spec.ModelSpec) -> None:
    assert f"hilbench.sources.keras.families.{spec.family}" in sys.modules
    assert datasets.find(spec.dataset).name == spec.dataset


def test_no_two_families_use_the_same_name() -> None:
    tables = catalogue.collect(catalogue.package, "MODELS")
    names = [spec.name for table in tables for spec in table]  # type: ignore[attr-defined]
    assert sorted(names) == sorted(catalogue.models())


def test_unknown_name_says_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown model 'lsmt' \(did you mean 'lstm'\?\)"):
        catalogue.find("lsmt")
