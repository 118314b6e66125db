"""The table of variants, and conversion seen from outside."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import keras_networks
import numpy as np
import pytest
from tflite_builder import Spec, single_operator

from hilbench.core import extras, hashing
from hilbench.core.artifacts import ConvertedModel, Network, TensorSpec
from hilbench.core.deadline import Deadline
from hilbench.core.errors import ConvertError, DeadlineExceeded, UsageError
from hilbench.oracle import tflm
from hilbench.sources.keras import conversion
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite import reader
from hilbench.tflite.slim import slim

SIMPLE_1_OPERATORS = {
    "RESHAPE": 2,
    "UNPACK": 1,
    "FULLY_CONNECTED": 200,
    "ADD": 99,
    "TANH": 100,
    "PACK": 1,
}
SHAKESPEARE_1_INT8_OPERATORS = SIMPLE_1_OPERATORS | {
    "DEQUANTIZE": 1,
    "CAST": 1,
    "GATHER": 1,
    "QUANTIZE": 100,
    "SOFTMAX": 1,
}


def deadline(seconds: float = 280) -> Deadline:
    return Deadline.after(seconds, "conversion")


@pytest.fixture
def saved(tmp_path: Path) -> Network:
    """A network whose SavedModel is not there."""
    zeros = np.zeros((2, 1, 2, 1), np.float32)
    np.savez(tmp_path / "vectors.npz", calibration_00=zeros, input_00=zeros)
    spec = TensorSpec("x", (1, 2, 1), "float32")
    return Network("m", "ab", (spec,), (spec,), saved_model=tmp_path / "saved_model")


def convert(network: Network, folder: Path, seconds: float = 280) -> ConvertedModel:
    vectors, out = folder / "vectors.npz", folder / "out"
    return conversion.convert(network, vectors, VARIANTS["basic"], out, deadline(seconds))


def test_table_names_each_row_once_and_calibrates_integers() -> None:
    assert {"basic", "int8_only"} <= set(VARIANTS)
    for name, variant in VARIANTS.items():
        assert variant.name == name
        assert variant.needs_representative or variant.io == "float32"
    assert len({variant.label for variant in VARIANTS.values()}) == len(VARIANTS)


def test_crash_is_a_convert_error(
    saved: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    (tmp_path / "crashing.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(conversion, "WORKER", replace(conversion.WORKER, module="crashing"))
    with pytest.raises(
        ConvertError, match=r"^conversion to basic: TensorFlow's converter crashes .*unroll=True"
    ):
        conversion.convert(
            saved, tmp_path / "vectors.npz", VARIANTS["basic"], tmp_path / "out", deadline()
        )


def test_no_time_left_is_a_timeout(saved: Network, tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded):
        conversion.convert(
            saved, tmp_path / "vectors.npz", VARIANTS["basic"], tmp_path / "out", deadline(0.01)
        )


def test_load_reads_what_the_child_left(tmp_path: Path) -> None:
    fields = {
        "model": "m",
        "variant": "basic",
        "sha256": "cd",
        "converter": "TensorFlow 2",
        "notes": [],
    }
    (tmp_path / "result.json").write_text(json.dumps({"schema": 1, **fields}))
    converted = conversion.load(tmp_path)
    assert converted.tflite == tmp_path / "model.tflite"
    assert (converted.model, converted.variant, converted.sha256) == ("m", "basic", "cd")


def test_fingerprint_is_json_of_what_matters(saved: Network, tmp_path: Path) -> None:
    vectors = tmp_path / "vectors.npz"

    def of(model: Network, variant: str) -> str:
        return json.dumps(conversion.fingerprint(model, vectors, VARIANTS[variant]))

    before = {name: of(saved, name) for name in VARIANTS}
    assert len(set(before.values())) == len(VARIANTS)
    assert of(replace(saved, sha256="cd"), "basic") != before["basic"]
    np.savez(vectors, input_00=np.ones((2, 1, 2, 1), np.float32))
    assert of(saved, "basic") != before["basic"]


@pytest.mark.keras
def test_missing_saved_model_is_a_convert_error(saved: Network, tmp_path: Path) -> None:
    with pytest.raises(ConvertError, match=r"converter ended with an error of kind OSError"):
        conversion.convert(
            saved, tmp_path / "vectors.npz", VARIANTS["basic"], tmp_path / "out", deadline()
        )


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory):
    """Trains and converts each model at most once, briefly; biases are not zero."""
    folder = tmp_path_factory.mktemp("converted")

    @cache
    def trained(model: str) -> keras_networks.Made:
        return keras_networks.train(model, folder / model, epochs=1)

    @cache
    def get(model: str, variant: str, attempt: int = 1) -> ConvertedModel:
        out = folder / f"{model}.{variant}.{attempt}"
        return keras_networks.convert(trained(model), variant, out)

    return get


@pytest.mark.keras
@pytest.mark.parametrize(
    ("model", "variant", "operators"),
    [
        ("simple_1", "basic", SIMPLE_1_OPERATORS),
        ("simple_1", "int8_only", SIMPLE_1_OPERATORS | {"QUANTIZE": 100}),
        ("shakespeare_1", "int8_only", SHAKESPEARE_1_INT8_OPERATORS),
    ],
)
def test_graph_is_the_published_one(
    converted, model: str, variant: str, operators: dict[str, int]
) -> None:
    graph = reader.read(converted(model, variant).tflite)
    assert Counter(operator.name for operator in graph.operators) == operators
    ends = {graph.tensors[index].dtype for index in graph.inputs + graph.outputs}
    assert ends == {VARIANTS[variant].io}


@pytest.mark.keras
def test_dense_weights_have_one_scale(converted) -> None:
    graph = reader.read(converted("simple_1", "int8_only").tflite)
    dense = [operator for operator in graph.operators if operator.name == "FULLY_CONNECTED"]
    weights = [graph.tensors[operator.inputs[1]] for operator in dense]
    assert {weight.dtype for weight in weights} == {"int8"}
    assert not any(weight.quantization.per_channel for weight in weights)


@pytest.mark.keras
def test_two_conversions_give_the_same_bytes(converted) -> None:
    one, other = (converted("simple_1", "int8_only", attempt) for attempt in (1, 2))
    assert one.tflite.read_bytes() == other.tflite.read_bytes()
    assert one.sha256 == other.sha256 == hashing.of_file(one.tflite)
    assert one.converter.startswith("TensorFlow 2.")


@pytest.mark.keras
def test_slim_is_the_plain_file_without_its_names(converted, tmp_path: Path) -> None:
    plain, slimmed = (converted("simple_1", variant) for variant in ("int8_only", "int8_only+slim"))
    assert slimmed.variant == "int8_only+slim"
    assert slimmed.tflite.read_bytes() == slim(plain.tflite.read_bytes())
    assert slimmed.tflite.stat().st_size < 0.2 * plain.tflite.stat().st_size
    samples = np.random.default_rng(0).integers(-128, 128, (2, 1, 100, 32)).astype(np.int8)
    outputs = [
        tflm.outputs(tflm.run(file.tflite, [samples], tmp_path / file.variant, deadline()))
        for file in (plain, slimmed)
    ]
    np.testing.assert_array_equal(outputs[0][0], outputs[1][0])


@pytest.mark.keras
def test_the_reference_is_the_float_network(converted) -> None:
    one, other = (converted("simple_1", variant) for variant in ("basic", "int8_only"))
    assert one.expected and other.expected
    with np.load(one.expected) as first, np.load(other.expected) as second:
        assert set(first) == {"expected_00", "published_expected_00"}
        assert first["expected_00"].shape == (4, 1, 100, 32)
        np.testing.assert_array_equal(first["expected_00"], second["expected_00"])


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
def test_an_lstm_beside_another_branch_keeps_its_values(tmp_path: Path) -> None:
    """Its output gets the scale that CONCATENATION wants of both, its values not: TFLM is wrong."""
    from hilbench.oracle import tflm_worker
    from hilbench.pipeline.accuracy import mean_absolute_error
    from hilbench.pipeline.samples import load
    from hilbench.sources import scales
    from hilbench.sources.keras import conversion_worker, export

    tf, layers = extras.tensorflow(), extras.keras().layers
    tf.random.set_seed(1)
    sequence, static = layers.Input((6, 4)), layers.Input((3,))
    branches = [layers.LSTM(5)(sequence), layers.Lambda(lambda x: 3 * x)(static)]
    network = layers.Dense(2)(layers.Concatenate()(branches))
    model = extras.keras().Model([sequence, static], network)
    export.save(tf, export.trace(tf, model, {}), tmp_path / "saved")
    rng = np.random.default_rng(0)
    x, y = (rng.uniform(-1, 1, (8, 1, *s)).astype(np.float32) for s in ((6, 4), (3,)))
    vectors = tmp_path / "vectors.npz"
    np.savez(vectors, input_00=x, input_01=y, calibration_00=x, calibration_01=y)
    expected = conversion_worker.expected(tf, str(tmp_path / "saved"), vectors).outputs
    made = conversion_worker.converted(tf, str(tmp_path / "saved"), vectors, VARIANTS["int8_only"])
    errors = []
    for content in (made, scales.mended(made, reader.parse(made))):
        graph = reader.parse(content)
        pairs = load(vectors, expected, graph)
        runtime = extras.tflite_micro_runtime()
        interpreter = runtime.Interpreter.from_bytes(content, arena_size=1 << 20)
        (found,) = tflm_worker.outputs(interpreter, pairs.inputs, 1)
        errors.append(mean_absolute_error(pairs.expected[0], found))
    assert len(scales.changed(reader.parse(made))) == 1
    assert not scales.changed(reader.parse(content))
    assert scales.mended(content, graph) is content
    assert errors[0] > 0.05 and errors[1] < 0.02


@pytest.mark.keras
def test_what_hands_integers_on_gets_a_quantize_where_the_scale_changes(tmp_path: Path) -> None:
    from hilbench.oracle import tflm_worker
    from hilbench.sources import scales

    def int8(scale: float, *shape: int) -> Spec:
        return Spec(shape, "int8", scale, 0)

    x, y, axis = int8(0.5, 1, 4), int8(0.25, 1, 4), Spec((1,), "int32", data=np.array([1], "<i4"))
    files = {
        "same": (single_operator("CONCATENATION", [x, x], [int8(0.5, 1, 8)], axis=1), 0),
        "concatenation": (single_operator("CONCATENATION", [x, y], [int8(0.5, 1, 8)], axis=1), 1),
        "reverse": (single_operator("REVERSE_V2", [x, axis], [int8(0.25, 1, 4)]), 1),
    }
    for name, (content, wrong) in files.items():
        graph = reader.parse(content)
        assert len(scales.changed(graph)) == wrong, name
        mended = scales.mended(content, graph)
        assert (mended is content) is not bool(wrong)
        after = reader.parse(mended)
        assert not scales.changed(after)
        names = [operator.name for operator in after.operators]
        assert names.count("QUANTIZE") == wrong
        count = len(after.inputs)
        inputs = [np.full((1, 1, 4), 8 * (n + 1), np.int8) for n in range(count)]
        runtime = extras.tflite_micro_runtime()
        interpreter = runtime.Interpreter.from_bytes(mended, arena_size=1 << 20)
        (found,) = tflm_worker.outputs(interpreter, inputs, 1)
        steps = [after.tensors[i].quantization.scales[0] for i in (*after.inputs, *after.outputs)]
        real = np.concatenate([v * s for v, s in zip(inputs, steps, strict=False)], axis=-1)
        np.testing.assert_array_equal(found * steps[-1], real)


@pytest.mark.keras
def test_the_two_values_of_one_hot_get_its_scale() -> None:
    from hilbench.sources import scales

    ids, depth = Spec((1, 3), "int32"), Spec((), "int32", data=np.array([2], "<i4"))
    on, off = (Spec((), "int8", scale, 0, data=np.int8([9])) for scale in (0.5, 1e-9))
    made = single_operator("ONE_HOT", [ids, depth, on, off], [Spec((1, 3, 2), "int8", 0.5, 0)])
    mended = reader.parse(scales.mended(made, reader.parse(made)))
    assert [operator.name for operator in mended.operators] == ["QUANTIZE", "ONE_HOT"]
    assert not scales.changed(mended)


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
