"""Scales that the converter changes where nothing computes: what is mended in its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tflite_builder import Spec, single_operator

from hilbench.core import extras
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite import reader


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
