"""Networks of any make: what becomes of their inputs, names, precision and copies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras.variants import VARIANTS


@pytest.mark.keras
def test_inputs_and_outputs_are_in_the_order_of_the_network(tmp_path: Path) -> None:
    """States given to an LSTM and taken from it: the converter turned both round."""
    from hilbench.sources.keras import conversion_worker, export

    tf, layers = extras.tensorflow(), extras.keras().layers
    shapes = (1, 3), (5,), (5,)
    source, *states = (layers.Input(shape) for shape in shapes)
    lstm = layers.LSTM(5, return_sequences=True, return_state=True, unroll=True)
    outputs = lstm(source, initial_state=states)
    model = extras.keras().Model([source, *states], [layers.Dense(2)(outputs[0]), *outputs[1:]])
    export.save(tf, export.trace(tf, model, {}), tmp_path / "saved")
    random = np.random.default_rng(0)
    samples = [random.normal(size=(1, 1, *shape)).astype(np.float32) for shape in shapes]
    named = {f"input_{number:02d}": sample for number, sample in enumerate(samples)}
    named |= {f"calibration_{number:02d}": sample for number, sample in enumerate(samples)}
    np.savez(tmp_path / "vectors.npz", **named)
    for name in ("basic", "int8"):
        made = conversion_worker.converted(
            tf, str(tmp_path / "saved"), tmp_path / "vectors.npz", VARIANTS[name]
        )
        interpreter = tf.lite.Interpreter(model_content=conversion_worker.in_order(made))
        interpreter.allocate_tensors()
        for detail, sample in zip(interpreter.get_input_details(), samples, strict=True):
            interpreter.set_tensor(detail["index"], sample[0])
        interpreter.invoke()
        details = interpreter.get_output_details()
        found = [interpreter.get_tensor(detail["index"]) for detail in details]
        expected = model([sample[0] for sample in samples])
        for value, wanted in zip(found, expected, strict=True):
            np.testing.assert_allclose(value, wanted, atol=0.05 if name == "int8" else 1e-5)


@pytest.mark.keras
def test_dropout_and_names_of_keras_3_leave_nothing_in_the_file(tmp_path: Path) -> None:
    """Masks are of training; a layer's name may be one that TensorFlow does not save."""
    from hilbench.sources.keras import export

    tf, keras = extras.tensorflow(), extras.keras3()
    source = keras.layers.Input((3, 2))
    hidden = keras.layers.GRU(2, dropout=0.2, recurrent_dropout=0.3, name="_mine")(source)
    model = keras.Model(source, hidden)
    exported = export.trace(tf, model, {})
    assert len(exported.function.graph.variables) == len(model.get_weights()) == 3
    assert not [op for op in exported.function.graph.get_operations() if "Random" in op.type]
    export.save(tf, exported, tmp_path)


@pytest.mark.keras
def test_what_keras_has_quantized_is_refused_with_the_name_of_the_layer() -> None:
    from hilbench.sources.keras import export

    tf, keras = extras.tensorflow(), extras.keras3()
    layers = [keras.layers.ReLU(), keras.layers.Dense(2, name="head")]
    model = keras.Sequential([keras.Input((3,)), *layers])
    export.trace(tf, model, {})
    model.quantize("int8")
    with pytest.raises(UsageError, match=r"layer 'head' is quantized by Keras \(int8\)") as refused:
        export.trace(tf, model, {})
    assert "before quantize()" in refused.value.remedy


@pytest.mark.keras
def test_a_copy_that_computes_something_else_is_refused() -> None:
    """A layer whose configuration leaves a setting out has its default in every copy."""
    from hilbench.sources.keras import export

    tf = extras.tensorflow()
    for keras in (extras.keras(), extras.keras3()):

        class Times(keras.layers.Layer):  # type: ignore[misc, name-defined]
            def __init__(self, factor: float = 1.0, **others: Any) -> None:
                super().__init__(**others)
                self.factor = factor

            def call(self, x: Any) -> Any:
                return x * self.factor

            def get_config(self) -> Any:
                return {"name": self.name}

        ids, reals = keras.Input((2,), dtype="int64"), keras.Input((2,))
        table = keras.layers.Embedding(4, 3)(ids)
        wide = keras.layers.Dense(2, dtype="mixed_float16", kernel_initializer="ones")(reals)
        for source, layer in ((ids, table), (reals, wide)):
            export.trace(tf, keras.Model(source, Times()(layer)), {})
            with pytest.raises(UsageError, match="copy of the network"):
                export.trace(tf, keras.Model(source, Times(3.0)(layer)), {})


@pytest.mark.keras
def test_a_network_of_inputs_by_name_that_was_called_once() -> None:
    from hilbench.sources.keras import export

    tf = extras.tensorflow()
    samples = {"b": np.ones((1, 3), np.float32), "a": np.ones((1, 2, 2), np.float32)}
    for keras in (extras.keras(), extras.keras3()):

        class Named(keras.Model):  # type: ignore[misc, name-defined]
            def call(self, inputs: Any) -> Any:
                return {"out": inputs["b"], "more": inputs["a"]}

        model = Named()
        model(samples)
        shapes = {spec.shape for spec in export.trace(tf, model, {}).inputs}
        assert shapes == {(1, 3), (1, 2, 2)}


@pytest.mark.keras
def test_ids_of_a_network_inside_of_another_are_integers() -> None:
    """As real values they went through a scale, and were other ids."""
    from hilbench.sources.keras import export

    tf = extras.tensorflow()
    for keras in (extras.keras(), extras.keras3()):
        layers = keras.layers
        inner = keras.Sequential([layers.Input((6,)), layers.Embedding(20, 4), layers.Flatten()])
        source = layers.Input((6,))
        (found,) = export.trace(tf, keras.Model(source, inner(source)), {}).inputs
        assert (found.dtype, found.rows, found.low, found.high) == ("int32", 20, 0, 20)


@pytest.mark.keras
def test_mixed_precision_becomes_float32_with_its_weights() -> None:
    from hilbench.sources.keras import export

    tf = extras.tensorflow()
    for keras in (extras.keras(), extras.keras3()):
        source = keras.layers.Input((6, 3))
        hidden = keras.layers.LSTM(4, dtype="mixed_float16")(source)
        model = keras.Model(source, keras.layers.Dense(2, dtype="mixed_bfloat16")(hidden))
        exported = export.trace(tf, model, {})
        assert exported.notes == (
            "layers of mixed_bfloat16, mixed_float16 are computed in float32",
        )
        assert [output.dtype for output in exported.outputs] == ["float32"]
        for kept, weight in zip(exported.model.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(kept, weight)


@pytest.mark.keras
def test_networks_that_no_device_takes_are_refused_in_one_line() -> None:
    from hilbench.sources.keras import export

    tf = extras.tensorflow()
    for keras in (extras.keras(), extras.keras3()):
        layers = keras.layers
        text = layers.Input((1,), dtype="string")
        words = layers.StringLookup(vocabulary=["a", "b"])(text)
        batches = layers.Input((6, 3), batch_size=4)
        values = layers.Input((5,))
        chosen = layers.Lambda(lambda x: x[x > 0], output_shape=(None,))(values)
        for model, said in (
            (keras.Model(text, words), "is text"),
            (keras.Model(batches, layers.GRU(2, stateful=True)(batches)), "batches of 4"),
            (keras.Model(values, chosen), r"has an open dimension: \[\?\]"),
        ):
            with pytest.raises(UsageError, match=said) as raised:
                _ = export.trace(tf, model, {}).outputs
            assert raised.value.remedy
