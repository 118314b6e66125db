"""The child that converts: python -m <this module> FOLDER/request.json"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import extras, workers
from hilbench.core.registry import lookup
from hilbench.sources.keras import passes
from hilbench.sources.keras.conversion import TFLITE
from hilbench.sources.keras.variants import VARIANTS, Variant


def work(request: workers.Json, folder: Path) -> workers.Json:
    """Convert one SavedModel into `folder`."""
    variant = lookup("variant", request["variant"], VARIANTS)
    tf = extras.tensorflow()
    content = converted(tf, request["saved_model"], Path(request["vectors"]), variant)
    content = passes.apply(variant.passes, content)
    (folder / TFLITE).write_bytes(content)
    return {
        "model": request["model"],
        "variant": variant.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "converter": f"TensorFlow {tf.__version__}",
    }


def converted(tf: Any, saved_model: str, vectors: Path, variant: Variant) -> bytes:
    """The .tflite file."""
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.optimizations = [tf.lite.Optimize[name] for name in variant.optimizations]
    converter.target_spec.supported_ops = [tf.lite.OpsSet[name] for name in variant.supported_ops]
    converter.inference_input_type = converter.inference_output_type = tf.as_dtype(variant.io)
    if variant.needs_representative:
        converter.representative_dataset = representative(vectors)
    converter._experimental_disable_per_channel_quantization_for_dense_layers = (
        variant.per_tensor_dense
    )
    return bytes(converter.convert())


def representative(vectors: Path) -> Callable[[], Iterator[list[Any]]]:
    """Calibration samples one at a time, as the converter asks for them."""
    with np.load(vectors) as arrays:
        samples = arrays["representative"]

    def one_by_one() -> Iterator[list[Any]]:
        return ([sample[None]] for sample in samples)

    return one_by_one


if __name__ == "__main__":
    workers.serve(work)
