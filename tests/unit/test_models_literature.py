"""Networks of the literature: closed forms give the published counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from hilbench import data as datasets
from hilbench.config.experiment import Data
from hilbench.sources.keras import catalogue

COUNTS = {
    "plumerai_simple_lstm": (164_106, 6_292_736),
    "plumerai_weather_prediction": (6_689, 157_440),
    "plumerai_text_generation": (559_170, 54_118_400),
    "plumerai_bidirectional_lstm": (80_266, 394_880),
    "hello_edge_gru_s": (78_090, 1_896_048),
    "hello_edge_gru_m": (198_762, 9_558_000),
    "hello_edge_gru_l": (498_012, 24_112_800),
    "egru_coughs": (8_127, 183_728),
    "egru_digits": (8_246, 183_840),
}


def test_closed_forms_give_the_counts_of_the_sources() -> None:
    for name, wanted in COUNTS.items():
        counts = catalogue.find(name).counts()
        assert (counts.parameters, counts.matrix_macs) == wanted, name


def test_the_page_has_them_with_their_counts() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cells.md").read_text(encoding="utf-8")
    for name, (parameters, macs) in COUNTS.items():
        assert re.search(rf"\| `{name}` \|.*\| {parameters:,} \| {macs:,} \|\n", page), name


def test_data_are_what_the_networks_read_and_predict() -> None:
    weather = catalogue.find("plumerai_weather_prediction")
    forecast = datasets.find(weather.dataset).load(weather.input_shape, Data())
    assert forecast.x.shape[1:] == weather.input_shape
    assert forecast.y.shape[1:] == weather.output_shape
    np.testing.assert_array_equal(forecast.y[:, :-1, 0], forecast.x[:, 1:, 0])
    simple = catalogue.find("plumerai_simple_lstm")
    symbols = datasets.find(simple.dataset).load(simple.input_shape, Data()).x
    assert symbols.shape[1:] == simple.input_shape
    assert set((symbols - 0.5).ravel()) == set(range(64))
