"""Conversion to .tflite in a child process, and what its result depends on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from hilbench.core import extras, hashing, workers
from hilbench.core.artifacts import ConvertedModel, TrainedModel
from hilbench.core.deadline import Deadline
from hilbench.core.errors import ConvertError
from hilbench.sources.keras.variants import Variant
from hilbench.tflite import slim

TFLITE = "model.tflite"

WORKER = workers.Worker(
    module="hilbench.sources.keras.conversion_worker",
    what="conversion",
    error=ConvertError,
    fields={"model": str, "variant": str, "sha256": str, "converter": str},
    env=extras.TENSORFLOW_VARIABLES,
)


def convert(
    model: TrainedModel, variant: Variant, out_dir: Path, deadline: Deadline
) -> ConvertedModel:
    """Write the .tflite file of `variant` into `out_dir`; the same bytes every time.

    Raises ConvertError, also when the converter crashes; DeadlineExceeded.
    """
    request = {
        "model": model.name,
        "variant": variant.name,
        "saved_model": str(model.saved_model.resolve()),
        "vectors": str(model.vectors.resolve()),
    }
    WORKER.call(request, out_dir, deadline)
    return load(out_dir)


def load(out_dir: Path) -> ConvertedModel:
    """What `convert` left there. Raises ConvertError."""
    result = WORKER.read(out_dir)
    fields = {name: result[name] for name in WORKER.fields}
    return ConvertedModel(tflite=out_dir / TFLITE, **fields)


def fingerprint(model: TrainedModel, variant: Variant) -> dict[str, object]:
    """JSON values that decide the result of `convert`."""
    return {
        "model": model.sha256,
        "vectors": hashing.of_file(model.vectors) if variant.needs_representative else "",
        "variant": asdict(variant),
        "source": hashing.of_file(Path(__file__).with_name("conversion_worker.py")),
        "passes": hashing.of_tree(Path(slim.__file__).parent, ".py") if variant.passes else "",
        "tensorflow": extras.version("tensorflow"),
    }
