"""The child that trains: python -m hilbench.sources.keras.training_worker FOLDER/request.json"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hilbench import data as datasets
from hilbench.config.experiment import Data, Training
from hilbench.core import extras, hashing, workers
from hilbench.core.errors import TrainError
from hilbench.data import Floats, Samples
from hilbench.sources.keras import catalogue, vectors
from hilbench.sources.keras.model import Counts, ModelSpec
from hilbench.sources.keras.training import SAVED_MODEL, VECTORS

THREADS = 2
"""Of TensorFlow's pool. It splits sums by this, so weights depend on it: never the core count."""

_MATRIX_PRODUCTS = ("MatMul", "BatchMatMulV2", "Conv2D", "DepthwiseConv2dNative")


def work(request: workers.Json, folder: Path) -> workers.Json:
    """Train, count, predict and export one model into `folder`."""
    spec = catalogue.find(request["model"])
    training, data = Training(**request["training"]), Data(**request["data"])
    samples = datasets.find(spec.dataset).load(spec, data)
    arrays = vectors.choose(samples, data)
    tf, keras = extras.tensorflow(), extras.keras()
    _make_deterministic(tf)
    model = train(keras, spec, training, samples)
    function = inference(tf, model, spec)
    save_vectors(folder / VECTORS, arrays, function)
    save_model(tf, folder / SAVED_MODEL, model, function)
    return {
        "name": spec.name,
        "sha256": digest(spec, model.get_weights()),
        "data": samples.origin,
        **asdict(count(tf, model, inference(tf, spec.counted(keras, model), spec))),
    }


def _make_deterministic(tf: Any) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    tf.config.experimental.enable_op_determinism()


def train(keras: Any, spec: ModelSpec, training: Training, samples: Samples) -> Any:
    """The export model with the weights of the last epoch.

    It is built first and gives its initial weights to the one that is trained,
    with the seed set before building and before fitting, as published.
    """
    keras.utils.set_random_seed(training.seed)
    exported = spec.build(keras, export=True)
    trained = spec.build(keras, export=False)
    trained.set_weights(exported.get_weights())
    trained.compile(keras.optimizers.Adam(training.learning_rate), loss=spec.loss)
    keras.utils.set_random_seed(training.seed)
    size = training.batch_size or spec.batch_size
    if training.epochs:
        trained.fit(samples.x, samples.y, batch_size=size, epochs=training.epochs, verbose=2)
    exported.set_weights(trained.get_weights())
    return exported


def inference(tf: Any, model: Any, spec: ModelSpec) -> Any:
    """The model as one traced function of a (1, ...) float32 tensor."""

    def call(x: Any) -> Any:
        return model(x, training=False)

    return tf.function(call).get_concrete_function(
        tf.TensorSpec((1, *spec.input_shape), tf.float32, name="input")
    )


def count(tf: Any, model: Any, function: Any) -> Counts:
    """Parameters of all variables; MACs from TensorFlow's profiler."""
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    root = profiler.profile(function.graph, cmd="op", options=options.with_empty_output().build())
    flops = dict(_float_operations(root))
    return Counts(
        parameters=sum(int(np.prod(variable.shape)) for variable in model.variables),
        macs=sum(flops.values()) // 2,
        matrix_macs=sum(flops.get(product, 0) for product in _MATRIX_PRODUCTS) // 2,
    )


def _float_operations(node: Any) -> Iterator[tuple[str, int]]:
    """Operator types and their float operations in the whole graph."""
    yield node.name, node.float_ops
    for inner in node.children:
        yield from _float_operations(inner)


def save_vectors(path: Path, arrays: dict[str, Floats], function: Any) -> None:
    """The inputs, and beside each `inputs` the `expected` float outputs.

    Raises TrainError when an output is not a number.
    """
    predicted = {
        name.replace("inputs", "expected"): np.concatenate([function(x[None]) for x in inputs])
        for name, inputs in arrays.items()
        if name.endswith("inputs")
    }
    if not all(np.isfinite(outputs).all() for outputs in predicted.values()):
        message = "training diverged: the model's outputs are not finite"
        raise TrainError(message, remedy="lower training.learning_rate")
    np.savez(path, **arrays, **predicted)  # type: ignore[arg-type]


def save_model(tf: Any, folder: Path, model: Any, function: Any) -> None:
    """A SavedModel of the traced function alone.

    Keras' own `save` traces every layer again: seconds instead of tenths, for
    the same graph after conversion.
    """
    module = tf.Module()
    module.weights = model.variables
    tf.saved_model.save(module, str(folder), signatures=function)


def digest(spec: ModelSpec, weights: list[Floats]) -> str:
    """SHA-256 of the architecture and of the weights' bytes in Keras' order."""
    content = hashlib.sha256(b"".join(weight.tobytes() for weight in weights)).hexdigest()
    return hashing.of_values(spec=asdict(spec), weights=content)


if __name__ == "__main__":
    workers.serve(work)
