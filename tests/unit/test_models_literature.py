"""Networks of the literature: closed forms give the published counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from hilbench import data as datasets
from hilbench.config.experiment import Data
from hilbench.core.artifacts import TensorSpec
from hilbench.data import match
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
    "edgemark_fc_0": (2, 1),
    "edgemark_fc_1": (16, 10),
    "edgemark_fc_2": (141, 120),
    "edgemark_fc_3": (1_042, 1_008),
    "edgemark_fc_4": (2_330, 2_272),
    "edgemark_fc_5": (3_521, 3_408),
    "edgemark_fc_6": (9_281, 9_088),
    "edgemark_fc_7": (11_034, 10_912),
    "edgemark_fc_8": (34_945, 34_560),
    "edgemark_fc_9": (49_750, 49_632),
    "edgemark_fc_10": (199_450, 199_328),
    "edgemark_cnn_1": (792, 24_632),
    "edgemark_cnn_2": (2_224, 44_248),
    "edgemark_cnn_3": (6_666, 166_976),
    "edgemark_cnn_4": (12_114, 737_056),
    "edgemark_cnn_5": (21_178, 3_690_816),
    "edgemark_cnn_6": (47_212, 7_532_156),
    "edgemark_cnn_7": (171_354, 11_084_416),
    "tinymaix_mnist": (1_674, 21_220),
    "fastgrnn_har_2": (7_169, 876_320),
    "fastgrnn_wakeword_2": (1_732, 259_264),
    "fastgrnn_google_12": (8_526, 705_288),
    "tiny_eats": (12_144, 192_244),
    "nnom_rnn_denoise": (123_846, 122_296),
    "hello_edge_basic_lstm_s": (62_316, 2_961_800),
    "hello_edge_basic_lstm_m": (195_180, 9_398_024),
    "hello_edge_basic_lstm_l": (492_620, 23_872_224),
    "hello_edge_lstm_s": (78_516, 1_909_176),
    "hello_edge_lstm_m": (196_732, 9_468_360),
    "hello_edge_lstm_l": (495_768, 24_012_256),
    "silero_vad": (309_121, 679_552),
    "g2p_encoder": (402_176, 393_216),
    "g2p_decoder": (432_714, 412_160),
}
EDGEMARK = {
    "fc_0": 1, "fc_1": 13, "fc_2": 130, "fc_3": 1_050, "fc_4": 2_326, "fc_5": 3_464,
    "fc_6": 9_184, "fc_7": 10_998, "fc_8": 34_752, "fc_9": 49_716, "fc_10": 199_414,
    "cnn_1": 25_329, "cnn_2": 45_146, "cnn_3": 169_820, "cnn_4": 744_574, "cnn_5": 3_718_542,
    "cnn_6": 7_573_221, "cnn_7": 11_129_598,
}  # fmt: skip
"""What it publishes as MACs: the profiler's float operations, halved."""


def test_closed_forms_give_the_counts_of_the_sources() -> None:
    for name, wanted in COUNTS.items():
        counts = catalogue.find(name).counts()
        assert (counts.parameters, counts.matrix_macs) == wanted, name


def test_edgemarks_published_counts_are_those_of_the_profilers_closed_form() -> None:
    for name, macs in EDGEMARK.items():
        assert catalogue.find(f"edgemark_{name}").counts().macs == macs, name


def test_the_page_has_them_with_their_counts() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cells.md").read_text(encoding="utf-8")
    for name, (parameters, macs) in COUNTS.items():
        assert re.search(rf"\| `{name}` \|.*\| {parameters:,} \| {macs:,} \|\n", page), name


def test_labels_of_the_data_fit_the_outputs() -> None:
    for name in COUNTS:
        spec = catalogue.find(name)
        y = datasets.find(spec.dataset).load(spec.input_shape, Data()).y
        output = TensorSpec("y", (1, *spec.output_shape), "float32")
        assert len(match.fitting_labels(name, y, output)) == len(y), name


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
