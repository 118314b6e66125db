"""Real TensorFlow Lite Micro on this host: the oracle of the int8 kernels."""

from __future__ import annotations

import numpy as np

from hilbench.core import extras


def run(model: bytes, *inputs: np.ndarray, outputs: int = 1) -> list[np.ndarray]:
    """The outputs of one invocation."""
    runtime = extras.tflite_micro_runtime()
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    for index, array in enumerate(inputs):
        interpreter.set_input(array, index)
    interpreter.invoke()
    return [interpreter.get_output(index) for index in range(outputs)]
