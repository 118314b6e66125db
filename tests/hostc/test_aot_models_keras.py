"""The RNN models as TensorFlow converts them, against TensorFlow Lite Micro.

Weights are random, biases too: the converter leaves out biases of zero.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import aot_host
import numpy as np
import pytest

from hilbench.core import extras
from hilbench.sources.keras import catalogue
from hilbench.sources.keras.conversion_worker import converted
from hilbench.sources.keras.families.rnn import RnnSpec
from hilbench.sources.keras.training_worker import inference, save_model
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite.quantize import quantize
from hilbench.tflite.reader import parse

pytestmark = pytest.mark.keras

NAMES = ("simple_0", "simple_1", "shakespeare_1", "lstm", "gru")
CALIBRATION_SAMPLES = 10
TEST_SAMPLES = 10

Exported = tuple[Path, Path]


def samples_of(spec: RnnSpec, count: int, rng: np.random.Generator) -> np.ndarray:
    shape = (count, *spec.input_shape)
    values = rng.integers(0, spec.inputs, shape) if spec.embedding else rng.random(shape)
    return values.astype(np.float32)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Exported]:
    """SavedModel and calibration samples of a model, made once."""
    made: dict[str, Exported] = {}

    def export(name: str) -> Exported:
        if name not in made:
            made[name] = _export(catalogue.find(name), tmp_path_factory.mktemp(name))
        return made[name]

    return export


def _export(spec: RnnSpec, folder: Path) -> Exported:
    tf, keras = extras.tensorflow(), extras.keras()
    rng = np.random.default_rng(0)
    model = spec.build(keras, export=True)
    model.set_weights([rng.normal(0, 0.15, w.shape) for w in model.get_weights()])
    save_model(tf, folder / "saved_model", model, inference(tf, model, spec))
    vectors = folder / "vectors.npz"
    np.savez(vectors, calibration_00=samples_of(spec, CALIBRATION_SAMPLES, rng)[:, None])
    return folder / "saved_model", vectors


@pytest.mark.parametrize("variant", ["basic", "int8_only"])
@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_those_of_tflm(
    exported: Callable[[str], Exported], name: str, variant: str, tmp_path: Path
) -> None:
    saved_model, vectors = exported(name)
    tf = extras.tensorflow()
    data = converted(tf, str(saved_model), vectors, VARIANTS[variant])
    source = parse(data).tensors[parse(data).inputs[0]]
    x = samples_of(catalogue.find(name), TEST_SAMPLES, np.random.default_rng(1))
    if source.quantization is not None:
        (scale,), (zero_point,) = source.quantization.scales, source.quantization.zero_points
        x = quantize(x, scale, zero_point, source.dtype)
    model = aot_host.build(data, tmp_path)
    aot_host.assert_matches(model, [[sample[None]] for sample in x])
