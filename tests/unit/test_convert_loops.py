"""Recurrent loops of Keras: unrolled, marked or left as they are, with their state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite import reader


@pytest.mark.keras
def test_a_stateful_network_begins_anew_with_each_sample(tmp_path: Path) -> None:
    """As on the device: the same sample twice gives the same outputs."""
    from hilbench.sources.keras import conversion_worker, export

    tf, layers = extras.tensorflow(), extras.keras().layers
    for kind in (layers.LSTM, layers.GRU):
        source = layers.Input((4, 3), batch_size=1)
        model = extras.keras().Model(source, kind(5, stateful=True)(source))
        export.save(tf, export.trace(tf, model, {}), tmp_path / kind.__name__)
        np.savez(tmp_path / "vectors.npz", input_00=np.ones((3, 1, 4, 3), np.float32))
        saved_model = str(tmp_path / kind.__name__)
        found = conversion_worker.expected(tf, saved_model, tmp_path / "vectors.npz").outputs
        first, second, third = found["expected_00"]
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, third)
        assert np.any(first)
    assert conversion_worker.expected(tf, saved_model, tmp_path / "vectors.npz").keeps_state
    export.save(
        tf,
        export.trace(tf, extras.keras().Model(source, layers.LSTM(5)(source)), {}),
        tmp_path / "plain",
    )
    plain = conversion_worker.expected(tf, str(tmp_path / "plain"), tmp_path / "vectors.npz")
    assert not plain.keeps_state


@pytest.mark.keras
def test_loops_of_both_keras_in_layers_of_any_kind(tmp_path: Path) -> None:
    """An LSTM is one operator, any other loop unrolled where it stands; steps are the loop's."""
    from hilbench.sources.keras import conversion_worker, export, loops

    tf = extras.tensorflow()
    random = np.random.default_rng(0)
    for keras in (extras.keras(), extras.keras3()):
        layers = keras.layers

        class Own(keras.Model):  # type: ignore[misc, name-defined]
            """Whose configuration says nothing of its layers."""

            def __init__(self, layers: Any) -> None:
                super().__init__()
                self.parts = [
                    layers.LSTM(3, return_sequences=True, go_backwards=True),
                    layers.Conv1D(4, 3, strides=3),
                    layers.Bidirectional(layers.GRU(3)),
                ]

            def call(self, x: Any) -> Any:
                for part in self.parts:
                    x = part(x)
                return x

        sample = random.normal(size=(1, 12, 2)).astype(np.float32)
        model = Own(layers)
        plain = np.asarray(model(sample))
        exported = export.trace(tf, model, {})
        assert exported.steps == 4
        with loops.unrolled(model):
            export.save(tf, export.trace(tf, model, {}), tmp_path / keras.__name__)
        assert [layer.unroll for layer in loops.found(model)] == [False, False]
        np.savez(tmp_path / "vectors.npz", calibration_00=sample[None], input_00=sample[None])
        found = conversion_worker.expected(
            tf, str(tmp_path / keras.__name__), tmp_path / "vectors.npz"
        ).outputs["expected_00"]
        np.testing.assert_allclose(found[0], plain, atol=1e-6)
        content = conversion_worker.converted(
            tf, str(tmp_path / keras.__name__), tmp_path / "vectors.npz", VARIANTS["int8_only"]
        )
        names = [operator.name for operator in reader.parse(content).operators]
        assert names.count("UNIDIRECTIONAL_SEQUENCE_LSTM") == 1 and "WHILE" not in names


@pytest.mark.keras
def test_an_lstm_is_unrolled_for_what_has_no_form_of_it(tmp_path: Path) -> None:
    """16x8: the converter refused the one operator, or wrote types into it that nothing runs."""
    from hilbench.sources.keras import conversion_worker, export, loading_worker, loops, network

    tf, layers = extras.tensorflow(), extras.keras3().layers
    source = layers.Input((4, 3))
    model = extras.keras3().Model(source, layers.LSTM(2)(source))
    exported = export.trace(tf, model, {})
    assert (exported.steps, exported.longest) == (0, 4)
    assert loading_worker._save_unrolled(tf, exported, tmp_path) == ()
    assert not (tmp_path / network.UNROLLED).exists() and not loops.found(model)
    sample = np.random.default_rng(0).normal(size=(3, 1, 4, 3)).astype(np.float32)
    np.savez(tmp_path / "vectors.npz", calibration_00=sample, input_00=sample)
    found = reader.parse(
        conversion_worker.converted(
            tf,
            str(tmp_path / network.PLAIN),
            tmp_path / "vectors.npz",
            VARIANTS["int16x8_only"],
        )
    )
    assert {found.tensors[index].dtype for index in (*found.inputs, *found.outputs)} == {"int16"}
    assert [v.name for v in VARIANTS.values() if v.unrolls_lstm and not v.passes] == [
        "int16x8",
        "int16x8_only",
    ]


