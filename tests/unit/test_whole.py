"""What a stream is compared with: the network that takes the whole sequence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small_graphs

from hilbench.core.errors import DataError, UsageError
from hilbench.core.settings import Settings
from hilbench.pipeline.accuracy import against_whole as verdict
from hilbench.pipeline.reference import Oracle
from hilbench.pipeline.samples import Samples
from hilbench.pipeline.selection import Chosen, select
from hilbench.pipeline.whole import sequences
from hilbench.tflite.reader import parse

STEP = parse(small_graphs.stateful_cell(features=4))


def steps(count: int) -> Samples:
    values = np.arange(count * 4, dtype=np.int8).reshape(count, 1, 4)
    return Samples((values,), (), (), rounded=count, steps=5)


def test_steps_are_joined_in_their_order() -> None:
    joined = sequences(STEP, parse(small_graphs.stateful_cell(5, features=4)), steps(10))
    assert joined.steps == 1
    np.testing.assert_array_equal(joined.inputs[0].ravel(), np.arange(40))
    assert joined.inputs[0].shape == (2, 1, 5, 4)


def test_another_length_or_type_is_refused() -> None:
    for whole in (small_graphs.stateful_cell(6, features=4), small_graphs.simple_rnn("float32")):
        with pytest.raises(DataError, match="not 5 times tensor 2 int8"):
            sequences(STEP, parse(whole), steps(10))


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        (lambda y: y.reshape(2, 1, 5, 3), "bit-identical"),
        (lambda y: y[4::5], "bit-identical"),
        (lambda y: y.reshape(2, 1, 5, 3) + np.int8(2), "differs by up to 2 LSB"),
        (lambda y: y[4::5].astype(np.float32), "not compared: output"),
        (lambda y: y[:3], "not compared: output"),
    ],
)
def test_all_steps_or_the_last_ones_are_compared(whole, says: str) -> None:
    outputs = np.arange(30, dtype=np.int8).reshape(10, 1, 3)
    assert verdict(Oracle("TFLM", (whole(outputs),)), [outputs], 5).startswith(says)
    assert verdict(Oracle("none: it hangs"), [outputs], 5) == "not compared, none: it hangs"
    real = outputs.astype(np.float32)
    assert verdict(Oracle("TFLM", (real * 1.5,)), [real], 5) == "differs by up to 3.3e-01 relative"


def test_it_needs_a_stream_and_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("step.tflite").write_bytes(small_graphs.stateful_cell())
    with pytest.raises(UsageError, match="compared with a stream"):
        select(Settings.read(), "step.tflite", Chosen(whole="all.tflite", boards=["mps2_an386"]))
    with pytest.raises(UsageError, match=r"all\.tflite: no such file"):
        select(
            Settings.read(),
            "step.tflite",
            Chosen(whole="all.tflite", boards=["mps2_an386"], stream=True),
        )


def test_a_step_of_a_streaming_form_needs_a_stream_of_a_keras_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for stream, network, says in (
        (False, "net.py:build", "stream_step: 2 is of a stream"),
        (True, "net.tflite", "for functions and files of Keras"),
    ):
        Path("net.py").write_text("def build(): pass")
        Path("net.tflite").write_bytes(small_graphs.stateful_cell())
        with pytest.raises(UsageError, match=says):
            chosen = Chosen(stream=stream, options={"stream_step": 2}, boards=["mps2_an386"])
            select(Settings.read(), network, chosen)
