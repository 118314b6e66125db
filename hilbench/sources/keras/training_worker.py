"""The child that trains: python -m hilbench.sources.keras.training_worker FOLDER/request.json"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.config.experiment import Training
from hilbench.core import extras, hashing, workers
from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import TrainError
from hilbench.sources.keras import catalogue, network, options, profiler, recipes
from hilbench.sources.keras.model import ModelSpec
from hilbench.sources.keras.network import TrainingRequest

THREADS = 2
"""Of TensorFlow's pool. It splits sums by this, so weights depend on it: never the core count."""

Floats = NDArray[np.float32]


def work(request: TrainingRequest, folder: Path) -> network.Result:
    """Train, count and export one model into `folder`."""
    spec = options.applied(catalogue.find(request.model), request.options, request.model)
    with np.load(request.samples) as arrays:
        x, y = arrays["x"], arrays["y"]
    tf, keras = extras.tensorflow(), extras.keras()
    _make_deterministic(tf)
    model = train(keras, spec, request.training, x, y)
    function = inference(tf, model, spec)
    counts = profiler.count(tf, model, inference(tf, spec.counted(keras, model), spec))
    check(np.asarray(function(x[:1, : spec.invocation_shape[0]])))
    model.reset_states()
    save_model(tf, folder / network.SAVED_MODEL, model, function)
    names = request.training.recipes
    left = recipes.left(model, names) if names else None
    return network.Result(
        spec.name,
        digest(spec, model.get_weights()),
        (TensorSpec("input", (1, *spec.invocation_shape), "float32", 0.0, 1.0),),
        (TensorSpec("output", (1, *spec.output_shape), "float32"),),
        counts.parameters,
        counts.macs,
        left,
        (recipes.note(left),) if left else (),
        spec.least_move,
    )


def _make_deterministic(tf: Any) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    tf.config.experimental.enable_op_determinism()


def train(keras: Any, spec: ModelSpec, training: Training, x: Floats, y: Floats) -> Any:
    """The export model with the weights of the last epoch.

    It is built first and gives its initial weights to the one that is trained,
    with the seed set before building and before fitting, as published.
    """
    keras.utils.set_random_seed(training.seed)
    exported = spec.build(keras, export=True)
    trained = spec.build(keras, export=False)
    spec.begin(trained, exported)
    trained.compile(keras.optimizers.Adam(training.learning_rate), loss=spec.loss)
    keras.utils.set_random_seed(training.seed)
    size, epochs, names = training.batch_size or spec.batch_size, training.epochs, training.recipes
    if epochs:
        hooks = [recipes.callback(keras, names, epochs)] if names else []
        trained.fit(x, y, batch_size=size, epochs=epochs, verbose=2, callbacks=hooks)
    recipes.apply(trained, names)
    spec.hand_over(trained, exported)
    return exported


def inference(tf: Any, model: Any, spec: ModelSpec) -> Any:
    """The model as one traced function of a (1, ...) float32 tensor."""

    def call(x: Any) -> Any:
        return model(x, training=False)

    return tf.function(call).get_concrete_function(
        tf.TensorSpec((1, *spec.invocation_shape), tf.float32, name="input")
    )


def check(outputs: Floats) -> None:
    """Raises TrainError when an output is not a number."""
    if not np.isfinite(outputs).all():
        message = "training diverged: the model's outputs are not finite"
        raise TrainError(message, remedy="lower training.learning_rate")


def save_model(tf: Any, folder: Path, model: Any, function: Any) -> None:
    """A SavedModel of the traced function alone.

    Keras' own `save` traces every layer again: seconds instead of tenths, for
    the same graph after conversion.
    """
    module = tf.Module()
    module.weights = [*model.variables, *function.graph.variables]  # states are in the second
    tf.saved_model.save(module, str(folder), signatures=function)


def digest(spec: ModelSpec, weights: list[Floats]) -> str:
    """SHA-256 of the architecture and of the weights' bytes in Keras' order."""
    content = hashlib.sha256(b"".join(weight.tobytes() for weight in weights)).hexdigest()
    return hashing.of_values(spec=asdict(spec), weights=content)


if __name__ == "__main__":
    workers.serve(TrainingRequest, network.Result, work)