@pytest.mark.keras
@pytest.mark.parametrize("version", [2, 3])
def test_an_unrolled_loop_that_computes_something_else_is_not_taken(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keras unrolls a layer that reads backwards with its mask forwards."""
    from hilbench.sources.keras import export, loading_worker, loops, network

    tf, keras = extras.tensorflow(), extras.keras() if version == 2 else extras.keras3()
    ids = keras.Input((4,), dtype="int32")
    known = keras.layers.Embedding(5, 3, mask_zero=True)(ids)
    both = keras.layers.Bidirectional(keras.layers.SimpleRNN(2, return_sequences=True))(known)
    exported = export.trace(tf, keras.Model(ids, both), {})
    assert loading_worker._save_unrolled(tf, exported, tmp_path / "right") == ()
    assert (tmp_path / "right" / network.UNROLLED).is_dir()
    monkeypatch.setattr(loops, "_forwards", lambda rnn, _, *given, **named: rnn(*given, **named))
    said = loading_worker._save_unrolled(tf, exported, tmp_path / "wrong")
    assert said == (loading_worker.ANOTHER,) and not (tmp_path / "wrong").exists()


@pytest.mark.keras
def test_the_states_of_both_keras_begin_with_zero_in_the_file(tmp_path: Path) -> None:
    """Without, the converter reads variables that nothing has written, and ends."""
    from hilbench.sources.keras import conversion_worker, export, loops

    tf = extras.tensorflow()
    sample = np.ones((1, 1, 2, 3), np.float32)
    np.savez(tmp_path / "vectors.npz", calibration_00=sample, input_00=sample)
    for keras in (extras.keras(), extras.keras3()):
        source = keras.layers.Input((2, 3), batch_size=1)
        model = keras.Model(source, keras.layers.GRU(4, stateful=True)(source))
        with loops.unrolled(model):
            export.save(tf, export.trace(tf, model, {}), tmp_path / keras.__name__)
        content = conversion_worker.converted(
            tf, str(tmp_path / keras.__name__), tmp_path / "vectors.npz", VARIANTS["int8_only"]
        )
        names = [operator.name for operator in reader.parse(content).operators]
        assert names.count("CALL_ONCE") == names.count("VAR_HANDLE") == 1


@pytest.mark.keras
def test_a_saved_lstm_has_outputs_of_one_sample(tmp_path: Path) -> None:
    """Its loop forgets the batch size. Of several signatures one has to be the default."""
    from hilbench.sources.keras import export, saved

    tf, layers = extras.tensorflow(), extras.keras().layers
    source = layers.Input((4, 2))
    model = extras.keras().Model(source, layers.LSTM(3)(source))
    function = tf.function(model, input_signature=[tf.TensorSpec((None, 4, 2), name="x")])
    tf.saved_model.save(model, str(tmp_path / "one"), signatures=function)
    loaded = saved.load(tf, tmp_path / "one", allow_lambda=False)
    (output,) = export.trace(tf, loaded, {}).outputs
    assert output.shape == (1, 3)
    tf.saved_model.save(model, str(tmp_path / "two"), signatures={"a": function, "b": function})
    with pytest.raises(UsageError, match="signatures a, b, none of them the default"):
        saved.load(tf, tmp_path / "two", allow_lambda=False)


@pytest.mark.keras
def test_a_saved_loop_collects_outputs_of_one_sample(tmp_path: Path) -> None:
    """Saved with an open batch, its list has elements of the shape [-1, 3]."""
    from hilbench.sources.keras import conversion_worker, export, saved

    tf, keras = extras.tensorflow(), extras.keras3()
    model = keras.Sequential([keras.layers.Input((4, 2)), keras.layers.GRU(3)])
    model.export(str(tmp_path / "open"), verbose=False)
    exported = export.trace(tf, saved.load(tf, tmp_path / "open", allow_lambda=False), {})
    assert [output.shape for output in exported.outputs] == [(1, 3)]
    x = np.ones((1, 4, 2), np.float32)
    (found,) = exported.function(x).values()
    np.testing.assert_allclose(found, model(x), rtol=1e-6)
    export.save(tf, exported, tmp_path / "closed")
    np.savez(tmp_path / "vectors.npz", input_00=x[None], calibration_00=x[None])
    notes: list[str] = []
    for variant, loops in ("basic", 1), ("int8_only", 0):  # it crashed on them in int8
        file = conversion_worker.converted(
            tf, str(tmp_path / "closed"), tmp_path / "vectors.npz", VARIANTS[variant], notes
        )
        names = [operator.name for operator in reader.parse(file).operators]
        assert (names.count("WHILE"), names.count("TANH")) == (loops, 4 - 4 * loops)
    assert len(notes) == 1 and "loops are unrolled" in notes[0]
